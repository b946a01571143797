"""The people of the town before any of them has joined anything, and the circles as the story sees them."""

import uuid
from dataclasses import dataclass, field
from random import Random

from taawun.community.circles.models import Area, Circle
from taawun.community.people.models import Account
from taawun.ground.values.place import Point
from taawun.house.demo import names
from taawun.house.demo.town import NAMED, QUARTERS, CirclePlan
from taawun.practice.aid.actions import Private

METRES_OF_A_DEGREE = 111_000.0
# How far from the middle of a quarter its people live, in metres.
SPREAD_METRES = 420.0
NOBODY = uuid.UUID(int=0)
# Nobody else is called as those the visitor signs in as.
_NAMED = frozenset(one.name for one in NAMED)


@dataclass(eq=False)
class Member:
    """Somebody who gives and receives. ``keeper`` acts for those who cannot click: paper members and organisations."""

    name: str
    language: str
    speaks: tuple[str, ...]
    quarter: int
    point: Point
    door: str
    address: str
    phone: str
    energy: float
    kind: str = "person"
    gives: tuple[str, ...] = ()
    keeper: "Member | None" = None
    account: Account | None = None
    # Known as soon as somebody has an account or was entered.
    agent_id: uuid.UUID = NOBODY

    @property
    def acts(self) -> "Member":
        """Who clicks for this member."""
        return self.keeper or self

    def private(self, chance: Random) -> Private:
        """Return what only the one who helps will see."""
        return Private(reach=self.phone, door=self.door, details=names.note_of(chance, self.language), point=self.point)


@dataclass(eq=False)
class Commons:
    """A circle in the story: who is in it, by what they may do, and where its areas are by quarter."""

    plan: CirclePlan
    circle: Circle
    areas: dict[int, Area]
    chance: Random
    members: list[Member] = field(default_factory=list)
    coordinators: list[Member] = field(default_factory=list)

    def area_id(self, quarter: int) -> uuid.UUID | None:
        area = self.areas.get(quarter)
        return area.id if area is not None else None


class Registry:
    """Makes people, each with a name, number and door of their own."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._made = 0

    def person(self, quarter: int | None = None) -> Member:
        name, language = names.name_of(self._chance, self._made)
        while name in _NAMED:
            name, language = names.name_of(self._chance, self._made)
        return self.make(name, language, self._speaks(language), quarter)

    def make(
        self, name: str, language: str, speaks: tuple[str, ...], quarter: int | None = None, address: str = ""
    ) -> Member:
        chance, number = self._chance, self._made
        self._made += 1
        if quarter is None:
            quarter = chance.choices(range(len(QUARTERS)), [one.people for one in QUARTERS])[0]
        phone = names.phone_of(number)
        # Two in three sign in by e-mail. The domain is set aside for examples.
        reached = phone if number % 3 == 0 else f"neighbour{number}@example.org"
        return Member(
            name=name,
            language="ar" if language == "ar" else "en",
            speaks=speaks,
            quarter=quarter,
            point=self._home(quarter),
            door=names.door_of(chance, language),
            address=address or reached,
            phone=phone,
            # A few carry much, many carry a little.
            energy=chance.lognormvariate(0.0, 1.1),
        )

    def _speaks(self, language: str) -> tuple[str, ...]:
        if language not in {"ar", "en"}:
            return (language, self._chance.choice(("ar", "en")))
        also = self._chance.choices(("", "en" if language == "ar" else "ar", "fr"), (55, 35, 10))[0]
        return (language, also) if also else (language,)

    def _home(self, quarter: int) -> Point:
        middle, spread = QUARTERS[quarter].middle, SPREAD_METRES / METRES_OF_A_DEGREE
        return Point(
            round(middle.latitude + self._chance.gauss(0, spread), 6),
            round(middle.longitude + abs(self._chance.gauss(0, spread)), 6),
        )
