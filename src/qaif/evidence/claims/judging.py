"""Which entities were judged to be one. Statements stay as they were, whatever is judged and withdrawn.

Only a person's judgement joins two entities; a name alone never does. `different` forbids `same`, also where
the two would be joined through others.
"""

from collections.abc import Iterable, Sequence

from qaif.errors import InputError, NotFoundError
from qaif.evidence.claims.entity import NAMES, Entity
from qaif.records.judgements import DIFFERENT, SAME, WITHDRAWN, Judgement, held

_TELLS_NOTHING = frozenset((*NAMES, "topics", "country", "currency", "sourceUrl", "keywords", "publisher"))


def joined(judgements: Sequence[Judgement]) -> dict[str, str]:
    """Of each entity that was judged the same as another, the id that stands for all of them."""
    main: dict[str, str] = {}

    def root(each: str) -> str:
        while main.get(each, each) != each:
            each = main[each]
        return each

    for one in held(judgements):
        if one.judgement == SAME:
            low, high = sorted((root(one.left_id), root(one.right_id)))
            main[high], main[low] = low, low
    return {each: root(each) for each in main}


def members(main_of: dict[str, str], entity_id: str) -> tuple[str, ...]:
    """Every id that an entity goes by, its own among them."""
    main = main_of.get(entity_id, entity_id)
    return tuple(sorted({each for each, its in main_of.items() if its == main} | {entity_id}))


def same_as(judgements: Sequence[Judgement], entity_id: str) -> tuple[str, ...]:
    """An entity, and then all that were judged to be the same."""
    return tuple(dict.fromkeys((entity_id, *members(joined(judgements), entity_id))))


def different(judgements: Sequence[Judgement]) -> tuple[frozenset[str], ...]:
    """The pairs of entities that were judged to be different."""
    return tuple(frozenset(one.pair) for one in held(judgements) if one.judgement == DIFFERENT)


def check(judgements: Sequence[Judgement], new: Judgement) -> None:
    """Refuse a judgement that contradicts one that holds.

    Raises:
        InputError: an entity with itself, `same` where `different` forbids it, or the other way round.
        NotFoundError: a withdrawal of what does not hold.
    """
    holding = held(judgements)
    if new.left_id == new.right_id:
        raise InputError("An entity is the same as itself.", way_out="Name two entities.", id=new.left_id)
    if new.judgement == WITHDRAWN and new.pair not in {one.pair for one in holding}:
        raise NotFoundError(
            f"No judgement of {new.left_id} and {new.right_id} holds.", way_out="See `qaif judge list`."
        )
    if new.judgement == SAME:
        _refuse_forbidden(judgements, holding, new)
    if new.judgement == DIFFERENT and new.right_id in members(joined(judgements), new.left_id):
        path = _path(holding, new.left_id, new.right_id)
        raise InputError(
            f"{new.left_id} and {new.right_id} are judged to be the same: {' = '.join(path)}.",
            way_out="Withdraw one of these judgements first, with `qaif judge withdraw`.",
        )


def _refuse_forbidden(judgements: Sequence[Judgement], holding: Iterable[Judgement], new: Judgement) -> None:
    main_of = joined(judgements)
    left, right = set(members(main_of, new.left_id)), set(members(main_of, new.right_id))
    for one in holding:
        ends = {one.left_id, one.right_id}
        if one.judgement == DIFFERENT and ends & left and ends & right:
            through = "" if one.pair == new.pair else " Through others this would join those two."
            raise InputError(
                f"{one.left_id} and {one.right_id} were judged to be different by {one.author}: "
                f"{one.reason}.{through}",
                way_out="Withdraw that judgement first, with `qaif judge withdraw`, if it was wrong.",
            )


def _path(holding: Iterable[Judgement], start: str, end: str) -> list[str]:
    """The ids along which two entities are joined."""
    near: dict[str, list[str]] = {}
    for one in holding:
        if one.judgement == SAME:
            near.setdefault(one.left_id, []).append(one.right_id)
            near.setdefault(one.right_id, []).append(one.left_id)
    paths, seen = [[start]], {start}
    for path in paths:
        if path[-1] == end:
            return path
        for each in near.get(path[-1], ()):
            if each not in seen:
                seen.add(each)
                paths.append([*path, each])
    return [start, end]


def shared(left: Entity | None, right: Entity | None) -> tuple[str, ...]:
    """What two entities have in common that is more than a name, as `property: value`."""
    if left is None or right is None:
        return ()
    return tuple(
        f"{prop.name}: {value.value}"
        for prop in left.properties
        if prop.name not in _TELLS_NOTHING
        for value in prop.values
        if value.value in {other.value for other in right.values(prop.name)}
    )
