"""The peer of the matching kernel: the same problem as one minimum cost flow for OR-Tools' SimpleMinCostFlow.

    source ──levels──► giver ──► offer ──candidate edge──► request ──reward──► sink
       └──────────────────────── what stays unmet ────────────────────────────►┘

The lexicographic objective becomes one integer cost an arc. A flow that is worse than another in that order has a simple
residual cycle that is an improvement in it, so a weight need only outweigh what one simple cycle can change below it.
Tests ask it what the optimum is; the bench how long it takes.
"""

import time

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]

from taawun.solve.matching.evenness import level_blocks
from taawun.solve.matching.flow import weights
from taawun.solve.matching.problem import URGENCY_CLASSES, IntArray, Problem

# The solver multiplies costs by the number of nodes, in 64 bits.
SOLVER_COST_MAXIMUM = 2**61


def flow_by_ortools(problem: Problem) -> tuple[IntArray, float]:
    """Return (e,) units along each edge, and how many seconds the solver's own work took (this process, not the clock)."""
    solver, edge_arcs = _network(problem)
    begun = time.process_time()
    status = solver.solve()
    seconds = time.process_time() - begun
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"the minimum cost flow stopped with {status}")
    return np.asarray(solver.flows(edge_arcs), dtype=np.int64), seconds


def _network(problem: Problem) -> tuple[SimpleMinCostFlow, IntArray]:
    travel_weight, rate, divisor = weights(problem)
    first_offer = 2 + problem.givers
    first_request = first_offer + problem.offers
    wanted = np.zeros(problem.offers, dtype=np.int64)
    np.add.at(wanted, problem.edge_offer, problem.request_quantity[problem.edge_request])
    offer_room = np.minimum(problem.offer_quantity, wanted)
    giver_room = np.zeros(problem.givers, dtype=np.int64)
    np.add.at(giver_room, problem.offer_giver, offer_room)
    levels = [
        (int(giver), width, rate * level // int(divisor[giver]))
        for giver in np.flatnonzero(giver_room)
        for level, width in level_blocks(
            int(problem.giver_prior_load[giver]), int(giver_room[giver]), int(problem.giver_task[giver])
        )
    ]
    givers, widths, costs = (np.array(column, dtype=np.int64) for column in zip(*levels, strict=True))
    highest = int(costs.max(initial=0))
    reward = min(problem.requests, problem.offers) * int(problem.edge_cost.max()) * travel_weight + highest + 1
    if URGENCY_CLASSES * reward * (first_request + problem.requests) > SOLVER_COST_MAXIMUM:
        raise ArithmeticError("the weights of this problem leave 64 bits")
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(np.zeros_like(givers), 2 + givers, widths, costs)
    solver.add_arcs_with_capacity_and_unit_cost(
        2 + problem.offer_giver, first_offer + np.arange(problem.offers), offer_room, np.zeros_like(offer_room)
    )
    edge_arcs = solver.add_arcs_with_capacity_and_unit_cost(
        first_offer + problem.edge_offer,
        first_request + problem.edge_request,
        np.minimum(problem.offer_quantity[problem.edge_offer], problem.request_quantity[problem.edge_request]),
        problem.edge_cost * travel_weight,
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        first_request + np.arange(problem.requests),
        np.ones(problem.requests, dtype=np.int64),
        problem.request_quantity,
        -reward * (problem.request_urgency + 1),
    )
    total = min(int(problem.request_quantity.sum()), int(offer_room.sum()))
    solver.add_arc_with_capacity_and_unit_cost(0, 1, total, 0)
    solver.set_nodes_supplies(np.array([0, 1]), np.array([total, -total]))
    return solver, np.asarray(edge_arcs)
