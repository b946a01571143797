"""What the pages of planning read, in a bounded number of statements whatever the number of stops."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.community.people.models import Agent
from taawun.ground.journal.models import Entry
from taawun.practice.delivery import access, rules
from taawun.practice.delivery.models import Carrier, DayPlan, Depot, Run, StandingRun, Stop

PLANS_SHOWN = 30
NEWS_SHOWN = 12
STOP_COLUMNS = (
    "plan_id", "circle_id", "run_id", "position", "what", "intent_id", "commitment_id", "pickup_id", "depot_id",
    "quantity", "loads", "needs", "opens_at", "closes_at", "locked", "eta", "unserved", "state", "reason", "cell",
    "intent__kind", "intent__unit", "intent__urgency", "intent__area__name", "intent__circle_id", "depot__name", "delivered",
    "told_from", "told_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StopLine:
    stop: Stop
    kind: CircleKind | None
    area: str

    @property
    def is_late(self) -> bool:
        stop = self.stop
        return stop.eta is not None and stop.closes_at is not None and stop.eta > stop.closes_at


@dataclass(frozen=True, slots=True)
class RunLine:
    run: Run
    stops: list[StopLine]


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan with its runs in their order, and what is on no run by its reason."""

    plan: DayPlan
    runs: list[RunLine]
    waiting: dict[str, list[StopLine]]
    over: list[StopLine]
    depots: list[Depot]


def shown(actor: Actor, plan_id: uuid.UUID) -> Shown:
    """Return a plan as its page shows it: four statements."""
    plan = access.plan(actor, plan_id)
    runs = Run.objects.filter(plan=plan).select_related("carrier__agent", "companion").order_by("number")
    rows = Stop.objects.filter(plan=plan).select_related("intent__area", "depot").only(*STOP_COLUMNS)
    known: dict[str, CircleKind] = {}
    lines: dict[uuid.UUID | None, list[StopLine]] = {}
    for stop in rows.order_by("position", "id"):
        lines.setdefault(stop.run_id, []).append(line(actor, stop, known))
    waiting: dict[str, list[StopLine]] = {}
    for one in lines.get(None, []):
        if one.stop.state in rules.AHEAD:
            waiting.setdefault(one.stop.unserved, []).append(one)
    over = [one for one in lines.get(None, []) if one.stop.state not in rules.AHEAD]
    depots = list(Depot.objects.filter(pk__in=plan.depot_ids).order_by("name"))
    return Shown(plan, [RunLine(run, lines.get(run.id, [])) for run in runs], waiting, over, depots)


def line(actor: Actor, stop: Stop, known: dict[str, CircleKind]) -> StopLine:
    intent = stop.intent
    if intent is None:
        return StopLine(stop, None, stop.depot.name if stop.depot is not None else "")
    if intent.kind not in known:
        known[intent.kind] = kinds.shown(actor.circle, intent.kind)
    return StopLine(stop, known[intent.kind], intent.area.name if intent.area is not None else "")


@dataclass(frozen=True, slots=True)
class News:
    """What somebody else has changed since: the entry and who did it."""

    name: str
    who: str
    at: datetime


def news_since(actor: Actor, plan: DayPlan, version: int) -> list[News]:
    """Return what changed a plan after a version of it, oldest first."""
    rows = Entry.objects.filter(circle_id=actor.circle.id, subject_id=plan.id).order_by("-seq")[:60]
    found = []
    for row in rows:
        reached = json.loads(row.body)["data"].get("version")
        if isinstance(reached, int) and reached > version:
            found.append(row)
    names = dict(Agent.objects.filter(pk__in={row.actor_id for row in found if row.actor_id}).values_list("pk", "name"))
    news = [News(row.name, names.get(row.actor_id, "") if row.actor_id else "", row.recorded_at) for row in found]
    return news[:NEWS_SHOWN][::-1]


@dataclass(frozen=True, slots=True)
class PlanLine:
    plan: DayPlan
    runs: int
    started: int


def plans(actor: Actor, today: date) -> tuple[list[PlanLine], list[PlanLine]]:
    """Return plans that are not closed, the next day first, and those closed lately."""
    counted = access.plans(actor).annotate(
        driving=Count("runs", filter=~Q(runs__state="cancelled"), distinct=True),
        started=Count("runs", filter=Q(runs__state="started"), distinct=True),
    )
    living = counted.exclude(state="closed").order_by("on_date", "made_at")[:PLANS_SHOWN]
    closed = counted.filter(state="closed", on_date__gte=today - timedelta(days=60)).order_by("-on_date")[:PLANS_SHOWN]
    return [_plan_line(one) for one in living], [_plan_line(one) for one in closed]


def _plan_line(plan: DayPlan) -> PlanLine:
    return PlanLine(plan, plan.driving, plan.started)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Available:
    """Somebody who carries, and whether she does on a day."""

    carrier: Carrier
    on_day: bool


def available(actor: Actor, day: date | None) -> list[Available]:
    """Return who carries and does not pause; those who carry on the day first."""
    rows = access.visible_carriers(actor).filter(paused_at=None)
    found = [Available(one, day is None or not one.weekdays or day.weekday() in one.weekdays) for one in rows]
    return sorted(found, key=lambda one: not one.on_day)


def standing_names(actor: Actor, rows: Sequence[StandingRun]) -> dict[uuid.UUID, list[str]]:
    """Return for each standing round the names of its carriers."""
    wanted = {one for row in rows for one in row.carrier_ids}
    names = dict(access.carriers(actor.circle).filter(pk__in=wanted).values_list("pk", "agent__name"))
    return {row.id: [names[one] for one in row.carrier_ids if one in names] for row in rows}
