"""The kernels of `load.py` for coinbases that pay many new scripts; arrays as in `load_kernels.py`."""

from load_kernels import OUTPUTS_MADE, SCRIPTS, Array, State, kind_of, put_number, put_script, set_live

from qaif.kernels.jit import jit
from qaif.kernels.loads import copy32


@jit
def put_coinbase_outputs(out: Array, at: int, amount: int, value: int, state: State, kinds: Array) -> int:
    """Outputs of a coinbase, each to a new script."""
    for _ in range(amount):
        at = put_number(out, at, value, 8)
        at = put_script(out, at, state.count[SCRIPTS], kind_of(state.count[SCRIPTS], kinds))
        state.count[SCRIPTS] += 1
    return at


@jit
def keep_coinbase(state: State, kinds: Array, txid: Array, amount: int, value: int) -> None:
    """Put a coinbase's outputs, to the latest scripts, into the ring."""
    for vout in range(amount):
        row = state.count[OUTPUTS_MADE] & (len(state.live) - 1)
        set_live(state, row, 1)
        state.vout[row], state.value[row] = vout, value
        state.script[row] = state.count[SCRIPTS] - amount + vout
        state.kind[row] = kind_of(state.script[row], kinds)
        copy32(state.txid, 32 * row, txid, 0)
        state.count[OUTPUTS_MADE] += 1
