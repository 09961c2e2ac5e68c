"""What did a campaign ask for, where and when, which addresses did it show, and what did those do?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qaif.analysis.donors import FEWEST, donors_of, shared, suppressed
from qaif.chain.open import Chain
from qaif.errors import AddressError, NotFoundError, UsageError
from qaif.evidence.claims.campaigns import Appeal, Repost, Shown, appeals_of, reposts, rotation
from qaif.evidence.claims.contradictions import Contradiction, contradictions
from qaif.evidence.claims.entity import put_together
from qaif.evidence.claims.gather import names_of
from qaif.questions.answer import Answer, AsOf, CoverageOf
from qaif.questions.asked import addresses_named
from qaif.questions.claims import Past, past_of
from qaif.questions.claims_entry import ClaimToEnter, EntryAnswer, add_all
from qaif.questions.review import ReviewAnswer, ReviewRequest, reviewed
from qaif.records.engine import Records
from qaif.records.statement_rows import Logged
from qaif.units import Int64s
from qaif.workspace.folder import Workspace

_SMALL = f"Of donors only numbers are given, of scripts, and none from 1 to {FEWEST - 1}; nobody is listed."


@dataclass(frozen=True)
class CampaignMonth:
    """A month of a campaign: what it showed, a claim, beside what its addresses did, a fact.

    Attributes:
        month: `2020-01`.
        appeals: appeals that are known to have been shown in it.
        new_addresses: addresses that came up in it.
        tx_count: transactions of its addresses; None where no chain is held.
        received_sat: what they received in them, net; None where no chain is held.
        sent_sat: what they sent, net; None where no chain is held.
    """

    month: str
    appeals: int
    new_addresses: int
    tx_count: int | None
    received_sat: int | None
    sent_sat: int | None


@dataclass(frozen=True)
class SharedWith:
    """How many donors two campaigns share.

    Attributes:
        campaign: the other one.
        name: what it is called.
        shared: scripts that paid both; None where there are some, and too few to give a number.
        donors_here: scripts that paid this one; None as before.
        donors_there: scripts that paid the other.
    """

    campaign: str
    name: str
    shared: int | None
    donors_here: int | None
    donors_there: int | None


@dataclass(frozen=True, kw_only=True)
class CampaignAnswer(Answer):
    """A campaign.

    Attributes:
        campaign: its id.
        name: what it is called.
        appeals: by the first day on which each was shown.
        addresses: in the order in which they came up, and what they took the place of.
        reposts: who took an appeal from whom.
        other_means: other ways of paying that were offered, with how many appeals offered each.
        timeline: month by month, the chain's activity beside the appeals.
        shared_donors: with other campaigns, as numbers only.
        contradictions: where sources disagree about the campaign or its appeals, such as since when one was
            shown; the days above are the widest span that any source gives.
        log: up to where the log of statements was read.
    """

    campaign: str
    name: str
    appeals: tuple[Appeal, ...]
    addresses: tuple[Shown, ...]
    reposts: tuple[Repost, ...]
    other_means: tuple[tuple[str, int], ...]
    timeline: tuple[CampaignMonth, ...]
    shared_donors: tuple[SharedWith, ...]
    contradictions: tuple[Contradiction, ...]
    log: Past


@dataclass(frozen=True, kw_only=True)
class CampaignsAnswer(Answer):
    """Every campaign, by id and name."""

    campaigns: tuple[tuple[str, str], ...]


def campaign(
    path: Path, named: str, shared_with: Sequence[str] = (), as_of: str | None = None
) -> CampaignAnswer:
    """Show a campaign.

    Args:
        path: the workspace's folder.
        named: its id, or its name where only one is called so.
        shared_with: other campaigns, whose donors are compared as numbers.
        as_of: a moment or a row of the log of statements; the chain is read to its tip.

    Raises:
        NotFoundError: there is no such campaign.
        UsageError: several are called so.
    """
    workspace = Workspace.open(path)
    with Records.open(workspace.path) as records:
        past = past_of(records, as_of)
        known = _campaigns(records, past.row)
        ids = [_named(known, each) for each in (named, *shared_with)]
        found = {each: _appeals(records, each, past.row) for each in ids}
        disputed = _disputed(records, ids[0], past.row)
        prices = records.prices.series(None, None)
    reasons: list[str] = [_SMALL]
    review, donors, at = None, [], None
    try:
        with Chain.open(workspace.chain_dir) as chain:
            addresses = [_addresses(chain, found[each], reasons) for each in ids]
            if addresses[0]:
                review = reviewed(chain, prices, ReviewRequest(addresses=addresses[0])).answer
                at = review.as_of
            donors = [_donors(chain, each) for each in addresses]
    except NotFoundError:
        reasons.append("No blocks are indexed in this workspace: nothing is known of what the addresses did.")
    return _answer(ids, known, found, (review, donors, at), (tuple(reasons), disputed, past))


def _answer(
    ids: Sequence[str],
    known: dict[str, str],
    found: dict[str, tuple[Appeal, ...]],
    chain_says: tuple[ReviewAnswer | None, list[Int64s], AsOf | None],
    stands: tuple[tuple[str, ...], tuple[Contradiction, ...], Past],
) -> CampaignAnswer:
    review, donors, at = chain_says
    reasons, disputed, past = stands
    appeals, shown = found[ids[0]], rotation(found[ids[0]])
    means: dict[str, int] = {}
    for one in appeals:
        for each in one.other_means:
            means[each] = means.get(each, 0) + 1
    told = review.coverage.reasons if review else ()
    return CampaignAnswer(
        layer="claim",
        basis={"methods": review.basis.get("methods", []) if review else []},
        as_of=at,
        coverage=CoverageOf(complete=False, reasons=(*reasons, *told)),
        campaign=ids[0],
        name=known[ids[0]],
        appeals=appeals,
        addresses=shown,
        reposts=reposts(appeals),
        other_means=tuple(sorted(means.items(), key=lambda each: (-each[1], each[0]))),
        timeline=_timeline(appeals, shown, review),
        shared_donors=_shared(ids, known, donors),
        contradictions=disputed,
        log=past,
    )


def campaigns(path: Path) -> CampaignsAnswer:
    """Every campaign of a workspace."""
    with Records.open(Workspace.open(path).path) as records:
        return CampaignsAnswer(layer="claim", campaigns=tuple(sorted(_campaigns(records, None).items())))


@dataclass(frozen=True, kw_only=True)
class AppealToEnter:
    """An appeal, as an analyst gives it.

    Attributes:
        campaign: the campaign's id, or its name where only one is called so.
        channel: the id of the channel's entity, or a name for a new one.
        values: properties of the appeal with their values, such as `wording` or `shownFrom`.
    """

    campaign: str
    channel: str
    values: tuple[tuple[str, str], ...]


def enter_campaign(path: Path, name: str, claim: ClaimToEnter, by: str | None, now: datetime) -> EntryAnswer:
    """Enter a campaign by its name; `claim` says who says so, where."""
    return add_all(path, claim, "Campaign", None, (("name", name),), by, now)


def enter_appeal(
    path: Path, appeal: AppealToEnter, claim: ClaimToEnter, by: str | None, now: datetime
) -> EntryAnswer:
    """Enter an appeal; `claim` says who says so, where.

    Raises:
        NotFoundError: there is no such campaign.
    """
    with Records.open(Workspace.open(path).path) as records:
        which = _named(_campaigns(records, None), appeal.campaign)
        known = bool(records.statements.of_entity(appeal.channel))
    channel = appeal.channel
    if not known:
        given = (("name", appeal.channel),)
        channel = str(add_all(path, claim, "UserAccount", None, given, by, now).entity_id)
    values = (("campaign", which), ("channel", channel), *appeal.values)
    return add_all(path, claim, "Appeal", None, values, by, now)


def _campaigns(records: Records, row: int | None) -> dict[str, str]:
    said = records.statements.of_schemata(["Campaign"], row)
    return {entity.id: entity.caption for entity in put_together(said)}


def _named(known: dict[str, str], named: str) -> str:
    if named in known:
        return named
    called = [each for each, name in known.items() if name == named]
    if len(called) > 1:
        raise UsageError(f"Several campaigns are called {named[:80]}.", way_out="Name one by its id.")
    if not called:
        raise NotFoundError(f"There is no campaign {named[:80]}.", way_out="See `qaif campaign list`.")
    return called[0]


def _appeals(records: Records, campaign_id: str, row: int) -> tuple[Appeal, ...]:
    rows = _rows(records, campaign_id, row)
    return appeals_of(put_together(rows), names_of(records, rows, row))


def _rows(records: Records, campaign_id: str, row: int) -> list[Logged]:
    pointing = records.statements.by_key(campaign_id, row)
    ids = [each.statement.entity_id for each in pointing if each.statement.schema == "Appeal"]
    return list(records.statements.of_entities(ids, row))


def _disputed(records: Records, campaign_id: str, row: int) -> tuple[Contradiction, ...]:
    """Where sources disagree about a campaign and its appeals."""
    rows = [*records.statements.of_entities([campaign_id], row), *_rows(records, campaign_id, row)]
    return contradictions(put_together(rows))


def _addresses(chain: Chain, appeals: Sequence[Appeal], reasons: list[str]) -> tuple[str, ...]:
    """The addresses of this chain's network; the others are named in the reasons."""
    out = []
    for address in dict.fromkeys(each for one in appeals for each in one.wallets):
        try:
            out.append(addresses_named(chain, (address,))[0].address)
        except AddressError:
            reasons.append(f"{address[:100]} is no address of this chain: what it did is not known here.")
    return tuple(out)


def _donors(chain: Chain, addresses: Sequence[str]) -> Int64s:
    scripts = [one.script_raw for one in addresses_named(chain, tuple(addresses))] if addresses else []
    nums = [num for num in map(chain.script_num, scripts) if num >= 0]
    return donors_of(chain, nums)


def _shared(ids: Sequence[str], known: dict[str, str], donors: list[Int64s]) -> tuple[SharedWith, ...]:
    if not donors:
        return ()
    counts = [suppressed(len(each)) for each in donors]
    return tuple(
        SharedWith(ids[one.second], known[ids[one.second]], one.count, counts[0], counts[one.second])
        for one in shared(donors)
        if one.first == 0
    )


def _timeline(
    appeals: Sequence[Appeal], shown: Sequence[Shown], review: ReviewAnswer | None
) -> tuple[CampaignMonth, ...]:
    asked: dict[str, int] = {}
    for one in appeals:
        for month in {day[:7] for day in (one.first_day, one.last_day) if day and len(day) > 6}:  # noqa: PLR2004
            asked[month] = asked.get(month, 0) + 1
    came: dict[str, int] = {}
    for each in shown:
        if each.first_day:
            came[each.first_day[:7]] = came.get(each.first_day[:7], 0) + 1
    did = {row.month: row for row in review.by_month} if review else {}
    out = []
    for month in sorted({*asked, *came, *did}):
        row = did.get(month)
        none = 0 if review else None
        figures = (row.tx_count, row.net_received_sat, row.net_sent_sat) if row else (none, none, none)
        out.append(CampaignMonth(month, asked.get(month, 0), came.get(month, 0), *figures))
    return tuple(out)
