"""A view of a document as PDF/A-2b, tagged, by Typst.

The Typst source is our own file and never holds a user's text: that goes in as JSON, and is read as data.
Fonts are those of the installed packages alone. Characters that none of them has are shown by their code.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from qaif.errors import OutputError

_SOURCE = Path(__file__).with_name("report.typ")
_FAMILIES: Final = ("Noto Sans", "Noto Sans Arabic")
_STANDARD: Final = "a-2b"
_EMPTY_DATE = datetime(2009, 1, 3, tzinfo=UTC)
_KEPT = frozenset("\n\t")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0f]")


def pdf(view: Mapping[str, Any]) -> bytes:
    """The document as PDF; the same view gives the same bytes.

    Raises:
        OutputError: Typst cannot set it.
    """
    import typst

    files, shown = _files(view)
    files["main.typ"] = _SOURCE.read_bytes()
    files["document.json"] = json.dumps(shown, ensure_ascii=False, sort_keys=True).encode()
    moment = _moment(view["as_of"]["time"])
    try:
        made = typst.compile(
            files,
            format="pdf",
            font_paths=_fonts(),
            pdf_standards=[_STANDARD],
            timestamp=int(moment.timestamp()),
            sys_inputs={"year": str(moment.year), "month": str(moment.month), "day": str(moment.day)},
        )
    except typst.TypstError as error:
        raise OutputError(f"The report could not be set as PDF: {error.message[:300]}") from error
    if not isinstance(made, bytes):  # pragma: no cover  # a PDF is one file
        raise OutputError("The report could not be set as PDF.")
    return made


def page_pictures(view: Mapping[str, Any], ppi: float = 60.0) -> list[bytes]:
    """The pages as PNG, to look at."""
    import typst

    files, shown = _files(view)
    files["main.typ"] = _SOURCE.read_bytes()
    files["document.json"] = json.dumps(shown, ensure_ascii=False, sort_keys=True).encode()
    made: Any = typst.compile(files, format="png", ppi=ppi, font_paths=_fonts())
    return made if isinstance(made, list) else [made]


def _files(view: Mapping[str, Any]) -> tuple[dict[str, bytes], Any]:
    """The pictures as files of their own, and the view with their names and with text that can be set."""
    files: dict[str, bytes] = {}

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            return settable(value)
        if isinstance(value, Mapping):
            if "svg" in value:
                name = f"{value['name']}.svg"
                files[name] = settable(value["svg"]).encode()
                value = {**value, "svg": name}
            return {str(key): plain(each) for key, each in value.items()}
        return [plain(each) for each in value] if isinstance(value, list | tuple) else value

    return files, plain(view)


def settable(text: str) -> str:
    """Text of characters that the fonts have; another stands there as its code, such as `[U+1F4A9]`."""
    text = _INVISIBLE.sub("", _SPACES.sub(" ", text))
    known = _characters()
    return "".join(char if char in _KEPT or ord(char) in known else f"[U+{ord(char):04X}]" for char in text)


@cache
def _characters() -> frozenset[int]:
    """Every character that one of the fonts has; control characters are none."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    out: set[int] = set()
    for path in _font_files():
        with TTFont(path, lazy=True) as font:
            out |= set(font.getBestCmap())
    return frozenset(code for code in out if code >= 0x20 and not 0x7F <= code < 0xA0)  # noqa: PLR2004  controls


def _font_files() -> tuple[Path, ...]:
    import fontpkg  # type: ignore[import-untyped]

    return tuple(Path(fontpkg.path(family)) for family in _FAMILIES)


@cache
def _fonts() -> Any:
    import typst

    folders: list[Any] = [str(path.parent) for path in _font_files()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _moment(iso: str) -> datetime:
    return datetime.fromisoformat(iso).astimezone(UTC) if iso else _EMPTY_DATE
