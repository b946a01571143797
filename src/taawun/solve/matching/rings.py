"""Taking a few out of long lists, for many askers at once, each beginning at another place.

Where many offers are equally good, each request begins to look at another one, so that the first few offers of a sheet
are not everybody's only candidates.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from taawun.solve.matching.nearest import BoolArray, IntArray

FIRST_LOOK = 64


def windows(starts: IntArray, lengths: IntArray, turns: IntArray, width: int, k: int) -> tuple[IntArray, IntArray]:
    """Return (asker, position) of up to ``width`` of each asker's list, which lies from ``starts`` (q,) on and is ``lengths`` long.

    Asker i begins ``turns[i] * k`` further on, and goes round.
    """
    seen = np.minimum(lengths, width)
    asker = np.repeat(np.arange(starts.size), seen)
    step = np.arange(asker.size) - np.repeat(np.cumsum(seen) - seen, seen)
    whole = np.maximum(lengths, 1)
    first = turns % whole * k % whole
    return asker, starts[asker] + (first[asker] + step) % whole[asker]


def rank(asker: IntArray) -> IntArray:
    """(p,) how many of the same asker come before each; the askers come in order."""
    new = np.concatenate(([True], asker[1:] != asker[:-1])) if asker.size else np.zeros(0, dtype=np.bool_)
    first = np.flatnonzero(new)
    return np.arange(asker.size) - np.repeat(first, np.diff(np.append(first, asker.size)))


def first_fitting(pools: Sequence[IntArray], k: int, turn: int, fits: Callable[[IntArray], BoolArray]) -> IntArray:
    """Return k that fit of all pools together, beginning at another place each turn, looking at more only while too few fit."""
    size = sum(pool.size for pool in pools)
    if not size:
        return np.zeros(0, dtype=np.int64)
    found: list[IntArray] = []
    count = 0
    for some in _round(pools, turn * k % size, max(FIRST_LOOK, k)):
        fitting = some[fits(some)]
        found.append(fitting)
        count += fitting.size
        if count >= k:
            break
    return np.concatenate(found)[:k]


def _round(pools: Sequence[IntArray], first: int, look: int) -> Iterator[IntArray]:
    """Yield the pools in growing pieces, from ``first`` of all on, and round to it again."""
    ahead: list[IntArray] = []
    behind: list[IntArray] = []
    for pool in pools:
        at = min(max(first, 0), pool.size)
        ahead.append(pool[at:])
        behind.append(pool[:at])
        first -= pool.size
    for pool in (*ahead, *behind):
        at = 0
        while at < pool.size:
            yield pool[at : at + look]
            at += look
            look *= 4
