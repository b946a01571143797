"""The score of one possible match: a sum of terms, each visible, so that a page can say why it is suggested."""

import heapq
from collections.abc import Callable, Iterable

from taawun.solve.matching.terms import Candidate, Fact, Scored, Term, Weights

MINUTES_ENOUGH = 60
HOURS_PER_DAY = 24.0


def score(candidate: Candidate, weights: Weights) -> Scored:
    """Return the total and the terms it is made of."""
    found = (term(candidate, weights) for term in TERMS)
    terms = tuple(term for term in found if term is not None)
    return Scored(candidate, round(sum(term.points for term in terms), 3), terms, _quiet(candidate, weights))


def rank(candidates: Iterable[Candidate], weights: Weights, limit: int) -> list[Scored]:
    """Return the best ``limit`` candidates, best first; equal totals in the order of their ids, so that the same list
    comes out whatever order they went in."""
    scored = (score(candidate, weights) for candidate in candidates)
    return heapq.nsmallest(limit, scored, key=lambda one: (-one.total - one.quiet, one.candidate.id))


def _term(code: str, points: float, **facts: Fact) -> Term:
    # A thousandth of a point decides nothing; rounding keeps what is shown equal to what is added up.
    return Term(code, round(points, 3), facts)


def _distance(candidate: Candidate, weights: Weights) -> Term:
    if candidate.distance_km is not None:
        nearness = weights.distance_half_km / (weights.distance_half_km + candidate.distance_km)
        return _term("distance.known", weights.distance_points * nearness, distance_km=candidate.distance_km)
    if candidate.same_area:
        return _term("distance.area", weights.same_area_points)
    return _term("distance.unknown", 0.0)


def _language(candidate: Candidate, weights: Weights) -> Term | None:
    if not candidate.shared_languages:
        return None
    return _term("language.shared", weights.language_points, languages=candidate.shared_languages)


def _time(candidate: Candidate, weights: Weights) -> Term | None:
    overlap = candidate.overlap
    if overlap is None:
        return None
    if overlap.minutes <= 0:
        return _term("time.clash", -weights.time_points)
    share = min(1.0, overlap.minutes / MINUTES_ENOUGH)
    return _term("time.meets", weights.time_points * share, minutes=overlap.minutes, starts_at=overlap.starts_at)


def _urgency(candidate: Candidate, weights: Weights) -> Term:
    return _term("urgency.stated", weights.urgency_points * candidate.urgency, urgency=candidate.urgency)


def _age(candidate: Candidate, weights: Weights) -> Term:
    days = min(candidate.age_hours / HOURS_PER_DAY, weights.age_days_most)
    return _term("age.hours", weights.age_points_per_day * days, age_hours=candidate.age_hours)


def _fairness(candidate: Candidate, weights: Weights) -> Term | None:
    count = candidate.giver_recent_help_count
    if not count:
        return None
    weight = min(weights.fairness_points * count * (count + 1) / 2, weights.fairness_points_most)
    return _term("fairness.recent_help", -weight, count=count)


def _experience(candidate: Candidate, weights: Weights) -> Term | None:
    count = candidate.giver_helped_total
    if not count:
        return None
    share = count / (count + weights.experience_half_count)
    return _term("experience.helped", weights.experience_points * share, count=count)


def _quantity(candidate: Candidate, weights: Weights) -> Term:
    fraction = candidate.fits_fraction
    code = "quantity.whole" if fraction == 1 else "quantity.part" if fraction else "quantity.none"
    return _term(code, weights.fit_points * float(fraction), fraction=fraction)


def _vetted(candidate: Candidate, weights: Weights) -> Term | None:
    return _term("vetted.yes", weights.vetted_points) if candidate.vetted else None


def _success(candidate: Candidate, weights: Weights) -> Term | None:
    expected = candidate.expected
    if expected is None or not weights.success_points:
        return None
    return _term(
        "success.expected", weights.success_points * expected.offer, share=expected.offer,
        still_there=expected.still_there, age_hours=candidate.age_hours,
    )  # fmt: skip


def _quiet(candidate: Candidate, weights: Weights) -> float:
    """Return what the giver's own record changes: nothing for a newcomer."""
    expected = candidate.expected
    return 0.0 if expected is None else weights.success_points * (expected.whole - expected.offer)


TERMS: tuple[Callable[[Candidate, Weights], Term | None], ...] = (
    _distance,
    _language,
    _time,
    _urgency,
    _age,
    _fairness,
    _experience,
    _quantity,
    _vetted,
    _success,
)
