"""What can be wrong with an explorer: it breaks, it refuses, it lies. Each is a change of one answer."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from oracle.blockmaker import make_tx
from oracle.parse import sha256d
from peers.esplora_server import Answer, Server

Wrong = Callable[[Server, str, Answer, Random], Answer | None]


def _head(length: int | str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode()


def _cut(_: Server, __: str, answer: Answer, rng: Random) -> Answer:
    return answer._replace(
        said=[_head(len(answer.body) + 9), answer.body[: rng.randrange(len(answer.body) + 1)]]
    )


def _hung_up(_: Server, __: str, ___: Answer, ____: Random) -> None:
    return None


def _silent(_: Server, __: str, answer: Answer, rng: Random) -> Answer:
    return answer._replace(said=[_head(len(answer.body)), answer.body[: rng.randrange(20)], 0.5])


def _dripping(_: Server, __: str, answer: Answer, ___: Random) -> Answer:
    def drops() -> Iterator[bytes | float]:
        yield _head(1_000_000)
        for _ in range(40):
            yield b" "
            yield 0.05

    return answer._replace(said=drops())


def _garbage(_: Server, __: str, answer: Answer, rng: Random) -> Answer:
    return answer._replace(said=[rng.randbytes(300)])


def _other_body(_: Server, __: str, ___: Answer, rng: Random) -> Answer:
    bodies = (
        b"",
        b"<html><title>Sign in</title></html>",
        b"null",
        b"[]",
        b"{}",
        b"[" * 50_000,
        b"0",
        b"[{}]",
    )
    return Answer(200, rng.choice((*bodies, rng.randbytes(80))))


def _changed_body(_: Server, __: str, answer: Answer, rng: Random) -> Answer:
    """One character another one."""
    if not answer.body:
        return answer
    at = rng.randrange(len(answer.body))
    return Answer(
        answer.status, answer.body[:at] + rng.choice(b"0123456789abcdef").to_bytes() + answer.body[at + 1 :]
    )


def _huge(_: Server, __: str, answer: Answer, rng: Random) -> Answer:
    def flood() -> Iterator[bytes | float]:
        yield b"HTTP/1.1 200 OK\r\n\r\n" if rng.random() < 0.5 else _head(10**12)
        for _ in range(400):
            yield b"[" * (1 << 20)

    return answer._replace(said=flood())


def _status(status: int, body: bytes = b"", *head: tuple[str, str]) -> Wrong:
    return lambda *_: Answer(status, body, head)


def _sent_on(_: Server, path: str, __: Answer, ___: Random) -> Answer:
    return Answer(302, b"", (("Location", f"http://127.0.0.1:9{path}"),))


def _in_json(change: Callable[[Any, Random], object]) -> Wrong:
    """A lie in the JSON of an answer; answers that have no such field stay as they are."""

    def wrong(_: Server, __: str, answer: Answer, rng: Random) -> Answer:
        try:
            value = json.loads(answer.body)
            change(value, rng)
        except (ValueError, LookupError, TypeError, AttributeError):
            return answer
        return Answer(answer.status, json.dumps(value).encode())

    return wrong


def _one(page: Any, rng: Random) -> Any:
    return page[rng.randrange(len(page))] if isinstance(page, list) else page


def _amount(page: Any, rng: Random) -> None:
    tx = _one(page, rng)
    out = rng.choice(tx["vout"])
    less = min(out["value"], rng.randrange(1, 1000))
    out["value"] -= less
    if tx["vin"][0]["prevout"] and rng.random() < 0.7:
        tx["fee"] += less


def _prevout_amount(page: Any, rng: Random) -> None:
    tx = _one(page, rng)
    tx["vin"][0]["prevout"]["value"] += 1
    tx["fee"] += rng.randrange(2)


def _script(page: Any, rng: Random) -> None:
    rng.choice(_one(page, rng)["vout"])["scriptpubkey"] = "0014" + rng.randbytes(20).hex()


def _height(page: Any, rng: Random) -> None:
    value = _one(page, rng)
    where = value.get("status", value)
    name = next(name for name in ("block_height", "height") if name in where)
    where[name] += rng.choice((-1, 1, -5, 1000))


def _block_hash(page: Any, rng: Random) -> None:
    where = _one(page, rng)["status"]
    where["block_hash"] = (bytes.fromhex(where["block_hash"])[:-1] + rng.randbytes(1)).hex()


def _order(page: Any, rng: Random) -> None:
    rng.shuffle(page)


def _twice(page: Any, rng: Random) -> None:
    page.append(_one(page, rng))


def _left_out(page: Any, rng: Random) -> None:
    del page[rng.randrange(len(page))]


def _id(page: Any, rng: Random) -> None:
    value = _one(page, rng)
    value["txid" if "txid" in value else "id"] = rng.randbytes(32).hex()


def _count(value: Any, rng: Random) -> None:
    value["chain_stats"]["tx_count"] += rng.choice((-1, 1, 30))


def _position(value: Any, rng: Random) -> None:
    value["pos"] ^= rng.choice((1, 2))


def _branch(value: Any, rng: Random) -> None:
    value["merkle"][rng.randrange(len(value["merkle"]))] = rng.randbytes(32).hex()


def _other_proof(server: Server, path: str, answer: Answer, rng: Random) -> Answer:
    if not path.endswith("/merkle-proof"):
        return answer
    known = rng.choice([one for one in server.index.txs.values() if one.height is not None])
    return Answer(200, json.dumps(server.shapes.proof(known)).encode())


def _other_raw(server: Server, path: str, answer: Answer, rng: Random) -> Answer:
    if not path.endswith("/raw"):
        return answer
    known = rng.choice(list(server.index.txs.values()))
    made = make_tx([(rng.randbytes(32), 1)], [(5, b"\x51")]).raw
    return Answer(200, rng.choice((known.raw, made, answer.body + b"\0", answer.body[:-1])))


def _tip(server: Server, path: str, answer: Answer, rng: Random) -> Answer:
    """Another block for the tip: an older one, one that is none, or one of no work."""
    if path != "/blocks/tip/hash":
        return answer
    none = sha256d(rng.randbytes(80))[::-1].hex()
    return Answer(200, rng.choice((*server.index.hashes[-6:-1], none)).encode())


def _other_header(server: Server, path: str, answer: Answer, rng: Random) -> Answer:
    if not path.endswith("/header"):
        return answer
    return Answer(200, rng.choice(server.index.blocks).header.hex().encode())


FAULTS: dict[str, Wrong] = {
    "cut": _cut,
    "hung up": _hung_up,
    "silent": _silent,
    "dripping": _dripping,
    "garbage": _garbage,
    "another body": _other_body,
    "a changed character": _changed_body,
    "huge": _huge,
    "429, soon": _status(429, b"slow down", ("Retry-After", "0")),
    "429, late": _status(429, b"slow down", ("Retry-After", "3600")),
    "413": _status(413, b"Too many history entries"),
    "400, too many": _status(400, b"Too many history entries"),
    "404": _status(404, b"not found"),
    "500": _status(500, b"oops"),
    "503": _status(503, b"busy"),
    "sent on": _sent_on,
    "wrong amount": _in_json(_amount),
    "wrong prevout": _in_json(_prevout_amount),
    "wrong script": _in_json(_script),
    "wrong height": _in_json(_height),
    "wrong block": _in_json(_block_hash),
    "wrong order": _in_json(_order),
    "twice": _in_json(_twice),
    "left out": _in_json(_left_out),
    "wrong id": _in_json(_id),
    "wrong count": _in_json(_count),
    "wrong position": _in_json(_position),
    "wrong branch": _in_json(_branch),
    "another's proof": _other_proof,
    "wrong bytes": _other_raw,
    "wrong tip": _tip,
    "wrong header": _other_header,
}
