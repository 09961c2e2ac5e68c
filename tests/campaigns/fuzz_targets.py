"""What is fuzzed: for each target a function from bytes to what came of them.

A target may raise errors of `errors.py` and nothing else; what it can check of its own answer it asserts.
What it returns is small and says which way the bytes took: the mutating engine keeps inputs that took a new
one, which sees into the compiled kernels too, where Atheris counts no branches.
"""

import os
import string
import tempfile
from collections.abc import Callable, Hashable, Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np

from oracle import parse as slow
from oracle import script as slow_script
from oracle import undo as slow_undo
from qaif.chain import manifest as manifests
from qaif.chain.addresses import address_of, kin_of, parse_address
from qaif.chain.decode import decode
from qaif.chain.files import StoreFiles
from qaif.errors import AddressError, BlockFileError, PrivateKeyError, QaifError, StoreError
from qaif.evidence.extraction.extract import extract
from qaif.evidence.finder import find
from qaif.evidence.passages import html_passages, plain_passages
from qaif.feeds.blockfile_scan import header_holds
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.feeds.networks import NETWORKS, Network
from qaif.feeds.revfiles import coins_of
from qaif.feeds.shape import HeaderTable, RawBlocks
from qaif.kernels import parse
from qaif.kernels.merkle import merkle_root
from qaif.kernels.script import TYPE_NAMES, classify_scripts
from qaif.kernels.serialise import serialise_txs
from qaif.kernels.spender import LONGEST_SCRIPT, spent_scripts
from qaif.kernels.undo import SpentCoins, parse_undo

Target = Callable[[bytes], Hashable]

MAINNET, REGTEST = NETWORKS["mainnet"], NETWORKS["regtest"]
_KEYS = (bytes(8), bytes.fromhex("2584ecb45e74af9d"), bytes.fromhex("11fabfb5da223344"))
_TWIN_EVERY = 64  # one input in so many is given to the slow twin too
_FOLDER: list[Path] = []


def _scratch() -> Path:
    """A folder in memory for targets that read files; made once a process."""
    if not _FOLDER:
        place = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112  memory, not a secret
        _FOLDER.append(Path(tempfile.mkdtemp(prefix="qaif-fuzz-", dir=place)))
    return _FOLDER[0]


def _rarely(data: bytes) -> bool:
    return sha256(data).digest()[0] % _TWIN_EVERY == 0


def tx(data: bytes) -> Hashable:
    """One loose transaction: parsed as Core would, or refused; written again it is the same bytes."""
    array = np.frombuffer(data, dtype=np.uint8)
    parsed, status, offset = parse.parse_txs(array, np.array([0, len(data)], dtype=np.int64))
    if _rarely(data):
        _same_as_twin(data, good=parsed is not None)
    if parsed is None:
        assert status in parse.STATUS_TEXT
        assert 0 <= offset <= len(data)
        return status, offset.bit_length()
    back, _ = serialise_txs(array, parsed)
    assert back.tobytes() == data
    ins, outs = len(parsed.in_sequence), len(parsed.out_value_sat)
    return (
        0,
        min(ins, 9),
        min(outs, 9),
        int(parsed.tx_has_witness[0]),
        tuple(set(parsed.out_type[:4].tolist())),
    )


def _same_as_twin(data: bytes, *, good: bool) -> None:
    try:
        slow.parse_tx(data)
    except slow.BadDataError:
        assert not good
    else:
        assert good


def block(data: bytes) -> Hashable:
    """One block through `decode`; an odd last byte asks that the header first commit to the transactions."""
    if data and data[-1] & 1:
        data = _committed(data)
    raw = RawBlocks(np.frombuffer(data, dtype=np.uint8), np.array([0, len(data)], dtype=np.int64))
    header = np.frombuffer(data[:80].ljust(80, b"\0"), dtype=np.uint8).reshape(1, 80)
    hashed = np.frombuffer(sha256(sha256(data[:80]).digest()).digest(), dtype=np.uint8).reshape(1, 32)
    one = np.array([-1], dtype=np.int32)
    table = HeaderTable(header, hashed, one, one, np.array([len(data)], dtype=np.int64))
    try:
        parsed = decode(raw, table, np.zeros(1, dtype=np.int64))
    except QaifError as error:
        at = error.details.get("offset")
        return error.message.split(":")[1][:40], at.bit_length() if isinstance(at, int) else None
    back, _ = serialise_txs(raw.data, parsed)
    assert data.endswith(back.tobytes())
    return "good", min(len(parsed.tx_start), 9), min(len(parsed.in_sequence), 9)


def _committed(data: bytes) -> bytes:
    parsed, _, _ = parse.parse_blocks(
        np.frombuffer(data, dtype=np.uint8), np.array([0, len(data)], dtype=np.int64)
    )
    if parsed is None or not len(parsed.tx_start):
        return data
    return data[:36] + merkle_root(parsed.tx_txid_raw).tobytes() + data[68:]


def script(data: bytes) -> Hashable:
    """A script: its kind, its address and back, its kin; and as what an input shows."""
    array = np.frombuffer(data, dtype=np.uint8)
    zero, size = np.zeros(1, dtype=np.int64), np.array([len(data)], dtype=np.int64)
    kind, at, within = classify_scripts(array, zero, size)
    assert 0 <= at[0] <= at[0] + within[0] <= len(data)
    if _rarely(data):
        name, payload = slow_script.script_type(data)
        assert (name, payload) == (TYPE_NAMES[kind[0]], data[at[0] : at[0] + within[0]])
    written = address_of(data, REGTEST)
    if written is not None:
        assert parse_address(written, REGTEST).script_raw == data
    kin = kin_of(data, None, REGTEST) if _rarely(data) else ()
    half, whole = len(data) // 2, len(data)
    parts = ([0, 0, 0], [whole, half, 0], [0, half, 0], [0, whole - half, whole])  # script, both, witness
    basis, _, length = spent_scripts(array, *(np.array(part, dtype=np.int64) for part in parts))
    assert (length <= LONGEST_SCRIPT).all()
    return int(kind[0]), written is None, len(kin), tuple(basis.tolist())


def address(data: bytes) -> Hashable:
    """A text as an address of two networks: refused with a reason, or the one way to write its script."""
    text = data.decode("utf-8", "replace")
    return tuple(_address(text, network) for network in (MAINNET, REGTEST))


def _address(text: str, network: Network) -> str:
    try:
        parsed = parse_address(text, network)
    except PrivateKeyError:
        return "private-key"
    except AddressError as error:
        return str(error.details["reason"])
    assert address_of(parsed.script_raw, network) == parsed.address
    given = text.strip(string.whitespace)
    assert parsed.address in {given, given.lower()}
    return parsed.script_type


def blockfile(data: bytes) -> Hashable:
    """A block file, its key and network chosen by the first byte; and the same file, grown while read.

    Every block that is told is there: its header has the work, its bytes can be read again.
    """
    choice, content = (data[0], data[1:]) if data else (0, b"")
    path = _scratch() / "blk00000.dat"
    (path.parent / "xor.dat").write_bytes(_KEYS[choice % 3])
    network = REGTEST if choice & 4 else None
    path.write_bytes(content)
    try:
        feed = BlockFileFeed.open([path], network)
        read = feed.read(np.arange(len(feed.headers().size), dtype=np.int64))
    except BlockFileError as error:
        if str(path.parent) not in error.message:
            raise AssertionError("an error that names no file") from error
        return error.code, error.message.split(" ", 1)[1][:20]
    assert len(read.data) == int(feed.headers().size.sum())
    for header in feed.headers().header[:8]:
        header_holds(header.tobytes(), feed.network)
    damage = feed.describe()["damage"]
    assert isinstance(damage, dict)
    _grown_alike(path, content, feed)
    return feed.network.name, min(len(feed.headers().size), 9), tuple(sorted(damage)), choice % 3


def _grown_alike(path: Path, content: bytes, whole: BlockFileFeed) -> None:
    """A file that was first seen at half its length gives the same blocks as one seen at once."""
    if not _rarely(content):
        return
    path.write_bytes(content[: len(content) // 2])
    try:
        first = BlockFileFeed.open([path], whole.network)
    except BlockFileError:
        return
    path.write_bytes(content)
    second = BlockFileFeed.open([path], whole.network, known=first.scan_state)
    seen = {row.tobytes() for row in second.headers().hash_raw}
    assert seen >= {row.tobytes() for row in whole.headers().hash_raw}


def undo(data: bytes) -> Hashable:
    """The undo data of a block, as Core writes it: read as the slow twin reads it, or refused by both."""
    coins, status, offset = parse_undo(np.frombuffer(data, dtype=np.uint8))
    assert 0 <= offset <= len(data)
    scripts = coins_of(coins) if coins is not None else None
    if _rarely(data):
        _same_coins(data, None if coins is None or scripts is None else coins, scripts or [])
    if coins is None:
        return status, offset.bit_length()
    assert (coins.value >= 0).all()
    return 0, len(coins.tx_coins), min(len(coins.value), 9), scripts is None


def _same_coins(data: bytes, coins: SpentCoins | None, scripts: list[bytes]) -> None:
    try:
        expected = [coin for tx in slow_undo.read_undo(data) for coin in tx]
    except slow_undo.BadUndoError:
        assert coins is None
        return
    assert coins is not None
    assert coins.value.tolist() == [coin.value for coin in expected]
    assert scripts == [coin.script for coin in expected]


def manifest(data: bytes) -> Hashable:
    """A manifest: as it is, and with the seal that belongs to it, so that its content is reached."""
    files = StoreFiles(_scratch())
    body = data.split(b"\n", 1)[0]
    ways: list[Hashable] = []
    for content in (data, body + b"\n" + sha256(body).hexdigest().encode() + b"\n"):
        (files.folder / "MANIFEST").write_bytes(content)
        try:
            read = manifests.load(files)
        except StoreError as error:
            ways.append((error.code, error.message.rsplit(":", 1)[-1][:40]))
            continue
        assert read is not None
        assert all(isinstance(name, str) for name in read.files())
        ways.append((len(read.segments), read.rows("block") > 0, read.feed is None))
    return tuple(ways)


def document(data: bytes) -> Hashable:
    """A document, plain and as HTML: no place that is told lies outside of it."""
    text = data.decode("utf-8", "replace")
    ways = []
    for passages in (plain_passages(text), html_passages(text)):
        found = find(text, passages, MAINNET)
        places = [(each.start, each.end) for each in found.mentions]
        places += [(each.start, each.end) for each in found.near_misses]
        for start, end in [*places, *((each.start, each.end) for each in found.redactions)]:
            assert 0 <= start < end <= len(text)
        kinds = {miss.kind for miss in found.near_misses}
        ways.append((len(found.mentions), tuple(sorted(kinds)), len(found.redactions), len(found.links)))
    return tuple(ways)


def extraction(data: bytes) -> Hashable:
    """A text, plain and as HTML: every proposal's place lies in it, and none touches a private key."""
    text = data.decode("utf-8", "replace")
    ways = []
    for passages in (plain_passages(text), html_passages(text)):
        made = extract(text, list(passages), MAINNET)
        keys = [(key.start, key.end) for key in made.findings.redactions]
        for one in made.indicators:
            assert 0 <= one.start < one.end <= len(text)
            assert not any(lo < one.end and one.start < hi for lo, hi in keys)
        for end in (end for one in made.relations for end in (one.subject, one.object, one.cue)):
            assert 0 <= end.start < end.end <= len(text)
        kinds = tuple(sorted({one.kind for one in made.indicators}))
        ways.append((kinds, tuple(sorted({one.role for one in made.relations})), min(len(made.sources), 3)))
    return tuple(ways)


TARGETS: Mapping[str, Target] = {
    "block": block,
    "tx": tx,
    "script": script,
    "address": address,
    "blockfile": blockfile,
    "undo": undo,
    "manifest": manifest,
    "document": document,
    "extraction": extraction,
}
