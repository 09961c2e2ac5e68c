"""The decisions that touch a cluster: what was refused, and what was joined against the first impression."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from qaif.analysis.clusters.forest import Forest
from qaif.analysis.clusters.groups import groups_of_txs
from qaif.analysis.clusters.rules import (
    APART,
    CROWD,
    LABELLED,
    LARGE,
    LISTED,
    REPEATED,
    SHAPE,
    WHY,
    Rules,
    method_of,
)
from qaif.analysis.shapes.columns import shapes_of
from qaif.analysis.shapes.mixes import MIXES
from qaif.chain.open import Chain
from qaif.units import Bools, Int64s

ALARMS = (APART, LABELLED, LARGE, CROWD, REPEATED)
_ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class Decision:
    """One transaction that joins nothing, or that was asked about and then joined.

    Attributes:
        tx_num: the transaction.
        method: what decided, with its version.
        reason: why, in words.
        joined: it joined all the same.
        alarm: a person should look at it.
        heeds: it heeds what sources or people say.
        scripts: what it spends from, as far as it is known.
        pair: a script of each of two clusters, where it is about these; else empty.
    """

    tx_num: int
    method: str
    reason: str
    joined: bool
    alarm: bool
    heeds: bool
    scripts: tuple[int, ...]
    pair: tuple[int, ...]


def touching(chain: Chain, forest: Forest, script: int | None) -> Int64s:
    """Rows of the decisions up to the view's tip that spend from a script's cluster; all where None."""
    count = int(np.searchsorted(forest.decisions[:, 0], chain.n_txs))
    if script is None:
        return np.arange(count, dtype=np.int64)
    top = forest.roots(np.array([script], dtype=np.int64), chain.n_txs)[0]
    found = [np.zeros(0, dtype=np.int64)]
    for lo in range(0, count, _ROWS_AT_ONCE):
        txs = forest.decisions[lo : min(lo + _ROWS_AT_ONCE, count), 0]
        found.append(np.flatnonzero(_spends_under(chain, forest, txs, int(top))) + lo)
    return np.concatenate(found)


def _spends_under(chain: Chain, forest: Forest, txs: Int64s, top: int) -> Bools:
    """Which transactions spend from a script under a root."""
    lo, hi = (chain.tx.in_lo.take(each).astype(np.int64) for each in (txs, txs + 1))
    row = np.repeat(np.arange(len(txs), dtype=np.int64), hi - lo)
    before = np.cumsum(hi - lo) - (hi - lo)
    ins = np.arange(len(row), dtype=np.int64) - before[row] + lo[row]
    roots = forest.roots(chain.txin.script_num.take(ins), chain.n_txs)
    found = np.zeros(len(txs), dtype=np.bool_)
    found[row[roots == top]] = True
    return found


def decision_of(chain: Chain, forest: Forest, row: int) -> Decision:
    """One row of the forest's decisions, in words."""
    tx, code, one, other = forest.decisions[row].tolist()
    spent = groups_of_txs(chain, np.array([tx], dtype=np.int64), forest.links).scripts
    return Decision(
        tx_num=tx,
        method=method_of(code, forest.rules),
        reason=_reason(chain, tx, code, forest.rules),
        joined=code == REPEATED,
        alarm=code in ALARMS,
        heeds=code in (LISTED, APART, LABELLED),
        scripts=tuple(spent.tolist()),
        pair=() if one < 0 else (one, other),
    )


def counted(forest: Forest, rows: Int64s) -> dict[str, int]:
    """How many of some decisions each method made."""
    codes = Counter(forest.decisions[rows, 1].tolist())
    by_method: Counter[str] = Counter()
    for code, count in codes.items():
        by_method[method_of(code, forest.rules)] += count
    return dict(sorted(by_method.items()))


def _reason(chain: Chain, tx: int, code: int, rules: Rules) -> str:
    if code < SHAPE:
        return WHY[code]
    detector = next(each for each in MIXES if each.id == rules.refusing[(code - SHAPE) // 2])
    said = detector(shapes_of(chain, tx, tx + 1))
    word = "it may be" if (code - SHAPE) % 2 else "it is"
    return f"{word} {detector.title}: {said.reason(0)}"
