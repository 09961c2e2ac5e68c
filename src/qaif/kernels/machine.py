"""What this machine can do: which SHA-256 the kernels are compiled with.

`sha-ni` uses the processor's SHA instructions, `libcrypto` calls OpenSSL, `numba` is plain arithmetic. The
choice is made once, at import, and is part of the name of the compile cache, so that code compiled for one is
never run as another.
"""

import ctypes
import os
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
import numba

SHA_NI, LIBCRYPTO, NUMBA = "sha-ni", "libcrypto", "numba"
LIBCRYPTO_CALLS = ("SHA256_Init", "SHA256_Update", "SHA256_Final")
LIBCRYPTO_NAMES = ("libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so", "libcrypto.3.dylib")

CONFIG: Any = numba.config  # filled from NUMBA_* variables; its names are not known to type checkers
PLAIN_PYTHON = bool(CONFIG.DISABLE_JIT)
CHECKED = bool(CONFIG.BOUNDSCHECK)


def has_sha_ni() -> bool:
    """Whether compiled code may use SHA instructions: the processor has them and Numba compiles for it."""
    if PLAIN_PYTHON or CONFIG.CPU_NAME not in (None, "", "host"):
        return False
    return bool(llvm.get_host_cpu_features().get("sha", False)) and not CONFIG.CPU_FEATURES


def _libcrypto_places() -> list[str]:
    try:
        import _hashlib
    except ImportError:
        return list(LIBCRYPTO_NAMES)
    return [str(_hashlib.__file__), *LIBCRYPTO_NAMES]


def load_libcrypto() -> bool:
    """Make OpenSSL's SHA-256 calls known to LLVM by name; false where no libcrypto is found."""
    if PLAIN_PYTHON:
        return False
    for place in _libcrypto_places():
        try:
            library = ctypes.CDLL(place)
            found = [ctypes.cast(getattr(library, name), ctypes.c_void_p).value for name in LIBCRYPTO_CALLS]
        except (OSError, AttributeError):
            continue
        for name, where in zip(LIBCRYPTO_CALLS, found, strict=True):
            llvm.add_symbol(name, where)
        return True
    return False


def _choose() -> str:
    """The fastest backend there is, or the one that `QAIF_SHA256` asks for."""
    possible: dict[str, Callable[[], bool]] = {
        SHA_NI: has_sha_ni,
        LIBCRYPTO: load_libcrypto,
        NUMBA: lambda: True,
    }
    wanted = os.environ.get("QAIF_SHA256", "")
    if not wanted:
        return next(name for name, works in possible.items() if works())
    if wanted not in possible or not possible[wanted]():
        raise RuntimeError(f"QAIF_SHA256={wanted!r} is not possible here; leave it unset")
    return wanted


BACKEND = _choose()
