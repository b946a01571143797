"""One small board through every compiled loop of matching."""

import numpy as np

from taawun.solve.matching.board import Offers, Options, Requests, propose
from taawun.solve.matching.candidates import ALWAYS_FROM, ALWAYS_UNTIL, NO_AREA, Sites

ROWS = 60


def warm() -> None:
    """Compile the loops by using them: needs that may be split, and needs that may not, on a board too large to be solved exactly."""
    dice = np.random.default_rng(1)

    def sites(quantity: int) -> Sites:
        return Sites(
            np.zeros(ROWS, np.int64), dice.uniform(0.0, 0.05, ROWS), dice.uniform(0.0, 0.05, ROWS),
            np.full(ROWS, NO_AREA), np.full(ROWS, ALWAYS_FROM), np.full(ROWS, ALWAYS_UNTIL),
            dice.integers(1, quantity, ROWS),
        )  # fmt: skip

    for splittable in (True, False):
        requests = Requests(
            sites(9), dice.integers(0, 4, ROWS), np.full(ROWS, splittable), np.ones(ROWS, np.int64)
        )
        offers = Offers(sites(9), np.arange(ROWS), np.zeros(ROWS, np.int64))
        propose(requests, offers, Options(), time_limit_seconds=0.5, seed=1)
