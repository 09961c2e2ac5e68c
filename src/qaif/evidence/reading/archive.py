"""Zip archives of exports: what is inside is kept as documents of their own, by digest and never by name.

No member is written under its own name, so that a name such as `../../x` leads nowhere; it is said. Sizes are
counted while members are unpacked: what an archive says of itself is not believed.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from qaif.errors import DocumentError
from qaif.evidence.reading.shape import Part, Reading, Section, derived

MOST_MEMBERS = 100_000
LARGEST_MEMBER = 512 << 20
LARGEST_TOTAL = 4 << 30
MOST_TIMES_LARGER = 500
_FREE_OF_RATIO = 32 << 20  # small archives of very even text are no bombs
_LARGEST_DIRECTORY = 16 << 20
_WAY_OUT = "Unpack it where nothing can be harmed, and add the files that matter."
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


class _Bounded(io.BytesIO):
    """Bytes of which no single read is longer than a directory may be."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _LARGEST_DIRECTORY:
            raise _too_much(f"its directory has {size:,} bytes", f"{_LARGEST_DIRECTORY:,} of one")
        return super().read(size)


def read_zip(content: bytes) -> Reading:
    """Read an archive's directory; its members are the parts.

    Raises:
        DocumentError: it is damaged, encrypted, or unpacks to more than can be good.
    """
    archive = _opened(content)
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) > MOST_MEMBERS:
        raise _too_much(f"it has {len(members):,} members", f"{MOST_MEMBERS:,}")
    total = sum(info.file_size for info in members)
    if total > _most(content):
        raise _too_much(f"it says that its {len(content):,} bytes unpack to {total:,}", _limit_of(content))
    if any(info.flag_bits & 1 for info in members):
        raise DocumentError(
            "The zip archive is encrypted.", way_out="Unpack it with its password and add the folder."
        )
    for _ in _parts(content):
        pass  # unpacked once to the end before anything of it is kept
    lines = "\n".join(info.filename for info in members)
    text, split = derived([Section("metadata", "names", lines)] if lines else [])
    hostile = [info.filename for info in members if _leads_out(info.filename)]
    notes = [f"A member's name leads out of the archive; it was kept by its digest: {n!r}." for n in hostile]
    return Reading(
        kind="zip",
        media_type="application/zip",
        reader="zip 1",
        text=text,
        encoding="",
        encoding_basis="",
        split=split,
        notes=tuple(notes[:20]),
        parts=lambda: _parts(content),
    )


def is_word(content: bytes) -> bool:
    """Whether an archive is a Word document; a damaged one is not."""
    try:
        return "word/document.xml" in _opened(content).NameToInfo
    except DocumentError:
        return False


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(_Bounded(content))
    except _BROKEN as error:
        raise _damaged(str(error)) from None


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name[:3] or "\0" in name


def _parts(content: bytes) -> Iterator[Part]:
    archive, left = _opened(content), _most(content)
    for info in archive.infolist():
        if info.is_dir():
            continue
        try:
            with archive.open(info) as file:
                member = file.read(min(LARGEST_MEMBER, left) + 1)
        except _BROKEN as error:
            raise _damaged(f"{info.filename[:200]!r}: {error}") from None
        if len(member) > min(LARGEST_MEMBER, left):
            limit = f"{LARGEST_MEMBER:,} of one member" if left > LARGEST_MEMBER else _limit_of(content)
            more = "" if left > LARGEST_MEMBER else ", with those before it,"
            raise _too_much(f"{info.filename[:200]!r}{more} unpacks to more than is read", limit)
        left -= len(member)
        yield Part(info.filename, member)


def _damaged(why: str) -> DocumentError:
    return DocumentError(f"The zip archive is damaged: {why[:300]}.", way_out=_WAY_OUT)


def _most(content: bytes) -> int:
    """To how many bytes an archive may unpack."""
    return min(LARGEST_TOTAL, max(_FREE_OF_RATIO, MOST_TIMES_LARGER * len(content)))


def _limit_of(content: bytes) -> str:
    if _most(content) == LARGEST_TOTAL:
        return f"{LARGEST_TOTAL:,} bytes"
    least = f"and at least {_FREE_OF_RATIO >> 20} MiB"
    return (
        f"{_most(content):,} bytes ({MOST_TIMES_LARGER} times its size, {least}): more is packed in zip bombs"
    )


def _too_much(why: str, limit: str) -> DocumentError:
    return DocumentError(f"The zip archive was not unpacked: {why}; the limit is {limit}.", way_out=_WAY_OUT)
