"""A board as arrays for the kernels: requests, offers, givers and the edges between them, in one fixed shape.

    request ──edge──► offer ──► giver ──levels──► outside
       └────────────── unmet, at its penalty ────────►┘

Every node has a price: what it costs to send one more unit from there to the outside. Prices are the dual of the plan, and
the whole proof that a plan is the best one is a handful of conditions on them, edge by edge (``proof``):

- no edge is cheaper than what its request pays (``worth``), and an edge in use costs exactly that;
- nobody pays more than the penalty, and who is unmet pays exactly that;
- an offer costs what its giver costs, or more when it is full; a giver costs what the next unit would, at most, and what
  the last unit did, at least.

Requests and offers are laid down in the order in which a walk along the edges finds them. A board is wide, not deep: what is
near on the ground then lies near in memory, which alone makes everything two to four times faster.
"""

from typing import NamedTuple

import numpy as np

from taawun.solve.compiled import compiled, compiled_bare
from taawun.solve.matching.evenness import level_after, level_before
from taawun.solve.matching.problem import Array, IntArray, Problem

NONE = -1
FAR = 2**62
# How many edges of a request the walk follows. Four are enough to stay near.
WALKED = 4


class Network(NamedTuple):
    """All arrays are int64, except the indices (int32) that are many. A giver's, offer's, request's index is its own here,
    not that of the problem: see ``Laid``."""

    need: Array  # requests
    penalty: Array
    unmet: Array
    worth: Array
    first: Array
    last: Array
    head: Array  # edges: the offer, the request, the cost of a unit, the units
    tail: Array
    cost: Array
    flow: Array
    later: Array  # those in use at one offer, as a list both ways
    earlier: Array
    below: Array  # all at one offer, as a list
    room: Array  # offers
    load: Array
    price: Array
    giver: Array
    held: Array  # the first edge in use, the first edge at all, the next offer of the same giver
    above: Array
    sibling: Array
    prior: Array  # givers
    given: Array
    base: Array
    eldest: Array
    task: Array
    divisor: Array
    rate: Array  # one number: the cost of a level


class Laid(NamedTuple):
    """A network and where its rows come from: ``request[k]`` and ``offer[k]`` are the problem's rows. ``edges`` is the order
    of the problem's edges by request, or None where they come so."""

    network: Network
    request: Array
    offer: Array
    starts: Array
    edges: IntArray | None


def lay(problem: Problem, travel_weight: int, level_rate: int, divisor: IntArray, urgency_weights: IntArray) -> Laid:
    """Return the network of a problem. The penalty of class u is ``urgency_weights[u]``."""
    edges = None
    request, offer, cost = problem.edge_request, problem.edge_offer, problem.edge_cost
    if np.any(request[1:] < request[:-1]):
        edges = np.argsort(request, kind="stable")
        request, offer, cost = request[edges], offer[edges], cost[edges]
    starts = np.searchsorted(request, np.arange(problem.requests + 1)).astype(np.int64)
    if not starts[-1]:
        raise ValueError("a board without edges needs no network")
    network = blank(problem.requests, problem.offers, problem.givers, problem.edges)
    request_order, offer_order = _walk(
        starts, offer, cost, travel_weight, problem.offers,
        network.first, network.last, network.head, network.tail, network.cost,
    )  # fmt: skip
    network.need[:] = problem.request_quantity[request_order]
    network.penalty[:] = urgency_weights[problem.request_urgency[request_order]]
    network.giver[:] = problem.offer_giver[offer_order]
    network.prior[:] = problem.giver_prior_load
    network.task[:] = problem.giver_task
    network.divisor[:] = divisor
    network.rate[0] = level_rate
    network.room[:] = problem.offer_quantity[offer_order]
    _join(network)
    return Laid(network, request_order, offer_order, starts, edges)


def blank(requests: int, offers: int, givers: int, edges: int) -> Network:
    """Return a network of that size with nothing in it."""

    def whole(size: int) -> Array:
        return np.zeros(size, dtype=np.int64)

    def index(size: int) -> Array:
        return np.full(size, NONE, dtype=np.int32)

    def unwritten(size: int) -> Array:
        return np.empty(size, dtype=np.int32)

    # What is written before it is read need not be written twice.
    return Network._make((
        *(whole(requests) for _ in range(6)),
        unwritten(edges), unwritten(edges), np.empty(edges, dtype=np.int64), whole(edges),
        unwritten(edges), unwritten(edges), unwritten(edges),
        whole(offers), whole(offers), whole(offers), index(offers), index(offers), index(offers), index(offers),
        whole(givers), whole(givers), whole(givers), index(givers), np.ones(givers, dtype=np.int64), np.ones(givers, dtype=np.int64),
        whole(1),
    ))  # fmt: skip


def units_of(laid: Laid, edges: int) -> IntArray:
    """Return (e,) the units along the edges of the problem."""
    units = np.zeros(edges, dtype=np.int64)
    _unlay(laid.network.first, laid.network.last, laid.network.flow, laid.starts, laid.request, units)
    if laid.edges is None:
        return units
    ordered = np.empty_like(units)
    ordered[laid.edges] = units
    return ordered


@compiled
def _walk(
    starts: Array, offer: Array, cost: Array, weight: int, offers: int,
    first: Array, last: Array, head: Array, tail: Array, costs: Array,
) -> tuple[Array, Array]:  # fmt: skip
    """Lay down the edges request by request as they are found. Returns the order of requests, and that of offers."""
    requests = starts.size - 1
    ends = np.zeros(offers + 1, np.int64)
    for i in range(requests):
        for e in range(starts[i], min(starts[i] + WALKED, starts[i + 1])):
            ends[offer[e] + 1] += 1
    for j in range(offers):
        ends[j + 1] += ends[j]
    at = np.empty(ends[offers], np.int32)
    put = ends[:-1].copy()
    for i in range(requests):
        for e in range(starts[i], min(starts[i] + WALKED, starts[i + 1])):
            at[put[offer[e]]] = i
            put[offer[e]] += 1
    request_order = np.empty(requests, np.int64)
    seen = np.zeros(requests, np.bool_)
    offer_order = np.empty(offers, np.int64)
    place = np.full(offers, np.int32(NONE), np.int32)
    found, done, laid = 0, 0, 0
    for seed in range(offers):
        if place[seed] != NONE:
            continue
        opened = found
        place[seed] = found
        offer_order[found] = seed
        found += 1
        while opened < found:
            j = offer_order[opened]
            opened += 1
            for k in range(ends[j], ends[j + 1]):
                i = at[k]
                if seen[i]:
                    continue
                seen[i] = True
                request_order[done] = i
                first[done] = laid
                for e in range(starts[i], starts[i + 1]):
                    other = offer[e]
                    if place[other] == NONE:
                        place[other] = found
                        offer_order[found] = other
                        found += 1
                    head[laid] = place[other]
                    tail[laid] = done
                    costs[laid] = cost[e] * weight
                    laid += 1
                last[done] = laid
                done += 1
    # The rest have no edge at all.
    for i in range(requests):
        if not seen[i]:
            request_order[done] = i
            first[done] = laid
            last[done] = laid
            done += 1
    return request_order, offer_order


@compiled
def _join(network: Network) -> None:
    """Offers to their givers; and no more can reach an offer than its candidates ask for."""
    head, tail, need, room = network.head, network.tail, network.need, network.room
    giver, eldest, sibling = network.giver, network.eldest, network.sibling
    wanted = np.zeros(room.size, np.int64)
    for e in range(head.size):
        wanted[head[e]] += need[tail[e]]
    for j in range(room.size - 1, -1, -1):
        room[j] = min(room[j], wanted[j])
        sibling[j] = eldest[giver[j]]
        eldest[giver[j]] = j


@compiled_bare
def _unlay(first: Array, last: Array, flow: Array, starts: Array, request: Array, units: Array) -> None:
    for k in range(request.size):
        at = starts[request[k]] - first[k]
        for e in range(first[k], last[k]):
            units[at + e] = flow[e]


@compiled_bare
def link(network: Network) -> None:
    """Make the lists of edges at each offer."""
    head, flow, above, below = network.head, network.flow, network.above, network.below
    held, later, earlier = network.held, network.later, network.earlier
    above[:] = NONE
    held[:] = NONE
    for e in range(head.size - 1, -1, -1):
        j = head[e]
        below[e] = above[j]
        above[j] = e
        if flow[e] > 0:
            after = held[j]
            later[e] = after
            earlier[e] = NONE
            if after >= 0:
                earlier[after] = e
            held[j] = e


@compiled
def proof(network: Network) -> int:
    """Return how many conditions of the optimum fail: 0 proves that no plan has a lower cost."""
    first, last, head, cost, flow, price = (
        network.first, network.last, network.head, network.cost, network.flow, network.price,
    )  # fmt: skip
    room, load, giver, base, given = network.room, network.load, network.giver, network.base, network.given
    reached = np.zeros(room.size, np.int64)
    handed = np.zeros(base.size, np.int64)
    worth, penalty, need, unmet = network.worth, network.penalty, network.need, network.unmet
    failed = 0
    for i in range(need.size):
        got = unmet[i]
        failed += got < 0 or worth[i] > penalty[i] or (got > 0 and worth[i] != penalty[i])
        for e in range(first[i], last[i]):
            over = cost[e] + price[head[e]] - worth[i]
            failed += over < 0 or flow[e] < 0 or (flow[e] > 0 and over != 0)
            got += flow[e]
            reached[head[e]] += flow[e]
        failed += got != need[i]
    for j in range(room.size):
        over = price[j] - base[giver[j]]
        failed += reached[j] != load[j] or load[j] > room[j] or over < 0 or (load[j] < room[j] and over != 0)
        handed[giver[j]] += load[j]
    prior, task, divisor, rate = network.prior, network.task, network.divisor, network.rate[0]
    for v in range(base.size):
        level, _ = level_after(prior[v] + given[v], task[v])
        failed += handed[v] != given[v] or base[v] > rate * level // divisor[v]
        if given[v] > 0:
            level, _ = level_before(prior[v] + given[v], task[v])
            failed += base[v] < rate * level // divisor[v]
    return failed
