"""The command `qaif`."""


def run() -> None:
    """Run the command line."""
