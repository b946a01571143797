"""Pairs judged beside their distance: some may never be, some cost more, some are kept."""

import numpy as np

from taawun.solve.matching.board import Offers, Options, Requests, propose
from taawun.solve.matching.candidates import ALWAYS_FROM, ALWAYS_UNTIL, NO_AREA, Sites


def sites(longitudes, quantity=1):
    many = len(longitudes)

    def all_of(value):
        return np.full(many, value, dtype=np.int64)

    places = np.array(longitudes, dtype=np.float64)
    return Sites(
        all_of(1), np.zeros(many), places, all_of(NO_AREA), all_of(ALWAYS_FROM), all_of(ALWAYS_UNTIL), all_of(quantity)
    )


def plan_of(requests, offers, judge=None, **options):
    asked = Requests(
        sites(requests),
        np.ones(len(requests), np.int64),
        np.ones(len(requests), np.bool_),
        np.ones(len(requests), np.int64),
    )
    had = Offers(sites(offers), np.arange(len(offers)), np.zeros(len(offers), np.int64))
    found = propose(asked, had, Options(judge=judge, **options), time_limit_seconds=1, seed=1)
    return sorted(zip(found.plan.part_request.tolist(), found.plan.part_offer.tolist(), strict=True)), found


def test_a_pair_that_may_not_be_is_never_proposed_even_behind_a_crowd_of_them():
    # Forty offers at the door may not be, one a little further away may.
    offers = [0.0001 * number for number in range(40)] + [0.2]

    def judge(edges):
        return np.where(edges.offer < 40, np.inf, 0.0)

    [(_request, chosen)] = plan_of([0.0], offers)[0]
    assert chosen < 40
    pairs, found = plan_of([0.0], offers, judge, candidates_each=4)
    assert pairs == [(0, 40)] and found.complete
    assert plan_of([0.0], offers, lambda edges: np.full(edges.request.size, np.inf))[0] == []


def test_what_costs_more_beside_its_distance_gives_way_and_what_was_shown_is_kept():
    offers = [0.01, 0.02]
    assert plan_of([0.0], offers)[0] == [(0, 0)]
    assert plan_of([0.0], offers, lambda edges: np.where(edges.offer == 0, 5.0, 0.0))[0] == [(0, 1)]
    assert plan_of([0.0], offers, lambda edges: np.where(edges.offer == 1, -5.0, 0.0))[0] == [(0, 1)]
    # Nearer by far, it moves all the same.
    assert plan_of([0.0], [0.01, 0.3], lambda edges: np.where(edges.offer == 1, -5.0, 0.0))[0] == [(0, 0)]
