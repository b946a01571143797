"""The whole board proposed at once: candidates, assignment, a further look for whoever was left without, fewer ways.

Travel counts by the way, not by the box: one way with five boxes is as long as one with a single box. The assignment knows
costs by the unit only, so a unit pays its share of the way if the offer gave all it can to the request. That is
never more than the ways really made, so the bound stays a bound; merge.py then makes the ways fewer.

The nearest dozen candidates of a hundred households in one street may be the same dozen offers. So after each assignment
those left over on both sides get more candidates among each other, until none can be found: at the end no request is
unmet beside an offer that could still have taken it.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from taawun.solve.matching.assign import assign, plan_of
from taawun.solve.matching.candidates import Basis, Edges, Sites, candidates
from taawun.solve.matching.merge import merge_parts
from taawun.solve.matching.nearest import FloatArray
from taawun.solve.matching.problem import EVENNESS_MAXIMUM, BoolArray, Gap, IntArray, Plan, Problem
from taawun.solve.matching.search import serve_one_by_one

# What a pair costs beside its distance: (e,) more kilometres, below 0 for less, infinite for a pair that may never be.
Judge = Callable[[Edges], FloatArray]

ROUNDS_MAXIMUM = 16
LOOK_MAXIMUM = 4096
EDGES_MAXIMUM = 6_000_000
INTERIM_SHARE = 0.1
# Fine enough that shares of a way keep their order, coarse enough that the flow stays in one phase up to some 10,000 rows.
SHARE_COST_MAXIMUM = 2**18
EVENNESS_KM_MAXIMUM = 1000.0


@dataclass(frozen=True, slots=True)
class Options:
    """candidates_each: how many offers a request considers at first. radius_km: how far help may travel. step_km: smaller
    differences in distance don't count as travel, and evenness decides. area_km, anywhere_km: the distance assumed for
    a pair that is only known to share an area, or nothing. judge: what pairs cost beside their distance; a way's length is
    then both together, and never below 0. evenness_km: how much further help may travel so that a giver has one task less:
    the second task of one giver weighs that many kilometres, the third twice as many, and so on (evenness.py). With 0,
    an even load only decides between plans of equal travel."""

    candidates_each: int = 12
    radius_km: float = 50.0
    step_km: float = 0.25
    area_km: float = 2.0
    anywhere_km: float = 50.0
    judge: Judge | None = None
    evenness_km: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.evenness_km <= EVENNESS_KM_MAXIMUM:
            raise ValueError(f"evenness_km must lie between 0 and {EVENNESS_KM_MAXIMUM:g}")


@dataclass(frozen=True, eq=False)
class Requests:
    """``sites.quantity`` is the whole quantity needed; the rest is as in Problem."""

    sites: Sites
    urgency: IntArray
    splittable: BoolArray
    minimum: IntArray

    @property
    def smallest_part(self) -> IntArray:
        whole = self.sites.quantity
        return np.where(self.splittable, np.minimum(self.minimum, whole), whole)


@dataclass(frozen=True, eq=False)
class Offers:
    """``giver`` (m,) numbers those who give; ``prior_load`` (g,) is what each gave lately."""

    sites: Sites
    giver: IntArray
    prior_load: IntArray


@dataclass(frozen=True, eq=False)
class Proposal:
    """The plan over ``edges``; ``complete`` is False when the further looks were cut short. ``travel_km`` is the length of all
    ways, with the distances assumed where none is known, ``uneven_km`` what the givers' loads weigh in kilometres, and
    ``travel_bound_km`` less than which no plan that meets as much can need of both. The bounds hold for these candidates."""

    plan: Plan
    edges: Edges
    complete: bool
    travel_km: float
    travel_bound_km: float
    uneven_km: float = 0.0

    @property
    def gap(self) -> Gap:
        """How far the plan may be from the best: in what it meets, or else in the ways it needs."""
        gap = self.plan.gap
        if gap.term is not None and gap.term.startswith("met"):
            return gap
        whole = self.travel_km + self.uneven_km
        more = whole - self.travel_bound_km
        return Gap("travel", 0, more / whole) if more > 1e-9 * whole else Gap()


def propose(
    requests: Requests,
    offers: Offers,
    options: Options,
    *,
    time_limit_seconds: float,
    seed: int,
    progress: Callable[[], None] | None = None,
) -> Proposal:
    """Return the proposal for the whole board; the limit is that of ``assign``, over all rounds together."""
    deadline_seconds = time.monotonic() + time_limit_seconds
    asking = replace(requests.sites, quantity=requests.smallest_part)
    edges = candidates(asking, offers.sites, k=options.candidates_each, radius_km=options.radius_km)
    if options.judge is not None:
        edges = edges.only(np.isfinite(options.judge(edges)))
    interim_seconds = time_limit_seconds * INTERIM_SHARE
    complete = False
    each = options.candidates_each
    plan = _planned(requests, offers, edges, options, interim_seconds, seed, progress)
    for _ in range(ROUNDS_MAXIMUM):
        each *= 2
        wider = _wider(requests, offers, plan, edges, each, options)
        if wider is None:
            complete = True
            break
        if wider.request.size > EDGES_MAXIMUM:
            break
        edges = wider
        plan = _planned(requests, offers, edges, options, interim_seconds, seed, progress)
    left = deadline_seconds - time.monotonic()
    gap = plan.gap.term
    if gap is not None and gap.startswith("met") and left > interim_seconds:
        longer = _planned(requests, offers, edges, options, left, seed, progress)
        # Only a plan that leaves nobody beside a fitting offer may take the place of one that does so too.
        if not complete or _wider(requests, offers, longer, edges, each, options) is None:
            plan = max((plan, longer), key=lambda one: one.objective.key)
    steps = _steps(edges, options)
    shares_per_step = _shares(requests.sites.quantity, offers.sites.quantity, edges, steps)[1]
    travel_steps = int(steps[plan.part_edge].sum())
    travel_km = travel_steps * options.step_km
    if options.evenness_km:
        km_per_share = options.step_km / shares_per_step
        bound_km = (plan.bound.travel + plan.bound.unevenness) * km_per_share
        return Proposal(plan, edges, complete, travel_km, bound_km, plan.objective.unevenness * km_per_share)
    # Ways are whole steps, so what no plan can need less than may be rounded up.
    bound_steps = math.ceil(plan.bound.travel / shares_per_step - 1e-6)
    return Proposal(plan, edges, complete, travel_km, bound_steps * options.step_km)


def _planned(
    requests: Requests,
    offers: Offers,
    edges: Edges,
    options: Options,
    time_limit_seconds: float,
    seed: int,
    progress: Callable[[], None] | None,
) -> Plan:
    """Assign, bring parts together, and give out what that has left over in one place."""
    problem = _problem(requests, offers, edges, options)
    plan = assign(problem, time_limit_seconds=time_limit_seconds, seed=seed, progress=progress)
    units = np.zeros(problem.edges, dtype=np.int64)
    units[plan.part_edge] = plan.part_quantity
    units = serve_one_by_one(problem, merge_parts(problem, units, _steps(edges, options)))
    return plan_of(problem, units, plan.bound)


def _wider(requests: Requests, offers: Offers, plan: Plan, edges: Edges, each: int, options: Options) -> Edges | None:
    """Return the edges with more of them between those left over on both sides, or None when there are none."""
    left = offers.sites.quantity.copy()
    np.subtract.at(left, plan.part_offer, plan.part_quantity)
    smallest = requests.smallest_part
    rows, cols = np.flatnonzero(plan.unmet >= smallest), np.flatnonzero(left > 0)
    if not (rows.size and cols.size):
        return None
    asking = replace(requests.sites.at(rows), quantity=smallest[rows])
    having = replace(offers.sites.at(cols), quantity=left[cols])
    width = len(offers.sites)
    while True:
        more = candidates(asking, having, k=each, radius_km=options.radius_km)
        request, offer = rows[more.request], cols[more.offer]
        new = ~np.isin(request * width + offer, edges.request * width + edges.offer)
        if options.judge is None or not new.any():
            break
        may_be = np.isfinite(options.judge(Edges(request, offer, more.distance_km, more.basis)))
        # Behind a crowd of pairs that may never be there may be others.
        if (new & may_be).any() or each >= min(cols.size, LOOK_MAXIMUM):
            new &= may_be
            break
        each *= 4
    if not new.any():
        return None
    all_request, all_offer = np.concatenate((edges.request, request[new])), np.concatenate((edges.offer, offer[new]))
    order = np.lexsort((all_offer, all_request))
    return Edges(
        all_request[order],
        all_offer[order],
        np.concatenate((edges.distance_km, more.distance_km[new]))[order],
        np.concatenate((edges.basis, more.basis[new]))[order],
    )


def _steps(edges: Edges, options: Options) -> IntArray:
    """(e,) the length of each way in steps."""
    assumed = np.array([np.nan, options.area_km, options.anywhere_km])
    distance_km = np.where(edges.basis == int(Basis.DISTANCE), edges.distance_km, assumed[edges.basis])
    if options.judge is not None:
        distance_km = np.maximum(0.0, distance_km + options.judge(edges))
    return np.rint(distance_km / options.step_km).astype(np.int64)


def _shares(needed: IntArray, offered: IntArray, edges: Edges, steps: IntArray) -> tuple[IntArray, float]:
    """Return (e,) the share of its way that one unit pays, and how many of these make one step."""
    most = np.minimum(needed[edges.request], offered[edges.offer])
    ratio = steps / most
    scale = SHARE_COST_MAXIMUM / max(1.0, float(ratio.max(initial=0.0)))
    # Rounded down, so that all shares together never come to more than the way.
    return np.floor(ratio * scale).astype(np.int64), scale


def _problem(requests: Requests, offers: Offers, edges: Edges, options: Options) -> Problem:
    needed, offered = requests.sites.quantity, offers.sites.quantity
    shares, shares_per_step = _shares(needed, offered, edges, _steps(edges, options))
    evenness = round(options.evenness_km / options.step_km * shares_per_step)
    return Problem(
        needed,
        requests.urgency,
        requests.sites.kind,
        requests.splittable,
        requests.minimum,
        offered,
        offers.sites.kind,
        offers.giver,
        offers.prior_load,
        edges.request,
        edges.offer,
        shares,
        min(evenness, EVENNESS_MAXIMUM),
        _tasks(needed, offered, offers, edges) if evenness else np.ones_like(offers.prior_load),
    )


def _tasks(needed: IntArray, offered: IntArray, offers: Offers, edges: Edges) -> IntArray:
    """(g,) how many units a task of each giver usually is: the mean of what could go along their edges at once."""
    most = np.minimum(needed[edges.request], offered[edges.offer])
    giver = offers.giver[edges.offer]
    ways = np.bincount(giver, minlength=offers.prior_load.size)
    units = np.bincount(giver, most, offers.prior_load.size)
    return np.maximum(1, np.rint(units / np.maximum(ways, 1))).astype(np.int64)
