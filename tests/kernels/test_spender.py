import csv
import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import spender as oracle
from oracle.ripemd160 import hash160
from qaif.kernels.parse import parse_blocks
from qaif.kernels.parse_columns import ParsedBlocks
from qaif.kernels.spender import BASIS_NAMES, MEASURED, Measured, spent_scripts

MAIN, REGTEST = bytes.fromhex("f9beb4d9"), bytes.fromhex("fabfb5da")
Input = tuple[bytes, list[bytes]]
Answer = tuple[str, bytes]


def compact(value: int) -> bytes:
    return bytes([value]) if value < 0xFD else b"\xfd" + value.to_bytes(2, "little")


def asked(inputs: list[Input]) -> list[Answer]:
    """What the kernel says of inputs that are given as script and witness items."""
    scripts = [script for script, _ in inputs]
    witnesses = [
        compact(len(items)) + b"".join(compact(len(item)) + item for item in items) if items else b""
        for _, items in inputs
    ]
    data = np.frombuffer(b"".join(scripts + witnesses), dtype=np.uint8)
    length = np.array([len(each) for each in scripts + witnesses], dtype=np.int64)
    offset = np.cumsum(length) - length
    count = len(inputs)
    basis, script, size = spent_scripts(data, offset[:count], length[:count], offset[count:], length[count:])
    assert not any(script[row, size[row] :].any() for row in range(count))
    return [(BASIS_NAMES[basis[row]], script[row, : size[row]].tobytes()) for row in range(count)]


KEY = b"\x02" + b"\x11" * 32
FULL_KEY = b"\x04" + b"\x22" * 64
SIGNATURE = bytes.fromhex("3006020101020101" + "01")
LONG_SIGNATURE = b"\x30\x45\x02\x21\x00" + b"\x81" * 32 + b"\x02\x20" + b"\x01" * 32 + b"\x01"
TWO_OF_THREE = b"\x52" + (b"\x21" + KEY) * 3 + b"\x53\xae"
KEY_CHECK = b"\x21" + KEY + b"\xac"
HASH_CHECK = b"\x76\xa9\x14" + b"\x33" * 20 + b"\x88\xac"
TIMED = b"\x63\x21" + KEY + b"\x67\x01\x0a\xb2\x75\x21" + KEY + b"\x68\xac"


def push(item: bytes) -> bytes:
    return (b"" if len(item) < 76 else b"\x4c") + bytes([len(item)]) + item


ACCEPTED: dict[str, tuple[str, Input]] = {
    "p2pkh": ("p2pkh key", (push(LONG_SIGNATURE) + push(KEY), [])),
    "p2pkh, uncompressed": ("p2pkh key", (push(SIGNATURE) + push(FULL_KEY), [])),
    "p2wpkh": ("p2wpkh key", (b"", [SIGNATURE, KEY])),
    "p2sh 2 of 3": ("p2sh redeem script", (b"\x00" + push(SIGNATURE) * 2 + push(TWO_OF_THREE), [])),
    "p2sh of a key": ("p2sh redeem script", (push(SIGNATURE) + push(KEY_CHECK), [])),
    "p2sh of a key hash": ("p2sh redeem script", (push(SIGNATURE) + push(KEY) + push(HASH_CHECK), [])),
    "p2sh with a time lock": ("p2sh redeem script", (push(SIGNATURE) + b"\x51" + push(TIMED), [])),
    "p2sh-p2wpkh": (
        "p2sh-p2wpkh",
        (push(b"\x00\x14" + hash160(KEY)), [SIGNATURE, KEY]),
    ),
    "p2sh-p2wsh": (
        "p2sh redeem script",
        (
            push(b"\x00\x20" + sha256(TWO_OF_THREE).digest()),
            [b"", SIGNATURE, SIGNATURE, TWO_OF_THREE],
        ),
    ),
    "p2wsh 2 of 3": ("p2wsh witness script", (b"", [b"", SIGNATURE, SIGNATURE, TWO_OF_THREE])),
    "p2wsh with a time lock": ("p2wsh witness script", (b"", [SIGNATURE, b"\x01", TIMED])),
}
NEAR_MISSES: dict[str, Input] = {
    "nothing": (b"", []),
    "p2pk or bare multisig": (push(SIGNATURE), []),
    "bare multisig": (b"\x00" + push(SIGNATURE) * 2, []),
    "two signatures": (push(SIGNATURE) * 2, []),
    "no signature": (push(b"\x01" * 9) + push(KEY), []),
    "a signature with a wrong length": (push(SIGNATURE[:1] + b"\x07" + SIGNATURE[2:]) + push(KEY), []),
    "a key of another kind": (push(SIGNATURE) + push(b"\x05" + KEY[1:]), []),
    "a hybrid key": (push(SIGNATURE) + push(b"\x06" + FULL_KEY[1:]), []),
    "three pushes before a key": (b"\x51" + push(SIGNATURE) + push(KEY), []),
    "a key pushed the long way": (push(SIGNATURE) + b"\x4c\x21" + KEY, []),
    "an operation that is no push": (push(SIGNATURE) + push(KEY) + b"\x61", []),
    "a push cut off": (push(SIGNATURE) + push(KEY)[:-1], []),
    "one signature for two": (b"\x00" + push(SIGNATURE) + push(TWO_OF_THREE), []),
    "no empty push": (b"\x01\x05" + push(SIGNATURE) * 2 + push(TWO_OF_THREE), []),
    "multisig of three keys that says four": (
        b"\x00" + push(SIGNATURE) * 2 + push(TWO_OF_THREE[:-2] + b"\x54\xba"),
        [],
    ),
    "an unknown operation": (push(SIGNATURE) + push(KEY_CHECK + b"\xba"), []),
    "a conditional left open": (push(SIGNATURE) + push(b"\x63" + KEY_CHECK), []),
    "no check": (push(SIGNATURE) + push(b"\x21" + KEY + b"\x75"), []),
    "no key": (push(SIGNATURE) + push(b"\x14" + b"\x33" * 20 + b"\x75\xac"), []),
    "p2wpkh with a full key": (b"", [SIGNATURE, FULL_KEY]),
    "p2wpkh with a short signature": (b"", [SIGNATURE[:-1], KEY]),
    "taproot by key": (b"", [b"\x01" * 64]),
    "taproot by script": (b"", [b"\x01" * 64, b"\x20" + KEY[1:] + b"\xac", b"\xc0" + KEY[1:]]),
    "taproot with an annex": (b"", [SIGNATURE, KEY, b"\x50" + KEY[1:]]),
    "a program that the key does not answer": (
        push(b"\x00\x14" + hash160(FULL_KEY)),
        [SIGNATURE, KEY],
    ),
    "a program that the script does not answer": (push(b"\x00\x20" + bytes(32)), [SIGNATURE, KEY_CHECK]),
    "a program of version 1": (
        push(b"\x51\x20" + sha256(KEY_CHECK).digest()),
        [SIGNATURE, KEY_CHECK],
    ),
    "a script beside a witness": (push(SIGNATURE) + push(KEY), [SIGNATURE, KEY]),
}


@pytest.mark.parametrize("name", list(ACCEPTED))
def test_twin_accepted(name: str) -> None:
    basis, given_input = ACCEPTED[name]
    (found,) = asked([given_input])
    assert found == oracle.spent(*given_input)
    assert found[0] == basis
    assert found[1]


@pytest.mark.parametrize("name", list(NEAR_MISSES))
def test_twin_near_misses_are_unknown(name: str) -> None:
    (found,) = asked([NEAR_MISSES[name]])
    assert found == oracle.spent(*NEAR_MISSES[name]) == ("unknown", b"")


ALL = [given_input for _, given_input in ACCEPTED.values()] + list(NEAR_MISSES.values())
ITEMS = st.sampled_from(
    [b"", b"\x01", SIGNATURE, LONG_SIGNATURE, KEY, FULL_KEY, TWO_OF_THREE, KEY_CHECK, TIMED]
)


@st.composite
def changed_inputs(draw: st.DrawFn) -> Input:
    """A known input with bytes of its script or witness changed, left out or cut off."""
    script, items = draw(st.sampled_from(ALL))
    parts = [bytearray(part) for part in (script, *items)]
    for _ in range(draw(st.integers(0, 3))):
        part = parts[draw(st.integers(0, len(parts) - 1))]
        at = draw(st.integers(0, len(part)))
        part[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=2))
    return bytes(parts[0]), [bytes(part) for part in parts[1:]]


@given(st.lists(changed_inputs(), max_size=8))
def test_twin_changed_inputs(inputs: list[Input]) -> None:
    assert asked(inputs) == [oracle.spent(*each) for each in inputs]


@given(st.lists(ITEMS, max_size=4), st.lists(ITEMS, max_size=4))
def test_twin_shuffled_items(pushes: list[bytes], items: list[bytes]) -> None:
    given_input = (b"".join(map(push, pushes)), items)
    assert asked([given_input]) == [oracle.spent(*given_input)]


def test_a_malformed_witness_is_unknown_and_a_range_outside_is_refused() -> None:
    none = np.zeros(1, dtype=np.int64)
    for shown in ("02", "0201", "fe01000000", "ff0000000000000001", "0100ff", "02" + "01aa" * 3):
        data = np.frombuffer(bytes.fromhex(shown), dtype=np.uint8)
        basis, _, _ = spent_scripts(data, none, none, none, np.array([len(data)]))
        assert basis[0] == 0, shown
    data = np.zeros(4, dtype=np.uint8)
    for offset, length in ((0, 5), (-1, 1), (4, 1), (1, -1), (1, 2**63 - 1)):
        with pytest.raises(ValueError, match="inside"):
            spent_scripts(data, np.array([offset]), np.array([length]), none, none)
        with pytest.raises(ValueError, match="inside"):
            spent_scripts(data, none, none, np.array([offset]), np.array([length]))
    with pytest.raises(ValueError, match="inside"):
        spent_scripts(data, none, none, np.zeros(2, np.int64), np.zeros(2, np.int64))


# --- measured on real blocks ---


def framed(path: Path, magic: bytes) -> list[bytes]:
    """Whole blocks of a block file."""
    raw, at, blocks = path.read_bytes(), 0, []
    while raw[at : at + 4] == magic:
        size = int.from_bytes(raw[at + 4 : at + 8], "little")
        blocks.append(raw[at + 8 : at + 8 + size])
        at += 8 + size
    return [block for block in blocks if len(block) > 80] if at <= len(raw) else blocks[:-1]


class Chain:
    """Some blocks in columns."""

    def __init__(self, blocks: list[bytes]) -> None:
        self.data = np.frombuffer(b"".join(blocks), dtype=np.uint8)
        offset = np.cumsum([0, *map(len, blocks)]).astype(np.int64)
        columns, status, _ = parse_blocks(self.data, offset)
        assert status == 0
        assert columns is not None
        self.columns: ParsedBlocks = columns

    def answers(self) -> list[Answer]:
        c = self.columns
        basis, script, size = spent_scripts(
            self.data, c.in_script_off, c.in_script_len, c.in_witness_off, c.in_witness_len
        )
        return [(BASIS_NAMES[each], script[row, : size[row]].tobytes()) for row, each in enumerate(basis)]

    def piece(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length].tobytes()

    def outpoints(self) -> list[tuple[bytes, int]]:
        c = self.columns
        return [
            (txid.tobytes(), int(vout)) for txid, vout in zip(c.in_prev_txid_raw, c.in_prev_vout, strict=True)
        ]

    def held(self) -> list[bytes | None]:
        """For each input the script of its output, where that is in these blocks."""
        c, made = self.columns, {}
        for tx, txid in enumerate(c.tx_txid_raw):
            for row in range(c.tx_out_lo[tx], c.tx_out_lo[tx + 1]):
                made[txid.tobytes(), row - int(c.tx_out_lo[tx])] = self.piece(
                    c.out_script_off[row], c.out_script_len[row]
                )
        return [made.get(outpoint) for outpoint in self.outpoints()]

    def beside(self, scripts: Iterator[bytes]) -> list[bytes | None]:
        """One script for each input that spends something, in order."""
        told = [next(scripts) if any(txid) else None for txid, _ in self.outpoints()]
        assert next(scripts, None) is None
        return told


def measured(chain: Chain, truth: list[bytes | None]) -> Measured:
    count = Counter(
        "unknown" if basis == "unknown" else "right" if script == true else "wrong"
        for (basis, script), true in zip(chain.answers(), truth, strict=True)
        if true is not None
    )
    return Measured(count.total(), count["right"], count["wrong"], count["unknown"])


def undone(raw: bytes) -> Iterator[bytes]:
    """The scripts of spent outputs: value, length, script."""
    while raw:
        size, at = (raw[8], 9) if raw[8] < 0xFD else (int.from_bytes(raw[9:11], "little"), 11)
        yield raw[at : at + size]
        raw = raw[at + size :]


@pytest.fixture(scope="module")
def sample(shared: Path) -> list[bytes]:
    return framed(shared / "blocks" / "mainnet-sample.dat", MAIN)


def test_measured_on_block_300025(shared: Path, sample: list[bytes]) -> None:
    with (shared / "blocks" / "mainnet-sample.csv").open() as file:
        heights = [row["height"] for row in csv.DictReader(file)]
    chain = Chain([sample[heights.index("300025")]])
    truth = chain.beside(undone((shared / "blocks" / "block300025-undo.raw").read_bytes()))
    assert measured(chain, truth) == MEASURED["mainnet block 300025, by its spent outputs"]


def test_measured_on_core_block_filters(shared: Path) -> None:
    cases = json.loads((shared / "vectors" / "blockfilters.json").read_text())[1:]
    chain = Chain([bytes.fromhex(case[2]) for case in cases])
    truth = chain.beside(bytes.fromhex(script) for case in cases for script in case[3])
    assert measured(chain, truth) == MEASURED["10 testnet blocks of Core's filter vectors"]


def test_measured_on_outputs_held_in_the_sample(sample: list[bytes]) -> None:
    chain = Chain(sample)
    assert measured(chain, chain.held()) == MEASURED["33 mainnet blocks, by outputs in them"]


def test_measured_on_the_first_blocks_and_on_regtest(shared: Path) -> None:
    first = Chain(framed(shared / "blocks" / "blk00000-first-mib.dat", MAIN))
    assert measured(first, first.held()) == MEASURED["the first 4,522 mainnet blocks"]
    regtest = Chain(framed(shared / "ground_truth" / "wabisabi-regtest.dat", REGTEST))
    assert measured(regtest, regtest.held()) == MEASURED["324 regtest blocks of Wasabi wallets"]


def test_twin_on_inputs_of_the_sample(sample: list[bytes]) -> None:
    chain = Chain(sample)
    c, answers = chain.columns, chain.answers()
    for row in range(7, len(answers), 97):
        script = chain.piece(c.in_script_off[row], c.in_script_len[row])
        witness = chain.piece(c.in_witness_off[row], c.in_witness_len[row])
        assert answers[row] == oracle.spent(script, items_of(witness)), row


def items_of(witness: bytes) -> list[bytes]:
    """The items of a well-formed witness of a real block."""

    def number(at: int) -> tuple[int, int]:
        width = {0xFD: 2, 0xFE: 4}.get(witness[at], 0)
        value = int.from_bytes(witness[at + 1 : at + 1 + width], "little") if width else witness[at]
        return value, at + 1 + width

    count, at = number(0) if witness else (0, 0)
    items = []
    for _ in range(count):
        size, at = number(at)
        items.append(witness[at : at + size])
        at += size
    return items
