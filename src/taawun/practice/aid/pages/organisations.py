"""The board of an organisation, for those who act for it and are no members perhaps; and taking a need on from there."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from taawun.community.circles import access as circle_access
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, run_once
from taawun.community.circles.models import Circle
from taawun.community.circles.rights import Right
from taawun.community.people.models import Agent
from taawun.ground.site import parts
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal, sentence
from taawun.practice.aid import actions, programme_showing, showing, wording
from taawun.practice.aid.programme_showing import own_url
from taawun.practice.aid.queries import organisation as own


@require_safe
@circle_page(access=circle_access.open_for_acting)
def board(
    request: CircleRequest, circle: Circle, actor: Actor, organisation_id: uuid.UUID
) -> HttpResponseBase:
    """Show an organisation what is its own: handed to it, promised, on its lists, on offer, and what it could take."""
    organisation = circle_access.organisation(actor, organisation_id)
    shown = own.board(actor, organisation, now=request.now)
    context = {
        "organisation": organisation,
        "board": shown,
        "topic": f"agent:{organisation.id}",
        "fragment": request.path,
        "listed": [{"line": one, "urgency": programme_showing.urgency(one.placement)} for one in shown.listed],
        "takeable": [_take_line(request, circle, organisation, one) for one in shown.takeable],
        "intents": showing.cards(shown.intents, circle, actor, now=request.now),
        "programmes": [
            {"line": programme_showing.line(circle, one), "capacity": programme_showing.capacity(circle, one)}
            for one in shown.programmes
        ],
        "steps": showing.steps(shown.entries, {}),
        "decline_reasons": wording.DECLINE_REASONS.items(),
        "may": {right.value: actor.is_coordinator or actor.may(right, organisation.id) for right in Right},
        "answers": organisation.id in actor.ids_with(Right.ANSWER),
        "counts": _counts(shown),
    }
    if request.headers.get("X-Fragment"):
        return render(request, "aid/organisation_part.html", context)
    context["live_url"] = f"/live/{circle.slug}/?since={shown.newest}"
    return render(request, "aid/organisation.html", context)


def _counts(shown: own.OwnBoard) -> list[parts.Link]:
    late = sum(one.promise.late for one in shown.promised)
    return [
        parts.Link(_("To answer"), "#answer", "hand-over", count=len(shown.to_answer)),
        parts.Link(_("Waiting list"), "#listed", "clock", count=len(shown.listed)),
        parts.Link(_("Promised"), "#promised", "state-taken", count=len(shown.promised)),
        parts.Link(_("Late"), "#promised", "state-late", count=late),
    ]


def _take_line(
    request: CircleRequest, circle: Circle, organisation: Agent, one: own.Takeable
) -> tuple[parts.Card, str, str, str]:
    """Return a need as a card without its own button, what could take it, and where to say so."""
    card = showing.card(one.card, circle, request.actor, now=request.now, with_action=False)
    address = own_url("take", circle, organisation.id, intent_id=one.card.intent.id)
    return card, one.programme.name, str(one.programme.id), address


@require_POST
@circle_page(access=circle_access.open_for_acting)
def take(
    request: CircleRequest, circle: Circle, actor: Actor, organisation_id: uuid.UUID, intent_id: uuid.UUID
) -> HttpResponseBase:
    """Take a need on for the organisation, into one of its programmes."""
    circle_access.organisation(actor, organisation_id, Right.ANSWER)
    programme_id = parse_id(request.POST.get("programme", "")[:60]) if request.POST.get("programme") else None

    def act() -> str:
        made = actions.take(actor, organisation_id, intent_id, programme_id=programme_id, now=request.now)
        return showing.url("commitment", circle, made.id)

    try:
        return HttpResponseRedirect(run_once(request, actor, "aid.take", act))
    except Refusal as refusal:
        if refusal.status not in {409, 422}:
            raise
        # Somebody was quicker, or the last place is gone: back to the board, which shows what there is now.
        messages.error(request, sentence(refusal))
        return HttpResponseRedirect(own_url("organisation", circle, organisation_id))
