"""Processes that ask while another appends, merges and reorganises: every answer is right as of its block.

Usage: PYTHONPATH=tests python tests/campaigns/readers.py FOLDER [--seed 1] [--answers 100000] [--steps 120]
       [--readers 8]

Each reader asks the questions of the product (review, also as of past blocks, transaction, block, address),
now of the workspace, now several of one opened chain while its files are replaced. Half of the readers read
page by page, as of a store too large to be hashed. Every answer must be, to the byte, that of a fresh store
of the blocks up to the one that it names in `as_of`; and the reviews of those stores must have the figures of
the slow twin, which knows nothing of stores. Prints a JSON object with what was met.
"""

import argparse
import hashlib
import json
import multiprocessing
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from random import Random
from typing import Any

from oracle import review as twin
from oracle.addresses import address as written_address
from oracle.blockmaker import Block, Branch, framed, seeded
from oracle.parse import parse_block
from qaif.chain import compact
from qaif.chain import open as opening
from qaif.chain.index import index
from qaif.chain.open import Chain
from qaif.errors import NotFoundError
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.questions.address import address, address_on
from qaif.questions.answer import Answer, as_json
from qaif.questions.block import block, block_on
from qaif.questions.review import ReviewRequest, review, reviewed
from qaif.questions.tx import tx, tx_on
from qaif.workspace.folder import Workspace
from support.indexing import put

FIRST_BLOCKS = 40
KINDS = ("review", "tx", "block", "address")
PEOPLE = 25


@dataclass(frozen=True)
class Question:
    """A question of the product, of a workspace or of an opened chain."""

    kind: str
    what: str
    scripts: tuple[bytes, ...] = ()
    as_of: str | None = None

    def of_workspace(self, workspace: Path) -> Answer:
        if self.kind == "review":
            return review(workspace, self.request)
        return {"tx": tx, "block": block, "address": address}[self.kind](workspace, self.what)

    def of_chain(self, chain: Chain) -> Answer:
        if self.kind == "review":
            return reviewed(chain, None, self.request).answer
        return {"tx": tx_on, "block": block_on, "address": address_on}[self.kind](chain, self.what)

    @property
    def request(self) -> ReviewRequest:
        return ReviewRequest(addresses=tuple(self.what.split()), as_of=self.as_of)


@dataclass(frozen=True)
class Plan:
    """What is asked, all blocks, and how many of them each step has."""

    questions: list[Question]
    blocks: list[Block]
    steps: list[int]

    @classmethod
    def of(cls, seed: int, steps: int) -> "Plan":
        rng, branch = seeded(seed), Branch(seeded(seed)).grow(FIRST_BLOCKS - 1, 4)
        blocks, held = list(branch.blocks), []
        for number in range(steps):
            if number % 3 == 2:
                depth = rng.randint(1, 8)
                branch = branch.fork(len(branch.blocks) - 1 - depth, rng.randrange(2**32))
                new = branch.grow(depth + rng.randint(1, 2), 4).blocks[-depth - 2 :]
            else:
                new = branch.grow(rng.randint(1, 3), 4).blocks[-3:]
            known = {block.hash for block in blocks}
            blocks += [block for block in new if block.hash not in known]
            held.append(len(blocks))
        return cls(questions_about(blocks[:FIRST_BLOCKS]), blocks, held)

    def path(self, tip: str) -> list[Block]:
        """The blocks from the first to the one with a hash."""
        by_hash = {block.hash: block for block in self.blocks}
        path = [by_hash[bytes.fromhex(tip)[::-1]]]
        while (parent := by_hash.get(path[-1].raw[4:36])) is not None:
            path.append(parent)
        return path[::-1]


def questions_about(blocks: list[Block]) -> list[Question]:
    """Questions whose answers change with the chain, and some whose answers must not."""
    heads = [hashlib.sha256(bytes([one])).digest()[:20] for one in range(PEOPLE)]
    scripts = [b"\x76\xa9\x14" + head + b"\x88\xac" for head in heads] + [b"\x00\x14" + h for h in heads]
    names = {script: written_address(script, "regtest") or "" for script in scripts}
    sets = [(one,) for one in scripts[::9]] + [tuple(scripts[1:4]), tuple(scripts[::5])]
    reviews = [Question("review", " ".join(names[s] for s in some), some) for some in sets]
    past = [Question("review", reviews[0].what, sets[0], str(height)) for height in (5, 30, FIRST_BLOCKS + 4)]
    txids = [block.txs[-1].txid[::-1].hex() for block in blocks[1::6]]
    return [
        *reviews,
        *past,
        *(Question("tx", txid) for txid in txids),
        *(Question("block", str(height)) for height in (0, 17, FIRST_BLOCKS - 1, FIRST_BLOCKS + 9)),
        *(Question("address", names[script]) for script in scripts[3::17]),
    ]


def digest_of(answer: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(answer).encode()).hexdigest()


def asked(plan: Plan, workspace: Path, seed: int) -> Iterator[tuple[int, str, str]]:
    """Answers without end: which question, as of which block, and a digest of the answer."""
    rng, newest = seeded(seed), 0
    kinds = [[n for n, q in enumerate(plan.questions) if q.kind == kind] for kind in KINDS]

    def one(rng: Random) -> int:
        return rng.choice(rng.choice(kinds))

    while True:
        if rng.random() < 0.3:
            number = one(rng)
            yield from recorded(number, lambda q: q.of_workspace(workspace), plan)
            continue
        with Chain.open(workspace / "chain") as chain:
            if chain.manifest.generation < newest:
                raise AssertionError("an older manifest than before was opened")
            newest = chain.manifest.generation
            for number in [one(rng) for _ in range(rng.randint(1, 24))]:
                yield from recorded(number, lambda q, c=chain: q.of_chain(c), plan)
                time.sleep(rng.choice([0, 0, 0, 0.002]))


def recorded(number: int, ask: Any, plan: Plan) -> Iterator[tuple[int, str, str]]:
    try:
        answer = as_json(ask(plan.questions[number]))
    except NotFoundError:
        return  # not in the branch that is the chain now
    yield number, answer["as_of"]["hash"], digest_of(answer)


def answers_of(folder: Path, seed: int) -> Path:
    return folder / f"answers-{seed}.txt"


@dataclass(frozen=True)
class Pace:
    """How far readers and writer are: neither leaves the other behind, however busy the machine is."""

    answers: int
    steps: int
    answered: "Synchronized[int]"
    taken: "Synchronized[int]"  # steps that the writer has taken

    def write_next(self, number: int) -> None:
        """Wait for the share of the answers that comes before a step."""
        while self.answered.value < self.answers * number // (self.steps + 1):
            time.sleep(0.001)

    def answer_next(self) -> None:
        """Wait while more was answered than two steps' share ahead of the writer."""
        while self.answered.value > self.answers * (self.taken.value + 2) // (self.steps + 1):
            time.sleep(0.001)
        with self.answered.get_lock():
            self.answered.value += 1


def reader(plan: Plan, workspace: Path, seed: int, count: int, pace: Pace) -> None:
    """Ask, and write down what was answered."""
    out = answers_of(workspace.parent, seed)
    if seed % 2:
        opening.VERIFY_ON_OPEN_BYTES = -1
    with out.open("w") as file:
        for done, (number, as_of, digest) in enumerate(asked(plan, workspace, seed), 1):
            file.write(f"{number} {as_of} {digest}\n")
            pace.answer_next()
            if done == count:
                break


def writer(plan: Plan, workspace: Path, seed: int, pace: Pace) -> None:
    """Take each step when the readers have given their share of the answers."""
    rng, seen, merge = seeded(seed), Counter[str](), compact.merged

    def counted(*parts: Any) -> Any:
        seen["merges"] += 1
        return merge(*parts)

    compact.merged = counted  # type: ignore[assignment]  # in this process alone
    for number, held in enumerate(plan.steps):
        pace.write_next(number)
        source = workspace.parent / "blk00000.dat"
        source.write_bytes(framed(plan.blocks[:held]))
        report = index(
            workspace / "chain", BlockFileFeed.open([source]), round_bytes=rng.choice([1, 1, 10**7])
        )
        seen["reorganisations" if report.removed else "appends"] += 1
        pace.taken.value += 1
    (workspace.parent / "writer.json").write_text(json.dumps(seen))


def run(folder: Path, plan: Plan, seed: int, answers: int, readers: int) -> None:
    """All processes, to their ends; raises SystemExit if one failed."""
    workspace = folder / "workspace"
    Workspace.open_or_create(workspace)
    put(workspace / "chain", plan.blocks[:FIRST_BLOCKS])
    review(workspace, plan.questions[0].request)  # makes the records
    context = multiprocessing.get_context("fork")
    pace = Pace(answers, len(plan.steps), context.Value("q", 0), context.Value("q", 0))
    share = -(-answers // readers)
    children = [
        context.Process(target=reader, args=(plan, workspace, seed + n, share, pace)) for n in range(readers)
    ]
    children.append(context.Process(target=writer, args=(plan, workspace, seed, pace)))
    for child in children:
        child.start()
    while any(child.is_alive() for child in children) and not any(child.exitcode for child in children):
        children[-1].join(0.05)
        children[0].join(0.05)
    if any(child.exitcode for child in children):
        for child in children:
            child.kill()
        raise SystemExit("a process failed; what it said stands above")


def judged(folder: Path, plan: Plan, seeds: range) -> Counter[str]:
    """Every answer against a fresh store of its own `as_of`, and that against the slow twin."""
    given: dict[str, Counter[tuple[int, str]]] = {}
    for seed in seeds:
        for line in answers_of(folder, seed).read_text().splitlines():
            place, as_of, digest = line.split()
            given.setdefault(as_of, Counter())[int(place), digest] += 1
    seen = Counter[str](as_of_blocks=len(given))
    for as_of, answers in given.items():
        blocks = plan.path(as_of)
        put(folder / "fresh", blocks)
        parsed = [parse_block(block.raw) for block in blocks]
        with Chain.open(folder / "fresh") as chain:
            for number in {number for number, _ in answers}:
                question = plan.questions[number]
                answer = as_json(question.of_chain(chain))
                if question.kind == "review":
                    agree(answer, parsed, question)
                wrong = {d for n, d in answers if n == number} - {digest_of(answer)}
                if wrong or answer["as_of"]["hash"] != as_of:
                    raise SystemExit(f"{question.kind} {question.what} as of {as_of}: another answer")
                seen["questions_judged"] += 1
                seen[f"answers_{question.kind}"] += answers[number, digest_of(answer)]
        shutil.rmtree(folder / "fresh")
        seen["answers"] += answers.total()
    return seen


def agree(answer: dict[str, Any], parsed: list[Any], question: Question) -> None:
    """A review, figure by figure, with the slow twin."""
    rows = twin.rows_of(parsed, set(question.scripts), lambda _: None)
    expected = twin.totals(rows, complete=True)
    if {name: answer[name] for name in expected} != expected or answer["by_month"] != twin.by_month(rows):
        raise SystemExit(f"review of {question.what}: the slow twin has other figures")


def main(folder: Path, seed: int, answers: int, steps: int, readers: int) -> dict[str, int]:
    """All of it."""
    folder.mkdir(parents=True)
    plan = Plan.of(seed, steps)
    began = time.monotonic()
    run(folder, plan, seed, answers, readers)
    asking = time.monotonic() - began
    seen = judged(folder, plan, range(seed, seed + readers)) + Counter(
        json.loads((folder / "writer.json").read_text())
    )
    return dict(seen, readers=readers, seconds_asking=round(asking))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    for name, default in (("seed", 1), ("answers", 100_000), ("steps", 120), ("readers", 8)):
        parser.add_argument(f"--{name}", type=int, default=default)
    print(json.dumps(main(**vars(parser.parse_args())), indent=2))
