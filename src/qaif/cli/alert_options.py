"""Options of commands that bring alerts somewhere, and the channels that the user named."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from qaif.desk.alerting import Channel
    from qaif.workspace.network.door import Door

DeliverOption = Annotated[
    list[str] | None,
    typer.Option(
        "--deliver", help="Bring alerts there: log:FILE, https://HOST/PATH, or mail:ADDRESS. May be repeated."
    ),
]
SecretOption = Annotated[
    Path | None, typer.Option("--secret", help="With what a web hook is signed: a file.", dir_okay=False)
]
MailServerOption = Annotated[
    str | None, typer.Option("--mail-server", help="Who sends mail: smtp://HOST:PORT or smtps://HOST:PORT.")
]
MailFromOption = Annotated[str | None, typer.Option("--mail-from", help="From whom mail is.")]
MailLoginOption = Annotated[
    Path | None,
    typer.Option("--mail-login", help="A file of two lines: user and password.", dir_okay=False),
]
_LOG, _MAIL = "log:", "mail:"
_MOST_LOGIN = 1 << 12


class Wanted:
    """Where alerts are to go, as the user named it.

    Raises:
        UsageError: a part is missing or makes no sense.
        InputError: a file of secrets holds none.
    """

    def __init__(
        self,
        deliver: list[str] | None,
        secret: Path | None,
        mail: tuple[str | None, str | None, Path | None],
        network: tuple[str | None, Path | None],
    ) -> None:
        from qaif.desk.alerting import secret_of

        self.logs = [Path(each.removeprefix(_LOG)) for each in deliver or () if each.startswith(_LOG)]
        self.mailed = [each.removeprefix(_MAIL) for each in deliver or () if each.startswith(_MAIL)]
        self.hooks = [_hook(each) for each in deliver or () if not each.startswith((_LOG, _MAIL))]
        self._server, self._sender, login = mail
        self._network = network
        self._check()
        self._secret = secret_of(secret) if secret is not None else b""
        self._login = None if login is None else _login(login)

    def _check(self) -> None:
        from qaif.errors import UsageError

        if self.mailed and not (self._server and self._sender):
            raise UsageError("Mail needs --mail-server and --mail-from.")
        if any("@" not in each or not each.isprintable() for each in (*self.mailed, self._sender or "@")):
            raise UsageError("An address of mail has an @ in it.")

    @contextmanager
    def channels(self, workspace: Path) -> Iterator[list["Channel"]]:
        """The channels, with a door that is open to their places alone.

        Raises:
            UsageError: a web hook without a secret.
        """
        from qaif.desk.alerting import ToHook, ToLog, ToMail
        from qaif.errors import UsageError

        if self.hooks and not self._secret:
            raise UsageError(
                "A web hook is signed.", way_out="Name a file that holds a secret with --secret."
            )
        places = [place for place, _ in self.hooks] + ([self._server] if self.mailed else [])
        with _door(workspace, [each for each in places if each], self._network) as door:
            made: list[Channel] = [ToLog(each) for each in self.logs]
            made += [ToHook(door, place, target, self._secret, _now) for place, target in self.hooks]
            people = [(self._sender or "", each) for each in self.mailed]
            made += [ToMail(door, self._server or "", each, self._login) for each in people]
            yield made


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _door(workspace: Path, places: list[str], network: tuple[str | None, Path | None]) -> Iterator["Door"]:
    """Like `network.opened`, for several places that are told alerts."""
    from qaif.records.engine import Records
    from qaif.workspace.folder import Workspace
    from qaif.workspace.network.door import Door
    from qaif.workspace.network.manner import Manner
    from qaif.workspace.network.notice import tell_once
    from qaif.workspace.network.places import Place
    from qaif.workspace.network.remembered import Remembered

    manner = Manner(proxy=network[0], ca_file=network[1], total_seconds=60.0, tries=5)
    manner.fresh_proxy()  # refuses a wrong proxy before anything is said
    folder = Workspace.open(workspace).path
    remembered = Remembered(folder)
    for each in map(Place.parse, dict.fromkeys(places)):
        if tell_once(remembered, each, manner, _say, alerts=True):
            with Records.open(folder) as records:
                details = {"proxy": manner.proxy is not None, "own_network": each.is_own_network}
                records.audit.append(_now(), "source-told", str(each), details)
    with Door(dict.fromkeys(places, manner), remembered) as door:
        yield door


def _say(lines: tuple[str, ...]) -> None:
    for line in lines:
        typer.echo(line, err=True)


def _hook(text: str) -> tuple[str, str]:
    """A web hook's place, and the rest of its address.

    Raises:
        UsageError: it is none.
    """
    from qaif.errors import UsageError

    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.fragment:
        raise UsageError(
            "Alerts cannot be brought there.", way_out="Write log:FILE, https://HOST/PATH or mail:ADDRESS."
        )
    return f"{parts.scheme}://{parts.netloc}", (parts.path or "/") + (f"?{parts.query}" * bool(parts.query))


def _login(path: Path) -> tuple[str, str]:
    from qaif.errors import InputError

    try:
        with path.open("rb") as file:
            lines = file.read(_MOST_LOGIN).decode().splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    if len(lines) != 2:  # noqa: PLR2004  user and password
        raise InputError(f"{path} does not hold a user and a password, one a line.")
    return lines[0], lines[1]
