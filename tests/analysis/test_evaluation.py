"""Evaluation: counts are those of the truth, read once more; groupings, intervals and lists likewise."""

from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.blockmaker import Outpoint, spent
from qaif.analysis.accuracy import figures_of
from qaif.analysis.change.heuristics import BY_ID, HEURISTICS
from qaif.analysis.evaluation.changes import measure_changes, tuning_examples
from qaif.analysis.evaluation.counts import Count, Counted, wilson_ppm
from qaif.analysis.evaluation.groups import FALSE_SCRIPTS, JOINED, KEPT, RECALL, measure_groupings
from qaif.analysis.evaluation.mixes import ANY, measure_mixes
from qaif.analysis.evaluation.mixes import RECALL as YES_OF_ITS
from qaif.analysis.evaluation.partitions import GROUPINGS, classic, judge, pairs_kept
from qaif.analysis.evaluation.parts import KEPT_OUT, kept_out
from qaif.analysis.evaluation.published import MIXES_PUBLISHED, listed
from qaif.analysis.evaluation.truth import Truth, read_truth
from qaif.chain.open import Chain
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.errors import InputError
from qaif.questions.evaluate import REGTEST, SAMPLE, EvaluationAnswer, evaluate, figures_document
from qaif.units import hash_hex
from support.known_owners import KnownOwners


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[KnownOwners, Chain, Truth]:
    owners = KnownOwners.of(5, 150)
    folder = tmp_path_factory.mktemp("evaluation")
    owners.write(folder)
    index_block_files(folder / "chain", BlockFiles((folder / "blocks",)))
    chain = Chain.open(folder / "chain")
    return owners, chain, read_truth(chain, folder / "truth")


Made = tuple[KnownOwners, Chain, Truth]


def count(counted: Counted, method: str, measure: str, part: str = "all") -> tuple[int, int]:
    (found,) = (
        each
        for each in counted.counts
        if each.method == method and each.part == part and each.measure.startswith(measure)
    )
    return found.hits, found.of


def test_the_truth_is_as_it_was_written(made: Made) -> None:
    owners, chain, truth = made
    for num in range(chain.n_scripts):
        assert truth.controller[num] == owners.owner.get(chain.script_raw(num), -1)
    txids = [txid.tobytes() for txid in chain.tx.txid_raw[:]]
    lo = chain.tx.out_lo.take(np.arange(chain.n_txs + 1)).tolist()
    flags = truth.change.tolist()
    assert {
        (txids[row], n)
        for row in range(chain.n_txs)
        for n, flag in enumerate(flags[lo[row] : lo[row + 1]])
        if flag
    } == {at for at, change in owners.change.items() if change}
    words = [truth.mixes[each] if each >= 0 else None for each in truth.mix.tolist()]
    assert words == [owners.mix.get(txid) for txid in txids]
    assert int(truth.of_several.sum()) == list(owners.mix.values()).count("joinmarket")


def test_a_folder_without_truth_is_refused(made: Made, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not the truth"):
        read_truth(made[1], tmp_path)


def test_round_values_are_counted_as_the_blocks_have_them(made: Made) -> None:
    owners, chain, truth = made
    counted = measure_changes(chain, truth, "made", simulated=True)
    tally: Counter[str] = Counter()
    for block in owners.branch.blocks[1:]:
        for tx in block.txs[1:]:
            values = [value for value, _ in tx.outs]
            if owners.mix[tx.txid] or len(values) < 2 or not kept_out([tx.txid])[0]:
                continue
            zeros = [len(str(value)) - len(str(value).rstrip("0")) for value in values]
            left = [n for n in range(len(values)) if zeros[n] < min(zeros) + 3]
            change = [n for n in range(len(values)) if owners.change[tx.txid, n]]
            tally["with"] += len(change) == 1
            tally["without"] += not change
            tally["says"] += len(change) == 1 and len(left) < len(values)
            tally["right"] += len(left) == 1 and left == change
            tally["wrong"] += len(left) == 1 and not change
    method = BY_ID["round-value"].method
    assert count(counted, method, "rules something out", KEPT_OUT) == (tally["says"], tally["with"])
    assert count(counted, method, "names the change rightly", KEPT_OUT)[0] == tally["right"]
    assert count(counted, method, "names an output of", KEPT_OUT) == (tally["wrong"], tally["without"])
    assert min(tally.values()) > 5
    by_era = [count(counted, method, "rules", f"{KEPT_OUT}, {era}")[1] for era in ("early", "late")]
    assert sum(by_era) == tally["with"]
    tuning = tuning_examples(chain, truth, HEURISTICS)
    everything = sum(
        1
        for block in owners.branch.blocks[1:]
        for tx in block.txs[1:]
        if not owners.mix[tx.txid] and len(tx.outs) > 1
    )
    assert tuning.count + tally["with"] + tally["without"] == everything


def test_mixes_are_counted(made: Made) -> None:
    owners, chain, truth = made
    counted = measure_mixes(chain, truth, "made", simulated=True)
    mixes = list(owners.mix.values()).count("joinmarket")
    yes, of = count(counted, "joinmarket/1", YES_OF_ITS, "joinmarket")
    assert of == mixes
    assert 0 < yes <= mixes
    ordinary = sum(len(block.txs) - 1 for block in owners.branch.blocks[1:]) - mixes
    assert count(counted, ANY, "says yes, of ordinary")[1] == ordinary


def test_groupings_are_counted(made: Made) -> None:
    owners, chain, truth = made
    counted = measure_groupings(chain, truth, "made", simulated=True)
    assert count(counted, "classic/1", FALSE_SCRIPTS)[1] == len(owners.owner)
    kept, of = count(counted, "classic/1", KEPT)
    assert kept == of > 100
    together: dict[Outpoint, bytes] = owners.scripts
    label = classic(chain)
    for block in owners.branch.blocks[1:]:
        for tx in block.txs[1:]:
            labels = {int(label[chain.script_num(together[at])]) for at in spent(tx)}
            assert len(labels) == 1 or owners.mix[tx.txid]
    mixes = [tx for block in owners.branch.blocks[1:] for tx in block.txs[1:] if owners.mix[tx.txid]]
    crossed = 0
    for tx in mixes:
        ends = [(owners.owner[together[at]], int(label[chain.script_num(together[at])])) for at in spent(tx)]
        crossed += any(a[0] != b[0] and a[1] == b[1] for a, b in pairwise(ends))
    assert count(counted, "classic/1", JOINED, "mix") == (crossed, len(mixes))
    assert count(counted, "co-spend/1", JOINED, "mix")[0] == 0
    people = Counter(owners.owner.values())
    pairs = sum(n * (n - 1) // 2 for n in people.values())
    assert count(counted, "classic/1", RECALL)[1] == pairs


LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(-1, 3)), max_size=30)


@given(LABELS)
def test_a_grouping_is_judged_pair_by_pair(rows: list[tuple[int, int, int]]) -> None:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    found = judge(columns[0], columns[2])
    known = [row for row in rows if row[2] >= 0]
    pairs = list(combinations(known, 2))
    assert found.scripts == len(known)
    assert found.pairs == sum(a[0] == b[0] for a, b in pairs)
    assert found.false_pairs == sum(a[0] == b[0] and a[2] != b[2] for a, b in pairs)
    assert found.true_pairs == sum(a[2] == b[2] for a, b in pairs)
    groups = [[row[2] for row in known if row[0] == label] for label in range(5)]
    assert found.strangers == sum(len(one) - Counter(one).most_common(1)[0][1] for one in groups if one)
    assert found.largest == max(map(len, groups))
    assert found.largest_false == max((len(one) for one in groups if len(set(one)) > 1), default=0)
    kept, of = pairs_kept(columns[0], columns[1], columns[2])
    others = [(a, b) for a, b in pairs if a[1] == b[1] and a[2] == b[2]]
    assert (kept, of) == (sum(a[0] == b[0] for a, b in others), len(others))


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (0, 0, 0, 1_000_000),
        (0, 10, 0, 277_533),
        (10, 10, 722_467, 1_000_000),
        (5, 10, 236_593, 763_407),
        (1, 1000, 176, 5_642),
    ],
)
def test_wilsons_interval(hits: int, of: int, low: int, high: int) -> None:
    got = wilson_ppm(hits, of)
    assert abs(got[0] - low) <= 2
    assert abs(got[1] - high) <= 2


def test_what_is_kept_out_is_fixed() -> None:
    ids = [bytes([n]) * 32 for n in range(12)]
    assert kept_out(ids).tolist() == [bool(int(bit)) for bit in "001010011010"]


def test_figures_name_the_part_and_leave_out_what_is_not_shown() -> None:
    counts = (
        Count("m/1", "a", True, KEPT_OUT, "right", 9, 10, shown=True),  # noqa: FBT003
        Count("m/1", "a", True, "all", "right", 19, 20),  # noqa: FBT003
        Count("n/1", "a", True, "all", "right", 0, 0, shown=True),  # noqa: FBT003
    )
    answer = EvaluationAnswer(counts=counts, false_alarms=(), missed=(), data=("a",))
    figures = figures_document(answer)["methods"]
    assert list(figures) == ["m/1"]
    assert [(each["data"], each["hits"], each["of"]) for each in figures["m/1"]] == [
        (f"a, {KEPT_OUT}", 9, 10)
    ]


@pytest.mark.slow
def test_published_data(shared: Path) -> None:
    answer = evaluate((), shared)
    found = Counted(answer.counts, answer.false_alarms, answer.missed)
    for name, detector in MIXES_PUBLISHED.items():
        parts = [
            (each.part, each.hits, each.of)
            for each in answer.counts
            if each.data == name and each.method == f"{detector}/1"
        ]
        assert parts[0][1:] == (parts[1][1] + parts[2][1], parts[1][2] + parts[2][2])
    alarms = [each for each in answer.false_alarms if each.data == SAMPLE and each.method == "wasabi-1/1"]
    assert [each.txid for each in alarms] == [
        "5100374c728e5da2d01f39deb5fc73f6c55241024e99e70bc0ff33372a348673"
    ]
    regtest = [each for each in answer.counts if each.data == REGTEST and each.method == ANY]
    assert {each.measure.split(",")[0]: (each.hits, each.of) for each in regtest if "owners" in each.measure}[
        "says yes or unknown"
    ] == (6, 6)
    sample = [each for each in found.counts if each.data == SAMPLE]
    assert {each.of for each in sample} == {22_928}
    read = listed(shared / "coinjoins" / "wasabi2.jsonl.gz")
    assert len(read.txids_raw) == len(read.shapes) == 17
    assert len({hash_hex(txid) for txid in read.txids_raw}) == 17


def test_each_chain_counts_once_in_what_the_product_prints() -> None:
    """Where imports are listed is another question: summed with the rest it would count scripts twice."""
    for method in GROUPINGS:
        by_measure = Counter((each.measure, each.data) for each in figures_of(method))
        assert set(by_measure.values()) <= {1}
        assert not [data for _, data in by_measure if "listed" in data]
