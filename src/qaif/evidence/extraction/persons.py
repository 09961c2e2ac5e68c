# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Persons by the office that stands beside their name: "X Y is the director of", "dirigée par X Y", "директор ... X Y".

A name alone marks nobody here: without a word for an office or an address of courtesy no person is proposed.
"""

import re
from collections.abc import Iterator

from qaif.evidence.extraction.entities import HEADS, Mentioned
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.folding import fold, fold_pattern

ID, VERSION = "persons", "1"

_PART = r"[A-ZÀ-ÞĀ-ŽİŞĞ][\w'’-]{0,30}[^\W\d_]"
_LATIN = rf"(?P<name>{_PART}(?: (?:[A-Z]\.|al-|bin|ben|de|von|van)){{0,2}}(?: {_PART}){{1,2}})"
_LATIN_TR = r"(?P<name>[A-ZÀ-ÞĀ-ŽİŞĞ]\w{1,20}(?: [A-ZÀ-ÞĀ-ŽİŞĞ]\w{1,20}){1,2})"
_CYRILLIC = r"(?P<name>[А-ЯЁ][а-яё]{1,30}(?:-[А-ЯЁ][а-яё]{1,30})?(?: [А-ЯЁ][а-яё]{1,30}){1,2}|[А-ЯЁ]\. ?(?:[А-ЯЁ]\. ?)?[А-ЯЁ][а-яё]{1,30})"
_OFFICE_EN = r"(?:director|chief executive(?: officer)?|CEO|CFO|chairman|chairwoman|president|owner|founder|head|manager|treasurer|trustee)"
_OFFICE_FR = (
    r"(?:directeur|directrice|gérante?|présidente?|PDG|fondateur|fondatrice|dirigeante?|trésori[eè]re?)"
)
_OFFICE_RU = r"(?:[Гг]ен(?:еральн\w{1,6} )?\.?\s?директор\w{0,6}|[Дд]иректор\w{0,6}|[Рр]уководител\w{1,6}|[Гг]лав[аыуе]|[Пп]редседател\w{1,6}|[Вв]ладел\w{1,6}|[Уу]чредител\w{1,6}|[Оо]сновател\w{1,6})"
_OFFICE_TR = r"(?:müdürü|başkanı|sahibi|yöneticisi|kurucusu|direktörü|saymanı|kasadarı|ortağı|temsilcisi|avukatı|yetkilisi)"
_TITLE = (
    r"(?:Mr|Mrs|Ms|Dr|Sheikh|Inspector|Detective|Judge|Justice|Officer|Agent|Captain|Colonel|businessman|businesswoman|trader|financier|suspect|defendant"
    r"|Mme|MM?\.|Me|l['’]homme d['’]affaires|la femme d['’]affaires|le commerçant|le financier|le juge|le suspect"
    r"|[İiI]ş (?:insanı|adamı|kadını)|[Şş]üpheli|[Ss]anık|[Tt]üccar|[Bb]ay|[Bb]ayan)\.?"
)
_ACTS = r"(?:chairs|heads|leads|runs|owns|manages|controls|directs|founded|co-founded|set up|presides over|dirige|préside|gère|possède|détient|administre|contrôle|a fondé|y a fait)"
_TITLE_RU = r"(?:[Бб]изнесмен\w{0,3}|[Пп]редпринимател\w{1,3}|[Гг]раждан(?:ин|ина|ка|ки|ину)|[Пп]одозреваем\w{2,3}|[Оо]бвиняем\w{2,3}|[Сс]ледовател\w{1,2}|[Сс]удь\w{1,2}|[Кк]азначе\w{1,3}|[Гг]осподин\w?|г-н\w?|[Оо]лигарх\w?|[Вв]ладельц\w{1,3})"
_WORDS_BETWEEN = r"[^,.;:\n]{0,40}"
_CASED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![^\W_]){_LATIN},? (?:who )?(?:(?:is|was|serves as|acted as) )?(?:the |a |its )?(?:former |founding )?{_OFFICE_EN} (?:of|at)(?![^\W_])",
        rf"(?<![^\W_]){_LATIN},? (?:(?:est|était|serait) )?(?:le |la |l['’])?(?:ancien |ancienne )?{_OFFICE_FR} (?:de|du|d['’])",
        rf"(?<![^\W_])(?:{_OFFICE_EN}|{_OFFICE_FR}),? {_LATIN}(?![^\W_])",
        rf"(?<![^\W_])(?:led|headed|chaired|run|directed|managed|founded) by {_LATIN}(?![^\W_])",
        rf"(?<![^\W_])(?:dirigée?|présidée?|fondée?|gérée?|administrée?|animée?) par {_LATIN}(?![^\W_])",
        rf"(?<![^\W_]){_OFFICE_RU}(?: [а-яё]{{1,30}})?(?: [А-ЯЁ]{{2,4}})?(?: [«\"“][^«»\"”\n]{{2,50}}[»\"”])?,? {_CYRILLIC}(?![^\W_])",
        rf"(?<![^\W_]){_CYRILLIC}, {_OFFICE_RU}(?![^\W_])",
        rf"(?<![^\W_]){_OFFICE_TR},? {_LATIN}(?![^\W_])",
        rf"(?<![^\W_]){_TITLE} {_LATIN}(?![^\W_])",
        rf"(?<![^\W_]){_LATIN}, (?:its|the|their|whose|a|an|le|la|son|sa|leur|l['’]) ?(?:former |founding |ancien |ancienne )?(?:{_OFFICE_EN}|{_OFFICE_FR})(?![^\W_])",
        rf"(?<![^\W_]){_LATIN},? (?:(?:who|qui|also|also,) )?(?:also )?{_ACTS}(?![^\W_])",
        rf"(?<![^\W_]){_LATIN},? (?:is|was|est|était|serait) (?:said to be |also )?(?:the |a |its |le |la |l['’]|son )?(?:sole |seul |main )?(?:{_OFFICE_EN}|{_OFFICE_FR}|propriétaire)(?![^\W_])",
        rf"(?<![^\W_])(?:owned|controlled|détenue?|possédée?|contrôlée?|operated) (?:by|par) {_LATIN}(?![^\W_])",
        rf"(?<![^\W_])(?:in the name of|on behalf of|belongs to|belonging to|au nom de|appartient à) {_LATIN}(?![^\W_])",
        rf"(?<![^\W_])(?:its|whose|the|their|son|sa|le|la) (?:[a-z]+ ){{1,3}}(?:is|est) {_LATIN}(?=[,.])",
        rf"(?<![^\W_]){_LATIN_TR}(?:['’](?:[ıiuü]n|n[ıiuü]n|a|e|ya|ye))? (?:ait|sahibi olduğu|yöneticisi olduğu|kurucusu olduğu|hakkında)(?![^\W_])",
        rf"(?<![^\W_]){_LATIN}, (?:[^,.\n]|\.(?! [A-Z])){{2,60}}? (?:genel |yönetim kurulu |eski |de |da )?(?:müdürü|başkanı|sahibi|yöneticisi|kurucusu|ortağı)(?:d[ıiuü]r|yd[ıiuü])?(?![^\W_])",
        rf"(?<![^\W_])(?:{_TITLE_RU}|{_OFFICE_RU})(?: [а-яё]{{2,20}})? {_CYRILLIC}(?![^\W_])",
        rf"(?<![^\W_])(?:принадлежит|принадлежащ\w{{2,3}}|на имя|является|владеет|возглавляет|руководит|управляет|основал) {_CYRILLIC}(?![^\W_])",
        rf"(?<![^\W_]){_CYRILLIC},? (?:котор\w{{2,3}} )?(?:также )?(?:принадлежит|владеет|возглавляет|руководит|управляет|основал|является|ему|ей|{_OFFICE_RU})(?![^\W_])",
    )
)
_ARABIC_WORD = r"[\u0620-\u06ff]{2,14}"
_HEBREW_WORD = r"[\u05d0-\u05ea]{2,12}(?:-[\u05d0-\u05ea]{2,12})?"
_AR_NAME = rf"(?P<name>{_ARABIC_WORD}(?: (?:بن|ابن|أبو|عبد|آل))? {_ARABIC_WORD})"
_HE_NAME = rf"(?P<name>{_HEBREW_WORD}(?: (?:בן|אבן|אל))? {_HEBREW_WORD})"
_START = r"(?:^|(?<=(?<![^\W_])ان )|(?<=(?<![^\W_])وان )|(?<=(?<![^\W_])זה )|(?<=[.\n:,\[\]«(] )|(?<=[.\n(]))"
_TITLE_AR = r"رجل الأعمال|سيدة الأعمال|التاجر|المدعو|السيد|السيدة|المواطن|المتهم|المشتبه به|الشيخ|الدكتور|المحامي|القاضي|الضابط|المحقق|هو صاحبها|اسمه|يدعى|المسمى|(?:ال)?مدير\w{0,2} (?:المالي|التنفيذي|العام)\w{0,2}(?: (?:للشركة|للمؤسسة|لها|هو))?|أمين الصندوق|مديرها|رئيسها|صاحبها|مدير الشركة|صاحب الشركة"
_OFFICE_AR = r"(?:ال)?(?:مدير|رئيس|صاحب|مالك|مؤسس|أمين صندوق|أمين الصندوق|نائب رئيس)\w{0,2}"
_OFFICE_FA = (
    r"(?:مدیر ?عامل|رئیس|صاحب|مالک|بنیان ?گذار|موسس|سهامدار|خزانه ?دار|عضو هیئت مدیره|مدیر مالی|مدیر)"
)
_OFFICE_HE = r"(?:מנכ\"ל\w{0,3}|יו\"ר|יושבת? ראש|מנהלת?|המנהל|גזבר\w?|הגזבר|הבעלים|בעלי|מייסד\w?)"
_FOLDED = tuple(
    re.compile(fold_pattern(pattern))
    for pattern in (
        rf"(?<![^\W_])[وفلب]?(?:{_TITLE_AR}) {_AR_NAME}(?![^\W_])",
        rf"(?<![^\W_])[وف]?[يت](?:دير|رأس|ترأس|ملك|متلك|قود)(?:ها)? {_AR_NAME}(?= (?:مجلس|شركة|مؤسسة|جمعية|بنك|مجموعة|هيئة|منظمة|لجنة)|،)",
        rf"(?<![^\W_]){_OFFICE_AR} [^,.\n]{{3,50}}, {_AR_NAME}(?=[,.])",
        rf"{_START}{_AR_NAME},? (?:هو |وهو |الذي )?(?:{_OFFICE_AR}|[يت](?:دير|ترأس|رأس|ملك|متلك))(?![^\W_])",
        rf"(?<![^\W_])[وف]?(?:صاحب|مالك|مدير|رئيس) [^,.\n]{{3,50}} (?:هو|هي|اسمه) {_AR_NAME}(?![^\W_])",
        rf"(?<![^\W_])(?:لصاحبها|لمالكها|يملكها|يديرها|يرأسها|تعود ملكيتها ل|مملوكة ل){_AR_NAME}(?![^\W_])",
        rf"(?<![^\W_])(?:آقای|خانم|جناب|متهم|بازرگان|تاجر|مدیرعامل آن،?|به نام) {_AR_NAME}(?![^\W_])",
        rf"{_START}{_AR_NAME},? (?:که )?{_OFFICE_FA}(?![^\W_])",
        rf"(?<![^\W_])(?:صاحب|مالک|مدیر ?عامل|رئیس) [^,.\n]{{3,50}}?(?: هم)? {_AR_NAME} ?(?=است)",
        rf"(?<![^\W_]){_OFFICE_FA} [^,.\n]{{3,50}}, {_AR_NAME}(?=[,. ])",
        rf"(?<![^\W_]){_OFFICE_HE} [^,.\n]{{2,50}}, {_HE_NAME}(?=[,. ])",
        rf"(?<![^\W_])[ולב]?(?:איש העסקים|אשת העסקים|מר|גב'|הנאשם|החשוד|הנאשמת|רב פקד|פקד|עו\"ד|השופט|הסוחר|הגזבר|המנהל) {_HE_NAME}(?![^\W_])",
        rf"{_START}{_HE_NAME},? (?:הוא |היא |שהוא )?{_OFFICE_HE}(?![^\W_])",
        rf"(?<![^\W_])(?:בבעלות\w{{0,2}}(?: של)?|בשליטת\w{{0,2}}(?: של)?|בניהול\w{{0,2}}(?: של)?|בראשות\w{{0,2}}(?: של)?|מנהלת?|מנוהלת? (?:בידי|על ידי)|עומדת? בראש\w{{0,2}}|בראש\w{{0,2}} עומדת?) {_HE_NAME}(?=[,. ])",
    )
)
_NO_NAME = frozenset(
    fold(
        "في من الى على عن ان انه انها هو هي كان كانت التي الذي قد لم لا ما مع او و اي هذا هذه ذلك تلك كل بعض اداره ادارة مجلس العام المالي التنفيذي اسمه سابق السابق كما اين آن این است را به با از در که هم نیز یک بود شد ردیف اول دوم سوم هیئت مدیره بانک حساب של את על כי הוא היא לא אשר גם לפי עם אל זה זו חברת עמותת קרן בנק ארגון תנועת גם שגם מחזיק מחזיקה ש"
    ).split()
)
_HEADS = frozenset(head for language in ("en", "fr", "tr") for head in HEADS[language])
_SEMITIC_HEADS = frozenset(head for language in ("ar", "fa", "he") for head in HEADS[language])


def find(reading: Reading) -> Iterator[Mentioned]:
    """Persons of a passage whose office the text tells; none whose name holds a word such as bank."""
    for pattern in _CASED:
        for match in pattern.finditer(reading.cased):
            if not _HEADS.intersection(fold(match["name"]).split()):
                yield Mentioned(*match.span("name"), "Person", "person", "name")
    for pattern in _FOLDED:
        for match in pattern.finditer(reading.text):
            words = match["name"].split()
            if not any(word in _NO_NAME or word in _SEMITIC_HEADS for word in words):
                yield Mentioned(*match.span("name"), "Person", "person", "name")
