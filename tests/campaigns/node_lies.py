"""What can be wrong with a node's answer: how it is spoilt, and the lies that it can tell.

Each takes the dice, the server, what was asked and the right body, and gives what is sent in its place.
"""

import json
import random
import re
from collections.abc import Callable

from oracle.blockmaker import double
from peers.core_shapes import Asked, Shapes, Wire

FIRST = 104  # the height at which a chain begins that begins in the middle

Spoil = Callable[[random.Random, Shapes, Asked, bytes], bytes | Wire]


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
