"""Intents over the API: the board, posting, keeping on the board, suggestions, and taking part."""

from typing import Annotated, Literal

from ninja import Query, Router, Status
from pydantic import Field

from taawun.community.circles.actor import Actor
from taawun.community.circles.api import as_acting, as_coordinator, as_member, as_reader, as_visitor
from taawun.community.people.api.shapes import (
    LIMIT_DEFAULT,
    Answer,
    Body,
    Cursor,
    Id,
    Limit,
    Page,
    Slug,
    Word,
    cursor_unknown,
    read_amount,
)
from taawun.community.people.api.tokens import OPENS, READS, READS_PUBLIC, WRITES, ApiRequest
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, actions, queries, wording
from taawun.practice.aid.api.asked import ClaimIn, IntentIn, ProposalIn, WhyIn
from taawun.practice.aid.api.told import (
    CommitmentFacts,
    IntentDetail,
    IntentFacts,
    commitment_facts,
    commitment_told,
    happened,
    intent_facts,
    intent_fields,
    told_of,
)
from taawun.practice.aid.models import Intent
from taawun.practice.aid.queries import story as stories
from taawun.practice.aid.queries.board import cards, read_cursor

router = Router(tags=["intents"])
INTENT = "/circles/{slug}/intents/{intent_id}"


class BoardFilters(Body):
    """What of the board is asked for. Without filters: all that is open."""

    section: Literal["open", "taken", "late", "done"] = "open"
    direction: Literal["request", "offer"] | None = None
    group: Word = Field("", description="A group of kinds, such as food")
    kind: Word = Field("", description="One kind, by its code")
    area: Id | None = None
    unchecked: bool = Field(False, description="Only needs that a coordinator has still to look at")
    cursor: Cursor = ""
    limit: Limit = LIMIT_DEFAULT


class Reason(Answer):
    """One term of a score: adding up the points of all terms gives the total."""

    code: str
    points: float


class SuggestionFacts(Answer):
    """An intent of the other direction that fits, and why."""

    intent: IntentFacts
    total: float
    reasons: list[str]
    terms: list[Reason]


class Opened(Answer):
    """What was sealed of an intent: name, phone, door, details, point. What was never given is absent."""

    details: dict[str, str]


@router.get(
    "/circles/{slug}/intents", auth=READS_PUBLIC, response=Page[IntentFacts], operation_id="list_intents",
    summary="The board",
)
def list_intents(request: ApiRequest, slug: Slug, filters: Annotated[BoardFilters, Query()]) -> Page[IntentFacts]:
    """Return what this caller may see of the board, most urgent first and newest first among those."""
    if filters.cursor and read_cursor(filters.cursor) is None:
        raise cursor_unknown()
    with as_visitor(request, slug) as (circle, actor, now):
        wanted = queries.Filters(
            section=filters.section,
            direction=filters.direction or "",
            group=filters.group,
            kind=filters.kind,
            area=filters.area,
            unchecked=filters.unchecked,
        )
        shown = queries.board(circle, actor, wanted, cursor=filters.cursor, limit=filters.limit, now=now)
        items = [intent_facts(one, now=now) for one in shown.cards]
        return Page[IntentFacts](items=items, next=shown.next_cursor or None)


@router.post(
    "/circles/{slug}/intents", auth=WRITES, response={201: IntentFacts}, operation_id="post_intent",
    summary="Post a need or an offer",
)
def post_intent(request: ApiRequest, slug: Slug, draft: IntentIn) -> Status[IntentFacts]:
    """Put a need or an offer of a member on the board."""
    with as_acting(request, slug) as (circle, actor, now):
        intent = actions.post(actor, draft.draft(circle, draft.direction, draft.on_behalf_of), now=now)
        return Status(201, told_of(intent, actor, now=now))


@router.get(INTENT, auth=READS_PUBLIC, response=IntentDetail, operation_id="intent", summary="One need or offer")
def one_intent(request: ApiRequest, slug: Slug, intent_id: Id) -> IntentDetail:
    """Return an intent, what the caller may do with it, who is on it, and what happened."""
    with as_reader(request, slug) as (circle, actor, now):
        found = access.intent(circle, actor, intent_id)
        on_it = stories.commitments_on(found, actor, now=now)
        manages = access.may_manage(found, actor)
        party = manages or any(access.is_party(one.commitment, actor) for one in on_it)
        subjects = [found.id, *stories.commitment_ids(found)]
        told = stories.story(circle.id, subjects, actor, party=party, hidden=set())
        return IntentDetail.model_validate(
            intent_fields(queries.card(found, actor, now=now), now=now)
            | {
                "may_manage": manages,
                "commitments": [commitment_facts(one, actor, now=now) for one in on_it if actor is not None],
                "happened": happened(told.entries),
            }
        )


def _changed(intent: Intent, actor: Actor, request: ApiRequest) -> IntentFacts:
    return told_of(intent, actor, now=request.auth.now)


@router.post(INTENT + "/check", auth=WRITES, response=IntentFacts, operation_id="check_intent", summary="Looked at")
def check_intent(request: ApiRequest, slug: Slug, intent_id: Id) -> IntentFacts:
    """Say, as a coordinator, that a need filed without an account may be as public as it asks to be."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return _changed(actions.check(actor, intent_id, now=now), actor, request)


@router.post(
    INTENT + "/renew", auth=WRITES, response=IntentFacts, operation_id="renew_intent", summary="Still needed, still there"
)
def renew_intent(request: ApiRequest, slug: Slug, intent_id: Id) -> IntentFacts:
    """Say that it still holds: its clock starts again, also when it had expired."""
    with as_acting(request, slug) as (_circle, actor, now):
        return _changed(actions.renew(actor, intent_id, now=now), actor, request)


@router.post(
    INTENT + "/withdraw", auth=WRITES, response=IntentFacts, operation_id="withdraw_intent", summary="Take it off the board"
)
def withdraw_intent(request: ApiRequest, slug: Slug, intent_id: Id) -> IntentFacts:
    """Take an intent off the board. Whoever was on it is told."""
    with as_acting(request, slug) as (_circle, actor, now):
        return _changed(actions.withdraw(actor, intent_id, now=now), actor, request)


@router.get(
    INTENT + "/suggestions", auth=READS, response=Page[SuggestionFacts], operation_id="list_suggestions",
    summary="Who could help, whom it could help",
)
def list_suggestions(
    request: ApiRequest, slug: Slug, intent_id: Id, limit: Limit = 8
) -> Page[SuggestionFacts]:
    """Return the best matches with the reason for each. Those for a need are for whoever manages it."""
    with as_member(request, slug) as (circle, actor, now):
        found = access.intent(circle, actor, intent_id)
        if found.is_request and not access.may_manage(found, actor):
            raise Refusal.forbidden()
        suggestions = queries.suggest(found, actor, limit=limit, now=now)
        shown = cards([one.intent for one in suggestions], circle, actor, now=now)
        items = [
            SuggestionFacts(
                intent=intent_facts(card, now=now),
                total=round(one.scored.total, 3),
                reasons=wording.reasons(one.scored, now),
                terms=[Reason(code=term.code, points=round(term.points, 3)) for term in one.scored.terms],
            )
            for one, card in zip(suggestions, shown, strict=True)
        ]
        return Page[SuggestionFacts](items=items)


@router.post(
    INTENT + "/claims", auth=WRITES, response={201: CommitmentFacts}, operation_id="claim_intent", summary="I'm on this"
)
def claim_intent(request: ApiRequest, slug: Slug, intent_id: Id, claim: ClaimIn) -> Status[CommitmentFacts]:
    """Take a request as the giver or an offer as the receiver, whole or in part."""
    with as_acting(request, slug) as (circle, actor, now):
        found = access.intent(circle, actor, intent_id)
        made = actions.claim(
            actor,
            intent_id,
            quantity=read_amount(claim.quantity, found.unit),
            with_intent=claim.with_intent,
            on_behalf_of=claim.on_behalf_of,
            reach=claim.reach.values(),
            now=now,
        )
        return Status(201, commitment_told(made, actor, now=now))


@router.post(
    INTENT + "/proposals", auth=WRITES, response={201: CommitmentFacts}, operation_id="propose_match",
    summary="Ask a giver to help",
)
def propose_match(request: ApiRequest, slug: Slug, intent_id: Id, proposal: ProposalIn) -> Status[CommitmentFacts]:
    """Join this request with somebody's offer; the giver says yes or no."""
    with as_member(request, slug) as (circle, actor, now):
        found = access.intent(circle, actor, intent_id)
        quantity = read_amount(proposal.quantity, found.unit)
        made = actions.propose(actor, intent_id, proposal.offer, quantity=quantity, now=now)
        return Status(201, commitment_told(made, actor, now=now))


@router.post(
    INTENT + "/open", auth=OPENS, response=Opened, operation_id="open_intent", summary="Open what is sealed of it"
)
def open_intent(request: ApiRequest, slug: Slug, intent_id: Id, why: WhyIn) -> Opened:
    """Open one's own sealed words, or, as a coordinator who says why, a need's. It is on record, and the person can see it."""
    with as_acting(request, slug) as (_circle, actor, now):
        return Opened(details=access.details_for_coordinator(actor, intent_id, why.why, now=now))
