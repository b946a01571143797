"""Large problems with parts that can't be any size: a good start, then annealing, then small tiles solved to their optimum.

The start is the better of two: requests served one by one, most urgent and largest first; or the flow that splits
everything, with the parts that are too small taken back and served one by one. Annealing (anneal.py) begins afresh and is taken
where it ends better. Its costs lead it gently, so it is followed by moves that only ever improve in the order of the
objective, and where some requests may be split, the flow plans these anew beside the others. Last, where the problem is not too large for that, tile after tile (a request, the offers near it, the
requests these offers serve) is freed, solved exactly with everything else held still, and kept when better. No step ever
makes the plan worse.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from taawun.solve.compiled import compiled
from taawun.solve.matching.anneal import EJECTED_MAXIMUM, MOST_LEVELS, FloatArray, Givers, Items, Standing, anneal
from taawun.solve.matching.exact import solve_exact
from taawun.solve.matching.flow import objective_of, solve_flow
from taawun.solve.matching.parts import restrict
from taawun.solve.matching.problem import IntArray, Problem

TILE_EDGES = 160
TILE_EFFORT = 0.2
SECONDS_PER_TILE = 5.0
# Tiles help in the last percent and take some 30 ms each: beyond this many edges a round of them would take minutes.
TILED_EDGES = 6_000
# So many tiles in vain, and it ends.
QUIET_TILES = 40

ANNEALED_SHARE, SETTLING_SHARE = 0.85, 0.1
MOVES_EACH = 8_000
# Fewer than any machine makes, so that the number of moves follows from the problem and the limit, not from the clock.
MOVES_A_SECOND = 12_000_000
SETTLING_MOVES_EACH = 300
HOT, COLD = 16.0, 0.01
# What leaving a unit unserved costs, in the dearest edges: enough to be worth any one way, not so much that nothing moves.
UNSERVED, CLASS_RATIO, STEEP_RATIO = 4.0, 8.0, 1_000.0


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
    left = problem.offer_quantity.copy()
    np.subtract.at(left, problem.edge_offer, units)
    need = problem.request_quantity.copy()
    np.subtract.at(need, problem.edge_request, units)
    smallest = problem.smallest_part
    order = np.lexsort((-smallest, -problem.request_quantity, -problem.request_urgency))
    lists = _Lists.of(problem)
    _serve(order, lists.request_starts, lists.by_request, problem.edge_offer, smallest, units, left, need)
    return units


@compiled
def _serve(
    order: IntArray, starts: IntArray, edges: IntArray, edge_offer: IntArray, smallest: IntArray,
    units: IntArray, left: IntArray, need: IntArray,
) -> None:  # fmt: skip
    for request in order:
        for edge in edges[starts[request] : starts[request + 1]]:
            if need[request] == 0:
                break
            offer = edge_offer[edge]
            part = min(need[request], left[offer])
            # Topping up a part that stands already may be any size.
            if part > 0 and (part >= smallest[request] or units[edge] > 0):
                units[edge] += part
                left[offer] -= part
                need[request] -= part


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
    left = max(0.0, deadline_seconds - time.monotonic())
    annealed = serve_one_by_one(problem, _annealed(problem, left, seed, progress))
    best = max((units, annealed), key=lambda one: objective_of(problem, one).key)
    best = _shared_again(problem, best)
    return _tiled(problem, best, deadline_seconds, seed, progress) if problem.edges <= TILED_EDGES else best


def _annealed(problem: Problem, limit_seconds: float, seed: int, progress: Callable[[], None] | None) -> IntArray:
    until = time.monotonic() + ANNEALED_SHARE * limit_seconds
    items = Items.of(problem)
    standing = Standing.empty(items, problem, seed)
    moves = min(MOVES_EACH * items.size.size, int(MOVES_A_SECOND * ANNEALED_SHARE * limit_seconds))
    weight = float(problem.evenness)
    givers = Givers(problem.offer_giver, problem.giver_prior_load, problem.giver_task, weight)
    anneal(
        items, standing, givers, _unserved_costs(problem, items, CLASS_RATIO, UNSERVED), moves=moves,
        hot=HOT * items.step, cold=COLD * items.step, deadline_seconds=until, progress=progress,
    )  # fmt: skip
    # Where evenness only decides between equal ways, all its levels together may weigh less than a step of travel.
    least = 0.5 / (MOST_LEVELS * EJECTED_MAXIMUM * float(items.size.max(initial=1)))
    givers = Givers(problem.offer_giver, problem.giver_prior_load, problem.giver_task, weight or least)
    anneal(
        items, standing, givers, _unserved_costs(problem, items, STEEP_RATIO, STEEP_RATIO),
        moves=min(SETTLING_MOVES_EACH * items.size.size, moves), hot=0.0, cold=0.0,
        deadline_seconds=until + SETTLING_SHARE * limit_seconds, progress=progress,
    )  # fmt: skip
    return items.units(standing.edge, problem.edges)


def _unserved_costs(problem: Problem, items: Items, ratio: float, lowest: float) -> FloatArray:
    """(k,) what it costs to leave an item unserved: ``lowest`` times the dearest way for the least urgent, and ``ratio``
    times as much from class to class."""
    dearest = max(1.0, float(problem.edge_cost.max(initial=0)) + float(problem.evenness))
    urgency = problem.request_urgency[items.request].astype(np.float64)
    return lowest * dearest * ratio**urgency * items.size


def _shared_again(problem: Problem, units: IntArray) -> IntArray:
    """Return ``units`` with what splittable requests receive planned anew, to the unit, beside the whole ones."""
    shared = problem.request_splittable[problem.edge_request]
    if shared.all() or not shared.any():
        return units
    held = np.where(shared, 0, units)
    room = problem.offer_quantity.copy()
    np.subtract.at(room, problem.edge_offer, held)
    edges = np.flatnonzero(shared & (room[problem.edge_offer] >= problem.smallest_part[problem.edge_request]))
    if not edges.size:
        return units
    rest = restrict(problem, edges, held)
    held[edges] = start(rest, solve_flow(rest))
    return max((units, held), key=lambda one: objective_of(problem, one).key)


def _tiled(
    problem: Problem, units: IntArray, deadline_seconds: float, seed: int, progress: Callable[[], None] | None
) -> IntArray:
    units = units.copy()
    lists = _Lists.of(problem)
    random = np.random.default_rng(seed)
    quiet = 0
    for request in _seeds(problem, units, random):
        left = deadline_seconds - time.monotonic()
        if left <= 0 or quiet >= min(problem.requests, QUIET_TILES):
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
