"""Few ways: whom each giver serves, where every way costs something and every unit along it is worth something.

A way is one parcel, one trip, one errand from a giver to a receiver; several kinds may share it. What the units are worth
and what the ways cost are points, given by the caller, and the plan that brings the most points is looked for:

    points = sum of units x worth  -  cost of each way used        (a giver's first way may cost less)

That is a transport problem with fixed charges, which nobody solves exactly at size. Each giver in turn chooses: the way
with the most points for what it takes of the giver's stock, then the next, until no way brings any. Then a few givers who
could serve the same request lay their choices down and choose again in another order, and keep it when it brings no
fewer points: no step ever makes the plan worse. ``bound`` says what no plan can pass.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from taawun.solve.compiled import compiled
from taawun.solve.matching.assign import assign
from taawun.solve.matching.problem import QUANTITY_MAXIMUM, IntArray, Problem

FloatArray = NDArray[np.float64]

POINTS_MAXIMUM = 1e12
# How many givers choose anew together at most, and how many such tries pass between two looks at the clock.
TOGETHER_MAXIMUM = 6
TRIES_BETWEEN_LOOKS = 2000
# A handful of givers has more orders to choose in than it has givers.
TRIES_LEAST = 400
# Steps of points in the flow of ``bound``; below the largest edge cost a Problem takes.
BOUND_STEPS = 2**24


@dataclass(frozen=True, eq=False)
class Choices:
    """n requests, m offers, g givers, e edges, w ways. Whole numbers unless said otherwise.

    offer_quantity   (m,) > 0, in the smallest part of the unit
    offer_giver      (m,) 0 <= giver < g
    request_quantity (n,) > 0: what each can still take
    edge_offer, edge_request (e,): who could give to whom; kinds are the caller's affair
    edge_worth       (e,) float: points for each unit along it; 0 and less is never used
    edge_least       (e,) >= 1: no part along it is smaller than this
    edge_way         (e,) 0 <= way < w: edges of one way belong to one giver
    way_cost         (w,) float >= 0: points
    giver_relief     (g,) float >= 0: so much less a giver's first way costs, though never below 0
    giver_ways_most  (g,) >= 0: so many ways a giver makes at most
    """

    offer_quantity: IntArray
    offer_giver: IntArray
    request_quantity: IntArray
    edge_offer: IntArray
    edge_request: IntArray
    edge_worth: FloatArray
    edge_least: IntArray
    edge_way: IntArray
    way_cost: FloatArray
    giver_relief: FloatArray
    giver_ways_most: IntArray

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            kind = np.float64 if name in ("edge_worth", "way_cost", "giver_relief") else np.int64
            given = np.asarray(getattr(self, name))
            if given.ndim != 1 or (given.size and not np.can_cast(given.dtype, kind, "safe")):
                raise ValueError(f"{name} must be one row of {'numbers' if kind is np.float64 else 'whole numbers'}")
            object.__setattr__(self, name, np.ascontiguousarray(given, dtype=kind))
        for group in (
            ("offer_quantity", "offer_giver"),
            ("edge_offer", "edge_request", "edge_worth", "edge_least", "edge_way"),
            ("giver_relief", "giver_ways_most"),
        ):
            if len({getattr(self, name).size for name in group}) != 1:
                raise ValueError(f"{', '.join(group)} must have the same length")
        self._check_ranges()
        giver = np.full(self.way_cost.size, -1, dtype=np.int64)
        giver[self.edge_way] = self.edge_giver
        if np.any(giver[self.edge_way] != self.edge_giver):
            raise ValueError("edge_way: the edges of one way belong to different givers")
        pairs = self.edge_request * max(self.offer_quantity.size, 1) + self.edge_offer
        if np.unique(pairs).size != pairs.size:
            raise ValueError("two edges join the same request and offer")

    def _check_ranges(self) -> None:
        for name in ("offer_quantity", "request_quantity", "edge_least"):
            check_within(name, getattr(self, name), 1, QUANTITY_MAXIMUM)
        check_within("giver_ways_most", self.giver_ways_most, 0, 2**62)
        check_within("offer_giver", self.offer_giver, 0, self.giver_relief.size - 1)
        check_within("edge_offer", self.edge_offer, 0, self.offer_quantity.size - 1)
        check_within("edge_request", self.edge_request, 0, self.request_quantity.size - 1)
        check_within("edge_way", self.edge_way, 0, self.way_cost.size - 1)
        check_within("edge_worth", self.edge_worth, -POINTS_MAXIMUM, POINTS_MAXIMUM)
        check_within("way_cost", self.way_cost, 0, POINTS_MAXIMUM)
        check_within("giver_relief", self.giver_relief, 0, POINTS_MAXIMUM)

    @property
    def edges(self) -> int:
        return int(self.edge_offer.size)

    @property
    def edge_giver(self) -> IntArray:
        """(e,)"""
        return self.offer_giver[self.edge_offer]


@dataclass(frozen=True, eq=False)
class Chosen:
    """``units`` (e,) along each edge, ``ways`` (p,) the ways used, rising, and the ``points`` all of it brings."""

    units: IntArray
    ways: IntArray
    points: float


def choose(
    choices: Choices,
    *,
    tries_each: int = 20,
    time_limit_seconds: float,
    seed: int,
    progress: Callable[[], None] | None = None,
) -> Chosen:
    """Return the best plan found: ``tries_each`` giver times a few givers choose anew, within the limit.

    The same choices and seed give the same plan as long as the limit is not reached.
    """
    deadline_seconds = time.monotonic() + time_limit_seconds
    lay = _lay_out(choices)
    units = np.zeros(lay.offer.size, dtype=np.int64)
    offer_left, request_left = choices.offer_quantity.copy(), choices.request_quantity.copy()
    points = np.zeros(choices.giver_relief.size)
    everyone = _most_to_win_first(lay)
    _choose_in_turn(lay, everyone, offer_left, request_left, units, points)
    tries = max(tries_each * everyone.size, TRIES_LEAST) if tries_each and everyone.size else 0
    random = np.random.default_rng(seed)
    chance = _chance(choices, lay)
    while tries > 0 and time.monotonic() < deadline_seconds:
        batch = min(tries, TRIES_BETWEEN_LOOKS)
        around = lay.request[np.searchsorted(chance, random.random(batch))]
        dice = random.random((batch, 2 + 2 * TOGETHER_MAXIMUM))
        _choose_again(lay, around, dice, offer_left, request_left, units, points)
        tries -= batch
        if progress is not None:
            progress()
    given = np.zeros(choices.edges, dtype=np.int64)
    given[lay.edge] = units
    return chosen(choices, given)


def chosen(choices: Choices, units: IntArray) -> Chosen:
    """Return what ``units`` (e,) along the edges come to."""
    ways = np.unique(choices.edge_way[units > 0])
    giver = np.zeros(choices.way_cost.size, dtype=np.int64)
    giver[choices.edge_way] = choices.edge_giver
    givers, ways_each = np.unique(giver[ways], return_inverse=True)
    dearest = np.zeros(givers.size)
    np.maximum.at(dearest, ways_each, choices.way_cost[ways])
    relief = np.minimum(dearest, choices.giver_relief[givers])
    worth = float(np.dot(choices.edge_worth, units))
    return Chosen(units, ways, worth - float(choices.way_cost[ways].sum()) + float(relief.sum()))


def bound(choices: Choices) -> float:
    """Return points no plan can pass.

    Were ways to be had by the part, each unit would pay its share of its way when the way is full, and the best plan would
    be a flow: ``assign`` finds it, with a request for each offer beside the real ones in which what is not given stays.
    Costs are rounded so that the bound stays one. Least parts and the most ways are left out, and every relief is counted,
    or no way costs more than it would as a giver's first, whichever says more.
    """
    most = np.minimum(choices.request_quantity[choices.edge_request], choices.offer_quantity[choices.edge_offer])
    # The edges of a way share its cost; one that is not worth its units can carry none of it.
    carrying = choices.edge_worth > 0
    sharing = np.bincount(choices.edge_way[carrying], minlength=choices.way_cost.size)
    relief = choices.giver_relief[choices.edge_giver]
    relieved = np.bincount(choices.edge_giver[carrying], minlength=choices.giver_relief.size) > 0
    dearest = np.zeros(choices.giver_relief.size)
    np.maximum.at(dearest, choices.edge_giver, choices.way_cost[choices.edge_way])
    all_reliefs = float(np.minimum(choices.giver_relief, dearest)[relieved].sum())
    full, first = choices.way_cost[choices.edge_way], np.maximum(0.0, choices.way_cost[choices.edge_way] - relief)
    by_part = [choices.edge_worth - cost / most / np.maximum(1, sharing[choices.edge_way]) for cost in (full, first)]
    return min(_most_by_flow(choices, by_part[0]) + all_reliefs, _most_by_flow(choices, by_part[1]))


def _most_by_flow(choices: Choices, worth: FloatArray) -> float:
    kept = np.flatnonzero(worth > 0)
    if kept.size == 0:
        return 0.0
    top = float(worth[kept].max())
    offers, edge_offer = np.unique(choices.edge_offer[kept], return_inverse=True)
    requests, edge_request = np.unique(choices.edge_request[kept], return_inverse=True)
    offered = choices.offer_quantity[offers]
    wanted = np.minimum(choices.request_quantity[requests], offered.sum())
    n, m = requests.size, offers.size
    # Every unit is met, in a request or in staying, so only what it costs not to be worth ``top`` is left to choose.
    cost = np.floor((1.0 - worth[kept] / top) * BOUND_STEPS).astype(np.int64)
    flow = assign(
        Problem(
            np.concatenate((wanted, offered)),
            np.zeros(n + m, dtype=np.int64),
            np.zeros(n + m, dtype=np.int64),
            np.ones(n + m, dtype=np.bool_),
            np.ones(n + m, dtype=np.int64),
            offered,
            np.zeros(m, dtype=np.int64),
            np.zeros(m, dtype=np.int64),
            np.zeros(1, dtype=np.int64),
            np.concatenate((edge_request, n + np.arange(m))).astype(np.int64),
            np.concatenate((edge_offer, np.arange(m))).astype(np.int64),
            np.concatenate((cost, np.full(m, BOUND_STEPS, dtype=np.int64))),
        ),
        time_limit_seconds=60.0,
        seed=0,
    )
    if sum(flow.objective.met) != int(offered.sum()):
        raise ArithmeticError("the flow left units that could have stayed")
    return top * (float(offered.sum()) - flow.bound.travel / BOUND_STEPS)


class _Layout(NamedTuple):
    """The edges worth anything, giver by giver, way by way, the best first; and the edges of each request."""

    edge: IntArray  # (f,) number in Choices
    offer: IntArray
    request: IntArray
    worth: FloatArray
    least: IntArray
    way_starts: IntArray  # (v + 1,)
    way_cost: FloatArray  # (v,)
    giver_starts: IntArray  # (g + 1,) into the ways
    by_request: IntArray  # (f,) givers, request by request
    request_starts: IntArray  # (n + 1,)
    stock: FloatArray  # (m,) what each offer has
    relief: FloatArray
    ways_most: IntArray


def _lay_out(choices: Choices) -> _Layout:
    useful = np.flatnonzero(choices.edge_worth > 0)
    giver, way = choices.edge_giver, choices.edge_way
    keys = (choices.edge_offer, choices.edge_request, -choices.edge_worth, way, giver)
    edge = useful[np.lexsort([key[useful] for key in keys])]
    heads = np.flatnonzero(np.diff(way[edge], prepend=-1))
    givers = np.arange(choices.giver_relief.size + 1)
    by_request = edge[np.argsort(choices.edge_request[edge], kind="stable")]
    return _Layout(
        edge,
        choices.edge_offer[edge],
        choices.edge_request[edge],
        choices.edge_worth[edge],
        choices.edge_least[edge],
        np.append(heads, edge.size).astype(np.int64),
        choices.way_cost[way[edge[heads]]],
        np.searchsorted(giver[edge[heads]], givers).astype(np.int64),
        giver[by_request],
        np.searchsorted(choices.edge_request[by_request], np.arange(choices.request_quantity.size + 1)).astype(
            np.int64
        ),
        choices.offer_quantity.astype(np.float64),
        choices.giver_relief,
        choices.giver_ways_most,
    )


def _most_to_win_first(lay: _Layout) -> IntArray:
    """The givers who have any way, by the worth of their best unit."""
    giver = np.repeat(np.arange(lay.relief.size), np.diff(lay.way_starts[lay.giver_starts]))
    best = np.zeros(lay.relief.size)
    np.maximum.at(best, giver, lay.worth)
    able = np.flatnonzero(best)
    return able[np.argsort(-best[able], kind="stable")]


def _chance(choices: Choices, lay: _Layout) -> FloatArray:
    """(f,) rising to 1: an edge is drawn as often as it could bring points; where there is most to win, most is tried."""
    part = np.minimum(choices.offer_quantity[lay.offer], choices.request_quantity[lay.request])
    rising: FloatArray = np.cumsum(lay.worth * part)
    return rising / rising[-1] if rising.size else rising


@compiled
def _take(lay: _Layout, way: int, offer_left: IntArray, request_left: IntArray, units: IntArray) -> tuple[float, float]:
    """Fill a way; return what its units are worth, and the share of the giver's offers they take."""
    worth = 0.0
    share = 0.0
    for edge in range(lay.way_starts[way], lay.way_starts[way + 1]):
        offer, request = lay.offer[edge], lay.request[edge]
        part = min(offer_left[offer], request_left[request])
        if part >= lay.least[edge]:
            units[edge] = part
            offer_left[offer] -= part
            request_left[request] -= part
            worth += lay.worth[edge] * part
            share += part / lay.stock[offer]
    return worth, share


@compiled
def _lay_down(lay: _Layout, way: int, offer_left: IntArray, request_left: IntArray, units: IntArray) -> None:
    for edge in range(lay.way_starts[way], lay.way_starts[way + 1]):
        if units[edge] > 0:
            offer_left[lay.offer[edge]] += units[edge]
            request_left[lay.request[edge]] += units[edge]
            units[edge] = 0


@compiled
def _choose_for(
    lay: _Layout,
    giver: int,
    thrift: float,
    offer_left: IntArray,
    request_left: IntArray,
    units: IntArray,
    score: FloatArray,
) -> float:
    """Let a giver who has laid everything down choose; return the points. ``thrift`` 1 looks for the most points for what is
    taken of the stock, 0 for the most points. ``score`` (v,) is room to work in.

    As the stock shrinks, no way comes to bring more than it brought. So a way is weighed again only when it seems the best
    of all, and taken if it still is."""
    first_way, last_way = lay.giver_starts[giver], lay.giver_starts[giver + 1]
    for way in range(first_way, last_way):
        score[way] = _weigh(lay, giver, way, 0.0, thrift, offer_left, request_left, units)[0]
        _lay_down(lay, way, offer_left, request_left, units)
    total = 0.0
    dearest = 0.0
    made = 0
    while made < lay.ways_most[giver] and first_way < last_way:
        way = first_way + np.argmax(score[first_way:last_way])
        seemed = score[way]
        if seemed <= 0.0:
            break
        score[way], points = _weigh(lay, giver, way, dearest, thrift, offer_left, request_left, units)
        if score[way] >= seemed:
            score[way] = 0.0
            dearest = max(dearest, lay.way_cost[way])
            total += points
            made += 1
        else:
            _lay_down(lay, way, offer_left, request_left, units)
    return total


@compiled
def _weigh(
    lay: _Layout,
    giver: int,
    way: int,
    dearest: float,
    thrift: float,
    offer_left: IntArray,
    request_left: IntArray,
    units: IntArray,
) -> tuple[float, float]:
    """Fill a way; return its score, 0 for one that brings nothing, and its points. ``dearest`` is the giver's dearest yet."""
    worth, share = _take(lay, way, offer_left, request_left, units)
    # The relief is for the dearest way: a dearer one than before is relieved instead of it.
    relief = min(lay.relief[giver], max(dearest, lay.way_cost[way])) - min(lay.relief[giver], dearest)
    points = worth - lay.way_cost[way] + relief
    return (points / share**thrift if points > 0.0 else 0.0), points


@compiled
def _choose_in_turn(
    lay: _Layout,
    givers: IntArray,
    offer_left: IntArray,
    request_left: IntArray,
    units: IntArray,
    points: FloatArray,
) -> None:
    score = np.zeros(lay.way_cost.size)
    for giver in givers:
        points[giver] = _choose_for(lay, giver, 1.0, offer_left, request_left, units, score)


@compiled
def _choose_again(
    lay: _Layout,
    around: IntArray,
    dice: FloatArray,
    offer_left: IntArray,
    request_left: IntArray,
    units: IntArray,
    points: FloatArray,
) -> None:
    """One try a request ``around``, one row of ``dice`` each: how many givers, how thrifty, and who."""
    before = np.zeros(units.size, dtype=np.int64)
    score = np.zeros(lay.way_cost.size)
    givers = np.zeros(TOGETHER_MAXIMUM, dtype=np.int64)
    anew = np.zeros(TOGETHER_MAXIMUM)
    for row in range(dice.shape[0]):
        thrift = 1.0 if dice[row, 0] < 0.5 else 2.0 * dice[row, 0] - 1.0
        count = _who_could(lay, around[row], dice[row, 1:], givers)
        old = 0.0
        for giver in givers[:count]:
            old += points[giver]
            _lay_all_down(lay, giver, offer_left, request_left, units, before)
        new = 0.0
        for one in range(count):
            anew[one] = _choose_for(lay, givers[one], thrift, offer_left, request_left, units, score)
            new += anew[one]
        if new >= old:
            for one in range(count):
                points[givers[one]] = anew[one]
            continue
        # All lie down before any stands up again: one may hold now what another held before.
        for giver in givers[:count]:
            _lay_all_down(lay, giver, offer_left, request_left, units, units)
        for giver in givers[:count]:
            _stand_again(lay, giver, offer_left, request_left, units, before)


@compiled
def _who_could(lay: _Layout, request: int, dice: FloatArray, givers: IntArray) -> int:
    """Put some of those who could serve ``request`` into ``givers``; return how many."""
    start, width = lay.request_starts[request], lay.request_starts[request + 1] - lay.request_starts[request]
    wanted = 1 + int(dice[0] * TOGETHER_MAXIMUM)
    count = 0
    for column in range(1, dice.size):
        giver = lay.by_request[start + int(dice[column] * width)]
        if count < wanted and not np.any(givers[:count] == giver):
            givers[count] = giver
            count += 1
    return count


@compiled
def _lay_all_down(
    lay: _Layout, giver: int, offer_left: IntArray, request_left: IntArray, units: IntArray, before: IntArray
) -> None:
    """Take back all a giver has chosen; ``before`` (f,) keeps what it was."""
    for way in range(lay.giver_starts[giver], lay.giver_starts[giver + 1]):
        for edge in range(lay.way_starts[way], lay.way_starts[way + 1]):
            before[edge] = units[edge]
        _lay_down(lay, way, offer_left, request_left, units)


@compiled
def _stand_again(
    lay: _Layout, giver: int, offer_left: IntArray, request_left: IntArray, units: IntArray, before: IntArray
) -> None:
    first_way, last_way = lay.giver_starts[giver], lay.giver_starts[giver + 1]
    for edge in range(lay.way_starts[first_way], lay.way_starts[last_way]):
        units[edge] = before[edge]
        offer_left[lay.offer[edge]] -= before[edge]
        request_left[lay.request[edge]] -= before[edge]


def check_within(name: str, values: IntArray | FloatArray, least: float, most: float) -> None:
    """Refuse values outside; a NaN is outside everything."""
    if values.size and not (values.min() >= least and values.max() <= most):
        raise ValueError(f"{name} must lie between {least} and {most}")
