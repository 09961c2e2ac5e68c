"""Statistics of the simulated economies beside those of real blocks.

Usage: PYTHONPATH=tests python tests/campaigns/simulated_statistics.py [--shared FOLDER] [--transactions N]
[--write]

FOLDER has `blocks/`, real blocks that are not part of the project; without it the simulated chains stand
alone. Each scenario is made anew, with N transactions. Prints the tables; with `--write` puts them into
docs/simulator.md, between its two marks. About two minutes for the 20,000 transactions that are usual.
"""

import argparse
import csv
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from campaigns.chain_statistics import AGES, KINDS, SIZES, Counted, Totals, parts_of
from oracle import simchain
from qaif.feeds.simulation.world.run import run
from qaif.feeds.simulation.world.scenarios import SCENARIOS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "simulator.md"
BEGIN, END = "<!-- statistics: begin -->\n", "<!-- statistics: end -->\n"
MAIN, REGTEST = bytes.fromhex("f9beb4d9"), bytes.fromhex("fabfb5da")
WITH_UNDO = 300_025  # the block whose spent outputs are published
FAR, MANIFOLD, FEW = 10, 3, 30  # points and times that are far apart; cases that are too few to tell
NO_FIGURE = "-"


class Part(NamedTuple):
    """Real blocks and the scenarios that stand beside them: a title, heights, and names."""

    title: str
    heights: tuple[int, int]
    scenarios: tuple[str, ...]


PARTS = (
    Part("2012 to 2014", (169_482, 300_025), ("everyday-2013",)),
    Part("2015 to 2017", (337_500, 500_000), ("everyday-2017",)),
    Part("2018 to 2020", (549_400, 617_509), ("mixes-2019", "mixes-2021", "campaign", "crime")),
    Part("2026, one block", (951_658, 951_658), ("everyday-2024", "mixes-2024", "everything")),
)


class Row(NamedTuple):
    """A row: its words, what it is for a chain, None where nothing is known, and how it is written."""

    words: str
    of: Callable[[Totals], float | None]
    form: str = "{:.1f} %"

    def far(self, real: float, made: float) -> bool:
        """Whether two figures are far apart: ten points of a share, three times of anything else."""
        if "%" in self.form:
            return abs(real - made) > FAR
        return max(real, made) > MANIFOLD * min(real, made)


def share(words: str, part: str, whole: str = "transactions") -> Row:
    """How many of a hundred."""

    def of(totals: Totals) -> float | None:
        return 100 * totals.many[part] / totals.many[whole] if totals.many[whole] >= FEW else None

    return Row(words, of)


def mean(words: str, part: str) -> Row:
    """How many a transaction."""
    return Row(words, lambda totals: totals.many[part] / totals.many["transactions"], "{:.2f}")


def tenth(words: str, place: int, *, rates: bool = False) -> Row:
    """A tenth of the values of outputs, or of fee rates."""

    def of(totals: Totals) -> float | None:
        parts = parts_of(totals.rates if rates else totals.values)
        return parts[place - 1] if parts and len(totals.rates if rates else totals.values) >= FEW else None

    return Row(words, of, "{:.1f}" if rates else "{:,.0f}")


def grouped(words: str, least: int, most: int) -> Row:
    """How many of a hundred groups of scripts that one block spends together have so many scripts."""

    def of(totals: Totals) -> float | None:
        every = sum(totals.groups.values())
        inside = sum(many for size, many in totals.groups.items() if least <= size <= most)
        return 100 * inside / every if every >= FEW else None

    return Row(words, of)


ROWS = (
    Row("transactions", lambda totals: totals.many["transactions"], "{:,}"),
    mean("inputs a transaction", "inputs"),
    *(share(f"with inputs: {name}", f"inputs {name}") for _, name in SIZES),
    mean("outputs a transaction", "outputs"),
    *(share(f"with outputs: {name}", f"outputs {name}") for _, name in SIZES),
    *(share(f"outputs: {kind}", f"made {kind}", "outputs") for kind in KINDS),
    *(share(f"inputs: {kind}", f"spent {kind}", "inputs") for kind in KINDS[:6]),
    share("spends scripts of one kind only", "of one kind"),
    share("pays a script that it spends from", "to itself"),
    share("outputs to a script paid before in the block", "paid twice in a block", "outputs"),
    share("inputs that spend an output of their own block", "spent from the same block", "inputs"),
    *(
        share(f"spent coins whose age is {'' if not most else 'at most '}{name}", f"age {name}", "of any age")
        for most, name in AGES
    ),
    share("spent coins that are older", "age older", "of any age"),
    grouped("scripts spent together in a block: one", 1, 1),
    grouped("two", 2, 2),
    grouped("3 to 20", 3, 20),
    grouped("more than 20", 21, 1 << 30),
    share("version 2", "version 2"),
    share("with a lock time", "locked"),
    share("can be replaced (BIP 125)", "rbf"),
    share("sorted as BIP 69 says, of those that could be otherwise", "sorted", "could be sorted"),
    share("low r, of signatures with a low s", "low r", "signatures"),
    share("of two outputs, from one input", "one input of two outputs", "two outputs"),
    share("of several inputs and two outputs, one needless", "needless for the larger", "several inputs"),
    share("outputs of whole 0.001 BTC", "round", "outputs"),
    *(tenth(f"output value, satoshi, {place} of ten below", place) for place in (1, 3, 5, 7, 9)),
    *(tenth(f"fee rate, satoshi a vB, {place} of ten below", place, rates=True) for place in (1, 5, 9)),
)  # fmt: skip
REAL_HAS_NONE = ("spent coins",)  # single blocks tell no age
CHOSEN = (
    "of two outputs, from one input",
    "of several inputs",
    "fee rate",
)  # known for coins of the block itself


def real(shared: Path, part: Part) -> Totals:
    """The real blocks of a part."""
    folder = shared / "blocks"
    with (folder / "mainnet-sample.csv").open() as file:
        heights = {bytes.fromhex(row["hash"])[::-1]: int(row["height"]) for row in csv.DictReader(file)}
    blocks = sorted(
        (heights[block.hash], block)
        for block in simchain.read_blocks((folder / "mainnet-sample.dat").read_bytes(), MAIN)
        if part.heights[0] <= heights[block.hash] <= part.heights[1]
    )
    counted = Counted()
    for height, block in blocks:
        if height == WITH_UNDO:
            counted.spent_outside(block, (folder / "block300025-undo.raw").read_bytes())
        counted.block(block, height)
    return counted.totals


def simulated(name: str, transactions: int, seed: int = 1) -> Totals:
    """A scenario's chain."""
    counted = Counted()
    with tempfile.TemporaryDirectory() as folder:
        run(SCENARIOS[name], Path(folder), seed, transactions)
        files = sorted((Path(folder) / "blocks").glob("blk*.dat"))
        data = b"".join(path.read_bytes() for path in files)
    for height, block in enumerate(simchain.read_blocks(data, REGTEST)):
        counted.block(block, height)
    return counted.totals


def table(part: Part, beside: Totals | None, made: dict[str, Totals]) -> Iterator[str]:
    """The lines of a part's table; a simulated figure that is far from the real one is bold."""
    yield f"### {part.title}\n\n"
    yield "| | real blocks | " + " | ".join(made) + " |\n|---|" + "--:|" * (len(made) + 1) + "\n"
    for row in ROWS:
        known = row.of(beside) if beside and not row.words.startswith(REAL_HAS_NONE) else None
        cells = [NO_FIGURE if known is None else row.form.format(known)]
        for totals in made.values():
            value = row.of(totals)
            cell = NO_FIGURE if value is None else row.form.format(value)
            far = row is not ROWS[0] and None not in (known, value) and row.far(known or 0, value or 0)
            cells.append(f"**{cell}**" if far else cell)
        yield f"| {row.words} | " + " | ".join(cells) + " |\n"
    yield "\n"


def tables(shared: Path | None, transactions: int, parts: tuple[Part, ...] = PARTS) -> str:
    """All tables, in Markdown."""
    text: list[str] = []
    for part in parts:
        made = {name: simulated(name, transactions) for name in part.scenarios}
        text += table(part, real(shared, part) if shared else None, made)
    return "".join(text)


def main() -> None:
    """Print the tables, and write them if asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--transactions", type=int, default=20_000)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    text = tables(asked.shared, asked.transactions)
    print(text)
    if asked.write:
        before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{text}{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
