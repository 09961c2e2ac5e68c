import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import made
from oracle.script import script_type
from qaif.kernels.script import TYPE_NAMES, classify_scripts

KEY, LONG = b"\x02" + b"\x11" * 32, b"\x04" + b"\x22" * 64


def typed(scripts: list[bytes]) -> list[tuple[str, bytes]]:
    data = np.frombuffer(b"".join(scripts), np.uint8)
    length = np.array([len(s) for s in scripts], np.int64)
    kind, at, size = classify_scripts(data, np.cumsum(length) - length, length)
    return [(TYPE_NAMES[k], data[a : a + s].tobytes()) for k, a, s in zip(kind, at, size, strict=True)]


def push(data: bytes) -> bytes:
    return bytes([len(data)]) + data


CASES = {
    "p2pkh": (b"\x76\xa9\x14" + bytes(20) + b"\x88\xac", "pubkeyhash"),
    "p2pkh that verifies": (b"\x76\xa9\x14" + bytes(20) + b"\x88\xad", "nonstandard"),
    "p2sh": (b"\xa9\x14" + bytes(20) + b"\x87", "scripthash"),
    "p2sh of 19 bytes": (b"\xa9\x13" + bytes(19) + b"\x87", "nonstandard"),
    "p2pk short": (push(KEY) + b"\xac", "pubkey"),
    "p2pk hybrid": (push(b"\x07" + LONG[1:]) + b"\xac", "pubkey"),
    "p2pk with 05": (push(b"\x05" + LONG[1:]) + b"\xac", "nonstandard"),
    "p2pk short with 04": (push(b"\x04" + KEY[1:]) + b"\xac", "nonstandard"),
    "p2wpkh": (b"\x00\x14" + bytes(20), "witness_v0_keyhash"),
    "p2wsh": (b"\x00\x20" + bytes(32), "witness_v0_scripthash"),
    "v0 of 21 bytes": (b"\x00\x15" + bytes(21), "nonstandard"),
    "taproot": (b"\x51\x20" + bytes(32), "witness_v1_taproot"),
    "v1 of 20 bytes": (b"\x51\x14" + bytes(20), "witness_unknown"),
    "v2": (b"\x52\x20" + bytes(32), "witness_unknown"),
    "v16": (b"\x60\x02\x01\x02", "witness_unknown"),
    "v1 of 41 bytes": (b"\x51\x29" + bytes(41), "nonstandard"),
    "op_17": (b"\x61\x02\x01\x02", "nonstandard"),
    "anchor": (b"\x51\x02\x4e\x73", "anchor"),
    "not quite anchor": (b"\x51\x02\x4e\x74", "witness_unknown"),
    "anchor of v2": (b"\x52\x02\x4e\x73", "witness_unknown"),
    "return": (b"\x6a", "nulldata"),
    "return with pushes": (b"\x6a\x51\x50\x4f\x03abc", "nulldata"),
    "return with a torn push": (b"\x6a\x03ab", "nonstandard"),
    "return with a torn size": (b"\x6a\x4d\x01", "nonstandard"),
    "return with an operation": (b"\x6a\x61", "nonstandard"),
    "return of 100 kB": (b"\x6a\x4e" + (100_000).to_bytes(4, "little") + bytes(100_000), "nulldata"),
    "1 of 1": (b"\x51" + push(KEY) + b"\x51\xae", "multisig"),
    "2 of 3": (b"\x52" + push(KEY) + push(LONG) + push(KEY) + b"\x53\xae", "multisig"),
    "key by pushdata1": (b"\x51\x4c" + push(KEY) + b"\x51\xae", "multisig"),
    "2 of 1": (b"\x52" + push(KEY) + b"\x51\xae", "nonstandard"),
    "0 of 1": (b"\x00" + push(KEY) + b"\x51\xae", "nonstandard"),
    "1 of 2, one key": (b"\x51" + push(KEY) + b"\x52\xae", "nonstandard"),
    "no key": (b"\x51\x51\xae", "nonstandard"),
    "more after": (b"\x51" + push(KEY) + b"\x51\xae\xae", "nonstandard"),
    "17 of 17": (b"\x01\x11" + 17 * push(KEY) + b"\x01\x11\xae", "multisig"),
    "1 of 20": (b"\x51" + 20 * push(KEY) + b"\x01\x14\xae", "multisig"),
    "1 of 21": (b"\x51" + 21 * push(KEY) + b"\x01\x15\xae", "nonstandard"),
    "16 pushed": (b"\x51" + 16 * push(KEY) + b"\x01\x10\xae", "nonstandard"),
    "17 by pushdata1": (b"\x51" + 17 * push(KEY) + b"\x4c\x01\x11\xae", "nonstandard"),
    "empty": (b"", "nonstandard"),
    "one operation": (b"\xae", "nonstandard"),
}


@pytest.mark.parametrize("name", CASES)
def test_twin_named_scripts(name: str) -> None:
    script, expected = CASES[name]
    assert script_type(script)[0] == expected
    # bytes on both sides: a read beyond the script would show
    assert typed([b"\x51" * 40, script, b"\x51" * 40])[1] == script_type(script)


@given(st.integers(0, 2**32))
def test_twin_random_scripts(seed: int) -> None:
    pick = made.dice(seed)
    scripts = [made.script(pick) for _ in range(8)]
    assert typed(scripts) == [script_type(s) for s in scripts]


@given(st.lists(st.binary(max_size=45), max_size=5))
def test_twin_random_bytes(scripts: list[bytes]) -> None:
    assert typed(scripts) == [script_type(s) for s in scripts]


@pytest.mark.parametrize(("off", "length"), [([-1], [1]), ([0], [-1]), ([2], [2]), ([0, 1], [1])])
def test_a_script_outside_the_data_is_refused(off: list[int], length: list[int]) -> None:
    with pytest.raises(ValueError, match=r"outside|offsets but"):
        classify_scripts(np.zeros(3, np.uint8), np.array(off), np.array(length))
