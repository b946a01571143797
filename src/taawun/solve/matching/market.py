"""A running market: the plan and its prices are kept, and each change is mended where it happens.

A new request goes the cheapest way in, pushing others on to their next choice where that costs least altogether; one withdrawn, or
an offer that is new, leaves room for those who would rather have it. After every change the plan is again the best one
for the market's objective, with its proof (``proven``), and only what the change touched has been looked at.

The objective is that of problem.py with what is unmet at a fixed price: a unit of a request of urgency u is worth
(1 + u) x ``penalty`` of cost, and no chain of changes that costs more is made for it. For a plan that is being lived in that
is what one wants: nobody's day is turned upside down across a whole city for one box. It begins as the batch found it,
which there meets as much as can be met.

``replan`` is the other half: a whole board planned anew around what is agreed, moving little of what was proposed.
"""

from dataclasses import replace

import numpy as np

from taawun.solve.compiled import compiled_bare, whole
from taawun.solve.matching.assign import assign, plan_of
from taawun.solve.matching.evenness import unevenness
from taawun.solve.matching.flow import solved, weights
from taawun.solve.matching.mending import close, fill_giver, fill_offer, route
from taawun.solve.matching.network import NONE, Network, proof
from taawun.solve.matching.parts import restrict
from taawun.solve.matching.problem import (
    EDGE_COST_MAXIMUM,
    QUANTITY_MAXIMUM,
    URGENCY_CLASSES,
    Array,
    IntArray,
    Objective,
    Plan,
    Problem,
)
from taawun.solve.matching.residual import Tools, move, tools_for

# More than any price. What is gone costs this much, and nobody ever goes there.
GONE = 2**60
SPARE_SHARE = 0.25
SPARE_LEAST = 256
CANDIDATES_USUAL = 16


class Market:
    """Requests, offers and givers are named by numbers: those of the problem by their rows, new ones by the numbers after."""

    def __init__(self, problem: Problem, *, penalty: int | None = None) -> None:
        """``penalty`` is in edge costs; None takes what the batch needed to meet as much as can be met."""
        if not problem.edges:
            raise ValueError("a market begins with a board that has at least one edge")
        self.travel_weight, _, _ = weights(problem)
        laid = solved(problem, None if penalty is None else penalty * self.travel_weight)
        self.requests, self.offers, self.givers = problem.requests, problem.offers, problem.givers
        self.edges = problem.edges
        network = laid.network
        self._unit_penalty = int(network.penalty[0]) // (1 + int(problem.request_urgency[laid.request[0]]))
        self._request_at = _inverse(laid.request)
        self._offer_at = _inverse(laid.offer)
        self._network = _wider(network, self.requests, self.offers, self.givers, self.edges)
        self._tools = tools_for(self._network)
        self._request_at = _longer(self._request_at, self._network.need.size)
        self._offer_at = _longer(self._offer_at, self._network.room.size)
        # The batch counts no more room than its own requests can use; those to come may use all.
        self._network.room[self._offer_at[: self.offers]] = problem.offer_quantity
        close(self._network, self._tools)

    @property
    def penalty(self) -> int:
        """What a unit of a request that can wait is worth, in edge costs."""
        return self._unit_penalty // self.travel_weight

    def insert(self, quantity: int, urgency: int, offers: IntArray, costs: IntArray) -> int:
        """Take in a request with its candidate offers. Returns its number."""
        _whole("quantity", quantity, 1, QUANTITY_MAXIMUM)
        _whole("urgency", urgency, 0, URGENCY_CLASSES - 1)
        at = self._places(offers, costs, self.offers, self._offer_at)
        self._reserve(requests=1, edges=at.size)
        number = self.requests
        self._request_at[number] = number
        _enter(
            self._network, self._tools, number, self.edges, at, np.asarray(costs, np.int64) * self.travel_weight,
            quantity, (1 + urgency) * self._unit_penalty,
        )  # fmt: skip
        self.requests += 1
        self.edges += at.size
        return number

    def offer(
        self, quantity: int, requests: IntArray, costs: IntArray, *, giver: int | None = None, prior_load: int = 0
    ) -> int:
        """Take in an offer with the requests it could serve, of a giver who is known, or of a new one. Returns its number."""
        _whole("quantity", quantity, 1, QUANTITY_MAXIMUM)
        at = self._places(requests, costs, self.requests, self._request_at)
        if giver is not None:
            _whole("giver", giver, 0, self.givers - 1)
        rows = self._network.last[at] - self._network.first[at]
        self._reserve(offers=1, givers=1, edges=int(rows.sum()) + at.size)
        if giver is None:
            giver = self.givers
            self._network.prior[giver] = prior_load
            self.givers += 1
        number = self.offers
        self._offer_at[number] = number
        weighted = np.asarray(costs, np.int64) * self.travel_weight
        self.edges = int(_open(self._network, self._tools, number, giver, self.edges, at, weighted, quantity))
        self.offers += 1
        return number

    def withdraw(self, request: int) -> None:
        """Take a request out, whatever of it was planned."""
        _whole("request", request, 0, self.requests - 1)
        _leave(self._network, self._tools, int(self._request_at[request]))

    def offer_gone(self, offer: int) -> None:
        """Take an offer out; those it would have served are planned elsewhere, or are unmet."""
        _whole("offer", offer, 0, self.offers - 1)
        _shut(self._network, self._tools, int(self._offer_at[offer]))

    def parts_of(self, request: int) -> list[tuple[int, int]]:
        """Return (offer, units) for what is planned for a request."""
        _whole("request", request, 0, self.requests - 1)
        at = self._request_at[request]
        edges = np.arange(self._network.first[at], self._network.last[at])
        edges = edges[self._network.flow[edges] > 0]
        name = {int(place): number for number, place in enumerate(self._offer_at[: self.offers])} if edges.size else {}
        return sorted((name[int(self._network.head[e])], int(self._network.flow[e])) for e in edges)

    def unmet(self) -> IntArray:
        """(requests,) what of each request nobody is planned for; 0 for those withdrawn."""
        unmet: IntArray = self._network.unmet[self._request_at[: self.requests]]
        return unmet

    def planned(self) -> tuple[IntArray, IntArray, IntArray]:
        """Return (request, offer, units) of everything planned."""
        requests, offers = _inverse(self._request_at[: self.requests]), _inverse(self._offer_at[: self.offers])
        used = np.flatnonzero(self._network.flow[: self.edges])
        request, offer = requests[self._network.tail[used]], offers[self._network.head[used]]
        order = np.lexsort((offer, request))
        return request[order], offer[order], self._network.flow[used][order]

    def cost(self) -> int:
        """What the plan costs, in the market's own weights: travel, evenness, and the penalties of what is unmet."""
        network = self._network
        used = np.flatnonzero(network.flow[: self.edges])
        ways = sum(int(network.flow[e]) * int(network.cost[e]) for e in used)
        missing = sum(int(network.unmet[i]) * int(network.penalty[i]) for i in np.flatnonzero(network.unmet))
        return (
            ways
            + missing
            + unevenness(network.prior, network.given, network.task, int(network.rate[0]), network.divisor)
        )

    def proven(self) -> bool:
        """Whether the prices prove that no plan costs less. Looks at everything, so not a thing to do at every change."""
        return proof(self._network) == 0

    def _places(self, numbers: IntArray, costs: IntArray, size: int, places: IntArray) -> IntArray:
        numbers, costs = np.asarray(numbers, dtype=np.int64), np.asarray(costs, dtype=np.int64)
        if numbers.ndim != 1 or numbers.shape != costs.shape:
            raise ValueError("candidates and costs must be two rows of the same length")
        if numbers.size and not (0 <= numbers.min() and numbers.max() < size):
            raise ValueError(f"a candidate must lie between 0 and {size - 1}")
        if numbers.size and not (0 <= costs.min() and costs.max() <= EDGE_COST_MAXIMUM):
            raise ValueError(f"a cost must lie between 0 and {EDGE_COST_MAXIMUM}")
        if np.unique(numbers).size != numbers.size:
            raise ValueError("the same candidate comes twice")
        return places[numbers]

    def _reserve(self, *, requests: int = 0, offers: int = 0, givers: int = 0, edges: int = 0) -> None:
        network = self._network
        sizes = self.requests + requests, self.offers + offers, self.givers + givers, self.edges + edges
        held = network.need.size, network.room.size, network.base.size, network.head.size
        if all(size <= room for size, room in zip(sizes, held, strict=True)):
            return
        self._network = _wider(network, *sizes)
        self._tools = tools_for(self._network)
        self._request_at = _longer(self._request_at, self._network.need.size)
        self._offer_at = _longer(self._offer_at, self._network.room.size)


def replan(
    problem: Problem,
    *,
    agreed: IntArray,
    proposed: IntArray,
    stability: int,
    time_limit_seconds: float,
    seed: int,
) -> Plan:
    """Plan a board anew around what is agreed, and move little of what was only proposed.

    agreed     (e,) units along the edges that are promised: they stay, whatever else would be better
    proposed   (e,) units along the edges that were proposed before, and looked at by people
    stability  what it costs, in edge costs a unit, to use an edge that was not proposed before

    What is agreed must fit its offers and requests. The plan holds both, and its bound is for plans that keep what is
    agreed; both count these costs as travel.
    """
    agreed, proposed = np.asarray(agreed, dtype=np.int64), np.asarray(proposed, dtype=np.int64)
    for name, units in (("agreed", agreed), ("proposed", proposed)):
        if units.shape != problem.edge_cost.shape or np.any(units < 0):
            raise ValueError(f"{name} must be units along the edges, 0 or more")
    _whole("stability", stability, 0, EDGE_COST_MAXIMUM)
    # Also for a request that had no proposal: else it could take the place of one that had, at no cost.
    costs = np.minimum(problem.edge_cost + stability * (proposed == 0), EDGE_COST_MAXIMUM)
    dearer = replace(problem, edge_cost=costs)
    need, left = problem.request_quantity.copy(), problem.offer_quantity.copy()
    np.subtract.at(need, problem.edge_request, agreed)
    np.subtract.at(left, problem.edge_offer, agreed)
    if np.any(need < 0) or np.any(left < 0):
        raise ValueError("more is agreed than a request needs or an offer holds")
    loads = problem.giver_prior_load.copy()
    np.add.at(loads, problem.offer_giver[problem.edge_offer], agreed)
    open_edges = np.flatnonzero((need[problem.edge_request] > 0) & (left[problem.edge_offer] > 0))
    # A request served in part keeps its own smallest part for the rest, or the rest itself where that is less.
    rest = replace(
        dearer,
        request_quantity=np.maximum(need, 1),
        offer_quantity=np.maximum(left, 1),
        request_splittable=problem.request_splittable,
        giver_prior_load=loads,
    )
    units = agreed.copy()
    bound = Objective(weighed=problem.evenness > 0)
    if open_edges.size:
        plan = assign(restrict(rest, open_edges), time_limit_seconds=time_limit_seconds, seed=seed)
        units[open_edges[plan.part_edge]] += plan.part_quantity
        bound = plan.bound
    held = plan_of(dearer, agreed, Objective()).objective
    return plan_of(dearer, units, held + bound)


def _inverse(order: Array) -> IntArray:
    places = np.empty(order.size, dtype=np.int64)
    places[order] = np.arange(order.size)
    return places


def _longer(values: Array, size: int) -> Array:
    longer = np.full(size, NONE if values.dtype == np.int32 else 0, dtype=values.dtype)
    longer[: values.size] = values
    return longer


def _wider(network: Network, requests: int, offers: int, givers: int, edges: int) -> Network:
    """Return the network with room for as much, and some more."""

    def with_spare(size: int, least: int) -> int:
        return size + max(least, int(size * SPARE_SHARE))

    of_requests, of_edges, of_offers = 6, 13, 20
    sizes = (
        with_spare(requests, SPARE_LEAST),
        with_spare(edges, SPARE_LEAST * CANDIDATES_USUAL),
        with_spare(offers, SPARE_LEAST),
        with_spare(givers, SPARE_LEAST),
    )
    arrays = []
    for place, values in enumerate(network[:-1]):
        group = (place >= of_requests) + (place >= of_edges) + (place >= of_offers)
        arrays.append(_longer(values, sizes[group]))
    wider = Network._make((*arrays, network.rate))
    for values in (wider.task, wider.divisor):
        values[network.task.size :] = 1
    return wider


def _whole(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"{name} must lie between {least} and {most}")


@compiled_bare
def _enter(
    network: Network, tools: Tools, i: int, at: int, offers: Array, costs: Array, quantity: int, penalty: int
) -> None:
    network.need[i] = quantity
    network.penalty[i] = penalty
    network.unmet[i] = 0
    network.first[i] = at
    network.last[i] = at + offers.size
    worth = whole(penalty)
    for x in range(offers.size):
        _add_edge(network, at + x, i, offers[x], costs[x])
        worth = min(worth, costs[x] + network.price[offers[x]])
    network.worth[i] = worth
    route(network, tools, i, NONE, quantity)


@compiled_bare
def _add_edge(network: Network, e: int, i: int, j: int, cost: int) -> None:
    network.head[e] = j
    network.tail[e] = i
    network.cost[e] = cost
    network.flow[e] = 0
    network.below[e] = network.above[j]
    network.above[j] = e


@compiled_bare
def _leave(network: Network, tools: Tools, i: int) -> None:
    giver, load, given = network.giver, network.load, network.given
    network.need[i] = 0
    network.unmet[i] = 0
    for e in range(network.first[i], network.last[i]):
        # It stays in the list of its offer, too dear to be looked at.
        network.cost[e] = GONE
        units = network.flow[e]
        if units > 0:
            move(network, e, -units)
            j = whole(network.head[e])
            load[j] -= units
            given[giver[j]] -= units
    for e in range(network.first[i], network.last[i]):
        j = whole(network.head[e])
        fill_offer(network, tools, j)
        fill_giver(network, tools, whole(giver[j]))
        fill_offer(network, tools, j)


@compiled_bare
def _shut(network: Network, tools: Tools, j: int) -> None:
    load, room, tail, held, flow = network.load, network.room, network.tail, network.held, network.flow
    v = whole(network.giver[j])
    while held[j] >= 0:
        e = whole(held[j])
        units = flow[e]
        move(network, e, -units)
        load[j] -= units
        network.given[v] -= units
        room[j] = load[j]
        route(network, tools, whole(tail[e]), NONE, units)
    room[j] = 0
    network.price[j] = GONE
    fill_giver(network, tools, v)


@compiled_bare
def _open(network: Network, tools: Tools, j: int, v: int, at: int, requests: Array, costs: Array, quantity: int) -> int:
    """Add an offer. The edges of each request it could serve move to the end, where there is room for one more."""
    network.room[j] = quantity
    network.load[j] = 0
    network.giver[j] = v
    network.sibling[j] = network.eldest[v]
    network.eldest[v] = j
    price = whole(network.base[v])
    for x in range(requests.size):
        i = requests[x]
        first = at
        for e in range(network.first[i], network.last[i]):
            _add_edge(network, at, i, whole(network.head[e]), network.cost[e])
            units = network.flow[e]
            if units > 0:
                move(network, e, -units)
                move(network, at, units)
            network.cost[e] = GONE
            at += 1
        _add_edge(network, at, i, j, costs[x])
        at += 1
        network.first[i] = first
        network.last[i] = at
        price = max(price, network.worth[i] - costs[x])
    # It begins as dear as nobody would have it, and comes down to where somebody does.
    network.price[j] = price
    fill_offer(network, tools, j)
    fill_giver(network, tools, v)
    fill_offer(network, tools, j)
    return at
