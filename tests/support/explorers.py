"""What is true of a made chain, and how an explorer's answers about it are changed."""

import json
from collections.abc import Callable
from typing import Any

from oracle.parse import Tx, parse_block
from peers.esplora_server import Answer, Server
from peers.made_node import MadeNode

Change = Callable[[Any], object]


class Instead:
    """Stands in the place of an answer."""

    def __init__(self, value: object) -> None:
        self.value = value


def changing(ending: str, change: Change) -> Callable[[Server, str, Answer], Answer]:
    """A fault that changes the JSON of answers to paths that end so."""

    def fault(_: Server, path: str, answer: Answer) -> Answer:
        if not path.endswith(ending):
            return answer
        value = json.loads(answer.body)
        given = change(value)
        return Answer(200, json.dumps(given.value if isinstance(given, Instead) else value).encode())

    return fault


def told(node: MadeNode) -> list[tuple[int, Tx]]:
    """Every transaction of the chain with its height, in order."""
    blocks = [parse_block(block.raw) for block in node.branch.blocks]
    return [(height, tx) for height, block in enumerate(blocks) for tx in block.txs]


def histories(node: MadeNode) -> dict[bytes, list[tuple[int, bytes]]]:
    """Of each script: (height, id) in the chain's order."""
    outs: dict[tuple[bytes, int], bytes] = {}
    found: dict[bytes, list[tuple[int, bytes]]] = {}
    for height, tx in told(node):
        scripts = [outs[one.txid, one.vout] for one in tx.ins if (one.txid, one.vout) in outs]
        for vout, out in enumerate(tx.outs):
            outs[tx.txid, vout] = out.script
            scripts.append(out.script)
        for script in dict.fromkeys(scripts):
            found.setdefault(script, []).append((height, tx.txid))
    return found


def busiest(node: MadeNode) -> bytes:
    found = histories(node)
    return max(found, key=lambda script: (len(found[script]), script))
