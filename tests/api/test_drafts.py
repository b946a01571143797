"""Paste to draft over the API: what was read and from which characters, for coordinators and guardians, nothing stored."""

from taawun.practice.aid.models import Intent
from tests.api.caller import refused, told

TEXT = "urgent: need half a kilo of rice and 2 blankets in Brixton tomorrow, 07911 123456"


def test_a_message_is_read_and_nothing_is_stored(place, amina, town):
    items = told(amina.post(place + "/drafts", {"text": TEXT}, key=None))["items"]
    (draft,) = items
    assert (draft["direction"], draft["kind"], draft["unit"], draft["quantity"]) == (
        "request",
        "food.staples",
        "kg",
        "0.5",
    )
    assert draft["phones"] == ["+447911123456"] and draft["urgency"] == "now" and draft["day"] is not None
    assert draft["also"] == [{"kind": "household.blankets", "quantity": "2"}]
    read = {one["field"]: TEXT[one["start"] : one["end"]] for one in draft["read_from"]}
    assert read["kind"] == "rice" and read["phone"] == "07911 123456"
    town.open()
    assert not Intent.objects.exists()


def test_only_who_enters_for_others_may_ask(place, amina, yusuf, visitor):
    refused(yusuf.post(place + "/drafts", {"text": TEXT}, key=None), 403, "forbidden")
    assert visitor.post(place + "/drafts", {"text": TEXT}, key=None).status_code == 401
    assert amina.post(place + "/drafts", {"text": ""}, key=None).status_code == 422
    assert amina.post(place + "/drafts", {"text": "x" * 20_001}, key=None).status_code == 422
