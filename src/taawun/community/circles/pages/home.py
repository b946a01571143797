"""The first page, and setting a community up. On an empty server both are one."""

import ipaddress
import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from taawun.community.circles import access, actions, queries
from taawun.community.circles.forms import StartForm
from taawun.community.circles.models import Circle
from taawun.community.people import actions as people
from taawun.community.people import secrets, texts
from taawun.community.people.doors import (
    account_of,
    once_for_form,
    refuse_form,
    region_of,
    show_form,
    sign_in_browser,
    was_answered,
)
from taawun.community.people.models import Account
from taawun.ground.values.refusal import Refusal

# What proxies add: then the request only seems to come from this machine.
PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
# How long a form sent twice may still bring the second answer to the account the first one opened.
SECOND_ANSWER_LIFETIME = timedelta(minutes=10)


def board_of(circle: Circle) -> str:
    return reverse("aid:board", args=[circle.slug])


def organisation_board(circle: Circle, organisation_id: uuid.UUID) -> str:
    return reverse("aid:organisation", args=[circle.slug, organisation_id])


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead on to the one community, let choose among several, and show a visitor what is open."""
    account = account_of(request)
    if account is not None:
        memberships = access.circles_of(account)
        if len(memberships) == 1:
            return redirect(board_of(memberships[0].circle))
        staffed = access.staffed_by(account) if not memberships else []
        if len(staffed) == 1:
            return redirect(organisation_board(staffed[0].circle, staffed[0].organisation_id))
        return _own(request, account)
    circles = queries.public_circles()
    if not circles and queries.is_empty() and _may_set_up_first(request):
        return redirect(_start_path(request))
    return render(request, "circles/home.html", {"circles": circles, "is_empty": not circles and queries.is_empty()})


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show one's own communities, also when there is only one."""
    account = account_of(request)
    if account is None:
        raise Refusal("sign_in_first", status=401)
    return _own(request, account)


def _own(request: HttpRequest, account: Account) -> HttpResponse:
    staffed = access.staffed_by(account)
    response = render(request, "circles/mine.html", {"memberships": access.circles_of(account), "staffed": staffed})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _may_set_up_first(request: HttpRequest) -> bool:
    """Return whether a visitor may set up the first community: who sits at this machine, or has the console's key."""
    return _is_local(request) or secrets.same(queries.first_run_key(), request.GET.get("key", "")[:200])


def _is_local(request: HttpRequest) -> bool:
    if any(name in request.headers for name in PROXY_HEADERS):
        return False
    host, _colon, port = request.get_host().rpartition(":")
    name = host if port.isdecimal() else request.get_host()
    try:
        from_here = ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False
    # The name too: a tunnel or a hidden service ends at this machine, but was asked for by another name.
    return from_here and name in LOOPBACK_NAMES


def _start_path(request: HttpRequest) -> str:
    return f"{reverse('circles:start')}?{request.GET.urlencode()}" if request.GET else reverse("circles:start")


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Set up a community in three questions."""
    account = account_of(request)
    # An impatient second tap comes after the community is there, and must not end before a closed door.
    if account is None and not (request.method == "POST" and was_answered(request)):
        _require_first(request)
    language = get_language() or "en"
    form = StartForm(
        request.POST if request.method == "POST" else None,
        is_known=account is not None,
        initial={"languages": [language], "region": region_of(request)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_set_up(request, form, account, language))
        except Refusal as refusal:
            refuse_form(form, refusal)
    more = any(form[name].errors for name in ("region", "time_zone", "position")) if form.is_bound else False
    return show_form(request, "circles/start.html", form, more=more, is_first=account is None)


def _require_first(request: HttpRequest) -> None:
    if not queries.is_empty():
        raise Refusal("sign_in_first", status=401)
    if not _may_set_up_first(request):
        raise Refusal.forbidden("circle.key")


def _set_up(request: HttpRequest, form: StartForm, account: Account | None, language: str) -> str:
    typed: dict[str, Any] = form.cleaned_data

    def act() -> dict[str, object]:
        now = timezone.now()
        # Cleaned here too, because the action calls it "name", and here that is the community's.
        who = account or people.open_account(
            name=texts.name(typed["own_name"], "own_name"), language=language, now=now
        )
        circle = actions.set_up(
            who,
            name=typed["name"],
            place_name=typed["place_name"],
            languages=typed["languages"],
            region=typed["region"],
            time_zone=form.zone(),
            point=form.point(),
            now=now,
        )
        return {"location": board_of(circle), "account": str(who.pk), "name": circle.name}

    answer = once_for_form(request, account, "circle.set_up", act)
    text = _("%(name)s is set up. Post a first need or offer, or invite your neighbours.") % {"name": answer["name"]}
    if account is None:
        sign_in_as_answered(request, answer)
        tell_way_back(request, text)
    else:
        messages.success(request, text)
    return str(answer["location"])


def tell_way_back(request: HttpRequest, text: str) -> None:
    """Say something, and quietly that this browser is the only key so far."""
    messages.success(
        request,
        format_html(
            '{} {} <a href="{}">{}</a>',
            text,
            _("This browser is the key to your account."),
            reverse("people:way_back"),
            _("Keep another way in"),
        ),
    )


def sign_in_as_answered(request: HttpRequest, answer: dict[str, object]) -> None:
    """Sign in the account this form opened.

    A form sent twice by an impatient thumb opens one account, and the browser may keep only the second answer: so that
    one signs in too, for the same form, shortly after.
    """
    account = Account.objects.select_related("agent").get(pk=str(answer["account"]))
    is_fresh = timezone.now() - account.created_at < SECOND_ANSWER_LIFETIME
    if is_fresh and account.is_active and account.second_factor_since is None:
        sign_in_browser(request, account)
