"""What somebody is found by: keyed tokens of phones, of the sound of names and of the words of a door. Never the texts.

The key lies outside the database and the circle is part of what is hashed, so that two circles cannot be laid over each
other and a copy of the table tells nothing without the key file.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from taawun.ground.vault import machine
from taawun.solve.linking import names, persons, places
from taawun.solve.linking.persons import Person

# A need with a page of names is no person; what lies beyond finds nobody.
TOKENS_MAX = 40


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one person, by what they are of."""

    phones: frozenset[int]
    whole: frozenset[int]
    pairs: frozenset[int]
    doors: frozenset[int]

    @property
    def all(self) -> tuple[int, ...]:
        ranked = [*self.phones, *self.whole, *sorted(self.pairs), *sorted(self.doors)]
        return tuple(dict.fromkeys(ranked))[:TOKENS_MAX]

    @property
    def strong(self) -> frozenset[int]:
        """Those that few share."""
        return self.phones | self.whole


def person_of(*, name: str = "", phones: Iterable[str] = (), place: str = "", full_name: str = "") -> Person:
    called = tuple(one for one in (name, full_name) if one.strip())
    return Person(called, tuple(one for one in phones if one.strip()), place)


def tokens_of(circle_id: uuid.UUID, person: Person) -> Tokens:
    """Return the tokens of a person in a circle."""
    phones = [f"phone|{ending}" for ending in map(persons.phone_ending, person.phones) if ending]
    sounds = [key for name in person.names for key in names.keys(name)]
    whole = [f"name|{key}" for key in sounds if key.startswith("0:")]
    pairs = [f"name|{key}" for key in sounds if key.startswith("2:")]
    doors = [f"door|{key}" for key in places.keys(person.place)]
    made = machine.blind_tokens(f"likeness:{circle_id}", [*phones, *whole, *pairs, *doors])
    ends = [len(phones), len(phones) + len(whole), len(phones) + len(whole) + len(pairs)]
    return Tokens(
        frozenset(made[: ends[0]]),
        frozenset(made[ends[0] : ends[1]]),
        frozenset(made[ends[1] : ends[2]]),
        frozenset(made[ends[2] :]),
    )
