"""A trace as a graph for other programs and for pictures: transactions and ends, and the coins between."""

from dataclasses import dataclass
from typing import Any, Literal

from qaif.analysis.flows.stops import Stop
from qaif.analysis.flows.web import FEE, OTHERS
from qaif.questions.answer import as_json, plain
from qaif.questions.shown import TxRef, script_shown, tx_ref
from qaif.questions.trace import Traced
from qaif.questions.trace_parts import outpoint, word
from qaif.units import UNKNOWN


@dataclass(frozen=True)
class Node:
    """A transaction, what the trace began with, an end, the miners, or what others put in.

    Attributes:
        id: its name in the graph.
        kind: which of these.
        hop: transactions from the subjects; of an end, of the coin that is nearest.
        tx: of a transaction.
        address: of an end or a beginning, where it has one.
        script_hex: of the same.
        reason: why it ended here.
    """

    id: str
    kind: Literal["transaction", "begin", "end", "miners", "others"]
    hop: int
    tx: TxRef | None = None
    address: str | None = None
    script_hex: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Edge:
    """A coin on its way, in the direction of the trace.

    Attributes:
        from_: the node that it leaves.
        to: the node that it reaches.
        outpoint: which coin, as txid:vout; None for a fee.
        value_sat: what it holds in all.
        marked_sat: what of it is the money that was traced, by each method.
    """

    from_: str
    to: str
    outpoint: str | None
    value_sat: int
    marked_sat: dict[str, int]


@dataclass(frozen=True)
class Graph:
    """A trace's graph; the edges in the order of transactions."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph_of(traced: Traced) -> Graph:
    """Every coin of a trace as an edge."""
    web, maker, taker = traced.web, traced.web.maker.tolist(), traced.web.taker.tolist()
    nodes: dict[str, Node] = {}
    txs = [_transaction(traced, row) for row in range(len(web.tx_num))]
    edges = []
    for coin, key in enumerate(web.key.tolist()):
        start = txs[maker[coin]] if maker[coin] != UNKNOWN else _begin(traced, coin)
        end = txs[taker[coin]] if taker[coin] != UNKNOWN else _end(traced, coin)
        nodes |= {start.id: start, end.id: end}
        named = None if key in (OTHERS, FEE) else outpoint(traced.chain, key)
        marked = {one.method.id: int(one.marked[coin]) for one in traced.found}
        edges.append(Edge(start.id, end.id, named, int(web.value[coin]), marked))
    return Graph(tuple(nodes.values()), tuple(edges))


def graph_document(traced: Traced) -> dict[str, Any]:
    """The graph as JSON has it, with the envelope of the answer before it."""
    envelope = as_json(traced.answer)
    graph = graph_of(traced)
    head = {name: envelope[name] for name in ("layer", "basis", "as_of", "coverage", "direction", "limits")}
    return head | {"nodes": plain(graph.nodes), "edges": plain(graph.edges)}


def _transaction(traced: Traced, row: int) -> Node:
    ref = tx_ref(traced.chain, int(traced.web.tx_num[row]))
    return Node(f"tx {ref.txid} in {ref.block_hash}", "transaction", int(traced.web.hop[row]), tx=ref)


def _begin(traced: Traced, coin: int) -> Node:
    web = traced.web
    if not web.seed[coin]:
        return Node("others", "others", 0)
    return _of_script(traced, coin, "begin", None)


def _end(traced: Traced, coin: int) -> Node:
    web = traced.web
    if web.fee[coin]:
        return Node("miners", "miners", 0)
    if web.stop[coin] == Stop.FOLLOWED:  # a coin of a followed transaction always has a taker
        raise AssertionError(f"coin {coin} goes nowhere")
    return _of_script(traced, coin, "end", word(int(web.stop[coin])))


def _of_script(traced: Traced, coin: int, kind: Literal["begin", "end"], reason: str | None) -> Node:
    shown = script_shown(traced.chain, int(traced.web.script_num[coin]))
    name = "unknown" if shown is None else shown.address or shown.script_hex
    return Node(
        id=" ".join(filter(None, (kind, name, reason))),
        kind=kind,
        hop=int(traced.web.coin_hop[coin]),
        address=shown.address if shown else None,
        script_hex=shown.script_hex if shown else None,
        reason=reason,
    )
