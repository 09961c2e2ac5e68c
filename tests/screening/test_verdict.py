"""Verdicts and rules on facts that are written down here: who is innocent stays so, and nobody is clear."""

from dataclasses import replace

import pytest

from qaif.screening.facts import Contact, Facts, Fault, Indicator, Listing, Tag, Transfer
from qaif.screening.policy import Policy, policy_named, read_policy
from qaif.screening.verdict import Judged, judge, side_of

NOW = "2026-06-01T12:00:00+00:00"
LISTING = Listing(
    "US",
    "us-ofac-sdn",
    ("EO 13224",),
    "2023-10-18",
    ("e1",),
    ("Somebody",),
    stale=False,
    statement_ids=("aa",),
)
FAULT = Fault("list-too-old", "us-ofac-sdn", "It is too old.")
CONTACT = Contact(
    entity_ids=("e1",),
    names=("Somebody",),
    address="1A",
    listings=(LISTING,),
    tags=(),
    direction="in",
    hops=1,
    amount_sat=5_000_000,
    least_ppm=400_000,
    most_ppm=600_000,
    first_time="2024-01-01T00:00:00+00:00",
    last_time="2024-02-01T00:00:00+00:00",
    path=("t1",),
    layer="fact",
)
TAG = Tag("ransomware", "A strain", "root one", official=False, statement_id="bb")


def by_rule(rule: str, **more: object) -> Policy:
    head = {"policy": "p", "version": 1, "title": "P", "score": "false"} | more
    lines = [f"{key}: {value}" for key, value in head.items()]
    lines += ["jurisdictions: [US]", "limits: {list_days: 3, tip_minutes: 60}", "rules:", rule]
    return read_policy("\n".join(lines).encode(), "p.yaml")


def one(when: str, outcome: str = "alert", weight: int = 0) -> str:
    return f"  - {{id: r, text: T, severity: low, outcome: {outcome}, weight: {weight}, when: {when}}}"


def said(policy: Policy, *faults: Fault, **facts: object) -> Judged:
    return judge(policy, Facts(NOW, **facts), faults)  # type: ignore[arg-type]  # what a test names


US = policy_named("us-exchange")


def test_the_verdict_is_of_the_direct_match_alone() -> None:
    assert said(US).verdict == "NO_DIRECT_HIT"
    assert said(US, FAULT).verdict == "UNKNOWN"
    assert said(US, listings=(LISTING,)).verdict == "HIT"
    assert said(US, FAULT, listings=(replace(LISTING, stale=True),)).verdict == "HIT"
    near = said(US, contacts=(CONTACT,))
    assert (near.verdict, near.policy_outcome) == ("NO_DIRECT_HIT", "hold")
    assert said(US, FAULT, contacts=(CONTACT,)).verdict == "UNKNOWN"


def test_a_hit_on_a_list_that_the_policy_does_not_ask_for_is_a_hit() -> None:
    other = replace(LISTING, jurisdiction="IL", list="il-nbctf-orders")
    judged = said(US, listings=(other,))
    assert (judged.verdict, judged.policy_outcome) == ("HIT", "none")


@pytest.mark.parametrize(
    ("change", "fires"),
    [
        ({}, True),
        ({"direction": "out"}, True),
        ({"amount_sat": 9_999}, False),
        ({"uncounted": "shared"}, False),
        ({"hops": 4}, False),
        ({"last_time": "2023-10-17T23:00:00+00:00"}, False),
        ({"last_time": "2023-10-18T00:00:01+00:00"}, True),
        ({"listings": ()}, False),
        ({"listings": (replace(LISTING, jurisdiction="RU"),)}, False),
        ({"listings": (replace(LISTING, since=None),)}, True),
        ({"listings": (replace(LISTING, since="2025"),)}, False),
    ],
)
def test_dealing_directly(change: dict[str, object], *, fires: bool) -> None:
    judged = said(US, contacts=(replace(CONTACT, **change),))  # type: ignore[arg-type]
    held = {each.rule.id for each in judged.fired if each.outcome != "none"}
    assert bool(held) == fires


def test_who_was_listed_later_is_said_and_nothing_follows() -> None:
    early = replace(CONTACT, last_time="2022-01-01T00:00:00+00:00")
    judged = said(US, contacts=(early,))
    assert [each.rule.id for each in judged.fired] == ["dealt-before-listing"]
    assert judged.policy_outcome == "none"
    assert side_of(LISTING, early) == "before"


def test_a_share_counts_by_every_convention() -> None:
    near = replace(CONTACT, hops=3, least_ppm=90_000, most_ppm=990_000)
    assert not said(US, contacts=(near,)).fired
    assert said(US, contacts=(replace(near, least_ppm=100_000),)).policy_outcome == "alert"


def test_a_name_alone_never_matters() -> None:
    namesake = replace(CONTACT, listings=(), entity_ids=(), names=("Somebody",))
    assert not said(US, contacts=(namesake,)).fired
    policy = by_rule(one("{contact: {entity: [e1]}}"))
    assert not said(policy, contacts=(namesake,)).fired
    assert said(policy, contacts=(CONTACT,)).fired


def test_tags_of_one_root_lead_to_no_more_than_an_alert() -> None:
    policy = by_rule(one("{tag: {category: [ransomware], least_roots: 2}}", "hold"))
    again = replace(TAG, label="copied", statement_id="cc")
    other = replace(TAG, root="root two", statement_id="dd")
    assert not said(policy, tags=(TAG, again)).fired
    assert said(policy, tags=(TAG, other)).policy_outcome == "hold"
    mixed = by_rule(one("{tag: {category: [ransomware]}, contact: {listed_by: [US]}}", "hold"))
    assert said(mixed, tags=(TAG,), contacts=(CONTACT,)).policy_outcome == "hold"


def test_what_a_policy_cannot_say_is_capped_all_the_same() -> None:
    rule = by_rule(one("{indicators: {any_of: ['*'], least: 2}}", "hold")).rules[0]
    loose = replace(rule, when=replace(rule.when, indicators=replace(rule.when.indicators, least=1)))  # type: ignore[type-var]
    policy = replace(US, rules=(loose,))
    (fired,) = said(policy, indicators=(Indicator("i1", "FATF", "holds"),)).fired
    assert (fired.outcome, bool(fired.capped)) == ("alert", True)
    two = (Indicator("i1", "FATF", "holds"), Indicator("i2", "FATF", "holds"))
    (fired,) = said(policy, indicators=two).fired
    assert (fired.outcome, fired.capped) == ("hold", "")


def test_the_score_is_the_sum_of_what_is_shown_or_nothing() -> None:
    weighed = by_rule(one("{listed: {by: [US]}}", weight=7), score="true")
    assert said(weighed).score is None
    assert said(weighed, listings=(LISTING,)).score == 7
    assert said(by_rule(one("{listed: {by: [US]}}"), score="true"), listings=(LISTING,)).score == 0
    assert said(US, listings=(LISTING,)).score is None


def test_transfers_ages_and_days() -> None:
    policy = by_rule(one("{listed: {by: [US]}, transfer: {direction: in, least_sat: 100}}"))
    hit = {"listings": (LISTING,)}
    assert not said(policy, **hit).fired
    assert said(policy, **hit, transfer=Transfer("in", 100)).fired
    assert not said(policy, **hit, transfer=Transfer("in", 99)).fired
    assert not said(policy, **hit, transfer=Transfer("out", 100)).fired
    assert said(policy, **hit, transfer=Transfer("in", None)).fired, (
        "an amount that nobody said excuses nobody"
    )
    young = by_rule(one("{listed: {by: [US]}, first_seen: {most_days: 10}}"))
    assert not said(young, **hit).fired
    assert said(young, **hit, first_seen="2026-05-25T00:00:00+00:00").fired
    assert not said(young, **hit, first_seen="2026-05-01T00:00:00+00:00").fired
    lately = by_rule(one("{contact: {listed_by: [US], most_age_days: 30}}"))
    assert not said(lately, contacts=(CONTACT,)).fired
    assert said(lately, contacts=(replace(CONTACT, last_time="2026-05-20T00:00:00+00:00"),)).fired
    of_late = by_rule(
        one("{contact: {listed_by: [US], designated_from: 2024-01-01}}".replace("2024-01-01", "'2024-01-01'"))
    )
    assert not said(of_late, contacts=(CONTACT,)).fired


def test_two_people_decide_where_the_policy_says_so() -> None:
    assert said(US, listings=(LISTING,)).two_people
    assert not said(policy_named("research-desk"), listings=(LISTING,)).two_people


def test_layers_of_grounds() -> None:
    (fired,) = said(US, listings=(LISTING,)).fired
    assert fired.grounds.layer == "claim"
    (fired,) = said(policy_named("research-desk"), indicators=(Indicator("i", "s", "w"),)).fired
    assert fired.grounds.layer == "inference"
