"""Look at everything that is watched, and raise an alert of each thing that is new, once.

All alerts of a look, and what it learned of weeks and sources, are kept in one transaction. Whatever ends a
look before that leaves nothing, and the next finds the same; what was raised is not raised again.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from qaif.analysis.activity.periods import number_of
from qaif.analysis.activity.weekly import FALSE_SHARE, LEAST_WEEKS, standing_out, week_chance
from qaif.chain.open import Chain
from qaif.errors import NotFoundError, StoreError
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.clustering import Opened, clusters_on
from qaif.questions.screening_lists import ListsAsked
from qaif.questions.standing import as_of, chain_coverage
from qaif.questions.watched import Ground, Sign, Watched, first_new_tx
from qaif.records.audit import add_entry
from qaif.records.daily_prices import day_num_of, day_of
from qaif.records.documents import utc_stamp
from qaif.records.engine import Records
from qaif.records.watches import Alert, Watch, keep_sources, keep_week, muted, raise_alert
from qaif.screening.policy import policy_named
from qaif.workspace.folder import Workspace

_WEEK_DAYS = 7
_SETTLED = timedelta(days=1)  # after a week's end before it is judged: blocks may still be taken back
ACTIVITY, CONTACT, LISTING, MOVEMENT, SOURCE = "activity", "contact", "listing", "movement", "source"
KINDS = (MOVEMENT, ACTIVITY, CONTACT, LISTING, SOURCE)


@dataclass(frozen=True, kw_only=True)
class WatchRunAnswer(Answer):
    """What a look at everything that is watched found.

    Attributes:
        watched: how many watches were looked at.
        raised: the new alerts, those that are muted too.
        weeks: first days of the weeks that were judged.
    """

    watched: int
    raised: tuple[Alert, ...]
    weeks: tuple[str, ...]


@dataclass(frozen=True)
class _Week:
    """A week that was judged: its first day, the chance of each watch's count, and the signs."""

    first_day: str
    chances: dict[str, str]
    signs: tuple[tuple[Watch, Sign], ...]


@contextmanager
def ground_of(workspace: Workspace, now: datetime) -> Iterator[Ground]:
    """Open what watches are looked at in; without a chain only lists and sources are."""
    with ExitStack() as stack:
        records = stack.enter_context(Records.open(workspace.path))
        lists = ListsAsked(records, policy_named("research-desk"), now.date())
        try:
            chain: Chain | None = stack.enter_context(Chain.open(workspace.chain_dir))
        except NotFoundError:
            chain = None

        @cache
        def clusters() -> Opened:
            if chain is None:
                raise StoreError("There is no chain, and so there are no clusters.")
            return clusters_on(workspace, chain, None)

        yield Ground(records, lists, chain if chain is not None and chain.n_blocks else None, clusters)


def watch_run(path: Path, now: datetime) -> WatchRunAnswer:
    """Look at everything that a workspace watches.

    Args:
        path: its folder.
        now: the time of the look.

    Raises:
        NotFoundError: there is no workspace.
        StoreError: chain or records cannot be read.
    """
    now = now.astimezone(UTC)
    with ground_of(Workspace.open(path), now) as ground:
        watches = ground.records.watches.all()
        looked = [Watched(ground, each) for each in watches]
        found = [(one.watch, sign) for one in looked for sign in _signs(ground, one)]
        sources = {one.watch.id: _sources(one) for one in looked}
        found += [(one.watch, sign) for one in looked for sign in sources[one.watch.id][1]]
        weeks = list(_weeks(ground, looked))
        found += [each for week in weeks for each in week.signs]
        states = {one.watch.id: sources[one.watch.id][0] for one in looked}
        raised = _kept(ground.records, found, states, weeks, now)
        return _answer(ground.chain, len(watches), raised, weeks)


def _answer(
    chain: Chain | None, watched: int, raised: tuple[Alert, ...], weeks: Sequence[_Week]
) -> WatchRunAnswer:
    no_chain = CoverageOf(
        complete=False, reasons=("No chain is held: only lists and sources were looked at.",)
    )
    return WatchRunAnswer(
        layer="claim",
        basis={
            "activity": "week/1",
            "false_alarms": f"at most {FALSE_SHARE} of all watched together in a week, as measured",
            "settled_after_days": _SETTLED.days,
        },
        as_of=None if chain is None else as_of(chain),
        coverage=no_chain if chain is None else chain_coverage(chain),
        watched=watched,
        raised=raised,
        weeks=tuple(each.first_day for each in weeks),
    )


def _signs(ground: Ground, one: Watched) -> Iterator[Sign]:
    """What is an alert of one watch by itself, but for sources."""
    watch = one.watch
    if MOVEMENT in watch.alerts and ground.chain is not None:
        yield from one.movements(first_new_tx(ground.chain, watch.locator))
    known = set(watch.known)
    standing = (*_if(CONTACT in watch.alerts, one.contacts), *_if(LISTING in watch.alerts, one.listings))
    yield from (each for each in standing if (each.kind, each.key) not in known)


def _if(wanted: bool, look: object) -> Iterator[Sign]:  # noqa: FBT001  the first word of the call
    if wanted:
        yield from look()  # type: ignore[operator]  # a method of `Watched`


def _sources(one: Watched) -> tuple[dict[str, tuple[bool, int]], list[Sign]]:
    """Who speaks now, and a sign for each who did and does no longer."""
    before, now = one.watch.sources, set(one.sources())
    after = {
        name: (name in now, gone + int(here and name not in now)) for name, (here, gone) in before.items()
    }
    after |= {name: (True, 0) for name in now if name not in before}
    fell = [name for name, (here, _) in before.items() if here and name not in now]
    signs = [
        Sign(
            SOURCE,
            f"{name}#{after[name][1]}",
            name,
            f"{name} said something of {one.watch.subject}, and says nothing any more: it was taken back, "
            "erased, or is not on the newest version.",
            "claim",
            {"source": name, "subject": one.watch.subject},
        )
        for name in sorted(fell)
        if SOURCE in one.watch.alerts
    ]
    return after, signs


def _weeks(ground: Ground, looked: Sequence[Watched]) -> Iterator[_Week]:
    """The weeks that are over and were not judged, each over all that was watched by its end."""
    chain = ground.chain
    if chain is None or not chain.held.complete:
        return  # where blocks are missing a quiet week may be a missing one, and a busy one beside it not
    settled = datetime.fromtimestamp(chain.tip.time_unix, UTC) - _SETTLED
    last = int(_number(settled.date())) - 1
    before = ground.records.watches.last_week()
    first = last if before is None else int(_number(date.fromisoformat(before))) + 1
    for number in range(first, last + 1):
        yield _judged(looked, number)


def _number(day: date) -> int:
    return int(number_of(np.array([day_num_of(day)], dtype=np.int64), "week")[0])


def _judged(looked: Sequence[Watched], number: int) -> _Week:
    """Judge one week over all that was watched."""
    begins = day_of(number * _WEEK_DAYS - 3)  # weeks begin on Mondays
    ends = begins + timedelta(days=_WEEK_DAYS - 1)
    rows: list[tuple[Watched, int, float, float]] = []
    for one in looked:
        if ACTIVITY not in one.watch.alerts or one.known_until() > ends:
            continue
        series = one.weeks(day_num_of(ends))
        if series is None or len(series[1]) <= LEAST_WEEKS:
            continue
        before, count = series[1][:-1], int(series[1][-1])
        chance = week_chance(before, count)
        if chance is not None:
            rows.append((one, count, float(before[-LEAST_WEEKS:].mean()), chance))
    worth = standing_out(np.array([chance for *_, chance in rows]))
    signs = tuple(
        (one.watch, _stands_out(one, begins, (count, usual), (chance, float(q), len(rows))))
        for (one, count, usual, chance), q in zip(rows, worth, strict=True)
        if q <= FALSE_SHARE
    )
    return _Week(begins.isoformat(), {str(one.watch.id): f"{chance:.3g}" for one, *_, chance in rows}, signs)


def _stands_out(
    one: Watched, begins: date, counts: tuple[int, float], worth: tuple[float, float, int]
) -> Sign:
    said = (
        f"{one.named} had {counts[0]:,} transactions in the week from {begins.isoformat()}, and "
        f"{counts[1]:.1f} a week in the quarter before: so many by chance in {worth[0]:.2g} of weeks "
        f"(corrected for {worth[2]:,} watched: {worth[1]:.2g})."
    )
    link: dict[str, object] = {"week": begins.isoformat(), "transactions": counts[0], "method": "week/1"}
    weakest = "claim" if one.layer == "claim" else "inference"
    return Sign(ACTIVITY, begins.isoformat(), one.watch.subject, said, weakest, link)  # type: ignore[arg-type]


def _kept(
    records: Records,
    found: Sequence[tuple[Watch, Sign]],
    sources: dict[int, dict[str, tuple[bool, int]]],
    weeks: Sequence[_Week],
    now: datetime,
) -> tuple[Alert, ...]:
    """Keep alerts, weeks and sources in one transaction; those alerts that are new."""
    store, stamp = records.watches, utc_stamp(now)
    quiet = muted(store.alerts(), store.dispositions(), stamp[:10])
    raised: list[Alert] = []
    with records.writing() as connection:
        for watch, sign in found:
            alert = _alert(watch, sign, stamp)
            mute = quiet.get((watch.id, alert.kind, alert.about))
            made = raise_alert(connection, watch, replace(alert, muted_by=mute))
            raised += [made] if made is not None else []
        for number, state in sources.items():
            keep_sources(connection, number, state)
        for week in weeks:
            keep_week(connection, week.first_day, week.chances)
        if raised:
            add_entry(connection, now, "watch.alerts", f"{len(raised)} alerts", {"last": raised[-1].id})
    return tuple(raised)


def _alert(watch: Watch, sign: Sign, stamp: str) -> Alert:
    return Alert(
        watch_id=watch.id,
        kind=sign.kind,
        key=sign.key,
        about=sign.about,
        said=sign.said,
        layer=sign.layer,
        link=sign.link,
        raised_at=stamp,
    )
