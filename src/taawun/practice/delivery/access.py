"""Who may open which depot, carrier, plan, run and stop for what: the only way to fetch one. Fails closed, as "not found".

Coordinators plan. A carrier sees her own runs once they are promised; her companion sees them too, and staff of an
organisation whose van drives, with the right to answer for it.
"""

import uuid
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle, Membership
from taawun.community.circles.rights import Right
from taawun.community.people.factors import strength
from taawun.ground.values.refusal import Refusal
from taawun.practice.delivery import rules
from taawun.practice.delivery.models import Carrier, DayPlan, Depot, Preferences, Run, StandingRun, Stop


def require_coordinator(actor: Actor) -> None:
    if not actor.is_coordinator:
        raise Refusal.forbidden(strength.NEEDED if actor.rests else "forbidden")


def preferences(circle: Circle) -> Preferences:
    """Return how the circle plans and carries: what it chose, else the defaults (a row that is not saved)."""
    return Preferences.objects.filter(circle=circle).first() or Preferences(circle=circle)


def depots(circle: Circle) -> QuerySet[Depot]:
    return Depot.objects.filter(circle=circle, ended_at=None).select_related("area").order_by("name", "id")


def depot(actor: Actor, depot_id: uuid.UUID) -> Depot:
    require_coordinator(actor)
    return _or_not_found(depots(actor.circle).filter(pk=depot_id).first())


def own_carrier_ids(actor: Actor) -> frozenset[uuid.UUID]:
    """Return the agents whose rounds are hers: herself, those she acts for, organisations she answers for."""
    return actor.own_ids - (actor.represents - actor.ids_with(Right.ANSWER))


def carriers(circle: Circle) -> QuerySet[Carrier]:
    """Return who carries and still belongs to the circle."""
    belongs = Membership.objects.filter(circle=circle, agent_id=OuterRef("agent_id"), left_at__isnull=True)
    found = Carrier.objects.filter(Exists(belongs), circle=circle, ended_at=None)
    return found.select_related("agent", "area", "pairs_with").order_by("agent__name", "id")


def visible_carriers(actor: Actor) -> QuerySet[Carrier]:
    """Coordinators see all who carry, but those hidden from them; others what is their own."""
    if actor.is_coordinator:
        return carriers(actor.circle).exclude(agent_id__in=actor.hidden_ids)
    return carriers(actor.circle).filter(agent_id__in=own_carrier_ids(actor))


def carrier(actor: Actor, carrier_id: uuid.UUID, *, lock: bool = False) -> Carrier:
    found = _or_not_found(visible_carriers(actor).filter(pk=carrier_id).first())
    if lock:
        return Carrier.objects.select_for_update(of=("self",)).select_related("agent", "circle").get(pk=found.pk)
    return found


def plans(actor: Actor) -> QuerySet[DayPlan]:
    require_coordinator(actor)
    return DayPlan.objects.filter(circle=actor.circle)


def plan(actor: Actor, plan_id: uuid.UUID) -> DayPlan:
    return _or_not_found(plans(actor).select_related("circle", "standing").filter(pk=plan_id).first())


def plan_to_change(
    actor: Actor, plan_id: uuid.UUID, version: int | None = None, *, while_planning: bool = False
) -> DayPlan:
    """Return a plan, locked. Whoever saw an older ``version`` of it is refused: something has changed since.

    While it is being planned its stops are the planner's, unless ``while_planning``.
    """
    require_coordinator(actor)
    rows = DayPlan.objects.select_for_update(of=("self",)).select_related("circle")
    found = _or_not_found(rows.filter(circle=actor.circle, pk=plan_id).first())
    if found.state == "closed":
        raise Refusal.conflict("plan.closed")
    if found.state == "planning" and not while_planning:
        raise Refusal.conflict("plan.going_on")
    if version is not None and version != found.version:
        raise Refusal.conflict("plan.changed", "version", version=found.version)
    return found


def run_in(plan_: DayPlan, run_id: uuid.UUID) -> Run:
    rows = Run.objects.select_related("carrier__agent", "companion", "depot")
    return _or_not_found(rows.filter(plan=plan_, pk=run_id).first())


def stop_in(plan_: DayPlan, stop_id: uuid.UUID) -> Stop:
    rows = Stop.objects.select_related("intent__agent", "intent__area", "commitment", "run", "pickup", "dropoff")
    return _or_not_found(rows.filter(plan=plan_, pk=stop_id).first())


def own_runs(actor: Actor) -> QuerySet[Run]:
    """Return the runs that are somebody's to drive, once she was told of them."""
    own = own_carrier_ids(actor)
    hers = Q(carrier__agent_id__in=own) | Q(companion_id__in=own)
    told = Run.objects.filter(hers, circle=actor.circle, promised_at__isnull=False)
    return told.select_related("plan", "carrier__agent", "companion", "depot")


def run(actor: Actor, run_id: uuid.UUID) -> Run:
    """Return a run for whoever drives it, and for coordinators."""
    found = own_runs(actor).filter(pk=run_id).first()
    if found is None and actor.is_coordinator:
        rows = Run.objects.filter(circle=actor.circle).select_related("plan", "carrier__agent", "companion", "depot")
        found = rows.filter(pk=run_id).exclude(carrier__agent_id__in=actor.hidden_ids).first()
    return _or_not_found(found)


def drives(run_: Run, actor: Actor) -> bool:
    """Whether the run is hers to drive: as carrier, as companion, for an organisation she answers for."""
    own = own_carrier_ids(actor)
    return run_.carrier.agent_id in own or run_.companion_id in own


def run_to_move(actor: Actor, run_id: uuid.UUID) -> Run:
    """Return a run, locked, for whoever drives it, and for coordinators. Its plan is locked before it."""
    found = run(actor, run_id)
    DayPlan.objects.select_for_update(of=("self",)).get(pk=found.plan_id)
    rows = Run.objects.select_for_update(of=("self",)).select_related("plan__circle", "carrier__agent", "companion")
    return rows.get(pk=found.pk)


def standing_runs(actor: Actor) -> QuerySet[StandingRun]:
    require_coordinator(actor)
    return StandingRun.objects.filter(circle=actor.circle, ended_at=None).order_by("name", "id")


def standing_run(actor: Actor, standing_id: uuid.UUID, *, lock: bool = False) -> StandingRun:
    rows = standing_runs(actor)
    return _or_not_found((rows.select_for_update() if lock else rows).filter(pk=standing_id).first())


def _or_not_found(found: Any) -> Any:
    if found is None:
        raise Refusal.not_found()
    return found


LIVING_RUNS = tuple(sorted(rules.RUN.states - rules.RUN.final))
