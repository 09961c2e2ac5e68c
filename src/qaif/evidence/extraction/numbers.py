# ruff: noqa: E501  words of many scripts, a table's line a word or a cue

"""Numbers as people write them: digits with either mark, words for large ones, small ones spelt out.

Works on folded text, in which every script's digits are plain, the Arabic decimal mark is a point and the Arabic
thousands mark a comma.
"""

import re
from decimal import Decimal

from qaif.evidence.folding import fold

DIGITS = r"(?:\d{1,3}(?:[ ']\d{3}(?!\d))+(?:[.,]\d{1,8}(?!\d))?|\d{1,3}(?:,\d{3}(?!\d))+(?:\.\d{1,8}(?!\d))?|\d{1,3}(?:\.\d{3}(?!\d))+(?:,\d{1,8}(?!\d))?|\d{1,20}(?:[.,]\d{1,8}(?!\d))?)"
"""One number in digits; put `START` before it."""

START = r"(?<![\d.,/:_])(?<![a-z0-9_]-)(?<![a-z])"
"""What must not stand before a number."""

_SCALES = {
    10**3: "thousand k الف الاف الفا אלף אלפי هزار тыс тысяч тысячи тысяча mille milliers bin",
    10
    ** 6: "million millions mn mio m مليون مليونا ملايين ميليون מיליון מיליוני מליון млн миллион миллиона миллионов milyon",
    10
    ** 9: "billion billions bn b مليار مليارا مليارات ميليارد بليون מיליארד миллиард миллиарда миллиардов млрд milliard milliards milyar",
    10**12: "trillion trillions تريليون תריליון триллион триллиона триллионов трлн trilyon",
}
SCALES = {fold(word): size for size, words in _SCALES.items() for word in words.split()}
SCALE = "(?:" + "|".join(sorted(SCALES, key=len, reverse=True)) + r")(?![^\W\d_])\.?"

_SPELT = {
    1: "one واحد واحده אחת אחד يك один одна одну un une bir",
    2: "two اثنان اثنين שתי שני שניים دو два две двух двумя deux iki",
    3: "three ثلاث ثلاثه שלוש שלושה سه три трех trois uc",
    4: "four اربع اربعه ארבע ארבעה چهار четыре четырех quatre dort",
    5: "five خمس خمسه חמש חמישה پنج пять пяти cinq bes",
    6: "six ست سته שש שישה شش шесть шести alti",
    7: "seven سبع سبعه שבע שבעה هفت семь семи sept yedi",
    8: "eight ثمان ثماني ثمانيه שמונה هشت восемь восьми huit sekiz",
    9: "nine تسع تسعه תשע תשעה نه девять девяти neuf dokuz",
    10: "ten عشر عشره עשר עשרה ده десять десяти dix on",
    11: "eleven يازده одиннадцать onze",
    12: "twelve دوازده двенадцать douze",
    13: "thirteen سيزده тринадцать treize",
    14: "fourteen چهارده четырнадцать quatorze",
    16: "sixteen شانزده шестнадцать seize",
    17: "seventeen هفده семнадцать dix-sept",
    18: "eighteen هجده هيجده восемнадцать dix-huit",
    19: "nineteen نوزده девятнадцать dix-neuf",
    15: "fifteen پانزده пятнадцать quinze",
    20: "twenty عشرون عشرين עשרים بيست двадцать vingt yirmi",
    30: "thirty ثلاثون ثلاثين שלושים سي тридцать trente otuz",
    40: "forty اربعون اربعين ארבעים چهل сорок quarante kirk",
    50: "fifty خمسون خمسين חמישים پنجاه пятьдесят cinquante elli",
    100: "hundred مئه مايه مئة מאה صد сто cent yuz",
    200: "مئتا مئتي مائتي מאתיים دويست двести",
    300: "سيصد триста",
    400: "چهارصد четыреста",
    500: "پانصد пятьсот",
}
SPELT = {fold(word): value for value, words in _SPELT.items() for word in words.split()}
WORD = "(?:" + "|".join(sorted(SPELT, key=len, reverse=True)) + r")(?![^\W\d_])"

_COMMA_IS_DECIMAL = ("ru", "tr", "fr")
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}")
_AMBIGUOUS = "the mark before three digits was read as {}, as usual in this language"


def read_digits(text: str, language: str) -> tuple[Decimal, tuple[str, ...]]:
    """Read a number in digits.

    Args:
        text: what matched `DIGITS`.
        language: decides what a single mark before three digits is.

    Returns:
        The number, and what was assumed.
    """
    plain = re.sub("[ ']", "", text)
    if single := _GROUPED.fullmatch(plain):
        decimal_mark = "," if language in _COMMA_IS_DECIMAL else "."
        if single[1] == decimal_mark and language:
            return Decimal(plain.replace(",", ".")), (_AMBIGUOUS.format("a decimal mark"),)
        return Decimal(re.sub("[.,]", "", plain)), (_AMBIGUOUS.format("a thousands mark"),)
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return Decimal(plain), ()
    mark = plain[last]
    if plain.count(mark) > 1:
        return Decimal(re.sub("[.,]", "", plain)), ()
    whole = re.sub("[.,]", "", plain[:last])
    return Decimal(f"{whole}.{plain[last + 1 :]}"), ()


def as_text(number: Decimal) -> str:
    """A number in plain digits, as many decimals as were written, none if they are nought."""
    if number == number.to_integral_value():
        return f"{number.quantize(Decimal(1)):f}" if abs(number) < Decimal(10) ** 27 else f"{number:f}"
    return f"{number:f}"
