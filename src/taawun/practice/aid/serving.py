"""What a programme serves, what it has room for, and how well it fits a need. Pure: values in, answers out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from taawun.practice.aid.rules import Urgency

CASES = ""
"""The key under which a capacity counts cases of any kind, beside the codes of kinds."""
AMOUNT_MAX = 1_000_000_000


class Period(StrEnum):
    """In which time a capacity is counted."""

    NONE = ""
    WEEK = "week"
    MONTH = "month"
    # Open places: taken by whoever is waiting or helped now, free again when that has ended.
    PLACES = "places"


class Entry(StrEnum):
    """Who may hand a need to a programme: anybody for her own, or only somebody who refers."""

    ANYONE = "anyone"
    REFERRAL = "referral"


# Why a programme says no, and how a need leaves a waiting list.
DECLINE_REASONS = ("no_place", "not_for_us", "outside_area", "not_reached", "helped_elsewhere", "other")
# How long a programme has to answer; half-way it is reminded, and at the end the need is open for everybody again.
ANSWER_WITHIN = {
    Urgency.NOW: timedelta(hours=12),
    Urgency.SOON: timedelta(days=2),
    Urgency.WEEK: timedelta(days=4),
    Urgency.WHENEVER: timedelta(days=7),
}


@dataclass(frozen=True, slots=True)
class AnswerClocks:
    """When a programme is reminded of what was handed to it, and when the need is open for everybody again."""

    warn_at: datetime
    release_at: datetime


def answer_clocks(urgency: Urgency, *, now: datetime) -> AnswerClocks:
    within = ANSWER_WITHIN[urgency]
    return AnswerClocks(now + within / 2, now + within)


@dataclass(frozen=True, slots=True)
class Served:
    """What and where: kinds by code, whole groups of kinds, areas by id, and public cells. No place at all is everywhere."""

    kinds: frozenset[str]
    groups: frozenset[str]
    areas: frozenset[object]
    cells: frozenset[int]

    def has_kind(self, kind: str, group: str) -> bool:
        return kind in self.kinds or group in self.groups

    def has_place(self, area: object, cell: int | None) -> bool:
        if not self.areas and not self.cells:
            return True
        return (area is not None and area in self.areas) or (cell is not None and cell in self.cells)


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of a capacity for one kind. None: there is no limit. Amounts are in the unit's smallest part."""

    cases: int | None = None
    amount: int | None = None

    def takes(self, quantity: int) -> bool:
        return (self.cases is None or self.cases >= 1) and (self.amount is None or self.amount >= quantity)

    @property
    def is_limited(self) -> bool:
        return self.cases is not None or self.amount is not None


@dataclass(frozen=True, slots=True)
class Used:
    """What a programme has taken on in the current period: cases in all, and amounts by kind."""

    cases: int = 0
    amounts: Mapping[str, int] = field(default_factory=dict)


def room(capacity: Mapping[str, int], used: Used, kind: str) -> Room:
    """Return what is left for a kind. More may be taken on than was planned (the plan was lowered): then nothing is left."""
    cases = max(0, capacity[CASES] - used.cases) if CASES in capacity else None
    amount = max(0, capacity[kind] - used.amounts.get(kind, 0)) if kind in capacity else None
    return Room(cases, amount)


@dataclass(frozen=True, slots=True)
class Need:
    """What the fit of a need is judged by."""

    kind: str
    group: str
    area: object
    cell: int | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a programme fits: the points rank, the reasons are said. ``is_full``: only a waiting list is left."""

    points: int
    reasons: tuple[str, ...]
    is_full: bool


def fit(need: Need, served: Served, left: Room, *, has_waiting_list: bool) -> Fit | None:
    """Return how a programme fits a need, or None when it serves another kind or place, or is full without a list.

    What is made for exactly this comes before what takes a whole group, the near before the general, and room before
    a waiting list, which weighs most.
    """
    if not served.has_kind(need.kind, need.group) or not served.has_place(need.area, need.cell):
        return None
    takes = left.takes(need.quantity)
    if not takes and not has_waiting_list:
        return None
    reasons = ["kind.exact" if need.kind in served.kinds else "kind.group"]
    points = 30 if need.kind in served.kinds else 15
    if served.areas or served.cells:
        reasons.append("place.near")
        points += 20
    else:
        reasons.append("place.anywhere")
    if not takes:
        reasons.append("room.list")
    elif left.is_limited:
        reasons.append("room.left")
        points += 45
    else:
        reasons.append("room.open")
        points += 40
    return Fit(points, tuple(reasons), not takes)


def period_start(period: str, local_now: datetime) -> datetime | None:
    """Return when the current week (from Monday) or month began, by the circle's clock; None where nothing begins."""
    midnight = local_now.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == Period.WEEK:
        return midnight - timedelta(days=midnight.weekday())
    if period == Period.MONTH:
        return midnight.replace(day=1)
    return None
