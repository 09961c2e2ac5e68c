"""Both languages say everything, with the same places for figures, and nothing that no page says."""

import json
import re
from itertools import chain
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "frontend" / "src"
PLURALS = {"en": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}  # CLDR
_PLURAL = re.compile(r"_(zero|one|two|few|many|other)$")


def catalogue(language: str) -> dict[str, str]:
    flat: dict[str, str] = {}

    def walk(part: dict[str, object], begin: str) -> None:
        for name, value in part.items():
            if isinstance(value, dict):
                walk(value, f"{begin}{name}.")
            else:
                flat[begin + name] = str(value)

    walk(json.loads((SOURCE / "i18n" / f"{language}.json").read_text()), "")
    return flat


def stems(flat: dict[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key in flat:
        form = _PLURAL.search(key)
        found.setdefault(_PLURAL.sub("", key), set()).update([form[1]] if form else [])
    return found


def test_both_have_the_same_keys_and_their_own_plural_forms() -> None:
    english, arabic = stems(catalogue("en")), stems(catalogue("ar"))
    assert english.keys() == arabic.keys()
    for key, forms in english.items():
        assert forms in (set(), PLURALS["en"]), key
        assert arabic[key] == (PLURALS["ar"] if forms else set()), key


def test_places_for_figures_are_the_same() -> None:
    english, arabic = catalogue("en"), catalogue("ar")
    for key, text in english.items():
        if not _PLURAL.search(key):
            assert re.findall(r"\{\{\w+\}\}|</?\w+>", text) == re.findall(
                r"\{\{\w+\}\}|</?\w+>", arabic[key]
            ), key


@pytest.mark.parametrize(("language", "letters"), [("en", "[A-Za-z]"), ("ar", "[\u0621-\u064a]")])
def test_each_text_is_in_its_language(language: str, letters: str) -> None:
    without = {"status_short.not_listed", "status_short.name_not_found", "status_short.list_not_loaded"}
    for key, text in catalogue(language).items():
        assert text.strip(), key
        if key not in without:
            assert re.search(letters, text), (key, text)
        if language == "en":
            assert not re.search("[\u0600-\u06ff]", text), (key, text)


def test_pages_say_only_what_the_catalogues_have_and_all_of_it() -> None:
    keys = set(stems(catalogue("en")))
    source = "".join(path.read_text() for path in chain(SOURCE.rglob("*.tsx"), SOURCE.rglob("*.ts")))
    named = set(re.findall(r"""["']([a-z_]+(?:\.[a-z_0-9]+)*)["']""", source))
    made = set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)?[._])\$\{", source))
    asked = set(re.findall(r"""\bt\(\s*["']([a-z_.0-9]+)["']""", source))
    assert asked <= keys, asked - keys
    unused = {key for key in keys if key not in named and not any(key.startswith(begin) for begin in made)}
    assert unused == set()


def test_nothing_of_others_is_put_in_as_html() -> None:
    for path in chain(SOURCE.rglob("*.tsx"), SOURCE.rglob("*.ts")):
        text = path.read_text()
        assert "dangerouslySetInnerHTML" not in text, path
        assert ".innerHTML" not in text, path
        assert "eval(" not in text, path
