import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import made
from oracle import parse as slow
from qaif.kernels import parse
from qaif.kernels.merkle import merkle_root


def leaf(number: int) -> bytes:
    return hashlib.sha256(bytes([number % 256])).digest()


def statuses(block: slow.Block) -> tuple[int, int]:
    raw = block.serialise()
    c, status, _ = parse.parse_blocks(np.frombuffer(raw, np.uint8), np.array([0, len(raw)]))
    assert c is not None, parse.STATUS_TEXT[status]
    found = int(c.block_merkle_status[0]), int(c.block_witness_status[0])
    assert found == (slow.merkle_status(block), slow.witness_status(block))
    return found


def with_root(txs: list[slow.Tx]) -> slow.Block:
    return slow.Block(bytes(36) + slow.merkle_root([t.txid for t in txs])[0] + bytes(12), txs)


@given(st.lists(st.integers(0, 3), max_size=20))
def test_twin_roots(numbers: list[int]) -> None:
    leaves = [leaf(n) for n in numbers]
    rows = np.frombuffer(b"".join(leaves), np.uint8).reshape(-1, 32)
    assert merkle_root(rows).tobytes() == slow.merkle_root(leaves)[0]


@pytest.mark.parametrize(("count", "repeated"), [(3, [2]), (6, [4, 5]), (7, [6])])
def test_twin_mutation_is_told(count: int, repeated: list[int]) -> None:
    """CVE-2012-2459: repeating the last leaves of an odd row gives the same root."""
    pick = made.dice(count)
    txs = [made.tx(pick, witness=False) for _ in range(count)]
    block = with_root(txs)
    assert statuses(block) == (0, 0)
    doubled = slow.Block(block.header, [*txs, *(txs[i] for i in repeated)])
    assert statuses(doubled) == (2, 0)


def test_twin_a_wrong_root_is_told_before_a_mutation() -> None:
    tx = made.tx(made.dice(1), witness=False)
    assert statuses(slow.Block(bytes(80), [tx, tx])) == (1, 0)


def test_twin_a_block_without_transactions_has_a_root_of_zeros() -> None:
    assert statuses(slow.Block(bytes(80), [])) == (0, 0)
    assert statuses(slow.Block(b"\x01" * 80, [])) == (1, 0)


def committed(seed: int = 3) -> slow.Block:
    block = made.block(made.dice(seed), 4, witness=True)
    assert any(t.has_witness for t in block.txs[1:])
    assert statuses(block) == (0, 0)
    return block


def test_twin_a_changed_witness_is_told() -> None:
    block = committed()
    next(t for t in block.txs[1:] if t.has_witness).ins[0].witness.append(b"more")
    assert statuses(block) == (0, 1)


def test_twin_the_last_commitment_counts() -> None:
    block = committed()
    wrong = slow.TxOut(0, slow.COMMITMENT + bytes(32))
    block.txs[0].outs.insert(0, wrong)
    assert statuses(with_root(block.txs)) == (0, 0)
    block.txs[0].outs.append(wrong)
    assert statuses(with_root(block.txs)) == (0, 1)


def test_twin_witnesses_without_commitment_are_told() -> None:
    block = committed()
    block.txs[0].outs = [o for o in block.txs[0].outs if not o.script.startswith(slow.COMMITMENT)]
    assert statuses(with_root(block.txs)) == (0, 2)
    for tx in block.txs:
        for txin in tx.ins:
            txin.witness = []
    assert statuses(with_root(block.txs)) == (0, 0)


@pytest.mark.parametrize("reserved", [[], [bytes(31)], [bytes(33)], [bytes(32), b""], [bytes(32), bytes(32)]])
def test_twin_the_reserved_value_is_one_item_of_32_bytes(reserved: list[bytes]) -> None:
    block = committed()
    block.txs[0].ins[0].witness = reserved
    assert statuses(block) == (0, 1)


@pytest.mark.parametrize("shape", [(32,), (2, 31), (2, 32, 1)])
def test_rows_of_another_length_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        merkle_root(np.zeros(shape, np.uint8))
