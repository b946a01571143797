"""From the rows of two sheets to the arrays of the solver, and back to tasks and to reasons why a need is not met."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from taawun.ground.words.clean import search_key
from taawun.house.commands.match_sheet import Entry
from taawun.solve.matching.board import Offers, Options, Proposal, Requests, propose
from taawun.solve.matching.candidates import ALWAYS_FROM, ALWAYS_UNTIL, NO_AREA, Basis, Sites
from taawun.solve.matching.nearest import chord_to_km, unit_vectors

IntArray = NDArray[np.int64]
SEED: Final = 1

Reason = Literal["nobody", "other_unit", "too_far", "no_time", "too_small", "taken"]


@dataclass(frozen=True, slots=True)
class Task:
    """``parts`` of an offer go to a request. ``distance_km`` is None where ``same_area`` or nothing is all that is known."""

    request: Entry
    offer: Entry
    parts: int
    distance_km: float | None
    same_area: bool


@dataclass(frozen=True, slots=True)
class Unmet:
    """What is missing of a request, and why. ``largest_parts`` and ``nearest_km`` belong to their reasons."""

    request: Entry
    parts: int
    reason: Reason
    nearest_km: float | None = None
    largest_parts: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    tasks: list[Task]
    unmet: list[Unmet]
    proposal: Proposal


def match(
    requests: Sequence[Entry],
    offers: Sequence[Entry],
    *,
    limit_km: float,
    time_limit_seconds: float,
    evenness_km: float = 0.0,
    progress: Callable[[], None] | None = None,
) -> Outcome:
    """Return the plan for the two sheets."""
    board = _Board(requests, offers)
    options = Options(
        radius_km=limit_km, area_km=min(2.0, limit_km), anywhere_km=limit_km, evenness_km=evenness_km
    )
    proposal = propose(
        board.asked, board.offered, options, time_limit_seconds=time_limit_seconds, seed=SEED, progress=progress
    )
    plan, edges = proposal.plan, proposal.edges
    tasks = [
        Task(
            requests[request],
            offers[offer],
            int(quantity) * board.step[requests[request].market],
            float(edges.distance_km[edge]) if edges.basis[edge] == Basis.DISTANCE else None,
            bool(edges.basis[edge] == Basis.AREA),
        )
        for request, offer, edge, quantity in zip(
            plan.part_request, plan.part_offer, plan.part_edge, plan.part_quantity, strict=True
        )
    ]
    missing = [
        board.why_unmet(int(request), int(plan.unmet[request]), limit_km) for request in np.flatnonzero(plan.unmet)
    ]
    return Outcome(tasks, missing, proposal)


class _Board:
    """The sheets as arrays. In each market amounts are counted in the largest step that divides them all, so that five
    kilograms are five and not five thousand grams."""

    def __init__(self, requests: Sequence[Entry], offers: Sequence[Entry]) -> None:
        self.requests, self.offers = requests, offers
        self.step: dict[tuple[str, str], int] = {}
        for entry in (*requests, *offers):
            self.step[entry.market] = math.gcd(self.step.get(entry.market, 0), entry.parts)
        kinds = _Codes()
        areas = _Codes()
        asking, having = self._sites(requests, kinds, areas), self._sites(offers, kinds, areas)
        least = [max(1, -(-entry.least_parts // self.step[entry.market])) for entry in requests]
        self.asked = Requests(
            asking,
            np.array([entry.urgency for entry in requests], dtype=np.int64),
            np.array([entry.can_split for entry in requests], dtype=np.bool_),
            np.minimum(np.array(least, dtype=np.int64), asking.quantity),
        )
        givers = _Codes()
        giver = np.array([givers.of(_giver(entry)) for entry in offers], dtype=np.int64)
        self.offered = Offers(having, giver, np.zeros(len(givers), dtype=np.int64))

    def _sites(self, entries: Sequence[Entry], kinds: _Codes, areas: _Codes) -> Sites:
        def whole(values: list[int]) -> IntArray:
            return np.array(values, dtype=np.int64)

        def degrees(values: list[float | None]) -> NDArray[np.float64]:
            return np.array([math.nan if value is None else value for value in values], dtype=np.float64)

        area_keys = [search_key(entry.area) for entry in entries]
        return Sites(
            whole([kinds.of(entry.market) for entry in entries]),
            degrees([entry.latitude for entry in entries]),
            degrees([entry.longitude for entry in entries]),
            whole([areas.of(key) if key else NO_AREA for key in area_keys]),
            whole([ALWAYS_FROM if entry.opens is None else entry.opens for entry in entries]),
            whole([ALWAYS_UNTIL if entry.closes is None else entry.closes for entry in entries]),
            whole([entry.parts // self.step[entry.market] for entry in entries]),
        )

    def why_unmet(self, request: int, missing: int, limit_km: float) -> Unmet:
        """Walk the conditions in their order; the first that leaves nobody is the reason."""
        entry = self.requests[request]
        asking, having = self.asked.sites, self.offered.sites
        parts = missing * self.step[entry.market]
        left = np.flatnonzero(having.kind == asking.kind[request])
        if not left.size:
            same_kind = any(offer.kind == entry.kind for offer in self.offers)
            return Unmet(entry, parts, "other_unit" if same_kind else "nobody")
        away = self._away_km(request, left)
        near = np.isnan(away) | (away <= limit_km)
        if not near.any():
            return Unmet(entry, parts, "too_far", nearest_km=float(away.min()))
        left = left[near]
        left = left[(having.opens[left] <= asking.closes[request]) & (asking.opens[request] <= having.closes[left])]
        if not left.size:
            return Unmet(entry, parts, "no_time")
        largest = int(having.quantity[left].max())
        if largest < int(self.asked.smallest_part[request]):
            return Unmet(entry, parts, "too_small", largest_parts=largest * self.step[entry.market])
        return Unmet(entry, parts, "taken")

    def _away_km(self, request: int, offers: IntArray) -> NDArray[np.float64]:
        asking, having = self.asked.sites, self.offered.sites
        here = unit_vectors(asking.latitude[[request]], asking.longitude[[request]])
        there = unit_vectors(having.latitude[offers], having.longitude[offers])
        return chord_to_km(np.linalg.norm(there - here, axis=1))


class _Codes:
    """Numbers for things, in the order they first appear."""

    def __init__(self) -> None:
        self._codes: dict[Hashable, int] = {}

    def of(self, thing: Hashable) -> int:
        return self._codes.setdefault(thing, len(self._codes))

    def __len__(self) -> int:
        return len(self._codes)


def _giver(entry: Entry) -> Hashable:
    """Rows with one phone number, or without phones but with one name, are one giver; a row with neither is its own."""
    if entry.phone:
        return "phone", entry.phone
    return ("name", search_key(entry.name)) if search_key(entry.name) else ("row", entry.line)
