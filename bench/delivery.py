"""Rounds with time windows: the gap to the best known, beside OR-Tools on the same tables; a day's round of a network.

The instances lie beside the checkout (`../shared/data/vrptw`, or the folder BENCH_VRPTW names): Solomon's with 100 stops, 10
seconds each, Gehring and Homberger's with 1,000, 60 seconds each. Where they are absent, only the day is measured.

    ./taawun bench delivery          BENCH_PEERS="ortools pyvrp" compares with both; "" with none
"""

import csv
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import fmean

import numpy as np

from bench import Figure
from bench._extra import library
from bench._vrptw import SCALE, read
from taawun.solve.routing import (
    Carriers,
    Depots,
    Options,
    Problem,
    Progress,
    Solution,
    Stops,
    check,
    cost_of_move,
    plan,
    replan,
    timetable,
    warm,
)

FOLDER = Path(os.environ.get("BENCH_VRPTW", Path(__file__).parents[2] / "shared" / "data" / "vrptw"))
PEERS = os.environ.get("BENCH_PEERS", "ortools").split()
SMALL_SECONDS, LARGE_SECONDS, LARGE_FROM = 10, 60, 500
SEED = 1
HOUSEHOLDS, CARRIERS, HOUR = 200, 12, 3600


def run() -> Iterable[Figure]:
    warm()
    yield from a_day()
    if not FOLDER.is_dir():
        yield Figure("instances with time windows: not beside the checkout, skipped", "none", "there", False)
        return
    with (FOLDER / "best_known.csv").open() as lines:
        known = {row["instance"]: float(row["best_known"]) for row in csv.DictReader(lines)}
    paths = {path.stem: path for path in sorted(FOLDER.iterdir()) if path.suffix in (".txt", ".vrp")}
    problems = {name: read(paths[name]) for name in known if name in paths}
    small = {name: problem for name, problem in problems.items() if len(problem.stops) < LARGE_FROM}
    large = {name: problem for name, problem in problems.items() if len(problem.stops) >= LARGE_FROM}
    yield from compare("100 stops", small, known, SMALL_SECONDS, 0.2)
    yield from compare("1,000 stops", large, known, LARGE_SECONDS, 3.0)


def compare(
    title: str, problems: dict[str, Problem], known: dict[str, float], seconds: int, goal: float
) -> Iterator[Figure]:
    if not problems:
        return
    ours = []
    for name, problem in problems.items():
        solution = plan(problem, time_limit_seconds=seconds, seed=SEED)
        wrong = len(check(problem, solution)) + len(solution.unserved)
        ours.append(gap(solution.totals.metres, known[name]))
        yield Figure(f"{name}: gap to the best known, % ({seconds} s)", ours[-1], "none", wrong == 0)
    mean = fmean(ours)
    yield Figure(f"{title}: mean gap, %", mean, f"<= {goal}", mean <= goal)
    for peer in PEERS:
        theirs = [gap(PEERS_KNOWN[peer](problem, seconds), known[name]) for name, problem in problems.items()]
        yield Figure(f"{title}: mean gap of {peer}, %", fmean(theirs), "none", True)
        part = mean / fmean(theirs) if fmean(theirs) > 0 else np.inf
        asked = peer == "ortools" and len(next(iter(problems.values())).stops) >= LARGE_FROM
        yield Figure(
            f"{title}: our gap as a part of that of {peer}",
            part,
            "<= 0.083" if asked else "none",
            not asked or part <= 1 / 12,
        )


def gap(length: float, best: float) -> float:
    return 100 * (length / SCALE / best - 1)


def ortools(problem: Problem, seconds: int) -> float:
    """Guided local search, as its own guide recommends, from the first solution that does best here."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    table = problem.travel.profiles[0].metres
    assert table is not None
    n, m = len(problem.stops), len(problem.carriers)
    rows = np.concatenate([[n + m], np.arange(n)])
    away = table[np.ix_(rows, rows)]
    service = np.concatenate([[0], problem.stops.service_seconds])
    load = np.concatenate([[0], problem.stops.load[:, 0]])
    manager = pywrapcp.RoutingIndexManager(n + 1, m, 0)
    routing = pywrapcp.RoutingModel(manager)
    cost = routing.RegisterTransitMatrix(away.tolist())
    routing.SetArcCostEvaluatorOfAllVehicles(cost)
    timed = routing.RegisterTransitMatrix((away + service[:, None]).tolist())
    horizon = int(problem.carriers.closes[0])
    routing.AddDimension(timed, horizon, horizon, False, "time")
    loads = routing.RegisterUnaryTransitVector(load.tolist())
    routing.AddDimensionWithVehicleCapacity(loads, 0, problem.carriers.capacity[:, 0].tolist(), True, "load")
    times = routing.GetDimensionOrDie("time")
    for i in range(n):
        window = int(problem.stops.opens[i]), int(problem.stops.closes[i])
        times.CumulVar(manager.NodeToIndex(i + 1)).SetRange(*window)
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.time_limit.FromSeconds(seconds)
    strategies = routing_enums_pb2.FirstSolutionStrategy
    for first in (strategies.PARALLEL_CHEAPEST_INSERTION, strategies.PATH_CHEAPEST_ARC):
        asked.first_solution_strategy = first
        found = routing.SolveWithParameters(asked)
        if found:
            return float(found.ObjectiveValue())
    return float("inf")


def pyvrp(problem: Problem, seconds: int) -> float:
    """The release `lock/bench-pyvrp.txt` pins, with its own settings."""
    folder = library("pyvrp")
    if folder is None:
        return float("inf")
    sys.path.append(str(folder))
    import pyvrp as peer
    from pyvrp.stop import MaxRuntime

    table = problem.travel.profiles[0].metres
    assert table is not None
    n, m = len(problem.stops), len(problem.carriers)
    rows = np.concatenate([[n + m], np.arange(n)])
    away = np.ascontiguousarray(table[np.ix_(rows, rows)])
    stops, carriers = problem.stops, problem.carriers
    places = [peer.Location(0, 0) for _ in range(n + 1)]
    clients = [
        peer.Client(
            i + 1, delivery=[int(stops.load[i, 0])], service_duration=int(stops.service_seconds[i]),
            tw_early=int(stops.opens[i]), tw_late=int(stops.closes[i]),
        )
        for i in range(n)
    ]  # fmt: skip
    horizon = int(carriers.closes[0])
    depots = [peer.Depot(0, tw_early=0, tw_late=horizon)]
    vehicles = [peer.VehicleType(m, capacity=[int(carriers.capacity[0, 0])], tw_early=0, tw_late=horizon)]
    data = peer.ProblemData(places, clients, depots, vehicles, [away], [away])
    result = peer.solve(data, stop=MaxRuntime(seconds), seed=SEED, display=False)
    return float(result.cost())


PEERS_KNOWN: dict[str, Callable[[Problem, int], float]] = {"ortools": ortools, "pyvrp": pyvrp}


def day(households: int, carriers: int, aim: str = "shortest") -> Problem:
    """Return a round as networks have them: windows of some hours, breaks, a cold box here and there, second trips."""
    dice = np.random.default_rng(SEED)
    opens = dice.integers(9, 15, households) * HOUR
    stops = Stops.of(
        33.88 + dice.normal(0, 0.03, households), 35.51 + dice.normal(0, 0.03, households),
        service_seconds=np.full(households, 300), opens=opens, closes=opens + dice.integers(2, 6, households) * HOUR,
        load=dice.integers(1, 4, (households, 1)), needs=(dice.random(households) < 0.1).astype(np.int64),
        priority=dice.choice([1, 10, 100], households),
    )  # fmt: skip
    drivers = Carriers.of(
        np.full((carriers, 1), 20), abilities=np.arange(carriers) % 2, opens=np.full(carriers, 8 * HOUR),
        closes=np.full(carriers, 18 * HOUR), break_from=np.full(carriers, 12 * HOUR),
        break_until=np.full(carriers, 14 * HOUR), break_seconds=np.full(carriers, 1800),
        may_reload=np.ones(carriers, np.bool_),
    )  # fmt: skip
    depots = Depots.of([33.88], [35.51], loading_seconds=[600])
    return Problem(stops, drivers, depots, options=Options(aim="balanced" if aim == "balanced" else "shortest"))


def a_day() -> Iterator[Figure]:
    problem = day(HOUSEHOLDS, CARRIERS)
    begin = time.perf_counter()
    first: list[tuple[float, Solution]] = []

    def better(solution: Solution) -> None:
        first.append((time.perf_counter() - begin, solution))

    solution = plan(problem, time_limit_seconds=2, seed=SEED, better=better)
    title = f"{HOUSEHOLDS} households, {CARRIERS} carriers"
    sound = not check(problem, first[0][1])
    yield Figure(f"{title}: first usable plan, seconds", first[0][0], "<= 2", sound and first[0][0] <= 2)
    served = len(problem.stops) - len(solution.unserved)
    yield Figure(
        f"{title}: served in 2 s", served, str(HOUSEHOLDS), served == HOUSEHOLDS and not check(problem, solution)
    )
    longer = plan(problem, time_limit_seconds=20, seed=SEED)
    more = 100 * (solution.totals.cost / longer.totals.cost - 1)
    yield Figure(f"{title}: cost after 2 s above that after 20 s, %", more, "none", True)
    even, short = (
        plan(day(HOUSEHOLDS, CARRIERS, aim), time_limit_seconds=5, seed=SEED) for aim in ("balanced", "shortest")
    )
    spread = [float(np.std([run.work_seconds for run in one.runs])) / 60 for one in (even, short)]
    yield Figure(
        f"balanced: spread of working times, minutes (shortest: {spread[1]:.0f})",
        spread[0],
        "smaller",
        spread[0] < spread[1],
    )
    yield from moves(problem, longer)


def moves(problem: Problem, solution: Solution) -> Iterator[Figure]:
    cost_of_move(problem, solution.orders, 0)
    took = []
    for stop in range(100):
        begin = time.perf_counter()
        cost_of_move(problem, solution.orders, stop)
        took.append((time.perf_counter() - begin) * 1000)
    p99 = float(np.percentile(took, 99))
    yield Figure("what a move costs, best of all places: ms, p99", p99, "<= 50", p99 <= 50)
    begin = time.perf_counter()
    timetable(problem, solution.orders)
    took_all = (time.perf_counter() - begin) * 1000
    yield Figure("the timetable of a whole day: ms", took_all, "<= 100", took_all <= 100)
    noon = 12 * HOUR
    done = tuple(sum(visit.begin < noon for visit in run.visits) for run in solution.runs)
    free_at = tuple(run.visits[n - 1].leave if n else None for n, run in zip(done, solution.runs, strict=True))
    gone = max(range(CARRIERS), key=lambda r: len(solution.runs[r].order) - done[r])
    progress = Progress(done, free_at, gone=frozenset({gone}))
    anew = replan(problem, solution.orders, progress, time_limit_seconds=2, seed=SEED)
    before = {stop: run.carrier for run in solution.runs for stop in run.stops}
    moved = sum(before[stop] not in (run.carrier, gone) for run in anew.runs for stop in run.stops)
    freed = sum(entry >= 0 for entry in solution.runs[gone].order[done[gone] :])
    lost = len(anew.unserved)
    sound = not check(problem, anew, progress)
    yield Figure(
        f"a carrier drops out at noon with {freed} stops: others moved, left out {lost}",
        moved,
        "<= that",
        sound and moved <= freed,
    )


if __name__ == "__main__":
    for figure in run():
        print(
            f"{figure.name:<70}  {figure.value_text():>10}  {figure.goal:<10}  {'ok' if figure.ok else 'SHORT'}",
            flush=True,
        )
