"""A service asked by many at once while blocks arrive and reorganisations happen.

Usage: PYTHONPATH=tests python tests/campaigns/served_while_moving.py [STEPS] [SECONDS A STEP] [CLIENTS]

More is asked than the service takes on. Every answer must be that of a store of just the blocks up to its own
`as_of`, computed afterwards; everything else must be 429 or 503. The long form is `600 1 12`: a block or so a
second for ten minutes, every third step a reorganisation.
"""

import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx

from campaigns.readers import FIRST_BLOCKS, Plan
from qaif.chain.open import Chain
from qaif.questions.answer import as_json
from qaif.questions.review import ReviewRequest, reviewed
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.served import TOKEN, served

Kept = list[tuple[str, int, Any]]
_FIGURES = ("as_of", "tx_count", "received_sat", "sent_at_least_sat", "balance_sat")


def run(folder: Path, steps: int, seconds: float, clients: int) -> dict[str, Any]:
    """Run it.

    Returns:
        How many of each status, how many answers were recomputed, as of how many blocks.
    """
    plan = Plan.of(4, steps)
    asked = [each.what.split() for each in plan.questions if each.kind == "review"][:6]
    workspace = folder / "w"
    chain = Workspace.open_or_create(workspace).chain_dir
    put(chain, plan.blocks[:FIRST_BLOCKS])
    kept: Kept = []
    ends = Event()
    with served(workspace, at_once=1, waiting=2) as it:
        threads = [Thread(target=_ask, args=(it.base, asked, kept, ends, n)) for n in range(clients)]
        for each in threads:
            each.start()
        for count in plan.steps:
            time.sleep(seconds)
            put(chain, plan.blocks[:count])
        time.sleep(seconds)
        ends.set()
        for each in threads:
            each.join()
    right = _recomputed(folder / "fresh", plan, kept)
    return {"statuses": dict(Counter(status for _, status, _ in kept)), **right}


def _ask(base: str, asked: list[list[str]], kept: Kept, ends: Event, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  a seed makes it the same each time
    with httpx.Client(
        base_url=base, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60, trust_env=False
    ) as http:
        while not ends.is_set():
            some = rng.choice(asked)
            if rng.random() < 0.5:
                got = http.post("/v1/review", json={"addresses": some})
            else:
                got = http.post("/v1/screen/direct", json={"address": some[0]})
            told = got.json() if got.status_code == httpx.codes.OK else None
            kept.append((json.dumps(some), got.status_code, told))


def _recomputed(folder: Path, plan: Plan, kept: Kept) -> dict[str, int]:
    tips = {told["as_of"]["hash"] for _, _, told in kept if told}
    reviews = screenings = 0
    for number, tip in enumerate(sorted(tips)):
        place = folder / str(number) / "chain"
        place.parent.mkdir(parents=True)
        put(place, plan.path(tip))
        with Chain.open(place) as chain:
            for some, _, told in kept:
                if told is None or told["as_of"]["hash"] != tip:
                    continue
                if "verdict" in told:
                    assert told["verdict"] == "UNKNOWN", told
                    assert told["moved_with"]["chain"] == tip
                    screenings += 1
                else:
                    request = ReviewRequest(addresses=tuple(json.loads(some)))
                    fresh = as_json(reviewed(chain, None, request).answer)
                    assert {f: told[f] for f in _FIGURES} == {f: fresh[f] for f in _FIGURES}
                    reviews += 1
    return {"reviews": reviews, "screenings": screenings, "as_of_blocks": len(tips)}


def main(steps: int = 20, seconds: float = 1.0, clients: int = 12) -> None:
    """Print what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(run(Path(folder), steps, seconds, clients)))


if __name__ == "__main__":
    main(*(kind(text) for kind, text in zip((int, float, int), sys.argv[1:], strict=False)))
