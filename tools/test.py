"""Set up an environment of its own and run every check: format, lint, types, tests.

Usage: python3.11 tools/test.py [PYTEST ARGUMENT ...]
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

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


def main() -> None:
    """Set up, then check in the order of what fails fastest."""
    set_up()
    run = (str(PYTHON), "-m")
    step("format", *run, "ruff", "format", "--check", ".")
    step("lint", *run, "ruff", "check", ".")
    step("types", *run, "mypy")
    step("tests", *run, "pytest", "-n", "2", *sys.argv[1:])


if __name__ == "__main__":
    main()
