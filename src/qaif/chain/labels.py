"""What sources say of scripts and transactions, as arrays that analysis reads.

A claim names the bytes of a script or the id of a transaction; analysis knows numbers. The arrays here are
made for one chain view and are valid for it alone. A label stays on the script that it was put on: nothing
here passes it to a cluster or to another script of the same key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from qaif.chain.open import Chain
from qaif.units import UNKNOWN, Int64s


@dataclass(frozen=True)
class Labels:
    """Which scripts carry which labels, a row a pair; a script may carry several.

    Attributes:
        script_num: int64[n], ascending.
        label: int64[n], a place in the list of labels that the caller keeps; ascending within a script.
        absent: int64[m], places of the given pairs whose script does not occur in this chain view, ascending:
            not found, which is not the same as unused.
    """

    script_num: Int64s
    label: Int64s
    absent: Int64s

    def of(self, script_nums: Int64s) -> tuple[Int64s, Int64s]:
        """The labels that scripts carry: int64[k] places in `script_nums`, ascending, and int64[k] labels.

        Numbers under 0, which stand for what is no script, carry none.
        """
        lo = np.searchsorted(self.script_num, script_nums, "left").astype(np.int64)
        count = np.searchsorted(self.script_num, script_nums, "right") - lo
        count[np.asarray(script_nums) < 0] = 0
        row = np.repeat(np.arange(len(script_nums), dtype=np.int64), count)
        before = np.cumsum(count) - count
        at = np.arange(len(row), dtype=np.int64) - before[row] + lo[row]
        return row, self.label[at]


@dataclass(frozen=True)
class Constraints:
    """What no analysis of this chain view may conclude.

    Attributes:
        apart: int64[n, 2], scripts that are known to be of different controllers, the smaller number first;
            ascending, each pair once.
        joins_nothing: int64[m], transactions whose inputs say nothing of who controls them, such as listed
            imports of other people's keys; ascending.
        absent: int64[k], places of the given pairs of which a script does not occur here, ascending.
        absent_txs: int64[j], places of the given transaction ids that do not occur here, ascending.
    """

    apart: Int64s
    joins_nothing: Int64s
    absent: Int64s
    absent_txs: Int64s


def label_scripts(chain: Chain, pairs: Sequence[tuple[bytes, int]]) -> Labels:
    """Labels for a chain view, from (script bytes, place of the label in the caller's list)."""
    nums = _numbers(chain, (script for script, _ in pairs))
    label = np.array([place for _, place in pairs], dtype=np.int64)
    held = nums != UNKNOWN
    rows = np.unique(np.stack([nums[held], label[held]], axis=1), axis=0)
    return Labels(rows[:, 0].copy(), rows[:, 1].copy(), np.flatnonzero(~held))


def constrain(
    chain: Chain, apart: Sequence[tuple[bytes, bytes]] = (), joins_nothing: Sequence[bytes] = ()
) -> Constraints:
    """Constraints for a chain view.

    Args:
        chain: the view.
        apart: pairs of scripts, as bytes, of different controllers.
        joins_nothing: transaction ids in wire order; of a BIP30 pair both are meant.

    Raises:
        ValueError: a script is to be kept apart from itself.
    """
    if any(one == other for one, other in apart):
        raise ValueError("a script cannot be kept apart from itself")
    nums = _numbers(chain, (script for pair in apart for script in pair)).reshape(-1, 2)
    held = (nums != UNKNOWN).all(axis=1)
    txs = [chain.tx_nums(txid) for txid in joins_nothing]
    return Constraints(
        np.unique(np.sort(nums[held], axis=1), axis=0),
        np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *txs])),
        np.flatnonzero(~held),
        np.array([place for place, found in enumerate(txs) if not len(found)], dtype=np.int64),
    )


def _numbers(chain: Chain, scripts: Iterable[bytes]) -> Int64s:
    return np.array([chain.script_num(script) for script in scripts], dtype=np.int64)
