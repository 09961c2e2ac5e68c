"""Queries through `qaif sql`'s engine, beside DuckDB on a copy of the same columns in its own memory.

Usage: python bench/sql.py WORKSPACE [RUNS]. Make one with `python bench/load.py FOLDER 1000000` and `qaif
index FOLDER --workspace WORKSPACE`. Medians of interleaved runs, one thread each; making the copy is not
counted, and both must give the same rows.
"""

import datetime as dt
import platform
import statistics
import sys
import time
from pathlib import Path

import duckdb
import pyarrow as pa

from qaif.analysis.tables.duck import Engine
from qaif.analysis.tables.source import ChainTable, Source
from qaif.chain.open import Chain

MEMORY_MIB = 4096
COPIED = {
    "inputs": ["tx_num", "value_sat"],
    "outputs": ["tx_num", "value_sat", "script_num"],
    "txout": ["value_sat"],
}
TOP = "SELECT script_num, sum(value_sat) AS s FROM outputs GROUP BY script_num ORDER BY s DESC LIMIT 10"
ALL_KNOWN = (
    "SELECT tx_num, sum(value_sat) AS s FROM inputs GROUP BY tx_num HAVING count(*) = count(value_sat)"
)
JOINED = f"""
    SELECT sum(i.s - o.s) FROM ({ALL_KNOWN}) i
    JOIN (SELECT tx_num, sum(value_sat) AS s FROM outputs GROUP BY tx_num) o USING (tx_num)
"""  # noqa: S608  our own text
QUERIES = {
    "fees of all transactions": ("tx", "SELECT sum(fee_sat) FROM transactions", JOINED),
    "sum of a stored column": (
        "txout",
        "SELECT sum(value_sat) FROM txout",
        "SELECT sum(value_sat) FROM txout",
    ),
    "top ten scripts": ("txout", TOP, TOP),
}


def copied(table: ChainTable, columns: list[str]) -> pa.Table:
    return pa.Table.from_batches(table.batches(columns)).combine_chunks()


def main() -> None:
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    today = dt.datetime.now(tz=dt.UTC).date()
    print(f"{today}, {platform.machine()}, Python {platform.python_version()}, median of {runs} runs\n")
    print(
        "| query | rows | qaif s | rows a second | DuckDB on its copy s | ratio |\n|---|---|---|---|---|---|"
    )
    with Chain.open(Path(sys.argv[1]) / "chain") as chain, Engine(Source(chain), MEMORY_MIB, 1) as engine:
        own = duckdb.connect(":memory:", config={"threads": 1})
        for name, columns in COPIED.items():
            own.register("copied", copied(Source(chain).tables()[name], columns))
            own.execute(f"CREATE TABLE {name} AS SELECT * FROM copied")  # noqa: S608  our own names
        for title, (counted, query, peer) in QUERIES.items():
            ours, theirs = [], []
            for _ in range(runs + 1):
                began = time.perf_counter()
                found = [
                    tuple(row.values()) for b in engine.batches(engine.run(query)) for row in b.to_pylist()
                ]
                middle = time.perf_counter()
                expected = own.execute(peer).fetchall()
                theirs.append(time.perf_counter() - middle)
                ours.append(middle - began)
                assert [tuple(map(int, row)) for row in found] == expected  # noqa: S101  else it is no race
            a, b = statistics.median(ours[1:]), statistics.median(theirs[1:])
            rows = chain.limits[counted]
            print(f"| {title} | {rows:,} | {a:.3f} | {rows / a:,.0f} | {b:.3f} | {b / a:.2f} |")


if __name__ == "__main__":
    main()
