"""Which policies can be screened by?"""

from collections.abc import Iterable
from dataclasses import dataclass

from qaif.questions.answer import Answer
from qaif.screening.policy import Policy


@dataclass(frozen=True)
class PolicyShown:
    """A policy.

    Attributes:
        policy: its name.
        version: its version.
        title: in words.
        rules: how many rules it has.
        sha256: of its file.
    """

    policy: str
    version: str
    title: str
    rules: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class PoliciesAnswer(Answer):
    """Policies, by name."""

    policies: tuple[PolicyShown, ...]


def policies(found: Iterable[Policy]) -> PoliciesAnswer:
    """Tell of policies."""
    shown = (PolicyShown(one.name, str(one.version), one.title, len(one.rules), one.sha256) for one in found)
    return PoliciesAnswer(policies=tuple(sorted(shown, key=lambda each: each.policy)))
