"""A transaction's shape, slowly: from lists of what it spends and pays, with dictionaries."""

from collections import Counter
from collections.abc import Sequence

NULL_DATA, KEYHASH, TAPROOT = "nulldata", "witness_v0_keyhash", "witness_v1_taproot"
Spent = tuple[int | None, object, str | None]  # satoshi, script, type; None where unknown
Paid = tuple[int, object, str, int]  # satoshi, script, type, bytes of the script


def shape_of(
    spent: Sequence[Spent],
    paid: Sequence[Paid],
    pools: dict[int, int],
    denominations: set[int],
    largest_premix_fee: int,
) -> dict[str, int]:
    """The fields of a shape by name."""
    outs = [one for one in paid if one[2] != NULL_DATA and one[0] > 0]
    data = [one for one in paid if one[2] == NULL_DATA]
    counted = Counter(one[0] for one in outs)
    equal_count, equal_value = max(((n, value) for value, n in counted.items()), default=(0, -1))
    known = [one[0] for one in spent if one[0] is not None]
    scripts = {one[1] for one in spent if one[1] is not None}
    whole = len(known) == len(spent)
    shape = {
        "IN_COUNT": len(spent),
        "OUT_COUNT": len(paid),
        "PAID_COUNT": len(outs),
        "EQUAL_COUNT": equal_count,
        "EQUAL_VALUE": equal_value,
        "GROUPED_COUNT": sum(n for n in counted.values() if n > 1),
        "OUT_SCRIPTS": len({one[1] for one in outs}),
        "IN_SCRIPTS": len(scripts),
        "IN_SCRIPTS_UNKNOWN": sum(one[1] is None for one in spent),
        "IN_VALUES_UNKNOWN": len(spent) - len(known),
        "OUTS_TO_INPUTS": sum(one[1] in scripts for one in outs),
        "DATA_COUNT": len(data),
        "DATA_BYTES": max((one[3] for one in data), default=0),
        "OUT_KEYHASH": sum(one[2] == KEYHASH for one in outs),
        "OUT_TAPROOT": sum(one[2] == TAPROOT for one in outs),
        "OUT_TYPES": len({one[2] for one in outs}),
        "IN_KEYHASH": sum(one[2] == KEYHASH for one in spent),
        "IN_TAPROOT": sum(one[2] == TAPROOT for one in spent),
        "OUTS_FALL": int(_falls([one[0] for one in paid])),
        "INS_FALL": int(_falls(known)) if whole else -1,
        "IN_LEAST": min(known, default=-1),
        "IN_MOST": max(known, default=-1),
        "IN_EQUAL": known.count(equal_value),
        "IN_TOTAL": sum(known) if whole else -1,
        "OUT_TOTAL": sum(one[0] for one in paid),
        "OUT_LEAST": min(counted, default=-1),
        "OUT_MOST": max(counted, default=-1),
        "DENOMINATED": sum(one[0] in denominations for one in outs),
    }
    return shape | _premixes([one[0] for one in outs], pools, largest_premix_fee)


def _falls(values: Sequence[int]) -> bool:
    return list(values) == sorted(values, reverse=True)


def _premixes(values: Sequence[int], pools: dict[int, int], largest_fee: int) -> dict[str, int]:
    best: list[int] = []
    of = -1
    for pool in sorted(pools):
        found = [value for value in values if pool < value <= pool + largest_fee]
        if found and len(found) >= len(best):
            best, of = found, pool
    return {
        "POOL": of,
        "PREMIX_COUNT": len(best),
        "PREMIX_VALUES": len(set(best)),
        "PREMIX_MOST": max(best, default=-1),
        "POOL_FEE": int(bool(best) and pools[of] in values),
    }
