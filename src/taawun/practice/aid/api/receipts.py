"""Without an account over the API: filing a need, and following it by the code on its receipt.

The code opens a need to whoever holds it, so it travels in bodies: addresses end up in logs and histories.
"""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from taawun.community.circles.actor import Actor
from taawun.community.circles.api import as_visitor
from taawun.community.conversations import access as talks
from taawun.community.conversations import actions as talking
from taawun.community.conversations.api import (
    FILE_OUT,
    Before,
    MessageFacts,
    MessageIn,
    Messages,
    NoteFacts,
    hand_over,
    message_facts,
    messages_told,
    note_facts,
    say,
)
from taawun.community.conversations.queries import line as message_line
from taawun.community.people import belongings, erasing
from taawun.community.people.api.own import ZIP, Done, SectionFacts, archive, require_confirmed, section_facts
from taawun.community.people.api.shapes import LIMIT_MAX, Answer, Id, Page, Slug, Word
from taawun.community.people.api.tokens import WRITES_PUBLIC, ApiRequest, Gate
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, actions, conversing, receipts
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


class TalkIn(FollowIn):
    """Which part of the conversation to read."""

    before: Before = 0


class SayIn(MessageIn):
    """Something to say as the holder of a receipt."""

    code: Word


class OneMessageIn(FollowIn):
    """One message of the conversation."""

    message: Id


class OneMediumIn(FollowIn):
    """One picture or voice note of the conversation."""

    medium: Id


class Said(Answer):
    """What was said about the need, and the notes that coordinators wrote for its holder to read."""

    messages: Messages
    notes: list[NoteFacts]


def _talk(code: str, now: datetime) -> tuple[Intent, talks.Place]:
    found, actor = access.by_receipt(code)
    return found, talks.inside(actor, found.id, now=now)


@router.post(
    "/follow/messages", auth=FOLLOWS, response=Said, operation_id="follow_messages",
    summary="The conversation about a need, by its receipt",
)
def follow_messages(request: ApiRequest, wanted: TalkIn) -> Said:
    """Return what was said, the newest page, oldest first within it. Nothing is changed by asking."""
    now = request.auth.now
    need, place = _talk(wanted.code, now)
    notes = conversing.notes_for_holder(need, place.actor, now=now)
    return Said(
        messages=messages_told(place, before=wanted.before, limit=LIMIT_MAX, now=now),
        notes=[note_facts(one) for one in notes],
    )


@router.post(
    "/follow/messages/post", auth=FOLLOWS_AND_WRITES, response={201: MessageFacts}, operation_id="follow_say",
    summary="Say something as the receipt's holder",
)
def follow_say(request: ApiRequest, said: SayIn) -> Status[MessageFacts]:
    """Say something to those who help and to coordinators who stepped in."""
    _need, place = _talk(said.code, request.auth.now)
    return Status(201, say(place, said, now=request.auth.now))


@router.post(
    "/follow/messages/take-back", auth=FOLLOWS_AND_WRITES, response=MessageFacts, operation_id="follow_take_back",
    summary="Take a message back as the receipt's holder",
)
def follow_take_back(request: ApiRequest, wanted: OneMessageIn) -> MessageFacts:
    """Take one's own message back."""
    now = request.auth.now
    _need, place = _talk(wanted.code, now)
    return message_facts(message_line(place, talking.take_back(place, wanted.message, now=now), now=now))


@router.post(
    "/follow/media", auth=FOLLOWS, operation_id="follow_medium", openapi_extra=FILE_OUT,
    summary="A picture or a voice note, by the receipt",
)
def follow_medium(request: ApiRequest, wanted: OneMediumIn) -> HttpResponse:
    """Return the bytes of a picture or a voice note."""
    _need, place = _talk(wanted.code, request.auth.now)
    return hand_over(request, place, wanted.medium, "whole")


class EraseNeedIn(FollowIn):
    """The receipt's code, and the word ``erase``."""

    confirm: Word


@router.post(
    "/follow/known", auth=FOLLOWS, response=Page[SectionFacts], operation_id="follow_known",
    summary="What is known about me, by the receipt",
)
def follow_known(request: ApiRequest, receipt: FollowIn) -> Page[SectionFacts]:
    """Return what is kept about the holder of a receipt, and who looked at it."""
    found, actor = access.by_receipt(receipt.code)
    person = access.own_by_receipt(found, actor, now=request.auth.now)
    return Page[SectionFacts](items=section_facts(belongings.known(person)))


@router.post(
    "/follow/take-away", auth=FOLLOWS, operation_id="follow_take_away", openapi_extra=ZIP,
    summary="Everything of mine as an archive, by the receipt",
)
def follow_take_away(request: ApiRequest, receipt: FollowIn) -> HttpResponse:
    """Return the archive of the holder of a receipt, with what is sealed of the need."""
    found, actor = access.by_receipt(receipt.code)
    return archive(access.own_by_receipt(found, actor, now=request.auth.now))


@router.post(
    "/follow/erase", auth=FOLLOWS_AND_WRITES, response=Done, operation_id="follow_erase", summary="Erase me, by the receipt"
)
def follow_erase(request: ApiRequest, wanted: EraseNeedIn) -> Done:
    """Erase what is kept about the holder of a receipt; the need leaves the board, and the code opens nothing any more."""
    require_confirmed(wanted.confirm)
    found, actor = access.by_receipt(wanted.code)
    erasing.erase(access.own_by_receipt(found, actor, now=request.auth.now))
    return Done(done=True)
