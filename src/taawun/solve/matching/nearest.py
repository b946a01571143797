"""The k nearest points, exact to some millimetres, with NumPy alone: points in leaves of a few hundred, leaves compared before points.

Points lie on the unit sphere, where the straight (chord) distance orders pairs as the great circle does. A leaf of
queries needs only the leaves of targets that could hold one of its nearest; most are ruled out by their balls.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

EARTH_RADIUS_KM = 6371.0088
LEAF_POINTS = 256
BLOCK_CELLS = 2_000_000
# Some millimetres on the ground. Without it, rounding makes a crowd at one point look spread, and every leaf is searched.
TOLERANCE = 1e-9


def unit_vectors(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    """(n, 3) points on the unit sphere, from degrees."""
    phi, theta = np.radians(latitude), np.radians(longitude)
    return np.column_stack((np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)))


def chord_to_km(chord: FloatArray) -> FloatArray:
    return 2.0 * EARTH_RADIUS_KM * np.arcsin(np.clip(chord / 2.0, 0.0, 1.0))


def km_to_chord(distance_km: float) -> float:
    return float(2.0 * np.sin(min(distance_km / (2.0 * EARTH_RADIUS_KM), np.pi / 2.0)))


def nearest(
    queries: FloatArray,
    targets: FloatArray,
    k: int,
    radius_km: float,
    compatible: Callable[[IntArray, IntArray], BoolArray] | None = None,
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return (query, target, distance_km) of each query's k nearest compatible targets within the radius.

    ``queries`` (q, 3) and ``targets`` (t, 3) are unit vectors. ``compatible(query rows, target rows)`` returns the grid of
    allowed pairs. Memory stays around BLOCK_CELLS numbers whatever the sizes.
    """
    radius = km_to_chord(radius_km)
    found: list[tuple[IntArray, IntArray, FloatArray]] = []
    if len(queries) and len(targets):
        target_leaves = _leaves(targets)
        centres, radii = _balls(targets, target_leaves)
        sizes = np.array([leaf.size for leaf in target_leaves])
        for rows in _leaves(queries):
            (centre,), (spread,) = _balls(queries, [rows])
            apart = np.linalg.norm(centres - centre, axis=1)
            closest, farthest = apart - radii - spread, apart + radii + spread
            reach = _Reach(target_leaves, closest, farthest, sizes, radius)
            found.append(_nearest_of_leaf(queries, targets, rows, reach, k, radius, compatible))
    if not found:
        none = np.zeros(0, dtype=np.int64)
        return none, none, np.zeros(0)
    query, target, chord = (np.concatenate(column) for column in zip(*found, strict=True))
    return query, target, chord_to_km(chord)


class _Reach:
    """Which leaves of targets one leaf of queries has to look at to be sure of ``count`` targets."""

    def __init__(
        self, leaves: list[IntArray], closest: FloatArray, farthest: FloatArray, sizes: IntArray, radius: float
    ) -> None:
        self.leaves, self.closest, self.farthest = leaves, closest, farthest
        self.order = np.argsort(farthest, kind="stable")
        self.counted = np.cumsum(sizes[self.order])
        self.in_radius = closest <= radius

    def take(self, count: int) -> tuple[IntArray, float]:
        """Return the targets to look at, and the distance below which none is left out."""
        sure = int(np.searchsorted(self.counted, count)) + 1
        first = self.order[:sure]
        enough = self.farthest[first].max()
        taken = self.in_radius & (self.closest < enough - TOLERANCE)
        taken[first] = self.in_radius[first]
        left_out = self.in_radius & ~taken
        frontier = float(self.closest[left_out].min()) if left_out.any() else float("inf")
        columns = [self.leaves[leaf] for leaf in np.flatnonzero(taken)]
        return np.sort(np.concatenate(columns)) if columns else np.zeros(0, dtype=np.int64), frontier


def _nearest_of_leaf(
    queries: FloatArray,
    targets: FloatArray,
    rows: IntArray,
    reach: _Reach,
    k: int,
    radius: float,
    compatible: Callable[[IntArray, IntArray], BoolArray] | None,
) -> tuple[IntArray, IntArray, FloatArray]:
    """Look wider until nothing nearer can be left out: pairs that are not compatible don't count towards k."""
    none = np.zeros(0, dtype=np.int64)
    parts: list[tuple[IntArray, IntArray, FloatArray]] = [(none, none, np.zeros(0))]
    count = 2 * k
    while rows.size:
        columns, frontier = reach.take(count)
        count *= 4
        if columns.size == 0:
            if frontier > radius:
                break
            continue
        unsure: list[IntArray] = []
        step = max(1, BLOCK_CELLS // columns.size)
        for first in range(0, rows.size, step):
            block = rows[first : first + step]
            chord, order = _block(queries[block], targets[columns], k, radius, compatible, block, columns)
            # The last one kept must lie nearer than anything not looked at; an unfilled row has seen too little.
            sure = (chord[:, -1] <= frontier + TOLERANCE) & (chord.shape[1] == k) | (frontier > radius)
            kept = np.isfinite(chord) & sure[:, None]
            which, place = np.nonzero(kept)
            parts.append((block[which], columns[order[which, place]], chord[which, place]))
            unsure.append(block[~sure])
        rows = np.concatenate(unsure)
    query, target, chord = (np.concatenate(column) for column in zip(*parts, strict=True))
    return query, target, chord


def _block(
    queries: FloatArray,
    targets: FloatArray,
    k: int,
    radius: float,
    compatible: Callable[[IntArray, IntArray], BoolArray] | None,
    rows: IntArray,
    columns: IntArray,
) -> tuple[FloatArray, IntArray]:
    """Return (rows, k) chords, nearest first, infinite where there is none, and their columns."""
    # From the difference of the points, not from 1 - cosine, which loses everything below some hundred metres.
    chord = np.zeros((len(queries), len(targets)))
    for axis in range(3):
        chord += (queries[:, axis, None] - targets[None, :, axis]) ** 2
    np.sqrt(chord, out=chord)
    chord[chord > radius] = np.inf
    if compatible is not None:
        chord[~compatible(rows, columns)] = np.inf
    width = min(k, chord.shape[1])
    order = np.argpartition(chord, width - 1, axis=1)[:, :width]
    near = np.take_along_axis(chord, order, axis=1)
    inner = np.lexsort((order, near), axis=1)
    return np.take_along_axis(near, inner, axis=1), np.take_along_axis(order, inner, axis=1)


def _leaves(points: FloatArray) -> list[IntArray]:
    """Halve along the widest side until a leaf holds at most LEAF_POINTS."""
    leaves: list[IntArray] = []
    waiting = [np.arange(len(points), dtype=np.int64)]
    while waiting:
        rows = waiting.pop()
        if rows.size <= LEAF_POINTS:
            leaves.append(rows)
            continue
        own = points[rows]
        axis = int(np.argmax(own.max(axis=0) - own.min(axis=0)))
        middle = rows.size // 2
        order = np.argpartition(own[:, axis], middle)
        waiting.extend((rows[order[:middle]], rows[order[middle:]]))
    return leaves


def _balls(points: FloatArray, leaves: list[IntArray]) -> tuple[FloatArray, FloatArray]:
    centres = np.array([points[leaf].mean(axis=0) for leaf in leaves])
    radii = np.array(
        [np.linalg.norm(points[leaf] - centre, axis=1).max() for leaf, centre in zip(leaves, centres, strict=True)]
    )
    return centres, radii
