"""The strings of a JSON text, each with its exact place; and whether the text is whole.

The standard library's parser, which gives no places, tries the text first, and keeps none of it: every object
becomes nothing as soon as it ends. What it accepts is then gone through token by token.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from qaif.errors import DocumentError
from qaif.evidence.passages import Building

MOST_DEPTH = 100
_TOKEN = re.compile(
    r'"((?:[^"\\]++|\\.)*+)"(\s*+:)?+|([{}\[\]])|(-?[0-9][0-9.eE+-]*+|true|false|null)', re.DOTALL
)
_ESCAPE = re.compile(
    r"\\u[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL
)


class Leaf(NamedTuple):
    """A value that is no object or array, or the end of one.

    Args:
        path: names of the objects' members that lead to it; arrays add nothing.
        start: of a string its first character, within the quotes; of a bracket that.
        end: one past the last.
        kind: `"` for a string, `0` for another value, `{`, `[`, `}` or `]`.
    """

    path: tuple[str, ...]
    start: int
    end: int
    kind: str


def whole_until(text: str) -> int:
    """How far a text is JSON: its length where all of it is.

    Raises:
        DocumentError: it is nested more deeply than any export.
    """
    try:
        json.loads(text, object_hook=lambda _: None, parse_int=_nothing, parse_float=_nothing)
    except json.JSONDecodeError as error:
        return error.pos
    except RecursionError:
        raise too_deep() from None
    return len(text)


def _nothing(_: str) -> None:
    return None


def too_deep() -> DocumentError:
    """What is nested without need is refused."""
    return DocumentError(
        f"The JSON is nested more than {MOST_DEPTH} deep.",
        way_out="No export is: if it matters, keep its text as a .txt file.",
    )


def leaves(text: str, until: int) -> Iterator[Leaf]:
    """Go through a text that is JSON until a place.

    Raises:
        DocumentError: it is nested more deeply than any export.
    """
    path: list[str] = []  # for each open object the member that is under way; for an array nothing
    arrays: list[bool] = []
    for match in _TOKEN.finditer(text, 0, until):
        if (bracket := match[3]) is not None:
            if bracket in "}]":
                yield Leaf(_named(path[:-1]), *match.span(), bracket)
                del path[-1:], arrays[-1:]
            else:
                yield Leaf(_named(path), *match.span(), bracket)
                path.append("")
                arrays.append(bracket == "[")
                if len(path) > MOST_DEPTH:
                    raise too_deep()
        elif match[2] is not None and arrays and not arrays[-1]:
            path[-1] = match[1]
        else:
            quoted = match[1] is not None
            yield Leaf(_named(path), *match.span(1 if quoted else 0), '"' if quoted else "0")


def _named(path: list[str]) -> tuple[str, ...]:
    return tuple(name for name in path if name)


def unescaped(text: str, start: int, end: int) -> str:
    """What a string says."""
    piece = text[start:end]
    return _ESCAPE.sub(lambda m: _meant(m[0]), piece) if "\\" in piece else piece


def copy_string(building: Building, text: str, start: int, end: int) -> None:
    """Add what a string says to a passage, tied to its places in the text."""
    for match in _ESCAPE.finditer(text, start, end):
        building.copy(text, start, match.start())
        building.say(_meant(match[0]), match.start(), match.end())
        start = match.end()
    building.copy(text, start, end)


def _meant(escape: str) -> str:
    """What an escape stands for; half of a pair of surrogates stands for nothing that can be written."""
    try:
        said = str(json.loads(f'"{escape}"', strict=False))
    except ValueError:
        return escape
    return "\ufffd" if len(said) == 1 and "\ud800" <= said <= "\udfff" else said
