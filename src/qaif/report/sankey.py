"""A trace as a Sankey picture: a column a hop, a band a flow, as wide as the money by one method."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from qaif.questions.trace import Traced
from qaif.questions.trace_graph import Graph, Node, graph_of
from qaif.report.charts import IN_COLOUR, INK, OUT_COLOUR, picture
from qaif.units import btc_text

_MOST_IN_COLUMN = 10
_GAP, _WIDTH = 0.09, 0.06  # between nodes, of the height; of a node, of the distance of columns
_WIDE, _NARROW = 3, 8  # columns: up to so many labels are one line; from more on they are cut short
_COLOURS = {"transaction": "#8d8577", "begin": IN_COLOUR, "end": OUT_COLOUR, "miners": "#cfc8ba"}


@dataclass
class Box:
    """A node of the picture, or the rest of a column."""

    column: int
    kind: str
    label: str
    in_sat: int = 0
    out_sat: int = 0
    top: float = 0.0
    used: dict[str, float] = field(default_factory=lambda: {"in": 0.0, "out": 0.0})

    @property
    def sat(self) -> int:
        """What flows through it."""
        return max(self.in_sat, self.out_sat)


def sankey(traced: Traced, method: str) -> str:
    """The picture as SVG that stands alone; the same trace gives the same bytes.

    Args:
        traced: the trace.
        method: by which of its methods bands are drawn.
    """
    boxes, bands = bands_of(graph_of(traced), method)
    began = next(one for one in traced.answer.totals if one.method == method).begun_sat
    way = "went" if traced.web.forward else "came from"
    title = f"Where {btc_text(began)} BTC {way}, by {method}: a convention, not a measurement"
    return picture("trace", height_of(boxes), lambda axes: draw(axes, boxes, bands, title))


def height_of(boxes: dict[str, Box]) -> float:
    """How high the picture must be, in inches."""
    return 2.6 + 0.36 * max((_in_column(boxes, column) for column in _columns(boxes)), default=1)


def _columns(boxes: dict[str, Box]) -> list[int]:
    return sorted({box.column for box in boxes.values()})


def _in_column(boxes: dict[str, Box], column: int) -> int:
    return sum(box.column == column for box in boxes.values())


def bands_of(graph: Graph, method: str) -> tuple[dict[str, Box], dict[tuple[str, str], int]]:
    """Boxes by name, and what flows between each two of them."""
    nodes = {node.id: node for node in graph.nodes}
    last = max((node.hop for node in graph.nodes), default=0) + 1
    weight: dict[str, int] = defaultdict(int)
    for edge in graph.edges:
        for name in (edge.from_, edge.to):
            weight[name] += edge.marked_sat[method]
    name_of = _names(nodes, weight, last)
    boxes: dict[str, Box] = {}
    for node in nodes.values():
        if weight[node.id]:
            name = name_of[node.id]
            boxes.setdefault(name, Box(_column(node, last), node.kind, _label(node, name)))
    bands: dict[tuple[str, str], int] = defaultdict(int)
    for edge in graph.edges:
        if sat := edge.marked_sat[method]:
            start, end = name_of[edge.from_], name_of[edge.to]
            bands[start, end] += sat
            boxes[start].out_sat += sat
            boxes[end].in_sat += sat
    return boxes, bands


def _column(node: Node, last: int) -> int:
    if node.kind in ("end", "miners"):
        return last
    return node.hop if node.kind == "transaction" else 0


def _names(nodes: dict[str, Node], weight: dict[str, int], last: int) -> dict[str, str]:
    """Under which name each node is drawn: its own, or that of the rest of its column."""
    columns: dict[int, list[str]] = defaultdict(list)
    for name, node in nodes.items():
        columns[_column(node, last)].append(name)
    names = {}
    for column, its in columns.items():
        ranked = sorted(its, key=lambda name: (-weight[name], name))
        rest = sum(weight[name] > 0 for name in ranked[_MOST_IN_COLUMN:])
        for place, name in enumerate(ranked):
            names[name] = name if place < _MOST_IN_COLUMN else f"{rest} others {column}"
    return names


def _label(node: Node, name: str) -> str:
    if name != node.id:
        return " ".join(name.split()[:2])
    if node.tx is not None:
        return f"{node.tx.txid[:8]}… {node.tx.time[:10]}"
    if node.kind == "miners":
        return "fees"
    called = node.address or "a script without address"
    return f"{called[:8]}…{called[-4:]}" + (f" {node.reason}" if node.reason else "")


def _place(boxes: dict[str, Box]) -> float:
    """Give each box its top; the satoshi that one unit of height stands for."""
    most = max((sum(b.sat for b in boxes.values() if b.column == c) for c in _columns(boxes)), default=1)
    for column in _columns(boxes):
        top = 0.0
        its = sorted((n for n in boxes if boxes[n].column == column), key=lambda n: (-boxes[n].sat, n))
        for name in its:
            boxes[name].top = top
            top -= boxes[name].sat / most + _GAP
    return float(most)


def draw(axes: Any, boxes: dict[str, Box], bands: dict[tuple[str, str], int], title: str) -> None:
    """Draw bands, boxes and their labels, none of which lies on another."""
    from matplotlib.patches import PathPatch, Rectangle

    scale = _place(boxes)
    for (start, end), sat in sorted(bands.items(), key=lambda one: (-one[1], one[0])):
        patch = PathPatch(_band(boxes[start], boxes[end], sat / scale), facecolor=IN_COLOUR, alpha=0.28, lw=0)
        axes.add_patch(patch)
    for box in boxes.values():
        colour = _COLOURS.get(box.kind, "#cfc8ba")
        axes.add_patch(Rectangle((box.column, box.top), _WIDTH, -box.sat / scale, facecolor=colour, lw=0))
    _written(axes, boxes, scale)
    axes.set_xlim(-0.1, max(_columns(boxes), default=0) + 1)
    low = min((box.top - box.sat / scale for box in boxes.values()), default=-1.0)
    axes.set_ylim(low - _GAP, _GAP)
    axes.set_title(title, fontsize=9, loc="left", parse_math=False)
    axes.axis("off")


def _written(axes: Any, boxes: dict[str, Box], scale: float) -> None:
    """Write the labels: on two lines where columns are narrow, and short where they are very narrow."""
    columns = len(_columns(boxes))
    size = 6.5 if columns <= _WIDE else 5.5 if columns <= _NARROW else 4.5
    for box in boxes.values():
        called = box.label if columns <= _NARROW else box.label.split()[0]
        text = f"{called}{', ' if columns <= _WIDE else chr(10)}{btc_text(box.sat)}"
        x, y = box.column + 1.3 * _WIDTH, box.top - box.sat / scale / 2
        axes.text(x, y, text, va="center", fontsize=size, color=INK, parse_math=False)


def _band(start: Box, end: Box, width: float) -> Any:
    """The outline of a band; each end lies under what was drawn at its box before."""
    from matplotlib.path import Path as Outline

    x0, x1 = start.column + _WIDTH, float(end.column)
    y0, y1 = start.top - start.used["out"], end.top - end.used["in"]
    start.used["out"] += width
    end.used["in"] += width
    middle = (x0 + x1) / 2
    upper = [(x0, y0), (middle, y0), (middle, y1), (x1, y1)]
    lower = [(x1, y1 - width), (middle, y1 - width), (middle, y0 - width), (x0, y0 - width)]
    curve = [Outline.CURVE4] * 3
    codes = [Outline.MOVETO, *curve, Outline.LINETO, *curve, Outline.CLOSEPOLY]
    return Outline([*upper, *lower, (x0, y0)], codes)
