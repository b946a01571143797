"""What agreement and disagreement are worth, learnt from the records themselves, without any answer being known.

The model of Fellegi and Sunter (1969), its parameters found by expectation and maximisation (Winkler 1988; Jaro 1989),
with one turn: how often two *different* records agree (``u``) is not guessed by the iteration but counted on random
pairs, nearly all of which are different. Only how often two records of *one* person agree (``m``), and how many such
pairs there are, is left to be learnt; that is a far better posed question.

All weights are in bits (logarithms to the base 2), so that they add up: ten bits are a thousand to one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MISSING = -1
ROUNDS_MAX = 200
SETTLED = 1e-7
# A level nobody was seen at is still possible: as if half a pair had been.
_UNSEEN = 0.5

Levels = NDArray[np.int8]
Real = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt. ``m`` and ``u`` hold, for each field, the probability of each level among pairs of one person and
    of different ones; ``prior`` is the share of one person's pairs among all pairs there are."""

    m: tuple[Real, ...]
    u: tuple[Real, ...]
    prior: float

    def bits(self, levels: Levels) -> Real:
        """Return the evidence of each pair in bits: shape (pairs,). A missing field says nothing."""
        total: Real = self.field_bits(levels).sum(axis=1)
        return total

    def field_bits(self, levels: Levels) -> Real:
        """Return the evidence of each field of each pair: shape (pairs, fields)."""
        found = np.zeros(levels.shape, dtype=np.float64)
        for field, (m, u) in enumerate(zip(self.m, self.u, strict=True)):
            column = levels[:, field]
            known = column != MISSING
            found[known, field] = np.log2(m / u)[column[known]]
        return found

    @property
    def needed_bits(self) -> float:
        """Return the evidence at which one person is as likely as two."""
        return float(np.log2((1 - self.prior) / self.prior))


def learn(
    levels: Levels, random_levels: Levels, sizes: tuple[int, ...], *, pairs_in_all: int, extra: Real | None = None
) -> Weights:
    """Return the weights of pairs that may be of one person, with random pairs for comparison.

    ``levels``: shape (pairs, fields), from 0 (nothing alike) to ``sizes[field] - 1`` (equal), ``MISSING`` where a side
    has no value. ``random_levels``: the same of pairs drawn by chance. ``pairs_in_all`` is how many pairs there are,
    also of those that were never compared. ``extra``: more evidence in bits, shape (pairs,).
    """
    u = tuple(_frequencies(random_levels[:, field], size) for field, size in enumerate(sizes))
    patterns, where = _patterns(levels)
    more = np.zeros(len(levels)) if extra is None else extra
    # A start that says no more than: who agrees is rather one person.
    m = tuple(_start(size) for size in sizes)
    prior = min(0.5, max(len(levels), 2) / 4 / pairs_in_all)
    for _ in range(ROUNDS_MAX):
        odds = Weights(m, u, prior)
        evidence = odds.bits(patterns)[where] + more - odds.needed_bits
        chance = 1 / (1 + np.exp2(-np.clip(evidence, -60, 60)))
        expected: Real = np.asarray(np.bincount(where, weights=chance, minlength=len(patterns)), dtype=np.float64)
        new = tuple(_frequencies(patterns[:, field], size, expected) for field, size in enumerate(sizes))
        moved = max(float(np.abs(one - other).max()) for one, other in zip(m, new, strict=True))
        m, prior = new, float(np.clip(chance.sum() / pairs_in_all, 1e-12, 0.5))
        if moved < SETTLED:
            break
    return Weights(tuple(np.maximum(one, 1e-9) for one in m), u, prior)


def _start(size: int) -> Real:
    share = np.full(size, 0.1 / max(1, size - 1))
    share[-1] = 0.9
    return share


def _patterns(levels: Levels) -> tuple[Levels, NDArray[np.intp]]:
    """Return each row of levels once, and where each pair's row is among them."""
    patterns, where = np.unique(levels, axis=0, return_inverse=True)
    return patterns, where.reshape(-1)


def _frequencies(column: Levels, size: int, share: Real | None = None) -> Real:
    known = column != MISSING
    seen = np.bincount(column[known], weights=None if share is None else share[known], minlength=size).astype(
        np.float64
    )
    return np.asarray((seen + _UNSEEN) / (seen.sum() + _UNSEEN * size), dtype=np.float64)
