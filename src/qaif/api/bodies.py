"""What is sent with a question: one model each, the options of the command line with their limits.

Models are strict: a number in quotes is no number, and a field that is not known is refused, so that a
misspelt option is never silently left out of an answer.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Subject = Annotated[
    str, Field(min_length=1, max_length=200, description="An address; the questions say what else it may be.")
]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="A day (UTC).")]
Moment = Annotated[
    str,
    Field(
        pattern=r"^([0-9]{1,9}|[0-9a-fA-F]{64}|[0-9]{4}-[0-9]{2}-[0-9]{2})$",
        description="A height, a block hash, or a day (to its end, UTC).",
    ),
]
Method = Literal["poison", "haircut", "fifo", "lifo", "highest"]
Name = Annotated[str, Field(min_length=1, max_length=500)]


class Body(BaseModel):
    """What every body keeps to."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Body):
    """No options."""


class WhatBody(Body):
    """One address, account, entity or name."""

    subject: Name


class ClaimsBody(WhatBody):
    """Claims of something, as they were known at a time."""

    as_of: Annotated[str, Field(max_length=40)] | None = None


class TraceStatementBody(Body):
    """A statement."""

    statement_id: Annotated[str, Field(pattern=r"^[0-9a-f]{4,64}$")]


class AddressBody(Body):
    """One address."""

    address: Subject


class TxBody(Body):
    """One transaction."""

    txid: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]


class BlockBody(Body):
    """One block."""

    block: Annotated[str, Field(pattern=r"^([0-9]{1,9}|[0-9a-fA-F]{64})$")]


class ReviewBody(Body):
    """What is reviewed, and how."""

    addresses: Annotated[list[Subject], Field(min_length=1, max_length=1_000)]
    as_of: Moment | None = None
    fiat_day: Day | None = None
    price_source: Name | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    inference: bool = True
    most_largest: Annotated[int, Field(ge=0, le=1_000)] = 10
    most_counterparties: Annotated[int, Field(ge=0, le=1_000)] = 25


class ActivityBody(Body):
    """Whose activity, by which periods, compared with what."""

    addresses: Annotated[list[Subject], Field(min_length=1, max_length=1_000)]
    as_of: Moment | None = None
    by: Literal["day", "week", "month"] | None = None
    before: Annotated[str, Field(max_length=40)] | None = None
    after: Annotated[str, Field(max_length=40)] | None = None
    baseline: Annotated[str, Field(max_length=40)] | None = None
    dates: Annotated[list[Day], Field(max_length=1_000)] = []
    campaign: Name | None = None
    burst_days: Annotated[int, Field(ge=1, le=90)] = 7
    price_source: Name | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    inference: bool = True


class InClusterBody(Body):
    """As of when, and by which tier of clusters."""

    as_of: Moment | None = None
    with_change: bool = False


class ClusterBody(InClusterBody):
    """Whose cluster."""

    address: Subject
    sample: Annotated[int, Field(ge=0, le=10_000)] = 25


class WhyBody(InClusterBody):
    """Which two are in one cluster."""

    address: Subject
    other: Subject
    budget: Annotated[int, Field(ge=1, le=100_000)] = 200


class WhatIfBody(InClusterBody):
    """A cluster without what."""

    address: Subject
    without: Annotated[str, Field(min_length=1, max_length=100)]


class RefusalsBody(InClusterBody):
    """Refusals in whose cluster; all of them without an address."""

    address: Subject | None = None
    most: Annotated[int, Field(ge=0, le=10_000)] = 100


class FlowBody(InClusterBody):
    """By whom money is followed."""

    by: Literal["script", "cluster"] = "cluster"
    service_scripts: Annotated[int, Field(ge=0, le=1_000_000)] = 1_000


class WalkBody(FlowBody):
    """How far money is followed."""

    hops: Annotated[int, Field(ge=0, le=30)] = 6
    transactions: Annotated[int, Field(ge=0, le=20_000)] = 1_000
    fan: Annotated[int, Field(ge=1, le=10_000)] = 100
    least_sat: Annotated[int, Field(ge=0, le=2_100_000_000_000_000)] = 1_000


class TraceBody(WalkBody):
    """What is traced, and how."""

    subjects: Annotated[list[Subject], Field(min_length=1, max_length=100)]
    forward: bool = True
    methods: Annotated[list[Method], Field(max_length=5)] = []
    until: Day | None = None
    stops: Annotated[list[Subject], Field(max_length=1_000)] = []
    through_labels: bool = False
    through_mixes: bool = False
    by: Literal["script", "cluster"] = "script"
    most_destinations: Annotated[int, Field(ge=0, le=10_000)] = 25


class HandoffsBody(WalkBody):
    """Arrivals at and departures from services."""

    subjects: Annotated[list[Subject], Field(min_length=1, max_length=100)]
    direction: Literal["both", "arrivals", "departures"] = "both"
    stops: Annotated[list[Subject], Field(max_length=1_000)] = []


class CommonBody(WalkBody):
    """Several, and where their money met."""

    subjects: Annotated[list[Subject], Field(min_length=2, max_length=100)]
    forward: bool = True


class ExposureBody(FlowBody):
    """Whose exposure, and how it is counted."""

    address: Subject
    methods: Annotated[list[Method], Field(max_length=5)] = []
    hops: Annotated[int, Field(ge=0, le=30)] = 6
    transactions: Annotated[int, Field(ge=0, le=20_000)] = 1_000
    fan: Annotated[int, Field(ge=1, le=10_000)] = 100
    dust_sat: Annotated[int, Field(ge=0, le=2_100_000_000_000_000)] = 10_000
    dust_fan: Annotated[int, Field(ge=1, le=100_000)] = 20
    split: Day | None = None
    through_mixes: bool = False


class PathBody(WalkBody):
    """From whom to whom."""

    start: Subject
    end: Subject
    hops: Annotated[int, Field(ge=0, le=30)] = 12
    transactions: Annotated[int, Field(ge=0, le=20_000)] = 20_000
    until: Day | None = None
    through_labels: bool = False
    through_mixes: bool = False


class PeelBody(FlowBody):
    """The rest of which output."""

    output: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}:[0-9]{1,9}$")]
    steps: Annotated[int, Field(ge=0, le=1_000)] = 100
    fan: Annotated[int, Field(ge=2, le=1_000)] = 10
    least: Annotated[int, Field(ge=0, le=1_000)] = 500
    together: Annotated[int, Field(ge=0, le=1_000)] = 50
    through_labels: bool = False


class IndicatorsBody(FlowBody):
    """Indicators of whom."""

    address: Subject
    under_sat: Annotated[int, Field(ge=1, le=2_100_000_000_000_000)] | None = None
    gifts: Annotated[int, Field(ge=1, le=100_000)] = 20
    services: Annotated[int, Field(ge=1, le=1_000)] = 3


class DesignationsBody(WhatBody):
    """Whether something is listed, by whom, on which day."""

    jurisdictions: Annotated[
        list[Annotated[str, Field(pattern=r"^[A-Za-z]{2}$")]], Field(min_length=1, max_length=30)
    ]
    as_of: Day | None = None
    since: Annotated[int, Field(ge=1990, le=2100)] | None = None
    stale_after: Annotated[int, Field(ge=0, le=10_000)] = 30


class NameBody(Body):
    """A name to look for on lists."""

    name: Name
    most: Annotated[int, Field(ge=1, le=200)] = 20
    least: Annotated[int, Field(ge=0, le=100)] = 70


class CampaignBody(Body):
    """A campaign."""

    campaign: Name
    shared_with: Annotated[list[Name], Field(max_length=20)] = []
    as_of: Annotated[str, Field(max_length=40)] | None = None


class ListStatusBody(Body):
    """From how many days on a list is old."""

    stale_after: Annotated[int, Field(ge=0, le=10_000)] = 30


class ListDiffBody(Body):
    """Two versions of a list."""

    name: Name
    older: Annotated[int, Field(ge=1, le=2**31)] | None = None
    newer: Annotated[int, Field(ge=1, le=2**31)] | None = None


class ProposeBody(Body):
    """A kept document, and whose local telephone numbers are tried in it."""

    document: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    regions: Annotated[list[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]], Field(max_length=20)] = []


def day_of(text: str | None) -> date | None:
    """A day as a body has it.

    Raises:
        UsageError: there is no such day.
    """
    from qaif.errors import UsageError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text[:40]!r} is no day.", way_out="Write it as 2024-05-01.") from None


PolicyName = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$", description="A policy that is here by name.")]


class TransferBody(Body):
    """A transfer: `in` is a deposit that comes from the address, `out` a withdrawal that goes to it."""

    direction: Literal["in", "out"]
    amount_sat: Annotated[int, Field(ge=0, le=2_100_000_000_000_000)] | None = None
    time: Annotated[str, Field(max_length=40, description="ISO 8601.")] | None = None


class ScreenBody(Body):
    """What is screened."""

    address: Subject
    policy: PolicyName = "research-desk"
    transfer: TransferBody | None = None


class RowBody(Body):
    """One of many that are screened."""

    address: Subject
    transfer: TransferBody | None = None


class BatchBody(Body):
    """Many that are screened; `direct` looks for direct matches alone, `full` at dealings too."""

    policy: PolicyName = "research-desk"
    depth: Literal["direct", "full"] = "direct"
    rows: Annotated[list[RowBody], Field(min_length=1, max_length=10_000)]


class PastBody(Body):
    """Past answers of full screenings, asked anew by a policy."""

    policy: PolicyName = "research-desk"
    past: Annotated[list[dict[str, object]], Field(min_length=1, max_length=10_000)]


class PolicyTextBody(Body):
    """A policy in YAML."""

    text: Annotated[str, Field(min_length=1, max_length=1_000_000)]


class PolicyTestBody(PolicyTextBody):
    """A policy, and past answers that it is tried on."""

    past: Annotated[list[dict[str, object]], Field(min_length=1, max_length=10_000)]


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Status = Literal["alleged", "reported", "admitted", "court finding", "official listing", "retracted"]
Reason = Annotated[str, Field(max_length=2_000)]


class DocumentBody(Body):
    """A kept document."""

    document: Digest


class SaidByBody(Body):
    """Who says something, and how far that can be trusted."""

    asserted_by: Annotated[str, Field(max_length=500)] = ""
    reliability: Literal["A", "B", "C", "D", "E", "F"] = "F"
    credibility: Annotated[int, Field(ge=1, le=6)] = 6
    reason: Reason = ""


class DecideBody(SaidByBody):
    """What is decided on proposals."""

    decision: Literal["accepted", "rejected", "edited"]
    ids: Annotated[
        list[Annotated[str, Field(pattern=r"^[0-9a-f]{4,64}$")]], Field(min_length=1, max_length=500)
    ]
    resting_on: Annotated[list[Name], Field(max_length=20)] | None = None
    status: Status | None = None
    changes: Annotated[dict[str, Annotated[str, Field(max_length=2_000)]], Field(max_length=10)] = {}


class ClaimBody(SaidByBody):
    """A claim that is entered by hand."""

    entity: Name | None = None
    schema_name: Annotated[str, Field(alias="schema", min_length=1, max_length=60)]
    prop: Annotated[str, Field(min_length=1, max_length=60)]
    value: Annotated[str, Field(min_length=1, max_length=10_000)]
    lang: Annotated[str, Field(max_length=20)] = ""
    document: Digest | None = None
    span: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)] | None = None
    resting_on: Annotated[list[Name], Field(max_length=20)] = []
    status: Status = "reported"
    first_seen: Day | None = None
    last_seen: Day | None = None


class RetractBody(Body):
    """Claims that are taken back."""

    ids: Annotated[list[Digest], Field(min_length=1, max_length=500)]
    reason: Annotated[str, Field(min_length=1, max_length=2_000)]


class JudgeBody(Body):
    """Whether two entities are the same."""

    verdict: Literal["same", "different", "unsure", "withdrawn"]
    left: Name
    right: Name
    reason: Annotated[str, Field(min_length=1, max_length=2_000)]


class SignInBody(Body):
    """Who signs in: a user with a password, or whoever has the token that was printed at the start."""

    user: Annotated[str, Field(max_length=100)] = ""
    password: Annotated[str, Field(max_length=1_000)] = ""
    token: Annotated[str, Field(max_length=200)] = ""


class InvestigateBody(Body):
    """What is investigated: an address, or a kept document; one of the two."""

    address: Subject | None = None
    document: Digest | None = None
    as_of: Moment | None = None
    inference: bool = True


class MemberBody(Body):
    """Whether somebody is a member of a case."""

    user: Annotated[str, Field(min_length=1, max_length=100)]
    member: bool = True


UserName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._@-]{0,63}$")]
Role = Literal["viewer", "analyst", "approver", "administrator"]
Prefix = Annotated[str, Field(pattern=r"^qaif_[A-Za-z0-9_-]{8}$")]


class UserBody(Body):
    """A user who is added; without a password one who asks by keys alone."""

    name: UserName
    role: Role
    password: Annotated[str, Field(min_length=12, max_length=200)] | None = None


class RoleBody(Body):
    """A user's role."""

    name: UserName
    role: Role


class UserNameBody(Body):
    """A user."""

    name: UserName


class KeyBody(Body):
    """A key that is made."""

    user: UserName
    name: Annotated[str, Field(min_length=1, max_length=100)]
    scopes: Annotated[
        list[Literal["read", "screen", "write", "decide", "audit", "admin"]],
        Field(min_length=1, max_length=6),
    ]
    days: Annotated[int, Field(ge=1, le=3_650)] | None = 365
    limits: Annotated[str, Field(max_length=200)] = ""


class RotateBody(Body):
    """A key that another takes the place of, and how many hours both are good."""

    prefix: Prefix
    hours: Annotated[int, Field(ge=0, le=720)] = 24


class PrefixBody(Body):
    """A key, by what is shown of it."""

    prefix: Prefix
