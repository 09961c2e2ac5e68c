# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Relations by who stands nearest in the clause, where no cue of `cues.py` has its ends in their places.

A cue says on which sides its ends are sought and in which order; the object is settled first. What the others found
in the same sentence stays, and nothing is added beside it for the same end.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from qaif.evidence.extraction import listing
from qaif.evidence.extraction.cues import ALLEGED, IN_NAME_OF
from qaif.evidence.extraction.entities import Mentioned
from qaif.evidence.extraction.reading import Reading
from qaif.evidence.extraction.relations import MOST_CUES, Draft, Names
from qaif.evidence.extraction.shape import Status
from qaif.evidence.folding import fold_pattern

_NEAR = 120
_ADJACENT = 4
_REACH_BACK = 900
_BEFORE = 34
_AFTER_VERB = 70
_RIGHT_BEHIND = 8
_NOTE = ("the sentence names no subject; the one of the sentences before was taken",)
_LISTINGS = ("designated by", "not designated by", "declared illegal by")
_TIES = ("linked to", "military wing of", "part of", "controlled by", "owned by", "alias")
_ACCOUNT = r"(?<!\w)(?:accounts?|a/c|(?:ال)?حساب(?:ا|ات|ها|ه)?|حسابي|ל?ו?ב?ה?חשבונ(?:ות|ו|ה)?|счет(?:а|у|е|ом|ов)?|comptes?|hesa[bp]\w{0,8})(?!\w)|(?<!\w)banks with(?!\w)|(?<!\w)(?:clients? of|customers? of|clients? d[eu]|cliente d[eu]|клиент\w*|عميل\w?|לקוחה?|musterisi)(?!\w)"

_TABLE = rf"""
account at ; who < ^ ; bank > < ; ; {_ACCOUNT}
director of ; org = ^ ; person = ; ; (?<!\w)(?:directors?|chief executive|ceo|cfo|chairman|chairwoman|chair|president|treasurer|manager|head|founder|founded|co-founded|set up|trustee|secretary|chairs|heads|leads|runs|manages|directs|presides over|directeur|directrice|presidente?|gerante?|tresoriere?|dirigeante?|fondat\w+|fonde|a fonde|preside|dirige|gere|administre)(?!\w)
director of ; org = ^ ; person = ; ; (?<!\w)(?:ген\w* ?)?директор\w{{0,3}}(?!\w)|(?<!\w)(?:руководит|председател|управля|возглавля|казначе|учредител|учредил|основател|основал)\w*|(?<!\w)глав[аыуе](?!\w)
director of ; org = ^ ; person = ; ; (?<!\w)[وف]?(?:ال)?(?:مدير|رئيس|امين صندوق|مؤسس|مدير عام)(?:ها|ه|هم)?(?!\w)|(?<!\w)[وف]?[يت](?:دير|راس|تراس|قود|شرف علي)(?!\w)|مدير ?عامل|رئيس هيئت مديره|رئيس|بنيان ?گذار
director of ; org = ^ ; person = ; ; (?<!\w)ו?ה?(?:מנכ"ל\w{{0,3}}|יו"ר|יושבת? ראש|מנהלת?|גזבר\w?|ראש|מייסד\w?)(?!\w)|(?<!\w)(?:genel mudur|mudur|baskan|sayman|ortag|kasadar|yonetici|kurucu|direktor|yonetim kurulu baskan)(?:u|i|si|usu|isi)?(?:dur|dir|udur|idir|sidir|suydu|ydu)?(?!\w)
owned by ; company = ^ ; person = ; ; (?<!\w)(?:owns|owned by|owner|sole owner|belongs to|belonging to|possede|detient|detenue? par|proprietaire|appartient|appartenant)(?!\w)|(?<!\w)(?:владе[елт]\w*|собственник\w*|принадлежит|принадлежащ\w+)(?!\w)
owned by ; company = ^ ; person = ; ; (?<!\w)[وف]?(?:صاحب|مالك|[يت]ملك|[يت]متلك|لصاحبها|مملوكه ل|يملكها|تعود ملكيتها ل)(?!\w)|(?<!\w)ה?(?:בעלימ|בבעלות\w{{0,2}}|בעלת)(?!\w)|(?<!\w)(?:sahibi|sahip|ait|sahibidir|sahibi oldugu)(?!\w)|(?:متعلق به|صاحب|مالك|در مالكيت)(?!\w)
owned by ; org < ^ ; org > ; ; (?<!\w)(?:subsidiary|unit|division|part|arm) of|(?<!\w)belongs? to|(?<!\w)(?:elle-meme |lui-meme )?controlee? par|(?<!\w)appartient (?:a|au)(?!\w)|(?<!\w)filiale (?:de|du|d')|(?<!\w)(?:входит в|дочерн\w+ (?:компани\w|структур\w|обществ\w|фирм\w)|принадлежит)(?!\w)|(?<!\w)(?:שייכת ל|חברה? בת של|חברת בת של|חלק מ)|زيرمجموعه|(?<!\w)(?:(?:ال)?تابعه ل|(?:ال)?مملوكه ل|(?:ال)?عائده ل|شركه تابعه)|(?<!\w)تعود (?:ملكيتها )?ل
owned by ; org < ; org < ; ; (?<!\w)(?:istirak|bagli ortaklig|yan kurulus|bagli kurulus)\w*|(?<!\w)bunyesinde(?!\w)
controlled by ; org < ^ ; owner > ; ; (?<!\w)(?:controlled by|controlee? par|подконтрол\w+|контролируем\w+|בשליטת|خاضعه لسيطره|تحت سيطره|تحت كنترل)
linked to ; org < ^ ; org > ; ; (?<!\w)(?:front for|cover for|(?:acts?|acting|works?|working|raised|raising|collects?|collecting|money|funds) (?:\w+ ){{0,2}}(?:for|on behalf of)|on behalf of|(?:charity|fundraising|financial|finance|financing|political|charitable|media) (?:arm|wing|branch) of|(?:sends?|sent|transfers?|transferred|funnels?|funneled|channels?|channelled|passes|passed) (?:\w+ ){0, 2}(?:money|funds|donations|cash|coins) to|funds|funded|funding|finances|financed|financing|bankrolls|loyal to|answers to|close to|affiliate of|allied with)(?!\w)
linked to ; org < ^ ; org > ; ; (?<!\w)(?:(?:verse|transfere|envoie|achemine|reverse)\w{0, 4} (?:\w+ ){0, 2}(?:fonds|argent|sommes|dons) (?:a|au)|destinee?s? (?:a|au)|vitrine|facade|paravent|ecran|bras financier|branche financiere|relais|proche|financer?|financait|financerait|finance|financement|pour le compte|faux nez|couverture|soutenir|soutient|au service) ?(?:de|du|d'|des|l')?(?!\w)
linked to ; org < ^ ; org > ; ; (?<!\w)(?:финансир\w+|(?:собира|переводи|перечисля|отправля|передава)\w+ (?:\w+ ){0, 2}(?:деньги|средства) (?:для|на)?|прикрыти\w+|ширм\w+|(?:финансов|политическ)\w+ крыл\w+|крыл\w+|сто[ия]т|действ\w+ от имени|аффилирован\w+|близ\w+ к|спонсир\w+|в интересах)(?!\w)
linked to ; org < ^ ; org > ; ; (?<!\w)[وف]?(?:واجهه|(?:ال)?ذراع (?:ال)?(?:مالي|سياسي|خيري)\w?|(?:ال)?جناح (?:ال)?(?:مالي|سياسي)|[يت]مول|بتمويل|تمويل|لتمويل|موال\w{{0,2}}|لحساب|لصالح|مقرب\w? من|تعمل باسم|ترتبط|علي صله|(?:جمع|[يت]جمع|ارسل|حول|[يت]حول|[يت]رسل)(?:ت|ون)? (?:ال)?(?:اموال|تبرعات)(?:ا)? (?:ل|الي)|محسوبه علي|غطاء)(?!\w)
linked to ; org < ^ ; org > ; ; (?<!\w)ש?ו?ה?(?:פועל\w? מטעמ|פועל\w? עבור|מממנ\w?|מימנ\w?|למימונ|מעביר\w? כספימ|העביר\w? כספימ|מזוהה|מזוהית|מקורב\w?|מסונפ\w?|זרוע|חזית של|כסות|משמש\w? כסות|קשור\w?|שייכ\w?)(?!\w)
linked to ; org < ^ ; org > ; ; (?:شاخه|بازوي) (?:مالي|سياسي)|پوشش(?:ي)? براي|وابسته به|نزديك به|تامين مالي|پوششي براي|پوشش
linked to ; org < ^ ; org < ; ; (?<!\w)(?:iliskili|baglantili|irtibatli|iltisakli)\w*|(?<!\w)(?:paravan|uzanti|kolu|cephe orgutu)\w*|(?<!\w)para (?:gonder|aktar|yolla|toplu)\w+|(?<!\w)(?:finanse et|fon sagla|adina hareket et|adina calis|adina topla|yardim et|destekle)\w+
military wing of ; org < ^ ; org > ; ; (?:military|armed) (?:wing|arm|branch) of|(?:bras|branche|aile) armee? (?:de|du|d')|(?:боевое|военное|вооруженное) крыл\w|(?<!\w)(?:ال)?(?:جناح|ذراع) (?:ال)?(?:عسكري|مسلح)|ה?זרוע ה?(?:צבאית|חמושה)|(?:شاخه|بازوي) (?:نظامي|مسلح)
military wing of ; org < ^ ; org < ; ; silahli (?:kanad|kolu|kanat)\w*|askeri (?:kanad|kolu|kanat)\w*
"""
_ACCOUNT_NEAR = re.compile(fold_pattern(_ACCOUNT))
_WHOSE = re.compile(
    fold_pattern(
        r"(?<!\w)(?:its|whose|their|son|sa|leur|его|ее|их|там|şirketin|derneğin|vakfın) ?(?:\w+ )?\Z"
    )
)
_APPOSED = re.compile(
    fold_pattern(
        r"'?\w{0,4}, (?:itself |elle-meme |lui-meme |elle |qui est )?(?:an? |the |une? |filiale|propriete|detenue?|controlee?|owned|controlled|part of|subsidiary|дочерн|וחברת|חברת|وهي|التابعه|العائده)[^,.;:\n]{0,50} "
    )
)
_CLOSED = re.compile(
    fold_pattern(
        r"(?<!\w)(?:no(?!\.? ?\d|\.)|not|never|none|neither|nor|without|нет|не|ни|никак\w+|без|לא|אינ|אינה|אינו|איננו|שומ|בלי|لا|ليس|ليست|لم|لن|اي|نفي|نفت|[يت]نفي|هيچ|هرگونه|رد كرد|aucune?|pas|jamais|sans|ne|n'|degil|yok|hicbir|bulunamamis\w*|reddet\w+|denie[ds]|denies|deny|rejects?|rejected|отриц\w+|отверг\w+|הכחיש\w?|מכחיש\w?)(?!\w)"
    )
)


class _Cue(NamedTuple):
    """One cue: its role, words, and for each end the kind and the sides in the order they are tried."""

    role: str
    words: re.Pattern[str]
    subject: tuple[str, ...]
    object: tuple[str, ...]


def _cues() -> tuple[_Cue, ...]:
    found = []
    for line in _TABLE.strip().splitlines():
        role, subject, object_, _, words = (part.strip() for part in re.split(r"\s;(?=\s)", line, maxsplit=4))
        ends = tuple(subject.split()), tuple(object_.split())
        found.append(_Cue(role, re.compile(fold_pattern(words)), *ends))
    return tuple(found)


_CUES = _cues()
_ORGS = ("Organization", "Company", "LegalEntity")


def _is(mention: Mentioned, kind: str) -> bool:
    """Whether a mention can be an end of a kind; of those spoken of once more only bodies that are no authority."""
    if mention.word == "place" or mention.how not in ("name", "again"):
        return False
    public = mention.schema in ("PublicBody", "Country")
    org = mention.schema in _ORGS and mention.word not in ("newspaper", "institute")
    return {
        "body": public and mention.how == "name",
        "listed": org,
        "bank": mention.word == "bank" and mention.how == "name",
        "who": (org and mention.word != "bank") or mention.schema == "Person",
        "person": mention.schema == "Person" or (mention.schema == "LegalEntity" and not mention.word),
        "org": org and mention.word != "bank",
        "company": org and mention.word != "bank",
        "owner": mention.schema == "Person" or (org and mention.how == "name"),
    }[kind]


def _gap(mention: Mentioned, lo: int, hi: int) -> int:
    return mention.lo - hi if mention.lo >= hi else lo - mention.hi


class _Place(NamedTuple):
    """Where a cue stands.

    Args:
        here: the mentions of its sentence.
        bounds: where its sentence begins and ends.
        span: where it begins and ends.
    """

    here: Sequence[Mentioned]
    bounds: tuple[int, int]
    span: tuple[int, int]


class _Clauses:
    """What is known of one passage while its sentences are gone through."""

    def __init__(
        self, reading: Reading, mentions: Sequence[Mentioned], named: Names, drafts: Sequence[Draft]
    ) -> None:
        self._reading = reading
        self._all = mentions
        self._starts = [mention.lo for mention in mentions]
        self._named = named
        self._bounds = reading.sentences
        self._firsts = [lo for lo, _ in self._bounds]
        self._known: dict[int, list[Draft]] = {}
        for draft in drafts:
            self._known.setdefault(self._at(draft.lo), []).append(draft)
        self._listed: Mentioned | None = None
        self._of_lists: bool | None = None  # of the sentence at hand; None before somebody asked

    def _at(self, place: int) -> int:
        return bisect_right(self._firsts, place) - 1

    def _within(self, lo: int, hi: int) -> Sequence[Mentioned]:
        return self._all[bisect_left(self._starts, lo) : bisect_left(self._starts, hi)]

    def find(self) -> Iterator[Draft]:
        """Relations, sentence by sentence."""
        text = self._reading.text
        hits: dict[int, list[tuple[int, int, int]]] = {}
        patterns = [*(verb.words for verb in listing.VERBS), *(cue.words for cue in _CUES)]
        for which, pattern in enumerate(patterns):
            for match in pattern.finditer(text):
                hits.setdefault(self._at(match.start()), []).append((*match.span(), which))
        for at, (lo, hi) in enumerate(self._bounds):
            here = self._within(lo, hi)
            known = self._known.get(at, [])
            self._of_lists = None
            for start, end, which in sorted(hits.get(at, []))[:MOST_CUES]:
                draft = self._one(_Place(here, (lo, hi), (start, end)), which)
                if draft and not self._said(draft, known):
                    known.append(draft)
                    yield draft
            self._listed = next((d.subject for d in known if d.role == "designated by"), self._listed)

    def _one(self, place: _Place, which: int) -> Draft | None:
        if which < len(listing.VERBS):
            return self._listing(place, listing.VERBS[which])
        return self._clause(place, _CUES[which - len(listing.VERBS)])

    def _said(self, draft: Draft, known: Sequence[Draft]) -> bool:
        """Whether the sentence has it already, or its object has another subject in the same role."""
        ends = {draft.subject[:2], draft.object[:2]}
        for one in known:
            if one.role in _LISTINGS and draft.role in _LISTINGS and one.object[:2] == draft.object[:2]:
                return True
            meant = draft.stands_for[0] or draft.subject
            if self._same(meant, draft.stands_for[1] or draft.object):
                return True
            if one.role == draft.role == "account at" and one.object[:2] == draft.object[:2]:
                return True
            if one.role in _TIES and draft.role in _TIES and ends == {one.subject[:2], one.object[:2]}:
                return True
            if one.role == draft.role and (
                one.subject[:2] == draft.subject[:2] or ends == {one.subject[:2], one.object[:2]}
            ):
                return True
        return False

    def _same(self, one: Mentioned, other: Mentioned) -> bool:
        text = self._reading.text
        return text[one.lo : one.hi] == text[other.lo : other.hi]

    def _near(
        self, here: Sequence[Mentioned], kind: str, side: str, span: tuple[int, int], no: Mentioned | None
    ) -> Mentioned | None:
        lo, hi = span
        fitting = [
            m for m in here if _is(m, kind) and (not no or m[:2] != no[:2]) and (m.hi <= lo or m.lo >= hi)
        ]
        if side == "<":
            fitting = [m for m in fitting if m.hi <= lo]
        elif side == ">":
            fitting = [m for m in fitting if m.lo >= hi]
        near = sorted((m for m in fitting if _gap(m, lo, hi) <= _NEAR), key=lambda m: _gap(m, lo, hi))
        if side == "<" and len(near) > 1 and self._apposed(near[1], near[0]):
            return near[1]
        return near[0] if near else None

    def _apposed(self, one: Mentioned, other: Mentioned) -> bool:
        """Of "A, a subsidiary of B, has": B stands between commas that belong to A."""
        text = self._reading.text
        return text[other.hi : other.hi + 1] == "," and bool(_APPOSED.fullmatch(text, one.hi, other.lo))

    def _earlier(self, before: int, no: Mentioned | None = None) -> Mentioned | None:
        """The last body before that somebody could list, named."""
        at = bisect_left(self._starts, before) - 1
        while at >= 0 and before - self._all[at].lo < _REACH_BACK:
            one = self._all[at]
            if one.how == "name" and _is(one, "org") and (not no or one[:2] != no[:2]):
                return one
            at -= 1
        return None

    def _end(
        self,
        here: Sequence[Mentioned],
        wanted: tuple[str, ...],
        span: tuple[int, int],
        no: Mentioned | None = None,
    ) -> tuple[Mentioned | None, tuple[str, ...]]:
        kind, *sides = wanted
        for side in sides:
            if side == "^":
                return self._earlier(span[0], no), _NOTE
            if side == "first":
                if found := next((m for m in here if m.hi <= span[0] and m.word and _is(m, kind)), None):
                    return found, ()
                continue
            if found := self._near(here, kind, side, span, no):
                return found, ()
        return None, ()

    def _clause(self, place: _Place, cue: _Cue) -> Draft | None:
        text, (here, bounds, span) = self._reading.text, place
        if _CLOSED.search(text, max(bounds[0], span[0] - _BEFORE), min(bounds[1], span[1] + _BEFORE)):
            return None
        object_, _ = self._end(here, cue.object, span)
        if object_ is None:
            return None
        if cue.role == "account at":
            return self._account(place, object_)
        if cue.role == "owned by" and _ACCOUNT_NEAR.search(text, span[1], min(bounds[1], span[1] + _BEFORE)):
            return None  # who "possède un compte" owns nothing but the account
        wanted = cue.subject
        if "=" in wanted and _WHOSE.search(text, max(bounds[0], span[0] - _BEFORE), span[0]):
            wanted = (wanted[0], "first", "^")
        subject, notes = self._end(here, wanted, span, object_)
        if cue.role == "director of":
            subject, object_ = object_, subject
        return self._draft(cue.role, (subject, object_), place, notes)

    def _account(self, place: _Place, bank: Mentioned) -> Draft | None:
        """Whose an account is: who is named as its holder, else who stands before it."""
        here, bounds, span = place
        holder = None
        if of := IN_NAME_OF.search(self._reading.text, span[1], bounds[1]):
            holder = self._near(here, "who", ">", of.span(), bank)
        notes: tuple[str, ...] = ()
        if holder is None:
            holder, notes = self._end(here, ("who", "<", "^"), span, bank)
        return self._draft("account at", (holder, bank), place, notes)

    def _listing(self, place: _Place, verb: listing.Verb) -> Draft | None:
        text, (here, bounds, span) = self._reading.text, place
        lo, hi = span
        if verb.unsure and self._of_lists is None:
            self._of_lists = listing.of_lists(text, *bounds)
        if verb.unsure and not self._of_lists:
            return None
        denied = bool(
            verb.denied
            or listing.DENIED.search(text, max(bounds[0], lo - _BEFORE), lo)
            or listing.DENIED_AFTER.match(text, hi)
        )
        last = self._reading.language(lo) in listing.VERB_LAST
        body = self._body(here, span, passive=verb.passive, last=last, near=verb.near)
        if body is None or (verb.near and body.lo - hi > _RIGHT_BEHIND):
            return None
        listed, notes = self._whom(here, span, body, passive=verb.passive, last=last)
        role = "not designated by" if denied else "designated by"
        return self._draft(role, (listed, body), place, notes)

    def _body(
        self, here: Sequence[Mentioned], span: tuple[int, int], *, passive: bool, last: bool, near: bool
    ) -> Mentioned | None:
        """The authority: after a passive verb or right after an active one, else before it."""
        after = self._near(here, "body", ">", span, None)
        before = self._near(here, "body", "<", span, None)
        if last and not near:
            return before
        if passive:
            return after
        return after if after and after.lo - span[1] <= _ADJACENT else before

    def _whom(
        self, here: Sequence[Mentioned], span: tuple[int, int], body: Mentioned, *, passive: bool, last: bool
    ) -> tuple[Mentioned | None, tuple[str, ...]]:
        """The listed one: what "it" or "which" stands for, else after an active verb, else before it."""
        text, (lo, hi) = self._reading.text, span
        before = self._near(here, "listed", "<", span, None) or self._near(here, "person", "<", span, None)
        word_after = re.compile(r"(?: ?\w+)?").match(text, hi)
        pronoun = listing.PRONOUN.search(text, lo, hi) or (
            word_after and listing.PRONOUN.search(text, hi, word_after.end())
        )
        first = next((m for m in here if _is(m, "listed") and m.hi <= lo), None)
        if not passive and not last and not pronoun:
            start = max(hi, body.hi)
            after = self._near(here, "listed", ">", (start, start), None) or self._near(
                here, "person", ">", (start, start), None
            )
            which = listing.WHICH.search(text, max(0, min(lo, body.lo) - 24), min(lo, body.lo))
            if after and after.lo - start <= _AFTER_VERB and not (which and before):
                return after, ()
        found = first if pronoun and first else before
        if found:
            return found, ()
        return self._listed or self._earlier(min(lo, body.lo)), _NOTE

    def _draft(
        self,
        role: str,
        ends: tuple[Mentioned | None, Mentioned | None],
        place: _Place,
        notes: tuple[str, ...],
    ) -> Draft | None:
        subject, object_ = ends
        if subject is None or object_ is None or not (subject.target and object_.target):
            return None
        subject, object_ = (self._named.get(each[:2], each) for each in (subject, object_))
        if self._same(subject, object_):
            return None
        status: Status = "alleged" if ALLEGED.search(self._reading.text, *place.bounds) else "reported"
        stands = (self._meant(subject), self._meant(object_))
        return Draft(role, subject, object_, *place.span, status, notes, stands)

    def _meant(self, end: Mentioned) -> Mentioned | None:
        """Whom "the fund" means: the last one of that sort that was named."""
        if end.how != "again":
            return None
        at = bisect_left(self._starts, end.lo) - 1
        while at >= 0 and end.lo - self._all[at].lo < _REACH_BACK:
            if self._all[at].how == "name" and self._all[at].word == end.word:
                return self._all[at]
            at -= 1
        return None


def find(
    reading: Reading,
    mentions: Sequence[Mentioned],
    named: Mapping[tuple[object, ...], Mentioned],
    drafts: Sequence[Draft],
) -> list[Draft]:
    """Relations beside those found already, in the order of the passage.

    Args:
        reading: the passage.
        mentions: its names and indicators, in its order.
        named: the names that other names stand for.
        drafts: what was found.
    """
    return list(_Clauses(reading, mentions, named, drafts).find())
