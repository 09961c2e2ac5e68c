import shutil
from pathlib import Path

import pytest
import yaml
from pypdf import PdfReader

from qaif.records.engine import Records
from support.naughty import NAUGHTY
from support.workspaces import answer, refusal, run

ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
BY = ("--by", "An Analyst")
TEXT = f"The Daily Example wrote that {ADDRESS} is run by the Invented Committee."


def _add(folder: Path, schema: str, prop: str, value: str, *more: str) -> str:
    arguments = ("claims", "add", "--schema", schema, "--prop", prop, "--value", value, *BY, *more)
    if "--document" not in more and "--asserted-by" not in more:
        arguments = (*arguments, "--asserted-by", "The Daily Example")
    return str(answer(folder, *arguments)["entity_id"])


@pytest.fixture
def case(tmp_path: Path) -> tuple[Path, str]:
    """A workspace with a kept document, and its digest."""
    folder, article = tmp_path / "w", tmp_path / "article.txt"
    article.write_text(TEXT)
    investigated = answer(folder, "investigate", str(article), "--out", str(tmp_path / "case"))
    return folder, str(investigated["document"]["sha256_hex"])


def test_a_claim_is_entered_shown_traced_and_taken_back(case: tuple[Path, str]) -> None:
    folder, digest = case
    start = TEXT.index("Invented")
    committee = _add(
        folder,
        "Organization",
        "name",
        "Invented Committee",
        *("--document", digest, "--span", f"{start}:{start + 18}", "--asserted-by", "The Daily Example"),
        *("--resting-on", "A Report", "--reliability", "C", "--credibility", "3", "--status", "alleged"),
    )
    assert "Committee" not in committee
    link = _add(folder, "UnknownLink", "subject", ADDRESS)
    _add(folder, "UnknownLink", "object", committee, "--entity", link)
    _add(folder, "UnknownLink", "role", "operated by", "--entity", link)
    said = answer(folder, "claims", ADDRESS)
    assert (said["layer"], said["found"], said["coverage"]["complete"]) == ("claim", True, False)
    (shown,) = said["links"]
    ends = {prop["name"]: prop["values"] for prop in shown["properties"]}
    assert ends["object"][0]["points_to"] == "Invented Committee"
    assert ends["role"][0]["value"] == "operated by"
    named = answer(folder, "claims", committee)["entities"][0]["properties"][0]["values"][0]
    saying = named["sayings"][0]
    assert named["roots"] == ["A Report"]
    assert (saying["reliability"], saying["credibility"], saying["status"]) == ("C", 3, "alleged")
    assert (saying["entered_by"], saying["quote"]) == ("An Analyst", "Invented Committee")
    traced = answer(folder, "claims", "trace", saying["statement_id"][:12])
    assert (traced["text"], traced["document_sha256"], traced["differs"]) == (
        "Invented Committee",
        digest,
        False,
    )
    before = said["log"]["row"]
    answer(folder, "claims", "retract", saying["statement_id"], "--reason", "a misprint", *BY)
    assert "name" not in str(answer(folder, "claims", committee)["entities"])
    past = answer(folder, "claims", committee, "--as-of", str(before))
    assert past["entities"][0]["caption"] == "Invented Committee"
    again = answer(folder, "claims", "trace", saying["statement_id"])
    assert [row["said"] for row in again["history"]] == [True, False]
    assert again["history"][1]["reason"] == "a misprint"
    assert "a misprint" in run(folder, "claims", "trace", saying["statement_id"]).stdout
    assert refusal(folder, "claims", "retract", saying["statement_id"], "--reason", "x", *BY)[0] == 66


def test_nothing_said_is_not_clear(case: tuple[Path, str]) -> None:
    folder, _ = case
    nothing = answer(folder, "claims", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy")
    assert nothing["found"] is False
    assert "not clear" in nothing["verdict"]
    assert "not clear" in run(folder, "claims", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy").stdout


def test_a_changed_document_is_noticed_when_a_statement_is_traced(case: tuple[Path, str]) -> None:
    folder, digest = case
    entity = _add(folder, "Person", "name", "x", "--document", digest, "--span", "0:3")
    saying = answer(folder, "claims", entity)["entities"][0]["properties"][0]["values"][0]["sayings"][0]
    kept = folder / "documents" / digest
    kept.chmod(0o600)
    kept.write_text(TEXT.replace("Daily", "Dally"))
    status, error = refusal(folder, "claims", "trace", saying["statement_id"])
    assert (status, error["code"]) == (65, "document")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("--schema", "Nothing", "--prop", "name", "--value", "x"), "input"),
        (("--schema", "Person", "--prop", "nothing", "--value", "x"), "input"),
        (("--schema", "Person", "--prop", "name", "--value", " "), "usage"),
        (("--schema", "Person", "--prop", "name", "--value", "x", "--reliability", "G"), "input"),
        (("--schema", "Person", "--prop", "name", "--value", "x", "--credibility", "7"), "input"),
        (("--schema", "Person", "--prop", "name", "--value", "x", "--status", "true"), "input"),
        (("--schema", "Person", "--prop", "name", "--value", "x", "--span", "1:2"), "usage"),
        (("--schema", "Person", "--prop", "name", "--value", "x", "--document", "00" * 32), "not-found"),
    ],
)
def test_a_claim_that_is_none_is_refused(tmp_path: Path, given: tuple[str, ...], code: str) -> None:
    folder = tmp_path / "w"
    error = refusal(folder, "claims", "add", *given, "--asserted-by", "s", *BY)[1]
    assert error["code"] == code


def test_nobody_enters_anything_without_a_name(tmp_path: Path) -> None:
    given = ("--schema", "Person", "--prop", "name", "--value", "x", "--asserted-by", "s")
    assert refusal(tmp_path / "w", "claims", "add", *given)[1]["code"] == "usage"


def test_judgements_join_and_part(case: tuple[Path, str]) -> None:
    folder, _ = case
    one, two = (_add(folder, "Person", "name", "One Name") for _ in range(2))
    assert one != two
    assert len(answer(folder, "claims", one)["entities"]) == 1
    made = answer(folder, "judge", "same", one, two, "--reason", "the same passport", *BY)
    assert "A name alone" in made["coverage"]["reasons"][0]
    assert made["members"] == sorted((one, two))
    both = answer(folder, "claims", two)
    assert (len(both["entities"]), both["entities"][0]["members"]) == (1, sorted((one, two)))
    assert both["judgements"][0]["reason"] == "the same passport"
    assert refusal(folder, "judge", "different", two, one, "--reason", "r", *BY)[1]["code"] == "input"
    answer(folder, "judge", "withdraw", two, one, "--reason", "it was another passport", *BY)
    assert answer(folder, "claims", two)["entities"][0]["members"] == [two]
    answer(folder, "judge", "different", two, one, "--reason", "two persons", *BY)
    assert refusal(folder, "judge", "same", two, one, "--reason", "r", *BY)[1]["code"] == "input"
    assert refusal(folder, "judge", "same", two, "nobody", "--reason", "r", *BY)[1]["code"] == "not-found"
    assert "two persons" in run(folder, "judge", "list").stdout


def test_what_is_erased_is_in_no_file_of_the_records(case: tuple[Path, str]) -> None:
    folder, digest = case
    person = _add(folder, "Person", "name", "Quite Invented Private", "--document", digest)
    other = _add(folder, "Person", "name", "Another")
    link = _add(folder, "UnknownLink", "subject", ADDRESS)
    _add(folder, "UnknownLink", "object", person, "--entity", link)
    answer(folder, "judge", "unsure", person, other, "--reason", "Quite Invented Private may be Another", *BY)
    held = _add(folder, "Organization", "summary", "run by Quite invented private, they say")
    done = answer(folder, "claims", "erase", person, "--reason", "asked by the one concerned", *BY)
    assert any(held in line for line in done["may_still_hold"])
    assert (done["statements"], done["judgements"]) == (3, 1)
    assert done["documents"] == [digest]
    assert any(digest in line for line in done["may_still_hold"])
    assert answer(folder, "claims", person)["found"] is False
    assert answer(folder, "claims", other)["found"] is True
    with Records.open(folder) as records:
        rows = records.judgements.all()
        assert (rows[0].erased, rows[0].reason) == (True, "")
        assert any(entry.action == "claims.erased" for entry in records.audit.entries())
    for file in folder.glob("records.sqlite*"):
        assert b"Quite Invented Private" not in file.read_bytes()
    assert refusal(folder, "claims", "erase", person, "--reason", "r", *BY)[1]["code"] == "not-found"


def test_packs_are_imported_replaced_and_exported(tmp_path: Path) -> None:
    folder, file = tmp_path / "w", tmp_path / "pack.yaml"
    head = {"title": "A pack", "creator": "Somebody", "source": "https://example.com/x", "network": "BTC"}
    tags = [{"address": ADDRESS, "label": text} for text in NAUGHTY]
    file.write_text(yaml.safe_dump({**head, "tags": tags}))
    (pack,) = answer(folder, "tagpack", "import", str(file))["packs"]
    assert (pack["counts"]["bitcoin"], pack["counts"]["no_confidence"]) == (len(NAUGHTY), len(NAUGHTY))
    said = answer(folder, "claims", ADDRESS)
    assert len(said["links"]) == len(NAUGHTY)
    label = next(prop for prop in said["links"][1]["properties"] if prop["name"] == "summary")["values"][0]
    assert (label["value"], label["roots"]) == (NAUGHTY[1], ["example.com"])
    page = run(folder, "claims", ADDRESS).stdout
    assert "\u202e" not in page
    assert "https://" not in page
    traced = answer(folder, "claims", "trace", label["sayings"][0]["statement_id"])
    assert "onerror" in traced["text"]
    assert answer(folder, "tagpack", "import", str(file))["packs"][0]["said"]["added"] == 0
    file.write_text(yaml.safe_dump({**head, "tags": tags[:3]}))
    again = answer(folder, "tagpack", "import", str(file))["packs"][0]["said"]
    assert (again["added"], again["retracted"]) == (0, 2 * (len(NAUGHTY) - 3))
    answer(folder, "tagpack", "export", "--out", str(tmp_path / "out"))
    assert yaml.safe_load((tmp_path / "out" / "A-pack.yaml").read_text()) == {**head, "tags": tags[:3]}
    shutil.copy(file, tmp_path / "out" / "copy.yaml")
    assert refusal(folder, "tagpack", "import", str(tmp_path / "out"))[1]["code"] == "input"
    assert "A pack" in run(folder, "tagpack", "list").stdout


def test_an_address_of_another_chain_is_never_taken_for_bitcoins(tmp_path: Path) -> None:
    folder, file = tmp_path / "w", tmp_path / "pack.yaml"
    tags = [
        {"address": ADDRESS, "label": "on the other chain", "currency": "BCH"},
        {"address": "0xBE0EB53f46cd790cd13851d5eff43d12404d33e8", "label": "ether", "currency": "ETH"},
        {"address": "TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq", "label": "wrong", "currency": "BTC"},
    ]
    file.write_text(yaml.safe_dump({"title": "t", "creator": "c", "tags": tags}))
    (pack,) = answer(folder, "tagpack", "import", str(file))["packs"]
    counts = pack["counts"]
    assert (counts["bitcoin"], counts["other_chain"], counts["wrong_network"]) == (0, 2, 1)
    (link,) = answer(folder, "claims", ADDRESS)["links"]
    assert link["properties"][0]["values"][0]["value"] == f"BCH:{ADDRESS}"
    assert answer(folder, "claims", "0xbe0eb53F46cd790cd13851d5eff43d12404d33e8")["found"]
    (wrong,) = answer(folder, "claims", "TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq")["links"]
    assert wrong["properties"][0]["values"][0]["value"].startswith("not-BTC:")


def _text_of(path: Path) -> str:
    """What a file says; of a PDF without the spaces between its lines."""
    if path.suffix != ".pdf":
        return path.read_text()
    return "".join("".join(page.extract_text().split()) for page in PdfReader(path).pages)


def test_a_private_key_in_a_label_is_repeated_nowhere(tmp_path: Path) -> None:
    folder, file = tmp_path / "w", tmp_path / "pack.yaml"
    key = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
    tags = [{"address": ADDRESS, "label": f"spend it: {key}"}]
    file.write_text(yaml.safe_dump({"title": "t", "creator": "c", "tags": tags}))
    answer(folder, "tagpack", "import", str(file))
    link = answer(folder, "claims", ADDRESS)["links"][0]
    label = next(prop for prop in link["properties"] if prop["name"] == "summary")["values"][0]
    traced = run(folder, "claims", "trace", label["sayings"][0]["statement_id"]).stdout
    answer(folder, "tagpack", "export", "--out", str(tmp_path / "out"))
    answer(folder, "ftm", "export", "--out", str(tmp_path / "f.json"), "--dataset", "tagpack:t")
    answer(folder, "investigate", ADDRESS, "--out", str(tmp_path / "case"))
    written = [*(tmp_path / "out").iterdir(), tmp_path / "f.json", *(tmp_path / "case").iterdir()]
    shown = [str(link), traced, run(folder, "claims", ADDRESS).stdout]
    assert "spend it" in shown[0]
    for text in (*shown, *(_text_of(each) for each in written)):
        assert key not in text
    assert ADDRESS in _text_of(tmp_path / "case" / "report.ar.pdf")
    assert refusal(folder, "claims", key)[1]["code"] == "private-key"
    tags[0]["address"] = key
    file.write_text(yaml.safe_dump({"title": "t", "creator": "c", "tags": tags}))
    status, error = refusal(folder, "tagpack", "import", str(file))
    assert (status, key in str(error)) == (65, False)


def test_the_past_is_asked_for_by_a_day_a_moment_or_a_row(case: tuple[Path, str]) -> None:
    folder, _ = case
    entity = _add(folder, "Person", "name", "x")
    row = answer(folder, "claims", entity)["log"]["row"]
    for never in ("2001-01-01", "2001-01-01T00:00:00+03:00", "0"):
        assert answer(folder, "claims", entity, "--as-of", never)["found"] is False
    for then in ("2999-01-01", "2999-01-01T00:00:00Z", str(row)):
        assert answer(folder, "claims", entity, "--as-of", then)["found"] is True
    for neither in ("yesterday", "2001-01-01T00:00:00", "1" * 30):
        assert refusal(folder, "claims", entity, "--as-of", neither)[1]["code"] == "usage"
    assert refusal(folder, "claims", entity, "--as-of", str(row + 1))[1]["code"] == "not-found"


def test_an_account_at_a_service_is_an_entity_and_no_address(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    wallet = ("--schema", "CryptoWallet", "--prop", "publicKey", "--value", "123456789")
    error = refusal(folder, "claims", "add", *wallet, "--asserted-by", "s", *BY)[1]
    assert (error["code"], "UserAccount" in error["way_out"]) == ("input", True)
    account = _add(folder, "UserAccount", "username", "123456789")
    service = _add(folder, "Company", "name", "Invented Exchange")
    link = _add(folder, "UnknownLink", "subject", ADDRESS)
    _add(folder, "UnknownLink", "object", account, "--entity", link)
    _add(folder, "UnknownLink", "role", "deposit address at", "--entity", link)
    _add(folder, "UserAccount", "service", service, "--entity", account)
    (shown,) = answer(folder, "claims", account)["links"]
    assert shown["id"] == link
    given = ("--schema", "UnknownLink", "--prop", "role", "--value", "knows", "--entity", link)
    odd = answer(folder, "claims", "add", *given, "--asserted-by", "s", *BY)
    assert any("none of ours" in reason for reason in odd["coverage"]["reasons"])
