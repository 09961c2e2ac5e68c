"""Shapes of transactions that stand as lists: of the tests' own, and of the published CoinJoins."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qaif.analysis.shapes.contract import Shapes, fields
from qaif.analysis.shapes.mixes import DENOMINATIONS, POOL_FEES, POOLS
from qaif.kernels.script import TYPE_NAMES, classify_scripts
from qaif.kernels.tx_shape import UNTYPED, shapes_into

Spent = tuple[int | None, bytes | None]
Paid = tuple[int, bytes]
ListedTx = tuple[Sequence[Spent], Sequence[Paid]]


def listed(path: Path) -> list[ListedTx]:
    """Transactions of a published set: value and script of each input and output."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines]
    return [
        (
            [(value, bytes.fromhex(script)) for _, _, value, script in each["inputs"]],
            [(value, bytes.fromhex(script)) for value, script in each["outputs"]],
        )
        for each in read
    ]


def types_of(scripts: Sequence[bytes]) -> tuple[Any, Any]:
    """Core's type of each script, and its length."""
    length = np.array([len(each) for each in scripts], dtype=np.int64)
    data = np.frombuffer(b"".join(scripts) or b"\0", dtype=np.uint8)
    return classify_scripts(data, np.cumsum(length) - length, length)[0].astype(np.uint8), length


def type_name(script: bytes) -> str:
    """Core's name of a script's type."""
    return TYPE_NAMES[int(types_of([script])[0][0])]


def shapes_of_listed(txs: Sequence[ListedTx]) -> Shapes:
    """Shapes of listed transactions, none a coinbase."""
    numbers: dict[bytes, int] = {}
    spent = [one for tx in txs for one in tx[0]]
    paid = [one for tx in txs for one in tx[1]]
    in_type, _ = types_of([script or b"" for _, script in spent])
    in_type[[script is None for _, script in spent]] = UNTYPED
    out_type, out_bytes = types_of([script for _, script in paid])
    in_script = [-1 if s is None else numbers.setdefault(s, len(numbers)) for _, s in spent]
    out_script = [numbers.setdefault(script, len(numbers)) for _, script in paid]
    table = fields(len(txs))
    shapes_into(
        np.cumsum([0, *(len(tx[0]) for tx in txs)]).astype(np.int64),
        np.array([-1 if value is None else value for value, _ in spent], dtype=np.int64),
        np.array(in_script, dtype=np.int64),
        in_type,
        np.cumsum([0, *(len(tx[1]) for tx in txs)]).astype(np.int64),
        np.array([value for value, _ in paid], dtype=np.int64),
        np.array(out_script, dtype=np.int64),
        out_type,
        out_bytes,
        POOLS,
        POOL_FEES,
        DENOMINATIONS,
        table,
    )
    return Shapes(table, np.zeros(len(txs), dtype=np.bool_))
