"""The joins against plain dictionaries, with keys made to collide."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qaif.kernels import join

SCRIPTS = st.lists(st.binary(max_size=40), max_size=60)


def packed(parts: list[bytes]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    data = np.frombuffer(b"".join(parts) or b"", dtype=np.uint8)
    hi = np.cumsum([len(part) for part in parts], dtype=np.int64)
    lo = hi - np.array([len(part) for part in parts], dtype=np.int64)
    return data, lo, hi


@given(SCRIPTS)
def test_a_hash_follows_from_the_bytes_alone(parts: list[bytes]) -> None:
    data, lo, hi = packed(parts)
    shifted = np.concatenate([np.zeros(3, dtype=np.uint8), data])
    found = join.hash64_rows(data, lo, hi)
    assert (found == join.hash64_rows(shifted, lo + 3, hi + 3)).all()
    assert len(set(found.tolist())) == len(set(parts))


def test_zeros_of_different_lengths_hash_apart() -> None:
    data, lo, hi = packed([bytes(size) for size in range(40)])
    assert len(set(join.hash64_rows(data, lo, hi).tolist())) == 40


@given(st.lists(st.integers(0, 30), max_size=80), st.integers(0, 79), st.integers(0, 31))
def test_advance_finds_the_first_that_is_not_under(keys: list[int], start: int, key: int) -> None:
    run = np.sort(np.array(keys, dtype=np.uint64))
    start = min(start, int(np.searchsorted(run, key)))
    assert join.advance(run, start, np.uint64(key)) == np.searchsorted(run, np.uint64(key))


@given(SCRIPTS, st.integers(1, 3))
def test_first_equal_names_the_first_of_equal_rows_as_the_twin(parts: list[bytes], keys: int) -> None:
    """With one to three keys for all rows, nearly every row collides with one of other bytes."""
    data, lo, hi = packed(parts)
    key = np.array([sum(part) % keys for part in parts], dtype=np.uint64)
    order = np.argsort(key, kind="stable")
    assert join.first_equal(key[order], order, data, lo, hi).tolist() == [parts.index(part) for part in parts]


@given(SCRIPTS, SCRIPTS, st.integers(1, 3), st.integers(0, 5))
def test_find_scripts_compares_whole_scripts_as_the_twin(
    stored: list[bytes], asked: list[bytes], keys: int, first: int
) -> None:
    stored = list(dict.fromkeys(stored))
    blob, lo, _ = packed(stored)
    asked += stored[::2]
    data, q_lo, q_hi = packed(asked)
    run_key = np.array([sum(part) % keys for part in stored], dtype=np.uint64)
    run = np.argsort(run_key, kind="stable")
    q_key = np.array([sum(part) % keys for part in asked], dtype=np.uint64)
    order = np.argsort(q_key, kind="stable")
    out = np.full(len(asked), -1, dtype=np.int64)
    byte = 7  # the blob's first byte is not byte 0 of the table
    asking = (q_key[order], order, data, q_lo, q_hi)
    join.find_scripts(run_key[run], run + first, first, blob, lo + byte, byte, *asking, out)
    assert out.tolist() == [stored.index(part) + first if part in stored else -1 for part in asked]


@given(
    st.lists(st.integers(0, 3), max_size=40),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 60)), max_size=40),
)
def test_last_earlier_takes_the_last_of_the_same_id_before_as_the_twin(
    ids: list[int], asked: list[tuple[int, int]]
) -> None:
    """Ids 0 to 3 share their first eight bytes in pairs, and each stands many times (BIP30)."""
    base = 10
    txid = np.zeros((len(ids), 32), dtype=np.uint8)
    txid[:, 0], txid[:, 31] = np.array(ids) // 2, np.array(ids) % 2
    key = txid.view("<u8")[:, 0]
    run = np.argsort(key, kind="stable")
    q_txid = np.zeros((len(asked), 32), dtype=np.uint8)
    wanted = np.array([one for one, _ in asked], dtype=np.int64)
    q_txid[:, 0], q_txid[:, 31] = wanted // 2, wanted % 2
    q_key = q_txid[:, 0].astype(np.uint64)
    before = np.array([limit for _, limit in asked], dtype=np.int64)
    out = np.full(len(asked), -1, dtype=np.int64)
    order = np.argsort(q_key, kind="stable")
    words, q_words = txid.view("<u8"), q_txid.view("<u8")
    join.last_earlier(key[run], run + base, base, words, q_key[order], order, q_words, before, out)
    for (one, limit), found in zip(asked, out, strict=True):
        earlier = [base + at for at, other in enumerate(ids) if other == one and base + at < limit]
        assert found == (earlier[-1] if earlier else -1)


@given(SCRIPTS)
def test_gather_bytes_as_the_twin(parts: list[bytes]) -> None:
    data, lo, hi = packed(parts)
    picked = np.arange(len(parts))[::-2]
    assert join.gather_bytes(data, lo[picked], hi[picked]).tobytes() == b"".join(parts[i] for i in picked)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 99))), st.integers(0, 99))
def test_merge_two_as_the_twin(rows: list[tuple[int, int]], cut: int) -> None:
    a, b = sorted(rows[:cut]), sorted(rows[cut:])
    key, num = np.empty(len(rows), dtype=np.uint64), np.empty(len(rows), dtype=np.int64)
    join.merge_two(*columns(a), *columns(b), key, num)
    assert list(zip(key.tolist(), num.tolist(), strict=True)) == sorted(rows)


@given(st.lists(st.integers(0, 4), max_size=40))
def test_interleave_as_the_twin(source: list[int]) -> None:
    parts = [[100 * i + at for at in range(source.count(i))] for i in range(5)]
    count = np.array([len(part) for part in parts])
    values = np.array([value for part in parts for value in part], dtype=np.int64)
    found = join.interleave(values, np.cumsum(count) - count, np.array(source, dtype=np.uint8))
    twins = [iter(part) for part in parts]
    assert found.tolist() == [next(twins[i]) for i in source]


def columns(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    keys, nums = zip(*rows, strict=True) if rows else ((), ())
    return np.array(keys, dtype=np.uint64), np.array(nums, dtype=np.int64)


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_contains_any(run: set[int], keys: set[int]) -> None:
    ascending = sorted(keys)
    found = join.contains_any(np.array(sorted(run), dtype=np.uint64), np.array(ascending, dtype=np.uint64))
    common = [at for at, key in enumerate(ascending) if key in run]
    assert found == (common[0] if common else -1)


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from((-2, -1, 4)))))
def test_still_open_leaves_what_is_answered_as_the_twin(rows: list[tuple[int, int]]) -> None:
    key, out = columns(rows)
    order = np.argsort(key, kind="stable")
    found = join.still_open(key[order], order, out)
    twin = sorted((k, at) for at, (k, o) in enumerate(rows) if o == -1)
    assert list(zip(*(part.tolist() for part in found), strict=True)) == twin
