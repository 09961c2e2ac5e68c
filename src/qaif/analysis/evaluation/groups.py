"""How often groupings of scripts are wrong: on chains whose controllers are known."""

from dataclasses import dataclass

import numpy as np

from qaif.analysis.clusters.given import Given
from qaif.analysis.clusters.rules import CO_SPEND
from qaif.analysis.evaluation.counts import Count, Counted
from qaif.analysis.evaluation.partitions import GROUPINGS, classic_outside, clusters, judge, pairs_kept
from qaif.analysis.evaluation.truth import Truth
from qaif.analysis.transfers import inputs_of
from qaif.chain.open import Chain
from qaif.units import UNKNOWN, Int64s

FALSE_SCRIPTS = "scripts in a group that is mostly another controller's, of scripts with a known controller"
FALSE_PAIRS = "pairs of two controllers, of pairs that are grouped"
RECALL = "pairs grouped, of pairs of one controller"
JOINED = (
    "transactions of one kind whose inputs of several controllers stand in one group, of those of the kind"
)
KEPT = "pairs grouped, of true pairs that the classic rule finds outside mixes"
LARGEST = "scripts of the largest group that has several controllers, of scripts with a known controller"


LISTED = "where imported keys and sold wallets are listed"
_LISTED = ("import", "sold-wallet")


@dataclass(frozen=True)
class Pairs:
    """Pairs of scripts that one transaction spends from, each int64[n]."""

    tx: Int64s
    one: Int64s
    other: Int64s


def measure_groupings(chain: Chain, truth: Truth, data: str, *, simulated: bool) -> Counted:
    """Count every registered grouping against the truth."""
    outside = classic_outside(chain, truth.of_several)
    strangers = _strangers(chain, truth)
    counts: list[Count] = []
    for method, grouping in GROUPINGS.items():
        label = grouping(chain)
        counts += _counts(label, outside, truth, (method, data, "all"), simulated=simulated)
        counts += _kinds(strangers, label, truth, (method, data), simulated=simulated)
    listed = np.isin(truth.kind, [n for n, kind in enumerate(truth.kinds) if kind in _LISTED])
    if listed.any():
        given = Given(joins_nothing=tuple(txid.tobytes() for txid in chain.tx.txid_raw[:][listed]))
        named = f"{CO_SPEND.id}/{CO_SPEND.version}", data, LISTED
        counts += _counts(clusters(chain, given), outside, truth, named, simulated=simulated)
    return Counted(tuple(counts))


def _strangers(chain: Chain, truth: Truth) -> Pairs:
    """Neighbouring inputs of one transaction whose scripts two controllers have."""
    ins, tx = inputs_of(chain, np.arange(chain.n_txs, dtype=np.int64))
    script = chain.txin.script_num.take(ins).astype(np.int64)
    owner = np.where(script >= 0, truth.controller[np.maximum(script, 0)], UNKNOWN)
    told = np.flatnonzero(owner >= 0)
    one, other = told[:-1], told[1:]
    apart = (tx[one] == tx[other]) & (owner[one] != owner[other])
    return Pairs(tx[one[apart]], script[one[apart]], script[other[apart]])


def _kinds(
    pairs: Pairs, label: Int64s, truth: Truth, named: tuple[str, str], *, simulated: bool
) -> list[Count]:
    """What joined strangers: of each kind of transaction in which several controllers spend."""
    method, data = named
    joined = label[pairs.one] == label[pairs.other]
    counts: list[Count] = []
    for number, kind in enumerate(truth.kinds):
        mine = truth.kind[pairs.tx] == number
        hits, of = (len(np.unique(pairs.tx[which])) for which in (mine & joined, mine))
        if of:
            counts.append(Count(method, data, simulated, kind, JOINED, hits, of))
    return counts


def _counts(
    label: Int64s, outside: Int64s, truth: Truth, named: tuple[str, str, str], *, simulated: bool
) -> list[Count]:
    method, data, part = named
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
        Count(method, data, simulated, part, measure, hits, of, shown=shown and part == "all")
        for measure, hits, of, shown in rows
    ]
