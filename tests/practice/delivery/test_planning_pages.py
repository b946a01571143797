"""The pages and operations of planning: what a page of two hundred stops costs, two coordinators at once, every door once."""

import gzip
import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from taawun.ground.values.place import cells_within
from taawun.practice.delivery import access
from taawun.practice.delivery.actions import planning, promising
from taawun.practice.delivery.models import Carrier, DayPlan, Depot, Preferences, Run, StandingRun, Stop
from tests.practice.delivery.planning import add_carrier, add_depot, begin, post, solve


@pytest.fixture
def town(world):
    # The pages ask the clock themselves.
    world.now = timezone.now()
    add_depot(world)
    add_carrier(world, "Yusuf", "car", from_minute=0, to_minute=1440)
    return world


@pytest.fixture
def visit(town):
    def open_as(name: str) -> Client:
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(town.accounts[name])
        return browser

    return open_as


def tomorrow(town):
    return timezone.localdate(town.now + timedelta(days=1))


def at(town, name, *arguments):
    return reverse(f"delivery:{name}", args=[town.circle.slug, *arguments])


def sent(browser, url, **fields):
    return browser.post(url, {"key": str(uuid.uuid4()), **fields})


def two_hundred(town) -> DayPlan:
    for number in range(11):
        town.join(f"Driver {number}")
        add_carrier(town, f"Driver {number}", "bicycle")
    needs = post(town, 1)
    cells, copies = cells_within(needs[0].cell, 1), []
    for number in range(199):
        copy = type(needs[0]).objects.get(pk=needs[0].pk)
        copy.pk, copy.cell = uuid.uuid4(), cells[number % len(cells)]
        copies.append(copy)
    type(needs[0]).objects.bulk_create(copies)
    plan = begin(town, on_date=tomorrow(town))
    runs = list(plan.runs.order_by("number"))
    stops = list(Stop.objects.filter(plan=plan))
    assert len(stops) == 200 and len(runs) == 12
    for number, stop in enumerate(stops):
        stop.run, stop.position = runs[number % 12], number // 12 + 1
        stop.eta = town.now + timedelta(minutes=7 * number)
    Stop.objects.bulk_update(stops, ["run", "position", "eta"])
    for run in runs:
        run.totals = {"stops": 17, "seconds": 9000, "travel": 5000, "metres": 24000, "load": {"boxes": 2}, "faults": []}
    Run.objects.bulk_update(runs, ["totals"])
    return plan


def test_a_page_of_two_hundred_stops_is_small_and_asks_little(town, visit):
    plan = two_hundred(town)
    browser = visit("Amina")
    browser.get(at(town, "plan", plan.id))
    with CaptureQueriesContext(connection) as caught:
        page = browser.get(at(town, "plan", plan.id))
    asked = [one["sql"] for one in caught if not re.match(r"(SAVEPOINT|RELEASE|BEGIN|COMMIT)", one["sql"])]
    assert len(asked) <= 10, "\n".join(one[:120] for one in asked)
    assert page.content.decode().count("stops/") >= 200
    assert len(gzip.compress(page.content, 6)) <= 14 * 1024, len(gzip.compress(page.content, 6))
    print(len(asked), len(gzip.compress(page.content, 6)), len(page.content))
    drawn = browser.get(at(town, "plan_map", plan.id))
    assert drawn["Content-Type"] == "image/svg+xml" and b"polyline" in drawn.content


def test_a_day_by_plain_forms(town, visit):
    post(town, 3)
    browser = visit("Amina")
    assert browser.get(at(town, "plan_new")).status_code == 200
    wrong = sent(browser, at(town, "plan_new"), on_date="2020-01-01", goal="shortest", name="Boxes")
    assert wrong.status_code == 422 and "Boxes" in wrong.content.decode()
    depot, carrier = Depot.objects.get(), Carrier.objects.get()
    made = sent(
        browser, at(town, "plan_new"), on_date=tomorrow(town).isoformat(), goal="shortest", depots=str(depot.id),
        carriers=str(carrier.id), urgency="0",
    )  # fmt: skip
    plan = DayPlan.objects.get()
    assert made["Location"] == at(town, "plan", plan.id)
    asked = sent(browser, at(town, "plan_do", plan.id), do="plan", version=plan.version)
    assert asked.status_code == 302
    waiting = browser.get(at(town, "plan", plan.id)).content.decode()
    assert 'value="enough"' in waiting and "noscript" in waiting
    assert sent(browser, at(town, "plan_do", plan.id), do="plan").status_code == 409
    assert browser.get(at(town, "plan_progress", plan.id)).status_code == 200
    assert sent(browser, at(town, "plan_do", plan.id), do="enough").status_code == 302
    from tests.practice.delivery.planning import work

    plan = work(town, plan)
    assert browser.get(at(town, "plan_progress", plan.id))["HX-Refresh"] == "true"
    stop = Stop.objects.filter(plan=plan, what="dropoff").first()
    page = browser.get(at(town, "stop", plan.id, stop.id)).content.decode()
    assert "Move to" in page and str(stop.run_id) in page
    told = browser.get(at(town, "stop_cost", plan.id, stop.id), {"run": str(stop.run_id), "position": "1"}).json()
    assert told["possible"] and told["text"]
    # Two coordinators at once: the second is shown what the first has done.
    planning.lock_stop(town.actor("Amina"), plan.id, stop.id, True, now=town.now)
    stale = sent(browser, at(town, "stop_move", plan.id, stop.id), run="", version=plan.version)
    assert stale.status_code == 409 and "locked to its round" in stale.content.decode()
    assert sent(browser, at(town, "stop_unlock", plan.id, stop.id)).status_code == 302
    assert sent(browser, at(town, "stop_move", plan.id, stop.id), run="").status_code == 302
    stop.refresh_from_db()
    assert stop.run_id is None
    assert (
        sent(browser, at(town, "stop_move", plan.id, stop.id), run=str(plan.runs.get().id), position="1").status_code
        == 302
    )
    typed = {"boxes": "2", "opens": "09:00", "closes": "08:00", "service_minutes": "7"}
    refused = sent(browser, at(town, "stop_change", plan.id, stop.id), **typed)
    assert refused.status_code == 422 and 'value="08:00"' in refused.content.decode()
    assert sent(browser, at(town, "stop_change", plan.id, stop.id), **(typed | {"closes": "23:00"})).status_code == 302
    stop.refresh_from_db()
    assert stop.loads == {"boxes": 2} and stop.service_seconds == 420
    # What is known stands in the form: who changes one thing does not wipe out the others.
    again = browser.get(at(town, "stop", plan.id, stop.id)).content.decode()
    assert 'value="23:00"' in again and 'name="service_minutes" value="7"' in again
    assert sent(browser, at(town, "companion", plan.id, plan.runs.get().id), companion="").status_code == 302
    assert browser.get(at(town, "plan_add", plan.id)).status_code == 200
    late = post(town, 1)[0]
    assert sent(browser, at(town, "plan_add", plan.id), needs=str(late.id)).status_code == 302
    assert sent(browser, at(town, "plan_crew", plan.id), depots=str(depot.id), goal="balanced").status_code == 302
    assert sent(browser, at(town, "plan_do", plan.id), do="promise").status_code == 302
    run = plan.runs.get()
    assert run.state == "promised"
    mine = visit("Yusuf").get(at(town, "rounds")).content.decode()
    assert str(run.id) in mine and str(plan.id) not in mine
    assert visit("Yusuf").get(at(town, "plan", plan.id)).status_code == 403
    assert sent(browser, at(town, "plan_do", plan.id), do=f"drop:{run.id}").status_code == 302
    assert sent(browser, at(town, "plan_do", plan.id), do="close").status_code == 302
    plan.refresh_from_db()
    assert plan.state == "closed" and browser.get(at(town, "plan", plan.id)).status_code == 200
    assert browser.get(at(town, "rounds")).status_code == 200


def test_a_member_offers_and_a_coordinator_vets(town, visit):
    member, browser = visit("Zeynep"), visit("Amina")
    url = at(town, "carrier_new")
    assert member.get(url).status_code == 200
    fields = {
        "vehicle": "cargo_bike",
        "from_time": "17:00",
        "to_time": "09:00",
        "starts": "home",
        "ends": "home",
        "boxes": "٦",
    }
    wrong = sent(member, url, **fields)
    assert wrong.status_code == 422 and "before the beginning" in wrong.content.decode()
    assert sent(member, url, **(fields | {"to_time": "20:00"})).status_code == 302
    carrier = Carrier.objects.get(vehicle="cargo_bike")
    assert carrier.capacity == {"boxes": 6} and carrier.agent_id == town.accounts["Zeynep"].agent_id
    assert sent(member, at(town, "carrier_vet", carrier.id), may_carry="cash").status_code == 403
    assert visit("Yusuf").get(at(town, "carrier", carrier.id)).status_code == 404
    assert sent(browser, at(town, "carrier_vet", carrier.id), may_carry="medicine").status_code == 302
    carrier.refresh_from_db()
    assert carrier.may_carry == ["medicine"] and carrier.vetted_by_id == town.accounts["Amina"].agent_id
    assert sent(member, at(town, "carrier_pause", carrier.id)).status_code == 302
    assert sent(member, at(town, "carrier_resume", carrier.id)).status_code == 302
    assert (
        browser.get(at(town, "carriers")).status_code == 200
        and browser.get(at(town, "carrier", carrier.id)).status_code == 200
    )
    assert sent(member, at(town, "carrier_end", carrier.id)).status_code == 302
    assert not access.carriers(town.circle).filter(pk=carrier.pk).exists()


def test_depots_preferences_and_rounds_that_come_again(town, visit):
    browser = visit("Amina")
    nowhere = sent(browser, at(town, "depot_new"), name="", position="34.4")
    assert nowhere.status_code == 422
    assert (
        sent(browser, at(town, "depot_new"), name="Kitchen", position="34.43, 35.83", door="blue gate").status_code
        == 302
    )
    depot = Depot.objects.get(name="Kitchen")
    assert (
        sent(browser, at(town, "depot", depot.id), name="Big kitchen", from_time="08:00", to_time="12:00").status_code
        == 302
    )
    assert "Big kitchen" in browser.get(at(town, "depots")).content.decode()
    numbers = {"detour": "140", "service_minutes": "4", "window_minutes": "90", "doors_ahead": "3", "doors_hours": "10"}
    assert sent(browser, at(town, "preferences"), goal="balanced", **(numbers | {"detour": "7"})).status_code == 422
    assert sent(browser, at(town, "preferences"), goal="balanced", **numbers).status_code == 302
    assert Preferences.objects.get().detour == 140
    carrier = Carrier.objects.get()
    fields = {
        "name": "Boxes",
        "every": "1",
        "starts_on": tomorrow(town).isoformat(),
        "goal": "shortest",
        "depots": str(depot.id),
    }
    assert sent(browser, at(town, "standing_new"), **fields, weekdays="0").status_code == 422
    fields |= {"carriers": str(carrier.id), "weekdays": str(tomorrow(town).weekday())}
    assert sent(browser, at(town, "standing_new"), **fields).status_code == 302
    row = StandingRun.objects.get()
    assert DayPlan.objects.filter(standing=row).count() == 1
    assert (
        browser.get(at(town, "standing_edit", row.id)).status_code == 200
        and browser.get(at(town, "standing")).status_code == 200
    )
    for verb in ("pause", "resume", "end"):
        assert sent(browser, at(town, f"standing_{verb}", row.id)).status_code == 302
    assert sent(browser, at(town, "depot_end", depot.id)).status_code == 302


def test_what_is_somebodys_own_names_the_rounds_and_forgets_them(town):
    from taawun.community.people import belongings, erasing
    from taawun.practice.delivery import own

    post(town, 2)
    plan = solve(town, begin(town, on_date=tomorrow(town)))
    promising.promise(town.actor("Amina"), plan.id, now=town.now)
    account = town.accounts["Yusuf"]
    person = belongings.person(account, now=town.now)
    assert list(own.known(person)) and own.take(person).data["rounds"]
    erasing.erase_at_once(account, now=town.now)
    town.open()
    assert Run.objects.get(plan=plan).state == "cancelled"
    assert not Stop.objects.filter(plan=plan, run__isnull=False, state="waiting", what="dropoff").exists()
