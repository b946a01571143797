"""Whether two entries of a list are of one person: names, phones and doors, each with what it says, in bits.

The weights are data. Their defaults are what such lists taught others (a shared phone is mostly one household, a shared
full name mostly one person), not measured on anybody's records; a table that is large enough teaches its own
(``tables.link``). Nothing is decided here: a person looks at what is likely.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from taawun.solve.linking import names, places
from taawun.solve.linking.names import Compared


@dataclass(frozen=True, slots=True)
class Person:
    """What an entry says of somebody. ``phones`` in any one form (E.164 is best); e-mail addresses count as phones do."""

    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class PersonWeights:
    """Bits. ``likely`` is from where a pair is worth a look."""

    phone_same: float = 9.0
    phone_near: float = 3.0
    phone_other: float = -1.0
    name_same: float = 9.0
    name_spelt: float = 7.0
    name_one_part: float = 3.0
    name_other: float = -7.0
    name_other_part: float = -6.0
    place_same: float = 4.0
    place_near: float = 2.0
    place_other: float = -1.0
    likely: float = 6.0


DEFAULT: Final = PersonWeights()
PLACE_SAME = 0.8
PLACE_NEAR = 0.55
NUMBER_MIN = 7
_END = 9


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that speaks for or against: ``phone.same``, ``name.spelling``, ``place.near`` and so on; bits."""

    code: str
    bits: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """The sum and its terms, the strongest first."""

    bits: float
    terms: tuple[Term, ...]

    def is_likely(self, weights: PersonWeights = DEFAULT) -> bool:
        return self.bits >= weights.likely


def compare(one: Person, other: Person, *, sharing: int = 1, weights: PersonWeights = DEFAULT) -> Likeness:
    """Return what speaks for one person. ``sharing``: how many entries of the list bear this name: a common one says less."""
    terms = [
        term
        for term in (
            _phones(one.phones, other.phones, weights),
            _names(one.names, other.names, sharing, weights),
            _places(one.place, other.place, weights),
        )
        if term is not None
    ]
    terms.sort(key=lambda term: -abs(term.bits))
    return Likeness(round(sum(term.bits for term in terms), 2), tuple(terms))


def _phones(one: Iterable[str], other: Iterable[str], weights: PersonWeights) -> Term | None:
    left = {digits for digits in map(_digits, one) if digits}
    right = {digits for digits in map(_digits, other) if digits}
    if not left or not right:
        return None
    if any(_is_end(a, b) or _is_end(b, a) for a in left for b in right):
        return Term("phone.same", weights.phone_same)
    near = any(len(a) == len(b) >= NUMBER_MIN and a.isdigit() and OSA.distance(a, b) == 1 for a in left for b in right)
    return Term("phone.near", weights.phone_near) if near else Term("phone.other", weights.phone_other)


def _is_end(short: str, long: str) -> bool:
    """A number written at home is the end of the same one written with its country."""
    return len(short) >= NUMBER_MIN and long.endswith(short)


def _digits(phone: str) -> str:
    """Return the digits of a phone without leading zeros, an e-mail address whole; nothing for what is neither."""
    if "@" in phone:
        return phone.strip().casefold()
    digits = "".join(str(int(one)) for one in phone if one.isdecimal())
    digits = re.sub(r"^0+", "", digits)
    return digits if len(digits) >= NUMBER_MIN else ""


def phone_ending(phone: str) -> str:
    """Return the digits a phone is found by: the last nine, mostly without country code; an e-mail address whole."""
    digits = _digits(phone)
    return digits if "@" in digits else digits[-_END:]


def _names(one: Iterable[str], other: Iterable[str], sharing: int, weights: PersonWeights) -> Term | None:
    found = best_name(one, other)
    if found is None:
        return None
    if found.score >= names.SAME:
        bits = weights.name_same if found.score >= 0.95 and found.code != "order" else weights.name_spelt
        if found.code == "one_part":
            bits = weights.name_one_part
        return Term(f"name.{found.code}", round(max(0.5, bits - math.log2(max(1, sharing))), 2))
    if found.code == "one_part" and found.score >= 0.55:
        return Term("name.one_part", weights.name_one_part / 2)
    against = weights.name_other_part if found.code in {"other_part", "other_first"} else weights.name_other
    return Term(f"name.{found.code}", against)


def best_name(one: Iterable[str], other: Iterable[str]) -> Compared | None:
    """Compare every name of one with every name of the other, and return the best; None where a side has none."""
    pairs = [(a, b) for a in one if a.strip() for b in other if b.strip()]
    compared = [found for found in (names.compare(a, b) for a, b in pairs) if found.code != "nothing"]
    return max(compared, key=lambda found: found.score, default=None)


def _places(one: str, other: str, weights: PersonWeights) -> Term | None:
    if not places.words_of(one) or not places.words_of(other):
        return None
    like = places.compare(one, other)
    if like >= PLACE_SAME:
        return Term("place.same", weights.place_same)
    return Term("place.near", weights.place_near) if like >= PLACE_NEAR else Term("place.other", weights.place_other)
