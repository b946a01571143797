"""How unevenness is counted: each further task one giver takes weighs more than the one before.

The n-th task lies on a level: one level a task for the first eight, then levels of 8, 16, 32 … tasks, so that boxes and
litres alike need few levels. A giver's cost is the sum of the levels of the units given, which is convex: it is least
when the load is spread. What a giver gave lately (the prior load) fills the lowest levels first. A task is one unit
unless the problem says that it is several.
"""

from taawun.solve.compiled import compiled, whole
from taawun.solve.matching.problem import IntArray

SINGLE_LEVELS = 8
LIMB = 30


@compiled
def level_after(units: int, task: int) -> tuple[int, int]:
    """Return the level of the unit after ``units``, and how many units are left of that level."""
    tasks = units // task
    if tasks < SINGLE_LEVELS:
        return tasks, (tasks + 1) * task - units
    level, start = SINGLE_LEVELS, SINGLE_LEVELS
    while start <= tasks - start:
        start *= 2
        level += 1
    # Not 2 * start * task - units, which could leave 64 bits.
    return level, start * task - (units - start * task)


@compiled
def level_before(units: int, task: int) -> tuple[int, int]:
    """Return the level of the last of ``units`` (1 or more), and how many of them lie on it."""
    tasks = (units - 1) // task
    if tasks < SINGLE_LEVELS:
        return tasks, units - tasks * task
    level, start = SINGLE_LEVELS, SINGLE_LEVELS
    while start <= tasks - start:
        start *= 2
        level += 1
    return level, units - start * task


def level_blocks(prior_load: int, capacity: int, task: int = 1) -> list[tuple[int, int]]:
    """Return (level, units) for the next ``capacity`` units of a giver with this prior load, rising."""
    blocks: list[tuple[int, int]] = []
    reached, end = prior_load, prior_load + capacity
    while reached < end:
        level, room = level_after(reached, task)
        room = min(int(room), end - reached)
        blocks.append((int(level), room))
        reached += room
    return blocks


def unevenness(prior_load: IntArray, given: IntArray, task: IntArray, rate: int, divisor: IntArray) -> int:
    """Return the cost of all givers' loads: ``given`` (g,) units each, on top of ``prior_load`` (g,)."""
    high, low = _levels(prior_load, given, task, rate, divisor)
    return (int(high) << LIMB) + int(low)


@compiled
def _levels(prior_load: IntArray, given: IntArray, task: IntArray, rate: int, divisor: IntArray) -> tuple[int, int]:
    # Two limbs of 30 bits: quantities up to 2**40 times costs leave 64 bits.
    high, low = whole(0), whole(0)
    for giver in range(given.size):
        reached, left = prior_load[giver], given[giver]
        while left > 0:
            level, room = level_after(reached, task[giver])
            units = min(room, left)
            cost = rate * level // divisor[giver]
            low += (units & (2**LIMB - 1)) * cost
            high += (units >> LIMB) * cost + (low >> LIMB)
            low &= 2**LIMB - 1
            reached += units
            left -= units
    return high, low
