"""Break, refuse and lie in each answer of an explorer: a clear error or the right data, never wrong data.

    PYTHONPATH=tests python -m campaigns.faults_in_feeds           500 cases; a minute or two
    PYTHONPATH=tests python -m campaigns.faults_in_feeds --short   fewer; what CI runs

A case asks for one script's whole history as a case does: count, list, raw transactions, headers from the
first block on, and each transaction's place, tried by its branch. One answer is wrong, once or from then on.
The end must be an error of ours that names the server or the transaction and a way out, or data that equal
those of the chain. Prints a table; ends with status 1 at the first case that does otherwise.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random

from oracle.blockmaker import seeded
from oracle.parse import parse_block, sha256d
from peers.esplora_faults import FAULTS, Wrong
from peers.esplora_server import Answer, Server, esplora
from peers.made_node import MadeNode
from qaif.errors import SourceError, SourceShapeError
from qaif.feeds.esplora.client import Esplora
from qaif.feeds.explorer import Listed
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner

LONG, SHORT = 500, 64
BLOCKS = 24
IMPATIENT = Manner(
    requests_a_second=100_000,
    connect_seconds=5,
    read_seconds=0.25,
    total_seconds=1.2,
    tries=3,
    first_pause=0.005,
    longest_pause=0.01,
)

Row = tuple[bytes, int, int]  # a transaction's bytes, height, position


class WrongDataError(AssertionError):
    """A case that ended otherwise than it may."""


@dataclass
class Fault:
    """One answer made wrong.

    Attributes:
        wrong: how.
        at: which of the answers that it changes, from 0.
        stays: all later ones too.
        seen: how many it could have changed so far.
        done: how many it changed.
    """

    wrong: Wrong
    rng: Random
    at: int
    stays: bool
    seen: int = 0
    done: int = 0

    def __call__(self, server: Server, path: str, answer: Answer) -> Answer | None:
        changed = self.wrong(server, path, answer, self.rng)
        if changed == answer:
            return answer
        self.seen += 1
        if self.seen - 1 != self.at and not (self.stays and self.seen > self.at):
            return answer
        self.done += 1
        return changed


@dataclass
class Figures:
    """What cases of one fault came to: how many, answers changed, ends by the error's code or `right`."""

    cases: int = 0
    changed: int = 0
    ends: Counter[str] = field(default_factory=Counter)


def gathered(client: Esplora, script: bytes, known: int = 0) -> dict[bytes, Row]:
    """A script's history, tried as a case tries it.

    Args:
        client: the explorer.
        script: whose history.
        known: transactions whose bytes are asked for one by one, not taken from the pages.

    Raises:
        SourceError: an answer is none, or what was told cannot be so.
    """
    tip = client.stand()
    headers = client.headers(0, tip.height + 1)
    _try_headers(headers, tip.height, tip.hash_raw, client)
    if client.headers(tip.height, 1) != headers[-1:]:
        raise SourceShapeError("The tip's header is another when asked for alone.", way_out="Ask again.")
    count = client.count(script)
    listed = [one for page in client.history(script, frozenset()) for one in page]
    if count != len(listed):
        raise SourceError("It lists fewer than it counts.", way_out="Ask again.")
    for one in listed[:known]:
        client._told.pop(one.txid_raw, None)
    raws = list(client.transactions([one.txid_raw for one in listed]))
    return {
        one.txid_raw: (raw, *_tried_place(client, one, headers))
        for one, raw in zip(listed, raws, strict=True)
    }


def _try_headers(headers: Sequence[bytes], height: int, tip_raw: bytes, client: Esplora) -> None:
    hashes = [sha256d(raw) for raw in headers]
    linked = all(raw[4:36] == before for raw, before in zip(headers[1:], hashes, strict=False))
    genesis = client.network.genesis_hex
    if len(headers) != height + 1 or not linked or hashes[-1] != tip_raw or hashes[0][::-1].hex() != genesis:
        raise SourceShapeError(
            "The headers do not lead from the first block to the tip.", way_out="Ask another."
        )


def _tried_place(client: Esplora, listed: Listed, headers: Sequence[bytes]) -> tuple[int, int]:
    place = client.place(listed)
    if place.height != listed.height or place.height >= len(headers) or place.position is None:
        raise SourceShapeError("A place is not where the listing said.", way_out="Ask another server.")
    row = listed.txid_raw
    for level, other in enumerate(place.branch_raw or ()):
        if (
            place.position >> level & 1 and other == row
        ):  # the tree repeats the last of an odd row on its right
            raise SourceShapeError("A position is that of a repeated hash.", way_out="Ask another server.")
        row = sha256d(other + row if place.position >> level & 1 else row + other)
    header = headers[place.height]
    if row != header[36:68] or listed.block_hash_raw != sha256d(header):
        raise SourceShapeError("A branch does not lead to its block.", way_out="Ask another server.")
    return place.height, place.position


@dataclass
class Chain:
    """A chain, its explorer, and what is true of those scripts that a case may ask for."""

    server: Server
    truths: dict[bytes, dict[bytes, Row]]


def truths(node: MadeNode) -> dict[bytes, dict[bytes, Row]]:
    """Every script's history from the chain's own blocks; of those that have two to twelve transactions."""
    outs: dict[tuple[bytes, int], bytes] = {}
    found: dict[bytes, dict[bytes, Row]] = {}
    for height, block in enumerate(node.branch.blocks):
        for position, tx in enumerate(parse_block(block.raw).txs):
            scripts = {outs[one.txid, one.vout] for one in tx.ins if (one.txid, one.vout) in outs}
            for vout, out in enumerate(tx.outs):
                outs[tx.txid, vout] = out.script
                scripts.add(out.script)
            for script in scripts:
                found.setdefault(script, {})[tx.txid] = (tx.serialise(), height, position)
    return {script: rows for script, rows in sorted(found.items()) if 2 <= len(rows) <= 12}


@contextmanager
def chains(seeds: Sequence[int]) -> Iterator[list[Chain]]:
    """Some chains, each with an explorer."""
    with ExitStack() as stack:
        nodes = [MadeNode(seed, BLOCKS, 5) for seed in seeds]
        yield [Chain(stack.enter_context(esplora(node)), truths(node)) for node in nodes]


def case(chain: Chain, wrong: Wrong, rng: Random) -> tuple[str, int]:
    """One case: how it ended, and how many answers were changed.

    Raises:
        WrongDataError: in wrong data, or an error that is none of ours.
    """
    server, script = chain.server, rng.choice(list(chain.truths))
    known = rng.choice((0, 2))
    fault = Fault(wrong, rng, rng.choice((0, 0, 0, 1, 3)), stays=rng.random() < 0.5)
    server.fault = fault
    try:
        with Door({server.url: IMPATIENT}) as door:
            found = gathered(Esplora(door.http(server.url, purpose="a case"), server.url), script, known)
    except SourceError as error:
        if not error.message or not error.way_out:
            raise WrongDataError(f"an error without a way out: {error!r}") from error
        return error.code, fault.done
    except Exception as error:
        raise WrongDataError(f"an untyped error: {error!r}") from error
    finally:
        server.fault = None
    if found != chain.truths[script]:
        raise WrongDataError("wrong data were taken for right")
    return "right", fault.done


def campaign(count: int, seed: int, names: Sequence[str] = tuple(FAULTS)) -> dict[str, Figures]:
    """So many cases, each fault in its turn.

    Raises:
        WrongDataError: a case ended otherwise than it may; its number is said.
    """
    every = {name: Figures() for name in names}
    with chains([seed, seed + 1, seed + 2]) as served:
        for number in range(count):
            name = names[number % len(names)]
            rng = seeded(1_000_003 * seed + number)
            try:
                end, changed = case(rng.choice(served), FAULTS[name], rng)
            except WrongDataError as wrong:
                raise WrongDataError(f"case {number}, {name}: {wrong}") from wrong
            figures = every[name]
            figures.cases += 1
            figures.changed += changed
            figures.ends[end] += 1
    return every


def main() -> None:
    """Run it and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="fewer cases")
    parser.add_argument("--seed", type=int, default=1, help="of chains and choices")
    asked = parser.parse_args()
    done = campaign(SHORT if asked.short else LONG, asked.seed)
    print(f"{'fault':22}{'cases':>7}{'changed':>9}  ends")
    for name, figures in done.items():
        print(f"{name:22}{figures.cases:>7,}{figures.changed:>9,}  {dict(figures.ends)}")
    ends = sum((figures.ends for figures in done.values()), Counter())
    print(f"{sum(ends.values()):,} cases: {dict(ends)}")


if __name__ == "__main__":
    main()
