"""Whole quantities against the linear bound, and candidates among a million live offers.

python -m bench._whole            BENCH_OFFERS and BENCH_WHOLE make it smaller
"""

import os
import resource
import time
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.spatial import cKDTree

from bench import Figure
from taawun.solve.matching.assign import assign
from taawun.solve.matching.candidates import ALWAYS_FROM, ALWAYS_UNTIL, NO_AREA, Sites, candidates
from taawun.solve.matching.index import CandidateIndex
from taawun.solve.matching.problem import Problem
from taawun.solve.matching.whole import serve

REQUESTS = int(os.environ.get("BENCH_WHOLE", "10000"))
OFFERS = int(os.environ.get("BENCH_OFFERS", "1000000"))
CANDIDATES = 12
SECONDS = 5.0
SEED = 11
QUESTIONS = 3000

# name, capacity against what is asked, places, quantities, what a unit unmet costs in the dearest ways
WORLDS = (
    ("ample", 3.0, "even", "even", 1.0),
    ("loose", 2.0, "even", "even", 1.0),
    ("just enough", 1.5, "even", "even", 1.0),
    ("scarce", 1.0, "even", "even", 1.0),
    ("scarce, unmet dear", 1.0, "even", "even", 3.0),
    ("in towns", 2.0, "towns", "even", 1.0),
    ("few ask much", 1.5, "even", "heavy", 1.0),
    ("four kinds", 2.0, "kinds", "even", 1.0),
)


def figures() -> Iterable[Figure]:
    yield from whole()
    yield from index()
    yield from batch()


def world(n: int, ample: float, places: str, quantities: str) -> Problem:
    """Return n requests that can't be split, with about as many offers, of which each request considers the nearest."""
    random = np.random.default_rng(SEED)
    towns = random.random((20, 2))

    def scatter() -> NDArray[np.float64]:
        return (
            towns[random.integers(0, 20, n)] + random.normal(0, 0.02, (n, 2))
            if places == "towns"
            else random.random((n, 2))
        )

    asking, having = scatter(), scatter()
    if quantities == "heavy":
        needed = np.minimum(200, np.ceil(random.pareto(1.2, n) + 0.01)).astype(np.int64)
        offered = np.minimum(1000, np.ceil((random.pareto(1.2, n) + 0.01) * 3 * ample)).astype(np.int64)
    else:
        needed = random.integers(1, 11, n)
        offered = np.maximum(1, random.integers(1, 11, n) * ample).astype(np.int64)
    kind = np.arange(n) % 4 if places == "kinds" else np.zeros(n, dtype=np.int64)
    request, offer, cost = [], [], []
    for one in np.unique(kind):
        rows = np.flatnonzero(kind == one)
        away, at = cKDTree(having[rows]).query(asking[rows], k=min(CANDIDATES, rows.size))
        request.append(np.repeat(rows, away.shape[1]))
        offer.append(rows[at.ravel()])
        cost.append(np.rint(away.ravel() * 100 * np.sqrt(n)).astype(np.int64))
    whole_numbers = np.zeros(n, dtype=np.int64)
    return Problem(
        needed, whole_numbers, kind, whole_numbers > 0, whole_numbers + 1, offered, kind, np.arange(n), whole_numbers,
        np.concatenate(request), np.concatenate(offer), np.concatenate(cost),
    )  # fmt: skip


def linear_bound(problem: Problem, unmet_cost: int) -> int:
    """Return the optimum of the linear relaxation: a flow, since a request weighs the same in every offer."""
    able = problem.offer_quantity[problem.edge_offer] >= problem.smallest_part[problem.edge_request]
    n, m = problem.requests, problem.offers
    request, offer = problem.edge_request[able], problem.edge_offer[able]
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        request, n + offer, problem.request_quantity[request], problem.edge_cost[able]
    )
    rows = np.arange(n)
    solver.add_arcs_with_capacity_and_unit_cost(
        rows, np.full(n, n + m), problem.request_quantity, np.full(n, unmet_cost)
    )
    ends = np.full(m, n + m)
    solver.add_arcs_with_capacity_and_unit_cost(
        n + np.arange(m), ends, problem.offer_quantity, np.zeros(m, dtype=np.int64)
    )
    solver.set_nodes_supplies(rows, problem.request_quantity)
    solver.set_node_supply(n + m, -int(problem.request_quantity.sum()))
    if solver.solve() != solver.OPTIMAL:
        raise ArithmeticError("the linear relaxation was not solved")
    return int(solver.optimal_cost())


def whole() -> Iterator[Figure]:
    small = world(300, 1.5, "even", "even")
    begun = time.perf_counter()
    serve(small, np.full(300, 500), time_limit_seconds=0.5, seed=SEED)
    assign(small, time_limit_seconds=0.5, seed=SEED)
    yield Figure(
        "whole quantities: compiling, or reading what was compiled: s", time.perf_counter() - begun, "none", True
    )
    for name, ample, places, quantities, unmet in WORLDS:
        problem = world(REQUESTS, ample, places, quantities)
        cost = int(unmet * problem.edge_cost.max())
        begun = time.perf_counter()
        served = serve(problem, np.full(problem.requests, cost), time_limit_seconds=SECONDS, seed=SEED)
        seconds = time.perf_counter() - begun
        linear = linear_bound(problem, cost)
        # Where even the best plan lies above the linear bound by more, the bound of our own says so.
        over, known = served.cost / linear - 1, served.bound / linear - 1
        yield Figure(
            f"whole, {name}: % above the linear bound (no plan can be below {100 * known:.1f} %; {seconds:.1f} s)",
            100 * over, "<= 5, or 3 above ours", over <= 0.05 or served.gap <= 0.03,
        )  # fmt: skip
        yield Figure(f"whole, {name}: % above our own bound", 100 * served.gap, "<= 5", served.gap <= 0.05)
    problem = world(REQUESTS, 1.0, "even", "even")
    begun = time.perf_counter()
    plan = assign(problem, time_limit_seconds=SECONDS, seed=SEED)
    seconds = time.perf_counter() - begun
    yield Figure(
        "whole, scarce, by assign: % less met than the bound",
        100 * plan.gap.fraction,
        "<= 5",
        plan.gap.fraction <= 0.05,
    )
    yield Figure(f"whole, scarce, by assign: seconds of a limit of {SECONDS:.0f}", seconds, "<= 5.5", seconds <= 5.5)


def town(n: int, seed: int) -> Sites:
    """Return sites of four kinds over a country, half of them with a window, some with a point many share."""
    random = np.random.default_rng(seed)
    latitude, longitude = random.uniform(30, 33, n), random.uniform(34, 37, n)
    shared = random.random(n) < 0.3
    latitude[shared], longitude[shared] = np.round(latitude[shared], 2), np.round(longitude[shared], 2)
    opens = np.where(random.random(n) < 0.5, ALWAYS_FROM, random.integers(0, 5000, n))
    closes = np.where(opens == ALWAYS_FROM, ALWAYS_UNTIL, opens + 3000)
    nowhere = np.full(n, NO_AREA)
    return Sites(random.integers(0, 4, n), latitude, longitude, nowhere, opens, closes, random.integers(1, 11, n))


def _p(took: list[float], share: float) -> float:
    return sorted(took)[int(len(took) * share)]


def index() -> Iterator[Figure]:
    offers = town(OFFERS, SEED)
    begun = time.perf_counter()
    live = CandidateIndex(offers)
    yield Figure(f"index of {OFFERS:,} offers: made in s", time.perf_counter() - begun, "none", True)
    asked, come = town(QUESTIONS, SEED + 1), town(QUESTIONS, SEED + 2)
    ask: list[float] = []
    change: list[float] = []
    for turn in range(QUESTIONS):
        begun = time.perf_counter()
        live.query(asked.at(np.array([turn])), turn=turn)
        ask.append(1000 * (time.perf_counter() - begun))
        begun = time.perf_counter()
        live.add(come.at(np.array([turn])))
        live.remove(np.array([turn * 7 % OFFERS]))
        change.append(1000 * (time.perf_counter() - begun))
    p99 = _p(ask, 0.99)
    yield Figure(f"a new request among {OFFERS:,} that come and go: ms, p50", _p(ask, 0.5), "none", True)
    yield Figure(f"a new request among {OFFERS:,} that come and go: ms, p99", p99, "<= 1", p99 <= 1)
    yield Figure("an offer comes and one goes: ms, p99", _p(change, 0.99), "none", True)
    same = Sites(*(np.repeat(getattr(offers, name)[:1], OFFERS) for name in Sites.__dataclass_fields__))
    crowd = CandidateIndex(same)
    took = []
    for turn in range(QUESTIONS // 3):
        begun = time.perf_counter()
        crowd.query(same.at(np.array([0])), turn=turn)
        took.append(1000 * (time.perf_counter() - begun))
    p99 = _p(took, 0.99)
    yield Figure(f"a new request where all {OFFERS:,} lie at one point: ms, p99", p99, "<= 1", p99 <= 1)


def batch() -> Iterator[Figure]:
    requests, offers = town(OFFERS, SEED + 3), town(OFFERS, SEED)
    begun = time.perf_counter()
    edges = candidates(requests, offers, k=CANDIDATES)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure(
        f"candidates of {OFFERS:,} requests among as many offers ({edges.request.size:,} pairs): s",
        seconds,
        "none",
        True,
    )
    yield Figure("candidates: memory of this process at its highest, MB", peak, "<= 2,500", peak <= 2500)


if __name__ == "__main__":
    for figure in figures():
        mark = "ok" if figure.ok else "SHORT"
        print(f"{figure.name:<100}  {figure.value_text():>10}  {figure.goal:<14}  {mark}", flush=True)
