"""Bring alerts to a log, a web hook or mail. A restart neither loses nor repeats one.

What a channel has is recorded after it took it. Where a run ends in between, the next one meets it again: the
log is read for its number first; to a web hook it goes with the same id and the same body, by which the
receiver knows it; and mail bears the same Message-ID, by which mailboxes drop the second.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from qaif.errors import InputError, OutputError, QaifError, SourceError
from qaif.questions.answer import Answer
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.records.watches import Alert
from qaif.workspace.folder import Workspace
from qaif.workspace.network.door import Door

_SECRET, _LEAST_SECRET, _MOST_SECRET = "whsec_", 24, 1 << 12
_OK = range(200, 300)
_SUBJECTS = {
    "movement": "a movement",
    "activity": "unusual activity",
    "contact": "a contact",
    "listing": "a new listing",
    "source": "a source that fell silent",
}


class Channel(Protocol):
    """Where alerts go."""

    @property
    def name(self) -> str:
        """Its name in the records: the same for the same place, and without secrets."""

    def send(self, alert: Alert) -> None:
        """Bring one alert there, or raise; a second time makes no second alert there."""


@dataclass(frozen=True)
class Delivered:
    """What came of one channel.

    Attributes:
        channel: which.
        sent: how many alerts it took.
        waiting: how many wait for the next run.
        error_code, message: why; empty where none waits.
    """

    channel: str
    sent: int
    waiting: int
    error_code: str = ""
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class DeliveryAnswer(Answer):
    """What came of each channel."""

    channels: tuple[Delivered, ...]


def deliver(path: Path, channels: Sequence[Channel], clock: Callable[[], datetime]) -> DeliveryAnswer:
    """Bring every channel the alerts that it has not had; where one refuses, the others do not wait."""
    with Records.open(Workspace.open(path).path) as records:
        return DeliveryAnswer(
            layer="claim", channels=tuple(_delivered(records, each, clock) for each in channels)
        )


def _delivered(records: Records, channel: Channel, clock: Callable[[], datetime]) -> Delivered:
    waiting = records.watches.undelivered(channel.name)
    for place, alert in enumerate(waiting):
        try:
            channel.send(alert)
        except QaifError as error:
            return Delivered(channel.name, place, len(waiting) - place, error.code, error.message)
        records.watches.delivered([alert.id], channel.name, utc_stamp(clock().astimezone(UTC)))
    return Delivered(channel.name, len(waiting), 0)


def told(alert: Alert) -> dict[str, object]:
    """An alert as it leaves the house; always the same, whenever it is sent."""
    names = ("uid", "watch_id", "kind", "about", "said", "layer", "raised_at")
    return {"alert": alert.id, **{name: getattr(alert, name) for name in names}, "link": dict(alert.link)}


class ToLog:
    """A file of JSON lines, to which alerts are only added; whoever reads it may move it away.

    Args:
        path: the file; made where it is missing, for its owner's eyes only.

    Raises:
        OutputError: it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        self.name = f"log {self._path}"
        self._has = self._mended()

    def send(self, alert: Alert) -> None:
        """Add a line, unless it is there."""
        if alert.uid in self._has:
            return
        line = json.dumps(told(alert), ensure_ascii=False, sort_keys=True).encode() + b"\n"
        try:
            self._add(line)
        except OSError as error:
            raise OutputError(f"{self._path} cannot be written: {error.strerror}.") from error
        self._has.add(alert.uid)

    def _add(self, line: bytes) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            while line:
                line = line[os.write(descriptor, line) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _mended(self) -> set[str]:
        """The alerts that are there; a last line that was cut off is taken away."""
        try:
            content = self._path.read_bytes() if self._path.exists() else b""
            whole = content[: content.rfind(b"\n") + 1]
            if len(whole) != len(content):
                os.truncate(self._path, len(whole))
        except OSError as error:
            raise OutputError(f"{self._path} cannot be read: {error.strerror}.") from error
        return {uid for line in whole.splitlines() if (uid := _uid(line))}


def _uid(line: bytes) -> str:
    try:
        found = json.loads(line)
    except ValueError:
        return ""
    return str(found.get("uid", "")) if isinstance(found, dict) else ""


class ToHook:
    """A web hook, signed as Standard Webhooks 1.0 has it: HMAC-SHA256 over id, time and body.

    Args:
        door: open to the place.
        place: scheme, host and port.
        target: path and query; it can be a secret, and is kept nowhere.
        secret: with which it is signed.
        clock: says the time of sending.
    """

    def __init__(
        self, door: Door, place: str, target: str, secret: bytes, clock: Callable[[], datetime]
    ) -> None:
        self._http = door.http(place, purpose="alerts")
        self._target, self._secret, self._clock = target, secret, clock
        self.name = f"hook {place} {hashlib.sha256(target.encode()).hexdigest()[:16]}"

    def send(self, alert: Alert) -> None:
        """Send one alert; the same alert has the same id and body whenever it is sent."""
        body = json.dumps(told(alert), ensure_ascii=False, sort_keys=True).encode()
        stamp = str(int(self._clock().timestamp()))
        headers = {
            "webhook-id": alert.uid,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(self._secret, alert.uid, stamp, body),
            "Idempotency-Key": alert.uid,
        }
        status = self._http.deliver(self._target, body, headers)
        if status not in _OK:
            raise SourceError(f"{self.name} answered with status {status}.", status=status)


def signature(secret: bytes, uid: str, stamp: str, body: bytes) -> str:
    """The signature of a message, as its header has it."""
    signed = b".".join((uid.encode(), stamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def secret_of(path: Path) -> bytes:
    """The secret in a file: `whsec_` and Base64, or a text of 24 letters at least.

    Raises:
        InputError: there is none; nothing of the file is repeated.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_SECRET).decode("ascii").strip()
        begins = text.startswith(_SECRET)
        secret = base64.b64decode(text.removeprefix(_SECRET), validate=True) if begins else text.encode()
    except (OSError, ValueError):
        secret = b""
    if len(secret) < _LEAST_SECRET:
        raise InputError(
            f"{path} holds no secret of {_LEAST_SECRET} bytes or more.",
            way_out="Write whsec_ and Base64 of random bytes into it.",
        )
    return secret


class ToMail:
    """Mail, one message an alert.

    Args:
        door: open to the server.
        place: the server.
        sender, receiver: addresses.
        login: user and password of the server.
    """

    def __init__(
        self, door: Door, place: str, people: tuple[str, str], login: tuple[str, str] | None
    ) -> None:
        self._server = door.mail(place, purpose="alerts", login=login)
        self._sender, self._receiver = people
        self.name = f"mail {place} {self._receiver}"

    def send(self, alert: Alert) -> None:
        """Send one alert; its Message-ID is always the same."""
        self._server.send(self._message(alert))

    def _message(self, alert: Alert) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self._sender, self._receiver
        message["Subject"] = (
            f"Qaif alert {alert.id}: {_SUBJECTS[alert.kind]}"  # no address: subjects are shown
        )
        message["Message-ID"] = f"<{alert.uid}@{self._sender.rpartition('@')[2]}>"
        message["Date"] = datetime.fromisoformat(alert.raised_at)
        message["Auto-Submitted"] = "auto-generated"
        shown = [f"{name}: {value}" for name, value in alert.link.items()]
        dispose = f"Answer it with: qaif watch dispose {alert.id} --as true|false --why ... --by NAME"
        message.set_content("\n".join([alert.said, "", f"layer: {alert.layer}", *shown, "", dispose, ""]))
        return message
