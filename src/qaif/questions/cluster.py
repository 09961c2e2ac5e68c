"""Which scripts move together with an address, and what did they do?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qaif.analysis.clusters.decided import ALARMS, counted, decision_of, touching
from qaif.analysis.clusters.figures import Figures, figures_of
from qaif.errors import WorkspaceError
from qaif.questions.answer import Answer, Layer
from qaif.questions.clustering import Opened, clusters_opened
from qaif.questions.refusals import DecisionShown, decision_shown
from qaif.questions.shown import TxRef, script_shown, tx_ref
from qaif.questions.standing import as_of as as_of_of
from qaif.units import UNKNOWN, Int64s

SAMPLE = 25
_MOST_ALARMS = 50


@dataclass(frozen=True)
class Members:
    """How many scripts, some of them, and where all were written to.

    Attributes:
        count: of all.
        sample: the first that appeared, as addresses, or as script bytes in hex where there is no address.
        export: the file with all of them, one a line; None where none was asked for.
    """

    count: int
    sample: tuple[str, ...]
    export: str | None


@dataclass(frozen=True)
class Totals:
    """Sums over a cluster, in satoshi where they are amounts. Members may be missing from it.

    Attributes:
        transactions: in which a member pays or is paid.
        received_sat: all that was paid to members, by one another too; at least.
        sent_sat: known values of all that they spent, what they paid to one another included; at least.
        from_outside_sat: what came from no member. A member that is missing counts as outside: no bound.
        to_outside_sat: what went to no member, fees included, likewise.
        balance_sat: what nothing spends, at least; None where not all blocks or not all values are held.
        unknown_inputs: inputs of members whose value is unknown: they are counted nowhere.
        first: the first of the transactions.
        last: the last.
        lower_bound: members may be missing, so this is the least; not said where change is followed.
    """

    transactions: int
    received_sat: int
    sent_sat: int
    from_outside_sat: int
    to_outside_sat: int
    balance_sat: int | None
    unknown_inputs: int
    first: TxRef | None
    last: TxRef | None
    lower_bound: bool


@dataclass(frozen=True)
class Labelled:
    """A member that a source names the operator of; the others do not get the label by it."""

    address: str
    operated_by: str
    layer: Layer = "claim"


@dataclass(frozen=True, kw_only=True)
class ClusterAnswer(Answer):
    """The cluster of an address.

    Attributes:
        address: as it was asked for.
        tier: what members are concluded from.
        named_by: the member that appeared first, by which the cluster can be known again.
        members: the scripts.
        totals: what they did together.
        labelled: members that carry a label of control; labels stay with the member.
        alarms: what a person should look at.
        alarms_left_out: how many more there are.
        refusals: how many transactions of members joined nothing, by method; `qaif refusals` lists them.
    """

    address: str
    tier: str
    named_by: str
    members: Members
    totals: Totals
    labelled: tuple[Labelled, ...]
    alarms: tuple[DecisionShown, ...]
    alarms_left_out: int
    refusals: dict[str, int]


def cluster(  # noqa: PLR0913  one argument an option
    workspace: Path,
    asked: str,
    *,
    as_of: str | None = None,
    with_change: bool = False,
    export: Path | None = None,
    sample: int = SAMPLE,
) -> ClusterAnswer:
    """The cluster of an address.

    Args:
        workspace: the workspace.
        asked: the address.
        as_of: a height, a day or a block hash; now where None.
        with_change: follow change too, the second tier.
        export: a new file for all members.
        sample: how many members to show.

    Raises:
        AddressError: the address is misprinted.
        PrivateKeyError: it is a private key.
        NotFoundError: it does not occur here, or there is no chain.
        WorkspaceError: the file to export to is there, or cannot be written.
    """
    with clusters_opened(workspace, as_of, with_change=with_change) as opened:
        script = opened.script(asked)
        members = opened.forest.members(script, opened.chain.n_txs)
        rows = touching(opened.chain, opened.forest, script)
        alarms = rows[np.isin(opened.forest.decisions[rows, 1], ALARMS)]
        if export is not None:
            _write(opened, members, export)
        return ClusterAnswer(
            layer=opened.layer,
            basis=opened.basis,
            as_of=as_of_of(opened.chain),
            coverage=opened.coverage,
            address=asked.strip(),
            tier=opened.tier,
            named_by=shown_as(opened, int(members[0])),
            members=Members(
                len(members),
                tuple(shown_as(opened, int(num)) for num in members[:sample]),
                None if export is None else str(export),
            ),
            totals=_totals(opened, figures_of(opened.chain, members)),
            labelled=_labelled(opened, members),
            alarms=tuple(
                decision_shown(opened, decision_of(opened.chain, opened.forest, int(row)))
                for row in alarms[:_MOST_ALARMS]
            ),
            alarms_left_out=max(0, len(alarms) - _MOST_ALARMS),
            refusals=counted(opened.forest, rows),
        )


def shown_as(opened: Opened, script_num: int) -> str:
    """A script as an address; as its bytes in hex where it has none."""
    shown = script_shown(opened.chain, script_num)
    return "" if shown is None else shown.address or shown.script_hex


def _totals(opened: Opened, figures: Figures) -> Totals:
    first, last = (
        None if num == UNKNOWN else tx_ref(opened.chain, num) for num in (figures.first_tx, figures.last_tx)
    )
    return Totals(
        transactions=figures.txs,
        received_sat=figures.received_sat,
        sent_sat=figures.sent_sat,
        from_outside_sat=figures.from_others_sat,
        to_outside_sat=figures.to_others_sat,
        balance_sat=figures.balance_sat,
        unknown_inputs=figures.unknown_inputs,
        first=first,
        last=last,
        lower_bound=opened.forest.links is None,
    )


def _labelled(opened: Opened, members: Int64s) -> tuple[Labelled, ...]:
    said = [(opened.chain.script_num(script), name) for script, name in opened.forest.given.operators]
    inside = np.isin(np.array([num for num, _ in said], dtype=np.int64), members)
    return tuple(
        Labelled(shown_as(opened, num), name)
        for (num, name), is_in in zip(said, inside, strict=True)
        if is_in
    )


def _write(opened: Opened, members: Sequence[int] | Int64s, path: Path) -> None:
    try:
        with path.open("x", encoding="ascii") as file:
            file.writelines(f"{shown_as(opened, int(num))}\n" for num in members)
    except OSError as error:
        raise WorkspaceError(
            f"{path} cannot be written: {error.strerror}.",
            way_out="Name a new file.",
            path=str(path),
        ) from error
