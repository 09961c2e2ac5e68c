"""`qaif designations`: who has listed this, under what act, since when, and who has not."""

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
