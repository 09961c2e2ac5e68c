"""Whatever JSON a server sends: an error of ours, or what its own bytes bear out. Never another exception."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oracle.parse import sha256d
from peers.esplora_server import Server
from peers.made_node import MadeNode
from qaif.errors import SourceError
from qaif.feeds.esplora.client import Esplora
from qaif.feeds.esplora.transactions import id_and_sizes
from qaif.feeds.explorer import Listed
from qaif.feeds.wire import Reply

SERVER = Server(MadeNode(9, 14, 5))
SERVER.index.refresh()
TXIDS = sorted(SERVER.index.txs)
SCRIPTS = sorted({out.script for known in SERVER.index.txs.values() for out in known.tx.outs})

numbers = st.integers() | st.floats() | st.integers(-(2**31), 2**33) | st.just(10**30)
texts = st.text(max_size=9) | st.sampled_from(
    ["", "00", "0", "zz", "00" * 32, "ff" * 33, "51", "\u0660\u0661"]
)
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


class Told:
    """A server in memory, one of whose answers is changed in one place."""

    def __init__(self, at: int, steps: list[int], value: object, *, drop: bool) -> None:
        self._at, self._steps, self._value, self._drop = at, steps, value, drop

    def get(self, path: str, *, at_most: int) -> Reply:
        assert at_most > 0
        answer, self._at = SERVER.answer(path), self._at - 1
        if self._at:
            return Reply(answer.status, {}, answer.body)
        try:
            value = json.loads(answer.body)
        except ValueError:
            return Reply(answer.status, {}, json.dumps(self._value).encode())
        return Reply(answer.status, {}, json.dumps(self._changed(value, iter(self._steps))).encode())

    def post(self, path: str, body: bytes, *, at_most: int) -> Reply:
        raise AssertionError((path, body, at_most))

    def _changed(self, value: Any, steps: Iterator[int]) -> Any:
        step = next(steps, None)
        if step is None or not isinstance(value, dict | list) or not value:
            return self._value
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = keys[step % len(keys)]
        if self._drop and isinstance(value[key], str | int | bool | None):
            del value[key]
        else:
            value[key] = self._changed(value[key], steps)
        return value


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(1, 6),
    st.lists(st.integers(0, 40), max_size=6),
    anything,
    st.booleans(),
    st.integers(0, 10_000),
)
def test_any_json_is_an_error_or_true(
    at: int,
    steps: list[int],
    value: object,
    drop: bool,  # noqa: FBT001  a drawn value
    pick: int,
) -> None:
    script, txid = SCRIPTS[pick % len(SCRIPTS)], TXIDS[pick % len(TXIDS)]
    asking: list[Any] = [
        lambda client: [one for page in client.history(script, frozenset()) for one in page],
        lambda client: client.stand(),
        lambda client: client.headers(2, 9),
        lambda client: client.headers(3, 1),
        lambda client: client.count(script),
        lambda client: client.place(Listed(txid, 1)),
        lambda client: client.transaction(txid),
        lambda client: client.outspends(txid),
    ]
    client = Esplora(Told(at, steps, value, drop=drop), "http://told.test/api")
    said = "right"
    try:
        asking[pick % len(asking)](client)
        raws = list(client.transactions([txid]))
        assert [found[0] for raw in raws if (found := id_and_sizes(raw))] == [txid]
    except SourceError as error:
        said = error.way_out
    assert said


def test_the_untouched_answers_are_taken() -> None:
    client = Esplora(Told(10**9, [], None, drop=False), "http://told.test/api")
    assert client.headers(2, 9) == [block.header for block in SERVER.index.blocks[2:11]]
    for raw, txid in zip(client.transactions(TXIDS), TXIDS, strict=True):
        assert sha256d(SERVER.index.txs[txid].tx.serialise(witness=False)) == txid
        assert raw == SERVER.index.txs[txid].raw
