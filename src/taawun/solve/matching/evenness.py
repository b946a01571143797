"""How unevenness is counted: each further unit one giver gives weighs more than the one before.

The n-th unit lies on a level: one level a unit for the first eight, then levels of 8, 16, 32 … units, so that boxes and
litres alike need few levels. A giver's cost is the sum of the levels of the units given, which is convex: it is least
when the load is spread. What a giver gave lately (the prior load) fills the lowest levels first.
"""

import numpy as np

from taawun.solve.matching.problem import IntArray

SINGLE_LEVELS = 8
# Quantities are below 2**40 and a giver has fewer than 2**20 offers: 60 doublings are never passed.
LEVEL_MAXIMUM = SINGLE_LEVELS + 60

# Units below each level: level 0 starts at 0, level 1 at 1, …, level 8 at 8, level 9 at 16, level 10 at 32.
_starts = [*range(SINGLE_LEVELS), *(SINGLE_LEVELS * 2**doubling for doubling in range(61))]


def level_blocks(prior_load: int, capacity: int) -> list[tuple[int, int]]:
    """Return (level, units) for the next ``capacity`` units of a giver with this prior load, rising."""
    blocks: list[tuple[int, int]] = []
    reached, end = prior_load, prior_load + capacity
    for level, start in enumerate(_starts[:-1]):
        room = min(_starts[level + 1], end) - max(start, reached)
        if room > 0:
            blocks.append((level, room))
        if _starts[level + 1] >= end:
            break
    return blocks


def unevenness(prior_load: IntArray, given: IntArray) -> int:
    """Return the cost of all givers' loads: ``given`` (g,) units each, on top of ``prior_load`` (g,)."""
    total = 0
    for giver in np.flatnonzero(given):
        for level, units in level_blocks(int(prior_load[giver]), int(given[giver])):
            total += level * units
    return total
