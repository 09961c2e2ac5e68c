# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Verbs that say that an authority lists somebody, or does not, and who stands where around them.

A verb is active ("the ministry added X"), where the authority is its subject, or passive ("X was added by the
ministry"), where the listed one is. Verbs that say much else too count only in a sentence that speaks of a list, of
terror or of sanctions. A language in which the verb stands last has both its ends before it.
"""

import re
from typing import NamedTuple

from qaif.evidence.folding import fold_pattern

_OF_LISTS = re.compile(
    fold_pattern(
        r"terr?or|террор|экстремис|запрещ|ارهاب|تروريس|טרור|sanction|санкц|عقوب|تحريم|סנקצי|yaptirim|blacklist|liste\b|listes\b|listesi|listeye|listeden|(?<!\w)lists?(?!\w)|(?<!\w)register|списо?к|переч|реестр|قائم|قوائم|لائح|لوائح|فهرست|ليست|רשימ|вне закона|hors.la.loi|خارج القانون|מחוצ לחוק|yasadisi|interdit|proscri|outlaw|illegal|ban(?:s|ned)?(?!\w)|محظور"
    )
)
_VERBS = r"""
active ; sure ; (?<!\w)(?:blacklisted|sanctioned|designated|proscribed|outlawed|banned|blacklists|designates|sanctions|bans)(?= (?:the |a )?\w)
active ; list ; (?<!\w)(?:added|adds|put|puts|placed|places|entered|included|includes|listed|lists|declared|declares|labell?ed|labels|classif(?:ied|ies|y)|branded|named|list|designate|consider(?:s|ed)?|regard(?:s|ed)?|recogni[sz]ed?|treats?)(?!\w)
passive ; sure ; (?<!\w)(?:is|are|was|were|been|being|,|remains?) (?:\w+ly |also |first |since )?(?:blacklisted|sanctioned|designated|proscribed|outlawed|banned)(?!\w)|(?<!\w)(?:under|subject to) (?:\w+ )?sanctions (?:of|by|from|imposed by)(?!\w)
passive ; list ; (?<!\w)(?:is|are|was|were|been|being|,|remains|appears?|stands?|features?|sits?) (?:\w+ly |also |first |since )?(?:added|put|placed|entered|included|listed|declared|labell?ed|classified|branded|named|on)(?!\w)
active ; list ; (?<!\w)(?:a|ont|avait|avaient) (?:\w+ment |aussi |deja |bien |egalement |jamais |pas |pas encore )?(?:place|inscrit|ajoute|designe|classe|sanctionne|interdit|range|proscrit|declare|qualifie|mis|banni|inclus)(?:e?s?)(?!\w)(?! par)
active ; sure ; (?<!\w)(?:considerent?|tient|reconnait|range|classer?|inscrire|designer|considerer|sanctionner|interdire)(?!\w)(?=.{0,60}terror|.{0,60}liste|.{0,60}sanction)
passive ; list ; (?<!\w)(?:(?:a|ont|avait|avaient|aurait) ete|est|sont|fut|etait) (?:\w+ment |aussi |deja |egalement )?(?:place|inscrit|ajoute|designe|classe|sanctionne|interdit|range|proscrit|declare|qualifie|mis|banni|inclus)(?:e?s?)(?!\w)|(?<=, )(?:placee?s?|inscrite?s?|designee?s?|classee?s?|sanctionnee?s?|interdite?s?|proscrite?s?)(?!\w)|(?<!\w)(?:designee?s?|classee?s?|inscrite?s?) comme terroristes?(?!\w)|(?<!\w)(?:est|sont|figur\w+|se trouve) sur (?:la|les|une) listes?(?!\w)
active ; list ; (?<!\w)(?:внес|включил|добавил|занес|признал|объявил|запретил|причислил|ввел|наложил|внос|признава|вводи)(?:ло|ла|ли|л|о|а|и)?(?!\w)|(?<!\w)(?:признает|признают|считает|считают|включает|относит)(?!\w)
passive ; list ; (?<!\w)(?:внесен|включен|добавлен|занесен|признан|объявлен|запрещен|причислен|отнесен)[аоы]?(?!\w)|(?<!\w)(?:находится|состоит|значится|числится|фигурирует) в (?=\w)|(?<!\w)под санкциями(?!\w)
active ; list ; (?<!\w)[وف]?(?:قد )?(?:ادرج|صنف|وضع|حط|حظر|اضاف|ضم|اعتبر|سم|اعلن|عد|فرض)(?:ت|وا)?(?:ها|ه|هم|هما)?(?!\w)|(?<!\w)[وف]?[يت](?:درج|صنف|ضع|حظر|عتبر|عد|ضيف|صف|فرض|صنفون|عتبرون)(?:وا|ون)?(?:ها|ه|هم|هما)?(?!\w)
passive ; list ; (?<!\w)[وف]?(?:ال)?(?:مدرج|مصنف|محظور|موضوع)(?:ه|ين|ون|ا)?(?!\w)|(?<!\w)(?:تم|جري|يتم|تتم) (?:ادراج|تصنيف|حظر|وضع|اضافه)(?:ها|ه|هم)?(?!\w)
active ; list ; قرار (?:داد|داده|داده است|دادند|مي ?دهد)(?!\w)|(?:تحريم|ممنوع|معرفي|اعلام) (?:كرد|كرده|كردند|كرده است)(?!\w)|(?:تروريستي|غيرقانوني) (?:اعلام|معرفي|خواند|دانست|مي ?داند|مي ?شناسد)\w*
not active ; list ; قرار (?:نداد|نداده|ندادند|نمي ?دهد)\w*|(?:تحريم|ممنوع|معرفي|اعلام) (?:نكرد|نكرده|نكردند|نمي ?كند)\w*|(?:تروريستي|تروريست) (?:نمي ?داند|نمي ?شناسد|نشناخته|ندانسته)\w*|(?:فهرست|ليست)(?: \w+){0,3} (?:ندارد|نگذاشته|نياورده|نيفزوده)\w*
passive ; list ; قرار (?:گرفت|گرفته|دارد)(?!\w)|(?:تحريم|ممنوع|معرفي|اعلام) (?:شد|شده|شده است|است)(?!\w)
active ; list ; (?<!\w)(?:הכריז|הגדיר|הכניס|הוסיפ|כלל|הטיל|אסר|סיווג|קבע|הכיר)(?:ה|ו)?(?!\w)|(?<!\w)(?:מגדיר|רואה|רואים|מכיר|מכריז|כולל|מסווג)(?:ה|ת|ים|ות)?(?!\w)
passive ; list ; (?<!\w)ש?ו?(?:הוגדר|הוכרז|נכלל|הוכנס|מוגדר|סווג|הוכלל|מוכרז|כלול|נאסר|רשום|הוספ)(?:ה|ו|ת|ים|ות)?(?!\w)|(?<!\w)הוצא(?:ה|ו)? (?:אל )?מחוץ לחוק|(?<!\w)(?:מופיע|נמצא)(?:ה|ת|ים|ות)? ברשימ
active ; list ; (?:listesine|listeye|listelerine|kapsamina) (?:aldi|ekledi|koydu|almis\w*|eklemis\w*|dahil etti|dahil etmis\w*)(?!\w)|(?:orgutu|terorist|yasadisi)(?: olarak)? (?:ilan etti|ilan etmistir|ilan etmis|tanidi|tanimladi|saydi|kabul etti|goruyor|sayiyor|tanimliyor)(?!\w)|(?<!\w)(?:yasakladi|yasaklamistir|yaptirim (?:uyguladi|uyguluyor|karari aldi))(?!\w)
not active ; list ; (?:listesine|listeye|listelerine) (?:almadi|eklemedi|koymadi|almamis\w*|eklememis\w*|dahil etmedi|almiyor)(?!\w)|(?:orgutu|terorist|yasadisi)(?: olarak)? (?:ilan etmedi|ilan etmemis\w*|tanimiyor|tanimlamiyor|tanimlamadi|saymiyor|saymamakta|kabul etmiyor|gormuyor)(?!\w)|(?<!\w)(?:yasaklamadi|yasaklamamistir|yaptirim uygulamadi|yaptirim uygulamiyor|etmemistir)(?!\w)
passive ; list ; (?:listesine|listeye|listelerine|listesinde|listelerinde) (?:alindi|eklendi|konuldu|kondu|dahil edildi|alinmis\w*|eklenmis\w*|yer aliyor|yer almakta\w*|bulunuyor|bulunmakta\w*)(?!\w)|(?:orgutu|terorist|yasadisi)(?: olarak)? (?:ilan edildi|ilan edilmis\w*|tanindi|tanimlandi|kabul edildi)(?!\w)|(?<!\w)(?:yasaklandi|yasaklanmistir|yaptirima tabi|yaptirim uygulandi)(?!\w)
passive near ; list ; در (?:فهرست|ليست)(?: (?:گروه\w*|سازمان\w*|تروريستي|تحريم\w*|سياه|هاي)){0,3}|(?<!\w)on (?:\w+ ){0,4}(?:list|register|blacklist)s? (?:of|kept by|maintained by|run by|held by)(?!\w)|(?<!\w)(?:sur|dans) (?:la|une|les) listes?(?: \w+){0,3} (?:de|du|des|d')(?!\w)|(?<!\w)[בש]?רשימת?(?: \w+){0,2} של(?!\w)|(?<!\w)в (?:\w+ )?(?:списк|перечн|реестр)\w+(?: \w+){0,2}|(?<!\w)(?:علي|في|ضمن) (?:قائمه|قوائم|لائحه|لوائح|سجل)(?: \w+){0,3}(?: لدي| ل)?
passive ; list ; (?:teror|yaptirim|kara|yasakli\w*)(?: orgutleri)? liste(?:sinde|lerinde)(?:dir|ydi)?(?!\w)
not active ; sure ; (?<!\w)(?:refuses?|refused|declines?|declined|has yet|have yet) to (?:add|list|designate|sanction|proscribe|ban|blacklist|classify|recogni[sz]e|put|place)(?!\w)
not active ; sure ; (?<!\w)refus\w{0,5} (?:toujours |encore )?(?:de |d')(?:l[ea]s? |l')?(?:classer|inscrire|designer|considerer|sanctionner|placer|ajouter|qualifier|interdire)(?!\w)
not active ; list ; (?<!\w)(?:вносить|внести|включать|включить|признавать|признать|добавлять|добавить)[^.;\n]{0,40} отказ\w+|(?<!\w)נמנע(?:ה|ו)? מ(?:ל\w+)
not active ; sure ; (?<!\w)(?:отказал|отказыва)\w{1,5} (?:признавать|признать|включать|включить|внести|вносить|считать)(?!\w)
not active ; sure ; (?<!\w)[وف]?(?:رفض|[يت]رفض)(?:ت)? (?:ادراج|تصنيف|وضع|حظر)(?:ها|ه|هم)?(?!\w)
not active ; sure ; (?<!\w)(?:סירב|מסרב)(?:ה|ת)? (?:להגדיר|להכריז|להכניס|לכלול|להוסיפ)(?!\w)
"""


class Verb(NamedTuple):
    """One verb, or a way of saying it.

    Args:
        words: what it is told by, in folded text.
        passive: the listed one is its subject.
        near: the authority stands right behind it.
        denied: it says of itself that nobody is listed.
        unsure: it says much else too.
    """

    words: re.Pattern[str]
    passive: bool
    near: bool
    denied: bool
    unsure: bool


def _verbs() -> tuple[Verb, ...]:
    found = []
    for line in _VERBS.strip().splitlines():
        voice, sure, words = re.split(r"\s;\s", line, maxsplit=2)
        found.append(
            Verb(
                re.compile(fold_pattern(words)),
                "passive" in voice,
                "near" in voice,
                voice.startswith("not"),
                sure == "list",
            )
        )
    return tuple(found)


VERBS = _verbs()
VERB_LAST = ("tr", "fa")
DENIED = re.compile(
    fold_pattern(
        r"(?:(?<!\w)(?:not|never|neither|nor|cannot)(?! only)|n't)(?: \w+){0,2} ?\Z"
        r"|(?<!\w)[وف]?(?:لا|لم|لن|ليس|ليست|ليسوا|ما)(?: (?:يتم|تتم|تكن|يكن|تقم|يقم|قط|بعد))? ?\Z"
        r"|(?<!\w)не(?: (?:был|была|было|были|раз))? ?\Z|(?<!\w)(?:לא|אינו|אינה|אינמ|איננו|איננה|טרמ|מעולמ לא)(?: (?:היה|היתה|הייתה))? ?\Z"
        r"|(?<!\w)(?:n'|ne )(?:l[ea]s? |l'|y )?(?:(?:a|ont|est|sont|etait|avait)(?: pas| jamais| toujours pas| pas encore)? ?(?:ete )?)?\Z"
    )
)
"""What denies the verb that it stands right before."""
DENIED_AFTER = re.compile(fold_pattern(r"\s?(?:pas|jamais|aucunement|nullement)(?!\w)|'t(?!\w)| not(?!\w)"))
PRONOUN = re.compile(
    fold_pattern(
        r"(?:ها|هم|هما)\Z|(?<!\w)(?:l[ea]s? |l')\w+\Z|(?<!\w)(?:it|them|him|her|его|ее|их|אותה|אותו|אותמ|עליו|עליה|עליהמ)\Z"
    )
)
"""The verb, with the word after it, says "it" of the listed one."""
WHICH = re.compile(
    fold_pattern(
        r"(?<!\w)(?:which|that|whom|que|qu'|котор\w{2,3}|التي|الذي|الذين|אשר|كه)\s(?:the |le |la |l'|قد |[يت]?[\w]{2,8}\s)?\Z"
    )
)


def of_lists(text: str, lo: int, hi: int) -> bool:
    """Whether a stretch speaks of a list, of terror or of sanctions."""
    return bool(_OF_LISTS.search(text, lo, hi))
