"""Cutting a problem into smaller ones: pieces that share nothing, and tiles with the rest held still."""

import numpy as np

from taawun.solve.matching.problem import BoolArray, IntArray, Problem


def pieces(problem: Problem) -> IntArray:
    """Return (e,) the piece of each edge: two edges share a piece when requests, offers and givers join them.

    Labels spread along the edges and jump to the label's label, so a long chain needs few rounds.
    """
    first_giver = problem.requests
    ends = (problem.edge_request, first_giver + problem.offer_giver[problem.edge_offer])
    label = np.arange(first_giver + problem.givers, dtype=np.int64)
    while True:
        lowest = np.minimum(label[ends[0]], label[ends[1]])
        spread = label.copy()
        # Hooking the label itself as well as its bearer joins whole trees at once.
        for end in ends:
            np.minimum.at(spread, label[end], lowest)
            np.minimum.at(spread, end, lowest)
        spread = spread[spread]
        if np.array_equal(spread, label):
            return label[problem.edge_request]
        label = spread


def allowed_edges(problem: Problem) -> BoolArray:
    """Return (e,) whether the offer can carry the smallest part of the request at all."""
    return problem.offer_quantity[problem.edge_offer] >= problem.smallest_part[problem.edge_request]


def restrict(problem: Problem, edges: IntArray, held: IntArray | None = None) -> Problem:
    """Return the problem of these edges alone. ``held`` (e,) are units of the other edges that stay as they are: they take
    from the offers and add to their givers' load. The edges keep their order.

    Requests keep their whole quantity, so ``edges`` must hold all edges of each of its requests that carry units, and
    none whose offer the held units have used up.
    """
    requests, edge_request = np.unique(problem.edge_request[edges], return_inverse=True)
    offers, edge_offer = np.unique(problem.edge_offer[edges], return_inverse=True)
    givers, offer_giver = np.unique(problem.offer_giver[offers], return_inverse=True)
    offer_quantity, prior_load = problem.offer_quantity, problem.giver_prior_load
    if held is not None:
        still = held.copy()
        still[edges] = 0
        offer_quantity, prior_load = offer_quantity.copy(), prior_load.copy()
        np.subtract.at(offer_quantity, problem.edge_offer, still)
        np.add.at(prior_load, problem.offer_giver[problem.edge_offer], still)
    return Problem(
        problem.request_quantity[requests],
        problem.request_urgency[requests],
        problem.request_kind[requests],
        problem.request_splittable[requests],
        problem.request_minimum[requests],
        offer_quantity[offers],
        problem.offer_kind[offers],
        offer_giver.astype(np.int64),
        prior_load[givers],
        edge_request.astype(np.int64),
        edge_offer.astype(np.int64),
        problem.edge_cost[edges],
        problem.evenness,
        problem.giver_task[givers],
    )
