"""JSON Schema of answers, read from the dataclasses that they are: what `questions.answer.plain` writes.

FastAPI would describe pydantic models; answers are frozen dataclasses below this layer, and what is written
of them is `plain`'s doing. So their schema is made here by the same rules, field for field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

Schema = dict[str, Any]
_PLAIN: dict[object, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    NoneType: {"type": "null"},
    Decimal: {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "description": "A decimal number."},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    Path: {"type": "string"},
    object: {},
    Any: {},
}


class Shapes:
    """The schemas of a set of dataclasses, each once, by name.

    Attributes:
        schemas: by name, as `components.schemas` of OpenAPI has them.
    """

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}
        self._names: dict[type, str] = {}

    def reference(self, kind: type) -> Schema:
        """A reference to the schema of a dataclass, which is made where it is new.

        Raises:
            TypeError: a field of it is of a kind that no answer can hold.
        """
        if kind not in self._names:
            self._names[kind] = name = self._free_name(kind)
            self.schemas[name] = {}
            self.schemas[name] = self._object(kind, name)
        return {"$ref": f"#/components/schemas/{self._names[kind]}"}

    def of(self, kind: object) -> Schema:
        """The schema of whatever a field can be.

        Raises:
            TypeError: it is of a kind that no answer can hold.
        """
        if isinstance(kind, NewType):
            return self.of(kind.__supertype__)
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if isinstance(kind, type) and is_dataclass(kind):
            return self.reference(kind)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {"enum": [each.value for each in kind]}
        return self._composed(kind)

    def _composed(self, kind: object) -> Schema:
        origin, inside = get_origin(kind), get_args(kind)
        if origin is Literal:
            return {"type": "string", "enum": list(inside)}
        if origin in (Union, UnionType):
            return {"anyOf": [self.of(each) for each in inside]}
        if origin in (dict, Mapping) and len(inside) == 2:  # noqa: PLR2004  of what to what
            return {"type": "object", "additionalProperties": self.of(inside[1])}
        if origin is tuple and (len(inside) != 2 or inside[1] is not ...):  # noqa: PLR2004  as tuple[X, ...] is written
            return _exactly([self.of(each) for each in inside])
        if origin in (tuple, list, Sequence):
            return {"type": "array", "items": self.of(inside[0])}
        if hasattr(kind, "__value__"):
            return self.of(kind.__value__)
        raise TypeError(f"an answer cannot hold {kind!r}")

    def _object(self, kind: type, name: str) -> Schema:
        hints = get_type_hints(kind)
        named = {each.name.rstrip("_"): self.of(hints[each.name]) for each in fields(kind)}
        told = (kind.__doc__ or "").strip().splitlines()
        return {
            "title": name,
            "type": "object",
            "description": told[0] if told else name,
            "properties": named,
            "required": list(named),
        }

    def _free_name(self, kind: type) -> str:
        if kind.__name__ not in self.schemas:
            return kind.__name__
        module = kind.__module__.rsplit(".", 1)[-1]
        return "".join(part.title() for part in module.split("_")) + kind.__name__


def _exactly(parts: list[Schema]) -> Schema:
    return {"type": "array", "prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}
