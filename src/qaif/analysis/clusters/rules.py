"""What the clusters are made by: which shapes join nothing, and what is not joined without a second look."""

import hashlib
import json
from dataclasses import asdict, dataclass

from qaif.analysis.accuracy import NOT_MEASURED, measured
from qaif.analysis.methods import Method
from qaif.analysis.shapes.mixes import MIXES

CO_SPEND = Method(
    id="co-spend",
    version=1,
    sentence=(
        "Scripts that one transaction spends from are of one controller, unless the transaction is or may be "
        "a mix, or something forbids it; then it joins nothing."
    ),
    measured=NOT_MEASURED,
    limits=(
        "Control is not ownership: whoever sweeps the deposit addresses of others controls them, and none of "
        "these others is the owner of the rest. Payjoins, keys that were sold or imported and services that "
        "sign for several people join strangers, and a payjoin cannot be told by its shape."
    ),
)
_NEVER_EXCLUDED = frozenset(("payjoin",))  # what it cannot exclude is nearly every transaction

LISTED, APART, LABELLED, LARGE, CROWD, REPEATED = range(1, 7)
SHAPE = 16  # plus twice the place of the detector, plus one where it said unknown


@dataclass(frozen=True)
class Rules:
    """How transactions are decided on.

    Attributes:
        refusing: ids of the detectors of mixes whose `yes` and `unknown` join nothing.
        co_spend: what one transaction spends from together is joined at all.
        large: two clusters of so many scripts are not joined by one transaction.
        repeats: but by the next, when transactions in so many blocks before asked for the same two.
        established, crowd: so many clusters of so many scripts each are not joined by one transaction.
        version: goes up when a decision can change.
    """

    refusing: tuple[str, ...] = tuple(
        each.id for each in MIXES if each.mix and each.id not in _NEVER_EXCLUDED
    )
    co_spend: bool = True
    large: int = 1_000
    repeats: int = 3
    established: int = 10
    crowd: int = 10
    version: int = CO_SPEND.version

    def digest(self) -> str:
        """Of the rules, and of the versions of the detectors that they ask."""
        versions = {each.id: each.version for each in MIXES if each.id in self.refusing}
        said = json.dumps([vars(self), versions], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def co_spend() -> Method:
    """The method of the first tier, with what was measured of it."""
    return Method(**asdict(CO_SPEND) | {"measured": measured(f"{CO_SPEND.id}/{CO_SPEND.version}")})


def method_of(code: int, rules: Rules) -> str:
    """The method that refused, by the code of its decision."""
    if code >= SHAPE:
        known = {each.id: each for each in MIXES}[rules.refusing[(code - SHAPE) // 2]]
        return f"{known.id}/{known.version}"
    return {
        LISTED: "listed-import/1",
        APART: "judged-different/1",
        LABELLED: "labelled-apart/1",
        LARGE: "size-jump/1",
        CROWD: "size-jump/1",
        REPEATED: "size-jump/1",
    }[code]


WHY = {
    LISTED: "it is listed as one that says nothing of who controls what it spends from",
    APART: "it spends from scripts of entities that were judged to be different",
    LABELLED: "it would join clusters that sources say different operators control",
    LARGE: "it would join two large clusters, which one transaction alone does not",
    CROWD: "it would join many established clusters at once",
    REPEATED: "it joined two large clusters, as transactions in several blocks before it had asked for",
}
