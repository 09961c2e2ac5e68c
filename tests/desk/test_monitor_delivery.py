"""Alerts are brought once, whatever ends a run and whoever refuses them."""

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
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from oracle.webhooks import verified
from qaif.desk.alerting import ToLog
from qaif.desk.follow import Happening
from qaif.desk.monitor import after
from qaif.questions.watch_list import watch_alerts
from support.stories import Story, called
from support.watching import BTC, coin, grown, watching
from support.web_server import Said, plain, web_server
from support.workspaces import answer, refusal, run

SECRET = b"whsec_" + b"QUJD" * 12


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
