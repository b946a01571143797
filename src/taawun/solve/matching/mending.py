"""The very best plan from a good one: cheapest ways through what is left open, one shortfall at a time.

Two movements keep every condition of ``network.proof``, and each ends in a plan that costs least for what it holds:

- ``route``: units without a place go out by the cheapest way, through offers with room, or pushing others on to their next
  choice, or unmet (Dijkstra over the residual network, lengths reduced by the prices);
- ``fill``: room that asks too much lowers its price until somebody comes, or until the price is what its giver costs.

They finish an auction, and they are all that a running market needs: a new request is a route, one withdrawn leaves
room to fill. ``raise_penalties`` finds those who could be met after all if being unmet cost more.
"""

import numpy as np

from taawun.solve.compiled import compiled, compiled_bare, whole
from taawun.solve.matching.evenness import level_after
from taawun.solve.matching.network import NONE, Network
from taawun.solve.matching.problem import Array
from taawun.solve.matching.residual import (
    Tools,
    let_go,
    lower_reached,
    push_in,
    push_out,
    raise_reached,
    search_in,
    search_out,
)


@compiled_bare
def settle(network: Network, tools: Tools, short: Array) -> None:
    """From the auction's plan and prices to the best plan and its prices. ``short`` (n,) is scratch."""
    for j in range(network.room.size):
        # The auction does not push between offers of one giver, so a full one may ask less than the others.
        network.price[j] = max(network.price[j], network.base[network.giver[j]])
    _ease(network)
    worth, first, last, head, cost, penalty = (
        network.worth, network.first, network.last, network.head, network.cost, network.penalty,
    )  # fmt: skip
    price, flow, unmet, load, given, giver = (
        network.price, network.flow, network.unmet, network.load, network.given, network.giver,
    )  # fmt: skip
    for i in range(worth.size):
        worth[i] = penalty[i]
        for e in range(first[i], last[i]):
            worth[i] = min(worth[i], cost[e] + price[head[e]])
        short[i] = 0
        if worth[i] < penalty[i]:
            short[i] = unmet[i]
            unmet[i] = 0
        for e in range(first[i], last[i]):
            if flow[e] > 0 and cost[e] + price[head[e]] > worth[i]:
                short[i] += flow[e]
                load[head[e]] -= flow[e]
                given[giver[head[e]]] -= flow[e]
                let_go(network, e)
                flow[e] = 0
    _route_all(network, tools, short)
    close(network, tools)


@compiled_bare
def close(network: Network, tools: Tools) -> None:
    """Bring all prices down to where room may be had."""
    room, load, price, giver, base, given = (
        network.room, network.load, network.price, network.giver, network.base, network.given,
    )  # fmt: skip
    prior, task, divisor, rate = network.prior, network.task, network.divisor, network.rate[0]
    again = True
    while again:
        again = False
        # Looked at here first: to call a function with a whole network costs more than the look.
        for j in range(room.size):
            if load[j] < room[j] and price[j] > base[giver[j]]:
                again = fill_offer(network, tools, j) or again
        for v in range(given.size):
            if base[v] > rate * level_after(prior[v] + given[v], task[v])[0] // divisor[v]:
                again = fill_giver(network, tools, v) or again


@compiled_bare
def _route_all(network: Network, tools: Tools, short: Array) -> None:
    for i in range(short.size):
        if short[i] > 0:
            route(network, tools, i, NONE, short[i])
            short[i] = 0


@compiled_bare
def _ease(network: Network) -> None:
    """Let prices down to where all who hold an offer are content with it: most of what an auction overbid."""
    first, last, head, tail, cost, price = (
        network.first, network.last, network.head, network.tail, network.cost, network.price,
    )  # fmt: skip
    held, later, base, giver, penalty = network.held, network.later, network.base, network.giver, network.penalty
    for j in range(held.size):
        over = whole(0)
        h = held[j]
        while h >= 0:
            i = tail[h]
            least = penalty[i]
            for e in range(first[i], last[i]):
                least = min(least, cost[e] + price[head[e]])
            over = max(over, cost[h] + price[j] - least)
            h = later[h]
        price[j] -= max(whole(0), min(over, price[j] - base[giver[j]]))


@compiled
def raise_penalties(network: Network, tools: Tools, short: Array, penalty_step: int, urgency: Array, most: int) -> int:
    """Find the requests that are unmet though somebody less urgent is served in their place, or an offer has room, at the end of some
    chain of changes; raise all penalties by (1 + urgency) x ``penalty_step`` and give these the way, if they are
    not more than ``most``. Returns how many they are; 0 proves that no plan meets more of the urgent, and leaves all as it is.

    Whatever can reach room keeps its price; what can reach a request of class u at best, and no lower one, has its price
    raised as that class has its penalty. So every condition still holds but for those who are found.
    """
    reach_request, reach_offer = _reach(network, urgency)
    found = 0
    unmet, penalty, worth = network.unmet, network.penalty, network.worth
    for i in range(unmet.size):
        if unmet[i] > 0 and reach_request[i] < 1 + urgency[i]:
            found += 1
    if found == 0 or found > most:
        return found
    for i in range(unmet.size):
        short[i] = 0
        penalty[i] += (1 + urgency[i]) * penalty_step
        if unmet[i] > 0 and reach_request[i] < 1 + urgency[i]:
            short[i] = unmet[i]
            unmet[i] = 0
        if reach_request[i] > 0:
            worth[i] += reach_request[i] * penalty_step
    for j in range(network.room.size):
        if reach_offer[j] > 0 and network.load[j] > 0:
            network.price[j] += reach_offer[j] * penalty_step
    _route_all(network, tools, short)
    return found


@compiled
def _reach(network: Network, urgency: Array) -> tuple[Array, Array]:
    """Return for each request and offer the best a chain of changes from it can end at: 0 for room, 1 + u for a request of class u."""
    first, last, head, tail, flow = network.first, network.last, network.head, network.tail, network.flow
    room, load, above, below = network.room, network.load, network.above, network.below
    unknown = np.int8(9)
    requests = np.full(network.need.size, unknown, np.int8)
    offers = np.full(room.size, unknown, np.int8)
    queue = np.empty(room.size, np.int64)
    size = 0
    for level in range(np.int8(5)):
        opened = size
        if level == 0:
            for j in range(room.size):
                if load[j] < room[j]:
                    offers[j] = 0
                    queue[size] = j
                    size += 1
        else:
            for i in range(requests.size):
                if requests[i] == unknown and urgency[i] == level - 1:
                    requests[i] = level
                    for e in range(first[i], last[i]):
                        if flow[e] > 0 and offers[head[e]] == unknown:
                            offers[head[e]] = level
                            queue[size] = head[e]
                            size += 1
        while opened < size:
            e = whole(above[queue[opened]])
            opened += 1
            while e >= 0:
                i = tail[e]
                if requests[i] == unknown:
                    requests[i] = level
                    for f in range(first[i], last[i]):
                        if flow[f] > 0 and offers[head[f]] == unknown:
                            offers[head[f]] = level
                            queue[size] = head[f]
                            size += 1
                e = whole(below[e])
    return requests, offers


@compiled_bare
def route(network: Network, tools: Tools, request: int, from_giver: int, units: int) -> int:
    """Send ``units`` of a request, or (where ``from_giver`` is one) of what a giver has too much, out by the cheapest ways.
    Returns how many edges were looked at."""
    looked = 0
    while units > 0:
        least, end_giver, end_request, seen = search_out(network, tools, request, from_giver)
        looked += seen
        raise_reached(network, tools, least)
        units -= push_out(network, tools, end_giver, end_request, units)
    return looked


@compiled_bare
def fill_offer(network: Network, tools: Tools, j: int) -> bool:
    """Bring an offer with room down to its giver's price. Returns whether anything moved."""
    moved = False
    while network.load[j] < network.room[j]:
        v = whole(network.giver[j])
        limit = network.price[j] - network.base[v]
        if limit <= 0:
            break
        least, end_giver, end_request = search_in(network, tools, j, NONE, limit)
        lower_reached(network, tools, least)
        if end_giver >= 0 or end_request >= 0:
            units = push_in(network, tools, end_giver, end_request, network.room[j] - network.load[j])
            network.load[j] += units
            route(network, tools, NONE, v, units)
            moved = True
    return moved


@compiled_bare
def fill_giver(network: Network, tools: Tools, v: int) -> bool:
    """Bring a giver's price down to what the next unit costs. Returns whether anything changed."""
    changed = False
    while True:
        level, width = level_after(network.prior[v] + network.given[v], network.task[v])
        limit = network.base[v] - network.rate[0] * level // network.divisor[v]
        if limit <= 0:
            return changed
        changed = True
        least, end_giver, end_request = search_in(network, tools, NONE, v, limit)
        lower_reached(network, tools, least)
        if end_giver >= 0 or end_request >= 0:
            network.given[v] += push_in(network, tools, end_giver, end_request, width)
