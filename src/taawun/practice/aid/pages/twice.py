"""The same person, the same need, twice: side by side, decided by a coordinator, never merged."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from taawun.community.circles.access import open_for_coordinator
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, run_once
from taawun.community.circles.likeness import pairs
from taawun.community.circles.likeness.wording import likely_known, said
from taawun.community.circles.models import Circle
from taawun.ground.site import parts
from taawun.practice.aid import rules, showing, wording
from taawun.practice.aid.actions import repeating
from taawun.practice.aid.queries import twice as queries

TABS = ("likely", "same", "different")


@require_safe
@circle_page(access=open_for_coordinator)
def twice(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Show pairs of persons and of needs that wait for a look, or those that were decided."""
    tab = request.GET.get("show", "likely")
    tab = tab if tab in TABS else "likely"
    states = {"likely": ("likely", "waiting"), "same": ("counted",), "different": ("different",)}[tab]
    page = reverse("aid:twice", args=[circle.slug])
    context = {
        "persons": [_pair(circle, one) for one in queries.person_pairs(actor, state=tab)],
        "needs": [_link(circle, one) for one in queries.need_links(actor, states=states)],
        "tab": tab,
        "tabs": [
            parts.Link(_("To look at"), page, "search", current=tab == "likely"),
            parts.Link(_("Said to be the same"), page + "?show=same", "link", current=tab == "same"),
            parts.Link(_("Said to differ"), page + "?show=different", "close", current=tab == "different"),
        ],
    }
    return render(request, "aid/twice.html", context)


def _pair(circle: Circle, pair: queries.Pair) -> dict[str, Any]:
    return {
        "url": reverse("aid:twin", args=[circle.slug, pair.twin.id]),
        "names": [_shown(side) for side in pair.sides],
        "reasons": said(pair.twin.reasons),
        "state": pair.twin.state,
    }


def _shown(side: queries.Side) -> str:
    """Return a name, or for one that is sealed what was asked for: enough to tell one line from the next."""
    if side.name:
        return side.name
    what = side.asked[0].kind.name if side.asked else ""
    return _("Name sealed (%(what)s)") % {"what": what} if what else _("Name sealed")


def _link(circle: Circle, link: queries.Link) -> dict[str, Any]:
    return {
        "url": reverse("aid:repeat", args=[circle.slug, link.repeat.id]),
        "needs": link.needs,
        "reason": wording.REPEAT_REASONS[link.repeat.reason],
        "state": link.repeat.state,
    }


@require_safe
@circle_page(access=open_for_coordinator)
def twin(request: CircleRequest, circle: Circle, actor: Actor, pair_id: uuid.UUID) -> HttpResponseBase:
    return _show_twin(request, actor, queries.person_pair(actor, pair_id))


@require_POST
@circle_page(access=open_for_coordinator)
def open_twin(request: CircleRequest, circle: Circle, actor: Actor, pair_id: uuid.UUID) -> HttpResponseBase:
    """Open the sealed parts of both, side by side. Each look is on record."""
    pair = queries.person_pair(actor, pair_id)
    return _show_twin(request, actor, pair, queries.open_pair(actor, pair, now=request.now))


def _show_twin(
    request: CircleRequest,
    actor: Actor,
    pair: queries.Pair,
    opened: tuple[dict[str, str], dict[str, str]] | None = None,
) -> HttpResponseBase:
    context = {
        "pair": pair,
        "twin": pair.twin,
        "reasons": said(pair.twin.reasons),
        "sides": list(zip(pair.sides, opened or ({}, {}), strict=True)),
        "opened": opened is not None,
    }
    return render(request, "aid/twin.html", context)


@require_POST
@circle_page(access=open_for_coordinator)
def say_twin(request: CircleRequest, circle: Circle, actor: Actor, pair_id: uuid.UUID) -> HttpResponseBase:
    """Say that two are one person, or not, or take it back."""
    state = request.POST.get("state", "")[:20]

    def act() -> str:
        pairs.decide(actor, pair_id, state, now=request.now)
        return reverse("aid:twin", args=[circle.slug, pair_id])

    address = run_once(request, actor, "twin.decide", act)
    messages.success(request, _SAID_OF_PERSONS[state]())
    return HttpResponseRedirect(address)


_SAID_OF_PERSONS = {
    "same": lambda: _("Linked. Coordinators now see the needs of both together; nothing was merged."),
    "different": lambda: _("Noted: two persons. This pair is not brought up again."),
    "likely": lambda: _("Taken back. The pair waits to be looked at again."),
}


@require_safe
@circle_page(access=open_for_coordinator)
def repeat(request: CircleRequest, circle: Circle, actor: Actor, link_id: uuid.UUID) -> HttpResponseBase:
    return _show_repeat(request, circle, actor, queries.need_link(actor, link_id))


@require_POST
@circle_page(access=open_for_coordinator)
def open_repeat(request: CircleRequest, circle: Circle, actor: Actor, link_id: uuid.UUID) -> HttpResponseBase:
    link = queries.need_link(actor, link_id)
    return _show_repeat(request, circle, actor, link, queries.open_link(actor, link, now=request.now))


def _show_repeat(
    request: CircleRequest,
    circle: Circle,
    actor: Actor,
    link: queries.Link,
    opened: tuple[dict[str, str], dict[str, str]] | None = None,
) -> HttpResponseBase:
    sides = [
        {
            "asked": asked,
            "url": showing.url("intent", circle, asked.intent.id),
            "urgency": wording.URGENCY_NAMES[rules.Urgency(asked.intent.urgency)],
            "opened": told,
        }
        for asked, told in zip(link.needs, opened or ({}, {}), strict=True)
    ]
    context = {
        "repeat": link.repeat,
        "reason": wording.REPEAT_REASONS[link.repeat.reason],
        "sides": sides,
        "opened": opened is not None,
        "counted": link.repeat.state == "counted",
    }
    return render(request, "aid/repeat.html", context)


@require_POST
@circle_page(access=open_for_coordinator)
def say_repeat(request: CircleRequest, circle: Circle, actor: Actor, link_id: uuid.UUID) -> HttpResponseBase:
    """Say that it is the same need asked again, or that it is not."""
    state = request.POST.get("state", "")[:20]

    def act() -> str:
        repeating.decide(actor, link_id, state, now=request.now)
        return reverse("aid:repeat", args=[circle.slug, link_id])

    address = run_once(request, actor, "repeat.decide", act)
    messages.success(
        request,
        _("Counted. The first need is more urgent now; both stay.")
        if state == "counted"
        else _("Noted: two needs. What it had made more urgent is as before."),
    )
    return HttpResponseRedirect(address)


def hint(request: CircleRequest, agent_id: uuid.UUID, circle: Circle, actor: Actor) -> None:
    """Tell a guardian or coordinator who has just entered somebody that they may be known already."""
    if not actor.is_guardian:
        return
    if count := len(pairs.pairs_of(circle, agent_id)):
        messages.info(request, likely_known(count))
