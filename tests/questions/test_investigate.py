"""From a document to every figure: against the slow twin, on whole chains, partial ones, and none."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from oracle import review as twin
from oracle.addresses import address
from oracle.parse import Block, TxIn, parse_block, sha256d
from oracle.ripemd160 import hash160
from qaif.chain.open import Chain
from qaif.errors import AddressError, NotFoundError, PrivateKeyError, UsageError
from qaif.questions.address_rows import MOST_SIDES
from qaif.questions.answer import as_json
from qaif.questions.index import index_block_files
from qaif.questions.investigate import investigate
from qaif.questions.investigation import Investigation, InvestigationRequest
from qaif.records.engine import Records
from qaif.workspace.folder import Workspace
from support.economy import PEOPLE, Economy, script
from support.indexing import put

NOW = datetime(2020, 1, 19, 12, tzinfo=UTC)
LEGACY = "1LaNXgq2ctDEa4fTha6PTo8sucqzieQctq"
WIF = "5KJvsngHeMpm884wtkJNzQGaCErckhHJBGFsvd3VyK5qMZXj3hS"
PEOPLES = tuple(address(script(person), "regtest") or "" for person in range(PEOPLE))


def ask(workspace: Path, subject: Path | str, as_of: str | None = None) -> Investigation:
    return investigate(workspace, InvestigationRequest(subject=str(subject), as_of=as_of), NOW)


def shown_script(one: TxIn) -> bytes | None:
    key = twin.p2pkh_key(one)
    return None if key is None else b"\x76\xa9\x14" + hash160(key) + b"\x88\xac"


def stored(workspace: Path, skip: int, seed: int) -> list[Block]:
    """A made chain without its first blocks, in the store's order."""
    blocks = Economy.of(seed, 60).blocks[skip:]
    folder = Workspace.create(workspace).chain_dir
    put(folder, blocks)
    by_hash = {block.hash: block.raw for block in blocks}
    with Chain.open(folder) as chain:
        order = [row.tobytes() for row in chain.block.hash_raw[0 : chain.n_blocks]]
    for path in workspace.glob("chain.dat"):
        path.rename(workspace.with_suffix(".dat"))
    return [parse_block(by_hash[one]) for one in order]


@pytest.fixture(scope="module", params=[0, 25], ids=["whole", "partial"])
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[Block]]:
    workspace = tmp_path_factory.mktemp("made") / "ws"
    return workspace, stored(workspace, request.param, seed=3)


def test_rows_of_every_address_are_the_twins(made: tuple[Path, list[Block]], tmp_path: Path) -> None:
    workspace, blocks = made
    (tmp_path / "list.txt").write_text("\n".join(PEOPLES))
    answer = ask(workspace, tmp_path / "list.txt")
    assert [found.address for found in answer.addresses] == list(PEOPLES)
    for person, found in enumerate(answer.addresses):
        rows = twin.rows_of(blocks, {script(person)}, shown_script)
        assert found.transactions_left_out == 0
        assert [
            (one.txid_hex, one.block_hash_hex, one.received_sat, one.sent_sat, one.sent_at_least_sat)
            for one in found.transactions
        ] == [(row.txid, row.block, row.received, row.sent, row.floor) for row in rows]
        for one, row in zip(found.transactions, rows, strict=True):
            sure = not (row.unknown or row.strangers)
            assert one.net_sat == (row.received - row.sent if sure else None)
            assert one.returned_sat == (row.received if row.spends else 0)
            assert one.inputs_unknown_value == row.unknown
            assert one.inputs_unknown_script == row.strangers
            mine = [spent for spent in row.ins if spent.script == script(person)]
            assert one.layer == ("inference" if any(spent.inferred for spent in mine) else "fact")
            assert (one.inputs, one.outputs) == (
                len(mine),
                sum(out.script == script(person) for out in row.tx.outs),
            )


def test_figures_are_the_sums_of_their_rows(made: tuple[Path, list[Block]], tmp_path: Path) -> None:
    workspace, _ = made
    (tmp_path / "list.txt").write_text("\n".join(PEOPLES))
    for found in ask(workspace, tmp_path / "list.txt").addresses:
        review, rows = found.review, found.transactions
        assert review is not None
        assert review.tx_count == len(rows)
        assert review.received_sat == sum(one.received_sat for one in rows)
        assert review.sent_sat == sum(one.sent_sat for one in rows)
        assert review.sent_at_least_sat == sum(one.sent_at_least_sat for one in rows)
        assert review.inputs_unknown_value == sum(one.inputs_unknown_value for one in rows)


def test_the_other_side_of_each_transaction(made: tuple[Path, list[Block]], tmp_path: Path) -> None:
    workspace, blocks = made
    (tmp_path / "list.txt").write_text(PEOPLES[0])
    (found,) = ask(workspace, tmp_path / "list.txt").addresses
    for one, row in zip(found.transactions, twin.rows_of(blocks, {script(0)}, shown_script), strict=True):
        theirs = [(n, o) for n, o in enumerate(row.tx.outs) if o.script != script(0)] if row.spends else []
        assert one.paid_to_count == len(theirs)
        expected = sorted(((-o.value, n, address(o.script, "regtest")) for n, o in theirs))
        assert [(-(s.amount_sat or 0), s.index, s.address) for s in one.paid_to] == expected[:MOST_SIDES]
        by = [(n, i) for n, i in enumerate(row.ins) if i.script != script(0)] if row.received else []
        assert one.paid_by_count == len(by)
        assert {
            (s.index, s.amount_sat, s.layer == "inference", s.script_type == "coinbase") for s in one.paid_by
        } <= {(n, i.value, i.inferred, i.coinbase) for n, i in by}


def test_dealings_with_other_addresses_of_the_document_are_the_twins(
    made: tuple[Path, list[Block]], tmp_path: Path
) -> None:
    workspace, blocks = made
    named = [0, 2, 5]
    (tmp_path / "list.txt").write_text("\n".join(PEOPLES[person] for person in named))
    dealings = 0
    for person, found in zip(named, ask(workspace, tmp_path / "list.txt").addresses, strict=True):
        rows = twin.rows_of(blocks, {script(person)}, shown_script)
        ways = {"in": twin.paid_to_set(rows), "out": twin.paid_by_set(rows, {script(person)})}
        expected = {
            (PEOPLES[other], way, len(side.txs), side.amount, side.shared, side.inferred)
            for way, sides in ways.items()
            for other in named
            if other != person and (side := sides.get(script(other)))
        }
        dealings += len(expected)
        shown = [
            (one.address, one.direction, one.tx_count, one.amount_sat, one.shared_sat, one.layer != "fact")
            for one in found.dealt_with
        ]
        assert set(shown) == expected
        assert len(shown) == len(expected)
    assert dealings > 4
    assert all(not one.dealt_with for one in ask(workspace, PEOPLES[0]).addresses)  # nothing else was named


def test_a_past_moment_is_a_chain_cut_there(made: tuple[Path, list[Block]]) -> None:
    workspace, blocks = made
    cut = 20
    block_hash = sha256d(blocks[cut].header)[::-1].hex()
    then = ask(workspace, PEOPLES[1], as_of=block_hash)
    rows = twin.rows_of(blocks[: cut + 1], {script(1)}, shown_script)
    assert then.as_of is not None
    assert then.as_of.hash == block_hash
    assert [one.txid_hex for one in then.addresses[0].transactions] == [row.txid for row in rows]


def test_coverage_says_what_is_not_held(
    made: tuple[Path, list[Block]], request: pytest.FixtureRequest
) -> None:
    answer = ask(made[0], PEOPLES[0])
    whole = "whole" in request.node.name
    assert answer.coverage.complete is whole
    assert bool(answer.coverage.reasons) is not whole
    assert answer.layer == ("fact" if whole else "inference")


def test_no_chain_says_so_and_finds_the_address_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"pay {LEGACY}")
    answer = ask(tmp_path / "ws", tmp_path / "a.txt")
    (found,) = answer.addresses
    assert (found.address, found.review, found.transactions) == (LEGACY, None, ())
    assert "No blocks are indexed" in found.review_missing
    assert (answer.coverage.complete, answer.as_of, answer.network) == (False, None, "mainnet")
    with pytest.raises(NotFoundError):
        ask(tmp_path / "ws", tmp_path / "a.txt", as_of="5")


def test_the_document_is_kept_and_logged_and_the_answer_repeats(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"pay {LEGACY} https://t.me/fund")
    first = ask(tmp_path / "ws", tmp_path / "a.txt")
    again = investigate(
        tmp_path / "ws",
        InvestigationRequest(subject=str(tmp_path / "a.txt")),
        datetime(2021, 1, 1, tzinfo=UTC),
    )
    assert as_json(first) == as_json(again)
    assert first.document is not None
    assert first.document.taken_at == "2020-01-19T12:00:00Z"
    assert first.document.links == ("hxxps://t[.]me/fund",)
    kept = Workspace.open(tmp_path / "ws").documents_dir / first.document.sha256_hex
    assert kept.read_bytes() == (tmp_path / "a.txt").read_bytes()
    with Records.open(tmp_path / "ws") as records:
        assert [(e.action, e.subject) for e in records.audit.entries()] == [
            ("document.kept", first.document.sha256_hex)
        ] * 2


def test_near_misses_say_what_they_resemble_and_correct_nothing(
    made: tuple[Path, list[Block]], tmp_path: Path
) -> None:
    right = PEOPLES[2]
    wrong = right[:20] + ("2" if right[20] != "2" else "3") + right[21:]
    (tmp_path / "a.txt").write_text(f"pay {wrong}, not TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")
    answer = ask(made[0], tmp_path / "a.txt")
    assert answer.addresses == ()
    assert [(miss.kind, miss.close_to) for miss in answer.near_misses] == [
        ("checksum", (right,)),
        ("other-coin", ()),
    ]
    assert "1 single change away" in answer.near_misses[0].resemblance[0]


def test_a_private_key_is_nowhere_but_in_the_kept_document(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f"<html><p>{LEGACY}</p><a href='bitcoin:{WIF}'>key {WIF}</a>")
    answer = ask(tmp_path / "ws", tmp_path / "a.html")
    assert WIF[:10] not in repr(answer)
    assert answer.document is not None
    assert len(answer.document.redactions) == 2
    (tmp_path / "a.html").unlink()
    holding = [p for p in tmp_path.rglob("*") if p.is_file() and WIF.encode() in p.read_bytes()]
    assert [p.name for p in holding] == [answer.document.sha256_hex]


@pytest.mark.parametrize(
    ("subject", "error"),
    [
        (WIF, PrivateKeyError),
        (f"./{WIF}", PrivateKeyError),
        ("", UsageError),
        ("  ", UsageError),
        ("none.txt", NotFoundError),
        ("/no/such/file", NotFoundError),
        ("1LaNXgq2ctDEa4fTha6PTo8PTuc6zqQqqqq", AddressError),
        ("\0", AddressError),
    ],
)
def test_subjects_that_are_none(tmp_path: Path, subject: str, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        ask(tmp_path / "ws", subject)
    assert WIF not in str(raised.value)


def test_the_article_over_the_real_blocks(shared: Path, tmp_path: Path) -> None:
    index_block_files(tmp_path / "ws", [shared / "blocks" / "mainnet-sample.dat"])
    answer = ask(tmp_path / "ws", shared / "documents" / "news-ar-2020-01.txt")
    (found,) = answer.addresses
    assert found.address == LEGACY
    (one,) = found.transactions
    assert one.txid_hex == "2f8beda290a3508d04287b2634218b2803503ff7b9ee75475e91298565736fab"
    assert (one.height, one.time) == (450_000, "2017-01-25T22:11:29Z")
    assert one.returned_sat == one.received_sat == 95_736_165
    assert (one.net_sat, one.layer, one.inputs_unknown_value) == (None, "inference", 1)
    assert [(s.address, s.amount_sat) for s in one.paid_to] == [
        ("39XF27N7f7HeWUki4BPFUKBpnL5S4mZaxj", 16_793_100)
    ]
    assert found.review is not None
    assert (found.review.lower_bound, found.review.balance_sat) == (True, None)
    assert not answer.coverage.complete
    assert any("33 blocks" in reason for reason in answer.coverage.reasons)
