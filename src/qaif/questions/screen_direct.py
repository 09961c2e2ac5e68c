"""The verdict on a direct match alone, from what was read before: no tracing, and most answers from memory.

Its verdict, listings, tags and the faults of lists and chain are those of `qaif.questions.screen`. What
that question asks besides, whom the address dealt with, is not asked here, and the answer says so: its
`outcome_at_least` comes of the rules that rest on listings, tags and the transfer.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock

import numpy as np

from qaif.chain.addresses import parse_address
from qaif.chain.open import Chain
from qaif.chain.plain_addresses import is_plain_address
from qaif.errors import NotFoundError, QaifError, StoreError
from qaif.evidence.lists.wallets import chain_of
from qaif.feeds.networks import NETWORKS
from qaif.questions.answer import Answer, AsOf, CoverageOf
from qaif.questions.screen import NEVER_CLEAR, address_as_listed, digest_of, network_by_its_look
from qaif.questions.screening_faults import chain_faults, no_chain, no_records, not_traced
from qaif.questions.screening_lists import ListsAsked, NoLists
from qaif.questions.screening_said import RuleFired, in_words, shown
from qaif.questions.standing import as_of
from qaif.records.engine import Records
from qaif.screening.facts import Facts, Fault, Listing, Tag, Transfer
from qaif.screening.policy import Outcome, Policy, Rule
from qaif.screening.verdict import Verdict, judge
from qaif.units import Int64s
from qaif.workspace.folder import Workspace

DIRECT_ALONE = "Only direct matches were looked for: whom the address dealt with was not."
_LIKE_AN_ADDRESS = 25  # characters; shorter words may be names, of which something is said under other keys


@dataclass(frozen=True, kw_only=True)
class DirectScreening(Answer):
    """A screening of direct matches alone.

    Attributes:
        address: as it was asked for.
        transfer: the transfer that was asked about.
        verdict: `HIT`, `NO_DIRECT_HIT` or `UNKNOWN`.
        outcome_at_least: of the policy, by the rules that need no dealings; a full screening may say more.
        two_people: the policy wants two people to decide on that.
        said: the same in a plain sentence.
        time: when it was screened.
        listings: the matches.
        tags: what sources say that the address is.
        rules: the rules that fired.
        rules_not_tried: the policy's rules that need what was not looked at.
        faults: what keeps absence from meaning anything.
        moved_with: digests of what the answer depends on: chain, lists, claims, policy.
    """

    address: str
    transfer: Transfer | None
    verdict: Verdict
    outcome_at_least: Outcome
    two_people: bool
    said: str
    time: str
    listings: tuple[Listing, ...]
    tags: tuple[Tag, ...]
    rules: tuple[RuleFired, ...]
    rules_not_tried: tuple[str, ...]
    faults: tuple[Fault, ...]
    moved_with: dict[str, str]


@dataclass(frozen=True)
class DirectGround:
    """What a workspace held at one moment.

    Attributes:
        records: the workspace's; None where they cannot be read.
        chain: its chain; None where there is none.
        at: its tip.
        faults: why there are no records or no chain.
        last_seq: the last row of the log of statements.
        named: sorted hashes of everything that statements and judgements name: an address whose hash is not
            among them is named by none.
    """

    records: Records | None
    chain: Chain | None
    at: AsOf | None
    faults: tuple[Fault, ...]
    last_seq: int
    named: Int64s

    def may_be_named(self, *words: str) -> bool:
        """Whether something may be said of one of these; False is certain."""
        for word in words:
            place = int(np.searchsorted(self.named, hash(word)))
            if place < len(self.named) and self.named[place] == hash(word):
                return True
        return False


@contextmanager
def direct_ground(workspace: Workspace, before: DirectGround | None = None) -> Iterator[DirectGround]:
    """Open what direct screenings need; names are read again only where more is said than `before`."""
    with ExitStack() as stack:
        faults: list[Fault] = []
        said: tuple[Records | None, int, Int64s] = (None, 0, np.zeros(0, np.int64))
        chain, at = None, None
        try:
            said = _said(stack.enter_context(Records.open(workspace.path)), before)
        except StoreError as error:
            faults.append(no_records(error))
        try:
            chain = stack.enter_context(Chain.open(workspace.chain_dir))
            at = as_of(chain) if chain.n_blocks else None
        except (NotFoundError, StoreError) as error:
            faults.append(no_chain(error))
        records, seq, named = said
        yield DirectGround(records, chain, at, tuple(faults), seq, named)


def _said(records: Records, before: DirectGround | None) -> tuple[Records, int, Int64s]:
    seq, judged = records.statements.last_seq(), records.judgements.all()
    fresh = set(map(hash, records.statements.names_after(before.last_seq if before else 0)))
    for each in judged:
        fresh |= {hash(each.left_id), hash(each.right_id)}
    more = np.fromiter(fresh, np.int64, len(fresh))
    return records, seq, np.union1d(before.named, more) if before else np.sort(more)


class DirectScreener:
    """Screens for direct matches by one policy, as things stood at one moment.

    Args:
        ground: what the workspace held.
        policy: by which rules.
        now: the time of the screenings.
    """

    def __init__(self, ground: DirectGround, policy: Policy, now: datetime) -> None:
        self._ground, self._now, self.policy = ground, now.astimezone(UTC), policy
        self._lists = _lists_of(ground, policy, self._now)
        self._rules = tuple(rule for rule in policy.rules if _is_direct(rule))
        self._left = tuple(rule.id for rule in policy.rules if not _is_direct(rule))
        self._faults = _chain_faults(ground, policy, self._now)
        self._ages = self._lists.ages()
        self._lock = Lock()
        self._unnamed: dict[str, tuple[Fault, ...]] = {}

    def at(self, now: datetime) -> "DirectScreener":
        """The same at another moment of the same day; what was read of lists is kept."""
        other = object.__new__(DirectScreener)
        other.__dict__.update(self.__dict__)
        other._now = now.astimezone(UTC)
        other._faults = _chain_faults(self._ground, self.policy, other._now)
        return other

    @property
    def day(self) -> str:
        """The day of the screenings."""
        return self._now.date().isoformat()

    def read(self, asked: str) -> tuple[str, bool]:
        """An address as lists have it, and whether anything may be said of it.

        Raises:
            AddressError, PrivateKeyError, UsageError: as `address_as_listed` does.
        """
        chain, text = self._ground.chain, asked.strip()
        if is_plain_address(text, chain.network if chain else NETWORKS["mainnet"]):
            return text, self._ground.may_be_named(text, text.upper())
        address = address_as_listed(asked)
        plain = len(address) > _LIKE_AN_ADDRESS and not chain_of(address) and self._is_ours(address)
        named = not plain or self._ground.may_be_named(address, address.upper())
        return address, named

    def _is_ours(self, address: str) -> bool:
        """Whether a Bitcoin address that was checked is written as the chain's network writes its own."""
        chain = self._ground.chain
        if chain is None:
            return True
        looks = network_by_its_look(address)
        own = {looks.bech32_hrp, looks.p2pkh_version, looks.p2sh_version}
        ours = chain.network
        return own == {ours.bech32_hrp, ours.p2pkh_version, ours.p2sh_version}

    def _not_traced(self, address: str) -> tuple[Fault, ...]:
        """The fault that a full screening has of an address of another network: it cannot be looked up."""
        chain, known = self._ground.chain, isinstance(self._lists, ListsAsked)
        if chain is None or not known or chain_of(address):
            return ()
        try:
            parse_address(address, chain.network)
        except QaifError as error:
            return (not_traced(error),)
        return ()

    def screen(self, asked: str, transfer: Transfer | None = None) -> DirectScreening:
        """Screen one address.

        Raises:
            AddressError, PrivateKeyError, UsageError: as `address_as_listed` does.
        """
        address, named = self.read(asked)
        if not named:
            return self.unnamed(asked.strip(), address, transfer)
        with self._lock:
            listings, tags = self._lists.listings(address), self._lists.tags(address)
            faults = self._lists.faults(address)
        facts = Facts(self._stamp, listings=listings, tags=tags, transfer=transfer)
        return self._answer(asked.strip(), facts, (*faults, *self._faults, *self._not_traced(address)))

    def unnamed(self, asked: str, address: str, transfer: Transfer | None = None) -> DirectScreening:
        """The answer on an address of which nothing is said, see `read`: all such have the same faults."""
        if "" not in self._unnamed:
            with self._lock:
                self._unnamed[""] = self._lists.faults(address)
        facts = Facts(self._stamp, transfer=transfer)
        return self._answer(asked, facts, (*self._unnamed[""], *self._faults))

    @property
    def _stamp(self) -> str:
        return self._now.isoformat(timespec="seconds")

    def _answer(self, asked: str, facts: Facts, faults: tuple[Fault, ...]) -> DirectScreening:
        policy, ground = self.policy, self._ground
        judged = judge(replace(policy, rules=self._rules, score=False), facts, faults)
        return DirectScreening(
            layer="claim",
            basis={
                "policy": {"name": policy.name, "version": policy.version, "sha256": policy.sha256},
                "lists": self._ages,
                "claims_up_to_row": ground.last_seq,
                "network": None if ground.chain is None else ground.chain.network.name,
                "simulated": ground.chain is not None and ground.chain.simulated,
            },
            as_of=ground.at,
            coverage=CoverageOf(not faults, (*(each.said for each in faults), DIRECT_ALONE, NEVER_CLEAR)),
            address=asked,
            transfer=facts.transfer,
            verdict=judged.verdict,
            outcome_at_least=judged.policy_outcome,
            two_people=judged.two_people,
            said=in_words(judged, facts, faults),
            time=facts.now,
            listings=facts.listings,
            tags=facts.tags,
            rules=tuple(map(shown, judged.fired)),
            rules_not_tried=self._left,
            faults=faults,
            moved_with={
                "chain": ground.at.hash if ground.at else "",
                "lists": digest_of(self._ages),
                "claims": str(ground.last_seq),
                "policy": policy.sha256,
            },
        )


def _lists_of(ground: DirectGround, policy: Policy, now: datetime) -> ListsAsked | NoLists:
    if ground.records is None:
        return NoLists(next(each for each in ground.faults if each.about == "records"))
    return ListsAsked(ground.records, policy, now.date())


def _chain_faults(ground: DirectGround, policy: Policy, now: datetime) -> tuple[Fault, ...]:
    if ground.chain is None:
        return tuple(each for each in ground.faults if each.about == "chain")
    return chain_faults(ground.chain, policy, now)


def _is_direct(rule: Rule) -> bool:
    """Whether a rule needs nothing but listings, tags and the transfer."""
    when = rule.when
    return when.contact is None and when.indicators is None and when.in_use is None
