"""Help in rounds: what the rates, the patience and the limits say is what goes out."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.solve.matching.rounds import Limits, Patience, Rates, Round, Sent, send


def board(
    offers: list[tuple[int, int, float]],
    requests: list[tuple[int, int, int]],
    pairs: list[tuple[int, int, float]],
    ways_before: list[int] | None = None,
) -> Round:
    """offers: (quantity, giver, days waited); requests: (still needed, asked, receiver); pairs: (offer, request, km)."""
    o, r, p = (np.array(rows, dtype=float).reshape(-1, 3).T for rows in (offers, requests, pairs))
    whole = np.int64
    givers = int(o[1].max(initial=-1)) + 1
    return Round(
        o[0].astype(whole), o[1].astype(whole), o[2], r[0].astype(whole), r[1].astype(whole), np.ones(len(requests)),
        r[2].astype(whole), p[0].astype(whole), p[1].astype(whole), p[2], np.array(ways_before or [0] * givers, dtype=whole),
    )  # fmt: skip


def go(
    one: Round, rates: Rates, patience: Patience | None = None, limits: Limits | None = None
) -> dict[tuple[int, int], int]:
    sent = send(one, rates, patience, limits, time_limit_seconds=5, seed=1)
    parts = zip(sent.offer, sent.request, sent.quantity, strict=True)
    return {(int(offer), int(request)): int(quantity) for offer, request, quantity in parts}


def test_small_requests_first_when_a_request_met_is_what_counts() -> None:
    one = board([(10, 0, 0)], [(10, 10, 0), (4, 4, 1), (6, 6, 2)], [(0, 0, 1), (0, 1, 1), (0, 2, 1)])
    assert go(one, Rates()) == {(0, 1): 4, (0, 2): 6}


def test_ways_that_cost_leave_one_large_parcel() -> None:
    one = board([(10, 0, 0)], [(10, 10, 0), (4, 4, 1), (6, 6, 2)], [(0, 0, 1), (0, 1, 1), (0, 2, 1)])
    assert go(one, Rates(unit=1, way=2)) == {(0, 0): 10}


def test_what_was_met_before_counts_by_the_share_of_what_was_asked() -> None:
    """Two of the last of a hundred are a small step; two of two are everything."""
    one = board([(2, 0, 0)], [(2, 100, 0), (2, 2, 1)], [(0, 0, 1), (0, 1, 5)])
    assert go(one, Rates(carry=0.01)) == {(0, 1): 2}


def test_an_offer_waits_for_somebody_near_and_then_travels() -> None:
    far = [(0, 0, 300.0)]
    fresh, old = board([(5, 0, 2)], [(5, 5, 0)], far), board([(5, 0, 10)], [(5, 5, 0)], far)
    patient = Patience(near=50, days=10)
    assert go(fresh, Rates(), patient) == {}
    assert go(old, Rates(), patient) == {(0, 0): 5}
    assert go(board([(5, 0, 2)], [(5, 5, 0)], [(0, 0, 50.0)]), Rates(), patient) == {(0, 0): 5}


def test_several_kinds_to_one_household_are_one_way() -> None:
    one = board([(1, 0, 0), (1, 0, 0)], [(1, 1, 7), (1, 1, 7)], [(0, 0, 1), (1, 1, 1)], [3])
    sent = send(one, Rates(way=1.5), time_limit_seconds=5, seed=1)
    assert (sent.ways, sent.points) == (1, pytest.approx(0.5))
    apart = replace(one, request_receiver=np.array([7, 8]))
    assert send(apart, Rates(way=1.5), time_limit_seconds=5, seed=1).ways == 0


def test_the_first_way_is_free_only_once() -> None:
    one = board([(1, 0, 0)], [(1, 1, 0)], [(0, 0, 1)])
    assert go(one, Rates(way=5)) == {(0, 0): 1}
    assert go(one, Rates(way=5, first_way_free=False)) == {}
    assert go(replace(one, giver_ways=np.array([1])), Rates(way=5)) == {}


def test_no_giver_is_asked_for_more_ways_than_said_in_all_rounds() -> None:
    one = board([(9, 0, 0)], [(1, 1, r) for r in range(9)], [(0, r, 1) for r in range(9)], [2])
    assert len(go(one, Rates(), limits=Limits(ways_each=5))) == 3
    assert go(replace(one, giver_ways=np.array([8])), Rates(), limits=Limits(ways_each=5)) == {}


def test_no_part_below_the_least_unless_no_more_is_needed() -> None:
    one = board([(3, 0, 0)], [(8, 8, 0), (2, 2, 1)], [(0, 0, 1), (0, 1, 1)])
    assert go(one, Rates(), limits=Limits(least=4)) == {(0, 1): 2}


def test_a_way_further_than_it_is_worth_is_not_made() -> None:
    one = board([(5, 0, 0)], [(5, 5, 0)], [(0, 0, 40.0)], [1])
    assert go(one, Rates(way_length=0.02)) == {(0, 0): 5}
    assert go(one, Rates(way_length=0.03)) == {}
    assert go(one, Rates(carry=0.006)) == {}


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 20))
def test_rounds_never_give_more_than_there_is(seed: int, each: int) -> None:
    """Rounds one after another on a random board: nothing is given twice, and what is left shrinks."""
    random = np.random.default_rng(seed)
    offers = [
        (int(random.integers(1, 30)), int(random.integers(0, 4)), float(random.integers(0, 20))) for _ in range(6)
    ]
    requests = [
        (q := int(random.integers(1, 30)), q + int(random.integers(0, 9)), int(random.integers(0, 5))) for _ in range(8)
    ]
    pairs = [(o, r, float(random.integers(0, 100))) for o in range(6) for r in range(8) if random.random() < 0.6]
    one = board(offers, requests, pairs, [int(random.integers(0, 3)) for _ in range(4)])
    if one.giver_ways.size != 4 or one.offer_giver.max() > 3:
        return
    limits = Limits(ways_each=3, candidates_each=each)
    sent: Sent = send(one, Rates(way=0.2, carry=0.001), Patience(30, 7), limits, time_limit_seconds=5, seed=seed)
    assert np.all(np.bincount(sent.offer, sent.quantity, 6) <= one.offer_quantity)
    assert np.all(np.bincount(sent.request, sent.quantity, 8) <= one.request_quantity)
    assert np.all((one.pair_offer[sent.pair] == sent.offer) & (one.pair_request[sent.pair] == sent.request))
    ways = {
        (int(one.offer_giver[o]), int(one.request_receiver[r])) for o, r in zip(sent.offer, sent.request, strict=True)
    }
    assert sent.ways == len(ways)
    made = np.bincount([giver for giver, _receiver in ways], minlength=4)
    assert np.all(made <= np.maximum(0, 3 - one.giver_ways))
    young = one.offer_waited[sent.offer] < 7
    assert np.all(one.pair_length[sent.pair][young] <= 30)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pair_length": np.array([np.nan])}, "pair_length must lie between"),
        ({"pair_length": np.array([-1.0])}, "pair_length must lie between"),
        ({"offer_waited": np.array([-0.5])}, "offer_waited must lie between"),
        ({"request_asked": np.array([1])}, "request_asked must be at least"),
        ({"pair_request": np.array([4])}, "pair_request must lie between"),
        ({"request_weight": np.array([1.0, 1.0])}, "must have the same length"),
        ({"giver_ways": np.array([], dtype=np.int64)}, "offer_giver must lie between"),
    ],
)
def test_bad_input_names_the_array(changed: dict[str, np.ndarray], said: str) -> None:
    good = board([(5, 0, 0)], [(5, 5, 0)], [(0, 0, 1.0)])
    with pytest.raises(ValueError, match=said):
        replace(good, **changed)


def test_bad_rates_are_named() -> None:
    with pytest.raises(ValueError, match="carry must be 0 or more"):
        Rates(carry=-1)
    with pytest.raises(ValueError, match="way must be 0 or more"):
        Rates(way=float("nan"))
    with pytest.raises(ValueError, match="near and days"):
        Patience(days=-1)
    with pytest.raises(ValueError, match="ways_each must be 1 or more"):
        Limits(ways_each=0)


def test_nobody_asks() -> None:
    assert go(board([(5, 0, 0)], [], []), Rates()) == {}
