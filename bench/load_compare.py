"""The generated chain beside real blocks, both as stores; see `load.py`."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from qaif.chain.open import Chain
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.kernels.script import TYPE_NAMES

HERE = Path(__file__).resolve().parent
REAL = HERE.parents[1] / "shared" / "data" / "blocks"
SAMPLE, BEGINNING = REAL / "mainnet-sample.dat", REAL / "blk00000-first-mib.dat"
AGES = (0, 1, 14, 25)  # blocks apart; pairs of the sample are so far apart, and no others under 100
NOTES = """
What the sample can tell and what not: its 33 blocks lie far apart, so nearly all inputs spend outputs that
are not there. Ages are compared where two of its blocks stand so many blocks apart, as the share of the later
one's inputs that spend the earlier one's outputs; the later ages of the real chain cannot be known from it.
Reuse is counted inside each block: a script that appeared before in the same block. The first blocks of 2009
are whole, but spend little: they show what a young chain is, not what this load is to be like."""


def table(folder: Path) -> str:
    """Markdown: figures of a generated chain, the real blocks beside it where they are there."""
    with tempfile.TemporaryDirectory() as name:
        columns = {"this chain": folder}
        for title, path in (("33 real blocks", SAMPLE), ("2009, first MiB", BEGINNING)):
            if path.exists():
                columns[title] = Path(name) / path.stem
                index_block_files(columns[title], BlockFiles((path,)))
        figures = {title: figures_of(path) for title, path in columns.items()}
    lines = [f"| | {' | '.join(figures)} |", "|---|" + "---|" * len(figures)]
    rows = next(iter(figures.values()))
    lines += [f"| {row} | {' | '.join(each[row] for each in figures.values())} |" for row in rows]
    return "\n".join(lines) + "\n" + NOTES


def figures_of(folder: Path) -> dict[str, str]:
    """What is compared, as shown."""
    with Chain.open(folder) as chain:
        nums = np.arange(chain.n_txs + 1)
        in_lo = chain.tx.in_lo.take(nums)
        ins, outs = np.diff(in_lo), np.diff(chain.tx.out_lo.take(nums))
        spent = chain.txin.spent_out[0 : chain.n_ins]
        ordinary = spent[in_lo[:-1]] != -2
        size = chain.tx.size[0 : chain.n_txs][ordinary]
        found = {"transactions that are no coinbase": f"{ordinary.sum():,}"}
        for name, each in (("inputs", ins[ordinary]), ("outputs", outs[ordinary])):
            found[f"{name} a transaction, mean"] = f"{each.mean():.2f}"
            for quantile in (0.5, 0.9, 0.99):
                found[f"{name}, quantile {quantile}"] = f"{np.quantile(each, quantile):.0f}"
            for count in (1, 2, 3):
                found[f"transactions with {count} {name}"] = f"{(each == count).mean():.1%}"
        found["bytes a transaction, mean"] = f"{size.mean():.0f}"
        found["bytes a transaction, median"] = f"{np.median(size):.0f}"
        return found | kinds_of(chain) | reuse_of(chain) | ages_of(chain)


def kinds_of(chain: Any) -> dict[str, str]:
    """Shares of outputs by script type."""
    types = chain.script.type[0 : chain.n_scripts][chain.txout.script_num[0 : chain.n_outs]]
    shares = np.bincount(types, minlength=len(TYPE_NAMES)) / len(types)
    return {f"outputs, {name}": f"{share:.1%}" for name, share in zip(TYPE_NAMES, shares, strict=True)}


def reuse_of(chain: Any) -> dict[str, str]:
    """Shares of outputs whose script appeared before, in their block and at all."""
    scripts = chain.txout.script_num[0 : chain.n_outs]
    block = chain.block_of_tx(chain.tx_of_out(np.arange(chain.n_outs)))
    pairs = len(np.unique(block * (int(scripts.max()) + 1) + scripts))
    return {
        "outputs to a script of their block": f"{1 - pairs / len(scripts):.1%}",
        "outputs to a script of this store": f"{1 - len(np.unique(scripts)) / len(scripts):.1%}",
    }


def ages_of(chain: Any) -> dict[str, str]:
    """Of inputs in blocks whose block so many before is held, the share that spends that one's outputs."""
    spent = chain.txin.spent_out[0 : chain.n_ins]
    rows = np.flatnonzero(spent >= 0)
    heights = chain.block.height[0 : chain.n_blocks].astype(np.int64)
    here: Callable[[Any], Any] = lambda txs: heights[chain.block_of_tx(txs)]  # noqa: E731  two uses, one line
    age = here(chain.tx_of_in(rows)) - here(chain.tx_of_out(spent[rows]))
    of_all = here(chain.tx_of_in(np.flatnonzero(spent != -2)))
    found = {}
    for back in AGES:
        able = np.isin(of_all, heights[np.isin(heights - back, heights)]).sum()
        share = f"{(age == back).sum() / able:.1%}" if able else "not known"
        found[
            f"inputs that spend from {back} blocks before" if back else "inputs that spend from their block"
        ] = share
    return found
