"""JSON-RPC as Bitcoin Core speaks it over HTTP: one call or a batch, and what its refusals mean.

Numbers with a point become `Decimal`, so that an amount in bitcoin is exact. The password is none of this
module's business: the connection that it is handed sends it.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from qaif.errors import SourceAccessError, SourceError, SourceShapeError
from qaif.feeds.wire import Http, Reply

Call = tuple[Any, ...]  # a method's name and its parameters

WARMING_UP = -28
METHOD_UNKNOWN = -32601
_OK, _UNAUTHORISED, _FORBIDDEN, _BUSY = 200, 401, 403, 503
_LONGEST_QUOTE = 120
_NOT_A_NODE = "Check the address and the port: mainnet's is 8332, testnet4's 48332, signet's 38332."


class Outcome(NamedTuple):
    """What came of one call: a result, or the number and text of an error."""

    result: Any
    error_code: int | None = None
    error_message: str = ""


class Rpc:
    """Calls to one node.

    Args:
        http: the connection.
        place: the server as messages name it, without a password.
    """

    def __init__(self, http: Http, place: str) -> None:
        self._http, self._place = http, place

    def call(self, method: str, *params: object, at_most: int) -> Any:
        """One call's result.

        Raises:
            SourceError: the node refuses it, or does not answer as a node does.
        """
        outcome = self.outcomes([(method, *params)], at_most=at_most)[0]
        if outcome.error_code is not None:
            raise self.refused(method, outcome)
        return outcome.result

    def outcomes(self, calls: Sequence[Call], *, at_most: int) -> list[Outcome]:
        """What comes of several calls in one request, in their order.

        Raises:
            SourceAccessError: the password is wrong, or the node does not serve this machine.
            SourceError: the node is starting, or does not answer as a node does.
        """
        asked = [
            {"jsonrpc": "1.0", "id": number, "method": method, "params": params}
            for number, (method, *params) in enumerate(calls)
        ]
        body = json.dumps(asked if len(asked) > 1 else asked[0]).encode()
        reply = self._http.post("/", body, at_most=at_most)
        if reply.status in (_UNAUTHORISED, _FORBIDDEN):
            raise self._no_access(reply.status)
        outcomes = self._read(reply, len(asked))
        for outcome in outcomes:
            if outcome.error_code == WARMING_UP:
                raise SourceError(
                    f"The node at {self._place} is still starting: {quoted(outcome.error_message)}.",
                    way_out="Run the command again in a moment.",
                )
        return outcomes

    def refused(self, method: str, outcome: Outcome) -> SourceError:
        """The error for a call that the node refused."""
        return SourceError(
            f"The node at {self._place} refuses `{method}`: {quoted(outcome.error_message)}"
            f" ({outcome.error_code}).",
            way_out="See to the node's version and settings (rpcwhitelist).",
        )

    def _no_access(self, status: int) -> SourceAccessError:
        if status == _UNAUTHORISED:
            return SourceAccessError(
                f"The node at {self._place} does not accept the user and password.",
                way_out="Give the node's cookie with --cookie FILE (`.cookie` in its data directory, new at"
                " each start), or a user in the address and the password by QAIF_NODE_PASSWORD or"
                " --password-file.",
            )
        return SourceAccessError(
            f"The node at {self._place} does not serve this machine.",
            way_out="Allow it with `rpcallowip` in the node's bitcoin.conf.",
        )

    def _read(self, reply: Reply, count: int) -> list[Outcome]:
        try:
            said = json.loads(reply.body, parse_float=Decimal, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise self._no_node(reply) from error
        answers = said if isinstance(said, list) else [said]
        by_id = {one["id"]: one for one in answers if isinstance(one, dict) and type(one.get("id")) is int}
        if sorted(by_id) != list(range(count)) or len(answers) != count:
            raise self._no_node(reply)
        return [self._outcome(by_id[number], reply) for number in range(count)]

    def _outcome(self, answer: dict[str, Any], reply: Reply) -> Outcome:
        error = answer.get("error")
        if error is None:
            return Outcome(answer.get("result"))
        if not isinstance(error, dict) or type(error.get("code")) is not int:
            raise self._no_node(reply)
        return Outcome(None, error["code"], str(error.get("message", "")))

    def _no_node(self, reply: Reply) -> SourceError:
        if reply.status == _BUSY:
            return SourceError(
                f"The node at {self._place} has more to do than it takes on.",
                way_out="Run the command again later, or raise the node's `rpcworkqueue`.",
            )
        return SourceShapeError(
            f"What answers at {self._place} is not a Bitcoin node's RPC server: status {reply.status},"
            f" {quoted(reply.body)}.",
            way_out=_NOT_A_NODE,
        )


def quoted(text: str | bytes) -> str:
    """The beginning of what a server said, in one line that a terminal can bear."""
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    line = "".join(one if one.isprintable() else " " for one in shown[:_LONGEST_QUOTE])
    return " ".join(line.split()) + ("..." if len(shown) > _LONGEST_QUOTE else "") or "nothing"


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
