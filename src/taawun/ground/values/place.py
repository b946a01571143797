"""Places and their public cells. Everything shown or computed about a place comes from its coarse cell.

A cell is an H3 hexagon. At resolution 7 it is about 5 square kilometres: the centre lies some 0.8 km from a
point inside it, so that a distance, a sorting or a filter can never give a door away.
"""

import math
from dataclasses import dataclass

import h3
from openlocationcode import openlocationcode

from taawun.ground.values.refusal import Refusal

RESOLUTION_FINEST = 7
RESOLUTION_COARSEST = 5


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees, WGS 84."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.latitude) and math.isfinite(self.longitude)):
            raise Refusal("place.not_a_number", "point")
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise Refusal("place.out_of_range", "point")


def cell_of(point: Point, resolution: int = RESOLUTION_FINEST) -> int:
    """Return the public cell of a point as a 63-bit integer. Finer than ``RESOLUTION_FINEST`` is refused."""
    if not RESOLUTION_COARSEST <= resolution <= RESOLUTION_FINEST:
        raise ValueError(f"a public cell has a resolution from {RESOLUTION_COARSEST} to {RESOLUTION_FINEST}")
    return int(h3.str_to_int(h3.latlng_to_cell(point.latitude, point.longitude, resolution)))


def centre_of(cell: int) -> Point:
    latitude, longitude = h3.cell_to_latlng(h3.int_to_str(cell))
    return Point(latitude, longitude)


def outline_of(cell: int) -> list[Point]:
    """Return the corners of the cell."""
    return [Point(latitude, longitude) for latitude, longitude in h3.cell_to_boundary(h3.int_to_str(cell))]


def cells_within(cell: int, rings: int) -> list[int]:
    """Return the cell and its neighbours up to ``rings`` away, nearest rings first."""
    found: list[int] = []
    for ring in range(rings + 1):
        found.extend(int(h3.str_to_int(one)) for one in h3.grid_ring(h3.int_to_str(cell), ring))
    return found


def distance_km(one: int, other: int) -> float:
    """Return the great-circle distance between the centres of two cells in kilometres."""
    a, b = centre_of(one), centre_of(other)
    return float(h3.great_circle_distance((a.latitude, a.longitude), (b.latitude, b.longitude), unit="km"))


def parse_plus_code(text: str, near: Point | None = None) -> Point:
    """Return the centre of a full plus code, or of a short one read near a point."""
    code = text.strip().upper()
    if openlocationcode.isShort(code) and near is not None:
        code = openlocationcode.recoverNearest(code, near.latitude, near.longitude)
    if not openlocationcode.isFull(code):
        raise Refusal("place.plus_code", "plus_code")
    area = openlocationcode.decode(code)
    return Point(area.latitudeCenter, area.longitudeCenter)
