# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Amounts with a currency: `3370 BTC`, `24 مليون دولار`, `$3.2 million`, `2,3 млрд рублей`.

The value is a plain number and the currency's ISO code; where a word names the money of several states (rial,
dinar, lira), the word stands instead and a note says so.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from qaif.evidence.extraction.numbers import DIGITS, SCALE, SCALES, SPELT, START, WORD, as_text, read_digits
from qaif.evidence.extraction.reading import Found, Reading
from qaif.evidence.folding import fold, fold_pattern

ID, VERSION = "amounts", "1"

_CURRENCIES = {
    "BTC": "btc xbt bitcoin bitcoins ₿ بيتكوين بتكوين البيتكوين ביטקוין ביטקוינים биткоин биткоина биткоинов биткойн биткойнов",
    "mBTC": "mbtc millibitcoin",
    "sat": "satoshi satoshis sats sat ساتوشي סאטושי סטושי сатоши",
    "USD": "$ us$ usd dollar dollars دلار دولار دولارا دولارات דולר דולרים доллар доллара долларов долл dolar dolari",
    "EUR": "€ eur euro euros يورو אירו евро avro euroluk",
    "GBP": "£ gbp sterling",
    "ILS": '₪ ils nis shekel shekels شيكل شيقل شواكل שקל שקלים ש"ח שח шекель шекелей шекеля',
    "TRY": "₺ tl turk_lirasi",
    "RUB": "₽ rub ruble rubles rouble roubles روبل רובל рубль рубля рублей руб ruble",
    "IRR": "irr",
    "SAR": "sar",
    "AED": "aed dirham dirhams درهم дирхам дирхамов",
    "toman": "toman tomans تومان",
    "rial": "rial rials riyal riyals ريال ريالا ريالات ריאל риал риалов riyali",
    "lira": "lira liras ليره ليرات לירה לירות лира лир lirasi livres",
    "dinar": "dinar dinars دينار دينارا دنانير דינר динар динаров dinari",
    "USDT": "usdt tether تيثر",
    "USDC": "usdc",
    "ETH": "eth ether ethereum ايثيريوم",
    "LTC": "ltc litecoin",
    "TRX": "trx",
    "XMR": "xmr monero",
}
_CODES = {fold(word.replace("_", " ")): code for code, words in _CURRENCIES.items() for word in words.split()}
_BY_LANGUAGE = {("rial", "fa"): "IRR", ("lira", "tr"): "TRY"}
_OF_SEVERAL = frozenset(("rial", "lira", "dinar"))


def _either(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_SIGNS = [word for word in _CODES if not word[-1].isalnum()]
_WORDS = [word for word in _CODES if word[-1].isalnum()]
_CURRENCY = (
    rf"(?:{_either(_SIGNS)}|(?:{_either(_WORDS)})(?=(?:'?(?:y?[ae]|[dt][ae]n?|luk|lik|n?[iu]n))?(?![^\W_])))"
)
_HALF = fold_pattern("(?:half an?|نصف|חצי|نيم|пол|un demi|yarim)")
_AFTER = re.compile(
    rf"(?:{START}(?P<digits>{DIGITS})|(?<![^\W_])(?P<word>{WORD})|(?<![^\W_])(?P<half>{_HALF})(?=\s)"
    rf"|(?<![^\W_])(?P<bare>{SCALE})(?=\s(?:و|and|et|ve)\s?[^\W_]))"
    rf"[\s-]?(?P<scale>{SCALE})?"
    rf"(?:\s(?:و|and|et|ve)?\s?(?:(?P<digits2>\d{{1,3}})|(?P<word2>{WORD}))\s(?P<scale2>{SCALE}))?"
    rf"(?:\s(?:من|of|de|d'))?\s?(?P<adjective>us |american )?(?P<currency>{_CURRENCY})"
)
_BEFORE = re.compile(
    rf"(?<![^\W_])(?P<currency>us\$|{_either(_SIGNS)}|(?:usd|eur|gbp|btc|try|ils|rub)(?=\s?\d))\s?"
    rf"(?P<digits>{DIGITS})(?:\s?(?P<scale>{SCALE}))?(?![\d])"
)


def find(reading: Reading) -> Iterator[Found]:
    """Amounts, in the order of the two ways of writing; overlaps are settled by the caller."""
    for pattern in (_AFTER, _BEFORE):
        for match in pattern.finditer(reading.text):
            if found := _amount(reading, match):
                yield found


def _amount(reading: Reading, match: re.Match[str]) -> Found | None:
    groups, language = match.groupdict(), reading.language(match.start())
    told = _number(groups, language)
    if told is None:
        return None
    number, notes = told
    code = _CODES[groups["currency"]]
    code = _BY_LANGUAGE.get((code, language), code)
    if code == "sat" and number != number.to_integral_value():
        return None
    if code == "mBTC":
        number, code = number / 1000, "BTC"
    if code in _OF_SEVERAL:
        notes += (f"several states' money is called {code}; the text here does not say whose",)
    lo = match.start("digits") if match.re is _AFTER and groups["digits"] else match.start()
    return Found("amount", f"{as_text(number)} {code}", lo, match.end(), notes)


def _number(groups: dict[str, str | None], language: str) -> tuple[Decimal, tuple[str, ...]] | None:
    """The number of an amount, of two parts where there are two: "a million and two hundred thousand"."""
    notes: tuple[str, ...] = ()
    bare = groups.get("bare")
    if digits := groups["digits"]:
        number, notes = read_digits(digits, language)
    elif word := groups.get("word"):
        number = Decimal(SPELT[word])
    elif bare:
        number = _scaled(Decimal(1), bare)
    else:
        number = Decimal("0.5") if groups["scale"] else Decimal(0)
    number = _scaled(number, groups["scale"])
    if scale := groups.get("scale2"):
        rest = _scaled(Decimal(groups["digits2"] or SPELT[groups["word2"] or ""]), scale)
        return (number + rest, notes) if rest < number else None
    return (number, notes) if not bare and (number or groups["digits"]) else None


def _scaled(number: Decimal, scale: str | None) -> Decimal:
    return number * SCALES[scale.rstrip(".")] if scale else number
