"""How long `qaif --help` takes, beside an empty Python and the limit of 0.3 s.

Usage: python bench/start.py [RUNS]. Runs are interleaved; medians are printed, with the machine.
"""

import datetime as dt
import platform
import statistics
import subprocess
import sys
import time

LIMIT_SECONDS = 0.3
QAIF = [sys.executable, "-c", "from qaif.cli.main import run; run()"]
COMMANDS = {
    "empty Python": [sys.executable, "-c", "pass"],
    "qaif --help": [*QAIF, "--help"],
    "qaif review --help": [*QAIF, "review", "--help"],
}


def seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  our own command
    return time.perf_counter() - began


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    today = dt.datetime.now(tz=dt.UTC).date()
    print(f"{today}, {platform.machine()}, Python {platform.python_version()}, median of {runs} runs\n")
    print("| command | seconds | of the limit |\n|---|---|---|")
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"| {name} | {median:.3f} | {median / LIMIT_SECONDS:.0%} |")


if __name__ == "__main__":
    main()
