"""Esplora's JSON, as Blockstream's electrs writes it, from an index of a node's chain."""

from typing import Any

from oracle.addresses import address
from oracle.parse import Tx
from oracle.script import BrokenScriptError, operations, script_type
from peers.esplora_index import ChainIndex, Known

_TYPES = {
    "pubkey": "p2pk",
    "pubkeyhash": "p2pkh",
    "scripthash": "p2sh",
    "witness_v0_keyhash": "v0_p2wpkh",
    "witness_v0_scripthash": "v0_p2wsh",
    "witness_v1_taproot": "v1_p2tr",
    "nulldata": "op_return",
    "multisig": "multisig",
}
Json = dict[str, Any]


def shown(raw: bytes) -> str:
    return raw[::-1].hex()


def assembly(script: bytes) -> str:
    words: list[str] = []
    try:
        found = list(operations(script))
    except BrokenScriptError:
        return "<push past end>"
    for code, data in found:
        words += [
            f"OP_PUSHBYTES_{code} {data.hex()}" if 0 < code < 76 else f"OP_{code:02x} {data.hex()}".strip()
        ]
    return " ".join(words)


def output(value: int, script: bytes) -> Json:
    made = {
        "scriptpubkey": script.hex(),
        "scriptpubkey_asm": assembly(script),
        "scriptpubkey_type": _TYPES.get(script_type(script)[0], "unknown"),
        "value": value,
    }
    found = address(script, "regtest")
    return made if found is None else made | {"scriptpubkey_address": found}


class Shapes:
    """What an index holds, as JSON."""

    def __init__(self, index: ChainIndex) -> None:
        self.index = index

    def status(self, known: Known) -> Json:
        if known.height is None:
            return {"confirmed": False}
        header = self.index.blocks[known.height].header
        return {
            "confirmed": True,
            "block_height": known.height,
            "block_hash": self.index.hashes[known.height],
            "block_time": int.from_bytes(header[68:72], "little"),
        }

    def transaction(self, known: Known) -> Json:
        tx = known.tx
        base = len(tx.serialise(witness=False))
        return {
            "txid": shown(tx.txid),
            "version": tx.version,
            "locktime": tx.locktime,
            "vin": [self._input(tx, vin) for vin in range(len(tx.ins))],
            "vout": [output(out.value, out.script) for out in tx.outs],
            "size": len(known.raw),
            "weight": 3 * base + len(known.raw),
            "fee": self._fee(tx),
            "status": self.status(known),
        }

    def _prevout(self, tx: Tx, vin: int) -> Json | None:
        spent = tx.ins[vin]
        if spent.vout == 0xFFFFFFFF:
            return None
        out = self.index.txs[spent.txid].tx.outs[spent.vout]
        return output(out.value, out.script)

    def _input(self, tx: Tx, vin: int) -> Json:
        spent, prevout = tx.ins[vin], self._prevout(tx, vin)
        made: Json = {
            "txid": shown(spent.txid),
            "vout": spent.vout,
            "prevout": prevout,
            "scriptsig": spent.script.hex(),
            "scriptsig_asm": assembly(spent.script) if prevout else "",
            "is_coinbase": prevout is None,
            "sequence": spent.sequence,
        }
        return made | ({"witness": [item.hex() for item in spent.witness]} if spent.witness else {})

    def _fee(self, tx: Tx) -> int:
        prevouts = [self._prevout(tx, vin) for vin in range(len(tx.ins))]
        spent = [prevout["value"] for prevout in prevouts if prevout is not None]
        return sum(spent) - sum(out.value for out in tx.outs) if spent else 0

    def statistics(self, digest: bytes) -> Json:
        parts = {
            "chain_stats": self._sums(digest, waiting=False),
            "mempool_stats": self._sums(digest, waiting=True),
        }
        return {"scripthash": digest.hex(), **parts}

    def _sums(self, digest: bytes, *, waiting: bool) -> Json:
        from hashlib import sha256

        funded, spent, count = list[int](), list[int](), 0
        for txid in self.index.histories.get(digest, []):
            known = self.index.txs[txid]
            if (known.height is None) is not waiting:
                continue
            count += 1
            funded += [out.value for out in known.tx.outs if sha256(out.script).digest() == digest]
            for one in known.tx.ins:
                if one.txid in self.index.txs:
                    out = self.index.txs[one.txid].tx.outs[one.vout]
                    spent += [out.value] if sha256(out.script).digest() == digest else []
        sums = {"funded_txo_count": len(funded), "funded_txo_sum": sum(funded)}
        return {"tx_count": count, **sums, "spent_txo_count": len(spent), "spent_txo_sum": sum(spent)}

    def outspends(self, known: Known) -> list[Json]:
        found = [self.index.spenders.get((known.tx.txid, vout)) for vout in range(len(known.tx.outs))]
        return [{"spent": False} if by is None else self._spender(*by) for by in found]

    def _spender(self, txid: bytes, vin: int) -> Json:
        status = self.status(self.index.txs[txid])
        return {"spent": True, "txid": shown(txid), "vin": vin, "status": status}

    def block(self, height: int) -> Json:
        block, raw = self.index.blocks[height], self.index.raws[height]
        header = block.header
        numbers = {name: int.from_bytes(header[at : at + 4], "little") for name, at in _NUMBERS.items()}
        times = [self.index.blocks[one].header[68:72] for one in range(max(0, height - 10), height + 1)]
        ordered = sorted(int.from_bytes(one, "little") for one in times)
        base = (
            80 + len(raw) - 80 - sum(len(t.serialise()) - len(t.serialise(witness=False)) for t in block.txs)
        )
        return {
            "id": self.index.hashes[height],
            "height": height,
            **numbers,
            "tx_count": len(block.txs),
            "size": len(raw),
            "weight": 3 * base + len(raw),
            "merkle_root": shown(header[36:68]),
            "previousblockhash": shown(header[4:36]) if height else None,
            "mediantime": ordered[len(ordered) // 2],
            "difficulty": 4.6565423739069247e-10,
        }

    def proof(self, known: Known) -> Json:
        branch = [shown(one) for one in self.index.branch(known)]
        return {"block_height": known.height, "merkle": branch, "pos": known.position}


_NUMBERS = {"version": 0, "timestamp": 68, "bits": 72, "nonce": 76}
