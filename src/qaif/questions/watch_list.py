"""What is watched: add, list, remove; the alerts that came of it; and what people say of these."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from qaif.errors import InputError, NotFoundError, UsageError
from qaif.evidence.lists.wallets import chain_of
from qaif.questions.analyst import analyst_named
from qaif.questions.answer import Answer
from qaif.questions.asked import refuse_secrets
from qaif.questions.screen import address_as_listed
from qaif.questions.watch_run import CONTACT, KINDS, ground_of
from qaif.questions.watched import Watched, locator
from qaif.records.audit import add_entry
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.records.watches import Alert, Disposition, Watch, add_disposition, add_watch, remove_watch
from qaif.workspace.folder import Workspace

SUBJECTS = ("address", "cluster", "entity")
JUDGEMENTS = ("true", "false")
_MOST_LETTERS = 300


@dataclass(frozen=True)
class WatchAsked:
    """What is to be watched; see `Watch`. All kinds of alert where none is named."""

    kind: str
    subject: str
    alerts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    least_sat: int = 0
    note: str = ""


@dataclass(frozen=True)
class WatchShown:
    """Something that is watched, without what the program keeps of it for itself."""

    id: int
    kind: str
    subject: str
    alerts: tuple[str, ...]
    categories: tuple[str, ...]
    least_sat: int
    note: str
    added_at: str
    added_by: str
    removed_at: str | None


@dataclass(frozen=True, kw_only=True)
class WatchListAnswer(Answer):
    """What is watched."""

    watches: tuple[WatchShown, ...]


@dataclass(frozen=True)
class AlertShown:
    """An alert, the last word that a person said of it, and of what it is."""

    alert: Alert
    subject: str
    disposition: Disposition | None


@dataclass(frozen=True, kw_only=True)
class AlertsAnswer(Answer):
    """Alerts, the newest first."""

    alerts: tuple[AlertShown, ...]


def watch_add(path: Path, asked: WatchAsked, by: str | None, now: datetime) -> WatchListAnswer:
    """Watch something from now on; what holds of it already is no alert.

    Raises:
        UsageError: a kind of subject or alert that is none, or no analyst is named.
        InputError: the same is watched already.
        AddressError: the address is misprinted.
        PrivateKeyError: a private key was given; nothing of it is repeated.
    """
    now, author = now.astimezone(UTC), analyst_named(by)
    subject, alerts = _checked(asked), asked.alerts or KINDS
    with ground_of(Workspace.open_or_create(path), now) as ground:
        standing = ground.records.watches.all()
        if any((each.kind, each.subject) == (asked.kind, subject) for each in standing):
            raise InputError(
                f"The {asked.kind} {subject} is watched already.", way_out="Remove that watch first."
            )
        bare = Watch(
            kind=asked.kind,
            subject=subject,
            alerts=tuple(each for each in KINDS if each in alerts),
            categories=asked.categories,
            least_sat=asked.least_sat,
            note=asked.note,
            added_at=utc_stamp(now),
            added_by=author,
        )
        now_it_is = Watched(ground, bare)
        known = [(each.kind, each.key) for each in (*now_it_is.listings(), *now_it_is.contacts())]
        told = {
            **vars(bare),
            "locator": locator(ground.chain),
            "known": tuple(known),
            "sources": dict.fromkeys(now_it_is.sources(), (True, 0)),
        }
        with ground.records.writing() as connection:
            number = add_watch(connection, Watch(**told))
            add_entry(connection, now, "watch.added", f"watch {number}", {"by": author, "kind": asked.kind})
        return WatchListAnswer(layer="claim", watches=_shown(ground.records, number))


def _checked(asked: WatchAsked) -> str:
    """The subject in its usual form."""
    refuse_secrets(asked.subject)
    refuse_secrets(asked.note)
    if asked.kind not in SUBJECTS:
        raise UsageError("What is watched is an address, a cluster or an entity.")
    wrong = [each for each in asked.alerts if each not in KINDS]
    if wrong:
        raise UsageError(f"There is no alert of {wrong[0][:40]!r}.", way_out=f"Name of {', '.join(KINDS)}.")
    if CONTACT in asked.alerts and not asked.categories:
        raise UsageError("Contact with whom? No category is named.", way_out="Write --category '*' for any.")
    if asked.least_sat < 0 or len(asked.subject) > _MOST_LETTERS or not asked.subject.strip():
        raise UsageError("This cannot be watched.", way_out="Name one address, or one entity's id.")
    if asked.kind == "entity":
        return asked.subject.strip()
    if asked.kind == "cluster" and chain_of(asked.subject.strip()):
        raise UsageError("Clusters are of Bitcoin alone.", way_out="Watch it as an address.")
    return address_as_listed(asked.subject)


def watch_list(path: Path, *, removed: bool = False) -> WatchListAnswer:
    """What is watched; and what was, where that is asked for."""
    with Records.open(Workspace.open(path).path) as records:
        shown = _shown(records, None)
    return WatchListAnswer(
        layer="claim", watches=tuple(each for each in shown if removed or each.removed_at is None)
    )


def _shown(records: Records, number: int | None) -> tuple[WatchShown, ...]:
    fields = WatchShown.__dataclass_fields__
    return tuple(
        WatchShown(**{name: getattr(each, name) for name in fields})
        for each in records.watches.all(removed=True)
        if number in (None, each.id)
    )


def watch_remove(path: Path, number: int, by: str | None, now: datetime) -> WatchListAnswer:
    """Watch something no longer; its alerts stay.

    Raises:
        NotFoundError: nothing of this number is watched.
        UsageError: no analyst is named.
    """
    author = analyst_named(by)
    with Records.open(Workspace.open(path).path) as records:
        with records.writing() as connection:
            if not remove_watch(connection, number, utc_stamp(now)):
                raise NotFoundError(f"No watch {number} stands.", way_out="See `qaif watch list`.")
            add_entry(connection, now, "watch.removed", f"watch {number}", {"by": author})
        return WatchListAnswer(layer="claim", watches=_shown(records, number))


def watch_alerts(path: Path, *, open_only: bool = False, number: int | None = None) -> AlertsAnswer:
    """The alerts of a workspace, the newest first.

    Args:
        path: its folder.
        open_only: those alone of which nobody has said anything, and that are not muted.
        number: of one watch alone.
    """
    with Records.open(Workspace.open(path).path) as records:
        store = records.watches
        return AlertsAnswer(
            layer="claim",
            alerts=tuple(
                _alerts(
                    store.alerts(),
                    store.dispositions(),
                    store.all(removed=True),
                    open_only=open_only,
                    number=number,
                )
            ),
        )


def _alerts(
    alerts: Sequence[Alert],
    said: Sequence[Disposition],
    watches: Sequence[Watch],
    *,
    open_only: bool,
    number: int | None,
) -> Sequence[AlertShown]:
    last = {each.alert_id: each for each in said}
    subjects = {each.id: each.subject for each in watches}
    return [
        AlertShown(each, subjects[each.watch_id], last.get(each.id))
        for each in reversed(alerts)
        if number in (None, each.watch_id)
        and not (open_only and (each.id in last or each.muted_by is not None))
    ]


def watch_dispose(path: Path, said: Disposition, now: datetime) -> AlertsAnswer:
    """Record what a person says of an alert.

    `false` with a day until when keeps further alerts of the same watch, kind and other side from being told.

    Raises:
        UsageError: a judgement that is none, no reason, or a day that is none.
        NotFoundError: there is no such alert.
    """
    refuse_secrets(said.why)
    author = analyst_named(said.by)
    if said.judgement not in JUDGEMENTS or not said.why.strip():
        raise UsageError("An alert is true or false, and why must be said.", way_out="Write --as and --why.")
    made = Disposition(**{**vars(said), "by": author, "at": utc_stamp(now), "until": _day(said.until)})
    with Records.open(Workspace.open(path).path) as records:
        if all(each.id != said.alert_id for each in records.watches.alerts()):
            raise NotFoundError(f"There is no alert {said.alert_id}.", way_out="See `qaif watch alerts`.")
        with records.writing() as connection:
            add_disposition(connection, made)
            details = {"by": author, "judgement": made.judgement}
            add_entry(connection, now, "watch.disposed", f"alert {said.alert_id}", details)
    found = watch_alerts(path).alerts
    return AlertsAnswer(layer="claim", alerts=tuple(one for one in found if one.alert.id == said.alert_id))


def _day(text: str | None) -> str | None:
    try:
        return None if text is None else date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError("Until when is no day.", way_out="Write --until 2026-12-31.") from None
