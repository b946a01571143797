"""The open board as arrays for the solver, what pairs may not be or cost beside their distance, and the plan read back.

Everything here is computed from coarse cells. A pair may not be: where one hides from the other, both are one's own, a
coordinator said no to it and neither has changed, it was asked before and no help came of it, the times of the two
never meet, or what can only be taken whole is too much. Beside the distance count a shared language, how fresh an offer
is, how likely it is to arrive, and that the pair was shown before: each worth its points in kilometres.
"""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from taawun.ground.values.place import centre_of
from taawun.practice.aid.models import Intent
from taawun.practice.aid.queries.learning import Giving
from taawun.practice.aid.queries.open_board import Matched, Missing, OpenBoard, Outcome, Pair
from taawun.practice.aid.queries.suggest import candidate
from taawun.solve.matching.board import Edges, Offers, Options, Proposal, Requests, propose
from taawun.solve.matching.candidates import ALWAYS_FROM, ALWAYS_UNTIL, NO_AREA, Basis, Sites
from taawun.solve.matching.nearest import chord_to_km, unit_vectors
from taawun.solve.matching.score import score
from taawun.solve.matching.success import expect

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
SEED = 1
# A window without an end is looked at for two weeks, as suggestions do.
OPEN_ENDED = timedelta(days=14)
SLOT_MINUTES = 30
SLOTS = 7 * 24 * 60 // SLOT_MINUTES
WORDS = -(-SLOTS // 64)
ALL_WEEK = (1 << SLOTS) - 1


def solved(board: OpenBoard, *, time_limit_seconds: float, progress: Callable[[], None] | None = None) -> Outcome:
    """Return the best plan found for a board with needs and offers on it."""
    arrays = _Arrays(board)
    rules = board.judging.rules
    radius_km = rules.number("radius_km")
    options = Options(
        candidates_each=int(rules.value("candidates_each")),
        radius_km=radius_km,
        step_km=rules.number("step_km"),
        area_km=min(2.0, radius_km),
        anywhere_km=radius_km,
        judge=arrays.judge,
        evenness_km=rules.number("evenness_km"),
    )
    found = propose(
        arrays.asked, arrays.offered, options, time_limit_seconds=time_limit_seconds, seed=SEED, progress=progress
    )
    units = arrays.mended(found)
    matches = [arrays.matched(int(part), int(units[part]), found) for part in np.flatnonzero(units)]
    unmet = arrays.asked.sites.quantity.copy()
    np.subtract.at(unmet, found.plan.part_request, units)
    missing = [arrays.why(int(row), int(unmet[row]), radius_km) for row in np.flatnonzero(unmet > 0)]
    return Outcome(matches, missing, found)


class _Arrays:
    """The board as the solver takes it. Each market counts amounts in the largest step that divides them all."""

    def __init__(self, board: OpenBoard) -> None:
        self.board = board
        self.step: dict[tuple[str, str], int] = {}
        for one in (*board.requests, *board.offers):
            market = (one.kind, one.unit)
            self.step[market] = math.gcd(self.step.get(market, 0), one.left)
        self._kinds: dict[object, int] = {}
        self._areas: dict[object, int] = {}
        self._agents: dict[object, int] = {}
        asking, having = self._sites(board.requests), self._sites(board.offers)
        ones = np.ones(len(board.requests), dtype=np.int64)
        self.asked = Requests(
            asking,
            np.array([one.urgency for one in board.requests], dtype=np.int64),
            np.array([not one.whole_only for one in board.requests], dtype=np.bool_),
            ones,
        )
        self.request_agent = _codes(self._agents, [one.agent_id for one in board.requests])
        self.offer_agent = _codes(self._agents, [one.agent_id for one in board.offers])
        givers, giver = np.unique(self.offer_agent, return_inverse=True)
        self.offered = Offers(having, giver.astype(np.int64), self._prior_load(givers, giver, asking, having))
        self._offer_whole = np.array([one.whole_only for one in board.offers], dtype=np.bool_)
        self._weeks = _weeks(board.requests, board.now), _weeks(board.offers, board.now)
        self._never = self._pairs(board.forbidden)
        self._shown = self._pairs(board.shown)
        hidden = [
            self._agents[one] * len(self._agents) + self._agents[other]
            for one, other in board.hidden
            if one in self._agents and other in self._agents
        ]
        self._hidden = np.array(sorted(hidden), dtype=np.int64)
        self._tongues = _tongues(board.requests, board.offers)
        self._cost_km = self._offer_cost_km()

    def _prior_load(self, givers: IntArray, giver: IntArray, asking: Sites, having: Sites) -> IntArray:
        """(g,) what each giver took on in the last 30 days, in amounts as they are usual now: tasks of bread and of litres
        are tasks alike."""
        usual = np.ones(len(having))
        for kind in np.unique(having.kind):
            asked = asking.quantity[asking.kind == kind]
            usual[having.kind == kind] = np.median(asked) if asked.size else 1
        each = np.bincount(giver, np.minimum(usual, having.quantity)) / np.bincount(giver)
        names = {code: agent for agent, code in self._agents.items()}
        recent = [self.board.giving.get(names[int(code)], Giving()).recent for code in givers]  # type: ignore[call-overload]
        return np.rint(np.array(recent) * np.maximum(1, each)).astype(np.int64)

    def _sites(self, intents: Sequence[Intent]) -> Sites:
        spans = [_window(one, self.board.now) for one in intents]
        places = _places([one.cell for one in intents])
        areas = _codes(self._areas, [one.area_id for one in intents])
        areas[[one.area_id is None for one in intents]] = NO_AREA
        return Sites(
            _codes(self._kinds, [(one.kind, one.unit) for one in intents]),
            places[:, 0].copy(),
            places[:, 1].copy(),
            areas,
            np.array([span[0] for span in spans], dtype=np.int64),
            np.array([span[1] for span in spans], dtype=np.int64),
            np.array([one.left // self.step[one.kind, one.unit] for one in intents], dtype=np.int64),
        )

    def _pairs(self, pairs: set[Pair]) -> IntArray:
        rows = {one.id: row for row, one in enumerate(self.board.requests)}
        columns = {one.id: column for column, one in enumerate(self.board.offers)}
        width = len(columns)
        found = [rows[one] * width + columns[other] for one, other in pairs if one in rows and other in columns]
        return np.array(sorted(found), dtype=np.int64)

    def _offer_cost_km(self) -> FloatArray:
        """(m,) what is missing of an offer, in kilometres: that it is old, and that it may not arrive."""
        rules, history = self.board.judging.rules, self.board.judging.history
        points = np.zeros(len(self.board.offers))
        for column, one in enumerate(self.board.offers):
            age_hours = max(0.0, (self.board.now - one.fresh_at).total_seconds() / 3600)
            days = min(age_hours / 24, rules.number("age_days_most"))
            points[column] = rules.number("stale_points_per_day") * days
            if history is not None:
                record = self.board.giving.get(one.agent_id, Giving()).record
                missing = 1 - expect(history, one.kind, age_hours, record).whole
                points[column] += rules.number("success_points") * missing
        return points / rules.points_per_km

    def judge(self, edges: Edges) -> FloatArray:
        """(e,) what a pair costs beside its distance, infinite for one that may not be."""
        rules, request, offer = self.board.judging.rules, edges.request, edges.offer
        more = self._cost_km[offer]
        apart = (self._tongues[0][request] & self._tongues[1][offer]) == 0
        more = more + np.where(apart, rules.number("language_points") / rules.points_per_km, 0.0)
        pair = request * len(self.board.offers) + offer
        more = more - np.where(_among(pair, self._shown), rules.number("keep_km"), 0.0)
        return np.where(self._may_not_be(request, offer, pair), np.inf, more)

    def _may_not_be(self, request: IntArray, offer: IntArray, pair: IntArray) -> BoolArray:
        giver, receiver = self.offer_agent[offer], self.request_agent[request]
        never = _among(pair, self._never) | (giver == receiver)
        never |= _among(receiver * len(self._agents) + giver, self._hidden)
        needed, left = self.asked.sites.quantity[request], self.offered.sites.quantity[offer]
        never |= self._offer_whole[offer] & (needed < left)
        never |= ~np.any(self._weeks[0][request] & self._weeks[1][offer], axis=1)
        return never

    def mended(self, found: Proposal) -> IntArray:
        """Return the plan's parts with what can only be taken whole taken whole, or not at all.

        The solver knows requests that take all or nothing, and no such offers. Where it left a part of such an offer,
        the rest is taken away from the request's other parts; where these are too small, the part is dropped.
        """
        plan = found.plan
        units = plan.part_quantity.copy()
        whole = self._offer_whole[plan.part_offer] & (units < self.offered.sites.quantity[plan.part_offer])
        touched: set[int] = set()
        for part in np.flatnonzero(whole):
            row, offer = plan.part_request[part], int(plan.part_offer[part])
            lacking = int(self.offered.sites.quantity[offer] - units[part])
            others = np.flatnonzero((plan.part_request == row) & (units > 0) & ~self._offer_whole[plan.part_offer])
            if offer in touched or int(units[others].sum()) < lacking:
                units[part] = 0
                continue
            touched.add(offer)
            units[part] += lacking
            for other in others:
                less = min(lacking, int(units[other]))
                units[other] -= less
                lacking -= less
        return units

    def matched(self, part: int, units: int, found: Proposal) -> Matched:
        plan = found.plan
        request = self.board.requests[plan.part_request[part]]
        offer = self.board.offers[plan.part_offer[part]]
        edge = plan.part_edge[part]
        known = found.edges.basis[edge] == int(Basis.DISTANCE)
        weighed = candidate(request, offer, self.board.giving, self.board.judging.history, self.board.now)
        return Matched(
            request,
            offer,
            units * self.step[request.kind, request.unit],
            float(found.edges.distance_km[edge]) if known else None,
            score(weighed, self.board.judging.rules.weights(for_request=True)),
            (request.id, offer.id) in self.board.shown,
        )

    def why(self, row: int, missing: int, radius_km: float) -> Missing:
        """Walk the conditions in their order; the first that leaves nobody is the reason."""
        one = self.board.requests[row]
        asking, having = self.asked.sites, self.offered.sites
        quantity = missing * self.step[one.kind, one.unit]
        left = np.flatnonzero(having.kind == asking.kind[row])
        if not left.size:
            other_unit = any(offer.kind == one.kind for offer in self.board.offers)
            return Missing(one, quantity, "other_unit" if other_unit else "nobody")
        away = self._away_km(row, left)
        near = np.isnan(away) | (away <= radius_km)
        if not near.any():
            return Missing(one, quantity, "too_far", nearest_km=float(np.nanmin(away)))
        left = left[near]
        meets = (having.opens[left] <= asking.closes[row]) & (asking.opens[row] <= having.closes[left])
        meets &= np.any(self._weeks[0][row] & self._weeks[1][left], axis=1)
        left = left[meets]
        if not left.size:
            return Missing(one, quantity, "no_time")
        largest = int(having.quantity[left].max())
        if largest < int(self.asked.smallest_part[row]):
            return Missing(one, quantity, "too_small", largest=largest * self.step[one.kind, one.unit])
        here = np.full(left.size, row, dtype=np.int64)
        if self._may_not_be(here, left, here * len(self.board.offers) + left).all():
            return Missing(one, quantity, "not_these")
        return Missing(one, quantity, "given")

    def _away_km(self, row: int, offers: IntArray) -> FloatArray:
        asking, having = self.asked.sites, self.offered.sites
        here = unit_vectors(asking.latitude[[row]], asking.longitude[[row]])
        there = unit_vectors(having.latitude[offers], having.longitude[offers])
        return chord_to_km(np.linalg.norm(there - here, axis=1))


def _codes(known: dict[object, int], things: Sequence[object]) -> IntArray:
    return np.array([known.setdefault(one, len(known)) for one in things], dtype=np.int64)


def _among(values: IntArray, wanted: IntArray) -> BoolArray:
    """(n,) whether each is one of ``wanted``, which is sorted."""
    if not wanted.size:
        return np.zeros(values.shape, dtype=np.bool_)
    places = np.minimum(np.searchsorted(wanted, values), wanted.size - 1)
    return wanted[places] == values


def _places(cells: Sequence[int | None]) -> FloatArray:
    """(n, 2) degrees of the middles of the cells; NaN where there is none."""
    middles: dict[int | None, tuple[float, float]] = {None: (math.nan, math.nan)}
    for cell in cells:
        if cell is not None and cell not in middles:
            middle = centre_of(cell)
            middles[cell] = (middle.latitude, middle.longitude)
    return np.array([middles[cell] for cell in cells], dtype=np.float64).reshape(len(cells), 2)


def _tongues(*sides: Sequence[Intent]) -> list[NDArray[np.int64]]:
    """(n,) for each side: a bit for each language somebody speaks. Beyond sixty-two there are none."""
    bits: dict[str, int] = {}

    def of(codes: Sequence[str]) -> int:
        return sum(1 << bits.setdefault(code, len(bits)) for code in set(codes) if len(bits) < 62 or code in bits)

    return [np.array([of(one.agent.languages) for one in side], dtype=np.int64) for side in sides]


def _span(one: Intent, now: datetime) -> tuple[datetime, datetime] | None:
    if one.weekdays or (one.starts_at is None and one.ends_at is None):
        return None
    start = max(one.starts_at or now, now)
    return start, max(one.ends_at or start + OPEN_ENDED, start)


def _window(one: Intent, now: datetime) -> tuple[int, int]:
    """Return from which minute to which an intent can be met. Standing hours are compared by the week."""
    span = _span(one, now)
    if span is None:
        return ALWAYS_FROM, ALWAYS_UNTIL
    # Two that only touch do not meet.
    return math.ceil(span[0].timestamp() / 60), math.ceil(span[1].timestamp() / 60) - 1


def _weeks(intents: Sequence[Intent], now: datetime) -> NDArray[np.uint64]:
    """(n, WORDS) a bit for each half hour of the week in the circle's zone in which an intent can be met."""
    zone = ZoneInfo(intents[0].circle.time_zone) if intents else ZoneInfo("UTC")
    weeks = np.zeros((len(intents), WORDS), dtype=np.uint64)
    known: dict[object, list[int]] = {}
    for row, one in enumerate(intents):
        said = (tuple(one.weekdays), one.from_minute, one.to_minute, one.starts_at, one.ends_at)
        if said not in known:
            bits = _week(one, zone, now)
            known[said] = [(bits >> (64 * word)) & (2**64 - 1) for word in range(WORDS)]
        weeks[row] = known[said]
    return weeks


def _week(one: Intent, zone: ZoneInfo, now: datetime) -> int:
    if one.weekdays:
        start, end = one.from_minute or 0, one.to_minute or 24 * 60
        return _bits(
            [(day * 24 * 60 + start, day * 24 * 60 + end + (24 * 60 if end <= start else 0)) for day in one.weekdays]
        )
    span = _span(one, now)
    if span is None or span[1] - span[0] >= timedelta(days=7):
        return ALL_WEEK
    local = span[0].astimezone(zone)
    begin = local.weekday() * 24 * 60 + local.hour * 60 + local.minute
    return _bits([(begin, begin + max(1, math.ceil((span[1] - span[0]).total_seconds() / 60)))])


def _bits(minutes: Sequence[tuple[int, int]]) -> int:
    bits = 0
    for start, end in minutes:
        for slot in range(start // SLOT_MINUTES, -(-end // SLOT_MINUTES)):
            bits |= 1 << (slot % SLOTS)
    return bits
