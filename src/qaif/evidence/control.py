"""Who is said to control which addresses, and whom people judged to be different.

Only `operated by` speaks of control. Whom an address serves, who advertises it, whose deposit address it is
and who holds it by the word of a list do not: a service controls the deposit addresses of many people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product

from qaif.evidence.claims.judging import different, joined, members
from qaif.records.engine import Records
from qaif.records.statement_rows import Logged

OPERATED = "operated by"
_MOST_PAIRS = 10_000  # of two entities; of more their names keep them apart, as those of operators
_ADDRESSES = ("publicKey", "cryptoAddress")


@dataclass(frozen=True)
class Control:
    """What sources and people say of control.

    A link can name an address itself, or the entity of one; other things that are named come along, and are
    no addresses.

    Attributes:
        operators: addresses, each with the id of who is said to operate it.
        apart: pairs of addresses of two entities, or that are two entities, judged to be different.
    """

    operators: tuple[tuple[str, str], ...]
    apart: tuple[tuple[str, str], ...]


def control_of(records: Records) -> Control:
    """All that is said of control in a workspace."""
    judgements = records.judgements.all()
    main_of = joined(judgements)
    operates = _operates(records)
    pairs = different(judgements)
    judged = [each for pair in pairs for one in pair for each in members(main_of, one)]
    address_of = _addresses(records, [*(wallet for wallet, _ in operates), *judged])
    of_entity: dict[str, list[str]] = {}
    for wallet, operator in operates:
        of_entity.setdefault(main_of.get(operator, operator), []).extend(address_of.get(wallet, [wallet]))
    for entity in judged:
        of_entity.setdefault(main_of.get(entity, entity), []).extend(address_of.get(entity, ()))
    apart = [
        each
        for one, other in (tuple(main_of.get(end, end) for end in sorted(pair)) for pair in pairs)
        for each in islice(product(of_entity.get(one, ()), of_entity.get(other, ())), _MOST_PAIRS)
        if each[0] != each[1]
    ]
    said = [
        (address, main_of.get(operator, operator))
        for wallet, operator in operates
        for address in address_of.get(wallet, [wallet])
    ]
    return Control(tuple(dict.fromkeys(said)), tuple(dict.fromkeys(apart)))


def _operates(records: Records) -> list[tuple[str, str]]:
    """Each wallet with who is said to operate it, by the ids of both."""
    roles = records.statements.with_props(("role",))
    links = [row.statement.entity_id for row in roles if row.statement.value == OPERATED and _stands(row)]
    ends: dict[str, dict[str, list[str]]] = {}
    for row in records.statements.of_entities(links):
        if row.statement.prop in ("subject", "object") and _stands(row):
            of_link = ends.setdefault(row.statement.entity_id, {})
            of_link.setdefault(row.statement.prop, []).append(row.statement.value)
    return [
        pair for link in ends.values() for pair in product(link.get("subject", ()), link.get("object", ()))
    ]


def _addresses(records: Records, wallets: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in records.statements.of_entities(wallets):
        if row.statement.prop in _ADDRESSES and _stands(row):
            found.setdefault(row.statement.entity_id, []).append(row.statement.value)
    return found


def _stands(row: Logged) -> bool:
    return row.statement.assertion.status != "retracted"
