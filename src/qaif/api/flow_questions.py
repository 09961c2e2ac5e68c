"""Questions about where money went and came from."""

from qaif.analysis.flows.contacts import DustRule
from qaif.analysis.flows.indicators import Thresholds
from qaif.analysis.flows.peel import PeelLimits
from qaif.analysis.flows.stops import TraceLimits
from qaif.api import bodies as read
from qaif.api.asking import Ground, Question
from qaif.questions import common, exposure, handoffs, indicators, path, peel, trace


def _request(
    body: read.TraceBody | read.HandoffsBody | read.CommonBody, **more: object
) -> trace.TraceRequest:
    told = body.model_dump(exclude={"direction", "methods", "until", "stops"})
    return trace.TraceRequest(**{**told, "subjects": tuple(body.subjects), **more})


def _trace(ground: Ground, body: read.TraceBody) -> trace.TraceAnswer:
    more = {"methods": tuple(body.methods), "until": read.day_of(body.until), "stops": tuple(body.stops)}
    return trace.trace(ground.workspace, _request(body, **more)).answer


def _handoffs(ground: Ground, body: read.HandoffsBody) -> handoffs.HandoffsAnswer:
    return handoffs.handoffs(ground.workspace, _request(body, stops=tuple(body.stops)), body.direction)


def _common(ground: Ground, body: read.CommonBody) -> common.CommonAnswer:
    return common.common(ground.workspace, _request(body, methods=("haircut",)))


def _exposure(ground: Ground, body: read.ExposureBody) -> exposure.ExposureAnswer:
    told = body.model_dump(exclude={"address", "dust_sat", "dust_fan"})
    told |= {"methods": tuple(body.methods), "split": read.day_of(body.split)}
    dust = DustRule(body.dust_sat, body.dust_fan)
    return exposure.exposure(
        ground.workspace, exposure.ExposureRequest(subject=body.address, dust=dust, **told)
    )


def _path(ground: Ground, body: read.PathBody) -> path.PathAnswer:
    limits = TraceLimits(body.hops, body.transactions, body.fan, body.least_sat, None, body.through_mixes)
    own = {"hops", "transactions", "fan", "least_sat", "through_mixes"}
    told = body.model_dump(exclude=own) | {"until": read.day_of(body.until)}
    return path.path(ground.workspace, path.PathRequest(limits=limits, **told))


def _peel(ground: Ground, body: read.PeelBody) -> peel.PeelAnswer:
    limits = PeelLimits(body.steps, body.fan, body.least, body.together)
    told = body.model_dump(exclude={"output", "steps", "fan", "least", "together"})
    return peel.peel_chain(ground.workspace, peel.PeelRequest(subject=body.output, limits=limits, **told))


def _indicators(ground: Ground, body: read.IndicatorsBody) -> indicators.IndicatorsAnswer:
    limits = Thresholds(gifts=body.gifts, under_sat=body.under_sat, services=body.services)
    told = body.model_dump(exclude={"address", "gifts", "under_sat", "services"})
    request = indicators.IndicatorsRequest(subject=body.address, limits=limits, **told)
    return indicators.indicators(ground.workspace, request)


QUESTIONS = (
    Question(
        name="trace",
        body=read.TraceBody,
        answer=trace.TraceAnswer,
        ask=_trace,
        summary="Follow money forward or backward by five conventions; each end says why it is one.",
        part="flows",
    ),
    Question(
        name="handoffs",
        body=read.HandoffsBody,
        answer=handoffs.HandoffsAnswer,
        ask=_handoffs,
        summary="List every arrival at and departure from a service.",
        part="flows",
    ),
    Question(
        name="common",
        body=read.CommonBody,
        answer=common.CommonAnswer,
        ask=_common,
        summary="Show which scripts or clusters the money of several reached, or came from.",
        part="flows",
    ),
    Question(
        name="exposure",
        body=read.ExposureBody,
        answer=exposure.ExposureAnswer,
        ask=_exposure,
        summary="Show whom what this received and sent touches, as a range over methods.",
        part="flows",
    ),
    Question(
        name="path",
        body=read.PathBody,
        answer=path.PathAnswer,
        ask=_path,
        summary="Search a way for money between two.",
        part="flows",
    ),
    Question(
        name="peel",
        body=read.PeelBody,
        answer=peel.PeelAnswer,
        ask=_peel,
        summary="Follow what is left of an output through payments, each step with how sure it is.",
        part="flows",
    ),
    Question(
        name="indicators",
        body=read.IndicatorsBody,
        answer=indicators.IndicatorsAnswer,
        ask=_indicators,
        summary="Look for what published paragraphs call indicators; none is a verdict.",
        part="flows",
    ),
)
