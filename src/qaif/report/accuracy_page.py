"""The page `docs/accuracy.md`: what `qaif evaluate` counted, and what that cannot show."""

from collections.abc import Iterable, Iterator

from qaif.analysis.accuracy import percent
from qaif.analysis.change.heuristics import HEURISTICS
from qaif.analysis.change.vote import SURE_PERMILLE, votes
from qaif.analysis.evaluation.counts import Count
from qaif.analysis.evaluation.mixes import ANY, method_of
from qaif.analysis.shapes.mixes import MIXES
from qaif.questions.evaluate import EvaluationAnswer

_HEAD = """# How often the methods are wrong

This page and `src/qaif/analysis/accuracy.json`, from which the program takes the figures that it
prints beside its inferences, were written by

    qaif evaluate {options} --write .

Intervals are Wilson's, 95 %. *Kept out of tuning* are the transactions whose id has an odd first
byte of SHA-256; the weights of the votes were fitted on the others alone.

"""
_LIMITS = """## What these figures cannot show

- **Simulated data is not the world.** Its people have the habits that its makers gave them. A
  figure on it says that a method does what it should where habits are such; the error on the real
  chain is unknown.
- **Detectors of mixes were written with all published sets in view.** The half that is kept out was
  fixed later, before this page existed: for rules that are changed from now on it is unseen, for
  those of today it is not.
- **The published sets are not right everywhere.** They were collected by rules of others. A
  transaction of `after_*` that has a mix's exact form may be a mix: each one is listed below, to be
  looked at.
- **The real blocks do not follow each other**, so what most of their inputs are worth is unknown,
  and mixes that are told by that can be missed. Nobody has said which of their transactions are
  mixes.
- **Labels that come from spending together cannot judge spending together.** No such labels are
  used here: owners are those of the simulator, and of a chain that ten wallets made.
- **Intervals count transactions as if each were drawn by itself.** Those of one wallet resemble
  each other, and pairs of scripts hang together; the true intervals are wider.
"""


def accuracy_page(answer: EvaluationAnswer, options: str) -> str:
    """The page, in Markdown."""
    return "".join(
        [
            _HEAD.format(options=options),
            _LIMITS,
            "\n## Change\n\n",
            *_table(count for count in answer.counts if count.method in _change_methods()),
            *_weights(),
            "\n## Mixes\n\n",
            *_table(count for count in answer.counts if count.method in _mix_methods(answer)),
            *_missed(answer),
            *_alarms(answer),
            "\n## Groups of scripts\n\n",
            *_table(count for count in answer.counts if count.method in _groupings(answer)),
            "\n## The change heuristics\n",
            *_heuristics(),
        ]
    )


def _change_methods() -> set[str]:
    return {one.method for one in HEURISTICS} | {vote.method for vote in votes().values()}


def _mix_methods(answer: EvaluationAnswer) -> set[str]:
    """Methods of mixes; those that look at neighbours have the detector's name and more."""
    known = {ANY, *map(method_of, MIXES)}
    return {count.method for count in answer.counts if count.method.partition("+")[0] in known}


def _groupings(answer: EvaluationAnswer) -> set[str]:
    return {count.method for count in answer.counts} - _change_methods() - _mix_methods(answer)


def _table(counts: Iterable[Count]) -> Iterator[str]:
    yield "| method | data | part | measure | count | share | 95 % interval |\n"
    yield "|---|---|---|---|---|---|---|\n"
    for count in counts:
        if not count.of:
            continue
        low, high = count.interval_ppm
        data = f"{count.data}{' (simulated)' if count.simulated else ''}"
        share = percent(1_000_000 * count.hits // count.of)
        yield (
            f"| {count.method} | {data} | {count.part} | {count.measure} | {count.hits:,} of {count.of:,} "
            f"| {share} | {percent(low)} to {percent(high)} |\n"
        )


def _weights() -> Iterator[str]:
    yield "\nWeights of the votes, in thousandths of a natural logarithm: for what a heuristic keeps, and\n"
    yield "for what it rules out.\n"
    for vote in votes().values():
        yield f"\n`{vote.id}/{vote.version}`, sure from {SURE_PERMILLE} thousandths on. {vote.origin}\n\n"
        yield "| heuristic | kept | ruled out |\n|---|---|---|\n"
        pairs = vote.weights.reshape(-1, 2).tolist()
        for heuristic, (kept, out) in zip(vote.heuristics, pairs, strict=True):
            yield f"| {heuristic.id} | {kept} | {out} |\n"
        yield f"| none of them | {vote.none} | |\n"


def _missed(answer: EvaluationAnswer) -> Iterator[str]:
    if answer.missed:
        yield "\n### Published mixes that were missed, by reason\n\n"
        yield "| method | set | because | transactions |\n|---|---|---|---|\n"
    for each in answer.missed:
        yield f"| {each.method} | {each.data} | {each.reason} | {each.count} |\n"


def _alarms(answer: EvaluationAnswer) -> Iterator[str]:
    if answer.false_alarms:
        yield "\n### Called mixes where they are said to be none\n\n"
        yield "| method | set | transaction | because |\n|---|---|---|---|\n"
    for each in answer.false_alarms:
        yield f"| {each.method} | {each.data} | `{each.txid}` | {each.reason} |\n"


def _heuristics() -> Iterator[str]:
    for one in HEURISTICS:
        later = " Looks at who spends the outputs, up to the block that is asked about." if one.later else ""
        yield f"\n**{one.id}** (version {one.version}) keeps {one.title}.{later}\n"
        yield f"{one.reason} {one.fails} Source: {one.source}.\n"
