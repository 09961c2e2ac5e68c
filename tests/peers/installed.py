"""The node's packages, installed once from the lock file into the user's cache and nowhere else."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent / "bcoin_node"
_LISTS = ("package.json", "package-lock.json")


def packages() -> Path:
    """The folder of installed packages; a skip where there is no Node.js to run them.

    Workers of one test run wait for each other, and what was installed once is found again until the lock
    file changes. Nothing is compiled: `NODE_BACKEND=js` makes bcoin use no native code.

    Raises:
        CalledProcessError: npm could not install them; its output was printed.
    """
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed: no bcoin node can be started")
    lists = b"".join((HERE / name).read_bytes() for name in _LISTS)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qaif-tests"
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"bcoin-{hashlib.sha256(lists).hexdigest()[:16]}"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _install(folder.with_suffix(".new"))
            folder.with_suffix(".new").rename(folder)
    return folder / "node_modules"


def _install(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in _LISTS:
        shutil.copy(HERE / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=folder, check=True, timeout=600)
