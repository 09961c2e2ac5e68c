# ruff: noqa: RUF001, RUF002, E501  words of many scripts, a table's line a word or a cue
"""Names that the text itself marks: by a word such as bank, brigades, Vakfı, and by the capitals of their script.

Also who is spoken of without a name ("a company", "شركة"), which is worth a proposal of its own, and who is spoken
of once more ("the company"), which only relations use.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from qaif.evidence.extraction.gazetteer import Gazetteer
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.extraction.shape import Schema
from qaif.evidence.folding import fold

ID, VERSION = "names", "1"


class Mentioned(NamedTuple):
    """Somebody or something at one place, in offsets of the folded text.

    Args:
        lo: first folded character.
        hi: one past the last.
        schema: what sort.
        word: the class of its head word, such as `bank`; empty where none is known.
        how: `name`, `unnamed` ("a company"), `again` ("the company"), or `indicator` (an address, a site).
        entries: positions in the gazetteer.
        target: whether an authority could list it.
    """

    lo: int
    hi: int
    schema: Schema
    word: str
    how: str
    entries: tuple[int, ...] = ()
    target: bool = True


_HEADS = """
bank Company بنك مصرف|בנק|بانك|банк банка банке банку банком банком банки сбербанк кредитный|bank privatbank sparkasse|banque caisse banca|bankasi bankasina bankasinda
company Company شركه|חברת|شركت هلدينگ|компания компании компанию компанией фирма ооо зао оао ао|company|societe compagnie|ticaret sirketi sirketi sirketler
exchange Company بورصه منصه صرافه|בורסת זירת|صرافي|криптобиржа биржа биржи биржу бирже биржей обменник обменника|exchange|plateforme|borsasi
newspaper Company صحيفه جريده وكاله قناه موقع مجله|עיתון סוכנות אתר מגזין תחקיר|خبرگزاري روزنامه سايت وبسايت هفتهنامه ماهنامه خبرنامه مجله نشريه|газета газеты агентство агентства агентством телеканал издание издания портал портала порталу сайт сайта журнал журнала вестник|herald times post news gazette tribune review chronicle observer courier journal monitor daily telegraph newspaper dispatch mail bulletin star press|agence journal quotidien hebdomadaire gazette magazine revue site|ajansi gazetesi postasi dergisi sitesi haber
brigades Organization كتائب الويه لواء سرايا كتيبه سريه فرقه ميليشيا جيش فيلق فوج|גדודי גדוד פלוגות צבא חיל|گردان لشكر ارتش تيپ|бригада бригады бригад батальон батальона армия армии отряд отряда легион легиона дружина полк|brigades brigade army legion corps battalion militia guard guards regiment squad|brigades brigade armee legion bataillon milice garde phalange|tugaylari tugayi ordusu taburu birlikleri milisleri
movement Organization حركه جماعه تنظيم مجموعه فصيل رابطه اتحاد عصبه|תנועת ארגון קבוצת ליגת רשת ברית מחתרת|گروه جنبش سازمان اتحاديه شبكه جريان|группировка группировки группировке группировкой движение движения организация организации группа группы союз союза союзу лига лиги лигу сеть сети|front movement group organisation organization network league society union order circle resistance faction cell|mouvement groupe front reseau milice collectif ligue union organisation cellule|hareketi orgutu grubu birligi agi olusumu ligi
committees Organization لجان لجنه|ועדות ועדת|كميته|комитет комитета комитеты|committees committee|comite|komitesi
front Organization جبهه حزب ائتلاف|חזית מפלגת|جبهه حزب|фронт фронта партия партии|front party coalition alliance|parti branche alliance coalition|cephesi partisi partisi
charity Organization جمعيه مؤسسه موسسه صندوق مبره مبادره|קרן עמותת אגודת מיזם|بنياد موسسه خيريه انجمن صندوق خيريه كانون|ассоциация ассоциации ассоциацию фонд фонда фонду фондом благотворительный|foundation fund charity trust association relief aid appeal mission initiative|fondation association ong fonds secours oeuvre|vakfi dernegi girisimi platformu dernegi
institute Organization معهد مركز جامعه مكتب|מכון מרכז|موسسه مركز پژوهشگاه پژوهشكده انديشكده انستيتو|институт института центр центра университет лаборатория лаборатории|institute institut center centre university|institut centre observatoire service cabinet laboratoire cercle|enstitusu merkezi
authority PublicBody وزاره هيئه سلطه مجلس محكمه حكومه مديريه دائره نيابه جهاز مصلحه شرطه|משרד שר רשות ממשלת מועצת|وزارت دولت دادگاه شوراي قوه شوراي ديوان دادستاني|министерство министерства министерством суд суда комиссия правительство прокуратура служба служба совет совета советом минфин минюст мвд мид управление управления ведомство парламент парламента правительством прокуратурой министерству|ministry treasury council authority department commission government court office bureau agency secretary minister regulator senate parliament office tribunal inspectorate|ministere conseil tresor tribunal gouvernement senat parlement prefecture|hukumeti bakanligi mahkemesi kurulu kurumu hazinesi savciligi meclisi mustesarligi konseyi bakanliginin hukumetinin
state PublicBody جمهوريه مملكه دوله نظام اماره سلطنه|רפובליקת ממלכת נסיכות|جمهوري كشور پادشاهي امارت|республика республики королевство королевству княжество эмират|republic kingdom state confederation federation principality emirate sultanate commonwealth dominion|republique royaume confederation federation principaute emirat duche|cumhuriyeti kralligi devleti emirligi prensligi
firm Company holding|האחזקות|هلدينگ|холдинг концерн корпорация|ltd llc inc corp holding holdings plc gmbh limited llp ag co|sarl sas sasu eurl|a.s ltd holding sti
"""
_COLUMNS = ("ar", "he", "fa", "ru", "en", "fr", "tr")
_ARABIC_STOP = frozenset(
    fold(
        "من في على علي الي عن مع بعد قبل عند منذ خلال بين دون حتي لم لن لا ما قد كان كانت يكون تكون هو هي هم التي الذي الذين اللذين ان انه انها او ثم بل كما لكن لها له لهم لديها لديه يبدو تم ذلك هذا هذه تلك تحت باسم وهو وهي والتي والذي عبر ضد كل بعض غير حسب وفقا بسبب يزعم اي فهو ليس وقد قالت قال اعلنت اعلن ادرجت ادرج صنفت ذكرت افادت مرتبطه مرتبط رقم حساب علي عليه عليها ايضا سابقا للحصول لطلب تستخدم تملك كانوا التابع التابعه است اين را در از به با كه آن او شد كرد دارد نمي مي حسابي مالك ارتباط نيز تروريستي العائده العائد المملوكه المملوك المسجله المسجل المعروفه المعروف الملقبه الملقب المسماه المسمي المرتبطه المرتبط المتهمه المتهم المدرجه المدرج المصنفه المصنف المحظوره المحظور الكائنه الكائن الواقعه المذكوره المذكور بود شده اعلام يك هم هر نيز ظرف طي تحت حدود جمع گرفته داده كرده اند بر براي تا پس پيش توسط سوي طرف نزد بدون درباره معروف موسوم وابسته متعلق زيرمجموعه مديرعامل رئيس صاحب هنوز هرگونه اما ولي ديگر بوده باشد شاخه متهم سال حساب كمك رد اينكه چي ها اونم"
    ).split()
)
_UNNAMED_AFTER = frozenset(
    fold(
        "مسلحه مسلح محليه محلي وهميه مجهوله مجهول اخري اخر كبيره كبير صغيره ماليه مالي ارهابيه خيريه دوليه تجاريه خاصه يزعم تم لم غير معروفه تعمل تقوم تدعي استخبارات يمتلكها"
    ).split()
)
_HEBREW_STOP = frozenset(
    fold(
        'הכריז הכריזה קשורה קשור אינו אינה לא הוא היא של על את כי אשר או גם לפי כארגון הודיע הודיעה קיבל קיבלה זה זו זאת הנ"ל מכחישה מסרה טוען טוענת מיום ביום מספר צד הגיע לרשימת לרשימה ברשימת ברשימה לפי הכניס הכניסה מוכר מוכרת מחזיק מחזיקה עם אל מן בין היה הייתה טרור הוגדר הוגדרה הוכרז הוכרזה הוכנס הוכנסה הוצא הוצאה הוספה הודתה הודה המגייסת הפועלת הפועל הידועה הידוע המכונה המוכרת יש אין לפיו לפיה גייסה גייס אספה אסף קיבלו פרסמה פרסם העבירה העביר לבין ואילו אך אבל אלא'
    ).split()
)
_HEBREW_AGAIN: dict[str, tuple[str, Schema]] = {
    **dict.fromkeys(("עמותה", "קרנ"), ("charity", "Organization")),
    **dict.fromkeys(("קבוצה", "תנועה"), ("movement", "Organization")),
    "חברה": ("company", "Company"),
    "בנק": ("bank", "Company"),
}
_ADJECTIVE = re.compile(r"(?:و?ال|لل)[\u0620-\u064a]{2,}")
_TOKEN = re.compile(r"[^\W_]+(?:['\"][^\W_]+)*")
_GLUE = frozenset(("الدين", "الله", "الرحمن", "الاسلام", "الحق", "العزيز"))
_PREFIX = re.compile(r"(?:و|ف)?(?:بال|كال|لل|ال|ب|ل|ك)?")
_MOST_WORDS = 7
_WHOSE = frozenset(("sirketin", "vakfin", "bankanin", "company's", "bank's", "group's"))
_TREASURER = ("امين",)  # of a fund that is no body: a treasurer
_OF_HEBREW = "של"
_LTD_HEBREW = 'בע"מ'


def _columns() -> dict[str, dict[str, tuple[str, Schema]]]:
    table: dict[str, dict[str, tuple[str, Schema]]] = {name: {} for name in _COLUMNS}
    for line in _HEADS.strip().splitlines():
        word, schema, rest = line.split(" ", 2)
        for language, words in zip(_COLUMNS, rest.split("|"), strict=False):
            for head in words.split():
                table[language].setdefault(fold(head), (word, schema))  # type: ignore[arg-type]
    return table


HEADS = _columns()
_LATIN_HEADS = {**HEADS["en"], **HEADS["fr"], **HEADS["tr"]}
_CAPITALS = re.compile(
    r"(?<![^\W_])[A-ZÀ-ÞĀ-ŽİŞĞ][\w&]*(?:['’](?!\w{1,4}\b)\w+)?(?:[-.][\w&]+)*"
    r"(?:(?: of the | of | and | for | de la | de | du | des | al-| el-| ve | )(?:[A-ZÀ-ÞĀ-ŽİŞĞ][\w&]*(?:[-.][\w&]+)*)){0,7}"
)
_RUSSIAN_ENDING = re.compile("(?:ами|ями|ов|ом|ем|еи|ои|[аеиоуыюяь])$")
_RUSSIAN_STEMS = {_RUSSIAN_ENDING.sub("", head): sort for head, sort in HEADS["ru"].items() if len(head) > 3}  # noqa: PLR2004  a stem of two letters is none
_RUSSIAN_HEAD = "|".join(sorted(_RUSSIAN_STEMS, key=len, reverse=True)).replace("и", "[ий]")
_CYRILLIC_NAME = re.compile(
    rf"(?<![^\W_])(?P<head>(?i:(?P<stem>{_RUSSIAN_HEAD}))[а-яё]{{0,3}})(?P<between>(?: [а-яё]{{4,}}(?:ых|их|ов|ий|ей|ия|ии|ого|ой|сти|ики|ства|тва|ел|ны))?) "
    rf"(?P<name>[«\"“][^«»\"”\n]{{2,50}}[»\"”]|(?!(?i:{_RUSSIAN_HEAD})[а-яё]{{0,3}} [А-ЯЁ])[А-ЯЁ][а-яё-]+(?: [А-ЯЁ][а-яё-]+){{0,3}})"
)


def find(reading: Reading, gazetteer: Gazetteer, others: Iterable[Mentioned] = ()) -> list[Mentioned]:
    """Names, the unnamed and the spoken-of-again of a passage with `others` found, in its order, none overlapping."""
    found = [
        _of_hit(hit.lo, hit.hi, hit.entries, gazetteer) for hit in gazetteer.find(reading.text, reading.cased)
    ]
    found += [*_by_head_first(reading), *_by_capitals(reading), *_cyrillic(reading), *others]
    return settled([*_cut_at_hits(found, reading.text)])


def _of_hit(lo: int, hi: int, entries: tuple[int, ...], gazetteer: Gazetteer) -> Mentioned:
    schema = gazetteer.schema(entries[0])
    target = all(gazetteer.is_target(position) for position in entries)
    entity_id = gazetteer.entries[entries[0]].entity_id
    word = (
        "place"
        if entity_id.startswith("place:")
        else "state"
        if schema == "Country"
        else "bank"
        if "bank" in entity_id
        else ""
    )
    return Mentioned(lo, hi, schema, word, "name", entries, target)


def settled(found: list[Mentioned]) -> list[Mentioned]:
    """The longer of two that overlap, and what the longer one may be by the shorter one's entries."""
    kept: list[Mentioned] = []
    for mention in sorted(found, key=lambda m: (m.lo, -m.hi)):
        if kept and mention.lo < kept[-1].hi:
            before = kept[-1]
            if _better(mention, before):
                kept[-1] = mention
            continue
        kept.append(mention)
    return kept


def beside(kept: list[Mentioned], others: Iterable[Mentioned]) -> list[Mentioned]:
    """Those kept with the others that overlap no name of them, in the order of the passage."""
    named = [mention for mention in kept if mention.how == "name"]
    starts = [mention.lo for mention in named]
    free = []
    for mention in others:
        at = bisect_left(starts, mention.hi)
        if not at or named[at - 1].hi <= mention.lo:
            free.append(mention)
    return settled([*kept, *free])


def _better(new: Mentioned, old: Mentioned) -> bool:
    if (new.how == "name") != (old.how == "name"):
        return new.how == "name"
    return new.hi - new.lo > old.hi - old.lo


def _cut_at_hits(found: list[Mentioned], text: str) -> Iterator[Mentioned]:
    """In Arabic and Hebrew letters a name that begins as a known one ends as it does, but for one adjective."""
    known = {mention.lo: mention for mention in found if mention.entries}
    for mention in found:
        hit = known.get(mention.lo)
        if hit and not mention.entries and text[mention.lo] > "\u0590" and mention.hi > hit.hi:
            rest = text[hit.hi : mention.hi].split()
            if len(rest) > 1 or not _ADJECTIVE.fullmatch(rest[0]):
                continue
        yield mention


def _by_head_first(reading: Reading) -> Iterator[Mentioned]:
    """Arabic, Persian and Hebrew: the head word, then words that belong to it."""
    words = [(match[0], *match.span()) for match in _TOKEN.finditer(reading.text)]
    for at, (word, lo, _) in enumerate(words):
        first = word[0]
        if "\u0620" <= first <= "\u06ff":
            language = "fa" if reading.language(lo) == "fa" else "ar"
        elif "\u05d0" <= first <= "\u05ea":
            language = "he"
        else:
            continue
        if (head := _head(word, language)) and not (head[1] == "charity" and words[at - 1][0] in _TREASURER):
            yield from _from_head(reading, words[at : at + _MOST_WORDS], head, language)


def _head(word: str, language: str) -> tuple[str, str, Schema] | None:
    """The prefix, class and schema of a head word; nothing if the word is none."""
    heads = HEADS[language]
    if language == "he":
        for n in (0, 1, 2):
            if word[n:] in heads and all(letter in "הבלמוכש" for letter in word[:n]):
                return word[:n], *heads[word[n:]]
        bare = word.lstrip("הבלמוכש")
        again = _HEBREW_AGAIN.get(bare)
        return ("ה", *again) if again else None
    prefix = _PREFIX.match(word)
    cut = prefix.end() if prefix and language == "ar" else 0
    for n in dict.fromkeys((0, cut, 1)):
        if word[n:] in heads and (n == 0 or (language == "ar" and (n == cut or word[0] in "وفبلك"))):
            return word[:n], *heads[word[n:]]
    return None


def _from_head(
    reading: Reading, words: list[tuple[str, int, int]], head: tuple[str, str, Schema], language: str
) -> Iterator[Mentioned]:
    prefix, kind, schema = head
    if language == "he" and prefix.startswith("כ"):
        return  # "as an organisation"
    _, start, end = words[0]
    lo = start + (
        len(prefix) - 2
        if prefix.endswith("ال")
        else len(prefix)
        if language == "ar" or prefix in ("ב", "ל", "מ", "ו", "כ")
        else 0
    )
    taken = _taken(reading, words, language)
    definite = prefix.endswith(("ال", "لل")) or (language == "he" and prefix.endswith("ה"))
    if language != "he" and definite and not (taken and _ADJECTIVE.fullmatch(words[1][0])):
        yield Mentioned(lo, end, schema, kind, "again")
    elif not taken or (language == "he" and definite):
        how = "again" if definite or _this_before(reading, lo, language) else "unnamed"
        if how == "unnamed" and len(words) > 1 and words[1][0] in ("من", "از"):
            return
        yield Mentioned(lo, end, schema, kind, how)
    elif language != "he" and words[1][0] in _UNNAMED_AFTER:
        yield Mentioned(lo, words[1][2] if words[1][0].endswith("ه") else end, schema, kind, "unnamed")
    elif definite and taken == 1 and kind in ("authority", "institute") and language == "ar":
        yield Mentioned(lo, words[1][2], schema, kind, "name")
    else:
        yield Mentioned(lo, words[taken][2], schema, kind, "name")


def _this_before(reading: Reading, lo: int, language: str) -> bool:
    return language == "fa" and bool(re.search(r"(?:اين|آن|ان)\s$", reading.text[max(0, lo - 5) : lo]))


def _taken(reading: Reading, words: list[tuple[str, int, int]], language: str) -> int:
    """How many words after a head belong to its name."""
    text, taken, definite = reading.text, 0, False
    for at in range(1, len(words)):
        word, lo, hi = words[at]
        between = text[words[at - 1][2] : lo]
        of = language == "he" and word == _OF_HEBREW
        if between not in (" ", " '", ' "') or word[0].isdigit() or not (of or _fits(word, language)):
            break
        if of:
            continue
        if '"' in between:
            return at if text[hi : hi + 1] == '"' else taken
        following = words[at + 1][0] if at + 1 < len(words) else ""
        if _ends_before(words, at, language, definite=definite):
            break
        if language == "fa" and at > 2 and not _closed_by(text, hi, following):  # noqa: PLR2004  a longer name ends plainly
            break
        definite = definite or word.startswith("ال")
        taken = at
    return taken


def _ends_before(words: list[tuple[str, int, int]], at: int, language: str, *, definite: bool) -> bool:
    """Whether a name ends before one of the words after its head."""
    word, first = words[at][0], words[0][0]
    if language == "he":
        return at > 1 and not (word[0] in "הל" or word == _LTD_HEBREW or words[at - 1][0] == _OF_HEBREW)
    if language == "fa":
        return word in HEADS["fa"] and not (_public(first) and HEADS["fa"][word][0] == "state")
    following = words[at + 1][0] if at + 1 < len(words) else ""
    another = _starts_another(word, at, first)
    return another or (at > 1 and not _goes_on(word, following, at, definite=definite))


def _public(word: str) -> bool:
    known = HEADS["fa"].get(word)
    return known is not None and known[1] == "PublicBody"


def _closed_by(text: str, hi: int, following: str) -> bool:
    """Whether a Persian name ends here for sure: at a mark, or at a word that belongs to no name."""
    return text[hi : hi + 1] != " " or not following or following in _ARABIC_STOP or following in HEADS["fa"]


def _starts_another(word: str, at: int, first: str) -> bool:
    """Whether a definite head word begins the next name: "the institute the government"."""
    begins = word.startswith("ال") and word[2:] in HEADS["ar"]
    return begins and (at > 1 or first.startswith(("ال", "وال", "بال", "لل")))


def _goes_on(word: str, following: str, at: int, *, definite: bool) -> bool:
    """Whether an Arabic word beyond the second belongs to the name before it."""
    if _ADJECTIVE.fullmatch(word) or following in _GLUE:
        return True
    if not following.startswith("ال"):
        return False
    return (not definite and at < 4) or (definite and word.startswith("ل"))  # noqa: PLR2004  a chain of genitives


def _fits(word: str, language: str) -> bool:
    if language == "he":
        return word not in _HEBREW_STOP and "\u05d0" <= word[0] <= "\u05ea"
    if not "\u0620" <= word[0] <= "\u06ff" or word in _ARABIC_STOP:
        return False
    return not (word[0] == "ي" and language == "ar" and len(word) > 3)  # noqa: PLR2004  a verb, mostly


_LOWER_HEAD = re.compile(
    r"(?<![^\W_])(?P<head>soci[eé]t[eé]|banque|fondation|association|groupe|agence|institut|mouvement|r[eé]seau|brigade|front|milice|collectif|fonds|ong|journal|quotidien|observatoire|service(?: d['’][a-zà-ÿ]+)?|company|firm|charity|exchange|bank|group|network|movement|newspaper)"
    r" [«\"“]?(?P<name>[A-ZÀ-ÞĀ-Ž][\w&-]+(?: [A-ZÀ-ÞĀ-Ž][\w&-]+){0,3})"
)
_LOWER_OF = re.compile(
    r"(?<![^\W_])(?P<head>government|ministry|treasury|central bank|authorities|parliament|gouvernement|minist[eè]re|tribunal|banque centrale)"
    r" (?:of the |of |de la |du |de |d['’])[A-ZÀ-ÞĀ-Ž]\w+(?: [A-ZÀ-ÞĀ-Ž]\w+){0,3}"
)


def _by_capitals(reading: Reading) -> Iterator[Mentioned]:
    """Latin: words in capitals of which one is a head word; without one it is no name here."""
    for match in _CAPITALS.finditer(reading.cased):
        lo, hi = match.span()
        folded = reading.text[lo:hi]
        tokens = _TOKEN.findall(folded.replace("a.s", "a.s."))
        heads = [(*_LATIN_HEADS[t], t) for t in tokens if t in _LATIN_HEADS]
        firm = re.search(r"\ba\.s$", folded)
        if firm:
            heads.append(("company", "Company", "a.s"))
        if folded.startswith("the "):
            lo += 4
        if tokens and tokens[0] in _WHOSE and len(tokens) > 2:  # noqa: PLR2004  "the company's" before a name
            lo += len(folded) - len(folded.partition(" ")[2])
            tokens = tokens[1:]
        if not heads or len(tokens) < 2 + folded.startswith("the "):
            if heads and folded.startswith("the "):
                yield Mentioned(match.start(), hi, heads[-1][1], heads[-1][0], "again")
            continue
        kind, schema, _ = (
            heads[-1] if tokens[0] not in ("republic", "government", "ministry", "council") else heads[0]
        )
        hi += 1 if firm and reading.text[hi : hi + 1] == "." else 0
        yield Mentioned(lo, hi, schema, kind, "name")
    yield from _small_heads(reading)


def _small_heads(reading: Reading) -> Iterator[Mentioned]:
    """Latin: a head word in small letters before a name in capitals."""
    for match in _LOWER_HEAD.finditer(reading.cased):
        head = reading.text[match.start("head") : match.end("head")].partition(" ")[0]
        if head in _LATIN_HEADS or head in ("firm", "institut", "agence"):
            kind, schema = _LATIN_HEADS.get(head, ("company", "Company"))
            yield Mentioned(*match.span(), schema, kind, "name")
    for match in _LOWER_OF.finditer(reading.cased):
        yield Mentioned(*match.span(), "PublicBody", "authority", "name")


def _cyrillic(reading: Reading) -> Iterator[Mentioned]:
    """Russian: a head word, perhaps a word in the genitive, then a name in capitals or in quotation marks."""
    for match in _CYRILLIC_NAME.finditer(reading.cased):
        kind, schema = _RUSSIAN_STEMS[reading.text[match.start("stem") : match.end("stem")]]
        yield Mentioned(*match.span(), schema, kind, "name")
