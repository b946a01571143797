"""The exact optimum when every request may be split into single units: one minimum cost flow.

    source ──levels──► giver ──► offer ──candidate edge──► request ──reward──► sink
       └──────────────────────── what stays unmet ────────────────────────────►┘

The lexicographic objective becomes one integer cost an arc. A flow is optimal when no cycle of its residual graph
improves it, and a flow that is worse than another in lexicographic order has a simple residual cycle that is itself
an improvement in that order. So a weight need only outweigh what one simple cycle can change below it, not what the
whole flow can:

- unevenness: a simple cycle passes the source once, so it changes by at most the highest level L;
- travel: a simple cycle visits a request and an offer once each, so it changes by at most min(n, m) x C, where C is the
  largest edge cost; one step of travel therefore weighs L + 1;
- met quantity: a simple cycle passes the sink once, so it moves one unit from one urgency class (or from unmet) to
  another; classes therefore weigh R, 2R, 3R and 4R with R = min(n, m) x C x (L + 1) + L + 1.

The solver multiplies costs by the number of nodes. Where 4R would leave its 64 bits, the flow is solved in two phases:
first the quantities, then the rest with the quantity of each class fixed; the limits in problem.py keep that within range.
"""

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]

from taawun.solve.matching.evenness import level_blocks, unevenness
from taawun.solve.matching.problem import URGENCY_CLASSES, IntArray, Objective, Problem

SOLVER_COST_MAXIMUM = 2**58


def solve_flow(problem: Problem, *, cost_maximum: int = SOLVER_COST_MAXIMUM) -> IntArray:
    """Return (e,) units along each edge, optimal for requests split into single units (smallest parts are ignored).

    ``cost_maximum`` is what arc cost x nodes may reach in one phase; it is an argument so that tests can reach both ways.
    """
    if problem.edges == 0:
        return np.zeros(0, dtype=np.int64)
    network = _Network(problem)
    highest_edge_cost = int(problem.edge_cost.max())
    travel_weight = network.highest_level + 1
    reward = min(problem.requests, problem.offers) * highest_edge_cost * travel_weight + travel_weight
    if URGENCY_CLASSES * reward * network.nodes < cost_maximum:
        return network.solve(reward, travel_weight, 1)
    quantities = network.solve(1, 0, 0)
    return network.solve_fixed(objective_of(problem, quantities).met, travel_weight)


def objective_of(problem: Problem, units: IntArray) -> Objective:
    """Return what ``units`` (e,) along the edges achieve."""
    met = [0] * URGENCY_CLASSES
    urgency = problem.request_urgency[problem.edge_request]
    for urgency_class in range(URGENCY_CLASSES):
        met[urgency_class] = _exact_sum(units[urgency == urgency_class])
    used = np.flatnonzero(units)
    travel = sum(int(units[edge]) * int(problem.edge_cost[edge]) for edge in used)
    given = np.zeros(problem.givers, dtype=np.int64)
    np.add.at(given, problem.offer_giver[problem.edge_offer], units)
    return Objective((met[0], met[1], met[2], met[3]), travel, unevenness(problem.giver_prior_load, given))


def _exact_sum(units: IntArray) -> int:
    # Up to 2**20 quantities of up to 2**40 stay below 2**60.
    return int(units.sum())


class _Network:
    """The arcs of one problem, without their costs, which differ from phase to phase."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.first_giver = 2
        self.first_offer = self.first_giver + problem.givers
        self.first_request = self.first_offer + problem.offers
        self.first_class = self.first_request + problem.requests
        self.nodes = self.first_class + URGENCY_CLASSES
        # No more can reach an offer than its candidates ask for, which keeps the levels few.
        wanted = np.zeros(problem.offers, dtype=np.int64)
        np.add.at(wanted, problem.edge_offer, problem.request_quantity[problem.edge_request])
        self.offer_room = np.minimum(problem.offer_quantity, wanted)
        self._lay_levels()

    def _lay_levels(self) -> None:
        problem = self.problem
        room = np.zeros(problem.givers, dtype=np.int64)
        np.add.at(room, problem.offer_giver, self.offer_room)
        givers: list[int] = []
        levels: list[int] = []
        units: list[int] = []
        for giver in np.flatnonzero(room):
            for level, width in level_blocks(int(problem.giver_prior_load[giver]), int(room[giver])):
                givers.append(int(giver))
                levels.append(level)
                units.append(width)
        self.level_giver = np.array(givers, dtype=np.int64)
        self.level_height = np.array(levels, dtype=np.int64)
        self.level_units = np.array(units, dtype=np.int64)
        self.highest_level = max(levels, default=0)

    def solve(self, reward: int, travel_weight: int, level_weight: int) -> IntArray:
        """Every unit met earns its class' reward; what is not met goes round the outside for nothing."""
        problem = self.problem
        solver, edge_arcs = self._with_givers(travel_weight, level_weight)
        requests = self.first_request + np.arange(problem.requests)
        solver.add_arcs_with_capacity_and_unit_cost(
            requests,
            np.ones(problem.requests, dtype=np.int64),
            problem.request_quantity,
            -reward * (problem.request_urgency + 1),
        )
        total = min(int(problem.request_quantity.sum()), int(self.offer_room.sum()))
        solver.add_arc_with_capacity_and_unit_cost(0, 1, total, 0)
        solver.set_nodes_supplies(np.array([0, 1]), np.array([total, -total]))
        return _run(solver, edge_arcs)

    def solve_fixed(self, met: tuple[int, int, int, int], travel_weight: int) -> IntArray:
        """Exactly ``met`` units reach each class; only travel and evenness are left to choose."""
        problem = self.problem
        solver, edge_arcs = self._with_givers(travel_weight, 1)
        solver.add_arcs_with_capacity_and_unit_cost(
            self.first_request + np.arange(problem.requests),
            self.first_class + problem.request_urgency,
            problem.request_quantity,
            np.zeros(problem.requests, dtype=np.int64),
        )
        nodes = np.array([0, *(self.first_class + urgency for urgency in range(URGENCY_CLASSES))])
        solver.set_nodes_supplies(nodes, np.array([sum(met), *(-quantity for quantity in met)]))
        return _run(solver, edge_arcs)

    def _with_givers(self, travel_weight: int, level_weight: int) -> tuple[SimpleMinCostFlow, IntArray]:
        problem = self.problem
        solver = SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(
            np.zeros(self.level_giver.size, dtype=np.int64),
            self.first_giver + self.level_giver,
            self.level_units,
            self.level_height * level_weight,
        )
        solver.add_arcs_with_capacity_and_unit_cost(
            self.first_giver + problem.offer_giver,
            self.first_offer + np.arange(problem.offers),
            self.offer_room,
            np.zeros(problem.offers, dtype=np.int64),
        )
        arcs = solver.add_arcs_with_capacity_and_unit_cost(
            self.first_offer + problem.edge_offer,
            self.first_request + problem.edge_request,
            np.minimum(problem.offer_quantity[problem.edge_offer], problem.request_quantity[problem.edge_request]),
            problem.edge_cost * travel_weight,
        )
        return solver, np.asarray(arcs)


def _run(solver: SimpleMinCostFlow, edge_arcs: IntArray) -> IntArray:
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"the minimum cost flow stopped with {status}")
    return np.asarray(solver.flows(edge_arcs), dtype=np.int64)
