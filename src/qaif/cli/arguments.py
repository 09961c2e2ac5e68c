"""Arguments are looked through before anything reads them: whatever refuses one likes to repeat it."""

from collections.abc import Sequence

from qaif.chain.secrets import find_private_keys
from qaif.cli.output import reporting_errors
from qaif.errors import PrivateKeyError


def refuse_private_keys(arguments: Sequence[str]) -> None:
    """Stop the program where an argument holds a private key.

    Raises:
        typer.Exit: one does; the error was printed, and nothing of the key with it.
    """
    with reporting_errors(json_output="--json" in arguments):
        for place, argument in enumerate(arguments, 1):
            if find_private_keys(argument):
                raise PrivateKeyError(
                    f"Argument {place} holds a private key. Qaif refuses private keys, repeats none and "
                    "keeps none.",
                    way_out="Whoever has seen it can spend what it holds, and your shell may have kept it: "
                    "move the coins.",
                    argument=place,
                )
