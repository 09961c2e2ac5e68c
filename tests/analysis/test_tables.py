"""The tables for people against their twin, and every way of narrowing them against the whole."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from oracle.blockmaker import Branch, seeded
from qaif.analysis.tables import narrowing, source
from qaif.analysis.tables.declared import FRIENDLY, TABLES
from qaif.analysis.tables.duck import Engine
from qaif.analysis.tables.narrowing import Condition, conditions
from qaif.analysis.tables.of_scripts import factual
from qaif.analysis.tables.rows import Rows
from qaif.analysis.tables.source import Source
from qaif.chain.open import Chain
from qaif.chain.tables import BASIS_FEED, BASIS_HELD
from qaif.questions.sql import SqlRequest, sql_on
from support.economy import Economy
from support.indexing import put
from support.real import sample_with_spent_outputs
from support.tables import compare, twin, whole

MEMORY = 256
PEOPLE = ("transactions", "inputs", "outputs", "scripts")


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a small chain has many."""
    monkeypatch.setattr(source, "PIECE_ROWS", 61)


@pytest.mark.parametrize("round_bytes", [3_000, 10**8])
def test_every_row_is_what_the_twin_says(tmp_path: Path, round_bytes: int) -> None:
    blocks = Branch(seeded(1)).grow(60).blocks
    put(tmp_path / "chain", blocks, round_bytes=round_bytes)
    with Chain.open(tmp_path / "chain") as chain:
        expected = twin(blocks, chain)
        for name in PEOPLE:
            compare(whole(Source(chain), name), getattr(expected, name))
        rows = whole(Source(chain), "blocks")
        assert [row["hash"] for row in rows] == [block.hash[::-1].hex() for block in blocks]
        assert [row["previous_hash"] for row in rows] == [block.raw[4:36][::-1].hex() for block in blocks]
        assert [row["tx_count"] for row in rows] == [len(block.txs) for block in blocks]
        assert [row["size"] for row in rows] == [len(block.raw) for block in blocks]
        assert {row["height_basis"] for row in rows} == {"linked to genesis"}


@pytest.mark.parametrize("seed", [3, 4])
def test_every_row_of_a_chain_with_gaps_and_of_its_past(tmp_path: Path, seed: int) -> None:
    rng = seeded(seed)
    blocks = [block for block in Economy.of(seed, 80).blocks if rng.random() < 0.8]
    put(tmp_path / "chain", blocks, round_bytes=4_000)
    with Chain.open(tmp_path / "chain") as chain:
        for num in (len(blocks) - 1, 30, 0):
            past = chain.at(num)
            expected = twin(blocks[: num + 1], past)
            for name in PEOPLE:
                compare(whole(Source(past), name), getattr(expected, name))
        assert any(row["script_basis"] == "inferred: p2pkh key" for row in whole(Source(chain), "inputs"))


def test_without_inference_what_is_only_inferred_is_unknown(tmp_path: Path) -> None:
    every = Economy.of(5, 80).blocks
    blocks = [every[0], *every[76:]]
    put(tmp_path / "chain", blocks)
    with Chain.open(tmp_path / "chain") as chain:
        expected, off = twin(blocks, chain), Source(chain, inference=False)
        for row in expected.inputs:
            if row["script_basis"].startswith("inferred"):
                row |= {"script_basis": "unknown", "script_num": None, "address": None, "script_type": None}
        compare(whole(off, "inputs"), expected.inputs)
        paid = [row for row in expected.scripts if row["output_count"]]
        assert len(paid) < len(expected.scripts)
        compare(whole(off, "scripts"), paid)
        raw = whole(off, "txin")
        assert [row["script_num"] for row in raw] == [
            row["script_num"] if row["script_num"] is not None else -1 for row in expected.inputs
        ]
        assert not off.rests_on_inference
        on = Source(chain)
        assert whole(on, "outputs")
        assert not on.rests_on_inference
        assert whole(on, "scripts")
        assert on.rests_on_inference


@pytest.fixture(scope="module")
def gaps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = seeded(6)
    folder = tmp_path_factory.mktemp("tables") / "chain"
    put(folder, [b for b in Economy.of(6, 90).blocks if rng.random() < 0.85], round_bytes=4_000)
    return folder


def literals(chain: Chain, name: str) -> dict[str, list[str]]:
    """SQL literals for each column: values that occur, at and just past an edge, and ones that do not."""
    rows, rng = whole(Source(chain), name), seeded(len(name))
    out: dict[str, list[str]] = {}
    for column in FRIENDLY[name].columns:
        values = [row[column.name] for row in rows if row[column.name] is not None]
        picked = [rng.choice(values) for _ in range(3)] + [values[0], values[-1]] if values else []
        if column.kind == "time":
            out[column.name] = [f"TIMESTAMP '{one}'" for one in picked]
        elif column.kind == "text":
            texts = [*picked, "", "nobody's", 'x" and (y == 1)']
            out[column.name] = ["'" + one.replace("'", "''") + "'" for one in texts]
        elif column.kind != "bool":
            out[column.name] = [str(int(one)) for one in [*picked, *[max(values, default=0) + 1, -1]]]
    return out


def filters(chain: Chain, name: str, count: int) -> list[str]:
    """Random conditions, alone, in lists, joined and negated."""
    rng, values = seeded(7 + len(name)), literals(chain, name)

    def one() -> str:
        column = rng.choice([key for key, some in values.items() if some])
        form = rng.random()
        if form < 0.2:
            return f"{column} IN ({', '.join(rng.choices(values[column], k=rng.randint(2, 4)))})"
        if form < 0.3:
            return f"{column} IS {rng.choice(['NULL', 'NOT NULL'])}"
        if form < 0.4:
            return f"{column} BETWEEN {rng.choice(values[column])} AND {rng.choice(values[column])}"
        return (
            f"{column} {rng.choice(['=', '=', '=', '<', '<=', '>', '>=', '<>'])} {rng.choice(values[column])}"
        )

    made = []
    for _ in range(count):
        text = one()
        while rng.random() < 0.5:
            text = f"{text} {rng.choice(['AND', 'AND', 'AND', 'OR'])} {rng.choice(['', '', 'NOT '])}{one()}"
        made.append(text)
    return made


@pytest.mark.parametrize("name", sorted(FRIENDLY))
def test_a_filter_pushed_down_gives_what_it_gives_on_the_whole_table(gaps: Path, name: str) -> None:
    number = FRIENDLY[name].columns[0].name
    with Chain.open(gaps) as opened, duckdb.connect(":memory:") as plain:
        for chain in (opened, opened.at(40)):
            rows = whole(Source(chain), name)
            plain.register(name, pa.Table.from_pylist(rows, schema=Source(chain).tables()[name].schema))
            with Engine(Source(chain), MEMORY) as engine:
                for text in filters(chain, name, 40):
                    query = f"SELECT {number}, * FROM {name} WHERE {text}"
                    found = [row for batch in engine.run(query) for row in batch.to_pylist()]
                    assert found == plain.sql(query).to_arrow_table().to_pylist(), text


def test_an_address_or_an_id_reads_its_own_rows_only(gaps: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    real = source.ChainTable._batch

    def counted(self: source.ChainTable, rows: Rows, columns: list[str]) -> pa.RecordBatch:
        read.append(len(rows))
        return real(self, rows, columns)

    monkeypatch.setattr(source.ChainTable, "_batch", counted)
    with Chain.open(gaps) as chain, Engine(Source(chain), MEMORY) as engine:
        row = [row for row in whole(Source(chain), "outputs") if row["address"]][-1]
        outs = whole(Source(chain), "outputs")
        spent = whole(Source(chain), "inputs")[-1]
        paid = len(chain.outs_of(row["script_num"]))
        for query, rows in (
            (f"SELECT value_sat FROM outputs WHERE address = '{row['address']}'", paid),
            (f"SELECT value_sat FROM outputs WHERE script_num = script_num_of('{row['address']}')", paid),
            (
                f"SELECT out_num FROM outputs WHERE txid = '{row['txid']}'",
                sum(one["txid"] == row["txid"] for one in outs),
            ),
            (f"SELECT in_num FROM inputs WHERE tx_num = {spent['tx_num']}", spent["n"] + 1),
            ("SELECT hash FROM blocks WHERE height = 20", 1),
        ):
            read.clear()
            assert engine.run(query).read_all().num_rows == rows
            assert sum(read) <= 2 * rows, query


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(tx_num == 5)", (Condition("tx_num", "==", (5,)),)),
        (
            '(((a > 3) and (b != 9)) and (s == "x\\" and (tx_num == 7)"))',
            (Condition("a", ">", (3,)), Condition("s", "==", ('x" and (tx_num == 7)',))),
        ),
        ("((tx_num == 5) or (tx_num == 7))", ()),
        ("invert((tx_num == 5))", ()),
        ("((tx_num == 5) and invert((tx_num < 7)))", ()),
        ("(tx_num == 5.5)", ()),
        ("(is_valid(s) and (n <= -1))", (Condition("n", "<=", (-1,)),)),
        ("", ()),
    ],
)
def test_only_what_is_understood_narrows(text: str, found: tuple[Condition, ...]) -> None:
    assert conditions(text) == found


def test_a_list_too_long_to_be_shown_whole_narrows_nothing() -> None:
    import pyarrow.dataset as ds

    few = ds.field("n").isin(pa.array([1, 2, 3]))
    assert narrowing.conditions(f"if_else(is_valid(n), {few}, null[bool])") == (
        Condition("n", "==", (1, 2, 3)),
    )
    many = ds.field("n").isin(pa.array(range(500)))
    assert "..." in str(many)
    assert narrowing.conditions(f"if_else(is_valid(n), {many}, null[bool])") == ()


def test_stored_columns_are_the_mapped_memory(gaps: Path) -> None:
    with Chain.open(gaps) as chain:
        tables = Source(chain).tables()
        for name, column in (("txout", "value_sat"), ("outputs", "value_sat"), ("tx", "txid_raw")):
            stored = TABLES[name].counts
            spans = [
                (array.ctypes.data, array.ctypes.data + array.nbytes)
                for array in (segment.column(stored, column) for segment in chain.segments)
            ]
            for batch in tables[name].batches([column]):
                data = batch.column(0).buffers()[1]
                assert any(lo <= data.address and data.address + data.size <= hi for lo, hi in spans)


def test_real_blocks_with_values_that_the_feed_told(
    tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "PIECE_ROWS", 10_000)
    with sample_with_spent_outputs(tmp_path / "chain", shared) as chain:
        basis = chain.txin.script_basis[0 : chain.n_ins]
        told = int((basis == BASIS_FEED).sum())
        query = "SELECT script_basis, count(*) AS n, count(value_sat) AS v FROM inputs GROUP BY 1 ORDER BY 1"
        got = sql_on(chain, SqlRequest(query=query))
        found = {str(row["script_basis"]): (row["n"], row["v"]) for row in got.rows}
        assert told > 1_000
        assert found["told by the feed"] == (told, told)
        assert found["output held"][0] == int((basis == BASIS_HELD).sum())
        assert found["coinbase"] == (chain.n_blocks, 0)
        assert sum(int(str(n)) for n, _ in found.values()) == chain.n_ins
        assert any(f"{told:,} input(s) have the value" in reason for reason in got.coverage.reasons)
        assert (got.layer, got.coverage.complete) == ("fact", False)
        off = Source(chain, inference=False)
        assert sum(len(b) for b in off.tables()["scripts"].batches(["script_num"])) == int(
            factual(chain, np.arange(chain.n_scripts)).sum()
        )


def test_many_rows_asked_at_once_are_as_one_by_one(gaps: Path) -> None:
    """Rows that do not follow one another take another way than those that do."""
    with Chain.open(gaps) as chain:
        made = Source(chain)
        for name, table in made.tables().items():
            total = chain.limits[table.table.counts]
            nums = np.unique(np.array(seeded(8).choices(range(total), k=40), dtype=np.int64))
            every = whole(made, name)
            rows = table._batch(table._rows(nums), table.schema.names).to_pylist()
            assert rows == [every[num] for num in nums]
