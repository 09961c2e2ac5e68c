# ruff: noqa: E501, RUF001  words of many scripts, a table's line a role
"""Words that tell of what a figure is said: of what came in, of what went through, of how often."""

import re
from typing import Literal

from qaif.evidence.folding import fold_pattern

Role = Literal[
    "raised", "volume", "received", "sent", "balance", "worth", "transactions", "receipts", "payers",
    "addresses", "active-span", "first-seen", "last-seen", "cut-off", "other",
]  # fmt: skip
"""Of what a figure is said. `volume` counts what came in and what went out; `raised` only what came in."""

Wording = Literal["plain", "about", "at least", "at most"]

_OF_AMOUNTS: dict[Role, str] = {
    "raised": r"جمع\w*|تبرع\w*|rais(?:ed|ing|es)|collect(?:ed|ing|s)?|donat\w+|fundrais\w+|gifts?|גייס\w*|תרומ\w+|recolt\w+|collecte\w*|dons|собра\w+|пожертвован\w+|topla\w+|bagis\w*|گرد ?آوري",
    "volume": r"حجم (?:ال)?(?:معاملات|تداول|تعاملات|تراكنش\w*)|اجمالي (?:ال)?معاملات|turnover|volume|transactions? (?:of|worth|totall?ing)|transacted|moved|processed|handled|passed through|היקף (?:ה)?(?:עסקאות|פעילות)|מחזור|chiffre d'affaires|transactions d|оборот\w*|объем\w*|islem hacmi|hacmi|گردش",
    "received": r"تلق[يت]\w*|استقبل\w*|استلم\w*|received|took in|incoming|inflows?|deposits?|קיבל\w*|התקבל\w*|recu\w*|получ\w+|поступ\w+|aldi|دريافت",
    "sent": r"ارسل\w*|حول\w*|سحب\w*|sent|paid out|transferred|withdr\w+|outgoing|outflows?|שלח\w*|העביר\w*|envoy\w+|transfere\w*|отправ\w+|перев[её]л\w*|gonder\w+|ارسال",
    "balance": r"رصيد\w*|balances?|holds|holding|still held|יתר\w+|solde|остат\w+|баланс\w*|bakiye\w*|موجودي",
}
_OF_DATES: dict[Role, str] = {
    "first-seen": r"first (?:transaction|payment|used|seen|received|active)|active since|opened in|began|started|اول (?:معامله|تحويل)|بدا\w*|منذ|since|הראשונה|depuis|с (?=\d)|первая",
    "last-seen": r"last (?:transaction|payment|used|seen|active)|until|stopped|ceased|اخر (?:معامله|تحويل)|توقف\w*|חדל\w*|האחרונה|jusqu|последн\w+|до (?=\d)",
}
_ACTIVITY = r"transactions?|wallet|address|payments?|transfers?|معامل\w*|محفظ\w*|تحويل\w*|عنوان|ארנק|עסקא\w*|כתובת|portefeuille|adresse|кошел\w+|адрес\w*|транзакц\w+|cuzdan|islem\w*|كيف پول"
_WORDINGS: dict[Wording, str] = {
    "at least": r"at least|more than|over|above|no less than|exceed\w*|اكثر من|ما لا يقل عن|يزيد عن|تجاوز\w*|לפחות|יותר מ|plus de|au moins|более|не менее|свыше|en az",
    "at most": r"at most|less than|up to|under|below|اقل من|حتي|לכל היותר|פחות מ|moins de|jusqu'a|менее|до|en fazla",
    "about": r"about|around|roughly|approximately|nearly|almost|some|circa|close to|estimated|~|≈|نحو|حوالي|تقريبا|ما يقرب من|قرابه|ما يقارب|قدر\w*|בערך|כ-?|קרוב ל|environ|pres de|quelque|около|примерно|почти|порядка|yaklasik|حدود|تقريبا",
}
_WRITING = r"(?:at|as of) the time of (?:writing|publication|press)|at press time|وقت كتابه|وقت النشر|בעת (?:ה)?(?:כתיבה|פרסום)|au moment de (?:la )?(?:publication|redaction)|на момент (?:написания|публикации)|yazildigi (?:sirada|anda)"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:ال|و|ب|ל|ה)?(?:{fold_pattern(pattern)})(?![^\W_])")


OF_AMOUNTS = {role: _words(words) for role, words in _OF_AMOUNTS.items()}
"""Of folded text; whichever stands nearest decides."""
OF_DATES = {role: _words(words) for role, words in _OF_DATES.items()}
ACTIVITY = _words(_ACTIVITY)
"""A date or a stretch of time is one of the chain only where such a word stands in the same line."""
WORDINGS = {
    wording: re.compile(rf"(?<![^\W_])(?:{fold_pattern(words)})\s?\Z") for wording, words in _WORDINGS.items()
}
"""What stands directly before a figure."""
WRITING = re.compile(fold_pattern(_WRITING))
"""That a worth is one of the day on which the document was written."""
