"""Fuzzing: bytes that nobody wrote, into everything that reads bytes.

Usage: python tests/campaigns/fuzz.py TARGET|all [--runs N] [--engine mutate|atheris] [--seed S] [--seconds T]
       python tests/campaigns/fuzz.py --seeds

An input is a finding where a target raises anything but an error of `errors.py`, takes over a second of
processor time, or takes the process 256 MB over what it had. A finding is written to the corpus as
`found-...`, and the status is 1. The engine `mutate` is plain mutation with a pool of inputs that took a new
way; it reaches the compiled kernels, and with NUMBA_BOUNDSCHECK=1 in the environment notices every index out
of range in them. The engine `atheris` follows branches of Python, and sees none inside a kernel.
"""

import argparse
import contextlib
import importlib
import os
import pkgutil
import resource
import sys
import time
import traceback
from collections.abc import Callable, Hashable
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

SECONDS, MEGABYTES = 1.0, 256
_LARGEST = 1 << 13
_POOL = 4_000
_AT_ONCE = 16
_ODD = (0, 1, 0x7F, 0x80, 0xFC, 0xFD, 0xFE, 0xFF)
_WIDE = (0, 1, 2**15, 2**16 - 1, 2**16, 2**25, 2**25 + 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1)


Way = TypeVar("Way")


def say(text: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Finding(Exception):  # noqa: N818  it is one
    """An input that a target did not take as it must."""


def tried(name: str, data: bytes) -> Hashable:
    """Give one input to a target.

    Raises:
        Finding: it raised what it must not, or took too long or too much.
    """
    from campaigns.fuzz_targets import TARGETS

    return _judged(name, lambda: TARGETS[name](data))


def _judged(name: str, work: Callable[[], Way]) -> Way | str:
    """What some work gives, or the code of its error; a finding where it does what no target may."""
    from qaif.errors import QaifError

    before, start = _resident(), time.process_time()
    try:
        way: Way | str = work()
    except QaifError as error:
        way = error.code
    except Exception as error:
        raise Finding(f"{name}: {type(error).__name__}: {error}\n{traceback.format_exc()}") from error
    if (took := time.process_time() - start) > SECONDS:
        raise Finding(f"{name}: took {took:.2f} s")
    if _resident() - before > MEGABYTES << 10:
        raise Finding(f"{name}: took over {MEGABYTES} MB")
    return way


def warmed(name: str) -> list[bytes]:
    """The kept inputs of a target, which has taken them once: whatever had to be compiled is.

    What it must not raise is found when it is given them again.
    """
    from campaigns.fuzz_seeds import kept
    from campaigns.fuzz_targets import TARGETS

    inputs = kept(name)
    for data in inputs:
        with contextlib.suppress(Exception):
            TARGETS[name](data)
    return inputs


def _resident() -> int:
    """The most memory that this process ever had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def mutated(rng: Random, data: bytes, other: bytes) -> bytes:
    """An input like `data`: up to five small changes."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        _change(rng, out, other)
    return bytes(out[:_LARGEST])


def _change(rng: Random, out: bytearray, other: bytes) -> None:
    at = rng.randrange(len(out) + 1)
    kind = rng.randrange(10)
    if kind <= 1 and at < len(out):
        out[at] ^= 1 << rng.randrange(8)
    elif kind == 2 and at < len(out):
        out[at] = rng.choice(_ODD)
    elif kind == 3 and at < len(out):
        out[at] = (out[at] + rng.choice((-1, 1, 2, 16))) % 256
    elif kind == 4:
        width = rng.choice((2, 4, 8))
        out[at : at + width] = (rng.choice(_WIDE) % (1 << 8 * width)).to_bytes(
            width, rng.choice(("little", "big"))
        )
    elif kind == 5:
        del out[at : at + rng.choice((1, 1, 2, 4, 8, 32, len(out)))]
    elif kind == 6:
        out[at:at] = rng.randbytes(rng.choice((1, 1, 2, 4, 8)))
    elif kind == 7:
        out[at:at] = out[max(at - rng.choice((1, 4, 32, 120)), 0) : at] * rng.choice((1, 1, 2, 9))
    elif kind == 8 and other:
        begin = rng.randrange(len(other))
        out[at:] = other[begin:]
    elif kind == 9 and other:
        begin, width = rng.randrange(len(other)), rng.choice((1, 4, 8, 36))
        out[at : at + width] = other[begin : begin + width]


def mutate(name: str, runs: int, seed: int, seconds: float) -> tuple[int, int, list[bytes]]:
    """Plain mutation: inputs tried, ways seen, and the inputs that were findings."""
    from campaigns.fuzz_targets import TOGETHER

    rng = Random(seed)  # noqa: S311  a test's dice, printed
    pool, found = warmed(name) or [b""], list[bytes]()
    ways = {_way(name, data, found) for data in pool}
    end, at_once = time.monotonic() + seconds, _AT_ONCE if name in TOGETHER else 1
    for run in range(0, runs, at_once):
        if time.monotonic() > end:
            return run, len(ways), found
        count = min(at_once, runs - run)
        inputs = [mutated(rng, rng.choice(pool), rng.choice(pool)) for _ in range(count)]
        for data, way in zip(inputs, ways_of(name, inputs, ways, found), strict=True):
            if way not in ways and len(ways) < _POOL:
                ways.add(way)
                pool.append(data)
        if len(found) >= 5:  # enough to mend
            return run + count, len(ways), found
    return runs, len(ways), found


def ways_of(name: str, inputs: list[bytes], seen: set[Hashable], found: list[bytes]) -> list[Hashable]:
    """The ways of some inputs: tried together where the target can, and alone where that shows something.

    Alone are tried those that took a new way and a few others, and all where together they were a finding.
    """
    from campaigns.fuzz_targets import TOGETHER, rarely

    if len(inputs) == 1 or name not in TOGETHER:
        return [_way(name, data, found) for data in inputs]
    try:
        ways = _judged(name, lambda: TOGETHER[name](inputs))
    except Finding as finding:
        known, alone = len(found), [_way(name, data, found) for data in inputs]
        if len(found) == known:
            _keep(name, Finding(f"only together: {finding}"), inputs, found)
        return alone
    if isinstance(ways, str):  # the error of one of them
        return [_way(name, data, found) for data in inputs]
    for i, data in enumerate(inputs):
        if (ways[i] not in seen or rarely(data)) and _way(name, data, found) not in (ways[i], "finding"):
            _keep(name, Finding(f"{name}: another way alone than among others"), [data], found)
    return ways


def _way(name: str, data: bytes, found: list[bytes]) -> Hashable:
    try:
        return tried(name, data)
    except Finding as finding:
        _keep(name, finding, [data], found)
        return "finding"


def _keep(name: str, finding: Finding, inputs: list[bytes], found: list[bytes]) -> None:
    place = Path(os.environ.get("QAIF_FUZZ_FOUND", str(Path(__file__).with_name("corpus") / name)))
    place.mkdir(parents=True, exist_ok=True)
    say(f"FINDING {finding}")
    for data in inputs:
        (place / f"found-{sha256(data).hexdigest()[:12]}").write_bytes(data)
        say(f"input {data.hex()[:2000]}")
    found += inputs


def with_atheris(name: str, runs: int, seed: int, seconds: float) -> None:
    """Atheris over the Python code of `qaif`, kernels left as they are. It ends the process."""
    import atheris

    import qaif.kernels

    for module in pkgutil.iter_modules(qaif.kernels.__path__):  # what is there already stays as it is
        importlib.import_module(f"qaif.kernels.{module.name}")
    with atheris.instrument_imports(include=["qaif"], exclude=["qaif.kernels"]):
        from campaigns import fuzz_targets
    assert name in fuzz_targets.TARGETS
    warmed(name)
    from campaigns.fuzz_seeds import CORPUS

    grown = Path(os.environ.get("QAIF_FUZZ_GROWN", "/tmp/qaif-fuzz")) / name  # noqa: S108  inputs, no secrets
    grown.mkdir(parents=True, exist_ok=True)
    options = [
        f"-runs={runs}",
        f"-seed={seed}",
        f"-max_len={_LARGEST}",
        "-timeout=10",
        "-print_final_stats=1",
    ]
    options += [f"-max_total_time={int(seconds)}"] if seconds < float("inf") else []
    atheris.Setup([sys.argv[0], *options, str(grown), str(CORPUS / name)], lambda data: _one(name, data))
    atheris.Fuzz()


def _one(name: str, data: bytes) -> None:
    tried(name, data)


def main() -> int:
    """Fuzz one target or all."""
    parser = argparse.ArgumentParser(description="Bytes that nobody wrote, into everything that reads bytes.")
    parser.add_argument("target", nargs="?", default="all")
    parser.add_argument("--runs", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop a target after so long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=["mutate", "atheris"], default="mutate")
    parser.add_argument("--seeds", action="store_true", help="write the seeds of the corpus anew")
    args = parser.parse_args()
    if args.seeds:
        from campaigns.fuzz_seeds import write_seeds

        say(f"the corpus has {write_seeds():,} bytes")
        return 0
    if args.engine == "atheris":
        with_atheris(args.target, args.runs, args.seed, args.seconds)
    return _all(args)


def _all(args: argparse.Namespace) -> int:
    from campaigns.fuzz_targets import TARGETS

    bad = 0
    for name in TARGETS if args.target == "all" else [args.target]:
        start = time.monotonic()
        runs, ways, found = mutate(name, args.runs, args.seed, args.seconds)
        took = time.monotonic() - start
        rate = runs / max(took, 1e-9)
        say(
            f"{name}: seed {args.seed}, {runs:,} runs in {took:,.0f} s ({rate:,.0f} a second),"
            f" {ways:,} ways, {len(found)} findings"
        )
        bad += len(found)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
