"""A node's answers spoilt in every way: a clear error, nothing wrong stored, and the next run makes it good.

Usage: PYTHONPATH=tests python tests/campaigns/node_faults.py FOLDER [--seed 1] [--cases 150]

A real bcoin node answers in Bitcoin Core's shapes. In each case one kind of request is spoilt, from a random
one of them on: cut off, slow, garbage, empty, too long, a bit turned over, a status of trouble, or a lie (the
bytes of another block, headers out of order or without work, a wrong hash for a height, another network,
other amounts or counts of what is spent). Then either an error of ours is raised, which names the server and
not the password, or the store is right all the same. After an error it holds what it held before, or more of
the same chain; with the fault gone the same command makes it right. Prints a JSON object with what was met.
"""

import argparse
import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from oracle.blockmaker import double, seeded
from peers.bcoin import Bcoin, bcoin
from peers.core_shapes import Asked, Shapes, Wire, core_shapes
from peers.wallet import Wallet
from qaif.chain.check import check
from qaif.chain.nodes import NodeBlocks, NodeSource, index_node
from qaif.chain.open import Chain
from qaif.errors import BlockDataError, NetworkMismatchError, NotFoundError, QaifError, SourceError
from qaif.feeds.core.headers import Span
from qaif.feeds.core.node import CoreNode
from qaif.workspace.network.door import Door
from qaif.workspace.network.manner import Manner
from support.coredir import script_of
from support.indexing import digests

PATIENT = Manner(requests_a_second=10_000, tries=6, first_pause=0.05, total_seconds=60)
HASTY = Manner(requests_a_second=10_000, tries=2, first_pause=0.01, read_seconds=0.5, total_seconds=1.5)
HELD, FIRST = 60, 104
ALLOWED = (SourceError, BlockDataError, NetworkMismatchError)

Spoil = Callable[[random.Random, Shapes, Asked, bytes], bytes | Wire]


@dataclass(frozen=True)
class Setting:
    """How the node is asked.

    Attributes:
        rest, spent: what it offers.
        middle: begin in the middle, so that what is spent must be told.
    """

    rest: bool
    spent: bool
    middle: bool

    @property
    def kinds(self) -> tuple[str, ...]:
        """The requests that are made."""
        if self.rest:
            told = ("rest spenttxouts",) if self.spent else ("rpc getblock",)
            kinds = ("rest chaininfo", "rest blockhashbyheight", "rest headers", "rest block")
            return kinds + (told if self.middle else ())
        return ("rpc getblockchaininfo", "rpc getblockhash", "rpc getblockheader", "rpc getblock")


SETTINGS = tuple(
    Setting(rest, spent, middle)
    for rest, spent, middle in (
        (True, True, False),
        (False, False, False),
        (True, True, True),
        (True, False, True),
        (False, False, True),
    )
)


def whole(body: bytes, length: int | None = None, status: str = "200 OK") -> bytes:
    """An answer's bytes, with the length that it claims."""
    claimed = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {claimed}\r\n\r\n".encode() + body


def cut(rng: random.Random, _: Shapes, __: Asked, body: bytes) -> Wire:
    return Wire([whole(body[: rng.randrange(len(body) or 1)], len(body) + 1)])


def slow(_: random.Random, __: Shapes, ___: Asked, body: bytes) -> Wire:
    return Wire([whole(b"", len(body) + 40), *[piece for _ in range(40) for piece in (b" ", 0.3)]])


def silent(_: random.Random, __: Shapes, ___: Asked, ____: bytes) -> Wire:
    return Wire([1.0])


def garbage(rng: random.Random, _: Shapes, __: Asked, body: bytes) -> bytes:
    return rng.randbytes(rng.choice((1, 80, len(body), 160)))


def empty(_: random.Random, __: Shapes, ___: Asked, ____: bytes) -> bytes:
    return b""


def page(_: random.Random, __: Shapes, ___: Asked, ____: bytes) -> bytes:
    return b"<!DOCTYPE html><title>It works!</title>"


def huge(_: random.Random, __: Shapes, ___: Asked, body: bytes) -> bytes:
    return body + bytes(10_000_000)


def deep(_: random.Random, __: Shapes, ___: Asked, ____: bytes) -> bytes:
    return b"[" * 100_000


def bit(rng: random.Random, _: Shapes, __: Asked, body: bytes) -> bytes:
    spoilt = bytearray(body)
    spoilt[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


def trouble(rng: random.Random, _: Shapes, __: Asked, ___: bytes) -> Wire:
    status = rng.choice(
        ("500 Internal Server Error", "503 Service Unavailable", "403 Forbidden", "302 Found")
    )
    return Wire([whole(b"Work queue depth exceeded", status=status)])


def other_block(rng: random.Random, shapes: Shapes, _: Asked, body: bytes) -> bytes:
    other = shapes.block(rng.choice(shapes.node.hashes()[:FIRST]))
    return other if not body.startswith(b"{") else _in_json(body, "result", other.hex())


def other_transactions(rng: random.Random, shapes: Shapes, _: Asked, body: bytes) -> bytes:
    """The right header before the transactions of another block."""
    other = shapes.block(rng.choice(shapes.node.hashes()[:FIRST]))
    own = bytes.fromhex(json.loads(body)["result"]) if body.startswith(b"{") else body
    mixed = own[:80] + other[80:]
    return mixed if not body.startswith(b"{") else _in_json(body, "result", mixed.hex())


def headers_out_of_order(rng: random.Random, _: Shapes, __: Asked, body: bytes) -> bytes:
    if body.startswith(b"["):
        answers = json.loads(body)
        results = [one["result"] for one in answers]
        rng.shuffle(results)
        return json.dumps([one | {"result": two} for one, two in zip(answers, results, strict=True)]).encode()
    rows = [body[at : at + 80] for at in range(0, len(body), 80)]
    rng.shuffle(rows)
    return b"".join(rows)


def header_without_work(_: random.Random, __: Shapes, ___: Asked, body: bytes) -> bytes:
    """The last header with a nonce that does no work: it builds on the others all the same."""
    raw = bytes.fromhex(json.loads(body)[-1]["result"]) if body.startswith(b"[") else body[-80:]
    for nonce in range(10_000):
        forged = raw[:76] + nonce.to_bytes(4, "little")
        if double(forged)[31] >= 0x80:
            break
    if not body.startswith(b"["):
        return body[:-80] + forged
    answers = json.loads(body)
    answers[-1]["result"] = forged.hex()
    return json.dumps(answers).encode()


def wrong_hash(rng: random.Random, shapes: Shapes, _: Asked, body: bytes) -> bytes:
    return re.sub(rb"[0-9a-f]{64}", lambda _: rng.choice(shapes.node.hashes()).encode(), body)


def other_network(rng: random.Random, _: Shapes, __: Asked, body: bytes) -> bytes:
    return body.replace(b'"regtest"', rng.choice((b'"main"', b'"signet"', b'"liquid"', b"7")))


def impossible_heights(rng: random.Random, _: Shapes, __: Asked, body: bytes) -> bytes:
    wrong = rng.choice((b"-5", b"1e3", b'"12"', b"null", b"99999999999999999999", b"5000000"))
    return re.sub(rb'"blocks": \d+', b'"blocks": ' + wrong, body)


def more_spent(_: random.Random, __: Shapes, ___: Asked, body: bytes) -> bytes:
    """Amounts of nothing: each transaction then pays more than it spends."""
    if b'"prevout"' in body:
        return re.sub(rb'("prevout": \{[^}]*?"value": )[0-9.]+', rb"\g<1>0.00000001", body)
    return amounts(body, lambda _: 1)


def less_exact(rng: random.Random, _: Shapes, __: Asked, body: bytes) -> bytes:
    """Amounts that are no whole satoshi, or none at all."""
    if b'"prevout"' not in body:
        return amounts(body, lambda _: rng.choice((-1, 2**62)))
    wrong = rng.choice((b"0.000000001", b"-1", b"21000001", b"1e400", b'"1"', b"NaN", b"null", b"1e-400"))
    return re.sub(rb'("prevout": \{[^}]*?"value": )[0-9.]+', rb"\g<1>" + wrong, body)


def one_more(_: random.Random, __: Shapes, ___: Asked, body: bytes) -> bytes:
    """More inputs than the block has."""
    if b'"prevout"' in body:
        return re.sub(
            rb'(\{"txid": "[0-9a-f]+", "vout": \d+, "prevout": .*?\}\}\})', rb"\1, \1", body, count=1
        )
    return body + b"\0" if len(body) < 3 else bytes([body[0] + 1]) + body[1:] + b"\0"


def amounts(body: bytes, new: Callable[[int], int]) -> bytes:
    """Every amount of a short `spenttxouts` (counts under 253) as another."""
    out, at = bytearray(body[:1]), 1
    for _ in range(body[0]):
        inputs = body[at]
        out.append(inputs)
        at += 1
        for _ in range(inputs):
            value = new(int.from_bytes(body[at : at + 8], "little"))
            wide = body[at + 8] == 0xFD
            size = 3 + int.from_bytes(body[at + 9 : at + 11], "little") if wide else 1 + body[at + 8]
            out += value.to_bytes(8, "little", signed=True) + body[at + 8 : at + 8 + size]
            at += 8 + size
    return bytes(out)


def _in_json(body: bytes, name: str, value: str) -> bytes:
    return json.dumps(json.loads(body) | {name: value}).encode()


ANY: dict[str, Spoil] = {
    one.__name__: one for one in (cut, slow, silent, garbage, empty, page, huge, deep, bit, trouble)
}
LIES: dict[str, tuple[Spoil, ...]] = {
    "block": (other_block, other_transactions),
    "headers": (headers_out_of_order, header_without_work),
    "getblockheader": (headers_out_of_order, header_without_work),
    "blockhashbyheight": (wrong_hash,),
    "getblockhash": (wrong_hash,),
    "chaininfo": (other_network, impossible_heights),
    "getblockchaininfo": (other_network, impossible_heights),
    "spenttxouts": (more_spent, less_exact, one_more),
}


def lies_about(kind: str, setting: Setting) -> tuple[Spoil, ...]:
    """The lies that a kind of request can tell."""
    if kind == "rpc getblock":
        raw = () if setting.rest else (other_block, other_transactions)
        return raw if not setting.middle else (more_spent, less_exact, one_more)
    return LIES[kind.split()[1]]


class Ground:
    """The node, and what is right, for each setting."""

    def __init__(self, shapes: Shapes, folder: Path) -> None:
        self.shapes, self.folder = shapes, folder
        self.right: dict[Setting, dict[str, str]] = {}
        for setting in SETTINGS:
            self.bring_up(folder / "right", setting, PATIENT)
            self.right[setting] = digests(folder / "right")
            shutil.rmtree(folder / "right")

    def bring_up(self, target: Path, setting: Setting, manner: Manner, last: int | None = None) -> None:
        shapes = self.shapes
        shapes.rest, shapes.spent = setting.rest, setting.spent
        span = Span(FIRST if setting.middle else None, last)
        with Door({shapes.url: manner}) as door:
            basic = (shapes.node.user, shapes.node.password)
            node = CoreNode(door.http(shapes.url, purpose="blocks", basic=basic), shapes.url)
            index_node(target, node, NodeBlocks(NodeSource(shapes.url), span))


@dataclass
class Spoiling:
    """From a random request of one kind on, all are spoilt.

    Attributes:
        told: of `getblock`, only those of what is spent, or only the others.
        spoilt: how many were.
    """

    rng: random.Random
    shapes: Shapes
    kind: str
    spoil: Spoil
    told: bool
    clean: int
    spoilt: int = 0

    def __call__(self, asked: Asked, body: bytes) -> bytes | Wire:
        if asked.what != self.kind or len(body) <= 4:  # too short to be spoilt in every way
            return body
        if self.kind == "rpc getblock" and self.told != asked.line.endswith("3]"):
            return body
        if self.clean:
            self.clean -= 1
            return body
        self.spoilt += 1
        return self.spoil(self.rng, self.shapes, asked, body)


def case(ground: Ground, seed: int, met: Counter[str]) -> None:
    """One fault, and what came of it."""
    rng = seeded(seed)
    setting = rng.choice(SETTINGS)
    kind = rng.choice(setting.kinds)
    told = (setting.middle and kind == "rpc getblock" and rng.random() < 0.9) or setting.rest
    lies = lies_about(kind, setting) if kind != "rpc getblock" or told == setting.middle else ()
    spoil = rng.choice(lies) if lies and rng.random() < 0.5 else rng.choice(list(ANY.values()))
    target = ground.folder / f"case{seed}"
    held = rng.random() < 0.5
    if held:
        ground.bring_up(target, setting, PATIENT, FIRST + 3 if setting.middle else HELD)
    before = hashes(target)
    clean = rng.choice((0, 0, 1, 3)) if "block" in kind and "hash" not in kind and "header" not in kind else 0
    spoiling = Spoiling(rng, ground.shapes, kind, spoil, told, clean)
    ground.shapes.fault = spoiling
    label = f"{kind}: {spoil.__name__}"
    try:
        ground.bring_up(target, setting, HASTY)
    except QaifError as error:
        refuse_unclear(ground.shapes, error, label)
        met[f"error {error.code}"] += 1
        after = hashes(target)
        assert after[: len(before)] == before, f"seed {seed}, {label}: blocks were lost"
        assert not after or check(target).good, f"seed {seed}, {label}: the store is damaged"
    else:
        met["harmless" if spoiling.spoilt else "never asked for"] += 1
        complete(ground, target, setting, f"seed {seed}, {label}: taken in, and wrong")
    ground.shapes.fault = None
    ground.bring_up(target, setting, PATIENT)
    complete(ground, target, setting, f"seed {seed}, {label}: not made good")
    met[label] += 1
    shutil.rmtree(target)


def complete(ground: Ground, target: Path, setting: Setting, why: str) -> None:
    """The store must be right; a node that showed less of its chain than it has left less."""
    if len(hashes(target)) == ground.shapes.node.height() + 1 - (FIRST if setting.middle else 0):
        assert digests(target) == ground.right[setting], why
    else:
        assert why.endswith("taken in, and wrong"), why
        shown = ground.shapes.node.hashes(FIRST if setting.middle else 0)
        assert hashes(target) == shown[: len(hashes(target))], why


def hashes(target: Path) -> list[str]:
    """The stored blocks, as shown."""
    try:
        with Chain.open(target) as chain:
            return [row.tobytes()[::-1].hex() for row in chain.block.hash_raw[0 : chain.n_blocks]]
    except NotFoundError:
        return []


def refuse_unclear(shapes: Shapes, error: QaifError, label: str) -> None:
    """An error of the right kind that names the server and not the password."""
    text = f"{error} {error.as_dict()} {error.__cause__!r}"
    assert isinstance(error, ALLOWED), f"{label}: {error!r}"
    assert f"127.0.0.1:{shapes.port}" in error.message, f"{label}: {error.message}"
    assert error.way_out, f"{label}: {error.message}"
    assert shapes.node.password not in text, label
    assert len(error.message) < 600, label


@contextmanager
def ground_of(folder: Path) -> Iterator[Ground]:
    """A node with a chain that has spends in its upper part."""
    with bcoin() as node, core_shapes(node) as shapes:
        _fill(node)
        yield Ground(shapes, folder)


def _fill(node: Bcoin) -> None:
    kinds = ("p2pkh", "p2wsh", "p2sh")
    wallets = [Wallet(node, kind, seed=9) for kind in kinds]
    for wallet in wallets:
        wallet.take(node.raw(node.mine(1, wallet.script)[0]))
    node.mine(100)
    for _ in range(8):
        for wallet in wallets:
            wallet.send([(40_000, script_of("p2pkh", 3)), (50_000, wallet.script)])
        node.mine()


def main(folder: Path, seed: int, cases: int) -> dict[str, int]:
    """Run so many cases; what was met."""
    met: Counter[str] = Counter()
    with ground_of(folder) as ground:
        for number in range(seed, seed + cases):
            case(ground, number, met)
            met["cases"] += 1
    return dict(sorted(met.items()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=150)
    given = parser.parse_args()
    print(json.dumps(main(given.folder, given.seed, given.cases), indent=1))
