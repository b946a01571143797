"""Random problems, and the optimum of tiny ones by trying everything."""

import itertools
from collections.abc import Iterator

import numpy as np
from hypothesis import strategies as st

from taawun.solve.matching.flow import objective_of
from taawun.solve.matching.problem import IntArray, Objective, Problem


def problem(
    requests: list[tuple[int, int, int, bool, int]],
    offers: list[tuple[int, int, int]],
    edges: list[tuple[int, int, int]],
    prior_load: list[int],
) -> Problem:
    """requests: (quantity, urgency, kind, splittable, minimum); offers: (quantity, kind, giver); edges: (r, o, cost)."""
    r, o, e = (list(zip(*rows, strict=True)) for rows in (requests, offers, edges))
    r, o, e = r or [()] * 5, o or [()] * 3, e or [()] * 3

    def whole(values: tuple[int, ...]) -> IntArray:
        return np.array(values, dtype=np.int64)

    return Problem(
        whole(r[0]), whole(r[1]), whole(r[2]), np.array(r[3], dtype=np.bool_), whole(r[4]),
        whole(o[0]), whole(o[1]), whole(o[2]), whole(tuple(prior_load)),
        whole(e[0]), whole(e[1]), whole(e[2]),
    )  # fmt: skip


@st.composite
def problems(
    draw: st.DrawFn,
    *,
    most_requests: int = 4,
    most_offers: int = 3,
    most_quantity: int = 4,
    splittable: bool | None = None,
) -> Problem:
    kinds = st.integers(0, 1)
    split = st.booleans() if splittable is None else st.just(splittable)
    minimum = st.just(1) if splittable else st.integers(1, 3)
    quantity = st.integers(1, most_quantity)
    requests = draw(
        st.lists(st.tuples(quantity, st.integers(0, 3), kinds, split, minimum), min_size=1, max_size=most_requests)
    )
    givers = draw(st.integers(1, most_offers))
    offers = draw(st.lists(st.tuples(quantity, kinds, st.integers(0, givers - 1)), min_size=1, max_size=most_offers))
    prior_load = draw(st.lists(st.integers(0, 20), min_size=givers, max_size=givers))
    pairs = [(r, o) for r in range(len(requests)) for o in range(len(offers)) if requests[r][2] == offers[o][1]]
    kept = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=len(pairs))) if pairs else []
    costs = draw(st.lists(st.integers(0, 9), min_size=len(kept), max_size=len(kept)))
    edges = [(r, o, cost) for (r, o), cost in zip(kept, costs, strict=True)]
    return problem(requests, offers, edges, prior_load)


def every_plan(one: Problem) -> Iterator[IntArray]:
    """Yield every allowed (e,) units."""
    ranges = []
    for request, offer in zip(one.edge_request, one.edge_offer, strict=True):
        most = int(min(one.request_quantity[request], one.offer_quantity[offer]))
        ranges.append([0, *range(int(one.smallest_part[request]), most + 1)])
    for units in itertools.product(*ranges):
        array = np.array(units, dtype=np.int64)
        given = np.bincount(one.edge_offer, array, one.offers)
        received = np.bincount(one.edge_request, array, one.requests)
        if np.all(given <= one.offer_quantity) and np.all(received <= one.request_quantity):
            yield array


def best_of_all(one: Problem) -> Objective:
    return max((objective_of(one, units) for units in every_plan(one)), key=lambda objective: objective.key)


def crowd(
    seed: int,
    requests: int,
    offers: int,
    *,
    each: int,
    quantity: int,
    givers: int,
    evenness: int = 0,
    cost: int = 100,
    near: bool = True,
) -> Problem:
    """A board of that size whose requests may all be split: quantities up to ``quantity``, and up to ``each`` offers for a request,
    neighbours on a ring when ``near``."""
    random = np.random.default_rng(seed)
    middle = random.integers(0, offers, (requests, 1))
    span = max(each, offers // 4) if near else offers
    reach = (middle + random.integers(0, span, (requests, each))) % offers
    pairs = np.unique(np.column_stack((np.repeat(np.arange(requests), each), reach.ravel())), axis=0)
    none = np.zeros(max(requests, offers), dtype=np.int64)
    return Problem(
        random.integers(1, quantity + 1, requests), random.integers(0, 4, requests), none[:requests],
        np.ones(requests, dtype=np.bool_), none[:requests] + 1,
        random.integers(1, 2 * quantity + 1, offers), none[:offers], random.integers(0, givers, offers),
        random.integers(0, 12, givers), pairs[:, 0], pairs[:, 1], random.integers(0, cost + 1, len(pairs)), evenness,
    )  # fmt: skip
