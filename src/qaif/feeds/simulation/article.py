"""The invented article that publishes the campaign's address, in Arabic and in English.

No person, group, newspaper, institute, bank or place of it exists; the text says so itself.
"""

ARTICLE_NAME = "invented-article.txt"

_TEXT = """\
[مقال مختلق لعرض توضيحي. كل الأسماء والأماكن والعناوين فيه من الخيال]
[INVENTED ARTICLE for a demonstration. Every name, place and address in it is made up]

زيادة غير منتظمة في تبرعات بيتكوين للجنة البيارة
بريد الميناء، ٩ ديسمبر ٢٠٢٤

يزعم تقرير صادر عن معهد الفانوس في جزيرة مارونيا أن لجنة البيارة وسّعت حملتها لجمع التبرعات بالعملات الرقمية.
وبحسب التقرير، نشرت اللجنة عنوان محفظة بيتكوين ({address}) في قنواتها،
ويقول المعهد إن نشاط العنوان زاد زيادة غير منتظمة منذ الربيع.
ويزعم المعهد أن العنوان يخدم موقعًا ماليًا يبدو شرعيًا باسم kite-pay (https://kite-pay.example/donate)،
وأن صاحبه المزعوم رجل يدعى نديم الصفصاف.
ويقدّر التقرير إجمالي حجم المعاملات في المحفظة بنحو ٣٣٧٠ بيتكوين، في آلاف المعاملات على مدار أربع سنوات.
ونفى متحدث باسم kite-pay أي صلة باللجنة.

Irregular rise in bitcoin gifts to the Orchard Committee
The Harbour Courier, 9 December 2024

A report by the Lantern Institute on the island of Marunia alleges that the Orchard Committee
has widened its campaign for digital money.
According to the report, the wallet {address}
took part in transactions of about 3,400 BTC in four years, with a rise since spring.
The institute says that the address serves a site named kite-pay;
a spokesman of kite-pay denies any link with the committee.
A caption under one picture of the poster reads {misprint}, which differs from the address in the text.
"""


def article(address: str) -> str:
    """The article about an address."""
    return _TEXT.format(address=address, misprint=misprinted(address))


def misprinted(address: str) -> str:
    """The address as a careless typesetter sets it: four characters near the end in the wrong order."""
    return address[:-6] + address[-6:-2][::-1] + address[-2:]
