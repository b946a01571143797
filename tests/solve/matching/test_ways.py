"""Few ways: what goes out keeps its promises, comes near the best there is, and no plan passes the bound."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.solve.matching.ways import Choices, Chosen, bound, choose, chosen


def choices(
    offers: list[tuple[int, int]],
    requests: list[int],
    edges: list[tuple[int, int, float, int]],
    way_cost: list[float],
    givers: list[tuple[float, int]],
    least: int = 1,
) -> Choices:
    """offers: (quantity, giver); edges: (offer, request, worth, way); givers: (relief, most ways)."""
    o, e, g = (list(zip(*rows, strict=True)) or [()] * width for rows, width in ((offers, 2), (edges, 4), (givers, 2)))

    def whole(values: tuple[int, ...]) -> np.ndarray:
        return np.array(values, dtype=np.int64)

    return Choices(
        whole(o[0]), whole(o[1]), whole(tuple(requests)), whole(e[0]), whole(e[1]), np.array(e[2], dtype=float),
        np.full(len(edges), least), whole(e[3]), np.array(way_cost, dtype=float), np.array(g[0], dtype=float), whole(g[1]),
    )  # fmt: skip


@st.composite
def tiny(draw: st.DrawFn) -> Choices:
    offers = draw(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 1)), min_size=1, max_size=3))
    requests = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    pairs = list(itertools.product(range(len(offers)), range(len(requests))))
    kept = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1, max_size=5))
    # Two requests may be one household's: a giver's ways to both are the same way.
    household = draw(st.lists(st.integers(0, 1), min_size=3, max_size=3))
    name = {key: number for number, key in enumerate(sorted({(offers[o][1], household[r]) for o, r in kept}))}
    edges = [(o, r, draw(st.integers(-2, 9)) / 2, name[offers[o][1], household[r]]) for o, r in kept]
    cost = [draw(st.integers(0, 8)) / 2 for _ in name]
    givers = [(draw(st.integers(0, 4)) / 2, draw(st.integers(0, 3))) for _ in range(2)]
    return choices(offers, requests, edges, cost, givers, least=draw(st.integers(1, 2)))


def check_promises(one: Choices, found: Chosen) -> None:
    assert np.all(np.bincount(one.edge_offer, found.units, one.offer_quantity.size) <= one.offer_quantity)
    assert np.all(np.bincount(one.edge_request, found.units, one.request_quantity.size) <= one.request_quantity)
    used = found.units > 0
    assert np.all(found.units[used] >= one.edge_least[used])
    assert np.all(one.edge_worth[used] > 0)
    pairs = {(int(giver), int(way)) for giver, way in zip(one.edge_giver[used], one.edge_way[used], strict=True)}
    ways_each = np.bincount([giver for giver, _way in pairs], minlength=one.giver_relief.size)
    assert np.all(ways_each <= one.giver_ways_most)
    assert found.points == pytest.approx(by_hand(one, found.units))
    assert found.points >= 0


def by_hand(one: Choices, units: np.ndarray) -> float:
    points = sum(float(worth) * int(part) for worth, part in zip(one.edge_worth, units, strict=True))
    for giver in range(one.giver_relief.size):
        ways = {int(one.edge_way[edge]) for edge in np.flatnonzero(units) if one.edge_giver[edge] == giver}
        costs = [float(one.way_cost[way]) for way in ways]
        points -= sum(costs) - min(float(one.giver_relief[giver]), max(costs, default=0.0))
    return points


def best_of_all(one: Choices) -> float:
    best = 0.0
    most = np.minimum(one.offer_quantity[one.edge_offer], one.request_quantity[one.edge_request])
    for units in itertools.product(*(range(int(quantity) + 1) for quantity in most)):
        array = np.array(units, dtype=np.int64)
        used = array > 0
        ways = np.unique(one.edge_way[used], return_index=True)[1]
        ways_each = np.bincount(one.edge_giver[used][ways], minlength=one.giver_relief.size)
        if (
            np.all(np.bincount(one.edge_offer, array, one.offer_quantity.size) <= one.offer_quantity)
            and np.all(np.bincount(one.edge_request, array, one.request_quantity.size) <= one.request_quantity)
            and np.all(array[used] >= one.edge_least[used])
            and np.all(ways_each <= one.giver_ways_most)
        ):
            best = max(best, by_hand(one, array))
    return best


@settings(deadline=None, max_examples=120)
@given(tiny(), st.integers(0, 5))
def test_any_board(one: Choices, seed: int) -> None:
    found = choose(one, time_limit_seconds=10, seed=seed)
    check_promises(one, found)
    best = best_of_all(one)
    assert found.points <= best + 1e-9
    assert bound(one) >= best - 1e-6
    assert found.points >= 0.5 * best
    assert np.array_equal(choose(one, time_limit_seconds=10, seed=seed).units, found.units)


def town(seed: int, givers: int = 60, needing: int = 240) -> Choices:
    """Two kinds; each household asks for some of each; ways cost a point and their length."""
    random = np.random.default_rng(seed)
    home, door = random.random((givers, 2)), random.random((needing, 2))
    quantity, asked = random.integers(1, 40, 2 * givers), random.integers(1, 20, 2 * needing)
    offer, request = (
        side.ravel() for side in np.meshgrid(np.arange(2 * givers), np.arange(2 * needing), indexing="ij")
    )
    near = (offer % 2 == request % 2) & (np.hypot(*(home[offer // 2] - door[request // 2]).T) < 0.25)
    offer, request = offer[near], request[near]
    _keys, first, way = np.unique(offer // 2 * needing + request // 2, return_index=True, return_inverse=True)
    length = np.hypot(*(home[offer // 2] - door[request // 2]).T)
    return Choices(
        quantity, np.arange(2 * givers) // 2, asked, offer, request, 3.0 / asked[request], np.ones(offer.size, dtype=np.int64),
        way.astype(np.int64), (1.0 + 2.0 * length)[first], np.ones(givers), np.full(givers, 9),
    )  # fmt: skip


def test_choosing_again_brings_more_and_stays_below_the_bound() -> None:
    for seed in range(3):
        one = town(seed)
        at_once = choose(one, tries_each=0, time_limit_seconds=10, seed=1)
        found = choose(one, tries_each=40, time_limit_seconds=10, seed=1)
        check_promises(one, found)
        assert found.points > at_once.points
        assert 0.85 * bound(one) < found.points <= bound(one)


def test_what_several_kinds_bring_together_pays_for_one_way() -> None:
    """Soap, rice and a blanket bring a point each; the way costs two."""
    edges = [(kind, kind, 1.0, 0) for kind in range(3)]
    one = choices([(1, 0)] * 3, [1, 1, 1], edges, [2.0], [(0.0, 5)])
    assert choose(one, time_limit_seconds=5, seed=1).units.tolist() == [1, 1, 1]


def test_one_way_with_all_of_it_rather_than_three() -> None:
    edges = [(giver, 0, 1.0, giver) for giver in range(4)]
    one = choices([(2, 0), (2, 1), (2, 2), (6, 3)], [6], edges, [1.5] * 4, [(0.0, 5)] * 4)
    assert choose(one, time_limit_seconds=5, seed=1).units.tolist() == [0, 0, 0, 6]


def test_a_first_way_is_cheaper_so_that_another_giver_helps_too() -> None:
    edges = [(0, 0, 1.0, 0), (0, 1, 1.0, 1), (1, 1, 0.9, 2)]
    cost = [2.0, 2.0, 2.0]
    alone = choices([(8, 0), (4, 1)], [4, 4], edges, cost, [(0.0, 9)] * 2)
    shared = choices([(8, 0), (4, 1)], [4, 4], edges, cost, [(2.0, 9)] * 2)
    assert choose(alone, time_limit_seconds=5, seed=1).units.tolist() == [4, 4, 0]
    assert choose(shared, time_limit_seconds=5, seed=1).units.tolist() == [4, 0, 4]


def test_no_time_still_gives_a_plan() -> None:
    one = town(7)
    found = choose(one, time_limit_seconds=0, seed=1)
    check_promises(one, found)
    assert found.points > 0


def test_nothing_to_choose() -> None:
    empty = choices([], [], [], [], [])
    assert chosen(empty, np.zeros(0, dtype=np.int64)).points == 0
    assert choose(empty, time_limit_seconds=1, seed=1).points == 0
    assert bound(empty) == 0
    poor = choices([(1, 0)], [1], [(0, 0, -1.0, 0)], [0.0], [(0.0, 1)])
    assert choose(poor, time_limit_seconds=1, seed=1).units.tolist() == [0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"offer_quantity": np.array([0])}, "offer_quantity must lie between 1"),
        ({"edge_worth": np.array([np.nan])}, "edge_worth must lie between"),
        ({"edge_worth": np.array([np.inf])}, "edge_worth must lie between"),
        ({"way_cost": np.array([-1.0])}, "way_cost must lie between 0"),
        ({"edge_offer": np.array([3])}, "edge_offer must lie between 0 and 0"),
        ({"edge_request": np.array([-1])}, "edge_request must lie between 0 and 0"),
        ({"edge_least": np.array([1, 1])}, "must have the same length"),
        ({"request_quantity": np.array([1.5])}, "request_quantity must be one row of whole numbers"),
    ],
)
def test_bad_input_names_the_array(changed: dict[str, np.ndarray], said: str) -> None:
    good = choices([(1, 0)], [1], [(0, 0, 1.0, 0)], [0.0], [(0.0, 1)])
    arrays = {name: getattr(good, name) for name in good.__dataclass_fields__} | changed
    with pytest.raises(ValueError, match=said):
        Choices(**arrays)


def test_a_way_belongs_to_one_giver() -> None:
    with pytest.raises(ValueError, match="different givers"):
        choices([(1, 0), (1, 1)], [1], [(0, 0, 1.0, 0), (1, 0, 1.0, 0)], [1.0], [(0.0, 1)] * 2)
