"""The whole board proposed at once: candidates, assignment, and a further look for whoever was left without.

The nearest dozen candidates of a hundred households in one street may be the same dozen offers. So after each assignment
those left over on both sides get more candidates among each other, until none can be found: at the end no request is
unmet beside an offer that could still have taken it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from taawun.solve.matching.assign import assign
from taawun.solve.matching.candidates import Basis, Edges, Sites, candidates
from taawun.solve.matching.problem import EDGE_COST_MAXIMUM, BoolArray, IntArray, Plan, Problem

ROUNDS_MAXIMUM = 16
EDGES_MAXIMUM = 6_000_000
INTERIM_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Options:
    """candidates_each: how many offers a request considers at first. radius_km: how far help may travel. step_km: smaller
    differences in distance don't count as travel, and evenness decides. area_km, anywhere_km: the distance assumed for
    a pair that is only known to share an area, or nothing."""

    candidates_each: int = 12
    radius_km: float = 50.0
    step_km: float = 0.25
    area_km: float = 2.0
    anywhere_km: float = 50.0


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
    """The plan over ``edges``; ``complete`` is False when the further looks were cut short. The plan's bound holds
    for these candidates."""

    plan: Plan
    edges: Edges
    complete: bool


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
    interim_seconds = time_limit_seconds * INTERIM_SHARE
    complete = False
    each = options.candidates_each
    problem = _problem(requests, offers, edges, options)
    plan = assign(problem, time_limit_seconds=interim_seconds, seed=seed, progress=progress)
    for _ in range(ROUNDS_MAXIMUM):
        each *= 2
        wider = _wider(requests, offers, plan, edges, each, options)
        if wider is None:
            complete = True
            break
        if wider.request.size > EDGES_MAXIMUM:
            break
        edges = wider
        problem = _problem(requests, offers, edges, options)
        plan = assign(problem, time_limit_seconds=interim_seconds, seed=seed, progress=progress)
    left = deadline_seconds - time.monotonic()
    if not plan.proven and left > interim_seconds:
        longer = assign(problem, time_limit_seconds=left, seed=seed, progress=progress)
        plan = max((plan, longer), key=lambda one: one.objective.key)
    return Proposal(plan, edges, complete)


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
    more = candidates(asking, having, k=each, radius_km=options.radius_km)
    request, offer = rows[more.request], cols[more.offer]
    width = len(offers.sites)
    new = ~np.isin(request * width + offer, edges.request * width + edges.offer)
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


def _problem(requests: Requests, offers: Offers, edges: Edges, options: Options) -> Problem:
    assumed = np.array([np.nan, options.area_km, options.anywhere_km])
    distance_km = np.where(edges.basis == int(Basis.DISTANCE), edges.distance_km, assumed[edges.basis])
    cost = np.minimum(np.rint(distance_km / options.step_km), EDGE_COST_MAXIMUM).astype(np.int64)
    return Problem(
        requests.sites.quantity,
        requests.urgency,
        requests.sites.kind,
        requests.splittable,
        requests.minimum,
        offers.sites.quantity,
        offers.sites.kind,
        offers.giver,
        offers.prior_load,
        edges.request,
        edges.offer,
        cost,
    )
