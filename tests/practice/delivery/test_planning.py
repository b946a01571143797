"""Planning on the real database: what becomes a stop, what the solver makes of it, moves, promises, and days that go wrong."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from taawun.community.people.models import HiddenPair
from taawun.ground.journal.models import Entry
from taawun.ground.journal.proof import verify_circle
from taawun.ground.vault import store
from taawun.practice.aid import actions as aid
from taawun.practice.aid.models import Commitment, Intent
from taawun.practice.delivery import access, jobs, rules
from taawun.practice.delivery.actions import fleet, moving, planning, promising, solving, standing
from taawun.practice.delivery.actions.planning import StopChange
from taawun.practice.delivery.actions.standing import StandingDraft
from taawun.practice.delivery.models import DayPlan, Run, Stop
from taawun.practice.delivery.queries.wanted import Filters
from tests.practice.aid.test_actions import refused
from tests.practice.delivery.planning import DAY, NOON, add_carrier, add_depot, begin, post, solve, work


@pytest.fixture
def town(world):
    """A depot, a car and a bicycle, and eight needs of Zeynep's."""
    add_depot(world)
    add_carrier(world, "Yusuf", "car")
    add_carrier(world, "Amina", "bicycle")
    post(world, 8)
    return world


def drops(plan: DayPlan, **filters: object) -> list[Stop]:
    return list(Stop.objects.filter(plan=plan, what="dropoff", **filters).order_by("run__number", "position"))


def names(circle) -> list[str]:
    return list(Entry.objects.filter(circle_id=circle.id).order_by("seq").values_list("name", flat=True))


def test_a_day_is_planned_promised_and_closed(town):
    plan = begin(town)
    assert len(drops(plan, run=None)) == 8 and plan.totals["unserved"] == 8
    plan = solve(town, plan)
    assert plan.state == "ready" and plan.progress["percent"] == 100
    stops = drops(plan)
    assert all(one.run_id and one.eta and not one.unserved for one in stops)
    for run in plan.runs.all():
        etas = [one.eta for one in stops if one.run_id == run.id]
        assert etas == sorted(etas)
        # Two boxes fit on the bicycle, twelve in the car, and what does not fit at once is loaded in between.
        assert run.totals.get("load", {}).get("boxes", 0) <= run.carrier.capacity["boxes"] and not run.totals["faults"]
    runs = promising.promise(town.actor("Amina"), plan.id, now=town.now)
    assert {run.state for run in runs} == {"promised"} and all(len(run.code) == 6 for run in runs)
    for one in drops(plan):
        given = one.commitment
        assert given is not None and given.state == "agreed" and given.giver_id == one.run.carrier.agent_id
        assert one.told_from <= one.eta <= one.told_until
    assert not Intent.objects.filter(circle=town.circle, state="open").exists()
    assert names(town.circle).count("stop.promised") == 8 and names(town.circle).count("run.promised") == len(runs)
    # The day ends with nothing brought: everything is open on the board again.
    promising.close(town.actor("Amina"), plan.id, now=NOON)
    assert Intent.objects.filter(circle=town.circle, state="open").count() == 8
    assert {one.state for one in drops(plan)} == {"cancelled"}
    assert {run.state for run in Run.objects.filter(plan=plan)} <= {"done", "cancelled"}
    assert verify_circle(town.circle.id)[2] == []


def test_what_cannot_be_served_is_said_with_its_reason_and_the_rest_is_planned(town):
    post(town, 1, kind="household.fridge", quantity=9)
    post(town, 1, kind="health.medicine", quantity=1)
    early = post(
        town, 1, kind="food.bread", starts_at=town.now.replace(day=19, hour=1), ends_at=town.now.replace(day=19, hour=2)
    )
    far = Intent.objects.filter(kind="food.food_parcel").first()
    Stop.objects.all().delete()
    plan = begin(town)
    store.seal(
        circle_id=town.circle.id, subject_id=far.agent_id, row_id=far.id, fields={"point": "-36.8,174.7"}, now=town.now
    )
    plan = solve(town, plan)
    reasons = {one.intent.kind: one.unserved for one in drops(plan, run=None)}
    by_intent = {one.intent_id: one.unserved for one in drops(plan, run=None)}
    assert reasons["household.fridge"] == "capacity" and reasons["health.medicine"] == "ability"
    assert by_intent[early[0].id] == "window" and by_intent[far.id] == "far"
    assert len(drops(plan, run__isnull=False)) == 7


def test_bad_plans_are_refused_by_name(town):
    actor = town.actor("Amina")
    refused("plan.past", lambda: begin(town, on_date=DAY - timedelta(days=5)))
    refused("plan.goal", lambda: begin(town, goal="fast"))
    nobody = begin(town, carrier_ids=[])
    refused("plan.no_carriers", lambda: solving.ask(actor, nobody.id, now=town.now))
    promising.close(actor, nobody.id, now=town.now)
    nowhere = begin(town, depot_ids=[])
    refused("plan.no_depot", lambda: solving.ask(actor, nowhere.id, now=town.now))
    refused("forbidden", lambda: access.plan(town.actor("Yusuf"), nowhere.id))


def test_a_move_says_what_it_costs_before_it_is_done(town):
    plan = solve(town, begin(town))
    actor = town.actor("Amina")
    stop = drops(plan)[0]
    other = next(run for run in plan.runs.all() if run.id != stop.run_id)
    found = moving.options(actor, plan.id, stop.id, now=town.now)
    assert {one.run.id for one in found} == set(plan.runs.values_list("pk", flat=True))
    before = plan.totals["metres"]
    wanted = next(one for one in found if one.run.id == other.id)
    plan.refresh_from_db()
    moving.move_stop(actor, plan.id, stop.id, other.id, version=plan.version, now=town.now)
    plan.refresh_from_db()
    assert abs(plan.totals["metres"] - before - wanted.metres) <= 2
    assert Stop.objects.get(pk=stop.pk).run_id == other.id
    stale = plan.version - 1
    refused("plan.changed", lambda: moving.move_stop(actor, plan.id, stop.id, None, version=stale, now=town.now))
    moving.move_stop(actor, plan.id, stop.id, other.id, 1, now=town.now)
    first = next(one for one in drops(plan) if one.run_id == other.id)
    assert first.id == stop.id
    moving.move_stop(actor, plan.id, stop.id, None, now=town.now)
    assert Stop.objects.get(pk=stop.pk).run_id is None
    # Where every place breaks a rule, the form says so and a person may want it all the same, as by dragging.
    Stop.objects.filter(pk=stop.pk).update(needs=["medicine"])
    found = moving.options(actor, plan.id, stop.id, now=town.now)
    assert all(one.possible and "ability" in one.faults for one in found)
    moving.move_stop(actor, plan.id, stop.id, other.id, now=town.now)
    assert Stop.objects.get(pk=stop.pk).run_id == other.id


def test_what_is_locked_stays(town):
    plan = solve(town, begin(town))
    actor = town.actor("Amina")
    stop = drops(plan)[0]
    other = next(run for run in plan.runs.all() if run.id != stop.run_id)
    moving.move_stop(actor, plan.id, stop.id, other.id, now=town.now)
    planning.lock_stop(actor, plan.id, stop.id, True, now=town.now)
    assert Stop.objects.get(pk=solve_again(town, plan, stop)).run_id == other.id
    planning.lock_run(actor, plan.id, other.id, True, now=town.now)
    before = list(Stop.objects.filter(run=other).values_list("pk", "position").order_by("position"))
    solve(town, plan)
    assert list(Stop.objects.filter(run=other).values_list("pk", "position").order_by("position")) == before


def solve_again(town, plan, stop):
    solve(town, plan)
    return stop.pk


def test_a_promise_of_somebody_else_is_carried_and_stays_theirs(world):
    add_carrier(world, "Amina", "car", starts="home")
    need = world.need("Zeynep", 4, "food.bread")
    given = aid.claim(world.actor("Yusuf"), need.id, now=world.now)
    plan = solve(world, begin(world, promises=True))
    pickup, drop = Stop.objects.get(plan=plan, what="pickup"), Stop.objects.get(plan=plan, what="dropoff")
    assert pickup.position < drop.position and pickup.run_id == drop.run_id and drop.pickup_id == pickup.id
    promising.promise(world.actor("Amina"), plan.id, now=world.now)
    given.refresh_from_db()
    assert given.giver_id == world.accounts["Yusuf"].agent_id and Commitment.objects.count() == 1
    promising.close(world.actor("Amina"), plan.id, now=NOON)
    given.refresh_from_db()
    assert given.state == "agreed"


def test_somebody_drops_out_at_noon_and_few_others_move(town):
    # Neither can do all eight alone.
    carriers = list(access.carriers(town.circle))
    for one in carriers:
        draft = fleet.CarrierDraft(one.vehicle, starts="depot", ends="depot", max_stops=5)
        fleet.change_carrier(town.actor("Amina"), one.id, draft, now=town.now)
    plan = solve(town, begin(town))
    promising.promise(town.actor("Amina"), plan.id, now=town.now)
    leaving = next(run for run in plan.runs.all() if run.stops.filter(what="dropoff").exists())
    hers = {one.id for one in drops(plan, run=leaving)}
    kept = {one.id: one.run_id for one in drops(plan) if one.id not in hers}
    promising.drop_out(town.actor("Amina"), leaving.id, now=NOON)
    work(town, plan, now=NOON)
    plan.refresh_from_db()
    assert plan.state == "promised"
    after = {one.id: one for one in drops(plan)}
    assert all(after[one].run_id == run for one, run in kept.items())
    for one in hers:
        stop = after[one]
        if stop.run_id is None:
            assert stop.unserved and stop.commitment_id is None and stop.told_from is None
        else:
            assert stop.run.state in rules.TOLD_RUNS and stop.commitment.giver_id == stop.run.carrier.agent_id
    assert Run.objects.get(pk=leaving.pk).reason == "dropped_out"
    living = Commitment.objects.filter(state="agreed").count()
    assert living == sum(one.run_id is not None for one in after.values())
    assert verify_circle(town.circle.id)[2] == []


def test_a_need_withdrawn_in_a_started_round_is_a_cancelled_stop_and_a_late_one_is_fitted_in(town):
    plan = solve(town, begin(town))
    promising.promise(town.actor("Amina"), plan.id, now=town.now)
    stop = drops(plan)[0]
    Run.objects.filter(pk=stop.run_id).update(state="started", started_at=NOON)
    aid.withdraw(town.actor("Zeynep"), stop.intent_id, now=NOON)
    assert jobs.keep_up_in(town.circle, now=NOON) == 1
    stop.refresh_from_db()
    assert stop.state == "cancelled" and stop.reason == "withdrawn" and stop.run_id is not None
    late = post(town, 1)[0]
    planning.add_needs(town.actor("Amina"), plan.id, [late.id], now=NOON)
    before = {one.id: one.run_id for one in drops(plan, state="waiting", run__isnull=False)}
    solve(town, plan, fit=True, now=NOON)
    fitted = Stop.objects.get(plan=plan, intent=late)
    assert fitted.unserved or fitted.commitment.state == "agreed"
    assert {one.id: one.run_id for one in drops(plan, state="waiting") if one.id in before} == before


def test_what_its_receiver_says_has_arrived_is_done_on_the_round_and_nobody_drives_there(town):
    plan = solve(town, begin(town))
    promising.promise(town.actor("Amina"), plan.id, now=town.now)
    stop = drops(plan)[0]
    before = Run.objects.get(pk=stop.run_id).totals["stops"]
    aid.receive(town.actor("Zeynep"), stop.commitment_id, now=NOON)
    assert jobs.keep_up_in(town.circle, now=NOON) == 1 and jobs.keep_up_in(town.circle, now=NOON) == 0
    stop.refresh_from_db()
    assert (stop.state, stop.delivered, stop.event_at, stop.reason) == ("delivered", stop.quantity, NOON, "")
    run = Run.objects.get(pk=stop.run_id)
    assert run.state == "promised" and run.totals["stops"] == before - 1
    assert names(town.circle).count("stop.delivered") == 1 and "stop.cancelled" not in names(town.circle)
    assert stop.commitment.state == "received"


def test_an_even_plan_leaves_no_carrier_of_two_alike_idle(world):
    add_depot(world)
    add_carrier(world, "Yusuf", "car")
    add_carrier(world, "Amina", "car")
    post(world, 8)
    longest = {}
    for goal in ("shortest", "balanced"):
        plan = solve(world, begin(world, goal=goal, filters=Filters()))
        runs = [run.totals for run in plan.runs.all()]
        longest[goal] = max(one["seconds"] for one in runs)
        assert plan.totals["unserved"] == 0
        if goal == "balanced":
            assert min(one["stops"] for one in runs) >= 2
        promising.close(world.actor("Amina"), plan.id, now=world.now)
    assert longest["balanced"] < longest["shortest"]


def test_nobody_comes_to_who_is_hidden_from_her_nor_to_herself(town):
    yusuf, zeynep = town.accounts["Yusuf"].agent_id, town.accounts["Zeynep"].agent_id
    HiddenPair.objects.create(one_id=yusuf, other_id=zeynep)
    HiddenPair.objects.create(one_id=zeynep, other_id=yusuf)
    own = post(town, 1, who="Amina")[0]
    plan = solve(town, begin(town))
    for one in drops(plan, run__isnull=False):
        assert one.run.carrier.agent_id not in {
            one.intent.agent_id,
            *({yusuf} if one.intent.agent_id == zeynep else set()),
        }
    assert Stop.objects.get(plan=plan, intent=own).run.carrier.agent_id == yusuf


def test_a_pair_and_what_needs_vetting(town):
    town.join("Omar")
    actor = town.actor("Amina")
    car = next(one for one in access.carriers(town.circle) if one.vehicle == "car")
    post(town, 1, kind="health.medicine")
    fleet.vet(actor, car.id, ["medicine"], must_pair=True, now=town.now)
    plan = solve(town, begin(town))
    alone = plan.runs.get(carrier=car)
    assert not alone.stops.exists()
    planning.set_companion(actor, plan.id, alone.id, town.accounts["Omar"].agent_id, now=town.now)
    plan = solve(town, plan)
    medicine = Stop.objects.get(plan=plan, intent__kind="health.medicine")
    assert medicine.run_id == alone.id
    own = fleet.add_carrier(actor, fleet.CarrierDraft("van"), now=town.now)
    refused("carrier.own_vetting", lambda: fleet.vet(actor, own.id, ["cash"], now=town.now))
    refused("carrier.pair", lambda: planning.set_companion(actor, plan.id, alone.id, car.agent_id, now=town.now))


def test_a_stop_changed_by_hand(town):
    plan = solve(town, begin(town))
    actor, stop = town.actor("Amina"), drops(plan)[-1]
    early = rules.moment(DAY, 6 * 60, ZoneInfo("Europe/London"))
    backwards = StopChange(window=(early + timedelta(hours=2), early))
    refused("window.backwards", lambda: planning.change_stop(actor, plan.id, stop.id, backwards, now=town.now))
    refused("stop.amount", lambda: planning.change_stop(actor, plan.id, stop.id, StopChange(quantity=9), now=town.now))
    planning.change_stop(
        actor, plan.id, stop.id, StopChange(window=(early, early + timedelta(minutes=30))), now=town.now
    )
    run = Run.objects.get(pk=stop.run_id)
    assert "late" in run.totals["faults"]
    promising.take_out(actor, plan.id, [stop.id], now=town.now)
    run.refresh_from_db()
    assert run.totals["faults"] == [] and Stop.objects.get(pk=stop.pk).state == "cancelled"


def test_a_standing_round_is_made_for_the_coming_days_with_the_same_person(town):
    actor = town.actor("Amina")
    carriers = list(access.carriers(town.circle).values_list("pk", flat=True))
    depots = list(access.depots(town.circle).values_list("pk", flat=True))
    row = standing.add(
        actor,
        StandingDraft("Boxes", [DAY.weekday()], town.now.date(), depot_ids=depots, carrier_ids=carriers),
        now=town.now,
    )
    plan = DayPlan.objects.get(standing=row)
    assert plan.on_date == DAY and plan.state == "planning" and standing.keep(town.circle, now=town.now) == 0
    plan = work(town, plan)
    promising.promise(actor, plan.id, now=town.now)
    one = drops(plan)[0]
    Stop.objects.filter(pk=one.pk).update(state="delivered", event_at=NOON)
    promising.close(actor, plan.id, now=NOON)
    week = timedelta(days=7)
    town.now += week
    post(town, 3)
    town.now -= week
    standing.keep(town.circle, now=town.now + week)
    following = DayPlan.objects.get(standing=row, on_date=DAY + week)
    following = work(town, following, now=town.now + week)
    # All needs are one person's: whoever came last comes again.
    assert Stop.objects.filter(plan=following, what="dropoff", run__carrier_id=one.run.carrier_id).count() == 3
    standing.pause(actor, row.id, True, now=town.now)
    assert standing.keep(town.circle, now=town.now + 2 * week) == 0
