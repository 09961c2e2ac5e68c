"""GraphSense TagPacks and ActorPacks as statements, and statements as packs.

A tag is a link (`UnknownLink`) from a wallet to an actor; what the head of a pack says of all its tags is
said once, of the pack, and goes for each tag that does not say otherwise. So a pack comes out as it went in.
The pack's author asserts it; it rests on the site that the tag names as its source.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from qaif.errors import InputError, PrivateKeyError
from qaif.evidence.exchange.quick import bitcoin_key
from qaif.evidence.exchange.typed import TYPES, grouped, texts_of
from qaif.records.statement import Assertion, Statement
from qaif.records.statement_rows import Logged

TAGS, ACTORS = "tags", "actors"
DATASET = "tagpack:"
_PROPS = {
    TAGS: {
        "address": "subject",
        "actor": "object",
        "label": "summary",
        "source": "sourceUrl",
        "lastmod": "modifiedAt",
        "tx_hash": "recordId",
    },
    ACTORS: {
        "label": "name",
        "uri": "website",
        "lastmod": "modifiedAt",
        "aliases": "alias",
        "jurisdictions": "jurisdiction",
    },
}
_FIELDS = {kind: {prop: name for name, prop in props.items()} for kind, props in _PROPS.items()}
_HEADS = {TAGS: "TagPack", ACTORS: "ActorPack"}
_SCHEMATA = {TAGS: "UnknownLink", ACTORS: "LegalEntity"}
ACTOR = "actor:"
_OTHER = "tagpack."
_BITCOIN = frozenset(("BTC", "XBT", "BITCOIN"))
_OWN = frozenset(("title", "creator", "description", "owner", "is_public", "uri", "tags", "actors"))


@dataclass
class Pack:
    """A pack that was read.

    Attributes:
        title: its title.
        creator: who made it.
        kind: `tags` or `actors`.
        head: all that stands beside the rows.
        rows: tags or actors, with just what each says itself.
    """

    title: str
    creator: str
    kind: str
    head: dict[str, Any]
    rows: list[dict[str, Any]]

    @property
    def dataset(self) -> str:
        """The name that its statements go by."""
        return f"{DATASET}{self.title}"


@dataclass
class PackCounts:
    """What stands in a pack.

    Attributes:
        rows: tags or actors.
        bitcoin: tags of a valid Bitcoin address of mainnet.
        other_chain: tags of another chain, kept as text; that chain is not analysed.
        wrong_network: tags that say Bitcoin and have no Bitcoin address; kept, flagged, and not read as one.
        transactions: tags of a transaction.
        no_confidence: tags without a confidence, their own or the head's; none is made up.
        inherited: values that tags have from the head.
        duplicates: tags that stand in the pack before, in the same words.
        flagged: the first of the flagged tags, in words.
    """

    rows: int = 0
    bitcoin: int = 0
    other_chain: int = 0
    wrong_network: int = 0
    transactions: int = 0
    no_confidence: int = 0
    inherited: int = 0
    duplicates: int = 0
    flagged: list[str] = field(default_factory=list)


_MOST_FLAGGED = 50
_WORDS = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=repr)


def pack_of(value: Any, name: str) -> Pack:
    """A pack from what its file holds.

    Raises:
        InputError: it is none.
    """
    if not isinstance(value, dict) or (TAGS in value) == (ACTORS in value):
        raise InputError(f"{name} is neither a TagPack nor an ActorPack.", way_out="Name one, in YAML.")
    kind = TAGS if TAGS in value else ACTORS
    rows, title, creator = value[kind], value.get("title"), value.get("creator")
    if not isinstance(title, str) or not title.strip() or not isinstance(creator, str):
        raise InputError(f"{name} has no title or no creator.", way_out="Add them to its head.")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"The {kind} of {name} are not a list of fields.", way_out="Mend the file.")
    return Pack(title, creator, kind, {key: each for key, each in value.items() if key != kind}, rows)


def pack_id(dataset: str) -> str:
    """The id of the entity that a pack's head is said of."""
    return f"pack-{sha256(dataset.encode()).hexdigest()[:16]}"


def chain_of(wallet: str) -> str:
    """The symbol of a wallet's chain by its id; empty for Bitcoin, `not-BTC` where it says so and is not."""
    symbol, colon, _ = wallet.partition(":")
    return symbol if colon else ""


class PackReader:
    """Statements of one pack, with what was counted on the way.

    The file that was read stands in the act of entering, not in what is asserted: a tag that a later version
    of a pack still has is the same statement.
    """

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._assertions: dict[tuple[str | None, str | None], Assertion] = {}
        self._seen: Counter[str] = Counter()
        self._props = _PROPS[pack.kind]
        self._lifted = [name for name in pack.head if name not in _OWN]
        self.counts = PackCounts()

    def statements(self) -> Iterator[Statement]:
        """All that the pack says, its head first."""
        pack = self._pack
        head = self._assertion(pack.head)
        schema, entity = _HEADS[pack.kind], pack_id(pack.dataset)
        yield Statement(entity, schema, "id", entity, head, locator="head")
        for name, value in pack.head.items():
            prop = _prop_of(self._props, name)
            for text, original in texts_of(value):
                yield Statement(entity, schema, prop, text, head, "", original, None, f"head/{name}")
        row_of = self._tag if pack.kind == TAGS else self._actor
        for number, row in enumerate(pack.rows):
            self.counts.rows += 1
            self.counts.inherited += sum(name not in row for name in self._lifted)
            yield from row_of(number, row)

    def _tag(self, number: int, tag: Mapping[str, Any]) -> Iterator[Statement]:
        entity, said, where = self._tag_id(tag), self._assertion(tag), f"{TAGS}/{number}"
        if self._value(tag, "confidence") is None:
            self.counts.no_confidence += 1
        if "address" not in tag:
            self.counts.transactions += "tx_hash" in tag
            yield Statement(entity, "UnknownLink", "id", entity, said, locator=where)
        for name, value in tag.items():
            prop = _prop_of(self._props, name)
            for text, original in texts_of(value):
                if name == "address":
                    wallet, key = self._wallet(text, tag, number)
                    as_it_stood = original or (text if text != wallet else None)
                    yield Statement(entity, "UnknownLink", prop, wallet, said, "", as_it_stood, key, where)
                elif name == "actor" and original is None:
                    actor = f"{ACTOR}{text}"
                    yield Statement(entity, "UnknownLink", prop, actor, said, "", None, actor, where)
                else:
                    found = text if name == "tx_hash" else None
                    yield Statement(entity, "UnknownLink", prop, text, said, "", original, found, where)

    def _actor(self, number: int, actor: Mapping[str, Any]) -> Iterator[Statement]:
        said, where = self._assertion(actor), f"{ACTORS}/{number}"
        name = f"{ACTOR}{actor.get('id', f'unnamed {number}')}"
        self._seen[name] += 1
        if self._seen[name] > 1:
            self.counts.duplicates += 1
            name = f"{name}#{self._seen[name]}"
        yield Statement(name, "LegalEntity", "id", str(actor.get("id", "")), said, "", None, name, where)
        for each, value in actor.items():
            if each != "id":
                prop = _prop_of(self._props, each)
                for text, original in texts_of(value):
                    yield Statement(name, "LegalEntity", prop, text, said, "", original, None, where)

    def _tag_id(self, tag: Mapping[str, Any]) -> str:
        """The same words have the same id wherever they stand; a repetition has its own."""
        text = _WORDS.encode(tag)
        digest = sha256(f"{self._pack.dataset}\n{text}".encode()).hexdigest()[:24]
        self._seen[digest] += 1
        if self._seen[digest] > 1:
            self.counts.duplicates += 1
            return f"tag-{digest}-{self._seen[digest]}"
        return f"tag-{digest}"

    def _wallet(self, address: str, tag: Mapping[str, Any], number: int) -> tuple[str, str]:
        """The id of the wallet that a tag is about, and the key under which it is found."""
        named = self._value(tag, "network") or self._value(tag, "currency")
        chain = str(named).strip().upper() if named is not None else ""
        if chain and chain not in _BITCOIN:
            self.counts.other_chain += 1
            return f"{chain}:{address}", _folded(address)
        try:
            key = bitcoin_key(address.strip())
        except PrivateKeyError:
            raise InputError(
                f"Tag {number + 1:,} of {self._pack.title!r} holds a private key; nothing was imported.",
                way_out="Take it out of the file.",
                tag=number + 1,
            ) from None
        if key is not None:
            self.counts.bitcoin += 1
            return key, key
        if not chain:
            self.counts.other_chain += 1
            return f"?:{address}", _folded(address)
        self.counts.wrong_network += 1
        if len(self.counts.flagged) < _MOST_FLAGGED:
            self.counts.flagged.append(
                f"tag {number + 1:,} says {chain} of {address[:100]}, no Bitcoin address"
            )
        return f"not-{chain}:{address}", _folded(address)

    def _value(self, row: Mapping[str, Any], name: str) -> Any:
        return row.get(name, self._pack.head.get(name))

    def _assertion(self, row: Mapping[str, Any]) -> Assertion:
        source, lastmod = self._value(row, "source"), self._value(row, "lastmod")
        site = _site(source) if isinstance(source, str) else None
        day = None if lastmod is None else texts_of(lastmod)[0][0]
        known = self._assertions.get((site, day))
        if known is None:
            known = self._assertions[site, day] = Assertion(
                asserted_by=self._pack.creator,
                resting_on=(site,) if site else (),
                dataset=self._pack.dataset,
                last_seen=day,
                method="TagPack" if self._pack.kind == TAGS else "ActorPack",
            )
        return known


def _prop_of(props: Mapping[str, str], name: str) -> str:
    """The property that a field becomes; a field that is called as another one's property has its own."""
    if name in props:
        return props[name]
    taken = name == "id" or name.startswith(_OTHER) or name in props.values()
    return f"{_OTHER}{name}" if taken else name


def _folded(address: str) -> str:
    return address.lower() if address.startswith(("0x", "0X")) else address


def _site(source: str) -> str:
    """The site of a web address; another source as it stands."""
    try:
        host = urlsplit(source.strip()).hostname
    except ValueError:
        host = None
    return host or source.strip()


def written(logged: Iterable[Logged]) -> dict[str, Any]:
    """A pack again, as its YAML has it, from the statements of its dataset.

    Raises:
        InputError: they are no pack's.
    """
    head: list[tuple[str, tuple[str, str | None]]] = []
    kind = TAGS
    rows: dict[str, tuple[int, list[tuple[str, tuple[str, str | None]]]]] = {}
    for row in logged:
        said = row.statement
        if said.schema in _HEADS.values():
            kind = TAGS if said.schema == _HEADS[TAGS] else ACTORS
            if said.prop != "id":
                head.append((said.prop, (said.value, said.original)))
            continue
        place = int(said.locator.rpartition("/")[2] or 0)
        rows.setdefault(said.entity_id, (place, []))[1].append((said.prop, _as_it_stood(said)))
    if not head:
        raise InputError("These statements are of no TagPack.", way_out="See `qaif tagpack list`.")
    names = _FIELDS[kind]
    out = {names.get(prop, prop.removeprefix(_OTHER)): value for prop, value in grouped(head).items()}
    out[kind] = [
        {
            names.get(prop, prop.removeprefix(_OTHER)): value
            for prop, value in grouped(_own(kind, pairs)).items()
        }
        for _, pairs in sorted(rows.values(), key=lambda each: each[0])
    ]
    return out


def _own(kind: str, pairs: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """What a tag says itself: that there is a tag is nothing that it says."""
    return [pair for pair in pairs if kind == ACTORS or pair[0] != "id"]


def _as_it_stood(said: Statement) -> tuple[str, str | None]:
    if said.prop == "subject":
        rest = said.value.partition(":")[2] or said.value
        if said.original in TYPES:
            return rest, None if rest == said.original else said.original
        return said.original or rest, None
    if said.prop == "object" and said.original is None:
        return said.value.removeprefix(ACTOR), None
    return said.value, said.original


def inheriting(rows: list[Logged], heads: Mapping[str, list[Logged]]) -> tuple[list[Logged], frozenset[int]]:
    """Rows of tags with what each has from its pack's head, and which rows of the log those are.

    Args:
        rows: of tags and of anything else.
        heads: the rows of each pack's head, by dataset.
    """
    from dataclasses import replace

    has: dict[str, set[str]] = {}
    dataset_of: dict[str, str] = {}
    for row in rows:
        said = row.statement
        if said.schema == "UnknownLink" and said.assertion.dataset in heads:
            has.setdefault(said.entity_id, set()).add(said.prop)
            dataset_of[said.entity_id] = said.assertion.dataset
    out, inherited = list(rows), set()
    for entity, props in has.items():
        for row in heads[dataset_of[entity]]:
            prop = row.statement.prop
            if prop not in props and prop not in _OWN and prop != "id":
                inherited.add(row.seq)
                value = row.statement.value
                if prop == "object":
                    value = f"{ACTOR}{value}"
                said = replace(row.statement, entity_id=entity, schema="UnknownLink", value=value)
                out.append(replace(row, statement=said))
    return out, frozenset(inherited)
