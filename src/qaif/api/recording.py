"""The audit log of the service: what was asked is written down, many at once, before it is answered.

An answer waits for its entry to be in the file. Entries of one moment share one transaction, so a thousand
questions a second cost a few dozen writes; where the log cannot be written to, nothing is answered.
"""

import asyncio
from collections.abc import Callable, Sequence
from threading import Condition, Thread

from qaif.errors import QaifError, ServiceBusyError
from qaif.records.audit_tree import ToRecord

Told = Callable[[QaifError | None], None]
Append = Callable[[Sequence[ToRecord]], object]
_MOST_WAITING = 20_000
_MOST_AT_ONCE = 2_000


class Recorder:
    """Writes entries, in the order that they came in.

    Args:
        append: writes some in one transaction.
    """

    def __init__(self, append: Append) -> None:
        self._append = append
        self._waiting: list[tuple[Sequence[ToRecord], Told]] = []
        self._changed = Condition()
        self._ends = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to write; in the event loop."""
        self._loop, self._ends = asyncio.get_running_loop(), False
        self._thread = Thread(target=self._writing, name="recording", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, and end."""
        with self._changed:
            self._ends = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def now(self, entries: Sequence[ToRecord]) -> None:
        """Write entries at once; from a thread that may wait.

        Raises:
            StoreError: the log cannot be written to.
        """
        self._append(entries)

    async def put(self, entries: Sequence[ToRecord]) -> None:
        """Write entries, and go on once they are in the file.

        Raises:
            ServiceBusyError: too many wait.
            StoreError: the log cannot be written to.
        """
        assert self._loop is not None  # noqa: S101  started with the application
        done: asyncio.Future[None] = self._loop.create_future()

        def tell(failed: QaifError | None) -> None:
            if done.done():
                return
            if failed is None:
                done.set_result(None)
            else:
                done.set_exception(failed)

        self.call(entries, tell)
        await done

    def call(self, entries: Sequence[ToRecord], done: Told) -> None:
        """Write entries, and call `done` in the event loop then: with what failed, or None.

        Raises:
            ServiceBusyError: too many wait.
        """
        with self._changed:
            if self._ends or len(self._waiting) >= _MOST_WAITING:
                raise ServiceBusyError("Questions cannot be written down now.", way_out="Try again later.")
            self._waiting.append((entries, done))
            self._changed.notify()

    def _writing(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._ends:
                    self._changed.wait()
                taken, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
                if not taken:
                    return
            self._write(taken)

    def _write(self, taken: list[tuple[Sequence[ToRecord], Told]]) -> None:
        failed: QaifError | None = None
        try:
            self._append([each for entries, _ in taken for each in entries])
        except QaifError as error:
            failed = error
        except Exception as error:  # noqa: BLE001  whatever it was, whoever waits must be told
            failed = ServiceBusyError("Questions cannot be written down now.", way_out="See the log.")
            failed.__cause__ = error
        assert self._loop is not None  # noqa: S101  started
        self._loop.call_soon_threadsafe(_tell, [done for _, done in taken], failed)


def _tell(waiting: list[Told], failed: QaifError | None) -> None:
    for done in waiting:
        done(failed)
