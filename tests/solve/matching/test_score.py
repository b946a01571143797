"""A score is the sum of the reasons it shows, and each reason pulls the way its words say."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.solve.matching.score import rank, score
from taawun.solve.matching.terms import OFFERS_FOR_A_REQUEST, REQUESTS_FOR_AN_OFFER, Candidate, Overlap, Weights

THURSDAY = datetime(2024, 5, 16, 9, tzinfo=UTC)
PLAIN = Candidate("b", distance_km=2.1, age_hours=24)

overlaps = st.none() | st.builds(Overlap, st.integers(0, 10_000), st.just(THURSDAY))
candidates = st.builds(
    Candidate,
    id=st.text(min_size=1, max_size=4),
    distance_km=st.none() | st.floats(0, 20_000),
    same_area=st.booleans(),
    shared_languages=st.lists(st.sampled_from(["ar", "en", "ur"]), unique=True).map(tuple),
    overlap=overlaps,
    urgency=st.integers(0, 3),
    age_hours=st.floats(0, 10_000),
    giver_recent_help_count=st.integers(0, 500),
    giver_helped_total=st.integers(0, 5_000),
    fits_fraction=st.fractions(0, 1),
    vetted=st.booleans(),
)


@given(candidates)
def test_the_total_is_what_the_terms_add_up_to(candidate: Candidate) -> None:
    scored = score(candidate, OFFERS_FOR_A_REQUEST)
    assert scored.total == pytest.approx(sum(term.points for term in scored.terms), abs=1e-3)
    assert len({term.code for term in scored.terms}) == len(scored.terms)


@given(st.lists(candidates, max_size=12, unique_by=lambda one: one.id), st.randoms(), st.integers(0, 5))
def test_the_ranking_does_not_depend_on_the_order_given(several: list[Candidate], random, limit: int) -> None:  # type: ignore[no-untyped-def]
    shuffled = random.sample(several, len(several))
    ranked = rank(several, OFFERS_FOR_A_REQUEST, limit)
    assert ranked == rank(shuffled, OFFERS_FOR_A_REQUEST, limit)
    assert len(ranked) == min(limit, len(several))
    assert [one.total for one in ranked] == sorted((one.total for one in ranked), reverse=True)


def test_equal_candidates_come_in_the_order_of_their_ids() -> None:
    ranked = rank([replace(PLAIN, id=name) for name in "cab"], OFFERS_FOR_A_REQUEST, 3)
    assert [one.candidate.id for one in ranked] == ["a", "b", "c"]


BETTER = [
    ("nearer", {"distance_km": 1.0}, {}),
    (
        "a known distance that is short, over the area's name",
        {"distance_km": 0.5},
        {"distance_km": None, "same_area": True},
    ),
    ("the same area over nothing", {"distance_km": None, "same_area": True}, {"distance_km": None}),
    ("a shared language", {"shared_languages": ("ur",)}, {}),
    ("a time that meets over none named", {"overlap": Overlap(120, THURSDAY)}, {}),
    ("none named over a clash", {}, {"overlap": Overlap(0)}),
    ("a whole hour over ten minutes", {"overlap": Overlap(60)}, {"overlap": Overlap(10)}),
    ("more urgent", {"urgency": 3}, {"urgency": 2}),
    ("a fresher offer", {"age_hours": 1.0}, {"age_hours": 48.0}),
    ("who has helped less this month", {"giver_recent_help_count": 1}, {"giver_recent_help_count": 2}),
    ("who has helped before", {"giver_helped_total": 2}, {}),
    ("the whole quantity", {}, {"fits_fraction": Fraction(1, 2)}),
    ("vetted", {"vetted": True}, {}),
]


@pytest.mark.parametrize(("better", "worse"), [row[1:] for row in BETTER], ids=[row[0] for row in BETTER])
def test_what_is_better_scores_higher(better: dict[str, object], worse: dict[str, object]) -> None:
    first, second = (score(replace(PLAIN, **change), OFFERS_FOR_A_REQUEST) for change in (better, worse))  # type: ignore[arg-type]
    assert first.total > second.total


def test_each_further_recent_task_weighs_more_until_the_most() -> None:
    totals = [score(replace(PLAIN, giver_recent_help_count=n), OFFERS_FOR_A_REQUEST).total for n in range(9)]
    steps = [round(before - after, 3) for before, after in pairwise(totals)]
    assert steps[:6] == [1, 2, 3, 4, 5, 6]
    assert steps[6:] == [4, 0]


def test_a_request_that_has_waited_longer_comes_first_for_a_giver() -> None:
    waiting, new = replace(PLAIN, id="w", age_hours=72), replace(PLAIN, id="a", age_hours=1)
    assert [one.candidate.id for one in rank([new, waiting], REQUESTS_FOR_AN_OFFER, 2)] == ["w", "a"]


def test_a_page_gets_codes_and_facts() -> None:
    candidate = Candidate(
        "x", 2.1, shared_languages=("ur",), overlap=Overlap(180, THURSDAY), giver_recent_help_count=2, vetted=True
    )
    terms = {term.code: dict(term.facts) for term in score(candidate, Weights()).terms}
    assert terms == {
        "distance.known": {"distance_km": 2.1},
        "language.shared": {"languages": ("ur",)},
        "time.meets": {"minutes": 180, "starts_at": THURSDAY},
        "urgency.stated": {"urgency": 1},
        "age.hours": {"age_hours": 0.0},
        "fairness.recent_help": {"count": 2},
        "quantity.whole": {"fraction": Fraction(1)},
        "vetted.yes": {},
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"distance_km": -1.0}, {"distance_km": float("nan")}, {"distance_km": float("inf")}, {"urgency": 4},
        {"age_hours": float("nan")}, {"giver_recent_help_count": -1}, {"fits_fraction": Fraction(3, 2)},
    ],
)  # fmt: skip
def test_a_candidate_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        replace(PLAIN, **wrong)  # type: ignore[arg-type]
