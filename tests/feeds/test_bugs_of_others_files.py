"""Bugs that other programs had with block files and large numbers, each by name, through the whole way.

What each was is told as it was reported; the reports were read in excerpts.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from oracle.blockfile import frame, write
from oracle.blockmaker import (
    GENESIS_TIME,
    MAGIC,
    Block,
    Branch,
    committed,
    height_push,
    make_block,
    make_tx,
    seeded,
)
from qaif.chain import derived, sections
from qaif.chain import manifest as manifests
from qaif.chain.check import check
from qaif.chain.files import StoreFiles
from qaif.chain.manifest import Manifest, SegmentRef
from qaif.chain.open import Chain
from qaif.chain.run import Run
from qaif.chain.sections import Array
from qaif.chain.segments import ColumnView, RunView, Segment, open_segment
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.chain.tables import DERIVED_COLUMNS, PRIMARY, column_of
from qaif.errors import BlockFileError
from qaif.units import Int64s
from qaif.workspace.folder import Workspace
from support.economy import script
from support.indexing import digests, put
from support.workspaces import address_of, answer, run

KEY = bytes.fromhex("2584ecb45e74af9d")
BLOCKS = Branch(seeded(41)).grow(20, 3).blocks
MOST_SAT = 21 * 10**14


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("plain") / "chain"
    put(folder, BLOCKS)
    return digests(folder)


def indexed(folder: Path, pieces: list[Block | bytes], key: bytes = b"", reserved: int = 0) -> dict[str, str]:
    path = write(folder / "blocks" / "blk00000.dat", pieces, key=key, reserved=reserved)
    report = index_block_files(folder / "chain", BlockFiles((path.parent,)))
    assert report.blocks == len(BLOCKS)
    return digests(folder / "chain")


@pytest.mark.parametrize("at", [0, 1, 7, 20])
def test_bitcoin_11736_the_magic_twice(tmp_path: Path, plain: dict[str, str], at: int) -> None:
    """A block file had the magic twice before a block; a reader took the second one for the length."""
    for twice in (MAGIC, MAGIC + len(BLOCKS[at].raw).to_bytes(4, "little")):
        folder = tmp_path / str(len(twice))
        assert indexed(folder, [*BLOCKS[:at], twice, *BLOCKS[at:]]) == plain


@pytest.mark.parametrize("key", [b"", KEY])
def test_bitcoin_14986_eight_zero_bytes_after_block_0(
    tmp_path: Path, plain: dict[str, str], key: bytes
) -> None:
    """Eight zero bytes stand after block 0 of files of old; a reader stopped there as at the end."""
    assert indexed(tmp_path, [BLOCKS[0], bytes(8), *BLOCKS[1:]], key=key, reserved=500) == plain


@pytest.mark.parametrize("reserved", [0, 5_000])
def test_python_bitcoin_blockchain_parser_122_xor_dat(
    tmp_path: Path, plain: dict[str, str], reserved: int
) -> None:
    """Files of Bitcoin Core 28 are obfuscated; the parser found no block in them."""
    assert indexed(tmp_path, list(BLOCKS), key=KEY, reserved=reserved) == plain


def test_rusty_blockparser_110_a_key_that_is_missing_is_not_an_empty_chain(tmp_path: Path) -> None:
    """Obfuscated files without their key were told as zero blocks."""
    path = write(tmp_path / "blocks" / "blk00000.dat", BLOCKS, key=KEY, key_beside=False, reserved=900)
    for paths in ((path,), (path.parent,), (tmp_path,)):
        with pytest.raises(BlockFileError, match=f"{KEY.hex()}, and there is no xor.dat") as refusal:
            index_block_files(tmp_path / "chain", BlockFiles(paths))
        assert str(path) in refusal.value.message
    assert not (tmp_path / "chain" / "MANIFEST").exists()


def test_bitcoin_iterate_26_reserved_space_is_not_obfuscated(tmp_path: Path, plain: dict[str, str]) -> None:
    """The zeros of reserved space are stored raw: in the clear they are the key, over and over.

    Where the key holds the magic they look like frames, here also ones of a block's least length.
    """
    for number, key in enumerate((MAGIC + bytes.fromhex("51000000"), b"\x01" + MAGIC + b"\x51\x00\x00")):
        assert indexed(tmp_path / str(number), list(BLOCKS), key=key, reserved=70_000) == plain


@pytest.mark.parametrize("generation", [2**15 - 1, 2**16 - 1, 2**31 - 1, 2**32 - 1, 10**10 - 2, 2**63])
def test_electrumx_185_the_count_of_flushes_overflows(
    tmp_path: Path, plain: dict[str, str], generation: int
) -> None:
    """A 16-bit count of flushes ran over after some weeks, and files were overwritten.

    Here it is the manifest's generation, which names each new file. Ten digits are written, and more where
    they are needed.
    """
    put(tmp_path / "chain", BLOCKS[:8], round_bytes=1_000)
    files = StoreFiles(tmp_path / "chain")
    manifest = manifests.load(files)
    assert manifest is not None
    manifests.save(files, Manifest(**{**vars(manifest), "generation": generation}))
    for count in (12, 16, len(BLOCKS)):
        put(tmp_path / "chain", BLOCKS[:count], round_bytes=1_000)
        assert check(tmp_path / "chain").good
    assert digests(tmp_path / "chain") == plain
    after = manifests.load(files)
    assert after is not None
    assert after.generation > generation
    assert len(after.files()) == len(list((tmp_path / "chain").glob("*.seg"))) + 1 * (
        after.feed_file is not None
    )


def test_electrumx_185_the_files_of_one_run(tmp_path: Path) -> None:
    """A reorganisation writes all its rounds under one generation: their numbers pass four digits too."""
    run_ = Run(StoreFiles(tmp_path), Manifest("regtest", generation=2**16 - 1), [])
    names = [run_.new_name() for _ in range(2**16 + 2)]
    assert len(set(names)) == len(names)
    assert (names[0], names[-1]) == ("0000065536-0000.seg", "0000065536-65537.seg")


def test_electrumx_185_block_files_past_sixteen_bits(tmp_path: Path, plain: dict[str, str]) -> None:
    for number, part in zip((65_535, 65_536, 99_999, 100_000), range(4), strict=True):
        write(tmp_path / f"blk{number:05}.dat", BLOCKS[6 * part : 6 * part + 6])
    index_block_files(tmp_path / "chain", BlockFiles((tmp_path,)))
    assert digests(tmp_path / "chain") == plain


def test_graphsense_lib_amounts_past_32_and_53_bits_to_json(tmp_path: Path) -> None:
    """A count was served as a negative number, cut to 32 bits. Whatever is summed stays as it is, to JSON."""
    branch = Branch(seeded(1))
    for _ in range(6):
        branch.add([], [(MOST_SAT, script(1))])
    coinbase = branch.blocks[1].txs[0]
    paid = [(2**31 - 1, script(2)), (2**31, script(2)), (2**32 - 1, script(2)), (2**32 + 5, script(2))]
    tx = make_tx([(coinbase.txid, 0)], paid, locktime=2**32 - 1)
    branch.add([tx])
    put(Workspace.open_or_create(tmp_path).chain_dir, branch.blocks)
    review = answer(tmp_path, "review", address_of(1))
    assert review["received_sat"] == 6 * MOST_SAT > 2**53
    assert (review["sent_sat"], review["balance_sat"]) == (MOST_SAT, 5 * MOST_SAT)
    assert review["turnover_sat"] == 7 * MOST_SAT
    (shown,) = answer(tmp_path, "tx", tx.txid[::-1].hex())["transactions"]
    assert [out["value_sat"] for out in shown["outputs"]] == [value for value, _ in paid]
    assert shown["output_sat"] == sum(value for value, _ in paid)
    assert (shown["locktime"], shown["inputs"][0]["sequence"]) == (2**32 - 1, 2**32 - 1)
    block = answer(tmp_path, "block", "7")
    assert block["fees_sat"] == MOST_SAT - sum(value for value, _ in paid)
    text = run(tmp_path, "review", address_of(1), "--json").stdout
    assert f'"received_sat": {6 * MOST_SAT}' in text or f'"received_sat":{6 * MOST_SAT}' in text
    assert "-" not in "".join(str(v) for k, v in json.loads(text).items() if k.endswith(("_sat", "_count")))


def test_graphsense_lib_times_and_nonces_past_31_bits_to_json(tmp_path: Path) -> None:
    """A header's time and nonce have 32 bits without a sign: 2038 is not 1901."""
    branch = Branch(seeded(2)).grow(2, 0)
    coinbase = committed(height_push(3) + b"\x01x", [(1, script(1))], [])
    late = make_block(branch.blocks[-1].hash, 2**32 - 2, [coinbase], nonce=2**31 + 7)
    put(Workspace.open_or_create(tmp_path).chain_dir, [*branch.blocks, late])
    block = answer(tmp_path, "block", "3")
    assert block["as_of"]["time"] == "2106-02-07T06:28:14Z"
    assert block["header"]["nonce"] == int.from_bytes(late.raw[76:80], "little") > 2**31
    assert GENESIS_TIME < 2**31


def test_graphsense_lib_numbers_of_rows_have_64_bits(tmp_path: Path) -> None:
    """Columns that number or count rows, or hold amounts, are eight bytes wide, and views keep them so."""
    for table, columns in PRIMARY.items():
        for column in columns:
            if column.name.endswith(("_lo", "_num", "_out", "_sat")):
                assert column.dtype == np.dtype("<i8"), f"{table}.{column.name}"
    assert [dtype.itemsize for _, dtype in DERIVED_COLUMNS] == [8, 8]
    start, files = 2**32 + 3, StoreFiles(tmp_path)
    values = np.array([2**33, 2**40, MOST_SAT], dtype=np.int64)
    early, late = ([5], [7]), ([5, 5], [start, start + 1])
    runs = [_segment(files, start, values, run_) for run_ in (early, late)]
    view = ColumnView(runs[:1], "txout", column_of("txout", "value_sat"), start + 3)
    assert view.one(start + 2) == MOST_SAT
    assert view.take([start, start + 1]).tolist() == [2**33, 2**40]
    merged = list(derived.merge([segment.run("spent_by") for segment in runs]))
    assert np.concatenate([part[1] for part in merged]).tolist() == [7, start, start + 1]
    assert RunView([segment.sealed_run("spent_by") for segment in runs], start + 1).of(5).tolist() == [
        7,
        start,
    ]


def _segment(files: StoreFiles, start: int, values: Int64s, run_: tuple[list[int], list[int]]) -> Segment:
    """A segment of three outputs, the first with the number `start`, and a run."""
    columns: dict[str, Array] = {
        "txout.value_sat": values,
        "spent_by.key": np.array(run_[0], dtype=np.uint64),
        "spent_by.num": np.array(run_[1], dtype=np.int64),
    }
    name = f"{len(run_[0])}.seg"
    ref = sections.write(files, name, {each: sections.whole(array) for each, array in columns.items()})
    return open_segment(files, SegmentRef(ref, {"txout": (start, start + 3)}), verified=True)


def test_graphsense_lib_a_frame_is_no_longer_than_a_block(tmp_path: Path, plain: dict[str, str]) -> None:
    """A length over 31 bits is not a negative one, by which a reader would step back for ever."""
    lying = [
        MAGIC + size.to_bytes(4, "little") + frame(BLOCKS[3])[8:] for size in (2**31, 2**32 - 1, 2**31 + 9)
    ]
    assert indexed(tmp_path, [*BLOCKS[:3], *lying, *BLOCKS[3:]]) == plain
    with Chain.open(tmp_path / "chain") as chain:
        assert chain.held.complete
