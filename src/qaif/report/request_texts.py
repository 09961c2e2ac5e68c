# ruff: noqa: E501  a sentence a line, in two languages
"""Requests to services as texts that are ready to be sent, in English and Arabic.

Addresses, ids and amounts stand between direction marks, so that they read from left to right in Arabic too.
A text names no law: on which power the request rests, its sender writes in.
"""

from collections.abc import Mapping
from typing import Any

from qaif.errors import UsageError
from qaif.evidence.defang import defang, show_line
from qaif.units import btc_text

LANGUAGES = ("en", "ar")
_ISOLATE, _END = "\u2066", "\u2069"
_MOST_PAYMENTS = 200

_EN = {
    "title": "Request for records: {service}",
    "unnamed": "the operator of {address}",
    "power": "[Legal power of the request, and the sender: to be written in by the sender]",
    "whom": "{by} says that you operate the addresses below. That is a claim, not a finding.",
    "shape": "By their use, the addresses below look like those of a service. Who runs it is not known to us: "
    "if it is not you, please say so.",
    "found": "Public blocks of the Bitcoin chain, up to the block of {as_of}, show these payments:",
    "arrival": "{n}. On {time} (UTC) {amount} BTC came to your address {address}, transaction {txid}{coins}.",
    "departure": "{n}. On {time} (UTC) {amount} BTC were paid from your address {address}, transaction "
    "{txid}{coins}.",
    "coins": ", output {outpoints}",
    "shared": "Several parties paid into this transaction: who of them paid this cannot be said.",
    "more": "{count} more payments are in the table that comes with this.",
    "ask": "Please preserve and produce, for each of these payments:",
    "says_nothing": "That coins came to an address, or left it, does not show that the holder of the account "
    "knew where they came from or went to.",
    "simulated": "SIMULATED: no block of this chain is real. This text must not be sent.",
}
_WANTED_EN = {
    "preserve": "all records that concern it, before they are deleted",
    "account-holder": "the account that was credited or debited, and its holder",
    "identity-documents": "what the holder was identified by, and when",
    "account-opened": "when and from where the account was opened",
    "fiat-side": "bank accounts and cards that were used with it",
    "log-ins": "log-ins around the time of the payment, with addresses and devices",
    "later-withdrawals": "what became of the amount: trades, withdrawals, and to where",
    "earlier-deposits": "where the amount came from: deposits and trades before it",
}
_AR = {
    "title": "طلب سجلات: {service}",
    "unnamed": "مشغّل العنوان {address}",
    "power": "[السند القانوني للطلب واسم الجهة الطالبة: تكتبهما الجهة الطالبة]",
    "whom": "تقول جهة ({by}) إنكم تشغّلون العناوين أدناه. هذا ادعاء وليس نتيجة تحقّق.",
    "shape": "يبدو من طريقة استعمال العناوين أدناه أنها لمقدّم خدمة. لا نعرف من يشغّلها: إن لم تكونوا أنتم "
    "فنرجو إبلاغنا.",
    "found": "تُظهر الكتل العامة لسلسلة بيتكوين، حتى كتلة {as_of}، المدفوعات الآتية:",
    "arrival": "{n}. بتاريخ {time} (UTC) وصل مبلغ {amount} BTC إلى عنوانكم {address}، المعاملة {txid}{coins}.",
    "departure": "{n}. بتاريخ {time} (UTC) دُفع مبلغ {amount} BTC من عنوانكم {address}، المعاملة {txid}{coins}.",
    "coins": "، المُخرَج {outpoints}",
    "shared": "دفعت في هذه المعاملة أطراف عدة: لا يمكن القول أيّها دفع هذا المبلغ.",
    "more": "في الجدول المرفق مدفوعات أخرى عددها {count}.",
    "ask": "نرجو حفظ ما يأتي وتقديمه عن كل دفعة:",
    "says_nothing": "وصول عملات إلى عنوان أو خروجها منه لا يدل على أن صاحب الحساب كان يعلم مصدرها أو وجهتها.",
    "simulated": "محاكاة: لا كتلة حقيقية في هذه السلسلة. يُمنع إرسال هذا النص.",
}
_WANTED_AR = {
    "preserve": "جميع السجلات المتعلقة بها قبل أن تُحذف",
    "account-holder": "الحساب الذي قُيّد له المبلغ أو عليه، واسم صاحبه",
    "identity-documents": "ما ثبتت به هوية صاحب الحساب، ومتى",
    "account-opened": "متى فُتح الحساب ومن أين",
    "fiat-side": "الحسابات المصرفية والبطاقات المستعملة معه",
    "log-ins": "عمليات الدخول القريبة من وقت الدفعة، مع عناوينها وأجهزتها",
    "later-withdrawals": "ما آل إليه المبلغ: عمليات التداول والسحب ووجهتها",
    "earlier-deposits": "مصدر المبلغ: الإيداعات وعمليات التداول السابقة له",
}
_WORDS: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "en": (_EN, _WANTED_EN),
    "ar": (_AR, _WANTED_AR),
}


def request_text(answer: Mapping[str, Any], request: Mapping[str, Any], language: str) -> str:
    """A request as a text in one language.

    Args:
        answer: the `RequestsAnswer` that it is part of, as JSON: as of when, simulated or not.
        request: one of its requests, likewise.
        language: `en` or `ar`.

    Raises:
        UsageError: there is no such language.
    """
    if language not in _WORDS:
        raise UsageError(f"There is no request text in {language[:20]!r}.", way_out="Write en or ar.")
    words, wanted = _WORDS[language]
    service = defang(show_line(request["service"])) or words["unnamed"].format(
        address=_left(request["known_by"])
    )
    by = defang(show_line(", ".join(request["said_by"])))
    as_of = answer["as_of"]["time"] if answer["as_of"] else "?"
    shown = request["payments"][:_MOST_PAYMENTS]
    rest = len(request["payments"]) - len(shown)
    lines = [
        *([words["simulated"], ""] if answer["basis"].get("simulated") else []),
        words["title"].format(service=service),
        "",
        words["power"],
        "",
        words["whom"].format(by=by) if by else words["shape"],
        "",
        words["found"].format(as_of=_left(as_of)),
        *(line for n, one in enumerate(shown, start=1) for line in _payment(words, n, one)),
        *([words["more"].format(count=rest)] if rest else []),
        "",
        words["ask"],
        *(f"- {wanted[each]}" for each in request["wanted"]),
        "",
        words["says_nothing"],
    ]
    return "\n".join(lines) + "\n"


def _payment(words: Mapping[str, str], number: int, one: Mapping[str, Any]) -> list[str]:
    coins = words["coins"].format(outpoints=_left(", ".join(one["outpoints"]))) if one["outpoints"] else ""
    text = words[one["direction"]].format(
        n=number,
        time=_left(one["time"]),
        amount=_left(btc_text(one["amount_sat"])),
        address=_left(", ".join(one["addresses"])),
        txid=_left(one["txid"]),
        coins=coins,
    )
    return [text, *([words["shared"]] if one["shared"] else [])]


def _left(text: str) -> str:
    """Read from left to right whatever stands around it."""
    return f"{_ISOLATE}{text}{_END}"
