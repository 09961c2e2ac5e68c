"""axe-core by `npm ci`, and a browser to run it in; where one of them is missing the test is skipped."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parents[1] / "report" / "axe"
LISTS = ("package.json", "package-lock.json")


def axe_script() -> Path:
    """The file of axe-core; installed once into the user's cache.

    Raises:
        CalledProcessError: npm could not install it; its output was printed.
    """
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: axe-core cannot be had")
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in LISTS)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qaif-tests"
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"axe-{digest}"
    with (cache / "axe-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            draft = folder.with_suffix(".new")
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            for name in LISTS:
                shutil.copy(HERE / name, draft)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=draft, check=True, timeout=300)
            draft.rename(folder)
    return folder / "node_modules" / "axe-core" / "axe.min.js"


def browser() -> str:
    """A Chromium of the system."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium is installed: no page can be opened")


def violations(pages: list[Path]) -> list[list[dict[str, Any]]]:
    """What axe-core says against each page."""
    script, program = axe_script(), browser()
    from playwright.sync_api import sync_playwright

    out = []
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for path in pages:
            page = opened.new_context(bypass_csp=True).new_page()
            page.goto(path.as_uri())
            page.add_script_tag(path=script)
            told = page.evaluate("async () => (await axe.run(document)).violations")
            out.append([{"id": one["id"], "impact": one["impact"], "nodes": one["nodes"]} for one in told])
        opened.close()
    return out
