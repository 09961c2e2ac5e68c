"""Authorities over time as a picture: one row an authority, one column a day, a sign a status."""

from pathlib import Path
from typing import Any

from qaif.errors import OutputError
from qaif.evidence.defang import defang, show_line
from qaif.questions.designations import DesignationsAnswer, Matrix
from qaif.questions.designations_judged import DECIDED
from qaif.report.charts import INK, picture

_COLOURS = {
    "listed itself": ("#8c1d18", "L", "listed itself"),
    "blocked by ownership": ("#b4530a", "O", "blocked by ownership"),
    "claimed relation, no listing effect": ("#e2c9a1", "r", "claimed relation, no listing effect"),
    "not listed": ("#d7e5df", "n", "not listed"),
    "list not loaded": ("#f2efe9", "-", "list not loaded"),
    "list too old": ("#dcd6ca", "s", "list too old"),
    "names alike, not decided": ("#cfd3e6", "?", "names alike, not decided"),
    "name not found": ("#f2efe9", "0", "name not found"),
}
_SAID = {"designated": "(L)", "not designated": "(n)", "sources differ": "(?)"}
_DARK = ("listed itself", "blocked by ownership")
_LONGEST_TITLE = 80
_YEAR_END = "-12-31"


def write_matrix(path: Path, answer: DesignationsAnswer) -> None:
    """Write the picture of an answer's matrix as SVG.

    Raises:
        OutputError: the file is there already, or cannot be written.
        ValueError: the answer has no matrix.
    """
    if answer.matrix is None:
        raise ValueError("an answer without a matrix has no picture")
    called = f"{answer.names[0]} ({answer.asked})" if answer.names else answer.asked
    text = matrix_picture(answer.matrix, called)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError(f"{path} is there already.", way_out="Name another file.") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.", way_out="Name another.") from error


def matrix_picture(matrix: Matrix, title: str) -> str:
    """The picture, as SVG that stands alone; the same matrix gives the same bytes."""
    shown = defang(show_line(title))[:_LONGEST_TITLE]
    height = 1.4 + 0.34 * len(matrix.rows)
    return picture("designations", height, lambda axes: _draw(axes, matrix, shown))


def _draw(axes: Any, matrix: Matrix, title: str) -> None:
    from matplotlib.patches import Patch

    for y, row in enumerate(matrix.rows):
        for x, (status, said) in enumerate(zip(row.statuses, row.said, strict=True)):
            colour, sign, _ = _COLOURS[status]
            sign = sign if status in DECIDED else _SAID.get(said, sign)
            axes.add_patch(_cell(x, y, colour))
            ink = "#ffffff" if status in _DARK else INK
            axes.text(x + 0.5, y + 0.5, sign, ha="center", va="center", color=ink, fontsize=8)
    axes.set_xlim(0, len(matrix.days))
    axes.set_ylim(len(matrix.rows), 0)
    labels = [day[:4] if day.endswith(_YEAR_END) else day for day in matrix.days]
    axes.set_xticks([x + 0.5 for x in range(len(labels))], labels, rotation=45, ha="right", fontsize=8)
    axes.set_yticks([y + 0.5 for y in range(len(matrix.rows))], [row.jurisdiction for row in matrix.rows])
    axes.tick_params(length=0)
    axes.set_title(title, fontsize=10, loc="left", parse_math=False)
    used = {status for row in matrix.rows for status in row.statuses}
    patches = [
        Patch(facecolor=colour, edgecolor=INK, linewidth=0.3, label=f"{sign}  {name}")
        for status, (colour, sign, name) in _COLOURS.items()
        if status in used
    ]
    if any(said for row in matrix.rows for said in row.said):
        patches.append(Patch(facecolor="none", label="(L), (n)  said by others, list not read"))
    axes.legend(handles=patches, loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=8, frameon=False)


def _cell(x: int, y: int, colour: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), 1, 1, facecolor=colour, edgecolor="#ffffff", linewidth=1.0)
