"""Coming in anew when every way in is lost: asking without an account, coordinators who vouch, the door, and stopping it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.circles import access, actions, queries, recoveries, rules
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page
from taawun.community.circles.forms import LostForm
from taawun.community.circles.models import Circle
from taawun.community.circles.pages.members import SEARCH_LENGTH_MAX
from taawun.community.people import texts
from taawun.community.people.doors import form_page, region_of, run_once, sign_in_browser, visitor_of
from taawun.community.people.models import Account, AgentKind
from taawun.community.people.pages.own import own_page
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal, sentence

FOUND_MAX = 20


@require_http_methods(["GET", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    """Ask to be let in anew. What comes next is the same for everybody, known or not."""
    public = queries.public_circles()
    initial = {"community": public[0].name} if len(public) == 1 else {}
    form = LostForm(
        request.POST if request.method == "POST" else None, initial={**initial, "region": request.GET.get("region", "")}
    )

    def ask(typed: dict[str, Any]) -> str:
        token = actions.ask_recovery(
            community=typed["community"],
            name=typed["name"],
            address=typed["address"],
            note=typed["note"],
            region=region_of(request) if typed["region"] else "",
            visitor=visitor_of(request),
            now=timezone.now(),
        )
        return reverse("circles:recovery_standing", args=[token])

    return form_page(request, "circles/lost.html", form, ask, who=None, verb="circle.ask_recovery")


@require_http_methods(["GET", "POST"])
def standing(request: HttpRequest, token: str) -> HttpResponse:
    """Tell whoever asked how it stands; when the door is open, one tap leads in."""
    now = timezone.now()
    if request.method == "POST":
        sign_in_browser(request, actions.use_recovery(token, now=now))
        messages.success(request, _("You are in. All old ways into your account have ended, so keep new ones."))
        return redirect("people:way_back")
    found = recoveries.by_link(token, recoveries.PURPOSE)
    ends_at = found.expires_at if found is not None else recoveries.asked_at(token) + rules.RECOVERY_LASTS
    response = render(
        request,
        "circles/recovery_standing.html",
        {
            "is_open": found is not None and recoveries.is_open(found, now=now),
            # Declined, stopped and never there look alike: the page tells nobody whom we know.
            "is_over": ends_at <= now or (found is not None and found.state in {"used", "disputed"}),
            "opens_at": found.opens_at if found is not None and found.state == "granted" else None,
            "ends_at": ends_at,
        },
    )
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop it from a link in a mail. A mail program that opens links ahead of its reader stops nothing."""
    now = timezone.now()
    if request.method == "POST":
        actions.stop_recovery(token, now=now)
        return redirect("circles:recovery_stop", token)
    found = recoveries.by_link(token, recoveries.STOP_PURPOSE)
    if found is None:
        raise Refusal("recovery.no_link", status=404)
    context = {
        "is_living": recoveries.is_living(found, now=now),
        "state": found.state,
        "opens_at": found.opens_at,
        "asked": found.circle,
        "may_dispute": found.state == "used",
    }
    return _private(render(request, "circles/recovery_stop.html", context))


@require_safe
@own_page
def mine(request: HttpRequest, account: Account) -> HttpResponse:
    """Show, to a browser that is still signed in, who is being let in as oneself, and the way to stop it."""
    access.circles_of(account)
    found = recoveries.of_member(account.agent_id, now=timezone.now())
    return render(request, "circles/recovery_mine.html", {"found": found})


@require_POST
@own_page
def stop_mine(request: HttpRequest, account: Account, recovery_id: uuid.UUID) -> HttpResponse:
    def act() -> str:
        access.circles_of(account)
        actions.stop_own_recovery(account, recovery_id, now=timezone.now())
        messages.success(request, _("It is stopped. Nobody is let into your account anew."))
        return reverse("people:devices")

    return redirect(run_once(request, account, "circle.stop_recovery", act))


@require_safe
@circle_page(access=access.open_for_coordinator)
def recoveries_page(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    return render(request, "circles/recoveries.html", {"lines": recoveries.in_hand(actor, now=request.now)})


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_coordinator)
def recovery(request: CircleRequest, circle: Circle, actor: Actor, recovery_id: uuid.UUID) -> HttpResponse:
    """Show one request; a POST opens what was written, on record. A member is found by name and vouched for in two taps."""
    found = recoveries.in_circle(actor, recovery_id)
    written = recoveries.written(found, actor, now=request.now) if request.method == "POST" else None
    return _show(request, circle, actor, found, written=written)


def _show(
    request: CircleRequest, circle: Circle, actor: Actor, found: Any, *, written: Any = None, refusal: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    search = _search(request)
    chosen = found.agent_id or parse_id(request.GET.get("member", "")[:60])
    named = queries.members_of(circle, search=search, limit=FOUND_MAX) if search and not chosen else []
    asking, roles_in = recoveries.asking_of(found, chosen) if chosen else (None, [])
    words = list(found.vouches.select_related("by").order_by("vouched_at"))
    return render(
        request,
        "circles/recovery.html",
        {
            "recovery": found,
            "is_living": recoveries.is_living(found, now=request.now),
            "words": words,
            "has_said": any(one.by_id == actor.agent_id for one in words),
            "written": written,
            "search": search,
            "named": [one for one in named if one.has_account and one.membership.agent.kind == AgentKind.PERSON],
            "chosen": access.member(actor, chosen).agent if chosen else None,
            "is_only_one": asking is not None and asking.others < rules.WORDS_NEEDED,
            "waits": asking is not None and (asking.others < rules.WORDS_NEEDED or asking.reaches_far),
            "holds_role": bool(roles_in),
            "refusal": refusal,
        },
        status=status,
    )


def _search(request: CircleRequest) -> str:
    try:
        return texts.line(request.GET.get("search", "")[: SEARCH_LENGTH_MAX * 4], "search", SEARCH_LENGTH_MAX)
    except Refusal:
        return ""


@require_POST
@circle_page(access=access.open_for_coordinator)
def vouch(
    request: CircleRequest, circle: Circle, actor: Actor, recovery_id: uuid.UUID, agent_id: uuid.UUID
) -> HttpResponse:
    def act() -> str:
        actions.vouch(actor, recovery_id, agent_id, now=request.now)
        messages.success(request, _("Your word is on the record."))
        return reverse("circles:recovery", args=[circle.slug, recovery_id])

    try:
        return redirect(run_once(request, actor, "circle.vouch", act))
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        found = recoveries.in_circle(actor, recovery_id)
        return _show(request, circle, actor, found, refusal=sentence(refusal), status=refusal.status)


@require_POST
@circle_page(access=access.open_for_coordinator)
def decline(request: CircleRequest, circle: Circle, actor: Actor, recovery_id: uuid.UUID) -> HttpResponse:
    def act() -> str:
        actions.decline_recovery(actor, recovery_id, now=request.now)
        messages.success(request, _("Declined. Nobody is let in."))
        return reverse("circles:recoveries", args=[circle.slug])

    return redirect(run_once(request, actor, "circle.decline_recovery", act))
