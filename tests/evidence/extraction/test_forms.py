# ruff: noqa: RUF001  words of many scripts
"""Forms of names, offices, other names and relations: each is taken, and its near miss is not."""

import pytest

from qaif.evidence.extraction.extract import extract
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.extraction.shape import Extraction
from qaif.evidence.passages import plain_passages
from qaif.feeds.networks import NETWORKS


def _made(text: str) -> Extraction:
    return extract(text, list(plain_passages(text)), NETWORKS["mainnet"])


def _relations(text: str) -> list[tuple[str, str, str]]:
    return [(one.role, one.subject.name, one.object.name) for one in _made(text).relations]


def _values(text: str, kind: str) -> list[str]:
    return [one.value for one in _made(text).indicators if one.kind == kind]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Harlan Quist is the chief executive of Ostrel Ventures Ltd.", "Harlan Quist"),
        ("La société Ostrel, dirigée par Émile Quistan, a répondu.", "Émile Quistan"),
        ("Директор ООО «Острель» Аркадий Квистов не ответил.", "Аркадий Квистов"),
        ("קיבל מכתב רجل", None),
        ("قال رجل الأعمال سامر الكستان إنه بريء.", "سامر الكستان"),
        ("Harlan Quist walked to the office of Ostrel Ventures Ltd.", None),
        ("The director of Kestrel Savings Bank spoke.", None),
        ("Директор ООО «Острель» не ответил.", None),
    ],
)
def test_a_person_is_named_by_an_office_only(text: str, name: str | None) -> None:
    persons = [i.value for i in _made(text).indicators if i.schema == "Person"]
    assert persons == ([name] if name else [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('التقى أعضاء تنظيم "رايات الجنوب" أمس.', 'تنظيم "رايات الجنوب"'),
        ("Liman Sesi gazetesinin haberi yayımlandı.", "Liman Sesi gazetesinin"),
        ("Le Conseil fédéral de Norvie a répondu.", "Conseil fédéral de Norvie"),
        ("Un compte à la Banque de l'Ormeau existe.", "Banque de l'Ormeau"),
        ("Дело ООО «Острель» закрыто.", "ООО «Острель»"),
        ('המסמך של חברת אלון נתיב רחב בע"מ הוגש.', 'חברת אלון נתיב רחב בע"מ'),
        ("Il a un conseil de famille.", None),
        ("Deniz Bey yarın gelecek.", None),
    ],
)
def test_head_words_stand_in_many_places(text: str, name: str | None) -> None:
    assert _values(text, "name") == ([name] if name else [])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Ostrel Ventures Ltd, a subsidiary of Calder Group, opened an account with Meridian Bank.",
            ("account at", "Ostrel Ventures Ltd", "Meridian Bank"),
        ),
        (
            "Calder Group opened an account with Meridian Bank.",
            ("account at", "Calder Group", "Meridian Bank"),
        ),
        (
            "La République de Selvie n'a pas désigné le Front Rouge.",
            ("not designated by", "Front Rouge", "La République de Selvie"),
        ),
        (
            "La République de Selvie a désigné le Front Rouge.",
            ("designated by", "Front Rouge", "La République de Selvie"),
        ),
        (
            "ממשלת טורביה הכניסה את ארגון חרב הים לרשימת הסנקציות.",
            ("designated by", "ארגון חרב הים", "ממשלת טורביה"),
        ),
        (
            "Совет безопасности Мелонии признал движение «Парус» террористической организацией.",
            ("designated by", "движение «Парус»", "Совет безопасности Мелонии"),
        ),
        (
            "The Ashen Brigade was placed on the sanctions list of the Ministry of Ardenia.",
            ("designated by", "Ashen Brigade", "Ministry of Ardenia"),
        ),
        (
            "Edward Quist, head of Ostrel Group, wrote to Meridian Bank.",
            ("director of", "Edward Quist", "Ostrel Group"),
        ),
    ],
)
def test_who_stands_at_a_relations_ends(text: str, wanted: tuple[str, str, str]) -> None:
    assert wanted in _relations(text)
    assert len([one for one in _relations(text) if one[0] == wanted[0]]) == 1


def test_a_firms_full_stop_ends_no_sentence() -> None:
    text = "Gümüş Dere Ltd. Şti., Çınar Bankası nezdinde hesap açtı."
    assert [(role, bank) for role, _, bank in _relations(text)] == [("account at", "Çınar Bankası")]
    one, two = "He sold Ostrel Inc. last year.", "He sold Ostrel Inc. Meridian Bank paid."
    assert [len(Reading(t, next(plain_passages(t))).sentences) for t in (one, two)] == [1, 2]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("یک میلیون و دویست هزار یورو پرداخت شد", ["1200000 EUR"]),
        ("مليون و500 ألف دولار", ["1500000 USD"]),
        ("three and 200 thousand dollars", []),
        ("two million dollars and 300 thousand euros", ["2000000 USD", "300000 EUR"]),
        ("5 million 200 thousand dollars", ["5200000 USD"]),
    ],
)
def test_amounts_of_two_parts(text: str, values: list[str]) -> None:
    assert _values(text, "amount") == values


@pytest.mark.parametrize(
    ("text", "values"),
    [("полтора года", ["P18M"]), ("year and a half", ["P18M"]), ("a year", []), ("هجده ماه", ["P18M"])],
)
def test_a_half_year_and_words_above_ten(text: str, values: list[str]) -> None:
    assert _values(text, "duration") == values


def test_a_hyphen_of_hebrew_joins_no_handle_or_mail() -> None:
    made = _made("אפשר לכתוב ל-@namal_hof או ל-desk@hof.example")
    assert [(i.kind, i.value) for i in made.indicators] == [
        ("handle", "@namal_hof"),
        ("email", "desk@hof.example"),
    ]
    assert not _values("a-@namal_hof", "handle")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('The Lantern Trust, which also operates as "Hill Aid", closed.', ("Lantern Trust", '"Hill Aid"')),
        ("Фонд «Пристань», он же «Берег 24», закрыт.", ("Фонд «Пристань»", "«Берег 24»")),
        (
            '"Kuzey Eli" adıyla da tanınan Yeşil Köprü Derneği kapandı.',
            ("Yeşil Köprü Derneği", '"Kuzey Eli"'),
        ),
        ("The Lantern Trust, which also operates a hospital, closed.", None),
    ],
)
def test_other_names(text: str, names: tuple[str, str] | None) -> None:
    found = [(a.strip('«»" '), b.strip('«»" ')) for role, a, b in _relations(text) if role == "alias"]
    assert found == ([tuple(name.strip('«»"') for name in names)] if names else [])


@pytest.mark.parametrize(
    "text", ["Coins under scrutiny, says think tank", "said", "сообщил", "گزارش داد", "bildirdi"]
)
def test_somebody_who_says_something_and_has_no_name_is_no_source(text: str) -> None:
    assert _made(text).sources == ()
