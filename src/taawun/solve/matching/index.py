"""Live offers, and who is near: candidates for one new request in well under a millisecond among a million.

Offers come and go one by one. What is there from the start lies in trees (nearest.py), one a kind; what is added lies in a
short tail, looked through as it is, until it is worth a tree of its own; trees of like size become one (so an offer moves
into a new tree some log n times in all). What is withdrawn is crossed out, and left out when its tree is next made.

Any number of threads may ask while one adds or removes: they read one snapshot, which changes as a whole. Only crossing out and
what an offer has left are seen at once.
"""

import threading
from dataclasses import dataclass, replace

import numpy as np

from taawun.solve.matching import rings
from taawun.solve.matching.candidates import NO_AREA, Basis, Kind, Sites, check, nearest_fitting
from taawun.solve.matching.nearest import (
    TOLERANCE,
    BoolArray,
    FloatArray,
    IntArray,
    chord_to_km,
    km_to_chord,
    unit_vectors,
)

TAIL_MOST = 2048
# A tree takes in those before it that are up to so many times as large.
TAKEN_IN = 4


@dataclass(frozen=True, eq=False)
class Near:
    """What a request may consider, in the order in which it is told: by distance, then by area, then anywhere.

    offer (e,) the numbers of offers; distance_km (e,) NaN unless ``basis`` (e,) is DISTANCE
    """

    offer: IntArray
    distance_km: FloatArray
    basis: IntArray


@dataclass(frozen=True, eq=False)
class _Trees:
    """The offers with numbers from ``first`` up to ``end``, those of each kind by place and area; ``held`` were there."""

    first: int
    end: int
    held: int
    kinds: dict[int, Kind]


@dataclass(frozen=True, eq=False)
class _Snapshot:
    """``columns`` and ``there`` have room for more than the ``size`` rows in use; the tail begins at ``tail``."""

    columns: Sites
    point: FloatArray
    there: BoolArray
    size: int
    tail: int
    trees: tuple[_Trees, ...]


class CandidateIndex:
    """The live offers of a board. An offer's number is its row: those given first are 0, 1, 2 …; ``add`` returns new ones.

    Numbers are never used again, so after millions of changes memory holds millions of crossed-out rows (some 80 bytes
    each): where ``rows`` has become several times ``len(index)``, make a new index.
    """

    def __init__(self, offers: Sites) -> None:
        self._writing = threading.Lock()
        self._removed = 0
        size = len(offers)
        there = np.ones(size, dtype=np.bool_)
        self._now = _Snapshot(offers, _points(offers), there, size, size, ())
        # Crossing out writes into the columns, which are the index's own.
        self._grow(0)
        self._now = replace(self._now, trees=(self._tree(0, size),) if size else ())

    def __len__(self) -> int:
        return self._now.size - self._removed

    @property
    def rows(self) -> int:
        return self._now.size

    def add(self, offers: Sites) -> IntArray:
        """Take in more offers and return their numbers."""
        with self._writing:
            many = len(offers)
            if self._now.size + many > self._now.there.size:
                self._grow(many)
            now = self._now
            new = slice(now.size, now.size + many)
            for name in Sites.__dataclass_fields__:
                getattr(now.columns, name)[new] = getattr(offers, name)
            now.point[new] = _points(offers)
            now.there[new] = True
            self._now = replace(now, size=now.size + many)
            if self._now.size - self._now.tail > TAIL_MOST:
                self._plant()
            return np.arange(new.start, new.stop, dtype=np.int64)

    def remove(self, offers: IntArray) -> None:
        """Cross out offers by their numbers; one that is not there any more is passed over."""
        with self._writing:
            offers = np.unique(self._known(offers))
            gone = offers[self._now.there[offers]]
            self._now.there[gone] = False
            self._removed += gone.size
            self._tidy()

    def set_left(self, offers: IntArray, quantity: IntArray) -> None:
        """Say what these offers have left now; with 0 left an offer is no candidate until it has more again."""
        with self._writing:
            offers, quantity = self._known(offers), np.asarray(quantity)
            if quantity.shape != offers.shape or quantity.dtype.kind not in "iu" or np.any(quantity < 0):
                raise ValueError("quantity must be one whole number, 0 or more, for each offer")
            self._now.columns.quantity[offers] = quantity

    def query(self, request: Sites, *, k: int = 12, radius_km: float = 50.0, turn: int = 0) -> Near:
        """Return the candidates of ``request`` (one row), by the rules of ``candidates``.

        ``turn`` says where to begin among offers that are equally good: count it up from request to request.
        """
        check(k, radius_km)
        if len(request) != 1:
            raise ValueError("request must be one row")
        return _Question(self._now, request, k, radius_km, turn).answer()

    def _known(self, offers: IntArray) -> IntArray:
        offers = np.atleast_1d(np.asarray(offers))
        if offers.size and (offers.dtype.kind not in "iu" or offers.min() < 0 or offers.max() >= self._now.size):
            raise ValueError(f"offers must be numbers from 0 to {self._now.size - 1}")
        return offers.astype(np.int64)

    def _grow(self, more: int) -> None:
        """Give the columns room for twice as many rows; whoever reads keeps the old ones."""
        now = self._now
        room = 2 * (now.size + more) if more else now.size + TAIL_MOST
        columns = {}
        for name in Sites.__dataclass_fields__:
            old = getattr(now.columns, name)
            columns[name] = np.zeros(room, dtype=old.dtype)
            columns[name][: now.size] = old[: now.size]
        point = np.zeros((room, 3))
        point[: now.size] = now.point[: now.size]
        there = np.zeros(room, dtype=np.bool_)
        there[: now.size] = now.there[: now.size]
        self._now = replace(now, columns=Sites(**columns), point=point, there=there)

    def _plant(self) -> None:
        """Make a tree of the tail, together with the trees before it that are not much larger."""
        now = self._now
        kept = list(now.trees)
        first = now.tail
        while kept and kept[-1].end - kept[-1].first <= TAKEN_IN * (now.size - first):
            first = kept.pop().first
        self._now = replace(now, tail=now.size, trees=(*kept, self._tree(first, now.size)))

    def _tidy(self) -> None:
        """Make those trees anew of which more than half is crossed out."""
        now = self._now
        trees = []
        for tree in now.trees:
            left = int(np.count_nonzero(now.there[tree.first : tree.end])) if tree.held > TAIL_MOST else tree.held
            trees.append(self._tree(tree.first, tree.end) if 2 * left < tree.held else tree)
        self._now = replace(now, trees=tuple(trees))

    def _tree(self, first: int, end: int) -> _Trees:
        now = self._now
        rows = first + np.flatnonzero(now.there[first:end])
        rows = rows[np.argsort(now.columns.kind[rows], kind="stable")]
        kinds = now.columns.kind[rows]
        starts = np.flatnonzero(np.diff(kinds, prepend=kinds[0] - 1)) if rows.size else np.zeros(0, dtype=np.int64)
        split = np.split(rows, starts[1:]) if rows.size else []
        return _Trees(
            first, end, rows.size, {int(now.columns.kind[own[0]]): Kind.of(now.columns, own) for own in split}
        )


def _points(offers: Sites) -> FloatArray:
    return unit_vectors(offers.latitude, offers.longitude)


class _Question:
    """One request put to one snapshot."""

    def __init__(self, snapshot: _Snapshot, request: Sites, k: int, radius_km: float, turn: int) -> None:
        self.now, self.k, self.radius_km, self.turn = snapshot, k, radius_km, turn
        self.kind, self.area = int(request.kind[0]), int(request.area[0])
        self.opens, self.closes = int(request.opens[0]), int(request.closes[0])
        self.least = max(1, int(request.quantity[0]))
        self.point = _points(request)[0] if request.placed[0] else None
        self.trees = [tree.kinds[self.kind] for tree in snapshot.trees if self.kind in tree.kinds]
        tail = np.arange(snapshot.tail, snapshot.size)
        self.tail: IntArray = tail[snapshot.columns.kind[snapshot.tail : snapshot.size] == self.kind]

    def fits(self, rows: IntArray) -> BoolArray:
        columns = self.now.columns
        opens, closes = columns.opens[rows], columns.closes[rows]
        return (
            self.now.there[rows]
            & (columns.quantity[rows] >= self.least)
            & (opens <= self.closes)
            & (closes >= self.opens)
            & (opens <= closes)
        )

    def answer(self) -> Near:
        if self.opens > self.closes:
            none = np.zeros(0, dtype=np.int64)
            return Near(none, np.zeros(0), none)
        near, distance_km = self._near() if self.point is not None else (np.zeros(0, dtype=np.int64), np.zeros(0))
        own = self._of_area()
        rest = np.zeros(0, dtype=np.int64)
        if near.size + own.size < self.k:
            rest = rings.first_fitting(
                self._elsewhere(), self.k, self.turn, lambda rows: self.fits(rows) & ~np.isin(rows, own)
            )
        away = np.full(own.size + rest.size, np.nan)
        basis = np.repeat([int(Basis.DISTANCE), int(Basis.AREA), int(Basis.ANYWHERE)], [near.size, own.size, rest.size])
        return Near(np.concatenate((near, own, rest)), np.concatenate((distance_km, away)), basis)

    def _near(self) -> tuple[IntArray, FloatArray]:
        assert self.point is not None
        found: list[IntArray] = []
        away: list[FloatArray] = []
        for kind in self.trees:
            offer, distance_km = nearest_fitting(
                kind.places, self.now.point.__getitem__, self.point, self.k, self.radius_km, self.turn, self.fits
            )
            found.append(offer)
            away.append(distance_km)
        late = self.tail[self.fits(self.tail)]
        chord = np.linalg.norm(self.now.point[late] - self.point, axis=1)
        # Where nothing is known of a place the chord is not a number, and no nearer than anything.
        near = chord <= km_to_chord(self.radius_km) + TOLERANCE
        found.append(late[near])
        away.append(chord_to_km(chord[near]))
        offer, distance_km = np.concatenate(found), np.concatenate(away)
        first = np.argsort(distance_km, kind="stable")[: self.k]
        return offer[first], distance_km[first]

    def _of_area(self) -> IntArray:
        if self.area == NO_AREA:
            return np.zeros(0, dtype=np.int64)
        unplaced = self.point is not None
        pools = [kind.of_area(self.area, unplaced=unplaced) for kind in self.trees]
        late = self._late(unplaced=unplaced)
        pools.append(late[self.now.columns.area[late] == self.area])
        return rings.first_fitting(pools, self.k, self.turn, self.fits)

    def _elsewhere(self) -> list[IntArray]:
        """With coordinates, those that name no place at all; without, every one."""
        unplaced = self.point is not None
        late = self._late(unplaced=unplaced)
        if unplaced:
            return [*(kind.nowhere for kind in self.trees), late[self.now.columns.area[late] == NO_AREA]]
        return [*(kind.every for kind in self.trees), late]

    def _late(self, *, unplaced: bool) -> IntArray:
        known = self.now.point[self.tail, 0] >= -1.0
        return self.tail[~known] if unplaced else self.tail
