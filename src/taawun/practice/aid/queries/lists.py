"""Plain lists: what can I do now near me, who has not been helped, and how needs lie over the map."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Area, Circle, Membership
from taawun.ground.values.place import distance_km
from taawun.practice.aid import access, rules
from taawun.practice.aid.models import Commitment, Intent
from taawun.practice.aid.queries.board import Card, cards

NEAR_READ = 150
NEAR_SHOWN = 25
WAITING_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Near:
    """A need and how far its cell lies from the reader's, in kilometres; None when either is unknown."""

    card: Card
    distance_km: float | None


def own_cell(actor: Actor) -> int | None:
    """Return the public cell of the member's area, else of the circle."""
    membership = (
        Membership.objects.filter(circle=actor.circle, agent_id=actor.agent_id).select_related("area").first()
    )
    if membership is not None and membership.area is not None and membership.area.cell is not None:
        return membership.area.cell
    return actor.circle.cell


def near(actor: Actor, *, kinds: frozenset[str] = frozenset(), now: datetime) -> list[Near]:
    """Return open needs that a member can take now, most urgent and then nearest first: three statements."""
    here = own_cell(actor)
    open_needs = (
        access.visible_intents(actor.circle, actor)
        .filter(direction="request", state="open", expires_at__gt=now)
        .exclude(agent_id__in=actor.own_ids)
        .select_related("agent", "area")
        .order_by("-urgency", "-posted_at")
    )
    if kinds:
        open_needs = open_needs.filter(kind__in=kinds)
    rows = list(open_needs[:NEAR_READ])
    lines = [Near(one, _distance(here, one.intent.cell)) for one in cards(rows, actor.circle, actor, now=now)]
    far = 1e9
    lines.sort(
        key=lambda one: (
            -one.card.intent.urgency, far if one.distance_km is None else one.distance_km, one.card.intent.posted_at
        )
    )
    return lines[:NEAR_SHOWN]


def _distance(one: int | None, other: int | None) -> float | None:
    return None if one is None or other is None else distance_km(one, other)


def waiting(circle: Circle, actor: Actor | None, *, now: datetime) -> list[Card]:
    """Return needs that nobody is on, longest waiting first within each urgency: who has not been helped."""
    on_it = Commitment.objects.filter(request=OuterRef("pk"), state__in=rules.HOLDING)
    rows = (
        access.visible_intents(circle, actor)
        .filter(direction="request", state__in=["open", "expired"])
        .filter(Q(state="open") | Q(done=0))
        .filter(~Exists(on_it))
        .select_related("agent", "area")
        .order_by("-urgency", "posted_at")[:WAITING_SHOWN]
    )
    return cards(rows, circle, actor, now=now)


@dataclass(frozen=True, slots=True)
class CellCount:
    """How many open needs and offers lie in one public cell."""

    cell: int
    requests: int
    offers: int
    urgent: int


def places(circle: Circle, actor: Actor | None) -> tuple[list[CellCount], list[Area]]:
    """Return counts per public cell and the circle's named areas: two statements."""
    rows = (
        access.visible_intents(circle, actor)
        .filter(state="open", cell__isnull=False)
        .values("cell")
        .annotate(
            requests=Count("id", filter=Q(direction="request")),
            offers=Count("id", filter=Q(direction="offer")),
            urgent=Count("id", filter=Q(direction="request", urgency__gte=rules.Urgency.SOON)),
        )
        .order_by("cell")[:400]
    )
    counted = [CellCount(row["cell"], row["requests"], row["offers"], row["urgent"]) for row in rows]
    return counted, list(Area.objects.filter(circle=circle, cell__isnull=False).order_by("name"))


def open_in_cell(circle: Circle, actor: Actor | None, cell: int, *, now: datetime) -> list[Card]:
    """Return what is open in one public cell, for the list beneath the map."""
    rows: list[Intent] = list(
        access.visible_intents(circle, actor)
        .filter(state="open", cell=cell)
        .select_related("agent", "area")
        .order_by("-urgency", "-posted_at")[:60]
    )
    return cards(rows, circle, actor, now=now)
