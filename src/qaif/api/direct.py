"""Direct screenings from memory.

What the workspace holds is looked at four times a second, and read anew where it changed; an answer says as
of what it holds, and equals a recomputation there.

Where looking stops working, no answer is given at all: silence about a list that came meanwhile would be a
wrong NO_DIRECT_HIT.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from json.encoder import encode_basestring
from threading import Event, Lock, Thread

from qaif.api.encoding import encoded
from qaif.api.watching import logger
from qaif.errors import NotFoundError, ServiceBusyError
from qaif.questions.answer import as_json
from qaif.questions.screen_direct import DirectGround, DirectScreener, DirectScreening, direct_ground
from qaif.records.engine import Records
from qaif.screening.facts import Transfer
from qaif.screening.policy import Policy
from qaif.workspace.folder import Workspace

LOOK_SECONDS = 0.25
_BLIND_SECONDS = 5.0  # after so long without a look nothing is answered
_ANEW_SECONDS = 10.0  # what leaves no trace in the log, such as an erasure, is seen after so long
_KEPT_SECONDS = 60.0  # what was replaced stays open for whoever still reads it
_MARK = "\x00address\x00"
_MOST_KEPT = 10_000


@dataclass
class _Second:
    """The screener of a policy in one second; its answer on what is named nowhere, in two halves."""

    unix: int
    screener: DirectScreener
    halves: tuple[bytes, bytes] | None = None
    known: dict[str, bytes] = field(default_factory=dict)


@dataclass
class _Held:
    """What was read, with what closes it."""

    ground: DirectGround
    closing: ExitStack
    token: object
    by_policy: dict[str, _Second] = field(default_factory=dict)


class DirectDesk:
    """Answers direct screenings.

    Args:
        workspace: what is asked.
        policies: by name.
        clock: tells the time.
    """

    def __init__(
        self,
        workspace: Workspace,
        policies: Mapping[str, Policy],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._workspace, self._policies, self._clock = workspace, policies, clock
        self._held: _Held | None = None
        self._before: list[tuple[float, ExitStack]] = []
        self._looked = 0.0
        self._stop, self._lock = Event(), Lock()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Look once, and go on looking."""
        self.look()
        self._thread = Thread(target=self._looking, name="looking", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking, and let go of everything."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)
        with self._lock:
            for _, closing in self._before:
                closing.close()
            if self._held is not None:
                self._held.closing.close()
            self._held, self._before = None, []

    def look(self) -> None:
        """Read anew what changed since the last look."""
        with self._lock:
            token = self._token()
            if self._held is None or self._held.token != token:
                self._replace(token)
            self._looked = time.monotonic()
            while self._before and self._looked - self._before[0][0] > _KEPT_SECONDS:
                self._before.pop(0)[1].close()

    def quick(self, asked: str, policy: str) -> bytes | None:
        """The answer on one address, where nothing has to be read for it; else None.

        Raises:
            AddressError, PrivateKeyError, UsageError: it is no address.
            NotFoundError: there is no such policy.
            ServiceBusyError: what the workspace holds cannot be looked at.
        """
        second = self._second(policy)
        address, named = second.screener.read(asked)
        if named:
            return second.known.get(asked)
        if second.halves is None:
            second.halves = _halves(second.screener.unnamed(_MARK, address))
        before, after = second.halves
        return before + encode_basestring(asked.strip()).encode() + after

    def full(self, asked: str, policy: str, transfer: Transfer | None = None) -> bytes:
        """The answer on one address, whatever has to be read for it; see `quick` for what it raises."""
        second = self._second(policy)
        content = encoded(as_json(second.screener.screen(asked, transfer)))
        if transfer is None and len(second.known) < _MOST_KEPT:
            second.known[asked] = content
        return content

    def answer(self, asked: str, policy: str, transfer: Transfer | None = None) -> DirectScreening:
        """The same as a dataclass."""
        return self._second(policy).screener.screen(asked, transfer)

    def policy(self, name: str) -> Policy:
        """A policy by name.

        Raises:
            NotFoundError: there is none.
        """
        found = self._policies.get(name)
        if found is None:
            raise NotFoundError(
                f"There is no policy {name[:60]!r} here.",
                way_out=f"Name one of {', '.join(sorted(self._policies))}.",
            )
        return found

    @property
    def blind(self) -> bool:
        """What the workspace holds was not looked at for too long."""
        return self._held is None or time.monotonic() - self._looked > _BLIND_SECONDS

    def _second(self, name: str) -> _Second:
        policy, held = self.policy(name), self._held
        if held is None or self.blind:
            raise ServiceBusyError(
                "What the workspace holds cannot be looked at now.", way_out="Try again, and see the log."
            )
        now = self._clock()
        second = held.by_policy.get(policy.sha256)
        if second is None or second.screener.day != now.date().isoformat():
            second = _Second(int(now.timestamp()), DirectScreener(held.ground, policy, now))
            held.by_policy[policy.sha256] = second
        elif second.unix != int(now.timestamp()):
            second = _Second(int(now.timestamp()), second.screener.at(now))
            held.by_policy[policy.sha256] = second
        return second

    def _looking(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception as error:  # noqa: BLE001  a thread that ended would leave no answers for good
                logger().error("looking failed", kind=type(error).__name__)  # `blind` says so once it lasts

    def _replace(self, token: object) -> None:
        closing = ExitStack()
        before = self._held.ground if self._held else None
        ground = closing.enter_context(direct_ground(self._workspace, before))
        if self._held is not None:
            self._before.append((time.monotonic(), self._held.closing))
        self._held = _Held(ground, closing, token)

    def _token(self) -> object:
        """What differs once the workspace holds something else."""
        try:
            told = (self._workspace.chain_dir / "MANIFEST").stat()
            chain: object = (told.st_mtime_ns, told.st_size, told.st_ino)
        except OSError as error:
            chain = error.errno
        held, age = self._held, int(time.monotonic() / _ANEW_SECONDS)
        if held is None or held.ground.records is None:
            return (chain, age, None)
        return (chain, age, _said(held.ground.records))


def _said(records: Records) -> object:
    versions = records.lists.versions()
    return (records.statements.last_seq(), max((each.id for each in versions), default=0), len(versions))


def _halves(answer: DirectScreening) -> tuple[bytes, bytes]:
    content = encoded(as_json(replace(answer, address=_MARK)))
    before, _, after = content.partition(encoded(_MARK))
    return before, after
