"""`qaif tx`: a transaction."""

from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors

_SHARES_SHOWN = 6


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tx")(tx)


def tx(
    txid: Annotated[str, typer.Argument(help="A transaction id, 64 hexadecimal digits.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    *,
    json_output: JsonOption = False,
) -> None:
    """Show a transaction: what it spends, where it pays, who spends that."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import tx as question

        emit(question.tx(workspace, txid), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page

    page = Page()
    page.title(f"Transaction {answer.txid}")
    page.standing(answer)
    if len(answer.transactions) > 1:
        page.line("Two transactions have this id (BIP30).")
    for one in answer.transactions:
        _one(page, one)


def _place(position: int | None) -> str:
    return "its place there only claimed" if position is None else f"transaction {position}"


def _size(one: Any) -> str:
    if one.size is None:
        return "unknown: it may have witnesses that the source of the blocks does not give"
    return f"{one.size:,} bytes, weight {one.weight:,}, {one.vsize:,} virtual bytes"


def _rate(fee_rate: object) -> str:
    return "" if fee_rate is None else f", {fee_rate} sat a virtual byte"


def _one(page: Any, one: Any) -> None:
    from qaif.cli.page import at_height, sat
    from qaif.units import btc_text

    page.heading(f"In block {one.where.block_hash}")
    page.facts(
        [
            ("block", f"{at_height(one.where.height)}, {one.where.time}, {_place(one.position)}"),
            ("size", _size(one)),
            ("version, locktime", f"{one.version}, {one.locktime}"),
            ("inputs", sat(one.input_sat)),
            ("outputs", sat(one.output_sat)),
            ("fee", one.fee_reason or f"{one.fee_sat:,} sat{_rate(one.fee_rate)}"),
        ]
    )
    page.table(
        (">in", ">BTC", "!from", "known by", "spends"),
        [
            (
                row.n,
                None if row.txid is None else _amount(row.value_sat),
                _who(row.script),
                row.script_basis,
                None if row.txid is None else f"{row.txid}:{row.vout}",
            )
            for row in one.inputs
        ],
    )
    page.table(
        (">out", ">BTC", "!to", "spent by"),
        [(row.n, btc_text(row.value_sat), _who(row.script), _spent(row)) for row in one.outputs],
    )
    _shapes(page, one)
    _change(page, one.change)


def _shapes(page: Any, one: Any) -> None:
    """What its shape suggests: every yes, and what stays open."""
    shown = [each for each in one.shapes if each.verdict != "no"]
    page.table(
        ("inference from its shape", "", "because"),
        [(each.title, each.verdict, each.reason) for each in shown],
    )
    if not shown:
        page.line("Its shape is of no kind that is told here.")


def _change(page: Any, change: Any) -> None:
    """Which outputs are its change, as far as heuristics tell: the votes, and each that says something."""
    if not change.heuristics:
        page.line("It has not two outputs that could be change.")
        return
    for vote in change.votes:
        taken = "not sure" if vote.change is None else f"output {vote.change}"
        page.facts(
            [
                ("inference: change", f"{taken}, by {vote.method}: {_shares(vote)}"),
                ("weights", f"{vote.origin} {vote.measured}"),
            ]
        )
    page.table(
        ("inference: change is", "kept", "ruled out", "because"),
        [
            (one.title, _indexes(one.kept), _indexes(one.ruled_out), f"{one.reason} {one.measured}")
            for one in change.heuristics
            if one.says
        ],
    )


def _shares(vote: Any) -> str:
    """The highest shares, and that of none."""
    known = sorted(((share, n) for n, share in enumerate(vote.permille) if share is not None), reverse=True)
    shown = [f"output {n} {share // 10}.{share % 10} %" for share, n in known[:_SHARES_SHOWN]]
    more = f", {len(known) - _SHARES_SHOWN:,} more" if len(known) > _SHARES_SHOWN else ""
    return f"{', '.join(shown)}{more}, none of them {vote.none_permille // 10}.{vote.none_permille % 10} %"


def _indexes(found: tuple[int, ...]) -> str:
    more = f" and {len(found) - _SHARES_SHOWN:,} more" if len(found) > _SHARES_SHOWN else ""
    return ", ".join(map(str, found[:_SHARES_SHOWN])) + more


def _amount(value_sat: int | None) -> str:
    from qaif.units import btc_text

    return "unknown" if value_sat is None else btc_text(value_sat)


def _who(script: Any) -> str:
    return "" if script is None else script.address or f"({script.script_type})"


def _spent(row: Any) -> str:
    if row.spent_by is not None:
        return f"{row.spent_by.txid} input {row.spent_by_input}"
    return row.unspendable or "not in the blocks held"
