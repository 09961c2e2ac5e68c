"""Open the store from every point of a record of its runs, as a kill or a power cut there would leave it.

    PYTHONPATH=tests python -m campaigns.powercut          every point; takes long
    PYTHONPATH=tests python -m campaigns.powercut --short  some points; what CI runs

At each point the store must be, by the digest of its columns, the chain of the last commit, or the one being
committed, and the run must resume to the columns of a fresh index. Prints a table; ends with status 1 at the
first store that is something else.
"""

import argparse
import contextlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from oracle.blockmaker import seeded
from qaif.errors import NotFoundError
from support.powercut import Cut, Disk
from support.recording import Killed, Op, Recorder, Unsynced, calling, digest_of
from support.steps import (
    AFTER_A_COMMIT,
    WHOLE,
    Life,
    Maker,
    Step,
    feed_state_is_good,
    highest_level,
    leavings,
)
from support.tiers import tiers_of

LIVES: tuple[Callable[[Maker], Life], ...] = (
    lambda make: make.first_index(66),
    Maker.appending,
    *(lambda make, depth=depth: make.reorganisation(depth) for depth in (1, 6, 30)),
    Maker.filled_gap,
    *(lambda make, seed=seed: make.killed(seed) for seed in (1, 2, 3)),
)
SHORT_LIVES: tuple[Callable[[Maker], Life], ...] = (
    lambda make: make.first_index(9),
    Maker.appending,
    lambda make: make.reorganisation(6),
    Maker.filled_gap,
    lambda make: make.killed(1),
)
LOOKED_AT = 0.2  # in the short form: the share of the points at which no commit is in doubt
WRITES_LOOKED_AT = 0.01  # the same, amid the writing of a file
CUTS_LOOKED_AT = 5  # in the short form, at each point
RESUMED_AMID_WRITES = (
    10  # of so many disks amid the writing of a file, which differ little, one is resumed from
)


LAST, UNDER_WAY, NONE = "the last commit", "the commit under way", "none yet"


class WrongStoreError(AssertionError):
    """A store that is neither the old chain nor the new one."""


@dataclass
class Figures:
    """What was done.

    Attributes:
        changes: changes in the record, all steps.
        points: points of the record at which the store was opened.
            commits: chains committed, each equal to a fresh index of its blocks.
        level: the highest tier that a merge came to.
        found: of how many different disks the old chain, the new one, or none was read.
        resumed: from how many of them a run was resumed.
    """

    changes: int = 0
    points: int = 0
    commits: int = 0
    level: int = 0
    resumed: int = 0
    found: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Record:
    """What a life's runs asked for: the changes, where each step begins, and where a run came to its end."""

    life: Life
    ops: list[Op]
    starts: list[int]
    ends: set[int]
    store: str
    level: int


def record(life: Life, recorder: Recorder) -> Record:
    """Run every step on a real folder."""
    store = recorder.root / life.below / "chain"
    starts, ends, level = list[int](), set[int](), 0
    with calling(recorder):
        for step in [*life.before, *life.steps]:
            starts.append(len(recorder.ops))
            recorder.die_at = starts[-1] + step.die_at if step.die_at >= 0 else -1
            recorder.die_after_commit = step.die_at == AFTER_A_COMMIT
            with contextlib.suppress(Killed):
                step.run(store)
                ends.add(len(recorder.ops))
                level = max(level, highest_level(store))
    where = str(store.relative_to(recorder.root))
    return Record(life, recorder.ops, starts[len(life.before) :], ends, where, level)


@tiers_of()
def prove(
    life: Life, make: Maker, scratch: Path, rng: Random, *, short: bool, recorder: type[Recorder] = Recorder
) -> Figures:
    """Record a life and open the store at its points.

    Raises:
        WrongStoreError: at some point it is neither the old chain nor the new one, or does not resume.
    """
    root = scratch / "recorded"
    root.mkdir()
    made = record(life, recorder(root))
    figures = Figures(changes=len(made.ops), level=made.level, commits=_check_commits(made, make))
    disk, seen = Disk(), set[object]()
    expected = {step.best: make.fresh_digest(step.best) for step in life.steps}
    for at, op in enumerate(made.ops, 1):
        disk.take(op)
        if at in made.ends and disk.doubtful:
            raise WrongStoreError(f"{life.name}, after change {at}: a run ended before its commit stands")
        if at < made.starts[0] or (short and not _is_looked_at(op, disk, rng)):
            continue
        figures.points += 1
        step = _step_at(made, at)
        for cut in _cuts(disk, op, rng, short=short):
            key = (cut.files, cut.folders, cut.killed, disk.committed, tuple(disk.doubtful), step.best)
            if key not in seen:
                seen.add(key)
                where = f"{life.name}, after change {at} ({op}), {cut.how}"
                trial = Trial(disk, cut, made.store, step, expected[step.best], where)
                resumes = short or op.kind != "write" or len(seen) % RESUMED_AMID_WRITES == 0
                figures.found[trial.outcome(scratch, resumes=resumes)] += 1
                figures.resumed += resumes
    return figures


def _is_looked_at(op: Op, disk: Disk, rng: Random) -> bool:
    if op.kind == "write":
        return rng.random() < WRITES_LOOKED_AT
    return bool(disk.doubtful) or rng.random() < LOOKED_AT


def _cuts(disk: Disk, op: Op, rng: Random, *, short: bool) -> list[Cut]:
    cuts = list(disk.cuts(rng, few=op.kind == "write"))
    return [cuts[0], *rng.sample(cuts[1:], min(CUTS_LOOKED_AT, len(cuts) - 1))] if short else cuts


def _step_at(made: Record, at: int) -> Step:
    """The step that the point falls into; the end of one is its own."""
    return made.life.steps[max(i for i, start in enumerate(made.starts) if start < at or i == 0)]


def _check_commits(made: Record, make: Maker) -> int:
    """Each committed chain is a beginning of a best chain, equal to a fresh index of it."""
    every = [step.best for step in [*made.life.before, *made.life.steps]]
    wanted = [op.committed for op in made.ops if op.committed]
    known = dict[str, int]()
    for best in every:
        for count in range(1, len(best) + 1):
            if set(wanted) <= set(known):
                break
            known.setdefault(make.fresh_digest(best[:count]), count)
    strange = [digest for digest in wanted if digest not in known]
    if strange:
        raise WrongStoreError(f"{made.life.name}: {len(strange)} committed chains are of no blocks given")
    return len(wanted)


@dataclass(frozen=True)
class Trial:
    """One disk after a cut, and what its store must be."""

    disk: Disk
    cut: Cut
    store: str
    step: Step
    end: str
    where: str

    def outcome(self, scratch: Path, *, resumes: bool) -> str:
        """Open the store, index once more if asked to, and compare; which chain was there."""
        root = scratch / "disk"
        root.mkdir()
        try:
            self.disk.write_to(root, self.cut)
            with calling(Unsynced()):
                found = _which_chain(root / self.store, self.disk, self.cut)
                if resumes:
                    self.step.run(root / self.store, WHOLE)
                    _check_end(root / self.store, self.end)
        except Exception as error:
            raise WrongStoreError(f"{self.where}: {error}") from error
        finally:
            shutil.rmtree(root)
        return found


def _check_end(store: Path, end: str) -> None:
    if digest_of(store) != end:
        raise WrongStoreError("the run resumed to other columns")
    if left := leavings(store):
        raise WrongStoreError(f"the resumed run leaves {sorted(left)}")


def _which_chain(store: Path, disk: Disk, cut: Cut) -> str:
    """Which of the chains that may be there is there."""
    may_be = [disk.committed, *disk.doubtful]
    if cut.killed:
        may_be = may_be[-1:]
    try:
        digest: str | None = digest_of(store)
        feed_state_is_good(store)
    except NotFoundError:
        digest = None
    if digest not in may_be:
        raise WrongStoreError(f"{'no chain' if digest is None else 'another chain'} is there")
    if digest is None:
        return NONE
    return LAST if digest == disk.committed else UNDER_WAY


def campaign(
    lives: Sequence[Callable[[Maker], Life]], seed: int, *, short: bool, recorder: type[Recorder] = Recorder
) -> Iterator[tuple[str, Figures]]:
    """Every life, one after another."""
    for making in lives:
        with tempfile.TemporaryDirectory(dir=_memory()) as folder:
            scratch = Path(folder)
            (scratch / "made").mkdir()
            make = Maker(scratch / "made")
            life = making(make)
            yield life.name, prove(life, make, scratch, seeded(seed), short=short, recorder=recorder)


def _memory() -> str | None:
    """A folder in memory where there is one: the disks are made ones, and many."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


def main() -> None:
    """Run it and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="some points only")
    parser.add_argument("--seed", type=int, default=1, help="other points, and other losses at each")
    parser.add_argument("--lives", type=int, nargs="*", help="which of the lives, from 0")
    asked = parser.parse_args()
    lives = SHORT_LIVES if asked.short else LIVES
    if asked.lives:
        lives = tuple(lives[i] for i in asked.lives)
    print(
        f"{'life':24}{'changes':>9}{'commits':>9}{'tier':>6}{'points':>8}{'old':>8}{'new':>7}{'none':>7}{'resumed':>9}"
    )
    for name, done in campaign(lives, asked.seed, short=asked.short):
        found = [done.found[what] for what in (LAST, UNDER_WAY, NONE)]
        print(
            f"{name:24}{done.changes:>9,}{done.commits:>9,}{done.level:>6}{done.points:>8,}"
            f"{found[0]:>8,}{found[1]:>7,}{found[2]:>7,}{done.resumed:>9,}",
            flush=True,
        )


if __name__ == "__main__":
    main()
