from pathlib import Path

from oracle.blockmaker import Branch, make_block, make_coinbase, seeded
from qaif.workspace.folder import Workspace
from support.economy import Economy
from support.indexing import put
from support.workspaces import answer, refusal, run

Made = tuple[Path, Economy]


def test_a_payment_is_shown_with_its_fee_and_who_spends_it(made: Made) -> None:
    folder, economy = made
    values = {(tx.txid, n): v for b in economy.blocks for tx in b.txs for n, (v, _) in enumerate(tx.outs)}
    spender = {at: tx.txid for b in economy.blocks for tx in b.txs[1:] for at in outpoints(tx.base)}
    block = next(b for b in economy.blocks[20:] if len(b.txs) > 1)
    tx = block.txs[1]
    got = answer(folder, "tx", tx.txid[::-1].hex())
    (one,) = got["transactions"]
    spent = outpoints(tx.base)
    assert [(i["txid"], i["vout"], i["value_sat"]) for i in one["inputs"]] == [
        (txid[::-1].hex(), vout, values[txid, vout]) for txid, vout in spent
    ]
    fee = sum(values[at] for at in spent) - sum(value for value, _ in tx.outs)
    assert (one["fee_sat"], one["position"], one["coinbase"]) == (fee, 1, False)
    assert one["where"]["block_hash"] == block.hash[::-1].hex()
    for n, shown in enumerate(one["outputs"]):
        by = spender.get((tx.txid, n))
        assert (shown["spent_by"] and shown["spent_by"]["txid"]) == (by and by[::-1].hex())
        assert shown["script"]["script_hex"] == tx.outs[n][1].hex()
    assert one["weight"] == 3 * len(tx.base) + len(tx.raw)
    assert got["layer"] == "inference"
    assert tx.txid[::-1].hex() in run(folder, "tx", tx.txid[::-1].hex()).stdout


def outpoints(base: bytes) -> list[tuple[bytes, int]]:
    at, found = 5, []
    for _ in range(base[4]):
        found.append((base[at : at + 32], int.from_bytes(base[at + 32 : at + 36], "little")))
        at += 36 + 1 + base[at + 36] + 4
    return found


def test_what_heuristics_say_of_its_change_is_shown(made: Made) -> None:
    folder, economy = made
    txs = [tx for b in economy.blocks for tx in b.txs[1:] if sum(value > 0 for value, _ in tx.outs) > 1]
    said: dict[str, bytes] = {}
    for tx in txs[:12]:
        got = answer(folder, "tx", tx.txid[::-1].hex())
        (one,) = got["transactions"]
        change = one["change"]
        assert change["possible"] == [n for n, (value, _) in enumerate(tx.outs) if value]
        assert [each["layer"] for each in change["heuristics"]] == ["inference"] * 14
        for each in change["heuristics"]:
            assert sorted([*each["kept"], *each["ruled_out"]]) == change["possible"]
            assert each["says"] is bool(each["ruled_out"])
            said |= {each["title"]: tx.txid} if each["says"] else {}
        for vote in change["votes"]:
            assert abs(sum(each or 0 for each in vote["permille"]) + vote["none_permille"] - 1000) <= len(
                tx.outs
            )
        assert set(got["basis"]["change"]) >= {each["method"] for each in change["heuristics"]}
    assert said
    title, txid = said.popitem()
    assert title[:20] in run(folder, "tx", txid[::-1].hex()).stdout
    (coinbase,) = answer(folder, "tx", economy.blocks[3].txs[0].txid[::-1].hex())["transactions"]
    assert coinbase["change"] == {"possible": [], "votes": [], "heuristics": []}


def test_a_coinbase_has_no_fee_and_says_why(made: Made) -> None:
    folder, economy = made
    (one,) = answer(folder, "tx", economy.blocks[3].txs[0].txid[::-1].hex())["transactions"]
    assert (one["coinbase"], one["fee_sat"], one["input_sat"]) == (True, None, None)
    assert "coinbase" in one["fee_reason"]
    assert (one["inputs"][0]["txid"], one["inputs"][0]["script_basis"]) == (None, "coinbase")


def test_a_pair_with_one_id_is_two(tmp_path: Path) -> None:
    branch = Branch(seeded(1))
    twin = make_coinbase(b"\x51\x51", [(7, b"\x51")])
    for n in range(2):
        block = make_block(branch.blocks[-1].hash, 1_300_000_000 + n, [twin])
        branch.blocks.append(block)
    put(Workspace.open_or_create(tmp_path / "w").chain_dir, branch.blocks)
    got = answer(tmp_path / "w", "tx", twin.txid[::-1].hex())
    hashes = [one["where"]["block_hash"] for one in got["transactions"]]
    assert hashes == [block.hash[::-1].hex() for block in branch.blocks[1:]]
    overwritten = [one["outputs"][0]["unspendable"] for one in got["transactions"]]
    assert overwritten[0] is not None
    assert "BIP30" in overwritten[0]
    assert overwritten[1] is None


def test_what_is_not_held_is_not_said_not_to_exist(made: Made) -> None:
    status, error = refusal(made[0], "tx", "ab" * 32)
    assert (status, error["code"]) == (66, "not-found")
    assert "does not say that it does not exist" in error["message"]
    assert "abab" not in error["message"]
    assert refusal(made[0], "tx", "abc")[1]["code"] == "usage"
