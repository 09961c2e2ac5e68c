from dataclasses import replace as changed
from itertools import count

import pytest

from qaif.errors import InputError, NotFoundError
from qaif.evidence.claims.contradictions import contradictions
from qaif.evidence.claims.entity import Entity, put_together
from qaif.evidence.claims.judging import check, joined, members, shared
from qaif.evidence.claims.roots import independent_roots
from qaif.records.judgements import Judgement, held
from qaif.records.statement import Assertion, Entry, Statement
from qaif.records.statement_rows import Logged

ENTRY = Entry(entered_by="analyst", entered_at="2026-11-25T00:00:00Z", tool="test")
_SEQ = count(1)


def _logged(entity: str, prop: str, value: str, by: str, *resting_on: str, schema: str = "Person") -> Logged:
    said = Statement(entity, schema, prop, value, Assertion(asserted_by=by, resting_on=resting_on))
    return Logged(next(_SEQ), said.id.hex(), said=True, statement=said, entry=ENTRY)


def _entity(*rows: Logged) -> Entity:
    (entity,) = put_together(rows)
    return entity


@pytest.mark.parametrize(
    ("chains", "roots"),
    [
        ([("article",)], ("article",)),
        ([("article", "newspaper", "report")], ("report",)),
        ([("article", "newspaper", "report"), ("blog", "report")], ("report",)),
        ([("article", "newspaper"), ("newspaper", "report")], ("report",)),
        ([("article", "newspaper"), ("blog", "newspaper", "report")], ("report",)),
        ([("article", "newspaper"), ("newspaper",)], ("newspaper",)),
        ([("article", "newspaper"), ("newspaper", "report"), ("newspaper",)], ("report",)),
        ([("article",), ("article", "newspaper"), ("article", "court")], ("article",)),
        ([("article", "newspaper"), ("article", "court")], ("article",)),
        ([("article", "paper", "desk"), ("article", "paper", "institute")], ("paper",)),
        ([("article", "paper", "desk"), ("blog", "paper", "institute"), ("court",)], ("court", "paper")),
        ([("a", "paper", "x"), ("b", "paper"), ("b", "court")], ("court",)),
        ([("one",), ("other",)], ("one", "other")),
        ([("The  Paper",), ("article", "THE PAPER")], ("The  Paper",)),
        ([("b", "a"), ("a", "b")], ("a",)),
        ([("x", "b"), ("b", "a"), ("a", "b")], ("a",)),
        ([("itself", "itself")], ("itself",)),
        ([], ()),
    ],
)
def test_corroboration_counts_those_that_all_rest_on(
    chains: list[tuple[str, ...]], roots: tuple[str, ...]
) -> None:
    assert independent_roots(chains) == roots
    turned = independent_roots(reversed(chains))
    assert [" ".join(each.casefold().split()) for each in turned] == [
        " ".join(each.casefold().split()) for each in roots
    ]


def test_a_value_has_everyone_who_says_it_and_what_was_taken_back_does_not_count() -> None:
    back = _logged("p", "name", "Invented Name", "a third")
    said = changed(back.statement, assertion=changed(back.statement.assertion, status="retracted"))
    entity = _entity(
        _logged("p", "id", "p", "article", "newspaper"),
        _logged("p", "name", "Invented Name", "article", "newspaper"),
        _logged("p", "name", "Invented Name", "newspaper", "report"),
        changed(back, statement=said),
        _logged("p", "alias", "Another", "blog"),
    )
    (name,) = entity.values("name")
    assert (name.roots, len(name.sayings)) == (("report",), 3)
    assert (entity.caption, entity.schemata) == ("Invented Name", ("Person",))
    assert {prop.name for prop in entity.properties} == {"name", "alias"}


@pytest.mark.parametrize(
    ("prop", "one", "other", "kind"),
    [
        ("birthDate", "1971", "1971-03-02", None),
        ("birthDate", "1971-03-02", "1971-03-20", "dates"),
        ("birthDate", "1971", "1972", "dates"),
        ("amountUsd", "24000000", "29000000", "amounts"),
        ("amountUsd", "24,000,000", "24000000.0", None),
        ("amountUsd", "24000000 USD", "29,000,000", "amounts"),
        ("amountUsd", "24000000 USD", "23970000", None),
        ("amount", "24000000 USD", "29000000 EUR", None),
        ("amount", "about twenty", "about ten", "amounts"),
        ("shownFrom", "2019-01-05", "2019-02-05", "dates"),
        ("shownFrom", "2019-01", "2019-01-05", None),
        ("iban", "PS 92", "ps92", None),
        ("iban", "PS92", "PS93", "values"),
        ("designates", "yes", "no", "is and is not"),
        ("designates", "yes", "designated", None),
        ("name", "One", "Other", None),
    ],
)
def test_contradictions_are_found_and_near_misses_are_none(
    prop: str, one: str, other: str, kind: str | None
) -> None:
    entity = _entity(_logged("p", prop, one, "a newspaper"), _logged("p", prop, other, "a court"))
    assert [each.kind for each in contradictions([entity])] == ([kind] if kind else [])
    alone = _entity(_logged("p", prop, one, "a newspaper"), _logged("p", prop, one, "a court"))
    assert contradictions([alone]) == ()


def _judged(left: str, right: str, what: str) -> Judgement:
    return Judgement(left_id=left, right_id=right, judgement=what, author="a", reason="r", at="2026-01-01")


def test_same_joins_through_others_and_a_withdrawal_parts() -> None:
    rows = [_judged("a", "b", "same"), _judged("c", "b", "same"), _judged("x", "y", "unsure")]
    assert members(joined(rows), "c") == ("a", "b", "c")
    assert members(joined(rows), "x") == ("x",)
    rows.append(_judged("b", "a", "withdrawn"))
    assert members(joined(rows), "c") == ("b", "c")
    assert members(joined(rows), "a") == ("a",)
    assert len(held(rows)) == 2


def test_different_forbids_same_also_through_others() -> None:
    rows = [_judged("a", "b", "same"), _judged("b", "c", "different"), _judged("c", "d", "same")]
    with pytest.raises(InputError, match="b and c were judged to be different"):
        check(rows, _judged("a", "d", "same"))
    with pytest.raises(InputError, match="b and c"):
        check(rows, _judged("c", "b", "same"))
    check(rows, _judged("a", "e", "same"))
    joined_up = [_judged("a", "b", "same"), _judged("b", "c", "same")]
    with pytest.raises(InputError, match="a = b = c"):
        check(joined_up, _judged("a", "c", "different"))
    check([*joined_up, _judged("a", "b", "withdrawn")], _judged("a", "c", "different"))
    with pytest.raises(NotFoundError):
        check(rows, _judged("a", "c", "withdrawn"))
    with pytest.raises(InputError, match="itself"):
        check(rows, _judged("a", "a", "same"))


def test_a_name_alone_is_nothing_in_common() -> None:
    left = _entity(_logged("a", "name", "One Name", "s"), _logged("a", "birthDate", "1970-01-01", "s"))
    right = _entity(_logged("b", "name", "One Name", "t"))
    assert shared(left, right) == ()
    also = _entity(_logged("b", "birthDate", "1970-01-01", "t"))
    assert shared(left, also) == ("birthDate: 1970-01-01",)
    two = put_together([_logged("a", "name", "One Name", "s"), _logged("b", "name", "One Name", "t")])
    assert len(two) == 2


def test_an_authority_that_is_said_to_list_and_not_to_list_is_a_contradiction() -> None:
    def designation(link: str, by: str, **said: str) -> list[Logged]:
        return [_logged(link, prop, value, by, schema="Sanction") for prop, value in said.items()]

    yes = designation("s1", "a newspaper", entity="group", authority="An Authority")
    no = designation("s2", "an institute", entity="group", authority="an  authority", designates="no")
    other = designation("s3", "an institute", entity="group", authority="Another", designates="no")
    (found,) = contradictions(put_together([*yes, *no, *other]))
    assert (found.entity_id, found.kind) == ("group", "is and is not")
    assert "a newspaper" in found.sentence
    assert contradictions(put_together([*yes, *other])) == ()
