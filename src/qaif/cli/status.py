"""`qaif status`: what is in the workspace."""

from collections.abc import Iterator
from typing import Any

import typer

from qaif.cli.output import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, emit, reporting_errors

_MOST_RUNS = 12
_MOST_DAMAGE = 5
_DAMAGE = {
    "torn": "a last block that is not, or not yet, there as a whole",
    "broken": "a block that is damaged",
    "gap": "bytes that are no block",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(status)


def status(workspace: WorkspaceOption = DEFAULT_WORKSPACE, *, json_output: JsonOption = False) -> None:
    """Say what the workspace holds, and how much of the chain that is."""
    with reporting_errors(json_output=json_output):
        from qaif.questions import status as question

        emit(question.status(workspace), json_output=json_output, render=_page)


def _page(answer: Any) -> None:
    typer.echo(f"workspace {answer.workspace}")
    if answer.chain is None:
        typer.echo("chain     nothing indexed yet; `qaif index PATH...` does that")
    else:
        for line in chain_lines(answer.chain, answer.as_of, answer.coverage):
            typer.echo(line)
    typer.echo(f"documents {answer.documents:,}")
    typer.echo(f"prices    {', '.join(answer.price_sources) or 'none; `qaif prices import` adds them'}")


def chain_lines(chain: Any, as_of: Any, coverage: Any) -> Iterator[str]:
    """A chain's state, as lines for people."""
    yield f"chain     {chain.network}{' (SIMULATED: no block of it is real)' if chain.simulated else ''}"
    blocks = f"{chain.blocks:,} block{'s in part' if chain.single_transactions else 's'}"
    yield f"          {blocks}, {chain.txs:,} transactions, {chain.scripts:,} scripts"
    if as_of is not None:
        height = "height unknown" if as_of.height is None else f"height {as_of.height:,}"
        yield f"as of     {height} ({as_of.basis}), {as_of.time}, {as_of.hash}"
    yield f"coverage  {'complete, from genesis to the tip' if coverage.complete else 'not complete'}"
    yield from (f"          {reason}" for reason in coverage.reasons)
    if len(chain.runs) > 1 and not chain.single_transactions:
        yield from (f"          held: {_run_text(run)}" for run in chain.runs[:_MOST_RUNS])
        if len(chain.runs) > _MOST_RUNS:
            yield f"          and {len(chain.runs) - _MOST_RUNS:,} more runs; --json lists them all"
    yield from _damage_lines((chain.feed or {}).get("scan") or {})
    yield f"store     {chain.store_bytes / 1e6:,.1f} MB in {chain.segments} segments, epoch {chain.epoch}"


def _damage_lines(scan: Any) -> Iterator[str]:
    """What stands in the block files and is no whole block."""
    places, count = scan.get("damaged_places") or [], sum((scan.get("damage") or {}).values())
    for row, place in enumerate(places[:_MOST_DAMAGE]):
        where = f"{place['length']:,} bytes at offset {place['offset']:,} of {place['path']}"
        yield f"{'' if row else 'damage':10}{_DAMAGE[place['kind']]}: {where}"
    if count > _MOST_DAMAGE:
        yield f"          and {count - _MOST_DAMAGE:,} more places; --json lists the first {len(places):,}"


def _run_text(run: Any) -> str:
    if run.first_height is None or run.last_height is None:
        return f"{run.blocks:,} block(s) of unknown height"
    if run.blocks == 1:
        return f"block {run.first_height:,}"
    return f"blocks {run.first_height:,} to {run.last_height:,}"
