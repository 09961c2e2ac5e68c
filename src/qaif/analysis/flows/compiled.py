"""The walk of `web.py` in compiled steps: a call a hop, and one that lays out what was found."""

from typing import Any, NamedTuple

import numpy as np

from qaif.analysis.flows.stops import Ends, TraceLimits
from qaif.analysis.shapes.mixes import DENOMINATIONS, POOL_FEES, POOLS
from qaif.chain.open import Chain
from qaif.kernels import walk_hop
from qaif.kernels.reach import BAD
from qaif.kernels.walk_laid import laid_out
from qaif.units import UNKNOWN, Int64s

_NONE: Int64s = np.zeros(0, dtype=np.int64)
_NO_FLAGS = np.zeros(0, dtype=np.uint8)
_OTHERS = np.iinfo(np.int64).min  # as `web.OTHERS` and `web.FEE`
_FAR = 2**62


class _Met(NamedTuple):
    """What a walk met: coins by hop, and transactions in the order in which they were taken in.

    Attributes:
        key, coin_hop: int64[k].
        coins: int64[4, k], stop, label, value and script.
        txs: int64[3, t], number, whether it may be a mix, hop.
    """

    key: Int64s
    coin_hop: Int64s
    coins: Int64s
    txs: Int64s


def walk_compiled(
    chain: Chain, seeds: Int64s, *, forward: bool, limits: TraceLimits, ends: Ends
) -> dict[str, Any] | None:
    """Find the transactions that coins went through, or came through.

    Args:
        chain: the chain view.
        seeds: numbers of the outputs to begin with, ascending, each once.
        forward: the direction.
        limits: how far to go.
        ends: where the caller says that it ends.

    Returns:
        The fields of `web.Web`; None where the arrays have to be asked.
    """
    reach = chain.reach
    if reach is None or not len(seeds) or not 0 <= seeds[0] <= seeds[-1] < chain.n_outs:
        return None
    block = reach.block.copy()  # this walk's own: it says in it what it could not read
    met = _met(chain, block, seeds, _asked(limits, forward=forward), ends)
    if block[BAD]:
        return None
    found = _fields(block, met, seeds, forward=forward)
    return None if block[BAD] else found


def scripts_of(chain: Chain, key: Int64s) -> Int64s:
    """The script of each coin; -1 unknown."""
    script = np.empty(len(key), dtype=np.int64)
    held = key >= 0
    script[held] = chain.txout.script_num.take(key[held])
    script[~held] = chain.txin.script_num.take(-2 - key[~held])
    return script


def _asked(limits: TraceLimits, *, forward: bool) -> Int64s:
    asked = np.zeros(walk_hop.ASKED, dtype=np.int64)
    asked[walk_hop.FORWARD], asked[walk_hop.SEEDS_TOO] = forward, limits.seeds_too
    asked[walk_hop.LEAST_SAT] = min(limits.least_sat, _FAR)
    asked[walk_hop.FAN], asked[walk_hop.ROOM] = min(limits.fan, _FAR), min(limits.transactions, _FAR)
    asked[walk_hop.HOPS_ASKED] = min(limits.hops, _FAR)
    asked[walk_hop.THROUGH_MIXES] = limits.through_mixes
    asked[walk_hop.TIMED] = limits.time_unix is not None
    asked[walk_hop.TIME] = max(-_FAR, min(limits.time_unix or 0, _FAR))
    return asked


def _met(chain: Chain, block: Int64s, seeds: Int64s, asked: Int64s, ends: Ends) -> _Met:
    """Hop by hop, until nothing is left to follow."""
    at, most = int(block.ctypes.data), int(asked[walk_hop.HOPS_ASKED])
    labels = ends.labels
    label_script, label = (labels.script_num, labels.label) if labels is not None else (_NONE, _NONE)
    keys, hops, coins, txs = [], [], [], []
    frontier, known, hop = seeds, _NONE, 0
    while len(frontier) and hop <= most and not block[BAD]:
        asked[walk_hop.AT_START], asked[walk_hop.LAST] = hop == 0, hop == most
        service = _NO_FLAGS
        if ends.services is not None and hop:
            service = ends.of_services(scripts_of(chain, frontier)).view(np.uint8)
        decided, taken, made = walk_hop.hop(
            at,
            asked,
            frontier,
            service,
            label_script,
            label,
            known,
            seeds,
            POOLS,
            POOL_FEES,
            DENOMINATIONS,
        )
        keys.append(frontier)
        hops.append(np.full(len(frontier), hop, dtype=np.int64))
        coins.append(decided)
        txs.append(np.concatenate([taken, np.full((1, taken.shape[1]), hop + 1, dtype=np.int64)]))
        asked[walk_hop.ROOM] -= taken.shape[1]
        known, frontier, hop = np.sort(np.concatenate([known, taken[0]])), made, hop + 1
    return _Met(
        np.concatenate(keys), np.concatenate(hops), np.concatenate(coins, axis=1), np.concatenate(txs, axis=1)
    )


def _fields(block: Int64s, met: _Met, seeds: Int64s, *, forward: bool) -> dict[str, Any]:
    """What `web.Web` is made of."""
    order = np.argsort(met.txs[0] if forward else -met.txs[0], kind="stable")
    txs, at = met.txs[:, order], np.argsort(met.key, kind="stable")
    key, coins = met.key[at], met.coins[:, at]
    take_lo, take, make_lo, make, values, elsewhere = laid_out(
        int(block.ctypes.data), forward, key, coins[0], txs[0]
    )
    rest, count = len(values), len(key)
    names = np.full(rest, _OTHERS, dtype=np.int64)
    names[elsewhere:] += 1
    blank, is_seed = np.full(rest, UNKNOWN, dtype=np.int64), np.zeros(count + rest, dtype=np.bool_)
    is_seed[np.searchsorted(key, seeds)] = True
    fee = np.zeros(count + rest, dtype=np.bool_)
    fee[count + elsewhere :] = True
    return {
        "tx_num": txs[0],
        "hop": txs[2],
        "maybe_mix": txs[1].astype(np.bool_),
        "take_lo": take_lo,
        "take": take,
        "make_lo": make_lo,
        "make": make,
        "key": np.concatenate([key, names]),
        "value": np.concatenate([coins[2], values]),
        "script_num": np.concatenate([coins[3], blank]),
        "label": np.concatenate([coins[1], blank]),
        "stop": np.concatenate([coins[0], np.zeros(rest, dtype=np.int64)]),
        "coin_hop": np.concatenate([met.coin_hop[at], blank]),
        "seed": is_seed,
        "fee": fee,
    }
