"""The assignment keeps its promises on any board, and is the optimum wherever the optimum can be found by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.solve.matching import assign as assign_module
from taawun.solve.matching.assign import assign
from taawun.solve.matching.flow import objective_of
from taawun.solve.matching.problem import EDGE_COST_MAXIMUM, Objective, Plan, Problem, gap_between
from tests.solve.matching.worlds import best_of_all, problem, problems


def solve(one: Problem, seed: int = 1) -> Plan:
    return assign(one, time_limit_seconds=20, seed=seed)


def units_of(one: Problem, plan: Plan) -> np.ndarray:
    units = np.zeros(one.edges, dtype=np.int64)
    units[plan.part_edge] = plan.part_quantity
    return units


def check_promises(one: Problem, plan: Plan) -> None:
    given_out = np.bincount(plan.part_offer, plan.part_quantity, one.offers)
    received = np.bincount(plan.part_request, plan.part_quantity, one.requests)
    assert np.all(given_out <= one.offer_quantity)
    assert np.all(received <= one.request_quantity)
    assert np.array_equal(received + plan.unmet, one.request_quantity)
    assert np.all(plan.part_quantity >= one.smallest_part[plan.part_request])
    whole = ~one.request_splittable
    assert np.all((received[whole] == 0) | (received[whole] == one.request_quantity[whole]))
    assert np.all(np.bincount(plan.part_request, minlength=one.requests)[whole] <= 1)
    assert np.array_equal(one.request_kind[plan.part_request], one.offer_kind[plan.part_offer])
    assert np.array_equal(one.edge_request[plan.part_edge], plan.part_request)
    assert np.array_equal(one.edge_offer[plan.part_edge], plan.part_offer)
    assert plan.objective == objective_of(one, units_of(one, plan))
    assert plan.objective.key <= plan.bound.key


@settings(deadline=None, max_examples=150)
@given(problems())
def test_a_plan_keeps_every_limit_and_is_the_best_of_all(one: Problem) -> None:
    plan = solve(one)
    check_promises(one, plan)
    assert plan.objective == best_of_all(one)
    assert plan.proven


@settings(deadline=None, max_examples=60)
@given(problems(most_requests=7, most_offers=6, most_quantity=9), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_change_what_is_achieved(one: Problem, random: object) -> None:
    requests, offers, edges = (
        np.array(random.sample(range(size), size), dtype=np.int64)  # type: ignore[attr-defined]
        for size in (one.requests, one.offers, one.edges)
    )
    new_request, new_offer = np.argsort(requests), np.argsort(offers)
    shuffled = Problem(
        one.request_quantity[requests], one.request_urgency[requests], one.request_kind[requests],
        one.request_splittable[requests], one.request_minimum[requests],
        one.offer_quantity[offers], one.offer_kind[offers], one.offer_giver[offers], one.giver_prior_load,
        new_request[one.edge_request[edges]], new_offer[one.edge_offer[edges]], one.edge_cost[edges],
    )  # fmt: skip
    assert solve(shuffled).objective == solve(one).objective


@settings(deadline=None, max_examples=40)
@given(problems(most_requests=8, most_offers=5, most_quantity=9))
def test_the_search_for_large_boards_keeps_the_limits_and_never_beats_its_bound(one: Problem) -> None:
    # With no room for exact solving every board is a large one.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assign_module, "EXACT_EDGES", 0)
        searched = solve(one)
    exact = solve(one)
    check_promises(one, searched)
    assert searched.objective.key <= exact.objective.key <= searched.bound.key


TABLE = [
    # (what it shows, requests, offers, edges, prior loads, parts expected)
    (
        "the urgent need comes first though it is farther away",
        [(1, 0, 0, True, 1), (1, 3, 0, True, 1)], [(1, 0, 0)], [(0, 0, 1), (1, 0, 9)], [0], [(1, 0, 1)],
    ),
    (
        "more of the urgent class is worth more than all of the others",
        [(5, 2, 0, True, 1), (1, 3, 0, True, 1)], [(1, 0, 0)], [(0, 0, 0), (1, 0, 9)], [0], [(1, 0, 1)],
    ),
    (
        "both are met by crossing, though one nearest pair is given up",
        [(1, 1, 0, True, 1), (1, 1, 0, True, 1)], [(1, 0, 0), (1, 0, 1)],
        [(0, 0, 1), (0, 1, 8), (1, 0, 2)], [0, 0], [(0, 1, 1), (1, 0, 1)],
    ),
    (
        "a request that can be shared is shared",
        [(7, 1, 0, True, 1)], [(5, 0, 0), (5, 0, 1)], [(0, 0, 1), (0, 1, 2)], [0, 0], [(0, 0, 5), (0, 1, 2)],
    ),
    (
        "seven boxes from one giver are nothing when nobody has seven",
        [(7, 1, 0, False, 1)], [(5, 0, 0), (5, 0, 1)], [(0, 0, 1), (0, 1, 2)], [0, 0], [],
    ),
    (
        "no part is smaller than the request allows",
        [(7, 1, 0, True, 3)], [(5, 0, 0), (2, 0, 1)], [(0, 0, 1), (0, 1, 2)], [0, 0], [(0, 0, 5)],
    ),
    (
        "equally far, the giver who has given less lately is asked",
        [(1, 1, 0, True, 1)], [(1, 0, 0), (1, 0, 1)], [(0, 0, 4), (0, 1, 4)], [3, 1], [(0, 1, 1)],
    ),
    (
        "equally far, two tasks go to two givers, whichever offer they stand on",
        [(1, 1, 0, True, 1), (1, 1, 1, True, 1)], [(1, 0, 0), (1, 1, 0), (1, 1, 1)],
        [(0, 0, 4), (1, 1, 4), (1, 2, 4)], [0, 0], [(0, 0, 1), (1, 2, 1)],
    ),
    (
        "one step nearer outweighs evenness",
        [(1, 1, 0, True, 1)], [(1, 0, 0), (1, 0, 1)], [(0, 0, 3), (0, 1, 4)], [9, 0], [(0, 0, 1)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("requests", "offers", "edges", "prior", "parts"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_the_objective_by_example(requests, offers, edges, prior, parts) -> None:  # type: ignore[no-untyped-def]
    plan = solve(problem(requests, offers, edges, prior))
    assert list(zip(plan.part_request, plan.part_offer, plan.part_quantity, strict=True)) == parts
    assert plan.proven


def test_large_numbers_stay_exact() -> None:
    requests = [(2**40, urgency, 0, True, 1) for urgency in (0, 3, 1)]
    offers = [(2**40, 0, 0), (2**39, 0, 1)]
    edges = [(r, o, EDGE_COST_MAXIMUM - r) for r in range(3) for o in range(2)]
    plan = solve(problem(requests, offers, edges, [0, 2**60]))
    assert plan.objective.met == (0, 2**39, 0, 2**40)
    assert plan.objective.travel == 2**40 * (EDGE_COST_MAXIMUM - 1) + 2**39 * (EDGE_COST_MAXIMUM - 2)
    assert plan.proven


def test_whole_requests_with_numbers_too_large_to_prove_come_with_an_honest_gap() -> None:
    requests = [(2**39, 1, 0, False, 1)] * 3
    offers = [(3 * 2**38, 0, 0), (3 * 2**38, 0, 1)]
    plan = solve(problem(requests, offers, [(r, o, 2**20) for r in range(3) for o in range(2)], [0, 0]))
    assert plan.objective.met == (0, 2 * 2**39, 0, 0)
    assert (plan.gap.term, plan.gap.amount) == ("met_week", 2**39)
    assert not plan.proven


def test_a_large_board_of_whole_requests_is_solved_within_its_stated_gap() -> None:
    random = np.random.default_rng(5)
    n, each = 400, 8
    needs = random.integers(1, 8, n)
    requests = [(int(q), int(u), 0, False, 1) for q, u in zip(needs, random.integers(0, 4, n), strict=True)]
    offers = [(int(q), 0, o) for o, q in enumerate(random.integers(1, 9, n))]
    edges = [(r, int(o), int(random.integers(0, 40))) for r in range(n) for o in random.choice(n, each, replace=False)]
    one = problem(requests, offers, edges, [0] * n)
    plan = assign(one, time_limit_seconds=4, seed=1)
    check_promises(one, plan)
    met, bound = plan.objective.key, plan.bound.key
    assert met[0] >= 0.95 * bound[0]
    assert sum(met[:4]) >= 0.90 * sum(bound[:4])
    assert plan.gap == gap_between(plan.objective, plan.bound)


def test_nothing_to_match_is_a_plan_too() -> None:
    plan = solve(problem([(3, 2, 0, True, 1)], [], [], []))
    assert plan.unmet.tolist() == [3]
    assert plan.objective == Objective()


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ([(0, 0, 1), (0, 0, 2)], "two edges"),
        ([(0, 1, 1)], "different kinds"),
        ([(0, 0, -1)], "edge_cost"),
        ([(0, 5, 1)], "edge_offer"),
    ],
)
def test_a_board_that_makes_no_sense_is_refused(edges: list[tuple[int, int, int]], message: str) -> None:
    with pytest.raises((ValueError, IndexError), match=message):
        problem([(1, 1, 0, True, 1)], [(1, 0, 0), (1, 1, 0)], edges, [0])


def test_the_same_seed_gives_the_same_plan() -> None:
    random = np.random.default_rng(2)
    requests = [(int(q), 1, 0, False, 1) for q in random.integers(1, 6, 60)]
    offers = [(int(q), 0, o) for o, q in enumerate(random.integers(1, 8, 40))]
    edges = [(r, int(o), int(random.integers(0, 9))) for r in range(60) for o in random.choice(40, 6, replace=False)]
    one = problem(requests, offers, edges, [0] * 40)
    first, second = (assign(one, time_limit_seconds=60, seed=7) for _ in range(2))
    assert np.array_equal(units_of(one, first), units_of(one, second))
