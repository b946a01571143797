"""The kernel's plan is the optimum: of tiny boards by trying everything, of larger ones by another solver."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench._oracle import flow_by_ortools
from taawun.solve.matching.evenness import level_blocks
from taawun.solve.matching.flow import objective_of, solve_flow, solved
from taawun.solve.matching.network import proof
from taawun.solve.matching.problem import Problem
from tests.solve.matching.worlds import best_of_all, crowd, problem, problems


@st.composite
def weighed(draw: st.DrawFn, one: Problem) -> Problem:
    """The same problem with an exchange rate between travel and evenness, and tasks of several units."""
    evenness = draw(st.sampled_from([0, 0, 1, 3, 100]))
    task = draw(st.lists(st.integers(1, 3), min_size=one.givers, max_size=one.givers))
    return replace(one, evenness=evenness, giver_task=np.array(task, dtype=np.int64))


@settings(deadline=None, max_examples=300)
@given(problems(splittable=True, most_offers=4).flatmap(weighed))
def test_the_flow_is_the_best_of_all_plans(one: Problem) -> None:
    assert objective_of(one, solve_flow(one)) == best_of_all(one)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32), st.integers(2, 60), st.integers(1, 40), st.integers(1, 6), st.integers(1, 12),
    st.integers(1, 40), st.sampled_from([0, 0, 5, 400]), st.sampled_from([1, 10, 1000]),
)  # fmt: skip
def test_the_flow_agrees_with_another_solver(
    seed: int, requests: int, offers: int, each: int, quantity: int, givers: int, evenness: int, cost: int
) -> None:
    one = crowd(seed, requests, offers, each=each, quantity=quantity, givers=givers, evenness=evenness, cost=cost)
    units = solve_flow(one)
    assert np.all(units >= 0)
    assert np.all(np.bincount(one.edge_offer, units, one.offers) <= one.offer_quantity)
    assert np.all(np.bincount(one.edge_request, units, one.requests) <= one.request_quantity)
    assert objective_of(one, units).key == objective_of(one, flow_by_ortools(one)[0]).key


@pytest.mark.parametrize(
    ("requests", "offers", "quantity"),
    [(3000, 2400, 1), (2000, 700, 9), (3000, 12, 200)],
    ids=["units", "amounts", "stores"],
)
def test_a_large_board_proves_itself_and_agrees(requests: int, offers: int, quantity: int) -> None:
    one = crowd(3, requests, offers, each=8, quantity=quantity, givers=offers // 2, cost=5000)
    laid = solved(one)
    assert proof(laid.network) == 0
    units = solve_flow(one)
    assert objective_of(one, units) == objective_of(one, flow_by_ortools(one)[0])
    assert np.array_equal(units, solve_flow(one))


def test_the_proof_sees_a_plan_that_is_not_the_best() -> None:
    laid = solved(crowd(1, 200, 150, each=5, quantity=1, givers=150))
    network = laid.network
    used = int(np.flatnonzero(network.flow)[0])
    for spoil in (network.flow, network.price, network.worth, network.base):
        at = {id(network.flow): used, id(network.worth): network.tail[used]}.get(id(spoil), network.head[used])
        kept = spoil[at].copy()
        spoil[at] += 1
        assert proof(network) > 0
        spoil[at] = kept
    assert proof(network) == 0


def test_the_order_in_which_edges_come_does_not_matter() -> None:
    one = crowd(2, 300, 200, each=6, quantity=3, givers=90)
    order = np.random.default_rng(0).permutation(one.edges)
    other = replace(
        one, edge_request=one.edge_request[order], edge_offer=one.edge_offer[order], edge_cost=one.edge_cost[order]
    )
    assert objective_of(one, solve_flow(one)) == objective_of(other, solve_flow(other))


def test_a_crowd_at_one_point_and_places_without_distance_are_no_trouble() -> None:
    n = 4000
    requests = [(1, r % 4, 0, True, 1) for r in range(n)]
    offers = [(3, 0, o) for o in range(12)]
    one = problem(requests, offers, [(r, o, 0) for r in range(n) for o in range(12)], [0] * 12)
    assert objective_of(one, solve_flow(one)).met == (0, 0, 0, 36)


def test_levels_of_load_follow_one_another_without_gaps() -> None:
    assert level_blocks(0, 40) == [*((level, 1) for level in range(8)), (8, 8), (9, 16), (10, 8)]
    assert level_blocks(0, 40, 2) == [*((level, 2) for level in range(8)), (8, 16), (9, 8)]
    for prior in (0, 5, 7, 8, 100, 2**60 + 3):
        for task in (1, 7):
            blocks = level_blocks(prior, 1000, task)
            assert sum(units for _, units in blocks) == 1000
            assert all(units > 0 for _, units in blocks)
            joined = level_blocks(prior, 300, task) + level_blocks(prior + 300, 700, task)
            assert sum(level * units for level, units in joined) == sum(level * units for level, units in blocks)
