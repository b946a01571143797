"""Candidates are the nearest compatible offers, found the fast way and by trying everything alike."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.solve.matching.board import Offers, Options, Requests, propose
from taawun.solve.matching.candidates import (
    ALWAYS_FROM,
    ALWAYS_UNTIL,
    NO_AREA,
    Basis,
    Sites,
    candidates,
)

NAN = float("nan")


def sites(*rows: dict[str, float]) -> Sites:
    plain = {
        "kind": 0,
        "lat": NAN,
        "lng": NAN,
        "area": NO_AREA,
        "opens": ALWAYS_FROM,
        "closes": ALWAYS_UNTIL,
        "quantity": 1,
    }
    full = [plain | row for row in rows]

    def column(name: str, kind: type) -> np.ndarray:
        return np.array([row[name] for row in full], dtype=kind)

    return Sites(
        column("kind", np.int64), column("lat", np.float64), column("lng", np.float64), column("area", np.int64),
        column("opens", np.int64), column("closes", np.int64), column("quantity", np.int64),
    )  # fmt: skip


def pairs(requests: Sites, offers: Sites, k: int = 12, radius_km: float = 50.0) -> list[tuple[int, int, Basis]]:
    edges = candidates(requests, offers, k=k, radius_km=radius_km)
    return [(int(r), int(o), Basis(b)) for r, o, b in zip(edges.request, edges.offer, edges.basis, strict=True)]


def haversine_km(lat: float, lng: float, lats: np.ndarray, lngs: np.ndarray) -> np.ndarray:
    phi, phis = np.radians(lat), np.radians(lats)
    half = np.sin((phis - phi) / 2) ** 2 + np.cos(phi) * np.cos(phis) * np.sin(np.radians(lngs - lng) / 2) ** 2
    return 2 * 6371.0088 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32), st.integers(1, 300), st.integers(1, 900), st.integers(1, 15),
    st.sampled_from([0.0, 0.0001, 0.1, 20.0, 180.0]), st.sampled_from([1.0, 50.0, 30000.0]),
    st.sampled_from([1.0, 0.2, 0.01]), st.integers(1, 400),
)  # fmt: skip
def test_the_nearest_are_the_nearest(
    seed: int, queries: int, targets: int, k: int, spread: float, radius_km: float, fitting: float, points: int
) -> None:
    random = np.random.default_rng(seed)
    centre = random.uniform(-60, 60, 2)
    lats = np.clip(centre[0] + random.uniform(-spread, spread, points), -90, 90)
    lngs = (centre[1] + random.uniform(-spread, spread, points) + 180) % 360 - 180

    def scatter(n: int, least: int, most: int) -> Sites:
        at = random.integers(0, points, n)
        plain = sites(*[{}] * n)
        return replace(plain, latitude=lats[at], longitude=lngs[at], quantity=random.integers(least, most, n))

    requests, offers = scatter(queries, 5, 6), scatter(targets, 5, 6)
    offers.quantity[random.random(targets) > fitting] = 4
    edges = candidates(requests, offers, k=k, radius_km=radius_km)
    assert len(set(zip(edges.request, edges.offer, strict=True))) == edges.request.size
    assert np.all(offers.quantity[edges.offer] >= 5)
    able = offers.quantity >= 5
    for one in random.choice(queries, min(queries, 20), replace=False):
        every = np.sort(haversine_km(requests.latitude[one], requests.longitude[one],
                                     offers.latitude[able], offers.longitude[able]))  # fmt: skip
        best = every[every <= radius_km][:k]
        found = np.sort(edges.distance_km[edges.request == one])
        # A pair right at the radius may fall to either side of it by rounding.
        if best.size == found.size:
            assert np.allclose(found, best, atol=1e-4, rtol=1e-6)
        else:
            assert abs(best.size - found.size) == 1 and abs(max(*best, *found) - radius_km) < 1e-4


def test_a_crowd_at_one_point_is_no_harder_than_a_town() -> None:
    def here(n: int) -> Sites:
        return replace(sites(*[{}] * n), latitude=np.full(n, 31.5), longitude=np.full(n, 34.4))

    edges = candidates(here(3_000), here(60_000))
    assert edges.request.size == 36_000
    assert edges.distance_km.max() < 0.001
    # Nor do all of them look at the same dozen.
    assert np.unique(edges.offer).size == 36_000


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"lat": float("inf")}, "latitude must lie"),
        ({"lat": 31.5, "lng": 181.0}, "longitude must lie"),
        ({"quantity": -1}, "quantity must be 0 or more"),
    ],
)
def test_a_site_that_makes_no_sense_is_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sites(wrong)


def test_columns_of_different_lengths_and_kinds_are_refused() -> None:
    one = sites({})
    with pytest.raises(ValueError, match="same length"):
        replace(one, kind=np.zeros(2, dtype=np.int64))
    with pytest.raises(ValueError, match="kind must be one row of whole numbers"):
        replace(one, kind=np.zeros(1))


@pytest.mark.parametrize(("k", "radius_km"), [(0, 1.0), (1, -1.0), (1, NAN)])
def test_a_question_that_makes_no_sense_is_refused(k: int, radius_km: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        candidates(sites({}), sites({}), k=k, radius_km=radius_km)


def test_nothing_left_and_a_window_that_ends_before_it_begins_meet_nobody() -> None:
    good = {"lat": 31.5, "lng": 34.4}
    offers = sites(good | {"quantity": 0}, good | {"opens": 9, "closes": 5}, {"opens": 9, "closes": 5}, good)
    assert pairs(sites(good | {"quantity": 0}), offers) == [(0, 3, Basis.DISTANCE)]
    assert pairs(sites(good | {"opens": 9, "closes": 5}), offers) == []


def test_only_the_same_kind_in_a_window_that_meets_with_enough_of_it() -> None:
    request = sites({"lat": 31.5, "lng": 34.4, "opens": 100, "closes": 200, "quantity": 3})
    offers = sites(
        {"lat": 31.5, "lng": 34.4, "kind": 1, "quantity": 9},
        {"lat": 31.5, "lng": 34.4, "opens": 201, "quantity": 9},
        {"lat": 31.5, "lng": 34.4, "closes": 99, "quantity": 9},
        {"lat": 31.5, "lng": 34.4, "quantity": 2},
        {"lat": 31.6, "lng": 34.4, "opens": 200, "quantity": 3},
        {"lat": 35.5, "lng": 34.4, "quantity": 9},
    )
    assert pairs(request, offers) == [(0, 4, Basis.DISTANCE)]


def test_without_coordinates_the_area_comes_first_and_then_anywhere() -> None:
    requests = sites({"area": 7}, {"area": 8}, {"lat": 31.5, "lng": 34.4, "area": 7})
    offers = sites({"area": 7}, {"area": 9}, {"lat": 40.0, "lng": 34.4, "area": 7}, {})
    found = pairs(requests, offers)
    assert [pair for pair in found if pair[0] == 0] == [
        (0, 0, Basis.AREA), (0, 1, Basis.ANYWHERE), (0, 2, Basis.AREA), (0, 3, Basis.ANYWHERE),
    ]  # fmt: skip
    assert {pair[2] for pair in found if pair[0] == 1} == {Basis.ANYWHERE}
    # One with coordinates keeps to its radius, and takes those without a point by area, or those who name no place.
    assert [pair for pair in found if pair[0] == 2] == [(2, 0, Basis.AREA), (2, 3, Basis.ANYWHERE)]


def test_requests_without_a_place_do_not_all_look_at_the_same_few_offers() -> None:
    found = pairs(sites(*[{}] * 10), sites(*[{}] * 40), k=4)
    assert len(found) == 40
    assert {offer for _, offer, _ in found} == set(range(40))


def board(requests: Sites, offers: Sites, options: Options = Options(), **request: list[int]):  # type: ignore[no-untyped-def]  # noqa: B008
    n, m = len(requests), len(offers)
    asked = Requests(
        requests,
        np.array(request.get("urgency", [1] * n)),
        np.array(request.get("splittable", [1] * n), dtype=np.bool_),
        np.ones(n, dtype=np.int64),
    )
    return propose(
        asked, Offers(offers, np.arange(m), np.zeros(m, dtype=np.int64)), options, time_limit_seconds=5, seed=1
    )


def test_a_street_of_households_finds_every_offer_not_only_the_nearest_dozen() -> None:
    street = sites(*[{"lat": 31.5, "lng": 34.4}] * 100)
    town = sites(*[{"lat": 31.5 + 0.0005 * n, "lng": 34.4} for n in range(100)])
    proposal = board(street, town)
    assert proposal.complete
    assert proposal.plan.unmet.sum() == 0


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(1, 30))
def test_at_the_end_nobody_is_unmet_beside_an_offer_that_fits(seed: int, n: int, m: int) -> None:
    random = np.random.default_rng(seed)

    def side(count: int) -> Sites:
        return sites(
            *[
                {"kind": int(random.integers(0, 2)), "lat": 31 + random.random(), "lng": 34 + random.random(),
                 "quantity": int(random.integers(1, 6))}
                for _ in range(count)
            ]
        )  # fmt: skip

    requests, offers = side(n), side(m)
    splittable = random.integers(0, 2, n).tolist()
    plan = board(requests, offers, Options(candidates_each=1, radius_km=60), splittable=splittable).plan
    left = offers.quantity - np.bincount(plan.part_offer, plan.part_quantity, m)
    for request in np.flatnonzero(plan.unmet):
        least = 1 if splittable[request] else plan.unmet[request]
        away = haversine_km(requests.latitude[request], requests.longitude[request], offers.latitude, offers.longitude)
        assert not np.any((offers.kind == requests.kind[request]) & (left >= least) & (away < 59.9))


@pytest.mark.parametrize("empty", ["requests", "offers", "both"])
def test_an_empty_side_is_an_empty_plan(empty: str) -> None:
    one, none = sites({"lat": 31.5, "lng": 34.4}), sites()
    proposal = board(none if empty != "offers" else one, none if empty != "requests" else one)
    assert proposal.plan.part_edge.size == 0
    assert proposal.complete


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.integers(1, 25))
def test_the_ways_of_a_proposal_are_never_shorter_than_their_bound(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)

    def side(count: int) -> Sites:
        return sites(
            *[
                {
                    "lat": 31 + random.random() / 3,
                    "lng": 34 + random.random() / 3,
                    "quantity": int(random.integers(1, 9)),
                }
                for _ in range(count)
            ]
        )

    requests, offers = side(n), side(n)
    proposal = board(requests, offers)
    plan, edges = proposal.plan, proposal.edges
    made = sum(round(km / 0.25) * 0.25 for km in edges.distance_km[plan.part_edge])
    assert proposal.travel_km == pytest.approx(made)
    assert proposal.travel_bound_km <= proposal.travel_km + 1e-9
