# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Words that propose a relation: which one, and on which side of them its ends stand.

Each cue names its role, its languages' words, and where subject and object are sought: `<1` the nearest before the
cue, `>1` the nearest after it, `>2` the one after that. Kinds of ends: `who` a named or unnamed body or person,
`person`, `org` no person, `listed` no authority and no state, `body` one of these, `bank`, `wallet`, `site`. A `+` takes what is joined to an end by "and" as well. Roles
read from subject to object: "designated by" has the listed one as subject, the authority as object.
"""

import re
from typing import NamedTuple

from qaif.evidence.folding import fold_pattern

PREDICATES = {
    "alias": "alias",
    "linked to": "UnknownLink",
    "serves": "UnknownLink",
    "account at": "BankAccount",
    "designated by": "Sanction",
    "not designated by": "UnknownLink",
    "declared illegal by": "UnknownLink",
    "military wing of": "Membership",
    "member of": "Membership",
    "controlled by": "UnknownLink",
    "owned by": "Ownership",
    "director of": "Directorship",
    "refused support to": "UnknownLink",
    "advised": "UnknownLink",
    "paid": "Payment",
}
"""FollowTheMoney's edge for each role; what is no edge of its own stays an unknown link with its role."""


class Cue(NamedTuple):
    """One cue.

    Args:
        role: the relation.
        words: what it is told by, in folded text.
        subject: where and what its subject is.
        object: where and what its object is.
        needs: what else has to stand in the sentence; nothing where the words are enough.
    """

    role: str
    words: re.Pattern[str]
    subject: tuple[str, str, bool]
    object: tuple[str, str, bool]
    needs: re.Pattern[str] | None


_TERROR = r"(?:ارهاب|terror|טרור|террор|تروريست|القائمه السوداء|قائمه سوداء|قوائم|قائمه|blacklist|list|санкц|список|ליסט|רשימ|فهرست|liste|عقوبات|sanction)"
_NOT_AR = r"(?:لا|لم|لن|ولا|ولم|ليس|ليست)\s(?:\w+\s)?"
_TABLE = rf"""
linked to ; <1 who|wallet ; >1 who+ ; ; (?:لها|له|لهم|لديها|ذات|على) (?:صلات|صله|علاقه|علاقات) ?(?:ب|مع)|[يت]رتبط(?:ون|ان)? ?(?:ب|مع)|(?:ال)?مرتبط(?:ه|ين|ون)? ?(?:ب|مع)|(?:ال)?مرتبطه|علاقات(?:هم|ه|ها) مع
linked to ; >1 wallet ; >2 who ; ; (?<!\w)[يت]ربط(?:ون)?(?!\w)
linked to ; >1 who ; >2 who ; ; (?<!\w)[وف]?[يت]رتبط(?!\w)(?! ?(?:ب|مع))
linked to ; <1 who|wallet ; >1 who+ ; ; (?:linked|tied|connected|affiliated) (?:to|with)|(?:has|have|had) (?:links|ties) (?:to|with)|(?:was|is|are|been) (?:associated) with
linked to ; <1 who|wallet ; >1 who+ ; ; קשור(?:ה|ים|ות)? ל|משויכ(?:ת|ים)? ל|связан[аоы]? с|имеет связи с|имеет отношение к|причаст(?:ен|на|но|ны) к|lie[es]? (?:a|au|aux)(?= )|(?:rattache|affilie)[es]* (?:a|au|aux)(?= )|proches? (?:de|du|des)(?= )|(?:a|ont|avoir|aurait|auraient) des liens avec|en lien avec
linked to ; >1 who ; >2 who ; ; (?<!\w)[وف]?[يت]تبع(?!\w)
linked to ; <1 who ; >1 who ; ; (?<!\w)(?:ال)?تابع(?:ه|ين)? ل(?=\w)
linked to ; <2 who|wallet ; <1 who ; ; ارتباط (?:دارد|دارند|داشته)|در ارتباط است|مرتبط است|وابسته است|baglantili(?:dir)?|iliskili(?:dir)?|irtibatli(?:dir)?|bagi (?:var|bulunuyor)
military wing of ; <1 who ; >1 who ; ; (?:ال)?(?:جناح|ذراع) (?:ال)?(?:عسكري|مسلح)(?:ه)? (?:ل|في)|(?:military|armed) (?:wing|arm) of|הזרוע הצבאית של|боевое крыло|военное крыло|(?:branche|aile) armee d|شاخه نظامي
account at ; <1 who ; >1 bank ; ; (?:ال)?حساب(?:ا|ات)?(?: مصرفي| بنكي)?(?: مسجل| مفتوح)?(?: (?:رقم|برقم) ?[\d/ -]+)? (?:في|لدى|لدي|عند)|(?:an |bank )?accounts? (?:number [\d-]+ )?(?:at|with|in|held at|registered (?:at|with))|חשבו[נן](?: בנק)?(?= ב)|счета? в(?= )|(?:un )?comptes?(?: bancaires?)?(?: n[o°]? ?[\d/-]+)? (?:aupres|a la|a l'|au|chez|dans)(?= |\w)
account at ; >1 who ; >1 bank ; (?:счет|счёт) ; открыт[аоы]?(?= )
account at ; <1 who ; >1 bank ; ; حسابي (?:در|نزد)
account at ; <2 who ; <1 bank ; ; hesabi (?:vardir|var|bulunmaktadir|bulunuyor|oldugu)|hesa[bp]i? (?:acti|actirdi|acmis|acmistir)|(?:حساب|حسابي)(?: به شماره [\d/-]+)? (?:دارد|دارند|داشت|باز كرد)
designated by ; >2 who ; >1 body ; {_TERROR} ; (?<!\w)(?<!لم )(?<!ولم )[وف]?(?:قد )?(?:ادرجت|ادرج|صنفت|صنف|وضعت|وضع|حظرت|حظر)(?!\w)
designated by ; <1 who ; >1 body+ ; {_TERROR} ; (?<!لا )(?<!لم )(?:و?التي |الذي )?[يت]صنف(?:ها|ه|هم)(?!\w)|تصنيف(?:ها|ه|هم)(?!\w)|(?:ادرجت|صنفت|مدرجه|مصنفه) (?:على|في|من قبل)
designated by ; <1 who ; >1 body+ ; {_TERROR} ; (?:الذي|التي|الذين) (?:ادرجت|ادرج|صنفت|صنف|وضعت|وضع|حظرت|حظر)(?:ه|ها|هم)(?!\w)
designated by ; <1 who ; >1 body+ ; ; (?:placed|put|included|entered|named) (?:on|in|to) (?:the|a|its) (?:\w+ ){{0,3}}(?:list|blacklist) (?:of|by|kept by|maintained by)(?= )|(?:is|was|were|been) (?:outlawed|blacklisted) by
designated by ; >1 who ; <1 body+ ; ; (?<!\w)(?:added|put|placed|entered)(?= [^\n.;]{{2,60}} (?:to|on|in) (?:its|the|a|their) (?:\w+ ){{0,3}}(?:list|blacklist)(?!\w))
designated by ; >1 who ; <1 body+ ; ; (?<!not )(?<!\w)(?:blacklisted|sanctioned|designated|proscribed|listed)(?! by| as a)(?= (?:the |a )?\w)(?!\w)
designated by ; <1 who ; >1 body+ ; ; (?:blacklisted|sanctioned|designated|proscribed|put on a sanctions list|listed)(?: as a \w+ (?:\w+ )?)?(?: in \d{{4}})?,? by
designated by ; >1 who ; <1 body ; {_TERROR} ; הכריז(?:ה|ו)?(?!\w)|הגדיר(?:ה|ו)?(?!\w)|(?:הכניס|הוסיפ|הוסיף|כלל)(?:ה|ו)?(?= .{{2,60}}רשימ)
designated by ; <1 who ; >1 body+ ; ; вн[её]с[её]н[аоы]? (?:\w+ ){{1,3}}(?:список|перечень)|призна(?:н[аоы]?) террористической \w+
designated by ; >1 who ; <1 body ; ; (?:внес|включил|добавил|занес)(?:ло|ла|ли|о|а|и)?(?= [^\n.;]{{1,60}} в (?:\w+ )?(?:черный|санкц|перечень|список|списки))|призна(?:л|ло|ла|ли|ет)(?= [^\n.;]{{2,60}} террористическ)
designated by ; <1 who ; <2 body ; ; در (?:فهرست|ليست) (?:سياه|تحريم\w*|تروريستي)(?: خود)? قرار داد|تروريستي اعلام كرد
designated by ; <1 who ; <2 body ; ; (?:teror|yaptirim|kara|terorist)(?: \w+)? listesi(?:ne|nde) (?:aldi|ekledi|koydu)
designated by ; <1 who ; >1 body+ ; ; (?:a|ont) ete (?:sanctionne|inscrit|designe|place)\w*(?: sur \w+ \w+(?: \w+)?| comme [\w ]{{3,40}}?)? par
designated by ; >1 who ; <1 body ; ; (?:a|ont) (?:designe|inscrit|place|sanctionne|ajoute)(?! par)(?!\w)
designated by ; <1 who ; >1 body+ ; ; (?:figur\w+|est|inscrite?s?)(?: depuis [\w ]{{3,20}}?)? sur la liste (?:noire )?(?:des [\w ]{{5,40}}? )?(?:du|de la|des|de l')(?= |\w)
not designated by ; >1 who ; <1 body+ ; ; {_NOT_AR}(?:[يت]صف|[يت]صنف|[يت]عتبر|[تي]درج|تعترف)(?:ون|وا)?(?!\w)|(?:لا يصفون|لا يصنفون|لا يعتبرون)
not designated by ; >1 who ; <1 body+ ; ; (?:(?:does|do|did|has|have) not|(?:has|have) never|never) (?:designated?|list(?:ed)?|blacklist(?:ed)?|regard(?:ed)?|consider(?:ed)?|classif(?:y|ied)|sanction(?:ed)?)
not designated by ; >1 who ; <1 body+ ; ; (?:אינו|אינה|אינם|לא) (?:מגדיר|מגדירה|מגדירים|הכריז|הכריזה|רואה)|не (?:призна[её]т|признают|считает|включил[аи]?)|ne (?:considere|designe|classe) pas|n'(?:a|ont) (?:pas|jamais) (?:designe|inscrit|classe|sanctionne|place)(?!\w)
not designated by ; <2 listed ; <1 body ; ; ne (?:l'a|l'ont|les a|les ont) (?:pas|jamais) (?:designe|inscrit|classe|sanctionne|place)(?:e|s|es)?(?!\w)
not designated by ; <1 who ; <2 body ; ; (?:را )?تروريستي نمي ?(?:داند|شناسد)|در فهرست خود ندارد
not designated by ; <1 who ; <2 body ; ; teror(?:ist)? orgutu(?: olarak)? (?:tanimlamamakta|tanimlamiyor|gormemekte|gormuyor|kabul etmiyor|saymiyor|saymamakta)|listesine (?:almadi|eklemedi|almamistir)
declared illegal by ; <1 who ; >1 body+ ; ; (?:غير قانوني(?:ه)?|محظور(?:ه)?|خارج(?:ه)? عن القانون)(?=.{{0,30}}من قبل)|declared (?:illegal|unlawful) by|outlawed by|banned by|הוכרז\w* בלתי חוקי\w* על ידי|объявлен[аоы]? незаконн\w+
controlled by ; <1 who ; >1 who ; ; (?<!\w)سيطره(?!\w)|(?:is |was )?controlled by|בשליטת|контролируется|controle[e]? par|تحت كنترل
owned by ; <1 who ; >1 who ; ; مملوك(?:ه)? ل|[يت]ملكها|(?:is |was )?owned by|a subsidiary of|a (?:unit|division) of|בבעלות|חברה?ת? בת של|принадлежит|дочерняя (?:компания|структура)|appartient (?:a|au)(?= )|filiale (?:de|du|d')|propriete (?:de|du)(?= )|detenue? par|متعلق به|در مالكيت
owned by ; >1 who ; <1 who ; ; مالك(?!\w)(?= )|صاحب(?= شركت)|владеет|(?<!\w)owns(?!\w)|possede
owned by ; <1 who ; <2 who ; ; (?:nin )?sahibidir
owned by ; <1 who ; >1 who ; ; (?:'?n[iu]n )?sahibi(?= \w)
owned by ; <2 who ; <1 who ; ; (?<!\w)ait(?:tir)?(?!\w)
director of ; <1 who ; >1 who ; ; (?:مدير|رئيس) (?=شركه|بنك|جمعيه|مؤسسه)|(?:is |was )?(?:the )?(?:director|chairman|head) of|directeur (?:de|du)
director of ; <1 person ; >1 org ; ; (?:is |was )?(?:the )?(?:chief executive(?: officer)?|ceo|president|chairwoman|manager) (?:of|at)|(?:directrice|gerante?|presidente?|pdg) (?:de|du|d')
director of ; >1 person ; <1 org ; ; (?:dirigee?|presidee?|geree?|administree?|animee?) par|(?<!\w)(?:led|headed|chaired|run|directed|managed) by|(?<!\w)(?:its|whose) (?:director|ceo|chief executive|chairman|president)(?!\w)
director of ; >1 person ; >1 org ; ; (?<!\w)(?:ген\w* ?)?директор\w*(?= )|(?<!\w)(?:руководител|председател)\w*(?= )|(?<!\w)глав[аыуе](?= )|מנכ"ל\w*(?= )
director of ; >1 person ; >2 org ; ; (?<!\w)[وف]?[يت](?:دير|تراس)(?!\w)
director of ; >1 person ; <1 org ; ; (?<!\w)(?:muduru|baskani|yoneticisi)(?= )
member of ; <1 who ; >1 who ; ; (?<!\w)عضو (?:في|ب)|(?:is |was )?a member of|membre (?:de|du)
serves ; <1 wallet ; >1 site ; ; (?<!\w)[يت]خدم(?!\w)|(?:to )?serves?(?= )|used by the site|משמש(?:ת)? את|обслуживает|sert(?= )
refused support to ; >1 body ; >2 who ; (?:دعم|مال|support|aid|money|fund|تمويل) ; (?<!\w)رفض(?:ت)?(?!\w)
refused support to ; <1 body ; >1 who ; (?:support|aid|money|fund) ; (?:has )?(?:refused|declined|turned down)
advised ; >1 who ; >2 body ; ; (?<!\w)[وف]?(?:نصح|نصحت|اوصى|اوصت|دعا|حث)(?!\w)
advised ; <1 who ; >1 body ; ; (?<!\w)(?:advised|urged|recommended that|called on)(?!\w)|המליץ(?: ל)?|рекомендовал[аи]?|a recommande (?:a|au)
"""


def _side(text: str) -> tuple[str, str, bool]:
    side, kinds = text.split()
    return side, kinds.rstrip("+"), kinds.endswith("+")


def _cues() -> tuple[Cue, ...]:
    found = []
    for line in _TABLE.strip().splitlines():
        role, subject, object_, needs, words = (
            part.strip() for part in re.split(r"\s;(?=\s)", line, maxsplit=4)
        )
        needed = re.compile(fold_pattern(needs)) if needs else None
        found.append(Cue(role, re.compile(fold_pattern(words)), _side(subject), _side(object_), needed))
    return tuple(found)


CUES = _cues()

ALLEGED = re.compile(
    fold_pattern(
        r"(?<!\w)[وف]?(?:ال)?[يت]زعم(?:ون)?(?!\w)|مزعوم|(?<!\w)(?:و)?[يت]دعي(?!\w)|يقال|اتهم|متهم|يشتبه|(?<!\w)يبدو(?!\w)|ظاهريا|apparent|ostensib|alleg|reportedly|said to|claim|suspect|accus"
        r"|לכאורה|חשד|נטען|לטענת|טוען|گفته مي ?شود|ادعا|احتمالا|متهم|говорят|якобы|по версии|предполож|утвержда|подозрева"
        r"|iddia|soylen|one surul|presum|pretend|aurait|soupconn|selon certains"
    )
)

IN_NAME_OF = re.compile(
    fold_pattern(r"(?:in the name of|held by|au nom de|на имя|باسم|לטובת|על שם|adına|به نام|titulaire)(?!\w)")
)
"""What the holder of an account stands after."""

NEGATED = re.compile(
    fold_pattern(
        r"(?:(?<!\w)(?:not|never|neither|nor)(?! only)|n't)(?: (?:yet|ever|been|being|be|formally|officially))* ?\Z"
        r"|(?<!\w)(?<!مثل )(?<!كل )(?<!في )(?<!من )(?<!حسب )(?<!هو )ما ?\Z|(?<!\w)[وف]?(?:لم|لن|ليس|ليست|ليسوا)(?: (?:يتم|تتم|يجر|تجر|تكن|يكن))? ?\Z"
        r"|(?<!\w)не(?: (?:был|была|было|были))? ?\Z|(?<!\w)(?:לא|אינו|אינה|אינם)(?: (?:היה|היתה|הייתה))? ?\Z"
        r"|(?:n'|ne )(?:a|ont|est|sont|etait) pas (?:ete )?\Z"
    )
)
"""What denies the cue that it stands right before."""

_SOURCE_TABLE = r"""
> ; وفقا (?:ل|لما)(?:نتائج|تقرير|لتحقيقات)? ?|بحسب|حسب(?=\s)|حسبما (?:ذكرت|ذكر|افادت|افاد|نقلت)|نقلا عن|طبقا ل|[يت]دعي(?=\s)|[يت]زعم(?= تقرير| ال)|(?<!\w)(?:ذكرت|افادت)(?= )|للتحقيقات التي اجرتها
> ; according to(?: (?:a|the) (?:report|study|investigation) (?:by|of))?|as reported by|(?:a|the) report (?:by|of)|cited by|published (?:in|by)|(?<!\w)told(?= the)|first reported by|analysis by|investigation by
> ; לפי(?! החשד)(?: דו"ח של)?(?= )|על פי(?! החשד)(?: דו"ח של)?(?= )|לדברי|по данным|по сообщению|по информации|согласно|со ссылкой на|selon|d'apres|как (?:сообщает|сообщили?|пишет|передает)|نشره(?:ا)?(?= )
> ; (?<!اساس )به گزارش|به گفته|بر اساس گزارش|به نقل از
< ; '?(?:na|ne|a|e|ya|ye) gore|haberine gore|(?<!\w)(?:said|reported|claims|claimed|says|estime|affirme|revele|indique|rapporte)(?!\w)|сообщил[аи]?|сообщает|گزارش داد|(?<!\w)نوشت(?!\w)|bildirdi|(?<!\w)yazdi(?!\w)
"""
SOURCES = tuple(
    (side, re.compile(fold_pattern(words)))
    for side, words in (line.split(" ; ", 1) for line in _SOURCE_TABLE.strip().splitlines())
)

ALIAS = re.compile(
    fold_pattern(
        r"(?P<cue>(?:و?(?:ال)?معروف(?:ه|ين)?|يعرف|تعرف)(?: ايضا| سابقا)?(?: ايضا)? (?:باسم|ب(?=\")|بلقب)|الملقب(?:ه)? ب|المكن[ىي] ب|(?:ايضا )?(?:also |formerly |better |locally )?known as|(?:also )?(?:operat(?:es|ed|ing)|act(?:s|ed|ing)|trad(?:es|ed|ing)|does business|doing business) (?:as|under the name(?: of)?)(?= \"| [a-z])|a\.?k\.?a\.?(?!\w)|alias(?!\w)|ה?ידוע(?:ה|ים)?(?: גם)?(?: בשם| בכינוי| כ)|ה?מוכר(?:ת|ים)?(?: גם)? בשם|(?:פעל|פועל)(?:ה|ת|ים)?(?: גם)? (?:תחת השם|בשם)|המכונה(?: גם)?|(?:также |ранее )?(?:известн(?:ый|ая|ое|ого|ой|ые)(?: также)? (?:как|под именем)|известн\w+ как)|(?:действу|действовал|работа)\w* под (?:названием|именем)|(?:он|она|оно|они) же(?=\W)|именуем\w+(?: также)?|(?:egalement |aussi )?connue?s?(?: egalement| aussi)? (?:sous le nom de|comme)|se fait (?:aussi |egalement )?appeler|(?:aussi|egalement) appelee?s?|و?(?:يطلق|اطلق)(?: عليه| عليها)(?: ايضا)? (?:اسم|لقب)|و?[يت]عرف(?:ه|ها|نا) (?:الناس )?باسم|كه با نام|معروف به|ملقب به)\s?"
        r"(?P<other>\"[^\"\n]{2,60}\"|[^\W\d_][^\n\"(),;:.،]{1,60})"
    )
)
ALIAS_MORE = re.compile(
    fold_pattern(
        r"(?P<cue>و?اسم(?:ها|ه) (?:ال)?(?:آخر|ثاني|سابق)|(?:ال)?مسما?ه?(?= \")|[يت]سمي نفس(?:ها|ه)|[يت]نشط(?: كذلك| ايضا)? (?:تحت اسم|باسم)|(?:كذلك|ايضا) (?:تحت اسم|باسم)"
        r"|known (?:\w+ ){1,4}as|(?:goes|going|went) by(?: the name(?: of)?)?|calls itself|call themselves|(?:was |were )?(?:re)?named|formerly|other name:?|styled"
        r"|(?:egalement |aussi )?connue?s?(?: egalement| aussi)? (?:qui )?(?:(?:opere|agit|oeuvre|milite)(?: aussi| egalement)? )?(?:sous|connue? sous) (?:le nom|l'appellation|la denomination|la banniere|l'enseigne|l'etiquette)(?: de)?|rebaptisee?s?|(?:egalement )?dite?(?= \")|autrement appelee?s?|alias|ci-apres|agissant sous le nom(?: de)?"
        r"|(?:другое|прежнее|второе|новое) (?:название|имя|наименование)|переименован\w+ в|также называ\w+|назыв\w+ себя|котор\w{2,3} (?:\w+ ){0,3}(?:зна(?:ют|ем|ет)|называют) как|зна(?:ют|ем|ет) как|называют|прозвали|(?:известн\w+ )?(?:также )?под (?:названием|именем|вывеской)|далее"
        r"|(?:ה?פועל|ה?פעל|ה?ידוע|ה?מוכר|ה?מכונ)\w{0,3}(?: גם)? (?:בשם|בכינוי|כ|תחת השם)|ב?שמ(?:ה|ו) (?:השני|הנוסף|האחר|הקודם)|להלן|(?:ה?מכונה|ה?נקראת?)(?: גם)?"
        r"|(?:كه )?نام ديگر(?: آن)?|موسوم به|معروف به|ملقب به|با نام"
        r"|diger adi(?:yla)?|nam-i diger|eski adi(?:yla)?|bilinen adi(?:yla)?|hereinafter|hereafter)[\s:-]{0,4}"
        r"(?P<other>\"[^\"\n]{2,60}\")"
    )
)
ALIAS_BESIDE = re.compile(r"(?P<cue>\()(?:the |\w{2,12}:? )?(?P<other>\"[^\"\n]{2,40}\")\)")
"""In brackets and quotation marks right after a name."""

ALIAS_BEFORE = re.compile(
    fold_pattern(
        r"\"(?P<other>[^\"\n]{2,60})\"\s(?P<cue>olarak da bilinen|(?:adiyla|ismiyle|namiyla|diye)(?: da)? (?:bilinen|taninan|anilan)|olarak (?:da )?(?:taninan|anilan|bilinen)|نيز (?:شناخته مي ?شود|فعاليت مي ?كند)|نيز شناخته مي ?شود)"
    )
)

ANNOUNCED = re.compile(
    fold_pattern(
        r"(?P<two>(?:ال)?عنوان(?:ين|ان) (?:ال)?(?:ماديين|فعليين|ماديان|فعليان)|two (?:physical|street|postal) addresses|שתי כתובות(?: פיזיות)?|два (?:физических )?адреса|deux adresses(?: physiques)?|دو نشاني|iki (?:fiziksel )?adres)"
        r"|(?P<one>(?:ال)?عنوان (?:المادي|الفعلي)|(?:a|the|its) (?:physical|street|postal) address|הכתובת הפיזית|физический адрес|l'adresse physique|fiziksel adres)"
        r"|(?P<some>(?:ال)?عناوين (?:المادي[هة]|الفعلي[هة])|(?:physical|street|postal) addresses|כתובות פיזיות|физические адреса|adresses physiques)"
    )
)
