"""Look at what is watched and bring what is new to where the user wants it; by itself, or as blocks come.

The look and the delivery are apart: an alert is kept before anything of it leaves, and what could not be
brought waits for the next run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from qaif.desk.alerting import Channel, Delivered, deliver
from qaif.desk.follow import Happening
from qaif.errors import StoreBusyError
from qaif.questions.answer import Answer
from qaif.questions.watch_run import WatchRunAnswer, watch_run


@dataclass(frozen=True, kw_only=True)
class MonitorAnswer(Answer):
    """A look and what came of it.

    Attributes:
        look: what was found.
        channels: what was brought where.
    """

    look: WatchRunAnswer
    channels: tuple[Delivered, ...]


def monitor(path: Path, channels: Sequence[Channel], clock: Callable[[], datetime]) -> MonitorAnswer:
    """Look at everything that a workspace watches, and bring what is new to each channel.

    Args:
        path: the workspace's folder.
        channels: where alerts go; none where they are only to be kept.
        clock: says the time.

    Raises:
        NotFoundError: there is no workspace.
        StoreError: chain or records cannot be read.
    """
    look = watch_run(path, clock())
    brought = deliver(path, channels, clock)
    return MonitorAnswer(
        layer=look.layer,
        basis=look.basis,
        as_of=look.as_of,
        coverage=look.coverage,
        look=look,
        channels=brought.channels,
    )


def after(path: Path, channels: Sequence[Channel] | None, happening: Happening) -> tuple[MonitorAnswer, ...]:
    """What a look finds after something happened to the chain that is followed.

    Args:
        path: the workspace's folder.
        channels: where alerts go; None where nothing is to be looked at.
        happening: what happened; where the chain did not move, nothing is looked at.

    Returns:
        the look; none where there was none, or another process kept the records: the next makes it good.
    """
    if channels is None or happening.kind not in ("standing", "blocks", "reorganisation"):
        return ()
    try:
        return (monitor(path, channels, lambda: datetime.now(UTC)),)
    except StoreBusyError:
        return ()
