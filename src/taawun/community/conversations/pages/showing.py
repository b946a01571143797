"""What the pages of a conversation have in common, for members and for who follows a need by a receipt."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from taawun.community.conversations import access as talks
from taawun.community.conversations import actions, queries, rules
from taawun.community.conversations.access import Place
from taawun.community.conversations.forms import MessageForm
from taawun.community.people import limits
from taawun.community.people.doors import refuse_form, run_once
from taawun.ground.media import keeping, kinds, making, serving
from taawun.ground.media.making import Made
from taawun.ground.site.parts import Action
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.formats import format_number

PLACE_DIGITS_MAX = 9


def before_of(request: HttpRequest) -> int | None:
    """Return from where to read upwards; anything else than a number shows the newest."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= PLACE_DIGITS_MAX else None


def show(
    request: HttpRequest, place: Place, root: str, form: MessageForm, *, live: bool, now: datetime, back: Action
) -> HttpResponse:
    """Render a conversation (or only its list, where the live page asks for that) and remember that it was read."""
    before = before_of(request)
    told = queries.talk(place, before=before, now=now)
    if before is None and told.lines:
        actions.see(place, told.lines[-1].message.number, now=now)
    people = place.people()
    asker = _("Whoever asked")
    context = {
        "place": place,
        "asker": asker,
        "lines": told.lines,
        "older": f"{root}?before={told.before}" if told.before is not None else "",
        "newer": root if before is not None else "",
        "root": root,
        "topic": f"thread:{place.subject.id}" if live else "",
        "people": [(agent_id, name or asker) for agent_id, name in people.items()],
        "coordinator_ids": {agent.id for agent in place.coordinators},
        "announce": _announced(told.lines),
        "form": form,
        "back": back,
        "now": now,
        "files_open": bool(form.errors.get("picture") or form.errors.get("voice")) if form.is_bound else False,
        "voice_seconds": rules.VOICE_SECONDS_MAX,
    }
    if request.headers.get("X-Fragment"):
        return render(request, "conversations/list.html", context)
    status = getattr(form, "refused_status", 422) if form.is_bound and form.errors else 200
    return render(request, "conversations/talk.html", context, status=status)


def _announced(lines: list[queries.Line]) -> str:
    """What is read out when the list has changed: that there is something, and not what."""
    new = sum(one.new for one in lines)
    if not new:
        return ""
    return ngettext("%(count)s new message", "%(count)s new messages", new) % {"count": format_number(new)}


def say(
    request: HttpRequest, place: Place, root: str, *, now: datetime
) -> tuple[MessageForm, HttpResponseBase | None]:
    """Take a message from its form. Returns the form, and where to go on when it was sent."""
    # Without its files: those are read by their bytes below, and the form only knows their labels.
    form = MessageForm(request.POST)
    form.full_clean()
    made: dict[str, Made] = {}
    for kind, make in ((kinds.PICTURE, making.make_picture), (kinds.VOICE, making.make_voice)):
        try:
            data = serving.uploaded(request, kind)
            if data is not None:
                made[kind] = _make(place, data, make, now)
        except Refusal as refusal:
            refuse_form(form, refusal)
    if form.errors:
        return form, None

    def act() -> str:
        actions.post(
            place, form.cleaned_data["text"], picture=made.get(kinds.PICTURE), voice=made.get(kinds.VOICE), now=now
        )
        return f"{root}#end"

    try:
        return form, HttpResponseRedirect(run_once(request, place.actor, "message.post", act))
    except Refusal as refusal:
        refuse_form(form, refusal)
        return form, None


def _make(place: Place, data: bytes, make: Callable[[bytes], Made], now: datetime) -> Made:
    """Make a file anew, for somebody who is not sending hundreds of them."""
    if not place.may_write:
        raise Refusal.conflict("talk.ended")
    limits.require(
        "medium", str(place.actor.agent_id), at_most=rules.FILES_AN_HOUR_MAX, window=limits.HOUR, now=now
    )
    return make(data)


def medium(request: HttpRequest, place: Place, medium_id: uuid.UUID, *, small: bool) -> HttpResponse:
    """Hand over a picture or a voice note of a conversation."""
    found = talks.medium(place, medium_id)
    content = keeping.opened(found, small=small)
    if content is None:
        raise Refusal.not_found()
    return serving.respond(request, content, found.mime)


def take_back(request: HttpRequest, place: Place, message_id: uuid.UUID, root: str, *, now: datetime) -> HttpResponseBase:
    def act() -> str:
        actions.take_back(place, message_id, now=now)
        return f"{root}#end"

    return HttpResponseRedirect(run_once(request, place.actor, "message.take_back", act))
