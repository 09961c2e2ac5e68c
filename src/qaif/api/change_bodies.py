"""What is sent with a change: claims, decisions, cases, users and keys; the models of `bodies` go on here."""

from typing import Annotated, Literal

from pydantic import Field

from qaif.api.bodies import Body, Day, Moment, Name, Subject

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
    changes: Annotated[dict[str, Annotated[str, Field(max_length=2_000)]], Field(max_length=10)] = Field(
        default_factory=dict
    )


class ClaimBody(SaidByBody):
    """A claim that is entered by hand."""

    entity: Name | None = None
    schema_name: Annotated[str, Field(alias="schema", min_length=1, max_length=60)]
    prop: Annotated[str, Field(min_length=1, max_length=60)]
    value: Annotated[str, Field(min_length=1, max_length=10_000)]
    lang: Annotated[str, Field(max_length=20)] = ""
    document: Digest | None = None
    span: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)] | None = None
    resting_on: Annotated[list[Name], Field(max_length=20)] = Field(default_factory=list)
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


class EntryBody(Body):
    """A screening, by the number of its entry (`recorded` in its answer)."""

    entry: Annotated[int, Field(ge=1, le=2**53)]


class DecisionBody(EntryBody):
    """What somebody decides on a screening, and why."""

    decision: Literal["release", "hold", "reject"]
    reason: Annotated[str, Field(min_length=1, max_length=2_000)]


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
