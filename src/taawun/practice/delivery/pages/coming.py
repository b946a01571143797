"""A delivery as whoever waits for it sees it, by the link in a message: when it comes, its code, and "not now"."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST, require_safe

from taawun.community.circles.doors import CircleRequest
from taawun.community.circles.everywhere import circle_ids
from taawun.community.circles.models import Circle
from taawun.practice.delivery import carry_access, rules
from taawun.practice.delivery.actions import coming as actions
from taawun.practice.delivery.queries import carrying as queries


@require_safe
def coming(request: HttpRequest, token: str) -> HttpResponse:
    """Show a delivery to who holds its link. A mail program that opens links ahead of the reader changes nothing."""
    found = carry_access.coming_by_token(token, circle_ids())
    inside = cast(CircleRequest, request)
    inside.now = timezone.now()
    with timezone.override(ZoneInfo(found.stop.circle.time_zone)):
        shown = queries.coming(found.stop.circle, found.stop, now=inside.now)
        template = (
            "delivery/coming_part.html"
            if request.headers.get("X-Fragment") or request.headers.get("HX-Request")
            else "delivery/coming.html"
        )
        response = render(request, template, {"line": shown, "live_url": f"/live/{found.stop.circle.slug}/"})
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_POST
def say(request: HttpRequest, token: str, what: str) -> HttpResponseBase:
    """Say "not now", or "after all", with one tap. The link is the permission."""
    found = carry_access.coming_by_token(token, circle_ids())
    actions.say(found, what, now=timezone.now())
    return redirect("delivery:coming", token)


def beside_needs(
    request: HttpRequest, circle: Circle, intent_ids: Sequence[uuid.UUID], now: datetime
) -> Iterable[SafeString]:
    """Draw the deliveries on their way to somebody's needs, for the pages of aid on which she follows them."""
    for line in queries.coming_of(circle, intent_ids, now=now):
        if line.is_told or line.stop.state in rules.MET:
            yield mark_safe(render_to_string("delivery/coming_part.html", {"line": line}, request))
