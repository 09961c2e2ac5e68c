from pathlib import Path

import numpy as np
import pytest

from oracle.addresses import address
from oracle.blockmaker import Branch, seeded
from qaif.chain.begins import KEPT, begins_like
from qaif.chain.open import Chain
from support.indexing import put


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    branch = Branch(seeded(1))
    rng = seeded(2)
    outs = [(1, b"\x76\xa9\x14" + rng.randbytes(20) + b"\x88\xac") for _ in range(300)]
    outs += [(1, b"\xa9\x14" + rng.randbytes(20) + b"\x87") for _ in range(100)]
    outs += [(1, b"\x00\x14" + rng.randbytes(20)) for _ in range(100)]
    outs += [(1, b"\x51\x20" + rng.randbytes(32)) for _ in range(100)]
    outs += [
        (1, b"\x76\xa9\x14" + bytes(zeros) + rng.randbytes(20 - zeros) + b"\x88\xac") for zeros in range(1, 5)
    ]
    branch.add([], outs)
    folder: Path = tmp_path_factory.mktemp("begins") / "chain"
    put(folder, branch.blocks)
    return Chain.open(folder)


def test_every_address_is_found_by_its_beginning(chain: Chain) -> None:
    found_others = 0
    for num in range(chain.n_scripts):
        text = address(chain.script_raw(num), "regtest")
        if text is None:
            continue
        misprint = text[:-3] + "111"
        found = begins_like(chain, misprint)
        assert num in found
        found_others += len(found) - 1
        assert len(found) < chain.n_scripts // 4
    assert found_others < chain.n_scripts


def test_a_changed_beginning_is_not_found(chain: Chain) -> None:
    text = address(chain.script_raw(20), "regtest")
    assert text is not None
    assert 20 in begins_like(chain, text)
    other = text[: KEPT - 2] + ("2" if text[KEPT - 2] != "2" else "3") + text[KEPT - 1 :]
    assert 20 not in begins_like(chain, other)


@pytest.mark.parametrize("text", ["", "1", "OOOOOOOOOO", "bcrt1", "bcrt1b", "1" * 200, "xyzzy"])
def test_what_is_no_address_at_all_finds_nothing(chain: Chain, text: str) -> None:
    assert begins_like(chain, text).dtype == np.int64
    assert len(begins_like(chain, text)) == 0
