"""Index in child processes that are killed with SIGKILL: at a file operation, or at a moment.

Usage: python killing.py FOLDER SEED KILLS. Prints a JSON object with what was seen; ends with status 1, and
says why, where a store was not good after a kill, or did not end in the same columns.

Forking keeps the compiled kernels, so that a kill costs milliseconds.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from oracle.blockmaker import Branch, framed, seeded
from qaif.chain.check import check
from qaif.chain.digest import column_digests
from qaif.chain.files import StoreFiles
from qaif.chain.index import index
from qaif.chain.open import Chain
from qaif.errors import NotFoundError
from qaif.feeds.blockfiles import BlockFileFeed

ROUND_BYTES = 3_000
OPERATIONS = ("_write", "_sync", "_rename", "_sync_folder", "unlink")
MOST_OPERATIONS = 120
LONGEST_SECONDS = 0.4


def stages(folder: Path, seed: int) -> list[Path]:
    """Block files as a node's would grow: a chain, more of it, a reorganisation six deep, and more."""
    old = Branch(seeded(seed)).grow(70)
    new = old.fork(64, seed + 1).grow(8)
    longer = new.blocks[65:]
    new.grow(20)
    grown = [old.blocks[:40], old.blocks, old.blocks + longer, old.blocks + new.blocks[65:]]
    paths = [folder / f"stage{number}.dat" for number in range(len(grown))]
    for path, blocks in zip(paths, grown, strict=True):
        path.write_bytes(framed(blocks))
    return paths


def run(store: Path, blocks: Path) -> None:
    index(store, BlockFileFeed.open([blocks]), round_bytes=ROUND_BYTES)


def die_at(count: int, rng: random.Random) -> None:
    """From now on, in this process, die at the `count`th file operation: before, after, or amid a write."""
    left = [count]

    def deadly(name: str) -> Callable[..., Any]:
        real = getattr(StoreFiles, name)

        def operation(self: StoreFiles, *arguments: Any) -> Any:
            left[0] -= 1
            if left[0] > 0:
                return real(self, *arguments)
            if name == "_write" and len(arguments[1]) > 1:
                real(self, arguments[0], memoryview(arguments[1])[: rng.randrange(1, len(arguments[1]))])
            elif rng.random() < 0.5:
                real(self, *arguments)
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError("still alive")

        return operation

    for name in OPERATIONS:
        setattr(StoreFiles, name, deadly(name))


def child(store: Path, blocks: Path, rng: random.Random, *, by_operation: bool) -> int:
    """One run in a process of its own; its wait status."""
    point, pause = rng.randint(1, MOST_OPERATIONS), rng.uniform(0, LONGEST_SECONDS)
    pid = os.fork()
    if pid == 0:
        try:
            if by_operation:
                die_at(point, rng)
            run(store, blocks)
        except BaseException as error:  # noqa: BLE001  the parent must hear of anything
            print(f"the run failed: {error!r}", file=sys.stderr)  # noqa: T201  a script
            os._exit(3)
        os._exit(0)
    if not by_operation:
        time.sleep(pause)
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def digests(store: Path) -> dict[str, str]:
    with Chain.open(store) as chain:
        return column_digests(chain)


def good_or_new(store: Path) -> bool:
    try:
        return check(store).good
    except NotFoundError:
        return True


def main(folder: Path, seed: int, kills: int) -> dict[str, int]:
    """Kill until `kills` have struck, and let each stage end as it should."""
    rng, paths, store = seeded(seed), stages(folder, seed), folder / "store"
    expected = []
    for number, path in enumerate(paths):
        run(folder / f"expected{number}", path)
        expected.append(digests(folder / f"expected{number}"))
    seen = {"killed": 0, "by_operation": 0, "finished": 0, "stages": 0}
    stage = 0
    while seen["killed"] < kills or stage:
        by_operation = rng.random() < 0.7
        status = child(store, paths[stage], rng, by_operation=by_operation)
        if os.WIFSIGNALED(status):
            seen["killed"] += 1
            seen["by_operation"] += by_operation
            if not good_or_new(store):
                raise SystemExit(f"not good after kill {seen['killed']}: {check(store).faults}")
            continue
        if status:
            raise SystemExit("a run failed")
        seen["finished"] += 1
        if digests(store) != expected[stage]:
            raise SystemExit(f"stage {stage} ended in other columns")
        stage = (stage + 1) % len(paths)
        seen["stages"] += 1
        if stage == 0:
            shutil.rmtree(store)
    return seen


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201  a script
