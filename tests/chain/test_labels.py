from pathlib import Path

import numpy as np
import pytest

from oracle.parse import parse_block
from qaif.chain.labels import constrain, label_scripts
from qaif.chain.open import Chain
from qaif.units import UNKNOWN
from support.economy import PEOPLE, Economy, script
from support.indexing import put

ABSENT = b"\x51\xff"
NO_TX = bytes(32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labels") / "chain"
    put(folder, Economy.of(3, 30).blocks)
    return folder


def test_labels_stand_on_the_scripts_they_were_put_on_and_nowhere_else(folder: Path) -> None:
    with Chain.open(folder) as chain:
        pairs = [(script(2), 7), (ABSENT, 1), (script(0), 9), (script(0), 4), (script(2), 7)]
        labels = label_scripts(chain, pairs)
        everybody = np.array([chain.script_num(script(person)) for person in range(PEOPLE)], dtype=np.int64)
        row, label = labels.of(everybody)
        assert list(zip(row.tolist(), label.tolist(), strict=True)) == [(0, 4), (0, 9), (2, 7)]
        assert labels.absent.tolist() == [1]
        assert np.all(np.diff(labels.script_num) >= 0)


def test_what_is_no_script_carries_no_label(folder: Path) -> None:
    with Chain.open(folder) as chain:
        labels = label_scripts(chain, [(script(0), 3)])
        row, label = labels.of(np.array([UNKNOWN, -2, chain.n_scripts], dtype=np.int64))
        assert (len(row), len(label)) == (0, 0)
        none = label_scripts(chain, [])
        assert none.of(np.arange(chain.n_scripts))[0].tolist() == []


def test_labels_of_a_past_view_know_only_its_scripts(folder: Path) -> None:
    with Chain.open(folder) as chain:
        then = chain.at(0)
        pairs = [(script(person), person) for person in range(PEOPLE)]
        held = {person for person in range(PEOPLE) if then.script_num(script(person)) != UNKNOWN}
        labels = label_scripts(then, pairs)
        assert set(labels.label.tolist()) == held
        assert set(labels.absent.tolist()) == set(range(PEOPLE)) - held
        assert len(held) < PEOPLE


def test_constraints_name_each_pair_once_and_what_is_absent(folder: Path) -> None:
    with Chain.open(folder) as chain:
        one, two, three = (chain.script_num(script(person)) for person in range(3))
        apart = [
            (script(1), script(0)),
            (script(0), script(1)),
            (script(2), ABSENT),
            (script(1), script(2)),
        ]
        txid = parse_block(Economy.of(3, 30).blocks[5].raw).txs[0].txid
        constraints = constrain(chain, apart, [NO_TX, txid])
        expected = sorted([sorted([one, two]), sorted([two, three])])
        assert constraints.apart.tolist() == expected
        assert constraints.absent.tolist() == [2]
        assert constraints.joins_nothing.tolist() == chain.tx_nums(txid).tolist() != []
        assert constraints.absent_txs.tolist() == [0]
        empty = constrain(chain)
        assert (empty.apart.shape, empty.joins_nothing.shape) == ((0, 2), (0,))


def test_a_script_is_not_kept_apart_from_itself(folder: Path) -> None:
    with Chain.open(folder) as chain, pytest.raises(ValueError, match="itself"):
        constrain(chain, [(script(0), script(0))])
