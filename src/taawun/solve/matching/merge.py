"""Fewer ways for the same help: parts of one request are brought together where the offers have room for it.

The flow counts travel by the unit, because only that can be solved exactly; a person drives once for one box or for five. So after
it, each request served in several parts is looked at again: all of it from one offer, or one part added to another,
whenever the ways get shorter, or as long but fewer. What each request receives does not change.
"""

import numpy as np

from taawun.solve.matching.problem import IntArray, Problem

PASSES_MAXIMUM = 4


def merge_parts(problem: Problem, units: IntArray, way: IntArray) -> IntArray:
    """Return (e,) units that meet each request as ``units`` do, in fewer or shorter ways. ``way`` (e,) is the length of the
    way along an edge, the same for any quantity. No request is ever served in more parts than before."""
    units = units.copy()
    left = problem.offer_quantity.copy()
    np.subtract.at(left, problem.edge_offer, units)
    order = np.lexsort((way, problem.edge_request))
    starts = np.searchsorted(problem.edge_request[order], np.arange(problem.requests + 1))
    parts = np.bincount(problem.edge_request, units > 0, problem.requests)
    several = np.flatnonzero(parts > 1)
    for _ in range(PASSES_MAXIMUM):
        changed = False
        for request in several:
            edges = order[starts[request] : starts[request + 1]]
            changed |= _all_from_one(problem, units, left, way, edges) or _one_into_another(
                problem, units, left, way, edges
            )
        if not changed:
            break
    return units


def _all_from_one(problem: Problem, units: IntArray, left: IntArray, way: IntArray, edges: IntArray) -> bool:
    """Serve the whole from the nearest offer that has room for it, if that is a shorter way than all parts together."""
    used = edges[units[edges] > 0]
    if used.size < 2:
        return False
    total = int(units[used].sum())
    room = left[problem.edge_offer[edges]] + units[edges]
    able = edges[room >= total]
    # Edges come nearest first. A way as long in one go as in several is still fewer ways.
    if not able.size or way[able[0]] > way[used].sum():
        return False
    np.add.at(left, problem.edge_offer[used], units[used])
    units[used] = 0
    units[able[0]] = total
    left[problem.edge_offer[able[0]]] -= total
    return True


def _one_into_another(problem: Problem, units: IntArray, left: IntArray, way: IntArray, edges: IntArray) -> bool:
    """Add parts to other parts that have room, the longest ways first."""
    changed = False
    used = edges[units[edges] > 0]
    for edge in used[::-1]:
        others = used[(units[used] > 0) & (used != edge)]
        room = left[problem.edge_offer[others]]
        # The tightest room that holds it leaves the wider ones for more.
        fits = others[room >= units[edge]]
        if fits.size:
            into = fits[np.argmin(left[problem.edge_offer[fits]])]
            part = units[edge]
            units[into] += part
            left[problem.edge_offer[into]] -= part
            left[problem.edge_offer[edge]] += part
            units[edge] = 0
            changed = True
    return changed
