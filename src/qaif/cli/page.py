"""Pages for people: plain tables of a width that does not depend on the moment, colour only on a terminal."""

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from qaif.units import btc_text

WIDTH_ELSEWHERE = 110  # of a pipe or a file; COLUMNS changes it
NARROWEST, WIDEST = 60, 160
_NOTHING = "unknown"


class Page:
    """One page on standard output. Texts are printed as they are: no markup in them is obeyed."""

    def __init__(self) -> None:
        self._console = Console(
            width=_width(), markup=False, highlight=False, emoji=False, no_color=not sys.stdout.isatty()
        )

    def title(self, text: str) -> None:
        """The head of the page."""
        self._print(Text(_safe(text), style="bold"))

    def heading(self, text: str) -> None:
        """The head of a part."""
        self._print(Text(""))
        self._print(Text(_safe(text), style="bold"))

    def line(self, text: str) -> None:
        """A line, folded where it is too long."""
        self._print(Text(_safe(text), overflow="fold"))

    def facts(self, rows: Iterable[tuple[str, object]]) -> None:
        """Names and values, one a line."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in rows:
            grid.add_row(Text(name, style="dim"), Text(_safe(_NOTHING if value is None else str(value))))
        self._print(grid)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table.

        A name that begins with `>` stands to the right; one with `!` is kept whole while there is room.
        """
        table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
        cells = [tuple(_safe("" if cell is None else str(cell)) for cell in row) for row in rows]
        for at, name in enumerate(columns):
            table.add_column(
                name.lstrip(">!"),
                justify="right" if name.startswith(">") else "left",
                no_wrap=name.startswith(">"),
                min_width=_longest(cells, at) if name.startswith("!") else None,
                overflow="fold",
            )
        for row in cells:
            table.add_row(*(Text(cell, overflow="fold") for cell in row))
        self._print(table)

    def standing(self, answer: Any) -> None:
        """The envelope: simulated or not, layer, as of, coverage, methods."""
        if answer.basis.get("simulated"):
            self.line("SIMULATED: no block of this chain is real.")
        self.facts(_standing(answer))

    def _print(self, what: Text | Table) -> None:
        """Print without the blanks that fill up lines."""
        with self._console.capture() as captured:
            self._console.print(what)
        typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _longest(rows: Sequence[Sequence[str]], at: int) -> int:
    return max((len(row[at]) for row in rows), default=0)


def _standing(answer: Any) -> Iterable[tuple[str, object]]:
    yield "layer", answer.layer
    if answer.as_of is not None:
        yield "as of", f"{at_height(answer.as_of.height)} ({answer.as_of.basis}), {answer.as_of.time}"
        yield "", answer.as_of.hash
    yield "coverage", answer.coverage.word
    for reason in answer.coverage.reasons:
        yield "", reason
    for method in answer.basis.get("methods", ()):
        yield "method", f"{method['id']} {method['version']}: {method['sentence']}"
        yield "", f"Measured: {method['measured']}"


def at_height(height: int | None) -> str:
    """A block's height in words."""
    return "height unknown" if height is None else f"height {height:,}"


def sat(amount: int | None, *, lower_bound: bool = False) -> str:
    """Satoshi as bitcoin, with a word where it is at least that, or unknown."""
    if amount is None:
        return _NOTHING
    return f"{'at least ' if lower_bound else ''}{btc_text(amount)} BTC"


def _width() -> int:
    wide = shutil.get_terminal_size((WIDTH_ELSEWHERE, 24)).columns
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return max(NARROWEST, min(wide if known else WIDTH_ELSEWHERE, WIDEST))


def _safe(text: str) -> str:
    """Characters that a terminal would obey, or that cannot be seen, are shown as code points."""
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text)
