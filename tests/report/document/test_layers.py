"""No words turn a claim into a fact: each template, in each language, with its layer or its mark changed."""

import copy
import tomllib
from typing import Any

import pytest

from qaif.errors import InputError, UsageError
from qaif.report.document.catalogue import (
    LAYERS,
    MARK,
    WORDS,
    catalogue,
    catalogue_of,
    declared,
    declared_in,
    slots_of,
)
from qaif.report.document.language import language, text_of
from qaif.report.document.model import Evidence, Row, Value
from qaif.report.document.saying import known, phrase, say, value

LANGUAGES = ("en", "ar")
WEAKER = [(layer, template) for layer, template in declared() if layer in MARK]
TX = Evidence("transaction", "ab" * 32, "fact")
SPAN = Evidence("span", "cd" * 32 + "#1-5", "claim")
STEP = Evidence("method", "co-spend/1", "inference", "0 of 100")


def tables(code: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for file in sorted((WORDS / code).glob("*.toml")):
        for name, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
            out.setdefault(name, {}).update(table)
    return out


def refused(table: dict[str, Any]) -> bool:
    try:
        catalogue_of([table], declared())
    except InputError:
        return True
    return False


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_is_complete_and_loads(code: str) -> None:
    assert not refused(tables(code))
    english = catalogue("en")
    here = catalogue(code)
    assert english.texts.keys() == here.texts.keys()
    assert english.terms.keys() <= here.terms.keys()
    assert english.nouns.keys() == here.nouns.keys()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_template_moved_to_a_stronger_layer_is_refused(code: str) -> None:
    whole = tables(code)
    for layer, template in WEAKER:
        for stronger in ("fact", "any", "plain", *(("inference",) if layer == "claim" else ())):
            moved = copy.deepcopy(whole)
            moved[stronger][template] = moved[layer].pop(template)
            assert refused(moved), (layer, template, stronger)


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_that_leave_out_who_says_so_are_refused(code: str) -> None:
    whole = tables(code)
    for layer, template in WEAKER:
        spoilt = copy.deepcopy(whole)
        text = spoilt[layer][template]
        spoilt[layer][template] = text.replace(f"{{{MARK[layer]}}}", "")
        assert spoilt[layer][template] != text
        assert refused(spoilt), (layer, template)
    for layer, mark in MARK.items():
        spoilt = copy.deepcopy(whole)
        spoilt["carried"][layer] = spoilt["carried"][layer].replace(f"{{{mark}}}", "")
        assert refused(spoilt), layer


def test_a_declaration_moved_to_a_stronger_layer_is_refused(tmp_path: Any) -> None:
    for layer, template in WEAKER:
        slots = [f'"{name}: {kind}"' for name, kind in declared()[layer, template].items()]
        for stronger in ("fact", "any", "plain", *(("inference",) if layer == "claim" else ())):
            text = f'[{stronger}]\n"{template}" = [{", ".join(slots)}]\n'
            (tmp_path / "one.toml").write_text(text, encoding="utf-8")
            if stronger == "plain" and layer == "inference" and _words_only(layer, template):
                continue
            with pytest.raises(InputError):
                declared_in(tmp_path)


def _words_only(layer: str, template: str) -> bool:
    """An inference without a figure: as words of the report it would hold no evidence, and no sentence."""
    kinds = set(declared()[layer, template].values())
    return kinds <= {"address", "txid", "id", "term"}


@pytest.mark.parametrize(("layer", "template"), [key for key in declared() if key[0] != "plain"])
def test_no_sentence_is_made_of_weaker_evidence_than_its_template(layer: str, template: str) -> None:
    slots = slots_of(declared(), layer, template)
    assert slots is not None
    values: dict[str, Value | None] = {name: _sample(kind) for name, kind in slots.items()}
    if layer == "any":
        assert say(template, [TX], values).layer == "fact"
        assert "by" in say(template, [TX, SPAN], {**values, "by": _sample("name")}).values
        with pytest.raises(ValueError, match="slot by"):
            say(template, [TX, SPAN], values)
        return
    evidence = {"fact": TX, "inference": STEP, "claim": SPAN}
    assert say(template, [evidence[layer]], values).layer == layer
    for other, one in evidence.items():
        if other != layer and (other, template) not in declared():
            with pytest.raises(ValueError, match="nothing is declared"):
                say(template, [one], values)
    with pytest.raises(ValueError, match="without evidence"):
        say(template, [], values)


def _sample(kind: str) -> Value:
    given = {"sat": 150_000_000, "count": 3, "ppm": 500_000, "day": "2021-01-05", "month": "2021-01"}
    return known(kind, given.get(kind, "x"))  # type: ignore[arg-type]


def test_no_template_holds_likelihood_and_confidence_or_a_figure_of_its_own(tmp_path: Any) -> None:
    (tmp_path / "one.toml").write_text(
        '[claim]\n"x" = ["by: name", "likelihood: term", "confidence: term"]\n'
    )
    with pytest.raises(InputError, match="likelihood and confidence"):
        declared_in(tmp_path)
    spoilt = tables("en")
    spoilt["any"]["review.none"] += " It is 42."
    assert refused(spoilt)
    spoilt = tables("ar")
    spoilt["any"]["review.none"] += " ٤٢"
    assert refused(spoilt)


def test_evidence_and_rows_cannot_be_passed_off_as_stronger() -> None:
    with pytest.raises(ValueError, match="is a claim"):
        Evidence("statement", "x", "fact")
    with pytest.raises(ValueError, match="is no fact"):
        Row("fact", (known("count", 1),), (SPAN,))
    with pytest.raises(ValueError, match="only a source"):
        Row("inference", (known("name", "x"),), (TX,))
    with pytest.raises(ValueError, match="without evidence"):
        Row("fact", (known("count", 1),), ())
    with pytest.raises(ValueError, match="no plain template"):
        phrase("review.none")


def test_arabic_counts_and_dates_as_arabic_does() -> None:
    arabic = language(catalogue("ar"))
    said = {number: arabic.counted(number, "transaction") for number in (0, 1, 2, 3, 10, 11, 99, 100, 103)}
    assert said[1] == "معاملة واحدة"
    assert said[2] == "معاملتين"
    assert (said[3], said[10], said[103]) == ("3 معاملات", "10 معاملات", "103 معاملات")
    assert (said[11], said[99], said[100]) == ("11 معاملة", "99 معاملة", "100 معاملة")
    assert arabic.day("2021-01-05") == "5 يناير 2021"
    hijri = language(catalogue("ar"), "hijri", "arab")
    assert hijri.day("2021-01-05") == "٢١ جمادى الأولى ١٤٤٢ هـ"
    assert hijri.day("1900-01-05") == "٥ يناير ١٩٠٠"  # noqa: RUF001
    assert language(catalogue("en"), "hijri").day("2021-01-05") == "21 Jumada al-Ula 1442 AH"
    assert hijri.counted(1234, "script") == "١٬٢٣٤ عنوانًا"  # noqa: RUF001


def test_addresses_and_amounts_are_isolated_and_addresses_keep_their_digits() -> None:
    arabic = language(catalogue("ar"), "gregorian", "arab")
    one = say(
        "review.received",
        [TX],
        {"address": known("address", "1abc2"), "amount": known("sat", 339_739_736_136)},
    )
    text = text_of(arabic.sentence(one))
    assert "\u20661abc2\u2069" in text
    assert "\u2066٣٬٣٩٧٫٣٩٧٣٦١٣٦ BTC\u2069" in text  # noqa: RUF001
    at_least = value("sat", 1, at_least=True)
    low = say("review.sent", [TX], {"address": known("address", "1abc2"), "amount": at_least})
    assert "على الأقل" in text_of(arabic.sentence(low))


def test_an_unknown_language_names_the_way_out() -> None:
    with pytest.raises(UsageError, match="There are ar, en"):
        catalogue("xx")
    with pytest.raises(UsageError):
        catalogue("../en")
    assert set(LAYERS) >= {layer for layer, _ in declared()}
