"""A day to plan, for tests: depots, carriers and needs with places, made through the real actions."""

from __future__ import annotations

import random
import uuid
from datetime import date, datetime, timedelta

from django.utils import timezone

from taawun.ground.values.place import Point
from taawun.practice.aid.actions import Private
from taawun.practice.aid.models import Intent
from taawun.practice.delivery import jobs
from taawun.practice.delivery.actions import fleet, planning, solving
from taawun.practice.delivery.actions.fleet import CarrierDraft, DepotDraft, Place
from taawun.practice.delivery.actions.planning import PlanDraft
from taawun.practice.delivery.models import Carrier, DayPlan, Depot, Run, Stop
from tests.world import NOW, TOWN, World

DAY = date(2026, 5, 19)
# NOW is 10:00 in London on the Monday before.
NOON = datetime(2026, 5, 19, 11, 0, tzinfo=NOW.tzinfo)


def somewhere(seed: int, spread: float = 0.02) -> Point:
    chance = random.Random(seed)
    return Point(TOWN.latitude + chance.uniform(-spread, spread), TOWN.longitude + chance.uniform(-spread, spread))


def add_depot(world: World, name: str = "Food bank", seed: int = 1, **more: object) -> Depot:
    draft = DepotDraft(name, Place(point=somewhere(seed), door="the blue gate"), **more)  # type: ignore[arg-type]
    return fleet.add_depot(world.actor("Amina"), draft, now=world.now)


def add_carrier(world: World, who: str, vehicle: str = "car", **more: object) -> Carrier:
    fields: dict[str, object] = {"starts": "depot", "ends": "depot"} | more
    return fleet.add_carrier(world.actor(who), CarrierDraft(vehicle, **fields), now=world.now)  # type: ignore[arg-type]


def post(world: World, count: int, who: str = "Zeynep", kind: str = "food.food_parcel", **more: object) -> list[Intent]:
    made = []
    for number in range(count):
        private = Private(reach="+442079460123", door=f"door {number}", point=somewhere(100 + number))
        fields: dict[str, object] = {"private": private, "kind": kind, "quantity": 1} | more
        made.append(world.need(who, **fields))  # type: ignore[arg-type]
    return made


def begin(world: World, **more: object) -> DayPlan:
    actor = world.actor("Amina")
    from taawun.practice.delivery import access

    fields: dict[str, object] = {
        "on_date": DAY,
        "depot_ids": [one.id for one in access.depots(world.circle)],
        "carrier_ids": [one.id for one in access.carriers(world.circle)],
    } | more
    return planning.begin(actor, PlanDraft(**fields), now=world.now)  # type: ignore[arg-type]


def make_day(world: World, count: int = 4) -> DayPlan:
    """A plan for tomorrow: two carriers from one depot, and every need on the first round.

    Written into the rows as a solver would have, so that a seed does not wait for mathematics.
    """
    hours = {"from_minute": 0, "to_minute": 1440}
    depot, taken = add_depot(world), Carrier.objects.filter(circle=world.circle).count()
    first = add_carrier(world, "Yusuf", ("van", "truck", "boat")[taken % 3], **hours)
    second = add_carrier(world, "Amina", ("bicycle", "cargo_bike", "foot")[taken % 3], **hours)
    plan = begin(
        world, on_date=timezone.localdate(world.now) + timedelta(days=1), depot_ids=[depot.id],
        carrier_ids=[first.id, second.id], filters=None,
    )  # fmt: skip
    made = planning.add_needs(world.actor("Amina"), plan.id, [one.id for one in post(world, count)], now=world.now)
    run, begins = plan.runs.get(number=1), world.now + timedelta(days=1)
    Stop.objects.create(circle=world.circle, plan=plan, run=run, what="load", depot=depot, position=1, eta=begins)
    for number, stop in enumerate(made, start=1):
        eta = begins + timedelta(minutes=10 * number)
        Stop.objects.filter(pk=stop.pk).update(run=run, position=number + 1, eta=eta)
    Run.objects.filter(pk=run.pk).update(depart_at=begins, back_at=begins + timedelta(hours=1))
    DayPlan.objects.filter(pk=plan.pk).update(state="ready", planned_at=world.now)
    return plan


def solve(world: World, plan: DayPlan, *, fit: bool = False, now: datetime | None = None, seconds: int = 1) -> DayPlan:
    """Ask for a plan and do the errand at once."""
    solving.ask(world.actor("Amina"), plan.id, fit=fit, seconds=seconds, now=now or world.now)
    return work(world, plan, now=now)


def work(world: World, plan: DayPlan, *, now: datetime | None = None) -> DayPlan:
    plan.refresh_from_db()
    assert plan.state == "planning" and plan.attempt is not None
    ticks = [now or world.now]
    # Good enough at once: for a handful of stops the first answer is.
    DayPlan.objects.filter(pk=plan.pk).update(stop_asked_at=ticks[0])

    def clock() -> datetime:
        ticks[0] += timedelta(seconds=1)
        return ticks[0]

    assert solving.work(world.circle.id, plan.id, uuid.UUID(str(plan.attempt)), clock=clock)
    world.open()
    plan.refresh_from_db()
    return plan


__all__ = ["DAY", "NOON", "add_carrier", "add_depot", "begin", "jobs", "make_day", "post", "solve", "somewhere", "work"]
