"""Signed chains: Core's own code accepts every kind of script that they spend, and refuses them spoiled."""

import contextlib
import importlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from oracle import simchain
from qaif.feeds.simulation.keys import Signer
from qaif.feeds.simulation.world.run import PRELUDE, run
from qaif.feeds.simulation.world.scenarios import SCENARIOS, Scenario

REGTEST = bytes.fromhex("fabfb5da")
SHARED = SCENARIOS["everyday-2017"]
NEW = SCENARIOS["everything"]
OLD = SCENARIOS["everyday-2013"]


def frames(folder: Path) -> list[bytes]:
    data, at, found = (folder / "blocks" / "blk00000.dat").read_bytes(), 0, []
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        found.append(data[at + 8 : at + 8 + size])
        at += 8 + size
    return found


def accepted(folder: Path) -> tuple[int, int]:
    """How many blocks Core's code takes into its chain, and of how many."""
    kernel = pytest.importorskip("pbk", reason="py-bitcoinkernel has no wheel for this machine")
    refused = importlib.import_module("pbk.util.exc").ProcessBlockException
    manager = kernel.load_chainman(str(folder / "core"), kernel.ChainType.REGTEST)
    blocks = frames(folder)
    with contextlib.suppress(refused):  # it says so only of a block that follows a bad one
        for raw in blocks:
            manager.process_block(kernel.Block(raw))
    return len(manager.get_active_chain().block_tree_entries), len(blocks)


def kind_of(script: bytes, one: simchain.In) -> str:
    """What an input spends, told by the output and by the input."""
    if script[:2] == b"\xa9\x14":
        return "sh-wpkh" if one.witness else "sh-multi"
    if script[:2] == b"\x76\xa9":
        return "pkh-long" if one.script[-65] == 4 and one.script[-66] == 65 else "pkh"
    return {b"\x00\x14": "wpkh", b"\x00\x20": "wsh-multi", b"\x51\x20": "taproot"}.get(script[:2], "pk")


def kinds_spent(folder: Path) -> Counter[str]:
    data = (folder / "blocks" / "blk00000.dat").read_bytes()
    paid: dict[tuple[bytes, int], bytes] = {}
    found = Counter[str]()
    for block in simchain.read_blocks(data, REGTEST):
        for tx in block.txs:
            spent = [(paid[one.txid, one.vout], one) for one in tx.ins if (one.txid, one.vout) in paid]
            found.update(kind_of(script, one) for script, one in spent)
            paid.update({(tx.txid, n): out.script for n, out in enumerate(tx.outs)})
    return found


@pytest.mark.parametrize(
    ("scenario", "many", "kinds"),
    [
        (OLD, 300, {"pk", "pkh", "pkh-long"}),
        (SHARED, 400, {"pkh", "sh-multi"}),
        (NEW, 900, {"pkh", "sh-wpkh", "wpkh", "wsh-multi", "taproot"}),
    ],
    ids=lambda given: given.name if isinstance(given, Scenario) else "",
)
def test_cores_own_code_accepts_the_whole_chain(
    tmp_path: Path, scenario: Scenario, many: int, kinds: set[str]
) -> None:
    made = run(scenario, tmp_path, 3, many, signed=True)
    assert accepted(tmp_path) == (made.blocks, made.blocks)
    spent = kinds_spent(tmp_path)
    assert kinds <= {kind for kind, count in spent.items() if count > 2}, spent


def test_it_refuses_the_quick_chain_where_people_begin_to_spend(tmp_path: Path) -> None:
    made = run(NEW, tmp_path, 3, 60)
    took, of = accepted(tmp_path)
    assert of == made.blocks
    assert took == 1 + PRELUDE


Sign = Callable[..., bytes]


@pytest.mark.parametrize("name", ["sign", "sign_taproot"])
def test_it_refuses_signatures_of_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    right: Sign = getattr(Signer, name)

    def wrong(self: Signer, *given: Any, **more: Any) -> bytes:
        digest = bytes([given[-1][0] ^ 1]) + given[-1][1:]
        return right(self, *given[:-1], digest, **more)

    monkeypatch.setattr(Signer, name, wrong)
    made = run(NEW, tmp_path, 3, 900, signed=True)
    took, of = accepted(tmp_path)
    assert of == made.blocks
    assert 1 + PRELUDE <= took < of


def test_the_economy_is_that_of_the_quick_chain_and_comes_again(tmp_path: Path) -> None:
    quick, signed, again = (tmp_path / name for name in ("quick", "signed", "again"))
    run(NEW, quick, 5, 400)
    run(NEW, signed, 5, 400, signed=True)
    run(NEW, again, 5, 400, signed=True)
    assert frames(signed) == frames(again)
    assert frames(signed) != frames(quick)
    assert owners(signed) == owners(quick)


def owners(folder: Path) -> list[tuple[Any, ...]]:
    """What the truth says of every output, without what follows from keys."""
    table = pq.read_table(folder / "truth" / "outputs.parquet")
    kept = [name for name in table.column_names if name not in {"txid_raw", "script_raw", "vout"}]
    return sorted(zip(*(table[name].to_pylist() for name in kept), strict=True), key=repr)
