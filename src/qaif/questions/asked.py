"""What a question names: a block, a moment, a transaction, addresses. Nothing secret is ever repeated."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import numpy as np

from qaif.chain.addresses import ParsedAddress
from qaif.chain.open import Chain
from qaif.chain.secrets import find_private_keys
from qaif.errors import NotFoundError, PrivateKeyError, UsageError
from qaif.feeds.gathered_coverage import CaseTold
from qaif.feeds.networks import Network
from qaif.questions.close import parse_or_explain
from qaif.questions.told import AT_TIP, Until
from qaif.units import UNKNOWN, HashRaw, hash_raw, utc_text

_HEIGHT = re.compile(r"[0-9]{1,9}")
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_NOT_HELD = "What is not held here may exist all the same; see `qaif status` for what is held."


@dataclass(frozen=True)
class Moment:
    """A chain as of the block that was asked for.

    Attributes:
        chain: cut there.
        gap: what is unknown between its tip and the moment asked for, in words; empty where nothing is.
        until: that moment.
    """

    chain: Chain
    gap: tuple[str, ...] = ()
    until: Until = AT_TIP


def refuse_secrets(text: str) -> None:
    """Refuse a text that holds a private key, repeating nothing of it.

    Raises:
        PrivateKeyError: it does.
    """
    if find_private_keys(text):
        text = ""
        raise PrivateKeyError(
            "This is a private key. Qaif refuses private keys, repeats none and keeps none.",
            way_out="Whoever has seen a private key can spend what it holds: move it.",
        )


def moment(chain: Chain, asked: str | None) -> Moment:
    """The chain as of a height, a block hash or a day (UTC, to its end).

    Raises:
        UsageError: it is none of the three.
        NotFoundError: no such block is held, or none so early.
    """
    if asked is None:
        return Moment(chain)
    refuse_secrets(asked)
    if _HEIGHT.fullmatch(asked) and chain.told is not None:
        return Moment(chain.at(_told_block(chain, chain.told, int(asked))), until=Until(height=int(asked)))
    if _HEIGHT.fullmatch(asked) or _HASH.fullmatch(asked):
        return Moment(chain.at(block_num(chain, asked)))
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        raise UsageError(
            "The moment is not a height, a block hash or a day.",
            way_out="Write --as-of 610000, --as-of 2019-12-01, or a hash of 64 digits.",
        ) from None
    return _end_of_day(chain, day)


def _told_block(chain: Chain, told: CaseTold, height: int) -> int:
    """In a chain of single transactions, the last block held up to a height that a source had reached.

    Raises:
        NotFoundError: no source had, or no block so early is held.
    """
    heights = chain.block.height[0 : chain.n_blocks]
    early = np.flatnonzero((heights != UNKNOWN) & (heights <= height))
    tip = max((one.tip_height for one in told.scripts), default=UNKNOWN)
    if height > max(tip, int(heights.max()) if len(heights) else UNKNOWN) or not len(early):
        raise NotFoundError(f"No source was asked as of height {height:,}.", way_out=_NOT_HELD)
    return int(early[-1])


def _end_of_day(chain: Chain, day: date) -> Moment:
    last_second = int(datetime.combine(day, time(23, 59, 59), UTC).timestamp())
    num = chain.block_at_time(last_second)
    if num == UNKNOWN:
        raise NotFoundError(f"No block from {day} or before is held.", way_out=_NOT_HELD)
    cut = chain.at(num)
    latest = int(np.max(chain.block.time[0 : chain.n_blocks]))
    if num < chain.n_blocks - 1 or last_second - latest < 24 * 3600:
        return Moment(cut, until=Until(time_unix=last_second))
    last = utc_text(cut.tip.time_unix)
    gap = f"The last block held is of {last}; what happened from then to {day} is unknown."
    return Moment(cut, (gap,), Until(time_unix=last_second))


def block_num(chain: Chain, asked: str) -> int:
    """The number of the block at a height or with a hash.

    Raises:
        UsageError: it is neither.
        NotFoundError: no such block is held.
    """
    refuse_secrets(asked)
    if _HASH.fullmatch(asked):
        num, what = chain.block_num_of_hash(hash_raw(asked)), "with this hash"
    elif _HEIGHT.fullmatch(asked):
        num, what = chain.block_at_height(int(asked)), f"at height {int(asked):,}"
    else:
        raise UsageError(
            "A block is named by its height or by its hash of 64 digits; this is neither.",
            way_out="Write `qaif block 450000`, for example.",
        )
    if num == UNKNOWN:
        raise NotFoundError(f"No block {what} is held.", way_out=_NOT_HELD + _nearest(chain, asked))
    return num


def _nearest(chain: Chain, asked: str) -> str:
    """The nearest lower block whose height is known, in words."""
    if not _HEIGHT.fullmatch(asked):
        return ""
    heights = chain.block.height[0 : chain.n_blocks]
    below = heights[(heights != UNKNOWN) & (heights < int(asked))]
    return (
        f" The nearest block before it that is held is at height {int(below.max()):,}." if len(below) else ""
    )


def txid_named(asked: str) -> HashRaw:
    """A transaction id as people write it.

    Raises:
        UsageError: it is none.
    """
    refuse_secrets(asked)
    if not _HASH.fullmatch(asked):
        raise UsageError("A transaction id has 64 hexadecimal digits; this has not.")
    return hash_raw(asked)


def addresses_named(chain: Chain, asked: tuple[str, ...]) -> tuple[ParsedAddress, ...]:
    """Addresses of the chain's network, each once, in the order given.

    Raises:
        AddressError: one is misprinted; the message says why, and what in the chain it is close to.
        PrivateKeyError: one is a private key.
        UsageError: none was given.
    """
    if not asked:
        raise UsageError("No address was given.", way_out="Write `qaif review ADDRESS`.")
    for text in asked:
        refuse_secrets(text)
    parsed = [address_named(chain, text, chain.network) for text in asked]
    return tuple({one.script_raw: one for one in parsed}.values())


def address_named(chain: Chain | None, asked: str, network: Network) -> ParsedAddress:
    """One address; see `addresses_named` for what it raises."""
    refuse_secrets(asked)
    return parse_or_explain(chain, asked, network)
