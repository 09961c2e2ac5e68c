"""Long work: investigations that end in a case. One is done at a time; each can be looked at and cancelled.

A case that comes of one is its maker's alone until they let others in; so is the job itself. Jobs are kept
in memory: one that a stop of the service ends is gone, and its case was not begun.
"""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from secrets import token_hex
from threading import Event, Thread
from typing import Literal

from qaif.errors import InterruptedRunError, NotFoundError, QaifError, ServiceBusyError
from qaif.feeds.shape import Progress

State = Literal["waiting", "running", "done", "failed", "cancelled"]
_MOST_WAITING = 50
_MOST_KEPT = 500


@dataclass
class Job:
    """One piece of work.

    Attributes:
        id: made at random.
        by: who asked for it.
        kind: what is done.
        case_id: the case that comes of it.
        state: how far it is.
        done, total: of how many addresses.
        error: why it failed, as `--json` prints errors.
    """

    id: str
    by: str
    kind: str
    case_id: str
    state: State = "waiting"
    done: int = 0
    total: int = 0
    error: dict[str, object] | None = None
    work: Callable[[Progress], object] | None = field(default=None, repr=False)
    cancelled: Event = field(default_factory=Event, repr=False)


@dataclass(frozen=True)
class JobShown:
    """A job, as answers show it.

    Attributes:
        id, kind, case_id, state, done, total: the job's.
        error_code, error_message: why it failed; None where it did not.
    """

    id: str
    kind: str
    case_id: str
    state: State
    done: int
    total: int
    error_code: str | None
    error_message: str | None


@dataclass(frozen=True)
class JobsShown:
    """Jobs of whoever asks, newest first."""

    jobs: tuple[JobShown, ...]


class JobDesk:
    """Does jobs."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: Queue[Job] = Queue(_MOST_WAITING)
        self._ends = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to work."""
        self._thread = Thread(target=self._working, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End: what runs is ended at its next address, what waits is cancelled."""
        self._ends.set()
        for job in self._jobs.values():
            job.cancelled.set()
        if self._thread is not None:
            self._thread.join()

    def take(self, by: str, kind: str, case_id: str, work: Callable[[Progress], object]) -> JobShown:
        """Take a job on.

        Raises:
            ServiceBusyError: too many wait.
        """
        job = Job(token_hex(8), by, kind, case_id, work=work)
        if self._ends.is_set() or self._waiting.full():
            raise ServiceBusyError("Too many jobs wait.", way_out="Try again later.")
        self._jobs[job.id] = job
        self._waiting.put(job)
        while len(self._jobs) > _MOST_KEPT:
            self._jobs.popitem(last=False)[1].cancelled.set()
        return shown(job)

    def of(self, by: str) -> JobsShown:
        """The jobs of somebody."""
        return JobsShown(tuple(shown(job) for job in reversed(self._jobs.values()) if job.by == by))

    def one(self, by: str, job_id: str) -> JobShown:
        """A job of somebody's own.

        Raises:
            NotFoundError: there is none, or it is another's: the two are told alike.
        """
        return shown(self._own(by, job_id))

    def cancel(self, by: str, job_id: str) -> JobShown:
        """Cancel a job of somebody's own; what is done stays done.

        Raises:
            NotFoundError: as `one` does.
        """
        job = self._own(by, job_id)
        job.cancelled.set()
        if job.state == "waiting":
            job.state = "cancelled"
        return shown(job)

    def _own(self, by: str, job_id: str) -> Job:
        job = self._jobs.get(job_id)
        if job is None or job.by != by:
            raise NotFoundError("There is no such job here.", way_out="See /v1/jobs.")
        return job

    def _working(self) -> None:
        while not self._ends.is_set():
            try:
                job = self._waiting.get(timeout=0.2)
            except Empty:
                continue
            self._do(job)

    def _do(self, job: Job) -> None:
        if job.cancelled.is_set() or job.work is None:
            job.state = "cancelled"
            return
        job.state = "running"

        def progress(done: int, total: int, unit: str) -> None:
            if job.cancelled.is_set():
                raise InterruptedRunError("It was cancelled.")
            del unit
            job.done, job.total = done, total

        try:
            job.work(progress)
            job.done, job.state = job.total, "done"
        except InterruptedRunError:
            job.state = "cancelled"
        except QaifError as error:
            job.error, job.state = error.as_dict(), "failed"
        except Exception:  # noqa: BLE001  the desk goes on with the next
            job.error, job.state = QaifError("Something here went wrong.").as_dict(), "failed"
        job.work = None


def shown(job: Job) -> JobShown:
    """A job as it is now."""
    error = job.error or {}
    return JobShown(
        job.id,
        job.kind,
        job.case_id,
        job.state,
        job.done,
        job.total,
        str(error["code"]) if error else None,
        str(error["message"]) if error else None,
    )


def case_document(folder: Path) -> bytes:
    """The data of a case as it was written.

    Raises:
        NotFoundError: it has none yet.
    """
    try:
        content = (folder / "case.json").read_bytes()
        json.loads(content)
    except (OSError, ValueError) as error:
        raise NotFoundError("This case has nothing written yet.", way_out="See its job.") from error
    return content
