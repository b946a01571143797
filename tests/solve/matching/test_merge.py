"""Bringing parts together changes who drives, never what a household receives."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.solve.matching.assign import assign
from taawun.solve.matching.merge import merge_parts
from taawun.solve.matching.problem import Problem
from tests.solve.matching.worlds import problem, problems


@settings(deadline=None, max_examples=150)
@given(problems(most_requests=7, most_offers=6, most_quantity=9), st.integers(0, 2**32))
def test_merging_keeps_what_each_receives_and_makes_no_more_ways(one: Problem, seed: int) -> None:
    plan = assign(one, time_limit_seconds=20, seed=1)
    before = np.zeros(one.edges, dtype=np.int64)
    before[plan.part_edge] = plan.part_quantity
    way = np.random.default_rng(seed).integers(0, 20, one.edges)
    after = merge_parts(one, before, way)
    received = [np.bincount(one.edge_request, units, one.requests) for units in (before, after)]
    assert np.array_equal(received[0], received[1])
    assert np.all(np.bincount(one.edge_offer, after, one.offers) <= one.offer_quantity)
    assert np.all((after == 0) | (after >= one.smallest_part[one.edge_request]))
    assert way[after > 0].sum() <= way[before > 0].sum()
    assert np.count_nonzero(after) <= np.count_nonzero(before)


def test_a_household_is_not_served_by_four_neighbours_where_one_has_all_of_it() -> None:
    one = problem([(4, 1, 0, True, 1)], [(4, 0, giver) for giver in range(4)], [(0, o, 1) for o in range(4)], [0] * 4)
    merged = merge_parts(one, np.array([1, 1, 1, 1]), np.array([3, 3, 3, 3]))
    assert sorted(merged.tolist()) == [0, 0, 0, 4]


def test_parts_come_together_as_far_as_there_is_room() -> None:
    one = problem([(6, 1, 0, True, 1)], [(2, 0, 0), (5, 0, 1), (4, 0, 2)], [(0, o, 1) for o in range(3)], [0] * 3)
    assert merge_parts(one, np.array([2, 2, 2]), np.array([1, 2, 3])).tolist() == [2, 4, 0]


def test_a_far_offer_that_has_all_does_not_replace_two_near_ones() -> None:
    one = problem([(4, 1, 0, True, 1)], [(2, 0, 0), (2, 0, 1), (9, 0, 2)], [(0, o, 1) for o in range(3)], [0] * 3)
    assert merge_parts(one, np.array([2, 2, 0]), np.array([3, 3, 7])).tolist() == [2, 2, 0]
