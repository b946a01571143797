"""Which rows of a table, or of two tables, are of one person. Nothing is labelled beforehand; nothing is merged.

    linked = link(rows, fields, blocks)        rows: columns to texts
    linked.pairs                               pairs of row numbers
    linked.explain(3, 17)                      what spoke for it and against it, field by field, in bits

Blocks say which pairs are looked at: all rows that agree on one of them. ``"surname~"`` agrees by sound, ``"day^4"`` by
the first four letters. A block that holds more than ``BLOCK_MAX`` rows tells nothing and is passed over.
"""

import itertools
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from taawun.solve.linking.clusters import Pair, groups, one_to_one
from taawun.solve.linking.comparing import COMPARISONS, LEVELS, tidy
from taawun.solve.linking.sounds import skeletons
from taawun.solve.linking.weighing import MISSING, Levels, Real, Weights, learn

BLOCK_MAX = 120
RANDOM_PAIRS = 100_000
# A rare value that agrees says more than a common one, within reason.
RARITY_BITS_MAX = 4.0
SWAPPED_LEVEL_LOST = 1

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """A column and how it is compared: ``word``, ``words``, ``number``, ``day`` or ``code``.

    ``swaps``: a column it gets exchanged with (given name and surname). ``rarity``: whether a rare value counts more.
    """

    column: str
    kind: str
    swaps: str = ""
    rarity: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """What one field says of a pair, in bits; ``level`` is ``comparing``'s, ``MISSING`` where it says nothing."""

    column: str
    level: int
    bits: float


@dataclass(frozen=True)
class Linked:
    """The answer: ``pairs`` of row numbers (in two tables: first, second), the evidence of all pairs looked at, and what
    was learnt."""

    pairs: list[Pair]
    scored: list[tuple[float, int, int]]
    weights: Weights
    _table: "_Table"

    def explain(self, one: int, other: int) -> list[Reason]:
        """Return what each field says of a pair of rows (numbers of the joined table), the strongest first."""
        levels = self._table.levels([(one, other)])
        bits = self.weights.field_bits(levels)[0]
        found = [
            Reason(field.column, int(levels[0, place]), round(float(bits[place]), 2))
            for place, field in enumerate(self._table.fields)
        ]
        return sorted(found, key=lambda reason: -abs(reason.bits))


def link(
    rows: Sequence[Row],
    fields: Sequence[Field],
    blocks: Sequence[Sequence[str]],
    *,
    second: Sequence[Row] | None = None,
    seed: int = 1,
) -> Linked:
    """Find rows of one person within a table, or between it and a ``second`` one (each row there in one pair at most).

    The weights are learnt from these very rows. In two tables, the rows of the second are numbered after the first's.
    """
    everything = [*rows, *(second or ())]
    border = len(rows) if second is not None else None
    table = _Table(everything, fields)
    candidates = sorted(_candidates(table, blocks, border))
    levels = table.levels(candidates)
    chance = _random_pairs(len(everything), border, seed)
    in_all = border * (len(everything) - border) if border is not None else len(everything) * (len(everything) - 1) // 2
    rarity = table.rarity(candidates, levels)
    sizes = tuple(LEVELS[field.kind] for field in fields)
    weights = learn(levels, table.levels(chance), sizes, pairs_in_all=max(in_all, 1), extra=rarity)
    bits = weights.bits(levels) + rarity
    scored = [(float(value), *pair) for value, pair in zip(bits, candidates, strict=True)]
    if border is not None:
        return Linked(one_to_one(scored, weights.needed_bits), scored, weights, table)

    def score(pairs: Sequence[Pair]) -> Sequence[float]:
        found = table.levels(pairs)
        return list(weights.bits(found) + table.rarity(pairs, found))

    found = groups(scored, score, weights.needed_bits)
    linked = [pair for group in found for pair in itertools.combinations(group, 2)]
    return Linked(sorted(linked), scored, weights, table)


class _Table:
    """The rows, tidied once, and the levels of any pairs of them."""

    def __init__(self, rows: Sequence[Row], fields: Sequence[Field]) -> None:
        self.fields = tuple(fields)
        columns = {name for row in rows for name in row} | {field.column for field in fields}
        self.values: dict[str, list[str]] = {name: [tidy(row.get(name, "")) for row in rows] for name in columns}
        self._shares = {field.column: _shares(self.values[field.column]) for field in fields if field.rarity}

    def levels(self, pairs: Sequence[Pair]) -> Levels:
        """Return the levels of pairs: shape (pairs, fields)."""
        found = np.full((len(pairs), len(self.fields)), MISSING, dtype=np.int8)
        for place, field in enumerate(self.fields):
            compare, own = COMPARISONS[field.kind], self.values[field.column]
            other = self.values[field.swaps] if field.swaps else own
            for number, (one, two) in enumerate(pairs):
                level = compare(own[one], own[two])
                if field.swaps and level < LEVELS[field.kind] - 2 and other[one] + other[two]:
                    crossed = compare(own[one], other[two])
                    back = compare(other[one], own[two])
                    # Exchanged in one of the rows: both ways must agree, or one where the other has nothing.
                    both = min(crossed, back) if MISSING not in (crossed, back) else max(crossed, back)
                    level = max(level, both - SWAPPED_LEVEL_LOST if both > 2 else level)
                found[number, place] = level
        return found

    def rarity(self, pairs: Sequence[Pair], levels: Levels) -> Real:
        """Return the bits by which equal values say more than an average one: shape (pairs,)."""
        bits = np.zeros(len(pairs))
        for place, field in enumerate(self.fields):
            if not field.rarity:
                continue
            shares, average = self._shares[field.column]
            values = self.values[field.column]
            for number in np.flatnonzero(levels[:, place] == LEVELS[field.kind] - 1).tolist():
                share = shares[values[pairs[number][0]]]
                bits[number] += np.clip(np.log2(average / share), -RARITY_BITS_MAX, RARITY_BITS_MAX)
        return bits


def _shares(values: Iterable[str]) -> tuple[dict[str, float], float]:
    """Return the share of each value, and the chance that two of them are equal."""
    counts = Counter(value for value in values if value)
    total = max(1, sum(counts.values()))
    shares = {value: count / total for value, count in counts.items()}
    return shares, max(1e-9, sum(share * share for share in shares.values()))


def _candidates(table: _Table, blocks: Sequence[Sequence[str]], border: int | None) -> set[Pair]:
    found: set[Pair] = set()
    for block in blocks:
        buckets: dict[tuple[str, ...], list[int]] = {}
        for row, keys in enumerate(zip(*(_keys(table, column) for column in block), strict=True)):
            for key in itertools.product(*keys):
                buckets.setdefault(key, []).append(row)
        for rows in buckets.values():
            if 1 < len(rows) <= BLOCK_MAX:
                pairs = itertools.combinations(dict.fromkeys(rows), 2)
                found.update(pair for pair in pairs if border is None or pair[0] < border <= pair[1])
    return found


def _keys(table: _Table, column: str) -> Iterable[tuple[str, ...]]:
    """Return for each row the keys of one column of a block: none where it is empty."""
    name, _, letters = column.partition("^")
    for value in table.values[name.rstrip("~")]:
        if name.endswith("~"):
            yield skeletons(value.replace(" ", ""))[:2]
        else:
            yield (value[: int(letters)] if letters else value,) if value else ()


def _random_pairs(count: int, border: int | None, seed: int) -> list[Pair]:
    dice = random.Random(seed)
    wanted = min(RANDOM_PAIRS, count * count)
    pairs = []
    for _ in range(wanted):
        one = dice.randrange(border or count)
        other = dice.randrange(border or 0, count)
        if one != other:
            pairs.append((min(one, other), max(one, other)))
    return pairs


def quality(found: Iterable[Pair], true: Iterable[Pair]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of pairs of row numbers."""
    left, right = set(found), set(true)
    hits = len(left & right)
    precision, recall = hits / max(1, len(left)), hits / max(1, len(right))
    return precision, recall, 2 * precision * recall / max(1e-12, precision + recall)


__all__ = ["Field", "Linked", "Reason", "link", "quality"]
