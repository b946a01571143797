"""A stop moved by hand to another run or place: first what it would cost, then the move."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from taawun.community.circles.actor import Actor
from taawun.ground.values.refusal import Refusal
from taawun.practice.delivery import access, rules
from taawun.practice.delivery.actions import arranging, entries, settling
from taawun.practice.delivery.actions.planning import changed
from taawun.practice.delivery.models import DayPlan, Run, Stop
from taawun.practice.delivery.queries.solving import Round, round_of

if TYPE_CHECKING:
    from taawun.solve.routing.problem import Move


@dataclass(frozen=True, slots=True)
class Option:
    """What it would cost to have a stop on a run, at the place asked for or else the best: seconds and metres more of way
    in the whole plan, and what would be wrong then (codes) that is not wrong now. None of it is done."""

    run: Run
    position: int
    seconds: int
    metres: int
    faults: tuple[str, ...]
    possible: bool = True

    @property
    def is_fine(self) -> bool:
        return self.possible and not self.faults


def options(
    actor: Actor, plan_id: uuid.UUID, stop_id: uuid.UUID, *, run_id: uuid.UUID | None = None, position: int | None = None,
    now: datetime,
) -> list[Option]:  # fmt: skip
    """Return what a move would cost: to every run at its best place, or to the one that is named. Best first."""
    plan = access.plan(actor, plan_id)
    stop = _to_move(plan, stop_id)
    these = round_of(plan, whole=True, now=now)
    row = _row(these, stop)
    found = []
    for place, run in enumerate(these.runs):
        if run_id is not None and run.id != run_id:
            continue
        found.append(_option(run, _move(these, row, place, position if run_id is not None else None, stop)))
    if run_id is not None and not found:
        raise Refusal.not_found()
    return sorted(found, key=lambda one: (not one.possible, bool(one.faults), one.seconds))


def _move(these: Round, row: int, place: int, position: int | None, stop: Stop) -> "Move | None":
    """Return a move to the n-th place of a run, or to its best. Where every place breaks a rule, the last is told with all
    it would break: whoever moves it by hand may want it all the same, with a form as by dragging."""
    from taawun.solve.routing import cost_of_move

    entry = _entry(these, place, position, stop)
    move = cost_of_move(these.problem, these.orders, row, carrier=place, position=entry, progress=these.progress)
    if move is None and entry is None:
        last = sum(entry < 0 or these.stops[entry].id != stop.id for entry in these.orders[place])
        move = cost_of_move(these.problem, these.orders, row, carrier=place, position=last, progress=these.progress)
    return move


def _option(run: Run, move: "Move | None") -> Option:
    if move is None:
        return Option(run, 0, 0, 0, (), possible=False)
    faults = tuple(sorted({one.fault for one in move.faults}))
    return Option(run, move.position, move.travel_seconds, move.metres, faults)


def _to_move(plan: DayPlan, stop_id: uuid.UUID) -> Stop:
    stop: Stop = access.stop_in(plan, stop_id)
    if stop.what not in ("pickup", "dropoff"):
        raise Refusal.not_found()
    if stop.state not in rules.AHEAD:
        raise Refusal.conflict("stop.over")
    return stop


def _row(these: Round, stop: Stop) -> int:
    row = these.row_of_stop.get(stop.id)
    if row is None:
        raise Refusal.conflict("stop.no_place")
    return row


def _entry(these: Round, place: int, position: int | None, stop: Stop) -> int | None:
    """Return where in a run's order the n-th place among the stops to come lies (from 1); None for the best."""
    if position is None:
        return None
    order = [entry for entry in these.orders[place] if entry < 0 or these.stops[entry].id != stop.id]
    done = these.progress.done[place] if these.progress.done else 0
    ahead = [at for at, entry in enumerate(order) if entry >= 0 and at >= done]
    if position < 1:
        raise Refusal("move.position", "position")
    return ahead[position - 1] if position <= len(ahead) else len(order)


def move_stop(
    actor: Actor, plan_id: uuid.UUID, stop_id: uuid.UUID, run_id: uuid.UUID | None, position: int | None = None, *,
    version: int | None = None, now: datetime,
) -> Stop:  # fmt: skip
    """Put a stop, with its pick-up or drop-off, on a run: at the n-th place, or the best. Without a run it waits again.

    A move that breaks a window is done all the same: it is a person's decision, and the plan says what is wrong.
    """
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        settling.lock_runs(plan)
        stop = _to_move(plan, stop_id)
        before = {stop.run_id, run_id} - {None}
        if run_id is None:
            _put_off_run(plan, stop, now=now)
            moved = settling.with_pairs([stop])
        else:
            moved = _put_on_run(plan, stop, run_id, position, now=now)
        settling.settle(actor, plan, moved, now=now)
        settling.tell_anew(actor, plan, [one for one in before if one], now=now)
        fresh = Stop.objects.select_related("intent", "run__carrier__agent").get(pk=stop.pk)
        told = fresh.run is not None and fresh.run.state in rules.TOLD_RUNS
        if told:
            entries.about_run(fresh.run, "run.changed", actor.agent_id, {"stop": str(stop.id)}, now=now)  # type: ignore[arg-type]
        run_number = fresh.run.number if fresh.run else None
        changed(plan, "plan.stop_moved", actor.agent_id, {"stop": str(stop.id), "run": run_number}, now=now)
    return fresh


def _put_off_run(plan: DayPlan, stop: Stop, *, now: datetime) -> None:
    both = settling.with_pairs([stop])
    runs = [one.run_id for one in both if one.run_id]
    arranging.lift(both)
    if runs:
        arranging.time_again(plan, runs, now=now)


def _put_on_run(plan: DayPlan, stop: Stop, run_id: uuid.UUID, position: int | None, *, now: datetime) -> list[Stop]:
    from taawun.solve.routing import timetable

    these = round_of(plan, whole=True, now=now)
    place = these.row_of_run.get(run_id)
    if place is None:
        raise Refusal("move.run", "run")
    move = _move(these, _row(these, stop), place, position, stop)
    if move is None:
        raise Refusal.conflict("move.impossible", "run")
    moved = arranging.write(these, timetable(these.problem, move.orders, these.progress))
    return moved or [stop]
