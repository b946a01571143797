"""Without an account over the API: filing a need, and following it by the code on its receipt.

The code opens a need to whoever holds it, so it travels in bodies: addresses end up in logs and histories.
"""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from taawun.community.circles.actor import Actor
from taawun.community.circles.api import as_visitor
from taawun.community.people.api.shapes import Answer, Page, Slug
from taawun.community.people.api.tokens import WRITES_PUBLIC, ApiRequest, Gate
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, actions, receipts
from taawun.practice.aid.api.asked import FollowIn, HolderIn, NeedIn
from taawun.practice.aid.api.commitments import SideDetails
from taawun.practice.aid.api.told import CommitmentFacts, Happened, IntentFacts, commitment_facts, happened, told_of
from taawun.practice.aid.models import Intent
from taawun.practice.aid.queries import story as stories

router = Router(tags=["without an account"])
# Counted together with the tries on the page.
TRIES = ("receipt", 30)
FOLLOWS = Gate(public=True, tries=TRIES)
FOLLOWS_AND_WRITES = Gate(public=True, writes=True, keyed=True, tries=TRIES)


class Filed(Answer):
    """The need as it stands, and the code by which the person follows it. The code is shown here and never again."""

    receipt_code: str = Field(examples=["4821 0093 7716 5208"])
    intent: IntentFacts


class Followed(Answer):
    """A need as its holder sees it: what stands, who is coming, what happened."""

    circle: str
    intent: IntentFacts
    commitments: list[CommitmentFacts]
    happened: list[Happened]


@router.post(
    "/circles/{slug}/needs", auth=WRITES_PUBLIC, response={201: Filed}, operation_id="file_need",
    summary="File a need without an account",
)
def file_need(request: ApiRequest, slug: Slug, need: NeedIn) -> Status[Filed]:
    """File a need with a way to be reached (``private.reach``). Members see it at once, others when it has been looked at."""
    with as_visitor(request, slug) as (circle, _actor, now):
        intent, code = actions.post_without_account(
            circle, need.draft(circle), visitor=request.auth.visitor, now=now
        )
        return Status(201, Filed(receipt_code=receipts.shown(code), intent=told_of(intent, None, now=now)))


class Giver(Answer):
    """How the receiver finds who is coming."""

    commitment: uuid.UUID
    giver: SideDetails


def _followed(found: Intent, actor: Actor, now: datetime) -> Followed:
    with timezone.override(ZoneInfo(actor.circle.time_zone)):
        told = stories.story(
            actor.circle.id, [found.id, *stories.commitment_ids(found)], actor, party=True, hidden=set()
        )
        return Followed(
            circle=actor.circle.slug,
            intent=told_of(found, actor, now=now),
            commitments=[
                commitment_facts(one, actor, now=now) for one in stories.commitments_on(found, actor, now=now)
            ],
            happened=happened(told.entries),
        )


@router.post(
    "/follow", auth=FOLLOWS, response=Followed, operation_id="follow_need", summary="Follow a need by its receipt"
)
def follow_need(request: ApiRequest, receipt: FollowIn) -> Followed:
    """Return the need a receipt code follows. Nothing is changed by asking."""
    found, actor = access.by_receipt(receipt.code)
    return _followed(found, actor, request.auth.now)


@router.post(
    "/follow/givers", auth=FOLLOWS, response=Page[Giver], operation_id="follow_givers",
    summary="Who is coming, by the receipt",
)
def follow_givers(request: ApiRequest, receipt: FollowIn) -> Page[Giver]:
    """Open the names and phones of those who agreed to help. Each call is a look, and is on record."""
    found, actor = access.by_receipt(receipt.code)
    now = request.auth.now
    items = []
    for one in stories.commitments_on(found, actor, now=now):
        sides = access.contact_details(one.commitment, actor, now=now)
        if sides:
            items.append(Giver(commitment=one.commitment.id, giver=SideDetails.model_validate(sides["giver"])))
    return Page[Giver](items=items)


@router.post(
    "/follow/act", auth=FOLLOWS_AND_WRITES, response=Followed, operation_id="follow_act", summary="Answer as the receipt's holder"
)
def follow_act(request: ApiRequest, wanted: HolderIn) -> Followed:
    """Renew or withdraw the need, or answer one of the commitments on it. Returns the need as it stands afterwards."""
    found, actor = access.by_receipt(wanted.code)
    now = request.auth.now
    match wanted.do:
        case "renew":
            actions.renew(actor, found.id, now=now)
        case "withdraw":
            actions.withdraw(actor, found.id, now=now)
        case verb:
            _answer(actor, verb, wanted, now)
    return _followed(*access.by_receipt(wanted.code), now)


def _answer(actor: Actor, verb: str, wanted: HolderIn, now: datetime) -> None:
    if wanted.commitment is None:
        raise Refusal("commitment.unnamed", "commitment")
    match verb:
        case "accept":
            actions.accept(actor, wanted.commitment, now=now)
        case "decline":
            actions.decline(actor, wanted.commitment, now=now)
        case "receive":
            actions.receive(actor, wanted.commitment, now=now)
        case "fail":
            actions.fail(actor, wanted.commitment, wanted.reason or "", now=now)
        case "thank":
            actions.thank(actor, wanted.commitment, now=now)
