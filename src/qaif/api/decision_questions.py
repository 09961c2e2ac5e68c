"""The policies of screenings, and decisions of people on them: what waits, what was decided, deciding."""

from collections.abc import Callable
from typing import Any

from qaif.api import change_bodies as read
from qaif.api.asking import Ground, Question
from qaif.api.bodies import Nothing
from qaif.questions import decide
from qaif.questions.answer import Answer
from qaif.questions.policies import PoliciesAnswer, policies
from qaif.records.engine import Records


def _with_records(ask: Callable[[Records, Ground, Any], Answer]) -> Callable[[Ground, Any], Answer]:
    def asked(ground: Ground, body: Any) -> Answer:
        with Records.open(ground.workspace) as records:
            return ask(records, ground, body)

    return asked


def _decide(records: Records, ground: Ground, body: read.DecisionBody) -> decide.DecisionAnswer:
    return decide.decide(records, body.entry, body.decision, body.reason, ground.caller, ground.now)


QUESTIONS = (
    Question(
        name="policies",
        body=Nothing,
        answer=PoliciesAnswer,
        ask=lambda ground, _: policies(ground.policies.values()),
        summary="List the policies that can be screened by.",
        part="screening",
        action="screen",
    ),
    Question(
        name="screenings/waiting",
        body=Nothing,
        answer=decide.WaitingAnswer,
        ask=_with_records(lambda records, _ground, _body: decide.waiting(records)),
        summary="List screenings that wait for somebody's decision, or for a second one.",
        part="screening",
        action="decide",
    ),
    Question(
        name="screenings/decisions",
        body=read.EntryBody,
        answer=decide.DecisionAnswer,
        ask=_with_records(lambda records, _ground, body: decide.decisions(records, body.entry, queries=True)),
        summary="Show a screening, and what was decided on it.",
        part="screening",
        action="decide",
    ),
    Question(
        name="screenings/decide",
        body=read.DecisionBody,
        answer=decide.DecisionAnswer,
        ask=_with_records(_decide),
        summary="Release, hold or reject; where the policy wants two people, the second is another approver.",
        part="screening",
        action="decide",
        again=False,
    ),
)
