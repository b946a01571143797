"""Sharing a need, an offer or the board: a page to share from, a sheet to print, a picture for cameras, and short links."""

import functools
import io
import uuid

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw

from taawun.community.circles.access import open_circle, open_to_see
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, visitor_of
from taawun.community.circles.models import Circle
from taawun.community.people import limits
from taawun.ground.site import qr
from taawun.ground.values.refusal import Refusal, sentence
from taawun.practice.aid import access, queries, sharing, showing
from taawun.practice.aid.models import Intent

TRIES_AN_HOUR_MAX = 60
OTHERS_SHOWN = 5
STRIPS = 8
PINE, MARIGOLD, PAPER = "#0b5d51", "#f2a81d", "#f1f4f0"
PREVIEW_SIZE = (1200, 630)


@require_safe
@circle_page(access=open_to_see)
def of_intent(
    request: CircleRequest, circle: Circle, actor: Actor | None, intent_id: uuid.UUID, template: str
) -> HttpResponseBase:
    """Bring one need or offer to where people are: the page with the ways to do so, or the sheet for the wall."""
    return render(request, template, _context(request, circle, access.intent(circle, actor, intent_id)))


@require_safe
@circle_page(access=open_circle)
def of_board(request: CircleRequest, circle: Circle, actor: Actor | None, template: str) -> HttpResponseBase:
    return render(request, template, _context(request, circle, None))


def _context(request: CircleRequest, circle: Circle, found: Intent | None) -> dict[str, object]:
    link = sharing.short_link(circle, "intent" if found else "board", found, now=request.now)
    url = sharing.address(link)
    return {
        "intent": found,
        "kind": queries.card(found, None, now=request.now).kind if found else None,
        "what": sharing.what(circle, found) if found else "",
        "is_public": access.is_public(found) if found else circle.is_public,
        "url": url,
        "spoken": url.split("://", 1)[-1].rstrip("/"),
        "entrance": f"{settings.PUBLIC_URL.split('://', 1)[-1]}/s",
        "code": sharing.shown(link.code),
        "picture": reverse("aid:short_picture", args=[link.code]),
        "lines": sharing.lines(circle, found, url),
        "strips": range(STRIPS),
        "sheet_url": reverse("aid:sheet", args=[circle.slug, found.id]) if found else reverse("aid:board_sheet", args=[circle.slug]),
        "back_url": showing.url("intent", circle, found.id) if found else showing.url("board", circle),
    }


@require_safe
def enter(request: HttpRequest) -> HttpResponseBase:
    """Take a code typed from paper to where it leads."""
    typed = request.GET.get("code", "")
    refused = ""
    if typed:
        try:
            limits.require(
                "short", visitor_of(request), at_most=TRIES_AN_HOUR_MAX, window=limits.HOUR, now=timezone.now()
            )
            return HttpResponseRedirect(reverse("aid:short", args=[sharing.find(typed).code]))
        except Refusal as refusal:
            refused = sentence(refusal)
    return render(request, "aid/short.html", {"typed": typed[:40], "refused": refused}, status=404 if refused else 200)


@require_safe
def short(request: HttpRequest, number: str) -> HttpResponseBase:
    """Lead on to the page of a code. What has been seen to, or is not for everyone, is said kindly, with what is open."""
    try:
        link = sharing.find(number)
    except Refusal as refusal:
        return render(request, "aid/short.html", {"typed": number[:40], "refused": sentence(refusal)}, status=404)
    circle = link.circle
    if link.page == "board":
        return HttpResponseRedirect(reverse("aid:board", args=[circle.slug]))
    found = access.visible_intents(circle, None).filter(pk=link.intent_id).first()
    if (found is not None and found.state == "open") or not circle.is_public or request.user.is_authenticated:
        return HttpResponseRedirect(showing.url("intent", circle, link.intent_id))
    shown = queries.board(circle, None, queries.Filters(), limit=OTHERS_SHOWN, now=timezone.now())
    context = {
        "link_circle": circle,
        "board_url": showing.url("board", circle),
        "intent_url": showing.url("intent", circle, found.id) if found else "",
        "cards": showing.cards(shown.cards, circle, None, now=timezone.now()),
    }
    return render(request, "aid/short_over.html", context, status=200 if found else 410)


@require_safe
def short_picture(request: HttpRequest, number: str) -> HttpResponse:
    """Show a code's address as a QR code."""
    return qr.picture(sharing.address(sharing.find(number)))


@require_safe
def preview(request: HttpRequest, direction: str) -> HttpResponse:
    """Show the picture that stands beside a link in a chat: a bowl for a need, an arch for an offer, and no words."""
    if direction not in {"request", "offer", "board"}:
        raise Http404(direction)
    response = HttpResponse(_preview(direction), content_type="image/png")
    response.headers["Cache-Control"] = "public, max-age=604800"
    return response


@functools.cache
def _preview(direction: str) -> bytes:
    """Draw it four times as large and make it smaller, which rounds its edges."""
    width, height = PREVIEW_SIZE
    image = Image.new("RGB", (width * 2, height * 2), PAPER)
    draw = ImageDraw.Draw(image)
    left, right, middle, half = width - 440, width + 440, height, 440
    if direction != "offer":
        draw.pieslice((left, middle - half + 30, right, middle + half + 30), 0, 180, fill=MARIGOLD)
    if direction != "request":
        draw.pieslice((left, middle - half - 30, right, middle + half - 30), 180, 360, fill=PINE)
    out = io.BytesIO()
    image.resize(PREVIEW_SIZE, Image.Resampling.LANCZOS).quantize(32).save(out, "PNG", optimize=True)
    return out.getvalue()


def preview_facts(request: HttpRequest, found: Intent) -> dict[str, str]:
    """Return what a chat program reads of a public page; nothing for a page that is not everyone's."""
    if not access.is_public(found):
        return {}
    return {
        "url": request.build_absolute_uri(request.path),
        "image": request.build_absolute_uri(reverse("aid:preview", args=[found.direction])),
        "alt": _("A need") if found.is_request else _("An offer"),
    }
