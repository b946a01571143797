"""Who helps whom: the kernel beside its peer, its growth and memory, the running market, fairness, and what others measure of matching.

Places lie on a plane as at random, each request has its twelve nearest offers, offers hold one to four, urgency is one of four
classes, and there is a tenth more offered than asked; once also a fifth less, where prices fight. The peer is OR-Tools'
SimpleMinCostFlow on the same arrays and costs. Seconds are those of the process, so that a busy machine doesn't spoil ratios;
code is compiled before the clock starts, and how long that takes is a figure of its own.

    ./taawun bench matching                   10,000, 100,000 and 1,000,000 requests
    BENCH_REQUESTS=100000 ./taawun bench matching    none larger than that
"""

import importlib
import itertools
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import Figure

LARGEST = int(os.environ.get("BENCH_REQUESTS", "1000000"))
SIZES = [size for size in (10_000, 100_000, 1_000_000) if size <= LARGEST] or [LARGEST]
PEER_LARGEST = 100_000
EACH = 12
SEED = 4
INSERTS = 3_000
TOWN = min(LARGEST, 5_000)
# A tenth of the usual way there; the points a community would set.
EVENNESS_KM = 0.1
OTHERS = ("_whole", "_ppe", "_suggest")


def run() -> Iterable[Figure]:
    seconds = {}
    yield from _compiling()
    for size in SIZES:
        alone = _alone(size)
        seconds[size] = alone["seconds"]
        yield from _of_size(size, alone)
    yield from _growth(seconds)
    yield from _scarce()
    yield from fairness()
    for name in OTHERS:
        if Path(__file__).with_name(f"{name}.py").exists():
            yield from importlib.import_module(f"bench.{name}").figures()


def _compiling() -> Iterator[Figure]:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "bench.matching", "--alone", "200"], check=True, capture_output=True)
    yield Figure("the kernel compiled, or read where it was: seconds", time.perf_counter() - begun, "none", True)


def _alone(size: int) -> dict[str, float]:
    """Measure one size in a process of its own, whose memory is then that of the problem and its plan alone."""
    command = [sys.executable, "-m", "bench.matching", "--alone", str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


def _of_size(size: int, alone: dict[str, float]) -> Iterator[Figure]:
    label = f"{size:,} requests"
    yield Figure(f"{label}: seconds", alone["seconds"], "none", True)
    gap = alone["gap"] * 100
    yield Figure(f"{label}: certified gap, % of the cost", gap, "<= 0.05", gap <= 0.05)
    if size <= PEER_LARGEST:
        yield from _beside_peer(label, World.of(size), alone["seconds"], size == PEER_LARGEST)
    p50, p99 = alone["insert_p50"], alone["insert_p99"]
    yield Figure(f"{label}: a new one enters, ms, p50", p50, "none", True)
    yield Figure(f"{label}: a new one enters, ms, p99", p99, "<= 1", p99 <= 1)
    withdrawn = alone["withdraw_p99"]
    yield Figure(f"{label}: one withdraws, ms, p99", withdrawn, "none", True)
    if size == 1_000_000:
        peak = alone["megabytes"]
        yield Figure(f"{label}: peak memory, MB, arrays and all", peak, "<= 1500", peak <= 1500)


def _beside_peer(label: str, world: "World", seconds: float, judged: bool) -> Iterator[Figure]:
    from bench._oracle import flow_by_ortools
    from taawun.solve.matching.flow import objective_of, solve_flow, weights

    problem = world.problem()
    units, peer_seconds = flow_by_ortools(problem)
    ours, best = objective_of(problem, solve_flow(problem)), objective_of(problem, units)
    weight = weights(problem)[0]
    cost, least = ours.travel * weight + ours.unevenness, best.travel * weight + best.unevenness
    missed = sum(best.met) - sum(ours.met) if ours.met != best.met else 0
    gap = 100 * (cost - least) / least
    yield Figure(f"{label}: units the peer meets and we don't", missed, "0", ours.met == best.met)
    yield Figure(f"{label}: true gap, % of travel and evenness", gap, "<= 0.01", gap <= 0.01)
    ratio = peer_seconds / seconds
    goal = ">= 20" if judged else "none"
    yield Figure(f"{label}: times as fast as OR-Tools ({peer_seconds:.1f} s)", ratio, goal, not judged or ratio >= 20)


def _growth(seconds: dict[int, float]) -> Iterator[Figure]:
    sizes = sorted(seconds)
    for small, large in itertools.pairwise(sizes):
        exponent = math.log(seconds[large] / seconds[small]) / math.log(large / small)
        allowed = math.log(large * math.log(large) / (small * math.log(small))) / math.log(large / small)
        yield Figure(
            f"growth from {small:,} to {large:,}: exponent", exponent, f"<= {allowed:.2f}", exponent <= allowed
        )


def _scarce() -> Iterator[Figure]:
    """A fifth less offered than asked."""
    from bench._oracle import flow_by_ortools
    from taawun.solve.matching.flow import objective_of, solve_flow

    size = min(LARGEST, PEER_LARGEST)
    problem = World.of(size, offered=0.8).problem()
    solve_flow(problem)
    begun = time.process_time()
    units = solve_flow(problem)
    seconds = time.process_time() - begun
    peer_units, peer_seconds = flow_by_ortools(problem)
    same = objective_of(problem, units) == objective_of(problem, peer_units)
    yield Figure(f"{size:,} requests, a fifth less offered: the peer's optimum", "yes" if same else "no", "yes", same)
    yield Figure(
        f"{size:,} requests, a fifth less offered: times as fast as OR-Tools", peer_seconds / seconds, "none", True
    )


def fairness() -> Iterator[Figure]:
    """A town through the whole pipeline, with evenness off and on."""
    from taawun.solve.matching.board import Offers, Options, Requests, propose
    from taawun.solve.matching.candidates import ALWAYS_FROM, ALWAYS_UNTIL, NO_AREA, Sites

    random = np.random.default_rng(SEED)
    givers = TOWN // 2

    def sites(count: int, quantity: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Sites:
        latitude, longitude = 15.55 + random.normal(0, 0.07, count), 32.53 + random.normal(0, 0.07, count)
        same = np.zeros(count, dtype=np.int64)
        return Sites(same, latitude, longitude, same + NO_AREA, same + ALWAYS_FROM, same + ALWAYS_UNTIL, quantity)

    one = np.ones(TOWN, dtype=np.int64)
    requests = Requests(sites(TOWN, one), random.integers(0, 4, TOWN), one > 0, one)
    offers = Offers(sites(givers, random.integers(1, 13, givers)), np.arange(givers), np.zeros(givers, dtype=np.int64))
    gini, way = [], []
    for evenness in (0.0, EVENNESS_KM):
        options = Options(step_km=0.01, evenness_km=evenness)
        proposal = propose(requests, offers, options, time_limit_seconds=30, seed=SEED)
        plan = proposal.plan
        tasks = np.sort(np.bincount(plan.part_offer, minlength=givers))
        ranks = 2 * np.arange(1, givers + 1) - givers - 1
        gini.append(float(ranks @ tasks / (givers * tasks.sum())))
        way.append(float(proposal.edges.distance_km[plan.part_edge].mean()))
    fallen, longer = 100 * (1 - gini[1] / gini[0]), 100 * (way[1] / way[0] - 1)
    yield Figure(
        f"{TOWN:,} tasks, an even load at {EVENNESS_KM} km: Gini", f"{gini[0]:.3f} to {gini[1]:.3f}", "none", True
    )
    yield Figure("an even load: Gini falls by, %", fallen, ">= 25", fallen >= 25)
    yield Figure("an even load: ways get longer by, %", longer, "<= 5", longer <= 5)


@dataclass(frozen=True, eq=False)
class World:
    """Requests and offers at random places, with each request's nearest offers; distances in steps."""

    requests: int
    offers: int
    seed: int

    @classmethod
    def of(cls, requests: int, offered: float = 1.1) -> "World":
        return cls(requests, max(EACH, int(requests * offered / 2.5)), SEED)

    def problem(self):  # type: ignore[no-untyped-def]
        from taawun.solve.matching.problem import Problem

        random = np.random.default_rng(self.seed)
        places = random.random((self.requests, 2))
        offer, cost = self.near(places)
        zero, one = np.zeros(self.requests, dtype=np.int64), np.ones(self.requests, dtype=np.int64)
        return Problem(
            one, random.integers(0, 4, self.requests), zero, one > 0, one,
            random.integers(1, 5, self.offers), np.zeros(self.offers, dtype=np.int64), np.arange(self.offers),
            np.zeros(self.offers, dtype=np.int64), np.repeat(np.arange(self.requests), EACH), offer.ravel(), cost.ravel(),
        )  # fmt: skip

    def near(self, places):  # type: ignore[no-untyped-def]
        """(n, EACH) the nearest offers of places, and how far they are. A usual way is some thousand steps."""
        from scipy.spatial import cKDTree

        tree = cKDTree(np.random.default_rng(self.seed + 1).random((self.offers, 2)))
        offer = np.empty((len(places), EACH), dtype=np.int64)
        cost = np.empty((len(places), EACH), dtype=np.int64)
        step = 4000 * math.sqrt(self.offers)
        for begin in range(0, len(places), 50_000):
            far, found = tree.query(places[begin : begin + 50_000], k=EACH)
            order = np.argsort(found, axis=1)
            offer[begin : begin + 50_000] = np.take_along_axis(found, order, axis=1)
            cost[begin : begin + 50_000] = np.take_along_axis(far, order, axis=1) * step
        return offer, cost


def _measure(size: int) -> dict[str, float]:
    import resource

    from taawun.solve.matching.assign import assign
    from taawun.solve.matching.market import Market

    small = World.of(200).problem()
    assign(small, time_limit_seconds=5, seed=1)
    world = World.of(size)
    problem = world.problem()
    seconds = math.inf
    # The least of some: others are at work on the machine too.
    for _ in range(3 if size <= 100_000 else 2):
        plan = None
        begun = time.process_time()
        plan = assign(problem, time_limit_seconds=60, seed=1)
        seconds = min(seconds, time.process_time() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert plan is not None
    gap = plan.gap.fraction
    del plan
    market = Market(problem)
    count = min(INSERTS, size)
    random = np.random.default_rng(SEED + 2)
    offer, cost = world.near(random.random((count, 2)))
    urgency = random.integers(0, 4, count)
    # Compiled before it counts.
    market.withdraw(market.insert(1, 0, offer[0], cost[0]))
    entered, left, numbers = [], [], []
    for row in range(count):
        begun = time.thread_time()
        numbers.append(market.insert(1, int(urgency[row]), offer[row], cost[row]))
        entered.append((time.thread_time() - begun) * 1000)
    for number in numbers:
        begun = time.thread_time()
        market.withdraw(number)
        left.append((time.thread_time() - begun) * 1000)
    if not market.proven():
        raise ArithmeticError("the running market does not prove its plan")
    return {
        "seconds": seconds,
        "gap": gap,
        "megabytes": peak,
        "insert_p50": float(np.percentile(entered, 50)),
        "insert_p99": float(np.percentile(entered, 99)),
        "withdraw_p99": float(np.percentile(left, 99)),
    }


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--alone":
        print(json.dumps(_measure(int(sys.argv[2]))))
    else:
        for figure in run():
            line = f"{figure.name:<75}  {figure.value_text():>14}  {figure.goal:<10}  {'ok' if figure.ok else 'SHORT'}"
            print(line, flush=True)
