"""Who started a service that is theirs alone: for one machine, in a workspace without users."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Owner:
    """Who started a service.

    Attributes:
        token: what was printed then, and lets them in.
        name: who they are in the records.
    """

    token: str = field(repr=False)
    name: str
