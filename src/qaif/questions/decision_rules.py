"""What decisions on a screening amount to: one pure function. Where two people must decide, two must agree.

With four eyes a decision is a proposal until another person, an approver, decides the same. A different
decision is a proposal of its own, and takes the place of the one before. What two agreed on stands until
two agree on something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from qaif.records.screening_decisions import ScreeningDecision

Decision = Literal["release", "hold", "reject"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)


@dataclass(frozen=True)
class Standing:
    """What decisions amount to.

    Attributes:
        decided: what stands; None where nothing does yet.
        by: who decided that: one person, or two.
        proposed: what one person proposed and no second has agreed to; None where nothing waits.
        proposed_by: whose proposal that is.
    """

    decided: str | None = None
    by: tuple[str, ...] = ()
    proposed: str | None = None
    proposed_by: str | None = None


def standing(decisions: Sequence[ScreeningDecision], *, two_people: bool) -> Standing:
    """What decisions amount to.

    Args:
        decisions: all on one screening, oldest first.
        two_people: the policy wants two people to decide on it.
    """
    now = Standing()
    for made in decisions:
        if not two_people:
            now = Standing(made.decision, (made.author,))
        elif is_second(now, made):
            assert now.proposed_by is not None  # noqa: S101  who proposes is named
            now = Standing(made.decision, (now.proposed_by, made.author))
        else:
            now = Standing(now.decided, now.by, made.decision, made.author)
    return now


def is_second(now: Standing, made: ScreeningDecision) -> bool:
    """Whether a decision is the second that a proposal waits for: the same, by another, an approver."""
    return now.proposed == made.decision and now.proposed_by != made.author and made.role == "approver"
