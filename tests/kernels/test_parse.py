import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import made
from oracle import parse as slow
from oracle.script import script_type
from qaif.kernels import parse, parse_scan
from qaif.kernels.parse import ParsedBlocks
from qaif.kernels.script import TYPE_NAMES
from qaif.kernels.serialise import serialise_txs

SEEDS = st.integers(0, 2**32)


def joined(parts: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    data = np.frombuffer(b"".join(parts), np.uint8)
    return data, np.cumsum([0, *map(len, parts)])


def good_blocks(blocks: list[slow.Block]) -> tuple[np.ndarray, ParsedBlocks]:
    data, offset = joined([block.serialise() for block in blocks])
    parsed, status, _ = parse.parse_blocks(data, offset)
    assert parsed is not None, parse.STATUS_TEXT[status]
    return data, parsed


def tx_of(raw: bytes, c: ParsedBlocks, num: int) -> slow.Tx:
    """One transaction read back from the columns."""
    ins, outs = [], []
    for i in range(c.tx_in_lo[num], c.tx_in_lo[num + 1]):
        script = raw[c.in_script_off[i] : c.in_script_off[i] + c.in_script_len[i]]
        txin = slow.TxIn(
            c.in_prev_txid_raw[i].tobytes(), int(c.in_prev_vout[i]), script, int(c.in_sequence[i])
        )
        witness = slow.Cursor(raw[c.in_witness_off[i] : c.in_witness_off[i] + c.in_witness_len[i]])
        if c.tx_has_witness[num]:
            txin.witness = [witness.take(witness.size()) for _ in range(witness.size())]
        witness.done()
        assert c.in_witness_items[i] == len(txin.witness)
        ins.append(txin)
    for o in range(c.tx_out_lo[num], c.tx_out_lo[num + 1]):
        script = raw[c.out_script_off[o] : c.out_script_off[o] + c.out_script_len[o]]
        payload = raw[c.out_payload_off[o] : c.out_payload_off[o] + c.out_payload_len[o]]
        assert (TYPE_NAMES[c.out_type[o]], payload) == script_type(script)
        outs.append(slow.TxOut(int(c.out_value_sat[o]), script))
    return slow.Tx(int(c.tx_version[num]), ins, outs, int(c.tx_locktime[num]))


def assert_same_tx(raw: bytes, c: ParsedBlocks, num: int, expected: slow.Tx) -> None:
    assert tx_of(raw, c, num) == expected
    start, size = int(c.tx_start[num]), int(c.tx_size[num])
    assert raw[start : start + size] == expected.serialise()
    assert c.tx_base_size[num] == len(expected.serialise(witness=False))
    assert c.tx_has_witness[num] == expected.has_witness
    assert c.tx_txid_raw[num].tobytes() == expected.txid
    assert c.tx_wtxid_raw[num].tobytes() == expected.wtxid


@given(SEEDS, st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=4))
def test_twin_blocks_equal_the_slow_parser(seed: int, shapes: list[tuple[int, bool]]) -> None:
    pick = made.dice(seed)
    blocks = [made.block(pick, count, witness=witness) for count, witness in shapes]
    data, c = good_blocks(blocks)
    raw, num = data.tobytes(), 0
    for b, block in enumerate(blocks):
        assert c.block_tx_lo[b] == num
        header = block.header
        assert c.block_hash_raw[b].tobytes() == slow.sha256d(header)
        assert int(c.block_version[b]).to_bytes(4, "little", signed=True) == header[:4]
        assert c.block_prev_raw[b].tobytes() + c.block_merkle_raw[b].tobytes() == header[4:68]
        numbers = c.block_time[b], c.block_bits[b], c.block_nonce[b]
        assert b"".join(int(n).to_bytes(4, "little") for n in numbers) == header[68:]
        assert c.block_size[b] == len(block.serialise())
        stripped = sum(len(tx.serialise(witness=False)) for tx in block.txs)
        assert c.block_stripped_size[b] == 80 + len(slow.size_bytes(len(block.txs))) + stripped
        assert c.block_merkle_status[b] == slow.merkle_status(block) == 0
        assert c.block_witness_status[b] == slow.witness_status(block) == 0
        for tx in block.txs:
            assert c.tx_block[num] == b
            assert_same_tx(raw, c, num, tx)
            num += 1
    assert c.block_tx_lo[-1] == num == len(c.tx_start)


@given(SEEDS, st.lists(st.booleans(), max_size=5))
def test_twin_loose_transactions_go_there_and_back(seed: int, witnesses: list[bool]) -> None:
    pick = made.dice(seed)
    txs = [made.tx(pick, witness=witness) for witness in witnesses]
    data, offset = joined([tx.serialise() for tx in txs])
    c, status, _ = parse.parse_txs(data, offset)
    assert c is not None, parse.STATUS_TEXT[status]
    assert len(c.block_size) == 0
    assert list(c.block_tx_lo) == [0]
    assert (c.tx_block == -1).all()
    for num, tx in enumerate(txs):
        assert_same_tx(data.tobytes(), c, num, tx)
    again, starts = serialise_txs(data, c)
    assert again.tobytes() == data.tobytes()
    assert list(starts) == list(offset)


@given(
    SEEDS, st.booleans(), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=3)
)
def test_twin_refuses_what_the_slow_parser_refuses(
    seed: int,
    cut: bool,  # noqa: FBT001  hypothesis calls it
    changes: list[tuple[float, int]],
) -> None:
    pick = made.dice(seed)
    raw = bytearray(made.tx(pick, witness=pick.random() < 0.5).serialise())
    for place, value in changes:
        # the first bytes hold the counts: change them more often
        span = len(raw) if pick.random() < 0.5 else min(len(raw), 12)
        raw[min(int(place * span), span - 1)] = value
    if cut:
        del raw[-pick.randint(1, 6) :]
    try:
        expected = slow.parse_tx(bytes(raw))
    except slow.BadDataError:
        expected = None
    c, status, offset = parse.parse_txs(*joined([bytes(raw)]))
    assert (c is None) == (expected is None) == (status != 0)
    if c is None:
        assert parse.STATUS_TEXT[status]
        assert 0 <= offset < len(raw)
    elif expected is not None:
        assert_same_tx(bytes(raw), c, 0, expected)


def test_genesis_is_read() -> None:
    _, c = good_blocks([made.genesis()])
    assert c.block_hash_raw[0].tobytes()[::-1].hex() == made.GENESIS_HASH
    assert c.out_value_sat[0] == 50 * 10**8
    assert TYPE_NAMES[c.out_type[0]] == "pubkey"
    assert c.block_merkle_status[0] == 0


@pytest.mark.parametrize("witness", [False, True])
def test_twin_every_truncation_is_a_fault_inside(witness: bool) -> None:  # noqa: FBT001  pytest gives it
    pick = made.dice(7)
    block = made.block(pick, 2, witness=True) if witness else made.genesis()
    raw = block.serialise()
    step = 1 if len(raw) < 2000 else 7
    for size in [*range(1, len(raw), step), len(raw) - 1]:
        c, status, offset = parse.parse_blocks(*joined([raw[:size]]))
        assert c is None
        assert status in {parse_scan.SHORT, parse_scan.TOO_MANY}
        assert offset < size
    assert parse.parse_blocks(*joined([raw]))[1] == 0


VERSION, LOCKTIME = bytes([2, 0, 0, 0]), bytes(4)
INPUT = bytes(36) + b"\x00" + bytes(4)
OUTPUT = bytes(8) + b"\x00"
FAULTS = {
    "nothing at all": (b"", parse_scan.SHORT, 0),
    "only a version": (VERSION, parse_scan.SHORT, 3),
    "trailing byte": (
        VERSION + b"\x01" + INPUT + b"\x01" + OUTPUT + LOCKTIME + b"\x00",
        parse_scan.TRAILING,
        60,
    ),
    "count in three bytes": (
        VERSION + b"\xfd\x01\x00" + INPUT + b"\x01" + OUTPUT + LOCKTIME,
        parse_scan.NOT_CANONICAL,
        4,
    ),
    "count in five bytes": (
        VERSION + b"\xfe\xff\xff\x00\x00" + INPUT + b"\x01" + OUTPUT + LOCKTIME,
        parse_scan.NOT_CANONICAL,
        4,
    ),
    "count in nine bytes": (
        VERSION + b"\xff\xff\xff\xff\xff\x00\x00\x00\x00" + INPUT + LOCKTIME,
        parse_scan.NOT_CANONICAL,
        4,
    ),
    "count of 2^63": (VERSION + b"\xff" + bytes(7) + b"\x80" + INPUT + LOCKTIME, parse_scan.TOO_LARGE, 4),
    "script over 32 MiB": (
        VERSION + b"\x01" + bytes(36) + b"\xfe\x01\x00\x00\x02" + bytes(40),
        parse_scan.TOO_LARGE,
        41,
    ),
    "a million inputs": (VERSION + b"\xfe\x40\x42\x0f\x00" + INPUT + LOCKTIME, parse_scan.TOO_MANY, 4),
    "two outputs, one there": (
        VERSION + b"\x01" + INPUT + b"\x02" + OUTPUT + LOCKTIME,
        parse_scan.TOO_MANY,
        46,
    ),
    "unknown flag": (VERSION + b"\x00\x02\x01" + INPUT + b"\x01" + OUTPUT + LOCKTIME, parse_scan.FLAG, 5),
    "marker and no witness": (
        VERSION + b"\x00\x01\x01" + INPUT + b"\x01" + OUTPUT + b"\x00" + LOCKTIME,
        parse_scan.SUPERFLUOUS,
        58,
    ),
    "marker and no inputs": (
        VERSION + b"\x00\x01\x00\x01" + OUTPUT + LOCKTIME,
        parse_scan.SUPERFLUOUS,
        17,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_twin_each_fault_has_its_status_and_place(name: str) -> None:
    raw, status, offset = FAULTS[name]
    with pytest.raises(slow.BadDataError):
        slow.parse_tx(raw)
    assert parse.parse_txs(*joined([raw])) == (None, status, offset)


def test_twin_no_inputs_and_no_outputs_is_a_transaction() -> None:
    raw = VERSION + b"\x00\x00" + LOCKTIME
    c, status, _ = parse.parse_txs(*joined([raw]))
    assert (status, slow.parse_tx(raw).ins) == (0, [])
    assert c is not None
    assert (c.tx_base_size[0], c.tx_size[0], len(c.in_sequence), len(c.out_type)) == (10, 10, 0, 0)
    assert c.tx_txid_raw[0].tobytes() == slow.sha256d(raw)


def test_twin_a_fault_names_the_item_that_holds_it() -> None:
    good = made.genesis().serialise()
    for bad, status in ((good[:-1], parse_scan.SHORT), (good + b"\x00", parse_scan.TRAILING)):
        data, offset = joined([good, bad, good])
        found = parse.parse_blocks(data, offset)
        assert found[:2] == (None, status)
        assert offset[1] <= found[2] < offset[2]


@pytest.mark.parametrize("bounds", [[], [-1, 285], [0, 286], [285, 0], [0, 10**12, 285], [0, -5, 285]])
def test_twin_bounds_outside_the_data_are_a_fault(bounds: list[int]) -> None:
    data, _ = joined([made.genesis().serialise()])
    c, status, _ = parse.parse_blocks(data, np.array(bounds, np.int64))
    assert (c, status) == (None, parse_scan.BOUNDS)


def test_no_blocks_are_no_rows() -> None:
    c, status, _ = parse.parse_blocks(np.empty(0, np.uint8), np.zeros(1, np.int64))
    assert status == 0
    assert c is not None
    assert len(c.block_size) == len(c.tx_start) == len(c.out_type) == 0
    assert list(c.tx_in_lo) == [0]


def test_a_read_only_array_is_read_and_left_alone() -> None:
    raw = made.genesis().serialise()
    data = np.frombuffer(raw, np.uint8)
    assert not data.flags.writeable
    assert parse.parse_blocks(data, np.array([0, len(raw)]))[1] == 0
    assert data.tobytes() == raw
    assert not data.flags.writeable


def test_a_room_gives_the_same_and_is_used_again() -> None:
    room, pick = parse.Room(), made.dice(11)
    batches = [
        [made.block(pick, count, witness=True) for count in counts] for counts in ((1,), (5, 0, 2), (3,))
    ]
    places = set()
    for blocks in batches:
        data, offset = joined([block.serialise() for block in blocks])
        plain, _, _ = parse.parse_blocks(data, offset)
        found, status, _ = parse.parse_blocks(data, offset, room=room)
        assert status == 0
        assert found is not None
        assert plain is not None
        for name in ParsedBlocks._fields:
            column, expected = getattr(found, name), getattr(plain, name)
            assert column.dtype == expected.dtype, name
            assert np.array_equal(column, expected), name
        places.add(found.block_hash_raw.ctypes.data)
    assert len(places) == 2  # the second batch is the largest: the third uses its memory


def test_a_size_that_the_fields_do_not_fill_is_refused() -> None:
    raw = made.genesis().txs[0].serialise()
    data, offset = joined([raw])
    c, _, _ = parse.parse_txs(data, offset)
    assert c is not None
    c.tx_size[0] += 1
    with pytest.raises(ValueError, match="transaction 0"):
        serialise_txs(data, c)
