"""A trace's graph as GraphML, for Gephi, Cytoscape, yEd and networkx."""

import io
from collections.abc import Mapping
from typing import Any

import networkx as nx


def graphml(graph: Mapping[str, Any]) -> bytes:
    """Write a graph as GraphML; the same graph gives the same bytes.

    Args:
        graph: what `graph_document` gives: envelope, nodes and edges, as JSON.

    Returns:
        UTF-8. Amounts are text, since GraphML's integers end below what satoshi of several coins can be.
    """
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    made.graph["layer"] = str(graph["layer"])
    made.graph["as_of"] = str((graph["as_of"] or {}).get("hash", ""))
    made.graph["complete"] = str(graph["coverage"]["complete"]).lower()
    _fill(made, graph)
    out = io.BytesIO()
    nx.write_graphml(made, out, named_key_ids=True)
    return out.getvalue()


def _fill(made: "nx.MultiDiGraph[str]", graph: Mapping[str, Any]) -> None:
    """Add the nodes and edges."""
    for node in graph["nodes"]:
        tx = node["tx"] or {}
        made.add_node(
            _fit(node["id"]),
            kind=node["kind"],
            hop=str(node["hop"]),
            txid=tx.get("txid") or "",
            time=tx.get("time") or "",
            address=node["address"] or "",
            reason=node["reason"] or "",
        )
    for number, edge in enumerate(graph["edges"]):
        marked = {
            f"marked_{name.replace('-', '_')}_sat": str(sat) for name, sat in edge["marked_sat"].items()
        }
        made.add_edge(
            _fit(edge["from"]),
            _fit(edge["to"]),
            key=str(number),
            outpoint=edge["outpoint"] or "",
            value_sat=str(edge["value_sat"]),
            **marked,
        )


def _fit(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(char for char in text if char.isprintable())
