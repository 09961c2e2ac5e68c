"""What each transaction spends from together, and whether its shape forbids to conclude anything from it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from qaif.analysis.clusters.rules import LISTED, SHAPE, Rules
from qaif.analysis.clusters.shaped import shapes_at
from qaif.analysis.shapes.contract import UNKNOWN_KIND, YES
from qaif.analysis.shapes.mixes import MIXES
from qaif.chain.open import Chain
from qaif.kernels.co_spend import groups_into
from qaif.units import Int64s


class Links(Protocol):
    """Outputs that are concluded to be change: the second tier, which is off by default."""

    def between(self, chain: Chain, lo: int, hi: int) -> tuple[Int64s, Int64s]:
        """Of the transactions from `lo` up to `hi`: int64[n] transactions, ascending, int64[n] outputs."""

    def digest(self) -> str:
        """Another where other outputs can be concluded."""


@dataclass(frozen=True)
class Groups:
    """Transactions that spend from two scripts or more.

    Attributes:
        tx_num: int64[g], ascending.
        lo: int64[g + 1]; the scripts of group i are `scripts[lo[i]:lo[i + 1]]`.
        scripts: the different scripts of each, in their order in the transaction.
    """

    tx_num: Int64s
    lo: Int64s
    scripts: Int64s

    def of(self, row: int) -> Int64s:
        """The scripts of one group."""
        return self.scripts[self.lo[row] : self.lo[row + 1]]


def groups_of(chain: Chain, lo: int, hi: int, links: Links | None = None) -> Groups:
    """The groups of the transactions from number `lo` up to `hi`."""
    begin = chain.tx.in_lo.take(np.arange(lo, hi + 1, dtype=np.int64)).astype(np.int64)
    script = chain.txin.script_num[int(begin[0]) : int(begin[-1])].astype(np.int64, copy=False)
    begin -= begin[0]
    if links is not None:
        begin, script = _with_links(chain, begin, script, (lo, hi), links)
    return _grouped(begin, script, lo)


def groups_of_txs(chain: Chain, tx_nums: Int64s, links: Links | None = None) -> Groups:
    """The groups of some transactions, ascending."""
    parts = [groups_of(chain, int(num), int(num) + 1, links) for num in tx_nums]
    lengths = [len(part.scripts) for part in parts if len(part.tx_num)]
    none = [np.zeros(0, dtype=np.int64)]
    return Groups(
        np.concatenate([*none, *(part.tx_num for part in parts)]),
        np.cumsum([0, *lengths]).astype(np.int64),
        np.concatenate([*none, *(part.scripts for part in parts)]),
    )


def _grouped(begin: Int64s, script: Int64s, first: int) -> Groups:
    count = len(begin) - 1
    tx, lo = np.empty(count, dtype=np.int64), np.empty(count + 1, dtype=np.int64)
    out = np.empty(len(script), dtype=np.int64)
    found = groups_into(begin, np.ascontiguousarray(script), tx, lo, out)
    return Groups(tx[:found] + first, lo[: found + 1], out[: int(lo[found])])


def _with_links(
    chain: Chain, begin: Int64s, script: Int64s, span: tuple[int, int], links: Links
) -> tuple[Int64s, Int64s]:
    """The rows of each transaction with those of its links behind them."""
    tx_num, out_num = links.between(chain, *span)
    row = tx_num - span[0]
    linked = chain.txout.script_num.take(out_num).astype(np.int64)
    of_in = np.repeat(np.arange(span[1] - span[0], dtype=np.int64), np.diff(begin))
    all_rows = np.concatenate([of_in, row])
    order = np.argsort(all_rows, kind="stable")
    ends = np.searchsorted(all_rows[order], np.arange(span[1] - span[0] + 1, dtype=np.int64))
    return ends.astype(np.int64), np.concatenate([script, linked])[order]


def refusals_of(chain: Chain, groups: Groups, rules: Rules, joins_nothing: Int64s) -> Int64s:
    """Why each group joins nothing, as far as its own transaction says: int64[g], 0 where it may join."""
    code = np.zeros(len(groups.tx_num), dtype=np.int64)
    if not len(code):
        return code
    shapes = shapes_at(chain, groups.tx_num)
    said = [each(shapes).verdict for each in MIXES if each.id in rules.refusing]
    for kind in (UNKNOWN_KIND, YES):
        for place in reversed(range(len(said))):
            code[said[place] == kind] = SHAPE + 2 * place + (kind == UNKNOWN_KIND)
    code[np.isin(groups.tx_num, joins_nothing)] = LISTED
    return code
