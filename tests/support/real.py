"""The published blocks in a store, with the spent outputs of block 300025 as its prevouts."""

import csv
from pathlib import Path

from qaif.chain.open import Chain
from qaif.chain.sources import BlockFiles, index_block_files


def sample_with_spent_outputs(folder: Path, shared: Path) -> Chain:
    blocks = shared / "blocks"
    with (blocks / "mainnet-sample.csv").open() as file:
        block_hash = next(row["hash"] for row in csv.DictReader(file) if row["height"] == "300025")
    told = {block_hash: blocks / "block300025-undo.raw"}
    index_block_files(folder, BlockFiles((blocks / "mainnet-sample.dat",), None, told))
    return Chain.open(folder)
