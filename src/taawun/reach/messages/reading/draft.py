"""What was read of a message: plain values, each with the words it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Generic, Literal, TypeVar

Direction = Literal["request", "offer"]
Span = tuple[int, int]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A value and where it stands: ``text[start:end]`` for each of its spans."""

    value: Value
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as it was written, and in its normal form where it is a number in use."""

    written: str
    e164: str = ""

    @property
    def best(self) -> str:
        return self.e164 or self.written


@dataclass(frozen=True, slots=True)
class When:
    """A day, and the hour if one was said (in minutes from midnight)."""

    day: date
    minute: int | None = None


@dataclass(frozen=True, slots=True)
class Also:
    """A further kind that the same message asks for or offers, and how much of it."""

    kind: Found[str]
    quantity: Found[Fraction] | None = None
    counts_unit: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """One need or offer, as far as the message says it. ``text`` is the part of the paste that ``spans`` count in."""

    text: str
    languages: tuple[str, ...] = ()
    direction: Found[Direction] | None = None
    kind: Found[str] | None = None
    """A code of the catalogue."""
    also: tuple[Also, ...] = ()
    quantity: Found[Fraction] | None = None
    """How many or how much of the kind."""
    counts_unit: bool = True
    """Whether that is in the kind's unit: "3 shovels" is three shovels, though they are lent by the day."""
    phones: tuple[Found[Phone], ...] = ()
    places: tuple[Found[str], ...] = ()
    area: Found[str] | None = None
    """One of the areas the caller named, by its id."""
    urgency: Found[int] | None = None
    """0 whenever, 1 this week, 2 soon, 3 now."""
    when: Found[When] | None = None
    name: Found[str] | None = None
    withdrawn: Found[bool] | None = None
    """Set where the message says that it is over: there is nothing to post."""

    @property
    def says_something(self) -> bool:
        """Whether there is anything to make a need or an offer from."""
        return (
            self.kind is not None
            or self.withdrawn is not None
            or (self.direction is not None and bool(self.direction.spans))
        )

    @property
    def phone(self) -> Found[Phone] | None:
        return self.phones[0] if self.phones else None

    def marked(self) -> Sequence[tuple[str, Span]]:
        """Return what each marked piece of the text became, in the order of the text and without overlaps."""
        marks: list[tuple[str, Span]] = []
        named = (
            ("withdrawn", self.withdrawn),
            ("phone", None),
            ("quantity", self.quantity),
            ("kind", self.kind),
            ("when", self.when),
            ("name", self.name),
            ("urgency", self.urgency),
            ("direction", self.direction),
        )
        for label, found in named:
            if label == "phone":
                marks += [("phone", span) for one in self.phones for span in one.spans]
            elif found is not None:
                marks += [(label, span) for span in found.spans]
        marks += [("also", span) for one in self.also for span in one.kind.spans]
        marks += [("place", span) for one in self.places for span in one.spans]
        kept: list[tuple[str, Span]] = []
        for label, (start, end) in marks:
            if start < end and all(end <= other[0] or other[1] <= start for _label, other in kept):
                kept.append((label, (start, end)))
        return sorted(kept, key=lambda mark: mark[1])
