"""JSON, and what Telegram exports as JSON: each message a passage, of which channel, by whom and when.

Telegram Desktop writes `result.json`: of one chat an object with `name`, `type` and `messages`, of all chats
several of them in `chats.list` and `left_chats.list`. A message's `text` is a string, or an array of strings
and of objects with a `text` of their own: its pieces are read as one. The same text stands once more in
`text_entities`, which is read only where `text` is empty.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qaif.evidence.decoding import Decoded
from qaif.evidence.passages import SHORTEST_VALUE, Building, Message, Passage, stretch
from qaif.evidence.reading.json_strings import Leaf, copy_string, leaves, unescaped, whole_until
from qaif.evidence.reading.shape import Kind, Reading

_MESSAGES = "messages"
_CHAT_TYPE = re.compile(
    r'"type"\s*:\s*"(?:saved_messages|replies|verification_codes|personal_chat|bot_chat|private_group'
    r'|private_supergroup|public_supergroup|private_channel|public_channel)"'
)
_ARRAY = re.compile(r'"messages"\s*:\s*\[')
_FACTS = {
    "from": "author",
    "actor": "author",
    "date": "time",
    "id": "number",
    "forwarded_from": "forwarded_from",
    "saved_from": "forwarded_from",
    "reply_to_message_id": "reply_to",
    "edited": "edited",
    "date_unixtime": "unix",
}
_TIMES = ("time", "edited", "unix")
_LONGEST_FACT = 1_000


def is_telegram(text: str) -> bool:
    """Whether a JSON text is an export of Telegram's."""
    return bool(_ARRAY.search(text) and _CHAT_TYPE.search(text))


def read_json(decoded: Decoded) -> Reading:
    """Read JSON, as a chat export where it is one.

    Raises:
        DocumentError: it is nested too deeply.
    """
    text = decoded.text
    until = whole_until(text)
    kind: Kind = "telegram" if is_telegram(text) else "json"
    notes = []
    if until < len(text):
        notes.append(
            f"The JSON is cut off or damaged at character {until:,}; the rest was read as plain text."
        )
    return Reading(
        kind=kind,
        media_type="application/json",
        reader=f"{kind} 1",
        text=text,
        encoding=decoded.encoding,
        encoding_basis=decoded.basis,
        split=lambda: _passages(text, until),
        notes=tuple(notes),
    )


@dataclass
class _Under:
    """A message under way: its facts, and the places of its strings.

    Attributes:
        path: of the message in the text.
        facts: of `Message`, by name.
        pieces: of its text.
        again: of the same in `text_entities`.
        others: every other string, with the name of its member.
    """

    path: tuple[str, ...]
    facts: dict[str, str] = field(default_factory=dict)
    pieces: list[Leaf] = field(default_factory=list)
    again: list[Leaf] = field(default_factory=list)
    others: list[tuple[str, Leaf]] = field(default_factory=list)


def _passages(text: str, until: int) -> Iterator[Passage]:
    """The strings of a text; those of one message together."""
    channel, under = "", None
    for leaf in leaves(text, until):
        if under is None:
            if leaf.kind == "{" and leaf.path[-1:] == (_MESSAGES,):
                under = _Under(leaf.path, {"channel": channel})
            elif leaf.kind == '"':
                if leaf.path[-1:] == ("name",):
                    channel = unescaped(text, leaf.start, leaf.end)[:_LONGEST_FACT]
                yield from _aside(text, ".".join(leaf.path), leaf, None)
        elif leaf.kind == "}" and leaf.path == under.path:
            yield from _message(text, under)
            under = None
        elif leaf.kind in '"0':
            _gather(text, under, leaf)
    if under is not None:  # the text ends within a message
        yield from _message(text, under)
    if until < len(text):
        yield from stretch(text[until:], until, "text", "")


def _gather(text: str, under: _Under, leaf: Leaf) -> None:
    """Take one value of a message."""
    inside = leaf.path[len(under.path) :]
    if len(inside) == 1 and inside[0] in _FACTS:
        under.facts.setdefault(_FACTS[inside[0]], unescaped(text, leaf.start, leaf.end)[:_LONGEST_FACT])
    if leaf.kind != '"':
        return
    if inside in (("text",), ("text", "text")):
        under.pieces.append(leaf)
    elif inside == ("text_entities", "text"):
        under.again.append(leaf)
    elif inside[-1:] != ("type",) and _FACTS.get(inside[0]) not in _TIMES:
        under.others.append((".".join(inside), leaf))


def _message(text: str, under: _Under) -> Iterator[Passage]:
    said = Message(**under.facts)
    pieces = [leaf for leaf in under.pieces if leaf.end > leaf.start] or under.again
    if pieces:
        building = Building("text", "message", said)
        for leaf in pieces:
            copy_string(building, text, leaf.start, leaf.end)
        yield building.done()
    seen = set()
    for label, leaf in under.others:
        value = (label.rpartition(".")[2], text[leaf.start : leaf.end])
        if value not in seen:  # entities repeat the links of the text
            seen.add(value)
            yield from _aside(text, label, leaf, said)


def _aside(text: str, label: str, leaf: Leaf, message: Message | None) -> Iterator[Passage]:
    """A string that no reader of the chat sees as text, if an address could stand in it."""
    if leaf.end - leaf.start < SHORTEST_VALUE:
        return
    is_link = label.rpartition(".")[2] in ("href", "url", "link")
    building = Building("attribute" if is_link else "metadata", "href" if is_link else label, message)
    copy_string(building, text, leaf.start, leaf.end)
    yield building.done()
