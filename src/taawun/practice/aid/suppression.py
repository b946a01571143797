"""Figures that name nobody: which rows of a table stay hidden, so that no small group shows, not by subtraction either. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

SMALL = 5
"""A group of fewer people than this is hidden."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """The rows that stay hidden, by their place, and whether the total may be shown."""

    rows: frozenset[int]
    total_shown: bool


def is_small(count: int) -> bool:
    return 0 < count < SMALL


def hide(rows: Sequence[Sequence[int]], total: Sequence[int], also: Collection[int] = ()) -> Hidden:
    """Return what to hide of a table. Each row is its counts of people; all of a row is shown or none of it.

    A row with a small count is hidden. Since the total minus the rows shown gives the rest away, at least two rows are
    hidden then, and together they are no small group: the smallest of the others is hidden with them, until that holds.
    Where nothing is left to hide, the total is not shown. Rows of nobody stay: they tell of no one.
    """
    hidden = {place for place, row in enumerate(rows) if any(is_small(count) for count in row)} | set(also)
    shown_total = not any(is_small(count) for count in total)
    while hidden and not _is_safe([rows[place] for place in hidden]):
        others = [place for place, row in enumerate(rows) if place not in hidden and any(row)]
        if not others:
            shown_total = False
            break
        hidden.add(min(others, key=lambda place: (max(rows[place]), place)))
    return Hidden(frozenset(hidden), shown_total)


def _is_safe(rows: Sequence[Sequence[int]]) -> bool:
    some = [row for row in rows if any(row)]
    if len(some) < 2:
        return False
    return not any(is_small(sum(counts)) for counts in zip(*rows, strict=True))
