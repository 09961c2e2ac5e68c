# ruff: noqa: RUF001, E501  texts of many scripts, a table's line a case
"""Relations by the clause, names met again, and what stands apart from its word: a case and its near miss each."""

import pytest

from qaif.evidence.extraction.extract import extract
from qaif.evidence.extraction.shape import Extraction
from qaif.evidence.passages import plain_passages
from qaif.feeds.networks import NETWORKS


def of(text: str) -> Extraction:
    return extract(text, list(plain_passages(text)), NETWORKS["mainnet"])


def relations(text: str) -> set[tuple[str, str, str]]:
    return {(one.role, one.subject.name, one.object.name) for one in of(text).relations}


def values(text: str, kind: str) -> list[str]:
    return [one.value for one in of(text).indicators if one.kind == kind]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "The Cinder League, which the Ministry of Verland added to its register of terrorists, denies it.",
            ("designated by", "Cinder League", "Ministry of Verland"),
        ),
        (
            "Le Front Oril est sur la liste noire du ministère des Finances de Vardane depuis 2018.",
            ("designated by", "Le Front Oril", "ministère des Finances de Vardane"),
        ),
        (
            "كتائب الصخرة مدرجة على قائمة الإرهاب لدى وزارة الداخلية منذ 2015، أما مملكة ليدان فلم تصنفها.",
            ("not designated by", "كتائب الصخرة", "مملكة ليدان"),
        ),
        (
            "תנועת להב הרוח הוגדרה כארגון טרור על ידי משרד הביטחון של מרדוניה.",
            ("designated by", "תנועת להב הרוח", "משרד הביטחון של מרדוניה"),
        ),
        (
            "Kor Kanat Örgütü 2016'da Velmar Maliye Bakanlığı tarafından terör listesine alındı.",
            ("designated by", "Kor Kanat Örgütü", "Velmar Maliye Bakanlığı"),
        ),
        (
            "پادشاهی هورمان سازمان پرچم سرخ را در فهرست تروریستی قرار نداده است.",
            ("not designated by", "سازمان پرچم سرخ", "پادشاهی هورمان"),
        ),
        (
            "Группировка «Чёрный прилив» внесена в список террористов Минфином Кальдории.",
            ("designated by", "Группировка «Чёрный прилив»", "Минфином Кальдории"),
        ),
        ("Oakmere LLC is wholly owned by Tobias Lindqvist.", ("owned by", "Oakmere LLC", "Tobias Lindqvist")),
        (
            "The money went to an account at Stone Bank in the name of Oakmere LLC.",
            ("account at", "Oakmere LLC", "Stone Bank"),
        ),
        ("Relief Fund is a front for the Cinder League.", ("linked to", "Relief Fund", "Cinder League")),
    ],
)
def test_who_stands_nearest(text: str, wanted: tuple[str, str, str]) -> None:
    assert wanted in relations(text)


@pytest.mark.parametrize(
    "text",
    [
        "Relief Fund is not a front for the Cinder League.",
        "Stone Bank has no accounts of the Cinder League.",
        "The Ministry of Verland added a road to its budget; the Cinder League was glad.",
        "وقال مصرف الجسر إنه لا يمول كتائب الصخرة.",
        "Банк «Гавань» не финансировал группировку «Чёрный прилив».",
    ],
)
def test_what_is_denied_or_is_no_listing_gives_nothing(text: str) -> None:
    assert not relations(text)


def test_the_kingdom_that_has_not_listed_is_not_the_one_that_has() -> None:
    text = "حركة الفرسان حطتها وزارة العدل في مملكة بدران على قائمة الإرهاب، بس دولة شامخة ما صنفتها."
    found = {(role, body) for role, _, body in relations(text)}
    assert ("not designated by", "دولة شامخة") in found
    assert ("designated by", "دولة شامخة") not in found


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("son compte à la Banque du Levant Gris, n° 8812-305-67", "account-number", "8812-305-67"),
        ("5561-208-774 numaralı hesabı var", "account-number", "5561-208-774"),
        ("حسابی به شماره ۶۶۰۲-۱۱۸-۳۰۵ دارد", "account-number", "6602-118-305"),
        ("pendant deux ans et demi", "duration", "P30M"),
        ("iki buçuk yılda toplandı", "duration", "P30M"),
        ("within two and a half years", "duration", "P30M"),
        ("240 bin euroya denk", "amount", "240000 EUR"),
    ],
)
def test_what_stands_apart_from_its_word(text: str, kind: str, value: str) -> None:
    assert value in values(text, kind)


@pytest.mark.parametrize(
    "text",
    [
        "the accountant called 04-855-1234 about it",
        "his account of 12-11-2020 differs",
        "on account of number theory, 31 pages",
    ],
)
def test_no_account_number_without_an_account(text: str) -> None:
    assert not values(text, "account-number")


def test_a_name_is_met_again_without_its_head_word() -> None:
    text = "Фонд «Тёплый берег» собрал деньги. Потом «Тёплый берег» закрыли."
    assert values(text, "name") == ["Фонд «Тёплый берег»", "«Тёплый берег»"]
    assert values("He sold a «тёплый берег» picture.", "name") == []


def test_names_by_capitals_alone_within_a_sentence_only() -> None:
    assert "Martin Sewell" in values("It was signed by Martin Sewell in the morning.", "name")
    assert values("Monday Bitcoin rose. Nobody Knows why.", "name") == []


def test_who_tells_it() -> None:
    told = [one.name for one in of("Relief Fund took 5 BTC, the Pellmore Gazette says.").sources]
    assert told == ["Pellmore Gazette"]
    assert [one.name for one in of("According to the indictment, Relief Fund took 5 BTC.").sources] == [
        "indictment"
    ]
