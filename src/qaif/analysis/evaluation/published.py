"""Published transactions that stand as lists, and the regtest chain whose wallets' owners are known."""

import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qaif.analysis.evaluation.truth import NO_MIX, Truth
from qaif.analysis.shapes.contract import Shapes, fields
from qaif.analysis.shapes.mixes import DENOMINATIONS, POOL_FEES, POOLS
from qaif.analysis.transfers import inputs_of, outputs_of
from qaif.chain.addresses import script_of
from qaif.chain.open import Chain
from qaif.errors import InputError
from qaif.kernels.script import classify_scripts
from qaif.kernels.tx_shape import shapes_into
from qaif.units import UNKNOWN, Int64s, hash_raw

MIXES_PUBLISHED = {
    "whirlpool": "whirlpool-mix",
    "whirlpool_tx0": "whirlpool-tx0",
    "wasabi1": "wasabi-1",
    "wasabi1b": "wasabi-1",
    "wasabi2": "wabisabi",
    "joinmarket_like": "joinmarket",
}
NO_MIXES_PUBLISHED = ("after_joinmarket_like", "after_wasabi1", "after_wasabi2", "after_whirlpool")
OF_SEVERAL = "of several wallets"


@dataclass(frozen=True)
class Listed:
    """Transactions of a list: ids in wire order, and shapes."""

    txids_raw: list[bytes]
    shapes: Shapes


def listed(path: Path) -> Listed:
    """Read a published list: gzipped lines of JSON, inputs [txid, vout, sat, script], outputs [sat, script].

    Raises:
        InputError: the file is missing or is not of that form.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            read = [json.loads(line) for line in lines]
        spent = [(one[2], bytes.fromhex(one[3])) for tx in read for one in tx["inputs"]]
        paid = [(one[0], bytes.fromhex(one[1])) for tx in read for one in tx["outputs"]]
        txids = [bytes(hash_raw(tx["txid"])) for tx in read]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(f"{path} is not a list of transactions: {error}") from error
    numbers: dict[bytes, int] = {}
    in_script = [numbers.setdefault(script, len(numbers)) for _, script in spent]
    out_script = [numbers.setdefault(script, len(numbers)) for _, script in paid]
    kind, length = _types(list(numbers))
    table = fields(len(read))
    shapes_into(
        _lo([len(tx["inputs"]) for tx in read]),
        np.array([value for value, _ in spent], dtype=np.int64),
        np.array(in_script, dtype=np.int64),
        kind[in_script],
        _lo([len(tx["outputs"]) for tx in read]),
        np.array([value for value, _ in paid], dtype=np.int64),
        np.array(out_script, dtype=np.int64),
        kind[out_script],
        length[out_script],
        POOLS,
        POOL_FEES,
        DENOMINATIONS,
        table,
    )
    return Listed(txids, Shapes(table, np.zeros(len(read), dtype=np.bool_)))


def truth_of_owners(chain: Chain, path: Path) -> Truth:
    """The truth of a chain of wallets whose addresses are listed with their wallet.

    A transaction is a mix where wallets of several owners pay in. Change is what goes back to the one wallet
    that pays; where an input's owner is not listed, or several pay, nothing is said of change.

    Raises:
        InputError: the list is missing or is not of that form.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [(row["address"], row["wallet"]) for row in csv.DictReader(file)]
    except (OSError, KeyError, UnicodeError) as error:
        raise InputError(f"{path} is not a list of addresses and wallets: {error}") from error
    wallets = sorted({wallet for _, wallet in rows})
    controller = np.full(chain.n_scripts, UNKNOWN, dtype=np.int64)
    for address, wallet in rows:
        num = chain.script_num(script_of(address, chain.network))
        if num != UNKNOWN:
            controller[num] = wallets.index(wallet)
    return _truth(chain, controller)


def _truth(chain: Chain, controller: Int64s) -> Truth:
    txs = np.arange(chain.n_txs, dtype=np.int64)
    ins, in_row = inputs_of(chain, txs)
    script = chain.txin.script_num.take(ins).astype(np.int64)
    owner = np.where(script >= 0, controller[np.maximum(script, 0)], UNKNOWN)
    least, most = np.full(len(txs), chain.n_scripts), np.full(len(txs), UNKNOWN)
    np.minimum.at(least, in_row, owner)
    np.maximum.at(most, in_row, owner)
    distinct = np.unique(np.stack([in_row[owner >= 0], owner[owner >= 0]]), axis=1)[0]
    several = np.bincount(distinct, minlength=len(txs)) > 1
    known = (least == most) & (least >= 0)
    outs, out_row = outputs_of(chain, txs)
    to = controller[chain.txout.script_num.take(outs)]
    change = known[out_row] & (to == least[out_row])
    none = np.full(len(txs), UNKNOWN, dtype=np.int64)
    mixes = several.astype(np.int64), (NO_MIX, OF_SEVERAL)
    return Truth(controller, change, known, *mixes, none, (), none, ())


def _types(scripts: list[bytes]) -> tuple["np.ndarray[tuple[int], np.dtype[np.uint8]]", Int64s]:
    length = np.array([len(each) for each in scripts], dtype=np.int64)
    data = np.frombuffer(b"".join(scripts) or b"\0", dtype=np.uint8)
    return classify_scripts(data, np.cumsum(length) - length, length)[0].astype(np.uint8), length


def _lo(lengths: list[int]) -> Int64s:
    return np.cumsum([0, *lengths]).astype(np.int64)
