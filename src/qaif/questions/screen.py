"""May I touch this, why, and can I prove later why I said so? The verdict and the policy's outcome."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from qaif.analysis.flows.contacts import DustRule
from qaif.chain.addresses import ParsedAddress, parse_address
from qaif.chain.open import Chain
from qaif.errors import NotFoundError, QaifError, StoreError, UsageError
from qaif.evidence.lists.wallets import chain_of
from qaif.feeds.networks import NETWORKS, Network
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.asked import refuse_secrets
from qaif.questions.clustering import Opened as Clusters
from qaif.questions.clustering import clusters_on
from qaif.questions.exposure import ExposureRequest, exposed
from qaif.questions.screening_compared import Compared
from qaif.questions.screening_contacts import contacts_of
from qaif.questions.screening_faults import chain_faults, no_chain, no_records, not_traced
from qaif.questions.screening_lists import ListsAsked, NoLists
from qaif.questions.screening_said import RuleFired, in_words, shown
from qaif.questions.standing import as_of
from qaif.records.engine import Records
from qaif.screening.facts import Contact, Facts, Fault, Listing, Tag, Transfer
from qaif.screening.policy import Outcome, Policy
from qaif.screening.verdict import Judged, Verdict, judge
from qaif.workspace.folder import Workspace

HOPS = 3  # looked at where no rule of the policy asks for more
_BEGINNINGS = (
    ("bcrt1", "regtest"),
    ("tb1", "testnet3"),
    ("m", "testnet3"),
    ("n", "testnet3"),
    ("2", "testnet3"),
)
NEVER_CLEAR = 'The verdict concerns a direct match on a list alone. NO_DIRECT_HIT is not "clear".'


@dataclass(frozen=True, kw_only=True)
class ScreenRequest:
    """What is screened.

    Attributes:
        address: the address; another chain's is matched as text.
        policy: by which rules.
        transfer: a transfer with it, if that is what is asked about.
        now: the time of the screening.
    """

    address: str
    policy: Policy
    now: datetime
    transfer: Transfer | None = None


@dataclass(frozen=True, kw_only=True)
class ScreenAnswer(Answer):
    """The answer of a screening.

    Attributes:
        address: as it was asked for.
        transfer: the transfer that was asked about.
        verdict: `HIT`, `NO_DIRECT_HIT` or `UNKNOWN`, of a direct match alone.
        policy_outcome: `none`, `alert` or `hold`, by the rules that fired.
        two_people: the policy wants two people to decide on that.
        score: the sum of the weights shown; None where the policy gives none, or no rule fired.
        said: the same in a plain sentence.
        time: when it was screened.
        listings: the direct matches.
        rules: the rules that fired.
        contacts: dealings with whom lists or sources name, whether a rule fired on them or not.
        tags: what sources say that the address is.
        first_seen: when it was first used; None where it was not, or that is not held.
        faults: what keeps absence from meaning anything.
        moved_with: digests of what the answer depends on: chain, lists, claims, policy.
        compared: what changed since an earlier screening, where one was given.
        recorded: its entry in the audit log, where it was recorded there.
    """

    address: str
    transfer: Transfer | None
    verdict: Verdict
    policy_outcome: Outcome
    two_people: bool
    score: int | None
    said: str
    time: str
    listings: tuple[Listing, ...]
    rules: tuple[RuleFired, ...]
    contacts: tuple[Contact, ...]
    tags: tuple[Tag, ...]
    first_seen: str | None
    faults: tuple[Fault, ...]
    moved_with: dict[str, str]
    compared: Compared | None = None
    recorded: int | None = None


@dataclass(frozen=True)
class _Dealings:
    """What the chain tells: with whom it dealt, why that is not all, since when it is used, and what else."""

    contacts: tuple[Contact, ...] = ()
    faults: tuple[Fault, ...] = ()
    first_seen: str | None = None
    reasons: tuple[str, ...] = ()


@contextmanager
def screener(workspace: Path, policy: Policy, now: datetime) -> Iterator["Screener"]:
    """Open what a screening needs, once for many addresses.

    Args:
        workspace: its folder.
        policy: by which rules.
        now: the time of the screening.

    Raises:
        NotFoundError: there is no workspace.
    """
    folder, now = Workspace.open(workspace), now.astimezone(UTC)
    with ExitStack() as stack:
        records, lists = _lists(folder, stack, policy, now)
        try:
            chain: Chain | None = stack.enter_context(Chain.open(folder.chain_dir))
            faults = chain_faults(chain, policy, now) if chain is not None else ()
        except (NotFoundError, StoreError) as error:
            chain, faults = None, (no_chain(error),)
        yield Screener(Opened(folder, records, lists, chain), policy, now, faults)


def _lists(
    folder: Workspace, stack: ExitStack, policy: Policy, now: datetime
) -> tuple[Records | None, ListsAsked | NoLists]:
    """The lists of a workspace; where its records cannot be read, what says nothing but that."""
    try:
        records = stack.enter_context(Records.open(folder.path))
        records.statements.last_seq()  # a table of it may be missing
        return records, ListsAsked(records, policy, now.date())
    except StoreError as error:
        return None, NoLists(no_records(error))


def screen(workspace: Path, request: ScreenRequest) -> ScreenAnswer:
    """Screen one address, or a transfer with it.

    Raises:
        AddressError: it is a misprinted Bitcoin address.
        PrivateKeyError: a private key was given; nothing of it is repeated.
        UsageError: it is nothing that could be an address.
        NotFoundError: there is no workspace.
    """
    with screener(workspace, request.policy, request.now) as asked:
        return asked.screen(request.address, request.transfer)


@dataclass(frozen=True)
class Opened:
    """What is asked: the workspace, its records and lists, and its chain; None where it cannot be read."""

    folder: Workspace
    records: Records | None
    lists: ListsAsked | NoLists
    chain: Chain | None


class Screener:
    """Screens addresses one after the other.

    Args:
        opened: what is asked.
        policy: by which rules.
        now: the time of the screening, in UTC.
        faults: of the chain, for every address.
    """

    def __init__(self, opened: Opened, policy: Policy, now: datetime, faults: tuple[Fault, ...]) -> None:
        self._opened, self._policy, self._now, self._faults = opened, policy, now, faults
        asked = [rule.when.contact.most_hops for rule in policy.rules if rule.when.contact]
        self._hops = max([HOPS, *asked])
        self._ages = opened.lists.ages()
        self._claims = opened.records.statements.last_seq() if opened.records else 0

    def screen(self, asked: str, transfer: Transfer | None = None) -> ScreenAnswer:
        """Screen one address; see `screen`."""
        address, lists = address_as_listed(asked), self._opened.lists
        dealt = self._dealings(address)
        facts = Facts(
            now=self._now.isoformat(timespec="seconds"),
            listings=lists.listings(address),
            tags=lists.tags(address),
            contacts=dealt.contacts,
            transfer=transfer,
            first_seen=dealt.first_seen,
        )
        faults = (*lists.faults(address), *self._faults, *dealt.faults)
        judged = judge(self._policy, facts, faults)
        return self._answer(asked.strip(), judged, facts, (faults, dealt.reasons))

    def _answer(
        self, asked: str, judged: Judged, facts: Facts, doubts: tuple[tuple[Fault, ...], tuple[str, ...]]
    ) -> ScreenAnswer:
        policy, (faults, reasons), chain = self._policy, doubts, self._opened.chain
        at = None if chain is None else as_of(chain)
        return ScreenAnswer(
            layer="claim",
            basis={
                "policy": {"name": policy.name, "version": policy.version, "sha256": policy.sha256},
                "lists": self._ages,
                "claims_up_to_row": self._claims,
                "network": None if chain is None else chain.network.name,
                "simulated": chain is not None and chain.simulated,
            },
            as_of=at,
            coverage=CoverageOf(not faults, (*(each.said for each in faults), *reasons, NEVER_CLEAR)),
            address=asked,
            transfer=facts.transfer,
            verdict=judged.verdict,
            policy_outcome=judged.policy_outcome,
            two_people=judged.two_people,
            score=judged.score,
            said=in_words(judged, facts, faults),
            time=facts.now,
            listings=facts.listings,
            rules=tuple(map(shown, judged.fired)),
            contacts=facts.contacts,
            tags=facts.tags,
            first_seen=facts.first_seen,
            faults=faults,
            moved_with={
                "chain": at.hash if at else "",
                "lists": digest_of(self._ages),
                "claims": str(self._claims),
                "policy": policy.sha256,
            },
        )

    @cached_property
    def _clusters(self) -> Clusters:
        assert self._opened.chain is not None  # noqa: S101  only asked where there is one
        return clusters_on(self._opened.folder, self._opened.chain, None)

    def _dealings(self, address: str) -> _Dealings:
        """Whom the chain says it dealt with; whatever goes wrong there is a fault, and no silence."""
        chain, lists, records = self._opened.chain, self._opened.lists, self._opened.records
        if chain_of(address):
            said = f"It is an address of {chain_of(address)}: its chain is not analysed here."
            return _Dealings(reasons=(said,))
        if chain is None or records is None or isinstance(lists, NoLists):
            return _Dealings()
        dust = DustRule(sat=max(self._policy.dust_sat, 1))
        wanted = ExposureRequest(subject=address, hops=self._hops, dust=dust)
        try:
            answer = exposed(chain, records, wanted, self._clusters)
        except NotFoundError:
            return _Dealings(reasons=("It occurs in no block that is held.",))
        except QaifError as error:
            return _Dealings(faults=(not_traced(error),))
        return _Dealings(
            contacts_of(answer, lists), (), _first_seen(chain, address), tuple(answer.coverage.reasons)
        )


def digest_of(told: object) -> str:
    """The digest of something that JSON can hold."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def address_as_listed(asked: str) -> str:
    """An address as lists have it: a Bitcoin address as Bitcoin Core writes it, another as it stands.

    Raises:
        AddressError: it is a misprinted Bitcoin address.
        PrivateKeyError: it is a private key; nothing of it is repeated.
        UsageError: it is nothing that could be an address.
    """
    refuse_secrets(asked)
    text = asked.strip()
    if chain_of(text):
        return text
    if not text or len(text) > 200 or len(text.split()) > 1:  # noqa: PLR2004  no address is so long
        raise UsageError("This is no address.", way_out="Name one address.")
    return _bitcoin(text).address


def network_by_its_look(text: str) -> Network:
    """Of which network an address is, if it is one of Bitcoin: what looks like none is taken for mainnet."""
    begins = text[:5].lower()
    return NETWORKS[next((name for begin, name in _BEGINNINGS if begins.startswith(begin)), "mainnet")]


def _bitcoin(text: str) -> ParsedAddress:
    """A Bitcoin address of whatever network; what looks like none is taken for one of mainnet.

    Raises:
        AddressError: it is misprinted.
        PrivateKeyError: it is a private key.
    """
    return parse_address(text, network_by_its_look(text))


def _first_seen(chain: Chain, address: str) -> str | None:
    num = chain.script_num(parse_address(address, chain.network).script_raw)
    outs = chain.outs_of(num)
    if not len(outs):
        return None
    block = chain.block_of_tx(chain.tx_of_out(outs[:1]))
    return datetime.fromtimestamp(int(chain.block.time.take(block)[0]), UTC).isoformat()
