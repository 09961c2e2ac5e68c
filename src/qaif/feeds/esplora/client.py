"""An explorer over Esplora's HTTP API. Nothing that it answers is believed where it can be tried.

A page of a history holds whole transactions as JSON; their bytes are made from that and tried by id, so that
a long history takes one request for 25 transactions and not 26.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from qaif.errors import SourceError, SourceShapeError
from qaif.feeds.esplora.answers import Answers
from qaif.feeds.esplora.headers import HEADER_BYTES, ToldHeader, read_header, try_header
from qaif.feeds.esplora.transactions import (
    MOST_TX_BYTES,
    Output,
    Status,
    ToldTx,
    id_and_sizes,
    outputs_of,
    read_status,
    read_tx,
    tried_bytes,
)
from qaif.feeds.explorer import Listed, Place, Stand
from qaif.feeds.networks import NETWORKS, Network
from qaif.feeds.told_json import Fields, hash_in, hex_bytes, misshapen, objects, parsed
from qaif.feeds.wire import Http, Keeps
from qaif.units import hash_hex

DEEP = 100  # blocks on top of one whose proofs count as lasting
_MOST_SHORT = 1 << 12
_MOST_JSON = 128 << 20
_MOST_BLOCKS_JSON = 1 << 20
_MOST_COUNT = 2**40
_MOST_INDEX = 2**32 - 1
_MOST_BRANCH = 32
_MOST_REMEMBERED_BYTES = 64 << 20


class Outspend(NamedTuple):
    """What spends an output: the transaction's id, which of its inputs, and where it is said to be."""

    txid_raw: bytes
    vin: int
    status: Status


class Esplora:
    """What `feeds.explorer.Explorer` asks for, and what this kind of server tells beyond it.

    Args:
        http: reaches the server.
        name: its address.
        keeps: takes every answer.
    """

    def __init__(self, http: Http, name: str, keeps: Keeps | None = None) -> None:
        self._answers = Answers(http, name, keeps)
        self._told: OrderedDict[bytes, ToldTx] = OrderedDict()
        self._told_bytes = 0
        self._counts: dict[bytes, int] = {}
        self._tip = -1
        self._pages_by_path = True

    @cached_property
    def network(self) -> Network:
        """The network whose first block the server has."""
        path = "/block-height/0"
        genesis = hash_hex(hash_in(self._answers.text(path, _MOST_SHORT), self._answers.where(path)))
        for network in NETWORKS.values():
            if network.genesis_hex == genesis:
                return network
        raise misshapen(self._answers.where(path), f"is no first block that Qaif knows: {genesis}")

    def answers_sha256(self) -> tuple[bytes, ...]:
        """SHA-256 of each answer used since the last call of this."""
        return self._answers.digests()

    def stand(self) -> Stand:
        """Where the server is; the header of its tip was tried."""
        path = "/blocks/tip/hash"
        tip_raw = hash_in(self._answers.text(path, _MOST_SHORT), self._answers.where(path))
        path = f"/block/{hash_hex(tip_raw)}"
        where = self._answers.where(path)
        header = read_header(Fields(self._answers.json(path, _MOST_BLOCKS_JSON), where), self.network)
        if header.hash_raw != tip_raw:
            raise misshapen(where, "is another block")
        self._tip = header.height
        return Stand(header.height, tip_raw)

    def count(self, script_raw: bytes) -> int:
        """How many confirmed transactions the server says a script has."""
        path = _script_path(script_raw)
        fields = Fields(self._answers.json(path, _MOST_SHORT), self._answers.where(path))
        self._counts[script_raw] = count = fields.part("chain_stats").integer("tx_count", 0, _MOST_COUNT)
        return count

    def history(self, script_raw: bytes, known: frozenset[bytes]) -> Iterator[Sequence[Listed]]:
        """A script's transactions, newest first; see `Explorer`."""
        return self._pages(script_raw, f"{_script_path(script_raw)}/txs", known)

    def history_after(self, script_raw: bytes, txid_raw: bytes) -> Iterator[Sequence[Listed]]:
        """What stands in a script's history after a confirmed transaction."""
        return self._pages(script_raw, self._next_page(script_raw, txid_raw), frozenset(), counted=False)

    def transactions(self, txids_raw: Sequence[bytes]) -> Iterator[bytes]:
        """Raw transactions, in the order asked; each has its id. See `Explorer`.

        Raises:
            SourceShapeError: bytes of another transaction; or a page told other values than the bytes have.
        """
        for txid_raw in txids_raw:
            told = self._told.get(txid_raw)
            raw = None if told is None else tried_bytes(told)
            yield raw or self._raw(txid_raw, told)

    def transaction(self, txid_raw: bytes) -> tuple[ToldTx, bytes]:
        """One transaction as told, what its inputs spend included, and its bytes, with which it agrees."""
        path = f"/tx/{hash_hex(txid_raw)}"
        told = read_tx(Fields(self._answers.json(path, _MOST_JSON), self._answers.where(path)))
        if told.txid_raw != txid_raw:
            raise misshapen(self._answers.where(path), "is another transaction", txid_raw)
        return told, tried_bytes(told) or self._raw(txid_raw, told)

    def proven_prevouts(self, txid_raw: bytes) -> tuple[Output | None, ...]:
        """What each input of a transaction spends, from the bytes of the transactions that made it.

        Raises:
            SourceShapeError: what was told of it is not what they pay.
        """
        told, _ = self.transaction(txid_raw)
        parents = tuple(dict.fromkeys(one.txid_raw for one in told.inputs if not one.is_coinbase))
        paid = {txid: outputs_of(raw) for txid, raw in zip(parents, self.transactions(parents), strict=True)}
        proven = tuple(
            None if one.is_coinbase else _paid(paid[one.txid_raw], one.vout) for one in told.inputs
        )
        for number, (one, output) in enumerate(zip(told.inputs, proven, strict=True)):
            if (output is None and not one.is_coinbase) or one.prevout not in (None, output):
                where = (
                    f"Input {number} of transaction {hash_hex(txid_raw)}, as {self._answers.name} tells it,"
                )
                raise misshapen(where, "spends another output than its own bytes say", txid_raw)
        return proven

    def outspends(self, txid_raw: bytes) -> tuple[Outspend | None, ...]:
        """What spends each output of a transaction, as told; None where nothing does."""
        path = f"/tx/{hash_hex(txid_raw)}/outspends"
        rows = objects(self._answers.json(path, _MOST_JSON), self._answers.where(path))
        return tuple(_outspend(row) for row in rows)

    def place(self, listed: Listed) -> Place:
        """Where a transaction is in its block, with the branch that the server gives; its caller tries it."""
        path = f"/tx/{hash_hex(listed.txid_raw)}/merkle-proof"
        body = self._answers.kept(path)
        if body is not None:
            return _place(parsed(body, self._answers.where(path)), self._answers.where(path))
        body = self._answers.untried(path, _MOST_SHORT)
        place = _place(parsed(body, self._answers.where(path)), self._answers.where(path))
        self._answers.tried(path, body, lasting=place.height <= self._tip - DEEP)
        return place

    def headers(self, first: int, count: int) -> list[bytes]:
        """Headers from a height on, each the parent of the next; see `Explorer`."""
        if count <= 0:
            return []
        if count == 1:
            one = self._header_at(first)
            return [] if one is None else [one]
        found: dict[int, ToldHeader] = {}
        if self._tip < first + count - 1:
            self.stand()
        last = min(first + count - 1, self._tip)
        while last >= first and last not in found:
            page = self._blocks_from(last)
            found |= {header.height: header for header in page}
            last = page[-1].height - 1
        chain = [found[height] for height in range(first, first + count) if height in found]
        for parent, header in pairwise(chain):
            if header.parent_raw != parent.hash_raw:
                raise misshapen(self._answers.name, f"lists a block at {header.height} that does not follow")
        return [header.raw for header in chain]

    def _pages(
        self, script_raw: bytes, path: str, known: frozenset[bytes], *, counted: bool = True
    ) -> Iterator[Sequence[Listed]]:
        """Pages until an empty one, or until as many were listed as the server counted just before."""
        seen: set[bytes] = set()
        confirmed, above = 0, None
        enough = self._counts.pop(script_raw, None) if counted else None
        while True:
            page = self._page(path)
            listed = [Listed(told.txid_raw, *_whereabouts(told.status)) for told in page]
            above = self._in_order(listed, above, path)
            if seen & {one.txid_raw for one in listed} or len({one.txid_raw for one in listed}) < len(listed):
                raise misshapen(self._answers.where(path), "lists a transaction twice")
            seen |= {one.txid_raw for one in listed}
            confirmed += sum(one.height is not None for one in listed)
            if listed:
                yield listed
            last = listed[-1] if listed else None
            over = last is None or last.height is None or (enough is not None and confirmed >= enough)
            if last is None or over or known.issuperset(one.txid_raw for one in listed):
                return
            path = self._next_page(script_raw, last.txid_raw)

    def _page(self, path: str) -> list[ToldTx]:
        body = self._answers.text_or_none(path, _MOST_JSON)
        if body is None and "/chain/" in path:
            self._pages_by_path = False  # a mempool.space of one's own may know only the other form
            path = path.replace("/chain/", "?after_txid=")
            body = self._answers.text(path, _MOST_JSON)
        where = self._answers.where(path)
        if body is None:
            raise SourceError(f"{where} is that it does not know such a path.", place=self._answers.name)
        page = [read_tx(fields) for fields in objects(parsed(body, where), where)]
        for told in page:
            self._remember(told)
        return page

    def _next_page(self, script_raw: bytes, txid_raw: bytes) -> str:
        between = "/chain/" if self._pages_by_path else "?after_txid="
        return f"{_script_path(script_raw)}/txs{between}{hash_hex(txid_raw)}"

    def _in_order(self, listed: Sequence[Listed], above: int | None, path: str) -> int | None:
        """See to it that what is in no block comes first, then the newest; the last one's height."""
        for one in listed:
            if above is not None and (one.height is None or one.height > above):
                raise misshapen(self._answers.where(path), "is not in the order of blocks", one.txid_raw)
            above = one.height
        return above

    def _remember(self, told: ToldTx) -> None:
        """Keep what was told until its bytes are asked for, within limits."""
        old = self._told.pop(told.txid_raw, None)
        self._told[told.txid_raw] = told
        self._told_bytes += told.size - (old.size if old else 0)
        while self._told_bytes > _MOST_REMEMBERED_BYTES:
            self._told_bytes -= self._told.popitem(last=False)[1].size

    def _raw(self, txid_raw: bytes, told: ToldTx | None) -> bytes:
        """A transaction's bytes from the server, which then refute what was told of it."""
        path = f"/tx/{hash_hex(txid_raw)}/raw"
        kept = self._answers.kept(path)
        raw = kept if kept is not None else self._answers.untried(path, MOST_TX_BYTES)
        found = id_and_sizes(raw)
        if found is None or found[0] != txid_raw:
            raise misshapen(self._answers.where(path), "is not the transaction of that id", txid_raw)
        if told is not None:
            shown = hash_hex(txid_raw)
            raise SourceShapeError(
                f"{self._answers.name} tells otherwise of transaction {shown} than its bytes do.",
                way_out="Nothing of it was taken. Try another server.",
                txid=shown,
                place=self._answers.name,
            )
        if kept is None:
            self._answers.tried(path, raw)
        return raw

    def _header_at(self, height: int) -> bytes | None:
        path = f"/block-height/{height}"
        body = self._answers.text_or_none(path, _MOST_SHORT)
        if body is None:
            return None
        hash_raw = hash_in(body, self._answers.where(path))
        path = f"/block/{hash_hex(hash_raw)}/header"
        kept = self._answers.kept(path)
        body = kept if kept is not None else self._answers.untried(path, _MOST_SHORT)
        raw = hex_bytes(body.decode("ascii", "replace").strip(), self._answers.where(path))[
            : HEADER_BYTES + 1
        ]
        try_header(raw, hash_raw, self.network, self._answers.where(path))
        if kept is None:
            self._answers.tried(path, body)
        return raw

    def _blocks_from(self, height: int) -> list[ToldHeader]:
        """Some blocks from a height downwards, each the child of the next."""
        path = f"/blocks/{height}"
        where = self._answers.where(path)
        rows = objects(self._answers.json(path, _MOST_BLOCKS_JSON), where)
        page = [read_header(fields, self.network) for fields in rows]
        if not page or [one.height for one in page] != [height - i for i in range(len(page))]:
            raise misshapen(where, "is not a list of blocks from that height down")
        return page


def _script_path(script_raw: bytes) -> str:
    return f"/scripthash/{hashlib.sha256(script_raw).hexdigest()}"


def _whereabouts(status: Status) -> tuple[int | None, bytes | None]:
    return status.height, status.block_hash_raw


def _paid(outputs: Sequence[Output], vout: int) -> Output | None:
    return outputs[vout] if vout < len(outputs) else None


def _outspend(fields: Fields) -> Outspend | None:
    if not fields.truth("spent"):
        return None
    status = read_status(fields.part("status"))
    return Outspend(fields.hash("txid"), fields.integer("vin", 0, _MOST_INDEX), status)


def _place(value: object, where: str) -> Place:
    fields = Fields(value, where)
    branch = tuple(hash_in(text.encode(), f"merkle of {where}") for text in fields.texts("merkle"))
    position = fields.integer("pos", 0, _MOST_INDEX)
    if fields.missing("merkle") or len(branch) > _MOST_BRANCH or position >> len(branch):
        raise misshapen(where, "is no branch of a tree that has such a position")
    return Place(fields.integer("block_height", 0, 2**31 - 1), position, branch)
