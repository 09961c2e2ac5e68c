"""The file that says that a chain is simulated: no simulated block lies anywhere without it."""

import json
from pathlib import Path

MARKER_NAME = "SIMULATED.json"


def write_marker(folder: Path, **told: object) -> None:
    """Mark a folder before blocks are written into it.

    Args:
        folder: made where it is missing.
        told: what else it says: the version of the generator, the seed, the scenario.
    """
    folder.mkdir(parents=True, exist_ok=True)
    marker = {"simulated": True, "generator": "qaif"} | told
    (folder / MARKER_NAME).write_text(json.dumps(marker, indent=2) + "\n", encoding="utf-8")


def seed_of(marker: Path) -> int | None:
    """The seed that a folder's marker names; None where there is no marker that can be read."""
    try:
        seed = json.loads(marker.read_text(encoding="utf-8"))["seed"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return seed if isinstance(seed, int) else None
