"""What is sent about watches, alerts and appeals; the models of `bodies` go on here.

A watch and an alert are named by their numbers, which the lists of them show.
"""

from typing import Annotated, Literal

from pydantic import Field

from qaif.api.bodies import AddressBody, Body, Day, PolicyName

Number = Annotated[int, Field(ge=1, le=2**53)]
Sat = Annotated[int, Field(ge=0, le=21 * 10**14)]
AlertKind = Literal["movement", "activity", "contact", "listing", "source"]
Category = Annotated[str, Field(min_length=1, max_length=60)]


class WatchBody(Body):
    """What is to be watched; all kinds of alert where none is named.

    Contact with whom is an alert: `listed`, `*` for any, or a category. A movement of less than
    `least_sat` is none.
    """

    kind: Literal["address", "cluster", "entity"] = "address"
    subject: Annotated[
        str, Field(min_length=1, max_length=200, description="An address, or the id of an entity.")
    ]
    alerts: Annotated[list[AlertKind], Field(max_length=5)] = Field(default_factory=list)
    categories: Annotated[list[Category], Field(max_length=50)] = Field(default_factory=list)
    least_sat: Sat = 0
    note: Annotated[str, Field(max_length=2_000)] = ""


class WatchNumberBody(Body):
    """A watch, by its number."""

    watch: Number


class AlertsBody(Body):
    """Which alerts: all, those that nobody has answered, or those of one watch."""

    open: bool = False
    watch: Number | None = None


class DispositionBody(Body):
    """What somebody says of an alert.

    Of a false one: until that day the same is raised, but not brought anywhere.
    """

    alert: Number
    judgement: Literal["true", "false"]
    why: Annotated[str, Field(min_length=1, max_length=2_000)]
    until: Day | None = None


class InternalAppealBody(AddressBody):
    """An address that was stopped, and the policy that it is screened by anew."""

    policy: PolicyName = "research-desk"
