"""The web application as it was built: a folder of files, made from `frontend/` when the package is built."""

from pathlib import Path

_STATIC = Path(__file__).parent / "static"


def built_pages() -> Path | None:
    """The folder that holds the built application; None where it was not built."""
    return _STATIC if (_STATIC / "index.html").is_file() else None
