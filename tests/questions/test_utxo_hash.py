"""The unspent outputs against Bitcoin Core's published constants, its own code, and figures made by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from oracle import corechains, parse
from oracle.blockmaker import Block, Branch, seeded
from oracle.corechains import AFTER_30, IN_30, UP_TO_29
from oracle.utxo import SlowSet, slow_set
from qaif.analysis.supply import subsidies
from qaif.analysis.utxo_set import Room, UtxoSet, utxo_set
from qaif.chain.coin_changes import CoinBytes, coin_change
from qaif.chain.files import StoreFiles
from qaif.chain.index import index
from qaif.chain.open import Chain
from qaif.errors import NotFoundError, StoreDamagedError, UsageError
from qaif.feeds.blockfiles import BlockFileFeed
from qaif.feeds.networks import NETWORKS
from qaif.feeds.simulation.simulate import BLOCK_FILE_NAME, simulate
from qaif.questions.utxo_hash import UtxoHashAnswer, utxo_hash
from qaif.workspace.folder import Workspace
from support.indexing import put
from support.lawful import lawful

COIN = 10**8
BOTH = frozenset({"hash_serialized_3", "muhash"})


def workspace(folder: Path, blocks: list[Block]) -> Path:
    put(Workspace.open_or_create(folder).chain_dir, blocks)
    return folder


def found(chain: Chain, folder: Path, room: Room | None = None) -> UtxoSet:
    return utxo_set(chain, StoreFiles(folder), BOTH, room=room or Room())


def shown(digest: bytes | None) -> str:
    assert digest is not None
    return digest[::-1].hex()


def figures(answer: UtxoHashAnswer) -> dict[str, object]:
    """Under the twin's names."""
    own = {
        k: v
        for k, v in vars(answer).items()
        if k in {"txouts", "transactions", "bogosize", "total_amount_sat"}
    }
    return own | {k: v for k, v in vars(answer.supply).items() if k != "reason"}


@pytest.mark.parametrize(
    ("height", "release", "expected"),
    [
        # kernel/chainparams.cpp, regtest's m_assumeutxo_data
        (110, UP_TO_29, "6657b736d4fe4db0cbc796789e812d5dba7f5c143764b1b6905612f1830609d1"),
        (110, IN_30, "b952555c8ab81fec46f3d4253b7af256d766ceb39fb7752b9d18cdf4a0141327"),
        (200, IN_30, "17dcc016d188d16068907cdeb38b75691a118d43053b8cd6a25969419381d13a"),
        (299, UP_TO_29, "a4bf3407ccb2cc0145c49ebba8fa91199f8a3903daf0883875941497d2493c27"),
        (299, IN_30, "d2b051ff5e8eef46520350776f4100dd710a63447a8e01d917e92e79751a63e2"),
        # test/functional/feature_utxo_set_hash.py
        (101, UP_TO_29, "d1c7fec1c0623f6793839878cbe2a531eb968b50b27edd6e2a57077a5aed6094"),
        (101, AFTER_30, "396058cfd7f3b4c05dcdfaf360be9986d859d2c8315082d3aadda6d2d16add25"),
    ],
)
def test_bitcoin_cores_hash_serialized_3(tmp_path: Path, height: int, release: int, expected: str) -> None:
    made = {
        101: corechains.utxo_set_hash_101,
        110: corechains.unit_tests_110,
        200: corechains.fuzz_200,
        299: corechains.assumeutxo_299,
    }[height](release)
    answer = utxo_hash(workspace(tmp_path / "w", made), kind="hash_serialized_3")
    assert (answer.hash_serialized_3, answer.muhash) == (expected, None)
    assert (answer.as_of and answer.as_of.height, answer.layer) == (height, "fact")
    assert answer.txouts == height


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        (UP_TO_29, "d1725b2fe3ef43e55aa4907480aea98d406fc9e0bf8f60169e2305f1fbf5961b"),
        (AFTER_30, "97f341d4226cb4451dd9da2856759fb97659cfc238a0b8d5452e64af6032bd3d"),
    ],
)
def test_bitcoin_cores_muhash(tmp_path: Path, release: int, expected: str) -> None:
    """feature_utxo_set_hash.py; the fee of its one transfer is not claimed."""
    made = corechains.utxo_set_hash_101(release)
    answer = utxo_hash(workspace(tmp_path / "w", made), kind="muhash")
    assert (answer.hash_serialized_3, answer.muhash) == (None, expected)
    assert answer.supply.unclaimed_rewards_sat == corechains.FEE
    assert answer.total_amount_sat == 101 * 50 * COIN - corechains.FEE


def test_bitcoin_cores_block_statistics(tmp_path: Path, shared: Path) -> None:
    """rpc_getblockstats.json: by how much Core says that the set grew, in coins and in bytes."""
    vector = json.loads((shared / "vectors" / "rpc_getblockstats.json").read_text())
    blocks = [Block(bytes.fromhex(raw), ()) for raw in vector["blocks"]]
    folder = workspace(tmp_path / "w", blocks)
    for row in vector["stats"]:
        height = int(row["height"])
        before, after = (utxo_hash(folder, str(at), "none") for at in (height - 1, height))
        assert after.txouts - before.txouts == row["utxo_increase_actual"]
        # bogosize counts 50 bytes beside a script, getblockstats 49
        grown = row["utxo_size_inc_actual"] + row["utxo_increase_actual"]
        assert after.bogosize - before.bogosize == grown
        assert after.supply.subsidy_sat - before.supply.subsidy_sat == row["subsidy"]
    slow = slow_set([parse.parse_block(block.raw) for block in blocks], 150)
    answer = utxo_hash(folder)
    assert figures(answer) == slow.figures()
    assert (answer.hash_serialized_3, answer.muhash) == (slow.serialized(), slow.muhash())


@pytest.fixture(scope="module")
def first_mib(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    folder = tmp_path_factory.mktemp("mib") / "w"
    feed = BlockFileFeed.open([shared / "blocks" / "blk00000-first-mib.dat"])
    index(Workspace.open_or_create(folder).chain_dir, feed)
    return folder


def test_the_first_4522_blocks(first_mib: Path, shared: Path) -> None:
    """By hand: 4,522 subsidies of 50 BTC less the first, nothing lost; 4,583 transactions with 61 spends."""
    answer = utxo_hash(first_mib)
    assert answer.as_of is not None
    assert (answer.as_of.height, answer.coverage.complete, answer.basis["network"]) == (
        4_521,
        True,
        "mainnet",
    )
    assert answer.total_amount_sat == 4_521 * 50 * COIN
    assert answer.supply.subsidy_sat == 4_522 * 50 * COIN
    assert answer.supply.unspendable_sat == answer.supply.genesis_block_sat == 50 * COIN
    assert (answer.supply.bip30_sat, answer.supply.scripts_sat) == (0, 0)
    assert answer.supply.unclaimed_rewards_sat == 0
    raw = (shared / "blocks" / "blk00000-first-mib.dat").read_bytes()
    blocks = [parse.parse_block(frame) for frame in whole_frames(raw)]
    assert len(blocks) == 4_522
    slow = slow_set(blocks, 210_000)
    assert figures(answer) == slow.figures()
    assert (answer.hash_serialized_3, answer.muhash) == (slow.serialized(), slow.muhash())


def whole_frames(raw: bytes) -> list[bytes]:
    """Blocks one after another; the file's last is cut off."""
    at, frames = 0, []
    while at + 8 <= len(raw):
        size = int.from_bytes(raw[at + 4 : at + 8], "little")
        frames.append(raw[at + 8 : at + 8 + size])
        at += 8 + size
    return frames if at == len(raw) else frames[:-1]


def test_the_first_payment_is_seen_at_its_height(first_mib: Path) -> None:
    """Block 170 spends the coinbase of block 9: 10 BTC to Hal Finney and 40 back."""
    before, after = (utxo_hash(first_mib, str(height), "none") for height in (169, 170))
    assert (before.txouts, before.total_amount_sat) == (169, 169 * 50 * COIN)
    assert (after.txouts, after.transactions, after.total_amount_sat) == (171, 170, 170 * 50 * COIN)
    by_hash = utxo_hash(first_mib, "00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee")
    assert figures(by_hash) == figures(after)
    first = utxo_hash(first_mib, "0")
    assert (first.txouts, first.transactions, first.total_amount_sat) == (0, 0, 0)
    assert first.hash_serialized_3 == parse.sha256d(b"")[::-1].hex()
    assert first.supply.unspendable_sat == 50 * COIN


def test_a_chain_that_cores_own_code_accepts(tmp_path: Path) -> None:
    """The simulated chain: every coin that a block spends is, to the byte, the one that Core says it is."""
    kernel = pytest.importorskip("pbk", reason="py-bitcoinkernel has no wheel for this machine")
    made = simulate(tmp_path / "made")
    raw = whole_frames((made.folder / BLOCK_FILE_NAME).read_bytes())
    manager = kernel.load_chainman(str(tmp_path / "core"), kernel.ChainType.REGTEST)
    for frame in raw:
        manager.process_block(kernel.Block(frame))
    entries = manager.get_active_chain().block_tree_entries
    assert len(entries) == len(raw)
    folder = tmp_path / "w"
    chain_dir = Workspace.open_or_create(folder).chain_dir
    index(chain_dir, BlockFileFeed.open([made.folder / BLOCK_FILE_NAME]))
    slow, spent = SlowSet(150), 0
    with Chain.open(chain_dir) as chain:
        for number, frame in enumerate(raw):
            block = parse.parse_block(frame)
            slow.add(block)
            if number % 40 != 1 and number < len(raw) - 60:
                continue
            gone = core_coins(manager.block_spent_outputs[entries[number]], block)
            assert rows_of(coin_change(chain, number).gone) == gone
            spent += len(gone)
    assert spent > 100
    answer = utxo_hash(folder)
    assert figures(answer) == slow.figures()
    assert answer.hash_serialized_3 == slow.serialized()
    assert answer.supply.scripts_sat is not None
    assert answer.supply.reason is None


def core_coins(spent: object, block: parse.Block) -> list[bytes]:
    """What Core keeps of the outputs that a block spends, written as they are hashed."""
    out = []
    for tx, of in zip(block.txs[1:], spent.transactions, strict=True):  # type: ignore[attr-defined]  # pbk has no types
        for one, coin in zip(tx.ins, of.coins, strict=True):
            script = bytes(coin.output.script_pubkey)
            code = 2 * coin.confirmation_height + coin.is_coinbase
            numbers = one.vout.to_bytes(4, "little") + code.to_bytes(4, "little")
            amount = coin.output.amount.to_bytes(8, "little")
            out.append(one.txid + numbers + amount + parse.with_size(script))
    return out


def rows_of(coins: CoinBytes) -> list[bytes]:
    raw = coins.data.tobytes()
    return [raw[a:b] for a, b in zip(coins.offset[:-1], coins.offset[1:], strict=True)]


def test_every_height_of_a_chain_with_spends(tmp_path: Path) -> None:
    """Against the twin at every height, in pieces and through a file as at once."""
    blocks = corechains.assumeutxo_299(UP_TO_29)
    folder = tmp_path / "chain"
    put(folder, blocks, round_bytes=4_000)
    slow = SlowSet(150)
    with Chain.open(folder) as chain:
        for number, block in enumerate(blocks):
            slow.add(parse.parse_block(block.raw))
            if number < 195 and number % 30:
                continue
            got = found(chain.at(number), folder, Room(piece_outs=50, memory_bytes=9_000))
            expected = slow.figures()
            assert shown(got.hash_serialized_3) == slow.serialized()
            assert (got.txouts, got.amount_sat) == (expected["txouts"], expected["total_amount_sat"])
            assert got.rewards.unclaimed_sat == expected["unclaimed_rewards_sat"]
            assert number % 10 or got == found(chain.at(number), folder)


@pytest.mark.parametrize("missing", [0, 1, 5])
def test_a_partial_chain_is_refused_with_a_way_out(tmp_path: Path, missing: int) -> None:
    blocks = lawful(9, 12).blocks
    folder = workspace(tmp_path / "w", blocks[:missing] + blocks[missing + 1 :])
    with pytest.raises(NotFoundError, match="every block from the first one on") as refusal:
        utxo_hash(folder)
    if missing:
        assert f"Up to height {missing - 1} all are held" in refusal.value.way_out
        answer = utxo_hash(folder, str(missing - 1))
        assert answer.coverage.complete
        assert answer.txouts == len(slow_set([parse.parse_block(b.raw) for b in blocks[:missing]], 150).coins)
    else:
        assert "--at" not in refusal.value.way_out
    with pytest.raises(NotFoundError, match="every block from the first one on"):
        utxo_hash(folder, "9")


def test_an_input_that_spends_nothing_known_is_refused(tmp_path: Path) -> None:
    """All blocks are held, and one of them spends what none makes: Core would not accept it."""
    branch = Branch(seeded(10)).grow(2, most_txs=0)
    stranger = corechains.spend(
        corechains.tx_of((bytes(31) + b"\x01", 0), b"", [(COIN, b"\x51")], (), (0, 0))
    )
    branch.add([stranger])
    with pytest.raises(NotFoundError, match="1 inputs spend outputs that no block held has"):
        utxo_hash(workspace(tmp_path / "w", branch.blocks))


def test_a_coinbase_that_takes_too_much_leaves_the_supply_unknown(tmp_path: Path) -> None:
    branch = Branch(seeded(11)).grow(2, most_txs=0)
    branch.add([], [(50 * COIN + 1, b"\x51")])
    branch.add([], [(49 * COIN, b"\x51")])
    answer = utxo_hash(workspace(tmp_path / "w", branch.blocks))
    supply = answer.supply
    assert (supply.unclaimed_rewards_sat, supply.unspendable_sat) == (None, None)
    assert supply.reason is not None
    assert "height 3 pays 1 satoshi more" in supply.reason
    assert supply.subsidy_sat == 250 * COIN
    assert (
        answer.hash_serialized_3
        == slow_set([parse.parse_block(b.raw) for b in branch.blocks], 150).serialized()
    )
    good = utxo_hash(tmp_path / "w", "2")
    assert (good.supply.reason, good.supply.unclaimed_rewards_sat) == (None, 0)


def test_what_does_not_add_up_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Supply is computed twice: from what is unspent, and from what blocks may claim."""
    folder = workspace(tmp_path / "w", Branch(seeded(12)).grow(3, most_txs=0).blocks)
    monkeypatch.setattr(Chain, "spent_between", lambda _, lo, hi: np.arange(lo, hi) == 2)
    with pytest.raises(StoreDamagedError, match="5,000,000,000 satoshi less than all subsidies"):
        utxo_hash(folder)


@pytest.mark.parametrize("kind", ["none", "both"])
def test_kinds_change_nothing_but_the_hashes(first_mib: Path, kind: str) -> None:
    answer = utxo_hash(first_mib, "200", kind)  # type: ignore[arg-type]  # of the two
    assert (answer.muhash is None, answer.hash_serialized_3 is None) == (kind == "none", kind == "none")
    assert answer.txouts == 200 + 4


def test_what_names_no_block(first_mib: Path) -> None:
    with pytest.raises(UsageError):
        utxo_hash(first_mib, "yesterday")
    with pytest.raises(NotFoundError, match="at height 4,522"):
        utxo_hash(first_mib, "4522")


def test_subsidies() -> None:
    """As in Core's validation_tests: half after each interval; under 21 million in all."""
    interval = NETWORKS["mainnet"].halving_interval
    heights = np.array(
        [0, 209_999, 210_000, 419_999, 420_000, 840_000, 33 * interval, 64 * interval, 70 * interval]
    )
    assert subsidies(heights, interval).tolist() == [
        *(50 * COIN, 50 * COIN, 25 * COIN, 25 * COIN, 1_250_000_000, 312_500_000),
        *(0, 0, 0),
    ]
    total = sum(int(subsidies(np.array([k * interval]), interval)[0]) * interval for k in range(64))
    assert total == 2_099_999_997_690_000
    assert {network.halving_interval for network in NETWORKS.values()} == {210_000, 150}
    assert NETWORKS["regtest"].halving_interval == 150


def test_progress_is_told(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w", Branch(seeded(13)).grow(3).blocks)
    told: list[tuple[int, int, str]] = []
    utxo_hash(folder, progress=lambda done, total, unit: told.append((done, total, unit)))
    assert told[0] == (4, 4, "blocks")
    assert told[-1] == (256, 256, "parts")


def test_no_file_is_left_in_the_workspace(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w", Branch(seeded(14)).grow(5).blocks)
    before = sorted(str(path) for path in folder.rglob("*"))
    utxo_hash(folder)
    assert sorted(str(path) for path in folder.rglob("*")) == before
