"""A plan of a day: begun, filled with needs and carriers, changed stop by stop. Each change is one version further."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from taawun.community.circles import access as circle_access
from taawun.community.circles.actor import Actor
from taawun.community.people import texts
from taawun.ground.values.place import distance_km
from taawun.ground.values.refusal import Refusal
from taawun.practice.delivery import access, rules
from taawun.practice.delivery.actions import entries
from taawun.practice.delivery.actions.arranging import lift, retotal, time_again
from taawun.practice.delivery.models import Carrier, DayPlan, Depot, Run, StandingRun, Stop
from taawun.practice.delivery.queries import wanted as wants
from taawun.practice.delivery.queries.wanted import Filters, Wanted

AHEAD_MAX = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A day to plan. ``filters`` choose the needs to begin with; ``promises`` also takes agreed promises on."""

    on_date: date
    name: str = ""
    depot_ids: Sequence[uuid.UUID] = ()
    carrier_ids: Sequence[uuid.UUID] = ()
    goal: str = ""
    filters: Filters | None = field(default_factory=Filters)
    promises: bool = False


def begin(actor: Actor, draft: PlanDraft, *, standing: StandingRun | None = None, now: datetime) -> DayPlan:
    """Begin a plan with who carries, from where, and what is open and fits the day."""
    access.require_coordinator(actor)
    preferences = access.preferences(actor.circle)
    goal = draft.goal or preferences.goal
    _require_day(actor, draft.on_date, now)
    if goal not in rules.GOALS:
        raise Refusal("plan.goal", "goal")
    with transaction.atomic():
        depots = require_depots(actor, draft.depot_ids)
        carriers = require_carriers(actor, draft.carrier_ids)
        plan = DayPlan.objects.create(
            circle=actor.circle, on_date=draft.on_date, name=texts.line(draft.name, "name", 120),
            depot_ids=[one.id for one in depots], goal=goal, detour=preferences.detour, asked_by_id=actor.agent_id, made_at=now,
            standing=standing,
        )  # fmt: skip
        _add_runs(plan, carriers, depots)
        count = 0
        if draft.filters is not None:
            count = len(
                _add(plan, wants.open_needs(actor, plan.on_date, draft.filters, limit=rules.STOPS_MAX, now=now), actor)
            )
            if draft.promises:
                given = wants.promises(actor, plan.on_date, draft.filters, limit=rules.STOPS_MAX // 2)
                count += len(_add(plan, given, actor))
        retotal(plan)
        plan.save(update_fields=["totals"])
        entries.about_plan(plan, "plan.made", actor.agent_id, {"stops": count, "runs": len(carriers)}, now=now)
    return plan


def _require_day(actor: Actor, day: date, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(actor.circle.time_zone)).date()
    if day < today:
        raise Refusal("plan.past", "on_date")
    if day > today + AHEAD_MAX:
        raise Refusal("plan.too_far", "on_date", limit=AHEAD_MAX.days)


def require_depots(actor: Actor, ids: Sequence[uuid.UUID]) -> list[Depot]:
    found = list(access.depots(actor.circle).filter(pk__in=ids))
    if len(found) != len(set(ids)):
        raise Refusal("plan.depot", "depots")
    return found


def require_carriers(actor: Actor, ids: Sequence[uuid.UUID]) -> list[Carrier]:
    found = list(access.visible_carriers(actor).filter(pk__in=ids))
    if len(found) != len(set(ids)):
        raise Refusal("plan.carrier", "carriers")
    return found


def _add_runs(plan: DayPlan, carriers: Sequence[Carrier], depots: Sequence[Depot]) -> list[Run]:
    known = list(Run.objects.filter(plan=plan).values_list("number", flat=True))
    number = max(known, default=0)
    runs = [
        Run(
            circle_id=plan.circle_id,
            plan=plan,
            carrier=one,
            companion_id=one.pairs_with_id,
            depot=_nearest(one, depots),
            number=number + place,
        )
        for place, one in enumerate(carriers, 1)
    ]
    return Run.objects.bulk_create(runs)


def _nearest(carrier: Carrier, depots: Sequence[Depot]) -> Depot | None:
    if not depots or carrier.cell is None:
        return depots[0] if depots else None
    here = carrier.cell
    return min(depots, key=lambda one: distance_km(here, one.cell) if one.cell is not None else 1e9)


def _add(plan: DayPlan, found: Sequence[Wanted], actor: Actor) -> list[Stop]:
    """Put needs on the plan as stops without a run. One that another plan has taken meanwhile stays there."""
    preferences = access.preferences(actor.circle)
    room = rules.STOPS_MAX - Stop.objects.filter(plan=plan, state__in=rules.AHEAD).count()
    pickups = [_pickup(plan, one, preferences.service_minutes) for one in found[:room] if one.commitment is not None]
    by_commitment = {one.commitment_id: one for one in pickups}
    Stop.objects.bulk_create(pickups, ignore_conflicts=True, batch_size=500)
    stood = set(Stop.objects.filter(pk__in=[one.id for one in pickups]).values_list("pk", flat=True))
    drops = []
    for one in found[:room]:
        pickup = by_commitment.get(one.commitment.id) if one.commitment is not None else None
        if one.commitment is not None and (pickup is None or pickup.id not in stood):
            continue
        drops.append(_dropoff(plan, one, pickup, preferences.service_minutes))
    Stop.objects.bulk_create(drops, ignore_conflicts=True, batch_size=500)
    made = set(Stop.objects.filter(pk__in=[one.id for one in drops]).values_list("pk", flat=True))
    return [one for one in drops if one.id in made]


def _pickup(plan: DayPlan, one: Wanted, minutes: int) -> Stop:
    assert one.commitment is not None
    return Stop(
        circle_id=plan.circle_id, plan=plan, what="pickup", intent=one.intent, commitment=one.commitment,
        offer_id=one.commitment.offer_id, giver_id=one.commitment.giver_id, cell=one.giver_cell, quantity=one.quantity,
        loads=one.loads, needs=list(one.needs), service_seconds=minutes * 60,
    )  # fmt: skip


def _dropoff(plan: DayPlan, one: Wanted, pickup: Stop | None, minutes: int) -> Stop:
    return Stop(
        circle_id=plan.circle_id, plan=plan, what="dropoff", intent=one.intent, commitment=one.commitment, pickup=pickup,
        giver_id=one.commitment.giver_id if one.commitment else None, cell=one.intent.cell, quantity=one.quantity,
        loads=one.loads, needs=list(one.needs), opens_at=one.opens_at, closes_at=one.closes_at,
        service_seconds=minutes * 60,
    )  # fmt: skip


def changed(plan: DayPlan, name: str, actor_id: uuid.UUID | None, data: entries.Data, *, now: datetime) -> None:
    """Close a change: count the plan anew, make it one version further, and write the entry."""
    retotal(plan)
    plan.version += 1
    plan.save()
    entries.about_plan(plan, name, actor_id, {"version": plan.version, **data}, now=now)


def add_needs(
    actor: Actor,
    plan_id: uuid.UUID,
    intent_ids: Sequence[uuid.UUID] = (),
    commitment_ids: Sequence[uuid.UUID] = (),
    *,
    version: int | None = None,
    now: datetime,
) -> list[Stop]:
    """Put needs and promises on the plan, also late ones on the day. They wait for a run until it is planned again."""
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        found = wants.open_needs(actor, plan.on_date, Filters(), only=intent_ids, limit=rules.STOPS_MAX, now=now)
        if commitment_ids:
            found += wants.promises(actor, plan.on_date, Filters(), only=commitment_ids, limit=rules.STOPS_MAX)
        made = _add(plan, found, actor)
        if not made:
            raise Refusal.conflict("plan.nothing_to_add", "needs")
        changed(plan, "plan.stops_added", actor.agent_id, {"stops": len(made)}, now=now)
    return made


def add_carriers(
    actor: Actor, plan_id: uuid.UUID, carrier_ids: Sequence[uuid.UUID], *, version: int | None = None, now: datetime
) -> list[Run]:
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        driving = set(plan.runs.exclude(state__in=rules.RUN.final).values_list("carrier_id", flat=True))
        new = [one for one in require_carriers(actor, carrier_ids) if one.id not in driving]
        if not new:
            raise Refusal("plan.carrier", "carriers")
        runs = _add_runs(plan, new, list(Depot.objects.filter(pk__in=plan.depot_ids)))
        changed(plan, "plan.carriers_added", actor.agent_id, {"runs": len(runs)}, now=now)
    return runs


def set_depots(
    actor: Actor, plan_id: uuid.UUID, depot_ids: Sequence[uuid.UUID], *, version: int | None = None, now: datetime
) -> DayPlan:
    """Choose anew from where goods come. Runs that are not promised begin at the nearest of them."""
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        depots = require_depots(actor, depot_ids)
        plan.depot_ids = [one.id for one in depots]
        for run in plan.runs.filter(state="planned").select_related("carrier"):
            run.depot = _nearest(run.carrier, depots)
            run.save(update_fields=["depot"])
        Stop.objects.filter(plan=plan, what="dropoff").exclude(depot_id__in=plan.depot_ids).update(depot=None)
        changed(plan, "plan.changed", actor.agent_id, {"what": "depots"}, now=now)
    return plan


def set_goal(actor: Actor, plan_id: uuid.UUID, goal: str, *, version: int | None = None, now: datetime) -> DayPlan:
    if goal not in rules.GOALS:
        raise Refusal("plan.goal", "goal")
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        plan.goal = goal
        changed(plan, "plan.changed", actor.agent_id, {"what": "goal"}, now=now)
    return plan


def set_companion(
    actor: Actor,
    plan_id: uuid.UUID,
    run_id: uuid.UUID,
    agent_id: uuid.UUID | None,
    *,
    version: int | None = None,
    now: datetime,
) -> Run:
    """Say who goes along as the second person of a pair; nobody is None."""
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        run = access.run_in(plan, run_id)
        if run.state in rules.RUN.final:
            raise Refusal.conflict("run.over")
        if agent_id is not None and agent_id == run.carrier.agent_id:
            raise Refusal("carrier.pair", "companion")
        if agent_id is None and run.state in rules.TOLD_RUNS and (run.carrier.must_pair or _wants_pair(run)):
            raise Refusal.conflict("run.needs_pair", "companion")
        run.companion = circle_access.member(actor, agent_id).agent if agent_id else None
        run.save(update_fields=["companion"])
        changed(plan, "plan.companion", actor.agent_id, {"run": run.number}, now=now)
    return run


def _wants_pair(run: Run) -> bool:
    return run.stops.filter(state__in=rules.AHEAD, needs__contains=["pair"]).exists()


@dataclass(frozen=True, slots=True)
class StopChange:
    """What a coordinator may say of a stop; None keeps it. ``opens_at`` and ``closes_at`` come as a pair in ``window``."""

    quantity: int | None = None
    loads: dict[str, int] | None = None
    needs: Sequence[str] | None = None
    window: tuple[datetime | None, datetime | None] | None = None
    service_minutes: int | None = None
    depot_id: uuid.UUID | None = None
    any_depot: bool = False


def change_stop(
    actor: Actor,
    plan_id: uuid.UUID,
    stop_id: uuid.UUID,
    change: StopChange,
    *,
    version: int | None = None,
    now: datetime,
) -> Stop:
    """Say how much, how big, with what, when and from where. Times of its run are worked out anew."""
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        stop = _ahead(access.stop_in(plan, stop_id))
        _apply(plan, stop, change)
        stop.save()
        if change.loads is not None or change.quantity is not None:
            _same_at_pickup(stop)
        if stop.run_id is not None:
            time_again(plan, [stop.run_id], now=now)
        changed(plan, "plan.stop_changed", actor.agent_id, {"stop": str(stop.id)}, now=now)
    return stop


def _ahead(stop: Stop) -> Stop:
    if stop.state not in rules.AHEAD:
        raise Refusal.conflict("stop.over")
    return stop


def _apply(plan: DayPlan, stop: Stop, change: StopChange) -> None:
    if change.quantity is not None and change.quantity != stop.quantity:
        _require_quantity(stop, change.quantity)
        stop.quantity = change.quantity
        if stop.intent is not None and change.loads is None:
            stop.loads = rules.loads_of(stop.intent.kind, stop.intent.unit, change.quantity)
    if change.loads is not None:
        stop.loads = rules.read_room(change.loads, "loads")
    if change.needs is not None:
        stop.needs = rules.read_needs(change.needs)
    if change.window is not None:
        opens, closes = change.window
        if opens is not None and closes is not None and closes <= opens:
            raise Refusal("window.backwards", "closes")
        start, end = rules.day_span(plan.on_date, ZoneInfo(plan.circle.time_zone))
        if (opens is not None and not start <= opens < end) or (closes is not None and not start < closes <= end):
            raise Refusal("stop.other_day", "opens")
        stop.opens_at, stop.closes_at = opens, closes
    if change.service_minutes is not None:
        if not 0 <= change.service_minutes <= rules.SERVICE_MINUTES_MAX:
            raise Refusal("stop.service", "service_minutes", limit=rules.SERVICE_MINUTES_MAX)
        stop.service_seconds = change.service_minutes * 60
    if change.any_depot:
        stop.depot = None
    elif change.depot_id is not None:
        if change.depot_id not in plan.depot_ids or stop.pickup_id is not None or stop.what != "dropoff":
            raise Refusal("plan.depot", "depot")
        stop.depot_id = change.depot_id


def _require_quantity(stop: Stop, quantity: int) -> None:
    intent = stop.intent
    if stop.commitment_id is not None or intent is None:
        # What was promised is what is brought; a part that arrives is said at the door.
        raise Refusal.conflict("stop.promised_amount", "quantity")
    if not 0 < quantity <= intent.left:
        raise Refusal("stop.amount", "quantity")
    if intent.whole_only and quantity != intent.left:
        raise Refusal("claim.whole_only", "quantity")


def _same_at_pickup(stop: Stop) -> None:
    """What is dropped is what was picked up: both ends of a pair carry the same load."""
    other = stop.pickup or getattr(stop, "dropoff", None)
    if other is not None:
        other.loads, other.quantity = stop.loads, stop.quantity
        other.save(update_fields=["loads", "quantity"])


def lock_stop(
    actor: Actor, plan_id: uuid.UUID, stop_id: uuid.UUID, locked: bool, *, version: int | None = None, now: datetime
) -> Stop:
    """A locked stop stays on its run, whatever is planned anew."""
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        stop = _ahead(access.stop_in(plan, stop_id))
        if locked and stop.run_id is None:
            raise Refusal.conflict("stop.no_run")
        pair = [one for one in (stop, stop.pickup, getattr(stop, "dropoff", None)) if one is not None]
        Stop.objects.filter(pk__in=[one.id for one in pair]).update(locked=locked)
        stop.locked = locked
        name = "plan.stop_locked" if locked else "plan.stop_unlocked"
        changed(plan, name, actor.agent_id, {"stop": str(stop.id)}, now=now)
    return stop


def lock_run(
    actor: Actor, plan_id: uuid.UUID, run_id: uuid.UUID, locked: bool, *, version: int | None = None, now: datetime
) -> Run:
    """A locked run is left as it is when the rest is planned anew."""
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        run = access.run_in(plan, run_id)
        run.locked = locked
        run.save(update_fields=["locked"])
        name = "plan.run_locked" if locked else "plan.run_unlocked"
        changed(plan, name, actor.agent_id, {"run": run.number}, now=now)
    return run


def remove_run(
    actor: Actor, plan_id: uuid.UUID, run_id: uuid.UUID, *, version: int | None = None, now: datetime
) -> None:
    """Take a carrier out of a plan before she was told. Her stops wait for another run."""
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        run = access.run_in(plan, run_id)
        if run.state != "planned":
            raise Refusal.conflict("run.told")
        run.stops.filter(what__in=("load", "break")).delete()
        lift(run.stops.all())
        number = run.number
        run.delete()
        changed(plan, "plan.run_removed", actor.agent_id, {"run": number}, now=now)
