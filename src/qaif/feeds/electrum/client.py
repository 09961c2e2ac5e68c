"""An explorer over an Electrum server. Nothing that it answers is believed where it can be tried.

A history is one answer, of ids and heights alone. Bytes are asked for several at once and tried by id. A
branch is asked for together with the header that it must lead to.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property

from qaif.errors import SourceError
from qaif.feeds.electrum.answers import HISTORY, Answers, Call, was_refused
from qaif.feeds.electrum.headers import (
    MOST_HEIGHT,
    breaks,
    header_bytes,
    read_page,
    root_in,
    tried_hashes,
)
from qaif.feeds.electrum.transactions import Paid, leads_to, paid_in, read_place, spent_in, tx_bytes
from qaif.feeds.explorer import Listed, Place, Stand
from qaif.feeds.networks import NETWORKS, Network
from qaif.feeds.told_json import Fields, misshapen, objects
from qaif.feeds.wire import Greeted, Keeps
from qaif.units import hash_hex

DEEP = 100  # blocks on top of one whose proofs count as lasting
_AT_ONCE = 16  # transactions; they can have 4 MB each
_PAGE = 2016  # headers, where the server does not say that it sends fewer
_MOST_ROOTS = 1 << 16
_TIP: Call = ("blockchain.headers.subscribe", ())


class Electrum:
    """What `feeds.explorer.Explorer` asks for.

    Args:
        calls: reach the server; each connection begins with `answers.GREETING`.
        name: its place.
        keeps: takes every answer.
    """

    def __init__(self, calls: Greeted, name: str, keeps: Keeps | None = None) -> None:
        self._answers = Answers(calls, name, keeps)
        self._roots: dict[int, bytes] = {}  # Merkle roots of headers that were tried
        self._tip, self._page_size = -1, _PAGE

    @cached_property
    def network(self) -> Network:
        """The network whose first block the server has."""
        return self._begins[0]

    def answers_sha256(self) -> tuple[bytes, ...]:
        """SHA-256 of each answer used since the last call of this, as `Answers.tried` writes it."""
        return self._answers.digests()

    def stand(self) -> Stand:
        """Where the server is; the header of its tip was tried."""
        where = self._answers.where(_TIP)
        fields = Fields(self._answers.ask(_TIP), where)
        height = fields.integer("height", 0, MOST_HEIGHT)
        raw = header_bytes(fields.data("hex").hex(), where)
        (hash_raw,) = tried_hashes([raw], self.network, where)
        self._tip = height
        self._roots.clear()
        return Stand(height, hash_raw)

    def count(self, script_raw: bytes) -> None:
        """None: only listing a script's transactions would tell how many it has."""

    def history(self, script_raw: bytes, known: frozenset[bytes]) -> Iterator[Sequence[Listed]]:  # noqa: ARG002  it is whole in any case
        """A script's transactions in one page: what is in no block, then the newest. See `Explorer`."""
        call: Call = (HISTORY, (script_hash(script_raw),))
        listed = self._listed(objects(self._answers.ask(call), self._answers.where(call)))
        if listed:
            yield listed

    def transactions(self, txids_raw: Sequence[bytes]) -> Iterator[bytes]:
        """Raw transactions, in the order asked; each has its id. See `Explorer`.

        Raises:
            SourceShapeError: bytes of another transaction.
        """
        for first in range(0, len(txids_raw), _AT_ONCE):
            yield from self._lot(txids_raw[first : first + _AT_ONCE])

    def proven_prevouts(self, txid_raw: bytes) -> tuple[Paid | None, ...]:
        """What each input of a transaction spends, from the bytes of the transactions that made it.

        Raises:
            SourceShapeError: one of those has no such output.
        """
        (raw,) = self.transactions([txid_raw])
        spent = spent_in(raw)
        parents = tuple(dict.fromkeys(one[0] for one in spent if one is not None))
        paid = {txid: paid_in(raw) for txid, raw in zip(parents, self.transactions(parents), strict=True)}
        for number, one in enumerate(spent):
            if one is not None and one[1] >= len(paid[one[0]]):
                where = f"Input {number} of transaction {hash_hex(txid_raw)} from {self._answers.name}"
                raise misshapen(where, "spends an output that there is not", txid_raw)
        return tuple(None if one is None else paid[one[0]][one[1]] for one in spent)

    def place(self, listed: Listed) -> Place:
        """Where a transaction is in its block; its branch leads to the root in the header of that height.

        A reorganisation may come between the two, so both are asked for anew before the server is refused.

        Raises:
            SourceShapeError: it does not.
        """
        shown, height = hash_hex(listed.txid_raw), listed.height
        if height is None:
            raise SourceError(f"Transaction {shown} is said to be in no block yet: it has no place.")
        call: Call = ("blockchain.transaction.get_merkle", (shown, height))
        for kept in (self._answers.kept(call), None):
            value = self._with_root(call, height, kept)
            place = read_place(value, height, self._answers.where(call))
            if leads_to(self._roots[height], listed.txid_raw, place):
                if kept is None:
                    self._answers.tried(call, value, lasting=height <= self._tip - DEEP)
                return place
            del self._roots[height]
        raise misshapen(
            self._answers.where(call),
            "is a branch that does not lead to the header of that height",
            listed.txid_raw,
        )

    def headers(self, first: int, count: int) -> list[bytes]:
        """Headers from a height on, each with its work and the parent of the next; see `Explorer`.

        Pages that do not fit together are asked for once more, as a reorganisation may have come between.
        """
        where = f"{self._answers.name}'s list of headers from {first:,} on"
        for is_last in (False, True):
            raws, seams = self._header_pages(first, count)
            hashes = tried_hashes(raws, self.network, where)
            wrong = set(breaks(raws, hashes))
            if wrong and (is_last or not wrong <= seams):
                raise misshapen(where, f"has a block at {first + min(wrong):,} that does not follow")
            if not wrong:
                break
        if raws and (first == 0) != (hash_hex(hashes[0]) == self.network.genesis_hex):
            raise misshapen(where, f"is not of {self.network.name}")
        return raws

    @cached_property
    def _begins(self) -> tuple[Network, bytes]:
        """The network, and the id of its first transaction: its block has no other, so it is the root."""
        call: Call = ("blockchain.block.header", (0,))
        where = self._answers.where(call)
        raw = header_bytes(self._answers.ask(call), where)
        genesis = hash_hex(hashlib.sha256(hashlib.sha256(raw).digest()).digest())
        for network in NETWORKS.values():
            if network.genesis_hex == genesis:
                return network, root_in(raw)
        raise misshapen(where, f"is no first block that Qaif knows: {genesis}")

    def _listed(self, rows: Iterator[Fields]) -> list[Listed]:
        """A history, newest first. What is in a block and waits as well was put into it just now."""
        chain, waiting, above = dict[bytes, int](), dict[bytes, None](), 0
        for row in rows:
            txid, height = row.hash("tx_hash"), row.integer("height", -1, MOST_HEIGHT)
            waits = height < 0 or (height == 0 and txid != self._begins[1])
            if txid in (waiting if waits else chain):
                raise misshapen(row.where, "is a transaction listed twice", txid)
            if waits:
                waiting[txid] = None
                continue
            if waiting or height < above:
                raise misshapen(row.where, "is not in the order of blocks", txid)
            chain[txid] = above = height
        newest = [Listed(txid, height) for txid, height in reversed(chain.items())]
        return [Listed(txid, None) for txid in waiting if txid not in chain] + newest

    def _lot(self, txids_raw: Sequence[bytes]) -> Iterator[bytes]:
        """A few transactions at once; if one is refused, one by one, so that those before it are given."""
        calls: list[Call] = [("blockchain.transaction.get", (hash_hex(txid),)) for txid in txids_raw]
        kept = [self._answers.kept(call) for call in calls]
        fresh = self._or_refused([call for call, one in zip(calls, kept, strict=True) if not one])
        if fresh is None:
            for txid_raw in txids_raw:
                yield from self._lot([txid_raw])
            return
        for txid_raw, call, one in zip(txids_raw, calls, kept, strict=True):
            value = one or next(fresh)
            raw = tx_bytes(value, txid_raw, self._answers.where(call))
            if not one:
                self._answers.tried(call, value, lasting=True)
            yield raw

    def _or_refused(self, calls: Sequence[Call]) -> Iterator[object] | None:
        """Answers to several calls; None where the server refuses one of many, and does not say which."""
        try:
            return iter(self._answers.untried(calls))
        except SourceError as error:
            if not was_refused(error) or len(calls) == 1:
                raise
            return None

    def _with_root(self, call: Call, height: int, kept: object) -> object:
        """The answer to a call, unless it is kept; the root of a block is asked for too if it is not held."""
        header: Call = ("blockchain.block.header", (height,))
        wanted = [call] * (kept is None) + [header] * (height not in self._roots)
        given = dict(zip(wanted, self._answers.untried(wanted), strict=True))
        if header in given:
            where = self._answers.where(header)
            raw = header_bytes(given[header], where)
            tried_hashes([raw], self.network, where)
            self._answers.tried(header, given[header], lasting=False)
            if len(self._roots) >= _MOST_ROOTS:
                self._roots.clear()
            self._roots[height] = root_in(raw)
        return given[call] if kept is None else kept

    def _header_pages(self, first: int, count: int) -> tuple[list[bytes], set[int]]:
        """Headers until there are no more, and where a page began."""
        raws, seams = list[bytes](), set[int]()
        while len(raws) < count:
            page = self._page(first + len(raws), min(count - len(raws), self._page_size))
            if not page:
                break
            seams.add(len(raws))
            raws += page
        return raws, seams

    def _page(self, first: int, count: int) -> list[bytes]:
        """Some headers; none above the tip, where some servers answer with an error."""
        call: Call = ("blockchain.block.headers", (first, count))
        try:
            value = self._answers.ask(call)
        except SourceError as error:
            if not was_refused(error) or self.stand().height >= first:
                raise
            return []
        page, most = read_page(Fields(value, self._answers.where(call)), count)
        self._page_size = min(_PAGE, most)
        return page


def script_hash(script_raw: bytes) -> str:
    """A script as the server's index names it: its SHA-256, shown as ids are."""
    return hash_hex(hashlib.sha256(script_raw).digest())
