"""A script's number by the addresses of the arrays, and by the arrays page by page: the same."""

from pathlib import Path

import pytest

from oracle.blockmaker import Branch, seeded
from qaif.chain import open as opening
from qaif.chain.finding import ScriptFinder
from qaif.chain.open import Chain
from qaif.chain.seals import PAGE, SealedFile
from qaif.errors import StoreDamagedError
from qaif.kernels import lookup
from support.indexing import put


@pytest.mark.parametrize("limit", [0, 40, None])
def test_both_ways_find_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int | None) -> None:
    put(tmp_path / "chain", Branch(seeded(6)).grow(70).blocks, 4_000)
    with Chain.open(tmp_path / "chain") as chain:
        assert len(chain.segments) > 2
        scripts = [chain.script_raw(num) for num in range(chain.n_scripts)]
        most = chain.n_scripts if limit is None else limit
        by_address = ScriptFinder(chain.segments, most)
        monkeypatch.setattr(lookup, "BY_ADDRESS", False)
        by_arrays = ScriptFinder(chain.segments, most)
        expected = [num if num < most else -1 for num in range(len(scripts))]
        assert [by_address.num(script) for script in scripts] == expected
        assert [by_arrays.num(script) for script in scripts] == expected
        for strange in (b"", b"\x6a", scripts[0] + b"\0", scripts[-1][:-1]):
            known = scripts.index(strange) if strange in scripts[:most] else -1
            assert by_address.num(strange) == by_arrays.num(strange) == known


BLOCKS = Branch(seeded(16)).grow(300, 6).blocks


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that is not hashed when it is opened."""
    put(tmp_path / "chain", BLOCKS, 60_000)
    monkeypatch.setattr(opening, "VERIFY_ON_OPEN_BYTES", 0)
    return tmp_path / "chain"


def test_of_a_large_store_only_what_an_answer_needs_is_hashed(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Chain.open(large) as one, Chain.open(large) as other:
        assert not any(segment.file.whole for segment in one.segments)
        scripts = [other.script_raw(num) for num in range(0, other.n_scripts, 7)]
        monkeypatch.setattr(ScriptFinder, "_num_by_join", lambda *_: 1 / 0)  # it is not gone that way
        assert [one.script_num(script) for script in scripts[:1]] == [0]
        files = [segment.file for segment in one.segments]
        pages = sum(int(file._seen_array.sum()) for file in files if isinstance(file, SealedFile))
        assert 0 < pages < 9 * len(one.segments)
        last = one.script_num(other.script_raw(other.n_scripts - 1))
        assert last == other.n_scripts - 1 or not lookup.BY_ADDRESS


def test_of_a_large_store_no_damaged_page_gives_an_answer(large: Path) -> None:
    """Each page in turn: what is found is right, or it is an error; and some of it is an error."""
    with Chain.open(large) as chain:
        scripts = [chain.script_raw(num) for num in range(0, chain.n_scripts, 11)]
    refused = 0
    for path in sorted(large.glob("*.seg"))[:2]:
        whole = path.read_bytes()
        for page in range(1, len(whole) // PAGE):
            raw = bytearray(whole)
            raw[page * PAGE + 777] ^= 4
            path.write_bytes(raw)
            refused += asked(large, scripts)
        path.write_bytes(whole)
    assert refused > len(scripts)


def asked(store: Path, scripts: list[bytes]) -> int:
    """How many look-ups were refused; the others are right."""
    refused = 0
    try:
        with Chain.open(store) as chain:
            for at, script in enumerate(scripts):
                try:
                    assert chain.script_num(script) == 11 * at
                except StoreDamagedError:
                    refused += 1
    except StoreDamagedError:
        return len(scripts)
    return refused
