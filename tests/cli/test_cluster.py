"""The commands on clusters, asked as a user asks them."""

import json
from pathlib import Path

import numpy as np
import pytest

from oracle.addresses import address
from qaif.analysis.clusters.change import VotedChange
from qaif.analysis.clusters.forest import Forest
from qaif.chain.open import Chain
from qaif.workspace.folder import Workspace
from support.clustering import groups_in, made, may_be_mixes, numbers_of
from support.economy import Economy
from support.indexing import put
from support.known_owners import KnownOwners
from support.workspaces import answer, made_workspace, refusal, run


def shown(chain: Chain, tx: int) -> str:
    raw: bytes = chain.tx.txid_raw.take(tx)[0].tobytes()
    return raw[::-1].hex()


class Asked:
    """A made workspace, and what a test wants to know of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.economy = folder, Economy.of(11, 50)
        with Chain.open(Workspace.open(folder).chain_dir) as chain:
            self.addresses = {num: address(raw, "regtest") for raw, num in numbers_of(chain).items()}
            forest = made(chain)
            self.members = {num: forest.members(num).tolist() for num in self.addresses}
            shut = may_be_mixes(chain)
            groups = groups_in(chain, self.economy.blocks)
            self.joining = {
                chain.tx.txid_raw.take(tx)[0].tobytes()[::-1].hex(): own
                for tx, own in groups
                if tx not in shut
            }
            self.refused = [shown(chain, tx) for tx, _ in groups if tx in shut]
            past = chain.at(12)
            apart = [num for num in range(past.n_scripts) if self.addresses[num]]
            roots = forest.roots(np.array(apart, dtype=np.int64), past.n_txs).tolist()
            self.apart = [self.addresses[num] for num, top in zip(apart, roots, strict=True) if top == num][
                :2
            ]
        largest = max(self.members.values(), key=len)
        known = [each for num in largest if (each := self.addresses[num])]
        self.one, self.other = known[0], known[-1]
        self.largest = [self.addresses[num] for num in largest]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    folder = tmp_path_factory.mktemp("cluster") / "w"
    made_workspace(folder)
    return Asked(folder)


def test_a_cluster_has_its_members_and_lower_bounds(asked: Asked, tmp_path: Path) -> None:
    got = answer(asked.folder, "cluster", asked.one, "--export", str(tmp_path / "all"), "--sample", "2")
    assert got["layer"] == "inference"
    assert got["members"]["count"] == len(asked.largest) > 2
    assert len(got["members"]["sample"]) == 2
    written = (tmp_path / "all").read_text(encoding="ascii").split()
    assert len(written) == len(asked.largest)
    assert {each for each in asked.largest if each} <= set(written)
    assert got["totals"]["lower_bound"] is True
    assert got["basis"]["methods"][0]["id"] == "co-spend"
    assert got["tier"].startswith("co-spend")
    assert refusal(asked.folder, "cluster", asked.one, "--export", str(tmp_path / "all"))[1]["code"]
    page = run(asked.folder, "cluster", asked.one).stdout
    assert f"at least {len(asked.largest):,}" in page
    past = answer(asked.folder, "cluster", asked.one, "--as-of", "20")
    assert past["as_of"]["height"] == 20
    assert past["members"]["count"] <= got["members"]["count"]


def test_why_names_transactions_that_spend_from_both_ends(asked: Asked) -> None:
    got = answer(asked.folder, "why", asked.one, asked.other)
    assert got["together"]
    assert got["shortest"]
    for step in got["steps"]:
        ends = {asked.addresses[num] for num in asked.joining[step["tx"]["txid"]]}
        assert {step["one"], step["other"]} <= ends
        assert (step["method"], step["layer"]) == ("co-spend/1", "inference")
        assert step["measured"]
    assert got["steps"][0]["one"] == asked.one
    assert got["steps"][-1]["other"] == asked.other
    page = run(asked.folder, "why", asked.one, asked.other).stdout
    assert got["steps"][0]["tx"]["txid"] in page
    same = answer(asked.folder, "why", asked.one, asked.one)
    assert (same["together"], same["steps"], same["said"]) == (True, [], "They are one script.")


def test_what_is_not_together_is_not_said_to_be_two_people(asked: Asked) -> None:
    one, other = asked.apart
    assert one
    assert other
    got = answer(asked.folder, "why", one, other, "--as-of", "12")
    assert (got["together"], got["steps"]) == (False, [])
    assert "does not say that two people" in got["said"]
    assert "does not say that two people" in run(asked.folder, "why", one, other, "--as-of", "12").stdout


def test_without_a_transaction_or_a_method(asked: Asked) -> None:
    got = answer(asked.folder, "what-if", asked.one, "--without", "co-spend")
    assert (got["before"], got["after"]) == (len(asked.largest), 1)
    assert got["parts"][0] == {"count": 1, "sample": [asked.one], "holds_asked": True}
    (txid, *_) = [step["tx"]["txid"] for step in answer(asked.folder, "why", asked.one, asked.other)["steps"]]
    less = answer(asked.folder, "what-if", asked.one, "--without", txid)
    assert sum(part["count"] for part in less["parts"]) + 0 <= less["before"] == len(asked.largest)
    assert "without" in run(asked.folder, "what-if", asked.one, "--without", txid).stdout
    assert refusal(asked.folder, "what-if", asked.one, "--without", "magic")[1]["code"] == "usage"
    assert refusal(asked.folder, "what-if", asked.one, "--without", "ab" * 32)[1]["code"] == "not-found"


def test_refusals_are_listed(asked: Asked) -> None:
    got = answer(asked.folder, "refusals")
    assert [each["tx"]["txid"] for each in got["decisions"]] == asked.refused
    assert got["count"] == len(asked.refused) == sum(got["by_method"].values())
    one = answer(asked.folder, "refusals", asked.one, "--most", "1")
    assert one["count"] <= got["count"]
    assert one["left_out"] == max(0, one["count"] - 1)
    assert "refused" in run(asked.folder, "refusals").stdout or not asked.refused


def test_an_address_that_is_not_here_has_no_cluster(asked: Asked) -> None:
    absent = address(b"\x00\x14" + b"\x07" * 20, "regtest")
    assert absent is not None
    status, error = refusal(asked.folder, "cluster", absent)
    assert (status, error["code"]) == (66, "not-found")
    assert "nothing is known" in error["message"]


def test_listed_transactions_are_heeded(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    made_workspace(folder)
    asked = Asked(folder)
    before = answer(folder, "why", asked.one, asked.other)
    txid = before["steps"][0]["tx"]["txid"]
    listed = Workspace.open(folder).clusters_dir / "joins-nothing.txt"
    listed.write_text(f"# keys that were sold\n\n{txid} as a court found\n", encoding="utf-8")
    shut = answer(folder, "refusals")
    assert shut["layer"] == "claim"
    assert shut["by_method"]["listed-import/1"] == 1
    (said,) = [each for each in shut["decisions"] if each["method"] == "listed-import/1"]
    assert (said["tx"]["txid"], said["layer"]) == (txid, "claim")
    listed.write_text("not a transaction\n", encoding="utf-8")
    assert "Line 1" in refusal(folder, "refusals")[1]["message"]
    listed.unlink()
    assert json.dumps(answer(folder, "why", asked.one, asked.other)) == json.dumps(before)


def test_change_is_followed_only_when_asked(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    put(Workspace.open_or_create(folder).chain_dir, KnownOwners.of(5, 40).branch.blocks)
    with Chain.open(Workspace.open(folder).chain_dir) as chain:
        forest = Forest(links=VotedChange.now())
        forest.bring_to(chain)
        first = made(chain)
        one, other = next(
            (script, other)
            for script in range(chain.n_scripts)
            for other in forest.members(script).tolist()
            if first.met(script, other) < 0 and script != other
        )
        a, b = (str(address(chain.script_raw(num), "regtest")) for num in (one, other))
    assert not answer(folder, "why", a, b)["together"]
    found = answer(folder, "why", a, b, "--with-change")
    assert found["together"]
    assert any(step["how"].startswith("its change goes to the ") for step in found["steps"])
    assert {step["method"] for step in found["steps"]} <= {"co-spend/1", "change-vote-now/1"}
    assert any("Change is followed" in reason for reason in found["coverage"]["reasons"])
    narrow, wide = answer(folder, "cluster", a), answer(folder, "cluster", a, "--with-change")
    assert narrow["members"]["count"] < wide["members"]["count"]
    assert "change is not followed" in narrow["tier"]
    assert [each["id"] for each in wide["basis"]["methods"]] == ["co-spend", "change-vote-now"]
    left_out = answer(folder, "what-if", a, "--without", "change-vote-now", "--with-change")
    assert left_out["after"] == narrow["members"]["count"]
    assert "its change" in run(folder, "why", a, b, "--with-change").output


def operated(folder: Path, wallet: str, operator: str) -> str:
    """Claim that somebody operates an address; the operator's entity."""

    def add(schema: str, prop: str, value: str, *more: str) -> str:
        given = ("claims", "add", "--schema", schema, "--prop", prop, "--value", value, *more)
        return str(answer(folder, *given, "--asserted-by", "A Paper", "--by", "A. Nalyst")["entity_id"])

    add("CryptoWallet", "publicKey", wallet)
    entity = add("Organization", "name", operator)
    link = add("UnknownLink", "subject", wallet)
    add("UnknownLink", "object", entity, "--entity", link)
    add("UnknownLink", "role", "operated by", "--entity", link)
    return entity


def test_what_sources_say_of_control_refuses_and_withdrawn_it_joins_again(tmp_path: Path) -> None:
    """From two claims, `operated by`, to a refusal with an alarm; from a judgement too; and back."""
    folder = tmp_path / "w"
    made_workspace(folder)
    asked = Asked(folder)
    before = answer(folder, "cluster", asked.one)
    assert asked.other in answer(folder, "cluster", asked.one, "--sample", "1000")["members"]["sample"]
    operators = [
        operated(folder, wallet, name) for wallet, name in ((asked.one, "One"), (asked.other, "Two"))
    ]
    said = answer(folder, "cluster", asked.one, "--sample", "1000")
    assert said["layer"] == "claim"
    assert asked.other not in said["members"]["sample"]
    assert [(each["address"], each["layer"]) for each in said["labelled"]] == [(asked.one, "claim")]
    alarms = [each for each in said["alarms"] if each["method"] == "labelled-apart/1"]
    assert {(each["outcome"], each["layer"]) for each in alarms} == {("refused", "claim")}
    assert not answer(folder, "why", asked.one, asked.other)["together"]
    answer(folder, "judge", "same", *operators, "--by", "A. Nalyst", "--reason", "one and the same")
    again = answer(folder, "cluster", asked.one)
    assert again["members"]["count"] == before["members"]["count"]
    answer(folder, "judge", "withdraw", *operators, "--by", "A. Nalyst", "--reason", "they are not")
    answer(folder, "judge", "different", *operators, "--by", "A. Nalyst", "--reason", "they are two")
    methods = {each["method"] for each in answer(folder, "cluster", asked.one)["alarms"]}
    assert methods & {"judged-different/1"}
