"""What the package's build makes of the application, and what it says where it cannot."""

import gzip
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from qaif.api.page_routes import built_pages

ROOT = Path(__file__).resolve().parents[2]
FIRST_VIEW_BYTES = 600_000


@pytest.fixture(scope="module")
def web() -> ModuleType:
    spec = importlib.util.spec_from_file_location("web_tool", ROOT / "tools" / "web.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_any_change_of_a_source_makes_it_built_anew(web: ModuleType, tmp_path: Path) -> None:
    source = tmp_path / "src" / "a.ts"
    source.parent.mkdir()
    source.write_text("one")
    before = web.sources_digest(tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "b.ts").write_text("of others")
    assert web.sources_digest(tmp_path) == before
    source.write_text("two")
    assert web.sources_digest(tmp_path) != before
    source.write_text("one")
    source.rename(source.with_name("c.ts"))
    assert web.sources_digest(tmp_path) != before


def test_without_node_it_is_said_what_is_missing(web: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(web.sys, "executable", "/nowhere/python")
    with pytest.raises(web.NotBuiltError, match=r"Node\.js"):
        web.npm()


def test_the_first_view_is_small_and_has_nothing_inline() -> None:
    folder = built_pages()
    if folder is None:
        pytest.skip("the web application was not built (python tools/web.py build)")
    page = (folder / "index.html").read_text()
    assert re.search(r"<script(?![^>]* src=)[^>]*>", page) is None
    assert "<style" not in page
    assert " style=" not in page
    first = re.findall(r'(?:src|href)="/(assets/[^"]+)"', page)
    assert len(first) >= 2
    sizes = {name: len(gzip.compress((folder / name).read_bytes())) for name in first}
    assert sum(sizes.values()) < FIRST_VIEW_BYTES, sizes
