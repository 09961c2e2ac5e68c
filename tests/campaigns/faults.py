"""Fail each call to the operating system of index, append, reorganisation and rebuild, one after another.

    PYTHONPATH=tests python -m campaigns.faults          every call; takes long
    PYTHONPATH=tests python -m campaigns.faults --short  some calls; what CI runs

A disk that is full (at once, or after half a write), broken or read-only, a process without descriptors:
once, or from that call on. The run must end in a `StoreError` that says what the system said; the chain of
before, or one that the run committed, must be there; and the run must resume once the cause is gone. Prints a
table; ends with status 1 at the first run that does otherwise.
"""

import argparse
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from oracle.blockmaker import seeded
from qaif.errors import NotFoundError, StoreDamagedError, StoreError
from support.faults import CAUSES, Cause, Failing
from support.recording import Recorder, Unsynced, calling, digest_of
from support.steps import Life, Maker, Step, leavings

LIVES: tuple[Callable[[Maker], Life], ...] = (
    lambda make: make.first_index(4),
    Maker.appending,
    lambda make: make.reorganisation(6),
    lambda make: make.filled_gap(6_000),
)
CALLS_LOOKED_AT = 2  # in the short form, of each step and cause


class WrongEndError(AssertionError):
    """A run that failed otherwise than it should."""


@dataclass
class Figures:
    """What was done.

    Attributes:
        calls: calls that a cause touches, over all steps.
        runs: runs in which one failed.
        errors: those that ended in an error, by its class.
        left: what the error left: the chain of before, one of the run's own, or none yet.
    """

    calls: int = 0
    runs: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Trial:
    """A step to be failed.

    Attributes:
        step: what is run.
        before: the folder as it was, with the store in `chain`.
        after: the folder that the failing runs use.
        below: the store in it.
        old: the digest of the chain that was there, None for none.
        commits: digests of the chains that the step commits, in order.
    """

    step: Step
    before: Path
    after: Path
    below: str
    old: str | None
    commits: tuple[str, ...]

    def calls(self, cause: Cause) -> int:
        """How many calls a cause touches."""
        counting = Failing(cause)
        self._renew()
        with calling(counting):
            self.step.run(self.after / self.below)
        return counting.count

    def outcome(self, calls: Failing) -> tuple[str, str]:
        """Run with a call that fails: the error's class, and what was left."""
        self._renew()
        error = self._error(calls)
        left = _digest_or_none(self.after / self.below)
        if left not in (self.old, *self.commits) or (error == "none" and left != self.commits[-1]):
            raise WrongEndError(f"{error}: what is left is neither the old chain nor a new one")
        with calling(Unsynced()):
            self.step.run(self.after / self.below)
        if digest_of(self.after / self.below) != self.commits[-1]:
            raise WrongEndError("the run resumed to other columns")
        if stray := leavings(self.after / self.below):
            raise WrongEndError(f"the resumed run leaves {sorted(stray)}")
        return error, "none yet" if left is None else "old" if left == self.old else "new"

    def _error(self, calls: Failing) -> str:
        try:
            with calling(calls):
                self.step.run(self.after / self.below)
        except StoreError as error:
            said = os.strerror(calls.cause.code)
            if isinstance(error, StoreDamagedError) or said not in error.message or not error.way_out:
                raise WrongEndError(f"not a clear error: {error}") from error
            return type(error).__name__
        except Exception as error:
            raise WrongEndError(f"an untyped error: {error!r}") from error
        return "none"

    def _renew(self) -> None:
        """The files of a store never change, so a link is as good as a copy."""
        shutil.rmtree(self.after, ignore_errors=True)
        shutil.copytree(self.before, self.after, copy_function=os.link)


def _digest_or_none(store: Path) -> str | None:
    try:
        return digest_of(store)
    except NotFoundError:
        return None


def trials(life: Life, scratch: Path) -> Iterator[Trial]:
    """Each step of a life, with the store as it was before."""
    before = scratch / "before"
    before.mkdir()
    store = before / life.below / "chain"
    with calling(Unsynced()):
        for step in life.before:
            step.run(store)
    for step in life.steps:
        old, root = _digest_or_none(store), scratch / "next"
        shutil.copytree(before, root, copy_function=os.link)
        recorder = Recorder(root)
        below = str(store.relative_to(before))
        with calling(recorder):
            step.run(root / below)
        commits = tuple(op.committed for op in recorder.ops if op.committed)
        yield Trial(step, before, scratch / "after", below, old, commits)
        shutil.rmtree(before)
        root.rename(before)


def campaign(
    life: Life, scratch: Path, rng: Random, *, short: bool, causes: Sequence[Cause] = CAUSES
) -> dict[str, Figures]:
    """Fail the calls of each step of a life, for each cause.

    Raises:
        WrongEndError: a run failed otherwise than it should.
    """
    every = {str(cause): Figures() for cause in causes}
    for number, trial in enumerate(trials(life, scratch)):
        for cause in causes:
            figures, count = every[str(cause)], trial.calls(cause)
            figures.calls += count
            points = range(1, count + 1)
            for at in rng.sample(points, min(CALLS_LOOKED_AT, count)) if short else points:
                for stays in (False, True):
                    where = f"{life.name}, step {number}, {cause} at call {at}{' and after' if stays else ''}"
                    try:
                        error, left = trial.outcome(Failing(cause, at, stays=stays))
                    except Exception as wrong:
                        raise WrongEndError(f"{where}: {wrong}") from wrong
                    figures.runs += 1
                    figures.errors[error] += 1
                    figures.left[left] += 1
    return every


def main() -> None:
    """Run it and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="some calls only")
    parser.add_argument("--seed", type=int, default=1, help="which calls in the short form")
    parser.add_argument("--lives", type=int, nargs="*", help="which of the lives, from 0")
    asked = parser.parse_args()
    lives = tuple(LIVES[i] for i in asked.lives) if asked.lives else LIVES
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
    print(f"{'life':24}{'cause':28}{'calls':>7}{'runs':>7}  ended, and what was left")
    for making in lives:
        with tempfile.TemporaryDirectory(dir=memory) as folder:
            life = making(Maker(Path(folder)))
            for cause, done in campaign(life, Path(folder), seeded(asked.seed), short=asked.short).items():
                ends = f"{dict(done.errors)}, {dict(done.left)}"
                print(f"{life.name:24}{cause:28}{done.calls:>7,}{done.runs:>7,}  {ends}", flush=True)


if __name__ == "__main__":
    main()
