"""Whole quantities at least cost: what is met travels, what is not costs something stated.

``assign`` meets as much as can be met, however far. Where a community says what a unit unmet weighs against the way, this
is the other question: the sum of all travel and of what each unmet unit costs, as low as can be. It is the generalised
assignment problem when no request may be split; some may. The method is that of search.py with these costs, the bound
the Lagrangian one of ceiling.py, tighter than the linear relaxation where its prices have settled.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from taawun.solve.matching.anneal import Givers, Items, Standing, anneal
from taawun.solve.matching.ceiling import ALMOST, market_prices, worth_at_most
from taawun.solve.matching.parts import allowed_edges, restrict
from taawun.solve.matching.problem import IntArray, Problem
from taawun.solve.matching.search import (
    COLD,
    HOT,
    MOVES_A_SECOND,
    MOVES_EACH,
    SETTLING_MOVES_EACH,
    serve_one_by_one,
)

UNMET_COST_MAXIMUM = 2**40
ANNEALED_SHARE = 0.7


@dataclass(frozen=True, eq=False)
class Served:
    """``units`` (e,) along the edges of the problem, what they cost with what stays unmet, and less than which no plan can."""

    units: IntArray
    cost: int
    bound: int

    @property
    def gap(self) -> float:
        """The share of the bound by which the plan may be too dear."""
        return (self.cost - self.bound) / self.bound if self.bound else float(self.cost > 0)


def serve(
    problem: Problem,
    unmet_cost: IntArray,
    *,
    time_limit_seconds: float,
    seed: int,
    progress: Callable[[], None] | None = None,
) -> Served:
    """Return a plan of low cost: units times edge cost, plus ``unmet_cost`` (n,) for each unit of a request that stays unmet.

    Urgency, evenness and the order of the objective in problem.py don't count here. The same problem, limit and seed give
    the same plan as long as the clock does not cut in.
    """
    unmet_cost = np.asarray(unmet_cost)
    if unmet_cost.shape != (problem.requests,) or unmet_cost.dtype.kind not in "iu":
        raise ValueError(f"unmet_cost must be one row of {problem.requests} whole numbers, one for each request")
    if unmet_cost.size and not 0 <= int(unmet_cost.min()) <= int(unmet_cost.max()) <= UNMET_COST_MAXIMUM:
        raise ValueError(f"unmet_cost must lie between 0 and {UNMET_COST_MAXIMUM}")
    if not math.isfinite(time_limit_seconds) or time_limit_seconds <= 0:
        raise ValueError("time_limit_seconds must be above 0")
    begun = time.monotonic()
    units = np.zeros(problem.edges, dtype=np.int64)
    # A way that costs more than leaving the unit unmet is never worth it.
    worth_it = problem.edge_cost < unmet_cost[problem.edge_request]
    edges = np.flatnonzero(allowed_edges(problem) & worth_it)
    total = sum(int(q) * int(c) for q, c in zip(problem.request_quantity, unmet_cost, strict=True))
    if not edges.size:
        return Served(units, total, total)
    narrowed = restrict(problem, edges)
    gain = unmet_cost[problem.edge_request[edges]] - problem.edge_cost[edges]
    of_row = np.unique(problem.edge_request[edges])
    until = begun + ANNEALED_SHARE * time_limit_seconds
    units[edges] = _annealed(narrowed, unmet_cost[of_row], time_limit_seconds, until, seed, progress)
    gained = sum(int(units[edge]) * int(one) for edge, one in zip(edges, gain, strict=True) if units[edge])
    most = worth_at_most(
        narrowed, gain.astype(np.float64), float(gained), deadline_seconds=begun + time_limit_seconds,
        prices=market_prices(narrowed, unmet_cost[of_row].astype(np.int64)), progress=progress,
    )  # fmt: skip
    return Served(units, total - gained, min(total - gained, max(0, math.ceil(total - most - ALMOST))))


def _annealed(
    problem: Problem,
    unmet_cost: IntArray,
    limit_seconds: float,
    until_seconds: float,
    seed: int,
    progress: Callable[[], None] | None,
) -> IntArray:
    items = Items.of(problem)
    standing = Standing.empty(items, problem, seed)
    givers = Givers(problem.offer_giver, problem.giver_prior_load, problem.giver_task, 0.0)
    unserved = unmet_cost[items.request].astype(np.float64) * items.size
    moves = min(MOVES_EACH * items.size.size, int(MOVES_A_SECOND * ANNEALED_SHARE * limit_seconds))
    anneal(
        items, standing, givers, unserved, moves=moves, hot=HOT * items.step, cold=COLD * items.step,
        deadline_seconds=until_seconds, progress=progress,
    )  # fmt: skip
    anneal(
        items, standing, givers, unserved, moves=min(SETTLING_MOVES_EACH * items.size.size, moves), hot=0.0, cold=0.0,
        deadline_seconds=until_seconds + 0.05 * limit_seconds,
    )  # fmt: skip
    units = items.units(standing.edge, problem.edges)
    return serve_one_by_one(problem, units)
