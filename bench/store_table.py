"""What `bench/store.py` measured, as a table beside what is wanted."""

import statistics
from collections.abc import Sequence
from typing import Any

WHOLE_CHAIN_BYTES = 890e9
WHOLE_CHAIN_TXS = 1.48e9
MIB = 1 << 20


def _row(name: str, wanted: str, values: Sequence[str]) -> str:
    return f"| {name} | {wanted} | {' | '.join(values)} |"


def as_table(runs: Sequence[Any]) -> str:
    """All figures, one column a chain."""
    lines = [
        _row("", "wanted", [f"{run.index['txs']:,} transactions" for run in runs]),
        "|---|---|" + "---|" * len(runs),
        *_index_rows(runs),
        *_other_rows(runs),
        *_peer_rows(runs[-1]),
    ]
    return "\n".join([*lines, "", *_stages(runs), "", *_notes(runs)])


def _index_rows(runs: Sequence[Any]) -> list[str]:
    first, last = runs[0], runs[-1]
    times = last.index["wall"] / first.index["wall"]
    return [
        _row("load made, MB a second", "", [f"{r.index['raw'] / r.load_seconds / 1e6:.0f}" for r in runs]),
        _row("raw, MB", "", [f"{r.index['raw'] / 1e6:,.0f}" for r in runs]),
        _row(
            "index, raw MB a second",
            "330, floor 150",
            [f"**{r.index['raw'] / r.index['wall'] / 1e6:.0f}**" for r in runs],
        ),
        _row(
            "index, thousand transactions a second",
            "",
            [f"{r.index['txs'] / r.index['wall'] / 1e3:,.0f}" for r in runs],
        ),
        _row(
            "index, seconds (of processor)",
            "",
            [f"{r.index['wall']:.1f} ({r.index['cpu']:.1f})" for r in runs],
        ),
        _row(
            "index, times the smallest chain's seconds",
            "14 for ten times",
            ["1", f"**{times:.1f}**"][-len(runs) :],
        ),
        _row(
            "anonymous memory, MiB",
            "under 2,048, equal to 10 %",
            [f"**{r.memory / MIB:,.0f}**" for r in runs],
        ),
        _row(
            "bytes on disk a transaction",
            "130",
            [f"**{r.index['disk'] / r.index['txs']:.0f}**" for r in runs],
        ),
        _row("segments", "", [str(r.index["segments"]) for r in runs]),
    ]


def _other_rows(runs: Sequence[Any]) -> list[str]:
    def append(run: Any, share: float) -> str:
        times = sorted(run.follow["append"])
        return f"**{1e3 * times[min(int(share * len(times)), len(times) - 1)]:.1f}**"

    def merges(run: Any) -> str:
        times = [1e3 * seconds for seconds, merged in run.follow["after"] if merged]
        return f"{len(times)}: {statistics.median(times):.0f}, {max(times):.0f}" if times else "0"

    def both(run: Any, share: float) -> str:
        times = sorted(a + b for a, (b, _) in zip(run.follow["append"], run.follow["after"], strict=True))
        return f"{1e3 * times[min(int(share * len(times)), len(times) - 1)]:.1f}"

    fees = [r.read["fees"] for r in runs]
    return [
        _row("append of a full block, synced: p50 ms", "10, floor 20", [append(r, 0.5) for r in runs]),
        _row("the same: p99 ms", "under 100", [append(r, 0.99) for r in runs]),
        _row("the same: longest ms", "", [append(r, 1) for r in runs]),
        _row("merges after the blocks: how many, p50 ms, longest ms", "", [merges(r) for r in runs]),
        _row(
            "append and the merge after it: p99 ms, longest ms",
            "",
            [f"{both(r, 0.99)}, {both(r, 1)}" for r in runs],
        ),
        _row(
            "reorganisation of six blocks, ms",
            "under 500",
            [f"**{1e3 * r.follow['reorganise']:.0f}**" for r in runs],
        ),
        _row("address look-up: p50 µs", "2", [f"**{r.read['lookup']['ns'][0] / 1e3:.1f}**" for r in runs]),
        _row("address look-up: p99 µs", "5", [f"**{r.read['lookup']['ns'][1] / 1e3:.1f}**" for r in runs]),
        _row(
            "review of an address, ms (transactions)",
            "under 100 at 10,000",
            [f"**{1e3 * r.read['review']['median']:.0f}** ({r.read['review']['txs']:,})" for r in runs],
        ),
        _row(
            "fees of all, million transactions a second, one core",
            "floor 50",
            [f"**{each['txs'] / each['seconds'] / 1e6:.0f}**" for each in fees],
        ),
    ]


def _peer_rows(run: Any) -> list[str]:
    ours = run.read["fees"]
    lines = []
    for name, found in run.peers.items():
        shown = f"left out: {found.get('left out')}"
        if "seconds" in found:
            times = found["seconds"] / ours["seconds"]
            shown = f"{ours['txs'] / found['seconds'] / 1e6:.1f} (qaif {times:.0f} times)"
        lines.append(f"| fees of all by {name}, the same results | | {shown} |")
    return lines


def _stages(runs: Sequence[Any]) -> list[str]:
    """Seconds of processor and wall a stage; loading runs beside the rest in a thread of its own."""
    lines = [
        "| stage of the index | "
        + " | ".join(f"{r.index['txs']:,}: processor s, wall s" for r in runs)
        + " |",
        "|---|" + "---|" * len(runs),
    ]
    for name in runs[-1].index["stages"]:
        cells = [" ".join(f"{s:.2f}" for s in r.index["stages"].get(name, (0.0, 0.0))) for r in runs]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _notes(runs: Sequence[Any]) -> list[str]:
    last = runs[-1].index
    hours = WHOLE_CHAIN_BYTES / (last["raw"] / last["wall"]) / 3600
    disk = last["disk"] / last["txs"] * WHOLE_CHAIN_TXS / 1e9
    clock = statistics.median(r.read["lookup"]["clock"] for r in runs)
    return [
        "Projected, not measured: the whole chain (890 GB, 1.48 billion transactions) at the largest",
        f"chain's rate takes {hours:.1f} h and {disk:.0f} GB; its tables fit no memory: it will be slower.",
        "",
        "Appends beside `e-x` taking the same blocks: `append.md`, by `append_peer.py`.",
        f"Look-ups include the clock ({clock:.0f} ns a reading). An append ends when its block is committed",
        "and can be asked about; the merge of small segments that it makes due comes after, in a commit of",
        "its own.",
    ]
