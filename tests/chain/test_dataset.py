"""The same chain by block files and by the dataset; and what the dataset says that is not so."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from oracle import simchain
from oracle.blockmaker import Branch, make_tx, seeded
from qaif.chain import manifest as manifests
from qaif.chain.addresses import address_of
from qaif.chain.check import check
from qaif.chain.dataset import Dataset, index_dataset, refuse_dataset
from qaif.chain.files import StoreFiles
from qaif.chain.open import Chain
from qaif.chain.sources import BlockFiles, index_block_files
from qaif.chain.tables import BASIS_FEED, BASIS_HELD, BASIS_UNKNOWN
from qaif.errors import BlockDataError, BlockFileError, QaifError, SourceMissingError, UsageError
from qaif.feeds.aws.feed import AwsFeed
from support.aws_dataset import TRANSACTIONS, as_float, rows_of, write_intraday, write_parts
from support.indexing import digests, put
from support.made_datasets import REGTEST, STEP, described, indexed, made, old

WITNESS_BORNE = {"block.size", "block.weight", "tx.size", "txin.witness_size"}


def test_as_by_block_files_but_for_witnesses(tmp_path: Path) -> None:
    branch = Branch(seeded(1), step=STEP).grow(50)
    put(tmp_path / "files", branch.blocks)
    blocks, txs = rows_of([block.raw for block in branch.blocks])
    write_parts(tmp_path / "parts", blocks, txs)
    write_intraday(tmp_path / "intraday", blocks, txs)
    said = indexed(tmp_path / "one", tmp_path / "parts")
    indexed(tmp_path / "other", tmp_path / "intraday")
    wanted, found = digests(tmp_path / "files"), digests(tmp_path / "one")
    assert {name for name in wanted if wanted[name] != found[name]} == WITNESS_BORNE
    assert digests(tmp_path / "other") == found
    assert said["blocks"] == said["whole_blocks"] == 51
    assert 0 < said["blocks_without_witnesses"] < 51
    assert said["noticed"] == {}
    assert check(tmp_path / "one").good
    with Chain.open(tmp_path / "files") as full, Chain.open(tmp_path / "one") as bare:
        for name in ("block.size", "tx.size"):
            table, column = name.split(".")
            count = getattr(full, f"n_{table}s")
            sizes = getattr(getattr(full, table), column)[0:count]
            told = getattr(getattr(bare, table), column)[0:count]
            assert ((told == sizes) | (told == 0)).all()
            assert (told == 0).any()
            assert (told > 0).any()


def test_without_witnesses_all_columns_are_equal(tmp_path: Path, shared: Path) -> None:
    path = shared / "blocks" / "blk00000-first-mib.dat"
    index_block_files(tmp_path / "files", BlockFiles((path,)))
    data, raws, at = path.read_bytes(), [], 0
    while at + 8 + (size := int.from_bytes(data[at + 4 : at + 8], "little")) <= len(data):
        raws.append(data[at + 8 : at + 8 + size])
        at += 8 + size
    write_parts(tmp_path / "data", *rows_of(raws), group=200)
    index_dataset(tmp_path / "store", Dataset(tmp_path / "data"))
    assert digests(tmp_path / "store") == digests(tmp_path / "files")


def test_real_blocks_are_whole_and_no_script_is_inferred_otherwise(tmp_path: Path, shared: Path) -> None:
    data = (shared / "blocks" / "mainnet-sample.dat").read_bytes()
    raws, heights, at = [], [], 0
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        raw = data[at + 8 : at + 8 + size]
        at += 8 + size
        raws.append(raw)
        heights.append(0)
    write_parts(tmp_path / "data", *rows_of(raws, heights), group=500)
    said = described(tmp_path / "data", "mainnet")
    assert said["whole_blocks"] == len(raws) == 33
    assert said["noticed"] == {}
    index_dataset(tmp_path / "bare", Dataset(tmp_path / "data"))
    index_block_files(tmp_path / "full", BlockFiles((shared / "blocks" / "mainnet-sample.dat",)))
    with Chain.open(tmp_path / "full") as full, Chain.open(tmp_path / "bare") as bare:
        count = full.n_ins
        assert (full.tx.txid_raw[0 : full.n_txs] == bare.tx.txid_raw[0 : bare.n_txs]).all()
        assert (full.txin.value_sat[0:count] == bare.txin.value_sat[0:count]).all()
        ours, theirs = bare.txin.script_num[0:count].tolist(), full.txin.script_num[0:count].tolist()
        named = [(one, other) for one, other in zip(ours, theirs, strict=True) if one >= 0]
        assert sum(bare.script_raw(one) != full.script_raw(other) for one, other in named) == 0
        assert 50_000 < len(named) < sum(other >= 0 for other in theirs), "some show a key in witnesses only"


def test_duplicates_count_once(tmp_path: Path) -> None:
    _, blocks, txs = made(2)
    write_parts(tmp_path / "once", blocks, txs)
    write_parts(tmp_path / "twice", blocks, txs)
    write_intraday(tmp_path / "twice", blocks, txs)  # the window in which both stand
    indexed(tmp_path / "a", tmp_path / "once")
    said = indexed(tmp_path / "b", tmp_path / "twice")
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert said["noticed"] == {"more rows of a block": 51, "more rows of a transaction": len(txs)}


def test_compaction_changes_nothing_and_only_it_is_read(tmp_path: Path) -> None:
    _, blocks, txs = made(3)
    last = max(row["date"] for row in blocks)
    of_last = [[row for row in rows if row["date"] == last] for rows in (blocks, txs)]
    before = [[row for row in rows if row["date"] != last] for rows in (blocks, txs)]
    data = tmp_path / "data"
    write_parts(data, *before)
    write_intraday(data, *of_last)
    old(data)
    first = indexed(tmp_path / "s", data)
    for path in data.rglob(f"date={last}/*.parquet"):
        path.unlink()
    write_parts(data, *of_last)
    with Chain.open(tmp_path / "s") as chain:
        known = chain.manifest.feed_file
    again = indexed(tmp_path / "s", data)
    assert known is not None
    assert (again["report"].kept, again["report"].appended) == (51, 0)
    assert again["report"].epoch == first["report"].epoch
    feed = AwsFeed.open(data, REGTEST, AwsFeed.open(data, REGTEST).state)
    assert feed.days_tried == 1  # the files of that day are too young
    old(data)
    state = AwsFeed.open(data, REGTEST).state
    assert AwsFeed.open(data, REGTEST, state).days_tried == 0


def test_days_that_come_later_end_in_the_same_store(tmp_path: Path) -> None:
    _, blocks, txs = made(4)
    write_parts(tmp_path / "all", blocks, txs)
    indexed(tmp_path / "at_once", tmp_path / "all")
    days = sorted({row["date"] for row in blocks})
    for day in days:
        mine = [[row for row in rows if row["date"] == day] for rows in (blocks, txs)]
        write_parts(tmp_path / "data", *mine)
        indexed(tmp_path / "steps", tmp_path / "data")
    assert len(days) > 2
    assert digests(tmp_path / "steps") == digests(tmp_path / "at_once")


def test_missing_transactions_make_a_block_partial_and_their_coming_mends_it(tmp_path: Path) -> None:
    _, blocks, txs = made(5)
    gone = next(row for row in txs if row["index"] == 2)
    write_parts(tmp_path / "data", blocks, [row for row in txs if row is not gone])
    said = indexed(tmp_path / "s", tmp_path / "data")
    assert (said["blocks"], said["whole_blocks"]) == (51, 50)
    assert said["noticed"] == {"blocks not whole": 1}
    with Chain.open(tmp_path / "s") as chain:
        assert not chain.held.complete
        partial = chain.block.whole[0:51] == 0
        assert partial.sum() == 1
        num = int(partial.argmax())
        lo, hi = (chain.block.tx_lo.one(num + i) for i in (0, 1))
        assert (chain.tx.place[lo:hi] == -1).all()
        assert (chain.tx.size[lo:hi] == 0).all()
    assert check(tmp_path / "s").good
    write_parts(tmp_path / "data", blocks, txs)
    write_parts(tmp_path / "whole", blocks, txs)
    assert indexed(tmp_path / "s", tmp_path / "data")["whole_blocks"] == 51
    indexed(tmp_path / "t", tmp_path / "whole")
    assert digests(tmp_path / "s") == digests(tmp_path / "t")


def _file(data: Path, table: str = "transactions") -> Path:
    return min((data / table).rglob("*.parquet"))


def test_files_that_are_not_the_datasets(tmp_path: Path) -> None:
    _, blocks, txs = made(11, 8)
    data = tmp_path / "data"

    def refused(match: str, **details: str) -> None:
        with pytest.raises(BlockFileError, match=match) as error:
            AwsFeed.open(data, REGTEST)
        assert details.items() <= error.value.details.items()

    refused("no Parquet files")
    write_parts(data, blocks, txs)
    table = pq.read_table(_file(data), partitioning=None)
    pq.write_table(table.drop_columns(["lock_time"]), _file(data))
    refused("has no column lock_time", column="lock_time", path=str(_file(data)))
    texts = table.column("version").cast(pa.string())
    pq.write_table(table.set_column(table.schema.get_field_index("version"), "version", texts), _file(data))
    refused("not whole numbers", column="version")
    wrong = pa.array([[{"index": 0, "script_hex": "51"}]] * len(table))
    pq.write_table(table.set_column(table.schema.get_field_index("outputs"), "outputs", wrong), _file(data))
    refused("no field value", column="outputs.value")
    flat = pa.array(["51"] * len(table))
    pq.write_table(table.set_column(table.schema.get_field_index("inputs"), "inputs", flat), _file(data))
    refused("not lists of structs", column="inputs")
    _file(data).write_bytes(b"garbage")
    refused("cannot be read as Parquet")
    pq.write_table(table, _file(data))
    raw = bytearray(_file(data).read_bytes())
    raw[4:200] = bytes(196)
    _file(data).write_bytes(raw)
    refused("cannot be read as Parquet")
    assert TRANSACTIONS.names == table.schema.names


def test_text_that_is_none(tmp_path: Path) -> None:
    _, blocks, txs = made(11, 8)
    write_parts(tmp_path / "data", blocks, txs)
    path = _file(tmp_path / "data")
    table = pq.read_table(path, partitioning=None)
    bad = pa.array([b"\xff\xfe"] * len(table), pa.binary()).view(pa.string())
    pq.write_table(table.set_column(table.schema.get_field_index("block_hash"), "block_hash", bad), path)
    with pytest.raises(BlockFileError, match="cannot be read as Parquet"):
        AwsFeed.open(tmp_path / "data", REGTEST)


@pytest.mark.parametrize("table", ["blocks", "transactions"])
def test_spoilt_bytes_end_in_an_error_or_prove_less(tmp_path: Path, table: str) -> None:
    rng = seeded(20)
    branch = Branch(seeded(21)).grow(8)
    blocks, txs = rows_of([block.raw for block in branch.blocks])
    write_parts(tmp_path / "data", blocks, txs)
    path = _file(tmp_path / "data", table)
    good, errors = path.read_bytes(), list[str]()
    proven = {tx.txid for block in branch.blocks for tx in block.txs}
    for _ in range(60):
        raw = bytearray(good)
        for _ in range(rng.choice((1, 1, 5))):
            raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        path.write_bytes(raw if rng.random() < 0.9 else raw[: rng.randrange(len(raw))])
        shutil.rmtree(tmp_path / "s", ignore_errors=True)
        try:
            indexed(tmp_path / "s", tmp_path / "data")
        except QaifError as error:
            errors.append(error.code)
            continue
        with Chain.open(tmp_path / "s") as chain:
            assert {row.tobytes() for row in chain.tx.txid_raw[0 : chain.n_txs]} <= proven
            assert chain.held.complete or chain.n_txs < len(proven)
    assert 0 < len(errors) < 60
    assert set(errors) <= {"block-file", "block-data"}


def test_another_network_proves_nothing(tmp_path: Path) -> None:
    _, blocks, txs = made(12, 5)
    write_parts(tmp_path / "data", blocks, txs)
    with pytest.raises(BlockFileError, match="proves a transaction in a block of mainnet"):
        index_dataset(tmp_path / "s", Dataset(tmp_path / "data"))


def test_a_day_that_is_gone_is_missed(tmp_path: Path) -> None:
    _, blocks, txs = made(13)
    write_parts(tmp_path / "data", blocks, txs)
    indexed(tmp_path / "s", tmp_path / "data")
    before = digests(tmp_path / "s")
    for path in (tmp_path / "data").rglob(f"date={blocks[-1]['date']}/*.parquet"):
        path.unlink()
    with pytest.raises(SourceMissingError, match="proves nothing now"):
        index_dataset(tmp_path / "s", Dataset(tmp_path / "data"))
    assert digests(tmp_path / "s") == before


def test_other_blocks_are_not_mixed_in(tmp_path: Path) -> None:
    branch = Branch(seeded(14)).grow(4)
    write_parts(tmp_path / "data", *rows_of([block.raw for block in branch.blocks]))
    indexed(tmp_path / "s", tmp_path / "data")
    put(tmp_path / "files", branch.blocks)
    with pytest.raises(UsageError, match="AWS dataset"):
        index_block_files(tmp_path / "s", BlockFiles((tmp_path / "files.dat",)))
    with pytest.raises(UsageError, match="AWS dataset"):
        refuse_dataset(manifests.load(StoreFiles(tmp_path / "s")))
    index_block_files(tmp_path / "f", BlockFiles((tmp_path / "files.dat",)))
    with pytest.raises(UsageError, match="not made of the AWS dataset"):
        index_dataset(tmp_path / "f", Dataset(tmp_path / "data"))


def test_simulated_reader_agrees_on_amounts(tmp_path: Path) -> None:
    """Every output of a made chain, by a reader that knows nothing of floats."""
    raws, blocks, txs = made(15, 20)
    write_parts(tmp_path / "data", blocks, txs)
    indexed(tmp_path / "s", tmp_path / "data")
    framed = b"".join(b"\xfa\xbf\xb5\xda" + len(raw).to_bytes(4, "little") + raw for raw in raws)
    values = [
        out.value
        for block in simchain.read_blocks(framed, b"\xfa\xbf\xb5\xda")
        for tx in block.txs
        for out in tx.outs
    ]
    with Chain.open(tmp_path / "s") as chain:
        assert chain.txout.value_sat[0 : chain.n_outs].tolist() == values


def test_a_part_stands_in_the_order_of_what_it_spends(tmp_path: Path) -> None:
    """Places of a block in part are not proven: a child told before its parent is put after it."""
    branch = Branch(seeded(16)).grow(6, most_txs=0)
    spent = next(iter(branch.unspent))
    parent = make_tx([spent], [(1_000, b"\x51")])
    child = make_tx([(parent.txid, 0)], [(900, b"\x52")])
    branch.add([parent, child])
    blocks, txs = rows_of([block.raw for block in branch.blocks])
    for row in txs:
        if row["block_hash"] == blocks[-1]["hash"]:
            row["index"] = 5 - row["index"]
    write_parts(tmp_path / "data", blocks, txs)
    assert indexed(tmp_path / "s", tmp_path / "data")["whole_blocks"] == 7
    assert check(tmp_path / "s").good
    with Chain.open(tmp_path / "s") as chain:
        last = chain.tx.txid_raw[chain.n_txs - 3 : chain.n_txs]
        assert [row.tobytes() for row in last[1:]] == [parent.txid, child.txid]


def test_what_inputs_spend_is_told_where_their_outputs_are_not_held(tmp_path: Path) -> None:
    branch = Branch(seeded(17), step=STEP).grow(40)
    blocks, txs = rows_of([block.raw for block in branch.blocks])
    paid = {(row["hash"], at): out for row in txs for at, out in enumerate(row["outputs"])}
    kinds = {"76a914": "pubkeyhash", "0014": "witness_v0_keyhash", "5120": "witness_v1_taproot"}
    for row in txs:
        for one in row["inputs"] or ():
            out = paid[one["spent_transaction_hash"], one["spent_output_index"]]
            script = bytes.fromhex(out["script_hex"])
            kind = next(
                (name for head, name in kinds.items() if out["script_hex"].startswith(head)), "nonstandard"
            )
            address = address_of(script, REGTEST) if kind != "nonstandard" else None
            one |= {"value": out["value"], "type": kind, "address": address}
    whole_days = {row["date"] for row in blocks[15:]} - {row["date"] for row in blocks[:15]}
    mine = [[row for row in rows if row["date"] in whole_days] for rows in (blocks, txs)]
    write_parts(tmp_path / "data", *mine)
    indexed(tmp_path / "s", tmp_path / "data")
    assert check(tmp_path / "s").good
    known = 0
    with Chain.open(tmp_path / "s") as chain:
        outs = {row["hash"]: row for row in mine[1]}
        for num in range(chain.n_txs):
            row = outs[chain.tx.txid_raw[num : num + 1].tobytes()[::-1].hex()]
            for at, one in enumerate(row["inputs"] or ()):
                place = chain.tx.in_lo.one(num) + at
                value, basis = chain.txin.value_sat.one(place), chain.txin.script_basis.one(place)
                out = paid[one["spent_transaction_hash"], one["spent_output_index"]]
                if basis == BASIS_FEED:
                    known += 1
                    assert as_float(value) == out["value"]
                    assert chain.script_raw(chain.txin.script_num.one(place)).hex() == out["script_hex"]
                else:
                    assert basis in {BASIS_HELD, BASIS_UNKNOWN}
                    assert (value == -1) == (basis == BASIS_UNKNOWN)
    assert known > 5


def test_a_lie_about_what_an_input_spends_is_an_error_where_the_output_is_held(tmp_path: Path) -> None:
    branch = Branch(seeded(18)).grow(12)
    blocks, txs = rows_of([block.raw for block in branch.blocks])
    here = {row["hash"] for row in txs if row["block_number"]}
    for row in txs:
        for one in row["inputs"] or ():
            one |= {"type": "pubkeyhash", "address": "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8", "value": 0.5}
    assert any(one["spent_transaction_hash"] in here for row in txs for one in row["inputs"] or ())
    write_parts(tmp_path / "data", blocks[1:], [row for row in txs if row["block_number"]])
    with pytest.raises(BlockDataError, match="The source says that block"):
        indexed(tmp_path / "s", tmp_path / "data")


def test_what_is_told_anew_of_inputs_is_taken_anew(tmp_path: Path) -> None:
    branch = Branch(seeded(19)).grow(12)
    blocks, txs = rows_of([block.raw for block in branch.blocks])
    last = [row for row in txs if row["block_hash"] == blocks[-1]["hash"]]
    here = {row["hash"] for row in last}
    spent = [one for row in last for one in row["inputs"] or ()]
    older = [one for one in spent if one["spent_transaction_hash"] not in here]
    assert older
    for amount in (0.5, 0.25):
        for one in older:
            one |= {"type": "pubkeyhash", "address": "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8", "value": amount}
        write_parts(tmp_path / "data", blocks[-1:], last)
        index_dataset(tmp_path / "s", Dataset(tmp_path / "data", "regtest"))
        with Chain.open(tmp_path / "s") as chain:
            known = chain.txin.script_basis[0 : chain.n_ins] == BASIS_FEED
            values = chain.txin.value_sat[0 : chain.n_ins][known]
        assert {as_float(int(value)) for value in values} == {amount}
