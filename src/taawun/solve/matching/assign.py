"""Many requests to many offers at once, by the objective of problem.py, with a bound on what any plan could reach.

First the flow that splits everything (flow.py): its objective bounds every plan, and wherever it happens to break no
request's smallest part it *is* the optimum. The pieces where it does break one are solved exactly when small (exact.py)
and searched when large (search.py), with a bound of their own (ceiling.py). Everything behind this function may be replaced; what it takes and returns may not.
"""

import time
from collections.abc import Callable

import numpy as np

from taawun.solve.compiled import compiled_bare
from taawun.solve.matching import search
from taawun.solve.matching.ceiling import tighten
from taawun.solve.matching.exact import solve_exact
from taawun.solve.matching.flow import objective_of, solve_flow
from taawun.solve.matching.parts import allowed_edges, pieces, restrict
from taawun.solve.matching.problem import IntArray, Objective, Plan, Problem

EXACT_EDGES = 240
EXACT_EFFORT = 8.0
# The rest of the time is for the bound.
SEARCHED_SHARE = 0.75


def assign(
    problem: Problem,
    *,
    time_limit_seconds: float,
    seed: int,
    progress: Callable[[], None] | None = None,
) -> Plan:
    """Return the best plan found, with its bound.

    The limit holds for the search on requests that can't be split; the flow before it takes what it takes (about 0.03 s for
    10,000 requests with 12 candidates each, 0.3 s for 100,000, 4 s for a million). The same problem and seed give the same plan as long as the
    limit is not reached. ``progress`` is called now and then, for a door that wants to show that work goes on.
    """
    deadline_seconds = time.monotonic() + time_limit_seconds
    allowed = allowed_edges(problem)
    if not allowed.any():
        return plan_of(problem, np.zeros(problem.edges, dtype=np.int64), Objective())
    if allowed.all():
        # Nothing to leave out: a large board is not copied.
        relaxed = solve_flow(problem)
        return plan_of(problem, *_mend(problem, relaxed, deadline_seconds, seed, progress))
    usable = np.flatnonzero(allowed)
    narrowed = restrict(problem, usable)
    relaxed = solve_flow(narrowed)
    units, bound = _mend(narrowed, relaxed, deadline_seconds, seed, progress)
    everywhere = np.zeros(problem.edges, dtype=np.int64)
    everywhere[usable] = units
    return plan_of(problem, everywhere, bound)


def _mend(
    problem: Problem, relaxed: IntArray, deadline_seconds: float, seed: int, progress: Callable[[], None] | None
) -> tuple[IntArray, Objective]:
    """Return units that respect every smallest part, and the bound."""
    if not _breaks_any(relaxed, problem.smallest_part, problem.edge_request):
        return relaxed, objective_of(problem, relaxed)
    broken = (relaxed > 0) & (relaxed < problem.smallest_part[problem.edge_request])
    piece = pieces(problem)
    to_mend = np.isin(piece, piece[broken])
    units = relaxed.copy()
    bound = _objective_of_edges(problem, relaxed, np.flatnonzero(~to_mend))
    batches = [(edges, restrict(problem, edges)) for edges in _batches(piece, np.flatnonzero(to_mend))]
    # Every batch gets an allowed start before any is improved: when time is short, nothing is left out.
    for edges, batch in batches:
        units[edges] = search.start(batch, relaxed[edges])
    for number, (edges, batch) in enumerate(batches):
        left = deadline_seconds - time.monotonic()
        share = max(0.0, left) / (len(batches) - number)
        until = time.monotonic() + share
        best, proven = units[edges], False
        if edges.size <= EXACT_EDGES:
            limit = share * SEARCHED_SHARE
            tile = solve_exact(batch, best, time_limit_seconds=limit, effort=EXACT_EFFORT, seed=seed)
            best, proven = tile.units, tile.proven
        else:
            searched = until - share * (1 - SEARCHED_SHARE)
            best = search.improve(batch, best.copy(), deadline_seconds=searched, seed=seed, progress=progress)
            best = search.serve_one_by_one(batch, best)
        units[edges] = best
        if proven:
            bound += objective_of(batch, best)
        else:
            bound += tighten(batch, best, objective_of(batch, relaxed[edges]), deadline_seconds=until)
        if progress is not None:
            progress()
    return units, bound


def _batches(piece: IntArray, edges: IntArray) -> list[IntArray]:
    """Return the edges piece by piece, small pieces together up to EXACT_EDGES, so that few models are built."""
    batches: list[IntArray] = []
    ordered = edges[np.argsort(piece[edges], kind="stable")]
    starts = np.flatnonzero(np.diff(piece[ordered])) + 1
    waiting: list[IntArray] = []
    for members in np.split(ordered, starts) if ordered.size else []:
        if waiting and sum(one.size for one in waiting) + members.size > EXACT_EDGES:
            batches.append(np.concatenate(waiting))
            waiting = []
        waiting.append(members)
    if waiting:
        batches.append(np.concatenate(waiting))
    return batches


def _objective_of_edges(problem: Problem, units: IntArray, edges: IntArray) -> Objective:
    return objective_of(restrict(problem, edges), units[edges]) if edges.size else Objective()


def plan_of(problem: Problem, units: IntArray, bound: Objective) -> Plan:
    """Return the plan of ``units`` (e,) along the edges."""
    used = np.flatnonzero(units)
    pair = problem.edge_request[used] * problem.offers + problem.edge_offer[used]
    if np.any(pair[1:] < pair[:-1]):
        used = used[np.argsort(pair)]
    unmet = problem.request_quantity.copy()
    np.subtract.at(unmet, problem.edge_request[used], units[used])
    objective = objective_of(problem, units)
    return Plan(problem.edge_request[used], problem.edge_offer[used], used, units[used], unmet, objective, bound)


@compiled_bare
def _breaks_any(units: IntArray, smallest: IntArray, edge_request: IntArray) -> bool:
    for e in range(units.size):
        if 0 < units[e] < smallest[edge_request[e]]:
            return True
    return False
