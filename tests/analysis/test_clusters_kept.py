"""Clusters that are kept between two runs: equal to those made anew, whatever becomes of the files."""

from pathlib import Path

import pytest

from oracle.blockmaker import Branch, seeded
from qaif.analysis.clusters import kept
from qaif.analysis.clusters.forest import Forest
from qaif.analysis.clusters.given import Given
from qaif.analysis.clusters.rules import Rules
from qaif.chain.open import Chain
from support.clustering import made, same
from support.indexing import put

RULES = Rules(large=6, repeats=1, established=4, crowd=3)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many blocks each run found kept."""
    found: list[int] = []
    bring_to = Forest.bring_to

    def watched(self: Forest, chain: Chain) -> int:
        found.append(bring_to(self, chain))
        return found[-1]

    monkeypatch.setattr(Forest, "bring_to", watched)
    return found


@pytest.mark.parametrize("seed", range(2))
def test_kept_clusters_are_those_made_anew(tmp_path: Path, seed: int, counted: list[int]) -> None:
    folder, rng = tmp_path / "kept", seeded(7 + seed)
    branch = Branch(seeded(seed)).grow(25, 4)
    every = dict.fromkeys(branch.blocks)
    given = Given(operators=((branch.blocks[3].txs[0].outs[0][1], "one"), (b"\x51", "two")))
    for step in range(12):
        put(tmp_path / "c", list(every))
        with Chain.open(tmp_path / "c") as chain:
            forest = kept.clusters_of(chain, folder, RULES, given)
            assert same(forest, made(chain, RULES, given)), f"seed {seed}, step {step}"
        if step % 4 == 3:
            fork = rng.randrange(5, len(branch.blocks) - 1)
            branch = branch.fork(fork, rng.randrange(1 << 30)).grow(len(branch.blocks) - fork + 1, 4)
        else:
            branch.grow(rng.randint(1, 3), 4)
        every |= dict.fromkeys(branch.blocks)
    ours = counted[::2]
    assert ours[0] == 0
    assert min(ours[1:]) > 4, "each run went on from what was kept"
    assert len(list(folder.glob("*.seg"))) < 9


def test_other_rules_constraints_or_damage_make_them_anew(tmp_path: Path, counted: list[int]) -> None:
    folder = tmp_path / "kept"
    blocks = Branch(seeded(3)).grow(30, 4).blocks
    put(tmp_path / "c", blocks)
    with Chain.open(tmp_path / "c") as chain:
        for rules, given, found in (
            (RULES, Given(), 0),
            (RULES, Given(), chain.n_blocks),
            (Rules(), Given(), 0),
            (Rules(), Given(joins_nothing=(b"\x01" * 32,)), 0),
            (Rules(), Given(joins_nothing=(b"\x01" * 32,)), chain.n_blocks),
        ):
            forest = kept.clusters_of(chain, folder, rules, given)
            assert counted[-1] == found
            assert same(forest, made(chain, rules, given))
        (piece,) = folder.glob("*.seg")
        data = bytearray(piece.read_bytes())
        data[len(data) // 2] ^= 1
        piece.write_bytes(data)
        assert same(kept.clusters_of(chain, folder, rules, given), made(chain, rules, given))
        assert counted[-2] == 0, "damage is not believed"
        (folder / "MANIFEST").write_bytes(b'{"identity": 7}')
        assert same(kept.clusters_of(chain, folder, rules, given), made(chain, rules, given))
        (folder / "MANIFEST").write_bytes(b"\xff")
        assert same(kept.clusters_of(chain, folder, rules, given), made(chain, rules, given))


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    put(tmp_path / "c", Branch(seeded(4)).grow(10).blocks)
    (tmp_path / "kept").write_text("a file", encoding="utf-8")
    with Chain.open(tmp_path / "c") as chain:
        forest = kept.clusters_of(chain, tmp_path / "kept", RULES, Given())
        assert same(forest, made(chain, RULES))
        assert same(kept.clusters_of(chain, None, RULES, Given()), forest)
