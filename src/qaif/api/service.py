"""The service: what its routes share, opened when it starts and closed when it stops."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from qaif.api.direct import DirectDesk
from qaif.api.door import Door
from qaif.api.jobs import JobDesk
from qaif.api.owner import Owner
from qaif.api.recording import Recorder
from qaif.api.sealing import Seal
from qaif.api.sessions import Sessions
from qaif.api.watching import Metrics
from qaif.api.working import Workers
from qaif.questions.access import Caller, Gate
from qaif.records.audit_tree import ToRecord
from qaif.records.engine import Records
from qaif.screening.policy import Policy, policy_named, ready_policies
from qaif.workspace.folder import Workspace


@dataclass(frozen=True)
class Settings:
    """How a service is set up.

    Attributes:
        workspace: the folder.
        seal_key: 64 bytes, by which the addresses of answers are sealed.
        policies: more than come with the program, by name.
        owner: who started it, where it is theirs alone.
        limits: how often a caller may ask of whom nothing else is said, such as `600/minute`.
        at_once: questions worked on at a time.
        waiting: questions that may wait for that.
        most_bytes: how large a body may be; `most_upload` that of a document.
        pages: the folder of the web application; None where it was not built.
        clock: tells the time.
    """

    workspace: Path
    seal_key: bytes = field(repr=False)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    owner: Owner | None = None
    limits: str = ""
    at_once: int = 2
    waiting: int = 32
    most_bytes: int = 8 << 20
    most_upload: int = 64 << 20
    pages: Path | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


class Service:
    """One running service.

    Args:
        settings: how it is set up.

    Attributes:
        folder: the workspace.
        records: its records, open.
        door: lets in.
        desk: answers direct screenings.
        recorder: writes down what is asked.
        workers: where questions are worked on.
        seal: of the addresses of answers.
        sessions: begins and ends them.
        jobs: long work.
        metrics: counts.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = Workspace.open(settings.workspace)
        self.records = Records.open(self.folder.path)
        self.policies = {name: policy_named(name) for name in ready_policies()} | dict(settings.policies)
        self.gate = Gate(self.records)
        self.sessions = Sessions(self.records, self.gate, settings.owner)
        self.door = Door(self.gate, self.sessions, settings.limits, settings.clock)
        self.desk = DirectDesk(self.folder, self.policies, settings.clock)
        self.recorder = Recorder(self.records.tree.append)
        self.workers = Workers(settings.at_once, settings.waiting)
        self.seal, self.metrics = Seal(settings.seal_key), Metrics()
        self.jobs, self.ready = JobDesk(), False

    def start(self) -> None:
        """Begin; in the event loop."""
        self.records.write_beside(beside=True)
        self.recorder.start()
        self.desk.start()
        self.jobs.start()
        self.ready = True

    def stop(self) -> None:
        """End: what was asked is written down, files are let go of."""
        self.ready = False
        self.jobs.stop()
        self.desk.stop()
        self.recorder.stop()
        self.records.close()
        self.records.write_beside(beside=False)

    def now(self) -> datetime:
        """The moment, UTC."""
        return self.settings.clock()

    def entry(
        self, caller: Caller, action: str, subject: str, query: str | None = None, **more: str | int | None
    ) -> ToRecord:
        """What the audit log says of a question: by whom it was asked, and, kept apart, what was asked."""
        details = {"by": caller.name, "via": caller.via, **more}
        return ToRecord(at=self.now(), action=action, subject=subject, details=details, query=query)
