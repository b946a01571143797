"""The map as a drawing made on the server: hexagons of public cells, with names of areas. No tiles, no third party."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from taawun.community.circles.models import Area
from taawun.ground.values.place import Point, centre_of, outline_of
from taawun.practice.aid.queries.lists import CellCount

WIDTH, HEIGHT_MAX, MARGIN = 720.0, 900.0, 30.0
# Figures and a short name fit beside one another's cells when letters are this part of a cell's width.
TEXT_PART, TEXT_SMALLEST, TEXT_LARGEST = 7, 12, 34


@dataclass(frozen=True, slots=True)
class Hexagon:
    """One cell: its outline in drawing units, its figures, and how strongly it is tinted (0 to 4)."""

    cell: int
    points: str
    x: str
    y: str
    requests: int
    offers: int
    urgent: int
    strength: int
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Label:
    text: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """``text_size`` is in drawing units, like all of it, so that figures fit their cells however many there are."""

    width: int
    height: int
    text_size: int
    hexagons: list[Hexagon]
    labels: list[Label]


class Frame:
    """Web-Mercator positions scaled into the drawing, so that shapes keep their proportions."""

    def __init__(self, points: Sequence[Point]) -> None:
        flat = [_flat(point) for point in points]
        self.left, self.right = min(x for x, _ in flat), max(x for x, _ in flat)
        self.top, self.bottom = max(y for _, y in flat), min(y for _, y in flat)
        across = max(self.right - self.left, 1e-9)
        down = max(self.top - self.bottom, 1e-9)
        self.scale = min((WIDTH - 2 * MARGIN) / across, (HEIGHT_MAX - 2 * MARGIN) / down)
        self.height = int(down * self.scale + 2 * MARGIN)
        self.shift = (WIDTH - across * self.scale) / 2

    def place(self, point: Point) -> tuple[float, float]:
        x, y = _flat(point)
        return (x - self.left) * self.scale + self.shift, (self.top - y) * self.scale + MARGIN


def _flat(point: Point) -> tuple[float, float]:
    latitude = max(-85.0, min(85.0, point.latitude))
    return math.radians(point.longitude), math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


def draw(counted: Sequence[CellCount], areas: Sequence[Area], *, chosen: int | None) -> Drawing | None:
    """Return the drawing of cells with something open in them and of the circle's areas; None when there is none."""
    cells = {one.cell: one for one in counted}
    names: dict[int, str] = {}
    for area in areas:
        if area.cell is not None:
            names[area.cell] = f"{names[area.cell]}, {area.name}" if area.cell in names else area.name
            cells.setdefault(area.cell, CellCount(area.cell, 0, 0, 0))
    if not cells:
        return None
    frame = Frame([corner for cell in cells for corner in outline_of(cell)])
    most = max(one.requests + one.offers for one in cells.values()) or 1
    corners = [frame.place(corner)[0] for corner in outline_of(next(iter(cells)))]
    text_size = int(max(TEXT_SMALLEST, min(TEXT_LARGEST, (max(corners) - min(corners)) / TEXT_PART)))
    hexagons = []
    for one in cells.values():
        x, y = frame.place(centre_of(one.cell))
        outline = " ".join(f"{px:.1f},{py:.1f}" for px, py in (frame.place(corner) for corner in outline_of(one.cell)))
        total = one.requests + one.offers
        hexagons.append(
            Hexagon(
                cell=one.cell, points=outline, x=f"{x:.1f}", y=f"{y:.1f}",
                requests=one.requests, offers=one.offers, urgent=one.urgent,
                strength=0 if total == 0 else 1 + round(3 * math.sqrt(total / most)),
                name=names.get(one.cell, ""), chosen=one.cell == chosen,
            )
        )
    hexagons.sort(key=lambda one: (-one.urgent, -one.requests, -one.offers))
    labels = [Label(one.name, one.x, f"{float(one.y) + text_size * 1.1:.1f}") for one in hexagons if one.name]
    return Drawing(int(WIDTH), frame.height, text_size, hexagons, labels)
