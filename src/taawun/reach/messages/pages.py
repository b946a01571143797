"""The notices of a member, and the two pages that links in a mail lead to without signing in."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.circles import kinds
from taawun.community.circles.access import open_for_acting
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page
from taawun.community.circles.models import Circle
from taawun.ground.words.units import format_amount
from taawun.reach.messages import access, actions, mail, queries

SEQ_DIGITS_MAX = 18


@require_safe
@circle_page(access=open_for_acting)
def notices(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Everything there was to tell, newest first. Seeing it is reading it: nothing has to be ticked off."""
    before = _place(request)
    told = queries.notices_of(actor, before=before)
    actions.mark_read(actor, [one.notice.id for one in told if one.is_new], now=request.now)
    path = reverse("messages:notices", args=[circle.slug])
    full = len(told) == queries.PAGE_SIZE
    context = {
        "circle": circle,
        "told": told,
        "now": request.now,
        "older": f"{path}?before={told[-1].notice.seq}" if full else "",
        "newer": path if before is not None else "",
        "board_url": reverse("aid:board", args=[circle.slug]),
        "mail_url": reverse("messages:mail", args=[circle.slug]) if _may_choose_mail(actor) else "",
        "gets_mail": actor.agent_id in queries.wants_mail([actor.agent_id]),
    }
    return render(request, "messages/notices.html", context)


def _place(request: HttpRequest) -> int | None:
    """Return the place in the record to go on from; anything else than a number shows the newest."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= SEQ_DIGITS_MAX else None


def _may_choose_mail(actor: Actor) -> bool:
    return mail.is_set_up() and queries.mail_address_of(actor.agent_id) is not None


@require_POST
@circle_page()
def choose_mail(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Letters, or none. It is one choice for all circles of a person."""
    actions.set_mail(actor.agent_id, wanted=request.POST.get("wanted") == "yes", now=request.now)
    return redirect("messages:notices", circle.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def still(request: HttpRequest, token: str) -> HttpResponse:
    """One tap says "still there", without signing in. A mail program that opens links ahead of the reader changes nothing."""
    now = timezone.now()
    if request.method == "POST":
        actions.say_still(token, now=now)
        return redirect("messages:still", token)
    asked = access.asked_by_link(token)
    intent = asked.intent
    context = {
        "standing": asked.standing(now),
        "direction": intent.direction,
        # Whoever holds the mail sees no more here than on the public board.
        "what": "" if intent.sensitive else kinds.shown(asked.actor.circle, intent.kind).name,
        "amount": "" if intent.sensitive else format_amount(intent.quantity, intent.unit),
        "until": intent.expires_at,
        "intent_url": reverse("aid:intent", args=[asked.actor.circle.slug, intent.id]),
    }
    with timezone.override(ZoneInfo(asked.actor.circle.time_zone)):
        return _private(render(request, "messages/still.html", context))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def quiet(request: HttpRequest, token: str) -> HttpResponse:
    """End the letters. Mail programs send this form by themselves (RFC 8058), so the link alone is the proof."""
    agent_id = access.account_for_quiet(token)
    if request.method == "POST":
        actions.set_mail(agent_id, wanted=False, now=timezone.now())
    wanted = agent_id in queries.wants_mail([agent_id])
    return _private(render(request, "messages/quiet.html", {"wanted": wanted}))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
