"""The one way in which sentences, phrases and evidence are made."""

from collections.abc import Iterable, Mapping
from typing import Any

from qaif.questions.answer import Layer, weakest
from qaif.report.document.catalogue import declared, slots_of
from qaif.report.document.model import FIGURES, Evidence, Phrase, Sentence, Value, ValueKind


def say(
    template: str,
    evidence: Iterable[Evidence],
    values: Mapping[str, Value | None],
    about: str = "",
    *,
    summary: bool = False,
) -> Sentence:
    """A sentence on the weakest layer of its evidence.

    Args:
        template: its template; one of that layer, or of `any`, must be declared.
        evidence: what it rests on; at least one.
        values: a value for each slot of the template; one that is None is as good as missing.
        about: what it is about; with the template it names the statement.
        summary: show it in the summary, too.

    Raises:
        ValueError: there is no evidence, no such template of the layer, or the values are not those of its
            slots: nothing weaker can be said as something stronger.
    """
    held = tuple(dict.fromkeys(evidence))
    if not held:
        raise ValueError(f"{template}: no figure without evidence")
    layer = weakest([one.layer for one in held])
    slots = slots_of(declared(), layer, template)
    if slots is None:
        raise ValueError(f"{template}: nothing is declared that says this as a {layer}")
    given = {name: value for name, value in values.items() if value is not None}
    _check_values(template, slots, given)
    return Sentence(template, layer, given, held, about, summary)


def phrase(template: str, values: Mapping[str, Value] | None = None) -> Phrase:
    """Words of the report itself.

    Raises:
        ValueError: there is no such plain template, or its slots are others.
    """
    slots = declared().get(("plain", template))
    if slots is None:
        raise ValueError(f"{template}: no plain template is declared")
    _check_values(template, slots, values or {})
    return Phrase(template, values or {})


def _check_values(template: str, slots: Mapping[str, str], values: Mapping[str, Value]) -> None:
    odd = sorted(slots.keys() ^ values.keys())
    if odd:
        raise ValueError(f"{template}: the slot {odd[0]} is missing or too many")
    for name, value in values.items():
        if value.kind != slots[name]:
            raise ValueError(f"{template}: {name} is of kind {slots[name]} and not {value.kind}")


def value(kind: ValueKind, given: int | str | None, *, at_least: bool = False) -> Value | None:
    """A value; None where it is not known."""
    if given is None:
        return None
    if (kind in ("sat", "count", "ppm")) != isinstance(given, int):
        raise ValueError(f"{kind} of {type(given).__name__}")
    if at_least and kind not in FIGURES:
        raise ValueError(f"{kind} has no lower bound")
    return Value(kind, given, at_least)


def known(kind: ValueKind, given: int | str, *, at_least: bool = False) -> Value:
    """A value that is known."""
    made = value(kind, given, at_least=at_least)
    if made is None:  # pragma: no cover  # nothing that is given becomes None
        raise ValueError(kind)
    return made


def transaction(ref: Mapping[str, Any]) -> Evidence:
    """A transaction, from a `TxRef` as JSON."""
    return Evidence("transaction", str(ref["txid"]), "fact")


def history(address: str, layer: Layer) -> Evidence:
    """All held transactions of a script, on the layer of the answer that counts them."""
    return Evidence("history", address, layer)


def method(one: Mapping[str, Any]) -> Evidence:
    """A method, from an answer's basis."""
    return Evidence("method", f"{one['id']}/{one['version']}", "inference", str(one.get("measured", "")))


def person(name: str, when: str) -> Evidence:
    """A person's own word or decision, with when."""
    return Evidence("person", name, "claim", when)
