"""The time in which every transaction of a set is held: what happened outside of it is unknown."""

from qaif.analysis.activity.periods import Window
from qaif.analysis.transfers import Transfers
from qaif.chain.open import Chain


def window_of(
    chain: Chain, transfers: Transfers, *, whole: bool, ends_unix: int | None = None
) -> Window | None:
    """From the set's first transaction on, as far as everything is held.

    Args:
        chain: the chain; its tip is the moment asked about.
        transfers: every transaction of the set.
        whole: the history of the set is known to its end.
        ends_unix: that end, where it lies after the tip.

    Returns:
        The window; None where nothing of the set is held, or no run of blocks that are whole.
    """
    if not len(transfers):
        return None
    if whole:
        end = chain.tip.time_unix if ends_unix is None else ends_unix
        return Window(int(transfers.time_unix.min()), max(end, int(transfers.time_unix.max())))
    return _longest_run(chain, transfers)


def _longest_run(chain: Chain, transfers: Transfers) -> Window | None:
    """The longest time without a gap between blocks, from the set's first transaction in it on."""
    longest: Window | None = None
    for run in chain.held.runs:
        if not chain.block.whole[run.first_block : run.last_block + 1].all():
            continue
        times = chain.block.time[run.first_block : run.last_block + 1]
        inside = (transfers.block_num >= run.first_block) & (transfers.block_num <= run.last_block)
        if not inside.any():
            continue
        found = Window(int(transfers.time_unix[inside].min()), int(times[-1]))
        if longest is None or _length(found) > _length(longest):
            longest = found
    return longest


def _length(window: Window) -> int:
    return window.ends_unix - window.begins_unix
