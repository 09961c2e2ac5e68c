"""Parse speed beside others: the same real bytes, one run, interleaved, equal ids before any clock starts.

Usage: python bench/parse.py [--short] [--alone] [FILES...], with the Python that has qaif.

FILES are block files as Bitcoin Core writes them; by default the sample of real mainnet blocks in
../shared/data. It is repeated to a few hundred MB, so that nothing stays in the processor's caches. Each peer
is installed from the package index into an environment of its own; one that cannot be is left out, with the
reason. Peers hash different amounts: each is compared with qaif at the same amount. The table is written to
bench/results/parse.md too.
"""

import argparse
import datetime as dt
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from parse_contestants import PEERS, QAIF

from qaif.kernels import parse, sha256
from qaif.kernels.parse import ParsedBlocks

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parents[1] / "shared" / "data" / "blocks" / "mainnet-sample.dat"
PACKAGES = {
    "blockchain-parser": "blockchain-parser==0.1.6",
    "blockchain-parser, fields": "blockchain-parser==0.1.6",
    "e-x": "e-x==2.0.0",
    "py-bitcoinkernel": "py-bitcoinkernel==0.1.0a5",
    "python-bitcoinlib": "python-bitcoinlib==0.12.2",
}
EQUAL = {  # which amount of hashing of ours is that of the peer
    "blockchain-parser": "qaif txids",
    "blockchain-parser, fields": "qaif txids",
    "e-x": "qaif ids",
    "py-bitcoinkernel": "qaif ids",
    "python-bitcoinlib": "qaif all",
}
HASHED = {
    "qaif txids": "txid",
    "qaif ids": "txid, wtxid",
    "qaif all": "txid, wtxid, merkle root and witness commitment of each block",
}
WANTED = {
    "blockchain-parser": "70 to 100",
    "blockchain-parser, fields": "70 to 100",
    "e-x": "25",
    "py-bitcoinkernel": "2",
}
WANTED_SHARE = 0.60


def read_blocks(paths: list[Path]) -> list[bytes]:
    """Whole blocks of files of Core's frames; what is torn or not a frame ends a file."""
    blocks = []
    for path in paths:
        raw, at = path.read_bytes(), 0
        magic = raw[:4]
        while magic.strip(b"\0") and raw[at : at + 4] == magic:
            size = int.from_bytes(raw[at + 4 : at + 8], "little")
            if at + 8 + size > len(raw):
                break
            blocks.append(raw[at + 8 : at + 8 + size])
            at += 8 + size
    if not blocks:
        raise SystemExit(f"no blocks in {', '.join(map(str, paths))}; give block files, not obfuscated ones")
    return blocks


def lay_out(blocks: list[bytes], megabytes: int, folder: Path) -> int:
    """Write what the contestants read; the number of copies."""
    one = b"".join(blocks)
    copies = max(1, round(megabytes * 1_000_000 / len(one)))
    with (folder / "blocks.bin").open("wb") as file:
        for _ in range(copies):
            file.write(one)
    (folder / "bounds.bin").write_bytes(array("q", np.cumsum([0, *map(len, blocks)]).tolist()).tobytes())
    return copies


def install(wanted: str, where: Path, *also: str) -> Path:
    """The Python of an environment that holds one peer, and what it needs; made if it is not there."""
    home = where / wanted.replace("==", "-")
    python, mark = home / "bin" / "python", home / "installed"
    if not mark.exists():
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(home)],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted, *also],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  fixed commands
            if done.returncode:
                raise RuntimeError((done.stderr.strip().splitlines() or ["no reason given"])[-1])
        mark.touch()
    return python


@dataclass
class Contestant:
    """A process that parses when told to."""

    name: str
    process: subprocess.Popen[str]
    digests: list[str] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)  # MB/s of each round

    def ask(self, line: str) -> list[str]:
        """Send a command; the words of its answer."""
        assert self.process.stdin is not None  # noqa: S101  opened as a pipe
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> list[str]:
        """The words of the next line."""
        assert self.process.stdout is not None  # noqa: S101  opened as a pipe
        words = self.process.stdout.readline().split()
        if not words:
            raise RuntimeError(f"{self.name} stopped")
        return words


def start(name: str, python: Path, folder: Path) -> Contestant:
    command = [str(python), str(HERE / "parse_contestants.py"), name, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  ours
    contestant = Contestant(name, process)
    contestant.answer()
    contestant.digests = contestant.ask("check")
    return contestant


def line_up(folder: Path, peers: Path | None) -> tuple[list[Contestant], dict[str, str]]:
    """Start everybody and hold them to equal ids; those left out, with the reason. No peers where None."""
    contestants = [start(name, Path(sys.executable), folder) for name in QAIF]
    txids, wtxids = contestants[-1].digests
    left_out = {}
    for name in PEERS if peers else ():
        print(f"preparing {name} ...", file=sys.stderr)
        try:
            contestants.append(start(name, install(PACKAGES[name], peers), folder))
        except (OSError, RuntimeError) as reason:
            left_out[name] = str(reason)
    for contestant in contestants:
        found = contestant.digests
        if found[0] != txids or found[1] not in {wtxids, "-"}:
            raise SystemExit(f"{contestant.name} does not find the same ids: nothing is measured")
    return contestants, left_out


def peak_rate(seconds: float) -> float:
    """MB/s of SHA-256 over messages too long for anything but the compression to count."""
    data = np.zeros(1 << 20, np.uint8)
    length = np.full(4, 1 << 18)
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        sha256.sha256_rows(data, np.arange(4) << 18, length)
        done += len(data)
    return done / (time.perf_counter() - began) / 1e6


def compressions(c: ParsedBlocks, effort: int) -> int:
    """64-byte blocks that SHA-256 takes for one copy of the sample."""
    total = int(((c.tx_base_size + 72) // 64 + 1).sum()) + 3 * len(c.block_size)
    marked = c.tx_has_witness == 1
    if effort:
        total += int(((c.tx_size[marked] + 72) // 64 + 1).sum())
    if effort > 1:
        for lo, hi in zip(c.block_tx_lo, c.block_tx_lo[1:], strict=False):
            row, pairs = int(hi - lo), 0
            while row > 1:
                row = (row + 1) // 2
                pairs += row
            total += 3 * (2 * pairs + 1 if marked[lo:hi].any() else pairs)
    return total


def machine() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(x.split(":")[1].strip() for x in lines if x.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def rows(contestants: list[Contestant], left_out: dict[str, str]) -> list[str]:
    ours = {c.name: c for c in contestants if c.name in QAIF}
    lines = [
        "| who | hashes | MB/s (median of the rounds) | qaif is faster by (wanted) |",
        "|---|---|---|---|",
    ]
    for c in contestants:
        same = ours[EQUAL.get(c.name, c.name)]
        ratio = statistics.median(a / b for a, b in zip(same.rates, c.rates, strict=True))
        beside = "" if c.name in QAIF else f"**{ratio:.1f}** ({WANTED.get(c.name, 'no figure')})"
        who = c.name if c.name in QAIF else f"{c.name} {PACKAGES[c.name].split('==')[1]}"
        lines.append(f"| {who} | {HASHED[same.name]} | {statistics.median(c.rates):,.1f} | {beside} |")
    return lines + [f"| {name} | left out: {reason} | | |" for name, reason in left_out.items()]


def shares(contestants: list[Contestant], parsed: ParsedBlocks, peaks: list[float], size: int) -> list[str]:
    lines = [
        f"| at work | SHA-256 of a byte of block | share of the peak (wanted {WANTED_SHARE:.0%}) |",
        "|---|---|---|",
    ]
    for c in contestants:
        if c.name in QAIF:
            each = 64 * compressions(parsed, QAIF[c.name]) / size
            share = statistics.median(r * each / peak for r, peak in zip(c.rates, peaks, strict=True))
            lines.append(f"| {c.name} | {each:.2f} bytes | **{share:.0%}** |")
    return lines


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, default=[SAMPLE])
    parser.add_argument("--megabytes", type=int, default=256, help="repeat the blocks to about this size")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="of each contestant in each round, at least"
    )
    parser.add_argument("--alone", action="store_true", help="no peers: nothing is installed")
    parser.add_argument("--short", action="store_true", help="few blocks, few rounds, nothing written")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("--peers", type=Path, default=cache / "qaif-bench", help="where peers are installed")
    chosen = parser.parse_args()
    if chosen.short:
        chosen.megabytes, chosen.rounds, chosen.seconds = 32, 3, 0.1
    return chosen


def measure(chosen: argparse.Namespace, blocks: list[bytes]) -> str:
    one = np.frombuffer(b"".join(blocks), np.uint8)
    parsed, _, _ = parse.parse_blocks(one, np.cumsum([0, *map(len, blocks)]))
    if parsed is None:
        raise SystemExit("the blocks cannot be parsed")
    peaks: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        copies = lay_out(blocks, chosen.megabytes, Path(name))
        contestants, left_out = line_up(Path(name), None if chosen.alone else chosen.peers)
        peak_rate(0.1)
        for number in range(chosen.rounds):
            print(f"round {number + 1} of {chosen.rounds}", file=sys.stderr)
            before = peak_rate(chosen.seconds / 4)
            for c in contestants:
                done, taken = c.ask(f"run {chosen.seconds}")
                c.rates.append(int(done) / float(taken) / 1e6)
                if c is contestants[len(QAIF) - 1]:
                    peaks.append((before + peak_rate(chosen.seconds / 4)) / 2)
        for c in contestants:
            c.process.kill()
            c.process.wait()
    text = [
        f"{dt.datetime.now(tz=dt.UTC).date()}, {machine()}; one thread each.",
        f"{len(blocks)} real blocks with {len(parsed.tx_start):,} transactions, {len(one) / 1e6:.1f} MB,",
        f"{copies} times over; {chosen.rounds} rounds, interleaved; load {os.getloadavg()[0]:.1f}.",
        f"SHA-256 by {sha256.backend()}, peak {statistics.median(peaks):,.0f} MB/s. All found the same ids.",
        "blockchain-parser reads a field when asked for it; the row with fields has it read what qaif reads.",
    ]
    return "\n".join(
        [*text, "", *rows(contestants, left_out), "", *shares(contestants, parsed, peaks, len(one))]
    )


def main() -> None:
    chosen = arguments()
    blocks = read_blocks(chosen.files)
    if chosen.short:
        blocks = blocks[::4]
    table = measure(chosen, blocks)
    print(table)
    if not chosen.short:
        results = HERE / "results"
        results.mkdir(exist_ok=True)
        text = f"# Parse, beside others\n\nMade by `python bench/parse.py`.\n\n{table}\n"
        (results / "parse.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
