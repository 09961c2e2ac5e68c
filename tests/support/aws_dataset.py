"""Blocks written as the AWS public dataset has them; rows are made by the slow twin of the parser."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from oracle.parse import Block, Tx, parse_block, sha256d, size_bytes

_S, _I, _F = pa.string(), pa.int64(), pa.float64()
_TIME = pa.timestamp("ms")
_OUTPUT = {"index": _I, "script_asm": _S, "script_hex": _S, "required_signatures": _I, "type": _S}
_INPUT = {
    "index": _I,
    "spent_transaction_hash": _S,
    "spent_output_index": _I,
    "script_asm": _S,
    "script_hex": _S,
    "sequence": _I,
    "required_signatures": _I,
    "type": _S,
}
_TOLD = {"address": _S, "value": _F}
BLOCKS = pa.schema(
    {
        **dict.fromkeys(("date", "hash"), _S),
        **dict.fromkeys(("size", "stripped_size", "weight", "number", "version"), _I),
        "merkle_root": _S,
        "timestamp": _TIME,
        "nonce": _I,
        **dict.fromkeys(("bits", "coinbase_param"), _S),
        "transaction_count": _I,
        "mediantime": _TIME,
        "difficulty": _F,
        **dict.fromkeys(("chainwork", "previousblockhash"), _S),
        "last_modified": _TIME,
    }
)
TRANSACTIONS = pa.schema(
    {
        **dict.fromkeys(("date", "hash"), _S),
        **dict.fromkeys(("size", "virtual_size", "version", "lock_time"), _I),
        "block_hash": _S,
        "block_number": _I,
        "block_timestamp": _TIME,
        **dict.fromkeys(("index", "input_count", "output_count"), _I),
        **dict.fromkeys(("input_value", "output_value"), _F),
        "is_coinbase": pa.bool_(),
        "fee": _F,
        "last_modified": _TIME,
        "inputs": pa.list_(pa.struct({**_INPUT, **_TOLD})),
        "outputs": pa.list_(pa.struct({**_OUTPUT, **_TOLD})),
    }
)
Row = dict[str, Any]


def as_float(sat: int) -> float:
    """Satoshi as a program that reads Core's JSON gets them."""
    return float(Decimal(sat) / 10**8)


def _hex(raw: bytes) -> str:
    return raw[::-1].hex()


def rows_of(raw_blocks: Iterable[bytes], heights: Sequence[int] | None = None) -> tuple[list[Row], list[Row]]:
    """Rows of blocks, and rows of their transactions."""
    blocks, txs = [], []
    for at, raw in enumerate(raw_blocks):
        block = parse_block(raw)
        row = _block_row(block, len(raw), heights[at] if heights else at)
        blocks.append(row)
        txs += [_tx_row(tx, place, row) for place, tx in enumerate(block.txs)]
    return blocks, txs


def _block_row(block: Block, size: int, height: int) -> Row:
    h = block.header
    stripped = 80 + len(size_bytes(len(block.txs)))
    stripped += sum(len(tx.serialise(witness=False)) for tx in block.txs)
    time = datetime.fromtimestamp(int.from_bytes(h[68:72], "little"), UTC).replace(tzinfo=None)
    return {
        "date": time.strftime("%Y-%m-%d"),
        "hash": _hex(sha256d(h)),
        "size": size,
        "stripped_size": stripped,
        "weight": 3 * stripped + size,
        "number": height,
        "version": int.from_bytes(h[:4], "little", signed=True),
        "merkle_root": _hex(h[36:68]),
        "timestamp": time,
        "nonce": int.from_bytes(h[76:80], "little"),
        "bits": f"{int.from_bytes(h[72:76], 'little'):08x}",
        "coinbase_param": block.txs[0].ins[0].script.hex(),
        "transaction_count": len(block.txs),
        "mediantime": time,
        "difficulty": 1.0,
        "chainwork": "00",
        "previousblockhash": _hex(h[4:36]) if any(h[4:36]) else None,
        "last_modified": time,
    }


def _tx_row(tx: Tx, place: int, block: Row) -> Row:
    coinbase = place == 0
    spent = [
        {
            "index": at,
            "spent_transaction_hash": _hex(one.txid),
            "spent_output_index": one.vout,
            "script_hex": one.script.hex(),
            "sequence": one.sequence,
            "address": "told, not read",
            "value": 1.5,
        }
        for at, one in enumerate(tx.ins)
    ]
    paid = [
        {
            "index": at,
            "script_hex": one.script.hex(),
            "address": "told, not read",
            "value": as_float(one.value),
        }
        for at, one in enumerate(tx.outs)
    ]
    return {
        "date": block["date"],
        "hash": _hex(tx.txid),
        "size": len(tx.serialise()),
        "version": tx.version,
        "lock_time": tx.locktime,
        "block_hash": block["hash"],
        "block_number": block["number"],
        "block_timestamp": block["timestamp"],
        "index": place,
        "input_count": 0 if coinbase else len(spent),
        "output_count": len(paid),
        "is_coinbase": coinbase,
        "inputs": None if coinbase else spent,
        "outputs": paid,
    }


def write_parts(folder: Path, blocks: list[Row], txs: list[Row], *, group: int = 50) -> None:
    """As the dataset is from the next day on: each day's rows in parts, in no order of blocks."""
    for name, rows, schema in (("blocks", blocks, BLOCKS), ("transactions", txs, TRANSACTIONS)):
        for day, mine in _by_day(rows).items():
            mixed = sorted(mine, key=lambda row: row["hash"][::-1])
            for part in range(2):
                _write(
                    folder / name / day / f"part-{part:05}-x.snappy.parquet", mixed[part::2], schema, group
                )


def write_intraday(folder: Path, blocks: list[Row], txs: list[Row]) -> None:
    """As the dataset is on the day itself: one file a block."""
    for block in blocks:
        day, name = f"date={block['date']}", f"{block['number']}.snappy.parquet"
        mine = [tx for tx in txs if tx["block_hash"] == block["hash"]]
        _write(folder / "blocks" / day / name, [block], BLOCKS, 50)
        _write(folder / "transactions" / day / name, mine, TRANSACTIONS, 50)


def _by_day(rows: list[Row]) -> dict[str, list[Row]]:
    days: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        days[f"date={row['date']}"].append(row)
    return days


def _write(path: Path, rows: list[Row], schema: Any, group: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows, schema=schema)
    pq.write_table(table, path, row_group_size=group, compression="snappy")
