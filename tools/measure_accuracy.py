"""Measure every method anew: make the chains, fit the votes, evaluate, and write the figures.

Usage: python tools/measure_accuracy.py FOLDER [--shared DATA] [--small] [--no-fit]

Into FOLDER, new or one that this wrote before, go the chains of all scenarios (a million transactions of
`everything`, a hundred thousand of each other), and those on which the weights of the votes are fitted, of
another seed. Chains that are there are not made again. `--small` makes a tenth of each. The weights, the page
`docs/accuracy.md` and `src/qaif/analysis/accuracy.json` are written into the project. It takes about half an
hour and 8 GB of the disk.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from qaif.feeds.simulation.world.scenarios import SCENARIOS

PROJECT = Path(__file__).resolve().parents[1]
LARGE, SIZES = "everything", (1_000_000, 100_000)
FITTED_ON = ("everyday-2013", "everyday-2017", "everyday-2024", "mixes-2021", "crime")
QAIF = str(Path(sys.executable).with_name("qaif"))
SEED, FITTING_SEED, FITTING_SIZE = 1, 7, 50_000


def main() -> None:
    """Do all of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--no-fit", action="store_true")
    args = parser.parse_args()
    part = 10 if args.small else 1
    fitting = [chain(args.folder, name, FITTING_SEED, FITTING_SIZE // part) for name in FITTED_ON]
    if not args.no_fit:
        run(sys.executable, "tools/fit_change_vote.py", *fitting)
    judged = [chain(args.folder, name, SEED, SIZES[name != LARGE] // part) for name in SCENARIOS]
    truths = [word for each in judged for word in ("--truth", each)]
    shared = ["--shared", str(args.shared)] if args.shared else []
    run(QAIF, "evaluate", *truths, *shared, "--write", ".")


def chain(folder: Path, name: str, seed: int, transactions: int) -> str:
    """A scenario's chain, made where it is not there whole; its folder."""
    out = (folder / f"{name}-{seed}-{transactions}").resolve()
    if not (out / "truth" / "economy.json").is_file():
        given = ("--out", str(out), "--seed", str(seed), "--transactions", str(transactions))
        run(QAIF, "simulate", name, *given)
    return str(out)


def run(*command: str) -> None:
    """Run one command in the project's folder; it ends this one where it fails."""
    subprocess.run(command, check=True, cwd=PROJECT)


if __name__ == "__main__":
    main()
