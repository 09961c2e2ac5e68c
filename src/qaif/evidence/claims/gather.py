"""All that is said of an address, an account or an entity: what it is, and the relations that name it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qaif.evidence.claims.entity import Entity, caption_of, put_together
from qaif.evidence.claims.judging import joined, members
from qaif.evidence.exchange.tagpack import DATASET, inheriting, pack_id
from qaif.evidence.vocabulary import vocabulary, wallet_key
from qaif.records.engine import Records
from qaif.records.judgements import Judgement, held
from qaif.records.statement_rows import Logged

MOST_LINKS = 500
_SEPARATORS = re.compile(r"[\s\-./]")


@dataclass(frozen=True)
class Gathered:
    """What is said under a name.

    Attributes:
        entities: what it is.
        links: the relations that name it, the latest said last.
        links_left_out: how many more there are.
        judgements: that hold and name one of these entities.
        datasets: the lists and packs that spoke.
    """

    entities: tuple[Entity, ...]
    links: tuple[Entity, ...]
    links_left_out: int
    judgements: tuple[Judgement, ...]
    datasets: tuple[str, ...]


def keys_of(subject: str) -> tuple[str, ...]:
    """Under what a subject may be found: as it stands, as an address, as an account, as an e-mail address.

    Raises:
        PrivateKeyError: it is a private key.
    """
    text = subject.strip()
    keys = [text, wallet_key(text), _SEPARATORS.sub("", text).upper()]
    if text.startswith(("0x", "0X")):
        keys.append(text.lower())
    if "@" in text:
        keys.append(text.casefold())
    return tuple(dict.fromkeys(key for key in keys if key))


def gather(records: Records, subject: str, as_of: int | None = None, until: str | None = None) -> Gathered:
    """Everything that holds of a subject.

    Args:
        records: the workspace's.
        subject: an address, an account, or the id of an entity.
        as_of: the last row of the log to look at; all where None.
        until: the last moment of judgements to look at; all where None.

    Raises:
        PrivateKeyError: the subject is a private key.
    """
    judgements = records.judgements.all(until)
    main_of = joined(judgements)
    keys = keys_of(subject)
    found = [row for key in keys for row in records.statements.by_key(key, as_of)]
    ids = [each for key in keys for each in members(main_of, key)]
    ids += [each for row in found if not _points(row) for each in members(main_of, row.statement.entity_id)]
    ids = list(dict.fromkeys(ids))
    pointing = [row for row in found if _points(row)]
    pointing += [row for each in ids if each not in keys for row in records.statements.by_key(each, as_of)]
    link_ids = list(dict.fromkeys(row.statement.entity_id for row in pointing if _points(row)))
    link_ids = [each for each in link_ids if each not in ids]
    own = records.statements.of_entities(ids, as_of)
    links = records.statements.of_entities(link_ids[-MOST_LINKS:], as_of)
    rows, inherited = inheriting(list(links), _heads(records, links, as_of))
    captions = names_of(records, (*own, *rows), as_of)
    return Gathered(
        put_together(own, main_of, captions),
        put_together(rows, None, captions, inherited),
        max(0, len(link_ids) - MOST_LINKS),
        tuple(one for one in held(judgements) if {one.left_id, one.right_id} & set(ids)),
        tuple(sorted({row.statement.assertion.dataset for row in (*own, *rows)} - {""})),
    )


def _points(row: Logged) -> bool:
    said = row.statement
    return vocabulary().points_to(said.schema, said.prop) is not None


def _heads(records: Records, links: Sequence[Logged], as_of: int | None) -> dict[str, list[Logged]]:
    packs = {row.statement.assertion.dataset for row in links}
    return {
        dataset: list(records.statements.of_entity(pack_id(dataset), as_of))
        for dataset in sorted(packs)
        if dataset.startswith(DATASET)
    }


def names_of(records: Records, rows: Sequence[Logged], as_of: int | None) -> dict[str, str]:
    """What to call the entities that are pointed to."""
    ends = [row.statement.value for row in rows if _points(row)]
    if not ends:
        return {}
    said: dict[str, list[Logged]] = {}
    for row in records.statements.of_entities(ends, as_of):
        said.setdefault(row.statement.entity_id, []).append(row)
    return {each: name for each, its in said.items() if (name := caption_of(its))}
