"""Bugs that stopped other indexers after a crash or a reorganisation, each as a test of this store."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from oracle.blockmaker import Block, Branch, framed, seeded
from qaif.chain.check import check
from support.indexing import put
from support.powercut import Disk
from support.recording import Killed, Op, Recorder, Unsynced, calling, digest_of
from support.steps import Maker, Step, leavings
from support.workspaces import run

SMALL = 1_500  # bytes a round


def killed_at(step: Step, store: Path, die_at: int) -> bool:
    """Whether a run dies after so many changes; else it came to its end before."""
    recorder = Recorder(store.parent)
    recorder.die_at = die_at
    with calling(recorder), contextlib.suppress(Killed):
        step.run(store)
        return False
    return True


def size_of(store: Path) -> int:
    return sum(path.stat().st_size for path in store.iterdir())


class Fork:
    """A chain of 20 blocks, one beside it that is longer from block 14 on, and a third, longer still."""

    def __init__(self, folder: Path) -> None:
        make = Maker(folder)
        old = Branch(seeded(1)).grow(19, most_txs=3)
        new, third = old.fork(13, 2).grow(8, most_txs=3), old.fork(10, 3).grow(14, most_txs=3)
        both: list[Block] = [*old.blocks, *new.blocks[14:]]
        self.old = make.step(old.blocks, old.blocks, SMALL)
        self.new = make.step(both, new.blocks, SMALL)
        self.third = make.step([*both, *third.blocks[11:]], third.blocks, SMALL)
        self.digests = {step.best: make.fresh_digest(step.best) for step in (self.old, self.new, self.third)}

    def is_at(self, store: Path, step: Step) -> bool:
        return digest_of(store) == self.digests[step.best]


@pytest.fixture
def fork(tmp_path: Path) -> Iterator[Fork]:
    with calling(Unsynced()):
        (tmp_path / "blocks").mkdir()
        yield Fork(tmp_path / "blocks")


def changes_of(step: Step, store: Path) -> list[Op]:
    """What a run, made on a copy, changes."""
    recorder = Recorder(store.parent)
    with calling(recorder):
        step.run(store)
    return recorder.ops


def moments_of_names(step: Step, store: Path) -> list[int]:
    """After which changes of a run, made on a copy, a name was made, changed or removed."""
    ops = changes_of(step, store)
    return [at for at, op in enumerate(ops, 1) if op.kind in ("create", "rename", "unlink")]


def test_electrs_72_killed_between_removing_blocks_and_moving_the_tip(tmp_path: Path, fork: Fork) -> None:
    """It starts again from each such moment, and takes the new branch."""
    fork.old.run(tmp_path / "rehearsal" / "chain")
    moments = moments_of_names(fork.new, tmp_path / "rehearsal" / "chain")
    assert len(moments) > 8
    for at in moments:
        store = tmp_path / f"disk{at}" / "chain"
        fork.old.run(store)
        assert killed_at(fork.new, store, at) is (at < moments[-1])
        assert fork.is_at(store, fork.old) or fork.is_at(store, fork.new)
        fork.new.run(store)
        assert fork.is_at(store, fork.new)


def test_mempool_electrs_118_after_the_kill_the_node_is_on_a_third_branch(tmp_path: Path, fork: Fork) -> None:
    """What was half removed is not needed again: the next start takes a branch that it had not begun on."""
    fork.old.run(tmp_path / "rehearsal" / "chain")
    moments = moments_of_names(fork.new, tmp_path / "rehearsal" / "chain")
    for at in moments[::3]:
        store = tmp_path / f"disk{at}" / "chain"
        fork.old.run(store)
        killed_at(fork.new, store, at)
        fork.third.run(store)
        assert fork.is_at(store, fork.third)
        assert check(store).good


def test_ord_148_a_reorganisation_is_followed(tmp_path: Path, fork: Fork) -> None:
    for step in (fork.old, fork.new, fork.third):
        step.run(tmp_path / "chain")
        assert fork.is_at(tmp_path / "chain", step)


def test_ord_1945_one_reorganisation_right_after_another(tmp_path: Path) -> None:
    """Two branches that overtake each other by one block, twelve times."""
    one = Branch(seeded(4)).grow(6, most_txs=2)
    other = one.fork(4, 5)
    branches = [one, other]
    put(tmp_path / "chain", one.blocks, round_bytes=SMALL)
    for turn in range(12):
        behind, ahead = branches[(turn + 1) % 2], branches[turn % 2]
        behind.grow(len(ahead.blocks) + 1 - len(behind.blocks), most_txs=2)
        report = put(tmp_path / "chain", [*one.blocks, *other.blocks[5:]], round_bytes=SMALL)
        assert report.removed == len(ahead.blocks) - 5
        put(tmp_path / f"fresh{turn}", behind.blocks)
        assert digest_of(tmp_path / "chain") == digest_of(tmp_path / f"fresh{turn}")


def test_ord_2087_a_reorganisation_that_goes_back_to_the_first_block(tmp_path: Path) -> None:
    """No depth is too deep: nothing depends on a point that was saved in time."""
    old = Branch(seeded(6)).grow(30, most_txs=2)
    new = old.fork(0, 7).grow(31, most_txs=2)
    put(tmp_path / "chain", old.blocks, round_bytes=SMALL)
    report = put(tmp_path / "chain", [*old.blocks, *new.blocks[1:]], round_bytes=SMALL)
    assert (report.kept, report.removed, report.appended) == (1, 30, 31)
    put(tmp_path / "fresh", new.blocks)
    assert digest_of(tmp_path / "chain") == digest_of(tmp_path / "fresh")


def test_ord_3940_a_rollback_that_is_begun_again_and_again_does_not_fill_the_disk(
    tmp_path: Path, fork: Fork
) -> None:
    """Thirty starts that die in the reorganisation: never more on disk than the old chain and the new one."""
    store = tmp_path / "disk" / "chain"
    fork.new.run(tmp_path / "fresh" / "chain")
    fork.old.run(store)
    most = size_of(store) + 2 * size_of(tmp_path / "fresh" / "chain")
    fork.old.run(tmp_path / "rehearsal" / "chain")
    ops = changes_of(fork.new, tmp_path / "rehearsal" / "chain")
    commit = max(at for at, op in enumerate(ops) if op.kind == "rename")
    assert commit > 30
    sizes = []
    for turn in range(30):
        assert killed_at(fork.new, store, 1 + turn * (commit - 2) // 29)
        sizes.append(size_of(store))
    assert max(sizes) <= most
    assert fork.is_at(store, fork.old)
    fork.new.run(store)
    assert fork.is_at(store, fork.new)
    assert leavings(store) == set()


def test_electrumx_637_an_unclean_shutdown_while_indexing(tmp_path: Path, fork: Fork) -> None:
    """Killed many times on the way, each time a little further on."""
    (tmp_path / "rehearsal").mkdir()
    changes = len(changes_of(fork.old, tmp_path / "rehearsal" / "chain"))
    store = tmp_path / "disk" / "chain"
    store.parent.mkdir()
    kills = 0
    while killed_at(fork.old, store, (kills + 1) * changes // 20):
        kills += 1
        if (store / "MANIFEST").exists():
            assert check(store).good
    assert kills >= 5
    assert fork.is_at(store, fork.old)


def test_electrumx_561_the_end_of_a_file_is_lost_in_an_unclean_shutdown(tmp_path: Path, fork: Fork) -> None:
    """The power goes at each rename of a manifest, every unsynced page in doubt: no corrupt entry is read."""
    recorder = Recorder(tmp_path)
    with calling(recorder):
        fork.old.run(tmp_path / "chain")
    disk, rng, opened = Disk(), seeded(8), 0
    for number, op in enumerate(recorder.ops):
        disk.take(op)
        if not op.committed:
            continue
        for which, cut in enumerate(disk.cuts(rng, few=True)):
            root = tmp_path / f"cut{number}-{which}"
            root.mkdir()
            disk.write_to(root, cut)
            if (root / "chain" / "MANIFEST").exists():
                assert digest_of(root / "chain") in (disk.committed, *disk.doubtful)
                opened += 1
    assert opened >= 4


def test_btc_stamps_728_a_reorganisation_of_one_block_does_not_stop_the_command(tmp_path: Path) -> None:
    """The block files as a node has them after it: the stale block stays in them, and the run goes on."""
    old = Branch(seeded(9)).grow(12)
    new = old.fork(11, 10).grow(2)
    blocks, workspace = tmp_path / "blk00000.dat", tmp_path / "workspace"
    blocks.write_bytes(framed(old.blocks))
    assert run(workspace, "index", str(blocks)).exit_code == 0
    blocks.write_bytes(framed([*old.blocks, *new.blocks[12:]]))
    done = run(workspace, "index", "--json")
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert (answer["run"]["removed"], answer["run"]["appended"], answer["run"]["stale"]) == (1, 2, 1)
    assert run(workspace, "check").exit_code == 0
