"""How often change heuristics are wrong, and examples for the vote: on chains whose change is known."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from qaif.analysis.change.columns import AT_ONCE, Bits, change_bits
from qaif.analysis.change.contract import Heuristic, Rule, links, possible, row_of, speaks
from qaif.analysis.change.fitting import Examples, examples, join
from qaif.analysis.change.heuristics import HEURISTICS
from qaif.analysis.change.vote import votes
from qaif.analysis.evaluation.counts import Count, Counted
from qaif.analysis.evaluation.parts import KEPT_OUT, kept_out
from qaif.analysis.evaluation.truth import Truth
from qaif.chain.open import Chain
from qaif.units import Bools

SPEAKS, KEEPS, NAMES, RIGHT, EMPTY, OF_EMPTY, ALL = range(7)
NAMED_RIGHT = "names the change rightly where it leaves one output"
_MEASURES = (
    (SPEAKS, ALL, "rules something out, of transactions with change"),
    (KEEPS, SPEAKS, "keeps the change where it rules something out"),
    (RIGHT, NAMES, NAMED_RIGHT),
    (EMPTY, OF_EMPTY, "names an output of transactions without change"),
)


@dataclass(frozen=True)
class Judgeable:
    """Transactions of a piece of a chain on which change can be judged, all bool.

    Attributes:
        with_change: bool[transactions], just one of several possible outputs is change.
        without: bool[transactions], none of several is.
        change: bool[outputs], the truth.
    """

    with_change: Bools
    without: Bools
    change: Bools


def measure_changes(chain: Chain, truth: Truth, data: str, *, simulated: bool) -> Counted:
    """Count every heuristic and vote on what is kept out of tuning; mixes are left out."""
    rules: dict[str, Rule] = {one.method: one for one in HEURISTICS}
    rules |= {vote.method: vote for vote in votes().values()}
    parts = [KEPT_OUT, *truth.eras] if len(truth.eras) > 1 else [KEPT_OUT]
    totals = np.zeros((len(rules), len(parts), 7), dtype=np.int64)
    for bits, given, out in _pieces(chain, truth):
        era = truth.era[bits.tx_lo : bits.tx_lo + len(bits)]
        for place, rule in enumerate(rules.values()):
            counted = _counts(rule, bits, given)
            for part in range(len(parts)):
                mine = out & (era == part - 1) if part else out
                totals[place, part] += counted[mine].sum(axis=0)
    return Counted(
        tuple(
            Count(
                method,
                data,
                simulated,
                name if name == KEPT_OUT else f"{KEPT_OUT}, {name}",
                words,
                int(totals[place, part, hits]),
                int(totals[place, part, of]),
                shown=part == 0 and hits in (KEEPS, RIGHT),
            )
            for place, method in enumerate(rules)
            for part, name in enumerate(parts)
            for hits, of, words in _MEASURES
        )
    )


def tuning_examples(chain: Chain, truth: Truth, heuristics: tuple[Heuristic, ...]) -> Examples:
    """Examples for the vote from the part that may be tuned on."""
    return join(
        [
            examples(heuristics, bits, given.change, ~out & (given.with_change | given.without))
            for bits, given, out in _pieces(chain, truth)
        ]
    )


def _pieces(chain: Chain, truth: Truth) -> Iterator[tuple[Bits, Judgeable, Bools]]:
    """A chain piece by piece: bits, what can be judged, and which transactions are kept out of tuning."""
    left_out = truth.of_several
    for lo in range(0, chain.n_txs, AT_ONCE):
        hi = min(lo + AT_ONCE, chain.n_txs)
        bits = change_bits(chain, lo, hi)
        change = truth.change[bits.first_out : bits.first_out + len(bits.bits)]
        can, row = possible(bits), row_of(bits)
        some = np.bincount(row[can], minlength=len(bits)) > 1
        true = np.bincount(row[change & can], minlength=len(bits))
        usable = truth.change_known[lo:hi] & ~left_out[lo:hi] & some
        given = Judgeable(usable & (true == 1), usable & (true == 0), change & can)
        yield bits, given, kept_out(txid.tobytes() for txid in chain.tx.txid_raw[lo:hi])


def _counts(rule: Rule, bits: Bits, given: Judgeable) -> "np.ndarray[tuple[int, int], np.dtype[np.int64]]":
    """For each transaction what holds: int64[transactions, 7]."""
    kept, row = rule(bits), row_of(bits)
    said = speaks(bits, kept)
    keeps = np.bincount(row[kept & given.change], minlength=len(bits)) > 0
    txs, outs = links(bits, kept)
    named = np.zeros(len(bits), dtype=np.bool_)
    named[txs - bits.tx_lo] = True
    right = np.zeros(len(bits), dtype=np.bool_)
    right[txs - bits.tx_lo] = given.change[outs - bits.first_out]
    with_change = given.with_change
    columns = (
        said & with_change,
        said & keeps & with_change,
        named & with_change,
        right & with_change,
        named & given.without,
        given.without,
        with_change,
    )
    return np.stack(columns, axis=1).astype(np.int64)
