"""Runs seen on the way, put together anew: of all good runs ever driven, the set that serves everyone for the least.

The cost of a plan is a sum over its runs, so this holds for every rule there is. The mathematics (set partitioning) is
left to HiGHS.
"""

import numpy as np

# HiGHS as SciPy brings it: highspy and OR-Tools do not load into one process.
from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]
from scipy.sparse import csc_array  # type: ignore[import-untyped]

from taawun.solve.routing.kernel import World

RUNS_MAXIMUM = 6_000


class Pool:
    """Runs by carrier (alike ones count as one) and order."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.alike = [int(first) for first in world.carriers["alike"]]
        self.runs: dict[tuple[int, tuple[int, ...]], float] = {}

    def add(self, orders: tuple[tuple[int, ...], ...], costs: list[float]) -> None:
        for r, (order, cost) in enumerate(zip(orders, costs, strict=True)):
            if order and np.isfinite(cost):
                key = (self.alike[r], order)
                self.runs.pop(key, None)
                self.runs[key] = cost
        while len(self.runs) > RUNS_MAXIMUM:
            del self.runs[next(iter(self.runs))]

    def best(self, seconds: float, below: float, keep: set[int]) -> tuple[tuple[int, ...], ...] | None:
        """Return orders cheaper than ``below`` (with the price of all left out), or None. ``keep``: stops that must be in a
        run; the others cost their price when they are not."""
        if seconds <= 0.01 or not self.runs:
            return None
        chosen = _solve(self.world, self.runs, self.alike, seconds, below, keep)
        if chosen is None:
            return None
        free: dict[int, list[int]] = {}
        for r, first in enumerate(self.alike):
            free.setdefault(first, []).append(r)
        orders: list[tuple[int, ...]] = [()] * len(self.alike)
        for first, order in chosen:
            orders[free[first].pop(0)] = order
        return tuple(orders)


def _solve(
    world: World, runs: dict[tuple[int, tuple[int, ...]], float], alike: list[int], seconds: float, below: float,
    keep: set[int],
) -> list[tuple[int, tuple[int, ...]]] | None:  # fmt: skip
    columns = list(runs)
    rows: dict[int, int] = {}
    for _first, order in columns:
        for entry in order:
            if entry >= 0:
                rows.setdefault(entry, len(rows))
    out = [stop for stop in rows if stop not in keep]
    kinds = {first: len(rows) + place for place, first in enumerate(sorted(set(alike)))}
    starts, index, cost = [0], [], []
    for first, order in columns:
        index += [rows[entry] for entry in order if entry >= 0]
        index.append(kinds[first])
        starts.append(len(index))
        cost.append(runs[(first, order)])
    for stop in out:
        index.append(rows[stop])
        starts.append(len(index))
        cost.append(float(world.stops["left_out"][stop]))
    rest = float(world.stops["left_out"].sum() - sum(world.stops["left_out"][stop] for stop in rows))
    limits = [alike.count(first) for first in sorted(set(alike))]
    begun = [float(world.carriers["frozen"][first] > 0) for first in kinds]
    table = csc_array(
        (np.ones(len(index)), np.array(index), np.array(starts)), shape=(len(rows) + len(kinds), len(cost))
    )
    lower = np.array([1.0] * len(rows) + begun)
    upper = np.array([1.0] * len(rows) + [float(limit) for limit in limits])
    solved = milp(
        np.array(cost), integrality=np.ones(len(cost)), bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(table, lower, upper),
        options={"time_limit": float(seconds), "mip_rel_gap": 0.0},
    )  # fmt: skip
    if solved.x is None or solved.fun + rest >= below - 1e-6 * max(1.0, abs(below)) * 1e-3:
        return None
    values = solved.x
    return [column for column, value in zip(columns, values, strict=False) if value > 0.5]
