"""Asking for a plan, watching it grow, stopping it when it is good enough, and taking over what came of it.

The solving itself is an errand in the background (``work``). It holds no row while it works: what it found is written
into the rows as they are then, so that a tap of a carrier in the meantime is neither lost nor undone.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle, Role
from taawun.ground.jobs.duties import queue
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import circle_scope
from taawun.practice.delivery import access, rules
from taawun.practice.delivery.actions import arranging, settling
from taawun.practice.delivery.actions.planning import changed
from taawun.practice.delivery.models import DayPlan, Stop
from taawun.practice.delivery.queries.solving import Round, round_of

if TYPE_CHECKING:
    from taawun.solve.routing.problem import Problem, Progress, Solution

ERRAND = "delivery.plan"
SECONDS_LEAST, SECONDS_MOST = 5, 60
FIT_SECONDS = 4
# How often the state of the work is written for whoever watches, and asked whether it should stop.
TELL_EVERY = timedelta(milliseconds=700)
DEAD_AFTER = timedelta(minutes=3)


def ask(
    actor: Actor,
    plan_id: uuid.UUID,
    *,
    fit: bool = False,
    seconds: int | None = None,
    version: int | None = None,
    now: datetime,
) -> DayPlan:
    """Plan everything that is not promised; or, with ``fit``, fit what waits into all runs with the fewest moves."""
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        begin_work(plan, actor.agent_id, fit=fit, seconds=seconds, now=now)
    return plan


def begin_work(
    plan: DayPlan, agent_id: uuid.UUID | None, *, fit: bool, seconds: int | None = None, now: datetime
) -> None:
    """Queue the solving of a locked plan. One that is going on already is overtaken by this one."""
    runs = plan.runs.exclude(state__in=rules.RUN.final)
    runs = runs if fit else runs.filter(state="planned", locked=False)
    stops = Stop.objects.filter(plan=plan, state__in=rules.AHEAD, what="dropoff")
    if not runs.exists():
        raise Refusal("plan.no_carriers", "carriers")
    if not stops.exists():
        raise Refusal("plan.no_stops", "needs")
    if not plan.depot_ids and stops.filter(pickup=None).exists():
        raise Refusal("plan.no_depot", "depots")
    if seconds is not None and not 1 <= seconds <= 600:
        raise Refusal("plan.seconds", "seconds")
    if plan.state != "planning":
        plan.state = rules.move_plan(plan.state, "plan")
    usual = FIT_SECONDS if fit else max(SECONDS_LEAST, min(SECONDS_MOST, 8 + stops.count() // 10))
    plan.attempt, plan.stop_asked_at = new_id(), None
    plan.progress = {
        "fit": fit, "seconds": seconds or usual, "by": str(agent_id) if agent_id else None, "at": now.isoformat(), "percent": 0
    }  # fmt: skip
    changed(plan, "plan.asked", agent_id, {"fit": fit}, now=now)
    queue(ERRAND, circle_id=str(plan.circle_id), plan_id=str(plan.id), attempt=str(plan.attempt))


def stop(actor: Actor, plan_id: uuid.UUID, *, now: datetime) -> DayPlan:
    """Good enough: what the solver has by now is the plan."""
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, while_planning=True)
        if plan.state == "planning" and plan.stop_asked_at is None:
            plan.stop_asked_at = now
            plan.save(update_fields=["stop_asked_at"])
    return plan


@dataclass
class _Watch:
    """Keeps the best so far, tells who watches how far it is, and hears when it is good enough."""

    circle_id: uuid.UUID
    plan_id: uuid.UUID
    attempt: uuid.UUID
    seconds: int
    clock: Callable[[], datetime]
    save_first: Callable[["Solution"], None]
    begun: datetime = field(init=False)
    told_at: datetime = field(init=False)
    asked_at: datetime = field(init=False)
    best: "Solution | None" = None
    stopped: bool = False

    def __post_init__(self) -> None:
        self.begun = self.told_at = self.asked_at = self.clock()

    def better(self, solution: "Solution") -> None:
        first, self.best = self.best is None, solution
        if first:
            self.save_first(solution)
        if first or self.clock() - self.told_at >= TELL_EVERY:
            self._tell()

    def should_stop(self) -> bool:
        now = self.clock()
        if self.stopped or now - self.asked_at < TELL_EVERY:
            return self.stopped
        self.asked_at = now
        self._tell()
        with circle_scope(self.circle_id):
            row = DayPlan.objects.filter(pk=self.plan_id).values_list("attempt", "stop_asked_at", "state").first()
        self.stopped = row is None or row[0] != self.attempt or row[1] is not None or row[2] != "planning"
        return self.stopped

    def _tell(self) -> None:
        self.told_at = now = self.clock()
        part = (now - self.begun).total_seconds() / self.seconds
        more: dict[str, object] = {"percent": min(99, int(100 * part)), "at": now.isoformat()}
        if self.best is not None:
            totals = self.best.totals
            more |= {
                "served": totals.served,
                "runs": totals.runs,
                "travel": totals.travel_seconds,
                "metres": totals.metres,
            }
            more["unserved"] = len(self.best.unserved)
        with circle_scope(self.circle_id):
            plan = DayPlan.objects.select_for_update().filter(pk=self.plan_id, attempt=self.attempt).first()
            if plan is not None and plan.state == "planning":
                plan.progress = plan.progress | more
                plan.save(update_fields=["progress"])


def work(circle_id: uuid.UUID, plan_id: uuid.UUID, attempt: uuid.UUID, *, clock: Callable[[], datetime]) -> bool:
    """Solve a plan that was asked for, and take over what came of it. The caller is outside any transaction.

    Returns whether there is a plan; an attempt that was overtaken by a later one writes nothing.
    """
    with circle_scope(circle_id):
        plan = DayPlan.objects.select_related("circle", "standing").filter(pk=plan_id, attempt=attempt).first()
        if plan is None or plan.state != "planning":
            return False
        fit, seconds = bool(plan.progress.get("fit")), int(plan.progress.get("seconds") or SECONDS_LEAST)
        these = round_of(plan, whole=fit, now=clock())
    _ask_ways(these, attempt, clock)
    with circle_scope(circle_id):
        # Worked out here, while rows may be read.
        orders, progress, problem = these.orders, these.progress, these.problem
    watch = _Watch(
        circle_id, plan_id, attempt, seconds, clock, lambda found: None if fit else _write_first(these, found)
    )
    solution = _solve(problem, orders, progress, watch, fit=fit)
    with circle_scope(circle_id):
        return _take_over(these, solution, plan_id, attempt, fit=fit, now=clock())


def _ask_ways(these: Round, attempt: uuid.UUID, clock: Callable[[], datetime]) -> None:
    """Ask the operator's router, where there is one, for real ways, and keep them; without an answer the plan says so."""
    from taawun.practice.delivery.queries import ways

    if ways.router() is None:
        return
    found, told = ways.ask(these.places, {run.carrier.vehicle for run in these.runs})
    with circle_scope(these.circle.id):
        plan = DayPlan.objects.select_for_update().filter(pk=these.plan.id, attempt=attempt).first()
        if plan is None or plan.state != "planning":
            return
        ways.keep(plan, found, now=clock())
        plan.progress = {**plan.progress, "ways": told, "at": clock().isoformat()}
        plan.save(update_fields=["progress"])


def _solve(
    problem: "Problem", orders: list[list[int]], progress: "Progress", watch: _Watch, *, fit: bool
) -> "Solution":
    from taawun.solve import routing

    if fit:
        return routing.replan(
            problem, orders, progress, time_limit_seconds=float(watch.seconds), seed=1, better=watch.better,
            should_stop=watch.should_stop,
        )  # fmt: skip
    start = orders if any(orders) else None
    return routing.plan(
        problem, time_limit_seconds=float(watch.seconds), seed=1, start=start, better=watch.better,
        should_stop=watch.should_stop,
    )  # fmt: skip


def _write_first(these: Round, found: "Solution") -> None:
    """Write the first usable answer at once: whatever happens to the worker, there is a plan."""
    with circle_scope(these.circle.id):
        plan = DayPlan.objects.select_for_update().filter(pk=these.plan.id, attempt=these.plan.attempt).first()
        if plan is None or plan.state != "planning":
            return
        plan.circle, fresh = these.circle, round_of(plan, whole=False, now=these.now)
        _write(fresh, _ids(these, found))
        arranging.retotal(plan)
        plan.save(update_fields=["totals", "cost"])


Ids = tuple[list[tuple[uuid.UUID, list[tuple[str, uuid.UUID]]]], dict[uuid.UUID, str]]


def _ids(these: Round, solution: "Solution") -> Ids:
    """Return the runs with what is on them by ids, and why the rest is on none: it outlives the rows it was made from."""
    runs = []
    for run, planned in zip(these.runs, solution.runs, strict=True):
        order = [
            ("stop", these.stops[entry].id) if entry >= 0 else ("load", these.depots[-1 - entry].id)
            for entry in planned.order
        ]
        runs.append((run.id, order))
    return runs, {these.stops[one.stop].id: one.reason for one in solution.unserved}


def _write(fresh: Round, found: Ids) -> list[Stop]:
    """Write an order by ids into rows read anew: what happened in the meantime stays, what is gone is passed over."""
    from taawun.solve.routing import timetable

    wanted, reasons = dict(found[0]), found[1]
    orders = []
    seen: set[int] = set()
    for place, run in enumerate(fresh.runs):
        done = fresh.progress.done[place] if fresh.progress.done else 0
        order = list(fresh.orders[place][:done])
        loads = sum(entry < 0 for entry in order)
        for what, row_id in wanted.get(run.id, []):
            if what == "load":
                loads -= 1
                # Loading that has happened already stands in the part that is done.
                if loads < 0 and row_id in fresh.row_of_depot:
                    order.append(-1 - fresh.row_of_depot[row_id])
                continue
            row = fresh.row_of_stop.get(row_id)
            if row is not None and row not in seen and row not in order and fresh.stops[row].state in rules.AHEAD:
                order.append(row)
        seen |= {entry for entry in order if entry >= 0}
        orders.append(order)
    return arranging.write(fresh, timetable(fresh.problem, orders, fresh.progress), reasons)


def _take_over(
    these: Round, solution: "Solution", plan_id: uuid.UUID, attempt: uuid.UUID, *, fit: bool, now: datetime
) -> bool:
    rows = DayPlan.objects.select_for_update(of=("self",)).select_related("circle", "standing")
    plan = rows.filter(pk=plan_id, attempt=attempt).first()
    if plan is None or plan.state != "planning":
        return False
    settling.lock_runs(plan)
    fresh = round_of(plan, whole=fit, now=now)
    moved = _write(fresh, _ids(these, solution))
    by = plan.progress.get("by")
    asker = uuid.UUID(by) if isinstance(by, str) else plan.asked_by_id
    if fit:
        untold = [one for one in fresh.stops if one.run_id is None and one.told_from is not None]
        known = {one.id for one in moved}
        both = moved + [one for one in untold if one.id not in known]
        settling.settle(as_asked(plan.circle, asker), plan, both, now=now)
        settling.tell_anew(as_asked(plan.circle, asker), plan, [run.id for run in fresh.runs], now=now)
    plan.state = rules.move_plan("planning", "finish_promised" if plan.promised_at else "finish")
    plan.attempt, plan.planned_at = None, now
    plan.progress = plan.progress | {"percent": 100, "at": now.isoformat()}
    waiting = sum(one.run_id is None for one in (*fresh.stops, *fresh.placeless) if one.what == "dropoff")
    changed(plan, "plan.planned", asker, {"fit": fit, "unserved": waiting, "moved": len(moved)}, now=now)
    return True


def as_asked(circle: Circle, agent_id: uuid.UUID | None) -> Actor:
    """Return who asked for the planning, as the actor of what follows from it: a coordinator, or a carrier who dropped out."""
    return Actor(
        agent_id=agent_id or uuid.UUID(int=0), circle=circle, roles=frozenset({Role.COORDINATOR}), is_member=True,
        acts_for=frozenset(), name="",
    )  # fmt: skip


def give_up_on_dead(circle: Circle, *, now: datetime) -> int:
    """Free plans whose planning died with its worker: what was written of it stays."""
    count = 0
    for plan in DayPlan.objects.select_for_update(skip_locked=True).filter(circle=circle, state="planning"):
        told = plan.progress.get("at")
        if isinstance(told, str) and now - datetime.fromisoformat(told) < DEAD_AFTER:
            continue
        after = "finish_promised" if plan.promised_at else "finish" if plan.planned_at else "give_up"
        plan.state, plan.attempt = rules.move_plan("planning", after), None
        plan.progress = plan.progress | {"failed": True}
        changed(plan, "plan.gave_up", None, {}, now=now)
        count += 1
    return count
