"""Whole quantities by annealing: many small moves a second, bad ones allowed less and less.

An *item* is what one offer must give whole: a request that can't be split, or one share of a request that can. Each item is
unserved or stands at one of its candidate offers. A move puts an item at another of its candidates; where that one is full,
just enough of what stands there has to leave, and each that leaves goes to its best candidate with room, or unserved. The move is
kept when the cost falls, and with a chance of exp(-rise / temperature) when it rises. The temperature sinks from where
nearly everything is tried to where nothing but improvement is left.

Costs are floats here and only steer; what a plan is worth is computed from its units, in whole numbers, by the caller.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taawun.solve.compiled import compiled
from taawun.solve.matching.evenness import SINGLE_LEVELS
from taawun.solve.matching.problem import IntArray, Problem

FloatArray = NDArray[np.float64]

SHARES_MAXIMUM = 8
EJECTED_MAXIMUM = 4
STAGES = 64
MOST_LEVELS = 70.0


@dataclass(frozen=True, eq=False)
class Items:
    """k items and their candidate edges, those of item i from ``starts[i]`` to ``starts[i + 1]``, cheapest first.

    request, size   (k,) the request an item belongs to, and its quantity
    starts          (k + 1,)
    edge            (c,) the edge of the problem; ``offer`` (c,) where it leads, ``cost`` (c,) float64 of the whole item
    slots           (m + 1,) room for the list of items that stand at each offer
    """

    request: IntArray
    size: IntArray
    starts: IntArray
    edge: IntArray
    offer: IntArray
    cost: FloatArray
    slots: IntArray

    @classmethod
    def of(cls, problem: Problem) -> "Items":
        """Cut each splittable request into up to SHARES_MAXIMUM even shares, none smaller than its smallest part."""
        shares = np.clip(problem.request_quantity // problem.smallest_part, 1, SHARES_MAXIMUM)
        request = np.repeat(np.arange(problem.requests), shares)
        turn = np.arange(request.size) - np.repeat(np.cumsum(shares) - shares, shares)
        even, over = np.divmod(problem.request_quantity, shares)
        size = even[request] + (turn < over[request])
        order = np.lexsort((problem.edge_offer, problem.edge_cost, problem.edge_request))
        first = np.searchsorted(problem.edge_request[order], np.arange(problem.requests + 1))
        many = np.diff(first)[request]
        item = np.repeat(np.arange(request.size), many)
        within = np.arange(item.size) - np.repeat(np.cumsum(many) - many, many)
        edge = order[first[request[item]] + within]
        fits = problem.offer_quantity[problem.edge_offer[edge]] >= size[item]
        item, edge = item[fits], edge[fits]
        offer = problem.edge_offer[edge]
        starts = np.concatenate(([0], np.cumsum(np.bincount(item, minlength=request.size))))
        slots = np.concatenate(([0], np.cumsum(np.bincount(offer, minlength=problem.offers))))
        cost = problem.edge_cost[edge] * size[item].astype(np.float64)
        return cls(request, size, starts, edge, offer, cost, slots)

    def units(self, standing: IntArray, edges: int) -> IntArray:
        """(edges,) units along the problem's edges, from where each item stands."""
        units = np.zeros(edges, dtype=np.int64)
        served = np.flatnonzero(standing >= 0)
        np.add.at(units, self.edge[standing[served]], self.size[served])
        return units

    @property
    def step(self) -> float:
        """How much it costs, in the middle, to take another candidate than the cheapest."""
        several = np.flatnonzero(np.diff(self.starts) > 1)
        if not several.size:
            return 1.0
        total = np.add.reduceat(np.append(self.cost, 0.0), self.starts[:-1][several])
        many = np.diff(self.starts)[several]
        # reduceat runs on to the next start it was given; between two of them lie at most items with one candidate.
        ends = np.append(self.starts[:-1][several][1:], self.cost.size)
        mean = total / np.maximum(ends - self.starts[:-1][several], many)
        above = mean - self.cost[self.starts[:-1][several]]
        above = above[above > 0]
        return float(np.median(above)) if above.size else 1.0


@dataclass(eq=False)
class Standing:
    """Where the items stand, and what the kernel needs to change that quickly.

    edge    (k,) the candidate each item stands at, -1 unserved
    left    (m,) what each offer has left
    given   (g,) what each giver gives
    count   (m + 1,) how many items stand at each offer and, last, unserved; ``members`` (c + k,) which, from ``slots`` on;
            ``place`` (k,) where in that list
    """

    edge: IntArray
    left: IntArray
    given: IntArray
    count: IntArray
    members: IntArray
    place: IntArray
    random: NDArray[np.uint64]

    @classmethod
    def empty(cls, items: Items, problem: Problem, seed: int) -> "Standing":
        every = np.arange(items.size.size)
        count = np.zeros(problem.offers + 1, dtype=np.int64)
        count[-1] = every.size
        state = np.random.default_rng(seed).integers(1, 2**63, 1, dtype=np.uint64)
        return cls(
            np.full(every.size, -1, dtype=np.int64), problem.offer_quantity.copy(), np.zeros_like(problem.giver_prior_load), count,
            np.concatenate((np.zeros(items.edge.size, dtype=np.int64), every)), every.copy(), state,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Givers:
    """What a load costs its giver: ``weight`` times the sum of the levels of its tasks (evenness.py); 0 where it does not count.

    of_offer (m,), prior_load (g,), task (g,)
    """

    of_offer: IntArray
    prior_load: IntArray
    task: IntArray
    weight: float


def anneal(
    items: Items,
    standing: Standing,
    givers: Givers,
    unserved_cost: FloatArray,
    *,
    moves: int,
    hot: float,
    cold: float,
    deadline_seconds: float,
    progress: Callable[[], None] | None = None,
) -> None:
    """Change ``standing`` by some ``moves`` moves, the temperature sinking evenly from ``hot`` to ``cold`` (0: only improvement).

    ``unserved_cost`` (k,). Where the clock runs faster than the moves, the later stages make fewer of them: it always
    ends cold, and in time.
    """
    served = np.flatnonzero(standing.edge >= 0)
    standing.given[:] = 0
    np.add.at(standing.given, givers.of_offer[items.offer[standing.edge[served]]], items.size[served])
    planned = max(1, moves // STAGES)
    a_move = 0.0
    for stage in range(STAGES):
        heat = hot * (cold / hot) ** (stage / (STAGES - 1)) if cold > 0 else hot * (1 - stage / (STAGES - 1))
        now = time.monotonic()
        if now >= deadline_seconds:
            return
        share = (deadline_seconds - now) / (STAGES - stage)
        some = planned if a_move * planned <= share else max(1, int(share / a_move))
        _moves(
            items.size, items.starts, items.offer, items.cost, items.slots, unserved_cost,
            givers.of_offer, givers.prior_load, givers.task, givers.weight,
            standing.edge, standing.left, standing.given, standing.count, standing.members, standing.place,
            standing.random, some, heat,
        )  # fmt: skip
        a_move = (time.monotonic() - now) / some
        if progress is not None:
            progress()


@compiled
def _draw(random: NDArray[np.uint64]) -> np.uint64:
    """Return 64 random bits (xorshift)."""
    x = random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    random[0] = x
    return np.uint64(x)


@compiled
def _below(random: NDArray[np.uint64], end: int) -> np.int64:
    return np.int64(((_draw(random) >> np.uint64(33)) * np.uint64(end)) >> np.uint64(31))


@compiled
def _leave(item: int, offer: int, slots: IntArray, count: IntArray, members: IntArray, place: IntArray) -> None:
    count[offer] -= 1
    last = members[slots[offer] + count[offer]]
    members[slots[offer] + place[item]] = last
    place[last] = place[item]


@compiled
def _enter(item: int, offer: int, slots: IntArray, count: IntArray, members: IntArray, place: IntArray) -> None:
    place[item] = count[offer]
    members[slots[offer] + count[offer]] = item
    count[offer] += 1


@compiled
def _load_cost(units: int, task: int) -> float:
    """Return the sum of the levels of a giver's first ``units``."""
    tasks = units / task
    if tasks <= SINGLE_LEVELS:
        full = math.floor(tasks)
        return task * (full * (full - 1) / 2 + full * (tasks - full))
    total = SINGLE_LEVELS * (SINGLE_LEVELS - 1) / 2
    start, level = float(SINGLE_LEVELS), SINGLE_LEVELS
    while tasks > 2 * start:
        total += level * start
        start *= 2
        level += 1
    return task * (total + level * (tasks - start))


@compiled
def _carry(giver: int, units: int, prior: IntArray, task: IntArray, weight: float, given: IntArray) -> float:
    """Let a giver give ``units`` more (or fewer, below 0) and return how much that costs more."""
    before = _load_cost(prior[giver] + given[giver], task[giver])
    given[giver] += units
    return float(weight * (_load_cost(prior[giver] + given[giver], task[giver]) - before) / task[giver])


@compiled
def _moves(
    size: IntArray, starts: IntArray, offer: IntArray, cost: FloatArray, slots: IntArray, unserved: FloatArray,
    giver: IntArray, prior: IntArray, task: IntArray, weight: float,
    edge: IntArray, left: IntArray, given: IntArray, count: IntArray, members: IntArray, place: IntArray,
    random: NDArray[np.uint64], moves: int, heat: float,
) -> None:  # fmt: skip
    none = count.size - 1
    out = np.empty(EJECTED_MAXIMUM, np.int64)
    goes = np.empty(EJECTED_MAXIMUM, np.int64)
    for _ in range(moves):
        item = int(_below(random, size.size))
        # Who is unserved is tried more often than by chance: there is the most to gain.
        if count[none] > 0 and _draw(random) & np.uint64(7) == np.uint64(0):
            item = members[slots[none] + _below(random, count[none])]
        many = starts[item + 1] - starts[item]
        if many == 0:
            continue
        taken = starts[item] + _below(random, many)
        stood = edge[item]
        if taken == stood:
            continue
        chance = (np.float64(_draw(random) >> np.uint64(11)) + 1.0) * (1.0 / 9007199254740993.0)
        rise = cost[taken] - (unserved[item] if stood < 0 else cost[stood])
        most = -heat * math.log(chance)
        # Those that must leave seldom gain by it, and the same exchange is also found from their side; of evenness, only
        # what the item's own giver may gain is not known yet.
        if rise - (weight * MOST_LEVELS * size[item] if weight > 0.0 else 0.0) > most:
            continue
        to = offer[taken]
        lacking = size[item] - left[to]
        leaving = 0
        if lacking > 0:
            # From a random place on, until there is room.
            first = _below(random, count[to])
            freed = np.int64(0)
            for turn in range(count[to]):
                other = members[slots[to] + (first + turn) % count[to]]
                out[leaving] = other
                leaving += 1
                freed += size[other]
                if freed >= lacking or leaving == EJECTED_MAXIMUM:
                    break
            if freed < lacking:
                continue
            turn = 0
            while turn < leaving:
                if freed - size[out[turn]] >= lacking:
                    freed -= size[out[turn]]
                    leaving -= 1
                    out[turn] = out[leaving]
                else:
                    turn += 1
            left[to] += freed
        left[to] -= size[item]
        if stood >= 0:
            left[offer[stood]] += size[item]
        for turn in range(leaving):
            other = out[turn]
            best, least = -1, unserved[other]
            for next_edge in range(starts[other], starts[other + 1]):
                if cost[next_edge] >= least:
                    break
                if left[offer[next_edge]] >= size[other] and offer[next_edge] != to:
                    best, least = next_edge, cost[next_edge]
                    break
            goes[turn] = best
            rise += least - cost[edge[other]]
            if best >= 0:
                left[offer[best]] -= size[other]
        if weight > 0.0:
            for turn in range(leaving):
                rise += _carry(giver[to], -size[out[turn]], prior, task, weight, given)
                if goes[turn] >= 0:
                    rise += _carry(giver[offer[goes[turn]]], size[out[turn]], prior, task, weight, given)
            if stood >= 0:
                rise += _carry(giver[offer[stood]], -size[item], prior, task, weight, given)
            rise += _carry(giver[to], size[item], prior, task, weight, given)
        if rise > most:
            if weight > 0.0:
                for turn in range(leaving):
                    given[giver[to]] += size[out[turn]]
                    if goes[turn] >= 0:
                        given[giver[offer[goes[turn]]]] -= size[out[turn]]
                if stood >= 0:
                    given[giver[offer[stood]]] += size[item]
                given[giver[to]] -= size[item]
            for turn in range(leaving):
                left[to] -= size[out[turn]]
                if goes[turn] >= 0:
                    left[offer[goes[turn]]] += size[out[turn]]
            left[to] += size[item]
            if stood >= 0:
                left[offer[stood]] -= size[item]
            continue
        for turn in range(leaving):
            _leave(out[turn], to, slots, count, members, place)
            edge[out[turn]] = goes[turn]
            _enter(out[turn], offer[goes[turn]] if goes[turn] >= 0 else none, slots, count, members, place)
        _leave(item, offer[stood] if stood >= 0 else none, slots, count, members, place)
        edge[item] = taken
        _enter(item, to, slots, count, members, place)
