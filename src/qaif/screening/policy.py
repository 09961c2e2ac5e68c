"""Policies: what a desk does about what is found. Versioned YAML with a schema; mistakes are named by line.

A policy never decides whether something is on a list. It says what follows from a hit, from dealings, tags
and indicators, and how old lists and chain may be before absence from them means nothing.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeVar

from qaif.errors import InputError, NotFoundError
from qaif.evidence.exchange.bounded_yaml import read_yaml

Outcome = Literal["none", "alert", "hold"]
Severity = Literal["low", "medium", "high", "critical"]
OUTCOMES: tuple[Outcome, ...] = ("none", "alert", "hold")  # from the mildest on
ANY = "*"
_LARGEST = 1 << 20
_Part = TypeVar("_Part")
_MOST_NAMED = 20
_TOO_MUCH = (
    "a single tag or indicator, or tags of one root, can lead to no more than an alert: ask for least_roots "
    "or least of 2, or for a listing"
)


@dataclass(frozen=True)
class ContactIs:
    """Dealings that a rule is about; what is None or empty does not matter.

    Attributes:
        listed_by: the other side is listed by one of these jurisdictions.
        category: somebody says that it is of one of these kinds; `*` for any.
        entity: it is one of these entities, by id.
        direction: `in` where it paid the address, `out` where it was paid.
        least_hops, most_hops: steps between the two; one is dealing directly.
        least_sat: so much at least.
        least_share_ppm: so much of all that went that way, by every convention of tracing.
        listing: the dealing came before or after the listing.
        designated_from: the listing is of this day or later.
        most_age_days: the last dealing is no older.
        least_roots: so many independent roots say of which kind it is.
    """

    listed_by: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    entity: tuple[str, ...] = ()
    direction: Literal["in", "out", "any"] = "any"
    least_hops: int = 1
    most_hops: int = 1
    least_sat: int = 0
    least_share_ppm: int = 0
    listing: Literal["before", "after", "any"] = "any"
    designated_from: str = ""
    most_age_days: int | None = None
    least_roots: int = 1


@dataclass(frozen=True)
class TagIs:
    """What is said of the address itself: of one of these kinds, by so many independent roots."""

    category: tuple[str, ...]
    least_roots: int = 1


@dataclass(frozen=True)
class IndicatorsAre:
    """So many of these indicators hold at once; `*` for any."""

    any_of: tuple[str, ...]
    least: int = 1


@dataclass(frozen=True)
class TransferIs:
    """The transfer that is asked about."""

    direction: Literal["in", "out"] | None = None
    least_sat: int = 0


@dataclass(frozen=True)
class InUse:
    """Days since the address was first seen."""

    least_days: int = 0
    most_days: int | None = None


@dataclass(frozen=True)
class When:
    """All that is not None must hold."""

    listed_by: tuple[str, ...] | None = None
    contact: ContactIs | None = None
    tag: TagIs | None = None
    indicators: IndicatorsAre | None = None
    transfer: TransferIs | None = None
    in_use: InUse | None = None


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: its name, unique in the policy.
        text: what it says, in a sentence.
        severity: for people.
        outcome: what follows.
        weight: what it adds to a score.
        when: when it fires.
    """

    id: str
    text: str
    severity: Severity
    outcome: Outcome
    weight: int
    when: When


@dataclass(frozen=True)
class Policy:
    """A policy.

    Attributes:
        name, version, title: which.
        sha256: of its file.
        jurisdictions: whose lists must be there, whole and fresh.
        list_days: a list may be so old.
        tip_minutes: the chain's last block may be so old.
        dust_sat: a receipt below it exposes nobody.
        score: whether a score is given.
        four_eyes: outcomes on which two people must decide.
        rules: in their order.
    """

    name: str
    version: int
    title: str
    sha256: str
    jurisdictions: tuple[str, ...]
    list_days: int
    tip_minutes: int
    dust_sat: int
    score: bool
    four_eyes: tuple[str, ...]
    rules: tuple[Rule, ...]


def ready_policies() -> tuple[str, ...]:
    """The names of the policies that come with the program."""
    return tuple(sorted(each.name.removesuffix(".yaml") for each in _folder().iterdir()))


def policy_named(asked: str) -> Policy:
    """A policy that comes with the program, by name, or one in a file, by its path.

    Raises:
        NotFoundError: there is none.
        InputError: it is not a policy; the message names the line.
    """
    if asked in ready_policies():
        return read_policy(_folder().joinpath(f"{asked}.yaml").read_bytes(), asked)
    path = Path(asked)
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(
            f"There is no policy {asked}.",
            way_out=f"Name a file, or one of {', '.join(ready_policies())}.",
        ) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    return read_policy(content, path.name)


def policy_text(name: str) -> str:
    """The text of a policy that comes with the program.

    Raises:
        NotFoundError: there is none of this name.
    """
    if name not in ready_policies():
        raise NotFoundError(
            f"No policy {name[:60]!r} comes with the program.",
            way_out=f"Name one of {', '.join(ready_policies())}.",
        )
    return str(_folder().joinpath(f"{name}.yaml").read_text(encoding="utf-8"))


def read_policy(content: bytes, name: str) -> Policy:
    """A policy from the bytes of its file.

    Raises:
        InputError: it is not YAML, or not a policy; the message names the line.
    """
    if len(content) > _LARGEST:
        raise InputError(f"{name} is larger than a policy may be.", way_out="Cut it up.")
    told = read_yaml(content, name)
    mistakes = list(_mistakes(told))
    if mistakes:
        places = _Places(content)
        said = "; ".join(f"line {places.line(at)}: {what}" for at, what in mistakes[:_MOST_NAMED])
        raise InputError(
            f"{name} is not a policy: {said}.",
            way_out="`qaif policy schema` prints what a policy may say.",
            line=places.line(mistakes[0][0]),
        )
    return _policy(told, hashlib.sha256(content).hexdigest())


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of policies."""
    text = files("qaif.screening").joinpath("policy.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def _folder() -> Any:
    return files("qaif.screening").joinpath("policies")


_At = tuple[str | int, ...]


def _mistakes(told: Any) -> Iterator[tuple[_At, str]]:
    """Where a policy is wrong, in the order of the file, and how."""
    from jsonschema import Draft202012Validator

    found = [
        (tuple(error.absolute_path), f"{_named(error.absolute_path)}: {error.message[:300]}")
        for error in Draft202012Validator(schema()).iter_errors(told)
    ]
    yield from sorted(found, key=lambda each: tuple(map(str, each[0])))
    if not found:
        yield from _senseless(told["rules"])


def _senseless(rules: list[Any]) -> Iterator[tuple[_At, str]]:
    """What the schema cannot say."""
    seen: set[str] = set()
    for place, rule in enumerate(rules):
        at, when = ("rules", place), rule["when"]
        if rule["id"] in seen:
            yield (*at, "id"), f"the rule {rule['id']!r} stands twice"
        seen.add(rule["id"])
        contact = when.get("contact", {})
        if contact.get("least_hops", 1) > contact.get("most_hops", 1):
            yield (*at, "when", "contact"), "least_hops is more than most_hops"
        if rule["outcome"] == "hold" and not _may_hold(when):
            yield (*at, "outcome"), _TOO_MUCH


def _may_hold(when: Mapping[str, Any]) -> bool:
    contact, tag = when.get("contact", {}), when.get("tag", {})
    if "listed" in when or "listed_by" in contact:
        return True
    least = (
        contact.get("least_roots", 1),
        tag.get("least_roots", 1),
        when.get("indicators", {}).get("least", 1),
    )
    return bool(max(least) > 1)


def _named(path: Any) -> str:
    return ".".join(str(each) for each in path) or "the policy"


class _Places:
    """Lines of a YAML text by the path to what stands there."""

    def __init__(self, content: bytes) -> None:
        import yaml

        self._root: Any = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.CSafeLoader)

    def line(self, at: _At) -> int:
        """The line, from 1, of the nearest thing on the path that is there."""
        node = self._root
        for step in at:
            inner = self._inner(node, step)
            if inner is None:
                break
            node = inner
        return 1 if node is None else int(node.start_mark.line) + 1

    @staticmethod
    def _inner(node: Any, step: str | int) -> Any:
        if isinstance(step, int):
            return node.value[step] if isinstance(node.value, list) and step < len(node.value) else None
        pairs = node.value if isinstance(node.value, list) else []
        return next((value for key, value in pairs if key.value == step), None)


def _policy(told: Mapping[str, Any], sha256: str) -> Policy:
    return Policy(
        name=told["policy"],
        version=told["version"],
        title=told["title"],
        sha256=sha256,
        jurisdictions=tuple(told["jurisdictions"]),
        list_days=told["limits"]["list_days"],
        tip_minutes=told["limits"]["tip_minutes"],
        dust_sat=told.get("dust_sat", 1000),
        score=told.get("score", False),
        four_eyes=tuple(told.get("four_eyes", ())),
        rules=tuple(_rule(each) for each in told["rules"]),
    )


def _rule(told: Mapping[str, Any]) -> Rule:
    when = told["when"]
    listed, in_use = when.get("listed"), when.get("first_seen")
    return Rule(
        id=told["id"],
        text=told["text"],
        severity=told["severity"],
        outcome=told["outcome"],
        weight=told.get("weight", 0),
        when=When(
            listed_by=tuple(listed["by"]) if listed else None,
            contact=_made(ContactIs, when.get("contact")),
            tag=_made(TagIs, when.get("tag")),
            indicators=_made(IndicatorsAre, when.get("indicators")),
            transfer=_made(TransferIs, when.get("transfer")),
            in_use=_made(InUse, in_use),
        ),
    )


def _made(kind: type[_Part], told: Mapping[str, Any] | None) -> _Part | None:
    if told is None:
        return None
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in told.items()})
