"""`qaif block`: a block."""

from typing import Annotated, Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("block")(block)


def block(
    block: Annotated[str, typer.Argument(metavar="HEIGHT_OR_HASH", help="A height, or 64 digits.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    *,
    json_output: JsonOption = False,
) -> None:
    """Show a block: its header, its size, what it moved, its fees."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import block as question

        emit(question.block(workspace, block), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    from qaif.cli.page import Page, sat

    page = Page()
    page.title(f"Block {answer.as_of.hash}")
    page.standing(answer)
    page.heading("Figures")
    counts = f"{answer.tx_count:,}, {answer.input_count:,} inputs, {answer.output_count:,} outputs"
    page.facts(
        [
            ("previous", answer.header.previous_hash + ("" if answer.parent_held else " (not held)")),
            ("merkle root", answer.header.merkle_root),
            ("version, bits, nonce", _three(answer.header)),
            ("size", _size(answer)),
            ("transactions", counts),
            ("moved", sat(answer.output_sat)),
            ("coinbase", sat(answer.coinbase_sat)),
            ("fees", answer.fees_reason or sat(answer.fees_sat)),
            *_told(answer.basis["inputs_told_by_feed"]),
        ]
    )


def _told(inputs: int) -> list[tuple[str, object]]:
    said = f"the values of {inputs:,} inputs are as the source of the blocks told them"
    return [("", said)] if inputs else []


def _three(header: Any) -> str:
    return f"{header.version}, {header.bits_hex}, {header.nonce}"


def _size(answer: Any) -> str:
    if not answer.whole:
        return "unknown: only some of its transactions are held"
    if answer.size is None:
        return "unknown: it may have witnesses that the source of the blocks does not give"
    return f"{answer.size:,} bytes, weight {answer.weight:,}"
