"""Made-up days of rounds, with everything a problem can ask mixed at random."""

import numpy as np

from taawun.solve.routing import HOME, NONE, OPEN, Carriers, Depots, Options, Problem, Profile, Stops, Travel, Weights

HOUR = 3600
BEIRUT = (33.88, 35.51)


def day(seed: int, n: int = 24, m: int = 5) -> Problem:
    """Return a random day: each feature is there in about half of all days."""
    dice = np.random.default_rng(seed)
    d = int(dice.integers(0, 3))
    k = int(dice.integers(1, 4))
    latitude, longitude = _around(dice, n)
    opens = dice.integers(8 * HOUR, 14 * HOUR, n)
    some = dice.random(n)
    always = some < 0.5 if dice.random() < 0.7 else some < 0.05
    given: dict[str, np.ndarray] = {
        "service_seconds": dice.integers(0, 900, n),
        "opens": np.where(always, 0, opens),
        "closes": np.where(always, 24 * HOUR, opens + dice.integers(600, 4 * HOUR, n)),
        "load": dice.integers(0, 5, (n, d)),
        "needs": np.where(dice.random(n) < 0.2, dice.integers(0, 4, n), 0),
        "priority": dice.choice([1, 10, 100], n),
        "depot": np.where(dice.random(n) < 0.3, dice.integers(0, k, n), NONE),
        "fixed_carrier": np.where(dice.random(n) < 0.1, dice.integers(0, m, n), NONE),
        "preferred_carrier": np.where(dice.random(n) < 0.2, dice.integers(0, m, n), NONE),
        "preferred_worth": dice.integers(0, 1800, n),
    }
    if dice.random() < 0.6:
        _pair(dice, given, n)
    return Problem(
        Stops.of(latitude, longitude, **given), _carriers(dice, m, k, d), _depots(dice, k), _travel(dice, n + m + k),
        _options(dice),
    )  # fmt: skip


def _around(dice: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    return BEIRUT[0] + dice.normal(0, 0.03, count), BEIRUT[1] + dice.normal(0, 0.03, count)


def _pair(dice: np.random.Generator, given: dict[str, np.ndarray], n: int) -> None:
    """Make some stops pick-ups, most of them with one or two drop-offs."""
    given["collects"], given["pickup_of"] = np.zeros(n, np.bool_), np.full(n, NONE)
    free = list(dice.permutation(n))
    for _ in range(int(dice.integers(1, n // 4))):
        head = free.pop()
        given["collects"][head] = True
        given["depot"][head] = NONE
        for _ in range(int(dice.integers(0, 3))):
            drop = free.pop()
            given["pickup_of"][drop] = head
            given["depot"][drop] = NONE
            given["load"][head] += given["load"][drop]


def _carriers(dice: np.random.Generator, m: int, k: int, d: int) -> Carriers:
    latitude, longitude = _around(dice, m)
    start = dice.integers(HOME, k, m)
    begins = dice.integers(7 * HOUR, 10 * HOUR, m)
    if dice.random() < 0.3:
        return Carriers.of(np.full((m, d), 12), opens=np.full(m, 8 * HOUR), closes=np.full(m, 18 * HOUR))
    rests = dice.random(m) < 0.4
    rest_from = dice.integers(11 * HOUR, 13 * HOUR, m)
    return Carriers.of(
        dice.integers(6, 30, (m, d)), abilities=dice.integers(0, 4, m), latitude=latitude, longitude=longitude,
        start=start, end=np.where(dice.random(m) < 0.2, OPEN, np.where(dice.random(m) < 0.7, start, HOME)),
        opens=begins, closes=begins + dice.integers(2 * HOUR, 9 * HOUR, m),
        break_from=rest_from, break_until=rest_from + dice.integers(2400, 2 * HOUR, m),
        break_seconds=np.where(rests, dice.integers(600, 2400, m), 0), profile=dice.integers(0, 2, m),
        max_seconds=np.where(dice.random(m) < 0.3, dice.integers(2 * HOUR, 6 * HOUR, m), 2**40),
        max_metres=np.where(dice.random(m) < 0.3, dice.integers(10_000, 60_000, m), 2**40),
        max_stops=np.where(dice.random(m) < 0.3, dice.integers(2, 9, m), 2**40), may_reload=dice.random(m) < 0.5,
    )  # fmt: skip


def _depots(dice: np.random.Generator, k: int) -> Depots:
    latitude, longitude = _around(dice, k)
    if dice.random() < 0.5:
        return Depots.of(latitude, longitude)
    opens = dice.integers(6 * HOUR, 9 * HOUR, k)
    return Depots.of(
        latitude, longitude, opens=opens, closes=opens + dice.integers(2 * HOUR, 10 * HOUR, k),
        loading_seconds=dice.integers(0, 900, k),
    )  # fmt: skip


def _travel(dice: np.random.Generator, size: int) -> Travel:
    walking = Profile(metres_per_second=3.0, detour=1.2)
    if dice.random() < 0.6:
        return Travel((Profile(), walking))
    # A router's tables: not the same both ways, the shortest way not always the quickest, and some ways closed.
    x, y = dice.random(size), dice.random(size)
    away = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :]) * 8000 + dice.random((size, size)) * 500
    seconds, metres = (away / 9).astype(np.int64), away.astype(np.int64)
    closed = dice.random((size, size)) < 0.01
    np.fill_diagonal(closed, False)
    seconds[closed] = -1
    np.fill_diagonal(seconds, 0)
    return Travel((Profile(seconds=seconds, metres=metres), walking))


def _options(dice: np.random.Generator) -> Options:
    weights = Weights(
        metre=float(dice.choice([0.0, 0.01])),
        work_second=float(dice.choice([0.0, 0.2])),
        run=float(dice.choice([0, 600])),
    )
    return Options(aim="balanced" if dice.random() < 0.4 else "shortest", weights=weights)
