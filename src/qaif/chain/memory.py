"""How the C library keeps memory: large arrays go back to the system as soon as they are let go of.

glibc raises the size from which it asks the system for each block by itself up to 32 MiB, so that after a few
rounds the arrays of a round lie in heaps that only grow, and the memory of a run follows the chain's length.
"""

import ctypes

_M_MMAP_THRESHOLD = -3  # of glibc's malloc.h
_M_TRIM_THRESHOLD = -1
_FROM = 1 << 22  # bytes
_KEPT = 1 << 25  # bytes that are let go of and kept for what comes next: asking anew means zeroed pages


def return_large_arrays() -> None:
    """Set it for this process; where the C library knows no such thing, nothing happens."""
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    if choose is not None:
        choose(_M_MMAP_THRESHOLD, _FROM)
        choose(_M_TRIM_THRESHOLD, _KEPT)
