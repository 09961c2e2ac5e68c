"""Damaged block files: sixteen kinds times many seeds, each the same chain or a typed error.

Usage: python tests/campaigns/blockfiles.py [--kind KIND] [--seeds N] [--first S] [--together N]

The long form, sixteen kinds times 200 seeds and 400 pairs of kinds, is the default. What each kind allows
stands in `damaged_folders.py`. A failure prints kind and seed, and the status is 1.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from campaigns.damaged_folders import GROWING, KINDS, Folder, combination, damaged, paths_told
from oracle.blockfile import frame
from oracle.blockmaker import Block, Branch, seeded
from qaif.chain.index import IndexReport
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.errors import BlockDataError, BlockFileError, QaifError
from support.indexing import digests, put

WRITER = Path(__file__).with_name("core_writer.py")
ALL = (*KINDS, GROWING)


class WrongError(AssertionError):
    """An outcome that a kind does not allow."""


@cache
def chain() -> tuple[Block, ...]:
    """The good chain; the same in every process."""
    return tuple(Branch(seeded(77)).grow(28, 4).blocks)


@cache
def expected(blocks: tuple[Block, ...]) -> dict[str, str] | None:
    """The columns of these blocks, from one file without fault; None where they are refused."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            put(Path(folder) / "chain", blocks)
        except BlockDataError:
            return None
        return digests(Path(folder) / "chain")


def tried(kind: str, seed: int, folder: Path) -> str:
    """One damaged folder, indexed; which of the allowed outcomes it came to.

    Raises:
        WrongError: none of them.
    """
    if kind == GROWING:
        return _growing(seed, folder)
    wanted = damaged(kind, seed, list(chain()))
    blocks = wanted.write(folder / "blocks")
    try:
        report = index_block_files(folder / "chain", BlockFiles((blocks,), "regtest"))
    except QaifError as error:
        return _refused(wanted, blocks, error)
    return _indexed(wanted, report, folder / "chain")


def _refused(wanted: Folder, blocks: Path, error: QaifError) -> str:
    if wanted.error is None and _torn_apart(wanted) and expected(tuple(wanted.found())) is None:
        wanted.error = BlockDataError
    if wanted.error is None:
        raise WrongError(f"the chain was wanted, not {type(error).__name__}: {error}") from error
    if not isinstance(error, wanted.error):
        raise WrongError(
            f"{wanted.error.__name__} was wanted, not {type(error).__name__}: {error}"
        ) from error
    if not paths_told(blocks, error.message) or not error.way_out:
        raise WrongError(f"the error names no file, or no way out: {error}") from error
    return error.code


def _torn_apart(wanted: Folder) -> bool:
    """Whether blocks are lost and others are stale: then the good chain is not the best of what is left."""
    return bool(wanted.stale) and len(wanted.left()) < len(wanted.chain)


def _indexed(wanted: Folder, report: IndexReport, store: Path) -> str:
    if wanted.error is not None:
        raise WrongError(f"{wanted.error.__name__} was wanted, and there is a chain of {report.blocks}")
    left = wanted.left()
    lost = len(wanted.chain) - len(left)
    left = wanted.found() if _torn_apart(wanted) else left
    if digests(store) != expected(tuple(left)):
        raise WrongError(f"not the columns of the good chain less {lost} blocks: {report}")
    return "less" if lost else "same"


def _growing(seed: int, folder: Path) -> str:
    """Index in rounds while a writer of its own appends; each round a prefix, the last one everything."""
    rng = seeded(seed)
    blocks, key = list(chain()), rng.choice((b"", rng.randbytes(8)))
    if rng.random() < 0.5:  # a block that holds frames, which is seen half written
        branch = Branch(seeded(seed)).grow(4, 2)
        for _ in range(4):
            branch.add([], [(1, b"\x6a" + frame(rng.choice(branch.blocks)) + bytes(rng.randrange(3_000)))])
        blocks = branch.grow(8, 2).blocks
    source = folder / "blocks"
    source.mkdir()
    if key:
        (source / "xor.dat").write_bytes(key)
    frames = [frame(block) for block in blocks]
    (folder / "plan").write_bytes(b"".join(len(one).to_bytes(8, "little") + one for one in frames))
    command = [sys.executable, "-S", str(WRITER), str(folder / "plan"), str(source / "blk00000.dat")]
    with subprocess.Popen([*command, key.hex(), str(seed)]) as writer:
        rounds = _rounds(writer, folder, source, blocks)
    if writer.returncode:
        raise WrongError("the writer failed")
    index_block_files(folder / "chain", BlockFiles((source,), "regtest"))
    if digests(folder / "chain") != expected(tuple(blocks)):
        raise WrongError(f"after {rounds} rounds the chain is not what was written")
    return "same"


def _rounds(writer: "subprocess.Popen[bytes]", folder: Path, source: Path, blocks: list[Block]) -> int:
    seen = rounds = 0
    while writer.poll() is None:
        if not (source / "blk00000.dat").exists():
            continue
        try:
            report = index_block_files(folder / "chain", BlockFiles((source,), "regtest"))
        except BlockFileError as error:
            if seen or not paths_told(source, error.message):  # allowed before the first block is there
                raise WrongError(f"in round {rounds}: {error}") from error
            continue
        hashes = [block.hash[::-1].hex() for block in blocks]
        if report.tip_hash != hashes[report.blocks - 1] or report.blocks < seen:
            raise WrongError(f"round {rounds} gave no prefix of the chain: {report}")
        seen, rounds = report.blocks, rounds + 1
    return rounds


def campaign(kinds: list[tuple[str, int]]) -> dict[str, dict[str, int]]:
    """Outcomes by kind; a wrong one counts as `WRONG` and is printed with its seed."""
    outcomes: dict[str, dict[str, int]] = {}
    for kind, seed in kinds:
        with tempfile.TemporaryDirectory() as folder:
            try:
                outcome = tried(kind, seed, Path(folder))
            except Exception as error:  # noqa: BLE001  any other than a typed error is what is sought
                outcome = "WRONG"
                say(f"WRONG {kind} seed {seed}: {type(error).__name__}: {error}")
        of_kind = outcomes.setdefault(kind if "+" not in kind else "two kinds", {})
        of_kind[outcome] = of_kind.get(outcome, 0) + 1
    return outcomes


def say(text: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run it and print the table."""
    parser = argparse.ArgumentParser(description="Damaged block files: the same chain or a typed error.")
    parser.add_argument("--kind", choices=ALL, action="append", help="only this kind")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--together", type=int, default=400, help="pairs of kinds")
    args = parser.parse_args()
    seeds = range(args.first, args.first + args.seeds)
    kinds = [(kind, seed) for kind in args.kind or ALL for seed in seeds]
    kinds += [(combination(seed), seed) for seed in range(args.first, args.first + args.together)]
    start = time.monotonic()
    outcomes = campaign(kinds)
    for kind, of_kind in outcomes.items():
        say(f"{kind:18} " + ", ".join(f"{count} {name}" for name, count in sorted(of_kind.items())))
    say(f"{len(kinds):,} folders, seeds from {args.first}, in {time.monotonic() - start:,.0f} s")
    return 1 if any("WRONG" in of_kind for of_kind in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
