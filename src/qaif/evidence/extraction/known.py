# ruff: noqa: RUF001, E501  words of many scripts, a table's line a word or a cue
"""Names that texts of this field use without saying what they are: states, authorities, groups, firms.

Only spellings, no claims: who is designated by whom is not here. States come from Unicode's CLDR in seven languages.
`not-a-target` marks bodies that no authority lists, so that a text which seems to say so is taken for unclear.
"""

from functools import cache
from typing import NamedTuple

from qaif.evidence.extraction.shape import Schema
from qaif.evidence.folding import fold

_STATE_CODE = 2
_LANGUAGES = ("en", "ar", "he", "fa", "ru", "fr", "tr")
_NOT_STATES = frozenset(
    (
        "مالي",
        "mali",
        "مالى",
        "Mali",
        "מאלי",
        "ЕС",
        "ООН",
        "UN",
        "EU",
        "AB",
        "BM",
        "UE",
        "ONU",
        "oman",
        "عمان",
        "Чад",
        "Çad",
        "Tchad",
        "Chad",
        "Jersey",
        "Guinea",
        "סין",
    )
)

_BODIES = """
org:hamas|Organization|Hamas|حماس|حركة حماس|חמאס|ХАМАС|حماس
org:qassam|Organization|al-Qassam Brigades|Izz ad-Din al-Qassam Brigades|Qassam Brigades|كتائب عز الدين القسام|كتائب القسام|גדודי עז א-דין אל-קסאם|Бригады Изз ад-Дин аль-Кассам|گردان‌های عزالدین قسام|Kassam Tugayları
org:prc|Organization|Popular Resistance Committees|لجان المقاومة الشعبية|لجان المقاومة الشعبية الفلسطينية|ועדות ההתנגדות העממית|Комитеты народного сопротивления
org:nasser|Organization|Al-Nasser Salah al-Deen Brigades|Nasser Salah al-Din Brigades|ألوية الناصر صلاح الدين|كتائب الناصر صلاح الدين|كتائب الناصر|ألوية الناصر
org:fatah|Organization|Fatah|حركة فتح|תנועת פתח|ФАТХ
org:pij|Organization|Palestinian Islamic Jihad|Islamic Jihad|حركة الجهاد الإسلامي|الجهاد الإسلامي|הג'יהאד האסלאמי|Исламский джихад
org:hezbollah|Organization|Hezbollah|Hizballah|حزب الله|חיזבאללה|Хезболла|حزب‌الله|Hizbullah
org:isis|Organization|Islamic State|ISIS|تنظيم الدولة الإسلامية|داعش|דאעש|ИГИЛ|داعش|IŞİD
org:qaeda|Organization|al-Qaeda|al-Qaida|تنظيم القاعدة|אל-קאעידה|Аль-Каида|القاعده
org:irgc|PublicBody|Islamic Revolutionary Guard Corps|IRGC|الحرس الثوري|الحرس الثوري الإيراني|משמרות המהפכה|КСИР|سپاه پاسداران
gov:pa|PublicBody|Palestinian Authority|السلطة الفلسطينية|السلطة الوطنية الفلسطينية|הרשות הפלסטינית|Палестинская администрация|Filistin Yönetimi
gov:pma|PublicBody|Palestine Monetary Authority|Palestinian Monetary Authority|سلطة النقد الفلسطينية|סוכנות המוניטרית הפלסטינית
gov:ps-cma|PublicBody|Palestine Capital Market Authority|هيئة سوق رأس المال الفلسطينية
gov:us-treasury|PublicBody|US Treasury|U.S. Treasury|Treasury Department|US Department of the Treasury|وزارة الخزانة الأمريكية|الخزانة الأمريكية|משרד האוצר האמריקאי|Минфин США|Министерство финансов США|وزارت خزانه‌داری آمریکا|ABD Hazine Bakanlığı|Trésor américain
gov:ofac|PublicBody|OFAC|Office of Foreign Assets Control|مكتب مراقبة الأصول الأجنبية|أوفاك
gov:us-state|PublicBody|US State Department|State Department|وزارة الخارجية الأمريكية|מחלקת המדינה|Госдепартамент США
gov:us-government|PublicBody|US government|الحكومة الأمريكية|ממשל ארה"ב|правительство США
gov:nbctf|PublicBody|NBCTF|National Bureau for Counter Terror Financing|המטה הלאומי ללוחמה בטרור כלכלי
gov:il-minister|PublicBody|שר הביטחון|وزير الدفاع الإسرائيلي|Israeli defence minister
gov:eu|PublicBody|European Union|الاتحاد الأوروبي|האיחוד האירופי|Европейский союз|Евросоюз|اتحادیه اروپا|Avrupa Birliği|Union européenne|EU
gov:un|PublicBody,not-a-target|United Nations|الأمم المتحدة|האו"ם|ООН|Организация Объединенных Наций|سازمان ملل|Birleşmiş Milletler|Nations unies
gov:unsc|PublicBody|UN Security Council|Security Council|مجلس الأمن|מועצת הביטחון|Совет Безопасности|شورای امنیت
org:world-bank|PublicBody,not-a-target|World Bank|البنك الدولي|הבנק העולמי|Мировой банк|Всемирный банк|Мировым банком|بانک جهانی|Dünya Bankası|Banque mondiale
org:imf|PublicBody,not-a-target|International Monetary Fund|IMF|صندوق النقد الدولي|קרן המטבע הבינלאומית|МВФ|Международный валютный фонд|صندوق بین‌المللی پول|Uluslararası Para Fonu|Fonds monétaire international
org:interpol|PublicBody,not-a-target|Interpol|الإنتربول|אינטרפול|Интерпол|اینترپل
org:europol|PublicBody,not-a-target|Europol|يوروبول|יורופול|Европол
org:fatf|PublicBody,not-a-target|FATF|Financial Action Task Force|مجموعة العمل المالي|ФАТФ
org:elliptic|Company|Elliptic|إليبتيك|אליפטיק|Эллиптик
org:chainalysis|Company|Chainalysis|تشيناليسيس|צ'יינליסיס|Чейналисис
org:binance|Company|Binance|بينانس|بايننس|ביננס|Бинанс
org:telegram|Company|Telegram|
state:US|Country|Estados Unidos|الولايات المتحدة الأمريكية|أمريكا|ארה"ב|США|آمریکا|ABD|États-Unis|United States|the US|USA
state:IR|Country|النظام الإيراني|إيران|Iranian regime
state:PS|Country|فلسطين|Palestine|פלסטין|Палестина|Filistin
state:GB|Country|Britain|بريطانيا|בריטניה|Великобритания|İngiltere
state:SY|Country|سوريا|سورية
state:CN|Country|جمهورية الصين الشعبية|People's Republic of China
state:TR|Country|Turkey|Türkiye|Turquie
place:gaza|Country|قطاع غزة|Gaza Strip|רצועת עזה|Сектор Газа|نوار غزه|Gazze
"""


class Known(NamedTuple):
    """A spelling and what it names.

    Args:
        entity_id: the body.
        name: the spelling.
        schema: what sort it is.
        target: whether an authority could list it.
    """

    entity_id: str
    name: str
    schema: Schema
    target: bool


@cache
def known() -> tuple[Known, ...]:
    """Every spelling."""
    found: list[Known] = []
    for line in _BODIES.strip().splitlines():
        entity_id, kinds, *names = line.split("|")
        schema: Schema = kinds.partition(",")[0]  # type: ignore[assignment]
        found += [Known(entity_id, name, schema, "not-a-target" not in kinds) for name in names if name]
    return (*found, *_states())


def _states() -> list[Known]:
    from babel import Locale

    found = []
    barred = {fold(name) for name in _NOT_STATES}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if (
                len(code) == _STATE_CODE
                and code.isalpha()
                and code not in ("EU", "UN", "ZZ", "XA", "XB", "EZ")
                and fold(name) not in barred
            ):
                found.append(Known(f"state:{code}", name, "Country", target=False))
    return found
