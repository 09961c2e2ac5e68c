"""The seed: who is said to designate whom in the case that started the project, each with its public source.

It is no list. What it says is as good as its source, and what has none yet is marked as alleged; nothing in
it makes anybody listed. It is there to be checked against the authorities' own lists.
"""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, BinaryIO

import yaml

from qaif.errors import ListError
from qaif.evidence.lists.known import LISTS, SEED
from qaif.evidence.lists.making import Making
from qaif.evidence.lists.recognise import Recognised
from qaif.records.statement import Assertion, digest_of

NOT_SOURCED = "not yet sourced"
_FACT = ("jurisdiction", "authority", "programme", "act", "scope", "exemptions", "from", "to", "note")
_PROPS = {
    "authority": "authority",
    "programme": "program",
    "act": "legalAct",
    "scope": "scope",
    "exemptions": "exemptions",
    "from": "startDate",
    "to": "endDate",
    "note": "summary",
}


def recognised() -> Recognised:
    """The seed, as what a file is recognised to be."""
    return Recognised(LISTS[SEED], "seed", reader=read)


def seed_bytes() -> bytes:
    """The seed's file."""
    return files("qaif.evidence.lists").joinpath("seed.yaml").read_bytes()


def read(stream: BinaryIO, made: Making) -> Iterator[None]:
    """Read the seed; see `making`.

    Raises:
        ListError: it is none.
    """
    try:
        document = yaml.safe_load(stream)
    except yaml.YAMLError as error:
        raise ListError("The seed is no YAML.") from error
    if not isinstance(document, dict) or not isinstance(document.get("entities"), list):
        raise ListError("The seed has no entities.")
    made.published_at = made.version = str(document.get("version", ""))
    sources: dict[str, dict[str, Any]] = document.get("sources", {})
    for at, entity in enumerate(document["entities"]):
        _entity(entity, sources, made, f"entities[{at}]")
        yield
    for at, relation in enumerate(document.get("relations", ())):
        _relation(relation, sources, made, f"relations[{at}]")
        yield


def _entity(entity: dict[str, Any], sources: dict[str, dict[str, Any]], made: Making, locator: str) -> None:
    entity_id, schema = str(entity["id"]), str(entity["schema"])
    made.said_by = _assertion(made, sources, str(entity.get("source", "")))
    made.entity(entity_id, schema, locator)
    for prop in ("name", "alias"):
        for value in entity.get(prop, ()):
            text, lang = (value["text"], value["lang"]) if isinstance(value, dict) else (str(value), "")
            made.say(entity_id, schema, prop, text, locator, lang=lang)
    for at, fact in enumerate(entity.get("facts", ())):
        _fact(entity_id, fact, sources, made, f"{locator}.facts[{at}]")


def _fact(
    entity_id: str, fact: dict[str, Any], sources: dict[str, dict[str, Any]], made: Making, locator: str
) -> None:
    made.said_by = _assertion(made, sources, str(fact.get("source", "")))
    told = [str(fact.get(name, "")) for name in _FACT]
    sanction_id = f"seed-{digest_of(entity_id, *told)[:16].hex()}"
    made.entity(sanction_id, "Sanction", locator)
    made.say(sanction_id, "Sanction", "entity", entity_id, locator)
    made.say(sanction_id, "Sanction", "country", str(fact["jurisdiction"]), locator)
    made.say(sanction_id, "Sanction", "designates", "yes" if fact.get("designates", True) else "no", locator)
    for name, prop in _PROPS.items():
        made.say(sanction_id, "Sanction", prop, str(fact.get(name, "")), locator)
    source = sources.get(str(fact.get("source", "")), {})
    made.say(sanction_id, "Sanction", "sourceUrl", str(source.get("url", "")), locator)


def _relation(
    relation: dict[str, Any], sources: dict[str, dict[str, Any]], made: Making, locator: str
) -> None:
    made.said_by = _assertion(made, sources, str(relation.get("source", "")))
    subject, object_id, role = (str(relation[name]) for name in ("subject", "object", "role"))
    link_id = f"seed-{digest_of(subject, object_id, role)[:16].hex()}"
    made.entity(link_id, "UnknownLink", locator)
    for prop, value in (("subject", subject), ("object", object_id), ("role", role)):
        made.say(link_id, "UnknownLink", prop, value, locator)


def _assertion(made: Making, sources: dict[str, dict[str, Any]], name: str) -> Assertion:
    """Who says it: the source that is named, or nobody yet."""
    source = sources.get(name)
    if source is None:
        return Assertion(
            asserted_by=made.known.says,
            resting_on=(NOT_SOURCED,),
            dataset=made.known.name,
            status="alleged",
            method=NOT_SOURCED,
        )
    return Assertion(
        asserted_by=str(source["who"]),
        resting_on=tuple(str(each) for each in source.get("resting_on", ())),
        dataset=made.known.name,
        reliability=str(source["reliability"]),
        credibility=int(source["credibility"]),
        status="reported",
        quote=str(source.get("says", "")),
        method="shipped with Qaif, read by a person",
    )
