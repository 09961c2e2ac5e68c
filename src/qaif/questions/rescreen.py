"""A look back: past screenings asked anew, as after a new listing, and what is said otherwise now."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from qaif.errors import InputError
from qaif.feeds.shape import Progress, silent
from qaif.questions.answer import Answer, CoverageOf
from qaif.questions.policy_on_past import past_answers
from qaif.questions.screen import ScreenAnswer, Screener
from qaif.questions.screen_batch import transfer_of
from qaif.questions.screening_compared import Compared, compared

_SHOWN = 200


@dataclass(frozen=True)
class Otherwise:
    """A past screening that says something else today.

    Attributes:
        line: where it stands in the file.
        address: what was screened.
        verdict, outcome: of today.
        said: today's sentence.
        compared: what was said then, and what moved since.
    """

    line: int
    address: str
    verdict: str
    outcome: str
    said: str
    compared: Compared


@dataclass(frozen=True, kw_only=True)
class RescreenAnswer(Answer):
    """Past screenings beside those of today.

    Attributes:
        asked: how many were asked anew.
        skipped: lines that are no screening.
        changes: how many went from one verdict and outcome to another.
        because: how many rest on each of chain, lists, claims and policy, or on the time alone.
        otherwise: those that say something else, the gravest first, at most 200.
        left_out: how many more.
    """

    asked: int
    skipped: int
    changes: dict[str, int]
    because: dict[str, int]
    otherwise: tuple[Otherwise, ...]
    left_out: int


def rescreen(screener: Screener, path: Path, progress: Progress = silent) -> RescreenAnswer:
    """Ask past screenings anew.

    Args:
        screener: as of today.
        path: past answers, JSON lines as `qaif screen --batch` prints them.
        progress: told how far it is.

    Raises:
        InputError: the file cannot be read, or holds no screening.
    """
    asked, skipped, found = 0, 0, []
    for line, told in past_answers(path):
        if told is None:
            skipped += 1
            continue
        asked += 1
        progress(asked, 0, "screenings")
        given = told.get("transfer") or {}
        transfer = transfer_of(given.get("direction"), given.get("amount_sat"), given.get("time"))
        now = screener.screen(str(told["address"]), transfer)
        beside = compared(now, told)
        if not beside.same:
            found.append(_otherwise(line, now, beside))
    if not asked:
        raise InputError(f"{path} holds no screening.", way_out="Give what `qaif screen --batch` printed.")
    found.sort(key=lambda each: (each.verdict != "HIT", each.outcome != "hold", each.outcome != "alert"))
    changes = Counter(_change(each) for each in found)
    return RescreenAnswer(
        layer="claim",
        coverage=CoverageOf(not skipped, (f"{skipped:,} lines are no screening.",) * bool(skipped)),
        asked=asked,
        skipped=skipped,
        changes=dict(sorted(changes.items())),
        because=dict(sorted(Counter(each for one in found for each in one.compared.because).items())),
        otherwise=tuple(found[:_SHOWN]),
        left_out=max(0, len(found) - _SHOWN),
    )


def _otherwise(line: int, now: ScreenAnswer, beside: Compared) -> Otherwise:
    return Otherwise(line, now.address, now.verdict, now.policy_outcome, now.said, beside)


def _change(each: Otherwise) -> str:
    then = f"{each.compared.verdict_before}, {each.compared.outcome_before}"
    return f"{then} -> {each.verdict}, {each.outcome}"
