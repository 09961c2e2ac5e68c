"""How often detectors of mixes are wrong: on chains whose mixes are known, and on lists of transactions."""

import numpy as np

from qaif.analysis.evaluation.counts import Count, Counted, FalseAlarm, Missed
from qaif.analysis.evaluation.parts import KEPT_OUT
from qaif.analysis.evaluation.published import Listed
from qaif.analysis.evaluation.truth import Truth
from qaif.analysis.shapes.columns import all_shapes
from qaif.analysis.shapes.contract import NO, UNKNOWN_KIND, YES, Detector, Shapes
from qaif.analysis.shapes.mixes import MIXES
from qaif.analysis.shapes.neighbours import VERSION, looks_near, sharpened
from qaif.chain.open import Chain
from qaif.kernels.tx_shape import IN_COUNT
from qaif.units import Bools, hash_hex

ANY = "any detector of mixes/1"
WORDS: dict[str, tuple[str, ...]] = {
    "whirlpool-mix": ("whirlpool",),
    "whirlpool-tx0": ("whirlpool-tx0",),
    "wasabi-1": ("wasabi-1.0", "wasabi-1.1"),
    "wabisabi": ("wabisabi",),
    "joinmarket": ("joinmarket",),
    "payjoin": ("payjoin",),
}
RECALL, ALARM = "says yes, of its transactions", "says yes, of ordinary transactions"
OPEN = "says unknown, of ordinary transactions with several inputs"
NO_MIXES = "says yes, of transactions that are said to be no mixes"
SEVERAL, PUBLISHED = "says yes, of mixes of several owners", "says yes, of a published set"
REFUSED = "says yes or unknown, of its transactions"


_Row = tuple[str, str, str, Bools, Bools, bool]  # method, part, measure, hits, of, shown
_AT_ONCE = 100_000


def method_of(detector: Detector) -> str:
    """A detector's id and version."""
    return f"{detector.id}/{detector.version}"


def measure_mixes(chain: Chain, truth: Truth, data: str, *, simulated: bool) -> Counted:
    """Count every detector of mixes on a chain whose mixes are known."""
    verdict, several = _verdicts(chain)
    ordinary = truth.ordinary & ~chain.coinbases(np.arange(chain.n_txs, dtype=np.int64))
    mixed, (any_yes, any_open) = truth.of_several, _of_several(verdict)
    rows: list[_Row] = []
    for detector, said in zip(MIXES, verdict, strict=True):
        method = method_of(detector)
        for word in WORDS.get(detector.id, ()):
            theirs = truth.is_mix(word)
            rows.append((method, word, RECALL, said == YES, theirs, True))
            rows.append((method, word, REFUSED, said != NO, theirs, False))
        rows.append((method, "all", ALARM, said == YES, ordinary, True))
        rows.append((method, "all", OPEN, said == UNKNOWN_KIND, ordinary & several, False))
    rows += _near_rows(chain, truth, ordinary)
    rows += [
        (ANY, "all", SEVERAL, any_yes, mixed, False),
        (ANY, "all", "says yes or unknown, of mixes of several owners", any_yes | any_open, mixed, False),
        (ANY, "all", ALARM, any_yes, ordinary, False),
        (ANY, "all", OPEN, any_open & ~any_yes, ordinary & several, False),
    ]
    return Counted(
        tuple(
            Count(method, data, simulated, part, measure, int((hits & of).sum()), int(of.sum()), shown)
            for method, part, measure, hits, of, shown in rows
            if of.any()
        )
    )


def _near_rows(chain: Chain, truth: Truth, ordinary: Bools) -> list[_Row]:
    """The same of the detectors that look at neighbours, with the whole chain in view."""
    rows: list[_Row] = []
    for detector in filter(looks_near, MIXES):
        pieces = [
            sharpened(chain, detector, np.arange(lo, min(lo + _AT_ONCE, chain.n_txs), dtype=np.int64))[0]
            for lo in range(0, chain.n_txs, _AT_ONCE)
        ]
        said = np.concatenate([piece.verdict for piece in pieces])
        method = f"{method_of(detector)}+neighbours/{VERSION}"
        rows += [
            (method, word, RECALL, said == YES, truth.is_mix(word), True)
            for word in WORDS.get(detector.id, ())
        ]
        rows.append((method, "all", ALARM, said == YES, ordinary, True))
    return rows


def _verdicts(chain: Chain) -> tuple["np.ndarray[tuple[int, int], np.dtype[np.int8]]", Bools]:
    """What every detector of mixes says, and which transactions have several inputs."""
    verdict = np.zeros((len(MIXES), chain.n_txs), dtype=np.int8)
    several = np.zeros(chain.n_txs, dtype=np.bool_)
    for lo, shapes in all_shapes(chain):
        several[lo : lo + len(shapes)] = shapes[IN_COUNT] > 1
        for place, detector in enumerate(MIXES):
            verdict[place, lo : lo + len(shapes)] = detector(shapes).verdict
    return verdict, several


def measure_listed(found: Listed, data: str, wanted: str, parts: dict[str, Bools]) -> Counted:
    """Count a detector on listed transactions that are said to be of its kind.

    Args:
        found: ids and shapes.
        data: the set's name.
        wanted: the detector's id.
        parts: names of parts, and bool[n] which transactions are in them.
    """
    detector = next(each for each in MIXES if each.id == wanted)
    said, method = detector(found.shapes), method_of(detector)
    yes = said.verdict == YES
    missed: dict[str, list[str]] = {}
    for row in np.flatnonzero(~yes).tolist():
        missed.setdefault(said.reason(row), []).append(hash_hex(found.txids_raw[row]))
    return Counted(
        _by_part((method, data, PUBLISHED), yes, parts, shown=True),
        missed=tuple(Missed(method, data, reason, tuple(txids)) for reason, txids in missed.items()),
    )


def measure_alarms(shapes: Shapes, txids_raw: list[bytes], data: str, parts: dict[str, Bools]) -> Counted:
    """Count the detectors of what is of several owners on transactions that are said to be nothing of it."""
    counts: list[Count] = []
    alarms: list[FalseAlarm] = []
    any_yes = np.zeros(len(shapes), dtype=np.bool_)
    for detector in (each for each in MIXES if each.mix):
        said, method = detector(shapes), method_of(detector)
        yes = said.verdict == YES
        any_yes |= yes
        counts += _by_part((method, data, NO_MIXES), yes, parts, shown=len(parts) == 1)
        alarms += [
            FalseAlarm(method, data, hash_hex(txids_raw[row]), said.reason(row))
            for row in np.flatnonzero(yes).tolist()
        ]
    counts += _by_part((ANY, data, NO_MIXES), any_yes, parts, shown=False)
    return Counted(tuple(counts), tuple(alarms))


def _by_part(
    named: tuple[str, str, str], yes: Bools, parts: dict[str, Bools], *, shown: bool
) -> tuple[Count, ...]:
    """A count for each part; the product shows what was kept out of tuning, or all where nothing was."""
    method, data, measure = named
    return tuple(
        Count(
            method,
            data,
            simulated=False,
            part=part,
            measure=measure,
            hits=int((yes & mine).sum()),
            of=int(mine.sum()),
            shown=shown and (len(parts) == 1 or part == KEPT_OUT),
        )
        for part, mine in parts.items()
    )


def _of_several(verdict: "np.ndarray[tuple[int, int], np.dtype[np.int8]]") -> tuple[Bools, Bools]:
    """Where a detector of what is of several owners says yes, and where one says unknown; payjoin aside."""
    which = [n for n, each in enumerate(MIXES) if each.mix and each.id != "payjoin"]
    yes: Bools = (verdict[which] == YES).any(axis=0)
    open_: Bools = (verdict[which] == UNKNOWN_KIND).any(axis=0)
    return yes, open_
