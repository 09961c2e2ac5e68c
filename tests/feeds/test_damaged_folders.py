"""The short form of tests/campaigns/blockfiles.py: every kind of damage, and pairs of them."""

from pathlib import Path

import pytest

from campaigns.blockfiles import ALL, WrongError, chain, tried
from campaigns.damaged_folders import GROWING, KINDS, Folder, combination, damaged

SEEDS = {GROWING: 2}


@pytest.mark.parametrize("kind", ALL)
def test_each_kind_of_damage_gives_what_it_allows(tmp_path: Path, kind: str) -> None:
    for seed in range(1_000, 1_000 + SEEDS.get(kind, 5)):
        (tmp_path / f"{seed}").mkdir()
        tried(kind, seed, tmp_path / f"{seed}")


def test_pairs_of_kinds(tmp_path: Path) -> None:
    for seed in range(1_000, 1_012):
        (tmp_path / f"{seed}").mkdir()
        tried(combination(seed), seed, tmp_path / f"{seed}")


def test_there_are_sixteen_kinds() -> None:
    assert len(set(ALL)) == 16


def test_the_campaign_notices_a_chain_that_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A block that is left out in silence, and an error that should be and is not, are found."""

    def loses_one(folder: Folder, _rng: object) -> None:
        folder.files[0].pop()
        folder.left = lambda: folder.chain  # type: ignore[method-assign]

    def should_fail(folder: Folder, _rng: object) -> None:
        folder.error = damaged("missing", 1, list(chain())).error

    for name, kind in (("loses_one", loses_one), ("should_fail", should_fail)):
        monkeypatch.setitem(KINDS, name, kind)
        (tmp_path / name).mkdir()
        with pytest.raises(WrongError):
            tried(name, 1, tmp_path / name)


def test_every_kind_changes_the_folder(tmp_path: Path) -> None:
    """A kind that does nothing would prove nothing."""
    for kind in KINDS:
        seen = set()
        for seed in range(12):
            wanted = damaged(kind, seed, list(chain()))
            where = wanted.write(tmp_path / f"{kind}-{seed}")
            seen.add(tuple((path.name, path.read_bytes()) for path in sorted(where.iterdir())))
        assert len(seen) > 6, kind
