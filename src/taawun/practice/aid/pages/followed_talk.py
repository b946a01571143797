"""The conversation of somebody who follows a need by a receipt: the same as everybody's, without an account."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.conversations import access as talks
from taawun.community.conversations.access import Place
from taawun.community.conversations.forms import MessageForm
from taawun.community.conversations.pages import showing as talk_pages
from taawun.ground.media import serving
from taawun.ground.site.parts import Action
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid.pages.receipts import followed


@dataclass(frozen=True, slots=True)
class _Here:
    """Where the holder of a receipt stands, and when."""

    place: Place
    root: str
    now: datetime


def _here(request: HttpRequest) -> _Here:
    need, actor = followed(request)
    now = timezone.now()
    return _Here(talks.inside(actor, need.id, now=now), reverse("aid:followed_talk"), now)


@csrf_exempt
def talk(request: HttpRequest) -> HttpResponseBase:
    serving.take_in(request)
    return _talk(request)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def _talk(request: HttpRequest) -> HttpResponseBase:
    try:
        here = _here(request)
    except Refusal:
        return HttpResponseRedirect(reverse("aid:follow"))
    form = MessageForm()
    with timezone.override(ZoneInfo(here.place.circle.time_zone)):
        if request.method == "POST":
            form, sent = talk_pages.say(request, here.place, here.root, now=here.now)
            if sent is not None:
                return sent
        back = Action(_("Your need"), reverse("aid:followed"), "back")
        response = talk_pages.show(request, here.place, here.root, form, live=False, now=here.now, back=back)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def take_back(request: HttpRequest, message_id: uuid.UUID) -> HttpResponseBase:
    here = _here(request)
    return talk_pages.take_back(request, here.place, message_id, here.root, now=here.now)


@require_safe
def medium(request: HttpRequest, medium_id: uuid.UUID, size: str = "") -> HttpResponseBase:
    here = _here(request)
    return talk_pages.medium(request, here.place, medium_id, small=size == "small")
