"""`qaif add`, `qaif documents` and what `qaif check` says of documents, through the command line."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from qaif.evidence.documents import Document, reopened
from qaif.records.engine import Records
from support.papers import ADDRESS, mail, message, packed, pdf, picture, telegram
from support.workspaces import answer, refusal, run

WIF = "5KJvsngHeMpm884wtkJNzQGaCErckhHJBGFsvd3VyK5qMZXj3hS"


def saved(folder: Path, **files: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return folder


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_the_real_program_keeps_a_pdf_and_finds_the_address_in_it(tmp_path: Path) -> None:
    content = pdf(f"Send to {ADDRESS}")
    saved(tmp_path, a_pdf=content)
    program = [str(Path(sys.executable).with_name("qaif"))]
    there = ["-w", str(tmp_path / "ws"), "--json"]
    done = subprocess.run(
        [*program, "add", str(tmp_path / "a.pdf"), "--note", "from the street", *there],
        capture_output=True,
        text=True,
        check=True,
    )
    (kept,) = json.loads(done.stdout)["documents"]
    assert (kept["sha256"], kept["kind"], kept["state"]) == (digest(content), "pdf", "new")
    asked = [*program, "investigate", str(tmp_path / "a.pdf"), "--out", str(tmp_path / "case"), *there]
    found = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    (one,) = found["addresses"]
    (mention,) = one["mentions"]
    text = (tmp_path / "ws" / "documents" / found["document"]["text_sha256_hex"]).read_text(encoding="utf-8")
    assert text[mention["start"] : mention["end"]] == one["address"] == ADDRESS
    assert found["document"]["kind"] == "pdf"


def test_what_is_said_of_it_is_recorded(tmp_path: Path) -> None:
    saved(tmp_path, a_txt=b"x")
    said = ["--note", f"seen {WIF[:9]}", "--source", "the fair", "--captured-at", "2020-01-19T12:00:00+02:00"]
    answer(tmp_path / "ws", "add", str(tmp_path / "a.txt"), *said)
    (one,) = answer(tmp_path / "ws", "documents")["documents"]
    assert (one["note"], one["source"], one["captured_at"]) == (
        f"seen {WIF[:9]}",
        "the fair",
        "2020-01-19T10:00:00Z",
    )
    assert (one["state"], one["kind"], one["name"]) == ("kept", "text", "a.txt")
    page = run(tmp_path / "ws", "documents").stdout
    assert "the fair" in page
    assert "2020-01-19T10:00:00Z" in page
    for wrong in ("yesterday", "2020-01-19T12:00:00"):
        assert refusal(tmp_path / "ws", "add", str(tmp_path / "a.txt"), "--captured-at", wrong)[0] == 2
    assert refusal(tmp_path / "ws", "add", str(tmp_path / "a.txt"), "--ocr", "../x")[0] == 2
    assert refusal(tmp_path / "ws", "add")[0] == 2


def test_the_same_bytes_from_elsewhere_and_other_bytes_from_the_same_place(tmp_path: Path) -> None:
    saved(tmp_path, a_txt=b"one", b_txt=b"one")
    ws = tmp_path / "ws"
    states = [answer(ws, "add", str(tmp_path / name))["documents"][0] for name in ("a.txt", "a.txt", "b.txt")]
    assert [one["state"] for one in states] == ["new", "kept before", "same bytes"]
    assert states[2]["also_from"] == [str(tmp_path / "a.txt")]
    saved(tmp_path, a_txt=b"two")
    (changed,) = answer(ws, "add", str(tmp_path / "a.txt"))["documents"]
    assert changed["replaces"] == [digest(b"one")]
    assert len(answer(ws, "documents")["documents"]) == 3


def test_documents_inside_of_documents_are_kept_with_their_parents(tmp_path: Path) -> None:
    inner = packed({"../up.txt": ADDRESS.encode(), "deep.zip": packed({"code.png": picture(ADDRESS)})})
    letter = mail("see inside", {"bundle.zip": inner, "clip.bin": b"\0\xff"})
    saved(tmp_path, a_eml=letter)
    kept = answer(tmp_path / "ws", "add", str(tmp_path / "a.eml"))["documents"]
    by_name = {one["name"]: one for one in kept}
    assert [one["kind"] for one in kept] == ["email", "zip", "text", "zip", "image", "other"]
    assert by_name["bundle.zip"]["parent_sha256"] == digest(letter)
    assert by_name["code.png"]["parent_sha256"] == by_name["deep.zip"]["sha256"]
    assert by_name["code.png"]["source"].endswith("a.eml!bundle.zip!deep.zip!code.png")
    assert by_name["clip.bin"]["unread"]
    assert not (tmp_path / "up.txt").exists()
    assert (by_name["../up.txt"]["characters"], by_name["../up.txt"]["text_sha256"]) == (
        len(ADDRESS),
        digest(ADDRESS.encode()),
    )
    stored = {path.name for path in (tmp_path / "ws" / "documents").iterdir()}
    assert {one["sha256"] for one in kept} <= stored


def test_an_investigation_says_what_it_did_not_search(tmp_path: Path) -> None:
    saved(tmp_path, a_eml=mail(ADDRESS, {"code.png": picture(ADDRESS)}))
    found = answer(tmp_path / "ws", "investigate", str(tmp_path / "a.eml"), "--out", str(tmp_path / "case"))
    assert [one["address"] for one in found["addresses"]] == [ADDRESS]
    assert "Documents inside it were kept and not searched with it: 1." in found["coverage"]["reasons"]
    assert found["coverage"]["complete"] is False


def test_a_folder_with_all_sorts_in_it_and_again(tmp_path: Path) -> None:
    folder, ws = tmp_path / "export", tmp_path / "export" / "ws"
    saved(
        folder,
        result_json=telegram([message(1, ADDRESS)]),
        bad_pdf=b"%PDF-1.7 no",
        clip_mp4=bytes(range(256)),
    )
    saved(folder / "more", code_png=picture(ADDRESS), note_txt=b"x")
    (folder / "link").symlink_to("/etc/hostname")
    (folder / "folder link").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    result = run(ws, "add", str(folder), "--source", "disk 7", "--json")
    assert result.exit_code == 65
    first = json.loads(result.stdout)
    assert [one["source"] for one in first["documents"]] == [
        "disk 7/result.json",
        "disk 7/more/code.png",
        "disk 7/more/note.txt",
    ]
    assert [Path(one["path"]).name for one in first["refused"]] == ["bad.pdf", "clip.mp4"]
    assert {Path(one["path"]).name for one in first["passed_over"]} == {"link", "folder link", "pipe", "ws"}
    assert first["coverage"]["complete"] is False
    again = json.loads(run(ws, "add", str(folder), "--source", "disk 7", "--json").stdout)
    assert [one["state"] for one in again["documents"]] == ["kept before"] * 3
    unread = json.loads(run(ws, "add", str(folder), "--source", "disk 7", "--even-unread", "--json").stdout)
    assert [one["name"] for one in unread["documents"] if one["state"] == "new"] == ["bad.pdf", "clip.mp4"]
    assert not unread["refused"]
    page = run(ws, "add", str(folder), "--source", "disk 7").stdout
    assert "Documents: 5 (5 kept before, 4 passed over)." in page


def test_a_run_that_was_stopped_goes_on(tmp_path: Path) -> None:
    """A document's own record is written last: one whose inside was not all kept is read again."""
    content = packed({"a.txt": b"one", "b.txt": b"two"})
    folder = saved(tmp_path / "in", a_zip=content)
    answer(tmp_path / "ws", "add", str(folder))
    import sqlite3

    with sqlite3.connect(tmp_path / "ws" / "records.sqlite") as records:
        records.execute("DELETE FROM documents WHERE name IN ('a.zip', 'b.txt')")
    kept = answer(tmp_path / "ws", "add", str(folder))["documents"]
    assert [one["name"] for one in kept] == ["a.zip", "a.txt", "b.txt"]
    assert len(answer(tmp_path / "ws", "documents")["documents"]) == 4


def test_a_changed_and_a_lost_document_are_named(tmp_path: Path) -> None:
    ws = tmp_path / "ws"
    saved(tmp_path, a_txt=b"one", b_txt=b"two", c_txt=b"three")
    for name in ("a.txt", "b.txt", "c.txt"):
        answer(ws, "add", str(tmp_path / name))
    good = answer(ws, "check")
    assert (good["good"], good["files"]) == (True, 3)
    changed, lost = ws / "documents" / digest(b"one"), ws / "documents" / digest(b"two")
    changed.chmod(0o600)
    changed.write_bytes(b"onE")
    lost.unlink()
    result = run(ws, "check", "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 74
    assert (told["good"], told["store_good"]) == (False, True)
    assert [fault.split(":")[0] for fault in told["faults"]] == [
        f"document {digest(b'two')} (b.txt) is lost",
        f"document {digest(b'one')} (a.txt) is changed",
    ]
    listed = answer(ws, "documents")
    assert [one["state"] for one in listed["documents"]] == ["changed", "lost", "kept"]
    assert listed["coverage"]["complete"] is False
    assert "documents are not what they were" in run(ws, "check").stdout
    assert refusal(ws, "add", str(tmp_path / "a.txt"))[1]["code"] == "document"
    answer(ws, "add", str(tmp_path / "b.txt"))
    assert lost.read_bytes() == b"two"


def test_a_kept_document_is_read_again_as_it_was(tmp_path: Path) -> None:
    ws = tmp_path / "ws"
    arabic = "عنوان"
    saved(tmp_path, a_txt=arabic.encode("cp1256"), b_pdf=pdf(f"Send to {ADDRESS}"))
    answer(ws, "add", str(tmp_path / "a.txt"), "--encoding", "windows-1256")
    (kept,) = answer(ws, "add", str(tmp_path / "b.pdf"))["documents"]

    def again(sha256_hex: str) -> Document:
        with Records.open(ws) as records:
            return reopened(ws / "documents", records, sha256_hex)

    assert again(digest(arabic.encode("cp1256"))).text == arabic
    assert again(kept["sha256"]).text_sha256 == kept["text_sha256"]


def test_hostile_names_and_notes_are_shown_and_not_obeyed(tmp_path: Path) -> None:
    ws, name = tmp_path / "ws", "a\u202etxt\x1b[31m.txt"
    (tmp_path / name).write_bytes(b"x")
    answer(ws, "add", str(tmp_path / name), "--note", "=cmd|' /C calc'!A0 \u202e<script>")
    for page in (run(ws, "documents").stdout, run(ws, "add", str(tmp_path / name)).stdout):
        assert "\x1b" not in page
        assert "\u202e" not in page
    (one,) = answer(ws, "documents")["documents"]
    assert "<U+202E>" in one["name"]


def test_a_private_key_is_not_recorded_or_printed(tmp_path: Path) -> None:
    saved(tmp_path, a_eml=mail("x", {f"{WIF}.txt": b"x"}, subject=WIF))
    result = run(tmp_path / "ws", "add", str(tmp_path / "a.eml"), "--json")
    assert result.exit_code == 0
    assert WIF not in result.stdout + run(tmp_path / "ws", "documents").stdout
    assert WIF.encode() not in (tmp_path / "ws" / "records.sqlite").read_bytes()
