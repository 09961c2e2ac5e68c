"""Whether a week stands out from those before it: a chance a series, corrected for how many are watched.

Two chances are told the larger of: beside the year before, and beside the quarter before, so that a season or
a steady rise, which the one does not know, is seen by the other. Counts are taken for as uneven as those of
the weeks before, at the upper end of what these allow; a source that says how often that is wrong is
`docs/accuracy-watching.md`.
"""

from qaif.analysis.activity.exact import discoveries, upper_tail
from qaif.analysis.activity.model import Floats
from qaif.units import Int64s

LEAST_WEEKS = 13
YEAR, QUARTER = 52, 13
FALSE_SHARE = 0.05  # Benjamini and Hochberg's q over everything that is watched, each week
_UPPER = 0.9  # of the interval of the unevenness


def week_chance(before: Int64s, count: int) -> float | None:
    """The chance of so many in a week, given the weeks before it; None where these are too few.

    Args:
        before: counts of the weeks before, the last one last, shape (weeks,).
        count: of the week.
    """
    if len(before) < LEAST_WEEKS:
        return None
    return max(_beside(before[-YEAR:], count), _beside(before[-QUARTER:], count))


def standing_out(chances: Floats) -> Floats:
    """What each chance is worth among all that were watched: at q or below it is an alert."""
    return discoveries(chances) if len(chances) else chances


def _beside(before: Int64s, count: int) -> float:
    together = int(before.sum()) + count
    if not count:
        return 1.0
    return upper_tail(count, together, 1.0 / (len(before) + 1), _unevenness(before))


def _unevenness(counts: Int64s) -> float:
    """Variance over mean, at the upper end of its interval; 1 at least."""
    from scipy.special import chdtri  # late: half a second to import

    mean = float(counts.mean())
    if not mean:
        return 1.0
    freedom = len(counts) - 1
    seen = float(((counts - mean) ** 2).sum() / mean)
    return max(1.0, seen / float(chdtri(freedom, _UPPER)))
