"""Our own engine: it honours every rule, has the first usable plan at once and betters it until the time is up."""

import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from taawun.solve.routing import places, plans, search
from taawun.solve.routing.kernel import World
from taawun.solve.routing.pool import Pool
from taawun.solve.routing.prepare import state_of
from taawun.solve.routing.problem import IntArray, Order

clock = time.perf_counter
SLICE_SECONDS = 0.02
MEAN_REMOVED = 10.0
LONGEST_STRING = 10.0
HEAT, COLD = 0.7, 0.02  # of the mean way between two stops
CYCLE_ROUNDS, CYCLE_GROWTH = 750.0, 1.3  # a cooling of n stops takes so many x n ** growth rounds
CYCLES_MAXIMUM = 12
TASTE_SECONDS = 0.1
POOL_SHARE = 0.06
EVEN_ROUNDS = 300
PUT_AT_ONCE = 64
NEAR_FROM = 150  # with more stops, places are looked for beside the nearest ones first
NEAR = 40


class Engine:
    """One plan that grows better. Seeded; equal input, seed and number of rounds give an equal plan."""

    def __init__(self, world: World, seed: int, jobs: IntArray | None = None) -> None:
        """``jobs``: the stops to be served, of those served together only the first (None: all)."""
        self.world = world
        heads = world.job_items[world.stops["job_first"]] == np.arange(world.stops.size)
        self.jobs = np.flatnonzero(heads) if jobs is None else jobs
        self.pool = Pool(world)
        self.state, self.work = state_of(world)
        self.work.dice[0] = np.uint64(seed * 2_654_435_769 % 2**63 + 88_172_645_463_325_252)
        n, spares = world.stops.size, self.state.spare.size
        self.found = np.zeros(n + spares + 8, np.int64)
        self.best = np.zeros(n + spares + world.carriers.size + 8, np.int64)
        self.waiting = np.zeros(n + 64, np.int64)
        self.costs = np.zeros(3)
        self.near = min(NEAR, world.near.shape[1]) if n > NEAR_FROM else 0
        self.rounds = 0

    def load(self, orders: Sequence[Order]) -> None:
        """Begin with these orders, which must break no rule."""
        for r in range(len(orders)):
            plans.clear(self.world, self.state, r)
        for r, order in enumerate(orders):
            seq = np.array(order, dtype=np.int64)
            plans.set_order(self.world, self.state, r, seq, 0, seq.size, self.work)
        waiting = [i for i in self.jobs.tolist() if self.state.nodes["run_of"][i] < 0]
        self.waiting[0] = len(waiting)
        self.waiting[1 : 1 + len(waiting)] = waiting
        self._reckon()

    def serve(self, jobs: IntArray, until: float, stop: Callable[[], bool]) -> None:
        """Serve as many of these jobs as there is a place for, in this order; what comes after the time is up waits."""
        missed = np.zeros(PUT_AT_ONCE, np.int64)
        mine = set(jobs.tolist())
        waiting = [i for i in self.waiting[1 : 1 + self.waiting[0]].tolist() if i not in mine]
        for begin in range(0, jobs.size, PUT_AT_ONCE):
            some = jobs[begin : begin + PUT_AT_ONCE]
            if begin and (clock() > until or stop()):
                waiting.extend(int(i) for i in jobs[begin:])
                break
            count = places.put_all(self.world, self.state, some, self.near, self.work, self.found, missed)
            waiting.extend(int(i) for i in missed[:count])
        self.waiting[0] = len(waiting)
        self.waiting[1 : 1 + len(waiting)] = waiting
        self._reckon()

    def even_out(self) -> None:
        """Where days are to be even, spread what was put in stop by stop: so no first answer leaves a carrier idle."""
        if self.world.per_square > 0 and self.world.stops.size:
            self._search(EVEN_ROUNDS, HEAT / 10)
            self.load(self.orders())

    def _reckon(self) -> None:
        self.costs[2] = search.absent_cost(self.world, self.state)
        self.costs[0] = float(self.state.runs["cost"].sum()) + self.costs[2]
        self.costs[1] = self.costs[0]
        plans.save(self.world, self.state, self.best)

    @property
    def cost(self) -> float:
        return float(self.costs[1])

    def orders(self) -> tuple[tuple[int, ...], ...]:
        """Return the best orders so far."""
        return _orders(self.best, self.world.carriers.size)

    def better(self, seconds: float) -> Iterator[bool]:
        """Search for so long, in slices; after each say whether a better plan was found.

        Small problems cool down several times, each time from the best so far; between two times the good runs seen are
        put together anew. How often is decided by how many rounds this machine does.
        """
        end = clock() + seconds
        before, begin = self.rounds, clock()
        yield from self._cool(min(TASTE_SECONDS, seconds / 10), HEAT, HEAT)
        rate = (self.rounds - before) / max(clock() - begin, 1e-6)
        rounds_each = CYCLE_ROUNDS * max(1, self.jobs.size) ** CYCLE_GROWTH
        cycles = min(CYCLES_MAXIMUM, max(1, round(rate * seconds / rounds_each)))
        for cycle in range(cycles):
            share = (end - clock()) / (cycles - cycle)
            yield from self._cool(share * (1 - POOL_SHARE))
            yield self._put_together(min(end - clock(), share * POOL_SHARE))
        if clock() < end - SLICE_SECONDS:
            yield from self._cool(end - clock(), HEAT / 10)

    def _cool(self, seconds: float, heat: float = HEAT, cold: float = COLD) -> Iterator[bool]:
        """Ruin and recreate while the temperature falls from ``heat`` to ``cold`` times the mean way between two stops."""
        begin = now = clock()
        unit, rounds = self._unit(), 4
        while now - begin < seconds:
            share = (now - begin) / seconds
            found = self._search(rounds, heat * (cold / heat) ** share, unit)
            passed = clock() - now
            now += passed
            rounds = int(max(1, min(100_000, rounds * min(4.0, SLICE_SECONDS / max(passed, 1e-6)))))
            if share > 0.3:
                self.pool.add(self.current(), self.state.runs["cost"].tolist())
            yield found > 0

    def _unit(self) -> float:
        """Return what a stop costs in the mean: temperatures are parts of it."""
        served = int((self.state.nodes["run_of"][: self.world.stops.size] >= 0).sum())
        return float(self.state.runs["cost"].sum()) / max(1, served)

    def _search(self, rounds: int, heat: float, unit: float | None = None) -> int:
        worths = self.world.stops["left_out"]
        by_worth = bool(worths.size) and bool(np.ptp(worths) > 0)
        self.rounds += rounds
        return search.search(
            self.world, self.state, self.best, self.costs, self.waiting, self.work, self.found,
            rounds, (self._unit() if unit is None else unit) * heat, MEAN_REMOVED, LONGEST_STRING, self.near, by_worth,
        )  # fmt: skip

    def _put_together(self, seconds: float) -> bool:
        """Choose anew among all runs seen, and go on from the best plan there is."""
        best = self.orders()
        keep = {
            entry for r, order in enumerate(best) for entry in order[: self.world.carriers["frozen"][r]] if entry >= 0
        }
        orders = self.pool.best(seconds, float(self.costs[1]), keep)
        self.load(best if orders is None else orders)
        return orders is not None

    def current(self) -> tuple[tuple[int, ...], ...]:
        into = np.zeros_like(self.best)
        plans.save(self.world, self.state, into)
        return _orders(into, self.world.carriers.size)


def _orders(row: IntArray, runs: int) -> tuple[tuple[int, ...], ...]:
    """Read orders from one row: length and entries, carrier after carrier."""
    entries, orders, at = row.tolist(), [], 0
    for _ in range(runs):
        length = entries[at]
        orders.append(tuple(entries[at + 1 : at + 1 + length]))
        at += 1 + length
    return tuple(orders)
