"""Ctrl-C while a kernel is compiled or loaded waits; anywhere else it is raised at once."""

import os
import signal
import time
from typing import Any

import pytest

from qaif.cli.interrupts import between_compilations


def press_and_wait(seconds: float = 5) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(seconds)


def in_compiler() -> str:
    """What a compiler's code calls back; it must come to its end."""
    press_and_wait(0.05)
    return "whole"


def test_it_is_raised_at_once_in_code_of_ours() -> None:
    with pytest.raises(KeyboardInterrupt), between_compilations():
        press_and_wait()


def test_it_waits_for_the_compiler() -> None:
    names: dict[str, Any] = {"call_back": in_compiler}
    exec(compile("def build():\n    return call_back()", "/lib/numba/core/made.py", "exec"), names)  # noqa: S102  a stand-in's name
    seen = []

    def build_and_go_on() -> None:
        with between_compilations():
            seen.append(names["build"]())
            time.sleep(5)
            seen.append("not interrupted")

    with pytest.raises(KeyboardInterrupt):
        build_and_go_on()
    assert seen == ["whole"]


def test_what_was_before_is_there_again() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)
    with between_compilations():
        assert signal.getsignal(signal.SIGINT) is not before[0]
        with between_compilations():
            pass
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)) == before
