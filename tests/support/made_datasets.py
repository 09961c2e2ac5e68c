"""Made chains as the dataset has them, indexed."""

import os
from pathlib import Path
from typing import Any

from oracle.blockmaker import Branch, seeded
from qaif.chain.dataset import Dataset, index_dataset
from qaif.chain.open import Chain
from qaif.feeds.aws.feed import AwsFeed
from qaif.feeds.networks import NETWORKS
from support.aws_dataset import Row, rows_of

REGTEST = NETWORKS["regtest"]
STEP = 4_000  # seconds: about 22 blocks a day


def made(seed: int, count: int = 50) -> tuple[list[bytes], list[Row], list[Row]]:
    branch = Branch(seeded(seed), step=STEP).grow(count)
    raws = [block.raw for block in branch.blocks]
    return raws, *rows_of(raws)


def indexed(folder: Path, data: Path) -> dict[str, Any]:
    report = index_dataset(folder, Dataset(data, "regtest"))
    with Chain.open(folder) as chain:
        scan = dict((chain.manifest.feed or {})["scan"])
    return {"report": report, **scan}


def described(data: Path, network: str = "regtest") -> dict[str, Any]:
    return dict(AwsFeed.open(data, NETWORKS[network]).describe())


def old(data: Path) -> None:
    """Let every file be old enough to be known by its time."""
    for path in data.rglob("*.parquet"):
        if path.stat().st_mtime > 1_700_000_000 + 1:
            os.utime(path, (1_700_000_000, 1_700_000_000))
