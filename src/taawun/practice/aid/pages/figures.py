"""Figures without names: of the circle, of an organisation, and by a link for a funder or the committee."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from taawun.community.circles import access as circle_access
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, run_once
from taawun.community.circles.models import Circle
from taawun.community.circles.rights import Right
from taawun.community.people.models import Agent
from taawun.ground.site import parts
from taawun.practice.aid import access, actions, figures_drawing, showing
from taawun.practice.aid.queries import figures as counting


@require_safe
@circle_page(access=circle_access.open_for_member)
def of_circle(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Show the figures of the whole circle to its members; coordinators may share them by a link."""
    context = _context(request, circle, None, finished_only=False)
    if actor.is_coordinator:
        context |= _sharing(circle, None)
    return render(request, "aid/figures.html", context)


@require_safe
@circle_page(access=circle_access.open_for_acting)
def of_organisation(
    request: CircleRequest, circle: Circle, actor: Actor, organisation_id: uuid.UUID
) -> HttpResponseBase:
    """Show an organisation's figures to its staff who were given that."""
    organisation = circle_access.organisation(actor, organisation_id, Right.FIGURES)
    context = _context(request, circle, organisation, finished_only=False) | _sharing(circle, organisation)
    return render(request, "aid/figures.html", context)


@require_POST
@circle_page(access=circle_access.open_for_acting)
def link(
    request: CircleRequest, circle: Circle, actor: Actor, organisation_id: uuid.UUID | None = None
) -> HttpResponseBase:
    """Share the figures by a link, or end the link."""
    shares = request.POST.get("do") != "end"

    def act() -> str:
        if shares:
            actions.share_figures(actor, organisation_id, now=request.now)
            messages.success(request, _("Whoever has the link sees these figures, of finished quarters only."))
        else:
            actions.end_sharing_figures(actor, organisation_id, now=request.now)
            messages.success(request, _("The link no longer works."))
        return _page(circle, organisation_id)

    return HttpResponseRedirect(run_once(request, actor, "figures.link", act))


@require_safe
def shared(request: HttpRequest, slug: str, secret: str) -> HttpResponseBase:
    """Show figures to whoever has the link. Only quarters that are over: today and tomorrow look alike."""
    found = access.link_to_figures(slug, secret)
    circle = found.circle
    inside: Any = request
    inside.now = timezone.now()
    with timezone.override(ZoneInfo(circle.time_zone)):
        context = _context(inside, circle, found.organisation, finished_only=True)
        context |= {"is_shared": True, "shared_circle": circle}
        response = render(request, "aid/figures.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(circle: Circle, organisation_id: uuid.UUID | None) -> str:
    if organisation_id is None:
        return showing.url("figures", circle)
    return showing.url("own_figures", circle, organisation_id=organisation_id)


def _context(
    request: CircleRequest, circle: Circle, organisation: Agent | None, *, finished_only: bool
) -> dict[str, Any]:
    known = counting.quarters(circle, finished_only=finished_only, now=request.now)
    wanted = request.GET.get("period", "")
    chosen = next((one for one in known if one.code == wanted), known[0] if known else None)
    context: dict[str, Any] = {"organisation": organisation, "chosen": chosen, "figures_of": circle}
    context["quarters"] = [
        parts.Link(figures_drawing.quarter_name(one), f"?period={one.code}", current=one == chosen) for one in known
    ]
    if chosen is not None:
        found = counting.figures(
            circle, chosen, organisation_id=organisation.id if organisation else None, now=request.now
        )
        context["figures"] = found
        context["tables"] = figures_drawing.tables(circle, found)
        context["totals"] = figures_drawing.totals(found)
        context["plots"] = figures_drawing.plots(circle, found)
        context["quarter_name"] = figures_drawing.quarter_name(chosen)
    return context


def _sharing(circle: Circle, organisation: Agent | None) -> dict[str, Any]:
    """Return what those who may share see: whether there is a link, where it leads, and the files."""
    found = actions.link_to_share(circle, organisation.id if organisation else None)
    path = reverse("aid:shared_figures", args=[circle.slug, actions.secret_of_figures(found)]) if found else ""
    named = {"organisation_id": organisation.id} if organisation else {}
    name = "own_figures" if organisation else "figures"
    return {
        "may_share": True,
        "shared_url": f"{settings.PUBLIC_URL}{path}" if path else "",
        "link_url": showing.url(f"{name}_link", circle, **named) if named else showing.url(f"{name}_link", circle),
        "files": [
            (label, reverse(f"sheets:{name}_file", kwargs={"slug": circle.slug, "ending": ending, **named}))
            for label, ending in ((_("As a workbook"), "xlsx"), (_("As a plain table (CSV)"), "csv"))
        ],
    }
