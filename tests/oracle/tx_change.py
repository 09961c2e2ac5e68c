"""Change of a transaction, slowly: the heuristics as sentences over lists and sets; standard library only."""

from dataclasses import dataclass, field
from fractions import Fraction

KEYHASH = "witness_v0_keyhash"


@dataclass(frozen=True)
class MadeIn:
    value: int | None = 100_000
    script: int | None = None  # which script; None unknown
    kind: str = KEYHASH
    sequence: int = 0xFFFFFFFD
    script_size: int = 0
    witness_size: int = 107


@dataclass(frozen=True)
class MadeOut:
    value: int
    script: int
    kind: str = KEYHASH
    fresh: bool = False
    spender: "MadeTx | None" = None


@dataclass(frozen=True)
class MadeTx:
    ins: list[MadeIn] = field(default_factory=list)
    outs: list[MadeOut] = field(default_factory=list)
    version: int = 2
    locktime: int = 0
    size: int = 200
    base_size: int = 100
    coinbase: bool = False


def can_be_change(tx: MadeTx) -> set[int]:
    if tx.coinbase:
        return set()
    return {n for n, out in enumerate(tx.outs) if out.value > 0 and out.kind != "nulldata"}


def kept_by_each(tx: MadeTx) -> dict[str, set[int]]:
    """What each heuristic cannot rule out; all that is possible where it would keep none."""
    can = can_be_change(tx)
    return {name: (said & can) or can for name, said in _said(tx, can).items()}


def _said(tx: MadeTx, can: set[int]) -> dict[str, set[int]]:
    mine = {one.script for one in tx.ins} - {None}
    reused = {n for n in can if tx.outs[n].script in mine}
    kind = kind_of(tx)
    values = [one.value for one in tx.ins if one.value is not None]
    needed = len(values) == len(tx.ins) > 1
    ends = {n: len(str(tx.outs[n].value)) - len(str(tx.outs[n].value).rstrip("0")) for n in can}
    said = {
        "address-reuse": reused,
        "script-type": {n for n in can if kind in (None, tx.outs[n].kind)},
        "round-value": {n for n in can if ends[n] < min(ends.values()) + 3},
        "optimal-change": {n for n in can if not needed or all(tx.outs[n].value < v for v in values)},
        "fresh-address": can if reused else {n for n in can if tx.outs[n].fresh},
        "peel-continuation": _peel(tx, can),
        "later-cospend": {
            n for n in can if any(one.script in mine for one in _spender_ins(tx.outs[n].spender))
        },
    }
    habits = {
        "same-version": lambda one: one.version,
        "same-locktime": locktime_habit,
        "same-sequence": sequence_habit,
        "same-order": order_habit,
        "same-low-r": low_r_habit,
        "same-fee-rounding": fee_rounding,
    }
    for name, habit in habits.items():
        said[name] = _alike(tx, can, habit, lambda one, other: one == other)
    said["fee-rate-habit"] = _alike(tx, can, rate_in_thousandths, lambda a, b: a <= 2 * b and b <= 2 * a)
    return said


def _spender_ins(spender: MadeTx | None) -> list[MadeIn]:
    return spender.ins if spender else []


def _peel(tx: MadeTx, can: set[int]) -> set[int]:
    def peels(one: MadeTx) -> bool:
        return len(one.ins) == 1 and len([o for o in one.outs if o.value > 0 and o.kind != "nulldata"]) == 2

    if not peels(tx) or kind_of(tx) is None:
        return can
    spenders = {n: tx.outs[n].spender for n in can}
    return {n for n, by in spenders.items() if by and peels(by) and kind_of(by) == kind_of(tx)}


def _alike(tx: MadeTx, can: set[int], habit: object, same: object) -> set[int]:
    own = habit(tx)  # type: ignore[operator]
    if own is None:
        return can
    later = {n: habit(by) for n in can if (by := tx.outs[n].spender) is not None}  # type: ignore[operator]
    judged = {n: same(own, one) for n, one in later.items() if one is not None}  # type: ignore[operator]
    if not any(judged.values()):
        return can
    return {n for n in can if judged.get(n, True)}


def kind_of(tx: MadeTx) -> str | None:
    kinds = {one.kind if one.script is not None else None for one in tx.ins}
    return kinds.pop() if len(kinds) == 1 else None


def locktime_habit(tx: MadeTx) -> str:
    return "none" if tx.locktime == 0 else "height" if tx.locktime < 500_000_000 else "time"


def sequence_habit(tx: MadeTx) -> str | None:
    names = {0xFFFFFFFF: "final", 0xFFFFFFFE: "one below", 0xFFFFFFFD: "replaceable"}
    seen = {one.sequence for one in tx.ins}
    return None if not seen else "others" if len(seen) > 1 else names.get(seen.pop(), "others")


def order_habit(tx: MadeTx) -> bool | None:
    values = [out.value for out in tx.outs]
    return values == sorted(values) if len(values) > 1 else None


def low_r_habit(tx: MadeTx) -> bool | None:
    lengths = {length for one in tx.ins if (length := _signature_bytes(one)) in (71, 72)}
    return None if not lengths else 72 not in lengths


def _signature_bytes(one: MadeIn) -> int | None:
    """Of a key hash: what is left of the input beside the key's 33 bytes and the lengths."""
    if one.script is None:
        return None
    if one.kind == "pubkeyhash" and one.witness_size <= 1:
        return one.script_size - 1 - 1 - 33
    if one.kind == KEYHASH or (one.kind == "scripthash" and one.script_size == 23):
        return one.witness_size - 1 - 1 - 1 - 33
    return None


def _fee(tx: MadeTx) -> int | None:
    values = [one.value for one in tx.ins]
    if tx.size == 0 or not values or None in values:
        return None
    fee = sum(value or 0 for value in values) - sum(out.value for out in tx.outs)
    return fee if fee >= 0 else None


def _vsize(tx: MadeTx) -> int:
    return -((-3 * tx.base_size - tx.size) // 4)


def fee_rounding(tx: MadeTx) -> bool | None:
    fee = _fee(tx)
    return None if fee is None else Fraction(fee, _vsize(tx)).denominator == 1


def rate_in_thousandths(tx: MadeTx) -> int | None:
    fee = _fee(tx)
    return None if fee is None else fee * 1000 // _vsize(tx)
