"""A running node, asked: where it stands, its headers, raw blocks, and what they spend.

REST is used where the node offers it (`-rest`: no password, raw bytes), JSON-RPC where it does not; which of
them answers is found out once. Nothing here is believed for being said: the feed tries it.
"""

import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

from qaif.errors import (
    NetworkMismatchError,
    SourceAccessError,
    SourceError,
    SourcePrunedError,
    SourceShapeError,
)
from qaif.feeds.core.rpc import METHOD_UNKNOWN, Outcome, Rpc, quoted
from qaif.feeds.core.spent import BadSpentError, SpentOutputs, read_binary, read_json
from qaif.feeds.networks import NETWORKS, Network
from qaif.feeds.shape import HEADER_BYTES
from qaif.feeds.wire import Http

AT_ONCE = 8  # Bitcoin Core's documentation warns of more connections to its REST server
HEADERS_AT_ONCE = 2_000
MOST_BLOCK_BYTES = 4_000_000
_SMALL, _MOST_SPENT, _MOST_JSON = 1 << 20, 256 << 20, 512 << 20
_HASH = re.compile(r"[0-9a-f]{64}")
_CHAINS = {
    "main": "mainnet",
    "test": "testnet3",
    "testnet4": "testnet4",
    "signet": "signet",
    "regtest": "regtest",
}
_OK, _NOT_FOUND = 200, 404
_NO_SUCH_HEIGHT = (-8, -1)
_PRUNED = "pruned"

ItemT = TypeVar("ItemT")
FoundT = TypeVar("FoundT")


class NodeState(NamedTuple):
    """Where a node stands, as it says.

    Attributes:
        network: its network, tried by its first block.
        height: of its best chain's tip.
        headers: the height up to which it knows headers.
        downloading: it is still making its first way through the chain.
        first_kept: the lowest height whose block it still has; 0 where it has all.
    """

    network: Network
    height: int
    headers: int
    downloading: bool
    first_kept: int


class CoreNode:
    """One node.

    Args:
        http: the connection to it, with the password if there is one.
        place: the server as messages name it, without a password.
        with_password: whether the connection has one; without it only REST is asked.
    """

    def __init__(self, http: Http, place: str, *, with_password: bool = True) -> None:
        self.place = place
        self._http, self._rpc, self._with_password = http, Rpc(http, place), with_password
        self._rest: bool | None = None
        self._spent_by_rest: bool | None = None
        self._network: Network | None = None

    @property
    def ways(self) -> dict[str, str]:
        """By which way it is asked, as far as that is known."""
        spent = {None: "not asked", True: "REST", False: "RPC"}[self._spent_by_rest]
        return {"blocks": "REST" if self._rest else "RPC", "spent_outputs": spent}

    def state(self) -> NodeState:
        """Ask where it stands.

        Raises:
            NetworkMismatchError: its first block is not that of the network that it says it is of.
            SourceError: it does not answer, or is no node.
        """
        said = self._info()
        try:
            network = NETWORKS[_CHAINS[said["chain"]]]
            height, headers = _count(said["blocks"]), _count(said["headers"])
            first_kept = _count(said.get("pruneheight") or 0) if said.get("pruned") else 0
        except (LookupError, TypeError, ValueError) as error:
            raise self._strange("getblockchaininfo", f"{said!r:.200}") from error
        if self._network is None and (first := self.hash_at(0)) != network.genesis_hex:
            raise NetworkMismatchError(
                f"The node at {self.place} says it is of {network.name}, but its first block is {first}.",
                way_out="Ask a node of one of the networks that Bitcoin Core knows.",
            )
        self._network = network
        return NodeState(network, height, headers, said.get("initialblockdownload") is True, first_kept)

    def _info(self) -> dict[str, Any]:
        if self._rest is None:
            reply = self._http.get("/rest/chaininfo.json", at_most=_SMALL)
            said = _json_of(reply.body) if reply.status == _OK else None
            self._rest = isinstance(said, dict) and "chain" in said
        if self._rest:
            said = _json_of(self._http.get("/rest/chaininfo.json", at_most=_SMALL).body)
        elif self._with_password:
            said = self._rpc.call("getblockchaininfo", at_most=_SMALL)
        else:
            raise SourceAccessError(
                f"The server at {self.place} offers no REST, and no password was given for its RPC.",
                way_out="Start the node with `-rest`; or give its cookie with --cookie FILE, or a user in the"
                " address and the password by QAIF_NODE_PASSWORD or --password-file.",
            )
        if not isinstance(said, dict):
            raise self._strange("getblockchaininfo", f"{said!r:.200}")
        return said

    def hash_at(self, height: int) -> str | None:
        """The hash, as shown, of its best chain's block at a height; None where it has none there."""
        if self._rest:
            reply = self._http.get(f"/rest/blockhashbyheight/{height}.json", at_most=_SMALL)
            if reply.status == _NOT_FOUND:
                return None
            said = _json_of(reply.body)
            found = said.get("blockhash") if isinstance(said, dict) else None
        else:
            outcome = self._rpc.outcomes([("getblockhash", height)], at_most=_SMALL)[0]
            if outcome.error_code in _NO_SUCH_HEIGHT:
                return None
            found = self._result("getblockhash", outcome)
        if not isinstance(found, str) or not _HASH.fullmatch(found):
            raise self._strange("the hash of a block", f"{found!r:.80}")
        return found

    def headers(self, first_height: int, count: int) -> bytes:
        """The headers of its best chain from a height on, at most 2,000, one after another.

        Raises:
            SourceError: it has none there, or they are not of 80 bytes.
        """
        count = min(count, HEADERS_AT_ONCE)
        if self._rest:
            shown = self.hash_at(first_height)
            if shown is None:
                return b""
            path = f"/rest/headers/{shown}.bin?count={count}"
            reply = self._http.get(path, at_most=HEADERS_AT_ONCE * HEADER_BYTES)
            if reply.status != _OK or not reply.body or len(reply.body) % HEADER_BYTES:
                raise self._strange("/rest/headers", f"status {reply.status}, {len(reply.body):,} bytes")
            return reply.body[: count * HEADER_BYTES]
        return self._headers_by_rpc(first_height, count)

    def _headers_by_rpc(self, first_height: int, count: int) -> bytes:
        heights = range(first_height, first_height + count)
        hashes = []
        for outcome in self._rpc.outcomes([("getblockhash", h) for h in heights], at_most=_SMALL):
            if outcome.error_code in _NO_SUCH_HEIGHT:
                break
            hashes.append(self._result("getblockhash", outcome))
        if not hashes:
            return b""
        asked = [("getblockheader", shown, False) for shown in hashes]
        outcomes = self._rpc.outcomes(asked, at_most=_SMALL)
        raw = [self._hex("getblockheader", outcome) for outcome in outcomes]
        for one in raw:
            if len(one) != HEADER_BYTES:
                raise self._strange("getblockheader", f"{len(one):,} bytes")
        return b"".join(raw)

    def blocks(self, shown: Sequence[str]) -> list[bytes]:
        """Raw blocks, in the order asked.

        Raises:
            SourcePrunedError: it has deleted one.
            SourceError: it does not have one.
        """
        return self._each(self._block, shown)

    def spent(self, shown: Sequence[str]) -> list[SpentOutputs | None]:
        """What blocks spend, in the order asked; None where this node cannot tell of any."""
        if not shown:
            return []
        first = self._spent(shown[0])  # finds the way for the others
        return [
            first,
            *(self._each(self._spent, shown[1:]) if first is not None else [None] * (len(shown) - 1)),
        ]

    def _each(self, ask: Callable[[ItemT], FoundT], items: Sequence[ItemT]) -> list[FoundT]:
        if len(items) <= 1:
            return [ask(item) for item in items]
        with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(items))) as pool:
            waiting = [pool.submit(ask, item) for item in items]
            try:
                return [one.result() for one in waiting]
            except BaseException:
                for one in waiting:
                    one.cancel()
                raise

    def _block(self, shown: str) -> bytes:
        if self._rest:
            reply = self._http.get(f"/rest/block/{shown}.bin", at_most=MOST_BLOCK_BYTES)
            if reply.status != _OK:
                raise self._no_block(shown, reply.status, quoted(reply.body))
            return reply.body
        asked = ("getblock", shown, 0)
        outcome = self._rpc.outcomes([asked], at_most=2 * MOST_BLOCK_BYTES + _SMALL)[0]
        if outcome.error_code is not None:
            raise self._no_block(shown, outcome.error_code, quoted(outcome.error_message))
        return self._hex("getblock", outcome)

    def _spent(self, shown: str) -> SpentOutputs | None:
        try:
            if self._rest and self._spent_by_rest is not False:
                reply = self._http.get(f"/rest/spenttxouts/{shown}.bin", at_most=_MOST_SPENT)
                if reply.status == _OK:
                    self._spent_by_rest = True
                    return read_binary(reply.body)
                if _PRUNED in quoted(reply.body).lower() or self._spent_by_rest:
                    raise self._no_block(shown, reply.status, quoted(reply.body))
            self._spent_by_rest = False
            return self._spent_by_rpc(shown)
        except BadSpentError as error:
            raise SourceShapeError(
                f"What the node at {self.place} says that block {shown} spends is not so: {error}.",
                way_out="Ask another node.",
                block=shown,
            ) from error

    def _spent_by_rpc(self, shown: str) -> SpentOutputs | None:
        if not self._with_password:
            return None
        outcome = self._rpc.outcomes([("getblock", shown, 3)], at_most=_MOST_JSON)[0]
        if outcome.error_code is not None and _PRUNED in outcome.error_message.lower():
            raise self._no_block(shown, outcome.error_code, quoted(outcome.error_message))
        said = outcome.result
        if outcome.error_code is not None or not _tells_prevouts(said):
            return None
        return read_json(said)

    def _no_block(self, shown: str, code: int, why: str) -> SourceError:
        if _PRUNED in why.lower():
            return SourcePrunedError(
                f"The node at {self.place} has deleted block {shown}: it is pruned.",
                way_out="Begin at a block that it still has with --from-height (`qaif index` says which), or"
                " ask a node that has all blocks.",
                block=shown,
            )
        return SourceError(
            f"The node at {self.place} does not give block {shown}: {why} ({code}).",
            way_out="Run the command again: the block may have left the chain meanwhile.",
            block=shown,
        )

    def _result(self, method: str, outcome: Outcome) -> Any:
        if outcome.error_code is None:
            return outcome.result
        if outcome.error_code == METHOD_UNKNOWN:
            raise self._strange(method, outcome.error_message)
        raise self._rpc.refused(method, outcome)

    def _hex(self, method: str, outcome: Outcome) -> bytes:
        said = self._result(method, outcome)
        try:
            return bytes.fromhex(said)
        except (TypeError, ValueError) as error:
            raise self._strange(method, f"{said!r:.60}") from error

    def _strange(self, what: str, said: str) -> SourceShapeError:
        return SourceShapeError(
            f"The node at {self.place} answers as no node does when asked for {what}: {quoted(said)}.",
            way_out="Check that the address is that of a Bitcoin Core node.",
        )


def _json_of(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < 1 << 31:
        raise ValueError(f"{value!r:.40} is no height")
    return value


def _tells_prevouts(said: Any) -> bool:
    """Whether a block's JSON has the prevouts of verbosity 3, by its first input that has one."""
    try:
        inputs = [one for tx in said["tx"] for one in tx["vin"] if "coinbase" not in one]
        return not inputs or "prevout" in inputs[0]
    except (LookupError, TypeError):
        return False
