"""A plan as linked lists, compiled: putting nodes in and out, and reckoning a run's times, sums and cost anew."""

from taawun.solve.compiled import compiled_bare as compiled
from taawun.solve.routing.kernel import (
    DROP,
    INFINITE,
    NEVER,
    Array,
    State,
    Work,
    World,
    leg,
    leg_cost,
    run_cost,
    wishes,
)


@compiled
def order_of(w: World, s: State, r: int, seq: Array) -> int:
    """Write the run's order into ``seq`` and return its length."""
    n, m = w.stops.size, w.carriers.size
    length = 0
    x = s.nodes[n + r].after
    while x != n + m + r:
        seq[length] = x if x < n else -1 - s.nodes[x].depot_at
        length += 1
        x = s.nodes[x].after
    return length


@compiled
def plain_for(w: World, r: int, i: int) -> bool:
    return bool(w.stops[i].kind == DROP and (w.stops[i].depot < 0 or w.stops[i].depot == w.carriers[r].start_depot))


@compiled
def refresh(w: World, s: State, r: int, work: Work) -> None:
    """Reckon the times, sums and cost of a run anew after it has changed. A run need not keep every rule just then: where
    ways are odd, leaving a stop out may make a run longer; its cost is infinite until it does."""
    n, m = w.stops.size, w.carriers.size
    first, last = n + r, n + m + r
    frozen = w.carriers[r].frozen
    t = w.carriers[r].starts
    if w.carriers[r].free_at != -NEVER and frozen == 0:
        t = max(t, w.carriers[r].free_at)
    s.nodes[first].leave = t
    s.nodes[first].rank = -1
    s.runs[r].odd = 0
    s.runs[r].stops = 0
    for c in range(w.capacity.shape[1]):
        s.sums[r, c] = 0
    x, at, rank, cost, fine = s.nodes[first].after, w.carriers[r].start_place, 0, 0.0, True
    while x != last:
        to = s.nodes[x].place
        s.nodes[x].way = leg_cost(w, r, at, to)
        cost += s.nodes[x].way
        if x < n:
            opens, closes, stay = w.stops[x].opens, w.stops[x].closes, w.stops[x].service
            s.runs[r].stops += 1
            cost += wishes(w, r, x)
            if plain_for(w, r, x):
                for c in range(w.capacity.shape[1]):
                    s.sums[r, c] += w.load[x, c]
            else:
                s.runs[r].odd += 1
        else:
            q = s.nodes[x].depot_at
            opens, closes, stay = w.depots[q].opens, w.depots[q].closes, w.depots[q].loading
            s.runs[r].odd += 1
        way = leg(w, r, at, to)
        t = max(t + way, opens)
        fine = fine and way >= 0 and t <= closes
        t += stay
        if rank == frozen - 1:
            t = w.carriers[r].free_at
        s.nodes[x].leave = t
        s.nodes[x].rank = rank
        rank += 1
        at = to
        x = s.nodes[x].after
    s.nodes[last].rank = rank
    way = leg(w, r, at, w.carriers[r].end_place)
    s.nodes[last].way = leg_cost(w, r, at, w.carriers[r].end_place)
    fine = fine and way >= 0 and t + way <= w.carriers[r].ends
    look_back(w, s, r)
    if rank == 0:
        s.runs[r].cost = 0.0
    elif w.carriers[r].plain and s.runs[r].odd == 0:
        s.runs[r].cost = cost + s.nodes[last].way + w.per_run if fine else INFINITE
    else:
        s.runs[r].cost = run_cost(w, r, work.seq, order_of(w, s, r, work.seq), work)


@compiled
def look_back(w: World, s: State, r: int) -> None:
    """Reckon from the end of a run how late each visit may begin."""
    n, m = w.stops.size, w.carriers.size
    last, to = n + m + r, w.carriers[r].end_place
    late = w.carriers[r].ends
    s.nodes[last].latest = late
    x = s.nodes[last].before
    while x != n + r:
        here = s.nodes[x].place
        if x < n:
            closes, stay = w.stops[x].closes, w.stops[x].service
        else:
            closes, stay = w.depots[s.nodes[x].depot_at].closes, w.depots[s.nodes[x].depot_at].loading
        late = min(late - leg(w, r, here, to) - stay, closes)
        s.nodes[x].latest = late
        to = here
        x = s.nodes[x].before
    s.nodes[n + r].latest = NEVER


@compiled
def link(s: State, r: int, x: int, after: int) -> None:
    """Put node x into the run behind another."""
    following = s.nodes[after].after
    s.nodes[after].after = x
    s.nodes[x].before = after
    s.nodes[x].after = following
    s.nodes[following].before = x
    s.nodes[x].run_of = r


@compiled
def unlink(s: State, x: int) -> None:
    s.nodes[s.nodes[x].before].after = s.nodes[x].after
    s.nodes[s.nodes[x].after].before = s.nodes[x].before
    s.nodes[x].run_of = -1


@compiled
def link_depot(w: World, s: State, r: int, q: int, after: int) -> int:
    s.top[0] -= 1
    x = int(s.spare[s.top[0]])
    s.nodes[x].depot_at = q
    s.nodes[x].place = w.depots[q].place
    link(s, r, x, after)
    return x


@compiled
def unlink_depot(s: State, x: int) -> None:
    unlink(s, x)
    s.spare[s.top[0]] = x
    s.top[0] += 1


@compiled
def set_order(w: World, s: State, r: int, seq: Array, begin: int, end: int, work: Work) -> None:
    """Make this the order of a run that is empty."""
    x = w.stops.size + r
    for e in range(begin, end):
        if seq[e] >= 0:
            link(s, r, seq[e], x)
            x = seq[e]
        else:
            x = link_depot(w, s, r, -1 - seq[e], x)
    refresh(w, s, r, work)


@compiled
def clear(w: World, s: State, r: int) -> None:
    n, m = w.stops.size, w.carriers.size
    x = s.nodes[n + r].after
    while x != n + m + r:
        following = s.nodes[x].after
        if x < n:
            s.nodes[x].run_of = -1
        else:
            s.spare[s.top[0]] = x
            s.top[0] += 1
            s.nodes[x].run_of = -1
        x = following
    s.nodes[n + r].after = n + m + r
    s.nodes[n + m + r].before = n + r


@compiled
def save(w: World, s: State, into: Array) -> None:
    """Write all orders into one row: length and entries, carrier after carrier."""
    at = 0
    for r in range(w.carriers.size):
        length = order_of(w, s, r, into[at + 1 :])
        into[at] = length
        at += 1 + length
