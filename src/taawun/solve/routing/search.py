"""The search, compiled: strings of stops out of neighbouring runs, and back where they cost least."""

import math

from taawun.solve.compiled import compiled_bare as compiled
from taawun.solve.routing.kernel import MINUS, ZERO, Array, State, Work, World, roll
from taawun.solve.routing.places import drop_idle_depots, go_back, may_leave, put_job, take_out
from taawun.solve.routing.plans import refresh, save

BLINK = 0.01  # how often a place is passed over unseen
RETRIES = 16  # so many of those in no run are tried again each round
HANDED_ON = 0.1  # how often, where days are to be even, a piece of one run goes whole to another carrier


@compiled
def ruin(w: World, s: State, absent: int, mean: float, longest: float, work: Work, stamp: int) -> int:
    """Take strings of stops out of runs that lie near each other."""
    n, m = w.stops.size, w.carriers.size
    served, driving = 0, 0
    for r in range(m):
        if s.runs[r].stops > 0:
            served += s.runs[r].stops
            driving += 1
    if driving == 0:
        return absent
    span = min(longest, served / driving)
    strings = int(roll(work.dice) * (4.0 * mean / (1.0 + span) - 1.0) + 1.0)
    seed = int(roll(work.dice) * n)
    done = 0
    mark = work.token[0] + 1
    work.token[0] = mark
    for c in range(-1, w.near.shape[1]):
        if done >= strings:
            break
        i = seed if c < 0 else w.near[seed, c]
        r = s.nodes[i].run_of
        if r < 0 or work.touched[m + r] == mark or not may_leave(w, s, i):
            continue
        work.touched[m + r] = mark
        done += 1
        size = int(roll(work.dice) * min(span, float(s.runs[r].stops))) + 1
        spared = 0
        if size > 1 and size < s.runs[r].stops and roll(work.dice) < 0.5:
            while size + spared < s.runs[r].stops and roll(work.dice) > 0.01:
                spared += 1
                if roll(work.dice) < 0.5:
                    break
        absent = cut(w, s, i, size, spared, absent, work, stamp)
    return absent


@compiled
def cut(w: World, s: State, i: int, size: int, spared: int, absent: int, work: Work, stamp: int) -> int:
    """Take out a string of ``size`` stops around stop i, leaving ``spared`` in its middle where they are."""
    n = w.stops.size
    whole = size + spared
    x = i
    for _ in range(int(roll(work.dice) * whole)):
        if s.nodes[x].before >= n and s.nodes[x].before < n + w.carriers.size:
            break
        x = s.nodes[x].before
    skip_from = int(roll(work.dice) * size) + 1 if spared else whole + 1
    at = 0
    while at < whole and not (n <= x < n + 2 * w.carriers.size):
        following = s.nodes[x].after
        if x < n:
            at += 1
            spare = skip_from <= at < skip_from + spared
            if (not spare) and may_leave(w, s, x):
                # A following drop-off may leave with its pick-up.
                while following < n and w.job_items[w.stops[following].job_first] == w.job_items[w.stops[x].job_first]:
                    following = s.nodes[following].after
                absent = take_out(w, s, x, work, stamp, absent)
        x = following
    return absent


@compiled
def hand_on(w: World, s: State, work: Work, stamp: int) -> int:
    """Take a piece of a run out, of any length. Put back one by one its stops would never begin an idle carrier's day:
    the first alone does not pay for the way there. Together they do."""
    i = int(roll(work.dice) * w.stops.size)
    r = s.nodes[i].run_of
    if r < 0 or not may_leave(w, s, i):
        return 0
    return int(cut(w, s, i, int(roll(work.dice) * s.runs[r].stops) + 1, 0, ZERO, work, stamp))


@compiled
def draw_idler(w: World, s: State, work: Work) -> int:
    """Draw two runs and return the one that costs less as it is: more often than not the shorter day."""
    one, other = int(roll(work.dice) * w.carriers.size), int(roll(work.dice) * w.carriers.size)
    return one if s.runs[one].cost <= s.runs[other].cost else other


@compiled
def sort_absent(w: World, absent: int, work: Work, by: int) -> None:
    """Put those to be served into the order in which they are put back."""
    for a in range(absent):
        i = work.absent[a]
        if by == 0:
            key = roll(work.dice)
        elif by == 1:
            key = 0.0
            for c in range(w.load.shape[1]):
                key -= w.load[i, c]
        elif by == 2:
            key = -float(w.seconds[0, w.carriers[0].start_place, w.stops[i].place])
        elif by == 3:
            key = float(w.seconds[0, w.carriers[0].start_place, w.stops[i].place])
        elif by == 4:
            key = float(w.stops[i].closes - w.stops[i].opens)
        elif by == 5:
            key = float(w.stops[i].opens)
        elif by == 6:
            key = -float(w.stops[i].closes)
        else:
            key = 0.0
            for j in range(w.stops[i].job_first, w.stops[i].job_end):
                key -= w.stops[w.job_items[j]].left_out
        work.keys[a] = key
    for a in range(1, absent):
        key, i, b = work.keys[a], work.absent[a], a
        while b > 0 and work.keys[b - 1] > key:
            work.keys[b], work.absent[b] = work.keys[b - 1], work.absent[b - 1]
            b -= 1
        work.keys[b], work.absent[b] = key, i


@compiled
def absent_cost(w: World, s: State) -> float:
    cost = 0.0
    for i in range(w.stops.size):
        if s.nodes[i].run_of < 0:
            cost += w.stops[i].left_out
    return cost


@compiled
def choose_order(work: Work, by_worth: bool, waiting: int) -> int:
    """Draw by what the stops are sorted before they are put back."""
    if by_worth and waiting > 0 and roll(work.dice) < 0.5:
        return 7
    dice = roll(work.dice) * (19.0 if by_worth else 17.0)
    if dice < 8.0:
        return 0 if dice < 4.0 else 1
    if dice < 11.0:
        return 2 if dice < 10.0 else 3
    if dice < 15.0:
        return 4 if dice < 13.0 else 5
    return 6 if dice < 17.0 else 7


@compiled
def draw_waiting(waiting: Array, absent: int, work: Work) -> int:
    """Give some of the jobs in no run another chance; return how many. They move to the front of ``waiting``."""
    old = waiting[0]
    tries = min(old, RETRIES)
    for c in range(tries):
        pick = c + int(roll(work.dice) * (old - c))
        waiting[1 + c], waiting[1 + pick] = waiting[1 + pick], waiting[1 + c]
        work.absent[absent + c] = waiting[1 + c]
    return int(tries)


@compiled
def note_waiting(waiting: Array, tries: int, missed: int, work: Work) -> None:
    """Those tried and not served wait; those not tried still do."""
    count = 0
    for c in range(tries, waiting[0]):
        waiting[1 + count] = waiting[1 + c]
        count += 1
    for a in range(missed):
        waiting[1 + count] = work.absent[a]
        count += 1
    waiting[0] = count


@compiled
def search(
    w: World, s: State, best: Array, costs: Array, waiting: Array, work: Work, found: Array,
    rounds: int, heat: float, mean: float, longest: float, near: int, by_worth: bool,
) -> int:  # fmt: skip
    """Ruin and recreate for so many rounds at one temperature. ``costs``: of the plan as it is, of the best so far (whose
    orders are kept in ``best``), and of what is left out. ``waiting``: its first entry counts the jobs in no run, the rest
    lists them. Return how often a better plan was found."""
    better = 0
    for _ in range(rounds):
        stamp = work.token[0] + 1
        work.token[0] = stamp
        work.kept_at[0] = 0
        work.kept_at[1] = 0
        to = MINUS
        if w.per_square > 0.0 and roll(work.dice) < HANDED_ON:
            absent = hand_on(w, s, work, stamp)
            to = draw_idler(w, s, work)
        else:
            absent = ruin(w, s, ZERO, mean, longest, work, stamp)
        for c in range(work.kept_at[0]):
            drop_idle_depots(w, s, work.kept_run[c], work, stamp)
            refresh(w, s, work.kept_run[c], work)
        tries = draw_waiting(waiting, absent, work)
        absent += tries
        sort_absent(w, absent, work, choose_order(work, by_worth, waiting[0]))
        missed = 0
        for a in range(absent):
            i = work.absent[a]
            if to >= 0 and put_job(w, s, i, BLINK, near, to, work, stamp, found):
                continue
            if not put_job(w, s, i, BLINK, near, MINUS, work, stamp, found):
                work.absent[missed] = work.absent[a]
                missed += 1
        change = 0.0
        for c in range(work.kept_at[0]):
            change += s.runs[work.kept_run[c]].cost - work.kept_cost[c]
        left_out = absent_cost(w, s) - costs[2] if missed > 0 or tries > 0 else 0.0
        change += left_out
        if not change < -heat * math.log(max(roll(work.dice), 1e-300)):
            go_back(w, s, work)
            continue
        costs[0] += change
        costs[2] += left_out
        if missed > 0 or tries > 0:
            note_waiting(waiting, tries, missed, work)
        if costs[0] < costs[1] - 1e-9 * max(1.0, abs(costs[1])):
            costs[1] = costs[0]
            better += 1
            save(w, s, best)
    return better
