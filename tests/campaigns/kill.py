"""Kill the indexer with SIGKILL at random, many times over, on the way through appends and a reorganisation.

    PYTHONPATH=tests python -m campaigns.kill --kills 1000

Each run is a process of its own, forked, so that the compiled kernels are there; it is killed at a call to
the operating system (before it, after it, amid a write) or at a moment. After each kill the store must pass
`check` and be, by digest, a fresh index of the blocks up to its tip, which is the tip of before or one that
the run was to commit; a run that comes to its end must end in the columns of a fresh index and leave nothing.

A kill counts as one *during recovery* where the run began with files of an earlier, killed run in its folder,
and died before its first commit. The campaign fails where fewer than one in twenty were. Prints what it did,
as JSON; ends with status 1, and says why, at the first store that is not good.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from oracle.blockmaker import Block, Branch, seeded
from qaif.chain.check import check
from qaif.chain.files import StoreFiles
from qaif.chain.open import Chain
from qaif.chain.system_calls import SystemCalls
from qaif.errors import NotFoundError, StoreError
from support.recording import digest_of
from support.steps import Maker, Step, leavings
from support.tiers import tiers_of

ROUND_BYTES = 3_000
FEW_CALLS, MANY_CALLS = 15, 170  # about those of a round, and those of a whole run
LONGEST_SECONDS = 0.4
BY_CALL, IN_RECOVERY = 0.7, 0.3  # how many of the kills are meant so
RECOVERED_OF = 20  # of so many kills, one at least must have struck a recovery
Answer = TypeVar("Answer")


class Deadly(SystemCalls):
    """From the start on, die at the `count`th change: before it, after it, or amid a write."""

    def __init__(self, count: int, rng: random.Random) -> None:
        self._left, self._rng = count, rng

    def _change(self, change: Callable[[], Answer]) -> Answer:
        self._left -= 1
        if self._left > 0:
            return change()
        if self._rng.random() < 0.5:
            change()
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("still alive")

    def open(self, path: Path, flags: int) -> int:
        real = super().open
        return self._change(lambda: real(path, flags)) if flags & os.O_CREAT else real(path, flags)

    def write(self, descriptor: int, data: memoryview) -> int:
        real, part = super().write, self._rng.randint(0, len(data))
        return self._change(lambda: real(descriptor, data if self._left > 0 else data[:part]))

    def sync(self, descriptor: int) -> None:
        real = super().sync
        self._change(lambda: real(descriptor))

    def rename(self, source: Path, target: Path) -> None:
        real = super().rename
        self._change(lambda: real(source, target))

    def unlink(self, path: Path) -> None:
        real = super().unlink
        self._change(lambda: real(path))

    def make_folder(self, path: Path) -> None:
        real = super().make_folder
        self._change(lambda: real(path))


def stages(make: Maker, seed: int) -> list[Step]:
    """Blocks as a node's files would grow: a chain, more of it, a reorganisation six deep, and more."""
    old = Branch(seeded(seed)).grow(70)
    new = old.fork(64, seed + 1).grow(28)
    grown = [
        (old.blocks[:40], old.blocks[:40]),
        (old.blocks, old.blocks),
        (old.blocks + new.blocks[65:73], new.blocks[:73]),
        (old.blocks + new.blocks[65:], new.blocks),
    ]
    return [make.step(given, best, ROUND_BYTES) for given, best in grown]


class Campaign:
    """Kills, one after another.

    Args:
        folder: where block files and the store go.
        seed: other blocks, and other points.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng, self.make, self.store = seeded(seed), Maker(folder), folder / "store"
        self.stages = stages(self.make, seed)
        self.seen: Counter[str] = Counter()
        self._digests: dict[bytes, str] = {}
        self._best = {
            block.hash: step.best[: at + 1] for step in self.stages for at, block in enumerate(step.best)
        }

    @tiers_of()
    def run(self, kills: int, recoveries: int) -> Counter[str]:
        """Kill until so many have struck, and let each stage end as it should.

        Raises:
            SystemExit: a store was not good, or fewer kills than `recoveries` struck a recovery.
        """
        at = 0
        while self.seen["kills"] < kills or at:
            step, left, tip = self.stages[at], self._leavings(), self._tip()
            if self._survives(step, len(left)):
                self._check_end(step)
                at = (at + 1) % len(self.stages)
                self.seen["stages"] += 1
                if at == 0:
                    shutil.rmtree(self.store)
                continue
            self.seen["kills"] += 1
            now = self._tip()
            self.seen["during_recovery"] += bool(left) and now == tip
            self.seen["before_any_commit"] += now is None
            self._check_killed(step, tip, now)
        if self.seen["during_recovery"] < recoveries:
            raise SystemExit(f"only {self.seen['during_recovery']} of {kills} kills struck a recovery")
        return self.seen

    def _leavings(self) -> set[str]:
        return leavings(self.store) if self.store.is_dir() else set()

    def _tip(self) -> tuple[bytes, int] | None:
        """The tip and the generation of what is there; None where no chain is."""
        try:
            with Chain.open(self.store) as chain:
                return chain.tip.hash_raw, chain.manifest.generation
        except NotFoundError:
            return None
        except StoreError as error:
            raise SystemExit(f"kill {self.seen['kills']}: not good: {error}") from error

    def _survives(self, step: Step, leavings: int) -> bool:
        """Run in a process of its own, with death on its way; whether it came to its end."""
        by_call = self.rng.random() < BY_CALL
        most = self.rng.choice((FEW_CALLS, MANY_CALLS))
        if leavings and self.rng.random() < IN_RECOVERY:
            most = leavings + 3
        point, pause, dice = (
            self.rng.randint(1, most),
            self.rng.uniform(0, LONGEST_SECONDS),
            self.rng.random(),
        )
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _be_killed(
                step, self.store, Deadly(point, seeded(int(dice * 2**32))) if by_call else SystemCalls()
            )
        if not by_call:
            time.sleep(pause)
            os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        if os.WIFSIGNALED(status):
            self.seen["by_call"] += by_call
            return False
        if status:
            raise SystemExit("a run failed; see above")
        return True

    def _check_killed(
        self, step: Step, before: tuple[bytes, int] | None, now: tuple[bytes, int] | None
    ) -> None:
        """What is there is good, is a chain that was committed, and no blocks of the old one are lost."""
        if now is None:
            if before is not None:
                raise SystemExit(f"kill {self.seen['kills']}: the chain is gone")
            return
        report = check(self.store)
        if not report.good:
            raise SystemExit(f"kill {self.seen['kills']}: not good: {report.faults}")
        hashes = [block.hash for block in step.best]
        tips = hashes if before is None else [before[0], *hashes[_after(before[0], hashes) :]]
        if now[0] not in tips or report.digest != self._digest(now[0]):
            raise SystemExit(f"kill {self.seen['kills']}: neither the old chain nor a new one")

    def _check_end(self, step: Step) -> None:
        if digest_of(self.store) != self._digest(step.best[-1].hash):
            raise SystemExit("a run ended in other columns than a fresh index")
        if left := leavings(self.store):
            raise SystemExit(f"a run left {sorted(left)}")

    def _digest(self, tip: bytes) -> str:
        if tip not in self._digests:
            best: tuple[Block, ...] = self._best[tip]
            self._digests[tip] = self.make.fresh_digest(best)
        return self._digests[tip]


def _after(tip: bytes, hashes: list[bytes]) -> int:
    """From which of a chain's blocks on a run may end; in a reorganisation only the last."""
    return hashes.index(tip) + 1 if tip in hashes else len(hashes) - 1


def _be_killed(step: Step, store: Path, calls: SystemCalls) -> None:
    """The forked process; it does not return."""
    StoreFiles.calls = calls
    try:
        step.run(store)
    except BaseException as error:  # noqa: BLE001  the parent must hear of anything
        print(f"the run failed: {error!r}", file=sys.stderr, flush=True)
        os._exit(3)
    os._exit(0)


def main() -> None:
    """Run it and print what was done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1, help="other blocks, and other points")
    parser.add_argument("--recoveries", type=int, help="how many must strike a recovery; one in twenty")
    asked = parser.parse_args()
    least = asked.recoveries if asked.recoveries is not None else -(-asked.kills // RECOVERED_OF)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        seen = Campaign(Path(folder), asked.seed).run(asked.kills, least)
    print(json.dumps(dict(seen) | {"seconds": round(time.monotonic() - began)}))


if __name__ == "__main__":
    main()
