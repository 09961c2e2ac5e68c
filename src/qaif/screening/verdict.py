"""The verdict, which concerns a direct match on a list alone, and what a policy's rules make of the rest.

There is no "clear". A match on any loaded list is a HIT, however old the list; anything that keeps absence
from meaning something makes of NO_DIRECT_HIT an UNKNOWN.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from qaif.screening.facts import Contact, Facts, Fault, Grounds, Indicator, Listing, Tag
from qaif.screening.policy import ANY, OUTCOMES, ContactIs, Outcome, Policy, Rule, When

Verdict = Literal["HIT", "NO_DIRECT_HIT", "UNKNOWN"]
CAPPED = "a single indicator, a single tag, or tags that share one root lead to no more than an alert"


@dataclass(frozen=True)
class Fired:
    """A rule that fired.

    Attributes:
        rule: which.
        outcome: what follows; milder than the rule's where the grounds do not carry that.
        capped: why it is milder; empty where it is not.
        grounds: what made it fire.
    """

    rule: Rule
    outcome: Outcome
    capped: str
    grounds: Grounds


@dataclass(frozen=True)
class Judged:
    """What a policy says of facts.

    Attributes:
        verdict: of a direct match alone.
        policy_outcome: the gravest outcome of the rules that fired.
        fired: these rules, in the policy's order.
        score: their weights' sum; None where the policy gives none, or no rule fired.
        two_people: the outcome is one on which two people must decide.
    """

    verdict: Verdict
    policy_outcome: Outcome
    fired: tuple[Fired, ...]
    score: int | None
    two_people: bool


def verdict_of(listings: tuple[Listing, ...], faults: tuple[Fault, ...]) -> Verdict:
    """The verdict that follows from direct matches and faults."""
    if listings:
        return "HIT"
    return "UNKNOWN" if faults else "NO_DIRECT_HIT"


def judge(policy: Policy, facts: Facts, faults: tuple[Fault, ...]) -> Judged:
    """Apply a policy.

    Args:
        policy: the rules.
        facts: what is known.
        faults: what keeps absence from meaning anything.
    """
    fired = tuple(_fired(policy, facts))
    outcomes: list[Outcome] = [each.outcome for each in fired]
    outcome = max(["none", *outcomes], key=OUTCOMES.index)
    score = sum(each.rule.weight for each in fired) if policy.score and fired else None
    return Judged(
        verdict_of(facts.listings, faults), outcome, fired, score, two_people=outcome in policy.four_eyes
    )


def _fired(policy: Policy, facts: Facts) -> Iterator[Fired]:
    for rule in policy.rules:
        grounds = _grounds(rule.when, facts, policy)
        if grounds is not None:
            capped = rule.outcome == "hold" and not _carries(grounds)
            yield Fired(rule, "alert" if capped else rule.outcome, CAPPED if capped else "", grounds)


def _carries(grounds: Grounds) -> bool:
    """Whether grounds are enough for more than an alert."""
    if grounds.listings or any(each.listings for each in grounds.contacts):
        return True
    tags = (*grounds.tags, *(tag for each in grounds.contacts for tag in each.tags))
    return len({each.id for each in grounds.indicators}) > 1 or len({tag.root for tag in tags}) > 1


def _grounds(when: When, facts: Facts, policy: Policy) -> Grounds | None:
    """The facts for which all of a condition holds; None where it does not."""
    if not (_transfer_is(when, facts) and _in_use(when, facts)):
        return None
    listings = () if when.listed_by is None else _by(facts.listings, when.listed_by)
    contacts = () if when.contact is None else _contacts(when.contact, facts, policy)
    tags: tuple[Tag, ...] = ()
    if when.tag is not None:
        tags = _of_kind(facts.tags, when.tag.category)
        if len({tag.root for tag in tags}) < when.tag.least_roots:
            return None
    indicators: tuple[Indicator, ...] = ()
    if when.indicators is not None:
        any_of = when.indicators.any_of
        indicators = tuple(each for each in facts.indicators if ANY in any_of or each.id in any_of)
        if len({each.id for each in indicators}) < when.indicators.least:
            return None
    asked = ((when.listed_by, listings), (when.contact, contacts), (when.tag, tags))
    if any(condition is not None and not found for condition, found in asked):
        return None
    return Grounds(listings, contacts, tags, indicators)


def _transfer_is(when: When, facts: Facts) -> bool:
    if when.transfer is None:
        return True
    given = facts.transfer
    if given is None or when.transfer.direction not in (None, given.direction):
        return False
    # of a transfer whose amount nobody said, the amount is no reason to say that the rule does not hold
    return given.amount_sat is None or given.amount_sat >= when.transfer.least_sat


def _in_use(when: When, facts: Facts) -> bool:
    if when.in_use is None:
        return True
    if facts.first_seen is None:
        return False
    days = _days_between(facts.first_seen, facts.now)
    most = when.in_use.most_days
    return when.in_use.least_days <= days and (most is None or days <= most)


def _by(listings: tuple[Listing, ...], jurisdictions: tuple[str, ...]) -> tuple[Listing, ...]:
    return tuple(each for each in listings if each.jurisdiction in jurisdictions)


def _of_kind(tags: tuple[Tag, ...], category: tuple[str, ...]) -> tuple[Tag, ...]:
    return tuple(tag for tag in tags if ANY in category or tag.category in category)


def _contacts(asked: ContactIs, facts: Facts, policy: Policy) -> tuple[Contact, ...]:
    return tuple(each for each in facts.contacts if _fits(asked, each, facts.now, policy))


def _fits(asked: ContactIs, contact: Contact, now: str, policy: Policy) -> bool:
    if asked.direction not in ("any", contact.direction):
        return False
    if contact.uncounted or (contact.direction == "in" and contact.amount_sat < policy.dust_sat):
        return False  # nobody can keep others from sending dust
    if not asked.least_hops <= contact.hops <= asked.most_hops:
        return False
    if contact.amount_sat < asked.least_sat or contact.least_ppm < asked.least_share_ppm:
        return False
    if asked.most_age_days is not None and _days_between(contact.last_time, now) > asked.most_age_days:
        return False
    return _is_whom(asked, contact)


def _is_whom(asked: ContactIs, contact: Contact) -> bool:
    """Whether the other side is one of those that a rule is about; a name alone is never a reason."""
    if asked.entity and not set(asked.entity) & set(contact.entity_ids):
        return False
    if asked.category:
        roots = {tag.root for tag in _of_kind(contact.tags, asked.category)}
        if len(roots) < asked.least_roots:
            return False
    return not asked.listed_by or any(
        _listing_fits(asked, each, contact) for each in _by(contact.listings, asked.listed_by)
    )


def _listing_fits(asked: ContactIs, listing: Listing, contact: Contact) -> bool:
    if asked.designated_from and (listing.since is None or listing.since < asked.designated_from):
        return False
    if asked.listing == "any":
        return True
    side = side_of(listing, contact)
    # where the list does not say since when, a rule about dealings after it is not silenced by that
    return side in (asked.listing, "unknown") if asked.listing == "after" else side == "before"


def side_of(listing: Listing, contact: Contact) -> Literal["before", "after", "unknown"]:
    """Whether dealings came before a listing or (some of them) after it."""
    if listing.since is None:
        return "unknown"
    return "after" if contact.last_time[:10] >= _first_day(listing.since) else "before"


def _first_day(since: str) -> str:
    """The first day of a year, a month or a day."""
    return f"{since}-01-01"[:10] if len(since) == len("2020") else f"{since}-01"[:10]


def _days_between(earlier: str, later: str) -> int:
    return (_day(later) - _day(earlier)).days


def _day(time: str) -> date:
    return datetime.fromisoformat(time).date()
