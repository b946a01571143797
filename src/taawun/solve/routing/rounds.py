"""The doors of this room: plan a day, tell what an order made by hand means, what a move costs, and plan the rest anew."""

import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from taawun.solve.routing import engine as engines
from taawun.solve.routing import kernel, places
from taawun.solve.routing.engine import Engine
from taawun.solve.routing.kernel import World
from taawun.solve.routing.prepare import state_of, subset, too_many, world_of
from taawun.solve.routing.problem import (
    NONE,
    Carriers,
    Depots,
    IntArray,
    Move,
    Order,
    Problem,
    Progress,
    Reason,
    Solution,
    Stops,
    Unserved,
)
from taawun.solve.routing.reasons import reasons
from taawun.solve.routing.timetable import run_of, solution_of

TELL_SECONDS = 0.25  # better plans are told no more often than this
SMALL_SECONDS = 0.02  # a problem of n stops is searched for at most this x n x n + 0.2 seconds

_worlds: "weakref.WeakKeyDictionary[Problem, World]" = weakref.WeakKeyDictionary()

Better = Callable[[Solution], None]
Stop = Callable[[], bool]


def plan(
    problem: Problem,
    *,
    time_limit_seconds: float = 10.0,
    seed: int = 0,
    start: Sequence[Order] | None = None,
    better: Better | None = None,
    should_stop: Stop | None = None,
) -> Solution:
    """Return the best plan found in the time given. Everything a problem can ask is kept; what can't be served is left out
    with its reason.

    start         orders to begin from, made by hand or earlier; what breaks a rule in them is put right
    better        called with each better plan, the first one as soon as there is any
    should_stop   asked often; the best plan so far is returned once it says True
    """
    return replan(
        problem,
        start or (),
        None,
        time_limit_seconds=time_limit_seconds,
        seed=seed,
        better=better,
        should_stop=should_stop,
    )


def replan(
    problem: Problem,
    orders: Sequence[Order],
    progress: Progress | None = None,
    *,
    time_limit_seconds: float = 2.0,
    seed: int = 0,
    better: Better | None = None,
    should_stop: Stop | None = None,
) -> Solution:
    """Return the best plan for what is left of a day: what is done and locked stays, what is in no order is put in, and as
    few stops as possible change hands. See ``Progress``."""
    if not (np.isfinite(time_limit_seconds) and time_limit_seconds >= 0):
        raise ValueError("time_limit_seconds must be 0 or more")
    begin = engines.clock()
    _check_orders(problem, orders, exactly=False)
    full = [tuple(int(entry) for entry in order) for order in orders]
    full += [()] * (len(problem.carriers) - len(full))
    beyond = too_many(problem) if progress is None and not any(full) else np.zeros(0, np.int64)
    if beyond.size:
        return _without(problem, beyond, time_limit_seconds, seed, better, should_stop)
    return _Planning(problem, full, progress, seed, better, should_stop or _never).run(begin, time_limit_seconds)


def timetable(problem: Problem, orders: Sequence[Order], progress: Progress | None = None) -> Solution:
    """Return what these orders mean, one for every carrier: times, loads, costs, and every fault. Stops in no order are
    unserved: with the reason why they can't be served, or "time" where they could be."""
    _check_orders(problem, orders, exactly=True)
    world = _world(problem, orders, progress)
    served = {int(entry) for order in orders for entry in order}
    rest = [i for i in range(len(problem.stops)) if i not in served]
    return solution_of(problem, world, orders, _left_out(problem, world, _begun(world, orders), rest))


def cost_of_move(
    problem: Problem,
    orders: Sequence[Order],
    stop: int,
    carrier: int | None = None,
    position: int | None = None,
    progress: Progress | None = None,
) -> Move | None:
    """Return what it costs to put a stop elsewhere: to this position of this carrier's order (counted without the stop),
    to its best position there or, without a carrier, to the best of all. What is served together moves together.

    With a position the move is told with all it would break; without one, None says that no place keeps every rule.
    """
    _check_orders(problem, orders, exactly=True)
    if not 0 <= stop < len(problem.stops):
        raise ValueError(f"stop {stop} must lie between 0 and {len(problem.stops) - 1}")
    if carrier is not None and not 0 <= carrier < len(problem.carriers):
        raise ValueError(f"carrier {carrier} must lie between 0 and {len(problem.carriers) - 1}")
    if position is not None and carrier is None:
        raise ValueError("a position needs a carrier")
    world = _world(problem, orders, progress)
    given = [tuple(int(entry) for entry in order) for order in orders]
    row = world.stops[stop]
    job = [int(i) for i in world.job_items[row["job_first"] : row["job_end"]]]
    without = [tuple(entry for entry in order if entry not in job) for order in given]
    if position is None or carrier is None:
        moved = _best_move(world, without, stop, carrier)
    else:
        moved = _placed(without, given, stop, job, carrier, position)
    return None if moved is None else _move(problem, world, given, moved, stop)


def _best_move(
    world: World, without: list[tuple[int, ...]], stop: int, carrier: int | None
) -> list[tuple[int, ...]] | None:
    engine = Engine(world, 0)
    engine.load(without)
    head = int(world.job_items[world.stops[stop]["job_first"]])
    only = -1 if carrier is None else carrier
    engine.work.kept_at[:2] = 0
    if not places.put_job(world, engine.state, head, 0.0, 0, only, engine.work, 0, engine.found):
        return None
    return list(engine.current())


def _placed(
    without: list[tuple[int, ...]], given: list[tuple[int, ...]], stop: int, job: list[int], carrier: int, position: int
) -> list[tuple[int, ...]]:
    """Put the stop just there. Its partners stay where they are in the same run; otherwise they come with it."""
    here = next((r for r, order in enumerate(given) if stop in order), NONE)
    base = [tuple(entry for entry in order if entry != stop) for order in given] if here == carrier else list(without)
    order = list(base[carrier])
    if not 0 <= position <= len(order):
        raise ValueError(f"position {position} must lie between 0 and {len(order)}")
    order.insert(position, stop)
    if here != carrier and len(job) > 1:
        at = order.index(stop)
        head, rest = job[0], [i for i in job[1:] if i != stop]
        if head != stop:
            order.insert(at, head)
        after = order.index(stop) + 1
        order[after:after] = rest
    base[carrier] = tuple(order)
    return base


def _move(
    problem: Problem, world: World, given: list[tuple[int, ...]], moved: list[tuple[int, ...]], stop: int
) -> Move:
    changed = [r for r in range(len(given)) if given[r] != moved[r]]
    before = [run_of(problem, world, r, given[r]) for r in changed]
    after = [run_of(problem, world, r, moved[r]) for r in changed]
    old = {(run.carrier, fault.fault, fault.stop) for run in before for fault in run.faults}
    new = tuple(fault for run in after for fault in run.faults if (run.carrier, fault.fault, fault.stop) not in old)
    carrier = next(r for r, order in enumerate(moved) if stop in order)
    return Move(
        stop=stop, carrier=carrier, position=moved[carrier].index(stop),
        cost=sum(run.cost for run in after) - sum(run.cost for run in before),
        travel_seconds=sum(run.travel_seconds for run in after) - sum(run.travel_seconds for run in before),
        metres=sum(run.metres for run in after) - sum(run.metres for run in before),
        faults=new, orders=tuple(moved),
    )  # fmt: skip


class _Planning:
    """One search, from the arrays to the answer."""

    def __init__(
        self, problem: Problem, orders: list[tuple[int, ...]], progress: Progress | None, seed: int,
        better: Better | None, should_stop: Stop,
    ) -> None:  # fmt: skip
        self.problem, self.seed, self.better, self.should_stop = problem, seed, better, should_stop
        self.world = world_of(problem, orders if progress else None, progress)
        self.begun = _begun(self.world, orders)
        self.orders = orders
        done = {entry for order in self.begun for entry in order}
        self.open = [i for i in range(len(problem.stops)) if i not in done]
        self.refused = reasons(problem, self.world, self.begun, self.open)

    def run(self, begin: float, seconds: float) -> Solution:
        world, jobs = self.world, self._jobs()
        if not len(self.problem.carriers):
            return solution_of(self.problem, world, (), self._unserved(()), self.seed)
        engine = Engine(world, self.seed, jobs)
        engine.load(self._sound_orders())
        seconds = min(seconds, SMALL_SECONDS * jobs.size**2 + 0.2)
        until = begin + seconds
        waiting = engine.waiting[1 : 1 + engine.waiting[0]].copy()
        # The first answer may take a little longer than asked: an answer there must be.
        engine.serve(waiting, max(until, engines.clock() + 1.0), self.should_stop)
        engine.even_out()
        told = -1e9
        if self.better is not None:
            self.better(self._solution(engine))
            told = engines.clock()
        untold = False
        if jobs.size and not self.should_stop():
            # Where making ready took most of the time (the loops had to be compiled), half of it still goes to the search.
            for found in engine.better(max(until - engines.clock(), seconds / 2)):
                untold = untold or found
                if untold and self.better is not None and engines.clock() - told > TELL_SECONDS:
                    self.better(self._solution(engine))
                    told, untold = engines.clock(), False
                if self.should_stop():
                    break
        return self._solution(engine)

    def _jobs(self) -> IntArray:
        """The stops to be served, the most urgent first, then those with the least choice of time."""
        stops, world = self.problem.stops, self.world
        heads = [
            i for i in self.open
            if i not in self.refused and world.job_items[world.stops[i]["job_first"]] == i and world.stops[i]["kind"] >= 0
        ]  # fmt: skip
        rows = np.array(heads, dtype=np.int64)
        order = np.lexsort((rows, stops.closes[rows] - stops.opens[rows], -stops.priority[rows]))
        return rows[order]

    def _sound_orders(self) -> list[tuple[int, ...]]:
        """The orders to begin from, less what breaks a rule in them."""
        met: set[int] = {entry for order in self.begun for entry in order if entry >= 0}
        sound = []
        for r, order in enumerate(self.orders):
            frozen = len(self.begun[r])
            rest = []
            for entry in order[frozen:]:
                if entry < 0 or (entry not in met and entry not in self.refused):
                    rest.append(entry)
                    met.add(entry)
            sound.append(_mended(self.world, r, self.begun[r], rest))
        return sound

    def _unserved(self, orders: Sequence[Order]) -> list[Unserved]:
        served = {entry for order in orders for entry in order}
        return [Unserved(i, self.refused.get(i, "time")) for i in self.open if i not in served]

    def _solution(self, engine: Engine) -> Solution:
        orders = engine.orders()
        return solution_of(self.problem, self.world, orders, self._unserved(orders), self.seed)


def _mended(world: World, r: int, begun: tuple[int, ...], rest: list[int]) -> tuple[int, ...]:
    """Return the order with as many of its entries, in turn, as keep every rule; whole jobs only."""
    _state, work = state_of(world)

    def cost(entries: list[int]) -> float:
        seq = np.array([*begun, *entries], dtype=np.int64)
        whole = set(entries) | set(begun)
        for entry in entries:
            if entry >= 0:
                row = world.stops[entry]
                if any(int(i) not in whole for i in world.job_items[row["job_first"] : row["job_end"]]):
                    return np.inf
        return float(kernel.run_cost(world, r, seq, seq.size, work))

    if not rest or cost(rest) < np.inf:
        return (*begun, *rest)
    kept: list[int] = []
    for entry in rest:
        if entry >= 0:
            row = world.stops[entry]
            if row["job_end"] - row["job_first"] > 1:
                continue
        if cost([*kept, entry]) < np.inf:
            kept.append(entry)
    while kept and kept[-1] < 0:
        kept.pop()
    return (*begun, *kept)


def _without(
    problem: Problem, beyond: IntArray, seconds: float, seed: int, better: Better | None, should_stop: Stop | None
) -> Solution:
    """Plan without the stops beyond what is planned in one go, and say so of them."""
    out = np.zeros(len(problem.stops), np.bool_)
    out[beyond] = True
    pickup = problem.stops.pickup_of
    half = (pickup != NONE) & (out | out[pickup])
    out |= half
    out[pickup[half]] = True
    out |= (pickup != NONE) & out[pickup]
    rows = np.flatnonzero(~out)
    left = [Unserved(int(i), "many") for i in np.flatnonzero(out)]

    def whole(solution: Solution) -> Solution:
        orders = [tuple(int(rows[entry]) if entry >= 0 else entry for entry in run.order) for run in solution.runs]
        runs = tuple(
            replace(
                run, order=orders[r],
                visits=tuple(replace(v, stop=int(rows[v.stop]) if v.stop >= 0 else NONE) for v in run.visits),
            )
            for r, run in enumerate(solution.runs)
        )  # fmt: skip
        unserved = [replace(one, stop=int(rows[one.stop])) for one in solution.unserved] + left
        out_worth = int(problem.stops.priority[[one.stop for one in unserved]].sum()) if unserved else 0
        totals = replace(solution.totals, left_out=out_worth)
        return Solution(runs, tuple(sorted(unserved, key=lambda one: one.stop)), totals, solution.seed)

    tell = None if better is None else (lambda solution: better(whole(solution)))
    part = plan(subset(problem, rows), time_limit_seconds=seconds, seed=seed, better=tell, should_stop=should_stop)
    return whole(part)


def _world(problem: Problem, orders: Sequence[Order], progress: Progress | None) -> World:
    """The arrays of a problem, kept as long as the problem itself: a page asks many times about one."""
    if progress is not None:
        return world_of(problem, orders, progress)
    world = _worlds.get(problem)
    if world is None:
        world = _worlds[problem] = world_of(problem)
    return world


def _begun(world: World, orders: Sequence[Order]) -> tuple[tuple[int, ...], ...]:
    """What has happened already, of each order."""
    frozen = world.carriers["frozen"].tolist()
    return tuple(
        tuple(int(entry) for entry in orders[r][: frozen[r]]) if r < len(orders) else () for r in range(len(frozen))
    )


def _left_out(problem: Problem, world: World, begun: tuple[Order, ...], rest: list[int]) -> list[Unserved]:
    known: dict[int, Reason] = reasons(problem, world, begun, rest)
    return [Unserved(i, known.get(i, "time")) for i in rest]


def _check_orders(problem: Problem, orders: Sequence[Order], exactly: bool) -> None:
    n, m, k = len(problem.stops), len(problem.carriers), len(problem.depots)
    if len(orders) > m or (exactly and len(orders) != m):
        raise ValueError(f"orders: {len(orders)} given for {m} carriers")
    for r, order in enumerate(orders):
        for entry in order:
            if not -k <= entry < n:
                raise ValueError(
                    f"orders row {r}: {entry} is neither a stop below {n} nor a visit of one of {k} depots"
                )


def _never() -> bool:
    return False


def warm() -> None:
    """Compile all loops, if that has not happened since the last upgrade (some 20 seconds of work, kept on disk)."""
    two = Stops.of(
        [0.0, 0.01, 0.02], [0.0, 0.0, 0.01], collects=[True, False, False], pickup_of=[NONE, 0, NONE], load=[[1]] * 3
    )
    problem = Problem(two, Carriers.of([[3]]), Depots.of([0.0], [0.0]))
    solution = plan(problem, time_limit_seconds=0.05)
    cost_of_move(problem, solution.orders, 2)
