"""The directory of programmes: what each serves, what it has room for, and which could take a need, the best fit first."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import get_language

from taawun.community.circles import catalogue, kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Area, Circle
from taawun.ground.values.place import cells_within
from taawun.ground.words.clean import search_key
from taawun.practice.aid import access, rules, serving
from taawun.practice.aid.models import Intent, Programme

PROGRAMMES_READ = 500
FITS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """A programme with what it serves and what it has taken on in its current period."""

    programme: Programme
    served: serving.Served
    used: serving.Used
    areas: tuple[Area, ...]

    def room(self, kind: str) -> serving.Room:
        return serving.room(self.programme.capacity, self.used, kind)

    @property
    def is_full(self) -> bool:
        """Whether nothing at all has room: then only a waiting list is left."""
        capacity = self.programme.capacity
        if not capacity or not self.programme.period:
            return False
        if serving.CASES in capacity and capacity[serving.CASES] <= self.used.cases:
            return True
        limited = [kind for kind in capacity if kind]
        every = bool(limited) and set(self.programme.kinds) <= set(limited) and not self.programme.groups
        return every and all(capacity[kind] <= self.used.amounts.get(kind, 0) for kind in limited)


@dataclass(frozen=True, slots=True)
class Fitting:
    """A programme that could take a need, and why."""

    shown: Shown
    fit: serving.Fit


def shown(circle: Circle, programmes: Iterable[Programme], *, now: datetime) -> list[Shown]:
    """Return programmes with what they serve and have taken on: two statements, whatever their number."""
    rows = list(programmes)
    areas = {area.id: area for area in Area.objects.filter(circle=circle)} if any(one.area_ids for one in rows) else {}
    used = used_of(circle, rows, now=now)
    made = []
    for one in rows:
        named = tuple(areas[area_id] for area_id in one.area_ids if area_id in areas)
        made.append(Shown(one, served_by(one, areas), used.get(one.id, serving.Used()), named))
    return made


def served_by(programme: Programme, areas: Mapping[uuid.UUID, Area]) -> serving.Served:
    """Return what and where a programme serves. An area that is gone counts for nothing, and never widens the rest."""
    around = cells_within(programme.cell, programme.rings) if programme.cell is not None else []
    within = [areas[one].cell for one in programme.area_ids if one in areas]
    return serving.Served(
        kinds=frozenset(programme.kinds),
        groups=frozenset(programme.groups),
        areas=frozenset(programme.area_ids),
        cells=frozenset([*around, *(cell for cell in within if cell is not None)]),
    )


def used_of(circle: Circle, programmes: Sequence[Programme], *, now: datetime) -> dict[uuid.UUID, serving.Used]:
    """Return what each programme has taken on in its current period: one statement.

    Weeks and months count what was taken on in them and not let go again; places count whoever is waiting or being
    helped now.
    """
    limited = [one.id for one in programmes if one.period]
    if not limited:
        return {}
    local = now.astimezone(ZoneInfo(circle.time_zone))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT programme.id, intent.kind, count(*), sum(coalesce(promise.delivered, promise.quantity))::bigint
              FROM aid_placement placement
              JOIN aid_programme programme ON programme.id = placement.programme_id
              JOIN aid_commitment promise ON promise.id = placement.commitment_id
              JOIN aid_intent intent ON intent.id = placement.intent_id
             WHERE placement.circle_id = %(circle)s AND programme.id = ANY(%(ids)s)
               AND CASE programme.period
                   WHEN 'places' THEN promise.state IN ('waiting', 'agreed')
                   WHEN 'month' THEN promise.state = ANY(%(holding)s) AND promise.made_at >= %(month)s
                   ELSE promise.state = ANY(%(holding)s) AND promise.made_at >= %(week)s END
             GROUP BY programme.id, intent.kind
            """,
            {
                "circle": circle.id, "ids": limited, "holding": sorted(rules.HOLDING),
                "month": serving.period_start("month", local), "week": serving.period_start("week", local),
            },
        )  # fmt: skip
        cases: dict[uuid.UUID, int] = {}
        amounts: dict[uuid.UUID, dict[str, int]] = {}
        for programme_id, kind, count, amount in cursor.fetchall():
            cases[programme_id] = cases.get(programme_id, 0) + count
            amounts.setdefault(programme_id, {})[kind] = amount
    return {one: serving.Used(cases[one], amounts[one]) for one in cases}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the directory is looked for. Empty means all."""

    words: str = ""
    group: str = ""
    kind: str = ""
    area: uuid.UUID | None = None
    organisation: uuid.UUID | None = None


def directory(circle: Circle, actor: Actor | None, wanted: Wanted, *, now: datetime) -> list[Shown]:
    """Return the programmes of a circle by name, open ones first: three statements."""
    found = access.programmes(circle, actor)
    if wanted.organisation:
        found = found.filter(organisation_id=wanted.organisation)
    rows = shown(circle, found.order_by("-is_open", "name", "id")[:PROGRAMMES_READ], now=now)
    known = {kind.code: kind for kind in kinds.all_of(circle)}
    if wanted.kind:
        group = known[wanted.kind].group if wanted.kind in known else ""
        rows = [one for one in rows if one.served.has_kind(wanted.kind, group)]
    elif wanted.group:
        rows = [one for one in rows if _touches(one, wanted.group, known)]
    if wanted.area:
        cell = Area.objects.filter(circle=circle, pk=wanted.area).values_list("cell", flat=True).first()
        rows = [one for one in rows if one.served.has_place(wanted.area, cell)]
    if wanted.words:
        rows = _found(rows, wanted.words, known)
    return rows


def _touches(one: Shown, group: str, known: Mapping[str, CircleKind]) -> bool:
    return group in one.served.groups or any(known[kind].group == group for kind in one.served.kinds if kind in known)


def _found(rows: list[Shown], words: str, known: Mapping[str, CircleKind]) -> list[Shown]:
    """Return the programmes that these words are about: by name, text, organisation, or what the words ask for."""
    key = search_key(words)
    asked = {kind.code: kind.group for kind in catalogue.search(words, get_language() or "en")} if key else {}
    group_names = {group.code: search_key(str(group.name)) for group in GROUPS}

    def matches(one: Shown) -> bool:
        texts = [text for told in one.programme.texts.values() for text in told.values()]
        own = [one.programme.name, one.programme.organisation.name, *texts]
        if any(key in search_key(text) for text in own):
            return True
        named = [search_key(known[kind].name) for kind in one.served.kinds if kind in known]
        named += [group_names[group] for group in one.served.groups if group in group_names]
        if any(key in name for name in named):
            return True
        return any(one.served.has_kind(kind, group) for kind, group in asked.items())

    return [one for one in rows if key and matches(one)]


def fitting(intent: Intent, actor: Actor | None, *, now: datetime, limit: int = FITS_SHOWN) -> list[Fitting]:
    """Return the programmes that could take an open need, best first: three statements."""
    if not intent.is_request or intent.state != "open" or intent.left <= 0:
        return []
    circle = intent.circle
    kind = kinds.shown(circle, intent.kind)
    found = access.programmes(circle, actor).filter(is_open=True).exclude(organisation_id=intent.agent_id)
    codes = [one for one in found.order_by("name")[:PROGRAMMES_READ] if intent.kind in one.kinds or kind.group in one.groups]
    need = need_of(intent, kind)
    made = []
    for one in shown(circle, codes, now=now):
        judged = judge(one, need)
        if judged is not None:
            made.append(Fitting(one, judged))
    made.sort(key=lambda one: (-one.fit.points, one.shown.programme.name))
    return made[:limit]


def need_of(intent: Intent, kind: CircleKind, quantity: int | None = None) -> serving.Need:
    return serving.Need(intent.kind, kind.group, intent.area_id, intent.cell, quantity or intent.left)


def judge(one: Shown, need: serving.Need) -> serving.Fit | None:
    return serving.fit(need, one.served, one.room(need.kind), has_waiting_list=one.programme.has_waiting_list)
