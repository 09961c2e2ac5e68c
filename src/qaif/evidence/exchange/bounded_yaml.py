"""YAML, read fast and within limits: no anchors, aliases or tags that make objects; bounded size and depth.

The text goes through the events of libyaml; scalars are resolved by the safe rules of PyYAML (YAML 1.1).
"""

from collections.abc import Iterator
from typing import Any

from qaif.errors import InputError

LARGEST = 256 << 20
_DEEPEST = 20
_MOST_NODES = 20_000_000
_LONGEST_CACHED = 40
_CORE = "tag:yaml.org,2002:"


class _Builder:
    """Builds plain values from the events of one document."""

    def __init__(self, text: str, name: str) -> None:
        import yaml

        self._yaml: Any = yaml
        self._name = name
        self._loader: Any = yaml.CSafeLoader(text)
        self._known: dict[str, Any] = {}
        self.spans: dict[tuple[str, int], tuple[int, int]] = {}

    def document(self) -> Any:
        """The value of the only document."""
        events = self._events()
        for event in events:
            if not isinstance(event, self._yaml.StreamStartEvent | self._yaml.DocumentStartEvent):
                break
        else:
            return None
        if isinstance(event, self._yaml.StreamEndEvent):
            return None
        value = self._node(event, events, 0, "")
        for event in events:
            if isinstance(event, self._yaml.DocumentStartEvent):
                raise self._refused(event, "a second document")
        return value

    def _events(self) -> Iterator[Any]:
        try:
            loader, more = self._loader, self._loader.check_event
            for _ in range(_MOST_NODES):
                if not more():
                    return
                yield loader.get_event()
            raise InputError(f"{self._name} has more than {_MOST_NODES:,} parts.", way_out="Cut it up.")
        except (self._yaml.YAMLError, UnicodeError) as error:
            raise InputError(f"{self._name} is not YAML: {str(error)[:300]}", way_out="Mend it.") from None
        finally:
            self._loader.dispose()

    def _node(self, event: Any, events: Iterator[Any], depth: int, at: str) -> Any:
        if isinstance(event, self._yaml.ScalarEvent):
            self._refuse_anchor(event)
            return self._scalar(event)
        if isinstance(event, self._yaml.AliasEvent):
            raise self._refused(event, "an alias")
        self._refuse_anchor(event)
        if depth >= _DEEPEST:
            raise self._refused(event, f"more than {_DEEPEST} levels")
        if event.tag is not None and event.tag not in (f"{_CORE}map", f"{_CORE}seq"):
            raise self._refused(event, f"the tag {event.tag[:60]!r}")
        if isinstance(event, self._yaml.MappingStartEvent):
            return self._mapping(event, events, depth, at)
        return self._sequence(events, depth, at)

    def _mapping(self, start: Any, events: Iterator[Any], depth: int, at: str) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for event in events:
            if isinstance(event, self._yaml.MappingEndEvent):
                return out
            key = self._node(event, events, depth + 1, "")
            if not isinstance(key, str) or key == "<<":
                raise self._refused(event, f"the key {str(key)[:60]!r}")
            if key in out:
                raise self._refused(event, f"the key {key[:60]!r} twice")
            out[key] = self._node(next(events), events, depth + 1, key if depth == 0 else at)
        raise self._refused(start, "no end")

    def _sequence(self, events: Iterator[Any], depth: int, at: str) -> list[Any]:
        out: list[Any] = []
        for event in events:
            if isinstance(event, self._yaml.SequenceEndEvent):
                break
            if depth == 1:
                self.spans[at, len(out)] = (event.start_mark.line, event.start_mark.column)
            out.append(self._node(event, events, depth + 1, at))
        return out

    def _scalar(self, event: Any) -> Any:
        plain, quoted = event.implicit
        text = event.value
        if quoted and not plain:
            return text
        if plain and text in self._known:
            return self._known[text]
        tag = event.tag or self._loader.resolve(self._yaml.ScalarNode, text, event.implicit)
        if not tag.startswith(_CORE) or tag == f"{_CORE}binary":
            raise self._refused(event, f"the tag {tag[:60]!r}")
        if tag == f"{_CORE}str":
            value: Any = text
        else:
            value = self._constructed(event, tag, text)
        if plain and len(text) <= _LONGEST_CACHED:
            self._known[text] = value
        return value

    def _constructed(self, event: Any, tag: str, text: str) -> Any:
        node = self._yaml.ScalarNode(tag, text)
        try:
            return self._yaml.SafeLoader("").construct_object(node)
        except (self._yaml.YAMLError, ValueError, OverflowError):
            raise self._refused(event, f"{text[:60]!r}, which is no {tag.removeprefix(_CORE)},") from None

    def _refuse_anchor(self, event: Any) -> None:
        if event.anchor is not None:
            raise self._refused(event, "an anchor")

    def _refused(self, event: Any, what: str) -> InputError:
        line = event.start_mark.line + 1
        return InputError(
            f"{self._name} has {what} in line {line}; that is not read.",
            way_out="Write it out plainly.",
            line=line,
        )


def read_yaml(content: bytes, name: str) -> Any:
    """The value of a YAML file.

    Raises:
        InputError: it is no YAML, too large or too deep, or has aliases, tags or a key twice.
    """
    return read_yaml_with_places(content, name)[0]


def read_yaml_with_places(content: bytes, name: str) -> tuple[Any, dict[tuple[str, int], tuple[int, int]]]:
    """The value, and where each item of a list under a key of the head begins (line and column from 0)."""
    if len(content) > LARGEST:
        raise InputError(f"{name} is larger than {LARGEST >> 20} MiB.", way_out="Cut it up.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not UTF-8 (byte {error.start:,}).", way_out="Save it as UTF-8."
        ) from None
    builder = _Builder(text, name)
    return builder.document(), builder.spans
