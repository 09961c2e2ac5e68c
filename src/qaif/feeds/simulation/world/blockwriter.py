"""Blocks from the books' columns: the kernel's bytes, coinbase, proof of work, files as Core fills them."""

import struct
from array import array
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from qaif.feeds.simulation.blocks import (
    GENESIS,
    MAGIC,
    height_push,
    mined,
    subsidy_sat,
)
from qaif.feeds.simulation.transactions import Output, Tx, assemble, compact_size, push, sha256d, with_size
from qaif.feeds.simulation.world.books import (
    IN_COLUMNS,
    NOBODY,
    OUT_COLUMNS,
    SCRIPT_COLUMNS,
    TX_COLUMNS,
    Books,
)
from qaif.feeds.simulation.world.signing import SignedHand
from qaif.kernels.loads import Bytes, Int64s
from qaif.kernels.made_scripts import scripts_raw
from qaif.kernels.made_txs import Coins, Fresh, Plan, write_txs
from qaif.kernels.merkle import merkle_root

FILE_BYTES = 128 << 20
_NULL_OUTPOINT = bytes(32) + b"\xff\xff\xff\xff"
_RESERVED = bytes(32)
_COMMITMENT_HEAD = bytes.fromhex("6a24aa21a9ed")


class Made(NamedTuple):
    """A block as the truth wants it.

    Args:
        raw: the block.
        txids: uint8[t, 32] of all its transactions, the coinbase's first.
        txs: int64[t - 1, TX_COLUMNS] of those that are no coinbase.
        outs: int64[l, OUT_COLUMNS] of theirs, in the order in which they were made.
        vout: int64[l], where each of these stands.
        scripts: int64[n, SCRIPT_COLUMNS] of scripts that are new.
        scripts_raw, scripts_at: their bytes, and where each begins.
        coinbase_outs: how many outputs the coinbase has.
    """

    raw: list[bytes]
    txids: Bytes
    txs: Int64s
    outs: Int64s
    vout: Int64s
    scripts: Int64s
    scripts_raw: Bytes
    scripts_at: Int64s
    coinbase_outs: int


def table(columns: "array[int]", width: int) -> Int64s:
    """A flat column of rows as int64[n, width]."""
    return np.frombuffer(columns, np.int64).reshape(-1, width) if columns else np.empty((0, width), np.int64)


class CoinTable:
    """Ids, places and scripts of the coins by slot; it grows as slots do."""

    def __init__(self) -> None:
        self.coins = Coins(np.empty(0, np.uint8), np.empty(0, np.int64), np.empty(0, np.int64))

    def hold(self, slots: int) -> Coins:
        """Room for so many slots."""
        have = len(self.coins.vout)
        if slots > have:
            more = max(slots, 2 * have, 4096) - have
            self.coins = Coins(
                np.concatenate((self.coins.txid, np.empty(32 * more, np.uint8))),
                np.concatenate((self.coins.vout, np.empty(more, np.int64))),
                np.concatenate((self.coins.script, np.empty(more, np.int64))),
            )
        return self.coins

    def put(self, slot: int, txid: bytes, vout: int, script: int) -> None:
        """Fill a slot."""
        self.coins.txid[32 * slot : 32 * slot + 32] = np.frombuffer(txid, np.uint8)
        self.coins.vout[slot], self.coins.script[slot] = vout, script


def coinbase(height: int, reward: Output, wtxids: Bytes) -> tuple[Tx, int]:
    """A block's first transaction, and how many outputs it has; `wtxids` uint8[t, 32] of the others."""
    outputs, witness = [reward], b""
    if len(wtxids):
        leaves = np.concatenate((np.zeros((1, 32), np.uint8), wtxids))
        root = merkle_root(leaves).tobytes()
        outputs.append(Output(0, _COMMITMENT_HEAD + sha256d(root + _RESERVED)))
        witness = b"\x01" + with_size(_RESERVED)
    script = height_push(height) + push(b"qaif simulated")
    return assemble(_NULL_OUTPOINT + with_size(script) + b"\xff\xff\xff\xff", 1, outputs, witness), len(
        outputs
    )


class QuickHand:
    """Writes scripts and transactions with the kernels; no signature is valid.

    Args:
        seed: of the scripts.
    """

    def __init__(self, seed: int) -> None:
        self._seed, self._noise = seed, np.array([seed & 0xFFFF], np.uint64)

    def scripts(self, numbers: Int64s) -> tuple[Bytes, Int64s]:
        """The output scripts of numbers, joined, and where each begins: uint8[], int64[n + 1]."""
        return scripts_raw(self._seed, numbers)

    def reward(self, slot: int, value: int) -> None:
        """A slot has got a coinbase's output: no signature asks what it is worth."""

    def txs(self, plan: Plan, coins: Coins, fresh: Fresh) -> tuple[Bytes, Bytes, Int64s]:
        """A block's transactions, their ids and the places of outputs."""
        return write_txs(self._seed, plan, coins, fresh, self._noise)


class BlockMaker:
    """Makes each block from what stands in the books.

    Args:
        books: the economy.
        hand: writes scripts and transactions.
    """

    def __init__(self, books: Books, hand: QuickHand | SignedHand) -> None:
        self.books, self._hand = books, hand
        self._coins, self.tip = CoinTable(), sha256d(GENESIS[:80])

    def make(self, time_unix: int, reward_script: int) -> tuple[Made, int]:
        """The block, and the slot of its reward, -1 where it is nothing; the books begin a new one."""
        books = self.books
        scripts = table(books.new_scripts, SCRIPT_COLUMNS)
        raw, at = self._hand.scripts(np.ascontiguousarray(scripts[:, 0]))
        txs, ins, outs = (
            table(books.txs, TX_COLUMNS),
            table(books.ins, IN_COLUMNS),
            table(books.outs, OUT_COLUMNS),
        )
        value = subsidy_sat(books.height) + books.fees
        slot = books.coin(value, reward_script) if value else NOBODY
        coins = self._coins.hold(len(books.value))
        plan, fresh = _plan(txs, ins, outs), Fresh(books.first_script, raw, at)
        body, ids, vout = self._hand.txs(plan, coins, fresh)
        first, many = self._coinbase(Output(value, self.script(reward_script)), ids)
        if slot >= 0:
            self._coins.put(slot, first.txid_raw, 0, reward_script)
            self._hand.reward(slot, value)
        txids = np.concatenate((np.frombuffer(first.txid_raw, np.uint8), ids[0])).reshape(-1, 32)
        header, self.tip = mined(self.tip, merkle_root(txids).tobytes(), time_unix)
        block = [header + compact_size(len(txids)) + first.raw, body.tobytes()]
        books.clear()
        return Made(block, txids, txs, outs, vout, scripts, raw, at, many), slot

    def _coinbase(self, reward: Output, ids: Bytes) -> tuple[Tx, int]:
        segwit = bool((ids[0] != ids[1]).any())
        return coinbase(self.books.height, reward, ids[1].reshape(-1, 32) if segwit else ids[1, :0])

    def script(self, script: int) -> bytes:
        """The bytes of a script's number."""
        return self._hand.scripts(np.array([script], np.int64))[0].tobytes()


def _plan(txs: Int64s, ins: Int64s, outs: Int64s) -> Plan:
    def column(rows: Int64s, number: int) -> Int64s:
        return np.ascontiguousarray(rows[:, number])

    def begins(number: int) -> Int64s:
        return np.concatenate((np.zeros(1, np.int64), np.cumsum(txs[:, number])))

    version, lock, order, low = (column(txs, number) for number in range(4))
    value, script, slot = (column(outs, number) for number in range(3))
    return Plan(
        version=version,
        lock=lock,
        order=order,
        low=low,
        in_lo=begins(4),
        in_slot=column(ins, 0),
        in_sequence=column(ins, 1),
        out_lo=begins(5),
        out_value=value,
        out_script=script,
        out_slot=slot,
    )


class BlockFiles:
    """Block files of 128 MiB in a folder, the genesis block first.

    Args:
        folder: made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._number = folder, 0
        self._file: BinaryIO | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.write([GENESIS])

    def write(self, pieces: list[bytes]) -> None:
        """Append a block, given in pieces."""
        size = sum(map(len, pieces))
        if self._file is None or self._file.tell() + size + 8 > FILE_BYTES:
            self.close()
            self._file = (self._folder / f"blk{self._number:05d}.dat").open("wb")
            self._number += 1
        self._file.write(MAGIC + struct.pack("<I", size))
        self._file.writelines(pieces)

    def close(self) -> None:
        """End the last file."""
        if self._file is not None:
            self._file.close()
            self._file = None
