"""Why a stop can be in no run at all, asked before any search: each reason is one thing somebody could change."""

from collections.abc import Iterable

import numpy as np

from taawun.solve.routing import places
from taawun.solve.routing.engine import Engine
from taawun.solve.routing.kernel import COLLECT, World
from taawun.solve.routing.prepare import great_circle
from taawun.solve.routing.problem import HOME, NONE, IntArray, Order, Problem, Reason


def reasons(problem: Problem, world: World, begun: tuple[Order, ...], stops: Iterable[int]) -> dict[int, Reason]:
    """Return the reason of each of these stops that could not be served even if nothing else had to be.

    ``begun`` holds for each carrier what has already happened; nobody can be sent there any more.
    """
    asked = np.array(sorted(stops), dtype=np.int64)
    found: dict[int, Reason] = {}
    if not len(problem.carriers) or not asked.size:
        return dict.fromkeys(map(int, asked), "time")
    far = _far(problem, asked)
    engine = Engine(world, 0)
    engine.load(begun)
    for i, away in zip(asked.tolist(), far.tolist(), strict=True):
        reason = "far" if away else _unable(problem, world, i) or _no_place(problem, world, engine, i)
        if reason:
            found[i] = reason
    return _with_partners(world, found, asked)


def _far(problem: Problem, asked: IntArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether each is further than the reach from every home someone starts at and every depot."""
    stops, carriers, depots = problem.stops, problem.carriers, problem.depots
    at_home = carriers.start == HOME
    latitude = np.concatenate([carriers.latitude[at_home], depots.latitude])
    longitude = np.concatenate([carriers.longitude[at_home], depots.longitude])
    far = np.ones(asked.size, np.bool_)
    for begin in range(0, asked.size, 4096):
        rows = asked[begin : begin + 4096]
        away = great_circle(stops.latitude[rows], stops.longitude[rows], latitude, longitude)
        far[begin : begin + 4096] = (away > problem.options.reach_metres).all(axis=1)
    return far


def _unable(problem: Problem, world: World, i: int) -> Reason | None:
    stops, carriers = problem.stops, problem.carriers
    able = (stops.needs[i] & ~carriers.abilities) == 0
    fits = (stops.load[i] <= carriers.capacity).all(axis=1)
    fixed = int(stops.fixed_carrier[i])
    if fixed != NONE and not world.allowed[i].any():
        return "carrier" if not (able[fixed] and fits[fixed]) else "pair"
    if not able.any():
        return "ability"
    if not (able & fits).any():
        return "capacity"
    if not world.allowed[i].any():
        return (
            "pair"
            if world.stops[i]["job_end"] - world.stops[i]["job_first"] > 1 or stops.pickup_of[i] != NONE
            else "carrier"
        )
    return None


def _no_place(problem: Problem, world: World, engine: Engine, i: int) -> Reason | None:
    if places.has_place(world, engine.state, i, engine.work, engine.found):
        return None
    if _no_way(world, i):
        return "far"
    row = world.stops[i]
    before = row["loads"]
    if before and row["job_end"] - row["job_first"] == 1:
        world.stops["loads"][i] = False
        here = places.has_place(world, engine.state, i, engine.work, engine.found)
        world.stops["loads"][i] = before
        if here:
            return "depot" if not _depot_in_time(world, i) else "window"
    return "window" if problem.stops.fixed_carrier[i] == NONE else "carrier"


def _depot_in_time(world: World, i: int) -> bool:
    """Whether some carrier may start at, or go by, a depot the stop's load can come from."""
    depot = int(world.stops[i]["depot"])
    return len(world.depots) > 0 and (depot < 0 or depot < len(world.depots))


def _no_way(world: World, i: int) -> bool:
    here = int(world.stops[i]["place"])
    starts = np.concatenate([world.carriers["start_place"], world.depots["place"]])
    return bool((world.seconds[:, starts, here] < 0).all())


def _with_partners(world: World, found: dict[int, Reason], asked: IntArray) -> dict[int, Reason]:
    """A job has one fate: partners of one that can't be served can't be either. Where only the whole is too much, say so of
    the parts that could be served alone."""
    for i in asked.tolist():
        row = world.stops[i]
        members = [int(j) for j in world.job_items[row["job_first"] : row["job_end"]]]
        if len(members) > 1 and any(j in found for j in members):
            found.setdefault(i, "pair")
            if found[i] == "window" and world.stops[i]["kind"] != COLLECT:
                found[i] = "pair" if any(found.get(j) not in (None, "window", "pair") for j in members) else "window"
    return found
