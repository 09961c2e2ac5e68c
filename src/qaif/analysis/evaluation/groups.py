"""How often groupings of scripts are wrong: on chains whose controllers are known."""

from qaif.analysis.evaluation.counts import Count, Counted
from qaif.analysis.evaluation.partitions import GROUPINGS, classic_outside, judge, pairs_kept
from qaif.analysis.evaluation.truth import Truth
from qaif.chain.open import Chain
from qaif.units import Int64s

FALSE_SCRIPTS = "scripts in a group that is mostly another controller's, of scripts with a known controller"
FALSE_PAIRS = "pairs of two controllers, of pairs that are grouped"
RECALL = "pairs grouped, of pairs of one controller"
KEPT = "pairs grouped, of true pairs that the classic rule finds outside mixes"
LARGEST = "scripts of the largest group that has several controllers, of scripts with a known controller"


def measure_groupings(chain: Chain, truth: Truth, data: str, *, simulated: bool) -> Counted:
    """Count every registered grouping against the truth."""
    outside = classic_outside(chain, truth.of_several)
    return Counted(
        tuple(
            count
            for method, grouping in GROUPINGS.items()
            for count in _counts(grouping(chain), outside, truth, (method, data), simulated=simulated)
        )
    )


def _counts(
    label: Int64s, outside: Int64s, truth: Truth, named: tuple[str, str], *, simulated: bool
) -> list[Count]:
    method, data = named
    found = judge(label, truth.controller)
    kept, of_kept = pairs_kept(label, outside, truth.controller)
    rows = (
        (FALSE_SCRIPTS, found.strangers, found.scripts, True),
        (FALSE_PAIRS, found.false_pairs, found.pairs, True),
        (RECALL, found.pairs - found.false_pairs, found.true_pairs, False),
        (KEPT, kept, of_kept, False),
        (LARGEST, found.largest_false, found.scripts, False),
    )
    return [
        Count(method, data, simulated, "all", measure, hits, of, shown=shown)
        for measure, hits, of, shown in rows
    ]
