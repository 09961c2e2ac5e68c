"""Make a bundle of what a workspace's lists name, and screen with one: direct matches, and nothing else."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as installed
from pathlib import Path

from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.bundle_file import Bundle, Head, write_bundle
from qaif.questions.screen import NEVER_CLEAR, address_as_listed
from qaif.questions.screening_lists import ListsAsked
from qaif.records.engine import Records
from qaif.screening.facts import Fault, Listing
from qaif.screening.policy import Policy
from qaif.screening.verdict import Verdict
from qaif.workspace.folder import Workspace
from qaif.workspace.signatures import key_of

DIRECT_ALONE = "Only direct matches were looked for: whom the address dealt with was not."
NOBODY = "The bundle is as its key signed it; whose key that is was not asked (name it with --signer)."


@dataclass(frozen=True, kw_only=True)
class MadeAnswer(Answer):
    """A bundle that was made.

    Attributes:
        path: the file.
        signer: the fingerprint of the key that signed it.
        addresses: how many addresses it names.
        missing: jurisdictions of the policy whose list is not loaded whole: with it nobody is NO_DIRECT_HIT.
    """

    path: str
    signer: str
    addresses: int
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DirectAnswer(Answer):
    """A screening by a bundle.

    Attributes:
        address: as it was asked for.
        verdict: of a direct match.
        listings: the matches.
        faults: what keeps absence from meaning anything.
        made_at: when the bundle was made.
        signer: who signed it, and `signer_named` whether that was asked.
    """

    address: str
    verdict: Verdict
    listings: tuple[Listing, ...]
    faults: tuple[Fault, ...]
    made_at: str
    signer: str
    signer_named: bool


def make_bundle(workspace: Path, policy: Policy, key: Path, out: Path, now: datetime) -> MadeAnswer:
    """Make a bundle of all addresses that loaded lists name.

    Raises:
        NotFoundError: there is no workspace.
        InputError: the key's file holds none.
        OutputError: the file is there, or cannot be written.
    """
    signing = key_of(key)
    with Records.open(Workspace.open(workspace).path) as records:
        lists = ListsAsked(records, policy, now.astimezone(UTC).date())
        named = {each for name in lists.newest for each in records.lists.addresses(name)}
        rows = {each: found for each in sorted(named) if (found := lists.listings(each))}
        missing = lists.missing()
        head = {
            "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "program": f"qaif {installed('qaif')}",
            "policy": {"name": policy.name, "version": policy.version, "sha256": policy.sha256},
            "list_days": policy.list_days,
            "jurisdictions": policy.jurisdictions,
            "missing": missing,
            "lists": lists.ages(),
        }
    signer = write_bundle(out, head, rows, signing)
    return MadeAnswer(
        layer="claim",
        basis={"policy": head["policy"], "lists": head["lists"]},
        coverage=CoverageOf(not missing, tuple(f"{each}: list not loaded whole." for each in missing)),
        path=str(out),
        signer=signer,
        addresses=len(rows),
        missing=missing,
    )


def screen_directly(bundle: Bundle, asked: str, now: datetime, *, signer_named: bool) -> DirectAnswer:
    """Screen one address by a bundle.

    Raises:
        AddressError: it is a misprinted Bitcoin address.
        PrivateKeyError: a private key was given; nothing of it is repeated.
        UsageError: it is nothing that could be an address.
    """
    faults, head = bundle.faults(now), bundle.head
    verdict, listings = bundle.screen(address_as_listed(asked), faults)
    signed = () if signer_named else (NOBODY,)
    return DirectAnswer(
        layer="claim",
        basis={"policy": head.policy, "lists": head.lists, "age": _age(head, now)},
        coverage=CoverageOf(
            not faults, (*(each.said for each in faults), DIRECT_ALONE, *signed, NEVER_CLEAR)
        ),
        address=asked.strip(),
        verdict=verdict,
        listings=listings,
        faults=faults,
        made_at=head.made_at,
        signer=bundle.signer,
        signer_named=signer_named,
    )


def _age(head: Head, now: datetime) -> str:
    """How old the bundle is, in words."""
    hours = int((now.astimezone(UTC) - datetime.fromisoformat(head.made_at)).total_seconds() // 3600)
    return f"{hours // 24} days and {hours % 24} hours"
