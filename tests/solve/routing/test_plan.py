"""Plans of random days keep every rule; reasons are true; the same seed gives the same; the day is planned anew at noon."""

import time
from dataclasses import replace

import numpy as np
import pytest

from taawun.solve.routing import (
    REASONS,
    Carriers,
    Depots,
    Options,
    Problem,
    Progress,
    Solution,
    Stops,
    check,
    plan,
    replan,
    timetable,
)
from tests.solve.routing.worlds import HOUR, day


@pytest.mark.parametrize("seed", range(24))
def test_a_plan_keeps_every_rule(seed: int) -> None:
    problem = day(seed)
    told: list[Solution] = []
    solution = plan(problem, time_limit_seconds=0.15, seed=seed, better=told.append)
    for one in (told[0], solution):
        assert check(problem, one) == []
        assert one.feasible, [run.faults for run in one.runs if run.faults]
    # Served first, then cheap: what is told gets no worse.
    worth = [(one.totals.left_out, one.totals.cost) for one in told]
    assert solution.totals.left_out <= worth[0][0]
    again = timetable(problem, solution.orders)
    assert again.totals.cost == pytest.approx(solution.totals.cost) and again.feasible
    assert all(one.reason in REASONS for one in solution.unserved)


@pytest.mark.parametrize("seed", range(100, 108))
def test_the_rest_of_a_day_planned_anew(seed: int) -> None:
    problem = day(seed)
    solution = plan(problem, time_limit_seconds=0.1, seed=seed)
    noon = 11 * HOUR
    done = tuple(sum(visit.begin < noon for visit in run.visits) for run in solution.runs)
    free_at = tuple(run.visits[n - 1].leave if n else None for n, run in zip(done, solution.runs, strict=True))
    gone = max(range(len(done)), key=lambda r: len(solution.runs[r].order) - done[r])
    locked = frozenset(run.stops[-1] for run in solution.runs if run.stops and run.carrier != gone)
    progress = Progress(done, free_at, frozenset({gone}), locked)
    anew = replan(problem, solution.orders, progress, time_limit_seconds=0.1)
    for before, after, n in zip(solution.runs, anew.runs, done, strict=True):
        assert after.order[:n] == before.order[:n]
    assert anew.runs[gone].order == solution.runs[gone].order[: done[gone]]
    carrier = {stop: run.carrier for run in anew.runs for stop in run.stops}
    for run in solution.runs:
        assert all(carrier[stop] == run.carrier for stop in run.stops if stop in locked)
    assert check(problem, anew, progress) == [] and anew.feasible
    missing = {stop for run in solution.runs for stop in run.stops} - set(carrier)
    freed = set(solution.runs[gone].order[done[gone] :])
    partners = {int(problem.stops.pickup_of[stop]) for stop in missing}
    assert missing <= freed | {stop for stop in missing if int(problem.stops.pickup_of[stop]) in freed} | partners


def test_a_new_stop_goes_in_and_hardly_anything_moves() -> None:
    problem = _plain(30, 4)
    rows = np.arange(29)
    first = plan(problem, time_limit_seconds=0.3)
    without = [tuple(entry for entry in order if entry != 29) for order in first.orders]
    anew = replan(problem, without, Progress(), time_limit_seconds=0.3)
    assert not anew.unserved and check(problem, anew) == []
    before = {stop: r for r, order in enumerate(without) for stop in order}
    after = {stop: run.carrier for run in anew.runs for stop in run.stops}
    assert sum(before[int(i)] != after[int(i)] for i in rows) <= 2


def _plain(n: int, m: int, **given: object) -> Problem:
    dice = np.random.default_rng(n)
    stops = Stops.of(33.9 + dice.normal(0, 0.02, n), 35.5 + dice.normal(0, 0.02, n), load=np.ones((n, 1)), **given)  # type: ignore[arg-type]
    carriers = Carriers.of(np.full((m, 1), n), opens=np.full(m, 8 * HOUR), closes=np.full(m, 16 * HOUR))
    return Problem(stops, carriers, Depots.of([33.9], [35.5]))


def test_every_reason_is_told_and_the_rest_is_planned() -> None:
    n = 12
    given = {
        "needs": np.array([4, *[0] * (n - 1)]),
        "fixed_carrier": np.array([-1, 1, *[-1] * (n - 2)]),
        "closes": np.array([2**40, 2**40, 2**40, 7 * HOUR, *[2**40] * (n - 4)]),
        "collects": np.array([False] * 5 + [True] + [False] * (n - 6)),
        "pickup_of": np.array([-1] * 6 + [5] + [-1] * (n - 7)),
    }
    problem = _plain(n, 2, **given)
    load, latitude, needs = problem.stops.load.copy(), problem.stops.latitude.copy(), problem.stops.needs.copy()
    load[2], latitude[4], needs[6] = 99, -40.0, 8
    carriers = replace(problem.carriers, abilities=np.array([1, 0]), capacity=np.array([[n], [n]]))
    needs[1] = 1
    stops = replace(problem.stops, load=load, latitude=latitude, needs=needs, opens=np.minimum(problem.stops.opens, 0))
    load[5] = load[6] = 1
    solution = plan(replace(problem, stops=stops, carriers=carriers), time_limit_seconds=0.2)
    told = {one.stop: one.reason for one in solution.unserved}
    assert told == {0: "ability", 1: "carrier", 2: "capacity", 3: "window", 4: "far", 5: "pair", 6: "ability"}
    assert solution.totals.served == n - 7


def test_too_little_time_serves_the_urgent_and_says_so_of_the_others() -> None:
    problem = _plain(40, 1, service_seconds=np.full(40, 1800), priority=np.where(np.arange(40) < 5, 100, 1))
    solution = plan(problem, time_limit_seconds=0.5)
    assert set(range(5)) <= set(solution.runs[0].stops)
    assert {one.reason for one in solution.unserved} == {"time"} and check(problem, solution) == []


def test_nobody_nothing_and_no_depot() -> None:
    nobody = Problem(Stops.of([33.9], [35.5]), Carriers.of(np.zeros((0, 0))), Depots.of([33.9], [35.5]))
    assert [one.reason for one in plan(nobody).unserved] == ["time"] and plan(nobody).runs == ()
    nothing = Problem(Stops.of([], [], load=np.zeros((0, 1))), Carriers.of([[3]]), Depots.of([33.9], [35.5]))
    assert plan(nothing).totals.served == 0 and len(plan(nothing).runs) == 1
    home = Carriers.of([[3]], start=[-1], end=[-1], latitude=[33.9], longitude=[35.5])
    no_depot = Problem(Stops.of([33.9, 33.8], [35.5, 35.5], load=[[1], [0]]), home, Depots.of([], []))
    assert [(one.stop, one.reason) for one in plan(no_depot, time_limit_seconds=0.1).unserved] == [(0, "depot")]


def test_balanced_days_are_more_even() -> None:
    problem = replace(_plain(60, 5), options=Options())
    spread = {}
    for aim in ("shortest", "balanced"):
        options = Options(aim="balanced" if aim == "balanced" else "shortest")
        runs = plan(replace(problem, options=options), time_limit_seconds=0.6).runs
        spread[aim] = max(run.work_seconds for run in runs) - min(run.work_seconds for run in runs)
    assert spread["balanced"] * 2 < spread["shortest"]


@pytest.mark.parametrize("size", [(8, 2), (24, 3), (40, 5)])
@pytest.mark.parametrize("home", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_balanced_is_even_from_the_first_answer_on(size: tuple[int, int], home: bool, seed: int) -> None:
    """The way from home and the loading are what keeps an idle carrier idle, where stops are put in one by one."""
    problem = _loading_day(*size, home=home, seed=seed)
    even = replace(problem, options=Options(aim="balanced"))
    shortest = plan(problem, time_limit_seconds=0.25)
    first = plan(even, time_limit_seconds=0.25, should_stop=lambda: True)
    balanced = plan(even, time_limit_seconds=0.25)
    for found in (first, balanced):
        longest = max(run.work_seconds for run in found.runs)
        # Far more even: the longest day is near the mean one. Before it was all of it.
        assert longest <= max(run.work_seconds for run in shortest.runs)
        assert longest <= 1.6 * sum(run.work_seconds for run in found.runs) / size[1]
        # Who lives far off may stay idle; from a depot all set out.
        assert sum(not run.stops for run in found.runs) <= home and check(even, found) == []
        assert found.totals.served == size[0] and found.totals.metres <= 2 * shortest.totals.metres


def _loading_day(n: int, m: int, *, home: bool, seed: int) -> Problem:
    """Alike carriers with room for all, a depot where loading takes ten minutes, stops of five minutes round about."""
    dice = np.random.default_rng(seed)
    stops = Stops.of(
        33.9 + dice.uniform(-0.03, 0.03, n), 35.5 + dice.uniform(-0.04, 0.04, n),
        service_seconds=np.full(n, 300), load=np.ones((n, 1), np.int64),
    )  # fmt: skip
    living: dict[str, np.ndarray] = {
        "latitude": 33.9 + dice.uniform(-0.03, 0.03, m), "longitude": 35.5 + dice.uniform(-0.03, 0.03, m),
        "start": np.full(m, -1), "end": np.full(m, -1),
    }  # fmt: skip
    carriers = Carriers.of(
        np.full((m, 1), n), opens=np.full(m, 9 * HOUR), closes=np.full(m, 17 * HOUR), may_reload=np.ones(m, np.bool_),
        **(living if home else {}),
    )  # fmt: skip
    return Problem(stops, carriers, Depots.of([33.91], [35.49], loading_seconds=[600]))


def test_very_many_at_one_place_are_planned_as_far_as_can_be() -> None:
    n = 50_000
    stops = Stops.of(np.full(n, 33.9), np.full(n, 35.5), priority=np.where(np.arange(n) == n - 1, 9, 1))
    carriers = Carriers.of(np.zeros((2, 0)), max_stops=[50, 50], opens=[0, 0], closes=[HOUR, HOUR])
    begin = time.perf_counter()
    solution = plan(Problem(stops, carriers, Depots.of([33.9], [35.51])), time_limit_seconds=0.2)
    assert time.perf_counter() - begin < 30
    assert solution.totals.served == 100 and any(n - 1 in run.stops for run in solution.runs)
    assert {one.reason for one in solution.unserved} == {"time", "many"}
    assert len(solution.unserved) == n - 100


def test_it_stops_when_told_and_tells_what_it_has() -> None:
    told: list[Solution] = []
    begin = time.perf_counter()
    solution = plan(_plain(60, 5), time_limit_seconds=20, better=told.append, should_stop=lambda: bool(told))
    assert time.perf_counter() - begin < 10 and not solution.unserved and told[0].feasible


@pytest.mark.parametrize(
    ("words", "make"),
    [
        ("stops.latitude row 1", lambda: Stops.of([0.0, np.nan], [0.0, 0.0])),
        ("stops.longitude row 0", lambda: Stops.of([0.0], [181.0])),
        ("stops.closes row 1", lambda: Stops.of([0, 0], [0, 0], opens=[0, 5], closes=[1, 4])),
        ("stops.load row 0", lambda: Stops.of([0], [0], load=[[-1]])),
        ("stops.load row 0", lambda: Stops.of([0], [0], load=[[1.5]])),
        ("stops.service_seconds has 2 rows", lambda: Stops.of([0], [0], service_seconds=[1, 2])),
        ("stops.pickup_of row 1", lambda: Stops.of([0, 0], [0, 0], pickup_of=[-1, 0])),
        ("stops.load row 0", lambda: Stops.of([0, 0], [0, 0], load=[[1], [2]], pickup_of=[-1, 0], collects=[True, False])),
        ("carriers.latitude row 0", lambda: Carriers.of([[1]], start=[-1])),
        ("carriers.closes row 0", lambda: Carriers.of([[1]], opens=[9], closes=[8])),
        ("carriers.break_until row 0", lambda: Carriers.of([[1]], break_seconds=[9], break_from=[0], break_until=[8])),
        ("carriers.start row 0", lambda: Problem(Stops.of([0], [0]), Carriers.of(np.zeros((1, 0)), start=[3]), Depots.of([0], [0]))),
        ("stops.load has 0 measures", lambda: Problem(Stops.of([0], [0]), Carriers.of([[1]]), Depots.of([0], [0]))),
        ("orders row 0", lambda: timetable(_plain(3, 1), [(7,)])),
    ],
)  # fmt: skip
def test_what_is_malformed_is_named(words: str, make: object) -> None:
    with pytest.raises(ValueError, match=words):
        make()  # type: ignore[operator]
