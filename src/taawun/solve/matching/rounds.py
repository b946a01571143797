"""Help that comes together in rounds: every few days what is offered and what is needed by then, and what goes out now.

Nothing is known of the days to come. ``Rates`` say what is worth what, in points a community can read and change;
``Patience`` says how long an offer waits for somebody near before it may travel far. Each round is a choice of ways
(ways.py): the same giver's boxes to the same receiver are one way, whatever is in them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from taawun.solve.matching.problem import BoolArray, IntArray
from taawun.solve.matching.ways import Choices, Chosen, FloatArray, check_within, choose

MOST_WAYS = 2**40
FLOAT_MAXIMUM = 1e9
# How many candidates of an offer are kept for what they bring whole, beside those kept for what they bring a unit.
WHOLE_SHARE = 4


@dataclass(frozen=True, slots=True)
class Rates:
    """Points. Lengths are in whatever the edges are measured in.

    met: for a request of weight 1 met whole; for a part of it, that share of what was asked. Small requests so come first:
        more people helped for the same units.
    unit: for each unit given to anybody at all
    carry: what each unit costs for each step of length
    way, way_length: what each way costs, and each step of its length, whatever it carries
    first_way_free: a giver's first way is what they came for; only further ones ask more of them
    """

    met: float = 1.0
    unit: float = 0.0
    carry: float = 0.0
    way: float = 0.0
    way_length: float = 0.0
    first_way_free: bool = True

    def __post_init__(self) -> None:
        for name in ("met", "unit", "carry", "way", "way_length"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be 0 or more")


@dataclass(frozen=True, slots=True)
class Patience:
    """An offer that has waited less than ``days`` goes no further than ``near``; after that as far as it pays."""

    near: float = math.inf
    days: float = 0.0

    def __post_init__(self) -> None:
        if not (self.near >= 0 and self.days >= 0):
            raise ValueError("near and days must be 0 or more")


@dataclass(frozen=True, slots=True)
class Limits:
    """ways_each: so many ways a giver makes at most in all rounds together. least: no part is smaller, unless no more is
    needed. candidates_each: so many requests an offer looks at, the best for its units."""

    ways_each: int = MOST_WAYS
    least: int = 1
    candidates_each: int = 256

    def __post_init__(self) -> None:
        for name in ("ways_each", "least", "candidates_each"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more")


@dataclass(frozen=True, eq=False)
class Round:
    """n requests, m offers, g givers, e pairs that could be; all as known on the day.

    offer_quantity (m,) > 0; offer_giver (m,) < g; offer_waited (m,) float days
    request_quantity (n,) > 0 still needed; request_asked (n,) >= that: asked in all; request_weight (n,) float;
    request_receiver (n,) any number: who receives
    pair_offer, pair_request (e,), pair_length (e,) float
    giver_ways (g,) ways each has made in earlier rounds
    """

    offer_quantity: IntArray
    offer_giver: IntArray
    offer_waited: FloatArray
    request_quantity: IntArray
    request_asked: IntArray
    request_weight: FloatArray
    request_receiver: IntArray
    pair_offer: IntArray
    pair_request: IntArray
    pair_length: FloatArray
    giver_ways: IntArray

    def __post_init__(self) -> None:
        for group in (
            ("offer_quantity", "offer_giver", "offer_waited"),
            ("request_quantity", "request_asked", "request_weight", "request_receiver"),
            ("pair_offer", "pair_request", "pair_length"),
        ):
            if len({np.asarray(getattr(self, name)).size for name in group}) != 1:
                raise ValueError(f"{', '.join(group)} must have the same length")
        if np.any(self.request_asked < self.request_quantity):
            raise ValueError("request_asked must be at least request_quantity")
        for name in ("offer_waited", "request_weight", "pair_length"):
            check_within(name, getattr(self, name), 0, FLOAT_MAXIMUM)
        check_within("pair_offer", self.pair_offer, 0, self.offer_quantity.size - 1)
        check_within("pair_request", self.pair_request, 0, self.request_quantity.size - 1)
        check_within("offer_giver", self.offer_giver, 0, self.giver_ways.size - 1)
        check_within("giver_ways", self.giver_ways, 0, MOST_WAYS)


@dataclass(frozen=True, eq=False)
class Sent:
    """p parts: ``quantity`` of ``offer`` goes to ``request`` along ``pair``; (p,) each, ordered by offer, then request.
    ``ways`` is how many ways that takes, ``points`` what it brings, ``choices`` what there was to choose from."""

    pair: IntArray
    offer: IntArray
    request: IntArray
    quantity: IntArray
    ways: int
    points: float
    choices: Choices


def send(
    round_: Round,
    rates: Rates,
    patience: Patience | None = None,
    limits: Limits | None = None,
    *,
    tries_each: int = 20,
    time_limit_seconds: float,
    seed: int,
    progress: Callable[[], None] | None = None,
) -> Sent:
    """Return what goes out in this round; what is better kept for a later one, stays."""
    limits = limits or Limits()
    worth = _worth(round_, rates)
    may = (worth > 0) & _near_enough(round_, patience or Patience())
    pairs = _most_promising(round_, rates, worth, np.flatnonzero(may), limits.candidates_each)
    choices = _choices(round_, rates, limits, pairs, worth[pairs])
    found: Chosen = choose(
        choices, tries_each=tries_each, time_limit_seconds=time_limit_seconds, seed=seed, progress=progress
    )
    used = np.flatnonzero(found.units)
    used = used[np.lexsort((round_.pair_request[pairs[used]], round_.pair_offer[pairs[used]]))]
    pair = pairs[used]
    offer, request = round_.pair_offer[pair], round_.pair_request[pair]
    return Sent(pair, offer, request, found.units[used], found.ways.size, found.points, choices)


def _worth(round_: Round, rates: Rates) -> FloatArray:
    """(e,) points of a unit along each pair, without the way."""
    share = round_.request_weight / round_.request_asked
    worth: FloatArray = rates.met * share[round_.pair_request] + rates.unit - rates.carry * round_.pair_length
    return worth


def _near_enough(round_: Round, patience: Patience) -> BoolArray:
    waited = round_.offer_waited[round_.pair_offer] >= patience.days
    near: BoolArray = waited | (round_.pair_length <= patience.near)
    return near


def _way_cost(round_: Round, rates: Rates, pairs: IntArray) -> FloatArray:
    cost: FloatArray = rates.way + rates.way_length * round_.pair_length[pairs]
    return cost


def _most_promising(round_: Round, rates: Rates, worth: FloatArray, pairs: IntArray, each: int) -> IntArray:
    """Keep the pairs of each offer that bring most a unit, and some that bring most as a whole.

    A way that does not pay for itself is kept: it may be a giver's first, or shared with another kind."""
    offer, request = round_.pair_offer[pairs], round_.pair_request[pairs]
    part = np.minimum(round_.offer_quantity[offer], round_.request_quantity[request])
    points = worth[pairs] * part - _way_cost(round_, rates, pairs)
    by_unit = _rank(offer, points / part) < each
    by_whole = _rank(offer, points) < max(1, each // WHOLE_SHARE)
    return pairs[by_unit | by_whole]


def _rank(group: IntArray, value: FloatArray) -> IntArray:
    """(e,) the place of each value in its group, 0 for the largest."""
    order = np.lexsort((-value, group))
    ordered = group[order]
    first = np.searchsorted(ordered, ordered)
    rank = np.empty(group.size, dtype=np.int64)
    rank[order] = np.arange(group.size) - first
    return rank


def _choices(round_: Round, rates: Rates, limits: Limits, pairs: IntArray, worth: FloatArray) -> Choices:
    offer, request = round_.pair_offer[pairs], round_.pair_request[pairs]
    receivers, receiver = np.unique(round_.request_receiver[request], return_inverse=True)
    key = round_.offer_giver[offer] * max(1, receivers.size) + receiver
    _ways, first, way = np.unique(key, return_index=True, return_inverse=True)
    way_cost = _way_cost(round_, rates, pairs)
    new = (round_.giver_ways == 0) & rates.first_way_free
    return Choices(
        round_.offer_quantity,
        round_.offer_giver,
        round_.request_quantity,
        offer,
        request,
        worth,
        np.minimum(limits.least, round_.request_quantity[request]).astype(np.int64),
        way.astype(np.int64),
        way_cost[first],
        np.where(new, rates.way, 0.0),
        np.maximum(0, limits.ways_each - round_.giver_ways),
    )
