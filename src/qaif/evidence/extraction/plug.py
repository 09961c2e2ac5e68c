"""A plug for a language model or a name finder that the user runs: off unless the user starts it, and marked.

The program reads one JSON line on its standard input, `{"text": ..., "language": ...}`, and writes lines like
`{"kind": "name", "start": 5, "end": 12, "quoted": "...", "value": "...", "schema": "Company"}`, or
`{"kind": "relation", "role": "linked to", "subject": [5, 12], "object": [20, 31], "cue": [13, 19]}`. Offsets
count code points of the text. What is not literally in the text is refused and counted. Private keys are
blanked before the text is handed over, with as many marks, so that offsets hold. Nothing that it says becomes
a claim by itself.
"""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, get_args

from qaif.errors import DocumentError
from qaif.evidence.extraction.cues import PREDICATES
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.extraction.shape import End, Extraction, Indicator, Kind, Proposal, Schema
from qaif.evidence.mention import Redaction
from qaif.evidence.passages import Passage

_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
_SCHEMAS = frozenset(get_args(Schema))
_MOST_BYTES = 16 << 20
_MARK = "\N{BLACK SQUARE}"


class Plug(Protocol):
    """What proposes beside the built-in extractors."""

    @property
    def name(self) -> str:
        """What its proposals are marked with."""

    @property
    def version(self) -> str:
        """Of the program or its model."""

    def propose(self, text: str, language: str) -> Iterable[Mapping[str, Any]]:
        """Proposals, as in the module's docstring."""


@dataclass(frozen=True)
class ProgramPlug:
    """A program of the user's, started once a document.

    Args:
        name: what its proposals are marked with.
        version: of the program or its model, as the user says.
        command: the program and its arguments; no shell is asked.
        seconds: how long it may take.
    """

    name: str
    version: str
    command: tuple[str, ...]
    seconds: float = 120

    def propose(self, text: str, language: str) -> list[Mapping[str, Any]]:
        """Start the program and read what it says.

        Raises:
            DocumentError: it cannot be started, fails, takes too long, or writes no JSON lines.
        """
        asked = json.dumps({"text": text, "language": language}) + "\n"
        try:
            done = subprocess.run(  # noqa: S603  the user's own program, started because the user asks for it
                self.command, input=asked.encode("utf-8", "surrogatepass"), capture_output=True,
                timeout=self.seconds, check=True,
            )  # fmt: skip
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise self._error(f"it could not be asked ({type(error).__name__})") from error
        if len(done.stdout) > _MOST_BYTES:
            raise self._error("it wrote more than 16 MiB")
        try:
            lines = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines() if line.strip()]
        except (ValueError, RecursionError) as error:
            raise self._error("it wrote something that is not JSON lines in UTF-8") from error
        return [line for line in lines if isinstance(line, dict)]

    def _error(self, what: str) -> DocumentError:
        return DocumentError(
            f"The plug {self.name}: {what}.",
            way_out="Run the program by hand on one line of JSON, or leave the plug out.",
            plug=self.name,
        )


def with_plug(text: str, extraction: Extraction, plug: Plug, language: str = "") -> Extraction:
    """Add what a plug proposes, marked with its name; what does not stand in the text is refused.

    Args:
        text: the decoded document.
        extraction: what the built-in extractors proposed.
        plug: the plug.
        language: of the document, if known.
    """
    keys = extraction.findings.redactions
    said = _Said(text, keys, plug)
    for one in plug.propose(_blanked(text, keys), language):
        said.take(one)
    limits = extraction.limits
    if said.refused:
        limits += (
            f"{said.refused} proposals of the plug {plug.name} were refused: not literally in the text.",
        )
    return replace(
        extraction,
        indicators=tuple(
            sorted([*extraction.indicators, *said.indicators], key=lambda i: (i.start, i.end, i.kind))
        ),
        relations=(*extraction.relations, *said.relations),
        limits=limits,
    )


def _blanked(text: str, keys: Sequence[Redaction]) -> str:
    for key in keys:
        text = text[: key.start] + _MARK * (key.end - key.start) + text[key.end :]
    return text


class _Said:
    """What a plug said, tried against the text."""

    def __init__(self, text: str, keys: Sequence[Redaction], plug: Plug) -> None:
        self._text, self._plug = text, plug
        self._reading = Reading(text, Passage("text"), keys)
        self.indicators: list[Indicator] = []
        self.relations: list[Proposal] = []
        self.refused = 0

    def take(self, one: Mapping[str, Any]) -> None:
        """Keep a proposal, or count it as refused."""
        kept = self._relation(one) if one.get("kind") == "relation" else self._indicator(one)
        self.refused += not kept

    def _span(self, start: object, end: object) -> tuple[int, int] | None:
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(self._text):
            return None
        return None if self._reading.holds_key(start, end) else (start, end)

    def _indicator(self, one: Mapping[str, Any]) -> bool:
        span = self._span(one.get("start"), one.get("end"))
        kind, schema = _KINDS.get(str(one.get("kind"))), one.get("schema")
        if not span or kind is None or self._text[slice(*span)] != one.get("quoted"):
            return False
        value = one.get("value", one["quoted"])
        if not isinstance(value, str) or value not in self._text or schema not in (None, *_SCHEMAS):
            return False
        before, after = self._reading.around(*span)
        notes = ("proposed by a program that the user runs",)
        quoted = self._reading.quoted(*span)
        by = (f"plug:{self._plug.name}", self._plug.version)
        self.indicators.append(Indicator(kind, value, *span, quoted, before, after, "", *by, schema, notes))
        return True

    def _relation(self, one: Mapping[str, Any]) -> bool:
        spans = []
        for end in ("subject", "object", "cue"):
            pair = one.get(end)
            span = self._span(*pair) if isinstance(pair, list) and len(pair) == 2 else None  # noqa: PLR2004
            if not span:
                return False
            spans.append(span)
        role = one.get("role")
        if not isinstance(role, str) or role not in PREDICATES or spans[0] == spans[1]:
            return False
        ends = [End(self._text[lo:hi], lo, hi, "LegalEntity") for lo, hi in spans[:2]]
        cue = self._reading.document_span(*spans[2])
        by = (f"plug:{self._plug.name}", self._plug.version)
        notes = ("proposed by a program that the user runs",)
        self.relations.append(
            Proposal(PREDICATES[role], role, ends[0], ends[1], cue, "alleged", (), (), "", *by, notes)
        )
        return True
