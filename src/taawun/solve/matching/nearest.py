"""Points on the sphere and the nearest of them, by SciPy's k-d tree over the *distinct* points.

Points lie on the unit sphere, where the straight (chord) distance orders pairs as the great circle does. Many rows at one
point are one point with a list of rows: a tree of a million equal points is a list, and every question would read it through.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

EARTH_RADIUS_KM = 6371.0088
# Some micrometres on the ground: a pair right at the radius is within it, whatever the rounding of its distance.
TOLERANCE = 1e-12


def unit_vectors(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    """(n, 3) points on the unit sphere, from degrees."""
    phi, theta = np.radians(latitude), np.radians(longitude)
    return np.column_stack((np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)))


def chord_to_km(chord: FloatArray) -> FloatArray:
    return 2.0 * EARTH_RADIUS_KM * np.arcsin(np.clip(chord / 2.0, 0.0, 1.0))


def km_to_chord(distance_km: float) -> float:
    return float(2.0 * np.sin(min(distance_km / (2.0 * EARTH_RADIUS_KM), np.pi / 2.0)))


@dataclass(frozen=True, eq=False)
class Places:
    """Rows by their place: those at place p are ``rows[starts[p] : starts[p + 1]]``. ``tree`` is None without any."""

    rows: IntArray
    starts: IntArray
    tree: cKDTree | None

    @classmethod
    def of(cls, rows: IntArray, latitude: FloatArray, longitude: FloatArray) -> "Places":
        """``latitude`` and ``longitude`` are those of ``rows``, in the same order; equal ones are one place."""
        if not rows.size:
            return cls(rows, np.zeros(1, dtype=np.int64), None)
        order = np.lexsort((longitude, latitude))
        lat, lng = latitude[order], longitude[order]
        new = np.concatenate(([True], (lat[1:] != lat[:-1]) | (lng[1:] != lng[:-1])))
        first = np.flatnonzero(new)
        tree = cKDTree(unit_vectors(lat[first], lng[first]), balanced_tree=False)
        return cls(rows[order], np.append(first, rows.size), tree)

    def __len__(self) -> int:
        return self.starts.size - 1

    def around(self, points: FloatArray, count: int, radius_km: float) -> tuple[FloatArray, IntArray]:
        """(q, count) chords and places, nearest first, of ``points`` (q, 3); infinite and ``len(self)`` where there is none."""
        if self.tree is None:
            shape = (len(points), count)
            return np.full(shape, np.inf), np.zeros(shape, dtype=np.int64)
        reach = km_to_chord(radius_km) + TOLERANCE
        chord, place = self.tree.query(points, k=range(1, count + 1), distance_upper_bound=reach)
        return chord, place.astype(np.int64, copy=False)
