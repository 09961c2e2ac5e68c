"""Fit the weights of the change votes on simulated chains, and write them where the program reads them.

Usage: python tools/fit_change_vote.py DIR...   folders that `qaif simulate` made

Only the transactions that are not kept out of tuning are used; `qaif evaluate` judges on the others.
"""

import json
import sys
from pathlib import Path
from typing import Any

from qaif.analysis.change.contract import Heuristic
from qaif.analysis.change.fitting import Examples, fit, join
from qaif.analysis.change.heuristics import HEURISTICS
from qaif.analysis.evaluation.changes import tuning_examples
from qaif.analysis.evaluation.truth import read_truth
from qaif.questions.evaluate import indexed, name_of

WEIGHTS = Path(__file__).resolve().parents[1] / "src" / "qaif" / "analysis" / "change" / "vote.json"
VOTERS = {
    "change-vote": HEURISTICS,
    "change-vote-now": tuple(each for each in HEURISTICS if not each.later),
}


def main() -> None:
    """Fit both votes and write the file."""
    folders = [Path(each) for each in sys.argv[1:]]
    parts: dict[str, list[Examples]] = {name: [] for name in VOTERS}
    for folder in folders:
        with indexed(folder / "blocks") as chain:
            truth = read_truth(chain, folder / "truth")
            for name, voters in VOTERS.items():
                parts[name].append(tuning_examples(chain, truth, voters))
    names = "; ".join(map(name_of, folders))
    document = {"votes": [vote(name, VOTERS[name], join(parts[name]), names) for name in VOTERS]}
    WEIGHTS.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def vote(name: str, voters: tuple[Heuristic, ...], given: Examples, data: str) -> dict[str, Any]:
    """One vote, as the file holds it."""
    weights, none = fit(given)
    pairs = weights.reshape(-1, 2).tolist()
    print(f"{name}: {given.count:,} transactions, {int(given.change.sum()):,} with change")
    return {
        "id": name,
        "version": 1,
        "origin": f"Weights fitted on {given.count:,} simulated transactions, the tuning part of: {data}.",
        "none": none,
        "weights": {
            voter.id: {"kept": kept, "ruled_out": out}
            for voter, (kept, out) in zip(voters, pairs, strict=True)
        },
    }


if __name__ == "__main__":
    main()
