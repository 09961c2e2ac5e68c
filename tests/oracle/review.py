"""A review, slowly: dictionaries, transaction by transaction, exact fractions; standard library only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

from oracle.parse import Block, Tx, TxIn, sha256d

NULL_TXID = bytes(32)
ScriptOf = Callable[[TxIn], bytes | None]
Who = bytes | str  # a script, or "unknown", "coinbase", "data"


@dataclass
class Spent:
    """What one input spends: script and value, each None where it is unknown."""

    script: bytes | None
    value: int | None
    inferred: bool
    coinbase: bool = False


@dataclass
class Row:
    """One transaction of the set."""

    txid: str
    block: str
    time: int
    tx: Tx
    ins: list[Spent]
    received: int
    sent: int
    floor: int
    net_received: int
    net_sent: int
    came_in: int
    unknown: int
    strangers: int
    spends: bool


@dataclass
class Side:
    """One counterparty in one direction."""

    txs: list[str] = field(default_factory=list)
    alone: int = 0
    amount: int = 0
    shared: int = 0
    count: int = 0
    put_in: int = 0
    unknown: int = 0
    inferred: bool = False


def p2pkh_key(one: TxIn) -> bytes | None:
    """The last push of a signature script of two pushes; None where it is no key."""
    script = one.script
    if one.witness or not script or script[0] + 1 >= len(script):
        return None
    rest = script[script[0] + 1 :]
    return rest[1:] if rest[0] == 33 and len(rest) == 34 and rest[1] in (2, 3) else None


def day_of(time: int) -> date:
    return datetime.fromtimestamp(time, UTC).date()


def month_of(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m")


def rows_of(blocks: Sequence[Block], mine: set[bytes], script_of: ScriptOf) -> list[Row]:
    """Every transaction that pays the set or spends from it, in chain order."""
    outs: dict[tuple[bytes, int], tuple[bytes, int]] = {}
    rows = []
    for block in blocks:
        time = int.from_bytes(block.header[68:72], "little")
        for tx in block.txs:
            ins = [_spent(one, outs, script_of) for one in tx.ins]
            for vout, out in enumerate(tx.outs):
                outs[tx.txid, vout] = (out.script, out.value)
            if any(i.script in mine for i in ins) or any(o.script in mine for o in tx.outs):
                rows.append(_row(block, time, tx, ins, mine))
    return rows


def _spent(one: TxIn, outs: dict[tuple[bytes, int], tuple[bytes, int]], script_of: ScriptOf) -> Spent:
    if one.txid == NULL_TXID:
        return Spent(None, None, inferred=False, coinbase=True)
    if (one.txid, one.vout) in outs:
        script, value = outs[one.txid, one.vout]
        return Spent(script, value, inferred=False)
    known = script_of(one)
    return Spent(known, None, inferred=known is not None)


def _row(block: Block, time: int, tx: Tx, ins: list[Spent], mine: set[bytes]) -> Row:
    own = [i for i in ins if i.script in mine]
    other = [i for i in ins if i.script not in mine]
    received = sum(o.value for o in tx.outs if o.script in mine)
    sent = sum(i.value or 0 for i in own)
    unknown = sum(1 for i in own if i.value is None)
    strangers = sum(1 for i in other if i.script is None and not i.coinbase)
    floor = sent
    if unknown and all(i.value is not None for i in other):
        floor = max(sent, sum(o.value for o in tx.outs) - sum(i.value or 0 for i in other))
    net_received = 0 if unknown or strangers else max(received - sent, 0)
    return Row(
        txid=tx.txid[::-1].hex(),
        block=sha256d(block.header)[::-1].hex(),
        time=time,
        tx=tx,
        ins=ins,
        received=received,
        sent=sent,
        floor=floor,
        net_received=net_received,
        net_sent=max(floor - received, 0),
        came_in=net_received if own else received,
        unknown=unknown,
        strangers=strangers,
        spends=bool(own),
    )


def totals(rows: Sequence[Row], *, complete: bool) -> dict[str, object]:
    """The figures under the names that the answer has for them."""
    received, sent = sum(r.received for r in rows), sum(r.sent for r in rows)
    unknown = sum(r.unknown for r in rows)
    low = unknown > 0 or not complete
    span = max(r.time for r in rows) - min(r.time for r in rows) if rows else 0
    return {
        "tx_count": len(rows),
        "received_sat": received,
        "sent_sat": sent,
        "sent_at_least_sat": sum(r.floor for r in rows),
        "balance_sat": None if low else received - sent,
        "turnover_sat": received + sent,
        "net_received_sat": sum(r.net_received for r in rows),
        "net_sent_sat": sum(r.net_sent for r in rows),
        "lower_bound": low,
        "inputs_unknown_value": unknown,
        "active_days": len({day_of(r.time) for r in rows}),
        "years_active": f"{round(Fraction(span, 31_557_600) * 100) / 100:.2f}",
    }


def by_month(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Month by month, the empty ones between too."""
    if not rows:
        return []
    months = sorted({month_of(r.time) for r in rows})
    year, month = (int(x) for x in months[0].split("-"))
    out = []
    while (name := f"{year}-{month:02d}") <= months[-1]:
        here = [r for r in rows if month_of(r.time) == name]
        out.append(
            {
                "month": name,
                "tx_count": len(here),
                "received_count": sum(1 for r in here if any(_pays(r))),
                "sent_count": sum(1 for r in here if r.spends),
                "received_sat": sum(r.received for r in here),
                "sent_sat": sum(r.sent for r in here),
                "sent_at_least_sat": sum(r.floor for r in here),
                "net_received_sat": sum(r.net_received for r in here),
                "net_sent_sat": sum(r.net_sent for r in here),
                "inputs_unknown_value": sum(r.unknown for r in here),
            }
        )
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return out


def _pays(row: Row) -> list[int]:
    return [1] if row.received else []


def largest(rows: Sequence[Row]) -> list[tuple[str, str, str, int, bool, int]]:
    """Transactions by what they moved: block, txid, direction, amount, lower bound, strangers."""
    moved = [(max(r.came_in, r.net_sent), -at, r) for at, r in enumerate(rows)]
    order = sorted((m for m in moved if m[0] > 0), key=lambda m: (m[0], m[1]), reverse=True)
    return [
        (r.block, r.txid, "in" if r.came_in > r.net_sent else "out", amount, r.unknown > 0, r.strangers)
        for amount, _, r in order
    ]


def paid_by_set(rows: Sequence[Row], mine: set[bytes]) -> dict[Who, Side]:
    """Whom the set paid."""
    sides: dict[Who, Side] = {}
    for row in rows:
        alone = all(i.script in mine for i in row.ins)
        inferred = any(i.inferred for i in row.ins if i.script in mine)
        if not row.spends:
            continue
        for out in row.tx.outs:
            if out.script in mine:
                continue
            side = _touch(sides, _kind(out.script), row, alone=alone)
            side.count += 1
            side.amount += out.value if alone else 0
            side.shared += 0 if alone else out.value
            side.inferred |= inferred
    return sides


def paid_to_set(rows: Sequence[Row]) -> dict[Who, Side]:
    """Who paid the set, in transactions in which it does not spend."""
    sides: dict[Who, Side] = {}
    for row in rows:
        if row.spends:
            continue
        funders: list[Who] = [_funder(i) for i in row.ins]
        alone = len(set(funders)) == 1
        for who, spent in zip(funders, row.ins, strict=True):
            side = _touch(sides, who, row, alone=alone)
            side.count += 1
            side.put_in += spent.value or 0
            side.unknown += spent.value is None and not spent.coinbase
            side.inferred |= spent.inferred
        for who in set(funders):
            sides[who].amount += row.received if alone else 0
            sides[who].shared += 0 if alone else row.received
    return sides


def _funder(spent: Spent) -> Who:
    if spent.coinbase:
        return "coinbase"
    return "unknown" if spent.script is None else spent.script


def _touch(sides: dict[Who, Side], who: Who, row: Row, *, alone: bool) -> Side:
    side = sides.setdefault(who, Side())
    name = f"{row.block}:{row.txid}"
    if name not in side.txs:
        side.txs.append(name)
        side.alone += alone
    return side


def _kind(script: bytes) -> Who:
    return "data" if script[:1] == b"\x6a" else script


def fiat(rows: Sequence[Row], prices: dict[date, Decimal], day: date | None) -> dict[str, str] | None:
    """Worth at each row's day, or at one day; None where a price is missing."""
    sums = {
        "received": Fraction(0),
        "sent": Fraction(0),
        "net_received": Fraction(0),
        "net_sent": Fraction(0),
    }
    if day is not None and day not in prices:
        return None
    for row in rows:
        close = prices.get(day or day_of(row.time))
        if close is None:
            return None
        for name in sums:
            sums[name] += Fraction(getattr(row, name)) * Fraction(close) / 10**8
    sums["turnover"] = sums["received"] + sums["sent"]
    return {name: cents(total) for name, total in sums.items()}


def cents(amount: Fraction) -> str:
    """To a hundredth, half to even."""
    whole = round(amount * 100)
    return f"{whole // 100}.{whole % 100:02d}"
