"""A command that answers when it is given a subject, and has further commands beside that."""

from typing import Any

from typer.core import TyperGroup


class ShowingGroup(TyperGroup):
    """A group whose command `show` is meant where no command is named."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The named command, or `show` with all arguments."""
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Options before a subject are options of `show`."""
        if args and args[0].startswith("-") and args[0] not in ("--help", "-h"):
            args = ["show", *args]
        return super().parse_args(ctx, args)
