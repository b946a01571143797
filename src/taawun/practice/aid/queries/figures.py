"""Figures without names, for a funder or the committee: by month, group of kinds and area, with small groups hidden.

Figures are published by calendar quarter. Quarters do not overlap, so no two publications can be subtracted from each
other to show a month that was hidden; a link shows finished quarters only, so that nobody learns of one person by
looking today and again tomorrow.
"""

import re
import statistics
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from taawun.community.circles import kinds
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.models import Area, Circle
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import suppression

QUARTERS_SHOWN = 40
OWN_GROUP = "own"
_QUARTER = re.compile(r"(20[0-9]{2})-Q([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year, by the circle's clock."""

    year: int
    number: int

    @property
    def code(self) -> str:
        return f"{self.year}-Q{self.number}"

    def months(self, zone: ZoneInfo) -> list[datetime]:
        """Return where its three months begin, and where it ends."""
        first = (self.number - 1) * 3
        places = [(self.year + (first + step) // 12, (first + step) % 12 + 1) for step in range(4)]
        return [datetime(year, month, 1, tzinfo=zone) for year, month in places]

    def is_over(self, zone: ZoneInfo, now: datetime) -> bool:
        return self.months(zone)[3] <= now

    def before(self) -> "Quarter":
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)


def quarter_of(moment: datetime) -> Quarter:
    return Quarter(moment.year, (moment.month - 1) // 3 + 1)


def read_quarter(text: str) -> Quarter:
    found = _QUARTER.fullmatch(text)
    if found is None:
        raise Refusal("figures.period", "period")
    return Quarter(int(found[1]), int(found[2]))


def quarters(circle: Circle, *, finished_only: bool, now: datetime) -> list[Quarter]:
    """Return the quarters there are figures of, newest first: since the first need, or none."""
    zone = ZoneInfo(circle.time_zone)
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(posted_at) FROM aid_intent WHERE circle_id = %s", [circle.id])
        first = cursor.fetchone()[0]
    if first is None:
        return []
    begin, one = quarter_of(first.astimezone(zone)), quarter_of(now.astimezone(zone))
    found: list[Quarter] = []
    while one >= begin and len(found) < QUARTERS_SHOWN:
        if not finished_only or one.is_over(zone, now):
            found.append(one)
        one = one.before()
    return found


@dataclass(frozen=True, slots=True)
class _Case:
    """One need, as the figures count it. It never leaves this module."""

    agent_id: uuid.UUID
    month: int
    kind: str
    area_id: uuid.UUID | None
    is_met: bool
    unit: str
    quantity: int
    hours: float | None


@dataclass
class _Bucket:
    needs: int = 0
    met: int = 0
    people: set[uuid.UUID] = field(default_factory=set)
    helped: set[uuid.UUID] = field(default_factory=set)
    unhelped: set[uuid.UUID] = field(default_factory=set)
    hours: list[float] = field(default_factory=list)
    quantities: dict[str, int] = field(default_factory=dict)

    def add(self, case: _Case) -> None:
        self.needs += 1
        self.people.add(case.agent_id)
        if case.quantity:
            self.quantities[case.unit] = self.quantities.get(case.unit, 0) + case.quantity
        if case.is_met:
            self.met += 1
            self.helped.add(case.agent_id)
            if case.hours is not None:
                self.hours.append(case.hours)
        else:
            self.unhelped.add(case.agent_id)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of figures. None is hidden: too few people stand behind it, or behind another row it would give away.

    ``asked`` and ``people`` may show where ``met`` and what follows from it do not.
    """

    code: str
    name: str
    asked: int | None = None
    people: int | None = None
    met: int | None = None
    unmet: int | None = None
    reached: int | None = None
    percent: int | None = None
    median_hours: int | None = None
    quantities: Mapping[str, int] | None = None
    is_empty: bool = False

    @property
    def is_hidden(self) -> bool:
        return self.asked is None and not self.is_empty


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a quarter: of a whole circle, or of one organisation in it."""

    quarter: Quarter
    is_over: bool
    total: Line
    months: list[Line]
    groups: list[Line]
    areas: list[Line]

    @property
    def hides(self) -> bool:
        return any(one.is_hidden or (one.met is None and not one.is_empty) for one in self.every())

    def every(self) -> list[Line]:
        return [self.total, *self.months, *self.groups, *self.areas]


def figures(
    circle: Circle, quarter: Quarter, *, organisation_id: uuid.UUID | None = None, now: datetime
) -> Figures:
    """Return the figures of a quarter: four statements at most.

    A circle's count what was asked for in it. An organisation's count what was handed to it or what it took on, and hide
    also what would show a small rest when it is subtracted from the circle's.
    """
    zone = ZoneInfo(circle.time_zone)
    edges = quarter.months(zone)
    whole = _asked(circle, edges)
    cases = whole if organisation_id is None else _given(circle, organisation_id, edges)
    rest = None if organisation_id is None else whole
    known = {kind.code: kind.group for kind in kinds.all_of(circle)}
    areas = list(Area.objects.filter(circle=circle).order_by("name"))
    total = _sorted(cases, lambda case: "", [""])[0]
    tables = []
    for key_of, keys in (
        (lambda case: str(case.month), ["0", "1", "2"]),
        (lambda case: known.get(case.kind, OWN_GROUP), [*(one.code for one in GROUPS), OWN_GROUP]),
        (lambda case: str(case.area_id or ""), [*(str(one.id) for one in areas), ""]),
    ):
        buckets = _sorted(cases, key_of, keys)
        others = _sorted(rest, key_of, keys) if rest is not None else None
        tables.append((keys, buckets, _hidden(buckets, total, others)))
    names = {"0": "", "1": "", "2": ""} | {one.code: str(one.name) for one in GROUPS} | {str(one.id): one.name for one in areas}
    asked_shown = all(asked.total_shown for _keys, _buckets, (asked, _met) in tables)
    met_shown = asked_shown and all(met.total_shown for _keys, _buckets, (_asked, met) in tables)
    lines = [
        [
            _line(key, names.get(key, ""), bucket, place not in asked.rows, place not in met.rows)
            for place, (key, bucket) in enumerate(zip(keys, buckets, strict=True))
        ]
        for keys, buckets, (asked, met) in tables
    ]
    return Figures(
        quarter=quarter,
        is_over=edges[3] <= now,
        # Amounts are told by group of kinds only: together they would give the hidden ones away.
        total=_line("", "", total, asked_shown, met_shown, with_quantities=False),
        months=[_without_quantities(one) for one in lines[0]],
        groups=[one for one in lines[1] if not one.is_empty],
        areas=[_without_quantities(one) for one in lines[2] if not one.is_empty],
    )


def _sorted(cases: Iterable[_Case], key_of: Callable[[_Case], str], keys: Sequence[str]) -> list[_Bucket]:
    buckets = {key: _Bucket() for key in keys}
    for case in cases:
        key = key_of(case)
        # What an area or a group had that is gone now counts with those that never said.
        buckets[key if key in buckets else keys[-1]].add(case)
    return [buckets[key] for key in keys]


def _hidden(
    buckets: list[_Bucket], total: _Bucket, others: list[_Bucket] | None
) -> tuple[suppression.Hidden, suppression.Hidden]:
    """Return what to hide of how many asked, and what of how many of them were helped, which is told of fewer rows."""
    rests = [] if others is None else [
        place
        for place, (own, whole) in enumerate(zip(buckets, others, strict=True))
        if own.people and suppression.is_small(len(whole.helped - own.helped))
    ]  # fmt: skip
    asked = suppression.hide([[len(one.people)] for one in buckets], [len(total.people)], rests)
    counts = [[len(one.people), len(one.helped), len(one.unhelped)] for one in [*buckets, total]]
    met = suppression.hide(counts[:-1], counts[-1], asked.rows)
    return asked, met


def _line(
    key: str, name: str, bucket: _Bucket, asked_shown: bool, met_shown: bool, *, with_quantities: bool = True
) -> Line:
    if not bucket.needs:
        return Line(key, name, is_empty=True, asked=0, people=0, met=0, unmet=0, reached=0, quantities={})
    line = Line(key, name, asked=bucket.needs if asked_shown else None, people=len(bucket.people) if asked_shown else None)
    if not (asked_shown and met_shown):
        return line
    hours = round(statistics.median(bucket.hours)) if len(bucket.hours) >= suppression.SMALL else None
    return Line(
        key, name, asked=bucket.needs, people=len(bucket.people), met=bucket.met, unmet=bucket.needs - bucket.met,
        reached=len(bucket.helped), percent=round(100 * bucket.met / bucket.needs), median_hours=hours,
        quantities=dict(sorted(bucket.quantities.items())) if with_quantities else None,
    )  # fmt: skip


def _without_quantities(line: Line) -> Line:
    if line.quantities is None:
        return line
    return Line(
        line.code, line.name, line.asked, line.people, line.met, line.unmet, line.reached, line.percent,
        line.median_hours, None, line.is_empty,
    )  # fmt: skip


_ASKED = """
    SELECT intent.agent_id, intent.posted_at, intent.kind, intent.area_id, coalesce(help.arrived, false), intent.unit,
           coalesce(help.quantity, 0), help.first_at
      FROM aid_intent intent
      LEFT JOIN LATERAL (
            SELECT true AS arrived, sum(promise.delivered)::bigint AS quantity, min(promise.ended_at) AS first_at
              FROM aid_commitment promise
             WHERE promise.request_id = intent.id AND promise.state IN ('delivered', 'received')
            HAVING count(*) > 0) help ON true
     WHERE intent.circle_id = %(circle)s AND intent.direction = 'request'
       AND intent.posted_at >= %(from)s AND intent.posted_at < %(to)s
    UNION ALL
    SELECT promise.receiver_id, promise.made_at, offer.kind, offer.area_id, promise.state IN ('delivered', 'received'),
           offer.unit, coalesce(promise.delivered, 0), promise.ended_at
      FROM aid_commitment promise JOIN aid_intent offer ON offer.id = promise.offer_id
     WHERE promise.circle_id = %(circle)s AND promise.request_id IS NULL
       AND promise.made_at >= %(from)s AND promise.made_at < %(to)s
"""
_GIVEN = """
    SELECT promise.receiver_id, promise.made_at, intent.kind, intent.area_id, promise.state IN ('delivered', 'received'),
           intent.unit, coalesce(promise.delivered, 0), promise.ended_at
      FROM aid_commitment promise JOIN aid_intent intent ON intent.id = coalesce(promise.request_id, promise.offer_id)
     WHERE promise.circle_id = %(circle)s AND promise.giver_id = %(organisation)s
       AND promise.made_at >= %(from)s AND promise.made_at < %(to)s
"""


def _asked(circle: Circle, edges: list[datetime]) -> list[_Case]:
    return _cases(_ASKED, {"circle": circle.id, "from": edges[0], "to": edges[3]}, edges)


def _given(circle: Circle, organisation_id: uuid.UUID, edges: list[datetime]) -> list[_Case]:
    return _cases(
        _GIVEN, {"circle": circle.id, "organisation": organisation_id, "from": edges[0], "to": edges[3]}, edges
    )


def _cases(statement: str, facts: dict[str, Any], edges: list[datetime]) -> list[_Case]:
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        found = []
        for agent_id, at, kind, area_id, is_met, unit, quantity, first_at in cursor.fetchall():
            month = sum(at >= edge for edge in edges[1:3])
            hours = (first_at - at).total_seconds() / 3600 if is_met and first_at is not None else None
            found.append(_Case(agent_id, month, kind, area_id, is_met, unit, quantity if is_met else 0, hours))
    return found
