"""A running market is, after every change, the market that would be planned from nothing; what is agreed stays agreed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.solve.matching.assign import assign
from taawun.solve.matching.evenness import unevenness
from taawun.solve.matching.flow import objective_of, solved
from taawun.solve.matching.market import Market, replan
from taawun.solve.matching.problem import IntArray, Problem
from tests.solve.matching.worlds import crowd, problem


class Ledger:
    """The same market by hand: who is there, and which pairs could be."""

    def __init__(self, one: Problem) -> None:
        self.one = one
        self.need = dict(enumerate(zip(one.request_quantity.tolist(), one.request_urgency.tolist(), strict=True)))
        self.room = dict(enumerate(zip(one.offer_quantity.tolist(), one.offer_giver.tolist(), strict=True)))
        self.pairs = {
            (int(r), int(o)): int(c) for r, o, c in zip(one.edge_request, one.edge_offer, one.edge_cost, strict=True)
        }
        self.prior = one.giver_prior_load.tolist()

    def cost_from_nothing(self, penalty: int) -> int:
        needs, rooms = sorted(self.need), sorted(self.room)
        pairs = [
            (needs.index(r), rooms.index(o), c) for (r, o), c in self.pairs.items() if r in self.need and o in self.room
        ]
        if not pairs:
            return sum(q * (1 + u) * penalty for q, u in self.need.values())
        fresh = problem(
            [(*self.need[r], 0, True, 1) for r in needs], [(self.room[o][0], 0, self.room[o][1]) for o in rooms],
            pairs, self.prior,
        )  # fmt: skip
        network = solved(replace(fresh, evenness=self.one.evenness), penalty).network
        uneven = unevenness(network.prior, network.given, network.task, self.one.evenness, network.divisor)
        return int(network.flow @ network.cost + network.unmet @ network.penalty) + uneven

    def check(self, market: Market) -> None:
        assert market.proven()
        request, offer, units = market.planned()
        unmet = market.unmet()
        for number, (quantity, _) in self.need.items():
            assert units[request == number].sum() + unmet[number] == quantity
            assert market.parts_of(number) == [
                (int(o), int(u)) for r, o, u in zip(request, offer, units, strict=True) if r == number
            ]
        assert set(request.tolist()) <= set(self.need)
        for number in np.unique(offer):
            assert units[offer == number].sum() <= self.room[int(number)][0]
        assert all((int(r), int(o)) in self.pairs for r, o in zip(request, offer, strict=True))
        assert market.cost() == self.cost_from_nothing(market.penalty)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 2**32), st.integers(2, 14), st.integers(2, 10), st.sampled_from([1, 1, 5]), st.integers(1, 10),
    st.sampled_from([1, 7, 100]), st.sampled_from([None, 20, 300]),
    st.lists(st.sampled_from(["insert", "withdraw", "gone", "offer", "insert"]), min_size=1, max_size=14),
)  # fmt: skip
def test_every_change_leaves_the_plan_that_would_be_made_from_nothing(
    seed: int,
    requests: int,
    offers: int,
    quantity: int,
    givers: int,
    evenness: int,
    penalty: int | None,
    steps: list[str],
) -> None:
    one = crowd(seed, requests, offers, each=4, quantity=quantity, givers=givers, evenness=evenness)
    market, ledger = Market(one, penalty=penalty), Ledger(one)
    ledger.check(market)
    random = np.random.default_rng(seed)
    for step in steps:
        if step == "insert" and ledger.room:
            chosen = random.choice(sorted(ledger.room), min(4, len(ledger.room)), replace=False)
            costs, units, urgency = (
                random.integers(0, 100, chosen.size),
                int(random.integers(1, 6)),
                int(random.integers(0, 4)),
            )
            number = market.insert(units, urgency, chosen, costs)
            ledger.need[number] = (units, urgency)
            ledger.pairs |= {(number, int(o)): int(c) for o, c in zip(chosen, costs, strict=True)}
        elif step == "offer" and ledger.need:
            chosen = random.choice(sorted(ledger.need), min(4, len(ledger.need)), replace=False)
            costs, units = random.integers(0, 100, chosen.size), int(random.integers(1, 9))
            known = int(random.integers(0, len(ledger.prior))) if random.random() < 0.5 else None
            number = market.offer(units, chosen, costs, giver=known, prior_load=3)
            if known is None:
                ledger.prior.append(3)
            ledger.room[number] = (units, len(ledger.prior) - 1 if known is None else known)
            ledger.pairs |= {(int(r), number): int(c) for r, c in zip(chosen, costs, strict=True)}
        elif step == "withdraw" and len(ledger.need) > 1:
            number = int(random.choice(sorted(ledger.need)))
            market.withdraw(number)
            del ledger.need[number]
        elif step == "gone" and len(ledger.room) > 1:
            number = int(random.choice(sorted(ledger.room)))
            market.offer_gone(number)
            del ledger.room[number]
        ledger.check(market)


def test_a_market_outgrows_its_room_and_keeps_its_proof() -> None:
    one = crowd(4, 50, 40, each=4, quantity=1, givers=40)
    market = Market(one)
    random = np.random.default_rng(4)
    numbers = [
        market.insert(1, 2, random.choice(40, 12, replace=False), random.integers(0, 100, 12)) for _ in range(1500)
    ]
    assert market.proven()
    for number in numbers[::2]:
        market.withdraw(number)
    assert market.proven()
    assert market.unmet()[numbers[::2]].sum() == 0


def test_the_same_changes_make_the_same_market() -> None:
    plans = []
    for _ in range(2):
        market = Market(crowd(9, 200, 120, each=6, quantity=3, givers=60))
        for request in range(0, 200, 7):
            market.withdraw(request)
        market.offer_gone(5)
        plans.append(np.column_stack(market.planned()))
    assert np.array_equal(*plans)


@pytest.mark.parametrize(
    ("offers", "costs", "quantity", "message"),
    [([0, 0], [1, 2], 1, "twice"), ([0, 99], [1, 2], 1, "between 0 and"), ([0], [1, 2], 1, "same length"),
     ([0], [-1], 1, "cost"), ([0], [1], 0, "quantity")],
)  # fmt: skip
def test_a_request_that_makes_no_sense_is_refused(
    offers: list[int], costs: list[int], quantity: int, message: str
) -> None:
    market = Market(crowd(9, 20, 12, each=3, quantity=1, givers=12))
    with pytest.raises(ValueError, match=message):
        market.insert(quantity, 1, np.array(offers), np.array(costs))
    assert market.proven()


def _units(one: Problem, plan_edges: IntArray, quantities: IntArray) -> IntArray:
    units = np.zeros(one.edges, dtype=np.int64)
    units[plan_edges] = quantities
    return units


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_what_is_agreed_stays_and_what_was_proposed_moves_only_for_a_reason(seed: int, quantity: int) -> None:
    one = crowd(seed, 60, 40, each=5, quantity=quantity, givers=30)
    random = np.random.default_rng(seed)
    first = assign(one, time_limit_seconds=5, seed=1)
    before = _units(one, first.part_edge, first.part_quantity)
    agreed = before * (random.random(one.edges) < 0.3)
    # The world moves on: all ways are a little longer or shorter than was thought.
    changed = replace(one, edge_cost=np.maximum(0, one.edge_cost + random.integers(-20, 21, one.edges)))
    plans = [
        replan(changed, agreed=agreed, proposed=before, stability=stability, time_limit_seconds=5, seed=1)
        for stability in (0, 30, 100_000)
    ]
    moved = []
    for plan in plans:
        after = _units(one, plan.part_edge, plan.part_quantity)
        assert np.all(after >= agreed)
        assert np.all(np.bincount(one.edge_offer, after, one.offers) <= one.offer_quantity)
        assert np.all(np.bincount(one.edge_request, after, one.requests) <= one.request_quantity)
        assert plan.objective.met == objective_of(one, before).met
        assert plan.proven
        moved.append(int(after[(before == 0)].sum()))
    assert moved[0] >= moved[1] >= moved[2]
    assert moved[2] == 0


def test_more_agreed_than_there_is_gets_refused() -> None:
    one = problem([(2, 1, 0, True, 1)], [(2, 0, 0)], [(0, 0, 3)], [0])
    with pytest.raises(ValueError, match="more is agreed"):
        replan(one, agreed=np.array([3]), proposed=np.array([0]), stability=1, time_limit_seconds=1, seed=1)
