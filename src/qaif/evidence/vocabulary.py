"""The words of the evidence: FollowTheMoney's schemata and properties, and the few that it has not.

They are data (`vocabulary.json`). A schema or property that is not in it is no error: what others wrote with
a newer vocabulary is kept as it is, and its values are taken for plain strings.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qaif.chain.addresses import parse_address
from qaif.errors import AddressError, PrivateKeyError
from qaif.feeds.networks import NETWORKS

_ENTITY = "entity:"
_KEYED = frozenset(("identifier", "email", "phone"))
_WALLET_PROPS = frozenset(("publicKey", "cryptoAddress"))
_ACCOUNT_PROPS = frozenset(("iban", "accountNumber", "bic"))
_NOT_OF_ACCOUNTS = re.compile(r"[\s\-./]")
_LONGEST_KEY = 200


@dataclass(frozen=True)
class Schema:
    """A kind of entity.

    Attributes:
        name: FollowTheMoney's name of it, or ours.
        extends: the kinds that it is a kind of, nearest first.
        edge: the properties that hold its two ends, where it is a relation; None where it is a thing.
        properties: each property with its type; `entity:Person` points to a person. Inherited ones included.
        abstract: nothing is of this kind without being of a narrower one.
    """

    name: str
    extends: tuple[str, ...]
    edge: tuple[str, str] | None
    properties: Mapping[str, str]
    abstract: bool

    def is_a(self, name: str) -> bool:
        """It is this kind, or a kind of it."""
        return name == self.name or name in self.extends


@dataclass(frozen=True)
class Vocabulary:
    """All schemata, and the roles that an address can play towards somebody.

    Attributes:
        schemata: by name.
        roles: values of `role` of a link between a wallet and an entity, such as `operated by`.
        source: where the schemata were taken from.
    """

    schemata: Mapping[str, Schema]
    roles: tuple[str, ...]
    source: str

    def type_of(self, schema: str, prop: str) -> str:
        """The type of a property; `string` where it is not known."""
        known = self.schemata.get(schema)
        return known.properties.get(prop, "string") if known else "string"

    def points_to(self, schema: str, prop: str) -> str | None:
        """The kind that a property points to; None where it holds a value."""
        type_name = self.type_of(schema, prop)
        return type_name.removeprefix(_ENTITY) if type_name.startswith(_ENTITY) else None

    def is_a(self, schema: str, name: str) -> bool:
        """A kind is another, or a kind of it; False for an unknown one."""
        known = self.schemata.get(schema)
        return known.is_a(name) if known else schema == name

    def key_of(self, schema: str, prop: str, value: str) -> str | None:
        """Under what a value is found; None where it is found only through its entity.

        Ids that are pointed to stand as they are, Bitcoin addresses as Bitcoin Core writes them, accounts
        without blanks and in capitals, e-mail addresses in small letters.
        """
        type_name = self.type_of(schema, prop)
        if type_name.startswith(_ENTITY):
            return value
        if prop in _WALLET_PROPS:
            return wallet_key(value)
        if type_name not in _KEYED or len(value) > _LONGEST_KEY:
            return None
        if prop in _ACCOUNT_PROPS:
            return _NOT_OF_ACCOUNTS.sub("", value).upper()
        return value.strip().casefold() if type_name == "email" else value.strip()


def wallet_key(text: str) -> str:
    """An address as it is looked for: a Bitcoin address as Bitcoin Core writes it, another as it stands."""
    text = text.strip()
    for network in NETWORKS.values():
        try:
            return parse_address(text, network).address
        except PrivateKeyError:
            raise
        except AddressError:
            continue
    return text


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, read once."""
    read = json.loads(files("qaif.evidence").joinpath("vocabulary.json").read_text("utf-8"))
    declared = _declared(read)
    schemata = {name: _schema(name, declared) for name in declared}
    return Vocabulary(schemata, tuple(read["roles"]), read["source"])


def _declared(read: Mapping[str, dict[str, dict[str, object]]]) -> dict[str, dict[str, object]]:
    """FollowTheMoney's schemata with ours; where both have one, our properties are added to it."""
    out = {name: dict(body) for name, body in read["followthemoney"].items()}
    for name, body in read["ours"].items():
        known = out.get(name, {"extends": [], "properties": {}})
        out[name] = {
            **known,
            "extends": [*_names(known["extends"]), *_names(body["extends"])],
            "properties": {**_types(known["properties"]), **_types(body["properties"])},
        }
    return out


def _schema(name: str, declared: Mapping[str, dict[str, object]]) -> Schema:
    line: list[str] = []
    waiting = [name]
    while waiting:
        each = waiting.pop(0)
        if each not in line:
            line.append(each)
            waiting.extend(_names(declared[each]["extends"]))
    properties: dict[str, str] = {}
    for each in reversed(line):
        properties |= _types(declared[each]["properties"])
    edge = next((_names(declared[each]["edge"]) for each in line if "edge" in declared[each]), None)
    return Schema(
        name,
        tuple(line[1:]),
        (edge[0], edge[1]) if edge else None,
        properties,
        bool(declared[name].get("abstract")),
    )


def _names(value: object) -> list[str]:
    assert isinstance(value, list)  # noqa: S101  the file is ours
    return [str(each) for each in value]


def _types(value: object) -> dict[str, str]:
    assert isinstance(value, dict)  # noqa: S101  the file is ours
    return {str(name): str(each) for name, each in value.items()}
