"""From plan to word: runs are promised, carriers drop out, the day is closed."""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from taawun.community.circles.actor import Actor
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.practice.aid import rules as aid_rules
from taawun.practice.delivery import access, rules
from taawun.practice.delivery.actions import entries, settling, solving
from taawun.practice.delivery.actions.arranging import lift, time_again
from taawun.practice.delivery.actions.planning import changed
from taawun.practice.delivery.models import DayPlan, Run, Stop

CODE_DIGITS = 6


def promise(
    actor: Actor,
    plan_id: uuid.UUID,
    run_ids: Sequence[uuid.UUID] | None = None,
    *,
    version: int | None = None,
    now: datetime,
) -> list[Run]:
    """Promise runs, all that have stops if none is named: carriers are told, needs are taken, recipients get a window.

    Each run is one transaction of its own inside this one: its needs are all promised, or it is not.
    """
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        settling.lock_runs(plan)
        rows = Run.objects.select_related("carrier__agent", "companion", "plan__circle").filter(
            plan=plan, state="planned"
        )
        rows = rows.filter(stops__state__in=rules.AHEAD, stops__what__in=("pickup", "dropoff")).distinct()
        runs = list((rows if run_ids is None else rows.filter(pk__in=run_ids)).order_by("number"))
        if not runs or (run_ids is not None and len(runs) != len(set(run_ids))):
            raise Refusal.conflict("plan.nothing_to_promise")
        for run in runs:
            with transaction.atomic():
                _promise_run(actor, plan, run, now=now)
        plan.state = rules.move_plan(plan.state, "promise")
        plan.promised_at = plan.promised_at or now
        changed(plan, "plan.promised", actor.agent_id, {"runs": [one.number for one in runs]}, now=now)
    return runs


def _promise_run(actor: Actor, plan: DayPlan, run: Run, *, now: datetime) -> None:
    stops = list(Stop.objects.filter(run=run, state__in=rules.AHEAD, what__in=("pickup", "dropoff")))
    pair = run.carrier.must_pair or any("pair" in one.needs for one in stops)
    if pair and run.companion_id is None:
        raise Refusal.conflict("run.needs_pair", "companion", number=run.number)
    missing = {need for one in stops for need in one.needs if need in rules.VETTED} - set(run.carrier.may_carry)
    if missing:
        raise Refusal.conflict("run.not_vetted", number=run.number)
    run.state, run.promised_at, run.code = rules.move_run(run.state, "promise"), now, _new_code(plan)
    run.save(update_fields=["state", "promised_at", "code"])
    data = {"stops": len(stops), "on_date": plan.on_date.isoformat()}
    entries.about_run(run, "run.promised", actor.agent_id, data, now=now)
    settling.settle(actor, plan, stops, now=now)


def _new_code(plan: DayPlan) -> str:
    """Return a number nobody else's paper has here."""
    while True:
        code = str(secrets.randbelow(9 * 10 ** (CODE_DIGITS - 1)) + 10 ** (CODE_DIGITS - 1))
        if not Run.objects.filter(circle_id=plan.circle_id, code=code).exists():
            return code


def drop_out(actor: Actor, run_id: uuid.UUID, *, now: datetime) -> Run:
    """A carrier can't go, or not go on; nobody asks why. What she has not done goes to others, with the fewest moves.

    She says so herself, or a coordinator for her. Where nobody else drives, her stops wait on the plan.
    """
    with transaction.atomic():
        run = access.run_to_move(actor, run_id)
        plan = DayPlan.objects.select_for_update(of=("self",)).select_related("circle").get(pk=run.plan_id)
        settling.lock_runs(plan)
        run = Run.objects.select_related("carrier__agent", "companion").get(pk=run.pk)
        if run.state not in rules.TOLD_RUNS or plan.state == "closed":
            raise Refusal.conflict("run.over" if run.state in rules.RUN.final else "run.not_promised")
        waiting = list(Stop.objects.filter(run=run, state__in=rules.AHEAD, what__in=("pickup", "dropoff")))
        started = run.state == "started"
        run.state, run.ended_at, run.reason = rules.move_run(run.state, "cancel"), now, "dropped_out"
        run.save(update_fields=["state", "ended_at", "reason"])
        Stop.objects.filter(run=run, what__in=("load", "break"), state="waiting").delete()
        for stop in waiting:
            stop.state = "waiting"
        Stop.objects.bulk_update(waiting, ["state"], batch_size=500)
        lift(waiting)
        entries.about_run(run, "run.dropped_out", actor.agent_id, {"stops": len(waiting), "started": started}, now=now)
        goes_on = bool(waiting) and plan.runs.exclude(state__in=rules.RUN.final).exists()
        settling.settle(actor, plan, waiting, tell=not goes_on, now=now)
        if goes_on:
            solving.begin_work(plan, actor.agent_id, fit=True, now=now)
        else:
            changed(plan, "plan.run_dropped", actor.agent_id, {"run": run.number}, now=now)
    return run


def take_out(
    actor: Actor, plan_id: uuid.UUID, stop_ids: Sequence[uuid.UUID], *, version: int | None = None, now: datetime
) -> DayPlan:
    """Take stops out of the plan. What was promised from a depot is open on the board again."""
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version)
        settling.lock_runs(plan)
        known = list(
            Stop.objects.filter(plan=plan, pk__in=stop_ids, state__in=rules.AHEAD, what__in=("pickup", "dropoff"))
        )
        if not known or len(known) != len(set(stop_ids)):
            raise Refusal.conflict("stop.over")
        _out(actor, plan, known, "taken_out", now=now)
        changed(plan, "plan.stops_taken_out", actor.agent_id, {"stops": len(known)}, now=now)
    return plan


def _out(actor: Actor, plan: DayPlan, stops: Sequence[Stop], reason: str, *, now: datetime) -> None:
    """Cancel stops with their pairs. On a run that is not told they leave it; on a told one they stay to be seen."""
    both = settling.with_pairs(stops)
    settling.cancel(actor, plan, both, reason, now=now)
    quiet = [one for one in both if one.run is not None and one.run.state == "planned"]
    told = {one.run_id for one in both if one.run_id} - {one.run_id for one in quiet}
    runs = {one.run_id for one in both if one.run_id}
    for one in quiet:
        one.run = None
    Stop.objects.bulk_update(quiet, ["run"], batch_size=500)
    if runs:
        time_again(plan, [one for one in runs if one], now=now)
    if told:
        settling.tell_anew(actor, plan, [one for one in told if one], now=now)


def cancel_withdrawn(plan: DayPlan, stop_ids: Sequence[uuid.UUID], *, now: datetime) -> int:
    """Cancel stops whose need is no longer asked for, or whose promise was let go elsewhere: called by the duty. What was
    said to have arrived, on the promise's own page and not on the round, is done there too. Return how many are over."""
    plan = DayPlan.objects.select_for_update(of=("self",)).select_related("circle").get(pk=plan.pk)
    settling.lock_runs(plan)
    stops = list(
        Stop.objects.filter(plan=plan, pk__in=stop_ids, state__in=rules.AHEAD).select_related(
            "commitment", "intent", "run__carrier__agent"
        )
    )
    if not stops or plan.state == "closed":
        return 0
    actor = solving.as_asked(plan.circle, plan.asked_by_id)
    arrived = [one for one in stops if one.commitment is not None and one.commitment.state in ("delivered", "received")]
    for stop in arrived:
        _arrived(actor, stop, now=now)
    both = settling.with_pairs([one for one in stops if one not in arrived])
    settling.cancel(actor, plan, both, "withdrawn", now=now)
    if plan.state != "planning":
        runs = [one.run_id for one in (*both, *arrived) if one.run_id]
        if runs:
            time_again(plan, runs, now=now)
            settling.tell_anew(actor, plan, runs, now=now)
    changed(plan, "plan.stops_withdrawn", None, {"stops": len(both), "arrived": len(arrived)}, now=now)
    return len(both) + len(arrived)


def _arrived(actor: Actor, stop: Stop, *, now: datetime) -> None:
    promise = stop.commitment
    assert promise is not None
    came = promise.delivered if promise.delivered is not None else promise.quantity
    stop.state, stop.delivered = "delivered" if came >= stop.quantity else "part", came
    stop.event_at, stop.recorded_at = promise.ended_at or now, now
    stop.save(update_fields=["state", "delivered", "recorded_at", "event_at"])
    # Both sides know: one of them has said so.
    data = {"quantity": came, "told_by": "promise"}
    entries.about_stop(stop, f"stop.{stop.state}", actor.agent_id, data, now=now, event_at=stop.event_at)


def close(actor: Actor, plan_id: uuid.UUID, *, version: int | None = None, now: datetime) -> DayPlan:
    """The day is over: what was not delivered is open on the board again, and promises of other givers stay theirs."""
    with transaction.atomic():
        plan = access.plan_to_change(actor, plan_id, version, while_planning=True)
        close_plan(actor, plan, now=now)
    return plan


def close_plan(actor: Actor, plan: DayPlan, *, now: datetime) -> None:
    settling.lock_runs(plan)
    rows = Stop.objects.filter(plan=plan, state__in=rules.OPEN, what__in=("pickup", "dropoff"))
    rows = rows.select_related("intent", "commitment", "run__carrier__agent", "run__companion", "pickup").order_by("pk")
    left = list(rows)
    # Nobody was there stays what happened; only the promise behind it ends.
    ending = [
        one for one in left
        if one.state in rules.AHEAD or (one.commitment is not None and one.commitment.state in aid_rules.LIVING)
    ]  # fmt: skip
    settling.cancel(actor, plan, ending, "closed", now=now)
    Stop.objects.filter(plan=plan, what__in=("load", "break"), state="waiting").update(
        state="cancelled", reason="closed"
    )
    for run in plan.runs.exclude(state__in=rules.RUN.final).select_related("carrier__agent", "companion"):
        run.state, run.ended_at = rules.move_run(run.state, "finish" if run.state in rules.TOLD_RUNS else "cancel"), now
        run.save(update_fields=["state", "ended_at"])
        entries.about_run(run, "run.closed", actor.agent_id, {}, now=now)
    plan.state, plan.closed_at, plan.attempt = rules.move_plan(plan.state, "close"), now, None
    # The ways between its doors, where a router told them.
    store.erase(plan.id)
    changed(plan, "plan.closed", actor.agent_id, {"returned": len(left)}, now=now)
