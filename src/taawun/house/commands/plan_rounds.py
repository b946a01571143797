"""From the rows of the two sheets to the arrays of the solver, and back to rounds a person can drive.

Loads are counted in thousandths of a box, litre, kilogram or seat, so that 2.5 kg stays exact.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

import numpy as np
from django.utils.translation import gettext as _

from taawun.ground.words.clean import search_key
from taawun.house.commands import plan_reading as reading
from taawun.house.commands.plan_reading import Row, Told, Wrong
from taawun.practice.delivery import roads
from taawun.solve.routing import Carriers, Depots, Options, Problem, Profile, Solution, Stops, Travel, Weights, plan
from taawun.solve.routing.problem import HOME, NONE, OPEN

MEASURES: Final = ("boxes", "litres", "kilograms", "seats")
# What a unit of the catalogue weighs on which measure.
UNITS: Final = {"box": "boxes", "bag": "boxes", "pack": "boxes", "set": "boxes", "litre": "litres", "kilogram": "kilograms"}
PARTS: Final = 1000
# Kilometres an hour with stops and lights, and how many boxes fit where a sheet does not say.
VEHICLES: Final[Mapping[str, tuple[float, int]]] = {
    "foot": (4.5, 2), "bicycle": (14.0, 4), "cargo_bike": (12.0, 12), "motorbike": (26.0, 4), "car": (28.0, 25),
    "van": (26.0, 80), "truck": (22.0, 300), "boat": (10.0, 40),
}  # fmt: skip
# Somebody on foot or on a bicycle takes ways that a car does not have.
DETOURS: Final = {"foot": 1.25, "bicycle": 1.3}
WAYS: Final[Mapping[str, roads.Way]] = {
    "foot": "foot", "bicycle": "bicycle", "cargo_bike": "bicycle", "motorbike": "car", "car": "car", "van": "car",
    "truck": "car",
}  # fmt: skip
ABILITIES: Final = ("medicine", "cash", "cold", "pair")
NEEDED_BY_KIND: Final = {"health.medicine": "medicine", "health.medicine_pickup": "medicine", "money.cash": "cash"}
# Most urgent first where not all fit; a now is worth several whenevers.
PRIORITIES: Final = {3: 27, 2: 9, 1: 3, 0: 1}
USUAL_WORTH_SECONDS: Final = 900
# A minute of waiting weighs as a quarter of a minute of driving: nobody stands before a closed door to save a street.
WAITING: Final = 0.25
UNLIMITED: Final = 2**40


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery to plan. ``opens`` and ``closes`` are seconds since midnight; ``loads`` in thousandths."""

    line: int
    id: str
    name: str
    phone: str
    door: str
    area: str
    what: str
    latitude: float
    longitude: float
    opens: int | None
    closes: int | None
    service_seconds: int
    loads: Mapping[str, int]
    needs: frozenset[str]
    carrier: str
    usual: str
    depot: str
    pickup: tuple[float, float] | None
    urgency: int


@dataclass(frozen=True, slots=True)
class Carrier:
    line: int
    name: str
    phone: str
    vehicle: str
    home: tuple[float, float] | None
    start: str
    end: str
    opens: int
    closes: int
    break_seconds: int
    break_from: int
    break_until: int
    capacity: Mapping[str, int]
    abilities: frozenset[str]
    max_stops: int
    max_metres: int


@dataclass(frozen=True, slots=True)
class Depot:
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Left:
    """A delivery that is in no round, with the reason as a sentence. ``line`` is that of the sheet."""

    line: int
    id: str
    name: str
    phone: str
    area: str
    why: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person asked for on the command line."""

    day: dt.date
    depots: tuple[Depot, ...] = ()
    aim: Literal["shortest", "balanced"] = "shortest"
    hours: tuple[int, int] = (9 * 3600, 18 * 3600)
    service_minutes: float = 5.0
    limit_km: float = 300.0
    seconds: float = 10.0
    router: roads.Router | None = None


@dataclass(frozen=True, eq=False)
class Day:
    """A day planned: what was asked, what came out. ``stop_of`` says for each stop of the problem whose it is."""

    deliveries: Sequence[Delivery]
    carriers: Sequence[Carrier]
    depots: Sequence[Depot]
    problem: Problem
    solution: Solution
    stop_of: Sequence[int]
    left: Sequence[Left]


# -- rows to deliveries and carriers ----------------------------------------------------------------------------------


def deliveries(rows: Sequence[Row], wishes: Wishes, told: Told) -> tuple[list[Delivery], list[Left]]:
    """Return what can be planned, and what cannot with the reason. A row without a place stands where its area is."""
    areas = _areas(rows)
    found, left = [], []
    for row in rows:
        try:
            found.append(_delivery(row, wishes, areas, told))
        except Wrong as wrong:
            values = row.values
            left.append(Left(row.line, _id(row), values.get("name") or "", _phone(row), values.get("area") or "", str(wrong)))
    return found, left


def _areas(rows: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """Return the middle of each area, from its rows that have a place."""
    points: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        if row.values.get("area") and (point := reading.point(row)) is not None:
            points.setdefault(search_key(row.values["area"]), []).append(point)
    return {area: (_middle([p[0] for p in some]), _middle([p[1] for p in some])) for area, some in points.items()}


def _middle(values: Sequence[float]) -> float:
    return float(np.median(values))


def _delivery(row: Row, wishes: Wishes, areas: Mapping[str, tuple[float, float]], told: Told) -> Delivery:
    values, own = row.values, row.own
    day = reading.day_of(row)
    if day is not None and day != wishes.day:
        raise Wrong(_("It is for another day: %(day)s.") % {"day": day.isoformat()})
    point = reading.point(row)
    if point is None and values.get("area"):
        point = areas.get(search_key(values["area"]))
        if point is not None:
            told.once(_("Rows without a point are planned to the middle of their area. Give latitude and longitude, or a whole plus code."))
    if point is None:
        raise Wrong(_("It has no place. Give latitude and longitude, a whole plus code, or an area that other rows place."))
    opens, closes = reading.window(row, wishes.day)
    minutes = reading.number(row, "service", most=600)
    needs = reading.abilities(own["needs"]) if own.get("needs") else frozenset()
    if by_kind := NEEDED_BY_KIND.get(values.get("kind") or ""):
        needs |= {by_kind}
    return Delivery(
        line=row.line, id=_id(row), name=values.get("name") or "", phone=_phone(row), door=values.get("door") or "",
        area=values.get("area") or "", what=_what(row), latitude=point[0], longitude=point[1], opens=opens, closes=closes,
        service_seconds=round(60 * (wishes.service_minutes if minutes is None else minutes)), loads=_loads(row),
        needs=needs, carrier=own.get("carrier", ""), usual=own.get("usual", ""), depot=own.get("depot", ""),
        pickup=reading.pickup(row), urgency=1 if values.get("urgency") is None else values["urgency"],
    )  # fmt: skip


def _id(row: Row) -> str:
    return row.texts.get("source_id") or _("line %(line)s") % {"line": row.line}


def _phone(row: Row) -> str:
    return ", ".join(row.values.get("phone") or ())


def _what(row: Row) -> str:
    parts = [row.texts.get("quantity", ""), row.texts.get("unit", ""), row.texts.get("kind", "")]
    own = [f"{row.own[measure]} {measure_name(measure)}" for measure in MEASURES if row.own.get(measure)]
    return ", ".join(filter(None, (" ".join(filter(None, parts)), *own)))


def measure_name(measure: str) -> str:
    return {"boxes": _("boxes"), "litres": _("litres"), "kilograms": _("kg"), "seats": _("seats")}.get(measure, measure)


def _loads(row: Row) -> dict[str, int]:
    """Return the load by measure. A bare quantity of boxes, litres or kilograms counts too; other units take no room."""
    loads = {m: round(PARTS * value) for m in MEASURES if (value := reading.number(row, m, most=1e6)) is not None}
    quantity, unit = row.values.get("quantity"), str(row.values.get("unit") or "")
    if not loads and quantity is not None:
        measure = UNITS.get(unit, "boxes" if not unit else "")
        if measure:
            loads[measure] = round(PARTS * Decimal(quantity))
    return loads


def carriers(rows: Sequence[Row], wishes: Wishes) -> tuple[list[Carrier], list[Left]]:
    found, left = [], []
    for row in rows:
        try:
            found.append(_carrier(row, wishes))
        except Wrong as wrong:
            left.append(Left(row.line, _id(row), row.values.get("name") or "", _phone(row), "", str(wrong)))
    return found, left


def _carrier(row: Row, wishes: Wishes) -> Carrier:
    own, values = row.own, row.values
    day = reading.day_of(row)
    if day is not None and day != wishes.day:
        raise Wrong(_("It is for another day: %(day)s.") % {"day": day.isoformat()})
    vehicle = reading.meaning("vehicles", own["vehicle"]) if own.get("vehicle") else ""
    if own.get("vehicle") and not vehicle:
        known = ", ".join(code.replace("_", " ") for code in VEHICLES)
        raise Wrong(_("“%(text)s” is not known here. Write one of: %(words)s.") % {"text": own["vehicle"][:40], "words": known})
    capacity = {m: round(PARTS * value) for m in MEASURES if (value := reading.number(row, m, most=1e6)) is not None}
    general = reading.number(row, "capacity", most=1e6)
    if general is not None and "boxes" not in capacity:
        capacity["boxes"] = round(PARTS * general)
    if not capacity and vehicle:
        capacity["boxes"] = PARTS * VEHICLES[vehicle][1]
    opens, closes = reading.window(row, wishes.day)
    opens, closes = (wishes.hours[0] if opens is None else opens), (wishes.hours[1] if closes is None else closes)
    if closes < opens:
        raise Wrong(_("The time ends (%(end)s) before it begins (%(start)s). Please put it right in the sheet.") % {"start": reading.clock(opens), "end": reading.clock(closes)})
    abilities = reading.abilities(own["may_carry"]) if own.get("may_carry") else frozenset()
    if own.get("companion"):
        abilities |= {"pair"}
    rest = _rest(row, opens, closes)
    stops, kilometres = reading.number(row, "max_stops", most=1e5), reading.number(row, "max_km", most=1e5)
    name = values.get("name") or _id(row)
    return Carrier(
        line=row.line, name=f"{name} + {own['companion']}" if own.get("companion") else name, phone=_phone(row),
        vehicle=vehicle or "car", home=reading.point(row), start=own.get("start", ""), end=own.get("end", ""),
        opens=opens, closes=closes, break_seconds=rest[0], break_from=rest[1], break_until=rest[2], capacity=capacity,
        abilities=abilities, max_stops=UNLIMITED if stops is None else int(stops),
        max_metres=UNLIMITED if kilometres is None else round(1000 * kilometres),
    )  # fmt: skip


def _rest(row: Row, opens: int, closes: int) -> tuple[int, int, int]:
    """Return the break: how long, and between when. Without hours of its own it lies anywhere in the day."""
    minutes = reading.number(row, "break_minutes", most=600)
    begins, ends = (_clock(row, target) for target in ("break_from", "break_until"))
    if not minutes and (begins is None or ends is None):
        return 0, 0, 0
    begins, ends = (opens if begins is None else begins), (closes if ends is None else ends)
    seconds = round(60 * minutes) if minutes else ends - begins
    if ends - begins < seconds or seconds <= 0:
        raise Wrong(_("The break does not fit between %(start)s and %(end)s.") % {"start": reading.clock(begins), "end": reading.clock(ends)})
    return seconds, begins, ends


def _clock(row: Row, target: str) -> int | None:
    text = row.own.get(target)
    if not text:
        return None
    return reading._hours(f"{text} - 23:59")[0]


# -- to the solver and back -------------------------------------------------------------------------------------------


def plan_day(
    found: Sequence[Delivery], people: Sequence[Carrier], left: Sequence[Left], wishes: Wishes, told: Told,
    *, better: Callable[[Solution], None] | None = None,
) -> Day:  # fmt: skip
    """Plan the day. Who is named in a sheet and not known, is told; the delivery is planned to whoever fits."""
    depots = _depots(found, people, wishes)
    stops, stop_of = _stops(found, people, depots, told)
    drivers = _carriers(found, people, depots, told)
    stores = Depots.of([one.latitude for one in depots], [one.longitude for one in depots])
    problem = Problem(
        stops,
        drivers,
        stores,
        _travel(stops, drivers, stores, {one.vehicle for one in people}, wishes.router, told),
        Options(aim=wishes.aim, weights=Weights(work_second=WAITING), reach_metres=round(1000 * wishes.limit_km)),
    )
    solution = plan(problem, time_limit_seconds=wishes.seconds, seed=1, better=better)
    return Day(found, people, depots, problem, solution, stop_of, [*left, *_left(found, solution, stop_of)])


def _travel(
    stops: Stops, drivers: Carriers, stores: Depots, vehicles: set[str], router: roads.Router | None, told: Told
) -> Travel:
    """Return how long ways are, for each vehicle: straight lines made longer, or what the router says."""
    straight = {
        code: Profile(metres_per_second=speed / 3.6, detour=DETOURS.get(code, 1.35))
        for code, (speed, _boxes) in VEHICLES.items()
    }
    if router is None:
        return Travel(tuple(straight.values()))
    somewhere = (float(stops.latitude[0]), float(stops.longitude[0])) if len(stops) else (0.0, 0.0)
    places = [
        # Who has no home starts at a depot: the row is never looked at, and any place will do.
        (float(latitude), float(longitude)) if math.isfinite(latitude) else somewhere
        for table in (stops, drivers, stores)
        for latitude, longitude in zip(table.latitude, table.longitude, strict=True)
    ]
    tables: dict[roads.Way, Profile] = {}
    try:
        for way in sorted({WAYS[code] for code in vehicles & WAYS.keys()}):
            seconds, metres = roads.table(router, places, way)
            tables[way] = Profile(seconds=seconds, metres=metres)
    except roads.RoadsDown as down:
        told.once(_("The router did not answer (%(why)s), so ways are straight lines made longer.") % {"why": down})
        return Travel(tuple(straight.values()))
    return Travel(tuple(tables.get(WAYS[code], plain) if code in WAYS else plain for code, plain in straight.items()))


def _depots(found: Sequence[Delivery], people: Sequence[Carrier], wishes: Wishes) -> list[Depot]:
    """Return where goods lie: as told, or at each carrier's own home where nobody told."""
    if wishes.depots:
        return list(wishes.depots)
    if all(one.pickup is not None for one in found):
        return []
    return [Depot(one.name, *one.home) for one in people if one.home is not None]


def _stops(
    found: Sequence[Delivery], people: Sequence[Carrier], depots: Sequence[Depot], told: Told
) -> tuple[Stops, list[int]]:
    """Return the stops, and for each the number of its delivery: first all pick-ups, then all drop-offs."""
    picked = [number for number, one in enumerate(found) if one.pickup is not None]
    stop_of = [*picked, *range(len(found))]
    pickup_at = {number: place for place, number in enumerate(picked)}
    names = {search_key(one.name.split(" + ")[0]): place for place, one in enumerate(people)}
    depot_names = {search_key(one.name): place for place, one in enumerate(depots)}
    rows: dict[str, list[Any]] = {name: [] for name in ("lat", "lng", "service", "opens", "closes", "load", "from", "depot", "needs", "fixed", "usual", "priority")}  # fmt: skip
    for place, number in enumerate(stop_of):
        one, collecting = found[number], place < len(picked)
        latitude, longitude = one.pickup if collecting and one.pickup else (one.latitude, one.longitude)
        fixed = _named(one.carrier, names, told, _("No carrier is called “%(name)s” (line %(line)s), so anyone may go."), one.line)
        rows["lat"].append(latitude)
        rows["lng"].append(longitude)
        rows["service"].append(one.service_seconds)
        rows["opens"].append(-UNLIMITED if collecting or one.opens is None else one.opens)
        rows["closes"].append(UNLIMITED if collecting or one.closes is None else one.closes)
        rows["load"].append([one.loads.get(measure, 0) for measure in MEASURES])
        rows["from"].append(NONE if collecting else pickup_at.get(number, NONE))
        rows["depot"].append(
            NONE if collecting or number in pickup_at
            else _named(one.depot, depot_names, told, _("No depot is called “%(name)s” (line %(line)s), so any is taken."), one.line)
        )  # fmt: skip
        rows["needs"].append(_bits(one.needs))
        rows["fixed"].append(fixed)
        rows["usual"].append(_named(one.usual, names, told, "", one.line))
        rows["priority"].append(PRIORITIES[one.urgency])
    stops = Stops.of(
        rows["lat"], rows["lng"], service_seconds=rows["service"], opens=rows["opens"], closes=rows["closes"],
        load=np.array(rows["load"], dtype=np.int64).reshape(len(stop_of), len(MEASURES)),
        collects=np.arange(len(stop_of)) < len(picked), pickup_of=rows["from"], depot=rows["depot"], needs=rows["needs"],
        fixed_carrier=rows["fixed"], preferred_carrier=rows["usual"],
        preferred_worth=np.full(len(stop_of), USUAL_WORTH_SECONDS), priority=rows["priority"],
    )  # fmt: skip
    return stops, stop_of


def _named(name: str, places: Mapping[str, int], told: Told, unknown: str, line: int) -> int:
    if not name:
        return NONE
    found = places.get(search_key(name), NONE)
    if found == NONE and unknown:
        told.once(unknown % {"name": name[:60], "line": line})
    return found


def _bits(abilities: frozenset[str]) -> int:
    return sum(1 << place for place, one in enumerate(ABILITIES) if one in abilities)


def _carriers(found: Sequence[Delivery], people: Sequence[Carrier], depots: Sequence[Depot], told: Told) -> Carriers:
    nobody_says = not any(one.abilities & {"medicine", "cash"} for one in people)
    wanted = frozenset().union(*(one.needs for one in found)) & {"medicine", "cash"}
    if nobody_says and wanted:
        told.once(_("No carrier is marked for medicine or cash, so these are not planned. Add a column “may carry”."))
    places = {place.name: number for number, place in enumerate(depots)}
    starts, ends = [], []
    for one in people:
        start, end = _ends(one, depots, places)
        starts.append(start)
        ends.append(end)
    homes = [one.home or (math.nan, math.nan) for one in people]
    codes = list(VEHICLES)
    return Carriers.of(
        np.array([[one.capacity.get(m, UNLIMITED) for m in MEASURES] for one in people], dtype=np.int64).reshape(len(people), len(MEASURES)),
        abilities=[_bits(one.abilities) for one in people], latitude=[home[0] for home in homes],
        longitude=[home[1] for home in homes], start=starts, end=ends, opens=[one.opens for one in people],
        closes=[one.closes for one in people], break_from=[one.break_from for one in people],
        break_until=[one.break_until for one in people], break_seconds=[one.break_seconds for one in people],
        profile=[codes.index(one.vehicle) for one in people], max_metres=[one.max_metres for one in people],
        max_stops=[one.max_stops for one in people], may_reload=np.ones(len(people), np.bool_),
    )  # fmt: skip


def _ends(one: Carrier, depots: Sequence[Depot], places: Mapping[str, int]) -> tuple[int, int]:
    """Return where a carrier begins and ends: as the sheet says, else at home where it is known, else at a depot."""
    nearest = _nearest(one, depots)
    own = places.get(one.name, nearest)
    start, end = (reading.meaning("places", text) if text else "" for text in (one.start, one.end))
    at_home = one.home is not None and own == nearest and one.name not in places
    first = HOME if one.home is not None and (start == "home" or (not start and at_home)) else own
    if first == NONE:
        first = HOME
    if end == "open":
        return first, OPEN
    if one.home is not None and end != "depot":
        return first, HOME
    return first, own if own != NONE else OPEN


def _nearest(one: Carrier, depots: Sequence[Depot]) -> int:
    if not depots:
        return NONE
    if one.home is None:
        return 0
    latitude, longitude = one.home
    stretch = math.cos(math.radians(latitude))

    def away(number: int) -> float:
        return math.hypot(depots[number].latitude - latitude, (depots[number].longitude - longitude) * stretch)

    return min(range(len(depots)), key=away)


REASONS: Final[Mapping[str, Callable[[], str]]] = {
    "ability": lambda: _("No carrier may bring it or has what it needs."),
    "carrier": lambda: _("The carrier it is meant for cannot take it."),
    "capacity": lambda: _("It is bigger than what any carrier can take."),
    "window": lambda: _("No carrier can be there at that time and be back."),
    "far": lambda: _("It is too far away. Is the point right?"),
    "depot": lambda: _("No carrier can load where it lies."),
    "pair": lambda: _("It cannot be picked up where it lies."),
    "time": lambda: _("There are not enough carriers, hours or room for all."),
    "many": lambda: _("The sheet has more rows than are planned at once; others were more urgent."),
}


def _left(found: Sequence[Delivery], solution: Solution, stop_of: Sequence[int]) -> list[Left]:
    reasons: dict[int, str] = {}
    for one in solution.unserved:
        number = stop_of[one.stop]
        if reasons.get(number, "pair") == "pair":
            reasons[number] = one.reason
    return [
        Left(row.line, row.id, row.name, row.phone, row.area, REASONS[reason]())
        for number, reason in sorted(reasons.items())
        for row in (found[number],)
    ]
