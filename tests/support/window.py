"""A real service on the demo in a process of its own, and a real browser; or a skip that says why."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, sync_playwright

from qaif.api.page_routes import built_pages

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
QAIF = (sys.executable, "-c", "from qaif.cli.main import run; run()")
_OPEN = re.compile(r"qaif: open (http://\S+)/#token=(\S+)")


@dataclass
class Window:
    """A browser's page before a service.

    Attributes:
        page: the page.
        base: the service's address.
        said: what the console said that it should not, and what failed.
        sent: the addresses of all requests.
    """

    page: Page
    base: str
    said: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def go(self, place: str) -> None:
        """Show a page of the application, and wait until it has its answers."""
        self.page.goto(f"{self.base}/#{place}")
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is waited for."""
        self.page.wait_for_timeout(250)
        self.page.wait_for_selector(".waiting", state="detached", timeout=90_000)

    def speak(self, language: str, digits: str) -> None:
        """Choose language and digits as a reader does."""
        selects = self.page.locator(".frame-head select")
        selects.nth(0).select_option(language)
        selects.nth(1).select_option(digits)

    def findings(self) -> list[str]:
        """What axe-core holds to be serious or worse, by its ids and elements."""
        session: CDPSession = self.page.context.new_cdp_session(self.page)
        ask = "axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))"
        told = session.send(
            "Runtime.evaluate",
            {"expression": f"{AXE.read_text()};{ask}", "awaitPromise": True, "returnByValue": True},
        )
        session.detach()
        found = json.loads(told["result"]["value"])
        return [
            f"{each['id']}: {each['nodes'][0]['html'][:200]}"
            for each in found
            if each["impact"] in {"serious", "critical"}
        ]


def browser_path() -> str:
    """Where Chromium is; skips where it is not, or where the application was not built."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium here")
    if built_pages() is None:
        pytest.skip("the web application was not built (python tools/web.py build)")
    return found


def demo_folder(shared: Path) -> Path:
    """The demo, made once for all workers of a run.

    Args:
        shared: a folder that all workers have.
    """
    folder = shared / "web-demo"
    with (shared / "web-demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "case").exists():
            subprocess.run((*QAIF, "demo", "--out", str(folder)), check=True, capture_output=True)
    return folder


@contextmanager
def serving(workspace: Path) -> Iterator[tuple[str, str]]:
    """`qaif serve` as a process: its address and the token that it prints."""
    command = (*QAIF, "serve", "--port", "0", "--workspace", str(workspace))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ.copy()) as process:
        try:
            assert process.stderr is not None
            found = next((told for line in process.stderr if (told := _OPEN.match(line))), None)
            assert found is not None, "the service did not start"
            yield found[1], found[2]
        finally:
            process.terminate()
            process.communicate()


@contextmanager
def window(path: str, base: str, token: str) -> Iterator[Window]:
    """A browser that has signed in by the address that the service printed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            page = browser.new_page(viewport={"width": 1366, "height": 900}, locale="en-GB")
            it = Window(page, base)
            page.on("console", lambda m: it.said.append(m.text) if m.type in {"error", "warning"} else None)
            page.on("pageerror", lambda error: it.said.append(str(error)))
            page.on("request", lambda request: it.sent.append(request.url))
            page.goto(f"{base}/#token={token}")
            page.wait_for_selector("nav")
            yield it
        finally:
            browser.close()
