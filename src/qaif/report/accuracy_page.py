"""The page `docs/accuracy.md`: what `qaif evaluate` counted, and what that cannot show."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from qaif.analysis.change.heuristics import HEURISTICS
from qaif.analysis.change.vote import SURE_PERMILLE, votes
from qaif.analysis.evaluation.changes import NAMED_RIGHT
from qaif.analysis.evaluation.groups import FALSE_PAIRS, FALSE_SCRIPTS, KEPT, LARGEST
from qaif.analysis.evaluation.mixes import ALARM, ANY, NO_MIXES, OPEN, PUBLISHED, SEVERAL, method_of
from qaif.analysis.evaluation.partitions import GROUPINGS
from qaif.analysis.evaluation.parts import KEPT_OUT
from qaif.analysis.shapes.mixes import MIXES
from qaif.questions.evaluate import EvaluationAnswer
from qaif.report.accuracy_tables import real_table, shared, short, simulated_tables, summed

_HEAD = """# How often the methods are wrong

This page and `src/qaif/analysis/accuracy.json`, from which the program takes the figures that it
prints beside its inferences, were written by

    qaif evaluate {options} --write .

after `python tools/measure_accuracy.py FOLDER --shared DATA` had made the chains and fitted the
votes; that command does all of it anew. A cell gives the share, the count and the interval:
Wilson's, 95 %. *Kept out of tuning* are the transactions whose id has an odd first
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
  transaction of `after_*` that has a mix's exact form may be a mix, and one of a set of mixes may be
  none: [each was looked at](mixes-looked-at.md). The counts here take the sets at their word.
- **The real blocks do not follow each other**, so what most of their inputs are worth is unknown,
  and mixes that are told by that can be missed. Nobody has said which of their transactions are
  mixes.
- **Labels that come from spending together cannot judge spending together.** No such labels are
  used here: owners are those of the simulator, and of a chain that ten wallets made.
- **Intervals count transactions as if each were drawn by itself.** Those of one wallet resemble
  each other, and pairs of scripts hang together; the true intervals are wider.
"""

_BAD: Final = {FALSE_SCRIPTS, FALSE_PAIRS, LARGEST, ALARM, OPEN, NO_MIXES}
_SHORT: Final = (
    *((method, measure, "all") for measure in (FALSE_SCRIPTS, KEPT, LARGEST) for method in GROUPINGS),
    *((ANY, measure, "all") for measure in (SEVERAL, ALARM, OPEN, NO_MIXES)),
    *((vote.method, NAMED_RIGHT, KEPT_OUT) for vote in votes().values()),
)


def accuracy_page(answer: EvaluationAnswer, options: str) -> str:
    """The page, in Markdown."""
    return "".join(
        [
            _HEAD.format(options=options),
            _LIMITS,
            *_in_short(answer),
            "\n## Change\n",
            *_tables(answer, _change_methods()),
            *_weights(),
            "\n## Mixes\n",
            *_tables(answer, _mix_methods(answer)),
            *_missed(answer),
            *_alarms(answer),
            "\n## Groups of scripts\n",
            *_tables(answer, _groupings(answer)),
            "\n## The change heuristics\n",
            *_heuristics(),
        ]
    )


def _in_short(answer: EvaluationAnswer) -> Iterator[str]:
    """The counts that matter most: of simulated chains the sum and the worst, of the others each."""
    yield "\n## In short\n\n"
    yield "| what | on | count | in the worst of them |\n|---|---|---|---|\n"
    for method, measure, part in _SHORT:
        mine = [
            count
            for count in answer.counts
            if count.of and (count.measure, count.part) == (measure, part) and count.method == method
        ]
        made = [count for count in mine if count.simulated]
        if made:
            worst = sorted(made, key=lambda each: each.hits / each.of, reverse=measure in _BAD)[0]
            said = f"{short(worst.data)}: {shared(worst.hits, worst.of)}"
            yield f"| {method}: {measure} | {len(made)} simulated chains | {summed(made)} | {said} |\n"
        for count in mine:
            if not count.simulated:
                yield f"| {method}: {measure} | {count.data} | {shared(count.hits, count.of)} | |\n"
    for count in answer.counts:
        if count.measure == PUBLISHED and count.part == KEPT_OUT and count.of:
            yield f"| {count.method}: {PUBLISHED} | {count.data} | {shared(count.hits, count.of)} | |\n"


def _tables(answer: EvaluationAnswer, methods: set[str]) -> Iterator[str]:
    """What was counted of some methods: on simulated chains, then on the others."""
    mine = [count for count in answer.counts if count.method in methods and count.of]
    if any(count.simulated for count in mine):
        yield "\n### On simulated chains\n"
        yield from simulated_tables(mine)
    if not all(count.simulated for count in mine):
        yield "\n### On the regtest chain and published data\n"
        yield from real_table(mine)


def _change_methods() -> set[str]:
    return {one.method for one in HEURISTICS} | {vote.method for vote in votes().values()}


def _mix_methods(answer: EvaluationAnswer) -> set[str]:
    """Methods of mixes; those that look at neighbours have the detector's name and more."""
    known = {ANY, *map(method_of, MIXES)}
    return {count.method for count in answer.counts if count.method.partition("+")[0] in known}


def _groupings(answer: EvaluationAnswer) -> set[str]:
    return {count.method for count in answer.counts} - _change_methods() - _mix_methods(answer)


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
        yield "Each was looked at: [what was seen](mixes-looked-at.md).\n\n"
        yield "| method | set | because | transactions |\n|---|---|---|---|\n"
    for each in answer.missed:
        yield f"| {each.method} | {each.data} | {each.reason} | {len(each.txids)} |\n"


def _alarms(answer: EvaluationAnswer) -> Iterator[str]:
    """By set and method; the transactions stand in the page that looks at each."""
    by_set = Counter((each.data, each.method) for each in answer.false_alarms)
    if by_set:
        yield "\n### Called mixes where they are said to be none\n\n"
        yield "Each was looked at: [what was seen](mixes-looked-at.md).\n\n"
        yield "| method | set | transactions |\n|---|---|---|\n"
    for (data, method), count in by_set.items():
        yield f"| {method} | {data} | {count} |\n"


def _heuristics() -> Iterator[str]:
    for one in HEURISTICS:
        later = " Looks at who spends the outputs, up to the block that is asked about." if one.later else ""
        yield f"\n**{one.id}** (version {one.version}) keeps {one.title}.{later}\n"
        yield f"{one.reason} {one.fails} Source: {one.source}.\n"
