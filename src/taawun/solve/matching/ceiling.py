"""What no plan can exceed when requests can't be split: a Lagrangian bound, tighter than that of splitting everything.

Each request gets a price; every offer then chooses for itself what it would best give at these prices, whole requests as whole
(a knapsack, by dynamic programming), splittable ones as finely as it likes. However the prices are set, the prices of all
requests and the gains of all offers together are at least what any plan is worth: a plan is one way for the offers to
choose, and pays no request's price twice. Prices sink where too few chose a request and rise where too many did
(subgradient steps), and the lowest sum seen is the bound. Offers too large for a table are bounded by their
fractional knapsack, which is what the linear relaxation says.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taawun.solve.compiled import compiled
from taawun.solve.matching.auction import auction
from taawun.solve.matching.flow import objective_of
from taawun.solve.matching.network import lay
from taawun.solve.matching.problem import URGENCY_CLASSES, BoolArray, IntArray, Objective, Problem

FloatArray = NDArray[np.float64]

TABLE_QUANTITY = 1024
TABLE_CELLS = 2_000_000
STEPS = 600
# How many steps in vain before they become shorter, and how much of the last direction the next one keeps.
PATIENCE = 24
KEPT = 0.9
STEPS_AT_ONCE = 10
STEPS_A_WAY = 20
# Sums of floats are off by far less than this share.
ROUNDING = 1e-9
ALMOST = 1e-6


@dataclass(frozen=True, eq=False)
class _Offers:
    """The edges by offer, those of offer j from ``starts[j]`` to ``starts[j + 1]``."""

    starts: IntArray
    edge: IntArray

    @classmethod
    def of(cls, problem: Problem) -> "_Offers":
        many = np.bincount(problem.edge_offer, minlength=problem.offers)
        return cls(np.concatenate(([0], np.cumsum(many))), np.argsort(problem.edge_offer, kind="stable"))


def worth_at_most(
    problem: Problem,
    worth: FloatArray,
    reached: float,
    *,
    deadline_seconds: float,
    prices: FloatArray | None = None,
    progress: Callable[[], None] | None = None,
) -> float:
    """Return what the units of any plan are worth at most, ``worth`` (e,) a unit, at least 0.

    ``reached`` is what a plan is known to be worth, and ``prices`` (n,) a unit where to begin; they only steer the
    steps. Time cuts the search for better prices short, never the validity.
    """
    offers = _Offers.of(problem)
    quantity = problem.request_quantity.astype(np.float64)
    highest = np.zeros(problem.requests)
    np.maximum.at(highest, problem.edge_request, worth)
    # All of every request at its best worth: a bound before any price is found.
    best = float((highest * quantity).sum())
    price = (0.5 * highest if prices is None else prices) * quantity
    rows = int(np.diff(offers.starts).max(initial=0))
    width = int(problem.offer_quantity[problem.offer_quantity <= TABLE_QUANTITY].max(initial=0)) + 1
    table = np.zeros((max(1, min(rows, TABLE_CELLS // width)), width), dtype=np.bool_)
    slope = np.zeros(problem.requests)
    state = np.array([1.0, 0.0, best])
    for _ in range(0, STEPS, STEPS_AT_ONCE):
        _steps(
            problem.request_quantity, ~problem.request_splittable, problem.offer_quantity, offers.starts, offers.edge,
            problem.edge_request, worth, price, reached, table, state, STEPS_AT_ONCE, slope,
        )  # fmt: skip
        if progress is not None:
            progress()
        close = state[2] - reached <= 1e-6 * max(1.0, abs(reached))
        if close or state[0] < 1e-3 or time.monotonic() >= deadline_seconds:
            break
    return float(state[2]) * (1 + ROUNDING)


def market_prices(problem: Problem, unmet_cost: IntArray) -> FloatArray:
    """(n,) what each request gains a unit, where an auction of single units ends: nearly the prices of the linear relaxation.

    ``unmet_cost`` (n,) is what a unit unmet costs, in edge costs.
    """
    laid = lay(problem, 1, 0, np.ones_like(problem.giver_task), np.zeros(URGENCY_CLASSES, dtype=np.int64))
    network = laid.network
    network.penalty[:] = unmet_cost[laid.request]
    auction(network, max(1, int(problem.edge_cost.mean()) // STEPS_A_WAY))
    paid = network.penalty.copy()
    np.minimum.at(paid, network.tail, network.cost + network.price[network.head])
    prices = np.zeros(problem.requests)
    prices[laid.request] = network.penalty - paid
    return prices


def tighten(problem: Problem, units: IntArray, relaxed: Objective, *, deadline_seconds: float) -> Objective:
    """Return a bound that is at least as tight as ``relaxed``, the optimum when everything may be split.

    ``units`` (e,) is the plan it is for: only what it has not reached is looked at. Met quantities are bounded from the most
    urgent class down, each together with those above it: what no plan can bring to both, less what the upper one may
    have, is what the lower one can have where the upper one has that. Travel is bounded for plans that meet just that.
    """
    reached = objective_of(problem, units)
    if reached.key == relaxed.key:
        return relaxed
    met = [0] * URGENCY_CLASSES
    above = reached_above = relaxed_above = 0
    proven = True
    for urgency in reversed(range(URGENCY_CLASSES)):
        reached_above += reached.met[urgency]
        relaxed_above += relaxed.met[urgency]
        most = relaxed_above
        if proven and reached_above < relaxed_above:
            counts = problem.request_urgency[problem.edge_request] >= urgency
            half = _half_way(deadline_seconds)
            most = min(most, _units_at_most(problem, counts, reached_above, half))
            proven = most == reached_above
        met[urgency], above = most - above, most
    travel, unevenness = _least_travel(problem, above, reached, deadline_seconds), 0
    if tuple(met) == relaxed.met and relaxed.travel + (relaxed.unevenness if relaxed.weighed else 0) >= travel:
        travel, unevenness = relaxed.travel, relaxed.unevenness
    return Objective((met[0], met[1], met[2], met[3]), travel, unevenness, relaxed.weighed)


def _half_way(deadline_seconds: float) -> float:
    now = time.monotonic()
    return now + max(0.0, deadline_seconds - now) / 2


def _units_at_most(problem: Problem, counts: BoolArray, reached: int, deadline_seconds: float) -> int:
    """Return how many units any plan can bring, at most, along the edges that ``counts`` (e,)."""
    found = worth_at_most(problem, counts.astype(np.float64), float(reached), deadline_seconds=deadline_seconds)
    return max(reached, math.floor(found + ALMOST))


def _least_travel(problem: Problem, met: int, reached: Objective, deadline_seconds: float) -> int:
    """Return less than which no plan that meets ``met`` units can travel.

    With any worth of a unit: its travel is what it meets, times that, less what it is worth beside the travel.
    """
    unit = 2 * int(problem.edge_cost.max(initial=0)) + 1
    ours = unit * sum(reached.met) - reached.travel
    worth = (unit - problem.edge_cost).astype(np.float64)
    prices = market_prices(problem, np.full(problem.requests, unit, dtype=np.int64))
    most = worth_at_most(problem, worth, float(ours), deadline_seconds=deadline_seconds, prices=prices)
    return max(0, math.ceil(unit * met - most - ALMOST))


@compiled
def _steps(
    quantity: IntArray, whole: BoolArray, room: IntArray, starts: IntArray, edges: IntArray, request: IntArray,
    worth: FloatArray, price: FloatArray, reached: float, table: BoolArray, state: FloatArray, steps: int, slope: FloatArray,
) -> None:  # fmt: skip
    """``state``: the length of a step, steps since the bound last fell, the bound."""
    chosen = np.zeros(quantity.size, np.float64)
    for _ in range(steps):
        chosen[:] = 0.0
        total = price.sum()
        for offer in range(room.size):
            if starts[offer + 1] > starts[offer]:
                total += _best_of_offer(
                    quantity, whole, room[offer], edges[starts[offer] : starts[offer + 1]], request, worth, price,
                    table, chosen,
                )  # fmt: skip
        if total < state[2] - 1e-7 * abs(state[2]):
            state[2] = total
            state[1] = 0.0
        else:
            state[1] += 1.0
            if state[1] >= PATIENCE:
                state[0] *= 0.7
                state[1] = 0.0
        square = 0.0
        for row in range(quantity.size):
            slope[row] = KEPT * slope[row] + (1.0 - chosen[row])
            if slope[row] > 0.0 and price[row] <= 0.0:
                slope[row] = 0.0
            square += slope[row] * slope[row]
        if square <= 0.0:
            return
        length = state[0] * max(total - reached, 1e-9) / square
        for row in range(quantity.size):
            price[row] = max(0.0, price[row] - length * slope[row])


@compiled
def _best_of_offer(
    quantity: IntArray, whole: BoolArray, room: int, own: IntArray, request: IntArray, worth: FloatArray,
    price: FloatArray, table: BoolArray, chosen: FloatArray,
) -> float:  # fmt: skip
    """Return what the offer gains at most at these prices, and add what it chooses, in shares of requests, to ``chosen``."""
    # Whole ones first, then those that may be shared, each group with what a unit gains.
    kept = np.empty(own.size, np.int64)
    gain = np.empty(own.size, np.float64)
    wholes, many, wanted = 0, 0, np.int64(0)
    for turn in range(2):
        for edge in own:
            row = request[edge]
            unit = worth[edge] - price[row] / quantity[row]
            if unit > 0.0 and whole[row] == (turn == 0) and (turn == 1 or quantity[row] <= room):
                kept[many], gain[many] = row, unit
                many += 1
                wanted += min(quantity[row], room)
        if turn == 0:
            wholes = many
    if wanted <= room:
        total = 0.0
        for place in range(many):
            part = min(quantity[kept[place]], room)
            total += gain[place] * part
            chosen[kept[place]] += part / quantity[kept[place]]
        return total
    if room >= table.shape[1] or wholes > table.shape[0]:
        return _fill(quantity, kept[:many], gain[:many], np.float64(room), room, chosen)
    most = np.zeros(room + 1, np.float64)
    for place in range(wholes):
        size = quantity[kept[place]]
        value = gain[place] * size
        for at in range(room, size - 1, -1):
            with_it = most[at - size] + value
            table[place, at] = with_it > most[at]
            if table[place, at]:
                most[at] = with_it
        for at in range(size):
            table[place, at] = False
    at, total = room, most[room]
    if many > wholes:
        # What the whole ones leave is filled with the others, unit by unit, the best first.
        rest = np.zeros(room + 1, np.float64)
        filled = np.int64(0)
        for place in wholes + np.argsort(-gain[wholes:many]):
            for _ in range(min(quantity[kept[place]], room - filled)):
                rest[filled + 1] = rest[filled] + gain[place]
                filled += 1
        for unit in range(filled, room):
            rest[unit + 1] = rest[unit]
        for used in range(room + 1):
            if most[used] + rest[room - used] > total:
                total, at = most[used] + rest[room - used], used
        _fill(quantity, kept[wholes:many], gain[wholes:many], np.float64(room - at), room, chosen)
    for place in range(wholes - 1, -1, -1):
        if table[place, at]:
            chosen[kept[place]] += 1.0
            at -= quantity[kept[place]]
    return float(total)


@compiled
def _fill(
    quantity: IntArray, rows: IntArray, gain: FloatArray, room: float, part_most: int, chosen: FloatArray
) -> float:
    """Return the gain of filling ``room`` with any parts, the best first, and tell ``chosen``."""
    total = 0.0
    for place in np.argsort(-gain):
        if room <= 0.0:
            break
        part = min(room, np.float64(min(quantity[rows[place]], part_most)))
        room -= part
        total += gain[place] * part
        chosen[rows[place]] += part / quantity[rows[place]]
    return total
