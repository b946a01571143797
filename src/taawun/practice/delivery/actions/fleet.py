"""Depots, carriers and how the circle carries: entered, changed, vetted, paused and ended."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from taawun.community.circles import access as circle_access
from taawun.community.circles.actions import area_of
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Area, Circle
from taawun.community.circles.rights import Right
from taawun.community.people import texts
from taawun.community.people.models import Agent
from taawun.ground.values.place import Point, cell_of
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.practice.aid.actions.posting import normal_reach
from taawun.practice.delivery import access, rules
from taawun.practice.delivery.actions import entries
from taawun.practice.delivery.models import Carrier, Depot, Preferences

NAME_LENGTH_MAX = 120
DOOR_LENGTH_MAX = 500
NOTES_LENGTH_MAX = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is. An empty ``door``, ``phone`` or ``notes`` keeps what was sealed before; so does no ``point``."""

    area_id: uuid.UUID | None = None
    point: Point | None = None
    door: str = ""
    phone: str = ""
    notes: str = ""
    forget: bool = False


@dataclass(frozen=True, slots=True)
class DepotDraft:
    name: str
    place: Place = Place()
    weekdays: Sequence[int] = ()
    from_minute: int | None = None
    to_minute: int | None = None


@dataclass(frozen=True, slots=True)
class CarrierDraft:
    """What somebody carries with and when. No ``capacity`` means what the vehicle usually takes."""

    vehicle: str
    capacity: Mapping[str, int] = field(default_factory=dict)
    cold_box: bool = False
    weekdays: Sequence[int] = ()
    from_minute: int = 9 * 60
    to_minute: int = 17 * 60
    break_from: int | None = None
    break_to: int | None = None
    break_minutes: int = 0
    starts: str = "depot"
    ends: str = "anywhere"
    place: Place = Place()
    max_stops: int | None = None
    max_minutes: int | None = None
    pairs_with: uuid.UUID | None = None


def add_depot(actor: Actor, draft: DepotDraft, *, now: datetime) -> Depot:
    access.require_coordinator(actor)
    if access.depots(actor.circle).count() >= rules.DEPOTS_MAX:
        raise Refusal("depot.too_many", "name", limit=rules.DEPOTS_MAX)
    with transaction.atomic():
        depot = Depot(circle=actor.circle, made_at=now)
        _fill_depot(actor.circle, depot, draft)
        if depot.cell is None:
            raise Refusal("depot.place", "position")
        depot.save(force_insert=True)
        _seal(actor.circle, depot.id, depot.id, draft.place, now=now)
        entries.about_circle(depot, "depot.added", actor.agent_id, {}, now=now)
    return depot


def change_depot(actor: Actor, depot_id: uuid.UUID, draft: DepotDraft, *, now: datetime) -> Depot:
    with transaction.atomic():
        depot = access.depot(actor, depot_id)
        _fill_depot(actor.circle, depot, draft)
        depot.save()
        _seal(actor.circle, depot.id, depot.id, draft.place, now=now)
        entries.about_circle(depot, "depot.changed", actor.agent_id, {}, now=now)
    return depot


def end_depot(actor: Actor, depot_id: uuid.UUID, *, now: datetime) -> Depot:
    """Nothing is fetched from here any more. Runs that were promised stay as they are."""
    with transaction.atomic():
        depot = access.depot(actor, depot_id)
        depot.ended_at = now
        depot.save(update_fields=["ended_at"])
        entries.about_circle(depot, "depot.ended", actor.agent_id, {}, now=now)
    return depot


def _fill_depot(circle: Circle, depot: Depot, draft: DepotDraft) -> None:
    depot.name = texts.line(draft.name, "name", NAME_LENGTH_MAX)
    if not depot.name:
        raise Refusal("depot.name", "name")
    depot.area = area_of(circle, draft.place.area_id)
    depot.cell = _cell(circle, depot.area, draft.place, depot.cell)
    rules.hours(draft.from_minute, draft.to_minute, "to_time")
    depot.weekdays = _weekdays(draft.weekdays)
    depot.from_minute, depot.to_minute = draft.from_minute, draft.to_minute


def _cell(circle: Circle, area: Area | None, place: Place, before: int | None) -> int | None:
    if place.point is not None:
        return cell_of(place.point, circle.resolution)
    if before is not None and not place.forget and area is None:
        return before
    return area.cell if area is not None and area.cell is not None else before if before is not None else circle.cell


def _weekdays(days: Sequence[int]) -> list[int]:
    if any(day not in range(7) for day in days):
        raise Refusal("window.weekdays", "weekdays")
    return sorted(set(days))


def _seal(circle: Circle, subject_id: uuid.UUID, row_id: uuid.UUID, place: Place, *, now: datetime) -> None:
    if place.forget:
        store.erase_rows([row_id])
    fields = {
        "door": texts.paragraph(place.door, "door", DOOR_LENGTH_MAX),
        "phone": normal_reach(place.phone, circle.region, "phone"),
        "notes": texts.paragraph(place.notes, "notes", NOTES_LENGTH_MAX),
        "point": f"{place.point.latitude:.6f},{place.point.longitude:.6f}" if place.point else "",
    }
    kept = {name: text for name, text in fields.items() if text}
    store.seal(circle_id=circle.id, subject_id=subject_id, row_id=row_id, fields=kept, now=now)


def add_carrier(actor: Actor, draft: CarrierDraft, agent_id: uuid.UUID | None = None, *, now: datetime) -> Carrier:
    """Offer to carry, for oneself, for somebody one acts for, or, as a coordinator, for any member who agreed to it."""
    agent = _agent(actor, agent_id)
    with transaction.atomic():
        if access.carriers(actor.circle).count() >= rules.CARRIERS_MAX:
            raise Refusal("carrier.too_many", "vehicle", limit=rules.CARRIERS_MAX)
        carrier = Carrier(circle=actor.circle, agent=agent, made_at=now)
        _fill_carrier(actor, carrier, draft)
        try:
            with transaction.atomic():
                carrier.save(force_insert=True)
        except IntegrityError:
            raise Refusal.conflict("carrier.already", "vehicle") from None
        _seal(actor.circle, agent.id, carrier.id, draft.place, now=now)
        entries.about_circle(carrier, "carrier.added", actor.agent_id, {"vehicle": carrier.vehicle}, now=now)
    return carrier


def _agent(actor: Actor, agent_id: uuid.UUID | None) -> Agent:
    if agent_id is None or agent_id == actor.agent_id:
        if not actor.is_member:
            raise Refusal.forbidden("claim.members_only")
        return Agent.objects.get(pk=actor.agent_id)
    if actor.is_coordinator:
        found: Agent = circle_access.member(actor, agent_id).agent
        return found
    return circle_access.agent_to_act_for(actor, agent_id, "agent", right=Right.ANSWER)


def change_carrier(actor: Actor, carrier_id: uuid.UUID, draft: CarrierDraft, *, now: datetime) -> Carrier:
    with transaction.atomic():
        carrier = access.carrier(actor, carrier_id, lock=True)
        _fill_carrier(actor, carrier, draft)
        try:
            with transaction.atomic():
                carrier.save()
        except IntegrityError:
            raise Refusal.conflict("carrier.already", "vehicle") from None
        _seal(actor.circle, carrier.agent_id, carrier.id, draft.place, now=now)
        entries.about_circle(carrier, "carrier.changed", actor.agent_id, {"vehicle": carrier.vehicle}, now=now)
    return carrier


def _fill_carrier(actor: Actor, carrier: Carrier, draft: CarrierDraft) -> None:
    if draft.vehicle not in rules.VEHICLES:
        raise Refusal("carrier.vehicle", "vehicle")
    if draft.starts not in ("home", "depot") or draft.ends not in rules.PLACES:
        raise Refusal("carrier.place", "starts" if draft.starts not in ("home", "depot") else "ends")
    rules.hours(draft.from_minute, draft.to_minute, "to_time")
    rules.rest(draft.break_from, draft.break_to, draft.break_minutes)
    for name, value, most in (("max_stops", draft.max_stops, 500), ("max_minutes", draft.max_minutes, 24 * 60)):
        if value is not None and not 1 <= value <= most:
            raise Refusal("carrier.limit", name, limit=most)
    room = rules.read_room(draft.capacity, "capacity")
    carrier.capacity = room or dict(zip(rules.ROOM, rules.OF_VEHICLE[draft.vehicle].room, strict=True))
    carrier.vehicle, carrier.cold_box = draft.vehicle, draft.cold_box
    carrier.weekdays = _weekdays(draft.weekdays)
    carrier.from_minute, carrier.to_minute = draft.from_minute, draft.to_minute
    rests = draft.break_minutes > 0
    carrier.break_from, carrier.break_to = (draft.break_from, draft.break_to) if rests else (None, None)
    carrier.break_minutes = draft.break_minutes
    carrier.starts, carrier.ends = draft.starts, draft.ends
    carrier.max_stops, carrier.max_minutes = draft.max_stops, draft.max_minutes
    carrier.area = area_of(actor.circle, draft.place.area_id)
    carrier.cell = _cell(actor.circle, carrier.area, draft.place, carrier.cell)
    carrier.pairs_with = None
    if draft.pairs_with is not None:
        if draft.pairs_with == carrier.agent_id:
            raise Refusal("carrier.pair", "pairs_with")
        carrier.pairs_with = circle_access.member(actor, draft.pairs_with).agent


def vet(
    actor: Actor, carrier_id: uuid.UUID, may_carry: Sequence[str], *, must_pair: bool = False, now: datetime
) -> Carrier:
    """Say, as a coordinator who has met her, whether she may carry medicine and cash, and whether she goes in a pair."""
    access.require_coordinator(actor)
    if not set(may_carry) <= set(rules.VETTED):
        raise Refusal("carrier.may_carry", "may_carry")
    with transaction.atomic():
        carrier = access.carrier(actor, carrier_id, lock=True)
        if carrier.agent_id == actor.agent_id and set(may_carry) - set(carrier.may_carry):
            # Two pairs of eyes: who decides about herself has met nobody.
            raise Refusal.forbidden("carrier.own_vetting")
        carrier.may_carry = [one for one in rules.VETTED if one in may_carry]
        carrier.must_pair = must_pair
        carrier.vetted_by_id, carrier.vetted_at = actor.agent_id, now
        carrier.save(update_fields=["may_carry", "must_pair", "vetted_by", "vetted_at"])
        data = {"may_carry": carrier.may_carry, "must_pair": must_pair}
        entries.about_circle(carrier, "carrier.vetted", actor.agent_id, data, now=now)
    return carrier


def pause_carrier(actor: Actor, carrier_id: uuid.UUID, paused: bool, *, now: datetime) -> Carrier:
    """Not now, or again. Runs that were promised stay: to drop out of one is a word of its own."""
    with transaction.atomic():
        carrier = access.carrier(actor, carrier_id, lock=True)
        carrier.paused_at = now if paused else None
        carrier.save(update_fields=["paused_at"])
        name = "carrier.paused" if paused else "carrier.resumed"
        entries.about_circle(carrier, name, actor.agent_id, {}, now=now)
    return carrier


def end_carrier(actor: Actor, carrier_id: uuid.UUID, *, now: datetime) -> Carrier:
    """She carries no longer; where she lives is forgotten."""
    with transaction.atomic():
        carrier = access.carrier(actor, carrier_id, lock=True)
        if carrier.runs.filter(state__in=rules.TOLD_RUNS).exists():
            raise Refusal.conflict("carrier.has_runs")
        carrier.ended_at = now
        carrier.save(update_fields=["ended_at"])
        store.erase_rows([carrier.id])
        entries.about_circle(carrier, "carrier.ended", actor.agent_id, {}, now=now)
    return carrier


def set_preferences(actor: Actor, *, now: datetime, **values: object) -> Preferences:
    """Set how the circle plans and carries; what is not named keeps its value."""
    access.require_coordinator(actor)
    limits = {
        "detour": (100, 400), "service_minutes": (0, rules.SERVICE_MINUTES_MAX), "window_minutes": (30, 600),
        "doors_ahead": (1, 20), "doors_hours": (1, 48),
    }  # fmt: skip
    with transaction.atomic():
        found = access.preferences(actor.circle)
        for name, value in values.items():
            if name in limits:
                least, most = limits[name]
                if not isinstance(value, int) or not least <= value <= most:
                    raise Refusal("preferences.range", name, least=least, most=most)
            setattr(found, name, value)
        if found.goal not in rules.GOALS:
            raise Refusal("plan.goal", "goal")
        found.save()
        entries.record.append(
            actor.circle.id, "rounds.preferences", actor_id=actor.agent_id, subject_id=actor.circle.id,
            data={"changed": sorted(values)}, now=now, audience=entries.Audience.COORDINATORS, topics=["rounds"],
        )  # fmt: skip
    return found
