"""Who is said to control what: only `operated by` counts, and what people judged to be different."""

from pathlib import Path

from qaif.evidence.control import control_of
from qaif.records.engine import Records
from qaif.records.judgements import DIFFERENT, SAME, Judgement, add
from qaif.records.statement import Assertion, Entry, Statement, Status
from qaif.workspace.folder import Workspace

ENTRY = Entry(entered_by="analyst", entered_at="2026-11-25T00:00:00Z", tool="test")


def link(wallet: str, operator: str, role: str, status: Status = "reported") -> list[Statement]:
    said = Assertion(asserted_by="a newspaper", status=status)
    entity = f"{wallet}-{operator}-{role}"
    ends = (("subject", wallet), ("object", operator), ("role", role))
    return [Statement(entity, "UnknownLink", prop, value, said) for prop, value in ends]


def wallet(entity: str, address: str) -> list[Statement]:
    said = Assertion(asserted_by="a list")
    return [Statement(entity, "CryptoWallet", "publicKey", address, said)]


def judged(left: str, right: str, judgement: str) -> Judgement:
    return Judgement(
        left_id=left, right_id=right, judgement=judgement, author="a", reason="r", at="2026-11-25T00:00:00Z"
    )


def test_only_operators_and_judgements_speak_of_control(tmp_path: Path) -> None:
    folder = Workspace.open_or_create(tmp_path / "w").path
    with Records.open(folder) as records:
        said = [
            *wallet("w1", "address one"),
            *wallet("w2", "address two"),
            *wallet("w3", "address three"),
            *link("w1", "exchange", "operated by"),
            *link("address four", "broker", "operated by"),
            *link("w2", "person", "deposit address at"),
            *link("w3", "person", "serves"),
            *link("w2", "liar", "operated by", "retracted"),
        ]
        records.statements.say(said, ENTRY)
        control = control_of(records)
        assert set(control.operators) == {("address one", "exchange"), ("address four", "broker")}
        assert control.apart == ()
        with records.writing() as connection:
            add(connection, judged("exchange", "another name", SAME))
            add(connection, judged("another name", "broker", DIFFERENT))
            add(connection, judged("w2", "w3", DIFFERENT))
        control = control_of(records)
        assert {name for _, name in control.operators} == {"another name", "broker"}
        assert {frozenset(pair) for pair in control.apart} == {
            frozenset(("address one", "address four")),
            frozenset(("address two", "address three")),
        }
