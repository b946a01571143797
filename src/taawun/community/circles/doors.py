"""What every page of a circle does before its own work: open the circle, for whom, in which zone. Forms: see people's doors."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from taawun.community.circles.access import open_for_member
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.community.people.doors import (
    account_of,
    form_page,
    idempotency_key,
    refuse_form,
    run_once,
    show_form,
    visitor_of,
)
from taawun.community.people.models import Account

__all__ = [
    "CircleRequest",
    "account_of",
    "circle_page",
    "form_page",
    "idempotency_key",
    "refuse_form",
    "run_once",
    "show_form",
    "visitor_of",
]


class CircleRequest(HttpRequest):
    """A request inside a circle, as ``circle_page`` hands it to a view. The navigation reads it too."""

    circle: Circle
    actor: Actor | None
    now: datetime


Parameters = ParamSpec("Parameters")
Opening = Callable[[str, Account | None], tuple[Circle, Any]]
View = Callable[..., HttpResponseBase]


def circle_page(
    access: Opening = open_for_member,
) -> Callable[[Callable[Concatenate[CircleRequest, Circle, Any, Parameters], HttpResponseBase]], View]:
    """Make a view of a circle: ``view(request, circle, actor, **kwargs)`` behind a URL with ``slug``.

    The circle is opened by ``access``, its time zone holds for the whole view, and the request carries ``circle``,
    ``actor`` and ``now``. Views render at once (``render``), because a page rendered later has lost the zone.
    """

    def decorate(view: Callable[Concatenate[CircleRequest, Circle, Any, Parameters], HttpResponseBase]) -> View:
        @wraps(view)
        def opened(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            circle, actor = access(slug, account_of(request))
            inside = cast(CircleRequest, request)
            inside.circle, inside.actor, inside.now = circle, actor, timezone.now()
            with timezone.override(ZoneInfo(circle.time_zone)):
                response = view(inside, circle, actor, *args, **kwargs)
            if actor is not None:
                # On a phone that is passed round, "back" must not show what the last person saw; and a form that was
                # sent comes back with a fresh idempotency key.
                response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        return opened

    return decorate
