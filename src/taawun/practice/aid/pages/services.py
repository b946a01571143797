"""The directory of programmes, open to whoever may look into the circle, and the page of one."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from taawun.community.circles import kinds
from taawun.community.circles.access import open_circle, open_to_see
from taawun.community.circles.actor import Actor
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.doors import CircleRequest, circle_page
from taawun.community.circles.models import Circle
from taawun.community.circles.queries import areas_of
from taawun.community.circles.rights import Right
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, programme_showing
from taawun.practice.aid.queries import services as directory

WORDS_LENGTH_MAX = 100


@require_safe
@circle_page(access=open_circle)
def services(request: CircleRequest, circle: Circle, actor: Actor | None) -> HttpResponseBase:
    """Show what organisations here offer: searched by word, by kind and by area."""
    asked = request.GET
    words = asked.get("q", "").replace("\0", "")[:WORDS_LENGTH_MAX].strip()
    wanted = directory.Wanted(
        words=words,
        group=asked.get("group", "")[:40],
        kind=asked.get("kind", "")[:60],
        area=parse_id(asked.get("area", "")[:60]),
        organisation=parse_id(asked.get("of", "")[:60]),
    )
    found = directory.directory(circle, actor, wanted, now=request.now)
    context = {
        "lines": [programme_showing.line(circle, one) for one in found],
        "wanted": wanted,
        "areas": areas_of(circle),
        "groups": GROUPS,
        "of": found[0].programme.organisation if wanted.organisation and found else None,
        "is_filtered": any((wanted.words, wanted.group, wanted.kind, wanted.area, wanted.organisation)),
        "sees_handed_on": actor is not None and actor.is_member,
    }
    return render(request, "aid/services.html", context)


@require_safe
@circle_page(access=open_to_see)
def programme(
    request: CircleRequest, circle: Circle, actor: Actor | None, programme_id: uuid.UUID
) -> HttpResponseBase:
    """Show one programme: what it does, for whom, where, when, and how to reach it."""
    found = access.programme(circle, actor, programme_id)
    if actor is not None and not (circle.is_public or actor.is_member or found.organisation_id in actor.represents):
        # Staff from outside see their own organisation's; the directory of a closed circle is its members'.
        raise Refusal.not_found()
    shown = directory.shown(circle, [found], now=request.now)[0]
    served = [kinds.shown(circle, code) for code in found.kinds]
    context = {
        "programme": found,
        "icon_name": programme_showing.icon_of(circle, found),
        "state": programme_showing.state(shown),
        "about": programme_showing.told(found, "about"),
        "for_whom": programme_showing.told(found, "for_whom"),
        "facts": programme_showing.facts(circle, shown),
        "capacity": programme_showing.capacity(circle, shown),
        "groups": [programme_showing.GROUP_NAMES[one] for one in found.groups if one in programme_showing.GROUP_NAMES],
        "kinds": served,
        "manages": actor is not None
        and (actor.is_coordinator or found.organisation_id in actor.ids_with(Right.PROGRAMMES)),
    }
    return render(request, "aid/programme.html", context)
