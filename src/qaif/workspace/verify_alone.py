"""Verify a signed folder with nothing but Python 3.8 or later: this file alone is enough.

Usage: python verify_alone.py FOLDER [FINGERPRINT]

FINGERPRINT is the signer's, which you must have from elsewhere than the folder. Exit status: 0 where all is
as that key signed it, 3 where all is as somebody signed it and no fingerprint was given, 1 where it is not.
Ed25519 as in RFC 8032.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from pathlib import Path
from typing import Iterator  # noqa: UP035  as old Pythons know them

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
KEY_BYTES, SIGNATURE_BYTES = 32, 64
SIGNER_UNKNOWN = 3
Point = tuple[int, int, int, int]


def add(a: Point, b: Point) -> Point:
    """The sum of two points in extended coordinates."""
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    three, four = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    """A point so many times."""
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


def point_of(data: bytes) -> Point | None:
    """The point that 32 bytes stand for; None where there is none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if not square:
        return None if sign else (0, y, 1, 0)
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def is_signed(public: bytes, signature: bytes, content: bytes) -> bool:
    """Whether a signature is of this content by this key."""
    if len(public) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    base = point_of((4 * pow(5, P - 2, P) % P).to_bytes(KEY_BYTES, "little"))
    a, r, s = point_of(public), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if base is None or a is None or r is None or s >= Q:
        return False
    digest = hashlib.sha512(signature[:32] + public + content).digest()
    left = times(s, base)
    right = add(r, times(int.from_bytes(digest, "little") % Q, a))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


def files_in(folder: Path) -> Iterator[str]:
    """Names of all that is no folder, from the folder on; links are not followed."""
    for base, folders, names in os.walk(folder):
        links = [each for each in folders if (Path(base) / each).is_symlink()]
        for name in names + links:
            yield (Path(base) / name).relative_to(folder).as_posix()


def digest_of(path: Path) -> tuple[int, str] | None:
    """Size and SHA-256 of a plain file; None of anything else."""
    if not stat.S_ISREG(path.lstat().st_mode):
        return None
    hasher, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            hasher.update(chunk)
            size += len(chunk)
    return size, hasher.hexdigest()


def problems_of(folder: Path, signer: str) -> list[str]:
    """What is wrong with a folder, in sentences; none where all is as it was signed."""
    try:
        content = (folder / "manifest.json").read_bytes()
        written = (folder / "manifest.sig").read_bytes()
        signature = bytes.fromhex(written.decode("ascii"))
        told = json.loads(content.decode("utf-8"))
        public = bytes.fromhex(told["public_key"])
        named = {row["name"]: (row["bytes"], row["sha256"]) for row in told["files"]}
        right = (
            written == (signature.hex() + "\n").encode()
            and told["form"] == "qaif-manifest/1"
            and len(named) == len(told["files"])
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ["manifest.json or manifest.sig is missing, or is none."]
    if not right or not is_signed(public, signature, content):
        return ["manifest.json is not as it was signed."]
    found = []
    who = hashlib.sha256(public).hexdigest()
    if signer and signer.strip().lower() != who:
        found.append("It is signed by " + who + ", and not by whom you named.")
    there = set(files_in(folder)) - {"manifest.json", "manifest.sig"}
    found += [name + " is not in the list." for name in sorted(there - set(named))]
    for name, told_of in named.items():
        if name not in there:
            found.append(name + " is missing.")
        elif digest_of(folder / name) != told_of:
            found.append(name + " was changed.")
    return found


def main(arguments: list[str]) -> int:
    """Verify, say what is wrong, and give the exit status."""
    if not 1 <= len(arguments) <= 2:  # noqa: PLR2004  the folder, and who signed it
        print(__doc__)  # noqa: T201  a program of its own
        return 2
    signer = "".join(arguments[1:])
    found = problems_of(Path(arguments[0]), signer)
    for problem in found:
        print("NOT AS SIGNED: " + problem)  # noqa: T201
    if found:
        return 1
    if not signer:
        print("As somebody signed it; by whom is not known, since no fingerprint was given.")  # noqa: T201
        return SIGNER_UNKNOWN
    print("As signed by " + signer.strip().lower() + ".")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
