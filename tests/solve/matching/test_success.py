"""What went wrong teaches: the network's shares without a history, one's own with one, and nobody new is punished."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taawun.solve.matching.score import rank, score
from taawun.solve.matching.success import (
    BANDS_HOURS,
    DELIVERED,
    GIVER_LEAST,
    STILL_THERE,
    History,
    Tally,
    band_of,
    expect,
    giver_factor,
)
from taawun.solve.matching.terms import OFFERS_FOR_A_REQUEST, Candidate, Weights

COUNTS = st.integers(0, 10_000)


def test_without_a_history_every_offer_has_the_networks_share():
    for age in (0, 100, 300, 700, 9000):
        found = expect(History(), "food.bread", age)
        assert found.whole == found.offer
        assert found.offer == pytest.approx(DELIVERED)
        assert found.still_there == pytest.approx(STILL_THERE)


def test_old_offers_that_turned_out_stale_make_old_offers_less_likely_and_fresh_ones_not():
    bands = (Tally(40, 1), Tally(), Tally(), Tally(), Tally(5, 20))
    history = History(bands)
    old, fresh = expect(history, "food.bread", 2000), expect(history, "food.bread", 1)
    # (5 + 0.855 x 20) of (25 + 20), and (40 + 0.855 x 20) of (41 + 20).
    assert old.still_there == pytest.approx(22.1 / 45) and fresh.still_there == pytest.approx(57.1 / 61)
    assert old.offer < expect(History(), "food.bread", 2000).offer < fresh.offer


def test_a_band_ends_where_the_next_begins():
    assert [band_of(0), band_of(47.9), band_of(48), band_of(BANDS_HOURS[-1]), band_of(1e9)] == [0, 0, 1, 4, 4]


@given(good=COUNTS, bad=COUNTS)
def test_nobody_new_is_punished_and_no_record_counts_more_than_a_quarter(good, bad):
    factor = giver_factor(Tally(good, bad))
    assert giver_factor(Tally()) == 1.0
    assert GIVER_LEAST <= factor <= 1 / 0.977 + 1e-9
    # Who always came is before a newcomer by a little, who failed is behind, and never the other way round.
    assert factor >= 1 if bad == 0 else True
    assert giver_factor(Tally(good, bad + 1)) <= factor <= giver_factor(Tally(good + 1, bad))


def test_the_term_is_about_the_offer_and_only_the_order_knows_the_giver():
    reliable, unlucky = Tally(30, 0), Tally(0, 5)
    one, other = (
        Candidate(name, distance_km=1.0, expected=expect(History(), "food.bread", 0, record))
        for name, record in (("b", reliable), ("a", unlucky))
    )
    scored = [score(one, OFFERS_FOR_A_REQUEST), score(other, OFFERS_FOR_A_REQUEST)]
    assert scored[0].total == scored[1].total and scored[0].terms == scored[1].terms
    [term] = [term for term in scored[0].terms if term.code == "success.expected"]
    assert term.points == pytest.approx(20 * DELIVERED, abs=0.001)
    assert [found.candidate.id for found in rank([other, one], OFFERS_FOR_A_REQUEST, 2)] == ["b", "a"]


def test_switched_off_it_changes_nothing():
    off = Weights(success_points=0.0)
    one = Candidate("a", distance_km=1.0, expected=expect(History(), "food.bread", 0, Tally(0, 50)))
    assert score(one, off) == score(one, off).__class__(
        one, score(one, off).total, score(Candidate("a", distance_km=1.0), off).terms
    )
    assert score(one, off).quiet == 0.0


@pytest.mark.parametrize("counts", [(-1, 0), (0, float("nan")), (float("inf"), 0)])
def test_counts_that_are_none_are_refused(counts):
    with pytest.raises(ValueError, match="counted"):
        Tally(*counts)
