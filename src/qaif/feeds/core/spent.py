"""What a block spends, as a node tells it: `/rest/spenttxouts/HASH.bin`, or `getblock HASH 3`.

Both list, for each transaction of the block in order, the outputs that its inputs spend. The first is binary
(Bitcoin Core 30 and later); the second is JSON with amounts in bitcoin, which become satoshi exactly or are
refused. Neither proves an amount; `contradiction` says what the block itself refutes.
"""

from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from qaif.feeds.networks import Network
from qaif.kernels.parse import ParsedBlocks
from qaif.units import MAX_MONEY_SAT, SAT_PER_BTC, hash_raw

SpentOutput = tuple[int, bytes]  # value in satoshi, script
_SIZES = {0xFD: 2, 0xFE: 4, 0xFF: 8}
_VALUE = 8
_SUBSIDY_SAT = 50 * SAT_PER_BTC


class BadSpentError(ValueError):
    """It is not of that form; the text says in what."""


class SpentOutputs(NamedTuple):
    """For each transaction of a block, what its inputs spend; the coinbase's entry is empty.

    Attributes:
        by_tx: one list a transaction.
        txids_raw: the transactions' ids as they were told, None where they were not.
    """

    by_tx: list[list[SpentOutput]]
    txids_raw: list[bytes] | None = None


def read_binary(data: bytes) -> SpentOutputs:
    """The answer of `/rest/spenttxouts/HASH.bin`.

    Raises:
        BadSpentError: it ends early, goes on after its end, or holds an impossible amount.
    """
    at, count = _size(data, 0)
    by_tx: list[list[SpentOutput]] = []
    for _ in range(count):
        at, inputs = _size(data, at)
        spent: list[SpentOutput] = []
        for _ in range(inputs):
            value = int.from_bytes(data[at : at + _VALUE], "little", signed=True)
            at, length = _size(data, at + _VALUE)
            if at + length > len(data):
                raise BadSpentError("it ends in the middle of a script")
            spent.append((_possible(value), data[at : at + length]))
            at += length
        by_tx.append(spent)
    if at != len(data):
        raise BadSpentError(f"{len(data) - at:,} bytes stand after its end")
    return SpentOutputs(by_tx)


def _size(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise BadSpentError("it ends too early")
    wide = _SIZES.get(data[at], 0)
    if at + 1 + wide > len(data):
        raise BadSpentError("it ends in the middle of a number")
    found = int.from_bytes(data[at + 1 : at + 1 + wide], "little") if wide else data[at]
    return at + 1 + wide, found


def read_json(block: Any) -> SpentOutputs:
    """The answer of `getblock HASH 3`, its numbers read as `Decimal`.

    Raises:
        BadSpentError: something is missing or of another kind, or an amount is no whole number of satoshi.
    """
    try:
        by_tx = [
            [_from_json(one["prevout"]) for one in tx["vin"] if "coinbase" not in one] for tx in block["tx"]
        ]
        return SpentOutputs(by_tx, [hash_raw(tx["txid"]) for tx in block["tx"]])
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, BadSpentError):
            raise
        raise BadSpentError(
            f"its transactions have no `prevout` of the right form ({error!r:.80})"
        ) from error


def _from_json(prevout: Any) -> SpentOutput:
    return satoshi(prevout["value"]), bytes.fromhex(prevout["scriptPubKey"]["hex"])


def satoshi(amount: object) -> int:
    """An amount in bitcoin, read from JSON as `Decimal` or int, in satoshi.

    Raises:
        BadSpentError: it is no whole number of satoshi, or more than there can be.
    """
    if type(amount) is int:
        return _possible(amount * SAT_PER_BTC)
    if not isinstance(amount, Decimal) or not amount.is_finite() or abs(amount.adjusted()) > _VALUE:
        raise BadSpentError(f"{amount!r:.40} is no amount")
    scaled = amount.scaleb(_VALUE)
    if scaled != scaled.to_integral_value():
        raise BadSpentError(f"{amount} BTC is no whole number of satoshi")
    return _possible(int(scaled))


def _possible(value: int) -> int:
    if not 0 <= value <= MAX_MONEY_SAT:
        raise BadSpentError(f"{value:,} sat is no possible amount")
    return value


def contradiction(
    told: SpentOutputs, parsed: ParsedBlocks, block: int, height: int, network: Network
) -> str | None:
    """What in a block refutes what was told of it, in words; None where nothing does.

    Args:
        told: what its inputs are said to spend.
        parsed: columns of a batch of blocks.
        block: which of them.
        height: the block's.
        network: for its subsidy.
    """
    tx_lo, tx_hi = (int(x) for x in parsed.block_tx_lo[block : block + 2])
    inputs = np.diff(parsed.tx_in_lo[tx_lo : tx_hi + 1]).tolist()
    if [len(spent) for spent in told.by_tx] != [0, *inputs[1:]]:
        return "it does not tell of as many inputs as the block has"
    if told.txids_raw is not None:
        own = [row.tobytes() for row in parsed.tx_txid_raw[tx_lo:tx_hi]]
        if told.txids_raw != own:
            return "its transactions are not the block's"
    fees = 0
    for number in range(1, tx_hi - tx_lo):
        fee = sum(value for value, _ in told.by_tx[number]) - _paid(parsed, tx_lo + number)
        if fee < 0:
            return f"transaction {number} of the block pays more than it is said to spend"
        fees += fee
    subsidy = _SUBSIDY_SAT >> (height // network.halving_interval)
    if _paid(parsed, tx_lo) > subsidy + fees:
        return "the coinbase takes more than subsidy and fees, if it spends what is said"
    return None


def _paid(parsed: ParsedBlocks, tx: int) -> int:
    lo, hi = parsed.tx_out_lo[tx : tx + 2]
    return int(parsed.out_value_sat[lo:hi].sum())
