"""Handing a need to a programme with consent, the waiting list, and what became of what was handed on."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.circles import kinds
from taawun.community.circles.access import open_for_acting, open_for_member
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, form_page, run_once
from taawun.community.circles.models import Circle
from taawun.ground.values.refusal import Refusal, sentence
from taawun.practice.aid import access, actions, programme_showing, showing
from taawun.practice.aid.programme_forms import ReferForm
from taawun.practice.aid.programme_showing import own_url
from taawun.practice.aid.queries import organisation, services


@require_http_methods(["GET", "POST"])
@circle_page(access=open_for_acting)
def refer(
    request: CircleRequest, circle: Circle, actor: Actor, intent_id: uuid.UUID, programme_id: uuid.UUID
) -> HttpResponseBase:
    """Ask for a yes, in plain words, and hand the need on."""
    intent = access.intent(circle, actor, intent_id)
    programme = access.programme(circle, actor, programme_id)
    if not access.may_manage(intent, actor):
        raise Refusal.forbidden()
    is_own = actor.is_one_of(intent.agent_id)
    form = ReferForm(
        request.POST if request.method == "POST" else None,
        unit=intent.unit, left=max(intent.left, 1), whole_only=intent.whole_only, is_own=is_own,
    )  # fmt: skip

    def act(typed: dict[str, Any]) -> str:
        placement = actions.refer(
            actor, programme_id, intent_id, quantity=form.parts(), consented=typed["consented"], now=request.now
        )
        if placement.commitment_id is None:
            messages.success(request, _("It is on the waiting list. It stays on the board too, so that others can help."))
        else:
            messages.success(request, _("It is handed on. You see here what becomes of it."))
        return showing.url("intent", circle, intent_id)

    fits = [one for one in services.fitting(intent, actor, now=request.now, limit=100)]
    context = {
        "intent": intent,
        "kind": kinds.shown(circle, intent.kind),
        "programme": programme,
        "is_own": is_own,
        "is_full": any(one.fit.is_full for one in fits if one.shown.programme.id == programme_id),
        "about": programme_showing.told(programme, "about"),
    }
    return form_page(request, "aid/refer.html", form, act, who=actor, verb="aid.refer", **context)


@require_safe
@circle_page(access=open_for_member)
def referred(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Show what one handed to programmes and what became of it; coordinators see all of the circle's."""
    found = organisation.referred(actor, everybody=actor.is_coordinator)
    lines = [
        line | {"kind": kinds.shown(circle, line["placement"].intent.kind)}
        for line in programme_showing.handed_lines(found)
    ]
    return render(request, "aid/referred.html", {"lines": lines})


@require_POST
@circle_page(access=open_for_acting)
def take_from_list(
    request: CircleRequest, circle: Circle, actor: Actor, placement_id: uuid.UUID
) -> HttpResponseBase:
    """Take on what waits on a programme's list."""
    listed = access.on_waiting_list(actor, placement_id)

    def act() -> str:
        done = actions.take_from_list(actor, placement_id, now=request.now)
        assert done.commitment_id is not None
        return showing.url("commitment", circle, done.commitment_id)

    try:
        return HttpResponseRedirect(run_once(request, actor, "aid.listed_take", act))
    except Refusal as refusal:
        if refusal.status not in {409, 422}:
            raise
        messages.error(request, sentence(refusal))
        return HttpResponseRedirect(own_url("organisation", circle, listed.programme.organisation_id))


@require_POST
@circle_page(access=open_for_acting)
def take_off_list(
    request: CircleRequest, circle: Circle, actor: Actor, placement_id: uuid.UUID
) -> HttpResponseBase:
    """Take a need off a waiting list: its staff with a reason, whose need it is without."""
    listed = access.on_waiting_list(actor, placement_id)
    manages = access.may_manage(listed.intent, actor)

    def act() -> str:
        actions.take_off_list(actor, placement_id, request.POST.get("reason", "")[:20], now=request.now)
        messages.success(request, _("It is off the waiting list."))
        if manages:
            return showing.url("intent", circle, listed.intent_id)
        return own_url("organisation", circle, listed.programme.organisation_id)

    return HttpResponseRedirect(run_once(request, actor, "aid.listed_off", act))
