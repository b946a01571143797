"""Large problems with parts that can't be any size: a good start, then small tiles of it solved to their optimum.

The start is the better of two: requests served one by one, most urgent and largest first; or the flow that splits
everything, with the parts that are too small taken back and served one by one. Then tile after tile (a request, the
offers near it, the requests these offers serve) is freed, solved exactly with everything else held still, and kept when
better: no step ever makes the plan worse. It stops when a whole round of tiles brings nothing, or when time is up.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from taawun.solve.matching.exact import solve_exact
from taawun.solve.matching.flow import objective_of
from taawun.solve.matching.parts import restrict
from taawun.solve.matching.problem import IntArray, Problem

TILE_EDGES = 160
TILE_EFFORT = 0.5
SECONDS_PER_TILE = 5.0


@dataclass(frozen=True, eq=False)
class _Lists:
    """The edges of each request and each offer, as ranges of one order."""

    by_request: IntArray
    request_starts: IntArray
    by_offer: IntArray
    offer_starts: IntArray

    @classmethod
    def of(cls, problem: Problem) -> "_Lists":
        return cls(
            np.lexsort((problem.edge_offer, problem.edge_cost, problem.edge_request)),
            np.concatenate(([0], np.cumsum(np.bincount(problem.edge_request, minlength=problem.requests)))),
            np.lexsort((problem.edge_request, problem.edge_offer)),
            np.concatenate(([0], np.cumsum(np.bincount(problem.edge_offer, minlength=problem.offers)))),
        )

    def of_request(self, request: int) -> IntArray:
        """The candidate edges of a request, cheapest first."""
        return self.by_request[self.request_starts[request] : self.request_starts[request + 1]]

    def of_offer(self, offer: int) -> IntArray:
        return self.by_offer[self.offer_starts[offer] : self.offer_starts[offer + 1]]


def start(problem: Problem, relaxed: IntArray) -> IntArray:
    """Return allowed units (e,) from ``relaxed``, the flow that splits every request."""
    kept = np.where(relaxed >= problem.smallest_part[problem.edge_request], relaxed, 0)
    candidates = [serve_one_by_one(problem, np.zeros_like(relaxed)), serve_one_by_one(problem, kept)]
    return max(candidates, key=lambda units: objective_of(problem, units).key)


def serve_one_by_one(problem: Problem, units: IntArray) -> IntArray:
    """Return ``units`` with more served from what is left, the most urgent and largest requests first."""
    units = units.copy()
    lists = _Lists.of(problem)
    smallest = problem.smallest_part
    left = problem.offer_quantity.copy()
    np.subtract.at(left, problem.edge_offer, units)
    need = problem.request_quantity.copy()
    np.subtract.at(need, problem.edge_request, units)
    for request in np.lexsort((-smallest, -problem.request_quantity, -problem.request_urgency)):
        for edge in lists.of_request(int(request)):
            if need[request] == 0:
                break
            offer = problem.edge_offer[edge]
            part = min(need[request], left[offer])
            # Topping up a part that stands already may be any size.
            if part and (part >= smallest[request] or units[edge]):
                units[edge] += part
                left[offer] -= part
                need[request] -= part
    return units


def improve(
    problem: Problem,
    units: IntArray,
    *,
    deadline_seconds: float,
    seed: int,
    progress: Callable[[], None] | None = None,
) -> IntArray:
    """Return units at least as good as ``units``. ``deadline_seconds`` is on ``time.monotonic``'s scale; the rest
    depends on ``seed`` alone."""
    lists = _Lists.of(problem)
    random = np.random.default_rng(seed)
    quiet = 0
    for request in _seeds(problem, units, random):
        left = deadline_seconds - time.monotonic()
        if left <= 0 or quiet >= problem.requests:
            break
        edges = _tile(problem, lists, units, request)
        quiet += 1
        if edges.size:
            tile = restrict(problem, edges, units)
            limit = min(left, SECONDS_PER_TILE)
            found = solve_exact(tile, units[edges], time_limit_seconds=limit, effort=TILE_EFFORT, seed=seed).units
            if objective_of(tile, found).key > objective_of(tile, units[edges]).key:
                units[edges] = found
                quiet = 0
        if progress is not None:
            progress()
    return units


def _seeds(problem: Problem, units: IntArray, random: np.random.Generator) -> Iterator[int]:
    """Yield requests to build tiles around, for ever: those with something unmet before the others, each round."""
    while True:
        need = problem.request_quantity.copy()
        np.subtract.at(need, problem.edge_request, units)
        order = random.permutation(problem.requests)
        for request in order[np.argsort(need[order] == 0, kind="stable")]:
            yield int(request)


def _tile(problem: Problem, lists: _Lists, units: IntArray, seed_request: int) -> IntArray:
    """Return the edges of a tile: requests around ``seed_request`` with every candidate that has room for them."""
    chosen: list[int] = []
    waiting, seen = [seed_request], {seed_request}
    edges = 0
    while waiting and edges < TILE_EDGES:
        request = waiting.pop(0)
        candidates = lists.of_request(request)
        if chosen and edges + candidates.size > TILE_EDGES:
            break
        chosen.append(request)
        edges += candidates.size
        for edge in candidates:
            for other in lists.of_offer(int(problem.edge_offer[edge])):
                neighbour = int(problem.edge_request[other])
                if units[other] and neighbour not in seen:
                    seen.add(neighbour)
                    waiting.append(neighbour)
    own = np.concatenate([lists.of_request(request) for request in chosen])
    held = units.copy()
    held[own] = 0
    room = problem.offer_quantity.copy()
    np.subtract.at(room, problem.edge_offer, held)
    smallest = problem.smallest_part[problem.edge_request[own]]
    return np.sort(own[room[problem.edge_offer[own]] >= smallest])
