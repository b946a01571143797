"""What an assignment is asked and what it answers: arrays in, arrays out, one stated objective.

The objective is lexicographic: first the quantity met of the most urgent class, then of the next, down to the least
urgent; then the least travel; then the most even load across givers. ``Objective.key`` is that order, larger is better.
With an exchange rate (``Problem.evenness``) travel and evenness are one term instead: how much travel a more even load is
worth is then the community's to say.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
# What the kernels take: whole numbers of any width.
Array = NDArray[Any]

URGENCY_CLASSES = 4

# These limits are what the proof in flow.py stands on: with them no sum of 64-bit integers can overflow.
QUANTITY_MAXIMUM = 2**40
ROWS_MAXIMUM = 2**22
EDGES_MAXIMUM = 2**30
EVENNESS_MAXIMUM = 2**22
EDGE_COST_MAXIMUM = 2**25
PRIOR_LOAD_MAXIMUM = 2**60


@dataclass(frozen=True, eq=False)
class Problem:
    """n requests, m offers, g givers, e candidate edges. All arrays are int64 unless said otherwise.

    request_quantity   (n,) > 0, in the smallest part of the unit
    request_urgency    (n,) 0 (whenever) to 3 (now)
    request_kind       (n,) any code; an edge may only join equal kinds
    request_splittable (n,) bool: may several offers share it, or must one offer meet it whole
    request_minimum    (n,) >= 1: no part of a splittable request is smaller than this
    offer_quantity     (m,) > 0
    offer_kind         (m,)
    offer_giver        (m,) 0 <= giver < g: who gives it; one giver may have several offers
    giver_prior_load   (g,) >= 0: what each giver has lately given already, counted like quantity
    edge_request, edge_offer, edge_cost   (e,) cost per unit of quantity, 0 or more, in steps of distance.
                       Travel is compared in these steps, so that evenness decides between offers equally far away:
                       a coarse step (say 250 m) leaves more to evenness, a fine one nothing.
    evenness           what one level of a giver's load (evenness.py) weighs in edge costs, for a whole task; 0 where it
                       only decides between plans of equal travel
    giver_task         (g,) >= 1: how many units of a giver count as one task; 1 unless given
    """

    request_quantity: IntArray
    request_urgency: IntArray
    request_kind: IntArray
    request_splittable: BoolArray
    request_minimum: IntArray
    offer_quantity: IntArray
    offer_kind: IntArray
    offer_giver: IntArray
    giver_prior_load: IntArray
    edge_request: IntArray
    edge_offer: IntArray
    edge_cost: IntArray
    evenness: int = 0
    giver_task: IntArray = field(default_factory=lambda: np.ones(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if not self.giver_task.size:
            object.__setattr__(self, "giver_task", np.ones(np.asarray(self.giver_prior_load).size, dtype=np.int64))
        for name in self.__dataclass_fields__:
            if name == "evenness":
                continue
            kind = np.bool_ if name == "request_splittable" else np.int64
            given = np.asarray(getattr(self, name))
            if given.ndim != 1 or (given.size and not np.can_cast(given.dtype, kind, "safe")):
                raise ValueError(f"{name} must be one row of {'booleans' if kind is np.bool_ else 'whole numbers'}")
            object.__setattr__(self, name, np.ascontiguousarray(given, dtype=kind))
        self._check_shapes()
        _within("request_quantity", self.request_quantity, 1, QUANTITY_MAXIMUM)
        _within("offer_quantity", self.offer_quantity, 1, QUANTITY_MAXIMUM)
        _within("request_minimum", self.request_minimum, 1, QUANTITY_MAXIMUM)
        _within("request_urgency", self.request_urgency, 0, URGENCY_CLASSES - 1)
        _within("giver_prior_load", self.giver_prior_load, 0, PRIOR_LOAD_MAXIMUM)
        _within("edge_cost", self.edge_cost, 0, EDGE_COST_MAXIMUM)
        _within("edge_request", self.edge_request, 0, self.requests - 1)
        _within("edge_offer", self.edge_offer, 0, self.offers - 1)
        _within("offer_giver", self.offer_giver, 0, self.givers - 1)
        if np.any(self.request_kind[self.edge_request] != self.offer_kind[self.edge_offer]):
            raise ValueError("an edge joins a request and an offer of different kinds")
        _within("giver_task", self.giver_task, 1, QUANTITY_MAXIMUM)
        if not 0 <= self.evenness <= EVENNESS_MAXIMUM:
            raise ValueError(f"evenness must lie between 0 and {EVENNESS_MAXIMUM}")
        pairs = self.edge_request * max(self.offers, 1) + self.edge_offer
        # Edges mostly come in this order, and then nothing needs sorting.
        if np.any(pairs[1:] <= pairs[:-1]):
            pairs.sort()
            if np.any(pairs[1:] == pairs[:-1]):
                raise ValueError("two edges join the same request and offer")

    def _check_shapes(self) -> None:
        groups = (
            ("request_quantity", "request_urgency", "request_kind", "request_splittable", "request_minimum"),
            ("offer_quantity", "offer_kind", "offer_giver"),
            ("edge_request", "edge_offer", "edge_cost"),
            ("giver_prior_load", "giver_task"),
        )
        for group in groups:
            if len({getattr(self, name).size for name in group}) != 1:
                raise ValueError(f"{', '.join(group)} must have the same length")
        if max(self.requests, self.offers, self.givers) > ROWS_MAXIMUM:
            raise ValueError(f"more than {ROWS_MAXIMUM} rows")
        if self.edges > EDGES_MAXIMUM:
            raise ValueError(f"more than {EDGES_MAXIMUM} edges")

    @property
    def requests(self) -> int:
        return int(self.request_quantity.size)

    @property
    def offers(self) -> int:
        return int(self.offer_quantity.size)

    @property
    def givers(self) -> int:
        return int(self.giver_prior_load.size)

    @property
    def edges(self) -> int:
        return int(self.edge_cost.size)

    @property
    def smallest_part(self) -> IntArray:
        """(n,) The least that may be given to a request: all of it where it can't be split."""
        shared = np.minimum(self.request_minimum, self.request_quantity)
        return np.where(self.request_splittable, shared, self.request_quantity)


@dataclass(frozen=True, slots=True)
class Objective:
    """``met[u]`` is the quantity met of urgency u, ``travel`` the sum of quantity x edge cost, ``unevenness`` the
    convex cost of the givers' loads (see ``evenness.py``): in levels, or in edge costs where the problem has an exchange
    rate. Then it is ``weighed`` against travel, and the two are one term."""

    met: tuple[int, int, int, int] = (0, 0, 0, 0)
    travel: int = 0
    unevenness: int = 0
    weighed: bool = False

    @property
    def key(self) -> tuple[int, ...]:
        """The lexicographic order; larger is better."""
        if self.weighed:
            return (*reversed(self.met), -self.travel - self.unevenness, 0)
        return (*reversed(self.met), -self.travel, -self.unevenness)

    def __add__(self, other: "Objective") -> "Objective":
        a, b = self.met, other.met
        met = (a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3])
        weighed = self.weighed or other.weighed
        return Objective(met, self.travel + other.travel, self.unevenness + other.unevenness, weighed)


TERMS = ("met_now", "met_soon", "met_week", "met_whenever", "travel", "unevenness")


@dataclass(frozen=True, slots=True)
class Gap:
    """The first term, in the order of the objective, in which a plan may fall short of the optimum, and by how much at
    most. ``term`` is None for a plan proven optimal. Where unevenness is weighed, "travel" is both together."""

    term: Literal["met_now", "met_soon", "met_week", "met_whenever", "travel", "unevenness"] | None = None
    amount: int = 0
    fraction: float = 0.0


@dataclass(frozen=True, eq=False)
class Plan:
    """p parts: ``part_quantity`` of offer ``part_offer`` goes to request ``part_request`` along ``part_edge``; (p,)
    each, ordered by request, then offer. ``unmet`` (n,) is what remains of each request. ``bound`` is at least as good
    as any possible plan; ``gap`` compares the two."""

    part_request: IntArray
    part_offer: IntArray
    part_edge: IntArray
    part_quantity: IntArray
    unmet: IntArray
    objective: Objective
    bound: Objective

    @property
    def gap(self) -> Gap:
        return gap_between(self.objective, self.bound)

    @property
    def proven(self) -> bool:
        return self.gap.term is None


def gap_between(objective: Objective, bound: Objective) -> Gap:
    """Return the first term in which ``bound`` is better than ``objective``."""
    for term, ours, best in zip(TERMS, objective.key, bound.key, strict=True):
        if ours != best:
            # A bound below the plan in an earlier term would be a mistake of ours, never a gap.
            if ours > best:
                raise ArithmeticError(f"the plan beats its own bound in {term}")
            return Gap(term, best - ours, (best - ours) / max(abs(best), abs(ours)))  # type: ignore[arg-type]
    return Gap()


def _within(name: str, values: IntArray, least: int, most: int) -> None:
    if values.size and (int(values.min()) < least or int(values.max()) > most):
        raise ValueError(f"{name} must lie between {least} and {most}")
