"""Suggestions: near before far, in words, in a bounded number of statements, and never what the reader may not see."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from taawun.ground.values.place import Point
from taawun.practice.aid import actions, queries, wording
from taawun.practice.aid.actions import Private
from taawun.practice.aid.queries.suggest import standing_spans
from tests.world import NOW


def at(latitude: float, longitude: float) -> dict[str, object]:
    return {"private": Private(point=Point(latitude, longitude))}


def test_the_nearest_offer_comes_first_and_says_why(world):
    world.join("Layla")
    far = world.offer("Layla", 5, **at(34.60, 35.95))
    near = world.offer("Yusuf", 5, **at(34.44, 35.84))
    need = world.need("Amina", 5, **at(34.43, 35.83))
    found = queries.suggest(need, world.actor("Amina"), now=NOW)
    assert [one.intent.id for one in found] == [near.id, far.id]
    said = wording.reasons(found[0].scored, NOW)
    assert "covers all of it" in said and any("km" in one or "same area" in one for one in said)


def test_reasons_are_told_in_arabic_with_its_plurals(world):
    for _ in range(3):
        need = world.need("Zeynep", 1)
        promise = actions.claim(world.actor("Yusuf"), need.id, now=NOW)
        actions.deliver(world.actor("Yusuf"), promise.id, now=NOW)
    world.offer("Yusuf", 5)
    need = world.need("Amina", 5)
    found = queries.suggest(need, world.actor("Amina"), now=NOW)
    with translation.override("ar"):
        said = " ".join(wording.reasons(found[0].scored, NOW))
    assert "helped" not in said and "مرات" in said


def test_free_days_are_compared_in_the_circles_zone(world):
    # Every Thursday 17:00 to 19:00 in London meets a need for Thursday afternoon.
    standing = world.offer("Yusuf", 5, weekdays=[3], from_minute=17 * 60, to_minute=19 * 60)
    thursday = NOW + timedelta(days=3)
    start, end = thursday.replace(hour=15, minute=0), thursday.replace(hour=17, minute=0)
    need = world.need("Amina", 5, starts_at=start, ends_at=end)
    found = queries.suggest(need, world.actor("Amina"), now=NOW)
    overlap = found[0].scored.candidate.overlap
    assert found[0].intent.id == standing.id
    assert overlap.minutes == 60 and overlap.starts_at == thursday.replace(hour=16, minute=0)


def test_a_night_shift_ends_on_the_next_day(world):
    # Every Thursday from 20:00 to 02:00 in London, an hour ahead of UTC in May.
    world.offer("Yusuf", 5, weekdays=[3], from_minute=20 * 60, to_minute=2 * 60)
    friday = NOW.replace(hour=0) + timedelta(days=4)
    need = world.need("Amina", 5, starts_at=friday.replace(hour=0, minute=30), ends_at=friday.replace(hour=5))
    found = queries.suggest(need, world.actor("Amina"), now=NOW)
    overlap = found[0].scored.candidate.overlap
    assert overlap.minutes == 30 and overlap.starts_at == friday.replace(hour=0, minute=30)
    # In the middle of that night it is still the same turn.
    night = friday.replace(hour=0, minute=15)
    assert standing_spans(found[0].intent, night)[0] == (night, friday.replace(hour=1))


def test_what_cannot_be_split_needs_one_giver_who_has_it_all(world):
    world.offer("Yusuf", 3)
    need = world.need("Amina", 5, whole_only=True)
    assert queries.suggest(need, world.actor("Amina"), now=NOW) == []


def test_a_member_is_not_shown_what_only_coordinators_see(world):
    world.need("Zeynep", 5, visibility="coordinators")
    offer = world.offer("Yusuf", 5)
    assert queries.suggest(offer, world.actor("Yusuf"), now=NOW) == []
    assert len(queries.suggest(offer, world.actor("Amina"), now=NOW)) == 1


def test_suggestions_take_at_most_ten_statements(world):
    for number in range(30):
        world.offer("Yusuf", 5, **at(34.43 + number / 500, 35.83))
    need = world.need("Amina", 5, **at(34.43, 35.83))
    amina = world.actor("Amina")
    with CaptureQueriesContext(connection) as captured:
        assert queries.suggest(need, amina, now=NOW)
    assert len(captured.captured_queries) <= 10
