"""The one decorator of the kernels, and where their compiled code is kept.

Numba's cache does not notice an edited callee in another file and ignores NUMBA_BOUNDSCHECK, so the directory
is named by a hash of everything that decides what the compiled code is: all of `kernels/`, versions, flags,
processor, SHA-256 backend.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import llvmlite
import llvmlite.binding as llvm
import numba

from qaif.kernels.machine import BACKEND, CONFIG

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def _cache_root() -> Path:
    """The user's choice, else the place where caches belong."""
    own = os.environ.get("QAIF_CACHE_DIR")
    if own:
        return Path(own)
    place = os.environ.get("XDG_CACHE_HOME")
    return (Path(place) if place else Path.home() / ".cache") / "qaif"


def _identity() -> str:
    """A hash of all that the compiled code follows from."""
    flags = [
        *(sys.version, numba.__version__, llvmlite.__version__, BACKEND, llvm.get_host_cpu_name()),
        *(CONFIG.CPU_NAME, CONFIG.CPU_FEATURES, CONFIG.BOUNDSCHECK, CONFIG.DISABLE_JIT, CONFIG.OPT),
    ]
    digest = hashlib.sha256("\n".join(map(repr, flags)).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:20]


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


CACHE_DIR = _cache_root() / f"kernels-{_identity()}"
CACHED = _usable(CACHE_DIR)
if CACHED:
    CONFIG.CACHE_DIR = str(CACHE_DIR)


def jit(function: Kernel) -> Kernel:
    """Compile on first call, without the interpreter lock, and keep the result for the next process."""
    return cast("Kernel", numba.njit(cache=CACHED, nogil=True, error_model="numpy")(function))
