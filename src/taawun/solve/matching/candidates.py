"""Which offers a request should consider at all: same kind, windows that meet, near enough, and the nearest of those.

A pair is judged by distance when both have coordinates. Where one has none, the same area's name comes next, and after
that anywhere. Where many offers are equally good in that sense, each request starts at another one, so that the first
few offers of a sheet are not everybody's only candidates.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from taawun.solve.matching.nearest import BoolArray, FloatArray, IntArray, nearest, unit_vectors

NO_AREA = -1
ALWAYS_FROM = np.iinfo(np.int64).min
ALWAYS_UNTIL = np.iinfo(np.int64).max
FIRST_LOOK = 64


class Basis(IntEnum):
    """What a pair's distance rests on."""

    DISTANCE = 0
    AREA = 1
    ANYWHERE = 2


@dataclass(frozen=True, eq=False)
class Sites:
    """One side of the market, a row each.

    kind       (n,) int64 code; only equal kinds meet
    latitude, longitude   (n,) float64 degrees, NaN where unknown
    area       (n,) int64 code of a named area, NO_AREA where unknown
    opens, closes   (n,) int64 minutes on one scale, ALWAYS_FROM and ALWAYS_UNTIL where open
    quantity   (n,) int64: the smallest part a request accepts; what an offer has left
    """

    kind: IntArray
    latitude: FloatArray
    longitude: FloatArray
    area: IntArray
    opens: IntArray
    closes: IntArray
    quantity: IntArray

    @property
    def placed(self) -> BoolArray:
        return np.isfinite(self.latitude) & np.isfinite(self.longitude)

    def __len__(self) -> int:
        return int(self.kind.size)

    def at(self, rows: IntArray) -> "Sites":
        return Sites(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class Edges:
    """(e,) each, ordered by request, then offer. ``distance_km`` is NaN unless ``basis`` is DISTANCE."""

    request: IntArray
    offer: IntArray
    distance_km: FloatArray
    basis: IntArray


def candidates(requests: Sites, offers: Sites, *, k: int = 12, radius_km: float = 50.0) -> Edges:
    """Return up to k offers a request by distance, up to k more of its area among those without coordinates, and up to k
    of anywhere where these are fewer than k."""
    columns: list[tuple[IntArray, IntArray, FloatArray, IntArray]] = []
    for kind in np.intersect1d(requests.kind, offers.kind):
        rows, cols = np.flatnonzero(requests.kind == kind), np.flatnonzero(offers.kind == kind)
        columns.extend(_of_one_kind(requests, offers, rows, cols, k, radius_km))
    if not columns:
        none = np.zeros(0, dtype=np.int64)
        return Edges(none, none, np.zeros(0), none)
    request, offer, distance_km, basis = (np.concatenate(column) for column in zip(*columns, strict=True))
    order = np.lexsort((offer, request))
    return Edges(request[order], offer[order], distance_km[order], basis[order])


def _of_one_kind(
    requests: Sites, offers: Sites, rows: IntArray, cols: IntArray, k: int, radius_km: float
) -> list[tuple[IntArray, IntArray, FloatArray, IntArray]]:
    placed_rows, placed_cols = rows[requests.placed[rows]], cols[offers.placed[cols]]

    def compatible(some_rows: IntArray, some_cols: IntArray) -> BoolArray:
        return _compatible(requests, offers, placed_rows[some_rows], placed_cols[some_cols])

    near_rows, near_cols, distance_km = nearest(
        unit_vectors(requests.latitude[placed_rows], requests.longitude[placed_rows]),
        unit_vectors(offers.latitude[placed_cols], offers.longitude[placed_cols]),
        k,
        radius_km,
        compatible,
    )
    near = (placed_rows[near_rows], placed_cols[near_cols], distance_km, np.full(near_rows.size, int(Basis.DISTANCE)))
    enough = np.bincount(near[0], minlength=len(requests))
    unplaced = cols[~offers.placed[cols]]
    nowhere = unplaced[offers.area[unplaced] == NO_AREA]
    far: list[tuple[IntArray, IntArray, FloatArray, IntArray]] = [near]
    # A request with coordinates needs the fallbacks only for offers without; one without coordinates needs them for all.
    for group, pool, elsewhere in (
        (placed_rows, unplaced, nowhere),
        (rows[~requests.placed[rows]], cols, cols),
    ):
        far.extend(_fallback(requests, offers, group, pool, elsewhere, k, enough))
    return far


def _fallback(
    requests: Sites, offers: Sites, rows: IntArray, pool: IntArray, elsewhere: IntArray, k: int, enough: IntArray
) -> list[tuple[IntArray, IntArray, FloatArray, IntArray]]:
    if not (rows.size and pool.size):
        return []
    by_area = pool[np.argsort(offers.area[pool], kind="stable")]
    areas = offers.area[by_area]
    found_rows: list[IntArray] = []
    found_cols: list[IntArray] = []
    found_basis: list[IntArray] = []
    for turn, row in enumerate(rows):
        area = requests.area[row]
        taken = np.zeros(0, dtype=np.int64)
        if area != NO_AREA:
            own = by_area[np.searchsorted(areas, area) : np.searchsorted(areas, area, side="right")]
            taken = _first_compatible(requests, offers, int(row), own, k, turn)
        rest = np.zeros(0, dtype=np.int64)
        if enough[row] + taken.size < k:
            rest = _first_compatible(requests, offers, int(row), elsewhere, k, turn)
            rest = rest[~np.isin(rest, taken)]
        cols = np.concatenate((taken, rest))
        found_rows.append(np.full(cols.size, row))
        found_cols.append(cols)
        found_basis.append(np.repeat([int(Basis.AREA), int(Basis.ANYWHERE)], [taken.size, rest.size]))
    request, offer, basis = (np.concatenate(column) for column in (found_rows, found_cols, found_basis))
    return [(request, offer, np.full(request.size, np.nan), basis)]


def _first_compatible(requests: Sites, offers: Sites, row: int, pool: IntArray, k: int, turn: int) -> IntArray:
    """Return k of the pool, beginning at another place each turn, looking at more of it only while too few fit."""
    if not pool.size:
        return pool
    first = turn * k % pool.size
    fitting: list[IntArray] = []
    count, seen, look = 0, 0, max(FIRST_LOOK, k)
    while seen < pool.size and count < k:
        ahead = np.arange(seen, min(seen + look, pool.size))
        cols = pool[(first + ahead) % pool.size]
        fits = cols[_compatible(requests, offers, np.array([row]), cols)[0]]
        fitting.append(fits)
        count += fits.size
        seen += look
        look *= 4
    return np.concatenate(fitting)[:k]


def _compatible(requests: Sites, offers: Sites, rows: IntArray, cols: IntArray) -> BoolArray:
    """(rows, cols) whether the windows meet and the offer can carry the smallest part."""
    return (
        (requests.opens[rows, None] <= offers.closes[None, cols])
        & (offers.opens[None, cols] <= requests.closes[rows, None])
        & (offers.quantity[None, cols] >= requests.quantity[rows, None])
    )
