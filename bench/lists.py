"""How fast official lists are taken in, searched by name and looked up by address; how names are found again.

Usage: python bench/lists.py [--short] [--folder FOLDER]

Makes a list in OFAC's advanced XML, all invented, imports it into a new workspace as `qaif lists import`
does, imports it again with a hundredth of it changed, then searches 50,000 names and looks up addresses among
500,000. The spellings in spellings.csv, of public organisations and invented persons in Arabic, Hebrew and
Cyrillic letters, are sought among the 50,000 names: in how many cases is the listed name first, or among ten?

The machine may be shared: seconds of the processor stand beside seconds of the clock. The table is written to
bench/results/lists.md, unless it was made short.
"""

import argparse
import csv
import datetime as dt
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from qaif.questions.list_names import Searcher, searcher_of
from qaif.questions.lists import import_list
from qaif.records.engine import Records
from qaif.records.listed_names import ListedName
from qaif.records.statement import Assertion, Entry, Statement
from qaif.workspace.folder import Workspace
from support.list_files import bitcoin, ofac_advanced, ofac_entry, ofac_party

HERE = Path(__file__).resolve().parent
NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
SYLLABLES = (  # noqa: SIM905  easier to read
    "al bar dan far ghaz hal jam khal lam mar naz qas rah sal tar wad yaz zid omi ben kor vel dor mis"
).split(" ")
WORDS = ("Trading", "Company", "Foundation", "Holding", "Shipping", "Relief", "General", "Brothers")
WANTED = {"import": "40,000", "search": "50", "address": "1"}


class Taken(NamedTuple):
    """Seconds of the clock, and of this process."""

    clock: float
    processor: float


def timed(work: Callable[[], object]) -> Taken:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - clock, time.process_time() - processor)


def invented(count: int) -> list[str]:
    rng = random.Random(5)  # noqa: S311  invented names
    out = []
    for _ in range(count):
        words = [
            "".join(rng.choices(SYLLABLES, k=rng.randint(2, 3))).title() for _ in range(rng.randint(1, 3))
        ]
        out.append(" ".join((*words, rng.choice(WORDS)) if rng.random() < 0.4 else words))
    return out


def list_file(folder: Path, names: list[str], issued: dt.date, changed: int = 0) -> Path:
    parties = (
        ofac_party(n, [name, f"{name} Alias", f"{name}a"], {bitcoin(n): "XBT"} if n % 5 == 0 else {})
        for n, name in enumerate(names, start=1)
    )
    entries = (
        ofac_entry(n, dt.date(2019, 1, 1) if n > changed else dt.date(2020, 1, 1), "SDGT")
        for n in range(1, len(names) + 1)
    )
    path = folder / f"{issued}.xml"
    path.write_bytes(ofac_advanced(issued, parties, entries))
    return path


def imported(folder: Path, workspace: Path, count: int) -> list[str]:
    names = invented(count)
    rows = []
    for title, path in (
        ("first import", list_file(folder, names, dt.date(2026, 1, 1))),
        ("import with 1 % changed", list_file(folder, names, dt.date(2026, 1, 2), count // 100)),
    ):
        answers = []
        taken = timed(lambda path=path, answers=answers: answers.append(import_list(workspace, path, NOW)))  # type: ignore[misc]
        said = answers[0].version.statement_count
        size = path.stat().st_size / 1e6
        rows.append(
            f"| {title}: {said:,} statements, {size:.0f} MB | {said / taken.clock:,.0f} | "
            f"{said / taken.processor:,.0f} | {WANTED['import']} |"
        )
    return rows


def searched(count: int, asked: int) -> tuple[list[str], Searcher]:
    names = invented(count)
    spellings = spelling_rows()
    listed = sorted({row["listed"] for row in spellings})
    every = [*names[: count - len(listed)], *listed]
    built: list[Searcher] = []
    rows = [ListedName(n, f"e{n}", "LegalEntity", "name", name, "bench") for n, name in enumerate(every)]
    taken = timed(lambda: built.append(Searcher(rows)))
    searcher = built[0]
    rng = random.Random(7)  # noqa: S311  which names are asked for
    queries = [
        *(row["spelling"] for row in spellings),
        *(_misspelt(rng, rng.choice(every)) for _ in range(asked)),
    ]
    rng.shuffle(queries)
    for query in queries[:20]:
        searcher.search(query)
    taken_by = [timed(lambda query=query: searcher.search(query)) for query in queries]  # type: ignore[misc]
    return [
        f"| names made ready: {len(searcher):,} | {taken.clock:.1f} s | {taken.processor:.1f} s | |",
        *_quantiles(f"a name, {len(queries):,} times", taken_by, "search"),
    ], searcher


def kept_names(workspace: Path) -> list[str]:
    """How long a search of a workspace waits for its names: made ready and kept, and read back."""
    rows = []
    for title in ("made ready and kept", "read back"):
        with Records.open(workspace) as records:
            found: list[Searcher] = []
            taken = timed(lambda records=records, found=found: found.append(searcher_of(records)))  # type: ignore[misc]
            ms = f"{taken.clock * 1e3:,.0f} ms | {taken.processor * 1e3:,.0f} ms"
            rows.append(f"| names of a workspace {title}: {len(found[0]):,} | {ms} | |")
    return rows


def _quantiles(what: str, taken: list[Taken], wanted: str) -> list[str]:
    """The median and the 99th of a hundred, by the clock and of the processor."""
    clock, processor = sorted(t.clock * 1e3 for t in taken), sorted(t.processor * 1e3 for t in taken)
    at = len(taken) * 99 // 100
    return [
        f"| {what}: p50 | {clock[len(clock) // 2]:.2f} ms | {processor[len(clock) // 2]:.2f} ms | |",
        f"| {what}: p99 | {clock[at]:.2f} ms | {processor[at]:.2f} ms | {WANTED[wanted]} ms |",
    ]


def _misspelt(rng: random.Random, name: str) -> str:
    at = rng.randrange(len(name))
    return name[:at] + name[at + 1 :]


def spelling_rows() -> list[dict[str, str]]:
    with (HERE / "spellings.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def recalled(searcher: Searcher) -> list[str]:
    found: dict[str, list[int]] = {}
    missed = []
    for row in spelling_rows():
        names = [each.name for each in searcher.search(row["spelling"], most=10, least=70)]
        rank = names.index(row["listed"]) if row["listed"] in names else -1
        found.setdefault(row["script"], []).append(rank)
        if rank < 0:
            missed.append(f"{row['spelling']} ({row['listed']})")
    rows = [
        f"| {script} | {len(ranks)} | {sum(r == 0 for r in ranks)} | {sum(r >= 0 for r in ranks)} "
        f"({sum(r >= 0 for r in ranks) * 100 // len(ranks)} %) |"
        for script, ranks in found.items()
    ]
    return [*rows, "", f"Not found: {'; '.join(missed) or 'none'}."]


def looked_up(workspace: Path, count: int, asked: int) -> list[str]:
    said = Assertion(asserted_by="bench", dataset="bench")
    entry = Entry(entered_by="bench", entered_at="2026-01-02T00:00:00Z", tool="bench")

    def tags() -> Iterator[Statement]:
        for n in range(count):
            key = f"{n:034x}"
            yield Statement(f"w{n}", "CryptoWallet", "publicKey", key, said, key=key)

    with Records.open(workspace) as records:
        records.statements.say(tags(), entry)
        rng = random.Random(9)  # noqa: S311  which addresses are asked for
        keys = [f"{rng.randrange(count * 2):034x}" for _ in range(asked)]
        records.statements.by_key(keys[0])
        times = [timed(lambda key=key: records.statements.by_key(key)) for key in keys]  # type: ignore[misc]
    return _quantiles(f"an address among {count:,}", times, "address")


def machine() -> str:
    """Where and when, and how busy the machine is."""
    day, python, load = dt.datetime.now(dt.UTC).date(), platform.python_version(), os.getloadavg()[0]
    return f"{day}, {platform.machine()}, {os.cpu_count()} cores, Python {python}; load {load:.1f}."


def main() -> None:
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--short", action="store_true")
    asking.add_argument("--folder", type=Path)
    given = asking.parse_args()
    parties, names, tags, asked = (300, 2_000, 5_000, 50) if given.short else (17_000, 50_000, 500_000, 1_000)
    with tempfile.TemporaryDirectory(dir=given.folder) as made:
        folder = Path(made)
        workspace = Workspace.create(folder / "w").path
        imports = imported(folder, workspace, parties)
        kept = kept_names(workspace)
        search, searcher = searched(names, asked)
        lines = [
            "# Official lists",
            "",
            "Made by `python bench/lists.py`.",
            "",
            machine(),
            "",
            "| import | statements a second, clock | processor | wanted |",
            "|---|---|---|---|",
            *imports,
            "",
            "| search | clock | processor | wanted |",
            "|---|---|---|---|",
            *search,
            *kept,
            *looked_up(workspace, tags, asked),
            "",
            f"Spellings of `spellings.csv` among {len(searcher):,} names, score 70 and up:",
            "",
            "| letters | spellings | listed name first | among ten |",
            "|---|---|---|---|",
            *recalled(searcher),
        ]
    text = "\n".join(lines) + "\n"
    print(text)
    if not given.short:
        (HERE / "results" / "lists.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
