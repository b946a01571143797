"""A public cell hides a door: stable, coarse, and the same whatever is asked of it."""

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as some

from taawun.ground.values import place
from taawun.ground.values.place import Point
from taawun.ground.values.refusal import Refusal


def metres(one: Point, other: Point) -> float:
    import h3

    return h3.great_circle_distance((one.latitude, one.longitude), (other.latitude, other.longitude), unit="m")


def test_the_cell_tells_an_attacker_no_more_than_its_own_size():
    dice = random.Random(5)
    doors = [Point(34.43 + dice.uniform(-0.2, 0.2), 35.83 + dice.uniform(-0.2, 0.2)) for _ in range(300)]
    # Whatever is asked, distances and filters answer from the centre: it is the best guess there is.
    errors = sorted(metres(door, place.centre_of(place.cell_of(door))) for door in doors)
    assert statistics.median(errors) >= 400
    assert errors[len(errors) // 20] >= 150


def test_ten_thousand_queries_tell_no_more_than_one():
    door = Point(34.4321, 35.8312)
    answers = {place.cell_of(door) for _ in range(100)}
    probes = [Point(34.3 + number / 500, 35.7 + number / 700) for number in range(100)]
    distances = {place.distance_km(place.cell_of(door), place.cell_of(probe)) for probe in probes}
    neighbour = place.centre_of(next(iter(answers)))
    again = {place.distance_km(place.cell_of(neighbour), place.cell_of(probe)) for probe in probes}
    assert len(answers) == 1
    assert distances == again


@given(some.floats(-90, 90), some.floats(-180, 180))
def test_every_point_has_a_cell_whose_centre_lies_in_it(latitude, longitude):
    cell = place.cell_of(Point(latitude, longitude))
    assert place.cell_of(place.centre_of(cell)) == cell
    assert cell < 2**63


@pytest.mark.parametrize("bad", [(91, 0), (0, 181), (float("nan"), 0), (0, float("inf"))])
def test_a_position_that_cannot_be_is_refused(bad):
    with pytest.raises(Refusal):
        Point(*bad)


def test_a_finer_cell_than_the_public_one_is_never_made():
    with pytest.raises(ValueError, match="resolution"):
        place.cell_of(Point(34, 35), 9)


def test_rings_come_nearest_first_and_once():
    cell = place.cell_of(Point(34.43, 35.83))
    around = place.cells_within(cell, 3)
    assert around[0] == cell and len(around) == len(set(around)) == 37


@pytest.mark.parametrize("text", ["8FVC9G8F+6X", " 8fvc9g8f+6x "])
def test_a_plus_code_is_read(text):
    assert place.parse_plus_code(text).latitude == pytest.approx(47.365562, abs=1e-4)


@pytest.mark.parametrize("text", ["", "ABC", "9G8F+6X", "1234567890", "+++", "x" * 5000])
def test_what_is_no_plus_code_is_refused(text):
    with pytest.raises(Refusal):
        place.parse_plus_code(text)
