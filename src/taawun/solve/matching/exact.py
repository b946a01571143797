"""The exact optimum of a small problem with parts that can't be any size, by constraint programming (CP-SAT).

A part is nothing, or at least the smallest part of its request. The lexicographic objective is solved in as few rounds
as fit 64 bits: the terms are packed, most important first, into one number a round, and fixed before the next.
"""

import math
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from taawun.solve.matching.evenness import level_blocks
from taawun.solve.matching.flow import objective_of
from taawun.solve.matching.problem import URGENCY_CLASSES, IntArray, Problem

# CP-SAT allows 2**62, but its probing of an objective with some 2**45 values can run for ever, past every limit.
PACKED_MAXIMUM = 2**38


@dataclass(frozen=True, eq=False)
class Tile:
    """``units`` (e,) along the edges, and whether they are proven optimal."""

    units: IntArray
    proven: bool


@dataclass(frozen=True, eq=False)
class _Term:
    """One term of the objective, to be made as small as possible; ``span`` is the largest size it can have."""

    expression: cp_model.LinearExprT
    span: int


def solve_exact(problem: Problem, start: IntArray, *, time_limit_seconds: float, effort: float, seed: int) -> Tile:
    """Return the best units found from the allowed ``start`` (e,).

    ``effort`` is CP-SAT's deterministic time, the same on every machine; ``time_limit_seconds`` only cuts it short.
    A problem whose numbers are too large for the solver comes back as it was, unproven.
    """
    if _too_large(problem):
        return Tile(start, proven=False)
    model = cp_model.CpModel()
    parts = _lay_parts(model, problem)
    units, proven = start, True
    groups = _pack(_terms(model, problem, parts))
    for group in groups:
        model.clear_hints()  # type: ignore[no-untyped-call]
        for edge, part in enumerate(parts):
            model.add_hint(part, int(units[edge]))
        weight, packed = 1, []
        for term in reversed(group):
            packed.append(weight * term.expression)
            weight *= term.span + 1
        model.minimize(sum(packed))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.random_seed = seed % 2**31
        solver.parameters.max_deterministic_time = effort / len(groups)
        solver.parameters.max_time_in_seconds = max(0.01, time_limit_seconds / len(groups))
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return _better(problem, start, units)
        units = np.array([solver.value(part) for part in parts], dtype=np.int64)
        proven = proven and status == cp_model.OPTIMAL
        for term in group:
            model.add(term.expression == solver.value(term.expression))
    return Tile(units, proven=True) if proven else _better(problem, start, units)


def _better(problem: Problem, one: IntArray, other: IntArray) -> Tile:
    keep = max((one, other), key=lambda units: objective_of(problem, units).key)
    return Tile(keep, proven=False)


def _too_large(problem: Problem) -> bool:
    quantity = int(problem.request_quantity.sum())
    dearest = int(problem.edge_cost.max(initial=0)) + 100 * max(1, problem.evenness)
    return quantity * dearest > PACKED_MAXIMUM


def _lay_parts(model: cp_model.CpModel, problem: Problem) -> list[cp_model.IntVar]:
    smallest = problem.smallest_part
    parts: list[cp_model.IntVar] = []
    of_request: list[list[cp_model.IntVar]] = [[] for _ in range(problem.requests)]
    of_offer: list[list[cp_model.IntVar]] = [[] for _ in range(problem.offers)]
    for edge, (request, offer) in enumerate(zip(problem.edge_request, problem.edge_offer, strict=True)):
        least = int(smallest[request])
        most = int(min(problem.request_quantity[request], problem.offer_quantity[offer]))
        allowed = cp_model.Domain.from_intervals([[0], [least, most]] if least <= most else [[0]])
        part = model.new_int_var_from_domain(allowed, f"part{edge}")
        parts.append(part)
        of_request[request].append(part)
        of_offer[offer].append(part)
    for request, shares in enumerate(of_request):
        if shares:
            model.add(sum(shares) <= int(problem.request_quantity[request]))
    for offer, shares in enumerate(of_offer):
        if shares:
            model.add(sum(shares) <= int(problem.offer_quantity[offer]))
    return parts


def _terms(model: cp_model.CpModel, problem: Problem, parts: list[cp_model.IntVar]) -> list[_Term]:
    terms: list[_Term] = []
    for urgency in reversed(range(URGENCY_CLASSES)):
        members = np.flatnonzero(problem.request_urgency[problem.edge_request] == urgency)
        if members.size:
            wanted = int(problem.request_quantity[problem.request_urgency == urgency].sum())
            terms.append(_Term(wanted - sum(parts[edge] for edge in members), wanted))
    travel = sum(int(cost) * part for cost, part in zip(problem.edge_cost, parts, strict=True))
    farthest = np.zeros(problem.requests, dtype=np.int64)
    np.maximum.at(farthest, problem.edge_request, problem.edge_cost)
    terms.append(_Term(travel, sum(int(q) * int(c) for q, c in zip(problem.request_quantity, farthest, strict=True))))
    terms.append(_levels(model, problem, parts))
    if problem.evenness:
        uneven, way = terms.pop(), terms.pop()
        terms.append(_Term(sum((way.expression, uneven.expression)), way.span + uneven.span))
    # What can't vary needs no round, and a sum of nothing is no expression.
    return [term for term in terms if term.span > 0]


def _levels(model: cp_model.CpModel, problem: Problem, parts: list[cp_model.IntVar]) -> _Term:
    of_giver: dict[int, list[cp_model.IntVar]] = {}
    wanted = int(problem.request_quantity.sum())
    for part, offer in zip(parts, problem.edge_offer, strict=True):
        of_giver.setdefault(int(problem.offer_giver[offer]), []).append(part)
    room: dict[int, int] = {}
    for offer in np.unique(problem.edge_offer):
        giver = int(problem.offer_giver[offer])
        room[giver] = room.get(giver, 0) + int(problem.offer_quantity[offer])
    costs: list[cp_model.LinearExprT] = []
    highest = 0
    for giver, given in of_giver.items():
        task = int(problem.giver_task[giver])
        blocks = level_blocks(int(problem.giver_prior_load[giver]), min(room[giver], wanted), task)
        units = [model.new_int_var(0, width, "") for _, width in blocks]
        model.add(sum(units) == sum(given))
        heights = [problem.evenness * level // task if problem.evenness else level for level, _ in blocks]
        costs.extend(height * unit for height, unit in zip(heights, units, strict=True))
        highest = max(highest, heights[-1])
    return _Term(sum(costs), highest * wanted)


def _pack(terms: list[_Term]) -> list[list[_Term]]:
    groups: list[list[_Term]] = [[]]
    for term in terms:
        if math.prod(other.span + 1 for other in groups[-1]) * (term.span + 1) > PACKED_MAXIMUM and groups[-1]:
            groups.append([])
        groups[-1].append(term)
    return groups
