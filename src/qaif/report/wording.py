"""The fixed words of a case page, and the sentences about what is held and what is not known."""

from collections.abc import Mapping
from typing import Any

LAYER_WORDS = {
    "fact": "facts of the chain alone",
    "inference": "facts, and at least one inference; see the methods",
    "claim": "what a source claims",
}
WHERE_WORDS = {
    "text": "visible text",
    "attribute": "markup, in an attribute that a reader does not see",
    "hidden": "hidden text",
    "script": "script or style",
    "comment": "comments",
    "metadata": "headers and properties",
    "code": "QR code",
    "ocr": "picture, as OCR read it",
}
KIND_WORDS = {
    "unknown": "scripts that are not known, together",
    "coinbase": "newly made coins",
    "data": "data outputs (OP_RETURN), together",
}
SEEN_WORDS = {True: "occurs", False: "does not occur", None: "not looked up"}

_ALWAYS = (
    "Who controls an address, and who benefits from it: the chain does not say, and a document only claims.",
    "What a payment was for, and whether its receiver wanted it: anybody can pay a published address.",
)


def coverage_words(coverage: Mapping[str, Any]) -> str:
    """Coverage as one text."""
    if coverage["complete"] and coverage["told"]:
        head = "A source says that the history is whole; no block held proves it."
    elif coverage["complete"]:
        head = "All blocks up to this one are held, so the history is whole."
    else:
        head = "Not all blocks are held: what is missing here is not known, and not the same as nothing."
    return " ".join([head, *coverage["reasons"]])


def unknown_lines(case: Mapping[str, Any]) -> list[str]:
    """What the case cannot say, each once."""
    lines = list(_ALWAYS)
    if not case["coverage"]["complete"]:
        lines += case["coverage"]["reasons"]
    for found in case["addresses"]:
        lines += _about(found)
    if case["document"]:
        lines += case["document"]["limits"]
    return list(dict.fromkeys(lines))


def _about(found: Mapping[str, Any]) -> list[str]:
    review, address = found["review"], found["address"]
    if not review:
        return [f"What {address} did: {found['review_missing']}"]
    known = review["coverage"]["complete"] and not review["coverage"]["told"]
    lines = [] if known else list(review["coverage"]["reasons"])
    if review["balance_sat"] is None:
        lines.append(f"What {address} holds: not everything that it received and sent is known here.")
    fiat = review["fiat"]
    totals = (fiat["at_transaction_day"], fiat["at_day"])
    lines += [f"Worth in money: {total['reason']}" for total in totals if total["reason"]]
    if found["transactions_left_out"]:
        lines.append(
            f"{found['transactions_left_out']:,} transactions of {address} are counted but not listed."
        )
    return lines
