"""A data directory that Bitcoin Core's own code wrote: every checksum, every fee, every spent output."""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from oracle.blockfile import frame, obfuscated
from oracle.blockmaker import MAGIC, SUBSIDY, Block, Branch, make_tx, seeded, spent
from oracle.undo import Coin, checksum, read_undo, record, undo_data
from qaif.chain.check import check
from qaif.chain.open import Chain
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.chain.tables import BASIS_FEED, BASIS_HELD
from qaif.kernels.undo import parse_undo
from qaif.units import UNKNOWN
from support.coredir import CoreChain, make_datadir
from support.indexing import digests, put

FORKED_AT, FROM = 130, 122


class Made(NamedTuple):
    folder: Path
    old: list[Block]
    best: list[Block]
    spent: dict[bytes, list[list[Coin]]]  # by block hash, as Core's kernel tells it

    @property
    def coins(self) -> dict[tuple[bytes, int], Coin]:
        """Every output of both branches."""
        out = {}
        for blocks in (self.old, self.best):
            for height, block in enumerate(blocks):
                for number, tx in enumerate(block.txs):
                    for vout, (value, script) in enumerate(tx.outs):
                        out[tx.txid, vout] = Coin(height, number == 0, value, script)
        return out


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    pytest.importorskip("pbk", reason="py-bitcoinkernel has no wheel for this machine")
    folder = tmp_path_factory.mktemp("datadir")
    chain = CoreChain(1).grow(105).grow(35, 6)
    other = chain.fork(FORKED_AT, 2).grow(15, 6)
    old, best = chain.branch.blocks, other.branch.blocks
    manager = make_datadir(folder, [old[1:], best[FORKED_AT + 1 :]])
    entries = manager.get_active_chain().block_tree_entries
    assert bytes(entries[-1].block_hash) == best[-1].hash, "Core did not reorganise"
    told = {bytes(entry.block_hash): _told(manager, entry) for entry in entries if entry.height}
    return Made(folder, old, best, told)


def _told(manager: Any, entry: Any) -> list[list[Coin]]:
    return [
        [
            Coin(
                coin.confirmation_height,
                bool(coin.is_coinbase),
                coin.output.amount,
                bytes(coin.output.script_pubkey),
            )
            for coin in tx.coins
        ]
        for tx in manager.block_spent_outputs[entry].transactions
    ]


def records(folder: Path) -> list[tuple[int, bytes, bytes]]:
    """Every record of the undo file, walked from its beginning: offset, undo data, checksum."""
    blocks = folder / "blocks"
    data = obfuscated((blocks / "rev00000.dat").read_bytes(), (blocks / "xor.dat").read_bytes())
    at, out = 0, []
    while data[at : at + 4] == MAGIC:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        out.append((at, data[at + 8 : at + 8 + size], data[at + 8 + size : at + 40 + size]))
        at += 40 + size
    return out


def test_every_checksum_and_every_spent_output_of_the_undo_file(made: Made) -> None:
    blocks = {block.hash: (block, made.old[h - 1]) for h, block in enumerate(made.old) if h}
    blocks |= {block.hash: (block, made.best[h - 1]) for h, block in enumerate(made.best) if h}
    assert (made.folder / "blocks" / "xor.dat").read_bytes() != bytes(8), "Core did not obfuscate"
    found = records(made.folder)
    assert len(found) == len(blocks) == 140 + 15
    kinds: Counter[int] = Counter()
    for _, data, told in found:
        own = [block for block, parent in blocks.values() if checksum(parent.hash, data) == told]
        assert own, "a checksum is no block's"
        coins = read_undo(data)
        expected = [[[made.coins[at] for at in spent(tx)] for tx in block.txs[1:]] for block in own]
        assert coins in expected
        columns, _, _ = parse_undo(np.frombuffer(data, dtype=np.uint8))
        assert columns is not None
        flat = [coin for tx in coins for coin in tx]
        assert columns.value.tolist() == [coin.value for coin in flat]
        assert (columns.code // 2).tolist() == [coin.height for coin in flat]
        assert (columns.code % 2).tolist() == [coin.coinbase for coin in flat]
        kinds.update(coin.script[0] if len(coin.script) > 1 else 1 for coin in flat)
        assert undo_data(coins) == data, "the twin writes what Core wrote"
    assert set(kinds) == {0x76, 0xA9, 0x21, 0x41, 0x00, 0x4D, 1}, "a form of script was never spent"


def inputs_of(chain: Chain, num: int) -> list[tuple[int, bytes, int]]:
    """Value, script and basis of every input of a block but the coinbase's."""
    lo, hi = (int(x) for x in chain.block.in_lo.take([num, num + 1]))
    out = []
    for row in range(lo + 1, hi):
        script = chain.txin.script_num.one(row)
        raw = chain.script_raw(script) if script != UNKNOWN else b""
        out.append((chain.txin.value_sat.one(row), raw, chain.txin.script_basis.one(row)))
    return out


def fees_of(chain: Chain, num: int) -> int:
    lo, hi = (int(x) for x in chain.block.out_lo.take([num, num + 1]))
    first = chain.tx.out_lo.one(chain.block.tx_lo.one(num) + 1) if hi > lo else hi
    paid = int(chain.txout.value_sat[min(first, hi) : hi].sum())
    return sum(value for value, _, _ in inputs_of(chain, num)) - paid


def test_the_store_says_what_core_says(made: Made, tmp_path: Path) -> None:
    """Indexed where the node left it: prevouts as Core's kernel tells them, fees as coinbases took them."""
    report = index_block_files(tmp_path / "chain", BlockFiles((made.folder,)))
    assert (report.blocks, report.stale) == (len(made.best), 10)
    put(tmp_path / "plain", made.best)
    assert digests(tmp_path / "chain") == digests(tmp_path / "plain")
    assert check(tmp_path / "chain").good
    with Chain.open(tmp_path / "chain") as chain:
        assert "undo" not in (chain.manifest.feed or {})["scan"], "a whole chain needs no undo file"
        for height, block in enumerate(made.best[1:], 1):
            told = [coin for tx in made.spent[block.hash] for coin in tx]
            assert inputs_of(chain, height) == [(c.value, c.script, BASIS_HELD) for c in told]
            taken = block.txs[0].outs[0][0] - (SUBSIDY >> height // 150)
            assert fees_of(chain, height) == taken


def pruned(made: Made, folder: Path, blocks: Sequence[Block] | None = None) -> Path:
    """The data directory with only the later blocks; the undo file as Core wrote it."""
    source, target = made.folder / "blocks", folder / "blocks"
    key = (source / "xor.dat").read_bytes()
    kept = blocks if blocks is not None else [*made.old[FROM:], *made.best[FORKED_AT + 1 :]]
    target.mkdir(parents=True)
    (target / "blk00000.dat").write_bytes(obfuscated(b"".join(frame(block) for block in kept), key))
    for name in ("rev00000.dat", "xor.dat"):
        shutil.copy(source / name, target / name)
    return folder


def index_of(folder: Path, datadir: Path) -> Path:
    index_block_files(folder, BlockFiles((datadir,)))
    return folder


def compare_to_core(folder: Path, made: Made) -> Counter[str]:
    """Every input of a partial store beside what Core says; what is unknown is counted, never wrong."""
    seen: Counter[str] = Counter()
    by_hash = {block.hash: block for block in made.best}
    with Chain.open(folder) as chain:
        for num in range(chain.n_blocks):
            block = by_hash[chain.block.hash_raw.take(num)[0].tobytes()]
            told = [coin for tx in made.spent[block.hash] for coin in tx]
            for (value, script, basis), coin in zip(inputs_of(chain, num), told, strict=True):
                assert value in {coin.value, UNKNOWN}
                assert script in {coin.script, b""}
                seen["unknown" if value == UNKNOWN else "held" if basis == BASIS_HELD else "told"] += 1
                assert basis in {BASIS_FEED, BASIS_HELD} or value == UNKNOWN
            if all(value != UNKNOWN for value, _, _ in inputs_of(chain, num)):
                seen["fees"] += 1
    return seen


def test_a_pruned_node_is_told_by_its_undo_file(made: Made, tmp_path: Path) -> None:
    datadir = pruned(made, tmp_path / "node")
    with_undo = index_of(tmp_path / "chain", datadir)
    seen = compare_to_core(with_undo, made)
    assert seen["unknown"] == 0
    assert seen["told"] > 30
    with Chain.open(with_undo) as chain:
        assert (chain.manifest.feed or {})["scan"]["undo"] == {
            "files": 1,
            "records": 155 - (FROM - 1),
            "unmatched": FROM - 1,
            "blocks": 155 - (FROM - 1),
        }
        for num in range(1, chain.n_blocks):
            block = made.best[FROM + num]
            assert fees_of(chain, num) == block.txs[0].outs[0][0] - (SUBSIDY >> (FROM + num) // 150)
    (datadir / "blocks" / "rev00000.dat").unlink()
    without = compare_to_core(index_of(tmp_path / "without", datadir), made)
    assert without["told"] == 0
    assert without["unknown"] == seen["told"]


def test_an_undo_file_that_comes_later_changes_what_was_unknown(made: Made, tmp_path: Path) -> None:
    datadir = pruned(made, tmp_path / "node")
    fresh = index_of(tmp_path / "fresh", datadir)
    undo = datadir / "blocks" / "rev00000.dat"
    undo.rename(tmp_path / "aside")
    chain = index_of(tmp_path / "chain", datadir)
    assert digests(chain) != digests(fresh)
    (tmp_path / "aside").rename(undo)
    index_block_files(chain, BlockFiles(()))
    assert digests(chain) == digests(fresh)
    report = index_block_files(chain, BlockFiles(()))
    assert (report.appended, report.removed) == (0, 0), "what was told once is not told anew"
    undo.unlink()
    index_block_files(chain, BlockFiles(()))
    assert digests(chain) == digests(fresh), "what was told stays"


def rewritten(datadir: Path, changes: dict[int, bytes]) -> None:
    """Write bytes, in the clear, into the undo file."""
    blocks = datadir / "blocks"
    key = (blocks / "xor.dat").read_bytes()
    data = bytearray((blocks / "rev00000.dat").read_bytes())
    for at, piece in changes.items():
        data[at : at + len(piece)] = obfuscated(piece, key, at)
    (blocks / "rev00000.dat").write_bytes(data)


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_undo_file_never_tells_a_wrong_value(made: Made, tmp_path: Path, seed: int) -> None:
    rng = seeded(seed)
    datadir = pruned(made, tmp_path / "node")
    found = records(datadir)
    end = found[-1][0] + 40 + len(found[-1][1])
    begin = found[len(found) - 30][0]
    for _ in range(rng.choice((1, 4, 30))):
        rewritten(datadir, {rng.randrange(begin, end): rng.randbytes(rng.choice((1, 2, 9)))})
    if not seed % 3:
        path = datadir / "blocks" / "rev00000.dat"
        path.write_bytes(path.read_bytes()[: rng.randrange(begin, end)])
    compare_to_core(index_of(tmp_path / "chain", datadir), made)
    with Chain.open(tmp_path / "chain") as chain:
        said = (chain.manifest.feed or {})["scan"]["undo"]
    assert said["records"] < 155 - (FROM - 1), "nothing was damaged"


def test_the_undo_data_of_another_block_is_refused_by_its_checksum(made: Made, tmp_path: Path) -> None:
    """Two records of one length change places, and each keeps the checksum that stood there."""
    datadir = pruned(made, tmp_path / "node")
    found = [one for one in records(datadir)[FROM:] if len(one[1]) > 1]
    pairs = [(a, b) for a in found for b in found if a[0] < b[0] and len(a[1]) == len(b[1])]
    if pairs:
        (a, one, _), (b, other, _) = pairs[0]
        rewritten(datadir, {a + 8: other, b + 8: one})
    else:  # of different lengths: the second's data in the first's place, its length told
        (a, one, told), (_, other, _) = found[0], found[1]
        whole = MAGIC + len(other).to_bytes(4, "little") + other + told
        rewritten(datadir, {a: whole.ljust(40 + len(one), b"\x01")[: 40 + len(one)]})
    seen = compare_to_core(index_of(tmp_path / "chain", datadir), made)
    assert seen["unknown"] > 0


def partial(folder: Path, blocks: Sequence[Block], undo: bytes) -> Path:
    """Blocks and undo data of our own making, in the clear."""
    inside = folder / "blocks"
    inside.mkdir(parents=True)
    (inside / "blk00000.dat").write_bytes(b"".join(frame(block) for block in blocks))
    (inside / "rev00000.dat").write_bytes(undo)
    return folder


def values(folder: Path, block: Block) -> list[int]:
    with Chain.open(folder) as chain:
        num = chain.block_num_of_hash(block.hash)
        return [value for value, _, _ in inputs_of(chain, num)]


@pytest.mark.parametrize("alike", [True, False])
def test_siblings_that_look_alike_are_told_nothing(tmp_path: Path, *, alike: bool) -> None:
    """A record names its parent only: of two blocks on one parent each could be the one that it is of."""
    branch = Branch(seeded(5)).grow(3, 0)
    parent = branch.blocks[-1]
    outpoints = [(bytes([7]) * 32, vout) for vout in range(3)]
    one = branch.add([make_tx(outpoints[:1], [(1, b"\x51")])])
    other = branch.fork(3, 6)
    stale = other.add([make_tx(outpoints[1:2] if alike else outpoints[1:], [(2, b"\x51")])])
    tip = branch.add([])
    mine, theirs = Coin(1, True, 5_000, b"\x51\x51"), Coin(2, False, 9_000, b"\x51\x52")  # noqa: FBT003
    undo = record(MAGIC, parent.hash, undo_data([[theirs] if alike else [theirs, theirs]]))
    undo += record(MAGIC, parent.hash, undo_data([[mine]])) + record(MAGIC, one.hash, b"\x00")
    datadir = partial(tmp_path / "node", [parent, one, stale, tip], undo)
    folder = index_of(tmp_path / "chain", datadir)
    assert values(folder, one) == ([UNKNOWN] if alike else [5_000])


def test_records_that_contradict_each_other_tell_nothing(tmp_path: Path) -> None:
    branch = Branch(seeded(7)).grow(3, 0)
    parent = branch.blocks[-1]
    block = branch.add([make_tx([(bytes([7]) * 32, 0)], [(1, b"\x51")])])
    told = [record(MAGIC, parent.hash, undo_data([[Coin(1, True, v, b"\x51")]])) for v in (50, 60)]  # noqa: FBT003
    for name, undo, expected in (
        ("both", told[0] + told[1], [UNKNOWN]),
        ("twice", told[0] + b"junk" * 9 + MAGIC + told[0], [50]),
        ("long", MAGIC + b"\xff\xff\xff\x00" + told[1] + bytes(500), [60]),
    ):
        datadir = partial(tmp_path / name, [parent, block], undo)
        assert values(index_of(tmp_path / f"{name}-chain", datadir), block) == expected
