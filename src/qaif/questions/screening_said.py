"""A screening in words: one plain sentence, and each rule that fired with what it rests on."""

from dataclasses import dataclass

from qaif.questions.answer import Layer
from qaif.screening.facts import Contact, Facts, Fault, Grounds, Listing
from qaif.screening.policy import Outcome, Severity
from qaif.screening.verdict import Fired, Judged, side_of

_MOST = 3


@dataclass(frozen=True)
class ContactShown:
    """Dealings on which a rule fired.

    Attributes:
        contact: what is known of them.
        relation: `dealt with directly`, or `within n hops`.
        sides: for each listing of the other side, whether the dealings came before or after it.
    """

    contact: Contact
    relation: str
    sides: tuple[str, ...]


@dataclass(frozen=True)
class RuleFired:
    """A rule that fired.

    Attributes:
        id, text, severity: the rule's.
        outcome: what follows.
        capped: why that is milder than the rule says; else empty.
        weight: what it adds to a score.
        layer: the weakest layer that it rests on.
        relation: `is`, `dealt with directly`, `within n hops`, or `is said to be`.
        contacts: the dealings.
        grounds: all that made it fire.
    """

    id: str
    text: str
    severity: Severity
    outcome: Outcome
    capped: str
    weight: int
    layer: Layer
    relation: str
    contacts: tuple[ContactShown, ...]
    grounds: Grounds


def shown(fired: Fired) -> RuleFired:
    """A rule that fired, as answers show it."""
    grounds = fired.grounds
    return RuleFired(
        id=fired.rule.id,
        text=fired.rule.text,
        severity=fired.rule.severity,
        outcome=fired.outcome,
        capped=fired.capped,
        weight=fired.rule.weight,
        layer=grounds.layer,
        relation=_relation(grounds),
        contacts=tuple(_contact(each) for each in grounds.contacts),
        grounds=grounds,
    )


def _contact(contact: Contact) -> ContactShown:
    sides = tuple(f"{side_of(each, contact)} the listing by {each.jurisdiction}" for each in contact.listings)
    return ContactShown(contact, contact.relation, tuple(dict.fromkeys(sides)))


def _relation(grounds: Grounds) -> str:
    if grounds.listings:
        return "is"
    if grounds.contacts:
        return min(grounds.contacts, key=lambda each: each.hops).relation
    return "is said to be" if grounds.tags else "has indicators"


def in_words(judged: Judged, facts: Facts, faults: tuple[Fault, ...]) -> str:
    """One plain sentence on the verdict, and one on what the policy makes of the rest."""
    return f"{_verdict(judged, facts, faults)} {_outcome(judged)}"


def _verdict(judged: Judged, facts: Facts, faults: tuple[Fault, ...]) -> str:
    if judged.verdict == "HIT":
        return "It stands on " + "; ".join(map(_listing, facts.listings[:_MOST])) + "."
    if judged.verdict == "UNKNOWN":
        kinds = ", ".join(dict.fromkeys(f"{each.kind} ({each.about})" for each in faults))
        return f"No loaded list names it, but that cannot be relied on: {kinds}."
    return "No list that the policy asks for names it; that is not the same as clear."


def _listing(listing: Listing) -> str:
    who = f" as {listing.names[0]}" if listing.names else ""
    since = f" since {listing.since}" if listing.since else ", since when is not said"
    stale = " (the list is older than the policy allows)" if listing.stale else ""
    return f"{listing.list}{who}{since}{stale}"


def _outcome(judged: Judged) -> str:
    grave = [each for each in judged.fired if each.outcome == judged.policy_outcome != "none"]
    if grave:
        why = "; ".join(f"{each.rule.id} ({each.rule.text.rstrip('.')})" for each in grave[:_MOST])
        return f"The policy says {judged.policy_outcome}: {why}."
    if judged.fired:
        noted = ", ".join(each.rule.id for each in judged.fired[:_MOST])
        return f"Nothing follows by the policy; noted: {noted}."
    return "No rule of the policy fired."
