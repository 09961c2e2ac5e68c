"""Ctrl-C at a moment that the compiler can bear.

Numba and LLVM call back into Python while they load or compile a kernel. An exception there is lost, leaves
a lock held, or ends the process with a fault of memory. So Ctrl-C waits until the main thread is out of them.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_COMPILERS = ("/numba/", "/llvmlite/")
_AGAIN_SECONDS = 0.02


@contextmanager
def between_compilations() -> Iterator[None]:
    """Inside, Ctrl-C is raised as soon as no compiler is at work in the main thread.

    Changes nothing outside of the main thread, or where somebody else handles Ctrl-C.
    """
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGALRM)}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, frame: FrameType | None) -> None:
    if _compiling(frame):
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
        return
    raise KeyboardInterrupt


def _compiling(frame: FrameType | None) -> bool:
    while frame is not None:
        if any(part in frame.f_code.co_filename for part in _COMPILERS):
            return True
        frame = frame.f_back
    return False
