"""What is watched, and the alerts of it: each is raised once, and what people say of it is kept beside it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from qaif.records.database import Database
from qaif.records.watch_schema import (
    watch_alerts,
    watch_deliveries,
    watch_dispositions,
    watch_weeks,
    watches,
)

_JSON = ("alerts", "categories", "locator", "known", "sources")


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Something that is watched.

    Attributes:
        id: its row; 0 before it is recorded.
        kind: `address`, `cluster` (that of an address) or `entity` (by its id).
        subject: the address or the id.
        alerts: which kinds of alert are wanted.
        categories: with whom contact is an alert; `*` for whoever has any category.
        least_sat: a movement of less is none.
        note: why it is watched.
        added_at, added_by: when, and by whom.
        removed_at: since when it is watched no longer.
        locator: hashes of blocks of the chain when it was added, the last first, ever wider apart.
        known: what held already when it was added, as kind and key.
        sources: each source that spoke of it: whether it does now, and how often it fell silent.
    """

    kind: str
    subject: str
    alerts: tuple[str, ...]
    categories: tuple[str, ...]
    least_sat: int
    note: str
    added_at: str
    added_by: str
    removed_at: str | None = None
    locator: tuple[str, ...] = ()
    known: tuple[tuple[str, str], ...] = ()
    sources: Mapping[str, tuple[bool, int]] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, kw_only=True)
class Alert:
    """Something that happened to what is watched.

    Attributes:
        id: its row; 0 before it is recorded.
        watch_id: of which watch.
        kind: `movement`, `activity`, `contact`, `listing` or `source`.
        key: what it is of; a watch has one alert of a kind and key.
        about: whom or what; a disposition of `false` counts for what comes of the same.
        said: in a sentence.
        layer: the weakest layer that it rests on.
        link: transactions, statements and the like, to look it up.
        raised_at: when.
        uid: its name elsewhere, always the same.
        muted_by: the alert whose disposition says that this is not to be told.
    """

    watch_id: int
    kind: str
    key: str
    about: str
    said: str
    layer: str
    link: Mapping[str, object]
    raised_at: str
    uid: str = ""
    muted_by: int | None = None
    id: int = 0


@dataclass(frozen=True, kw_only=True)
class Disposition:
    """What a person said of an alert: `true` or `false`, why, and until when that is to be heeded."""

    alert_id: int
    judgement: str
    why: str
    until: str | None
    by: str
    at: str
    id: int = 0


class Watches:
    """What a workspace watches."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, *, removed: bool = False) -> tuple[Watch, ...]:
        """Every watch, oldest first; removed ones where they are asked for."""
        wanted = select(watches).order_by(watches.c.id)
        with self._database.reading() as connection:
            found = tuple(_watch(row) for row in connection.execute(wanted))
        return found if removed else tuple(each for each in found if each.removed_at is None)

    def alerts(self) -> tuple[Alert, ...]:
        """Every alert, oldest first."""
        with self._database.reading() as connection:
            return tuple(_alert(row) for row in connection.execute(select(watch_alerts).order_by("id")))

    def undelivered(self, channel: str) -> tuple[Alert, ...]:
        """Alerts that a channel has not had, oldest first, but for those that are muted."""
        gone = and_(watch_deliveries.c.alert_id == watch_alerts.c.id, watch_deliveries.c.channel == channel)
        wanted = (
            select(watch_alerts)
            .outerjoin(watch_deliveries, gone)
            .where(watch_deliveries.c.alert_id.is_(None), watch_alerts.c.muted_by.is_(None))
            .order_by(watch_alerts.c.id)
        )
        with self._database.reading() as connection:
            return tuple(_alert(row) for row in connection.execute(wanted))

    def delivered(self, alerts: Iterable[int], channel: str, at: str) -> None:
        """Record that a channel has alerts."""
        rows = [{"alert_id": each, "channel": channel, "delivered_at": at} for each in alerts]
        if rows:
            with self._database.writing() as connection:
                connection.execute(insert_sqlite(watch_deliveries).on_conflict_do_nothing(), rows)

    def dispositions(self) -> tuple[Disposition, ...]:
        """All that people said of alerts, oldest first."""
        wanted = select(watch_dispositions).order_by(watch_dispositions.c.id)
        with self._database.reading() as connection:
            return tuple(Disposition(**row._mapping) for row in connection.execute(wanted))  # noqa: SLF001  its documented name

    def last_week(self) -> str | None:
        """The first day of the last week that was judged; None before the first."""
        wanted = select(watch_weeks.c.first_day).order_by(watch_weeks.c.first_day.desc()).limit(1)
        with self._database.reading() as connection:
            found = connection.execute(wanted).scalar_one_or_none()
        return None if found is None else str(found)


def add_watch(connection: Connection, watch: Watch) -> int:
    """Record a watch inside a transaction; its number."""
    values = {name: getattr(watch, name) for name in watches.c.keys() if name != "id"}  # noqa: SIM118  of columns
    values |= {name: json.dumps(values[name], ensure_ascii=False) for name in _JSON}
    done = connection.execute(insert(watches).values(values))
    return int((done.inserted_primary_key or (0,))[0])


def remove_watch(connection: Connection, number: int, at: str) -> bool:
    """Watch something no longer; whether it was watched."""
    standing = and_(watches.c.id == number, watches.c.removed_at.is_(None))
    return bool(connection.execute(update(watches).where(standing).values(removed_at=at)).rowcount)


def keep_sources(connection: Connection, number: int, sources: Mapping[str, tuple[bool, int]]) -> None:
    """Record which sources speak of what is watched."""
    connection.execute(update(watches).where(watches.c.id == number).values(sources=json.dumps(sources)))


def keep_week(connection: Connection, first_day: str, judged: Mapping[str, object]) -> None:
    """Record that a week was judged, and what came of it."""
    row = {"first_day": first_day, "judged": json.dumps(judged, sort_keys=True)}
    connection.execute(insert_sqlite(watch_weeks).values(row).on_conflict_do_nothing())


def raise_alert(connection: Connection, watch: Watch, alert: Alert) -> Alert | None:
    """Record an alert inside a transaction; None where it was raised before."""
    named = json.dumps([watch.id, watch.added_at, watch.subject, alert.kind, alert.key])
    uid = sha256(named.encode()).hexdigest()[:32]
    row = {name: getattr(alert, name) for name in watch_alerts.c.keys() if name != "id"}  # noqa: SIM118  of columns
    row |= {"uid": uid, "link": json.dumps(alert.link, ensure_ascii=False)}
    done = connection.execute(insert_sqlite(watch_alerts).values(row).on_conflict_do_nothing())
    if not done.rowcount:
        return None
    found = select(watch_alerts).where(watch_alerts.c.uid == uid)
    return _alert(connection.execute(found).one())


def add_disposition(connection: Connection, said: Disposition) -> None:
    """Record what a person said of an alert, inside a transaction."""
    names = ("alert_id", "judgement", "why", "until", "by", "at")
    connection.execute(insert(watch_dispositions).values({name: getattr(said, name) for name in names}))


def muted(alerts: Sequence[Alert], said: Sequence[Disposition], day: str) -> dict[tuple[int, str, str], int]:
    """What is not to be told, by watch, kind and about: where the last word is a `false` that is heeded."""
    last = {each.alert_id: each for each in said}
    return {
        (alert.watch_id, alert.kind, alert.about): alert.id
        for alert in alerts
        if (word := last.get(alert.id)) is not None
        and word.judgement == "false"
        and word.until is not None
        and day <= word.until
    }


def _watch(row: Row[Any]) -> Watch:
    told = dict(row._mapping)  # noqa: SLF001  its documented name
    told |= {name: json.loads(told[name]) for name in _JSON}
    told |= {name: tuple(told[name]) for name in ("alerts", "categories", "locator")}
    told["known"] = tuple((kind, key) for kind, key in told["known"])
    told["sources"] = {name: (bool(here), int(gone)) for name, (here, gone) in told["sources"].items()}
    return Watch(**told)


def _alert(row: Row[Any]) -> Alert:
    told = dict(row._mapping)  # noqa: SLF001  its documented name
    return Alert(**told | {"link": json.loads(told["link"])})
