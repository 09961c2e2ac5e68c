import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from oracle import simchain
from qaif.feeds.simulation import blocks, keys, plan
from qaif.feeds.simulation.article import article, misprinted
from qaif.feeds.simulation.marker import MARKER_NAME
from qaif.feeds.simulation.simulate import BLOCK_FILE_NAME, TRUTH_NAME, Simulation, simulate
from qaif.feeds.simulation.world.keyring import KeyRing
from qaif.feeds.simulation.world.run import VERSION
from qaif.kernels.made_scripts import SH_WPKH, WPKH

BTC = 100_000_000
REGTEST = bytes.fromhex("fabfb5da")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("simulation"))


@pytest.fixture(scope="module")
def chain(made: Simulation) -> list[simchain.Block]:
    return list(simchain.read_blocks((made.folder / BLOCK_FILE_NAME).read_bytes(), REGTEST))


def header_faults(chain: list[simchain.Block]) -> list[str]:
    """What is wrong with links, work, ids and times."""
    faults: list[str] = []
    for height, block in enumerate(chain):
        past = sorted(earlier.time for earlier in chain[max(0, height - 11) : height])
        checks = {
            "parent": not height or block.previous == chain[height - 1].hash,
            "work": int.from_bytes(block.hash, "little") <= blocks.TARGET,
            "merkle root": block.merkle == simchain.merkle([tx.txid for tx in block.txs]),
            "time": not past or block.time > past[len(past) // 2],
        }
        faults += [f"{height}: {what}" for what, good in checks.items() if not good]
    return faults


def value_faults(chain: list[simchain.Block]) -> list[str]:
    """What is wrong with amounts, fees, rewards and the hundred blocks that a coinbase must wait."""
    faults: list[str] = []
    unspent: dict[tuple[bytes, int], tuple[int, int]] = {}
    for height, block in enumerate(chain[1:], start=1):  # the first block's output is not spendable
        fees = 0
        for tx in block.txs[1:]:
            spent = [unspent.pop((one.txid, one.vout), (-(10**18), 0)) for one in tx.ins]
            fee = sum(value for value, _ in spent) - sum(out.value for out in tx.outs)
            if fee < 0 or min(out.value for out in tx.outs) < 0:
                faults.append(f"{height}: value from nothing")
            if max(ripe for _, ripe in spent) > height:
                faults.append(f"{height}: a coinbase spent too early")
            unspent.update({(tx.txid, n): (out.value, 0) for n, out in enumerate(tx.outs)})
            fees += fee
        first = block.txs[0]
        if sum(out.value for out in first.outs) > (50 * BTC >> height // 150) + fees:
            faults.append(f"{height}: reward")
        unspent.update({(first.txid, n): (out.value, height + 100) for n, out in enumerate(first.outs)})
    return faults


def test_the_chain_obeys_the_rules_about_links_work_and_value(chain: list[simchain.Block]) -> None:
    assert header_faults(chain) == []
    assert value_faults(chain) == []


def test_those_rules_notice_value_from_nothing(chain: list[simchain.Block]) -> None:
    height = next(h for h, block in enumerate(chain) if len(block.txs) > 1)
    spender = chain[height].txs[1]
    richer = spender._replace(outs=[spender.outs[0]._replace(value=10**16), *spender.outs[1:]])
    forged = chain[height]._replace(txs=[chain[height].txs[0], richer, *chain[height].txs[2:]])
    assert f"{height}: value from nothing" in value_faults([*chain[:height], forged])


def test_witness_commitments_and_heights_stand_in_the_coinbase(chain: list[simchain.Block]) -> None:
    with_witness = 0
    for height, block in enumerate(chain[1:], start=1):
        first = block.txs[0]
        assert first.ins[0].script.startswith(blocks.height_push(height))
        if any(tx.txid != tx.wtxid for tx in block.txs[1:]):
            root = simchain.merkle([bytes(32), *(tx.wtxid for tx in block.txs[1:])])
            expected = bytes.fromhex("6a24aa21a9ed") + simchain.double(root + first.ins[0].witness[0])
            assert first.outs[-1].script == expected
            with_witness += 1
    assert with_witness > 1_000


@pytest.mark.parametrize(
    ("height", "script"), [(0, "00"), (1, "51"), (16, "60"), (17, "0111"), (127, "017f"), (128, "028000")]
)
def test_a_height_is_pushed_as_bip34_wants_it(height: int, script: str) -> None:
    assert blocks.height_push(height).hex() == script


def test_the_campaign_is_like_the_case_it_is_modelled_on(
    made: Simulation, chain: list[simchain.Block]
) -> None:
    received, sent, touching = simchain.turnover(chain, made.campaign_script)
    assert (received + sent) / BTC == pytest.approx(3_400, rel=0.005)
    assert touching == pytest.approx(plan.GIFTS + plan.SPENDS, rel=0.01)
    assert 0 < received - sent < BTC


def test_the_rise_near_the_end_is_real_and_one_month_is_empty(
    made: Simulation, chain: list[simchain.Block]
) -> None:
    months: dict[str, int] = {}
    for block in chain[plan.PRELUDE_BLOCKS + 1 :]:
        month = datetime.fromtimestamp(block.time, tz=UTC).strftime("%Y-%m")
        paid = sum(out.script == made.campaign_script for tx in block.txs for out in tx.outs)
        months[month] = months.get(month, 0) + paid
    assert months["2022-05"] == 0
    before = [count for month, count in months.items() if month < "2024-03"]
    after = [months[f"2024-{month:02d}"] for month in range(3, 12)]
    assert sum(after) / len(after) > 3.5 * sum(before) / len(before)


def test_the_campaign_is_not_alone_on_its_chain(made: Simulation, chain: list[simchain.Block]) -> None:
    touching = simchain.turnover(chain, made.campaign_script)[2]
    assert made.transactions == sum(len(block.txs) for block in chain)
    assert made.blocks == len(chain) == 1 + plan.PRELUDE_BLOCKS + plan.MAIN_BLOCKS
    assert made.transactions - made.blocks > 2 * touching


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(made: Simulation, tmp_path: Path) -> None:
    again, other = simulate(tmp_path / "again"), simulate(tmp_path / "other", seed=2)
    for name in (BLOCK_FILE_NAME, made.prices.name, MARKER_NAME):
        assert (again.folder / name).read_bytes() == (made.folder / name).read_bytes()
        assert (other.folder / name).read_bytes() != (made.folder / name).read_bytes()


def test_the_folder_is_marked_as_simulated(made: Simulation) -> None:
    marker = json.loads((made.folder / MARKER_NAME).read_text(encoding="utf-8"))
    assert marker == {"simulated": True, "generator": "qaif", "version": VERSION, "seed": 1}


def test_prices_cover_every_day_of_the_chain(made: Simulation, chain: list[simchain.Block]) -> None:
    rows = made.prices.read_text(encoding="utf-8").splitlines()
    days = {row.split(",")[0] for row in rows[1:]}
    assert rows[0] == "date,usd_close"
    later = chain[plan.PRELUDE_BLOCKS + 1 :]
    assert {datetime.fromtimestamp(block.time, tz=UTC).date().isoformat() for block in later} <= days


def verifies(public: keys.Point, digest: bytes, r: int, s: int) -> bool:
    """ECDSA verification, straight from SEC 1, section 4.1.4."""
    inverse = pow(s, -1, keys.ORDER)
    left = keys.multiply(int.from_bytes(digest, "big") * inverse % keys.ORDER)
    factor, right, point = r * inverse % keys.ORDER, None, public
    for bit in bin(factor)[:1:-1]:
        if bit == "1":
            right = point if right is None else keys.add(right, point)
        point = keys.add(point, point)
    assert right is not None
    return keys.add(left, right)[0] % keys.ORDER == r


def test_signatures_are_valid_and_strict_der() -> None:
    rng = random.Random(7)  # noqa: S311  a fixed case, nothing secret
    secret, digest = rng.randrange(1, keys.ORDER), rng.randbytes(32)
    der = keys.Signer(rng.randrange(1, keys.ORDER)).sign(secret, digest)
    size = der[3]
    r, s = int.from_bytes(der[4 : 4 + size], "big"), int.from_bytes(der[6 + size :], "big")
    assert (der[0], der[1], der[2], der[4 + size]) == (0x30, len(der) - 2, 2, 2)
    assert s <= keys.ORDER // 2
    assert verifies(keys.multiply(secret), digest, r, s)
    assert not verifies(keys.multiply(secret), rng.randbytes(32), r, s)


def test_keys_lie_on_the_curve_and_hash_as_they_should() -> None:
    ring = KeyRing(1)
    assert ring.public(0).hex() == "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
    assert ring.script(WPKH).hex() == "0014751e76e8199196d454941c45d1b3a323f1433bd6"  # as in BIP 173
    assert ring.script(SH_WPKH).hex() == "a914bcfeb728b584253d5f3f70bcb780e9ef218a68f487"


def test_the_truth_knows_the_campaign_and_the_service(made: Simulation) -> None:
    folder = made.folder / TRUTH_NAME
    actors = {row["actor"]: row["name"] for row in pq.read_table(folder / "actors.parquet").to_pylist()}
    scripts = {row["script_raw"]: row for row in pq.read_table(folder / "scripts.parquet").to_pylist()}
    assert actors[scripts[made.campaign_script]["controller"]] == "Orchard Committee (invented)"
    assert actors[scripts[made.service_script]["controller"]] == "Kite Pay (invented)"
    campaign = scripts[made.campaign_script]["controller"]
    assert sum(row["controller"] == campaign for row in scripts.values()) == 3, "and its key's other forms"
    kinds = [row["kind"] for row in pq.read_table(folder / "transactions.parquet").to_pylist()]
    assert kinds.count("cash-out") == pytest.approx(plan.SPENDS, rel=0.01)


def test_the_article_says_that_it_is_invented_and_holds_a_misprint() -> None:
    address = "mhwYh5dGKcV8GcdGnBXgyh6eaK4BfyTPqK"
    text = article(address)
    assert "INVENTED ARTICLE" in text
    assert "مختلق" in text
    assert text.count(address) == 2
    assert misprinted(address) in text
    assert misprinted(address) != address


def test_bitcoin_cores_own_code_accepts_every_block(made: Simulation, tmp_path: Path) -> None:
    kernel = pytest.importorskip("pbk", reason="py-bitcoinkernel has no wheel for this machine")
    manager = kernel.load_chainman(str(tmp_path), kernel.ChainType.REGTEST)
    data, at = (made.folder / BLOCK_FILE_NAME).read_bytes(), 0
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        manager.process_block(kernel.Block(data[at + 8 : at + 8 + size]))
        at += 8 + size
    assert manager.get_active_chain().height == made.blocks - 1  # rules, values and every signature
