"""What the manifest of a case store says of its coverage: whose word, on which scripts, as of which block."""

from dataclasses import fields
from typing import Any

from qaif.chain.manifest import Manifest
from qaif.errors import StoreDamagedError
from qaif.feeds.gathered_coverage import CaseTold, ScriptTold


def told_of(manifest: Manifest) -> CaseTold | None:
    """What the sources of a store told; None where it was made of blocks.

    Raises:
        StoreDamagedError: the manifest's checksum holds, and what it says has another form.
    """
    said: dict[str, Any] = (manifest.feed or {}).get("told") or {}
    if not said:
        return None
    try:
        scripts = tuple(ScriptTold(**_tuples(one)) for one in said["scripts"])
        return CaseTold(**{f.name: _tuples(said)[f.name] for f in fields(CaseTold)} | {"scripts": scripts})
    except (TypeError, KeyError, AttributeError) as error:
        raise StoreDamagedError(
            "What the chain's manifest says of its sources is not what this program writes there.",
            way_out="Run the command that gathered it once more, or use the version of Qaif that wrote it.",
        ) from error


def _tuples(said: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}
