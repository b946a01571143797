"""A second pair of eyes: does a plan keep every rule of the problem? Reads only the problem and the visits of the plan.

Nothing here is shared with the search or the timetable, not even the tables of ways: it takes each visit at its word and
checks that each next one follows.
"""

from dataclasses import dataclass, field
from math import asin, ceil, cos, radians, sin, sqrt

from taawun.solve.routing.problem import HOME, NONE, OPEN, Problem, Progress, Run, Solution, depot_visit

EARTH_METRES = 6_371_008.8


def check(problem: Problem, solution: Solution, progress: Progress | None = None) -> list[str]:
    """Return what is wrong with a plan, a line each; nothing for a plan that keeps every rule."""
    wrong: list[str] = []
    if len(solution.runs) != len(problem.carriers):
        wrong.append(f"{len(solution.runs)} runs for {len(problem.carriers)} carriers")
    served: dict[int, int] = {}
    for run in solution.runs:
        for stop in run.stops:
            if stop in served:
                wrong.append(f"stop {stop} is served twice")
            served[stop] = run.carrier
    left = {one.stop for one in solution.unserved}
    if left & set(served):
        wrong.append(f"both served and left out: {sorted(left & set(served))}")
    missing = set(range(len(problem.stops))) - left - set(served)
    if missing:
        wrong.append(f"neither served nor left out: {sorted(missing)}")
    for stop, pickup in enumerate(problem.stops.pickup_of.tolist()):
        if (
            pickup != NONE
            and served.get(stop) != served.get(pickup)
            and not _stranded(solution, progress, stop, pickup)
        ):
            wrong.append(f"stop {stop} and its pick-up {pickup} are not in the same run")
    for run in solution.runs:
        if run.order:
            wrong += [
                f"carrier {run.carrier}: {what}" for what in _Checking(problem, run, progress or Progress()).all()
            ]
    return wrong


def _stranded(solution: Solution, progress: Progress | None, stop: int, pickup: int) -> bool:
    """Whether the pick-up is done and its carrier then dropped out: nobody else has the goods."""
    if progress is None or any(stop in run.stops for run in solution.runs):
        return False
    done = dict(enumerate(progress.done))
    return any(pickup in run.order[: done.get(run.carrier, 0)] for run in solution.runs if run.carrier in progress.gone)


@dataclass
class _Checking:
    problem: Problem
    run: Run
    progress: Progress
    wrong: list[str] = field(default_factory=list)

    def all(self) -> list[str]:
        r = self.run.carrier
        done = self.progress.done
        self.done = done[r] if r < len(done) else 0
        free_at = self.progress.free_at
        self.free_at = free_at[r] if r < len(free_at) else None
        if tuple(v.stop if v.stop >= 0 else depot_visit(v.depot) for v in self.run.visits) != self.run.order:
            self.wrong.append("its visits are not its order")
            return self.wrong
        self._times()
        self._who()
        self._loads()
        self._limits()
        return self.wrong

    def _say(self, fine: bool, what: str) -> None:
        if not fine:
            self.wrong.append(what)

    def _row(self, kind: str, row: int) -> int:
        n, m = len(self.problem.stops), len(self.problem.carriers)
        return {"stop": row, "home": n + row, "depot": n + m + row}[kind]

    def _way(self, a: tuple[str, int], b: tuple[str, int]) -> tuple[int, int]:
        profile = self.problem.travel.profiles[int(self.problem.carriers.profile[self.run.carrier])]
        if profile.seconds is not None and profile.metres is not None:
            at = (self._row(*a), self._row(*b))
            return int(profile.seconds[at]), int(profile.metres[at])
        way = _great_circle(*self._place(*a), *self._place(*b)) * profile.detour
        return ceil(way / profile.metres_per_second), ceil(way)

    def _place(self, kind: str, row: int) -> tuple[float, float]:
        table = {"stop": self.problem.stops, "home": self.problem.carriers, "depot": self.problem.depots}[kind]
        return float(table.latitude[row]), float(table.longitude[row])  # type: ignore[attr-defined]

    def _times(self) -> None:
        carriers, r, run = self.problem.carriers, self.run.carrier, self.run
        rest = run.rest
        pause = int(carriers.break_seconds[r])
        if rest is not None:
            self._say(rest[1] - rest[0] == pause, "its rest is not as long as its break")
            self._say(carriers.break_from[r] <= rest[0] and rest[1] <= carriers.break_until[r], "its rest lies outside")
        last_rest = int(carriers.break_until[r]) - pause
        due = pause > 0 and run.end > last_rest and carriers.opens[r] <= last_rest
        if self.free_at is not None and self.free_at > last_rest:
            due = False
        self._say(not due or rest is not None, "it has no rest")
        start = int(carriers.start[r])
        at = ("home", r) if start == HOME else ("depot", start)
        t = run.begin
        self._say(run.begin >= carriers.opens[r], "it begins before its hours")
        if self._loads_at_start():
            depot = self.problem.depots
            t = max(t, int(depot.opens[start]))
            self._say(t <= depot.closes[start], "it loads at the start when the depot is closed")
            t += int(depot.loading_seconds[start])
        if self.free_at is not None and self.done == 0:
            t = max(t, self.free_at)
        travel = metres = 0
        rested = rest is None
        for place, visit in enumerate(run.visits):
            to = ("stop", visit.stop) if visit.stop >= 0 else ("depot", visit.depot)
            seconds, length = self._way(at, to)
            self._say(seconds >= 0, f"no way leads to {to}")
            self._say(abs(seconds - visit.travel_seconds) <= 1, f"the way to {to} takes {seconds} seconds")
            if place >= self.done:
                if not rested and rest is not None and rest[0] >= t and visit.arrival >= rest[1] + visit.travel_seconds:
                    t, rested = rest[1], True
                self._say(visit.arrival == t + visit.travel_seconds, f"it can't arrive at {to} at {visit.arrival}")
                free = visit.arrival
                if not rested and rest is not None and rest[0] >= free and rest[1] <= visit.begin:
                    free, rested = rest[1], True
                self._one(to, visit.begin, free, visit.leave)
            travel, metres, t, at = travel + visit.travel_seconds, metres + visit.metres, visit.leave, to
            if place == self.done - 1 and self.free_at is not None:
                self._say(visit.leave == self.free_at, "it does not go on from when it really left")
        end = int(carriers.end[r])
        if end != OPEN:
            seconds, length = self._way(at, ("home", r) if end == HOME else ("depot", end))
            self._say(seconds >= 0, "no way leads back")
            travel, metres = travel + seconds, metres + length
            if not rested and rest is not None and rest[0] >= t and rest[1] + seconds <= run.end:
                t, rested = max(t, rest[1]), True
            t += seconds
        if not rested and rest is not None:
            self._say(rest[0] >= t, "its rest is while it works")
            t = rest[1]
        self._say(abs(run.end - t) <= 1, f"it ends at {t}, not {run.end}")
        self._say(run.end <= carriers.closes[r], "it ends after its hours")
        self._say(abs(travel - run.travel_seconds) <= len(run.visits) + 1, "its travel is not the sum of its ways")
        self._say(abs(metres - run.metres) <= len(run.visits) + 1, "its metres are not the sum of its ways")
        self._say(run.end - run.begin <= carriers.max_seconds[r], "it takes too long")
        self._say(run.metres <= carriers.max_metres[r], "it is too long")

    def _one(self, to: tuple[str, int], begin: int, free: int, leave: int) -> None:
        kind, row = to
        if kind == "stop":
            stops = self.problem.stops
            opens, closes, stay = int(stops.opens[row]), int(stops.closes[row]), int(stops.service_seconds[row])
        else:
            depots = self.problem.depots
            opens, closes, stay = int(depots.opens[row]), int(depots.closes[row]), int(depots.loading_seconds[row])
        self._say(begin == max(free, opens), f"{to} begins at {begin} though it could at {max(free, opens)}")
        self._say(begin <= closes, f"{to} begins after it closes")
        self._say(leave == begin + stay, f"{to} is left at {leave}")

    def _who(self) -> None:
        stops, r = self.problem.stops, self.run.carrier
        for place, visit in enumerate(self.run.visits):
            if visit.stop < 0 or place < self.done:
                continue
            needs, has = int(stops.needs[visit.stop]), int(self.problem.carriers.abilities[r])
            self._say(needs & has == needs, f"it lacks what stop {visit.stop} needs")
            self._say(int(stops.fixed_carrier[visit.stop]) in (NONE, r), f"stop {visit.stop} is fixed to another")
            self._say(r not in self.progress.gone, "it dropped out")

    def _loads_at_start(self) -> bool:
        start = int(self.problem.carriers.start[self.run.carrier])
        if start < 0 or self.free_at is not None:
            return False
        return any(where == -1 for where in self._loaded_at().values())

    def _loaded_at(self) -> dict[int, int | None]:
        """For every stop whose goods come from a depot: after which visit they are aboard (-1: the start)."""
        stops, order = self.problem.stops, self.run.order
        start = int(self.problem.carriers.start[self.run.carrier])
        where: dict[int, int | None] = {}
        for at, stop in enumerate(order):
            if stop < 0 or stops.collects[stop] or stops.pickup_of[stop] != NONE:
                continue
            named = int(stops.depot[stop])
            if named == NONE and not stops.load[stop].any():
                continue
            fitting = [b for b in range(at) if order[b] < 0 and named in (NONE, depot_visit(order[b]))]
            if self.free_at is not None:
                fitting = [b for b in fitting if b >= self.done]
            at_start = start >= 0 and named in (NONE, start)
            where[stop] = fitting[-1] if fitting else -1 if at_start or self.free_at is not None else None
        return where

    def _loads(self) -> None:
        stops, carriers, r, order = self.problem.stops, self.problem.carriers, self.run.carrier, self.run.order
        place = {entry: at for at, entry in enumerate(order) if entry >= 0}
        where = self._loaded_at()
        for stop, at in place.items():
            pickup = int(stops.pickup_of[stop])
            if pickup != NONE:
                self._say(pickup in place and place[pickup] < at, f"stop {stop} comes before its pick-up")
            self._say(where.get(stop, 0) is not None, f"the goods of stop {stop} are never loaded")
        depots_met = [int(carriers.start[r])] if carriers.start[r] >= 0 else []
        depots_met += [depot_visit(entry) for entry in order if entry < 0]
        if self.free_at is None and not carriers.may_reload[r]:
            self._say(len(depots_met) == len(set(depots_met)), "it loads at a depot again")
        for measure in range(stops.load.shape[1]):
            aboard = sum(int(stops.load[stop, measure]) for stop, at in where.items() if at == -1)
            rest = 0
            self._weigh(aboard, measure, -1)
            for at, entry in enumerate(order):
                if entry < 0:
                    aboard += sum(int(stops.load[stop, measure]) for stop, b in where.items() if b == at) - rest
                    rest = 0
                elif stops.collects[entry]:
                    aboard += int(stops.load[entry, measure])
                    dropped = [int(stops.load[s, measure]) for s in place if stops.pickup_of[s] == entry]
                    rest += int(stops.load[entry, measure]) - sum(dropped)
                else:
                    aboard -= int(stops.load[entry, measure])
                self._weigh(aboard, measure, at)

    def _weigh(self, aboard: int, measure: int, at: int) -> None:
        if at < self.done and self.free_at is not None:
            return
        room = int(self.problem.carriers.capacity[self.run.carrier, measure])
        self._say(aboard <= room, f"{aboard} of measure {measure} aboard, {room} fit")

    def _limits(self) -> None:
        count = len(self.run.stops)
        self._say(count <= self.problem.carriers.max_stops[self.run.carrier], f"it has {count} stops")


def _great_circle(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Haversine, in metres."""
    a, b = radians(latitude), radians(other_latitude)
    up, across = sin((b - a) / 2), sin(radians(other_longitude - longitude) / 2)
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(up * up + cos(a) * cos(b) * across * across)))
