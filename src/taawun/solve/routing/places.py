"""Where a stop goes best, compiled: in, behind every node, with a depot before it where its load asks for one; and back out."""

import numpy as np

from taawun.solve.compiled import compiled_bare as compiled
from taawun.solve.routing.kernel import (
    COLLECT,
    DROP,
    INFINITE,
    MINUS,
    ONE,
    TWO,
    ZERO,
    Array,
    State,
    Work,
    World,
    leg,
    leg_cost,
    roll,
    run_cost,
    wishes,
)
from taawun.solve.routing.plans import (
    clear,
    link,
    link_depot,
    order_of,
    plain_for,
    refresh,
    set_order,
    unlink,
    unlink_depot,
)


@compiled
def keep(w: World, s: State, r: int, work: Work, stamp: int) -> None:
    """Note down a run's order before its first change in this round, to be able to go back."""
    if work.touched[r] == stamp:
        return
    work.touched[r] = stamp
    count = work.kept_at[0]
    at = work.kept_at[count + 1]
    length = order_of(w, s, r, work.kept[at:])
    work.kept_run[count] = r
    work.kept_cost[count] = s.runs[r].cost
    work.kept_at[count + 2] = at + length
    work.kept_at[0] = count + 1


@compiled
def go_back(w: World, s: State, work: Work) -> None:
    """Undo all changes of this round."""
    for c in range(work.kept_at[0]):
        clear(w, s, work.kept_run[c])
    for c in range(work.kept_at[0]):
        set_order(w, s, work.kept_run[c], work.kept, work.kept_at[c + 1], work.kept_at[c + 2], work)


@compiled
def take_out(w: World, s: State, i: int, work: Work, stamp: int, absent: int) -> int:
    """Take a stop's whole job out of its run; return how many stops are absent then. Times are not reckoned anew."""
    for j in range(w.stops[i].job_first, w.stops[i].job_end):
        x = w.job_items[j]
        r = s.nodes[x].run_of
        if r >= 0:
            keep(w, s, r, work, stamp)
            unlink(s, x)
    work.absent[absent] = w.job_items[w.stops[i].job_first]
    return absent + 1


@compiled
def may_leave(w: World, s: State, i: int) -> bool:
    """Whether a stop may be taken out: nothing of its job has happened yet."""
    for j in range(w.stops[i].job_first, w.stops[i].job_end):
        x = w.job_items[j]
        if s.nodes[x].run_of >= 0 and s.nodes[x].rank < w.carriers[s.nodes[x].run_of].frozen:
            return False
    return True


@compiled
def drop_idle_depots(w: World, s: State, r: int, work: Work, stamp: int) -> None:
    """Take out visits of depots at which nothing is loaded any more."""
    n, m = w.stops.size, w.carriers.size
    need_any = False
    for q in range(w.depots.size):
        work.need[q, 0] = 0
    x = s.nodes[n + m + r].before
    while x != n + r:
        previous = s.nodes[x].before
        if x >= n:
            q = s.nodes[x].depot_at
            if s.nodes[x].rank >= w.carriers[r].frozen:
                if not need_any and work.need[q, 0] == 0:
                    keep(w, s, r, work, stamp)
                    unlink_depot(s, x)
                else:
                    need_any = False
                    work.need[q, 0] = 0
        elif w.stops[x].loads and w.stops[x].aboard_of != r and w.stops[x].kind == DROP:
            if w.stops[x].depot < 0:
                need_any = True
            else:
                work.need[w.stops[x].depot, 0] = 1
        x = previous


@compiled
def added_way(w: World, s: State, r: int, x: int, i: int) -> float:
    """Return what the way costs more with stop i behind node x, infinite where the times rule it out."""
    y = s.nodes[x].after
    a, b, c = s.nodes[x].place, w.stops[i].place, s.nodes[y].place
    to, on = leg(w, r, a, b), leg(w, r, b, c)
    if to < 0 or on < 0:
        return INFINITE
    t = max(s.nodes[x].leave + to, w.stops[i].opens)
    if t > w.stops[i].closes or t + w.stops[i].service + on > s.nodes[y].latest:
        return INFINITE
    return leg_cost(w, r, a, b) + leg_cost(w, r, b, c) - leg_cost(w, r, a, c)


@compiled
def plain_fits(w: World, s: State, r: int, i: int) -> bool:
    for c in range(w.capacity.shape[1]):
        if s.sums[r, c] + w.load[i, c] > w.capacity[r, c]:
            return False
    return bool(s.runs[r].stops < w.carriers[r].max_stops)


@compiled
def trial_cost(w: World, s: State, r: int, length: int, position: int, i: int, q: int, work: Work) -> float:
    """Return what the run in ``work.seq`` would cost with stop i at this position, and depot q before it (-1: none)."""
    seq, trial = work.seq, work.trial
    for e in range(position):
        trial[e] = seq[e]
    at = position
    if q >= 0:
        trial[at] = -1 - q
        at += 1
    trial[at] = i
    at += 1
    for e in range(position, length):
        trial[at] = seq[e]
        at += 1
    return run_cost(w, r, trial, at, work)


@compiled
def try_behind(
    w: World, s: State, x: int, i: int, best: float, best_x: int, best_q: int, work: Work
) -> tuple[float, int, int]:
    """Return the better of the best place so far and the one behind node x: (cost added, node, depot before it or -1)."""
    r = s.nodes[x].run_of
    if not w.allowed[i, r] or s.nodes[x].rank < w.carriers[r].frozen - 1:
        return best, best_x, best_q
    wish = wishes(w, r, i)
    plain = w.carriers[r].plain and s.runs[r].odd == 0 and plain_for(w, r, i)
    if plain and not plain_fits(w, s, r, i) and not w.carriers[r].may_reload:
        return best, best_x, best_q
    way = added_way(w, s, r, x, i)
    if way + wish >= best:
        return best, best_x, best_q
    if plain and plain_fits(w, s, r, i):
        new = s.runs[r].stops == 0
        cost = way + wish + (w.per_run if new else 0.0)
        return (cost, x, MINUS) if cost < best else (best, best_x, best_q)
    length = order_of(w, s, r, work.seq)
    position = s.nodes[x].rank + 1
    cost = trial_cost(w, s, r, length, position, i, MINUS, work) - s.runs[r].cost
    if cost < best:
        best, best_x, best_q = cost, x, MINUS
    via_depot = (
        w.stops[i].kind == COLLECT if not w.stops[i].loads else w.stops[i].kind == DROP and w.stops[i].aboard_of != r
    )
    if cost == INFINITE and via_depot and s.top[0] > 0:
        for q in range(w.depots.size):
            if w.stops[i].depot < 0 or w.stops[i].depot == q:
                cost = trial_cost(w, s, r, length, position, i, q, work) - s.runs[r].cost
                if cost < best:
                    best, best_x, best_q = cost, x, q
    return best, best_x, best_q


@compiled
def try_plain_run(
    w: World, s: State, r: int, x: int, steps: int, i: int, blink: float, best: float, best_x: int, work: Work
) -> tuple[float, int]:
    """The same for ``steps`` places of a plain run from behind node x on, for a plain stop that fits its load."""
    nodes, seconds, metres = s.nodes, w.seconds[w.carriers[r].profile], w.metres[w.carriers[r].profile]
    per_second, per_metre = w.per_second, w.per_metre
    extra = wishes(w, r, i) + (w.per_run if s.runs[r].stops == 0 else 0.0)
    here, opens, closes, service = w.stops[i].place, w.stops[i].opens, w.stops[i].closes, w.stops[i].service
    least = opens + service
    last = w.stops.size + w.carriers.size + r
    dice = work.dice[0]
    bar = np.uint64(blink * 1.8446744073709551e19)
    while x != last and steps > 0:
        steps -= 1
        leave = nodes[x].leave
        if leave > closes:
            break
        y = nodes[x].after
        if nodes[y].latest >= least:
            dice ^= dice >> np.uint64(12)
            dice ^= dice << np.uint64(25)
            dice ^= dice >> np.uint64(27)
            if dice >= bar:
                a, c = nodes[x].place, nodes[y].place
                to = np.int64(seconds[a, here])
                t = max(leave + to, opens)
                if to >= 0 and t <= closes:
                    on = np.int64(seconds[here, c]) if c >= 0 else np.int64(0)
                    if on >= 0 and t + service + on <= nodes[y].latest:
                        cost = extra - nodes[y].way
                        if per_second != 0.0:
                            cost += per_second * (to + on)
                        if per_metre != 0.0:
                            cost += per_metre * metres[a, here]
                            if c >= 0:
                                cost += per_metre * metres[here, c]
                        if cost < best:
                            best, best_x = cost, x
        x = y
    work.dice[0] = dice
    return best, best_x


@compiled
def best_place(w: World, s: State, i: int, blink: float, near: int, only: int, work: Work) -> tuple[float, int, int]:
    """Return the cheapest place for a single stop. ``near``: look beside so many nearest stops first (0: everywhere);
    ``only``: just this run (-1: all)."""
    n, m = w.stops.size, w.carriers.size
    best, best_x, best_q = INFINITE, MINUS, MINUS
    if near > 0 and only < 0:
        for c in range(near):
            y = w.near[i, c]
            r = s.nodes[y].run_of
            if r < 0 or not w.allowed[i, r]:
                continue
            before = s.nodes[y].before
            if w.carriers[r].plain and s.runs[r].odd == 0 and plain_for(w, r, i):
                if plain_fits(w, s, r, i):
                    found_best, found_x = try_plain_run(w, s, r, before, TWO, i, blink, best, best_x, work)
                    if found_x != best_x:
                        best, best_x, best_q = found_best, found_x, MINUS
                    continue
                if not w.carriers[r].may_reload:
                    continue
            if blink == 0.0 or roll(work.dice) >= blink:
                best, best_x, best_q = try_behind(w, s, y, i, best, best_x, best_q, work)
            if blink == 0.0 or roll(work.dice) >= blink:
                best, best_x, best_q = try_behind(w, s, before, i, best, best_x, best_q, work)
    work.token[0] += 1
    token = work.token[0]
    everywhere = near == 0 or best == INFINITE
    for r in range(m):
        if (only >= 0 and r != only) or not w.allowed[i, r]:
            continue
        x = n + r
        if s.nodes[x].after == n + m + r:
            if work.touched[m + w.carriers[r].alike] == token and only < 0:
                continue
            work.touched[m + w.carriers[r].alike] = token
        elif not everywhere:
            continue
        if w.carriers[r].plain and s.runs[r].odd == 0 and plain_for(w, r, i):
            if plain_fits(w, s, r, i):
                found_best, found_x = try_plain_run(w, s, r, n + r, n + 1, i, blink, best, best_x, work)
                if found_x != best_x:
                    best, best_x, best_q = found_best, found_x, MINUS
                continue
            if not w.carriers[r].may_reload:
                continue
        while not n + m <= x < n + 2 * m:
            if s.nodes[x].leave > w.stops[i].closes and s.nodes[x].rank >= w.carriers[r].frozen:
                break
            if blink == 0.0 or roll(work.dice) >= blink:
                best, best_x, best_q = try_behind(w, s, x, i, best, best_x, best_q, work)
            x = s.nodes[x].after
    return best, best_x, best_q


@compiled
def put_single(w: World, s: State, i: int, x: int, q: int, work: Work, stamp: int) -> None:
    r = s.nodes[x].run_of
    keep(w, s, r, work, stamp)
    if q >= 0:
        x = link_depot(w, s, r, q, x)
    link(s, r, i, x)
    refresh(w, s, r, work)


@compiled
def put_pair_into(w: World, s: State, i: int, r: int, best: float, work: Work, found: Array) -> float:
    """Find the cheapest places of pick-up i and all its drop-offs in run r; the order found goes into ``found``."""
    seq, trial = work.seq, work.trial
    length = order_of(w, s, r, seq)
    before = s.runs[r].cost
    first, last = w.stops[i].job_first, w.stops[i].job_end
    frozen = w.carriers[r].frozen
    result = best
    x = w.stops.size + r
    for position in range(length + 1):
        fits = position >= frozen and added_way(w, s, r, x, i) < INFINITE
        x = s.nodes[x].after
        if not fits:
            continue
        for e in range(position):
            trial[e] = seq[e]
        trial[position] = i
        for e in range(position, length):
            trial[e + 1] = seq[e]
        size = length + 1
        cost, earliest = run_cost(w, r, trial, size, work), position + 1
        if cost - before >= result:
            continue
        for j in range(first + 1, last):
            drop = w.job_items[j]
            cheapest, where = INFINITE, -1
            for e in range(size, earliest - 1, -1):
                # The drop wanders from the end towards its pick-up.
                if e == size:
                    trial[size] = drop
                else:
                    trial[e + 1] = trial[e]
                    trial[e] = drop
                cost = run_cost(w, r, trial, size + 1, work)
                if cost < cheapest:
                    cheapest, where = cost, e
            for e in range(earliest, size):
                trial[e] = trial[e + 1]
            if where < 0:
                cost = INFINITE
                break
            for e in range(size, where, -1):
                trial[e] = trial[e - 1]
            trial[where] = drop
            size += 1
            cost = cheapest
        if cost - before < result:
            result = cost - before
            found[0] = size
            for e in range(size):
                found[e + 1] = trial[e]
    return result


@compiled
def put_job(
    w: World, s: State, i: int, blink: float, near: int, only: int, work: Work, stamp: int, found: Array
) -> bool:
    """Put a stop, or a pick-up with its drop-offs, where it costs least; say whether there was a place."""
    n, m = w.stops.size, w.carriers.size
    if w.stops[i].job_end - w.stops[i].job_first == 1:
        best, x, q = best_place(w, s, i, blink, near, only, work)
        if x >= 0:
            put_single(w, s, i, x, q, work, stamp)
        return x >= 0
    best, chosen = INFINITE, MINUS
    work.token[0] += 1
    token = work.token[0]
    for r in range(m):
        if (only >= 0 and r != only) or not w.allowed[i, r]:
            continue
        if s.nodes[n + r].after == n + m + r:
            if work.touched[m + w.carriers[r].alike] == token:
                continue
            work.touched[m + w.carriers[r].alike] = token
        cost = put_pair_into(w, s, i, r, best, work, found)
        if cost < best:
            best, chosen = cost, r
    if chosen < 0:
        return False
    keep(w, s, chosen, work, stamp)
    clear(w, s, chosen)
    set_order(w, s, chosen, found, ONE, found[0] + 1, work)
    return True


@compiled
def put_all(w: World, s: State, jobs: Array, near: int, work: Work, found: Array, missed: Array) -> int:
    """Serve these jobs one after the other, each where it costs least; return how many had no place (into ``missed``)."""
    count = 0
    for j in range(jobs.size):
        stamp = work.token[0] + 1
        work.token[0] = stamp
        work.kept_at[0] = 0
        work.kept_at[1] = 0
        if not put_job(w, s, jobs[j], 0.0, near, MINUS, work, stamp, found):
            missed[count] = jobs[j]
            count += 1
    return count


@compiled
def has_place(w: World, s: State, i: int, work: Work, found: Array) -> bool:
    """Whether this plan has any place for a stop and what is served with it."""
    if w.stops[i].job_end - w.stops[i].job_first == 1:
        return best_place(w, s, i, 0.0, ZERO, MINUS, work)[1] >= 0
    pickup = w.job_items[w.stops[i].job_first]
    for r in range(w.carriers.size):
        if w.allowed[i, r] and put_pair_into(w, s, pickup, r, INFINITE, work, found) < INFINITE:
            return True
    return False
