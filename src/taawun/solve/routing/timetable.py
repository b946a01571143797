"""What a run made by anybody really is: when it arrives where, with what aboard, and what is wrong with it.

Written plainly, one rule after the other, and apart from the compiled loops: the two check each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from taawun.solve.routing.kernel import COLLECT, DROP, NEVER, PAIRED, World
from taawun.solve.routing.problem import NONE, FaultAt, Order, Problem, Run, Solution, Totals, Unserved, Visit


@dataclass(frozen=True, slots=True)
class _Leg:
    """One step of a run: the way there, and what is there. Entries done are history: nothing about them is late."""

    entry: int
    seconds: int
    metres: int
    opens: int
    closes: int
    stay: int
    done: bool


@dataclass(frozen=True, slots=True)
class _Rest:
    """When the break is held: at the end of leg ``leg`` (on arrival) or, ``before``, at its beginning."""

    leg: int
    before: bool


def run_of(problem: Problem, world: World, r: int, order: Order) -> Run:
    """Return the run of carrier r in this order, with all its faults."""
    entries = tuple(int(entry) for entry in order)
    if not entries:
        begin = int(world.carriers[r]["starts"])
        return Run(r, (), (), begin, begin, None, (0,) * world.capacity.shape[1], 0, 0, 0, 0, 0.0)
    loads = _Loads(world, r, entries)
    legs, faults = _legs(world, r, entries)
    times = _best_times(world, r, legs, loads.at_start)
    faults += loads.faults + _who(problem, world, r, entries) + times.faults(world, r, legs)
    faults += _limits(world, r, entries, legs, times)
    visits = _visits(legs, times, loads.after)
    travel, metres = sum(leg.seconds for leg in legs), sum(leg.metres for leg in legs)
    pause = times.rest[1] - times.rest[0] if times.rest else 0
    work = times.end - times.begin - pause
    on_arrival = sum(times.began[e] - times.arrived[e] for e in range(len(entries)))
    waited = max(0, on_arrival - (pause if times.rest_on_arrival else 0))
    wishes = sum(_wish(world, r, entry) for entry in entries if entry >= 0)
    cost = world.per_run + wishes + world.per_second * travel + world.per_metre * metres
    cost += world.per_work * work + world.per_square * float(work) * float(work)
    return Run(
        r, entries, visits, times.begin, times.end, times.rest, loads.first, travel, metres, waited, work,
        float(cost), tuple(faults),
    )  # fmt: skip


def solution_of(
    problem: Problem, world: World, orders: Sequence[Order], unserved: Sequence[Unserved], seed: int = 0
) -> Solution:
    """Put runs, what is left out and the sums together."""
    runs = [run_of(problem, world, r, order) for r, order in enumerate(orders)]
    runs = _mark_twice(runs)
    driving = [run.work_seconds for run in runs if run.order]
    totals = Totals(
        served=len({stop for run in runs for stop in run.stops}),
        left_out=int(sum(int(problem.stops.priority[left.stop]) for left in unserved)),
        runs=len(driving),
        travel_seconds=sum(run.travel_seconds for run in runs),
        metres=sum(run.metres for run in runs),
        wait_seconds=sum(run.wait_seconds for run in runs),
        work_seconds=sum(driving),
        longest_work=max(driving, default=0),
        shortest_work=min(driving, default=0),
        late_seconds=sum(fault.amount for run in runs for fault in run.faults if fault.fault == "late"),
        faults=sum(len(run.faults) for run in runs),
        cost=sum(run.cost for run in runs),
    )
    return Solution(tuple(runs), tuple(unserved), totals, seed)


def _mark_twice(runs: list[Run]) -> list[Run]:
    met: set[int] = set()
    marked = []
    for run in runs:
        faults = list(run.faults)
        for stop in run.stops:
            if stop in met:
                faults.append(FaultAt("twice", stop))
            met.add(stop)
        marked.append(run if len(faults) == len(run.faults) else _with_faults(run, tuple(faults)))
    return marked


def _with_faults(run: Run, faults: tuple[FaultAt, ...]) -> Run:
    values = {name: getattr(run, name) for name in run.__dataclass_fields__}
    return Run(**(values | {"faults": faults}))


def _wish(world: World, r: int, stop: int) -> float:
    row = world.stops[stop]
    cost = float(row["preferred_cost"]) if row["preferred"] not in (NONE, r) else 0.0
    return cost + (float(row["was_cost"]) if row["was"] not in (NONE, r) else 0.0)


def _who(problem: Problem, world: World, r: int, entries: tuple[int, ...]) -> list[FaultAt]:
    """Stops this carrier may not serve: the able, the fixed, the large."""
    faults = []
    frozen = int(world.carriers[r]["frozen"])
    for at, entry in enumerate(entries):
        if entry >= 0 and at >= frozen and not world.allowed[entry, r]:
            able = not (int(problem.stops.needs[entry]) & ~int(problem.carriers.abilities[r]))
            big = bool((world.load[entry] > world.capacity[r]).any())
            faults.append(FaultAt("ability" if not able else "overload" if big else "carrier", entry))
    return faults


def _legs(world: World, r: int, entries: tuple[int, ...]) -> tuple[list[_Leg], list[FaultAt]]:
    carrier, faults = world.carriers[r], []
    profile, at = int(carrier["profile"]), int(carrier["start_place"])
    legs = []
    for e, entry in enumerate((*entries, None)):
        if entry is None:
            place, window = int(carrier["end_place"]), (-int(NEVER), int(carrier["ends"]), 0)
        elif entry < 0:
            depot = world.depots[-1 - entry]
            place, window = int(depot["place"]), (int(depot["opens"]), int(depot["closes"]), int(depot["loading"]))
        else:
            stop = world.stops[entry]
            place, window = int(stop["place"]), (int(stop["opens"]), int(stop["closes"]), int(stop["service"]))
        seconds = metres = 0
        if place >= 0:
            seconds, metres = int(world.seconds[profile, at, place]), int(world.metres[profile, at, place])
        if seconds < 0:
            faults.append(FaultAt("no_way", NONE if entry is None or entry < 0 else entry))
            seconds = metres = 0
        done = e < int(carrier["frozen"])
        legs.append(_Leg(NONE if entry is None else entry, seconds, metres, *window, done))
        at = place
    return legs, faults


@dataclass(frozen=True, slots=True)
class _Times:
    begin: int
    end: int
    arrived: tuple[int, ...]
    began: tuple[int, ...]
    left: tuple[int, ...]
    late: tuple[int, ...]  # of every leg, the last being the end of the run
    rest: tuple[int, int] | None
    rest_on_arrival: bool
    held: _Rest | None
    rest_missed: int
    start_late: int
    slack: int  # the latest beginning with which nothing is late
    bare: int  # seconds of the run without any waiting

    @property
    def key(self) -> tuple[int, int, int, int]:
        """Least lateness first, then the earliest end, then the shortest run."""
        begin = max(self.begin, min(self.slack, self.end - self.bare))
        return (self.rest_missed + sum(self.late) + self.start_late, self.rest_missed, self.end, self.end - begin)

    def faults(self, world: World, r: int, legs: list[_Leg]) -> list[FaultAt]:
        found = []
        for leg, late in zip(legs[:-1], self.late, strict=False):
            if late:
                found.append(
                    FaultAt("late", leg.entry, late) if leg.entry >= 0 else FaultAt("depot_closed", NONE, late)
                )
        if self.start_late:
            found.append(FaultAt("depot_closed", NONE, self.start_late))
        if self.late[-1]:
            found.append(FaultAt("shift", NONE, self.late[-1]))
        if self.rest_missed:
            found.append(FaultAt("rest", NONE, self.rest_missed))
        limit = int(world.carriers[r]["max_seconds"])
        if self.end - self.begin > limit:
            found.append(FaultAt("max_seconds", NONE, self.end - self.begin - limit))
        return found


def _best_times(world: World, r: int, legs: list[_Leg], loads_at_start: bool) -> _Times:
    """Walk along without a break and, where one is due, with the break at each place it may have. Begin as late as this
    allows."""
    hours = _hours(world, r, loads_at_start)
    best = _walk(hours, legs, None, hours.starts)
    if best.rest_missed:
        tries = [_walk(hours, legs, rest, hours.starts) for rest in _rests(hours, legs, best)]
        best = min([best, *tries], key=lambda times: times.key)
    begin = min(best.slack, best.end - best.bare)
    if begin > best.begin and not hours.on_way:
        best = _walk(hours, legs, best.held, begin)
    return best


def _rests(hours: "_Hours", legs: list[_Leg], bare: _Times) -> list[_Rest]:
    """Where a break could be held in time, going by the times without one; where it can't be anywhere, everywhere."""
    places = [(e, before) for e, leg in enumerate(legs) if not leg.done for before in (False, True)]
    fits = [
        _Rest(e, before)
        for e, before in places
        if (bare.arrived[e] if not before else bare.arrived[e] - legs[e].seconds) <= hours.last_rest
    ]
    return fits or [_Rest(e, before) for e, before in places]


@dataclass(frozen=True, slots=True)
class _Hours:
    """A carrier's hours, as plain numbers."""

    starts: int
    pause: int
    first_rest: int
    last_rest: int
    on_way: bool
    free_at: int
    frozen: int
    depot: tuple[int, int, int] | None  # opens, closes, loading, where something is loaded at the start


def _hours(world: World, r: int, loads_at_start: bool) -> _Hours:
    row = world.carriers[r]
    pause, free_at = int(row["break_seconds"]), int(row["free_at"])
    depot = None
    if loads_at_start:
        at = world.depots[int(row["start_depot"])]
        depot = (int(at["opens"]), int(at["closes"]), int(at["loading"]))
    return _Hours(
        int(row["starts"]), pause, int(row["break_from"]), int(row["break_until"]) - pause, free_at != -NEVER, free_at,
        int(row["frozen"]), depot,
    )  # fmt: skip


def _walk(hours: _Hours, legs: list[_Leg], rest: _Rest | None, begin: int) -> _Times:
    """Walk along once. ``slack`` grows no further than every closing time allows."""
    pause, first, last_rest, frozen = hours.pause, hours.first_rest, hours.last_rest, hours.frozen
    t, bare, slack, start_late, rested, missed = begin, 0, int(NEVER), 0, None, 0
    if hours.depot is not None:
        opens, closes, loading = hours.depot
        t = max(t, opens)
        slack, start_late = closes, max(0, t - closes)
        t, bare = t + loading, loading
    if hours.on_way and frozen == 0:
        t = max(t, hours.free_at)
    arrived, began, left, late = [], [], [], []
    for e, leg in enumerate(legs):
        if rest is not None and rest.leg == e and rest.before:
            t, slack, missed, rested = _pause(t, bare, slack, first, last_rest, pause)
            bare += pause
        t += leg.seconds
        bare += leg.seconds
        arrived.append(t)
        if rest is not None and rest.leg == e and not rest.before:
            t, slack, missed, rested = _pause(t, bare, slack, first, last_rest, pause)
            bare += pause
        t = max(t, leg.opens)
        began.append(t)
        late.append(0 if leg.done else max(0, t - leg.closes))
        if not leg.done:
            slack = min(slack, leg.closes - bare)
        t += leg.stay
        bare += leg.stay
        if e == frozen - 1:
            t = hours.free_at
        left.append(t)
    if rest is None and pause and t > last_rest:
        missed = t - last_rest
    return _Times(
        begin, t, tuple(arrived), tuple(began), tuple(left), tuple(late), rested,
        rest is not None and not rest.before, rest, missed, start_late, slack, bare,
    )  # fmt: skip


def _pause(
    t: int, bare: int, slack: int, first: int, last: int, pause: int
) -> tuple[int, int, int, tuple[int, int] | None]:
    at = max(t, first)
    return at + pause, min(slack, last - bare), max(0, at - last), (at, at + pause)


def _limits(world: World, r: int, entries: tuple[int, ...], legs: list[_Leg], times: _Times) -> list[FaultAt]:
    carrier, faults = world.carriers[r], []
    metres, stops = sum(leg.metres for leg in legs), sum(entry >= 0 for entry in entries)
    if metres > int(carrier["max_metres"]):
        faults.append(FaultAt("max_metres", NONE, metres - int(carrier["max_metres"])))
    if stops > int(carrier["max_stops"]):
        faults.append(FaultAt("max_stops", NONE, stops - int(carrier["max_stops"])))
    return faults


def _visits(legs: list[_Leg], times: _Times, aboard: list[tuple[int, ...]]) -> tuple[Visit, ...]:
    return tuple(
        Visit(
            stop=max(leg.entry, NONE), depot=NONE if leg.entry >= 0 else -1 - leg.entry,
            arrival=times.arrived[e], wait=times.began[e] - times.arrived[e], begin=times.began[e], leave=times.left[e],
            late=times.late[e], travel_seconds=leg.seconds, metres=leg.metres, aboard=aboard[e],
        )
        for e, leg in enumerate(legs[:-1])
    )  # fmt: skip


class _Loads:
    """Where each load is taken aboard, and what is aboard after each entry."""

    def __init__(self, world: World, r: int, entries: tuple[int, ...]) -> None:
        self.world, self.r, self.entries = world, r, entries
        self.carrier = world.carriers[r]
        self.frozen = int(self.carrier["frozen"])
        self.on_way = int(self.carrier["free_at"]) != -NEVER
        self.faults: list[FaultAt] = []
        self.measures = range(world.capacity.shape[1])
        self.loaded: dict[int, list[int]] = {}  # at which entry (-1: the start) which stops are loaded
        self._find_depots()
        self._check_pairs()
        own = int(self.carrier["start_depot"])
        new = [
            stop
            for stop in self.loaded.get(-1, ())
            if world.stops[stop]["loads"] and world.stops[stop]["aboard_of"] != r
        ]
        self.at_start = bool(new) and own >= 0 and not self.on_way
        self.first = self._sum(self.loaded.get(-1, []))
        self.after = self._carry()

    def _find_depots(self) -> None:
        """Say for every stop from a depot at which visit it was loaded: the last one before it that can be."""
        start = int(self.carrier["start_depot"])
        loads_now = {start: -1} if start >= 0 and not self.on_way else {}
        last = -1 if loads_now else None
        seen = {start} if start >= 0 else set()
        for at, entry in enumerate(self.entries):
            if entry < 0:
                depot = -1 - entry
                if depot in seen and not self.carrier["may_reload"] and at >= self.frozen:
                    self.faults.append(FaultAt("depot_again"))
                seen.add(depot)
                if at >= self.frozen:
                    loads_now[depot] = last = at
                continue
            stop = self.world.stops[entry]
            if stop["kind"] != DROP:
                continue
            where: int | None
            if stop["aboard_of"] == self.r or not stop["loads"]:
                where = -1
            elif stop["depot"] < 0:
                where = last
            else:
                where = loads_now.get(int(stop["depot"]))
            if where is None:
                self.faults.append(FaultAt("not_loaded", entry))
                where = -1
            self.loaded.setdefault(where, []).append(entry)

    def _check_pairs(self) -> None:
        place = {entry: at for at, entry in enumerate(self.entries)}
        for entry in self.entries:
            if entry < 0:
                continue
            row = self.world.stops[entry]
            members = [int(i) for i in self.world.job_items[row["job_first"] : row["job_end"]]]
            if any(member not in place for member in members):
                self.faults.append(FaultAt("half_pair", entry))
            elif row["kind"] == PAIRED and place[int(row["pickup_of"])] > place[entry]:
                self.faults.append(FaultAt("order", entry))

    def _sum(self, stops: list[int]) -> tuple[int, ...]:
        return tuple(int(sum(int(self.world.load[stop, c]) for stop in stops)) for c in self.measures)

    def _carry(self) -> list[tuple[int, ...]]:
        aboard, rest, after = list(self.first), [0 for _ in self.measures], []
        if self.frozen == 0:
            self._weigh(aboard, NONE)
        for at, entry in enumerate(self.entries):
            if entry < 0:
                new = self._sum(self.loaded.get(at, []))
                aboard = [aboard[c] + new[c] - rest[c] for c in self.measures]
                rest = [0 for _ in self.measures]
            elif self.world.stops[entry]["kind"] == COLLECT:
                aboard = [aboard[c] + int(self.world.load[entry, c]) for c in self.measures]
                rest = [rest[c] + int(self.world.rest_load[entry, c]) for c in self.measures]
            else:
                aboard = [aboard[c] - int(self.world.load[entry, c]) for c in self.measures]
            after.append(tuple(aboard))
            if at >= self.frozen and (entry < 0 or self.world.stops[entry]["kind"] == COLLECT):
                self._weigh(aboard, max(entry, NONE))
        return after

    def _weigh(self, aboard: list[int], stop: int) -> None:
        over = max((aboard[c] - int(self.world.capacity[self.r, c]) for c in self.measures), default=0)
        if over > 0:
            self.faults.append(FaultAt("overload", stop, over))
