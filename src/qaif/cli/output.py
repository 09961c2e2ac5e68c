"""How every command answers: a page for people or one JSON envelope; errors with code and exit status."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

import typer

from qaif.cli.interrupts import between_compilations
from qaif.errors import InterruptedRunError, QaifError

AnswerT = TypeVar("AnswerT")

WorkspaceOption = Annotated[
    Path,
    typer.Option(
        "--workspace",
        "-w",
        envvar="QAIF_WORKSPACE",
        help="The folder that holds chain, records and documents.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer as one JSON envelope.")]
DEFAULT_WORKSPACE = Path("qaif-workspace")
QUIET_SECONDS = 2.0


def emit(answer: AnswerT, *, json_output: bool, render: Callable[[AnswerT], None]) -> None:
    """Print an answer.

    Args:
        answer: a dataclass of `questions/`.
        json_output: print its envelope as JSON.
        render: prints the page for people.
    """
    if not json_output:
        render(answer)
        return
    from qaif.questions.answer import as_json

    print_json(as_json(answer))  # type: ignore[arg-type]  # every answer is an Answer


def print_json(document: dict[str, Any]) -> None:
    """Print one JSON document on standard output."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


@contextmanager
def reporting_errors(*, json_output: bool) -> Iterator[None]:
    """Turn an error of ours into its message, or its JSON, and its exit status.

    Ctrl-C ends with status 130; what was committed before it stays good.
    """
    try:
        with between_compilations():
            yield
    except KeyboardInterrupt:
        _fail(
            InterruptedRunError("Stopped.", way_out="What was done is kept; the same command resumes."),
            json_output=json_output,
        )
    except QaifError as error:
        _fail(error, json_output=json_output)


def _fail(error: QaifError, *, json_output: bool) -> None:
    if json_output:
        print_json({"error": error.as_dict()})
    typer.echo(f"qaif: {error.message}", err=True)
    if error.way_out:
        typer.echo(f"      {error.way_out}", err=True)
    raise typer.Exit(error.exit_status)


class ProgressLine:
    """Progress on standard error: rate and time left, after two seconds, and only on a terminal."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._shown = sys.stderr.isatty()
        self._began = time.monotonic()
        self._unit = ""
        self._unit_began, self._done_then = self._began, 0
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int, unit: str) -> None:
        """Show `done` of `total` units."""
        if not self._shown or time.monotonic() - self._began < QUIET_SECONDS:
            return
        if self._bar is None:
            self._bar = _rich_progress()
            self._bar.start()
        if unit != self._unit:
            self._task = self._bar.add_task(f"{self._title}: {unit}", total=total, rate="")
            self._unit, self._unit_began, self._done_then = unit, time.monotonic(), done
        self._bar.update(self._task, completed=done, total=total, rate=self._rate(done))

    def _rate(self, done: int) -> str:
        seconds = time.monotonic() - self._unit_began
        if seconds <= 0:
            return ""
        rate = (done - self._done_then) / seconds
        return f"{rate / 1e6:,.1f} MB/s" if self._unit == "bytes" else f"{rate:,.0f}/s"


def _rich_progress() -> Any:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)
