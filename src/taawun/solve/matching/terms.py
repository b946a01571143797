"""What one possible match is judged by, and what the judgement is made of: data a community can read and change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from taawun.solve.matching.success import Expected

Fact = int | float | str | Fraction | datetime | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """When the two sides' time windows meet: ``minutes`` in common, 0 when they never do, and when that begins."""

    minutes: int
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One offer seen from a request, or one request seen from an offer. ``id`` settles ties.

    distance_km              None when one of the two has no place
    same_area                both named the same area
    shared_languages         codes, the one to speak first in front
    overlap                  None when either side named no time
    urgency                  0 (whenever) to 3 (now), of the request
    age_hours                since the candidate was posted or renewed
    giver_recent_help_count  tasks the giver took on in the last 30 days
    giver_helped_total       tasks the giver has ever completed
    fits_fraction            how much of what is needed the offer covers, 0 to 1
    vetted                   the circle has checked the giver for this kind
    expected                 how likely the help arrives, by what the circle learnt (success.py); None when it does not learn
    """

    id: str
    distance_km: float | None = None
    same_area: bool = False
    shared_languages: tuple[str, ...] = ()
    overlap: Overlap | None = None
    urgency: int = 1
    age_hours: float = 0.0
    giver_recent_help_count: int = 0
    giver_helped_total: int = 0
    fits_fraction: Fraction = Fraction(1)
    vetted: bool = False
    expected: Expected | None = None

    def __post_init__(self) -> None:
        if self.distance_km is not None and not 0 <= self.distance_km < float("inf"):
            raise ValueError("distance_km must be 0 or more")
        if not 0 <= self.urgency <= 3:
            raise ValueError("urgency must be 0, 1, 2 or 3")
        if not 0 <= self.age_hours < float("inf"):
            raise ValueError("age_hours must be 0 or more")
        if self.giver_recent_help_count < 0 or self.giver_helped_total < 0:
            raise ValueError("counts must be 0 or more")
        if not 0 <= self.fits_fraction <= 1:
            raise ValueError("fits_fraction must lie between 0 and 1")


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each term weighs, in points. The defaults let a whole match next door outweigh everything but time.

    distance_points          for a door next to one's own; half as many at ``distance_half_km``, a third at twice that
    distance_half_km         kilometres
    same_area_points         instead of a distance, when only the area's name is known
    language_points          for a shared language; nothing is taken away when none is known to be shared
    time_points              when the windows meet; as many are taken away when they do not
    urgency_points           per step of urgency above "whenever"
    age_points_per_day       per day since posting: below 0 an old offer has gone stale, above 0 a request has waited long
    age_days_most            days after which age adds nothing more
    fairness_points          taken away for the giver's n-th recent task, n times: 1, 3, 6, 10 … times this number
    fairness_points_most     the most that fairness takes away
    experience_points        for someone who has helped often; half of them from ``experience_half_count`` tasks on
    experience_half_count    tasks
    fit_points               for covering the whole quantity, and in proportion for a part
    vetted_points            for a giver the circle has checked
    success_points           for help that is certain to arrive, and in proportion for what is less likely to
    """

    distance_points: float = 40.0
    distance_half_km: float = 3.0
    same_area_points: float = 24.0
    language_points: float = 10.0
    time_points: float = 20.0
    urgency_points: float = 8.0
    age_points_per_day: float = -1.0
    age_days_most: float = 10.0
    fairness_points: float = 1.0
    fairness_points_most: float = 25.0
    experience_points: float = 6.0
    experience_half_count: float = 3.0
    fit_points: float = 20.0
    vetted_points: float = 4.0
    success_points: float = 20.0

    def __post_init__(self) -> None:
        if self.distance_half_km <= 0 or self.experience_half_count <= 0:
            raise ValueError("distance_half_km and experience_half_count must be above 0")


OFFERS_FOR_A_REQUEST = Weights()
"""Looking for who can help: a fresh offer is likelier to be still there."""

REQUESTS_FOR_AN_OFFER = Weights(age_points_per_day=1.0)
"""Looking for whom to help: who has waited longer comes first."""


@dataclass(frozen=True, slots=True)
class Term:
    """One reason: a code the page has a sentence for, the points it brought, and the facts of the sentence.

    Codes: distance.known, distance.area, distance.unknown, language.shared, time.meets, time.clash, urgency.stated,
    age.hours, fairness.recent_help, experience.helped, quantity.whole, quantity.part, quantity.none, vetted.yes,
    success.expected.
    """

    code: str
    points: float
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its total; ``terms`` are in the order of ``score.TERMS`` and add up to it.

    ``quiet`` is what one giver's own record adds to the order and to nothing that is shown: what is told of a match is
    about the offer, never about the person.
    """

    candidate: Candidate
    total: float
    terms: tuple[Term, ...]
    quiet: float = 0.0
