"""Sankey pictures: no label lies on another, however many columns and boxes there are."""

from itertools import combinations
from random import Random
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from qaif.questions.shown import TxRef
from qaif.questions.trace_graph import Edge, Graph, Node
from qaif.report.sankey import bands_of, draw, height_of


def crowded(columns: int, rows: int) -> Graph:
    """Each transaction pays one of the next column; the last column are ends; amounts very unlike."""
    rng = Random(columns)  # noqa: S311  not a secret
    nodes, edges = [Node("begin a", "begin", 0, address="bcrt1qbegin")], []
    last = ["begin a"]
    for hop in range(1, columns):
        these = []
        for place in range(rows):
            ref = TxRef(f"{hop:02x}{place:02x}" + "ab" * 30, "00" * 32, hop, "2020-01-02T03:04:05Z")
            nodes.append(Node(f"tx {hop} {place}", "transaction", hop, tx=ref))
            these.append(f"tx {hop} {place}")
            marked = {"haircut": 10 ** rng.randint(3, 12)}
            edges.append(Edge(rng.choice(last), these[-1], None, marked["haircut"], marked))
        last = these
    for place, name in enumerate(last):
        nodes.append(Node(f"end {place}", "end", columns, address=f"bcrt1qend{place:04d}", reason="unspent"))
        edges.append(Edge(name, f"end {place}", None, 5_000, {"haircut": 5_000}))
    return Graph(tuple(nodes), tuple(edges))


@pytest.mark.parametrize("columns", [2, 3, 6, 11])
@pytest.mark.parametrize("rows", [3, 14])
def test_no_label_lies_on_another(columns: int, rows: int) -> None:
    boxes, bands = bands_of(crowded(columns, rows), "haircut")
    figure = Figure(figsize=(9.4, height_of(boxes)), layout="constrained")
    axes = figure.subplots()
    draw(axes, boxes, bands, "title")
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    spots = [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in axes.texts]
    assert len(spots) == len(boxes)
    lying = [(one[0], other[0]) for one, other in combinations(spots, 2) if one[1].overlaps(other[1])]
    assert not lying
