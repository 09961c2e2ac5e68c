"""Recall and precision of extraction on each document that has an answer list, and of names across scripts.

Usage: PYTHONPATH=tests python tests/campaigns/extraction_accuracy.py [--shared FOLDER] [--write] [--wrong]

Prints a table; with `--write` puts it into docs/accuracy-extraction.md; with `--wrong` says what was missed
or not in the list. FOLDER has `documents/news-ar-2020-01.txt`, which is not part of the project.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from support.answers import DOCUMENTS, HELD_OUT, KEPT_OUT, MADE, NOT_FITTED, TUNING, Score, score_of
from support.spellings import recall

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy-extraction.md"
ARTICLE = "news-ar-2020-01"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"


def documents(shared: Path | None) -> Iterator[Path]:
    """Every document with an answer list; the article first, if its folder is given."""
    if shared:
        yield shared / "documents" / f"{ARTICLE}.txt"
    yield from (DOCUMENTS / f"{name}.txt" for name in (*MADE, *HELD_OUT, *NOT_FITTED, *TUNING, *KEPT_OUT))


def row(name: str, score: Score) -> str:
    """One line of the table."""
    asked = len(score.found) + len(score.missed)
    proposed = len(score.right) + len(score.wrong)
    return (
        f"| {name} | {len(score.found)} of {asked} | {score.recall / 10:.1f} % "
        f"| {len(score.right)} of {proposed} | {score.precision / 10:.1f} % | {len(score.forbidden)} |\n"
    )


def table(shared: Path | None) -> str:
    """The table, as it stands in the docs."""
    lines = ["| document | answers found | recall | proposals in the list | precision | forbidden ones |\n"]
    lines.append("|---|---|---|---|---|---|\n")
    lines += [row(path.stem, score_of(path)) for path in documents(shared)]
    found, whole, _ = recall()
    lines.append(f"\nNames across scripts: {found} of {whole} pairs of spellings found each other")
    lines.append(f" ({1000 * found // whole / 10:.1f} %).\n")
    return "".join(lines)


def main() -> None:
    """Print the table, and write it if asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--wrong", action="store_true")
    told = parser.parse_args()
    measured = table(told.shared)
    print(measured)
    if told.wrong:
        for path in documents(told.shared):
            score = score_of(path)
            for what, lines in (
                ("missed", score.missed),
                ("not listed", score.wrong),
                ("FORBIDDEN", score.forbidden),
            ):
                for line in lines:
                    print(f"{path.stem}: {what}: {line}")
    if told.write:
        page = PAGE.read_text(encoding="utf-8")
        head, _, rest = page.partition(BEGIN)
        PAGE.write_text(head + BEGIN + measured + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
