"""Watch lists: each thing that happens is an alert once, and is brought once, whatever ends a run."""

import json
import os
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from oracle.blockmaker import Block
from oracle.webhooks import verified
from qaif.desk.alerting import ToLog
from qaif.desk.follow import Happening
from qaif.desk.monitor import after
from qaif.errors import InputError, UsageError
from qaif.questions.watch_list import WatchAsked, watch_add, watch_alerts, watch_dispose
from qaif.questions.watch_run import watch_run
from qaif.records.watches import Disposition
from qaif.workspace.folder import Workspace
from support import list_files as files
from support.indexing import put
from support.listed_people import listed
from support.stories import Story, called, key
from support.web_server import Said, plain, web_server
from support.workspaces import answer, refusal, run

BTC = 10**8
NOW = datetime(2024, 5, 2, 12, tzinfo=UTC)
SECRET = b"whsec_" + b"QUJD" * 12


def grown(workspace: Path, story: Story) -> None:
    put(Workspace.open_or_create(workspace).chain_dir, story.branch.blocks)


def imported(folder: Path, workspace: Path, *names: str, **how: str) -> None:
    path = files.put(folder, "us_ofac_sdn.ftm.json", listed(*names, **how))
    answer(workspace, "lists", "import", str(path))


def watching(workspace: Path, name: str, kind: str = "address", **how: Any) -> None:
    subject = called(name) if kind != "entity" else name
    watch_add(workspace, WatchAsked(kind, subject, **how), "an analyst", NOW)


def raised(workspace: Path, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(each.kind, each.about) for each in watch_run(workspace, now).raised]


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """`bad` is listed; `ann` and `bob` have money; nothing was dealt yet."""
    story = Story()
    story.coins = {name: story.fund(name) for name in ("bad", "ann", "bob")}  # type: ignore[attr-defined]
    grown(tmp_path / "w", story)
    imported(tmp_path, tmp_path / "w", "bad")
    return story


def coin(story: Story, name: str) -> Any:
    return story.coins[name]  # type: ignore[attr-defined]


def test_a_movement_is_an_alert_once_and_what_was_before_is_none(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "ann")
    assert raised(work) == []
    tx = story.pay([coin(story, "ann")], [(20 * BTC, "shop"), (29 * BTC, "ann")])
    grown(work, story)
    (alert,) = watch_run(work, NOW).raised
    assert (alert.kind, alert.layer, alert.about) == ("movement", "fact", called("ann"))
    assert alert.link["txid"] == tx.txid[::-1].hex()
    assert (alert.link["received_sat"], alert.link["spent_sat"]) == (29 * BTC, 50 * BTC)
    assert "received 2,900,000,000 and spent 5,000,000,000 satoshi" in alert.said
    assert raised(work) == []


def test_a_movement_of_less_than_asked_for_is_none(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "shop", least_sat=BTC)
    story.pay([coin(story, "ann")], [(BTC - 1, "shop"), (49 * BTC, "ann")])
    story.pay([coin(story, "bob")], [(BTC, "shop"), (48 * BTC, "bob")])
    grown(work, story)
    assert raised(work) == [("movement", called("shop"))]


def test_contact_is_an_alert_once_for_each_side_and_dust_is_none(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "ann", alerts=("contact",), categories=("listed",))
    watching(work, "victim", alerts=("contact",), categories=("listed",))
    dust = [(600, f"victim{n}" if n else "victim") for n in range(30)]
    story.pay([coin(story, "bad")], [*dust, (10 * BTC, "ann"), (39 * BTC, "bad")])
    story.pay([coin(story, "ann")], [(5 * BTC, "bad"), (44 * BTC, "ann")])
    grown(work, story)
    found = watch_run(work, NOW).raised
    assert [(each.kind, each.link["direction"], each.layer) for each in found] == [
        ("contact", "in", "claim"),
        ("contact", "out", "claim"),
    ]
    assert {each.about for each in found} == {called("bad")}
    assert found[0].link["categories"] == ["listed"]
    assert raised(work) == []


def test_paying_in_together_is_no_contact(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "cy", alerts=("contact",), categories=("*",))
    story.pay([coin(story, "bad"), coin(story, "bob")], [(60 * BTC, "cy"), (39 * BTC, "x")])
    grown(work, story)
    assert raised(work) == []


def test_a_contact_of_before_is_told_where_the_listing_is_new(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    story.pay([coin(story, "ann")], [(5 * BTC, "later"), (44 * BTC, "ann")])
    grown(work, story)
    watching(work, "ann", alerts=("contact", "listing"), categories=("listed",))
    watching(work, "later", alerts=("listing",))
    watching(work, "bad", alerts=("listing",))
    assert raised(work) == []
    imported(tmp_path, work, "bad", "later", seen="2024-05-02T06:00:00")
    assert sorted(raised(work)) == [("contact", called("later")), ("listing", called("later"))]
    assert raised(work) == []


def test_an_entity_is_watched_by_its_addresses_as_a_claim(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "NK-bad", "entity")
    story.pay([coin(story, "bad")], [(50 * BTC, "x")])
    grown(work, story)
    (alert,) = watch_run(work, NOW).raised
    assert (alert.kind, alert.layer) == ("movement", "claim")


def test_a_cluster_is_watched_with_all_its_members(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    story.pay([coin(story, "ann"), coin(story, "bob")], [(100 * BTC, "both")])
    more = story.fund("bob")
    grown(work, story)
    watching(work, "ann", "cluster", alerts=("movement",))
    watching(work, "ann", "address", alerts=("movement",))
    story.pay([more], [(50 * BTC, "x")])
    grown(work, story)
    (alert,) = watch_run(work, NOW).raised
    assert (alert.kind, alert.layer) == ("movement", "inference")


@pytest.mark.usefixtures("story")
def test_a_source_that_fell_silent_is_told_each_time(tmp_path: Path) -> None:
    work = tmp_path / "w"
    watching(work, "bad", alerts=("source",))
    assert raised(work) == []
    for day, names, expected in (
        ("03", ("ann",), 1),
        ("04", ("ann", "bad"), 0),
        ("05", ("ann", "bob"), 1),
        ("06", ("bad", "bob"), 0),
    ):
        imported(tmp_path, work, *names, seen=f"2024-05-{day}T06:00:00")
        assert [kind for kind, _ in raised(work)] == ["source"] * expected, day


def test_a_reorganisation_repeats_nothing_and_loses_nothing(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "ann", alerts=("movement",))
    fork = len(story.branch.blocks)
    story.pay([coin(story, "ann")], [(20 * BTC, "shop"), (29 * BTC, "ann")])
    grown(work, story)
    assert len(raised(work)) == 1
    other = Story()
    coins = {name: other.fund(name) for name in ("bad", "ann", "bob")}
    assert len(other.branch.blocks) == fork
    other.fund("else")
    other.pay([coins["ann"]], [(20 * BTC, "shop"), (29 * BTC, "ann")])
    other.pay([coins["bob"]], [(20 * BTC, "ann"), (29 * BTC, "bob")])
    blocks = [*story.branch.blocks, *other.branch.blocks[fork:]]
    put(Workspace.open(work).chain_dir, blocks)
    found = watch_run(work, NOW).raised
    assert [each.link["received_sat"] for each in found] == [20 * BTC]


def test_what_people_said_and_until_when(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "ann", alerts=("movement",))
    tx = story.pay([coin(story, "ann")], [(20 * BTC, "shop"), (29 * BTC, "ann")])
    grown(work, story)
    first = watch_run(work, NOW).raised[0]
    said = Disposition(
        alert_id=first.id, judgement="false", why="our own", until="2024-05-03", by="an approver", at=""
    )
    watch_dispose(work, said, NOW)
    assert watch_alerts(work, open_only=True).alerts == ()
    tx = story.pay([(tx.txid, 1)], [(28 * BTC, "ann")])
    grown(work, story)
    assert watch_run(work, NOW).raised[0].muted_by == first.id
    story.pay([(tx.txid, 0)], [(27 * BTC, "ann")])
    grown(work, story)
    assert watch_run(work, datetime(2024, 5, 4, tzinfo=UTC)).raised[0].muted_by is None
    shown = answer(work, "watch", "alerts")["alerts"]
    assert [each["disposition"] is None for each in shown] == [True, True, False]


@pytest.mark.parametrize("wrong", [{"judgement": "perhaps"}, {"why": " "}, {"until": "soon"}, {"by": ""}])
@pytest.mark.usefixtures("story")
def test_a_disposition_that_makes_no_sense_is_refused(tmp_path: Path, wrong: Any) -> None:
    whole = {"alert_id": 1, "judgement": "true", "why": "so", "until": None, "by": "me", "at": ""}
    with pytest.raises(UsageError):
        watch_dispose(tmp_path / "w", Disposition(**whole | wrong), NOW)


@pytest.mark.usefixtures("story")
def test_what_cannot_be_watched_is_refused(tmp_path: Path) -> None:
    work = tmp_path / "w"
    watching(work, "ann")
    with pytest.raises(InputError, match="already"):
        watching(work, "ann")
    for asked in (WatchAsked("person", "x"), WatchAsked("entity", " "), WatchAsked("entity", "x", ("all",))):
        with pytest.raises(UsageError):
            watch_add(work, asked, "me", NOW)
    with pytest.raises(UsageError, match="category"):
        watch_add(work, WatchAsked("entity", "x", ("contact",)), "me", NOW)
    key = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
    status, error = refusal(work, "watch", "add", key, "--by", "me")
    assert status
    assert key not in json.dumps(error)


def test_the_commands(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    told = answer(work, "watch", "add", called("ann"), "--by", "me", "--note", "why", "--category", "*")
    assert told["watches"][0]["alerts"] == ["movement", "activity", "contact", "listing", "source"]
    assert len(answer(work, "watch", "list")["watches"]) == 1
    story.pay([coin(story, "ann")], [(49 * BTC, "bad")])
    grown(work, story)
    log = tmp_path / "log.jsonl"
    looked = answer(work, "watch", "run", "--deliver", f"log:{log}")
    assert len(looked["look"]["raised"]) == 2
    assert looked["channels"][0]["sent"] == 2
    assert {json.loads(each)["kind"] for each in log.read_text().splitlines()} == {"movement", "contact"}
    disposed = ("watch", "dispose", "1", "--as", "true", "--why", "seen", "--by", "me")
    assert answer(work, *disposed)["alerts"][0]["disposition"]["why"] == "seen"
    assert "seen (me)" in run(work, "watch", "alerts").stdout
    answer(work, "watch", "remove", "1", "--by", "me")
    assert answer(work, "watch", "list")["watches"] == []
    assert refusal(work, "watch", "remove", "1", "--by", "me")[1]["code"] == "not-found"
    assert refusal(work, "watch", "run", "--deliver", "ftp://x/")[1]["code"] == "usage"
    assert refusal(work, "watch", "run", "--deliver", "http://127.0.0.1:9/")[1]["code"] == "usage"


@dataclass
class Post:
    """A server that takes mail, as far as RFC 5321 is used; it may refuse the first messages for a while."""

    port: int = 0
    busy: int = 0
    taken: list[Message] = field(default_factory=list)


class _Smtp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        post: Post = self.server.post  # type: ignore[attr-defined]
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self._data(post)
            elif word == b"MAIL" and post.busy:
                post.busy -= 1
                self.wfile.write(b"451 busy\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")

    def _data(self, post: Post) -> None:
        self.wfile.write(b"354 go on\r\n")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        post.taken.append(message_from_bytes(b"".join(lines)))
        self.wfile.write(b"250 taken\r\n")


@contextmanager
def post_office(busy: int = 0) -> Iterator[Post]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp) as server:
        post = Post(server.server_address[1], busy)
        server.post = post  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield post
        server.shutdown()
        thread.join()


def test_mail_is_taken_once_and_a_busy_server_is_asked_again(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "ann", alerts=("movement",))
    story.pay([coin(story, "ann")], [(49 * BTC, "x")])
    grown(work, story)
    with post_office(busy=1) as post:
        server = ("--mail-server", f"smtp://127.0.0.1:{post.port}", "--mail-from", "qaif@example.org")
        for sent in (1, 0):
            told = answer(work, "watch", "run", "--deliver", "mail:desk@example.org", *server)
            assert told["channels"][0]["sent"] == sent
    (message,) = post.taken
    assert message["Message-ID"].endswith("@example.org>")
    assert called("ann") not in message["Subject"]
    assert called("ann") in message.get_payload()
    assert refusal(work, "watch", "run", "--deliver", "mail:desk@example.org")[1]["code"] == "usage"


def secret_file(folder: Path) -> Path:
    path = folder / "secret"
    path.write_bytes(SECRET)
    return path


def test_a_hook_is_signed_repeated_and_told_once(tmp_path: Path, story: Story) -> None:
    work, bodies = tmp_path / "w", []
    watching(work, "ann", alerts=("movement",))
    story.pay([coin(story, "ann")], [(49 * BTC, "x")])
    grown(work, story)

    def taken(_: str, body: bytes, number: int) -> Said:
        bodies.append(body)
        return plain(b"", "503 Busy" if number == 0 else "500 Wrong" if number == 1 else "204 Taken")

    with web_server(taken) as server:
        hook = (
            "--deliver",
            f"http://127.0.0.1:{server.port}/in?key=abc",
            "--secret",
            str(secret_file(tmp_path)),
        )
        assert [answer(work, "watch", "run", *hook)["channels"][0]["sent"] for _ in range(2)] == [1, 0]
        assert all(each.startswith("POST /in?key=abc ") for each in server.asked)
    assert len(bodies) == 3
    assert len(set(bodies)) == 1
    assert all(verified(head, bodies[0], SECRET) for head in server.heads)
    assert not verified(server.heads[0], bodies[0] + b" ", SECRET)
    assert "key=abc" not in run(work, "watch", "run", *hook).output


def test_where_a_channel_refuses_the_alert_waits_and_others_have_it(tmp_path: Path, story: Story) -> None:
    work, log = tmp_path / "w", tmp_path / "log"
    watching(work, "ann", alerts=("movement",))
    story.pay([coin(story, "ann")], [(49 * BTC, "x")])
    grown(work, story)
    status = ["400 No"]
    with web_server(lambda *_: plain(b"", status[0])) as server:
        both = ("--deliver", f"http://127.0.0.1:{server.port}/", "--deliver", f"log:{log}")
        more = ("--secret", str(secret_file(tmp_path)))
        result = run(work, "watch", "run", *both, *more, "--json")
        assert result.exit_code != 0
        told = json.loads(result.stdout)["channels"]
        assert [(each["sent"], each["waiting"]) for each in told] == [(1, 0), (0, 1)]
        assert "400" in told[1]["message"]
        status[0] = "200 OK"
        told = answer(work, "watch", "run", *both, *more)["channels"]
        assert [(each["sent"], each["waiting"]) for each in told] == [(0, 0), (1, 0)]


_KILLED = """
import os, signal, sys
from qaif.cli.main import app
import qaif.questions.watch_run, qaif.desk.monitor, alembic.command
left = int(sys.argv[1])
ours = ("qaif/desk", "watch", "records/database", "over_http")
def watch(frame, event, argument):
    global left
    if event == "call" and any(each in frame.f_code.co_filename for each in ours):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.setprofile(watch)
try:
    app(sys.argv[2:])
finally:
    sys.setprofile(None)
    print(left, file=sys.stderr)
"""
_FAR = 10**9


def killed_at(work: Path, step: int, *arguments: str) -> int:
    """A run that is killed at a call of the parts that matter; how many it made where it was not."""
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(step), "watch", "run", *arguments, "-w", str(work)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == (0 if step == _FAR else -signal.SIGKILL), done.stderr
    return _FAR - int(done.stderr.split()[-1]) if step == _FAR else 0


def told_once(work: Path, log: Path, bodies: dict[str, set[bytes]]) -> None:
    alerts = [each.alert for each in watch_alerts(work).alerts]
    ann, bob, bad = called("ann"), called("bob"), called("bad")
    movements = [("movement", ann), ("movement", ann), ("movement", bob), ("movement", bad)]
    found = sorted((each.kind, each.about) for each in alerts)
    assert found == sorted([*movements, ("contact", bad)])
    uids = sorted(each.uid for each in alerts)
    assert sorted(json.loads(line)["uid"] for line in log.read_text().splitlines()) == uids
    assert sorted(bodies) == uids
    assert all(len(each) == 1 for each in bodies.values())


def test_kills_neither_lose_nor_repeat(tmp_path: Path, story: Story) -> None:
    """Runs killed at calls spread over a whole run, each from the same state; QAIF_MONITOR_KILLS of them."""
    first, bodies = tmp_path / "w", dict[str, set[bytes]]()
    for name in ("ann", "bob", "bad"):
        watching(first, name, categories=("*",))
    story.pay([coin(story, "ann")], [(20 * BTC, "bad"), (29 * BTC, "ann")])
    story.pay([coin(story, "bob")], [(20 * BTC, "ann"), (29 * BTC, "bob")])
    grown(first, story)

    def taken(_: str, body: bytes, __: int) -> Said:
        bodies.setdefault(json.loads(body)["uid"], set()).add(body)
        return plain(b"")

    kills, calls = int(os.environ.get("QAIF_MONITOR_KILLS", "4")), 0
    with web_server(taken) as server:
        hook = ("--deliver", f"http://127.0.0.1:{server.port}/", "--secret", str(secret_file(tmp_path)))
        for place in range(kills + 1):
            work, log = tmp_path / f"w{place}", tmp_path / f"log{place}"
            shutil.copytree(first, work)
            bodies.clear()
            arguments = ("--deliver", f"log:{log}", *hook)
            step = _FAR if not place else 1 + calls * place // (kills + 1)
            calls = killed_at(work, step, *arguments) or calls
            answer(work, "watch", "run", *arguments)
            told_once(work, log, bodies)


def test_following_a_directory_tells_of_what_is_watched(tmp_path: Path, story: Story) -> None:
    work = tmp_path / "w"
    watching(work, "ann", alerts=("movement",))
    story.pay([coin(story, "ann")], [(49 * BTC, "x")])
    grown(work, story)
    log = ToLog(tmp_path / "log")
    for kind, looks in (("trouble", 0), ("lost", 0), ("blocks", 1), ("reorganisation", 1)):
        told = after(work, [log], Happening(kind=kind))  # type: ignore[arg-type]
        assert len(told) == looks
    assert after(work, None, Happening(kind="blocks")) == ()
    assert len((tmp_path / "log").read_text().splitlines()) == 1
    (tmp_path / "log").write_bytes((tmp_path / "log").read_bytes() + b'{"uid": "cut off')
    assert ToLog(tmp_path / "log").name == log.name
    assert (tmp_path / "log").read_bytes().endswith(b"}\n")


def dated(story: Story, name: str, weeks: list[int], last: int) -> list[Block]:
    """Coinbases that pay a name so often in each week up to a day, as blocks a few hours apart."""
    first = last - 7 * 86_400 * len(weeks)
    for week, count in enumerate(weeks):
        for n in range(count):
            time = first + 7 * 86_400 * week + n * (6 * 86_400 // max(count, 1))
            story.branch.add([], [(BTC, key(name))], time=time)
    return story.branch.blocks


def test_a_week_that_stands_out_is_told_once_and_no_other(tmp_path: Path) -> None:
    story, work, monday = Story(), tmp_path / "w", 1_709_510_400 + 40 * 7 * 86_400
    for name in ("calm", "busy"):
        story.fund(name)
    dated(story, "busy", [3, 2, 4, 3, 3, 2, 3, 4, 3, 3, 2, 3, 3, 3, 4, 3], monday)
    grown(work, story)
    watching(work, "busy", alerts=("activity",))
    watching(work, "calm", alerts=("activity",))
    assert raised(work) == []
    dated(story, "busy", [3, 3, 25], monday + 3 * 7 * 86_400)
    dated(story, "calm", [1], monday + 5 * 7 * 86_400)
    grown(work, story)
    found = watch_run(work, NOW)
    (alert,) = found.raised
    assert (alert.kind, alert.about, alert.layer) == ("activity", called("busy"), "inference")
    assert alert.link["transactions"] == 25
    assert "corrected for" in alert.said
    assert raised(work) == []
