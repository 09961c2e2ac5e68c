"""What a trace begins with: outputs, transactions and addresses as people write them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qaif.analysis.flows.parties import Parties
from qaif.chain.open import Chain
from qaif.errors import NotFoundError, UsageError
from qaif.questions.asked import addresses_named, refuse_secrets, txid_named
from qaif.units import UNKNOWN, Int64s

_OUTPUT = re.compile(r"([0-9a-fA-F]{64}):([0-9]{1,9})")
_TXID = re.compile(r"[0-9a-fA-F]{64}")
Kind = Literal["output", "transaction", "address", "cluster"]
_NOT_HELD = "See `qaif status` for what is held."


@dataclass(frozen=True)
class TraceSubject:
    """One thing that a trace begins with.

    Attributes:
        asked: as given.
        kind: what it is.
        coins: how many coins it gave: an output itself, a transaction's outputs, what was paid to an address
            or to any member of its cluster.
        coins_sat: what they held, the same satoshi once for each time that it came.
        scripts: of a cluster, how many members it has, at least; of an address 1, else 0.
    """

    asked: str
    kind: Kind
    coins: int
    coins_sat: int
    scripts: int = 0


def seeds_named(parties: Parties, asked: Sequence[str]) -> tuple[Int64s, tuple[TraceSubject, ...]]:
    """The outputs that a trace begins with, each once, and what gave them.

    Raises:
        UsageError: nothing was given, or a transaction has no such output.
        AddressError: an address is misprinted.
        PrivateKeyError: a private key was given.
        NotFoundError: nothing of it is in the blocks held.
    """
    if not asked:
        raise UsageError("Nothing was given to trace.", way_out="Write `qaif trace ADDRESS` or TXID:VOUT.")
    chain, subjects, coins = parties.chain, [], []
    for text in dict.fromkeys(asked):
        kind, outs, scripts = _coins(parties, text)
        value = int(chain.txout.value_sat.take(outs).sum()) if len(outs) else 0
        subjects.append(TraceSubject(text, kind, len(outs), value, scripts))
        coins.append(outs)
    seeds: Int64s = np.unique(np.concatenate(coins))
    if not len(seeds):
        raise NotFoundError(
            "Nothing that was paid to this is in the blocks held, which does not say that nothing was.",
            way_out=_NOT_HELD,
        )
    return seeds, tuple(subjects)


def _coins(parties: Parties, text: str) -> tuple[Kind, Int64s, int]:
    refuse_secrets(text)
    chain = parties.chain
    if named := _OUTPUT.fullmatch(text):
        outs = _outputs(chain, named[1])
        if int(named[2]) >= len(outs):
            raise UsageError(f"This transaction has {len(outs):,} outputs, from 0 to {len(outs) - 1:,}.")
        return "output", outs[int(named[2]) :][:1], 0
    if _TXID.fullmatch(text):
        return "transaction", _outputs(chain, text), 0
    (one,) = addresses_named(chain, (text,))
    num = chain.script_num(one.script_raw)
    if num == UNKNOWN:
        return "address", np.zeros(0, dtype=np.int64), 1
    if parties.forest is None:
        return "address", chain.outs_of(num), 1
    members = parties.members(int(parties.of(np.array([num], dtype=np.int64))[0]))
    return "cluster", parties.coins(members), len(members)


def _outputs(chain: Chain, txid: str) -> Int64s:
    """The outputs of a transaction; of a BIP30 pair those of the later one, which alone can be spent."""
    nums = chain.tx_nums(txid_named(txid))
    if not len(nums):
        raise NotFoundError("This transaction is not in the blocks held.", way_out=_NOT_HELD)
    tx = int(nums[-1])
    return np.arange(chain.tx.out_lo.one(tx), chain.tx.out_lo.one(tx + 1), dtype=np.int64)
