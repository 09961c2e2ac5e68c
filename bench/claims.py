"""How fast statements come in and tags are found: `python bench/claims.py [TAGS] [FOLDER]`.

Makes a TagPack of so many tags (500,000 where not said) and imports it: YAML, checks of addresses,
statements, SQLite with all indexes, one transaction, synced. Then looks 2,000 random addresses up, each in
a transaction of its own, and prints a table. Times are of one process; CPU is its user and system time.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from qaif.chain.addresses import address_of
from qaif.evidence.claims.gather import gather
from qaif.evidence.exchange.bounded_yaml import read_yaml
from qaif.evidence.exchange.tagpack import PackReader, pack_of
from qaif.feeds.networks import NETWORKS
from qaif.records.engine import Records
from qaif.records.statement import Entry
from qaif.records.statements import replace

LOOKUPS = 2_000
ENTRY = Entry(entered_by="bench", entered_at="2026-01-01T00:00:00Z", tool="bench")


def main() -> None:
    tags = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        measure(Path(folder), tags)


def measure(folder: Path, tags: int) -> None:
    addresses = [made(number) for number in range(tags)]
    content = pack_text(addresses).encode()
    print(f"{tags:,} tags, {len(content):,} bytes of YAML; {datetime.now(UTC):%Y-%m-%d}\n")
    print("| what | count | CPU s | wall s | a CPU second |\n|---|---:|---:|---:|---:|")
    value = timed("YAML read", tags, lambda: read_yaml(content, "bench.yaml"))
    pack = pack_of(value, "bench.yaml")
    said = timed("statements made", 3 * tags, lambda: list(PackReader(pack).statements()))
    with Records.open(folder) as records:

        def enter() -> None:
            with records.writing() as connection:
                replace(connection, pack.dataset, said, ENTRY)

        timed("statements entered", len(said), enter)
        rng = random.Random(1)  # noqa: S311  a benchmark's dice
        chosen = rng.choices(addresses, k=LOOKUPS)
        looked("statements by address", records.statements.by_key, chosen)
        looked("tags of an address, whole", lambda each: gather(records, each), chosen)
        size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"\n{len(said):,} statements take {size / 1e6:,.0f} MB: {size / len(said):,.0f} bytes each.")


def made(number: int) -> str:
    digest = sha256(number.to_bytes(8, "little")).digest()[:20]
    address = address_of(b"\x76\xa9\x14" + digest + b"\x88\xac", NETWORKS["mainnet"])
    return str(address)


def pack_text(addresses: list[str]) -> str:
    head = "title: Bench\ncreator: Bench\ncurrency: BTC\nconfidence: forensic\nlastmod: 2024-01-01\ntags:\n"
    rows = (
        f"- address: {each}\n  label: Label {at % 1000}\n  actor: actor{at % 1000}\n"
        for at, each in enumerate(addresses)
    )
    return head + "".join(rows)


def timed(what: str, count: int, run: Callable[[], Any]) -> Any:
    cpu, wall = time.process_time(), time.perf_counter()
    out = run()
    spent, took = time.process_time() - cpu, time.perf_counter() - wall
    print(f"| {what} | {count:,} | {spent:.1f} | {took:.1f} | {count / spent:,.0f} |")
    return out


def looked(what: str, run: Callable[[str], object], chosen: list[str]) -> None:
    cpu, times = time.process_time(), []
    for each in chosen:
        began = time.perf_counter()
        if not run(each):
            raise SystemExit(f"{each} is not found")
        times.append(time.perf_counter() - began)
    spent = time.process_time() - cpu
    times.sort()
    middle, late = times[len(times) // 2] * 1e3, times[len(times) * 99 // 100] * 1e3
    rate = len(chosen) / spent
    name = f"{what}: median {middle:.2f} ms, p99 {late:.2f} ms"
    print(f"| {name} | {len(chosen):,} | {spent:.1f} | {sum(times):.1f} | {rate:,.0f} |")


if __name__ == "__main__":
    main()
