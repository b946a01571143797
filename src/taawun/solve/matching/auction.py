"""A good plan fast: requests bid for offers until nobody wants to bid more.

Each request in turn takes the offer that is cheapest for it, price included, and bids as much as makes it just as well off as with
its second choice, and ``step`` more. A full offer lets those go who bid least; they bid again. Prices only rise, by a step
at least, so it ends; nobody is then more than a step away from the best they could have, which makes the whole plan
cost at most units x step more than the best one (Bertsekas). What is missing to the very best is mended in ``mending.py``.

Givers are asked for their cheapest unit first. Two offers of one giver don't push each other out here; mending sees to that.
"""

import numpy as np

from taawun.solve.compiled import compiled, compiled_bare, whole
from taawun.solve.matching.evenness import level_after
from taawun.solve.matching.network import FAR, NONE, Network
from taawun.solve.matching.problem import Array

LONG_STEP = 8
BELOW = 2


@compiled
def auction(network: Network, step: int) -> int:
    """Fill the network with a plan within ``step`` a unit of the best, and its prices. Returns the number of bids."""
    # Those who hold an offer, as a heap by their bid. One holder may stand there twice, up to what ``_gather`` puts together.
    starts = np.zeros(network.room.size + 1, np.int64)
    for e in range(network.head.size):
        starts[network.head[e] + 1] += 2
    for j in range(network.room.size):
        starts[j + 1] = starts[j] + min(network.room[j], starts[j + 1] + 1)
    sizes = np.zeros(network.room.size, np.int64)
    bid = np.empty(starts[-1], np.int64)
    edge = np.empty(starts[-1], np.int32)
    units = np.empty(starts[-1], np.int64)
    floor = np.zeros(network.room.size, np.int64)
    network.flow[:] = 0
    # Where there is too little, prices climb as high as the penalties. A round in long steps shows where, and the round that
    # counts begins a little below. A floor nobody pays is mended like any price that is too high.
    bids = _bidding(network, step * LONG_STEP, floor, starts, sizes, bid, edge, units)
    for j in range(floor.size):
        if network.load[j] == network.room[j]:
            floor[j] = max(whole(0), network.price[j] - BELOW * LONG_STEP * step)
    if not network.unmet.any():
        floor[:] = 0
    bids += _bidding(network, step, floor, starts, sizes, bid, edge, units)
    for j in range(network.room.size):
        for x in range(starts[j], starts[j] + sizes[j]):
            network.flow[edge[x]] += units[x]
    return bids


@compiled
def _bidding(
    network: Network, step: int, floor: Array, starts: Array, sizes: Array, bid: Array, edge: Array, units: Array
) -> int:
    need, penalty, unmet, first, last = network.need, network.penalty, network.unmet, network.first, network.last
    head, tail, cost = network.head, network.tail, network.cost
    room, load, price, giver = network.room, network.load, network.price, network.giver
    prior, given, base, eldest, sibling = network.prior, network.given, network.base, network.eldest, network.sibling
    task, divisor, rate = network.task, network.divisor, network.rate[0]
    sizes[:] = 0
    load[:] = 0
    given[:] = 0
    unmet[:] = 0
    for v in range(given.size):
        base[v] = rate * level_after(prior[v], task[v])[0] // divisor[v]
    for j in range(room.size):
        price[j] = max(floor[j], base[giver[j]])
    short = need.copy()
    waiting = np.empty(need.size, np.int64)
    top = 0
    for i in range(need.size - 1, -1, -1):
        if need[i] > 0:
            waiting[top] = i
            top += 1
    bids = 0
    while top > 0:
        bids += 1
        top -= 1
        i = waiting[top]
        best, second, chosen = whole(FAR), whole(FAR), whole(NONE)
        for e in range(first[i], last[i]):
            total = cost[e] + price[head[e]]
            if total < second:
                if total < best:
                    second, best, chosen = best, total, e
                else:
                    second = total
        wanted = short[i]
        short[i] = 0
        if best >= penalty[i]:
            unmet[i] += wanted
            continue
        offered = min(second, penalty[i]) - cost[chosen] + step
        j = head[chosen]
        s = starts[j]
        if load[j] < room[j]:
            v = giver[j]
            _, width = level_after(prior[v] + given[v], task[v])
            taken = min(wanted, room[j] - load[j], width)
            sizes[j] = _enter(bid, edge, units, s, sizes[j], starts[j + 1] - s, offered, chosen, taken)
            load[j] += taken
            given[v] += taken
            wanted -= taken
            if taken == width:
                level, _ = level_after(prior[v] + given[v], task[v])
                base[v] = rate * level // divisor[v]
                k = whole(eldest[v])
                while k >= 0:
                    if load[k] < room[k]:
                        price[k] = max(floor[k], base[v])
                    k = whole(sibling[k])
        else:
            while wanted > 0 and bid[s] < offered:
                other = tail[edge[s]]
                if other == i:
                    # A request doesn't push itself out; all it holds is worth as much to it.
                    bid[s] = offered
                    _sink(bid, edge, units, s, 0, sizes[j])
                    continue
                taken = min(wanted, units[s])
                if short[other] == 0:
                    waiting[top] = other
                    top += 1
                short[other] += taken
                wanted -= taken
                if taken == units[s]:
                    bid[s] = offered
                    edge[s] = chosen
                    _sink(bid, edge, units, s, 0, sizes[j])
                else:
                    units[s] -= taken
                    sizes[j] = _enter(bid, edge, units, s, sizes[j], starts[j + 1] - s, offered, chosen, taken)
        if load[j] == room[j]:
            price[j] = bid[s]
        if wanted > 0:
            short[i] = wanted
            waiting[top] = i
            top += 1
    return bids


@compiled
def _enter(
    bid: Array, edge: Array, units: Array, s: int, size: int, space: int, offered: int, chosen: int, taken: int
) -> int:
    if size == space:
        size = _gather(bid, edge, units, s, size)
    k = size
    while k > 0:
        parent = (k - 1) // 2
        if bid[s + parent] <= offered:
            break
        bid[s + k], edge[s + k], units[s + k] = bid[s + parent], edge[s + parent], units[s + parent]
        k = parent
    bid[s + k], edge[s + k], units[s + k] = offered, chosen, taken
    return size + 1


@compiled_bare
def _sink(bid: Array, edge: Array, units: Array, s: int, k: int, size: int) -> None:
    own_bid, own_edge, own_units = bid[s + k], edge[s + k], units[s + k]
    while True:
        child = 2 * k + 1
        if child >= size:
            break
        if child + 1 < size and bid[s + child + 1] < bid[s + child]:
            child += 1
        if bid[s + child] >= own_bid:
            break
        bid[s + k], edge[s + k], units[s + k] = bid[s + child], edge[s + child], units[s + child]
        k = child
    bid[s + k], edge[s + k], units[s + k] = own_bid, own_edge, own_units


@compiled
def _gather(bid: Array, edge: Array, units: Array, s: int, size: int) -> int:
    """Put together what one request holds at one offer, at its highest bid. Returns the new size."""
    order = np.argsort(edge[s : s + size])
    bids, edges, amounts = bid[s : s + size][order], edge[s : s + size][order], units[s : s + size][order]
    k = -1
    for x in range(size):
        if k >= 0 and edge[s + k] == edges[x]:
            units[s + k] += amounts[x]
            bid[s + k] = max(bid[s + k], bids[x])
        else:
            k += 1
            bid[s + k], edge[s + k], units[s + k] = bids[x], edges[x], amounts[x]
    for x in range(k // 2, -1, -1):
        _sink(bid, edge, units, s, x, k + 1)
    return k + 1
