"""How often is each method wrong? Counted on transactions whose truth is known."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from qaif.analysis.change.heuristics import HEURISTICS
from qaif.analysis.change.vote import votes
from qaif.analysis.evaluation.changes import measure_changes
from qaif.analysis.evaluation.counts import Count, Counted, FalseAlarm, Missed
from qaif.analysis.evaluation.groups import measure_groupings
from qaif.analysis.evaluation.mixes import measure_alarms, measure_listed, measure_mixes, method_of
from qaif.analysis.evaluation.partitions import GROUPINGS
from qaif.analysis.evaluation.parts import KEPT_OUT, TUNING, kept_out
from qaif.analysis.evaluation.published import (
    MIXES_PUBLISHED,
    NO_MIXES_PUBLISHED,
    Listed,
    listed,
    truth_of_owners,
)
from qaif.analysis.evaluation.truth import Truth, read_truth
from qaif.analysis.shapes.columns import all_shapes
from qaif.analysis.shapes.contract import Shapes
from qaif.analysis.shapes.mixes import MIXES
from qaif.chain.open import Chain
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.errors import UsageError
from qaif.feeds.shape import Progress, silent
from qaif.questions.answer import Answer
from qaif.units import Bools

REGTEST, SAMPLE = "regtest chain of ten Wasabi 2 wallets", "33 real blocks"
_BLOCKS, _TRUTH = "blocks", "truth"


@dataclass(frozen=True, kw_only=True)
class EvaluationAnswer(Answer):
    """What was counted.

    Attributes:
        counts: every count, in the order in which it was made.
        false_alarms: transactions that a detector calls mixes and that are said to be none.
        missed: why detectors did not say yes of published mixes.
        data: what it was counted on.
    """

    counts: tuple[Count, ...]
    false_alarms: tuple[FalseAlarm, ...]
    missed: tuple[Missed, ...]
    data: tuple[str, ...]


def evaluate(truths: Sequence[Path], shared: Path | None, progress: Progress = silent) -> EvaluationAnswer:
    """Run every method on data whose truth is known.

    Args:
        truths: folders that `qaif simulate` made.
        shared: the folder of published data.
        progress: told how far it is.

    Raises:
        UsageError: nothing was given.
        InputError: a folder has not what it should have.
    """
    if not truths and shared is None:
        raise UsageError(
            "There is nothing to evaluate on.",
            way_out="Name simulated chains with --truth DIR, or published data with --shared FOLDER.",
        )
    parts: list[Counted] = []
    names: list[str] = []
    for done, folder in enumerate(truths):
        progress(done, len(truths), "simulated chains")
        name = name_of(folder)
        with indexed(folder / _BLOCKS) as chain:
            parts.append(_measured(chain, read_truth(chain, folder / _TRUTH), name, simulated=True))
        names.append(name)
    if shared is not None:
        parts += [_regtest(shared), *_published(shared), _sample(shared)]
        names += [REGTEST, *MIXES_PUBLISHED, *NO_MIXES_PUBLISHED, SAMPLE]
    joined = Counted.joined(parts)
    return EvaluationAnswer(
        layer="inference",
        basis={"evaluated": _methods(), "simulated": bool(truths) and shared is None},
        counts=joined.counts,
        false_alarms=joined.false_alarms,
        missed=joined.missed,
        data=tuple(names),
    )


def figures_document(answer: EvaluationAnswer) -> dict[str, Any]:
    """The figures that the product prints beside its inferences, as `analysis/accuracy` reads them."""
    methods: dict[str, list[dict[str, Any]]] = {}
    for count in answer.counts:
        if not (count.shown and count.of):
            continue
        low, high = count.interval_ppm
        methods.setdefault(count.method, []).append(
            {
                "data": count.data if count.part == "all" else f"{count.data}, {count.part}",
                "simulated": count.simulated,
                "measure": count.measure,
                "hits": count.hits,
                "of": count.of,
                "low_ppm": low,
                "high_ppm": high,
            }
        )
    return {"written_by": "qaif evaluate", "methods": methods}


def _methods() -> list[str]:
    change = [*(one.method for one in HEURISTICS), *(vote.method for vote in votes().values())]
    return [*change, *(method_of(detector) for detector in MIXES), *GROUPINGS]


def _measured(chain: Chain, truth: Truth, name: str, *, simulated: bool) -> Counted:
    return Counted.joined(
        measure(chain, truth, name, simulated=simulated)
        for measure in (measure_changes, measure_mixes, measure_groupings)
    )


def name_of(folder: Path) -> str:
    """Scenario, seed and size of a simulated chain, or the folder's name where it does not say."""
    path = folder / _TRUTH / "economy.json"
    if not path.is_file():
        return folder.name
    told = json.loads(path.read_text(encoding="utf-8"))
    size = f", {told['transactions']:,} transactions" if "transactions" in told else ""
    return f"{told.get('scenario', folder.name)}, seed {told.get('seed', 'unknown')}{size}"


@contextmanager
def indexed(path: Path, **given: Any) -> Iterator[Chain]:
    """A chain of block files, in a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="qaif-evaluate-") as made:
        index_block_files(Path(made) / "chain", BlockFiles((path,), **given))
        with Chain.open(Path(made) / "chain") as chain:
            yield chain


def _regtest(shared: Path) -> Counted:
    folder = shared / "ground_truth"
    with indexed(folder / "wabisabi-regtest.dat") as chain:
        truth = truth_of_owners(chain, folder / "wabisabi-regtest-owners.csv")
        return _measured(chain, truth, REGTEST, simulated=False)


def _published(shared: Path) -> Iterator[Counted]:
    for name in (*MIXES_PUBLISHED, *NO_MIXES_PUBLISHED):
        found: Listed = listed(shared / "coinjoins" / f"{name}.jsonl.gz")
        halves = _halves(found.txids_raw)
        wanted = MIXES_PUBLISHED.get(name)
        if wanted:
            yield measure_listed(found, name, wanted, halves)
        else:
            yield measure_alarms(found.shapes, found.txids_raw, name, halves)


def _sample(shared: Path) -> Counted:
    """The real blocks; few of their inputs' values are known, so a mix can be missed."""
    with indexed(shared / "blocks" / "mainnet-sample.dat") as chain:
        tables = [shapes for _, shapes in all_shapes(chain)]
        shapes = Shapes(
            np.concatenate([each.table for each in tables]),
            np.concatenate([each.coinbase for each in tables]),
        )
        txids = [txid.tobytes() for txid in chain.tx.txid_raw[:]]
        return measure_alarms(shapes, txids, SAMPLE, {"all": np.ones(len(txids), dtype=np.bool_)})


def _halves(txids_raw: list[bytes]) -> dict[str, Bools]:
    out = kept_out(txids_raw)
    return {"all": np.ones(len(out), dtype=np.bool_), TUNING: ~out, KEPT_OUT: out}
