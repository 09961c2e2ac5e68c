"""Set up an environment of its own and run every check: format, lint, types, tests.

Usage: python3.11 tools/test.py [PYTEST ARGUMENT ...]
"""

import contextlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
PEER = ENVIRONMENT / "followthemoney"  # a library that reads what we write, apart from what we need ourselves
PEER_PYTHON = PEER / "bin" / "python"
PEER_LOCK = ROOT / "tools" / "followthemoney.lock"
PEER_SECONDS = 240


def step(title: str, *command: str, **extra_environment: str) -> None:
    """Run one check and stop at the first that fails."""
    print(f"== {title}", flush=True)
    done = subprocess.run(command, cwd=ROOT, env=os.environ | extra_environment, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def set_up() -> None:
    """Make the environment from the lock file, hash by hash."""
    if not PYTHON.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    pip = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    step("install locked requirements", *pip, "--require-hashes", "-r", "requirements-dev.lock")
    step("install qaif", *pip, "--no-deps", "--editable", ".")


def install_followthemoney() -> subprocess.Popen[bytes] | None:
    """Begin to install the library `followthemoney` beside us; None where it is there or named."""
    kept = PEER / PEER_LOCK.name
    if "QAIF_FOLLOWTHEMONEY_PYTHON" in os.environ or _same(kept, PEER_LOCK):
        return None
    print("== install followthemoney, meanwhile", flush=True)
    venv.create(PEER, with_pip=True, clear=True)
    pip = (str(PEER_PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    locked = ("--only-binary", ":all:", "--require-hashes", "--requirement", str(PEER_LOCK))
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen((*pip, *locked), **quiet)


def installed_followthemoney(installing: subprocess.Popen[bytes] | None) -> dict[str, str]:
    """Where that library is, for the tests; they are skipped where it could not be installed."""
    kept = PEER / PEER_LOCK.name
    if installing:
        try:
            if not installing.wait(PEER_SECONDS):
                shutil.copyfile(PEER_LOCK, kept)
        except subprocess.TimeoutExpired:
            installing.kill()
    return {"QAIF_FOLLOWTHEMONEY_PYTHON": str(PEER_PYTHON)} if _same(kept, PEER_LOCK) else {}


def _same(kept: Path, wanted: Path) -> bool:
    return kept.exists() and kept.read_bytes() == wanted.read_bytes()


def install_by_apt(program: str, *packages: str, seconds: int) -> None:
    """Install a program that tests use, where that can be done; its tests are skipped where not."""
    if shutil.which(program) or not shutil.which("apt-get") or os.geteuid():
        return
    install = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages)
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "timeout": seconds}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print(f"== install {program}", flush=True)
    with contextlib.suppress(subprocess.TimeoutExpired):
        if subprocess.run(install, env=environment, check=False, **quiet).returncode:
            subprocess.run(("apt-get", "update", "--quiet"), check=False, **quiet)
            subprocess.run(install, env=environment, check=False, **quiet)


def check_web() -> None:
    """Check and build the web application, where Node.js and its packages can be had."""
    if shutil.which("npm") is None:
        print("== web application: left out, there is no Node.js here", flush=True)
        return
    step("web application: lint, types, tests", str(PYTHON), "tools/web.py", "check")
    step("web application: build", str(PYTHON), "tools/web.py", "build")


def main() -> None:
    """Set up, then check in the order of what fails fastest."""
    set_up()
    installing = install_followthemoney()
    install_by_apt("tesseract", "tesseract-ocr", "tesseract-ocr-ara", "tesseract-ocr-eng", seconds=180)
    install_by_apt("chromium", "chromium", "fonts-noto-core", seconds=300)
    run = (str(PYTHON), "-m")
    step("format", *run, "ruff", "format", "--check", ".")
    step("lint", *run, "ruff", "check", ".")
    step("types", *run, "mypy")
    check_web()
    peer = installed_followthemoney(installing)
    step("tests", *run, "pytest", "-n", "2", *sys.argv[1:], **peer)


if __name__ == "__main__":
    main()
