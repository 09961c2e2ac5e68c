"""Watch lists, their alerts, what people say of these; and appeal files, which tell of them or must not.

What is changed is changed in the name of who asks; no body says who that is.
"""

from qaif.api import watch_bodies as read
from qaif.api.asking import Ground, Question
from qaif.api.bodies import AddressBody, Nothing
from qaif.errors import NotFoundError
from qaif.questions import appeal, watch_list
from qaif.questions.screen import ScreenRequest
from qaif.records.watches import Disposition


def _add(ground: Ground, body: read.WatchBody) -> watch_list.WatchListAnswer:
    asked = watch_list.WatchAsked(
        body.kind, body.subject, tuple(body.alerts), tuple(body.categories), body.least_sat, body.note
    )
    return watch_list.watch_add(ground.workspace, asked, ground.caller.name, ground.now)


def _remove(ground: Ground, body: read.WatchNumberBody) -> watch_list.WatchListAnswer:
    return watch_list.watch_remove(ground.workspace, body.watch, ground.caller.name, ground.now)


def _alerts(ground: Ground, body: read.AlertsBody) -> watch_list.AlertsAnswer:
    return watch_list.watch_alerts(ground.workspace, open_only=body.open, number=body.watch)


def _dispose(ground: Ground, body: read.DispositionBody) -> watch_list.AlertsAnswer:
    said = Disposition(
        alert_id=body.alert,
        judgement=body.judgement,
        why=body.why,
        until=body.until,
        by=ground.caller.name,
        at="",
    )
    return watch_list.watch_dispose(ground.workspace, said, ground.now)


def _internal(ground: Ground, body: read.InternalAppealBody) -> appeal.InternalEdition:
    policy = ground.policies.get(body.policy)
    if policy is None:
        raise NotFoundError("There is no policy of this name here.", way_out="Name one of GET /v1/policies.")
    asked = ScreenRequest(address=body.address, policy=policy, now=ground.now)
    return appeal.appeal_internal(ground.workspace, asked)


QUESTIONS = (
    Question(
        name="watches",
        body=Nothing,
        answer=watch_list.WatchListAnswer,
        ask=lambda ground, _: watch_list.watch_list(ground.workspace),
        summary="List what is watched.",
        part="watching",
    ),
    Question(
        name="watches/add",
        body=read.WatchBody,
        answer=watch_list.WatchListAnswer,
        ask=_add,
        summary="Watch something from now on; what holds of it already is no alert.",
        part="watching",
        action="watch",
        again=False,
    ),
    Question(
        name="watches/remove",
        body=read.WatchNumberBody,
        answer=watch_list.WatchListAnswer,
        ask=_remove,
        summary="Watch something no longer; its alerts stay.",
        part="watching",
        action="watch",
        again=False,
    ),
    Question(
        name="alerts",
        body=read.AlertsBody,
        answer=watch_list.AlertsAnswer,
        ask=_alerts,
        summary="List alerts, the newest first, with what people said of them.",
        part="watching",
    ),
    Question(
        name="alerts/dispose",
        body=read.DispositionBody,
        answer=watch_list.AlertsAnswer,
        ask=_dispose,
        summary="Say whether an alert was true or false, why, and until when that is to be heeded.",
        part="watching",
        action="watch",
        again=False,
    ),
    Question(
        name="appeal/person",
        body=AddressBody,
        answer=appeal.PersonEdition,
        ask=lambda ground, body: appeal.appeal_for_person(ground.workspace, body.address, ground.now),
        summary="Say why an address was stopped, for the person concerned: lists and the public chain alone.",
        part="screening",
        action="screen",
        again=False,
    ),
    Question(
        name="appeal/internal",
        body=read.InternalAppealBody,
        answer=appeal.InternalEdition,
        ask=_internal,
        summary="Say why an address was stopped, with all that is held: not to leave the house.",
        part="screening",
        action="decide",
        again=False,
    ),
)
