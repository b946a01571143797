"""How likely help arrives: what a community's own history taught, resting on what a real crisis network learnt.

Of 6,932 matches of that network 59.7 % were delivered; 14.5 % failed because the giver no longer had it, 7.8 % because
the receiver could not be reached, 2.3 % because the giver could not, 2.6 % because the need was gone. With these shares
every estimate begins. Each is then a share of a community's own outcomes, smoothed: as if ``weight`` outcomes of the
network's sort had been seen before its own.

    expected = still there (by the offer's age) x who asked is reached x it works out (by kind) x the giver comes

Only the last is about a person. Somebody new has the network's share, exactly, and a bad day weighs little: it never
takes more than a quarter away. Those who ask are told apart by nothing: being hard to reach is no reason to wait.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

DELIVERED = 0.597
STILL_THERE = 1 - 0.145
REACHED = (1 - 0.078) * (1 - 0.026)
GIVER_COMES = 1 - 0.023
WORKS_OUT = DELIVERED / (STILL_THERE * REACHED * GIVER_COMES)

# As many outcomes of one's own weigh as much as the network's share.
CIRCLE_WEIGHT = 20
GIVER_WEIGHT = 10
GIVER_LEAST = 0.75

# Up to so many hours since an offer was posted or confirmed; the last band is everything older.
BANDS_HOURS = (48.0, 7 * 24.0, 14 * 24.0, 30 * 24.0)


@dataclass(frozen=True, slots=True)
class Tally:
    """Outcomes seen: how many went well, how many failed for the reason that is counted here. One that came late counts
    as half of each, so both may be halves."""

    good: float = 0.0
    bad: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.good < float("inf") and 0 <= self.bad < float("inf")):
            raise ValueError("outcomes are counted from 0 up")


NONE = Tally()


@dataclass(frozen=True, slots=True)
class History:
    """What a community saw: ``bands`` by the age of the offer (one more than BANDS_HOURS), ``kinds`` by code."""

    bands: tuple[Tally, ...] = (NONE,) * (len(BANDS_HOURS) + 1)
    reached: Tally = NONE
    kinds: Mapping[str, Tally] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.bands) != len(BANDS_HOURS) + 1:
            raise ValueError(f"bands must be {len(BANDS_HOURS) + 1}")


@dataclass(frozen=True, slots=True)
class Expected:
    """``offer``: how likely an offer of this age and kind ends well, whoever gives. ``whole``: with the giver's own
    record. ``still_there``: the part of it that is about the offer's age."""

    offer: float
    whole: float
    still_there: float


def share(tally: Tally, before: float, weight: float) -> float:
    """Return the share that goes well, as if ``weight`` outcomes had been seen before of which ``before`` went well."""
    return (tally.good + before * weight) / (tally.good + tally.bad + weight)


def band_of(age_hours: float) -> int:
    """Return the band of an offer's age."""
    return next((band for band, most in enumerate(BANDS_HOURS) if age_hours < most), len(BANDS_HOURS))


def expect(history: History, kind: str, age_hours: float, giver: Tally = NONE) -> Expected:
    """Return what may be expected of an offer of this kind and age, by somebody of this record."""
    still_there = share(history.bands[band_of(age_hours)], STILL_THERE, CIRCLE_WEIGHT)
    reached = share(history.reached, REACHED, CIRCLE_WEIGHT)
    works_out = share(history.kinds.get(kind, NONE), WORKS_OUT, CIRCLE_WEIGHT)
    offer = still_there * reached * works_out * GIVER_COMES
    return Expected(offer, min(1.0, offer * giver_factor(giver)), still_there)


def giver_factor(giver: Tally) -> float:
    """Return a giver's record beside that of somebody new: 1 for a newcomer, a little more for who always came, and
    never less than ``GIVER_LEAST``."""
    return max(GIVER_LEAST, share(giver, GIVER_COMES, GIVER_WEIGHT) / GIVER_COMES)
