"""The inner loops, compiled: what one run costs, where a stop goes best, and the search that takes strings of stops out
of neighbouring runs and puts them back (slack induction by string removals, after Christiaens and Vanden Berghe 2020).

A plan is a doubly linked list of nodes for each carrier: nodes 0 … n-1 are the stops, then one node for each carrier's
start, one for each end, then spare nodes for visits of depots. For every node the earliest time of leaving and the latest
time of beginning are kept, so most places for a stop are ruled out by two comparisons. Where a run is *plain* (from a depot,
no break, no reloading, no pairs, no limits) these comparisons and the sum of the load decide; every other run is
walked through whole by ``run_cost``, which knows all the rules.

All times int64 seconds. ``World`` is never changed; ``State`` is one plan; ``Work`` is scratch space.
"""

import math
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from taawun.solve.compiled import compiled_bare as compiled

Array = NDArray[Any]

DROP, COLLECT, PAIRED = 0, 1, 2
NEVER = np.int64(2**60)
# Numbers for calls between loops: a bare -1 or 1 there would be a type of its own, and everything compiled twice.
MINUS, ZERO, ONE, TWO = (cast(int, np.int64(number)) for number in (-1, 0, 1, 2))
INFINITE = math.inf

STOP = np.dtype(
    [
        ("place", "i8"), ("service", "i8"), ("opens", "i8"), ("closes", "i8"),
        ("kind", "i8"),  # DROP, COLLECT, PAIRED
        ("pickup_of", "i8"),
        ("depot", "i8"),  # -1: any
        ("loads", "?"),  # must be loaded at a depot
        ("job_first", "i8"), ("job_end", "i8"),  # the stops of its job: job_items[job_first:job_end], the pick-up first
        ("aboard_of", "i8"),  # the carrier who has it in the car already, or -1
        ("preferred", "i8"), ("preferred_cost", "f8"),
        ("was", "i8"), ("was_cost", "f8"),  # who has it now, and what moving it costs
        ("left_out", "f8"),  # the price of leaving it out
    ]
)  # fmt: skip
CARRIER = np.dtype(
    [
        ("start_place", "i8"),
        ("end_place", "i8"),  # -1: open end
        ("start_depot", "i8"),  # -1: starts at home
        ("starts", "i8"), ("ends", "i8"),
        ("break_from", "i8"), ("break_until", "i8"), ("break_seconds", "i8"),
        ("profile", "i8"), ("max_seconds", "i8"), ("max_metres", "i8"), ("max_stops", "i8"), ("may_reload", "?"),
        ("alike", "i8"),  # the first carrier that is the same in everything
        ("plain", "?"),
        ("frozen", "i8"),  # so many leading entries stay
        ("free_at", "i8"),  # when the last of those was left; -NEVER: not yet on the way
    ]
)  # fmt: skip
DEPOT = np.dtype([("place", "i8"), ("opens", "i8"), ("closes", "i8"), ("loading", "i8")])
NODE = np.dtype(
    [
        ("after", "i8"), ("before", "i8"),
        ("run_of", "i8"),  # -1: in no run
        ("leave", "i8"), ("latest", "i8"),  # the earliest time of leaving, the latest of beginning; breaks left aside
        ("rank", "i8"),  # place in the run; the start is -1
        ("depot_at", "i8"),  # the depot of a spare node in use
        ("place", "i8"),
        ("way", "f8"),  # what the leg from the node before costs
    ]
)  # fmt: skip
RUN = np.dtype([("cost", "f8"), ("stops", "i8"), ("odd", "i8")])  # odd: how many entries make it not plain


class World(NamedTuple):
    """Everything about the problem. n stops, m carriers, k depots, d measures, p profiles, u places."""

    stops: Array  # (n) STOP
    carriers: Array  # (m) CARRIER
    depots: Array  # (k) DEPOT
    seconds: Array  # (p, u, u) int32, -1: no way
    metres: Array  # (p, u, u) int32
    load: Array  # (n, d)
    rest_load: Array  # (n, d) what a pick-up takes in beyond its drop-offs
    capacity: Array  # (m, d)
    allowed: Array  # (n, m) bool
    job_items: Array
    near: Array  # (n, q) the nearest other stops
    per_second: float
    per_metre: float
    per_work: float
    per_run: float
    per_square: float


class State(NamedTuple):
    """One plan. N = n + 2m + spare nodes."""

    nodes: Array  # (N) NODE
    runs: Array  # (m) RUN
    sums: Array  # (m, d) load of plain runs
    spare: Array  # stack of unused spare nodes
    top: Array  # (1) how many are unused


class Work(NamedTuple):
    need_any: Array
    need: Array
    loaded: Array
    aboard: Array
    rest: Array
    seen: Array
    seen_depot: Array
    token: Array
    seq: Array
    trial: Array
    dice: Array
    touched: Array  # (m) stamp
    kept: Array  # orders of the runs touched
    kept_at: Array  # (m + 1)
    kept_run: Array
    kept_cost: Array
    absent: Array
    keys: Array


@compiled
def roll(dice: Array) -> float:
    """Return a random number from 0 to 1 (xorshift64*)."""
    x = dice[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    dice[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@compiled
def leg(w: World, r: int, a: int, b: int) -> int:
    """Return the seconds from place a to b for this carrier; nothing to an open end; -1 where no way leads."""
    if b < 0:
        return 0
    return int(w.seconds[w.carriers[r].profile, a, b])


@compiled
def leg_cost(w: World, r: int, a: int, b: int) -> float:
    if b < 0:
        return 0.0
    cost = 0.0
    if w.per_second != 0.0:
        cost += w.per_second * w.seconds[w.carriers[r].profile, a, b]
    if w.per_metre != 0.0:
        cost += w.per_metre * w.metres[w.carriers[r].profile, a, b]
    return cost


@compiled
def wishes(w: World, r: int, i: int) -> float:
    """What it costs that this carrier, not another, serves this stop."""
    cost = 0.0
    if w.stops[i].preferred >= 0 and w.stops[i].preferred != r:
        cost += w.stops[i].preferred_cost
    if w.stops[i].was >= 0 and w.stops[i].was != r:
        cost += w.stops[i].was_cost
    return cost


@compiled
def loads_fit(w: World, r: int, seq: Array, length: int, work: Work) -> bool:
    """Whether all is loaded before it is dropped and never too much is aboard."""
    measures = w.capacity.shape[1]
    depots = w.depots.size
    on_way = w.carriers[r].free_at != -NEVER
    frozen = w.carriers[r].frozen
    work.token[0] += 1
    token = work.token[0]
    start_depot = w.carriers[r].start_depot
    if start_depot >= 0:
        work.seen_depot[start_depot] = token
    for e in range(length):
        entry = seq[e]
        if entry < 0:
            q = -1 - entry
            if work.seen_depot[q] == token and not w.carriers[r].may_reload and e >= frozen:
                return False
            work.seen_depot[q] = token
        elif w.stops[entry].kind == COLLECT:
            work.seen[entry] = token
        elif w.stops[entry].kind == PAIRED and work.seen[w.stops[entry].pickup_of] != token:
            return False
    aboard = work.aboard
    missing_any, missing = 0, 0
    for c in range(measures):
        work.need_any[c] = 0
        aboard[c] = 0
        work.rest[c] = 0
        for q in range(depots):
            work.need[q, c] = 0
    for q in range(depots):
        work.need[q, measures] = 0
    for e in range(length - 1, -1, -1):
        entry = seq[e]
        if entry < 0:
            q = -1 - entry
            if e >= frozen:
                for c in range(measures):
                    work.loaded[e, c] = work.need_any[c] + work.need[q, c]
                    work.need_any[c] = 0
                    work.need[q, c] = 0
                missing -= work.need[q, measures]
                work.need[q, measures] = 0
                missing_any = 0
            else:
                for c in range(measures):
                    work.loaded[e, c] = 0
        elif w.stops[entry].kind == DROP:
            if w.stops[entry].aboard_of == r or not w.stops[entry].loads:
                for c in range(measures):
                    aboard[c] += w.load[entry, c]
            elif w.stops[entry].depot < 0:
                missing_any += 1
                for c in range(measures):
                    work.need_any[c] += w.load[entry, c]
            else:
                q = w.stops[entry].depot
                missing += 1
                work.need[q, measures] += 1
                for c in range(measures):
                    work.need[q, c] += w.load[entry, c]
    if start_depot >= 0 and not on_way:
        for c in range(measures):
            aboard[c] += work.need_any[c] + work.need[start_depot, c]
        missing_any = 0
        missing -= work.need[start_depot, measures]
    if missing_any > 0 or missing > 0:
        return False
    if frozen == 0:
        for c in range(measures):
            if aboard[c] > w.capacity[r, c]:
                return False
    for e in range(length):
        entry = seq[e]
        if entry < 0:
            for c in range(measures):
                aboard[c] += work.loaded[e, c] - work.rest[c]
                work.rest[c] = 0
        elif w.stops[entry].kind == COLLECT:
            for c in range(measures):
                aboard[c] += w.load[entry, c]
                work.rest[c] += w.rest_load[entry, c]
        else:
            for c in range(measures):
                aboard[c] -= w.load[entry, c]
            continue
        if e >= frozen:
            for c in range(measures):
                if aboard[c] > w.capacity[r, c]:
                    return False
    return True


@compiled
def loads_at_start(w: World, r: int, seq: Array, length: int) -> bool:
    """Whether anything is loaded where the run starts."""
    q = w.carriers[r].start_depot
    if q < 0 or w.carriers[r].free_at != -NEVER:
        return False
    met_any, met_own = False, False
    for e in range(length):
        entry = seq[e]
        if entry < 0:
            met_any = True
            met_own = met_own or (-1 - entry) == q
            if met_own:
                return False
        elif w.stops[entry].loads and w.stops[entry].kind == DROP and w.stops[entry].aboard_of != r:
            at_start = w.stops[entry].depot == q or (w.stops[entry].depot < 0 and not met_any)
            if at_start:
                return True
    return False


@compiled
def run_cost(w: World, r: int, seq: Array, length: int, work: Work) -> float:
    """Return what this carrier's run costs, infinite where a rule is broken. ``seq``: stops, and -1 - depot.

    Two hands walk along: one that has not rested yet and, where a break is due, one that has. Each keeps its earliest time,
    the seconds since the start without any waiting, and the latest start that does not come late anywhere.
    """
    if length == 0:
        return 0.0
    p = w.carriers[r].profile
    frozen = w.carriers[r].frozen
    on_way = w.carriers[r].free_at != -NEVER
    pause = w.carriers[r].break_seconds
    pause_from, pause_last = w.carriers[r].break_from, w.carriers[r].break_until - pause
    resting = pause > 0
    at = w.carriers[r].start_place
    t0, d0, l0 = w.carriers[r].starts, np.int64(0), NEVER
    t1, d1, l1 = NEVER, np.int64(0), NEVER
    cost, travel, metres, stops = w.per_run, np.int64(0), np.int64(0), 0
    if loads_at_start(w, r, seq, length):
        q = w.carriers[r].start_depot
        t0 = max(t0, w.depots[q].opens)
        if t0 > w.depots[q].closes:
            return INFINITE
        l0 = w.depots[q].closes
        t0 += w.depots[q].loading
        d0 = w.depots[q].loading
    if on_way and frozen == 0:
        t0 = max(t0, w.carriers[r].free_at)
    for e in range(length + 1):
        if e < length:
            entry = seq[e]
            if entry < 0:
                q = -1 - entry
                to, opens, closes, stay = w.depots[q].place, w.depots[q].opens, w.depots[q].closes, w.depots[q].loading
            else:
                to, opens, closes, stay = (
                    w.stops[entry].place,
                    w.stops[entry].opens,
                    w.stops[entry].closes,
                    w.stops[entry].service,
                )
                stops += 1
                cost += wishes(w, r, entry)
                if not w.allowed[entry, r] and e >= frozen:
                    return INFINITE
        else:
            to, opens, closes, stay = w.carriers[r].end_place, -NEVER, w.carriers[r].ends, np.int64(0)
        if to >= 0:
            way = np.int64(w.seconds[p, at, to])
            if way < 0:
                return INFINITE
            metres += w.metres[p, at, to]
        else:
            way = np.int64(0)
        travel += way
        if resting and e >= frozen:
            # The one who has rested: earlier on, or here on arrival, or before setting out.
            b1, e1, f1 = t1, d1, l1
            b1 = b1 + way if b1 < NEVER else NEVER
            e1 += way
            if t0 < NEVER:
                rest_at = max(t0 + way, pause_from)
                if rest_at <= pause_last:
                    if rest_at + pause < b1:
                        b1, e1, f1 = rest_at + pause, d0 + way + pause, min(l0, pause_last - d0 - way)
                else:
                    rest_at = max(t0, pause_from)
                    if rest_at <= pause_last and rest_at + pause + way < b1:
                        b1, e1, f1 = rest_at + pause + way, d0 + way + pause, min(l0, pause_last - d0)
            t1, d1, l1 = b1, e1, f1
            if t1 < NEVER:
                t1 = max(t1, opens)
                if t1 > closes:
                    t1 = NEVER
                else:
                    l1 = min(l1, closes - d1)
                    t1 += stay
                    d1 += stay
        if e < frozen:
            t0 = max(t0 + way, opens) + stay
            d0 += way + stay
            if e == frozen - 1:
                t0 = w.carriers[r].free_at
        elif t0 < NEVER:
            t0 = max(t0 + way, opens)
            d0 += way
            if t0 > closes:
                t0 = NEVER
            else:
                l0 = min(l0, closes - d0)
                t0 += stay
                d0 += stay
        if t0 >= NEVER and t1 >= NEVER:
            return INFINITE
        at = to
    if stops > w.carriers[r].max_stops or metres > w.carriers[r].max_metres:
        return INFINITE
    rested = resting and (t0 >= NEVER or t0 > pause_last)
    end, whole, last = (t1, d1, l1) if rested else (t0, d0, l0)
    if end >= NEVER:
        return INFINITE
    begin = w.carriers[r].starts
    if not on_way:
        begin = max(begin, min(last, end - whole))
    if end - begin > w.carriers[r].max_seconds:
        return INFINITE
    if not loads_fit(w, r, seq, length, work):
        return INFINITE
    done = float(end - begin - (pause if rested else 0))
    cost += w.per_second * travel + w.per_metre * metres + w.per_work * done + w.per_square * done * done
    return cost
