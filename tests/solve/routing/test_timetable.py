"""A day reckoned by hand: times, breaks, loads and every fault, on a straight road where a metre takes a second."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from taawun.solve.routing import (
    ALWAYS,
    Carriers,
    Depots,
    Fault,
    Problem,
    Profile,
    Solution,
    Stops,
    Travel,
    check,
    cost_of_move,
    depot_visit,
    plan,
    timetable,
)

LOAD = depot_visit(0)


def road(stops: list[int], carriers: int = 1, depots: tuple[int, ...] = (0,), **given: Any) -> Problem:
    """Stops, and depots, at these metres along a road. Names beginning with ``carrier_`` are the carriers'."""
    ours = {name.removeprefix("carrier_"): value for name, value in given.items() if name.startswith("carrier_")}
    theirs = {name: value for name, value in given.items() if not name.startswith(("carrier_", "depot_"))}
    houses = {name.removeprefix("depot_"): value for name, value in given.items() if name.startswith("depot_")}
    measures = np.asarray(theirs.get("load", np.zeros((len(stops), 0)))).shape[1]
    ours = {
        "capacity": np.full((carriers, measures), 10),
        "opens": np.zeros(carriers),
        "closes": np.full(carriers, 1000),
    } | ours
    at = np.array([*stops, *([0] * carriers), *depots])
    table = np.abs(at[:, None] - at[None, :])
    zeros = [np.zeros(count) for count in (len(stops), carriers, len(depots))]
    return Problem(
        Stops.of(zeros[0], zeros[0], **theirs), Carriers.of(**({"latitude": zeros[1], "longitude": zeros[1]} | ours)),
        Depots.of(zeros[2], zeros[2], **houses), Travel((Profile(seconds=table, metres=table),)),
    )  # fmt: skip


def faults(solution: Solution) -> list[tuple[Fault, int, int]]:
    return [(fault.fault, fault.stop, fault.amount) for run in solution.runs for fault in run.faults]


def test_a_run_begins_late_and_waits_little() -> None:
    problem = road([10, 30], service_seconds=[5, 5], opens=[100, 50], closes=[200, 400], load=[[3], [4]])
    run = timetable(problem, [(0, 1)]).runs[0]
    assert (run.begin, run.end, run.wait_seconds, run.aboard) == (90, 160, 0, (7,))
    assert [(v.arrival, v.begin, v.leave, v.aboard) for v in run.visits] == [
        (100, 100, 105, (4,)),
        (125, 125, 130, (0,)),
    ]
    # Waiting between two windows can't be helped; leaving early would only make it longer.
    waits = road([10, 30], opens=[0, 300], closes=[50, 400])
    run = timetable(waits, [(0, 1)]).runs[0]
    assert (run.begin, run.wait_seconds, run.end, run.work_seconds, run.metres) == (40, 230, 330, 290, 60)


def test_a_break_is_held_where_it_costs_least_and_only_when_due() -> None:
    hours = {"carrier_break_from": [100], "carrier_break_until": [200], "carrier_break_seconds": [30]}
    problem = road([50, 80], opens=[0, 150], closes=[60, 400], **hours)
    run = timetable(problem, [(0, 1)]).runs[0]
    assert run.rest == (100, 130)  # while waiting for the second to open
    assert (run.end, run.work_seconds, faults(timetable(problem, [(0, 1)]))) == (230, run.end - run.begin - 30, [])
    assert timetable(problem, [(0,)]).runs[0].rest is None  # home long before
    busy = road([50], service_seconds=[300], opens=[0], closes=[60], **hours)
    assert not timetable(busy, [(0,)]).feasible
    through = road([50], service_seconds=[300], opens=[60], closes=[60], **hours)
    assert faults(timetable(through, [(0,)]))[0][0] in ("late", "rest")
    assert [one.reason for one in plan(busy, time_limit_seconds=0).unserved] == ["window"]


def test_loads_are_taken_at_the_last_depot_before_and_what_is_left_goes_back_there() -> None:
    problem = road(
        [10, 20, 30], load=[[6], [6], [8]], collects=[False, False, True], carrier_may_reload=[True],
        depot_loading_seconds=[7],
    )  # fmt: skip
    run = timetable(problem, [(0, LOAD, 1, LOAD, 2)]).runs[0]
    assert run.aboard == (6,)
    assert [v.aboard for v in run.visits] == [(0,), (6,), (0,), (0,), (8,)]
    assert run.end - run.begin == 20 + 40 + 60 + 3 * 7  # at the start too; the last loads nothing, and still is a visit
    once = timetable(problem, [(2, 0)])
    assert ("overload", 2, 4) in faults(once)


CASES: list[tuple[Fault, dict[str, Any], tuple[int, ...]]] = [
    ("late", {"closes": [5, 900]}, (0, 1)),
    ("overload", {"load": [[6], [6]]}, (0, 1)),
    ("ability", {"needs": [2, 0], "carrier_abilities": [1]}, (0, 1)),
    ("order", {"collects": [True, False], "pickup_of": [-1, 0]}, (1, 0)),
    ("half_pair", {"collects": [True, False], "pickup_of": [-1, 0]}, (0,)),
    ("not_loaded", {"load": [[1], [1]], "carrier_start": [-1]}, (0, LOAD, 1)),
    ("not_loaded", {"depot": [1, 1], "depots": (0, 5)}, (0, 1)),
    ("depot_closed", {"load": [[1], [1]], "depot_opens": [0], "depot_closes": [10], "carrier_start": [-1],
                      "carrier_opens": [50]}, (LOAD, 0, 1)),
    ("depot_again", {"load": [[6], [6]]}, (0, LOAD, 1)),
    ("shift", {"carrier_closes": [30]}, (0, 1)),
    ("max_seconds", {"carrier_max_seconds": [30]}, (0, 1)),
    ("max_metres", {"carrier_max_metres": [30]}, (0, 1)),
    ("max_stops", {"carrier_max_stops": [1]}, (0, 1)),
    ("twice", {}, (0, 1, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "given", "order"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_each_fault_is_seen_by_the_timetable_and_by_the_verifier(
    fault: Fault, given: dict[str, Any], order: tuple[int, ...]
) -> None:
    problem = road([10, 20], **given)
    made = timetable(problem, [order])
    assert fault in {found for found, _stop, _amount in faults(made)} and not made.feasible
    assert check(problem, made)
    planned = plan(problem, time_limit_seconds=0, start=[order])
    assert planned.feasible and check(problem, planned) == []


def test_a_carrier_of_another_and_a_closed_way() -> None:
    problem = road([10, 20], carriers=2, fixed_carrier=[1, -1])
    made = timetable(problem, [(0,), (1,)])
    assert faults(made) == [("carrier", 0, 0)] and check(problem, made)
    profile = problem.travel.profiles[0]
    assert profile.seconds is not None
    closed = profile.seconds.copy()
    closed[0, 1] = -1
    shut = replace(problem, travel=Travel((replace(profile, seconds=closed),)))
    assert ("no_way", 1, 0) in faults(timetable(shut, [(), (0, 1)]))
    assert faults(timetable(shut, [(), (1, 0)])) == []


def test_what_a_move_costs() -> None:
    problem = road([10, 20, 200, 210], carriers=2, load=[[3], [3], [3], [3]])
    orders = [(0, 1, 2), (3,)]
    better = cost_of_move(problem, orders, 2)
    assert better is not None and (better.carrier, better.travel_seconds, better.feasible) == (1, -360, True)
    assert better.cost == -360 and sorted(map(sorted, better.orders)) == [[0, 1], [2, 3]]
    there = cost_of_move(problem, orders, 0, carrier=1, position=1)
    assert there is not None and there.orders == ((1, 2), (3, 0)) and there.travel_seconds == 0
    late = cost_of_move(replace(problem, stops=replace(problem.stops, closes=np.array([ALWAYS, 25, ALWAYS, ALWAYS]))),
                        orders, 1, carrier=1, position=1)  # fmt: skip
    assert late is not None and [fault.fault for fault in late.faults] == ["late"] and not late.feasible
    assert cost_of_move(road([10, 20], load=[[6], [6]]), [(0,)], 1) is None
    pair = road([10, 20, 30], carriers=2, collects=[True, False, False], pickup_of=[-1, 0, -1])
    both = cost_of_move(pair, [(0, 1), (2,)], 1, carrier=1, position=1)
    assert both is not None and both.orders == ((), (2, 0, 1)) and both.feasible
