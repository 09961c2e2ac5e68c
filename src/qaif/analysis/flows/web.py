"""The web of transactions around some coins, forward or backward, cut where limits and stops say so.

A coin is named by a key: the number of its output, or `-2 - in_num` for what an input spends whose output is
not held. Going forward a transaction takes its inputs and makes its outputs and the fee; going backward it
takes its outputs and the fee, and makes its inputs. The arrays are those of `kernels/flow`.
"""

from dataclasses import dataclass, field

import numpy as np

from qaif.analysis.flows.compiled import scripts_of, walk_compiled
from qaif.analysis.flows.mixing import mixes
from qaif.analysis.flows.stops import Ends, Stop, TraceLimits
from qaif.analysis.shapes.contract import UNKNOWN_KIND, YES
from qaif.analysis.transfers import inputs_of, outputs_of, totals
from qaif.chain.open import Chain
from qaif.chain.tables import COINBASE
from qaif.kernels.script import NULL_DATA
from qaif.units import MAX_MONEY_SAT, UNKNOWN, Bools, Int64s

_NONE: Int64s = np.zeros(0, dtype=np.int64)
OTHERS = np.iinfo(np.int64).min  # the key of coins that are no part of the trace
FEE = OTHERS + 1


@dataclass(frozen=True)
class Web:
    """What was found.

    Attributes:
        forward: the direction.
        tx_num: int64[t], in the order of the kernel: ascending forward, descending backward.
        hop: int64[t], the fewest transactions from a seed.
        maybe_mix: bool[t], it may be a mix, and was followed.
        take_lo, take, make_lo, make: see the kernel.
        key: int64[c], what each coin is; OTHERS and FEE are no coins of the trace.
        value: int64[c], satoshi.
        script_num: int64[c]; -1 unknown.
        label: int64[c], the label at which the trace ends here; -1 where none.
        stop: int64[c], a `Stop`.
        coin_hop: int64[c], transactions between it and a seed; 0 of a seed.
        seed: bool[c].
        fee: bool[c].
    """

    forward: bool
    tx_num: Int64s
    hop: Int64s
    maybe_mix: Bools
    take_lo: Int64s
    take: Int64s
    make_lo: Int64s
    make: Int64s
    key: Int64s
    value: Int64s
    script_num: Int64s
    label: Int64s
    stop: Int64s
    coin_hop: Int64s
    seed: Bools
    fee: Bools

    @property
    def ends(self) -> Bools:
        """Coins of the trace that are not followed further: bool[c]."""
        found: Bools = (self.stop != Stop.FOLLOWED) & (self.key > FEE)
        return found

    @property
    def maker(self) -> Int64s:
        """The row of the transaction that makes each coin, -1 where none here does."""
        return self._row_of(self.make_lo, self.make)

    @property
    def taker(self) -> Int64s:
        """The row of the transaction that takes each coin, -1 where none here does."""
        return self._row_of(self.take_lo, self.take)

    def _row_of(self, lo: Int64s, coins: Int64s) -> Int64s:
        row = np.full(len(self.key), UNKNOWN, dtype=np.int64)
        row[coins] = np.repeat(np.arange(len(lo) - 1, dtype=np.int64), np.diff(lo))
        return row


@dataclass
class Walk:
    """A walk under way: what was decided of coins and of transactions so far."""

    chain: Chain
    forward: bool
    limits: TraceLimits
    ends: Ends
    seeds: Int64s
    key: list[Int64s] = field(default_factory=list)
    stop: list[Int64s] = field(default_factory=list)
    label: list[Int64s] = field(default_factory=list)
    coin_hop: list[Int64s] = field(default_factory=list)
    tx: Int64s = field(default_factory=lambda: _NONE)
    tx_hop: Int64s = field(default_factory=lambda: _NONE)
    tx_maybe: Int64s = field(default_factory=lambda: _NONE)


def walk(
    chain: Chain,
    seeds: Int64s,
    *,
    forward: bool,
    limits: TraceLimits | None = None,
    ends: Ends | None = None,
) -> Web:
    """Find the transactions that coins went through, or came through.

    Args:
        chain: the chain view.
        seeds: numbers of the outputs to begin with.
        forward: where they went; else where they came from.
        limits: how far to go.
        ends: where the caller says that it ends; of the seeds' own scripts nothing is asked.
    """
    state = Walk(chain, forward, limits or TraceLimits(), ends or Ends(), np.unique(seeds))
    found = walk_compiled(chain, state.seeds, forward=forward, limits=state.limits, ends=state.ends)
    return Web(forward=forward, **found) if found is not None else walk_by_arrays(state)


def walk_by_arrays(state: Walk) -> Web:
    """The same from the arrays themselves, which also say what is wrong with a page."""
    frontier = state.seeds
    for hop in range(state.limits.hops + 1):
        frontier = _step(state, frontier, hop)
        if not len(frontier):
            break
    return _laid_out(state)


def values_of(chain: Chain, key: Int64s) -> Int64s:
    """Satoshi of each coin; -1 unknown."""
    value = np.empty(len(key), dtype=np.int64)
    held = key >= 0
    value[held] = chain.txout.value_sat.take(key[held])
    value[~held] = chain.txin.value_sat.take(-2 - key[~held])
    return value


def _step(state: Walk, frontier: Int64s, hop: int) -> Int64s:
    """Decide on the coins of one hop, take in the transactions behind them; the coins of the next."""
    chain, next_tx = state.chain, _next_tx(state, frontier)
    stop, label = _coin_stops(state, frontier, next_tx, hop)
    open_ = np.flatnonzero(stop == Stop.FOLLOWED)
    known = np.isin(next_tx[open_], state.tx)
    new = np.unique(next_tx[open_[~known]])
    if hop == state.limits.hops:
        stop[open_[~known]], new = Stop.HOPS, _NONE
    refused, maybe = _tx_stops(state, new)
    if len(new):
        behind = open_[~known]
        stop[behind] = refused[np.searchsorted(new, next_tx[behind])]
    state.key.append(frontier)
    state.stop.append(stop)
    state.label.append(label)
    state.coin_hop.append(np.full(len(frontier), hop, dtype=np.int64))
    taken_in = new[refused == Stop.FOLLOWED]
    state.tx = np.concatenate([state.tx, taken_in])
    state.tx_hop = np.concatenate([state.tx_hop, np.full(len(taken_in), hop + 1, dtype=np.int64)])
    state.tx_maybe = np.concatenate([state.tx_maybe, maybe[refused == Stop.FOLLOWED]])
    made = _made(chain, taken_in, forward=state.forward)[0]
    return made[~np.isin(made, state.seeds)]


def _next_tx(state: Walk, key: Int64s) -> Int64s:
    """The transaction that a coin is followed into, -1 where none is held; of coinbases only their own."""
    found = np.full(len(key), UNKNOWN, dtype=np.int64)
    held = np.flatnonzero(key >= 0)
    if not state.forward:
        found[held] = state.chain.tx_of_out(key[held])
        return found
    ins = state.chain.spent_by(key[held])
    spent = np.flatnonzero(ins >= 0)
    found[held[spent]] = state.chain.tx_of_in(ins[spent])
    return found


def _coin_stops(state: Walk, key: Int64s, next_tx: Int64s, hop: int) -> tuple[Int64s, Int64s]:
    """Why each coin is not followed, as far as the coin itself says so; and its label."""
    chain, stop = state.chain, np.zeros(len(key), dtype=np.int64)
    script = scripts_of(chain, key)
    label = state.ends.at(script) if hop else np.full(len(key), UNKNOWN, dtype=np.int64)
    if hop or state.limits.seeds_too:
        stop[values_of(chain, key) < state.limits.least_sat] = Stop.DUST
    if hop:
        stop[state.ends.of_services(script)] = Stop.SERVICE
    stop[label >= 0] = Stop.LABELLED
    theirs = np.isin(stop, (Stop.SERVICE, Stop.LABELLED))
    none = (next_tx < 0) & ~theirs
    stop[none] = Stop.UNSPENT if state.forward else Stop.NOT_HELD
    if state.forward:
        known = np.flatnonzero(none & (script >= 0))
        stop[known[chain.script.type.take(script[known]) == NULL_DATA]] = Stop.UNSPENDABLE
    else:
        held = np.flatnonzero((next_tx >= 0) & ~theirs)
        stop[held[chain.coinbases(next_tx[held])]] = Stop.COINBASE
    return stop, label


def _tx_stops(state: Walk, tx: Int64s) -> tuple[Int64s, Int64s]:
    """Why each transaction is not taken in; and whether it may be a mix."""
    chain, limits = state.chain, state.limits
    stop = np.zeros(len(tx), dtype=np.int64)
    if not len(tx):
        return stop, stop.copy()
    ins, in_row = inputs_of(chain, tx)
    outs, out_row = outputs_of(chain, tx)
    out_count = totals(out_row, np.ones(len(outs), dtype=np.int64), len(tx))
    in_count = totals(in_row, np.ones(len(ins), dtype=np.int64), len(tx))
    value = chain.txin.value_sat.take(ins).astype(np.int64)
    spent = totals(in_row, np.maximum(value, 0), len(tx))
    stop[spent < totals(out_row, chain.txout.value_sat.take(outs), len(tx))] = Stop.CONTRADICTION
    stop[spent > MAX_MONEY_SAT] = Stop.CONTRADICTION
    stop[in_row[value == UNKNOWN]] = Stop.VALUES
    stop[(out_count if state.forward else in_count) > limits.fan] = Stop.FAN
    said = mixes(chain, tx, in_count, out_count)
    if not limits.through_mixes:
        stop[said == YES] = Stop.MIX
    if limits.time_unix is not None:
        time = chain.block.time.take(chain.block_of_tx(tx)).astype(np.int64)
        stop[time > limits.time_unix if state.forward else time < limits.time_unix] = Stop.TIME
    room = max(limits.transactions - len(state.tx), 0)
    stop[np.flatnonzero(stop == Stop.FOLLOWED)[room:]] = Stop.BUDGET
    return stop, (said == UNKNOWN_KIND).astype(np.int64)


def _made(chain: Chain, tx: Int64s, *, forward: bool) -> tuple[Int64s, Int64s]:
    """The coins that transactions make, as the direction has it, and the row of each."""
    if forward:
        return outputs_of(chain, tx)
    ins, row = inputs_of(chain, tx)
    spent = chain.txin.spent_out.take(ins)
    return np.where(spent >= 0, spent, -2 - ins)[spent != COINBASE], row[spent != COINBASE]


def _laid_out(state: Walk) -> Web:
    """Number coins and transactions, and give each coin that is taken from elsewhere a number of its own."""
    chain, forward = state.chain, state.forward
    order = np.argsort(state.tx if forward else -state.tx, kind="stable")
    tx, count = state.tx[order], len(order)
    key, at = np.unique(np.concatenate(state.key), return_index=True)
    stop = np.concatenate(state.stop)[at]
    made, made_row = _made(chain, tx, forward=forward)
    taken, taken_row = _made(chain, tx, forward=not forward)
    place = np.searchsorted(key, taken)
    inside = np.minimum(place, len(key) - 1)
    is_open = (key[inside] == taken) & (stop[inside] == Stop.FOLLOWED)
    elsewhere = np.flatnonzero(~is_open)
    coin = inside.copy()
    coin[elsewhere] = len(key) + np.arange(len(elsewhere))
    taken_value, made_value = values_of(chain, taken), values_of(chain, made)
    difference = totals(taken_row, taken_value, count) - totals(made_row, made_value, count)
    fee = len(key) + len(elsewhere) + np.arange(count)
    make, take = (np.searchsorted(key, made), made_row), (coin, taken_row)
    if forward:
        make = _with_last(*make, fee)
    else:
        take = _with_last(*take, fee)
    rows, blank = np.arange(count + 1), np.full(len(elsewhere) + count, UNKNOWN, dtype=np.int64)
    rest = len(elsewhere) + count
    return Web(
        forward=forward,
        tx_num=tx,
        hop=state.tx_hop[order],
        maybe_mix=state.tx_maybe[order].astype(np.bool_),
        take_lo=np.searchsorted(take[1], rows).astype(np.int64),
        take=take[0].astype(np.int64),
        make_lo=np.searchsorted(make[1], rows).astype(np.int64),
        make=make[0].astype(np.int64),
        key=np.concatenate([key, np.full(len(elsewhere), OTHERS), np.full(count, FEE)]),
        value=np.concatenate([values_of(chain, key), taken_value[elsewhere], np.abs(difference)]),
        script_num=np.concatenate([scripts_of(chain, key), blank]),
        label=np.concatenate([np.concatenate(state.label)[at], blank]),
        stop=np.concatenate([stop, np.zeros(rest, dtype=np.int64)]),
        coin_hop=np.concatenate([np.concatenate(state.coin_hop)[at], blank]),
        seed=np.concatenate([np.isin(key, state.seeds), np.zeros(rest, dtype=np.bool_)]),
        fee=np.arange(len(key) + rest) >= len(key) + len(elsewhere),
    )


def _with_last(coin: Int64s, row: Int64s, last: Int64s) -> tuple[Int64s, Int64s]:
    """Coins by row, with one more at the end of each row."""
    all_rows = np.concatenate([row, np.arange(len(last), dtype=np.int64)])
    order = np.argsort(all_rows, kind="stable")
    return np.concatenate([coin, last])[order], all_rows[order]
