"""Writing what the solver made of a plan: runs with their stops in order and times, and why something is on no run."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from taawun.practice.delivery import rules
from taawun.practice.delivery.models import DayPlan, Run, Stop
from taawun.practice.delivery.queries.solving import Round

if TYPE_CHECKING:
    from taawun.solve.routing.problem import Solution

STOP_FIELDS = ("run", "position", "eta", "leaves_at", "unserved")
RUN_FIELDS = ("depart_at", "back_at", "totals")


def write(these: Round, solution: "Solution", reasons: Mapping[uuid.UUID, str] | None = None) -> list[Stop]:
    """Write a solution into the rows of the round and return the stops that are on another run than before.

    What has happened is left as it is; what has no place is told so. Loading and rests are made anew. ``reasons`` say
    why something is on no run; without one it keeps the reason it had.
    """
    before = {stop.id: stop.run_id for stop in these.stops}
    _write_runs(these, solution)
    known = reasons or {}
    for one in solution.unserved:
        stop = these.stops[one.stop]
        if stop.state in rules.AHEAD:
            _take_off(stop, known.get(stop.id) or (stop.unserved if reasons is None else one.reason))
    for stop in these.placeless:
        _take_off(stop, "goods_gone" if stop.pickup_id else "place")
    ahead = [one for one in (*these.stops, *these.placeless) if one.state in rules.AHEAD]
    Stop.objects.bulk_update(ahead, STOP_FIELDS, batch_size=500)
    these.plan.cost = int(solution.totals.cost)
    return [one for one in ahead if one.run_id != before.get(one.id, one.run_id)]


def _take_off(stop: Stop, reason: str) -> None:
    stop.run, stop.position, stop.eta, stop.leaves_at, stop.unserved = None, 0, None, None, reason


def _write_runs(these: Round, solution: "Solution") -> None:
    Stop.objects.filter(run__in=these.runs, what__in=("load", "break"), state="waiting").delete()
    made: list[Stop] = []
    for run, planned in zip(these.runs, solution.runs, strict=True):
        position = 0
        rest = planned.rest
        for visit in planned.visits:
            if rest is not None and visit.begin >= rest[1]:
                position += 1
                made.append(_extra(these, run, "break", position, rest[0], rest[1]))
                rest = None
            position += 1
            if visit.stop < 0:
                extra = _extra(these, run, "load", position, visit.begin, visit.leave)
                extra.depot = these.depots[visit.depot]
                made.append(extra)
                continue
            stop = these.stops[visit.stop]
            stop.position = position
            if stop.state in rules.AHEAD:
                stop.run, stop.unserved = run, ""
                stop.eta, stop.leaves_at = these.moment(visit.begin), these.moment(visit.leave)
        if rest is not None and planned.visits:
            made.append(_extra(these, run, "break", position + 1, rest[0], rest[1]))
        _time(these, run, planned)
    Stop.objects.bulk_create(made)
    done = [one for one in these.stops if one.state not in rules.AHEAD]
    Stop.objects.bulk_update(done, ["position"], batch_size=500)
    Run.objects.bulk_update(these.runs, RUN_FIELDS)


def _extra(these: Round, run: Run, what: str, position: int, start: int, end: int) -> Stop:
    return Stop(
        circle=these.circle, plan=these.plan, run=run, what=what, position=position, eta=these.moment(start),
        leaves_at=these.moment(end), service_seconds=max(0, min(86_400, end - start)), cell=None,
    )  # fmt: skip


def _time(these: Round, run: Run, planned: Any) -> None:
    """Write when a run departs and is back, and how full it is at its fullest."""
    stops = len(planned.stops)
    fullest = [0] * len(rules.ROOM)
    for aboard in (planned.aboard, *(visit.aboard for visit in planned.visits)):
        fullest = [max(one, other) for one, other in zip(fullest, aboard, strict=True)] if aboard else fullest
    late = {fault.fault: fault.amount for fault in planned.faults}
    run.totals = {
        "stops": stops,
        "seconds": planned.work_seconds,
        "travel": planned.travel_seconds,
        "metres": planned.metres,
        "load": {name: most for name, most in zip(rules.ROOM, fullest, strict=True) if most},
        "faults": sorted(late),
    }
    run.depart_at = these.moment(planned.begin) if stops else None
    run.back_at = these.moment(planned.end) if stops else None


def retotal(plan: DayPlan) -> None:
    """Count what the whole plan comes to, out of its runs and stops."""
    runs = list(Run.objects.filter(plan=plan).exclude(state="cancelled").values_list("totals", flat=True))
    driving = [one for one in runs if one.get("stops")]
    waiting = Stop.objects.filter(plan=plan, run=None, state__in=rules.AHEAD, what="dropoff").count()
    plan.totals = {
        "stops": sum(one["stops"] for one in driving),
        "unserved": waiting,
        "runs": len(driving),
        "seconds": sum(one["seconds"] for one in driving),
        "metres": sum(one["metres"] for one in driving),
        "longest": max((one["seconds"] for one in driving), default=0),
        "shortest": min((one["seconds"] for one in driving), default=0),
    }


def lift(stops: Iterable[Stop], *, state: str = "", reason: str = "") -> None:
    """Take stops off their runs, or out of the plan when they get a final ``state``."""
    rows = list(stops)
    for stop in rows:
        if state:
            stop.state, stop.reason = state, reason
        else:
            stop.run, stop.position, stop.eta, stop.leaves_at, stop.locked = None, 0, None, None, False
    fields = ["state", "reason"] if state else ["run", "position", "eta", "leaves_at", "locked"]
    Stop.objects.bulk_update(rows, fields, batch_size=500)


def time_again(plan: DayPlan, run_ids: Iterable[uuid.UUID], *, now: datetime) -> None:
    """Work out times and ways of the plan's runs anew, in the order their stops stand in."""
    from taawun.practice.delivery.queries.solving import round_of
    from taawun.solve.routing import timetable

    wanted = set(run_ids)
    these = round_of(plan, whole=True, now=now)
    if not wanted & set(these.row_of_run):
        return
    write(these, timetable(these.problem, these.orders, these.progress))
