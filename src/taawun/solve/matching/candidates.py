"""Which offers a request should consider at all: same kind, windows that meet, near enough, and the nearest of those.

A pair is judged by distance when both have coordinates. Where one has none, the same area's name comes next, and after
that anywhere. Where many offers are equally good in that sense, each request starts at another one, so that the first
few offers of a sheet are not everybody's only candidates.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taawun.solve.matching import rings
from taawun.solve.matching.nearest import (
    TOLERANCE,
    BoolArray,
    FloatArray,
    IntArray,
    Places,
    chord_to_km,
    km_to_chord,
    unit_vectors,
)

NO_AREA = -1
ROWS_MAXIMUM = 2**31 - 1
ALWAYS_FROM = np.iinfo(np.int64).min
ALWAYS_UNTIL = np.iinfo(np.int64).max
# Rows at once: what is looked at together stays in some hundred megabytes whatever the sizes.
ROWS_AT_ONCE, PAIRS_AT_ONCE = 4096, 4_000_000
# How many places beyond k are asked for at first, and how many at most before a row is looked at by itself. One who asks
# alone begins with some times k, since asking twice is dear; after the most, those that fit are picked out of all.
PLACES_MORE, PLACES_MOST = 4, 256
PLACES_ALONE, PLACES_ALONE_MOST = 3, 4096


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
    opens, closes   (n,) int64 minutes on one scale, ALWAYS_FROM and ALWAYS_UNTIL where open; a window that ends before it
               begins meets nobody
    quantity   (n,) int64: the smallest part a request accepts; what an offer has left, and with 0 left it is no candidate
    """

    kind: IntArray
    latitude: FloatArray
    longitude: FloatArray
    area: IntArray
    opens: IntArray
    closes: IntArray
    quantity: IntArray

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            kind = np.float64 if name in ("latitude", "longitude") else np.int64
            given = np.asarray(getattr(self, name))
            if given.ndim != 1 or (given.size and not np.can_cast(given.dtype, kind, "same_kind")):
                raise ValueError(f"{name} must be one row of {'numbers' if kind is np.float64 else 'whole numbers'}")
            object.__setattr__(self, name, np.ascontiguousarray(given, dtype=kind))
        if self.kind.size > ROWS_MAXIMUM:
            raise ValueError(f"more than {ROWS_MAXIMUM} rows")
        if len({getattr(self, name).size for name in self.__dataclass_fields__}) != 1:
            raise ValueError(f"{', '.join(self.__dataclass_fields__)} must have the same length")
        for name, most in (("latitude", 90.0), ("longitude", 180.0)):
            if np.any(np.abs(getattr(self, name)) > most):
                raise ValueError(f"{name} must lie between -{most:.0f} and {most:.0f}, or be NaN where it is not known")
        if np.any(self.quantity < 0):
            raise ValueError("quantity must be 0 or more")

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

    def only(self, wanted: BoolArray) -> "Edges":
        """Return those of ``wanted`` (e,)."""
        return Edges(self.request[wanted], self.offer[wanted], self.distance_km[wanted], self.basis[wanted])


def candidates(requests: Sites, offers: Sites, *, k: int = 12, radius_km: float = 50.0) -> Edges:
    """Return up to k offers a request by distance, up to k more of its area among those without coordinates, and up to k
    of anywhere where these are fewer than k. Of offers at one place, each request looks at others first.

    Memory grows with what is returned, not with the product of the sides.
    """
    check(k, radius_km)
    found: list[tuple[NDArray[Any], ...]] = []
    for rows, cols in _by_kind(requests, offers):
        kind = Kind.of(offers, cols)
        step = max(1, min(ROWS_AT_ONCE, PAIRS_AT_ONCE // max(1, min(cols.size, max(16 * k, PLACES_MOST)))))
        for first in range(0, rows.size, step):
            for one in _of_rows(requests, offers, kind, rows[first : first + step], k, radius_km):
                # Half the memory while they wait to be put in order.
                found.append((one[0].astype(np.int32), one[1].astype(np.int32), one[2], one[3].astype(np.int8)))
    if not found:
        none = np.zeros(0, dtype=np.int64)
        return Edges(none, none, np.zeros(0), none)
    request, offer, distance_km, basis = (np.concatenate(column) for column in zip(*found, strict=True))
    del found
    order = np.lexsort((offer, request))
    return Edges(
        request[order].astype(np.int64),
        offer[order].astype(np.int64),
        distance_km[order],
        basis[order].astype(np.int64),
    )


def check(k: int, radius_km: float) -> None:
    """Refuse a question that makes no sense."""
    if k < 1:
        raise ValueError("k must be 1 or more")
    if not radius_km >= 0:
        raise ValueError("radius_km must be 0 or more")


_Pairs = tuple[IntArray, IntArray, FloatArray, IntArray]


@dataclass(frozen=True, eq=False)
class Kind:
    """Offers of one kind, by place and by area. ``unplaced`` are those without coordinates, ``nowhere`` those of them
    without an area."""

    places: Places
    every: IntArray
    every_area: IntArray
    unplaced: IntArray
    unplaced_area: IntArray
    nowhere: IntArray

    @classmethod
    def of(cls, offers: Sites, cols: IntArray) -> "Kind":
        by_area = cols[np.argsort(offers.area[cols], kind="stable")]
        placed = offers.placed[cols]
        unplaced = by_area[~offers.placed[by_area]]
        return cls(
            Places.of(cols[placed], offers.latitude[cols[placed]], offers.longitude[cols[placed]]),
            by_area,
            offers.area[by_area],
            unplaced,
            offers.area[unplaced],
            unplaced[offers.area[unplaced] == NO_AREA],
        )

    def of_area(self, area: int, *, unplaced: bool) -> IntArray:
        pool, areas = (self.unplaced, self.unplaced_area) if unplaced else (self.every, self.every_area)
        return pool[np.searchsorted(areas, area) : np.searchsorted(areas, area, side="right")]


def _by_kind(requests: Sites, offers: Sites) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield the requests and the offers of each kind that both sides have."""
    rows, cols = np.argsort(requests.kind, kind="stable"), np.argsort(offers.kind, kind="stable")
    asked, offered = requests.kind[rows], offers.kind[cols]
    for kind in np.intersect1d(asked, offered):
        yield (
            rows[np.searchsorted(asked, kind) : np.searchsorted(asked, kind, side="right")],
            cols[np.searchsorted(offered, kind) : np.searchsorted(offered, kind, side="right")],
        )


def _of_rows(requests: Sites, offers: Sites, kind: Kind, rows: IntArray, k: int, radius_km: float) -> Iterator[_Pairs]:
    placed = requests.placed[rows]
    near = _near(requests, offers, kind, rows[placed], k, radius_km)
    yield near
    enough = np.bincount(np.searchsorted(rows, near[0]), minlength=rows.size)
    # A request with coordinates needs the fallbacks only for offers without; one without coordinates needs them for all.
    for unplaced, group in ((True, placed), (False, ~placed)):
        if group.any():
            yield from _fallback(requests, offers, kind, rows[group], enough[group], k, unplaced=unplaced)


def _near(requests: Sites, offers: Sites, kind: Kind, rows: IntArray, k: int, radius_km: float) -> _Pairs:
    """Return up to k offers a row by distance, asking for more places while too few of them fit."""
    points = unit_vectors(requests.latitude[rows], requests.longitude[rows])
    found: list[_Pairs] = []
    count = min(len(kind.places), k + PLACES_MORE)
    left = np.arange(rows.size) if count else np.zeros(0, dtype=np.int64)
    while left.size:
        chord, place = kind.places.around(points[left], count, radius_km)
        which, at = np.nonzero(np.isfinite(chord))
        group = place[which, at]
        size = kind.places.starts[group + 1] - kind.places.starts[group]
        entry, position = rings.windows(kind.places.starts[group], size, rows[left[which]], 4 * k, k)
        offer = kind.places.rows[position]
        fits = compatible(requests, offers, rows[left[which[entry]]], offer)
        entry, offer = entry[fits], offer[fits]
        kept = rings.rank(which[entry]) < k
        # A row is settled when it has k before any list that was cut short, or has seen all there is in the radius.
        fitting = np.cumsum(np.bincount(entry, minlength=which.size))
        before = np.append(0, fitting)[np.searchsorted(which, which)]
        cut = np.zeros(left.size, dtype=np.bool_)
        cut[which[(size > 4 * k) & (fitting - before < k)]] = True
        seen_all = ~np.isfinite(chord[:, -1]) | (count == len(kind.places))
        total = np.bincount(which[entry], minlength=left.size)
        settled = ~cut & ((total >= k) | seen_all)
        kept &= settled[which[entry]]
        entry, offer = entry[kept], offer[kept]
        found.append(
            _pairs(rows[left[which[entry]]], offer, Basis.DISTANCE, chord_to_km(chord[which[entry], at[entry]]))
        )
        alone = cut if 4 * count <= PLACES_MOST and count < len(kind.places) else ~settled
        for row in left[alone]:
            found.append(_near_alone(requests, offers, kind, int(rows[row]), points[row], k, radius_km))
        left = left[~settled & ~alone]
        count = min(4 * count, len(kind.places))
    if not found:
        return _pairs(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), Basis.DISTANCE)
    request, offer, distance_km, basis = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((distance_km, request))
    return request[order], offer[order], distance_km[order], basis[order]


def _near_alone(
    requests: Sites, offers: Sites, kind: Kind, row: int, point: FloatArray, k: int, radius_km: float
) -> _Pairs:
    def fits(cols: IntArray) -> BoolArray:
        return compatible(requests, offers, np.full(cols.size, row), cols)

    def where(cols: IntArray) -> FloatArray:
        return unit_vectors(offers.latitude[cols], offers.longitude[cols])

    offer, distance_km = nearest_fitting(kind.places, where, point, k, radius_km, row, fits)
    return _pairs(np.full(offer.size, row), offer, Basis.DISTANCE, distance_km)


def nearest_fitting(
    places: Places,
    where: Callable[[IntArray], FloatArray],
    point: FloatArray,
    k: int,
    radius_km: float,
    turn: int,
    fits: Callable[[IntArray], BoolArray],
) -> tuple[IntArray, FloatArray]:
    """Return up to k offers that fit, nearest to ``point`` (3,) first, and their distances: for one who asks alone.
    ``where`` gives the points (c, 3) of offers (c,).

    Place by place while that finds some soon; where few of many fit, those that do are picked out first.
    """
    count = min(len(places), PLACES_ALONE * k)
    while 0 < count <= PLACES_ALONE_MOST:
        chord, place = places.around(point[None, :], count, radius_km)
        within = int(np.searchsorted(chord[0], np.inf))
        here = place[0, :within]
        starts, size = places.starts[here], places.starts[here + 1] - places.starts[here]
        which, position = rings.windows(starts, size, np.full(within, turn), 4 * k, k)
        offer = places.rows[position]
        able = fits(offer)
        which, offer = which[able], offer[able]
        reached = np.cumsum(np.bincount(which, minlength=within))
        if np.any((size > 4 * k) & (reached < k)):
            # A crowd of which too few fitted among those looked at.
            which, offer = _place_by_place(places, here, k, turn, fits)
        if offer.size >= k or within < count or count == len(places):
            return offer[:k], chord_to_km(chord[0, which[:k]])
        # As many as should do if the next are like the last, and some more.
        wanted = 3 * count * k // (2 * max(1, offer.size))
        count = min(max(2 * count, min(wanted, 16 * count)), len(places))
    cols = places.rows[fits(places.rows)]
    chord = np.linalg.norm(where(cols) - point, axis=1)
    near = np.flatnonzero(chord <= km_to_chord(radius_km) + TOLERANCE)
    near = near[np.lexsort((cols[near], chord[near]))[:k]]
    return cols[near], chord_to_km(chord[near])


def _place_by_place(
    places: Places, here: IntArray, k: int, turn: int, fits: Callable[[IntArray], BoolArray]
) -> tuple[IntArray, IntArray]:
    """Return (which place, offer) of the first k that fit at these places, each place looked through to its end."""
    found: list[IntArray] = [np.zeros(0, dtype=np.int64)]
    which: list[int] = []
    for number, one in enumerate(here):
        crowd = places.rows[places.starts[one] : places.starts[one + 1]]
        found.append(rings.first_fitting([crowd], k - len(which), turn, fits))
        which.extend([number] * found[-1].size)
        if len(which) >= k:
            break
    return np.array(which, dtype=np.int64), np.concatenate(found)


def _pairs(request: IntArray, offer: IntArray, basis: Basis, distance_km: FloatArray | None = None) -> _Pairs:
    away = np.full(request.size, np.nan) if distance_km is None else distance_km
    return request, offer, away, np.full(request.size, int(basis), dtype=np.int64)


def _fallback(
    requests: Sites, offers: Sites, kind: Kind, rows: IntArray, enough: IntArray, k: int, *, unplaced: bool
) -> Iterator[_Pairs]:
    """Yield up to k of the same area, and up to k of anywhere for those who still have too few."""
    pool, areas = (kind.unplaced, kind.unplaced_area) if unplaced else (kind.every, kind.every_area)
    if not pool.size:
        return
    named = requests.area[rows] != NO_AREA
    starts = np.searchsorted(areas, requests.area[rows[named]])
    lengths = np.searchsorted(areas, requests.area[rows[named]], side="right") - starts
    nobody = np.zeros(0, dtype=np.int64)
    which, offer = _round_lists(requests, offers, rows[named], pool, starts, lengths, k, nobody)
    own = np.flatnonzero(named)[which]
    yield _pairs(rows[own], offer, Basis.AREA)
    elsewhere = kind.nowhere if unplaced else kind.every
    needy = np.flatnonzero(enough + np.bincount(own, minlength=rows.size) < k)
    if not elsewhere.size or not needy.size:
        return
    none = np.zeros(needy.size, dtype=np.int64)
    taken = rows[own] * len(offers) + offer
    which, other = _round_lists(requests, offers, rows[needy], elsewhere, none, none + elsewhere.size, k, taken)
    yield _pairs(rows[needy[which]], other, Basis.ANYWHERE)


def _round_lists(
    requests: Sites,
    offers: Sites,
    rows: IntArray,
    pool: IntArray,
    starts: IntArray,
    lengths: IntArray,
    k: int,
    taken: IntArray,
) -> tuple[IntArray, IntArray]:
    """Return (which row, offer) of up to k that fit out of each row's list in the pool, without the pairs ``taken``
    (row times offers, plus offer)."""

    def fits(of_rows: IntArray, cols: IntArray) -> BoolArray:
        able = compatible(requests, offers, of_rows, cols)
        return able & ~np.isin(of_rows * len(offers) + cols, taken) if taken.size else able

    which, position = rings.windows(starts, lengths, rows, 4 * k, k)
    offer = pool[position]
    able = fits(rows[which], offer)
    which, offer = which[able], offer[able]
    count = np.bincount(which, minlength=rows.size)
    short = (count < k) & (lengths > 4 * k)
    kept = (rings.rank(which) < k) & ~short[which]
    found = [(which[kept], offer[kept])]
    for row in np.flatnonzero(short):
        own = rings.first_fitting(
            [pool[starts[row] : starts[row] + lengths[row]]],
            k,
            int(rows[row]),
            lambda cols, row=row: fits(np.full(cols.size, rows[row]), cols),  # type: ignore[misc]
        )
        found.append((np.full(own.size, row), own))
    return np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found])


def compatible(requests: Sites, offers: Sites, rows: IntArray, cols: IntArray) -> BoolArray:
    """(p,) whether the windows meet and the offer can carry the smallest part, pair by pair."""
    asked, offered = (requests.opens[rows], requests.closes[rows]), (offers.opens[cols], offers.closes[cols])
    left = offers.quantity[cols]
    return (
        (asked[0] <= offered[1])
        & (offered[0] <= asked[1])
        & (asked[0] <= asked[1])
        & (offered[0] <= offered[1])
        & (left >= requests.quantity[rows])
        & (left > 0)
    )
