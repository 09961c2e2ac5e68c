"""The same blocks indexed in many ways, each in a process of its own: one digest.

Usage: PYTHONPATH=tests python tests/campaigns/varied.py FOLDER [--seed 1] [--runs 36]

What varies: one processor or two, and the next round read by a second thread or not; the blocks shuffled
within and among files, some of them twice, files with xor.dat and without; in one go, in steps, killed and
resumed, stopped and resumed; the hash seed; time zone; locale; Numba's threads; bytes a round; and whether
`qaif index` or the library is called. Prints a JSON object: the digest, and how often each was there.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from campaigns.kill import Deadly
from oracle import blockfile
from oracle.blockmaker import Block, Branch, seeded
from qaif.chain import index as indexing
from qaif.chain import rounds
from qaif.chain.digest import chain_digest
from qaif.chain.files import StoreFiles
from qaif.chain.index import index
from qaif.chain.open import Chain
from qaif.errors import BlockDataError
from qaif.feeds.blockfiles import BlockFileFeed
from support.indexing import put

BLOCKS, FORK, STALE = 140, 110, 12
ZONES = (
    "UTC",
    "Asia/Baghdad",
    "America/St_Johns",
    "Pacific/Kiritimati",
    "Asia/Kathmandu",
    "Antarctica/Troll",
)
LOCALES = ("C", "POSIX", "C.UTF-8", "tr_TR.UTF-8", "ar_SA.UTF-8", "de_DE.UTF-8")
SIZES = (1, 1_500, 6_000, 30_000, 10**7)
ENDS = ("one go", "steps", "killed", "stopped", "command")
KILLED = -9
SETTLED = 3  # a run that was stopped as it should be
REFUSED = 4  # some of the files alone: a stale block stood after a gap


@dataclass(frozen=True)
class Variation:
    """One way to index; `cut` is how far the first run goes, where there are two."""

    how: str
    processors: int
    read_ahead: bool
    round_bytes: int
    zone: str
    locale: str
    hash_seed: int
    numba_threads: int
    obfuscated: bool
    cut: int

    @classmethod
    def of(cls, number: int, rng: random.Random) -> "Variation":
        """Every value of every setting comes in turn, each at its own pace."""
        return cls(
            how=ENDS[number % len(ENDS)],
            processors=1 + number % 2,
            read_ahead=number // 2 % 2 == 0,
            round_bytes=SIZES[number // 2 % len(SIZES)],
            zone=ZONES[number % len(ZONES)],
            locale=LOCALES[number // 3 % len(LOCALES)],
            hash_seed=rng.randrange(2**32),
            numba_threads=1 + number // 3 % 2,
            obfuscated=rng.random() < 0.5,
            cut=rng.randint(5, 60),
        )

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PYTHONHASHSEED": str(self.hash_seed),
            "TZ": self.zone,
            "LC_ALL": self.locale,
            "NUMBA_NUM_THREADS": str(self.numba_threads),
            "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        }


def made(seed: int) -> tuple[list[Block], list[Block]]:
    """A chain, and all blocks: some stale ones too."""
    branch = Branch(seeded(seed)).grow(BLOCKS, 4)
    return branch.blocks, branch.blocks + branch.fork(FORK, seed + 1).grow(STALE, 4).blocks[FORK + 1 :]


def spread(folder: Path, blocks: list[Block], rng: random.Random, *, obfuscated: bool) -> list[Path]:
    """The blocks in any order in a few files of any order, some of them twice."""
    every = blocks + rng.sample(blocks, 10)
    rng.shuffle(every)
    cuts = sorted(rng.sample(range(1, len(every)), rng.randint(1, 6)))
    parts = [every[lo:hi] for lo, hi in zip([0, *cuts], [*cuts, len(every)], strict=True)]
    key = rng.randbytes(8) if obfuscated else b""
    paths = [
        blockfile.write(folder / f"blk{number:05d}.dat", part, key=key) for number, part in enumerate(parts)
    ]
    return rng.sample(paths, len(paths))


def without_reading_ahead(source: rounds.Source, places: Iterable[Any]) -> Iterator[rounds.Loaded]:
    return (rounds.load(source, one) for one in places)


def in_child(settings: dict[str, Any]) -> int:
    """One run of the indexer, in this process."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: settings["processors"]])
    if not settings["read_ahead"]:
        setattr(indexing, "loaded_ahead", without_reading_ahead)  # noqa: B010  not a name that it offers
    feed, store = BlockFileFeed.open([Path(p) for p in settings["paths"]]), Path(settings["store"])
    left = [settings["cut"]]

    def stopping(*_: object) -> None:
        left[0] -= settings["end"] == "stopped"
        if left[0] < 0:
            raise KeyboardInterrupt

    if settings["end"] == "killed":
        StoreFiles.calls = Deadly(settings["cut"], random.Random(settings["cut"]))  # noqa: S311  no secret
    try:
        index(store, feed, round_bytes=settings["round_bytes"], progress=stopping)  # type: ignore[arg-type]  # looks at nothing
    except KeyboardInterrupt:
        return SETTLED
    except BlockDataError:
        return REFUSED
    return 0


def child(variation: Variation, paths: list[Path], store: Path, end: str) -> int:
    """A run in a process of its own; its exit status."""
    given = asdict(variation) | {"paths": [str(path) for path in paths], "store": str(store), "end": end}
    command = [sys.executable, __file__, "--child", json.dumps(given)]
    status = subprocess.run(command, env=variation.environment(), check=False).returncode
    if status not in (0, KILLED, SETTLED, REFUSED):
        raise SystemExit(f"a run failed: {variation}")
    return status


def by_command(variation: Variation, paths: list[Path], workspace: Path) -> str:
    """`qaif index` and what `qaif check` says."""
    qaif = [sys.executable, "-c", "from qaif.cli.main import run; run()"]
    words = ([*qaif, "index", *map(str, paths)], [*qaif, "check"])
    for each in words:
        done = subprocess.run(
            [*each, "-w", str(workspace), "--json"],
            env=variation.environment(),
            check=True,
            stdout=subprocess.PIPE,
        )
    return str(json.loads(done.stdout)["digest"])


def tried(folder: Path, variation: Variation, blocks: list[Block], rng: random.Random) -> tuple[str, str]:
    """Index in one way: the digest, and how it went."""
    paths = spread(folder / "blocks", blocks, rng, obfuscated=variation.obfuscated)
    if variation.how == "command":
        return by_command(variation, paths, folder / "workspace"), "command"
    store, how = folder / "store", "one go"
    if variation.how == "steps":
        first = child(variation, paths[: len(paths) // 2], store, "one go")
        how = "steps, the first refused for its gaps" if first == REFUSED else "steps"
    elif variation.how in ("killed", "stopped"):
        first = child(variation, paths, store, variation.how)
        how = {KILLED: "killed and resumed", SETTLED: "stopped and resumed", 0: "twice"}[first]
    if child(variation, paths, store, "one go"):
        raise SystemExit(f"the whole chain was refused: {variation}")
    with Chain.open(store) as chain:
        return chain_digest(chain), how


def main(folder: Path, seed: int, runs: int) -> dict[str, Any]:
    """All of it; raises SystemExit at the first other digest."""
    folder.mkdir(parents=True)
    chain_blocks, blocks = made(seed)
    put(folder / "expected", chain_blocks)
    with Chain.open(folder / "expected") as chain:
        expected = chain_digest(chain)
    seen: dict[str, Counter[str]] = {}
    for number in range(runs):
        rng = seeded(seed * 1000 + number)
        variation = Variation.of(number, rng)
        digest, how = tried(folder / "run", variation, blocks, rng)
        if digest != expected:
            raise SystemExit(f"{digest} and not {expected}: {variation}, {how}")
        shutil.rmtree(folder / "run")
        for name in (
            "processors",
            "read_ahead",
            "round_bytes",
            "zone",
            "locale",
            "numba_threads",
            "obfuscated",
        ):
            seen.setdefault(name, Counter())[str(getattr(variation, name))] += 1
        seen.setdefault("how", Counter())[how] += 1
    return {"digest": expected, "runs": runs} | {name: dict(counts) for name, counts in seen.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=36)
    parser.add_argument("--child", type=json.loads, help=argparse.SUPPRESS)
    given = vars(parser.parse_args())
    if wanted := given.pop("child"):
        sys.exit(in_child(wanted))
    print(json.dumps(main(**given), indent=2))
