"""The contract of every reader of a list: bytes in, statements with their place and problems out.

A reader is `read(stream, made)`: it says what it finds with `made.say` and yields after each entry, so that
what was said can be taken on in between and no list is ever in memory whole. What cannot be read as it should
be is a problem: it is kept, flagged, and never dropped without a word.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from qaif.errors import PrivateKeyError
from qaif.evidence.lists.known import KnownList
from qaif.evidence.vocabulary import vocabulary
from qaif.records.statement import Assertion, Statement

METHOD = "imported list"
_MOST_PROBLEMS = 100_000
_SHOWN = 500
_LISTING = ("Sanction",)


@dataclass(frozen=True)
class Problem:
    """Something in a list that is not as it should be; it is flagged, and what can be kept is kept.

    Attributes:
        locator: where in the file.
        kind: one of a few words, such as `other chain`, `repaired letters` or `unclear date`.
        said: the same in a sentence.
        original: what stands there.
    """

    locator: str
    kind: str
    said: str
    original: str


class Making:
    """Statements in the making, of one list.

    Args:
        known: the list.

    Attributes:
        version, published_at: as the file says them.
        first_seen: since when the source says what follows, where it tells.
        resting_on: what the source rests on.
        said_by: who says what follows, where each entry of a file has a source of its own.
    """

    def __init__(self, known: KnownList) -> None:
        self.known = known
        self.version = ""
        self.published_at: str | None = None
        self.problems: list[Problem] = []
        self._entities: set[str] = set()
        self.statement_count = 0
        self._out: list[Statement] = []
        self._keyed: dict[tuple[str, str], bool] = {}
        self._words = vocabulary()
        self._assertions: dict[tuple[int, str | None, tuple[str, ...]], Assertion] = {}
        self.first_seen: str | None = None
        self.said_by: Assertion | None = None
        self.resting_on: tuple[str, ...] = (known.authority,) if known.asserted_by else ()

    def entity(self, entity_id: str, schema: str, locator: str) -> None:
        """Say that there is an entity."""
        self._entities.add(entity_id)
        self.say(entity_id, schema, "id", entity_id, locator)

    def say(  # noqa: PLR0913  a statement has so many fields
        self,
        entity_id: str,
        schema: str,
        prop: str,
        value: str | None,
        locator: str,
        *,
        lang: str = "",
        original: str | None = None,
        key: str | None = None,
    ) -> None:
        """Say a value of a property; nothing where it is empty."""
        if not value or not (value := self._fit(value, locator)):
            return
        try:
            if key is None and self._keyed.get((schema, prop), True):
                key = self._key(schema, prop, value)
        except PrivateKeyError:
            self.flag(locator, "private key", f"A private key stands as {prop}; it was not taken in.", "")
            return
        self._out.append(
            Statement(entity_id, schema, prop, value, self._said_by(schema), lang, original, key, locator)
        )

    def flag(self, locator: str, kind: str, said: str, original: str) -> None:
        """Note a problem."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(locator[:_SHOWN], kind, said, _encodable(original)[:_SHOWN]))

    @property
    def entity_count(self) -> int:
        """How many entities there are so far."""
        return len(self._entities)

    def drain(self) -> list[Statement]:
        """What was said since the last time."""
        out, self._out = self._out, []
        self.statement_count += len(out)
        return out

    def _said_by(self, schema: str) -> Assertion:
        if self.said_by is not None:
            return self.said_by
        credibility = 1 if schema in _LISTING else 6
        asked = (credibility, self.first_seen, self.resting_on)
        known = self._assertions.get(asked)
        if known is None:
            known = self._assertions[asked] = Assertion(
                asserted_by=self.known.says,
                resting_on=self.resting_on,
                dataset=self.known.name,
                reliability=self.known.reliability,
                credibility=credibility,
                status="reported" if self.known.asserted_by else "official listing",
                first_seen=self.first_seen,
                method=METHOD,
            )
        return known

    def _key(self, schema: str, prop: str, value: str) -> str | None:
        asked = (schema, prop)
        keyed = self._keyed.get(asked)
        if keyed is None:
            type_name = self._words.type_of(schema, prop)
            keyed = self._keyed[asked] = type_name.startswith("entity:") or type_name in (
                "identifier",
                "email",
                "phone",
            )
        return self._words.key_of(schema, prop, value) if keyed else None

    def _fit(self, value: str, locator: str) -> str:
        """Without white space at its ends or doubled, and fit to be stored."""
        if value.isalnum() and value.isascii():
            return value
        if not value.isascii():
            fit = _encodable(value)
            if fit != value:
                self.flag(locator, "broken characters", "Half characters were replaced.", fit)
            value = fit
        return " ".join(value.split())


def _encodable(text: str) -> str:
    """A text without half characters, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


Reader = Callable[[BinaryIO, Making], Iterator[None]]


def statements_of(read: Reader, stream: BinaryIO, made: Making) -> Iterator[Statement]:
    """All statements of a list, as they are read."""
    for _ in read(stream, made):
        yield from made.drain()
    yield from made.drain()
