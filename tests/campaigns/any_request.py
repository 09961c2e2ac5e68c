"""Requests made from the OpenAPI document: none ends in a fault of ours, or in what it does not describe.

Usage: PYTHONPATH=tests python tests/campaigns/any_request.py [CASES] [SEED]

Runs schemathesis with all of its checks over every operation, against a real service with a made chain, a
list and a document. 20,000 cases are the long form; the suite runs a short one.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from support.api_workspace import made
from support.served import TOKEN, Served, served
from support.stories import called

# what a JSON schema cannot say: checksums, and things that must be there
_REFUSED = (
    "[checks.positive_data_acceptance]\nexpected-statuses = [200, 400, 401, 403, 404, 413, 422, 429, 503]\n"
)


def run(cases: int, seed: int, folder: Path, *, known: bool) -> subprocess.CompletedProcess[str]:
    """Run it.

    Args:
        cases: how many in all, over operations alike.
        seed: of what is made.
        folder: an empty one.
        known: ask about what the workspace holds, rather than about anything.
    """
    config, description = folder / "schemathesis.toml", folder / "openapi.json"
    config.write_text(_REFUSED)
    workspace = made(folder)
    with served(workspace, most_bytes=1 << 20) as it:
        document = it.http.get("/v1/openapi.json").json()
        description.write_text(json.dumps(_asking(document, _held(it)) if known else document))
        operations = json.dumps(document).count('"operationId"')
        return subprocess.run(
            [
                *(str(Path(sys.executable).parent / "st"), "--config-file", str(config), "run"),
                *(str(description), "--url", it.base),
                *("--header", f"Authorization: Bearer {TOKEN}", "--checks", "all"),
                *("--phases", "coverage,fuzzing", "--max-examples", str(max(1, cases // operations))),
                *("--seed", str(seed), "--request-timeout", "120", "--continue-on-failure", "--no-color"),
                *("--suppress-health-check", "all", "--exclude-operation-id", "session_delete"),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env={**os.environ, "NO_PROXY": "127.0.0.1"},
        )


def _held(it: Served) -> dict[str, list[str]]:
    """What the workspace holds, by the name of the field that asks about it."""
    people = [called(name) for name in ("bad", "paid", "payer", "friend", "nobody", "never seen")]
    txids = sorted(
        set(re.findall('"txid":"([0-9a-f]{64})"', it.ask("review", {"addresses": people[:1]}).text))
    )
    digests = [each["sha256"] for each in it.answer("documents")["documents"]]
    return {
        **dict.fromkeys(("address", "other", "start", "end", "subject", "subjects", "addresses"), people),
        "txid": txids,
        "output": [f"{each}:0" for each in txids],
        "document": digests,
        "block": ["0", "3"],
    }


def _asking(value: Any, held: dict[str, list[str]]) -> Any:
    """A description in which requests ask about what is held: every such field is one of these."""
    schemas = value["components"]["schemas"]
    for name, schema in schemas.items():
        if not name.endswith("Body"):
            continue
        for field, told in schema["properties"].items():
            if field in held and told.get("type") == "array":
                told["items"] = {"type": "string", "enum": held[field]}
            elif field in held:
                schema["properties"][field] = {"type": "string", "enum": held[field]}
    return value


def main(cases: int = 20_000, seed: int = 1) -> int:
    """Print what it says."""
    failed = 0
    for known in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            done = run(cases // 2, seed, Path(folder), known=known)
        print(done.stdout[-20_000:], done.stderr[-2_000:])
        failed |= done.returncode
    return failed


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
