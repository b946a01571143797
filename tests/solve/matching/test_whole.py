"""Whole quantities: plans are allowed, bounds hold against every plan there is, and the answer is near the best."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.solve.matching import assign as assign_module
from taawun.solve.matching import search
from taawun.solve.matching.assign import assign
from taawun.solve.matching.ceiling import tighten, worth_at_most
from taawun.solve.matching.flow import objective_of, solve_flow
from taawun.solve.matching.parts import allowed_edges, restrict
from taawun.solve.matching.problem import Problem
from taawun.solve.matching.whole import serve
from tests.solve.matching.worlds import best_of_all, every_plan, problem, problems


def cost_of(one: Problem, units: np.ndarray, unmet_cost: np.ndarray) -> int:
    unmet = one.request_quantity.copy()
    np.subtract.at(unmet, one.edge_request, units)
    return int((units * one.edge_cost).sum() + (unmet * unmet_cost).sum())


def board(n: int, seed: int = 1, quantity: int = 10, each: int = 8, whole: float = 1.0) -> Problem:
    """A board on a line of n requests and n offers, each request with its nearest offers."""
    random = np.random.default_rng(seed)
    at, stands = np.sort(random.random(n)), np.sort(random.random(n))
    request, offer, cost = [], [], []
    for row in range(n):
        near = np.argsort(np.abs(stands - at[row]), kind="stable")[:each]
        request += [row] * near.size
        offer += near.tolist()
        cost += np.rint(np.abs(stands[near] - at[row]) * 10_000).astype(int).tolist()
    needed, offered = random.integers(1, quantity + 1, (2, n))
    splittable = (random.random(n) >= whole).tolist()
    requests = [(int(q), int(u), 0, s, 2) for q, u, s in zip(needed, random.integers(0, 4, n), splittable, strict=True)]
    return problem(requests, [(int(c), 0, o % 7) for o, c in enumerate(offered)],
                   list(zip(request, offer, cost, strict=True)), [0] * 7)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(problems(), st.integers(0, 30), st.integers(0, 2**32))
def test_served_at_least_cost_and_never_below_its_bound(one: Problem, dearest: int, seed: int) -> None:
    unmet_cost = np.random.default_rng(seed).integers(0, dearest + 1, one.requests)
    served = serve(one, unmet_cost, time_limit_seconds=0.03, seed=seed)
    plans = list(every_plan(one))
    least = min(cost_of(one, units, unmet_cost) for units in plans)
    assert any(np.array_equal(served.units, units) for units in plans)
    assert served.cost == cost_of(one, served.units, unmet_cost)
    assert served.bound <= least <= served.cost
    # Where nothing may be split, so small a board is solved.
    if not one.request_splittable.any():
        assert served.cost == least


@settings(deadline=None, max_examples=50)
@given(problems(), st.integers(0, 2**32), st.booleans())
def test_no_plan_is_worth_more_than_its_ceiling(one: Problem, seed: int, begun_elsewhere: bool) -> None:
    usable = np.flatnonzero(allowed_edges(one))
    if not usable.size:
        return
    one = restrict(one, usable)
    random = np.random.default_rng(seed)
    worth = random.integers(-5, 20, one.edges).astype(np.float64)
    best = max(float((units * worth).sum()) for units in every_plan(one))
    prices = random.random(one.requests) * 20 if begun_elsewhere else None
    for reached in (0.0, best):
        assert worth_at_most(one, worth, reached, deadline_seconds=time.monotonic() + 1, prices=prices) >= best


@settings(deadline=None, max_examples=50)
@given(problems())
def test_a_tightened_bound_lies_between_the_best_plan_and_the_flow(one: Problem) -> None:
    usable = np.flatnonzero(allowed_edges(one))
    if not usable.size:
        return
    one = restrict(one, usable)
    relaxed = objective_of(one, solve_flow(one))
    units = search.start(one, solve_flow(one))
    bound = tighten(one, units, relaxed, deadline_seconds=time.monotonic() + 1)
    assert objective_of(one, units).key <= best_of_all(one).key <= bound.key
    assert bound.key[:4] <= relaxed.key[:4]


@settings(deadline=None, max_examples=30)
@given(problems(most_requests=6, most_offers=5, most_quantity=9), st.integers(0, 2**32))
def test_improving_never_makes_a_plan_worse_or_wrong(one: Problem, seed: int) -> None:
    usable = np.flatnonzero(allowed_edges(one))
    if not usable.size:
        return
    one = restrict(one, usable)
    begun = search.start(one, solve_flow(one))
    better = search.improve(one, begun, deadline_seconds=time.monotonic() + 0.05, seed=seed)
    assert objective_of(one, better).key >= objective_of(one, begun).key
    assert np.all(np.bincount(one.edge_offer, better, one.offers) <= one.offer_quantity)
    assert np.all(np.bincount(one.edge_request, better, one.requests) <= one.request_quantity)
    assert np.all((better == 0) | (better >= one.smallest_part[one.edge_request]))


@settings(deadline=None, max_examples=40)
@given(problems(), st.integers(1, 9), st.integers(1, 3), st.booleans())
def test_evenness_is_weighed_against_travel_where_a_rate_is_given(
    one: Problem, rate: int, task: int, large: bool
) -> None:
    one = replace(one, evenness=rate, giver_task=np.full(one.givers, task))
    with pytest.MonkeyPatch.context() as patch:
        if large:
            patch.setattr(assign_module, "EXACT_EDGES", 0)
        plan = assign(one, time_limit_seconds=0.3 if large else 20, seed=1)
    best = best_of_all(one)
    assert plan.objective.key <= best.key <= plan.bound.key
    assert large or (plan.objective.key == best.key and plan.proven)


def test_a_town_of_whole_requests_comes_near_its_bound_and_in_time() -> None:
    one = board(2_000)
    unmet_cost = np.full(one.requests, int(one.edge_cost.max()))
    serve(one, unmet_cost, time_limit_seconds=0.1, seed=1)
    begun = time.monotonic()
    served = serve(one, unmet_cost, time_limit_seconds=2, seed=1)
    assert time.monotonic() - begun < 3
    assert served.cost == cost_of(one, served.units, unmet_cost)
    assert served.gap <= 0.05


@pytest.mark.parametrize("whole", [1.0, 0.5])
def test_a_large_board_by_assign_keeps_its_time_and_a_small_gap(whole: float) -> None:
    one = board(1_500, whole=whole)
    begun = time.monotonic()
    plan = assign(one, time_limit_seconds=2, seed=1)
    assert time.monotonic() - begun < 3.5
    met, bound = plan.objective.key, plan.bound.key
    assert sum(met[:4]) >= 0.95 * sum(bound[:4])
    assert met <= bound


def test_the_same_seed_gives_the_same_answer_while_the_clock_does_not_cut_in() -> None:
    one = board(150)
    unmet_cost = np.full(one.requests, 10_000)
    first, second = (serve(one, unmet_cost, time_limit_seconds=20, seed=3) for _ in range(2))
    assert np.array_equal(first.units, second.units)
    assert (first.cost, first.bound) == (second.cost, second.bound)


def test_an_urgent_whole_request_is_not_given_up_for_many_others() -> None:
    requests = [(6, 3, 0, False, 1), *[(1, 2, 0, False, 1)] * 6]
    one = problem(requests, [(6, 0, 0)], [(r, 0, 9 if r == 0 else 0) for r in range(7)], [0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assign_module, "EXACT_EDGES", 0)
        plan = assign(one, time_limit_seconds=1, seed=1)
    assert plan.part_request.tolist() == [0]


def test_huge_quantities_keep_a_bound_that_holds() -> None:
    requests = [(2**39, 1, 0, False, 1)] * 3
    one = problem(
        requests, [(3 * 2**38, 0, 0), (3 * 2**38, 0, 1)], [(r, o, 2**20) for r in range(3) for o in (0, 1)], [0, 0]
    )
    served = serve(one, np.full(3, 2**21), time_limit_seconds=0.2, seed=1)
    assert served.cost == 2 * 2**59 + 2**60
    assert served.bound <= served.cost


@pytest.mark.parametrize(
    ("unmet_cost", "seconds", "message"),
    [
        (np.array([1, 2]), 1.0, "one row of 1 whole numbers"),
        (np.array([0.5]), 1.0, "whole numbers"),
        (np.array([-1]), 1.0, "between 0"),
        (np.array([1]), 0.0, "above 0"),
        (np.array([1]), float("nan"), "above 0"),
    ],
)
def test_what_makes_no_sense_is_refused(unmet_cost: np.ndarray, seconds: float, message: str) -> None:
    one = problem([(1, 0, 0, False, 1)], [(1, 0, 0)], [(0, 0, 0)], [0])
    with pytest.raises(ValueError, match=message):
        serve(one, unmet_cost, time_limit_seconds=seconds, seed=1)


def test_nobody_to_ask_costs_all_that_is_unmet() -> None:
    one = problem([(3, 0, 0, False, 1)], [], [], [])
    served = serve(one, np.array([7]), time_limit_seconds=1, seed=1)
    assert (served.cost, served.bound, served.gap) == (21, 21, 0.0)
