"""From a problem to the arrays the compiled loops walk along, and which stops cannot be served at all, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taawun.solve.routing import kernel, plans
from taawun.solve.routing.kernel import COLLECT, DROP, NEVER, PAIRED, State, Work, World
from taawun.solve.routing.problem import (
    NONE,
    OPEN,
    PLACES_MAXIMUM,
    STOPS_MAXIMUM,
    TIME_MAXIMUM,
    FloatArray,
    IntArray,
    Order,
    Problem,
    Progress,
    Stops,
    Travel,
)

EARTH_METRES = 6_371_008.8
LONGEST = 2**30  # seconds or metres of one way
NEIGHBOURS = 100
# Leaving out one stop of the least priority costs more than any travel for it.
LEFT_OUT_FACTOR = 20.0


def great_circle(
    latitude: FloatArray, longitude: FloatArray, to_latitude: FloatArray, to_longitude: FloatArray
) -> FloatArray:
    """Return the metres from each of the first places to each of the others. Chords, so that near places keep their digits."""
    one, other = _on_sphere(latitude, longitude), _on_sphere(to_latitude, to_longitude)
    square = np.zeros((one.shape[0], other.shape[0]))
    for axis in range(3):
        square += (one[:, axis, None] - other[None, :, axis]) ** 2
    return 2 * EARTH_METRES * np.arcsin(np.minimum(1.0, np.sqrt(square) / 2))


def _on_sphere(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    up, round_ = np.radians(latitude), np.radians(longitude)
    return np.stack([np.cos(up) * np.cos(round_), np.cos(up) * np.sin(round_), np.sin(up)], axis=1)


@dataclass(frozen=True, eq=False)
class _Places:
    of_row: IntArray  # (n + m + k) place of each stop, home, depot
    latitude: FloatArray
    longitude: FloatArray


def _places(problem: Problem) -> _Places:
    """Places that are the same are one, so that a thousand households in one tower need no large table."""
    parts = (problem.stops, problem.carriers, problem.depots)
    latitude = np.nan_to_num(np.concatenate([part.latitude for part in parts]))
    longitude = np.nan_to_num(np.concatenate([part.longitude for part in parts]))
    if any(profile.seconds is not None for profile in problem.travel.profiles):
        return _Places(np.arange(latitude.size), latitude, longitude)
    both, of_row = np.unique(np.stack([latitude, longitude], axis=1), axis=0, return_inverse=True)
    return _Places(of_row.reshape(-1).astype(np.int64), both[:, 0], both[:, 1])


def _tables(problem: Problem, places: _Places) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    seconds, metres = [], []
    straight = None
    for profile in problem.travel.profiles:
        if profile.seconds is not None and profile.metres is not None:
            no_way = (profile.seconds < 0) | (profile.metres < 0)
            seconds.append(np.where(no_way, -1, np.minimum(profile.seconds, LONGEST)).astype(np.int32))
            metres.append(np.where(no_way, -1, np.minimum(profile.metres, LONGEST)).astype(np.int32))
            continue
        if straight is None:
            straight = great_circle(places.latitude, places.longitude, places.latitude, places.longitude)
        way = straight * profile.detour
        seconds.append(np.minimum(np.ceil(way / profile.metres_per_second), LONGEST).astype(np.int32))
        metres.append(np.minimum(np.ceil(way), LONGEST).astype(np.int32))
    return np.stack(seconds), np.stack(metres)


def too_many(problem: Problem) -> IntArray:
    """Return the rows of stops beyond what is planned in one go: those of least priority, of equals the last."""
    n = len(problem.stops)
    order = np.argsort(-problem.stops.priority, kind="stable")
    limit = STOPS_MAXIMUM
    tables = any(profile.seconds is not None for profile in problem.travel.profiles)
    if not tables and n + len(problem.carriers) + len(problem.depots) > PLACES_MAXIMUM:
        room = PLACES_MAXIMUM - len(problem.carriers) - len(problem.depots)
        both = np.stack([problem.stops.latitude, problem.stops.longitude], axis=1)[order]
        _unique, first = np.unique(both, axis=0, return_index=True)
        new = np.zeros(n, np.int64)
        new[first] = 1
        limit = min(limit, int(np.searchsorted(np.cumsum(new), room, side="right")))
    return np.sort(order[limit:])


def subset(problem: Problem, rows: IntArray) -> Problem:
    """Return the problem with only these stops; a drop-off whose pick-up is not among them must not be either."""
    stops = problem.stops
    new = np.full(len(stops) + 1, NONE, dtype=np.int64)
    new[rows] = np.arange(rows.size)
    columns = {name: getattr(stops, name)[rows] for name in stops.__dataclass_fields__}
    columns["pickup_of"] = new[columns["pickup_of"]]
    n, size = len(stops), len(stops) + len(problem.carriers) + len(problem.depots)
    keep = np.concatenate([rows, np.arange(n, size)])
    profiles = tuple(
        profile
        if profile.seconds is None or profile.metres is None
        else replace(profile, seconds=profile.seconds[np.ix_(keep, keep)], metres=profile.metres[np.ix_(keep, keep)])
        for profile in problem.travel.profiles
    )
    return replace(problem, stops=Stops(**columns), travel=Travel(profiles))


def world_of(problem: Problem, orders: Sequence[Order] | None = None, progress: Progress | None = None) -> World:
    """Return the problem as arrays; ``orders`` and ``progress`` say what of it has happened already."""
    stops, carriers, depots = problem.stops, problem.carriers, problem.depots
    n, m = len(stops), len(carriers)
    places = _places(problem)
    seconds, metres = _tables(problem, places)
    depot_place = places.of_row[n + m :]
    weights = problem.options.weights
    day = _Day(problem, orders or (), progress or Progress())
    pickup_of = np.where(day.aboard_of >= 0, NONE, stops.pickup_of)
    kind = np.where(stops.collects, COLLECT, np.where(pickup_of >= 0, PAIRED, DROP)).astype(np.int64)
    loads = (kind == DROP) & ((stops.load > 0).any(axis=1) | (stops.depot >= 0))
    rest_load = np.where(stops.collects[:, None], stops.load, 0)
    drops = np.flatnonzero(stops.pickup_of >= 0)
    np.subtract.at(rest_load, stops.pickup_of[drops], stops.load[drops])
    job_first, job_items = _jobs(kind, pickup_of)
    start_place, end_place = _ends(carriers.start, places, n, m), _ends(carriers.end, places, n, m)
    end_place[carriers.end == OPEN] = -1
    due = (carriers.break_seconds > 0) & (carriers.opens <= carriers.break_until - carriers.break_seconds)
    pause = np.where(due, carriers.break_seconds, 0)
    balance = weights.balance if problem.options.aim == "balanced" else 0.0
    near = _near(places.of_row[:n], seconds[_usual(carriers.profile)])
    typical = _typical_day(stops.service_seconds, places.of_row[:n], near, seconds[_usual(carriers.profile)], m)
    per_square = balance / (2 * typical)
    plain = _plain_carriers(problem, pause, day) & (per_square == 0) & (weights.work_second == 0)
    was_cost = np.where(day.was >= 0, float((progress or Progress()).stay_worth), 0.0)
    price = _left_out_price(problem, seconds, metres, float(was_cost.max(initial=0)), per_square)
    return World(
        stops=_table(
            kernel.STOP, n, place=places.of_row[:n], service=stops.service_seconds, opens=stops.opens, closes=stops.closes,
            kind=kind, pickup_of=pickup_of, depot=stops.depot, loads=loads, job_first=job_first[:-1],
            job_end=job_first[1:], aboard_of=day.aboard_of, preferred=stops.preferred_carrier,
            preferred_cost=stops.preferred_worth, was=day.was, was_cost=was_cost, left_out=stops.priority * price,
        ),
        carriers=_table(
            kernel.CARRIER, m, start_place=start_place, end_place=end_place, start_depot=carriers.start,
            starts=carriers.opens, ends=carriers.closes, break_from=carriers.break_from,
            break_until=carriers.break_until, break_seconds=pause, profile=carriers.profile,
            max_seconds=carriers.max_seconds, max_metres=carriers.max_metres, max_stops=carriers.max_stops,
            may_reload=carriers.may_reload | day.left, alike=_alike(problem, day), plain=plain, frozen=day.done,
            free_at=day.free_at,
        ),
        depots=_table(
            kernel.DEPOT, len(depots), place=depot_place, opens=depots.opens, closes=depots.closes,
            loading=depots.loading_seconds,
        ),
        seconds=seconds, metres=metres, load=stops.load, rest_load=rest_load, capacity=carriers.capacity,
        allowed=_allowed(problem, day, job_first, job_items), job_items=job_items, near=near,
        per_second=float(weights.travel_second), per_metre=float(weights.metre), per_work=float(weights.work_second),
        per_run=float(weights.run), per_square=float(per_square),
    )  # fmt: skip


def _table(dtype: np.dtype[np.void], rows: int, /, **columns: ArrayLike) -> NDArray[np.void]:
    table = np.zeros(rows, dtype)
    for name, column in columns.items():
        table[name] = column
    return table


class _Day:
    """What has happened already, as arrays: see ``Progress``."""

    def __init__(self, problem: Problem, orders: Sequence[Order], progress: Progress) -> None:
        n, m = len(problem.stops), len(problem.carriers)
        self.done = np.zeros(m, np.int64)
        self.free_at = np.full(m, -NEVER, dtype=np.int64)
        self.aboard_of = np.full(n, NONE, dtype=np.int64)
        self.was = np.full(n, NONE, dtype=np.int64)
        self.fixed = problem.stops.fixed_carrier.copy()
        self.gone = progress.gone
        for r, order in enumerate(orders):
            self._follow(problem, progress, r, order)
        self.left = self.free_at != -NEVER

    def _follow(self, problem: Problem, progress: Progress, r: int, order: Order) -> None:
        stops = problem.stops
        done = progress.done[r] if r < len(progress.done) else 0
        free_at = progress.free_at[r] if r < len(progress.free_at) else None
        if not 0 <= done <= len(order):
            raise ValueError(f"progress.done row {r}: {done} must lie between 0 and {len(order)}")
        if done and free_at is None:
            raise ValueError(f"progress.free_at row {r}: say when the last of the {done} done entries was left")
        self.done[r] = done
        if free_at is not None:
            self.free_at[r] = free_at
        met_depot = False
        for at, entry in enumerate(order):
            if entry < 0:
                met_depot = met_depot or at >= done
                continue
            if at >= done:
                self.was[entry] = r
            if at < done or entry in progress.locked:
                self.fixed[entry] = r
            pickup = int(stops.pickup_of[entry])
            if pickup != NONE:
                if pickup in list(order[:done]):
                    self.aboard_of[entry] = self.fixed[entry] = r
            elif (
                free_at is not None
                and not stops.collects[entry]
                and not met_depot
                and r not in progress.gone
                or at < done
            ):
                self.aboard_of[entry] = r


def _ends(at: IntArray, places: _Places, n: int, m: int) -> IntArray:
    rows = np.where(at >= 0, n + m + at, n + np.arange(m))
    return places.of_row[rows].astype(np.int64)


def _jobs(kind: IntArray, pickup_of: IntArray) -> tuple[IntArray, IntArray]:
    """Return for each stop the stops that are served with it or not at all: a pick-up, then its drop-offs."""
    n = kind.size
    members: dict[int, list[int]] = {}
    for drop in np.flatnonzero(pickup_of >= 0):
        members.setdefault(int(pickup_of[drop]), [int(pickup_of[drop])]).append(int(drop))
    first = np.zeros(n + 1, np.int64)
    items: list[int] = []
    for i in range(n):
        head = int(pickup_of[i]) if pickup_of[i] >= 0 else i
        items.extend(members.get(head, (head,)))
        first[i + 1] = len(items)
    return first, np.array(items, dtype=np.int64)


def _allowed(problem: Problem, day: _Day, job_first: IntArray, job_items: IntArray) -> NDArray[np.bool_]:
    """(n, m) Whether a carrier has the abilities, is not the wrong one, and could take the load of this one stop."""
    stops, carriers = problem.stops, problem.carriers
    m = len(carriers)
    allowed = (stops.needs[:, None] & ~carriers.abilities[None, :]) == 0
    fixed = day.fixed[:, None]
    allowed &= (fixed == NONE) | (fixed == np.arange(m)[None, :])
    for measure in range(stops.load.shape[1]):
        allowed &= stops.load[:, measure, None] <= carriers.capacity[None, :, measure]
    for r in day.gone:
        allowed[:, r] = False
    for i in np.flatnonzero(np.diff(job_first) > 1):
        if job_items[job_first[i]] == i:
            members = job_items[job_first[i] : job_first[i + 1]]
            allowed[members] = allowed[members].all(axis=0)
    return np.ascontiguousarray(allowed)


def _alike(problem: Problem, day: _Day) -> IntArray:
    """(m) For each carrier the first that is the same in everything: of empty runs only one of a kind need be tried."""
    m, carriers, stops = len(problem.carriers), problem.carriers, problem.stops
    own = set(stops.fixed_carrier.tolist()) | set(stops.preferred_carrier.tolist()) | set(day.fixed.tolist())
    own |= set(day.was.tolist()) | set(np.flatnonzero(day.free_at != -NEVER).tolist()) | set(day.gone)
    first: dict[tuple[object, ...], int] = {}
    alike = np.arange(m, dtype=np.int64)
    for r in range(m):
        key: tuple[object, ...] = tuple(
            np.nan_to_num(np.atleast_1d(getattr(carriers, name)[r])).tobytes() for name in carriers.__dataclass_fields__
        )
        alike[r] = first.setdefault((*key, r if r in own else NONE), r)
    return alike


def _plain_carriers(problem: Problem, pause: IntArray, day: _Day) -> NDArray[np.bool_]:
    """(m) Whether two comparisons of times and the sum of the load decide what fits in a run of this carrier."""
    carriers, depots = problem.carriers, problem.depots
    plain = (carriers.start >= 0) & (pause == 0) & (day.free_at == -NEVER)
    plain &= (carriers.max_seconds >= TIME_MAXIMUM) & (carriers.max_metres >= TIME_MAXIMUM)
    if len(depots):
        start = np.maximum(carriers.start, 0)
        plain &= (depots.loading_seconds[start] == 0) & (depots.opens[start] <= carriers.opens)
        plain &= depots.closes[start] >= carriers.opens
    return np.ascontiguousarray(plain)


def _usual(profile: IntArray) -> int:
    return int(np.bincount(profile).argmax()) if profile.size else 0


def _near(place: IntArray, seconds: NDArray[np.int32]) -> IntArray:
    """(n, q) The stops nearest to each, by the mean of both directions; where no way leads, last."""
    n = place.size
    count = min(n - 1, NEIGHBOURS)
    near = np.zeros((n, max(count, 0)), np.int64)
    if count <= 0:
        return near
    used, of_stop = np.unique(place, return_inverse=True)
    members = np.split(np.argsort(of_stop, kind="stable"), np.cumsum(np.bincount(of_stop))[:-1])
    few = min(used.size - 1, count)
    for begin in range(0, used.size, 512):
        rows = used[begin : begin + 512]
        there = seconds[rows][:, used].astype(np.int64)
        back = seconds[:, rows].T[:, used].astype(np.int64)
        far = np.where((there < 0) | (back < 0), 2 * LONGEST, there + back)
        far[np.arange(rows.size), np.arange(begin, begin + rows.size)] = -1
        some = np.argpartition(far, few, axis=1)[:, : few + 1]
        order = np.take_along_axis(
            some, np.argsort(np.take_along_axis(far, some, axis=1), axis=1, kind="stable"), axis=1
        )
        for row, places in enumerate(order):
            _neighbours(near, members, members[begin + row], places, count)
    return near


def _neighbours(near: IntArray, members: list[IntArray], here: IntArray, places: IntArray, count: int) -> None:
    """Fill in the nearest stops of all stops at one place: those at the same place, then at the next."""
    stops = here[: count + 1]
    for place in places[1:]:
        if stops.size > count:
            break
        stops = np.concatenate([stops, members[place]])
    for i in here:
        others = stops[stops != i]
        near[i] = others[:count]


def _typical_day(service: IntArray, place: IntArray, near: IntArray, seconds: NDArray[np.int32], m: int) -> float:
    """Return roughly the working seconds of a carrier if all is shared evenly."""
    total = float(service.sum())
    if near.shape[1]:
        total += float(np.maximum(seconds[place, place[near[:, 0]]], 0).sum())
    return max(600.0, total / max(m, 1))


def _left_out_price(
    problem: Problem, seconds: NDArray[np.int32], metres: NDArray[np.int32], moved: float, per_square: float
) -> float:
    weights, stops, carriers = problem.options.weights, problem.stops, problem.carriers
    leg = weights.travel_second * float(seconds.max(initial=0)) + weights.metre * float(metres.max(initial=0))
    day = float(min(TIME_MAXIMUM, int((carriers.closes - carriers.opens).max(initial=0))))
    if day > 7 * 86400:
        day = float(seconds.max(initial=0)) * 2 + float(stops.service_seconds.sum())
    wish = float(stops.preferred_worth.max(initial=0)) + moved
    return LEFT_OUT_FACTOR * (leg + 1) + weights.run + wish + weights.work_second * day + per_square * day * day


def state_of(world: World) -> tuple[State, Work]:
    """Return an empty plan, and scratch space for it."""
    n, m, k = world.stops.size, world.carriers.size, world.depots.size
    measures = world.capacity.shape[1]
    spares = (min(n, 4096) + 2 * m + 16) if k else 0
    nodes = n + 2 * m + spares
    starts, ends = np.arange(n, n + m), np.arange(n + m, n + 2 * m)
    state = State(
        nodes=_table(kernel.NODE, nodes, after=-1, before=-1, run_of=-1, rank=-1, depot_at=-1),
        runs=np.zeros(m, kernel.RUN), sums=np.zeros((m, measures), np.int64),
        spare=np.arange(n + 2 * m, nodes), top=np.array([spares]),
    )  # fmt: skip
    state.nodes["place"][:n] = world.stops["place"]
    state.nodes["place"][starts], state.nodes["place"][ends] = (
        world.carriers["start_place"],
        world.carriers["end_place"],
    )
    state.nodes["after"][starts], state.nodes["before"][ends] = ends, starts
    state.nodes["run_of"][starts] = state.nodes["run_of"][ends] = np.arange(m)
    length = n + spares + 4
    work = Work(
        need_any=np.zeros(measures + 1, np.int64), need=np.zeros((k, measures + 1), np.int64),
        loaded=np.zeros((length, measures), np.int64), aboard=np.zeros(measures, np.int64),
        rest=np.zeros(measures, np.int64), seen=np.zeros(n, np.int64), seen_depot=np.zeros(k, np.int64),
        token=np.zeros(1, np.int64), seq=np.zeros(length, np.int64), trial=np.zeros(length, np.int64),
        dice=np.ones(1, np.uint64), touched=np.zeros(2 * m, np.int64), kept=np.zeros(length, np.int64),
        kept_at=np.zeros(m + 2, np.int64), kept_run=np.zeros(m, np.int64), kept_cost=np.zeros(m),
        absent=np.zeros(n + 64, np.int64), keys=np.zeros(n + 64),
    )  # fmt: skip
    for r in range(m):
        plans.refresh(world, state, r, work)
    return state, work
