"""What the tables for people must say, row by row, by dictionaries and lists; standard library only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from oracle import spender
from oracle.addresses import address
from oracle.chaintables import NULL_TXID
from oracle.script import script_type
from oracle.simchain import Block, In, Tx

Row = dict[str, Any]
NO_SCRIPT: Row = {"script_num": None, "address": None, "script_type": None}


@dataclass
class Rows:
    """Rows of `transactions`, `inputs`, `outputs` and `scripts`; only the columns that say something new."""

    transactions: list[Row] = field(default_factory=list)
    inputs: list[Row] = field(default_factory=list)
    outputs: list[Row] = field(default_factory=list)
    scripts: list[Row] = field(default_factory=list)
    numbers: dict[bytes, int] = field(default_factory=dict)
    last: dict[bytes, list[Row]] = field(default_factory=dict)  # outputs of the last transaction of an id
    network: str = "regtest"

    def shown(self, script: bytes) -> Row:
        if script not in self.numbers:
            self.numbers[script] = len(self.numbers)
            row = {"address": address(script, self.network), "script_type": script_type(script)[0]}
            number = {"script_num": len(self.scripts)}
            self.scripts.append(number | row | {"script_hex": script.hex(), "output_count": 0})
        whole = self.scripts[self.numbers[script]]
        return {name: whole[name] for name in NO_SCRIPT}


def rows(blocks: Sequence[Block], heights: Sequence[int | None], network: str = "regtest") -> Rows:
    """Everything in chain order."""
    made = Rows(network=network)
    for num, (block, height) in enumerate(zip(blocks, heights, strict=True)):
        time = datetime.fromtimestamp(block.time, tz=UTC).replace(tzinfo=None)
        where = {"block_height": height, "time": time}
        for position, tx in enumerate(block.txs):
            put(made, tx, where | {"block_num": num, "position": position})
    return made


def put(made: Rows, tx: Tx, where: Row) -> None:
    own = {"tx_num": len(made.transactions), "txid": tx.txid[::-1].hex()}
    beside = own | {name: where[name] for name in ("block_height", "time")}
    coinbase = tx.ins[0].txid == NULL_TXID
    start = len(made.inputs)
    spent = [spend(made, one, own | {"in_num": start + n}) | {"n": n} for n, one in enumerate(tx.ins)]
    made.inputs += [{"in_num": start + n} | beside | row for n, row in enumerate(spent)]
    values = [row["value_sat"] for row in spent]
    worth = None if None in values else sum(values)
    paid = sum(out.value for out in tx.outs)
    sums = {"input_sat": worth, "output_sat": paid, "fee_sat": None if worth is None else worth - paid}
    counts = {"is_coinbase": coinbase, "input_count": len(tx.ins), "output_count": len(tx.outs)}
    made.transactions.append(own | where | counts | sums)
    outs: list[Row] = []
    for vout, out in enumerate(tx.outs):
        row = {"out_num": len(made.outputs), "vout": vout, "value_sat": out.value, "is_coinbase": coinbase}
        spender_row = {"spent_in_num": None, "spent_tx_num": None, "spent_by_txid": None}
        outs.append(beside | row | made.shown(out.script) | spender_row)
        made.outputs.append(outs[-1])
        made.scripts[outs[-1]["script_num"]]["output_count"] += 1
    made.last[tx.txid] = outs


def spend(made: Rows, one: In, own: Row) -> Row:
    """An input's own columns; what it spends learns of it."""
    row: Row = {"is_coinbase": False, "spent_txid": one.txid[::-1].hex(), "spent_vout": one.vout}
    if one.txid == NULL_TXID:
        nothing = {"is_coinbase": True, "spent_txid": None, "spent_vout": None, "script_basis": "coinbase"}
        return row | nothing | NO_SCRIPT | {"spent_out_num": None, "value_sat": None}
    if one.txid in made.last:
        out = made.last[one.txid][one.vout]
        out |= {
            "spent_in_num": own["in_num"],
            "spent_tx_num": own["tx_num"],
            "spent_by_txid": own["txid"],
        }
        same = {name: out[name] for name in ("value_sat", *NO_SCRIPT)}
        return row | same | {"spent_out_num": out["out_num"], "script_basis": "output held"}
    basis, script = spender.spent(one.script, one.witness)
    known = made.shown(script) if script else NO_SCRIPT
    text = f"inferred: {basis}" if script else "unknown"
    return row | known | {"spent_out_num": None, "value_sat": None, "script_basis": text}
