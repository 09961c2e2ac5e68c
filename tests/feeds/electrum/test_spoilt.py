"""Answers of an Electrum server spoilt at random end in a clear error or in what is true."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from oracle.blockmaker import seeded
from oracle.parse import Tx, parse_tx
from peers.electrum_lines import ElectrumLines
from peers.made_node import MadeNode
from qaif.errors import SourceError
from qaif.feeds.electrum.client import Electrum
from qaif.feeds.explorer import Listed
from support.explorers import told

CASES = 30  # of each seed
HOW_OFTEN = 0.4
ODD: tuple[Any, ...] = (None, True, 0, -1, 1, 2**40, 0.5, "", "00", "ff" * 32, [], {}, [[]])


def spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place in a JSON value: what holds it, and its key there."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from spots(value[key])


def spoilt(value: Any, rng: Random) -> Any:
    """A value with one thing in it made wrong."""
    holder = [json.loads(json.dumps(value))]
    box, key = rng.choice([(holder, 0), *spots(holder)])
    old = box[key]
    match rng.randrange(4):
        case 0 if isinstance(old, str) and old:
            at = rng.randrange(len(old))
            box[key] = old[:at] + rng.choice("0123456789abcdefg ") + old[at + 1 :]
        case 1 if isinstance(old, list | str) and len(old) > 1:
            at = rng.randrange(len(old))
            box[key] = rng.choice((old[:at], old[at:], old[::-1], old * 2))
        case 2 if type(old) is int:
            box[key] = old + rng.choice((-1, 1, 2, -2))
        case _:
            box[key] = rng.choice(ODD)
    return holder[0]


def questions(height: int, tx: Tx) -> list[Callable[[Electrum], object]]:
    """What can be tried wholly, so that what is found is true. An id does not cover witnesses."""
    return [
        lambda client: client.headers(height, 7),
        lambda client: [parse_tx(raw).serialise(witness=False) for raw in client.transactions([tx.txid] * 2)],
        lambda client: client.place(Listed(tx.txid, height)),
        lambda client: client.proven_prevouts(tx.txid),
        lambda client: client.network,
    ]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("version", ["1.4", "1.6"])
def test_spoilt_answers(
    node: MadeNode, server: ElectrumLines, fresh: Callable[[], Electrum], version: str, seed: int
) -> None:
    rng, everything, ends = seeded(seed), told(node), {"true": 0, "error": 0}
    server.version = version
    for case in range(CASES):
        height, tx = rng.choice([one for one in everything if one[0] < len(node.branch.blocks) - 10])
        asked = rng.choice(questions(height, tx))
        server.change = None
        true = asked(fresh())
        server.change = lambda _, __, value: spoilt(value, rng) if rng.random() < HOW_OFTEN else value
        try:
            found = asked(fresh())
        except SourceError:
            ends["error"] += 1
        else:
            assert found == true, f"seed {seed}, case {case}"
            ends["true"] += 1
    assert min(ends.values()) > CASES // 10
