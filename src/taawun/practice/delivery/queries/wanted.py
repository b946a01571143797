"""What can go on a plan: open needs for goods that can be served on the day, and promises whose goods want carrying."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Membership
from taawun.practice.aid import access as aid_access
from taawun.practice.aid.models import Commitment, Intent
from taawun.practice.delivery import rules
from taawun.practice.delivery.models import Stop

SHOWN_MAX = 300


@dataclass(frozen=True, slots=True)
class Filters:
    """Which of them; empty means all. ``groups`` are groups of kinds, or kinds."""

    groups: tuple[str, ...] = ()
    area_ids: tuple[uuid.UUID, ...] = ()
    urgency: int = 0
    series_ids: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A need as it would be a stop: what, how much, when on that day. ``commitment`` where a giver has promised it."""

    intent: Intent
    kind: CircleKind
    quantity: int
    opens_at: datetime | None
    closes_at: datetime | None
    commitment: Commitment | None = None
    giver_cell: int | None = None
    loads: dict[str, int] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    @property
    def has_place(self) -> bool:
        return self.intent.cell is not None


def carried_kinds(actor: Actor) -> dict[str, CircleKind]:
    return {one.code: one for one in kinds.all_of(actor.circle) if rules.is_carried(one.code, one.nature)}


def open_needs(
    actor: Actor,
    day: date,
    filters: Filters,
    *,
    only: Sequence[uuid.UUID] | None = None,
    limit: int = SHOWN_MAX,
    now: datetime,
) -> list[Wanted]:
    """Return needs nobody is on and that no plan has yet, most urgent and longest waiting first: two statements."""
    carried = carried_kinds(actor)
    wanted = _codes(carried, filters.groups)
    planned = Stop.objects.filter(intent=OuterRef("pk"), what="dropoff", commitment=None, state__in=sorted(rules.AHEAD))
    rows = (
        aid_access.visible_intents(actor.circle, actor)
        .filter(~Exists(planned), direction="request", state="open", expires_at__gt=now, kind__in=wanted)
        .select_related("area", "agent")
        .order_by("-urgency", "posted_at")
    )
    rows = rows.filter(urgency__gte=filters.urgency)
    if filters.area_ids:
        rows = rows.filter(area_id__in=filters.area_ids)
    if filters.series_ids:
        rows = rows.filter(series_id__in=filters.series_ids)
    if only is not None:
        rows = rows.filter(pk__in=only)
    zone = ZoneInfo(actor.circle.time_zone)
    found = (_wanted(one, carried[one.kind], one.left, day, zone) for one in rows[:limit])
    return [one for one in found if one is not None and (one.intent.occurs_on in (None, day))]


def _codes(carried: dict[str, CircleKind], groups: Sequence[str]) -> list[str]:
    return [code for code, kind in carried.items() if not groups or kind.group in groups or code in groups]


def _wanted(
    intent: Intent, kind: CircleKind, quantity: int, day: date, zone: ZoneInfo, **more: object
) -> Wanted | None:
    terms = rules.Wanted(intent.starts_at, intent.ends_at, tuple(intent.weekdays), intent.from_minute, intent.to_minute)
    span = rules.window_on(day, terms, zone)
    if span is None or quantity <= 0:
        return None
    loads = rules.loads_of(intent.kind, intent.unit, quantity)
    needs = rules.NEEDS_OF_KIND.get(intent.kind, ())
    return Wanted(intent, kind, quantity, *span, loads=loads, needs=needs, **more)  # type: ignore[arg-type]


def promises(
    actor: Actor, day: date, filters: Filters, *, only: Sequence[uuid.UUID] | None = None, limit: int = SHOWN_MAX
) -> list[Wanted]:
    """Return agreed promises of goods that no plan carries yet: three statements. The giver's place is the offer's, else
    that of her area."""
    carried = carried_kinds(actor)
    planned = Stop.objects.filter(commitment=OuterRef("pk"), state__in=sorted(rules.AHEAD))
    rows = (
        Commitment.objects.filter(~Exists(planned), circle=actor.circle, state="agreed", request__isnull=False)
        .filter(request__kind__in=_codes(carried, filters.groups), request__urgency__gte=filters.urgency)
        .exclude(Q(giver_id__in=actor.hidden_ids) | Q(receiver_id__in=actor.hidden_ids))
        .select_related("request__area", "request__agent", "offer", "giver")
        .order_by("due_at")
    )
    if filters.area_ids:
        rows = rows.filter(request__area_id__in=filters.area_ids)
    if only is not None:
        rows = rows.filter(pk__in=only)
    found = list(rows[:limit])
    cells = _cells_of(actor, [one.giver_id for one in found])
    zone = ZoneInfo(actor.circle.time_zone)
    made = []
    for one in found:
        intent = one.request
        if intent is None:
            continue
        cell = one.offer.cell if one.offer is not None and one.offer.cell is not None else cells.get(one.giver_id)
        wanted = _wanted(intent, carried[intent.kind], one.quantity, day, zone, commitment=one, giver_cell=cell)
        if wanted is not None:
            made.append(wanted)
    return made


def _cells_of(actor: Actor, agent_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return the public cells of members' areas, else the circle's."""
    rows = Membership.objects.filter(circle=actor.circle, agent_id__in=agent_ids, left_at__isnull=True)
    usual = actor.circle.cell
    found: dict[uuid.UUID, int] = dict.fromkeys(agent_ids, usual) if usual is not None else {}
    known = rows.filter(area__cell__isnull=False).values_list("agent_id", "area__cell")
    return found | {agent_id: cell for agent_id, cell in known if cell is not None}
