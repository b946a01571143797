"""What comes again through the API alone: begun, done every time, handed over, skipped, paused, changed, ended."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.caller import refused, told

PRIVATE = {"name": "Maryam", "reach": "+442079460123", "door": "green door opposite the bakery"}


def weekly(**changes: object) -> dict[str, object]:
    day = timezone.now().date() + timedelta(days=1)
    fields = {
        "kind": "food.cooked_meal", "quantity": "4", "visibility": "members", "private": PRIVATE, "repeat": "week",
        "weekdays": [day.weekday()], "starts_on": day.isoformat(), "from_time": "17:00", "to_time": "19:00",
    }  # fmt: skip
    return fields | changes


def test_a_weekly_meal_from_the_first_word_to_the_last(place, amina, yusuf, zeynep, visitor):
    made = told(amina.post(place + "/series", weekly()), 201)
    at, first = f"{place}/series/{made['id']}", made["next_dates"][0]
    assert first["state"] == "open" and made["text"].startswith("every ") and made["doing"] == []
    assert told(amina.get(f"{place}/intents/{first['intent']}"))["series"] == made["id"]
    assert [one["id"] for one in told(yusuf.get(place + "/series"))["items"]] == [made["id"]]
    assert told(visitor.get(place + "/series"))["items"] == []
    refused(visitor.get(at), 404, "not_found")

    taken = told(yusuf.post(at + "/take", {"phone": "+442079460999"}))
    assert [one["who"]["name"] for one in taken["doing"]] == ["Yusuf"] and taken["next_dates"][0]["who"] == ["Yusuf"]
    refused(zeynep.post(at + "/take", {}), 409, "series.has_giver")
    zeynep_id = told(zeynep.get("/me"))["agent_id"]
    days = {"since": first["day"], "until": first["day"]}
    handed = told(yusuf.post(at + "/hand", {"to": zeynep_id, **days}))
    stand_in = handed["doing"][1]["stand_in"]
    assert handed["doing"][1]["waits_for_giver"] is True
    # The yes counts for the series it was asked about, and for no other.
    other = told(amina.post(place + "/series", weekly(kind="food.bread")), 201)
    answer = {"stand_in": stand_in, "yes": True}
    refused(zeynep.post(f"{place}/series/{other['id']}/answer-hand", answer), 404, "not_found")
    refused(yusuf.post(at + "/answer-hand", answer), 403, "commitment.not_yours")
    agreed = told(zeynep.post(at + "/answer-hand", answer))
    assert [one["who"] for one in agreed["next_dates"]][:2] == [["Zeynep"], ["Yusuf"]]

    refused(yusuf.post(at + "/skip", {"day": first["day"]}), 403, "forbidden")
    assert told(amina.post(at + "/skip", {"day": first["day"]}))["next_dates"][0]["state"] == "skipped"
    assert told(amina.post(at + "/unskip", {"day": first["day"]}))["next_dates"][0]["who"] == ["Zeynep"]
    assert told(amina.post(at + "/pause", {}))["state"] == "paused"
    assert told(amina.post(at + "/resume"))["state"] == "running"
    change = {one: made[one] for one in ("repeat", "weekdays", "starts_on")} | {"quantity": "6", "count": 3}
    assert told(amina.post(at + "/change", change))["quantity"]["parts"] == "6"
    assert told(yusuf.post(at + "/leave"))["doing"][0]["who"]["name"] == "Zeynep"
    assert told(amina.post(at + "/end"))["state"] == "ended"
    assert told(amina.get(place + "/series", ended="true"))["items"][0]["id"] == made["id"]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"starts_on": "21/5/2026"}, "series.date", "starts_on"),
        ({"repeat": "year"}, "field.literal_error", "repeat"),
        ({"weekdays": []}, "window.weekdays", "weekdays"),
        ({"repeat": "month"}, "series.month_day", "month_day"),
        ({"repeat": "nth"}, "series.nth", "nth"),
        ({"count": 0}, "field.greater_than_equal", "count"),
        ({"summary": "ring 020 7946 0123"}, "summary.personal", "summary"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(place, amina, changes, code, field):
    refused(amina.post(place + "/series", weekly(**changes)), 422, code, field)


def test_until_ramadan_ends_is_a_day_by_the_calendar(place, amina):
    made = told(amina.post(place + "/series", weekly(until_ramadan_ends=True)), 201)
    assert made["ends_with"] == "ramadan" and "about" in made["text"] and made["ends_on"] > made["starts_on"]
