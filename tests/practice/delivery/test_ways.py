"""A plan on real ways: the router is asked by the planning alone, what it said is kept sealed, and a silent one is told."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from taawun.ground.vault.models import Sealed
from taawun.practice.delivery import showing
from taawun.practice.delivery.actions import moving, promising
from taawun.practice.delivery.models import Run, Stop
from taawun.practice.delivery.queries import plans as queries
from taawun.practice.delivery.queries import ways
from taawun.practice.delivery.roads import NO_WAY
from taawun.solve.routing import Profile
from tests.practice.delivery import test_roads
from tests.practice.delivery.planning import NOON, add_carrier, add_depot, begin, post, solve

url = test_roads.url


@pytest.fixture
def slow_streets(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A router in whose town every way takes a thousand seconds and five kilometres; what it was asked."""
    asked: list[str] = []

    def way(one: tuple[float, float], other: tuple[float, float]) -> int:
        asked.append(f"{one}")
        return 0 if one == other else 1000

    monkeypatch.setattr(test_roads, "way", way)
    yield asked


def drive(plan) -> tuple[int, int]:
    totals = [run.totals for run in Run.objects.filter(plan=plan) if run.totals.get("stops")]
    return sum(one["travel"] for one in totals), sum(one["metres"] for one in totals)


def said(world, plan) -> str:
    return showing.plan_view(queries.shown(world.actor("Amina"), plan.id)).ways


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_a_plan_goes_by_the_routers_ways_and_pages_do_not_wait_for_it(world, url, slow_streets, settings, kind):
    settings.ROUTER = f"{kind}={url}"
    add_depot(world)
    add_carrier(world, "Yusuf", "car")
    post(world, 4)
    plan = solve(world, begin(world))
    # From the depot over four doors and back: five ways, wherever they are.
    assert plan.progress["ways"] == ways.ROADS and drive(plan) == (5000, 50000) and said(world, plan) == ""
    etas = [one.eta for one in Stop.objects.filter(plan=plan, what="dropoff").order_by("position")]
    assert all((later - sooner).total_seconds() >= 1000 for sooner, later in itertools.pairwise(etas))
    # What it said is readable by nobody, and a move is reckoned on it without asking again.
    kept = Sealed.objects.filter(row_id=plan.id)
    assert kept.exists() and not any(b"tokens" in bytes(one.ciphertext) for one in kept)
    asked = len(slow_streets)
    stop = Stop.objects.filter(plan=plan, what="dropoff").order_by("position").last()
    options = moving.options(world.actor("Amina"), plan.id, stop.id, now=world.now)
    assert options and len(slow_streets) == asked
    promising.close(world.actor("Amina"), plan.id, now=NOON)
    assert not Sealed.objects.filter(row_id=plan.id).exists()


def test_a_place_that_came_since_is_reached_by_straight_lines_and_a_van_is_slower_than_the_routers_car(world):
    table = np.array([[0, 1000], [NO_WAY, 0]])
    held = ways.Ways(
        {token: row for row, token in enumerate(ways._tokens([(1.0, 1.0), (1.0, 1.1)]))}, {"car": (table, table)}
    )
    places = [(1.0, 1.1), (1.0, 1.2), (1.0, 1.0), (float("nan"), float("nan"))]
    straight = Profile(7.0, 1.3)
    car, van = ways.profile(held, places, "car", straight), ways.profile(held, places, "van", straight)
    assert (car.seconds[2, 0], car.metres[2, 0], car.seconds[0, 2], van.metres[2, 0]) == (1000, 1000, NO_WAY, 1000)
    assert van.seconds[2, 0] == 1077 and 2000 < car.seconds[0, 1] < 2200 and 14000 < car.metres[0, 1] < 15000
    assert (
        ways.profile(held, places, "boat", straight) is straight
        and ways.profile(None, places, "car", straight) is straight
    )


def test_without_an_answer_the_plan_is_made_by_straight_lines_and_says_so(world, settings, monkeypatch):
    add_depot(world)
    add_carrier(world, "Yusuf", "car")
    post(world, 4)
    plan = solve(world, begin(world))
    by_lines = drive(plan)
    assert "ways" not in plan.progress and said(world, plan) == ""
    settings.ROUTER = "osrm=http://127.0.0.1:9"
    plan = solve(world, plan)
    assert plan.state == "ready" and drive(plan) == by_lines and not Sealed.objects.filter(row_id=plan.id).exists()
    assert "did not answer" in said(world, plan)
    monkeypatch.setattr(ways, "PLACES_MAX", 3)
    assert "Too many places" in said(world, solve(world, plan))
