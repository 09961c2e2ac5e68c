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


def install_tesseract() -> None:
    """Install the program that reads pictures, where that can be done; its tests are skipped where not."""
    if shutil.which("tesseract") or not shutil.which("apt-get") or os.geteuid():
        return
    packages = ("tesseract-ocr", "tesseract-ocr-ara", "tesseract-ocr-eng")
    install = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages)
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "timeout": 180}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print("== install Tesseract", flush=True)
    with contextlib.suppress(subprocess.TimeoutExpired):
        if subprocess.run(install, env=environment, check=False, **quiet).returncode:
            subprocess.run(("apt-get", "update", "--quiet"), check=False, **quiet)
            subprocess.run(install, env=environment, check=False, **quiet)


def main() -> None:
    """Set up, then check in the order of what fails fastest."""
    set_up()
    install_tesseract()
    run = (str(PYTHON), "-m")
    step("format", *run, "ruff", "format", "--check", ".")
    step("lint", *run, "ruff", "check", ".")
    step("types", *run, "mypy")
    step("tests", *run, "pytest", "-n", "2", *sys.argv[1:])


if __name__ == "__main__":
    main()
