"""The board, the plain lists, the map, and what is mine."""

from collections.abc import Mapping, Sequence

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from taawun.community.circles.access import open_circle, open_for_member
from taawun.community.circles.actor import Actor
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.doors import CircleRequest, circle_page
from taawun.community.circles.models import Circle
from taawun.ground.site import parts
from taawun.ground.values.ids import parse_id
from taawun.practice.aid import queries, series_wording, showing
from taawun.practice.aid.pages import map_drawing
from taawun.practice.aid.queries import series, twice
from taawun.practice.aid.queries.board import SECTIONS
from taawun.practice.aid.queries.lists import open_in_cell


def _filters(request: CircleRequest) -> queries.Filters:
    asked = request.GET
    section = asked.get("show", "open")
    direction = asked.get("direction", "")
    return queries.Filters(
        section=section if section in SECTIONS else "open",
        direction=direction if direction in {"request", "offer"} else "",
        group=asked.get("group", "")[:40],
        area=parse_id(asked["area"]) if asked.get("area") else None,
        unchecked=asked.get("unchecked") == "1",
    )


def _query(request: CircleRequest, **changes: str) -> str:
    """Return the page's address with some filters changed; an empty value takes a filter away."""
    kept: dict[str, str] = {
        name: request.GET[name] for name in ("show", "direction", "group", "area", "unchecked") if request.GET.get(name)
    }
    kept.update(changes)
    kept = {name: value for name, value in kept.items() if value}
    return "?" + urlencode(kept) if kept else request.path


def _counts(request: CircleRequest, filters: queries.Filters, counts: Mapping[str, int]) -> list[parts.Link]:
    section, direction = filters.section, filters.direction
    return [
        parts.Link(
            _("Needs"), _query(request, show="", direction="request"), "ask",
            current=section == "open" and direction == "request", count=counts["requests"],
        ),
        parts.Link(
            _("Offers"), _query(request, show="", direction="offer"), "offer",
            current=section == "open" and direction == "offer", count=counts["offers"],
        ),
        parts.Link(
            _("On the way"), _query(request, show="taken", direction=""), "state-taken",
            current=section == "taken", count=counts["taken"],
        ),
        parts.Link(
            _("Late"), _query(request, show="late", direction=""), "state-late",
            current=section == "late", count=counts["late"],
        ),
    ]


def _chips(
    request: CircleRequest, areas: Sequence[tuple[str, str]], filters: queries.Filters
) -> list[parts.Link]:
    chips = [parts.Link(_("All"), _query(request, group="", area="", direction="", show=""), current=not request.GET)]
    chips.append(parts.Link(_("Done this week"), _query(request, show="done"), "state-done", filters.section == "done"))
    if len(areas) > 1:
        for area_id, name in areas:
            here = str(filters.area) == area_id
            chips.append(parts.Link(name, _query(request, area="" if here else area_id), "place", here))
    return chips


@circle_page(access=open_circle)
def board(request: CircleRequest, circle: Circle, actor: Actor | None) -> HttpResponseBase:
    """Show what is open, taken, late and done. With JavaScript it stays true by itself; without, a reload does."""
    filters = _filters(request)
    shown = queries.board(circle, actor, filters, cursor=request.GET.get("after", "")[:200], now=request.now)
    context = {
        "cards": showing.cards(shown.cards, circle, actor, now=request.now),
        "older": _older(request, shown.next_cursor),
        "fragment": request.get_full_path(),
        "filters": filters,
    }
    if request.headers.get("X-Fragment"):
        return render(request, "aid/board_list.html", context)
    context |= {
        "count_links": _counts(request, filters, shown.counts),
        "chips": _chips(request, shown.overview.areas, filters),
        "groups": [
            parts.Link(group.name, _query(request, group=group.code), group.icon, filters.group == group.code)
            for group in GROUPS
        ],
        "group_chosen": bool(filters.group),
        "no_group": _query(request, group=""),
        # Nothing falls between this page and its stream: it goes on after what is shown here.
        "live_url": f"/live/{circle.slug}/?since={shown.overview.newest}",
        "unchecked": shown.counts["unchecked"] if actor and actor.is_coordinator else 0,
        "unchecked_url": _query(request, unchecked="" if filters.unchecked else "1"),
    }
    return render(request, "aid/board.html", context)


def _older(request: CircleRequest, cursor: str) -> str:
    return _query(request, after=cursor) if cursor else ""


@circle_page(access=open_for_member)
def now(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Show one plain list: what can I do now, near me."""
    lines = queries.near(actor, now=request.now)
    cards = [
        showing.card(line.card, circle, actor, now=request.now, distance=showing.distance(line.distance_km))
        for line in lines
    ]
    return render(request, "aid/now.html", {"cards": cards})


@circle_page(access=open_for_member)
def waiting(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Show who has not been helped: needs nobody is on, longest waiting first."""
    shown = queries.waiting(circle, actor, now=request.now)
    lines = [
        (showing.card(one, circle, actor, now=request.now), one.intent.posted_at) for one in shown
    ]
    twice_count = sum(twice.counts(circle)) if actor.is_coordinator else 0
    return render(request, "aid/waiting.html", {"lines": lines, "now": request.now, "twice_count": twice_count})


@circle_page(access=open_circle)
def places(request: CircleRequest, circle: Circle, actor: Actor | None) -> HttpResponseBase:
    """Show needs and offers by coarse cell: a drawing made here, and the same figures as a table."""
    counted, areas = queries.places(circle, actor)
    chosen = request.GET.get("cell", "")
    cell = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 20 else None
    here = [one for one in counted if one.cell == cell]
    shown = open_in_cell(circle, actor, here[0].cell, now=request.now) if here else []
    drawing = map_drawing.draw(counted, areas, chosen=cell)
    return render(
        request,
        "aid/map.html",
        {
            "drawing": drawing,
            "cards": showing.cards(shown, circle, actor, now=request.now),
            "chosen": bool(here),
        },
    )


@circle_page(access=open_for_member)
def mine(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Show what I promised, what is coming to me, what waits for my answer, and who looked at my data."""
    own = queries.mine(actor, now=request.now)
    return render(
        request,
        "aid/mine.html",
        {
            "mine": own,
            "cards": showing.cards(own.intents, circle, actor, now=request.now),
            "repeating": [(one, series_wording.rule(one.series)) for one in series.mine(actor)],
            "looks": queries.looks_at(circle.id, list(actor.own_ids)),
            "now": request.now,
        },
    )
