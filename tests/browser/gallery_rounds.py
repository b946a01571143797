"""The gallery's rounds as a coordinator sees them: one day planned, one being planned, a depot, carriers, a round that comes again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from taawun.ground.values.ids import new_id
from taawun.ground.values.place import Point
from taawun.practice.delivery.actions import fleet, planning, standing
from taawun.practice.delivery.actions.fleet import CarrierDraft, DepotDraft, Place
from taawun.practice.delivery.actions.planning import PlanDraft
from taawun.practice.delivery.actions.standing import StandingDraft
from taawun.practice.delivery.models import DayPlan, Run, Stop


def plan_rounds(gallery: Any) -> None:
    """Written into the rows as a solver would have: the walk looks at pages, and does not wait for mathematics."""
    actor, now, words = gallery.actor("coordinator"), gallery.now, gallery.words
    depot = fleet.add_depot(
        actor, DepotDraft(words.organisation, Place(gallery.areas[0].id, Point(34.44, 35.84), words.door)), now=now
    )
    days = CarrierDraft("cargo_bike", cold_box=True, break_minutes=30, break_from=720, break_to=840, max_stops=12)
    rider = fleet.add_carrier(gallery.actor("neighbour"), days, now=now)
    own = fleet.add_carrier(actor, CarrierDraft("car", starts="home"), now=now)
    fleet.vet(actor, rider.id, ["medicine"], must_pair=True, now=now)
    for number in range(8):
        gallery.post(
            "receiver",
            "request",
            ("food.food_parcel", "household.clothes")[number % 2],
            1 + number % 3,
            urgency=number % 4,
        )
    today = now.astimezone(ZoneInfo(gallery.circle.time_zone)).date()
    draft = PlanDraft(
        on_date=today + timedelta(days=2),
        name=words.summaries[0][:60],
        depot_ids=[depot.id],
        carrier_ids=[rider.id, own.id],
    )
    plan = planning.begin(actor, draft, now=now)
    _spread(plan, now)
    going_on = planning.begin(
        actor, PlanDraft(on_date=today + timedelta(days=1), depot_ids=[depot.id], carrier_ids=[own.id]), now=now
    )
    DayPlan.objects.filter(pk=going_on.pk).update(
        state="planning", attempt=new_id(),
        progress={"percent": 40, "at": (now + timedelta(days=1)).isoformat(), "served": 5, "unserved": 2, "runs": 1, "travel": 2700,
                  "metres": 14300},
    )  # fmt: skip
    row = standing.add(
        actor,
        StandingDraft(
            words.organisation, [(today.weekday() + 5) % 7], today, depot_ids=[depot.id], carrier_ids=[rider.id]
        ),
        now=now,
    )
    stop = Stop.objects.filter(plan=plan, run__isnull=False, what="dropoff").order_by("position").first()
    waits = Stop.objects.filter(plan=plan, run=None).order_by("id").first()
    assert stop is not None and waits is not None
    gallery.made |= {
        "plan": str(plan.id), "planning": str(going_on.id), "stop": str(stop.id), "stop_waiting": str(waits.id),
        "plan_run": str(stop.run_id), "rider": str(rider.id), "depot": str(depot.id), "standing": str(row.id),
    }  # fmt: skip


def _spread(plan: DayPlan, now: Any) -> None:
    runs = list(plan.runs.select_related("carrier").order_by("number"))
    stops = list(Stop.objects.filter(plan=plan).order_by("id"))
    begin = now + timedelta(days=2)
    for number, stop in enumerate(stops):
        if number % 5 == 4:
            stop.unserved = ("ability", "capacity", "window", "time")[number // 5 % 4]
            continue
        stop.run, stop.position = runs[number % 2], 2 + number // 2
        stop.eta = begin + timedelta(minutes=9 * number)
        stop.closes_at = stop.eta - timedelta(minutes=5) if number == 3 else None
        stop.locked = number == 2
    Stop.objects.bulk_update(stops, ["run", "position", "eta", "closes_at", "locked", "unserved"])
    for run in runs:
        depot_id = plan.depot_ids[0]
        Stop.objects.create(
            circle_id=plan.circle_id, plan=plan, run=run, what="load", depot_id=depot_id, position=1, eta=begin
        )
        run.depart_at, run.back_at = begin, begin + timedelta(hours=2)
        run.totals = {
            "stops": run.stops.count() - 1, "seconds": 7300, "travel": 4000, "metres": 18400, "load": {"boxes": 7, "kilograms": 12},
            "faults": ["late"] if run.number == 2 else [],
        }  # fmt: skip
    Run.objects.bulk_update(runs, ["depart_at", "back_at", "totals"])
    from taawun.practice.delivery.actions.arranging import retotal

    plan.state, plan.planned_at = "ready", now
    retotal(plan)
    plan.save()
