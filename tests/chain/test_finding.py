"""A script's number by the addresses of the arrays, and by the arrays page by page: the same."""

from pathlib import Path

import pytest

from oracle.blockmaker import Branch, seeded
from qaif.chain.finding import ScriptFinder
from qaif.chain.open import Chain
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
