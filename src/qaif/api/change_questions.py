"""What changes the records: proposals decided on, claims entered and taken back, entities judged.

All of it is entered in the name of who asks; no body says who that is.
"""

from qaif.api import bodies as read
from qaif.api.asking import Ground, Question
from qaif.questions import claims_entry, document_text, judge, proposals


def _decide(ground: Ground, body: read.DecideBody) -> proposals.DecisionAnswer:
    terms = proposals.Terms(
        asserted_by=body.asserted_by,
        resting_on=None if body.resting_on is None else tuple(body.resting_on),
        reliability=body.reliability,
        credibility=body.credibility,
        status=body.status,
        reason=body.reason,
        changes=body.changes,
    )
    return proposals.decide_on(
        ground.workspace, body.decision, body.ids, terms, ground.caller.name, ground.now
    )


def _enter(ground: Ground, body: read.ClaimBody) -> claims_entry.EntryAnswer:
    claim = claims_entry.ClaimToEnter(
        entity=body.entity,
        schema=body.schema_name,
        prop=body.prop,
        value=body.value,
        lang=body.lang,
        document_sha256=body.document,
        span=None if body.span is None else (body.span[0], body.span[1]),
        asserted_by=body.asserted_by,
        resting_on=tuple(body.resting_on),
        reliability=body.reliability,
        credibility=body.credibility,
        status=body.status,
        first_seen=body.first_seen,
        last_seen=body.last_seen,
        reason=body.reason,
    )
    return claims_entry.add(ground.workspace, claim, ground.caller.name, ground.now)


def _retract(ground: Ground, body: read.RetractBody) -> claims_entry.EntryAnswer:
    return claims_entry.retract(
        ground.workspace, tuple(body.ids), body.reason, ground.caller.name, ground.now
    )


def _judge(ground: Ground, body: read.JudgeBody) -> judge.JudgementAnswer:
    return judge.judge(
        ground.workspace, body.verdict, body.left, body.right, body.reason, ground.caller.name, ground.now
    )


QUESTIONS = (
    Question(
        name="document",
        body=read.DocumentBody,
        answer=document_text.DocumentText,
        ask=lambda ground, body: document_text.document_text(ground.workspace, body.document),
        summary="Read a kept document: its text, in which spans count, without private keys.",
        part="documents",
    ),
    Question(
        name="decisions",
        body=read.DecideBody,
        answer=proposals.DecisionAnswer,
        ask=_decide,
        summary="Accept, reject or edit proposals, all of those named or none.",
        part="documents",
        action="enter",
        again=False,
    ),
    Question(
        name="claims/enter",
        body=read.ClaimBody,
        answer=claims_entry.EntryAnswer,
        ask=_enter,
        summary="Enter a claim: who says what of whom, where.",
        part="claims",
        action="enter",
        again=False,
    ),
    Question(
        name="claims/retract",
        body=read.RetractBody,
        answer=claims_entry.EntryAnswer,
        ask=_retract,
        summary="Take claims back; that they were entered stays in the log.",
        part="claims",
        action="enter",
        again=False,
    ),
    Question(
        name="judgements",
        body=read.Nothing,
        answer=judge.JudgementsAnswer,
        ask=lambda ground, _: judge.judgements(ground.workspace),
        summary="Show which entities were judged the same or not.",
        part="claims",
    ),
    Question(
        name="judgements/enter",
        body=read.JudgeBody,
        answer=judge.JudgementAnswer,
        ask=_judge,
        summary="Judge whether two entities are the same, with a reason.",
        part="claims",
        action="enter",
        again=False,
    ),
)
