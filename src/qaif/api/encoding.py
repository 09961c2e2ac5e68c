"""How answers are written: JSON in UTF-8, without blanks."""

import json

JSON = "application/json"


def encoded(document: object) -> bytes:
    """JSON in UTF-8; a lone surrogate, which is no text, becomes a question mark."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
