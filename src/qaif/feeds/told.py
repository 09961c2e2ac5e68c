"""What sources told of single scripts and transactions, as records: the content of a case's log.

A batch is what one source told at one time: its name, when, SHA-256 of the answers that it came in (where
the source's client keeps them), then records. A record is a kind (one byte), a length (u32) and its fields,
little-endian; hashes are in wire order. Records are only made of what was tried: a transaction's id was
computed from its bytes, a header has the work that it states, a branch gives its header's Merkle root.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from qaif.errors import SourceShapeError
from qaif.feeds.explorer import Listed
from qaif.units import UNKNOWN

_HEAD = struct.Struct("<QH")
_RECORD = struct.Struct("<BI")
_PLACE = struct.Struct("<32si32siBh")
_ENTRY = struct.Struct("<32siB32s")
_END = struct.Struct("<i32sBqI")
_NO_HASH = bytes(32)


class State(IntEnum):
    """How a listing of a script's history ended."""

    COMPLETE = 0  # the source says that this is all
    CUT = 1  # stopped at a limit
    EDGE = 2  # too long to be listed: it stays at the edge of the case
    SHORT = 3  # the source lists fewer than it counts


class ToldNetwork(NamedTuple):
    """The network that everything in the log is of."""

    name: str


class ToldTx(NamedTuple):
    """A transaction's bytes, and its id computed from them."""

    txid_raw: bytes
    raw: bytes


class ToldHeader(NamedTuple):
    """The header at a height."""

    height: int
    raw: bytes


class ToldPlace(NamedTuple):
    """Where a transaction is said to be; `proven`: by a branch to the Merkle root of that block's header."""

    txid_raw: bytes
    height: int
    block_hash_raw: bytes
    position: int | None
    proven: bool
    branch_raw: tuple[bytes, ...] | None


class ToldPage(NamedTuple):
    """Some of a script's history."""

    script_raw: bytes
    listed: tuple[Listed, ...]


class ToldEnd(NamedTuple):
    """The end of a listing.

    Attributes:
        script_raw: whose.
        tip_height, tip_hash_raw: the source's tip at that time.
        state: how it ended.
        counted: how many the source counted, -1 where it does not count.
        why: in words, where it is not complete.
        gone: ids that it listed before and lists no more.
    """

    script_raw: bytes
    tip_height: int
    tip_hash_raw: bytes
    state: State
    counted: int
    why: str
    gone: tuple[bytes, ...]


Told = ToldNetwork | ToldTx | ToldHeader | ToldPlace | ToldPage | ToldEnd
_KINDS: tuple[type[Told], ...] = (ToldNetwork, ToldTx, ToldHeader, ToldPlace, ToldPage, ToldEnd)


@dataclass(frozen=True)
class Telling:
    """One batch: what a source told at a time (seconds since 1970), and the digests of its answers."""

    source: str
    time_unix: int
    told: tuple[Told, ...]
    answers_sha256: tuple[bytes, ...] = ()


def encoded(telling: Telling) -> bytes:
    """A batch as bytes.

    Raises:
        SourceShapeError: a number or a script in it is greater than any chain has.
    """
    try:
        return _encoded(telling)
    except struct.error as error:
        raise SourceShapeError(
            f"{telling.source} tells of a height, count or script that is greater than any chain has.",
            way_out="Nothing of it was kept. Ask another source.",
        ) from error


def _encoded(telling: Telling) -> bytes:
    parts = [_HEAD.pack(telling.time_unix, len(telling.answers_sha256)), *telling.answers_sha256]
    parts.append(_sized(telling.source.encode()))
    for one in telling.told:
        body = _body(one)
        parts += [_RECORD.pack(_KINDS.index(type(one)), len(body)), body]
    return b"".join(parts)


def decoded(data: bytes | memoryview) -> Telling:
    """A batch from its bytes.

    Raises:
        SourceShapeError: they are none; the log's checksums hold, so another program wrote them.
    """
    raw = bytes(data)
    try:
        time_unix, answers = _HEAD.unpack_from(raw)
        at = _HEAD.size
        digests = tuple(raw[at + 32 * i : at + 32 * i + 32] for i in range(answers))
        source, at = _take(raw, at + 32 * answers)
        return Telling(source.decode(), time_unix, tuple(_records(raw, at)), digests)
    except (struct.error, ValueError, IndexError) as error:
        raise SourceShapeError(
            "A batch of the log of gathered transactions cannot be read.",
            way_out="Use the version of Qaif that wrote it, or gather again into a new workspace.",
        ) from error


def _records(raw: bytes, at: int) -> Iterator[Told]:
    while at < len(raw):
        kind, length = _RECORD.unpack_from(raw, at)
        at += _RECORD.size
        if at + length > len(raw):
            raise ValueError("a record is cut off")
        yield _READERS[kind](raw[at : at + length])
        at += length


def _sized(data: bytes) -> bytes:
    return struct.pack("<H", len(data)) + data


def _take(raw: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from("<H", raw, at)
    if at + 2 + length > len(raw):
        raise ValueError("a text is cut off")
    return raw[at + 2 : at + 2 + length], at + 2 + length


def _body(one: Told) -> bytes:
    match one:
        case ToldNetwork(name):
            return name.encode()
        case ToldTx(txid_raw, raw):
            return txid_raw + raw
        case ToldHeader(height, raw):
            return struct.pack("<i", height) + raw
        case ToldPlace():
            branch = one.branch_raw
            fields = (one.txid_raw, one.height, one.block_hash_raw, _or_unknown(one.position), one.proven)
            return _PLACE.pack(*fields, UNKNOWN if branch is None else len(branch)) + b"".join(branch or ())
        case ToldPage(script_raw, listed):
            return _sized(script_raw) + b"".join(map(_entry, listed))
        case ToldEnd():
            fixed = _END.pack(one.tip_height, one.tip_hash_raw, one.state, one.counted, len(one.gone))
            return _sized(one.script_raw) + fixed + b"".join(one.gone) + one.why.encode()


def _entry(one: Listed) -> bytes:
    block = one.block_hash_raw
    return _ENTRY.pack(one.txid_raw, _or_unknown(one.height), block is not None, block or _NO_HASH)


def _or_unknown(number: int | None) -> int:
    return UNKNOWN if number is None else number


def _read_tx(body: bytes) -> ToldTx:
    return ToldTx(body[:32], body[32:])


def _read_header(body: bytes) -> ToldHeader:
    return ToldHeader(struct.unpack_from("<i", body)[0], body[4:])


def _read_place(body: bytes) -> ToldPlace:
    txid, height, block, position, proven, count = _PLACE.unpack_from(body)
    at = _PLACE.size
    branch = tuple(body[at + 32 * i : at + 32 * i + 32] for i in range(count))
    where = None if position == UNKNOWN else position
    return ToldPlace(txid, height, block, where, bool(proven), None if count == UNKNOWN else branch)


def _read_page(body: bytes) -> ToldPage:
    script, at = _take(body, 0)
    return ToldPage(script, tuple(_listed(row) for row in _ENTRY.iter_unpack(body[at:])))


def _listed(row: Sequence[object]) -> Listed:
    txid, height, has_block, block = row
    if not (isinstance(txid, bytes) and isinstance(height, int) and isinstance(block, bytes)):
        raise TypeError("an entry of a page")  # pragma: no cover  # struct gives just these
    return Listed(txid, None if height == UNKNOWN else height, block if has_block else None)


def _read_end(body: bytes) -> ToldEnd:
    script, at = _take(body, 0)
    height, tip, state, count, gone = _END.unpack_from(body, at)
    at += _END.size
    ids = tuple(body[at + 32 * i : at + 32 * i + 32] for i in range(gone))
    return ToldEnd(script, height, tip, State(state), count, body[at + 32 * gone :].decode(), ids)


_READERS = (
    lambda body: ToldNetwork(body.decode()),
    _read_tx,
    _read_header,
    _read_place,
    _read_page,
    _read_end,
)
