"""What decisions amount to, written out once more: by looking back from the end."""

Made = tuple[str, str, str]  # what, by whom, in which role


def stands(
    made: list[Made], *, two_people: bool
) -> tuple[str | None, tuple[str, ...], str | None, str | None]:
    """What is decided, by whom; what is proposed, and by whom."""
    if not two_people:
        return (made[-1][0], (made[-1][1],), None, None) if made else (None, (), None, None)
    seconds = seconds_of(made)
    decided, by = (None, ()) if not seconds else (made[seconds[-1]][0], pair(made, seconds[-1]))
    rest = made[seconds[-1] + 1 :] if seconds else made
    proposed = rest[-1] if rest else (None, None, None)
    return decided, by, proposed[0], proposed[1]


def seconds_of(made: list[Made]) -> list[int]:
    """The places of those that agree, as another person and an approver, with the proposal right before."""
    out: list[int] = []
    for at in range(1, len(made)):
        (what, who, role), (before, proposer, _) = made[at], made[at - 1]
        if at - 1 not in out and what == before and who != proposer and role == "approver":
            out.append(at)
    return out


def pair(made: list[Made], at: int) -> tuple[str, ...]:
    """Who proposed and who agreed."""
    return (made[at - 1][1], made[at][1])
