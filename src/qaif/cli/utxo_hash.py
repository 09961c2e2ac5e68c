"""`qaif utxo-hash`: the unspent outputs, as one number that any full node can confirm."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from qaif.cli.output import (
    DEFAULT_WORKSPACE,
    JsonOption,
    ProgressLine,
    WorkspaceOption,
    emit,
    reporting_errors,
)
from qaif.errors import InterruptedRunError


class KindOption(StrEnum):
    """Which hashes."""

    HASH_SERIALIZED_3 = "hash_serialized_3"
    MUHASH = "muhash"
    NONE = "none"
    BOTH = "both"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("utxo-hash")(utxo_hash)


def utxo_hash(
    *,
    at: Annotated[
        str | None, typer.Option(metavar="HEIGHT_OR_HASH", help="The last block; the tip without it.")
    ] = None,
    kind: Annotated[KindOption, typer.Option(help="Which of Bitcoin Core's hashes.")] = KindOption.BOTH,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json_output: JsonOption = False,
) -> None:
    """Hash and count the unspent outputs as Bitcoin Core does: one number proves the whole store."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import utxo_hash as question

        try:
            with ProgressLine("unspent outputs") as progress:
                answer = question.utxo_hash(workspace, at, kind.value, progress)
        except KeyboardInterrupt:
            raise InterruptedRunError(
                "Stopped.", way_out="Nothing was written; the same command begins anew."
            ) from None
        emit(answer, json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page, sat

    page = Page()
    page.title("Unspent outputs")
    page.standing(answer)
    page.heading("Bitcoin Core's numbers")
    hashes = [("hash_serialized_3", answer.hash_serialized_3), ("muhash", answer.muhash)]
    page.facts(
        [
            *((name, value) for name, value in hashes if value),
            ("unspent outputs", f"{answer.txouts:,}, of {answer.transactions:,} transactions"),
            ("bogosize", f"{answer.bogosize:,}"),
            ("worth", sat(answer.total_amount_sat)),
        ]
    )
    page.heading("Supply")
    page.facts(_supply(answer.supply))


def _supply(supply: Any) -> list[tuple[str, object]]:
    from qaif.cli.page import sat

    return [
        ("subsidies", sat(supply.subsidy_sat)),
        ("lost: first block", sat(supply.genesis_block_sat)),
        ("lost: replaced (BIP30)", sat(supply.bip30_sat)),
        ("lost: scripts", sat(supply.scripts_sat)),
        ("lost: not claimed", supply.reason or sat(supply.unclaimed_rewards_sat)),
        *([] if supply.reason else [("lost in all", sat(supply.unspendable_sat))]),
    ]
