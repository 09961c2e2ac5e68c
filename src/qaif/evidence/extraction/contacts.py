# ruff: noqa: E501  words of many scripts, a table's line a word or a cue

"""Ways to reach somebody: links, sites, mail, handles, telephones; broken links are read whole, never followed."""

import re
from collections.abc import Iterator, Sequence

from qaif.evidence.extraction.reading import Found, Reading
from qaif.evidence.folding import fold_pattern

ID, VERSION = "contacts", "1"

_DOT = r"(?:\.|\[\.\]|\(\.\)|\{\.\}| ?\[dot\] ?| ?\(dot\) ?)"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"{_LABEL}(?:{_DOT}{_LABEL}){{0,6}}{_DOT}[a-z]{{2,24}}"
_URL = re.compile(
    fold_pattern(r"(?<![a-z0-9])(?:hxxps?|https?|h\*\*ps?|ftp)(?:://|\[:\]//|\[://\])[^\s<>\"'،]+")
)
_WWW = re.compile(fold_pattern(rf"(?<![a-z0-9./@-])www{_DOT}{_HOST}(?:/[^\s<>\"'،]*)?"))
_MAIL = re.compile(
    fold_pattern(
        rf"(?<![a-z0-9._%+])(?<![a-z0-9._%+]-)[a-z0-9][a-z0-9._%+-]{{0,63}}(?:@|\[@\]| ?\[at\] ?| ?\(at\) ?){_HOST}(?![a-z0-9-])"
    )
)
_CHAT = re.compile(
    fold_pattern(r"(?<![a-z0-9.-])(?:t|telegram|wa)(?:\.|\[\.\])me/(?:joinchat/|s/)?\+?[a-z0-9_-]{3,64}")
)
_AT = re.compile(fold_pattern(r"(?<![a-z0-9_.@/\]])(?<![a-z0-9_]-)@[a-z][a-z0-9_.]{2,31}(?<![.])"))
_BARE = re.compile(
    fold_pattern(
        rf"(?<![a-z0-9@._%+/\[-])(?<!\[@\])(?<!@ )(?P<host>{_HOST})(?![a-z0-9@_-])(?P<path>/[^\s<>\"'،]*)?"
    )
)
_TLD_WORDS = """
com net org info biz io co me ru ir il tr ps lb sy jo ae sa qa eg uk us fr de onion xyz site online shop
app example  test invalid top club live news gov edu tv cc ws su ua kz by iq ye
"""
_TLDS = frozenset(_TLD_WORDS.split())
_TRAILING = ".,;:!?…]}'\"-"
_SITE = r"(?:web ?sites?|sites?|platform|موقعا?|الموقع|منصه|אתר|האתר|сайт\w{0,2}|site|sitesi?|سايت|وبسايت|sayfasi)"
_NAMED = r"(?:called|named|known as|under the name|باسم|يسمي|المسمي|يدعي|בשם|под названием|adli|nomme|appele|به نام|با نام)"
_NAMED_SITE = re.compile(
    fold_pattern(
        rf"(?<![^\W_]){_SITE}(?![^\W_])[^\n.!?\"]{{0,60}}?{_NAMED}\s?[\"']?(?P<name>[a-z0-9][a-z0-9._-]{{2,40}}(?<![._-]))"
    )
)
_SITE_THEN = re.compile(fold_pattern(rf"(?<![^\W_]){_SITE}\s[\"'](?P<name>[^\"'\s]{{2,40}})[\"']"))
_PHONE = re.compile(fold_pattern(r"(?<![\w.+/@-])(?:\+|00)?\(?\d(?:[ .()/-]{0,2}\d){6,16}(?![\d/]|-\d)"))
_PHONE_WORD = re.compile(
    fold_pattern(
        r"tel|phone|call|whats ?app|signal|contact|mobile|fax|هاتف|جوال|موبايل|واتس|للتواصل|اتصال|رقم|טלפון|טל'|נייד|וואטסאפ|"
        r"ליצירת קשר|тел|звон|контакт|телефон|iletisim|telefon|cep|ara|تلفن|تماس|موبايل|همراه|portable"
    )
)
_ACCOUNT_WORD = re.compile(
    fold_pattern(r"account|حساب|חשבון|счет|hesap|hesab|compte|\biban\b|بنك|\bbank|банк")
)
_REGIONS = {
    "he": ("IL",),
    "fa": ("IR",),
    "tr": ("TR",),
    "ru": ("RU",),
    "fr": ("FR",),
    "ar": ("PS", "JO", "LB", "EG", "SY", "SA", "AE"),
}
_FEWEST_DIGITS = 8
_SHORTEST_LINK = 8


def find(reading: Reading, regions: Sequence[str] = ()) -> Iterator[Found]:
    """Links, mail, handles, sites, telephones.

    Args:
        reading: the passage.
        regions: ISO codes of states whose local telephone numbers are to be tried first.
    """
    yield from _links(reading)
    for match in _MAIL.finditer(reading.text):
        yield Found("email", refanged(match[0]).replace(" ", ""), *match.span(), _broken(match[0]))
    for match in _AT.finditer(reading.text):
        yield Found("handle", reading.cased[match.start() : match.end()], *match.span())
    yield from _sites(reading)
    yield from _phones(reading, regions)


def refanged(text: str) -> str:
    """A broken link or address written whole."""
    text = re.sub(r" ?[\[({]dot[\])}] ?|[\[({]\.[\])}]", ".", text)
    text = re.sub(r" ?[\[(]at[\])] ?|\[@\]", "@", text)
    text = text.replace("[:]", ":").replace("[://]", "://")
    return re.sub(r"^h(?:xx|\*\*)p", "http", text, flags=re.IGNORECASE)


def _broken(text: str) -> tuple[str, ...]:
    return ("it stands there broken, so that nothing follows it",) if refanged(text) != text else ()


def _trimmed(match: re.Match[str]) -> int:
    """Where a link ends without the punctuation of its sentence."""
    text = match[0]
    while text and (text[-1] in _TRAILING or (text[-1] == ")" and text.count(")") > text.count("("))):
        if text.endswith(("[.]", "[dot]")):
            break
        text = text[:-1]
    return match.start() + len(text)


def _links(reading: Reading) -> Iterator[Found]:
    for pattern in (_URL, _WWW):
        for match in pattern.finditer(reading.text):
            lo, hi = match.start(), _trimmed(match)
            written = reading.cased[lo:hi]
            if hi - lo > _SHORTEST_LINK:
                yield Found("url", refanged(written), lo, hi, _broken(written))
    for match in _CHAT.finditer(reading.text):
        yield Found("handle", refanged(reading.cased[match.start() : match.end()]), *match.span())


def _sites(reading: Reading) -> Iterator[Found]:
    for match in (*_NAMED_SITE.finditer(reading.text), *_SITE_THEN.finditer(reading.text)):
        yield Found(
            "site", match["name"], *match.span("name"), ("named as a site by the words before it",), "Website"
        )
    for match in _BARE.finditer(reading.text):
        host = refanged(match["host"]).replace(" ", "")
        if host.rpartition(".")[2] in _TLDS and not host.replace(".", "").isdigit():
            yield Found("site", host, *match.span("host"), _broken(match["host"]), "Website")


def _phones(reading: Reading, regions: Sequence[str]) -> Iterator[Found]:
    import phonenumbers

    for match in _PHONE.finditer(reading.text):
        digits = re.sub(r"[^\d+]", "", match[0])
        plus = digits.startswith(("+", "00"))
        if _ACCOUNT_WORD.search(reading.before(match.start(), 40)):
            continue
        if len(digits) < _FEWEST_DIGITS or (
            not plus and not _PHONE_WORD.search(reading.before(match.start(), 80))
        ):
            continue
        spoken = (reading.language(match.start()), reading.main_language)
        tried = [
            *regions,
            *(region for language in dict.fromkeys(spoken) for region in _REGIONS.get(language, ())),
        ]
        for region in [None] if plus else tried:
            try:
                number = phonenumbers.parse("+" + digits[2:] if digits.startswith("00") else match[0], region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number):
                value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
                note = () if plus else (f"read as a local number of {region}",)
                yield Found("phone", value, *match.span(), note)
                break
