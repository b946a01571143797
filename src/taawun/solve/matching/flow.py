"""The exact optimum when every request may be split into single units: an auction, mended to the optimum, with its proof.

The lexicographic objective becomes one cost. Travel weighs so much more than evenness that no chain of changes can
outweigh a step of it: a chain changes the level of two givers at most, so one step of travel weighs a level more than the
highest. (With an exchange rate both are costs of the same kind already.) What is unmet costs a penalty, more for the
urgent. The penalties begin low, which keeps prices and searches short, and a plan that is best for them is best in
travel among all that meet as much. Whether more of the urgent could be met is then asked of the network itself
(``mending.raise_penalties``): where it could, penalties are raised for those who gain by it, and else the answer is
the proof. So the objective is met exactly, without weights so large that they would slow everything.
"""

import numpy as np

from taawun.solve.compiled import compiled, whole
from taawun.solve.matching.auction import auction
from taawun.solve.matching.evenness import LIMB, level_after, unevenness
from taawun.solve.matching.mending import raise_penalties, settle
from taawun.solve.matching.network import Laid, lay, link, proof, units_of
from taawun.solve.matching.problem import URGENCY_CLASSES, Array, IntArray, Objective, Problem
from taawun.solve.matching.residual import Tools, tools_for

PENALTY_MAXIMUM = 2**57
# An auction in steps of a tenth of a usual way leaves little to mend; where hundreds share an offer, mending looks at all of
# them, and smaller steps pay.
STEPS_A_WAY = 10
STEPS_A_PENALTY = 4096


def solve_flow(problem: Problem) -> IntArray:
    """Return (e,) units along each edge, optimal for requests split into single units (smallest parts are ignored)."""
    if problem.edges == 0:
        return np.zeros(0, dtype=np.int64)
    return units_of(solved(problem), problem.edges)


def solved(problem: Problem, fixed_penalty: int | None = None) -> Laid:
    """Return the network of a problem with its optimum in it, proven. With a fixed penalty, in the network's own costs, what is
    unmet costs (1 + urgency) times that and no more, so a plan may leave somebody unmet who is too far away."""
    travel_weight, rate, divisor = weights(problem)
    penalty = max(1, 2 * int(problem.edge_cost.max()) * travel_weight) if fixed_penalty is None else fixed_penalty
    laid = lay(problem, travel_weight, rate, divisor, (1 + np.arange(URGENCY_CLASSES)) * penalty)
    network = laid.network
    tools = tools_for(network)
    short = np.zeros(problem.requests, dtype=np.int64)
    urgency = problem.request_urgency[laid.request].astype(np.int8)
    _best_for_penalties(problem, laid, tools, short, penalty)
    # A search looks at all who share an offer. Where too many would have to search, bidding afresh is faster.
    few = problem.requests // (1 + problem.edges // max(1, problem.offers))
    while fixed_penalty is None and network.unmet.any():
        found = raise_penalties(network, tools, short, 3 * penalty, urgency, few)
        if not found:
            break
        penalty *= 4
        if penalty > PENALTY_MAXIMUM:
            raise ArithmeticError("the penalties of a plan grew beyond what any chain of changes can cost")
        if found > few:
            network.penalty[:] *= 4
            _best_for_penalties(problem, laid, tools, short, penalty)
    if proof(network):
        raise ArithmeticError("a plan that should be the best one does not prove it")
    return laid


def _best_for_penalties(problem: Problem, laid: Laid, tools: Tools, short: IntArray, penalty: int) -> None:
    auction(laid.network, _step(problem, laid, penalty))
    link(laid.network)
    settle(laid.network, tools, short)


def weights(problem: Problem) -> tuple[int, int, IntArray]:
    """Return what a step of travel weighs, what a level weighs, and (g,) by what that is divided."""
    if problem.evenness:
        return 1, problem.evenness, problem.giver_task
    reached = np.zeros(problem.givers, dtype=np.int64)
    np.add.at(reached, problem.offer_giver, problem.offer_quantity)
    reached = np.minimum(reached, problem.request_quantity.sum())
    most = int((problem.giver_prior_load + reached).max(initial=0))
    return int(level_after(most, int(problem.giver_task.min(initial=1)))[0]) + 1, 1, np.ones_like(problem.giver_task)


def _step(problem: Problem, laid: Laid, penalty: int) -> int:
    usual = np.minimum.reduceat(laid.network.cost, laid.network.first[laid.network.last > laid.network.first])
    held = int(np.minimum(laid.network.room, laid.network.need.sum()).mean()) + 1
    steps = STEPS_A_WAY * max(1.0, (held / 4) ** 0.5)
    return max(1, int(usual.mean() / steps), penalty // STEPS_A_PENALTY)


def objective_of(problem: Problem, units: IntArray) -> Objective:
    """Return what ``units`` (e,) along the edges achieve."""
    met = np.zeros(URGENCY_CLASSES, dtype=np.int64)
    given = np.zeros(problem.givers, dtype=np.int64)
    high, low = _tally(
        units, problem.edge_request, problem.request_urgency, problem.edge_cost, problem.edge_offer, problem.offer_giver,
        met, given,
    )  # fmt: skip
    rate, divisor = (problem.evenness, problem.giver_task) if problem.evenness else (1, np.ones_like(given))
    uneven = unevenness(problem.giver_prior_load, given, problem.giver_task, rate, divisor)
    travel = (int(high) << LIMB) + int(low)
    return Objective((int(met[0]), int(met[1]), int(met[2]), int(met[3])), travel, uneven, problem.evenness > 0)


@compiled
def _tally(
    units: Array,
    edge_request: Array,
    urgency: Array,
    cost: Array,
    edge_offer: Array,
    giver: Array,
    met: Array,
    given: Array,
) -> tuple[int, int]:
    # Two limbs: up to 2**62 units in all, times costs, leave 64 bits.
    high, low = whole(0), whole(0)
    for e in range(units.size):
        if units[e] == 0:
            continue
        met[urgency[edge_request[e]]] += units[e]
        given[giver[edge_offer[e]]] += units[e]
        low += (units[e] & (2**LIMB - 1)) * cost[e]
        high += (units[e] >> LIMB) * cost[e] + (low >> LIMB)
        low &= 2**LIMB - 1
    return high, low
