"""Cheapest ways through a plan: out of it for units without a place, and back from room to those who would rather come.

Both are Dijkstra over the residual network, lengths reduced by the prices so that none is below 0. Only offers stand in the heap: a
request is as far as the offer it holds, since that edge costs exactly what it pays. Afterwards the prices of all that was
nearer than the end move by the difference (``raise_reached``, ``lower_reached``), which makes the way found cost nothing and
keeps every condition of ``network.proof``; then units are pushed along it.
"""

from typing import NamedTuple

import numpy as np

from taawun.solve.compiled import compiled_bare, whole
from taawun.solve.matching.evenness import level_after, level_before
from taawun.solve.matching.network import FAR, NONE, Network
from taawun.solve.matching.problem import Array

HOLE = -2
LEFT = -2


class Tools(NamedTuple):
    """What a search writes on: distances, where each node was reached from, which search that was, and lists of what was
    reached. ``heap`` holds offers; ``place`` is where each stands in it, LEFT when done. ``turn`` counts searches."""

    offer_far: Array
    offer_from: Array
    offer_turn: Array
    offer_list: Array
    request_far: Array
    request_from: Array
    request_turn: Array
    request_list: Array
    giver_far: Array
    giver_from: Array
    giver_turn: Array
    giver_list: Array
    heap: Array
    place: Array
    turn: Array


def tools_for(network: Network) -> Tools:
    def four(size: int) -> tuple[Array, Array, Array, Array]:
        index = np.int32
        return np.zeros(size, np.int64), np.zeros(size, index), np.zeros(size, index), np.zeros(size, index)

    offers = network.room.size
    return Tools(
        *four(offers), *four(network.need.size), *four(network.base.size),
        np.zeros(offers, np.int32), np.zeros(offers, np.int32), np.zeros(1, np.int64),
    )  # fmt: skip


@compiled_bare
def search_out(network: Network, tools: Tools, request: int, from_giver: int) -> tuple[int, int, int, int]:
    """Dijkstra from a request (or giver) to the outside. Returns the distance, the giver or request where the way ends, and the
    number of edges looked at. ``turn`` stays; lists end with NONE where they are not full."""
    penalty, worth, first, last = network.penalty, network.worth, network.first, network.last
    head, tail, cost, later, held = network.head, network.tail, network.cost, network.later, network.held
    room, load, price, giver, sibling = network.room, network.load, network.price, network.giver, network.sibling
    prior, given, base, eldest = network.prior, network.given, network.base, network.eldest
    task, divisor, rate = network.task, network.divisor, network.rate[0]
    far, heap, place = tools.offer_far, tools.heap, tools.place
    turns, came_from, offer_list = tools.offer_turn, tools.offer_from, tools.offer_list
    request_far, request_list = tools.request_far, tools.request_list
    request_turn, request_from = tools.request_turn, tools.request_from
    tools.turn[0] += 1
    turn = tools.turn[0]
    size, requests, offers, givers, opened, looked = 0, 0, 0, 0, 0, 0
    least, end_giver, end_request = whole(FAR), whole(NONE), whole(NONE)
    next_giver, next_far, came = whole(from_giver), whole(0), whole(NONE)
    if from_giver < 0:
        request_turn[request] = turn
        request_far[request] = 0
        request_from[request] = NONE
        request_list[0] = request
        requests = 1
    while True:
        while opened < requests:
            i = request_list[opened]
            opened += 1
            start = request_far[i] - worth[i]
            if start + penalty[i] < least:
                least, end_request, end_giver = start + penalty[i], whole(i), whole(NONE)
            looked += last[i] - first[i]
            for e in range(first[i], last[i]):
                j = whole(head[e])
                d = start + cost[e] + price[j]
                if d < least and (turns[j] != turn or (place[j] >= 0 and d < far[j])):
                    size = _reached(far, heap, place, turns, came_from, turn, j, d, e, size)
        if next_giver >= 0:
            v = next_giver
            tools.giver_turn[v] = turn
            tools.giver_far[v] = next_far
            tools.giver_from[v] = came
            tools.giver_list[givers] = v
            givers += 1
            level, _ = level_after(prior[v] + given[v], task[v])
            d = next_far + max(whole(0), rate * level // divisor[v] - base[v])
            if d < least:
                least, end_giver, end_request = d, v, whole(NONE)
            k = whole(eldest[v])
            while k >= 0:
                # An empty one leads nowhere from here; it comes along so that it never costs less than its giver.
                d = next_far + max(whole(0), price[k] - base[v])
                if d < least and (turns[k] != turn or (place[k] >= 0 and d < far[k])):
                    size = _reached(far, heap, place, turns, came_from, turn, k, d, NONE, size)
                k = whole(sibling[k])
            next_giver = whole(NONE)
        if size == 0 or far[heap[0]] >= least:
            break
        j = _nearest(far, heap, place, size)
        size -= 1
        offer_list[offers] = j
        offers += 1
        if load[j] < room[j] and tools.giver_turn[giver[j]] != turn:
            next_giver, next_far, came = whole(giver[j]), far[j], j
        h = held[j]
        while h >= 0:
            i = tail[h]
            if request_turn[i] != turn:
                request_turn[i] = turn
                request_far[i] = far[j]
                request_from[i] = h
                request_list[requests] = i
                requests += 1
            h = later[h]
    _end_lists(tools, requests, offers, givers)
    return least, end_giver, end_request, looked


@compiled_bare
def push_out(network: Network, tools: Tools, end_giver: int, end_request: int, most: int) -> int:
    """Push what goes through along the way that was found, up to ``most``. Returns how much that is."""
    head, tail, flow = network.head, network.tail, network.flow
    room, load, giver, given, unmet = network.room, network.load, network.giver, network.given, network.unmet
    units = most
    for pushing in (False, True):
        v, i = end_giver, end_request
        if pushing and v >= 0:
            given[v] += units
        elif pushing:
            unmet[i] += units
        elif v >= 0:
            _, width = level_after(network.prior[v] + given[v], network.task[v])
            units = min(units, width)
        while True:
            if v >= 0:
                j = whole(tools.giver_from[v])
                if j < 0:
                    break
                if pushing:
                    load[j] += units
                else:
                    units = min(units, room[j] - load[j])
            else:
                h = tools.request_from[i]
                if h < 0:
                    break
                j = whole(head[h])
                if pushing:
                    move(network, h, -units)
                else:
                    units = min(units, flow[h])
            e = tools.offer_from[j]
            if e >= 0:
                v, i = whole(NONE), whole(tail[e])
                if pushing:
                    move(network, e, units)
            else:
                v, i = whole(giver[j]), whole(NONE)
                if pushing:
                    load[j] -= units
                else:
                    units = min(units, load[j])
    return units


@compiled_bare
def search_in(network: Network, tools: Tools, offer: int, at_giver: int, limit: int) -> tuple[int, int, int]:
    """Dijkstra backwards from room at an offer (or giver) to units that would rather come here, up to ``limit``."""
    worth, first, last, unmet = network.worth, network.first, network.last, network.unmet
    head, tail, cost, flow, above, below = (
        network.head, network.tail, network.cost, network.flow, network.above, network.below,
    )  # fmt: skip
    room, load, price, giver, sibling = network.room, network.load, network.price, network.giver, network.sibling
    prior, given, base, eldest = network.prior, network.given, network.base, network.eldest
    task, divisor, rate = network.task, network.divisor, network.rate[0]
    far, heap, place = tools.offer_far, tools.heap, tools.place
    turns, came_from, offer_list = tools.offer_turn, tools.offer_from, tools.offer_list
    request_far, request_list = tools.request_far, tools.request_list
    request_turn, request_from = tools.request_turn, tools.request_from
    giver_far, giver_turn = tools.giver_far, tools.giver_turn
    tools.turn[0] += 1
    turn = tools.turn[0]
    size, requests, offers, givers = 0, 0, 0, 0
    least, end_giver, end_request = whole(limit), whole(NONE), whole(NONE)
    if at_giver >= 0:
        giver_turn[at_giver] = turn
        giver_far[at_giver] = 0
        tools.giver_from[at_giver] = NONE
        tools.giver_list[0] = at_giver
        givers = 1
        k = whole(eldest[at_giver])
        while k >= 0:
            if load[k] < room[k]:
                size = _reached(far, heap, place, turns, came_from, turn, k, whole(0), NONE, size)
            k = whole(sibling[k])
    else:
        size = _reached(far, heap, place, turns, came_from, turn, whole(offer), whole(0), HOLE, size)
    while size > 0 and far[heap[0]] < least:
        j = _nearest(far, heap, place, size)
        size -= 1
        offer_list[offers] = j
        offers += 1
        v = whole(giver[j])
        d = far[j] + max(whole(0), price[j] - base[v])
        if load[j] > 0 and d < least and (giver_turn[v] != turn or d < giver_far[v]):
            if giver_turn[v] != turn:
                giver_turn[v] = turn
                tools.giver_list[givers] = v
                givers += 1
            giver_far[v] = d
            tools.giver_from[v] = j
            if given[v] > 0:
                level, _ = level_before(prior[v] + given[v], task[v])
                end = d + max(whole(0), base[v] - rate * level // divisor[v])
                if end < least:
                    least, end_giver, end_request = end, v, whole(NONE)
            k = whole(eldest[v])
            while k >= 0:
                if load[k] < room[k] and (turns[k] != turn or (place[k] >= 0 and d < far[k])):
                    size = _reached(far, heap, place, turns, came_from, turn, k, d, NONE, size)
                k = whole(sibling[k])
        e = whole(above[j])
        while e >= 0:
            i = whole(tail[e])
            d = far[j] + cost[e] + price[j] - worth[i]
            if d < least and (request_turn[i] != turn or d < request_far[i]):
                if request_turn[i] != turn:
                    request_turn[i] = turn
                    request_list[requests] = i
                    requests += 1
                request_far[i] = d
                request_from[i] = e
                if unmet[i] > 0:
                    least, end_request, end_giver = d, i, whole(NONE)
                for f in range(first[i], last[i]):
                    k = whole(head[f])
                    if flow[f] > 0 and d < least and (turns[k] != turn or (place[k] >= 0 and d < far[k])):
                        size = _reached(far, heap, place, turns, came_from, turn, k, d, f, size)
            e = whole(below[e])
    _end_lists(tools, requests, offers, givers)
    return least, end_giver, end_request


@compiled_bare
def push_in(network: Network, tools: Tools, end_giver: int, end_request: int, most: int) -> int:
    """Push what goes through along the way that was found, up to ``most``. Returns how much that is."""
    head, tail, flow = network.head, network.tail, network.flow
    room, load, giver, given, unmet = network.room, network.load, network.giver, network.given, network.unmet
    units = most
    for pushing in (False, True):
        v, i = end_giver, end_request
        if pushing and v >= 0:
            given[v] -= units
        elif pushing:
            unmet[i] -= units
        elif v >= 0:
            _, width = level_before(network.prior[v] + given[v], network.task[v])
            units = min(units, min(width, given[v]))
        else:
            units = min(units, unmet[i])
        while True:
            if v >= 0:
                j = whole(tools.giver_from[v])
                if j < 0:
                    break
                if pushing:
                    load[j] -= units
                else:
                    units = min(units, load[j])
            else:
                e = tools.request_from[i]
                j = whole(head[e])
                if pushing:
                    move(network, e, units)
            f = tools.offer_from[j]
            if f == HOLE:
                break
            if f >= 0:
                v, i = whole(NONE), whole(tail[f])
                if pushing:
                    move(network, f, -units)
                else:
                    units = min(units, flow[f])
            else:
                v, i = whole(giver[j]), whole(NONE)
                if pushing:
                    load[j] += units
                else:
                    units = min(units, room[j] - load[j])
    return units


@compiled_bare
def move(network: Network, e: int, units: int) -> None:
    """Change the units along an edge, and the list of those in use with it."""
    before = network.flow[e]
    network.flow[e] = before + units
    if before == 0:
        j = network.head[e]
        after = network.held[j]
        network.later[e] = after
        network.earlier[e] = NONE
        if after >= 0:
            network.earlier[after] = e
        network.held[j] = e
    elif before + units == 0:
        let_go(network, e)


@compiled_bare
def let_go(network: Network, e: int) -> None:
    before, after = network.earlier[e], network.later[e]
    if before >= 0:
        network.later[before] = after
    else:
        network.held[network.head[e]] = after
    if after >= 0:
        network.earlier[after] = before


@compiled_bare
def _end_lists(tools: Tools, requests: int, offers: int, givers: int) -> None:
    if requests < tools.request_list.size:
        tools.request_list[requests] = NONE
    if offers < tools.offer_list.size:
        tools.offer_list[offers] = NONE
    if givers < tools.giver_list.size:
        tools.giver_list[givers] = NONE


@compiled_bare
def raise_reached(network: Network, tools: Tools, least: int) -> None:
    """What lay nearer than the end now costs as much as the way out of it."""
    for i in tools.request_list:
        if i < 0:
            break
        network.worth[i] += max(whole(0), least - tools.request_far[i])
    for j in tools.offer_list:
        if j < 0:
            break
        network.price[j] += max(whole(0), least - tools.offer_far[j])
    for v in tools.giver_list:
        if v < 0:
            break
        network.base[v] += max(whole(0), least - tools.giver_far[v])


@compiled_bare
def lower_reached(network: Network, tools: Tools, least: int) -> None:
    for i in tools.request_list:
        if i < 0:
            break
        network.worth[i] -= max(whole(0), least - tools.request_far[i])
    for j in tools.offer_list:
        if j < 0:
            break
        network.price[j] -= max(whole(0), least - tools.offer_far[j])
    for v in tools.giver_list:
        if v < 0:
            break
        network.base[v] -= max(whole(0), least - tools.giver_far[v])


@compiled_bare
def _reached(
    far: Array,
    heap: Array,
    place: Array,
    turns: Array,
    came_from: Array,
    turn: int,
    j: int,
    d: int,
    came: int,
    size: int,
) -> int:
    """Put an offer into the heap, or nearer in it. Returns the heap's size."""
    # Arrays one by one: to hand over all tools costs more than the work done here.
    k = whole(place[j])
    if turns[j] != turn:
        turns[j] = turn
        k = whole(size)
        size += 1
    far[j] = d
    came_from[j] = came
    while k > 0:
        parent = (k - 1) >> 1
        other = heap[parent]
        if far[other] <= d:
            break
        heap[k] = other
        place[other] = k
        k = parent
    heap[k] = j
    place[j] = k
    return size


@compiled_bare
def _nearest(far: Array, heap: Array, place: Array, size: int) -> int:
    """Take the nearest offer out of the heap."""
    nearest = whole(heap[0])
    place[nearest] = LEFT
    size -= 1
    if size == 0:
        return nearest
    moved = heap[size]
    d = far[moved]
    k = 0
    while True:
        child = 2 * k + 1
        if child >= size:
            break
        if child + 1 < size and far[heap[child + 1]] < far[heap[child]]:
            child += 1
        other = heap[child]
        if far[other] >= d:
            break
        heap[k] = other
        place[other] = k
        k = child
    heap[k] = moved
    place[moved] = k
    return nearest
