"""Values of YAML and JSON as the texts that statements hold, and back, nothing lost.

A text stands as it is. Of every other value the statement's `original` says what it was: `!bool`, `!int`,
`!date`, an `!item` of a list, or `!json` for all that has a structure.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

ITEM = "!item"
TYPES = frozenset(("!bool", "!int", "!date", "!time", "!json"))


def texts_of(value: Any) -> list[tuple[str, str | None]]:
    """A value as (text, original) pairs: one, or one an item of a list of different texts."""
    if isinstance(value, str):
        return [(value, None)]
    if (
        isinstance(value, list)
        and value
        and all(isinstance(each, str) for each in value)
        and len(set(value)) == len(value)
    ):
        return [(each, ITEM) for each in value]
    return [_text_of(value)]


def _text_of(value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return str(value).lower(), "!bool"
    if isinstance(value, int):
        return str(value), "!int"
    if isinstance(value, datetime):
        return value.isoformat(), "!time"
    if isinstance(value, date):
        return value.isoformat(), "!date"
    return json.dumps(_plain(value), ensure_ascii=False), "!json"


def _plain(value: Any) -> Any:
    """A structure as JSON has it; a day or a moment inside one becomes a marked text."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return f"!time {value.isoformat()}"
    return f"!date {value.isoformat()}" if isinstance(value, date) else value


def value_of(pairs: Sequence[tuple[str, str | None]]) -> Any:
    """The value that some (text, original) pairs of one property stand for."""
    if all(original == ITEM for _, original in pairs):
        return [text for text, _ in pairs]
    if len(pairs) == 1:
        return _value_of(*pairs[0])
    return [_value_of(text, None if original == ITEM else original) for text, original in pairs]


def _value_of(text: str, original: str | None) -> Any:
    match original:
        case "!bool":
            return text == "true"
        case "!int":
            return int(text)
        case "!date":
            return date.fromisoformat(text)
        case "!time":
            return datetime.fromisoformat(text)
        case "!json":
            return _revived(json.loads(text))
        case _:
            return text


def _revived(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _revived(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_revived(each) for each in value]
    if isinstance(value, str) and value.startswith(("!date ", "!time ")):
        return (date if value.startswith("!date ") else datetime).fromisoformat(value[6:])
    return value


def grouped(pairs: Iterable[tuple[str, tuple[str, str | None]]]) -> dict[str, Any]:
    """Properties with their values, from (property, (text, original))."""
    out: dict[str, list[tuple[str, str | None]]] = {}
    for prop, pair in pairs:
        out.setdefault(prop, []).append(pair)
    return {prop: value_of(values) for prop, values in out.items()}
