"""Chains of invented owners: the rules of Bitcoin, the truth beside them, and the shapes of mixes."""

import hashlib
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow.parquet as pq
import pytest

from oracle import simchain
from oracle.ripemd160 import hash160
from qaif.feeds.simulation.blocks import TARGET
from qaif.feeds.simulation.world.run import Simulated, run
from qaif.feeds.simulation.world.scenarios import SCENARIOS
from qaif.feeds.simulation.world.words import KINDS, MIXES, PURPOSES, ROLES

BTC = 100_000_000
REGTEST = bytes.fromhex("fabfb5da")
TRANSACTIONS = 9_000


class World(NamedTuple):
    """A chain as an independent reader sees it, and what the truth says."""

    made: Simulated
    chain: list[simchain.Block]
    scripts: dict[bytes, dict[str, Any]]
    outputs: dict[tuple[bytes, int], dict[str, Any]]
    txs: dict[bytes, dict[str, Any]]
    handovers: list[dict[str, Any]]

    def paid(self) -> dict[tuple[bytes, int], simchain.Out]:
        """Every output but the genesis block's, which nobody can spend."""
        return {
            (tx.txid, n): out for block in self.chain[1:] for tx in block.txs for n, out in enumerate(tx.outs)
        }

    def of(self, mix: str) -> list[simchain.Tx]:
        """The transactions of a mix's word."""
        return [tx for block in self.chain[1:] for tx in block.txs if self.txs[tx.txid]["mix"] == mix]


def truth(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "truth" / f"{name}.parquet").to_pylist()
    return rows


# a short chain in which the rare kinds happen too
OFTEN: Final = SCENARIOS["everything"]._replace(
    habits=SCENARIOS["everything"].habits | {"import": 4, "sale": 3, "payjoin": 8}
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    made = run(OFTEN, folder, 7, TRANSACTIONS)
    data = b"".join(path.read_bytes() for path in sorted((folder / "blocks").glob("blk*.dat")))
    return World(
        made,
        list(simchain.read_blocks(data, REGTEST)),
        {row["script_raw"]: row for row in truth(folder, "scripts")},
        {(row["txid_raw"], row["vout"]): row for row in truth(folder, "outputs")},
        {row["txid_raw"]: row for row in truth(folder, "transactions")},
        truth(folder, "handovers"),
    )


def test_links_work_roots_and_times_are_right(world: World) -> None:
    for height, block in enumerate(world.chain):
        past = sorted(earlier.time for earlier in world.chain[max(0, height - 11) : height])
        assert not height or block.previous == world.chain[height - 1].hash
        assert int.from_bytes(block.hash, "little") <= TARGET
        assert block.merkle == simchain.merkle([tx.txid for tx in block.txs])
        assert not past or block.time > past[len(past) // 2]
    assert len(world.chain) == world.made.blocks
    assert sum(len(block.txs) for block in world.chain) == world.made.transactions


def test_the_witness_commitments_are_right(world: World) -> None:
    seen = 0
    for block in world.chain[1:]:
        if any(one.witness for tx in block.txs[1:] for one in tx.ins):
            root = simchain.merkle([bytes(32), *(tx.wtxid for tx in block.txs[1:])])
            assert block.txs[0].outs[1].script[6:] == simchain.double(root + bytes(32))
            seen += 1
    assert seen > 5


def test_value_is_conserved_and_rewards_are_allowed(world: World) -> None:
    unspent: dict[tuple[bytes, int], tuple[int, int]] = {}
    for height, block in enumerate(world.chain[1:], start=1):
        fees = 0
        for tx in block.txs[1:]:
            spent = [unspent.pop((one.txid, one.vout)) for one in tx.ins]  # KeyError: from nothing, or twice
            assert max(ripe for _, ripe in spent) <= height, "a coinbase spent too early"
            fee = sum(value for value, _ in spent) - sum(out.value for out in tx.outs)
            assert fee >= 0
            fees += fee
            unspent.update({(tx.txid, n): (out.value, 0) for n, out in enumerate(tx.outs)})
        first = block.txs[0]
        assert sum(out.value for out in first.outs) == (50 * BTC >> height // 150) + fees
        unspent.update({(first.txid, n): (out.value, height + 100) for n, out in enumerate(first.outs)})


def test_inputs_have_the_keys_that_their_scripts_ask_for(world: World) -> None:
    """Hashes of keys and scripts in inputs are those of the outputs that they spend, by hashlib alone."""
    paid, kinds = world.paid(), Counter[str]()
    for block in world.chain[1:]:
        for tx in block.txs[1:]:
            for one in tx.ins:
                kinds[fits(paid[one.txid, one.vout].script, one)] += 1
    assert kinds["wrong"] == 0
    assert {"pkh", "sh", "wpkh", "wsh", "tr"} <= kinds.keys()


def der(signature: bytes) -> bool:
    """BIP 66, and the low s of BIP 62."""
    if signature[0] != 0x30 or signature[1] != len(signature) - 3 or signature[-1] != 1:
        return False
    r_size = signature[3]
    r, s = signature[4 : 4 + r_size], signature[6 + r_size : -1]
    shortest = all(part[0] < 0x80 and (part[0] > 0 or part[1] >= 0x80) for part in (r, s))
    return shortest and signature[5 + r_size] == len(s) == 32


def fits(script: bytes, one: simchain.In) -> str:  # noqa: PLR0911  a kind a line
    program = one.script[1:] if len(one.script) == 23 else b""
    if script[:2] == b"\x00\x14" or program:
        good = not program or script[2:22] == hash160(program)
        key_hash = program[2:] if program else script[2:]
        good = good and der(one.witness[0]) and hash160(one.witness[1]) == key_hash
        return "wpkh" if good else "wrong"
    if script[:2] == b"\x00\x20":
        good = hashlib.sha256(one.witness[-1]).digest() == script[2:] and all(map(der, one.witness[1:3]))
        return "wsh" if good else "wrong"
    if script[:2] == b"\x51\x20":
        return "tr" if [len(item) for item in one.witness] == [64] else "wrong"
    if one.witness:
        return "wrong"
    if script[:1] == b"\xa9":
        redeem = one.script[-105:]  # two of three keys
        return "sh" if one.script[-107:-105] == b"\x4c\x69" and hash160(redeem) == script[2:22] else "wrong"
    if script[:1] == b"\x76":
        key = one.script[2 + one.script[0] :]
        good = hash160(key) == script[3:23] and der(one.script[1 : 1 + one.script[0]])
        return "pkh" if good else "wrong"
    return "pk" if der(one.script[1:]) else "wrong"


def test_the_truth_covers_every_output_script_and_transaction(world: World) -> None:
    paid = world.paid()
    assert paid.keys() == world.outputs.keys()
    assert {tx.txid for block in world.chain[1:] for tx in block.txs} == world.txs.keys()
    without = {out.script for out in paid.values()} - world.scripts.keys()
    assert all(script[:1] == b"\x6a" for script in without)
    assert {row["kind"] for row in world.txs.values()} <= set(KINDS)
    assert {row["mix"] for row in world.txs.values()} == set(MIXES)
    assert {row["purpose"] for row in world.outputs.values()} == set(PURPOSES)
    assert {row["role"] for row in world.scripts.values()} == set(ROLES)


def test_who_signs_is_who_controls(world: World) -> None:
    """Keys of several controllers sign only where the truth says so; and there they do."""
    paid, several = world.paid(), Counter[str]()
    for block in world.chain[1:]:
        for tx in block.txs[1:]:
            who = {world.scripts[paid[one.txid, one.vout].script]["controller"] for one in tx.ins}
            row = world.txs[tx.txid]
            assert len(who) == 1 or row["foreign_keys"], row["kind"]
            several[row["mix"] or row["kind"]] += len(who) > 1
    for mix in ("joinmarket", "wasabi-1.0", "wasabi-1.1", "wabisabi", "whirlpool", "payjoin"):
        assert several[mix] == len(world.of(mix)) > 0
    assert several["whirlpool-tx0"] == 0
    assert several["sold-wallet"] > 0
    assert {row["how"] for row in world.handovers} == {"sold", "imported"}


def test_change_goes_back_to_who_paid(world: World) -> None:
    paid, seen = world.paid(), 0
    for block in world.chain[1:]:
        for tx in block.txs[1:]:
            if world.txs[tx.txid]["foreign_keys"]:
                continue
            payers = {world.scripts[paid[one.txid, one.vout].script]["controller"] for one in tx.ins}
            for n, out in enumerate(tx.outs):
                if world.outputs[tx.txid, n]["is_change"]:
                    handed = {row["to_actor"] for row in world.handovers}
                    assert world.scripts[out.script]["controller"] in payers | handed
                    seen += 1
    assert seen > 1_000


def test_a_deposit_address_is_controlled_by_the_exchange_and_is_a_customers(world: World) -> None:
    deposits = [row for row in world.scripts.values() if row["role"] == "deposit"]
    assert len({row["controller"] for row in deposits}) == 4
    assert not any(row["controller"] == row["beneficiary"] for row in deposits)
    busy = [row for row in world.scripts.values() if row["promoter"] >= 0]
    assert [row["role"] for row in busy] == ["service"]
    assert busy[0]["promoter"] != busy[0]["controller"]


def equal_values(tx: simchain.Tx) -> list[tuple[int, int]]:
    return Counter(out.value for out in tx.outs).most_common()


def test_whirlpool_mixes_have_equal_outputs_and_new_inputs_pay(world: World) -> None:
    paid = world.paid()
    for tx in world.of("whirlpool"):
        worth = [paid[one.txid, one.vout].value for one in tx.ins]
        (size, count), *others = equal_values(tx)
        assert not others
        assert count == len(tx.ins)
        assert 5 <= count <= 8
        assert min(worth) >= size
        order = [(one.txid[::-1], one.vout) for one in tx.ins]
        assert order == sorted(order)
        assert [out.script for out in tx.outs] == sorted(out.script for out in tx.outs)
        assert len({out.script for out in tx.outs}) == count


def test_tx0s_feed_the_mixes(world: World) -> None:
    made = {tx.txid for tx in world.of("whirlpool-tx0")}
    from_tx0 = [one.txid in made for tx in world.of("whirlpool") for one in tx.ins]
    assert any(from_tx0)
    assert not all(from_tx0)
    for tx in world.of("whirlpool-tx0"):
        assert sum(out.script[:1] == b"\x6a" for out in tx.outs) == 1
        assert [out.value for out in tx.outs] == sorted(out.value for out in tx.outs)


def test_wasabi_1_has_one_size_and_1_1_its_multiples(world: World) -> None:
    for tx in world.of("wasabi-1.0"):
        (_, count), *others = equal_values(tx)
        assert count >= 5
        assert all(n < count for _, n in others)  # remixers of one round can have equal change
    to_coordinator = Counter(out.script for tx in world.of("wasabi-1.0") for out in tx.outs).most_common(1)
    assert to_coordinator[0][1] > 0.9 * len(world.of("wasabi-1.0"))  # a fee of dust is the miner's
    levels = [
        size / equal_values(tx)[0][0]
        for tx in world.of("wasabi-1.1")
        for size, n in equal_values(tx)
        if n > 1
    ]
    assert any(1.9 < level < 2 for level in levels)
    for tx in world.of("wasabi-1.1"):
        assert [out.value for out in tx.outs] == sorted(out.value for out in tx.outs)


def test_wabisabi_is_sorted_and_mostly_of_standard_amounts(world: World) -> None:
    paid, standard = world.paid(), {2**n for n in range(50)} | {k * 3**n for n in range(30) for k in (1, 2)}
    standard |= {k * 10**n for n in range(12) for k in (1, 2, 5)}
    for tx in world.of("wabisabi"):
        worth = [paid[one.txid, one.vout].value for one in tx.ins]
        assert worth == sorted(worth, reverse=True)
        values = [out.value for out in tx.outs]
        assert values == sorted(values, reverse=True)
        assert sum(value in standard for value in values) > len(values) // 2
        assert len(worth) >= 50


def test_joinmarket_gives_each_maker_an_equal_output_and_change(world: World) -> None:
    paid = world.paid()
    for tx in world.of("joinmarket"):
        owners: dict[int, int] = defaultdict(int)
        for one in tx.ins:
            out = paid[one.txid, one.vout]
            owners[world.scripts[out.script]["wallet"]] += out.value
        (_, count), *_ = equal_values(tx)
        assert count == len(owners)
        back: dict[int, int] = defaultdict(int)
        for out in tx.outs:
            back[world.scripts[out.script]["wallet"]] += out.value
        gains = sorted(back[wallet] - owners[wallet] for wallet in owners)
        assert gains[0] < 0 <= gains[1], "one pays, the others earn"


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        run(SCENARIOS["campaign"], tmp_path / name, seed, 1_500)
    files = sorted(
        path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file()
    )
    assert len(files) == 8
    for file in files:
        same = (tmp_path / "one" / file).read_bytes()
        assert same == (tmp_path / "same" / file).read_bytes()
        assert file.suffix != ".dat" or same != (tmp_path / "other" / file).read_bytes()
    told = json.loads((tmp_path / "one" / "truth" / "economy.json").read_text())
    assert (told["scenario"], told["seed"], told["parameters"]["era"]) == ("campaign", 3, "2021")


def test_a_campaign_publishes_one_address_then_several_then_one_a_donor(tmp_path: Path) -> None:
    run(SCENARIOS["campaign"], tmp_path, 1, 6_000)
    scripts = {row["script_raw"]: row for row in truth(tmp_path, "scripts")}
    data = (tmp_path / "blocks" / "blk00000.dat").read_bytes()
    gifts = [
        out.script
        for block in simchain.read_blocks(data, REGTEST)
        for tx in block.txs[1:]
        for out in tx.outs
        if scripts.get(out.script, {}).get("role") == "donation"
    ]
    third = len(gifts) // 3
    early, late = len(set(gifts[: third // 2])), len(set(gifts[-third // 2 :]))
    assert early == 1
    assert 2 <= len(set(gifts[third : 2 * third])) < late
    assert late > third // 4


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_every_scenario_runs(name: str, tmp_path: Path) -> None:
    made = run(SCENARIOS[name], tmp_path, 2, 1_200)
    assert made.transactions - made.blocks >= 1_200
    kinds = Counter(row["kind"] for row in truth(tmp_path, "transactions"))
    assert kinds["withdrawal"] > 10
    assert kinds["payment"] > 50
