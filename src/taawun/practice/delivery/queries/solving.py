"""A plan of a day as the solver reads it: arrays of stops, carriers and depots, and orders of what is planned already.

Positions come from the vault by machine (``machine.locate``) and go nowhere but into the solver and, from the planning
alone, to the operator's own router (``ways``); who gave none is where the public cell is. The solver's libraries are loaded only where something is planned: a server without them shows pages.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection

from taawun.community.circles.models import Circle
from taawun.community.people.models import HiddenPair
from taawun.ground.values.place import centre_of
from taawun.ground.vault import machine
from taawun.practice.delivery import rules
from taawun.practice.delivery.models import DayPlan, Depot, Run, Stop

if TYPE_CHECKING:
    from taawun.practice.delivery.queries.ways import Ways
    from taawun.solve.routing.problem import Problem, Progress

LOADING_SECONDS = 600
REACH_METRES = 150_000
LEFT_OUT = -1
# Bits of what a carrier can: the first are the needs by their order, the others "is not the one hidden from this person".
FIRST_OWN_BIT = len(rules.NEEDS)
OWN_BITS_MAX = 50

Position = tuple[float, float]


@dataclass
class Round:
    """What of a plan takes part, in the order of the solver's arrays: ``runs`` are its carriers, ``stops`` its stops."""

    plan: DayPlan
    circle: Circle
    runs: list[Run]
    stops: list[Stop]
    depots: list[Depot]
    placeless: list[Stop]
    where: Mapping[uuid.UUID, Position]
    hidden: Mapping[uuid.UUID, frozenset[uuid.UUID]]
    same_person: Mapping[uuid.UUID, uuid.UUID]
    loads: Mapping[uuid.UUID, list[tuple[int, uuid.UUID]]]
    now: datetime

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.circle.time_zone)

    @cached_property
    def base(self) -> datetime:
        """The moment from which the solver's seconds count."""
        return rules.moment(self.plan.on_date, 0, self.zone)

    def seconds(self, moment: datetime) -> int:
        return int((moment - self.base).total_seconds())

    def moment(self, seconds: int) -> datetime:
        return self.base + timedelta(seconds=int(seconds))

    @cached_property
    def row_of_stop(self) -> dict[uuid.UUID, int]:
        return {stop.id: row for row, stop in enumerate(self.stops)}

    @cached_property
    def row_of_run(self) -> dict[uuid.UUID, int]:
        return {run.id: row for row, run in enumerate(self.runs)}

    @cached_property
    def row_of_depot(self) -> dict[uuid.UUID, int]:
        return {depot.id: row for row, depot in enumerate(self.depots)}

    @cached_property
    def orders(self) -> list[list[int]]:
        """What is planned now: for each run its stops and visits of depots, in order; what has happened comes first."""
        placed: dict[uuid.UUID, list[tuple[bool, float, bool, int]]] = {run.id: [] for run in self.runs}
        met = {run.id: 0.0 for run in self.runs}
        for row, stop in enumerate(self.stops):
            if stop.run_id not in placed:
                continue
            if stop.state in rules.AHEAD:
                placed[stop.run_id].append((True, stop.position, True, row))
            else:
                placed[stop.run_id].append((False, stop.position, True, row))
                met[stop.run_id] = max(met[stop.run_id], stop.position)
        started = {run.id for run in self.runs if run.state == "started"}
        for run_id, visits in self.loads.items():
            for position, depot_id in visits:
                if depot_id in self.row_of_depot and run_id in placed:
                    # Where a visit shares its place with a stop that was moved there, the loading comes first.
                    happened = run_id in started and position < max(met[run_id], self._first_ahead(run_id))
                    placed[run_id].append((not happened, position, False, -1 - self.row_of_depot[depot_id]))
        return [[entry for *_place, entry in sorted(placed[run.id])] for run in self.runs]

    def _first_ahead(self, run_id: uuid.UUID) -> int:
        ahead = [stop.position for stop in self.stops if stop.run_id == run_id and stop.state in rules.AHEAD]
        return min(ahead, default=0)

    @cached_property
    def progress(self) -> "Progress":
        """How far each run is: what of its order has happened, and since when the carrier is free for the next."""
        from taawun.solve.routing.problem import Progress

        done: list[int] = []
        free_at: list[int | None] = []
        for run, order in zip(self.runs, self.orders, strict=True):
            if run.state != "started" or run.started_at is None:
                done.append(0)
                free_at.append(None)
                continue
            behind = [row for row in order if row >= 0 and self.stops[row].state not in rules.AHEAD]
            ahead = [place for place, row in enumerate(order) if row >= 0 and self.stops[row].state in rules.AHEAD]
            left = [self.stops[row].event_at for row in behind]
            done.append(ahead[0] if ahead else len(order))
            free_at.append(self.seconds(max([one for one in left if one], default=run.started_at)))
        locked = frozenset(row for row, stop in enumerate(self.stops) if stop.locked and stop.run_id)
        return Progress(done=tuple(done), free_at=tuple(free_at), locked=locked)

    @cached_property
    def ways(self) -> "Ways | None":
        """What the router said when this plan was last made; None: straight lines made longer."""
        from taawun.practice.delivery.queries import ways

        return ways.kept(self.circle.id, self.plan.id, now=self.now)

    @property
    def places(self) -> list[Position]:
        """Where all of them are, in the order of the solver's tables: stops, carriers' homes, depots."""
        nowhere = (float("nan"), float("nan"))
        rows = [
            *(one.id for one in self.stops),
            *(run.carrier_id for run in self.runs),
            *(one.id for one in self.depots),
        ]
        return [self.where.get(row_id, nowhere) for row_id in rows]

    @cached_property
    def problem(self) -> "Problem":
        return _problem(self)


def round_of(plan: DayPlan, *, whole: bool, now: datetime) -> Round:
    """Return what is to be planned. ``whole`` is everything that is not over, with what was promised; without it, runs that
    are promised or locked stay out, with their stops.
    """
    runs = list(Run.objects.filter(plan=plan).exclude(state__in=rules.RUN.final).select_related("carrier__agent"))
    runs.sort(key=lambda run: run.number)
    if not whole:
        runs = [run for run in runs if run.state == "planned" and not run.locked]
    ids = {run.id for run in runs}
    rows = Stop.objects.filter(plan=plan).select_related("intent")
    everything = sorted(rows, key=lambda stop: (stop.position, str(stop.id)))
    # What is done stays in its run's order, so that the rest is reached from there; what is over elsewhere is not.
    under_way = {run.id for run in runs if run.state == "started"} if whole else set()
    stops = [one for one in everything if one.what in ("pickup", "dropoff") and _takes_part(one, ids, under_way)]
    loads: dict[uuid.UUID, list[tuple[int, uuid.UUID]]] = {}
    for one in everything:
        if one.what == "load" and one.run_id in ids and one.depot_id is not None:
            loads.setdefault(one.run_id, []).append((one.position, one.depot_id))  # type: ignore[arg-type]
    depots = list(Depot.objects.filter(pk__in=plan.depot_ids).order_by("name", "id"))
    where = _positions(plan.circle, runs, stops, depots, now)
    placed = {stop.id for stop in stops if stop.id in where}
    # Half a pair is no errand: where one end has no place, both wait.
    whole_pairs = [one for one in stops if one.id in placed and (one.pickup_id is None or one.pickup_id in placed)]
    kept = {one.id for one in whole_pairs}
    lonely = {
        one.id
        for one in stops
        if one.what == "pickup" and not any(d.pickup_id == one.id and d.id in kept for d in stops)
    }
    usable = [one for one in whole_pairs if one.id not in lonely]
    known = {one.id for one in usable}
    return Round(
        plan, plan.circle, runs, usable, depots, [one for one in stops if one.id not in known], where,
        _hidden(usable, runs), _same_person(plan, usable, runs), loads, now,
    )  # fmt: skip


def _takes_part(stop: Stop, run_ids: set[uuid.UUID], under_way: set[uuid.UUID]) -> bool:
    """Whether a stop is to be planned, or lies behind a carrier who has set out. What arrived without her is neither."""
    if stop.state in rules.AHEAD:
        return stop.run_id is None or stop.run_id in run_ids
    return stop.state in rules.MET and stop.run_id in under_way


def _positions(
    circle: Circle, runs: Sequence[Run], stops: Sequence[Stop], depots: Sequence[Depot], now: datetime
) -> dict[uuid.UUID, Position]:
    """Return where each stop, carrier and depot is: the sealed position, else the middle of its public cell."""
    sealed_in = {stop.id: _sealed_in(stop) for stop in stops}
    rows = [*(row for row in sealed_in.values() if row), *(run.carrier_id for run in runs), *(one.id for one in depots)]
    points = machine.locate(rows, now=now)
    found: dict[uuid.UUID, Position] = {}
    for stop in stops:
        point = points.get(sealed_in[stop.id]) if sealed_in[stop.id] else None  # type: ignore[arg-type]
        _put(found, stop.id, point, stop.cell)
    for run in runs:
        _put(found, run.carrier_id, points.get(run.carrier_id), run.carrier.cell or circle.cell)
    for depot in depots:
        _put(found, depot.id, points.get(depot.id), depot.cell or circle.cell)
    return found


def _sealed_in(stop: Stop) -> uuid.UUID | None:
    """Return the row under which the stop's position is sealed: of a pick-up the giver's offer, else the need."""
    return stop.offer_id if stop.what == "pickup" else stop.intent_id


def _put(found: dict[uuid.UUID, Position], row_id: uuid.UUID, point: Position | None, cell: int | None) -> None:
    if point is not None:
        found[row_id] = point
    elif cell is not None:
        middle = centre_of(cell)
        found[row_id] = (middle.latitude, middle.longitude)


def _hidden(stops: Sequence[Stop], runs: Sequence[Run]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return for each stop the agents who must not come there: hidden from whose need it is, or she herself."""
    agents = {run.carrier.agent_id for run in runs} | {run.companion_id for run in runs if run.companion_id}
    sides = {stop.id: {one for one in (_agent(stop), stop.giver_id) if one} for stop in stops}
    persons = set().union(*sides.values()) if sides else set()
    pairs = HiddenPair.objects.filter(one_id__in=persons, other_id__in=agents).values_list("one_id", "other_id")
    against: dict[uuid.UUID, set[uuid.UUID]] = {}
    for one, other in pairs:
        against.setdefault(one, set()).add(other)
    found = {}
    for stop in stops:
        bad = set().union(*(against.get(one, set()) for one in sides[stop.id]))
        own = _agent(stop)
        if own in agents:
            bad.add(own)  # type: ignore[arg-type]
        if bad:
            found[stop.id] = frozenset(bad)
    return found


def _agent(stop: Stop) -> uuid.UUID | None:
    return stop.intent.agent_id if stop.intent is not None else None


def _same_person(plan: DayPlan, stops: Sequence[Stop], runs: Sequence[Run]) -> dict[uuid.UUID, uuid.UUID]:
    """Return for each stop who brought it last time to the same person, where a standing round prefers that."""
    standing = plan.standing
    if standing is None or not standing.prefer_same:
        return {}
    agents = {_agent(stop) for stop in stops if stop.what == "dropoff"}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (intent.agent_id) intent.agent_id, run.carrier_id
              FROM delivery_stop AS stop JOIN delivery_run AS run ON run.id = stop.run_id
              JOIN aid_intent AS intent ON intent.id = stop.intent_id
             WHERE stop.circle_id = %s AND stop.plan_id <> %s AND stop.what = 'dropoff'
               AND stop.state IN ('delivered', 'part') AND intent.agent_id = ANY(%s)
             ORDER BY intent.agent_id, stop.event_at DESC NULLS LAST
            """,
            [plan.circle_id, plan.id, [one for one in agents if one]],
        )
        last = dict(cursor.fetchall())
    driving = {run.carrier_id: run.id for run in runs}
    return {
        stop.id: driving[last[_agent(stop)]]  # type: ignore[index]
        for stop in stops
        if stop.what == "dropoff" and last.get(_agent(stop)) in driving
    }


def _problem(these: Round) -> "Problem":
    from taawun.practice.delivery.queries import ways
    from taawun.solve.routing import problem as routing

    own_bits = _own_bits(these)
    straight = {
        name: routing.Profile(one.metres_per_second, max(1.0, these.plan.detour / 100 * one.detour / 100))
        for name, one in rules.OF_VEHICLE.items()
    }
    driven = {run.carrier.vehicle for run in these.runs}
    profiles = [
        ways.profile(these.ways, these.places, name, one) if name in driven else one for name, one in straight.items()
    ]
    aim: Any = these.plan.goal
    return routing.Problem(
        _stops(these, own_bits),
        _carriers(these, own_bits),
        _depots(these),
        routing.Travel(tuple(profiles)),
        routing.Options(aim=aim, reach_metres=REACH_METRES),
    )


def _own_bits(these: Round) -> dict[frozenset[uuid.UUID], int]:
    """Return a bit for each set of agents who must not come to some stop: everybody else has it."""
    sets = sorted(set(these.hidden.values()), key=lambda one: sorted(map(str, one)))
    return {agents: 1 << (FIRST_OWN_BIT + number) for number, agents in enumerate(sets[:OWN_BITS_MAX])}


def _bits(names: Sequence[str]) -> int:
    return sum(1 << number for number, name in enumerate(rules.NEEDS) if name in names)


def _stops(these: Round, own_bits: Mapping[frozenset[uuid.UUID], int]) -> Any:
    from taawun.solve.routing import problem as routing

    rows: dict[str, list[Any]] = {
        name: []
        for name in (
            "service_seconds", "opens", "closes", "load", "collects", "pickup_of", "depot", "needs", "fixed_carrier",
            "preferred_carrier", "preferred_worth", "priority",
        )
    }  # fmt: skip
    for stop in these.stops:
        opens = these.seconds(stop.opens_at) if stop.opens_at else -routing.ALWAYS
        closes = these.seconds(stop.closes_at) if stop.closes_at else routing.ALWAYS
        urgency = stop.intent.urgency if stop.intent else 0
        same = these.same_person.get(stop.id)
        fixed = stop.run_id is not None and (stop.locked or stop.state not in rules.AHEAD)
        held = stop.run_id in these.row_of_run and fixed
        rows["service_seconds"].append(stop.service_seconds)
        rows["opens"].append(min(opens, closes))
        rows["closes"].append(closes)
        rows["load"].append([int(stop.loads.get(name, 0)) for name in rules.ROOM])
        rows["collects"].append(stop.what == "pickup")
        rows["pickup_of"].append(these.row_of_stop.get(stop.pickup_id, LEFT_OUT) if stop.pickup_id else LEFT_OUT)
        rows["depot"].append(_depot_row(these, stop))
        rows["needs"].append(_bits(stop.needs) | own_bits.get(these.hidden.get(stop.id, frozenset()), 0))
        rows["fixed_carrier"].append(these.row_of_run[stop.run_id] if held else LEFT_OUT)  # type: ignore[index]
        rows["preferred_carrier"].append(these.row_of_run[same] if same else LEFT_OUT)
        rows["preferred_worth"].append(rules.SAME_PERSON_SECONDS if same else 0)
        rows["priority"].append(_worth(these, stop, urgency, held=held))
    where = [these.where[stop.id] for stop in these.stops]
    if not these.stops:
        rows["load"] = _no_rows()
    return routing.Stops.of([one[0] for one in where], [one[1] for one in where], **rows)


def _worth(these: Round, stop: Stop, urgency: int, *, held: bool) -> int:
    """Return what serving a stop is worth. What was promised is not given up for anything that was not."""
    run = these.runs[these.row_of_run[stop.run_id]] if stop.run_id in these.row_of_run else None
    if held or (run is not None and run.state in rules.TOLD_RUNS):
        return rules.LOCKED_WORTH
    return 1 if stop.what == "pickup" else rules.WORTH[urgency]


def _no_rows() -> Any:
    import numpy

    return numpy.zeros((0, len(rules.ROOM)), numpy.int64)


def _depot_row(these: Round, stop: Stop) -> int:
    if stop.what != "dropoff" or stop.pickup_id is not None or stop.depot_id is None:
        return LEFT_OUT
    return these.row_of_depot.get(stop.depot_id, LEFT_OUT)


def _carriers(these: Round, own_bits: Mapping[frozenset[uuid.UUID], int]) -> Any:
    from taawun.solve.routing import problem as routing

    names = list(rules.OF_VEHICLE)
    rows: dict[str, list[Any]] = {
        name: []
        for name in (
            "abilities", "latitude", "longitude", "start", "end", "opens", "closes", "break_from", "break_until",
            "break_seconds", "profile", "max_seconds", "max_stops", "may_reload",
        )
    }  # fmt: skip
    capacity = []
    for run in these.runs:
        carrier, day = run.carrier, these.plan.on_date
        opens = these.seconds(rules.moment(day, carrier.from_minute, these.zone))
        closes = these.seconds(rules.moment(day, carrier.to_minute, these.zone))
        if run.state not in rules.TOLD_RUNS:
            # Nobody sets out in the past.
            opens = max(opens, min(these.seconds(these.now), closes))
        at = these.where.get(carrier.id, (float("nan"), float("nan")))
        depot = these.row_of_depot.get(run.depot_id, 0) if run.depot_id else 0
        at_home = carrier.starts == "home" or not these.depots
        capacity.append([int(carrier.capacity.get(name, 0)) for name in rules.ROOM])
        rows["abilities"].append(_abilities(run, own_bits))
        rows["latitude"].append(at[0])
        rows["longitude"].append(at[1])
        rows["start"].append(routing.HOME if at_home else depot)
        rows["end"].append(_end(carrier.ends, depot, bool(these.depots), routing))
        rows["opens"].append(opens)
        rows["closes"].append(max(opens, closes))
        rows["break_from"].append(_at(these, carrier.break_from))
        rows["break_until"].append(_at(these, carrier.break_to))
        rows["break_seconds"].append(carrier.break_minutes * 60)
        rows["profile"].append(names.index(carrier.vehicle))
        rows["max_seconds"].append(carrier.max_minutes * 60 if carrier.max_minutes else routing.TIME_MAXIMUM)
        # Who must not go alone stays until somebody goes with her.
        alone = carrier.must_pair and run.companion_id is None and run.state not in rules.TOLD_RUNS
        rows["max_stops"].append(0 if alone else carrier.max_stops or routing.TIME_MAXIMUM)
        rows["may_reload"].append(True)
    return routing.Carriers.of(capacity if capacity else _no_rows(), **rows)


def _at(these: Round, minute: int | None) -> int:
    return 0 if minute is None else these.seconds(rules.moment(these.plan.on_date, minute, these.zone))


def _end(ends: str, depot: int, has_depots: bool, routing: Any) -> int:
    if ends == "home":
        return int(routing.HOME)
    return depot if ends == "depot" and has_depots else int(routing.OPEN)


def _abilities(run: Run, own_bits: Mapping[frozenset[uuid.UUID], int]) -> int:
    carrier = run.carrier
    able = [*carrier.may_carry, *(["cold_box"] if carrier.cold_box else []), *(["pair"] if run.companion_id else [])]
    bits = _bits(able)
    for agents, bit in own_bits.items():
        if carrier.agent_id not in agents and run.companion_id not in agents:
            bits |= bit
    return bits


def _depots(these: Round) -> Any:
    from taawun.solve.routing import problem as routing

    opens, closes = [], []
    for depot in these.depots:
        day = these.plan.on_date
        if depot.weekdays and day.weekday() not in depot.weekdays:
            opens.append(-2 * 86_400)
            closes.append(-2 * 86_400)
            continue
        start = depot.from_minute if depot.from_minute is not None else 0
        end = depot.to_minute if depot.to_minute is not None else 24 * 60
        opens.append(these.seconds(rules.moment(day, start, these.zone)))
        closes.append(these.seconds(rules.moment(day, end, these.zone)))
    where = [these.where[depot.id] for depot in these.depots]
    loading = [LOADING_SECONDS] * len(where)
    return routing.Depots.of(
        [one[0] for one in where], [one[1] for one in where], opens=opens, closes=closes, loading_seconds=loading
    )
