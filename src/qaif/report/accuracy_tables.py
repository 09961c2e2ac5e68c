"""Tables of what was counted: simulated chains side by side, published sets one below the other."""

from collections.abc import Iterable, Iterator, Sequence

from qaif.analysis.accuracy import percent
from qaif.analysis.evaluation.counts import Count, wilson_ppm
from qaif.analysis.evaluation.parts import KEPT_OUT

_ALL = "all of them"


def simulated_tables(counts: Iterable[Count]) -> Iterator[str]:
    """A table for each measure, with a column for each simulated chain and one for their sum."""
    by_measure: dict[str, list[Count]] = {}
    for count in counts:
        if count.simulated and count.of:
            by_measure.setdefault(count.measure, []).append(count)
    for measure, mine in by_measure.items():
        yield f"\n#### {measure[0].upper()}{measure[1:]}\n\n"
        yield from _table(mine)


def real_table(counts: Iterable[Count]) -> Iterator[str]:
    """One row for each count on data that nobody simulated."""
    yield "\n| method | data | part | measure | count | share | 95 % interval |\n"
    yield "|---|---|---|---|---|---|---|\n"
    for count in counts:
        if count.simulated or not count.of:
            continue
        low, high = map(percent, count.interval_ppm)
        share = percent(1_000_000 * count.hits // count.of)
        yield (
            f"| {count.method} | {count.data} | {count.part} | {count.measure} "
            f"| {count.hits:,} of {count.of:,} | {share} | {low} to {high} |\n"
        )


def short(data: str) -> str:
    """A simulated chain's scenario, which heads its column."""
    return data.partition(",")[0]


def summed(counts: Sequence[Count]) -> str:
    """Several counts as one: the share, the count and its interval."""
    return shared(sum(count.hits for count in counts), sum(count.of for count in counts))


def shared(hits: int, of: int) -> str:
    """A count as a cell of a table."""
    low, high = map(percent, wilson_ppm(hits, of))
    return f"{percent(1_000_000 * hits // of)} ({hits:,} of {of:,}; {low} to {high})"


def _table(counts: list[Count]) -> Iterator[str]:
    columns = list(dict.fromkeys(map(_column, counts)))
    rows: dict[str, dict[str, Count]] = {}
    for count in counts:
        rows.setdefault(_row(count), {})[_column(count)] = count
    names = [*columns, *([_ALL] if len(columns) > 1 else [])]
    yield f"| method | {' | '.join(names)} |\n"
    yield f"|---|{'---|' * len(names)}\n"
    for label, cells in rows.items():
        said = [shared(cells[name].hits, cells[name].of) if name in cells else "" for name in columns]
        if len(columns) > 1:
            said.append(summed([count for count in cells.values() if not _era(count)]))
        yield f"| {label} | {' | '.join(said)} |\n"


def _era(count: Count) -> str:
    """The era that a count is of, where it is of one."""
    return count.part.removeprefix(f"{KEPT_OUT}, ") if count.part.startswith(f"{KEPT_OUT}, ") else ""


def _column(count: Count) -> str:
    era = _era(count)
    return f"{short(count.data)}, {era}" if era else short(count.data)


def _row(count: Count) -> str:
    plain = count.part in ("all", KEPT_OUT) or _era(count)
    return count.method if plain else f"{count.method}: {count.part}"
