"""Damage to every file of a store: each is noticed by `qaif check`, and none leads to a wrong answer.

Usage: PYTHONPATH=tests python tests/campaigns/damage.py FOLDER [--seed 1]
       [--flips 10000] [--truncations 1000] [--pages 200]

FOLDER must not exist. Each damage is done to a good store: one bit flipped, the file cut short, a page
zeroed, or two pages swapped. Then `check` must fault the file by name; a store that is hashed when it is
opened must answer nothing; one that is too large for that (the limit is set to nothing here) must refuse, or
give the answer of the good store; and every 20th time blocks are added, by which it is refused, or, once the
damage is taken back, the columns are right. Prints a JSON object with what was seen.
"""

import argparse
import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oracle.addresses import address as written_address
from oracle.blockmaker import Branch, framed, seeded
from qaif.chain import open as opening
from qaif.chain.index import index
from qaif.chain.open import VERIFY_ON_OPEN_BYTES
from qaif.chain.seals import PAGE
from qaif.errors import StoreDamagedError, StoreError
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.questions.address import address
from qaif.questions.answer import as_json
from qaif.questions.block import block
from qaif.questions.check import check
from qaif.questions.index import index_block_files
from qaif.questions.review import ReviewRequest, review
from qaif.questions.status import status
from qaif.questions.tx import tx
from support.economy import PEOPLE, Economy, script
from support.indexing import digests
from support.tiers import tiers_of

STEPS = (80, 20, 20, 15, 12, 1, 1, 1, 9, 5, 1, 1)  # blocks a run: eight become one segment, four stay
ROUND_BYTES = 9_000
WRITE_EVERY = 20
Question = Callable[[Path], Any]


@dataclass
class Target:
    """A good store, its answers, and what may be added to it."""

    workspace: Path
    questions: dict[str, Question]
    answers: dict[str, dict[str, Any]]
    longer: dict[str, tuple[Path, dict[str, str]]]

    @property
    def chain(self) -> Path:
        return self.workspace / "chain"

    def files(self) -> list[Path]:
        return sorted(path for path in self.chain.iterdir() if path.name != "LOCK")


@dataclass(frozen=True)
class Damage:
    """Files that differ from the good ones, with their new content."""

    kind: str
    content: dict[Path, bytes]


@tiers_of()
def made(folder: Path, seed: int) -> Target:
    """A store of several segments, merged ones among them, with what its feed remembers."""
    economy = Economy.of(seed, sum(STEPS) - 1)
    blocks, workspace, source = economy.blocks, folder / "workspace", folder / "blk00000.dat"
    at = 0
    for step in STEPS:
        at += step
        source.write_bytes(framed(blocks[:at]))
        index_block_files(workspace, [source])
    questions = asked(economy)
    answers = {name: as_json(question(workspace)) for name, question in questions.items()}
    return Target(workspace, questions, answers, dict(longer_chains(folder, economy.branch, seed)))


def asked(economy: Economy) -> dict[str, Question]:
    """Questions of every kind, about what is old and what is new."""
    txids = [block.txs[-1].txid[::-1].hex() for block in economy.blocks[2::13]]
    people = [written_address(script(person), "regtest") or "" for person in range(PEOPLE - 1)]
    questions: dict[str, Question] = {f"tx {id_[:8]}": lambda w, t=id_: tx(w, t) for id_ in txids}  # type: ignore[misc]
    for one in people[:4]:
        request = ReviewRequest(addresses=(one,))
        questions[f"review {one}"] = lambda w, r=request: review(w, r)  # type: ignore[misc]
        questions[f"address {one}"] = lambda w, a=one: address(w, a)  # type: ignore[misc]
    past = ReviewRequest(addresses=tuple(people), as_of="60")
    questions["review of all, as of a past block"] = lambda w: review(w, past)
    for height in (0, 40, len(economy.blocks) - 1):
        questions[f"block {height}"] = lambda w, h=height: block(w, str(h))  # type: ignore[misc]
    return questions | {"status": status}


def longer_chains(
    folder: Path, branch: Branch, seed: int
) -> Iterator[tuple[str, tuple[Path, dict[str, str]]]]:
    """More blocks on the same branch, and on another one that wins."""
    other = branch.fork(len(branch.blocks) - 30, seed + 1).grow(40)
    longer = branch.fork(len(branch.blocks) - 1, seed + 2).grow(20)
    every = {"append": longer.blocks, "reorganise": branch.blocks + other.blocks}
    for name, blocks in every.items():
        path = folder / f"{name}.dat"
        path.write_bytes(framed(blocks))
        index(folder / f"fresh-{name}", BlockFileFeed.open([path]))
        yield name, (path, digests(folder / f"fresh-{name}"))


def flipped(rng: random.Random, path: Path) -> Damage:
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return Damage("flip", {path: bytes(content)})


def truncated(rng: random.Random, path: Path) -> Damage:
    content = path.read_bytes()
    return Damage(
        "truncation", {path: content[: rng.choice([0, len(content) - 1, rng.randrange(len(content))])]}
    )


def paged(rng: random.Random, path: Path, files: list[Path]) -> Damage | None:
    """A page zeroed, or swapped with another of any file; None where nothing changed by that."""
    first = page_of(rng, path)
    if rng.random() < 0.5:
        return changed("zeroed page", {path: with_page(path.read_bytes(), first, bytes(PAGE))})
    other = rng.choice(files)
    second = page_of(rng, other)
    one, two = path.read_bytes(), other.read_bytes()
    mine, theirs = one[first : first + PAGE], two[second : second + PAGE]
    if len(mine) != len(theirs):
        return None
    if path == other:
        return changed("swapped pages", {path: with_page(with_page(one, first, theirs), second, mine)})
    return changed(
        "swapped pages", {path: with_page(one, first, theirs), other: with_page(two, second, mine)}
    )


def page_of(rng: random.Random, path: Path) -> int:
    return rng.randrange(-(-path.stat().st_size // PAGE)) * PAGE


def with_page(content: bytes, at: int, page: bytes) -> bytes:
    return (content[:at] + page + content[at + PAGE :])[: len(content)]


def changed(kind: str, content: dict[Path, bytes]) -> Damage | None:
    differing = {path: data for path, data in content.items() if data != path.read_bytes()}
    return Damage(kind, differing) if differing else None


def damages(rng: random.Random, target: Target, counts: dict[str, int]) -> Iterator[Damage]:
    """Every file gets its share, and half of all goes by size."""
    files = target.files()
    sizes = [path.stat().st_size for path in files]

    def one() -> Path:
        return rng.choices(files, sizes)[0] if rng.random() < 0.5 else rng.choice(files)

    makers: dict[str, Callable[[], Damage | None]] = {
        "flips": lambda: flipped(rng, one()),
        "truncations": lambda: truncated(rng, one()),
        "pages": lambda: paged(rng, one(), files),
    }
    for name, count in counts.items():
        done = 0
        while done < count:
            damage = makers[name]()
            if damage is not None:
                done += 1
                yield damage


def must(holds: object, damage: Damage, what: str) -> None:
    if not holds:
        names = ", ".join(path.name for path in damage.content)
        raise SystemExit(f"{damage.kind} in {names}: {what}")


def noticed(target: Target, damage: Damage) -> None:
    """`qaif check` faults every damaged file by name."""
    try:
        report = check(target.workspace)
    except StoreDamagedError as error:
        must("MANIFEST" in str(error), damage, f"another file is faulted: {error}")
        return
    must(not report.good and report.digest is None, damage, "check calls the store good")
    for path in damage.content:
        must(any(path.name in fault for fault in report.faults), damage, f"not named in {report.faults}")


def refused(target: Target, damage: Damage, name: str) -> None:
    """A store that is hashed when it is opened answers nothing at all."""
    try:
        target.questions[name](target.workspace)
    except StoreDamagedError:
        return
    must(None, damage, f"{name} was answered")


def right_or_refused(target: Target, damage: Damage, name: str) -> str:
    """A store whose pages are hashed when they are read gives the right answer or none."""
    opening.VERIFY_ON_OPEN_BYTES = -1
    try:
        answer = as_json(target.questions[name](target.workspace))
    except StoreDamagedError:
        return "refused"
    finally:
        opening.VERIFY_ON_OPEN_BYTES = VERIFY_ON_OPEN_BYTES
    must(answer == target.answers[name], damage, f"another answer to {name}")
    return "right"


def written_to(target: Target, damage: Damage, name: str) -> str:
    """Blocks are added to the damaged store: refused, or the new columns are right."""
    source, expected = target.longer[name]
    copy = target.workspace.parent / "copy"
    shutil.copytree(target.chain, copy)
    try:
        index(copy, BlockFileFeed.open([source]), round_bytes=ROUND_BYTES)
        for path in damage.content:
            if (copy / path.name).is_file() and path.name != "MANIFEST":
                shutil.copy(target.workspace.parent / "good" / path.name, copy / path.name)
        must(digests(copy) == expected, damage, f"{name} ended in other columns")
    except StoreError as error:
        must(isinstance(error, StoreDamagedError), damage, f"{name} failed: {error}")
        return "refused"
    finally:
        shutil.rmtree(copy)
    return "right"


def tried(target: Target, damage: Damage, rng: random.Random, *, write: bool) -> Counter[str]:
    """One damage, done and taken back."""
    good = {path: path.read_bytes() for path in damage.content}
    seen = Counter([damage.kind])
    try:
        for path, content in damage.content.items():
            path.write_bytes(content)
        noticed(target, damage)
        refused(target, damage, rng.choice(list(target.questions)))
        for name in rng.sample(list(target.questions), 2):
            seen[f"read page by page: {right_or_refused(target, damage, name)}"] += 1
        if write:
            name = rng.choice(list(target.longer))
            seen[f"written to: {written_to(target, damage, name)}"] += 1
    finally:
        for path, content in good.items():
            path.write_bytes(content)
    return seen


def main(folder: Path, seed: int, counts: dict[str, int]) -> dict[str, int]:
    """All of it; raises SystemExit at the first that was not noticed."""
    folder.mkdir(parents=True)
    rng, target = seeded(seed), made(folder, seed)
    shutil.copytree(target.chain, folder / "good")
    seen: Counter[str] = Counter(files=len(target.files()))
    for number, damage in enumerate(damages(rng, target, counts)):
        seen += tried(target, damage, rng, write=number % WRITE_EVERY == 0)
        seen.update(f"in {path.suffix or path.name}" for path in damage.content)
    if not check(target.workspace).good:
        raise SystemExit("the store is not what it was")
    return dict(sorted(seen.items()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    for name, count in (("flips", 10_000), ("truncations", 1_000), ("pages", 200)):
        parser.add_argument(f"--{name}", type=int, default=count)
    given = vars(parser.parse_args())
    print(json.dumps(main(given.pop("folder"), given.pop("seed"), given), indent=2))
