"""Questions about what sources, lists and documents say."""

from qaif.api import bodies as read
from qaif.api.asking import Ground, Question
from qaif.questions import (
    campaign,
    claims,
    claims_trace,
    designations,
    documents,
    list_names,
    lists,
    proposals,
)


def _designations(ground: Ground, body: read.DesignationsBody) -> designations.DesignationsAnswer:
    return designations.designations(
        ground.workspace,
        body.subject,
        read.day_of(body.as_of) or ground.now.date(),
        tuple(body.jurisdictions),
        stale_after=body.stale_after,
        since=body.since,
    )


def _propose(ground: Ground, body: read.ProposeBody) -> proposals.ProposalsAnswer:
    return proposals.propose(ground.workspace, body.document, tuple(body.regions), ground.now)


QUESTIONS = (
    Question(
        name="claims",
        body=read.ClaimsBody,
        answer=claims.ClaimsAnswer,
        ask=lambda ground, body: claims.claims(ground.workspace, body.subject, body.as_of),
        summary="Show what is said of something, by whom, where, and resting on whom.",
        part="claims",
    ),
    Question(
        name="statement",
        body=read.TraceStatementBody,
        answer=claims_trace.TraceAnswer,
        ask=lambda ground, body: claims_trace.trace(ground.workspace, body.statement_id),
        summary="Show the bytes of the kept document that a statement rests on.",
        part="claims",
    ),
    Question(
        name="designations",
        body=read.DesignationsBody,
        answer=designations.DesignationsAnswer,
        ask=_designations,
        summary="Say for each authority whether something is listed, with all that the answer rests on.",
        part="lists",
    ),
    Question(
        name="lists",
        body=read.ListStatusBody,
        answer=lists.StatusAnswer,
        ask=lambda ground, body: lists.list_status(
            ground.workspace, ground.now.date(), stale_after=body.stale_after
        ),
        summary="Say which lists are loaded, and how old they are.",
        part="lists",
    ),
    Question(
        name="list-changes",
        body=read.ListDiffBody,
        answer=lists.DiffAnswer,
        ask=lambda ground, body: lists.list_diff(ground.workspace, body.name, body.older, body.newer),
        summary="Say what changed between two versions of a list.",
        part="lists",
    ),
    Question(
        name="names",
        body=read.NameBody,
        answer=list_names.NameAnswer,
        ask=lambda ground, body: list_names.search_names(
            ground.workspace, body.name, most=body.most, least=body.least
        ),
        summary="Look for a name on lists: candidates, not matches.",
        part="lists",
    ),
    Question(
        name="campaigns",
        body=read.Nothing,
        answer=campaign.CampaignsAnswer,
        ask=lambda ground, _: campaign.campaigns(ground.workspace),
        summary="List the campaigns that claims tell of.",
        part="claims",
    ),
    Question(
        name="campaign",
        body=read.CampaignBody,
        answer=campaign.CampaignAnswer,
        ask=lambda ground, body: campaign.campaign(
            ground.workspace, body.campaign, tuple(body.shared_with), body.as_of
        ),
        summary="Show what a campaign asked for, where and when, and what its addresses did.",
        part="claims",
    ),
    Question(
        name="documents",
        body=read.Nothing,
        answer=documents.DocumentsAnswer,
        ask=lambda ground, _: documents.documents(ground.workspace),
        summary="List the documents that are kept, and whether they are what they were.",
        part="documents",
    ),
    Question(
        name="proposals",
        body=read.ProposeBody,
        answer=proposals.ProposalsAnswer,
        ask=_propose,
        summary="Propose what a document may say, each with its place; nothing becomes a claim by itself.",
        part="documents",
        action="enter",
        again=False,
    ),
)
