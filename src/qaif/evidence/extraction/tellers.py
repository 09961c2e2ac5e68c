# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Who tells it: a newspaper or an institute beside a word of telling, and papers of a court that speak for themselves."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from qaif.evidence.extraction.entities import Mentioned
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.extraction.relations import Said
from qaif.evidence.folding import fold_pattern

_TELLERS = ("newspaper", "institute")
_REACH = 40
_TOLD = re.compile(
    fold_pattern(
        r"(?<!\w)(?:[وف]?(?:قال|ذكر|افاد|نشر|كشف|كتب|اورد|نقل|اكد|[يت]قول|[يت]ذكر|[يت]صف|[يت]ري|[يت]وكد|[يت]شير)(?:ت|ه|ته)?|ب?(?:ال)?(?:تقرير|تحقيق|مقال|خبر|دراسه|تحليل)|راي|صحفيو\w?"
        r"|says?|said|wrote|writes|found|revealed|reports?|reported|learned|describes?|calls?|believes?|notes?|warns?|estimates?|considers?|names|paper|briefing|view|opinion|comes? from|quoting|citing|journalists?|reporters?|article|investigation|study|analysis|story|piece|survey"
        r"|ecrit|revele|a revele|a publie|publie|indique|rapporte|affirme|decrit|qualifie|voit|estime|juge|considere|nomme|article|enquete|note|rapport|etude|papier|dossier|analyse|avis|journalistes?|selon"
        r"|написал[аои]?|пишет|опубликовал[аои]?|рассказал[аои]?|выяснил[аои]?|установил[аои]?|сообщ\w+|называет|считает|полагает|утверждает|описывает|расследовани\w|отчет\w?|доклад\w?|стать\w|материал\w?|справк\w|исследовани\w|заметк\w|мнени\w|оценк\w|словам|журналист\w*|подсчита\w+"
        r"|ש?(?:פרסמ|דיווח|כתב|חשפ|מסר|גילה|ציינ|מתאר|קובע|טוענ|מכנה|מדווח|סבור|מגל|העריכ)(?:ה|ת|ו|ים)?|[בל]?ה?(?:דו\"ח|תחקיר|כתבה|ידיעה|מאמר|פרסומ)"
        r"|نوشت|به باور|به نظر|نوشته|نوشتن|گزارش|گزارشي|خبر داد|فاش كرد|مي ?داند|معتقد|ميگويد|اعلام كرد|ميگه|مي ?گويد|گفت|مقاله|تحقيق"
        r"|yazdi|yazmis|bildirdi|duyurdu|haber\w{0,6}|arastirma\w{0,4}|rapor\w{0,5}|acikladi|ortaya cikardi)(?!\w)"
    )
)
_PAPER = re.compile(
    fold_pattern(
        r"(?<!\w)(?:according to|as stated in|as set out in|selon|d'apres|aux termes de|לפי|על פי|согласно|по(?= материал| данным следств| версии следств)|بحسب|وفقا ل|حسب|بر اساس|به موجب|طبق)\s?(?:the |le |la |les |l')?"
        r"(?P<paper>(?:affidavit|indictment|complaint|court (?:filings?|documents|papers|records)|prosecution|prosecutors?|charge sheet|police|investigators)|(?:acte d'accusation|requisitoire|parquet|dossier|enqueteurs)|(?:материал\w+ дела|обвинительн\w+ заключени\w+|следстви\w|прокуратур\w)|(?:כתב האישומ|התביעה|המשטרה)|(?:لائحه الاتهام|النيابه العامه|محاضر التحقيق|(?:ال)?تحقيقات|ملف القضيه)|(?:كيفرخواست|دادستاني|پرونده))"
        r"|(?<!\w)(?P<first>מכתב האישומ|iddianame|savcilig|mahkeme dosyasi|следстви)(?P<rest>\w*)(?= עולה|,? |'?[iuy]?[ae]? gore)(?= עולה|'?\w* gore|(?:ye|ya|e|a) gore| считает| полагает| установило| утверждает)"
        r"|(?<!\w)(?P<office>prosecutors?|the prosecution|le parquet|(?:ال)?نيابه العامه|прокуратура|הפרקליטות|دادستاني|savcilik)(?= (?:\w+ ){0,2}(?:say|said|alleg|accus|claim|affirm|estim|اسند|اتهم|قال|اعلن|وجه|утвержд|обвин|заяви|счита|טוענ|האשימ|מייחס|مي ?گويد|اعلام كرد|iddia|belirt))"
    )
)


def find(reading: Reading, mentions: Sequence[Mentioned]) -> list[Said]:
    """Who is said to say it, beside those that `relations.sources` finds."""
    return sorted({*_beside(reading, mentions), *_papers(reading)}, key=lambda said: (said.lo, said.who.lo))


def _beside(reading: Reading, mentions: Sequence[Mentioned]) -> Iterator[Said]:
    """Newspapers and institutes with a word of telling right before or behind them."""
    told = list(_TOLD.finditer(reading.text))
    ends = [match.start() for match in told]
    for mention in mentions:
        if mention.how != "name" or mention.word not in _TELLERS:
            continue
        at = bisect_left(ends, mention.lo)
        for match in told[max(0, at - 1) : at + 2]:
            lo, hi = sorted((mention.lo, mention.hi, *match.span()))[1:3]
            apart = match.end() <= mention.lo or match.start() >= mention.hi
            if apart and hi - lo <= _REACH and not re.search(r"[\n.;:(!?]", reading.text[lo:hi]):
                yield Said(mention, *match.span())
                break


def _papers(reading: Reading) -> Iterator[Said]:
    for match in _PAPER.finditer(reading.text):
        part = "paper" if match["paper"] else "office"
        lo, hi = match.span(part) if match[part] else (match.start("first"), match.end("rest"))
        yield Said(
            Mentioned(lo, hi, "LegalEntity", "paper", "name"), match.start(), max(hi, match.start() + 1)
        )
