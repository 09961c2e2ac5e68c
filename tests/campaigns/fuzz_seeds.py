"""The kept corpus: small inputs made by the tests' own makers, and what fuzzing found.

`python tests/campaigns/fuzz.py --seeds` writes it anew; files whose name begins with `found-` are kept.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from oracle import made
from oracle.addresses import address
from oracle.blockfile import frame, obfuscated
from oracle.blockmaker import Branch, seeded
from oracle.made import GENESIS_KEY
from oracle.undo import Coin, undo_data
from support.indexing import put

CORPUS = Path(__file__).with_name("corpus")
_KEYS = (b"", bytes.fromhex("2584ecb45e74af9d"), bytes.fromhex("11fabfb5da223344"))
_WORDS = "Send to {} (or {}) before Friday, hxxp://donate[.]example/?a={}"


def seeds() -> Iterator[tuple[str, bytes]]:
    """Target and bytes of every seed."""
    rng = seeded(1)
    blocks = Branch(seeded(2)).grow(5).blocks
    for block in blocks[:4]:
        yield "block", block.raw
        yield "tx", block.txs[-1].raw
    for _ in range(12):
        yield "tx", made.tx(rng, witness=rng.random() < 0.5).serialise()
        yield "script", made.script(rng)
    scripts = [made.script(rng) for _ in range(200)]
    yield from (("script", made.tx(rng, witness=True).ins[0].script) for _ in range(6))
    written = [text for text in map(address, scripts) if text]
    yield from (("address", text.encode()) for text in written[:10])
    regtest = [text for text in (address(each, "regtest") for each in scripts[:60]) if text]
    yield from (("address", text.encode()) for text in regtest[:6])
    yield from (("document", text) for text in _documents(written))
    yield from (("extraction", text) for text in _texts())
    for choice, key in enumerate(_KEYS):
        data = b"".join(frame(block) for block in blocks[:3])
        stored = (obfuscated(data, key) if key else data) + bytes(40)
        yield "blockfile", bytes([choice]) + stored
        yield "blockfile", bytes([choice + 4]) + stored[: len(data) - 9]
    for count in (0, 1, 3, 9):
        coins = [[_coin(rng) for _ in range(rng.randint(1, 3))] for _ in range(count)]
        yield "undo", undo_data(coins)
    yield from (("manifest", content) for content in _manifests())


def _coin(rng: Random) -> Coin:
    key = b"\x41\x04" + GENESIS_KEY[1:] + b"\xac"
    value = rng.choice((0, 1, 50 * 10**8, rng.randrange(10**12)))
    return Coin(rng.choice((0, 7, 800_000)), rng.random() < 0.3, value, rng.choice((key, made.script(rng))))


def _texts() -> Iterator[bytes]:
    """Pieces of the documents that extraction is measured on, each with several things in it."""
    folder = Path(__file__).resolve().parents[1] / "evidence" / "extraction" / "documents"
    for name in ("chat-ar", "chat-ru", "news-en", "news-fa", "notice-tr", "order-he"):
        lines = (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        yield "\n".join(lines[2:5]).encode()


def _documents(written: list[str]) -> Iterator[bytes]:
    yield _WORDS.format(written[0], written[1], written[2]).encode()
    yield f"<p>عنوان <b>{written[3][:9]}</b>{written[3][9:]}&#8203;</p><!-- {written[4]} -->".encode()
    yield f"<a href='bitcoin:{written[5]}'>{written[5][:6]}…{written[5][-5:]}</a>".encode()
    yield ("\u200b".join(written[6]) + "\n" + written[7].replace("1", "l")).encode()


def _manifests() -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        blocks = Branch(seeded(3)).grow(4).blocks
        for count in (1, 4):
            put(Path(folder) / "chain", blocks[:count], round_bytes=300)
            content = (Path(folder) / "chain" / "MANIFEST").read_bytes()
            body = json.loads(content.split(b"\n")[0])
            body["manifest"]["feed"] = {"kind": "block files", "paths": ["blk00000.dat"]}
            yield json.dumps(body, separators=(",", ":")).encode()
    yield b"{}"


def write_seeds(corpus: Path = CORPUS) -> int:
    """Write every seed, and how many bytes the corpus now has."""
    for target, data in seeds():
        folder = corpus / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"seed-{hashlib.sha256(data).hexdigest()[:12]}").write_bytes(data)
    return sum(path.stat().st_size for path in corpus.rglob("*") if path.is_file())


def kept(target: str, corpus: Path = CORPUS) -> list[bytes]:
    """The inputs that are kept for a target, in the order of their names."""
    return [path.read_bytes() for path in sorted((corpus / target).iterdir())]
