"""Following a need without an account: the receipt code opens it, and its holder may answer, confirm, renew and withdraw."""

from typing import cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, run_once, show_form, visitor_of
from taawun.community.people import limits
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, actions, beside, conversing, queries, receipts, rules, showing, wording
from taawun.practice.aid.forms import FollowForm
from taawun.practice.aid.models import Intent
from taawun.practice.aid.pages.posting import code_to_show, follow
from taawun.practice.aid.queries import story as stories

TRIES_AN_HOUR_MAX = 30


def enter(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code; it is never part of an address."""
    form = FollowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            limits.require(
                "receipt", visitor_of(request), at_most=TRIES_AN_HOUR_MAX, window=limits.HOUR, now=now
            )
            found, _actor = access.by_receipt(form.cleaned_data["code"])
            follow(request, found)
            return HttpResponseRedirect("/follow/need/")
        except Refusal as refusal:
            if refusal.field is None and refusal.status != 429:
                raise
            form.refused(refusal)
            form.refused_status = refusal.status  # type: ignore[attr-defined]
    return show_form(request, "aid/follow.html", form)


def followed(request: HttpRequest) -> tuple[Intent, Actor]:
    """Return the need this session follows, with its circle's scope open."""
    pair = request.session.get("followed") or ["", ""]
    circle_id, intent_id = parse_id(pair[0]), parse_id(pair[1])
    if circle_id is None or intent_id is None:
        raise Refusal("receipt.unknown", "code", status=404)
    return access.by_holder(circle_id, intent_id)


def need(request: HttpRequest) -> HttpResponseBase:
    """Show the need to its holder: what stands, who is coming, what to do. The code is shown for an hour after filing."""
    try:
        found, actor = followed(request)
    except Refusal:
        return HttpResponseRedirect("/follow/")
    inside = cast(CircleRequest, request)
    inside.now = timezone.now()
    code = code_to_show(request)
    with timezone.override(ZoneInfo(actor.circle.time_zone)):
        promises = stories.commitments_on(found, actor, now=inside.now)
        lines = [(one, access.contact_details(one.commitment, actor, now=inside.now).get("giver", {})) for one in promises]
        told = stories.story(
            actor.circle.id, [found.id, *stories.commitment_ids(found)], actor, party=True, hidden=set()
        )
        shown = queries.card(found, actor, now=inside.now)
        response = render(
            request,
            "aid/followed.html",
            {
                "intent": found,
                "circle": actor.circle,
                "card": shown,
                "status": showing.STATES[shown.status],
                "urgency": wording.URGENCY_NAMES[rules.Urgency(found.urgency)],
                "lines": lines,
                "states": wording.COMMITMENT_STATES,
                "steps": showing.steps(told.entries, {}),
                "code": receipts.shown(code) if code else "",
                "fail_reasons": wording.FAIL_REASONS.items(),
                "ways": conversing.ways_of_holder(found, actor),
                "notes": conversing.notes_for_holder(found, actor, now=inside.now),
                "closed": found.state in rules.INTENT.final,
                "beside": beside.panels(request, actor.circle, [found.id], now=inside.now),
            },
        )
    # It may show a phone and a door: a phone that is passed round must not bring them back.
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponseBase:
    """Do one thing as the holder of a receipt."""
    found, actor = followed(request)
    now = timezone.now()
    commitment_id = parse_id(request.POST.get("commitment", ""))

    def once() -> str:
        if verb == "renew":
            actions.renew(actor, found.id, now=now)
        elif verb == "withdraw":
            actions.withdraw(actor, found.id, now=now)
        elif commitment_id is None or verb not in {"accept", "decline", "receive", "fail", "thank"}:
            raise Refusal.not_found()
        elif verb == "accept":
            actions.accept(actor, commitment_id, now=now)
        elif verb == "decline":
            actions.decline(actor, commitment_id, now=now)
        elif verb == "receive":
            actions.receive(actor, commitment_id, now=now)
        elif verb == "fail":
            actions.fail(actor, commitment_id, request.POST.get("reason", ""), now=now)
        else:
            actions.thank(actor, commitment_id, now=now)
        return "/follow/need/"

    address = run_once(request, actor, f"aid.followed.{verb}", once)
    messages.success(request, _("Thank you. It is on the record."))
    return HttpResponseRedirect(address)


@require_POST
def forget(request: HttpRequest) -> HttpResponseBase:
    """Let this browser forget which need it follows. The code on paper still opens it."""
    for name in ("followed", "receipt"):
        request.session.pop(name, None)
    if not request.user.is_authenticated:
        request.session.flush()
    messages.success(request, _("This browser has forgotten it. With the code you come back from any phone."))
    return HttpResponseRedirect("/follow/")
