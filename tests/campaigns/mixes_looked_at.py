"""Look at each transaction that a detector of mixes got wrong by what is said of it, and write what is seen.

Usage: PYTHONPATH=tests python tests/campaigns/mixes_looked_at.py --shared FOLDER [--write]

FOLDER has `coinjoins/` and `blocks/`, which are not part of the project. Prints the page; with `--write`
puts it into docs/mixes-looked-at.md.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from campaigns.parties import parties
from oracle import simchain
from qaif.analysis.evaluation.published import NO_MIXES_PUBLISHED
from qaif.questions.evaluate import EvaluationAnswer, evaluate

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mixes-looked-at.md"
POOLS = (100_000, 1_000_000, 5_000_000, 50_000_000)
WITNESS_SCRIPT, DATA = "0020", "6a"
WASABI = "5100374c728e5da2d01f39deb5fc73f6c55241024e99e70bc0ff33372a348673"
A_MIX, NO_MIX, OPEN = "a mix", "no mix", "open"
DUST = 1_000  # satoshi: nobody mixes less
LONG = ("joinmarket_like",)

HEAD = """# What detectors of mixes got wrong, looked at one by one

Written by `tests/campaigns/mixes_looked_at.py` from the published sets. What is *said* of a
transaction is the word of the set's makers; what is *seen* was counted from the transaction itself.

- **A mix by its parties**: of the change outputs, so many are what one to three inputs leave after a
  share of the common size, within 0.2 % of it. As a control the same is looked for 200 times with
  changes that were altered at random by up to 30 %. It counts as shown where three or more are found,
  and chance finds as many in at most 1 % of the tries.
- **No mix**: all outputs go to one script; or the equal outputs are dust, go to one script, or are
  three or more that go to two.
- **A mix by its form**: as many inputs as outputs, all outputs of one size of a Whirlpool pool, and
  inputs of that size or a little more. One output goes to a witness script (P2WSH), which the rules
  by which the sets were made do not allow for.
- **Open**: the form is a mix's, and nothing here shows that it is one or that it is none.

"""


class Tx(NamedTuple):
    """A transaction: what it spends and pays, each (satoshi, script as hex); the value None where unknown."""

    txid: str
    ins: list[tuple[int | None, str]]
    outs: list[tuple[int, str]]


class Seen(NamedTuple):
    """What it turns out to be, and why."""

    verdict: str
    why: str


Rows = list[tuple[str, str, str, Seen]]


def listed(path: Path) -> dict[str, Tx]:
    """A published list, by id."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        read: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return {
        row["txid"]: Tx(
            row["txid"], [(one[2], one[3]) for one in row["inputs"]], [tuple(out) for out in row["outputs"]]
        )
        for row in read
    }


def sample(path: Path) -> dict[str, Tx]:
    """The transactions of a block file; what their inputs are worth is not in it."""
    blocks = simchain.read_blocks(path.read_bytes(), bytes.fromhex("f9beb4d9"))
    return {
        tx.txid[::-1].hex(): Tx(
            tx.txid[::-1].hex(),
            [(None, "")] * len(tx.ins),
            [(out.value, out.script.hex()) for out in tx.outs],
        )
        for block in blocks
        for tx in block.txs
    }


def seen(tx: Tx) -> Seen:
    """What a transaction is, as far as its own amounts and scripts show."""
    size, shares = Counter(value for value, _ in tx.outs).most_common(1)[0]
    ins = [value for value, _ in tx.ins if value is not None]
    said = f"{len(tx.ins)} inputs, {shares} outputs of {size:,} sat, {len(tx.outs) - shares} others"
    if tx.txid == WASABI:
        return Seen(A_MIX, f"{said}: the Wasabi mix of block 600000, which is known as one")
    if len({script for _, script in tx.outs if script[:2] != DATA}) == 1:
        return Seen(NO_MIX, f"{said}: all goes to one script, so nobody is hidden among others")
    if len(ins) == len(tx.outs) == shares and size in POOLS and min(ins) >= size:
        one = sum(script[:4] == WITNESS_SCRIPT for _, script in tx.outs)
        return Seen(A_MIX, f"{said}: by its form; {one} of them to a witness script")
    paid = {script for value, script in tx.outs if value == size}
    if size < DUST or len(paid) < 3 <= shares or len(paid) == 1:
        return Seen(
            NO_MIX,
            f"{said}: the equal outputs go to {len(paid)} scripts"
            + (", and are dust" if size < DUST else ""),
        )
    if len(ins) < len(tx.ins):
        return Seen(OPEN, f"{said}: what the inputs are worth is not in the sample")
    found = parties(ins, [value for value, _ in tx.outs])
    chance = f"by chance as many in {found.as_many} of {found.tries}"
    counted = f"{found.found} of {found.changes} changes have a party, {chance}"
    return Seen(A_MIX if found.shown else OPEN, f"{said}: {counted}")


def alarms(shared: Path, told: EvaluationAnswer) -> Iterator[tuple[str, str, str, Seen]]:
    """Each transaction that is called a mix and said to be none: set, id, methods, what is seen."""
    read = {name: listed(shared / "coinjoins" / f"{name}.jsonl.gz") for name in NO_MIXES_PUBLISHED}
    read["33 real blocks"] = sample(shared / "blocks" / "mainnet-sample.dat")
    methods: dict[tuple[str, str], list[str]] = {}
    for alarm in told.false_alarms:
        methods.setdefault((alarm.data, alarm.txid), []).append(alarm.method)
    for (data, txid), by in methods.items():
        yield data, txid, ", ".join(by), seen(read[data][txid])


def misses(shared: Path, told: EvaluationAnswer) -> Iterator[tuple[str, str, str, Seen]]:
    """Each transaction that is said to be a mix and not called one: set, id, the reason, what is seen."""
    for missed in told.missed:
        read = listed(shared / "coinjoins" / f"{missed.data}.jsonl.gz")
        for txid in missed.txids:
            yield missed.data, txid, missed.reason, seen(read[txid])


def page(shared: Path) -> str:
    """The page, in Markdown."""
    told = evaluate((), shared)
    called, missed = list(alarms(shared, told)), list(misses(shared, told))
    return "".join(
        [
            HEAD,
            "## Said to be no mixes, and called mixes\n\n",
            *_counted(called),
            *_rows(called, "called by"),
            "\n## Said to be mixes, and not called so\n\n",
            *_counted(missed),
            *_rows([row for row in missed if row[0] not in LONG], "because"),
            "\n### Of the JoinMarket-like set, by what the detector says and by what is seen\n\n",
            *_by_reason([row for row in missed if row[0] in LONG]),
        ]
    )


def _counted(rows: Rows) -> Iterator[str]:
    yield f"| set | {A_MIX} | {NO_MIX} | {OPEN} |\n|---|---|---|---|\n"
    by = Counter((data, saw.verdict) for data, _, _, saw in rows)
    for data in dict.fromkeys(row[0] for row in rows):
        yield f"| {data} | {by[data, A_MIX]} | {by[data, NO_MIX]} | {by[data, OPEN]} |\n"


def _rows(rows: Rows, head: str) -> Iterator[str]:
    yield f"\n| set | transaction | {head} | seen | |\n|---|---|---|---|---|\n"
    for data, txid, words, saw in rows:
        yield f"| {data} | `{txid}` | {words} | {saw.verdict} | {saw.why} |\n"


def _by_reason(rows: Rows) -> Iterator[str]:
    yield "| because | seen | transactions | for example | |\n|---|---|---|---|---|\n"
    by: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for _, txid, words, saw in rows:
        by.setdefault((words, saw.verdict), []).append((txid, saw.why))
    for (words, verdict), found in by.items():
        yield f"| {words} | {verdict} | {len(found)} | `{found[0][0]}` | {found[0][1]} |\n"


def main() -> None:
    """Print the page, and write it if asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    text = page(asked.shared)
    print(text)
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
