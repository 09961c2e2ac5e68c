"""Write the generated pages of docs/, or check that they are up to date.

Usage: python tools/reference.py [--check]
"""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

from qaif import errors
from qaif.analysis.tables.declared import FRIENDLY, RAW
from qaif.analysis.tables.duck import FUNCTIONS
from qaif.chain.tables import DERIVED, FORMAT_VERSION, PRIMARY

FOLDER = Path(__file__).resolve().parent.parent / "docs"
MADE = "This page is made by `tools/reference.py`; a test fails when it is out of date.\n"


def errors_page() -> str:
    """Every error: code, exit status, HTTP status, meaning."""
    rows = [
        f"| `{kind.code}` | {kind.exit_status} | {kind.http_status} | {_first_line(kind)} |"
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.QaifError)
    ]
    return "\n".join(
        [
            "# Errors",
            "",
            MADE,
            "A failed command prints the message and the way out on standard error and ends with the exit",
            'status. With `--json` it also prints `{"error": {"code", "message", "way_out", "details"}}`.',
            "Codes keep their meaning from one version to the next.",
            "",
            "| code | exit status | HTTP status | meaning |",
            "|---|---|---|---|",
            *sorted(rows),
            "",
        ]
    )


def schema_page() -> str:
    """Every table: those for people, and those of the store."""
    return "\n".join([*_people(), *_functions(), *_raw(), *_store(), ""])


def _people() -> list[str]:
    lines = [
        "# Tables",
        "",
        MADE,
        "[For people](#for-people), in `qaif sql` and `qaif export` · [functions](#functions) ·",
        "[as stored](#as-stored), in `qaif sql`, NumPy and Arrow · [derived tables](#derived-tables). The",
        "[tutorial](tutorial/one-question-in-python.md) uses them all.",
        "",
        "## For people",
        "",
        "Hashes, ids and addresses are text, as people write them. Amounts are integers of satoshi; `sum`",
        "of them is exact; a division is not, and is the asker's. NULL is what is not known here, which is",
        "not what is not there: every answer says what of the chain is held. Times are UTC. Columns marked",
        "*i* can rest on an inference (`script_basis` says where); with `--no-inference` that is NULL.",
        "",
        "The `..._num` columns join tables to one another. They mean something inside one answer or one",
        "export only: keep a txid with its index, an address, a block hash, never a number.",
    ]
    for table in FRIENDLY.values():
        lines += ["", f"### {table.name}", "", f"{table.meaning.capitalize()}.", ""]
        lines += ["| column | SQL type | meaning |", "|---|---|---|"]
        for c in table.columns:
            mark = " *i*" if c.inferred else ""
            lines.append(f"| `{c.name}`{mark} | {_SQL_TYPES[c.kind]} | {c.meaning} |")
    return lines


_SQL_TYPES = {"text": "VARCHAR", "int": "INTEGER", "int64": "BIGINT", "bool": "BOOLEAN", "time": "TIMESTAMP"}


def _functions() -> list[str]:
    lines = ["", "## Functions", "", "In `qaif sql`, beside DuckDB's own.", ""]
    lines += ["| function | gives |", "|---|---|"]
    lines += [f"| `{call}` | {meaning} |" for call, meaning in FUNCTIONS.items()]
    return [
        *lines,
        "",
        "A condition on `address`, `script_num`, `txid`, a number, a height or a time that is compared with",
        "a constant reads the rows that it names and no others. An address that stands misprinted in such a",
        "condition is nobody's and finds nothing; `script_num_of` says that it is misprinted.",
    ]


def _raw() -> list[str]:
    named = ", ".join(f"`{table.name}` (`{table.number}`)" for table in RAW.values())
    return [
        "",
        "## As stored",
        "",
        f"Format version {FORMAT_VERSION}. All numbers are little-endian. `chain/tables.py` declares the",
        "tables; `chain/sections.py` describes a file's layout. Unknown is -1 and a coinbase spends -2: as",
        "stored, nothing is NULL. `qaif.chain.open.Chain` gives each column as NumPy",
        "(`chain.txout.value_sat[0:10]`, a view where one segment holds the rows) and",
        '`qaif.chain.arrow.table(chain, "txout")` each table as Arrow, one chunk a segment, both without',
        "copying; a hash is `fixed_size_binary(32)`, in wire order, the reverse of how it is shown.",
        f"`qaif sql` has {named}, with the row's number as first column.",
    ]


def _store() -> list[str]:
    lines: list[str] = []
    for table, columns in PRIMARY.items():
        lines += ["", f"### {table}", "", "| column | type | meaning |", "|---|---|---|"]
        lines += [f"| `{c.name}` | {_type_text(str(c.dtype), c.width)} | {c.meaning} |" for c in columns]
    lines += ["", "## Derived tables", "", "Sorted runs of (`key` uint64, `num` int64).", ""]
    lines += ["| table | version | counts | rows |", "|---|---|---|---|"]
    lines += [f"| `{d.name}` | {d.version} | {d.counts} | {d.meaning} |" for d in DERIVED]
    return lines


def _type_text(dtype: str, width: int) -> str:
    return dtype if width == 1 else f"{dtype}[{width}]"


def _first_line(kind: type) -> str:
    return (inspect.getdoc(kind) or "").splitlines()[0]


PAGES: dict[str, Callable[[], str]] = {"reference/errors.md": errors_page, "schema.md": schema_page}


def main() -> None:
    """Write the pages, or with --check say which are out of date."""
    stale = []
    for name, make in PAGES.items():
        path = FOLDER / name
        if not path.is_file() or path.read_text() != make():
            stale.append(name)
    if "--check" in sys.argv[1:]:
        sys.exit(f"out of date: {', '.join(stale)}; run tools/reference.py" if stale else 0)
    for name in stale:
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(PAGES[name]())
        print(f"wrote docs/{name}")


if __name__ == "__main__":
    main()
