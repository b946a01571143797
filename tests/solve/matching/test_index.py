"""The index of live offers answers as the batch does, whatever came and went since it was made."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.solve.matching import index as index_module
from taawun.solve.matching.candidates import ALWAYS_FROM, ALWAYS_UNTIL, NO_AREA, Basis, Sites, candidates
from taawun.solve.matching.index import CandidateIndex, Near


def some(random: np.random.Generator, n: int, points: int = 30) -> Sites:
    """Sites of two kinds in a small town of ``points`` corners; some know only their area, some nothing."""
    at = random.integers(0, points, n)
    unknown = random.random(n) < 0.2
    opens = np.where(random.random(n) < 0.5, ALWAYS_FROM, random.integers(0, 50, n))
    return Sites(
        random.integers(0, 2, n),
        np.where(unknown, np.nan, 31 + (at % 7) / 50),
        np.where(unknown, np.nan, 34 + (at % 11) / 50),
        np.where(random.random(n) < 0.5, NO_AREA, random.integers(0, 3, n)),
        opens,
        np.where(opens == ALWAYS_FROM, ALWAYS_UNTIL, opens + random.integers(-3, 40, n)),
        random.integers(0, 5, n),
    )


def joined(parts: list[Sites]) -> Sites:
    return Sites(*(np.concatenate([getattr(one, name) for one in parts]) for name in Sites.__dataclass_fields__))


def check_same(asked: Sites, live: Sites, numbers: np.ndarray, found: Near, k: int, radius_km: float) -> None:
    """Ties may be broken differently: the same distances, and as many of each basis, all of them allowed."""
    edges = candidates(asked, live, k=k, radius_km=radius_km)
    assert np.allclose(np.sort(edges.distance_km), np.sort(found.distance_km), atol=1e-9, equal_nan=True)
    for basis in Basis:
        assert np.count_nonzero(edges.basis == basis) == np.count_nonzero(found.basis == basis)
    every = candidates(asked, live, k=max(1, len(live)), radius_km=radius_km)
    allowed = set(numbers[every.offer])
    assert set(found.offer) <= allowed
    assert np.unique(found.offer).size == found.offer.size
    known = {int(numbers[o]): (km, b) for o, km, b in zip(every.offer, every.distance_km, every.basis, strict=True)}
    for offer, distance_km in zip(found.offer, found.distance_km, strict=True):
        assert np.isnan(distance_km) or abs(known[int(offer)][0] - distance_km) < 1e-9


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(0, 60), st.sampled_from([0, 3, 16]), st.sampled_from([1, 4, 12]))
def test_it_answers_as_the_batch_does_after_any_changes(seed: int, size: int, tail_most: int, k: int) -> None:
    random = np.random.default_rng(seed)
    with pytest.MonkeyPatch.context() as patch:
        # Short tails, so that trees are made and taken in within a few changes.
        patch.setattr(index_module, "TAIL_MOST", tail_most)
        parts = [some(random, size)]
        index = CandidateIndex(parts[0])
        there = np.ones(size, dtype=np.bool_)
        for turn in range(12):
            match random.integers(0, 3):
                case 0:
                    parts.append(some(random, int(random.integers(1, 9))))
                    new = index.add(parts[-1])
                    assert new.tolist() == list(range(there.size, there.size + new.size))
                    there = np.append(there, np.ones(new.size, dtype=np.bool_))
                case 1 if there.any():
                    gone = random.choice(there.size, int(random.integers(1, there.size + 1)))
                    index.remove(gone)
                    there[gone] = False
                case 2 if there.size:
                    one, left = random.integers(0, there.size, 1), random.integers(0, 5, 1)
                    index.set_left(one, left)
                    parts = [joined(parts)]
                    parts[0].quantity[one] = left
            assert len(index) == there.sum()
            numbers = np.flatnonzero(there)
            live, asked = joined(parts).at(numbers), some(random, 1)
            radius_km = float(random.choice([0.5, 3.0, 1000.0]))
            found = index.query(asked, k=k, radius_km=radius_km, turn=turn)
            check_same(asked, live, numbers, found, k, radius_km)


def crowd(n: int) -> Sites:
    whole = np.zeros(n, dtype=np.int64)
    return Sites(
        whole, np.full(n, 31.5), np.full(n, 34.4), whole + NO_AREA, whole + ALWAYS_FROM, whole + ALWAYS_UNTIL, whole + 1
    )


def test_a_crowd_at_one_point_is_looked_at_in_turns() -> None:
    index = CandidateIndex(crowd(200_000))
    seen = [index.query(crowd(1), turn=turn).offer for turn in range(50)]
    assert np.unique(np.concatenate(seen)).size == 600
    # The last one that still has enough is found among all the others.
    index.set_left(np.array([123_456]), np.array([7]))
    assert index.query(replace(crowd(1), quantity=np.array([7]))).offer.tolist() == [123_456]


def test_few_that_fit_are_found_among_many_that_do_not() -> None:
    random = np.random.default_rng(3)
    n = 20_000
    offers = replace(crowd(n), latitude=random.uniform(31, 32, n), longitude=random.uniform(34, 35, n))
    offers.quantity[[5, 17_000]] = 50
    asked = replace(crowd(1), quantity=np.array([50]))
    assert sorted(CandidateIndex(offers).query(asked, radius_km=500.0).offer) == [5, 17_000]


def test_an_empty_index_and_one_that_was_emptied_have_nobody() -> None:
    index = CandidateIndex(crowd(0))
    assert index.query(crowd(1)).offer.size == 0
    index.remove(index.add(crowd(3)))
    assert index.query(crowd(1)).offer.size == 0
    assert (len(index), index.rows) == (0, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda index: index.remove(np.array([3])),
        lambda index: index.remove(np.array([-1])),
        lambda index: index.set_left(np.array([0]), np.array([-1])),
        lambda index: index.set_left(np.array([0]), np.array([1, 2])),
        lambda index: index.query(crowd(2)),
        lambda index: index.query(crowd(1), k=0),
        lambda index: index.query(crowd(1), radius_km=float("nan")),
    ],
)
def test_what_makes_no_sense_is_refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="must be"):
        wrong(CandidateIndex(crowd(3)))


def test_those_who_ask_while_others_come_and_go_see_only_what_was_there() -> None:
    index = CandidateIndex(crowd(1_000))
    wrong: list[object] = []
    done = threading.Event()

    def ask() -> None:
        turn = 0
        while not done.is_set():
            try:
                found = index.query(crowd(1), k=5, turn=turn)
                if found.offer.size != 5 or found.offer.max() >= index.rows:
                    wrong.append(found)
            except Exception as error:  # noqa: BLE001
                wrong.append(error)
            turn += 1

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(60):
        new = index.add(crowd(300))
        index.remove(new[:290])
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
