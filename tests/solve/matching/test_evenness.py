"""An even load costs what the community says it may cost, and nothing where it says nothing."""

import numpy as np
import pytest

from taawun.solve.matching.board import Offers, Options, Proposal, Requests, propose
from taawun.solve.matching.candidates import ALWAYS_FROM, ALWAYS_UNTIL, NO_AREA, Sites
from taawun.solve.matching.problem import IntArray


def _sites(random: np.random.Generator, quantity: IntArray) -> Sites:
    count = quantity.size
    same = np.zeros(count, dtype=np.int64)
    latitude, longitude = 15.55 + random.normal(0, 0.07, count), 32.53 + random.normal(0, 0.07, count)
    return Sites(same, latitude, longitude, same + NO_AREA, same + ALWAYS_FROM, same + ALWAYS_UNTIL, quantity)


def _town(evenness_km: float) -> Proposal:
    random = np.random.default_rng(11)
    one = np.ones(1500, dtype=np.int64)
    requests = Requests(_sites(random, one), random.integers(0, 4, 1500), one > 0, one)
    offers = Offers(_sites(random, random.integers(1, 13, 700)), np.arange(700), np.zeros(700, dtype=np.int64))
    return propose(requests, offers, Options(step_km=0.01, evenness_km=evenness_km), time_limit_seconds=20, seed=1)


def _gini_and_way(proposal: Proposal) -> tuple[float, float]:
    tasks = np.sort(np.bincount(proposal.plan.part_offer, minlength=700))
    ranks = 2 * np.arange(1, 701) - 701
    return float(ranks @ tasks / (700 * tasks.sum())), float(proposal.edges.distance_km[proposal.plan.part_edge].mean())


def test_a_tenth_of_a_way_makes_the_load_a_quarter_more_even() -> None:
    off, on, dear = (_gini_and_way(_town(rate)) for rate in (0.0, 0.2, 2.0))
    assert on[0] <= 0.75 * off[0]
    assert on[1] <= 1.05 * off[1]
    assert dear[0] < on[0]
    assert dear[1] > on[1]


def test_the_gap_counts_both_and_is_closed() -> None:
    proposal = _town(0.2)
    assert proposal.uneven_km > 0
    assert proposal.gap.fraction < 0.001
    assert _town(0.0).uneven_km == 0


def test_nobody_is_asked_for_a_third_task_while_a_neighbour_has_none() -> None:
    north = np.full(3, 15.5)
    same, one = np.zeros(3, dtype=np.int64), np.ones(3, dtype=np.int64)
    always = (same + NO_AREA, same + ALWAYS_FROM, same + ALWAYS_UNTIL)
    requests = Requests(Sites(same, north, np.full(3, 32.5), *always, one), one, one > 0, one)
    # The first giver lives at the door, the others a kilometre or so away.
    offers = Offers(
        Sites(same, north, np.array([32.5, 32.51, 32.511]), *always, one * 3), np.arange(3), np.zeros(3, dtype=np.int64)
    )
    loads = {}
    for rate in (0.0, 0.7, 1.5):
        plan = propose(requests, offers, Options(evenness_km=rate), time_limit_seconds=5, seed=1).plan
        loads[rate] = sorted(np.bincount(plan.part_offer, plan.part_quantity, 3).tolist())
    # The second task weighs the rate, the third twice the rate.
    assert loads == {0.0: [0, 0, 3], 0.7: [0, 1, 2], 1.5: [1, 1, 1]}


@pytest.mark.parametrize("rate", [-1.0, float("nan"), 1e9])
def test_a_rate_that_makes_no_sense_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="evenness_km"):
        Options(evenness_km=rate)
