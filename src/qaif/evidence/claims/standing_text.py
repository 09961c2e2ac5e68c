"""What stands in a kept document at the place that a statement names."""

import re

from qaif.evidence.documents import Document
from qaif.evidence.exchange.bounded_yaml import read_yaml_with_places
from qaif.records.statement import Statement

_LINE = re.compile(r"line (\d+)\b.*")
_ITEM = re.compile(r"(tags|actors)/(\d+)")
_LONGEST = 4000


def text_at(document: Document, said: Statement, content: bytes) -> tuple[str, str]:
    """The text at a statement's place, and why there is none.

    Args:
        document: the document, read as it was when it was kept.
        said: the statement.
        content: the document's bytes.

    Raises:
        DocumentError: the document cannot be read as text.
    """
    span = said.assertion.span
    if span is not None:
        text = document.text
        start, end = span
        if not 0 <= start <= end <= len(text):
            return "", f"The text of {document.record.name} ends before that place."
        return text[start:end], ""
    if line := _LINE.fullmatch(said.locator):
        lines = content.splitlines()
        at = int(line[1]) - 1
        if 0 <= at < len(lines):
            return lines[at].decode("utf-8", "replace")[:_LONGEST], ""
    if said.assertion.method in ("TagPack", "ActorPack"):
        return _of_pack(content, document.record.name, said.locator), ""
    if said.assertion.quote:
        return said.assertion.quote, ""
    return "", "The statement names no place in its document."


def _of_pack(content: bytes, name: str, locator: str) -> str:
    """The lines of one tag or actor, or of the head, as they stand in the file."""
    _, places = read_yaml_with_places(content, name)
    lines = content.decode("utf-8-sig").splitlines(keepends=True)
    starts = sorted(line for line, _ in places.values())
    item = _ITEM.fullmatch(locator)
    if item is None:
        return "".join(lines[: starts[0] if starts else None])[:_LONGEST]
    first = places[item[1], int(item[2])][0]
    after = next((line for line in starts if line > first), len(lines))
    return "".join(lines[first:after])[:_LONGEST]
