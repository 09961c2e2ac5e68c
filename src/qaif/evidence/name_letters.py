# ruff: noqa: RUF001, E501  this table is of the letters of many scripts, a line a word
"""The tables behind `names.py`: letters by sound class, particles, and words that are translated, not spelt.

The classes are coarse on purpose. One name is written with p, f or b, with k or q, with or without its
vowels, as the writer's language has it; what is left of a word when all of that is folded is its skeleton.
"""

from qaif.evidence.folding import fold

ARABIC = {
    "ب": "b",
    **dict.fromkeys("تطث", "t"),
    **dict.fromkeys("جغگچ", "g"),
    **dict.fromkeys("حخه", "h"),
    **dict.fromkeys("دذض", "d"),
    **dict.fromkeys("سصشزظژ", "s"),
    **dict.fromkeys("كق", "k"),
    **dict.fromkeys("فڤپ", "f"),
    **dict(zip("رلمن", "rlmn", strict=True)),
}
HEBREW = {
    "ב": "b",
    **dict.fromkeys("תט", "t"),
    "ג": "g",
    **dict.fromkeys("הח", "h"),
    "ד": "d",
    **dict.fromkeys("זסצש", "s"),
    **dict.fromkeys("כק", "k"),
    "פ": "f",
    **dict(zip("רלמנ", "rlmn", strict=True)),
}
CYRILLIC = {
    "б": "b",
    "т": "t",
    **dict.fromkeys("гжґ", "g"),
    "х": "h",
    "д": "d",
    **dict.fromkeys("зсцчшщ", "s"),
    "к": "k",
    **dict.fromkeys("пфв", "f"),
    **dict(zip("рлмн", "rlmn", strict=True)),
}
LATIN = {
    "b": "b",
    "t": "t",
    **dict.fromkeys("gj", "g"),
    "h": "h",
    "d": "d",
    **dict.fromkeys("sz", "s"),
    **dict.fromkeys("kqc", "k"),
    "x": "ks",
    **dict.fromkeys("fpv", "f"),
    **dict(zip("rlmn", "rlmn", strict=True)),
}
LETTERS = {**ARABIC, **HEBREW, **CYRILLIC, **LATIN}

DIGRAPHS = (
    *(("tch", "s"), ("sch", "s"), ("zh", "g"), ("sh", "s"), ("ch", "s"), ("kh", "h"), ("gh", "g")),
    *(("dh", "d"), ("th", "t"), ("ph", "f"), ("ts", "s"), ("tz", "s"), ("dj", "g"), ("ck", "k")),
    *(("ce", "s"), ("ci", "s"), ("дж", "g"), ("תש", "s"), ("ג'", "g"), ("צ'", "s"), ("ח'", "h")),
)
"""Letters that stand for one sound together."""

_PARTICLES = """
al el ad ed ul ud as es az ash at an ar the of for and in a de du des la le les d l et der die das und
аль эль ад ан аз ас аш ат ар и в на по из ал אל א של את ה ו ve ile bir w bin ibn ben و في من بن ابن در از به
"""
PARTICLES = frozenset(_PARTICLES.split())
"""Words that carry nothing of a name."""

_SHORTEST_BARE = 3
ARTICLES = ("وال", "بال", "فال", "كال", "ال", "لل")
"""What an Arabic word may begin with that is not of the word, the longest first."""

_WORDS = """
bank: bank banque banka bankasi banco بنك مصرف المصرف البنك بانك בנק הבנק банк банка
national: national nationale ulusal milli وطني وطنيه الوطني الوطنيه ملي לאומי הלאומי לאומית национальный национальная национального
islamic: islamic islamique islami اسلامي اسلاميه الاسلامي الاسلاميه אסלאמי האסלאמי איסלאמי האיסלאמי האסלאמית исламский исламская исламского исламской
company: company co corp corporation ltd limited llc inc societe sirket sirketi شركه شركت חברה חברת בעמ בע"מ компания ооо общество
movement: movement mouvement hareketi hareket حركه جنبش תנועה תנועת движение
brigades: brigades brigade tugaylari tugay كتائب كتيبه الويه لواء گردانهاي گردان תיפ גדודי גדוד бригады бригада бригад
committees: committees committee comites comite komiteleri komitesi لجان لجنه كميته كميتههاي ועדות ועדת комитеты комитет
resistance: resistance direnis direnisi مقاومه مقاومت התנגדות ההתנגדות сопротивление сопротивления
popular: popular populaire halk شعبيه شعبي مردمي עממית עממי העממית народное народный народного народных
front: front cephesi cephe جبهه חזית фронт
party: party parti partisi حزب מפלגה מפלגת партия партии
army: army armee ordusu ordu جيش ارتش צבא צבאי армия армии
foundation: foundation fondation vakfi vakif مؤسسه موسسه بنياد קרן фонд фонда
association: association dernegi dernek جمعيه انجمن עמותה עמותת אגודה ассоциация
charity: charity charitable bienfaisance hayir خيريه خيري خيريه צדקה благотворительный благотворительная благотворительного
institute: institute institut enstitusu معهد موسسه انستيتو מכון институт
ministry: ministry ministere bakanligi bakanlik وزاره وزارت משרד министерство
exchange: exchange bourse borsasi borsa بورصه صرافه صرافي צרפנות החלפנות биржа обменник
union: union birligi اتحاد الاتحاد اتحاديه איחוד союз
international: international internationale uluslararasi دولي دوليه الدولي الدوليه بينالمللي בינלאומי בינלאומית международный международная международного
agency: agency agence ajansi ajans وكاله آژانس اژانس סוכנות агентство
group: group groupe grubu grup جماعه مجموعه گروه קבוצה קבוצת группа группировка
centre: center centre merkezi merkez مركز מרכז центр
relief: relief secours yardim اغاثه الاغاثه امداد סיוע помощи помощь
trading: trading trade commerce ticaret تجاره التجاره للتجاره بازرگاني מסחר торговый торговая торговля
money: money monnaie para نقد اموال כסף деньги денежный
council: council conseil konseyi مجلس شورا שורא מועצה מועצת совет
organization: organization organisation orgutu orgut منظمه تنظيم سازمان ארגון организация
general: general generale genel عام عامه כללי общий генеральный
services: services service сервис hizmetleri خدمات שירותים שירותי услуги
holding: holding holdings قابضه القابضه החזקות холдинг
investment: investment investissement yatirim استثمار للاستثمار השקעות инвестиции инвестиционный
"""


def bare(word: str) -> str:
    """A folded word without the Arabic article; a short word's first letters are its own."""
    for article in ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= _SHORTEST_BARE:
            return word[len(article) :]
    return word


def _concepts() -> dict[str, str]:
    words: dict[str, str] = {}
    for line in _WORDS.strip().splitlines():
        concept, _, listed = line.partition(": ")
        for word in listed.split():
            words.setdefault(bare(fold(word)), concept)
    return words


CONCEPTS = _concepts()
"""Folded words that are translated between languages rather than spelt; each with the English word."""
