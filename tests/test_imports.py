"""The import line of ARCHITECTURE.md, read from the source: typing imports count like any other."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "qaif"
LINE = (
    *("cli", "api", "desk", "report", "questions", "workspace", "screening", "evidence", "analysis", "chain"),
    *("feeds", "records", "kernels", "errors", "units"),
)
KERNELS_MAY_IMPORT = {"numpy", "numba", "llvmlite"}
ONLY_IN = {
    "btclib": {"chain/addresses.py"},
    "sqlalchemy": {"records"},
    "alembic": {"records"},
    "sqlite3": {"records"},
    "matplotlib": {"report"},
    "jinja2": {"report"},
    "typer": {"cli"},
    "rich": {"cli"},
    "pyarrow": {
        *("chain/arrow.py", "analysis/tables", "feeds/aws/parquet.py"),
        "analysis/evaluation/truth.py",
        "questions/screen_batch.py",
        "feeds/simulation/world/truth_parquet.py",
    },
    "duckdb": {"analysis/tables/duck.py"},
    "scipy": {"analysis/activity"},
    "ruptures": {"analysis/activity/segments.py"},
    "httpx": {"api/client.py", "workspace/network"},
    "httpcore": {"workspace/network"},
    "stamina": {"workspace/network"},
    "jsonschema": {"screening"},
    "zmq": {"workspace/network"},
    "fastapi": {"api"},
    "starlette": {"api"},
    "pydantic": {"api"},
    "uvicorn": {"api/hot.py", "api/serving.py"},
    "structlog": {"api/watching.py"},
    "prometheus_client": {"api/watching.py"},
    "limits": {"questions/limiting.py"},
}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def imported(source: str, package: tuple[str, ...]) -> Iterator[str]:
    """Full names of every module that a source text imports, wherever the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = list(package[: len(package) - node.level + 1]) if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def layer_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def breaches(layer: str, names: Iterator[str]) -> list[str]:
    """The imports of a module that go up the line."""
    wrong = []
    for name in names:
        parts = name.split(".")
        if parts[0] != "qaif":
            continue
        target = parts[1] if len(parts) > 1 else "qaif"
        if layer != target and (target not in LINE or LINE.index(target) <= LINE.index(layer)):
            wrong.append(name)
    return wrong


def package_of(path: Path) -> tuple[str, ...]:
    return ("qaif", *path.relative_to(SOURCE).parts[:-1])


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_down_the_line(path: Path) -> None:
    if path == SOURCE / "__init__.py":
        assert not breaches("units", imported(path.read_text(), package_of(path)))
        return
    assert layer_of(path) in LINE, f"{path} belongs to no layer"
    assert not breaches(layer_of(path), imported(path.read_text(), package_of(path)))


@pytest.mark.parametrize(
    ("layer", "source", "fails"),
    [
        ("chain", "from qaif.feeds.shape import Feed", False),
        ("feeds", "from qaif.chain.open import Chain", True),
        ("feeds", "if TYPE_CHECKING:\n    from qaif.chain.open import Chain", True),
        ("feeds", "def f():\n    import qaif.chain.open", True),
        ("kernels", "from qaif import units", False),
        ("units", "from qaif import kernels", True),
        ("chain", "from .index import index", False),
        ("chain", "from ..questions import answer", True),
        ("chain", "from .. import units", False),
    ],
)
def test_the_check_itself(layer: str, source: str, *, fails: bool) -> None:
    assert bool(breaches(layer, imported(source, ("qaif", layer)))) is fails


@pytest.mark.parametrize(
    "path", sorted((SOURCE / "kernels").glob("*.py")), ids=lambda path: str(path.relative_to(SOURCE))
)
def test_kernels_know_arrays_only(path: Path) -> None:
    import sys

    for name in imported(path.read_text(), package_of(path)):
        root = name.split(".")[0]
        ours = name.startswith("qaif.kernels")
        assert ours or root in KERNELS_MAY_IMPORT or root in sys.stdlib_module_names, name


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_stands_where_it_is_said_to(library: str) -> None:
    users = {
        str(path.relative_to(SOURCE))
        for path in modules()
        if any(name.split(".")[0] == library for name in imported(path.read_text(), package_of(path)))
    }
    allowed = ONLY_IN[library]
    assert all(any(f"{user}/".startswith(f"{place}/") for place in allowed) for user in users), users


def test_one_module_opens_files_of_the_store() -> None:
    """No other module of `chain/` opens, maps, renames or removes a file."""
    calls = {"open", "mmap", "replace", "rename", "unlink", "write_bytes", "write_text", "fromfile", "memmap"}
    for path in sorted((SOURCE / "chain").glob("*.py")):
        if path.name in ("files.py", "system_calls.py"):
            continue
        found = file_calls(path.read_text(), calls)
        allowed = {"AwsFeed.open", "BlockFileFeed.open", "Chain.open", "files.unlink", "path.open", "replace"}
        assert found <= allowed, f"{path.name}: {found - allowed}"


def file_calls(source: str, names: set[str]) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            text = ast.unparse(node.func)
            if text.rsplit(".", 1)[-1] in names:
                found.add(text)
    return found
