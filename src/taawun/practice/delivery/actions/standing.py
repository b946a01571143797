"""Standing rounds: said once, and made for the coming days, with the same person as last time where that is possible."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Area, Circle
from taawun.community.people import texts
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid.models import Series
from taawun.practice.delivery import access, rules
from taawun.practice.delivery.actions import entries, planning
from taawun.practice.delivery.actions.planning import PlanDraft
from taawun.practice.delivery.actions.solving import as_asked, begin_work
from taawun.practice.delivery.models import DayPlan, StandingRun
from taawun.practice.delivery.queries.wanted import Filters, carried_kinds

# The plan is there so many days before: time to look at it, to ask who drives, and to promise it.
DAYS_BEFORE = 3
STANDING_MAX = 50
EVERY_MAX = 12


@dataclass(frozen=True, slots=True)
class StandingDraft:
    """A round that comes again. Empty lists of kinds, areas and series mean all that is open and has to be carried."""

    name: str
    weekdays: Sequence[int]
    starts_on: date
    every: int = 1
    ends_on: date | None = None
    depot_ids: Sequence[uuid.UUID] = ()
    carrier_ids: Sequence[uuid.UUID] = ()
    series_ids: Sequence[uuid.UUID] = ()
    kinds: Sequence[str] = ()
    area_ids: Sequence[uuid.UUID] = ()
    goal: str = "shortest"
    prefer_same: bool = True


def add(actor: Actor, draft: StandingDraft, *, now: datetime) -> StandingRun:
    if access.standing_runs(actor).count() >= STANDING_MAX:
        raise Refusal("standing.too_many", "name", limit=STANDING_MAX)
    with transaction.atomic():
        made = StandingRun(circle=actor.circle, made_by_id=actor.agent_id, made_at=now)
        _fill(actor, made, draft)
        made.save(force_insert=True)
        entries.about_circle(made, "standing.added", actor.agent_id, {}, now=now)
        _make(actor.circle, made, now=now)
    return made


def change(actor: Actor, standing_id: uuid.UUID, draft: StandingDraft, *, now: datetime) -> StandingRun:
    """Change it from the next plan on; plans that were made already stay as they are."""
    with transaction.atomic():
        found = access.standing_run(actor, standing_id, lock=True)
        _fill(actor, found, draft)
        found.save()
        entries.about_circle(found, "standing.changed", actor.agent_id, {}, now=now)
    return found


def pause(actor: Actor, standing_id: uuid.UUID, paused: bool, *, now: datetime) -> StandingRun:
    with transaction.atomic():
        found = access.standing_run(actor, standing_id, lock=True)
        found.paused_at = now if paused else None
        found.save(update_fields=["paused_at"])
        entries.about_circle(found, "standing.paused" if paused else "standing.resumed", actor.agent_id, {}, now=now)
    return found


def end(actor: Actor, standing_id: uuid.UUID, *, now: datetime) -> StandingRun:
    with transaction.atomic():
        found = access.standing_run(actor, standing_id, lock=True)
        found.ended_at = now
        found.save(update_fields=["ended_at"])
        entries.about_circle(found, "standing.ended", actor.agent_id, {}, now=now)
    return found


def _fill(actor: Actor, row: StandingRun, draft: StandingDraft) -> None:
    row.name = texts.line(draft.name, "name", 120)
    if not row.name:
        raise Refusal("standing.name", "name")
    if not draft.weekdays or any(day not in range(7) for day in draft.weekdays):
        raise Refusal("standing.weekdays", "weekdays")
    if not 1 <= draft.every <= EVERY_MAX:
        raise Refusal("standing.every", "every", limit=EVERY_MAX)
    if draft.ends_on is not None and draft.ends_on < draft.starts_on:
        raise Refusal("series.ends_before", "ends_on")
    if draft.goal not in rules.GOALS:
        raise Refusal("plan.goal", "goal")
    if not draft.carrier_ids:
        raise Refusal("plan.no_carriers", "carriers")
    planning.require_depots(actor, draft.depot_ids)
    planning.require_carriers(actor, draft.carrier_ids)
    known = carried_kinds(actor)
    if not set(draft.kinds) <= {kind.group for kind in known.values()} | known.keys():
        raise Refusal("kind.unknown", "kinds")
    for model, ids, field in ((Area, draft.area_ids, "areas"), (Series, draft.series_ids, "series")):
        if model.objects.filter(circle=actor.circle, pk__in=ids).count() != len(set(ids)):
            raise Refusal("plan.unknown", field)
    row.weekdays, row.every = sorted(set(draft.weekdays)), draft.every
    row.starts_on, row.ends_on = draft.starts_on, draft.ends_on
    row.depot_ids, row.carrier_ids = list(draft.depot_ids), list(draft.carrier_ids)
    row.series_ids, row.kinds, row.area_ids = list(draft.series_ids), list(draft.kinds), list(draft.area_ids)
    row.goal, row.prefer_same = draft.goal, draft.prefer_same


def keep(circle: Circle, *, now: datetime) -> int:
    """Make the plans of the coming days, and take onto them what was posted since. Safe to run at any time."""
    count = 0
    for row in StandingRun.objects.filter(circle=circle, ended_at=None, paused_at=None).order_by("pk"):
        count += _make(circle, row, now=now)
    return count


def _make(circle: Circle, row: StandingRun, *, now: datetime) -> int:
    today = now.astimezone(ZoneInfo(circle.time_zone)).date()
    days = [today + timedelta(days=ahead) for ahead in range(DAYS_BEFORE + 1)]
    count = 0
    for day in days:
        if not rules.comes_on(day, row.weekdays, row.every, row.starts_on, row.ends_on):
            continue
        if DayPlan.objects.filter(standing=row, on_date=day).exists():
            continue
        with transaction.atomic():
            count += _make_day(circle, row, day, now=now)
    return count


def _make_day(circle: Circle, row: StandingRun, day: date, *, now: datetime) -> int:
    """Begin the plan of one day with who still carries, and have it planned."""
    actor = as_asked(circle, row.made_by_id)
    carriers = access.carriers(circle).filter(pk__in=row.carrier_ids, paused_at=None)
    depots = access.depots(circle).filter(pk__in=row.depot_ids)
    chosen = Filters(tuple(row.kinds), tuple(row.area_ids), 0, tuple(row.series_ids))
    draft = PlanDraft(
        on_date=day, name=row.name, goal=row.goal, depot_ids=[one.id for one in depots],
        carrier_ids=[one.id for one in carriers if not one.weekdays or day.weekday() in one.weekdays], filters=chosen,
    )  # fmt: skip
    plan = planning.begin(actor, draft, standing=row, now=now)
    if plan.totals.get("unserved") and draft.carrier_ids and draft.depot_ids:
        begin_work(plan, row.made_by_id, fit=False, now=now)
    return 1
