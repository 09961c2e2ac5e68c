"""Questions about the chain: addresses, transactions, blocks, clusters, activity."""

from qaif.api import bodies as read
from qaif.api.asking import Ground, Question
from qaif.questions import activity, address, block, cluster, refusals, review, status, tx, what_if, why


def _review(ground: Ground, body: read.ReviewBody) -> review.ReviewAnswer:
    told = body.model_dump()
    told |= {"addresses": tuple(body.addresses), "fiat_day": read.day_of(body.fiat_day)}
    return review.review(ground.workspace, review.ReviewRequest(**told))


def _activity(ground: Ground, body: read.ActivityBody) -> activity.ActivityAnswer:
    told = body.model_dump()
    days = tuple(day for each in body.dates if (day := read.day_of(each)))
    told |= {"addresses": tuple(body.addresses), "dates": days}
    return activity.activity(ground.workspace, activity.ActivityRequest(**told))


def _cluster(ground: Ground, body: read.ClusterBody) -> cluster.ClusterAnswer:
    return cluster.cluster(
        ground.workspace, body.address, as_of=body.as_of, with_change=body.with_change, sample=body.sample
    )


def _why(ground: Ground, body: read.WhyBody) -> why.WhyAnswer:
    return why.why(
        ground.workspace,
        body.address,
        body.other,
        as_of=body.as_of,
        with_change=body.with_change,
        budget=body.budget,
    )


def _what_if(ground: Ground, body: read.WhatIfBody) -> what_if.WhatIfAnswer:
    return what_if.what_if(
        ground.workspace, body.address, body.without, as_of=body.as_of, with_change=body.with_change
    )


def _refusals(ground: Ground, body: read.RefusalsBody) -> refusals.RefusalsAnswer:
    return refusals.refusals(
        ground.workspace, body.address, as_of=body.as_of, with_change=body.with_change, most=body.most
    )


QUESTIONS = (
    Question(
        name="status",
        body=read.Nothing,
        answer=status.StatusAnswer,
        ask=lambda ground, _: status.status(ground.workspace),
        summary="Say what this workspace holds.",
        part="chain",
    ),
    Question(
        name="address",
        body=read.AddressBody,
        answer=address.AddressAnswer,
        ask=lambda ground, body: address.address(ground.workspace, body.address),
        summary="Say what an address is: its kind, its script, and scripts of the same key.",
        part="chain",
    ),
    Question(
        name="tx",
        body=read.TxBody,
        answer=tx.TxAnswer,
        ask=lambda ground, body: tx.tx(ground.workspace, body.txid),
        summary="Show a transaction: what it spends, where it pays, who spends that.",
        part="chain",
    ),
    Question(
        name="block",
        body=read.BlockBody,
        answer=block.BlockAnswer,
        ask=lambda ground, body: block.block(ground.workspace, body.block),
        summary="Show a block: its header, its size, what it moved, its fees.",
        part="chain",
    ),
    Question(
        name="review",
        body=read.ReviewBody,
        answer=review.ReviewAnswer,
        ask=_review,
        summary="Say what addresses did: amounts, times, counterparties, and how sure that is.",
        part="chain",
    ),
    Question(
        name="activity",
        body=read.ActivityBody,
        answer=activity.ActivityAnswer,
        ask=_activity,
        summary="Say whether activity changed: since when, how much, and how often chance does the same.",
        part="chain",
    ),
    Question(
        name="cluster",
        body=read.ClusterBody,
        answer=cluster.ClusterAnswer,
        ask=_cluster,
        summary="Show the cluster of an address.",
        part="clusters",
    ),
    Question(
        name="why",
        body=read.WhyBody,
        answer=why.WhyAnswer,
        ask=_why,
        summary="Say why two addresses are in one cluster: the transactions that joined them.",
        part="clusters",
    ),
    Question(
        name="what-if",
        body=read.WhatIfBody,
        answer=what_if.WhatIfAnswer,
        ask=_what_if,
        summary="Say how a cluster falls apart, or grows, without a transaction or a method.",
        part="clusters",
    ),
    Question(
        name="refusals",
        body=read.RefusalsBody,
        answer=refusals.RefusalsAnswer,
        ask=_refusals,
        summary="List the transactions that spend from a cluster and join nothing, each with the reason.",
        part="clusters",
    ),
)
