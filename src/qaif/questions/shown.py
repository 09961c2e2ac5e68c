"""How answers show transactions and scripts: by txid, block hash and script bytes, never by number."""

from dataclasses import dataclass

import numpy as np

from qaif.chain.addresses import address_of
from qaif.chain.open import Chain
from qaif.chain.tables import BASIS_INFERRED
from qaif.kernels.script import TYPE_NAMES
from qaif.kernels.spender import BASIS_NAMES
from qaif.units import UNKNOWN, hash_hex, utc_text


@dataclass(frozen=True)
class TxRef:
    """A transaction and where it stands; a txid alone is not a key (BIP30)."""

    txid: str
    block_hash: str
    height: int | None
    time: str


@dataclass(frozen=True)
class ScriptShown:
    """A script as people know it; `address` is None where Bitcoin Core gives none."""

    address: str | None
    script_type: str
    script_hex: str


def tx_ref(chain: Chain, tx_num: int) -> TxRef:
    """Show a transaction."""
    block = int(chain.block_of_tx(np.array([tx_num], dtype=np.int64))[0])
    height = chain.block.height.one(block)
    return TxRef(
        txid=hash_hex(chain.tx.txid_raw.take(tx_num)[0].tobytes()),
        block_hash=hash_hex(chain.block.hash_raw.take(block)[0].tobytes()),
        height=None if height == UNKNOWN else height,
        time=utc_text(chain.block.time.one(block)),
    )


def script_shown(chain: Chain, script_num: int) -> ScriptShown | None:
    """Show a script; None where it is unknown."""
    if script_num == UNKNOWN:
        return None
    raw = chain.script_raw(script_num)
    return ScriptShown(
        address_of(raw, chain.network), TYPE_NAMES[chain.script_type.one(script_num)], raw.hex()
    )


def script_basis_text(code: int) -> str:
    """How the script that an input spends is known."""
    if code >= BASIS_INFERRED:
        return f"inferred: {BASIS_NAMES[code - BASIS_INFERRED]}"
    return ("unknown", "output held", "told by the feed", "read from the transaction that made it")[code]
