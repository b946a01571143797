"""How far two values of one field agree, as a level from 0 (nothing alike) to ``LEVELS[kind] - 1`` (equal).

Levels and not figures: that a typed word is almost right says the same of every word, and how much it says is learnt
(see ``weighing``). A value that is empty on either side is ``MISSING``.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA, JaroWinkler

from taawun.solve.linking.sounds import folded, skeletons
from taawun.solve.linking.weighing import MISSING

LEVELS: Final[Mapping[str, int]] = {"word": 6, "words": 5, "number": 4, "day": 5, "code": 4}


@lru_cache(maxsize=262144)
def word(one: str, other: str) -> int:
    """Compare names and other single words: equal, one slip, sounds the same, much alike, a little, not."""
    if not one or not other:
        return MISSING
    if one == other:
        return 5
    slips = OSA.distance(one, other)
    longest = max(len(one), len(other))
    if slips == 1 and longest > 3:
        return 4
    if set(skeletons(one)) & set(skeletons(other)) and JaroWinkler.similarity(one, other) > 0.75:
        return 3
    # One is the beginning of the other: Catherine and Cath; or two slips in a long word.
    if (slips <= 2 and longest > 5) or (
        min(len(one), len(other)) >= 3 and (one.startswith(other) or other.startswith(one))
    ):
        return 2
    return 1 if slips / longest < 0.5 else 0


@lru_cache(maxsize=262144)
def words(one: str, other: str) -> int:
    """Compare streets, places and other rows of words: equal, one slip, the same words, alike, not. Spaces count little."""
    if not one or not other:
        return MISSING
    if one == other:
        return 4
    left, right = one.replace(" ", ""), other.replace(" ", "")
    slips = OSA.distance(left, right)
    longest = max(len(left), len(right))
    if slips <= 1 and longest > 4:
        return 3
    if sorted(one.split()) == sorted(other.split()) or slips / longest <= 0.2:
        return 2
    return 1 if slips / longest <= 0.4 or _shares_a_word(one, other) else 0


def _shares_a_word(one: str, other: str) -> bool:
    return any(len(part) > 4 for part in set(one.split()) & set(other.split()))


@lru_cache(maxsize=262144)
def number(one: str, other: str) -> int:
    """Compare house numbers, postcodes: equal, two digits exchanged or one wrong, one missing, other."""
    if not one or not other:
        return MISSING
    if one == other:
        return 3
    slips = OSA.distance(one, other)
    if slips == 1:
        return 2 if len(one) == len(other) and len(one) > 1 else 1
    return 0


@lru_cache(maxsize=262144)
def day(one: str, other: str) -> int:
    """Compare days written YYYYMMDD: equal, one slip or day and month exchanged, two of three parts, the year, other."""
    left, right = re.sub(r"\D", "", one), re.sub(r"\D", "", other)
    if len(left) != 8 or len(right) != 8:
        return MISSING
    if left == right:
        return 4
    if OSA.distance(left, right) == 1 or left == right[:4] + right[6:] + right[4:6]:
        return 3
    parts = sum(left[begin:end] == right[begin:end] for begin, end in ((0, 4), (4, 6), (6, 8)))
    return 2 if parts == 2 else 1 if parts == 1 and OSA.distance(left, right) <= 3 else 0


@lru_cache(maxsize=262144)
def code(one: str, other: str) -> int:
    """Compare numbers of papers and phones: equal, one slip, two slips, other."""
    if not one or not other:
        return MISSING
    if one == other:
        return 3
    slips = OSA.distance(one, other)
    return 2 if slips == 1 else 1 if slips == 2 and min(len(one), len(other)) > 5 else 0


COMPARISONS: Final[Mapping[str, Callable[[str, str], int]]] = {
    "word": word, "words": words, "number": number, "day": day, "code": code,
}  # fmt: skip


def tidy(value: str) -> str:
    """Return a value as it is compared: folded, single spaces."""
    return " ".join(folded(value).split())
