"""Write the generated pages of docs/reference/, or check that they are up to date.

Usage: python tools/reference.py [--check]
"""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path

from qaif import errors
from qaif.chain.tables import DERIVED, FORMAT_VERSION, PRIMARY

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
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


def store_page() -> str:
    """Every table and column of the chain store."""
    lines = [
        "# The chain store's tables",
        "",
        MADE,
        f"Format version {FORMAT_VERSION}. All numbers are little-endian. `chain/tables.py` declares them;",
        "`chain/sections.py` describes a file's layout.",
    ]
    for table, columns in PRIMARY.items():
        lines += ["", f"## {table}", "", "| column | type | meaning |", "|---|---|---|"]
        lines += [f"| `{c.name}` | {_type_text(str(c.dtype), c.width)} | {c.meaning} |" for c in columns]
    lines += ["", "## Derived tables", "", "Sorted runs of (`key` uint64, `num` int64).", ""]
    lines += ["| table | version | counts | rows |", "|---|---|---|---|"]
    lines += [f"| `{d.name}` | {d.version} | {d.counts} | {d.meaning} |" for d in DERIVED]
    return "\n".join([*lines, ""])


def _type_text(dtype: str, width: int) -> str:
    return dtype if width == 1 else f"{dtype}[{width}]"


def _first_line(kind: type) -> str:
    return (inspect.getdoc(kind) or "").splitlines()[0]


PAGES: dict[str, Callable[[], str]] = {"errors.md": errors_page, "store.md": store_page}


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
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(PAGES[name]())
        print(f"wrote docs/reference/{name}")


if __name__ == "__main__":
    main()
