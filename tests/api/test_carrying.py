"""A round over the API: what the carrier's phone does, and what a recipient says by her link or by a word."""

import uuid
from datetime import timedelta

from taawun.practice.delivery import carry_access
from taawun.practice.delivery.models import Tap
from tests.api.caller import refused, told
from tests.practice.delivery.rounds import make_round


def test_a_round_is_read_carried_and_answered(town, place, yusuf, zeynep, amina, visitor):
    round_ = make_round(town, 3)
    at = f"{place}/carry/{round_.run.id}"
    assert [one["id"] for one in told(yusuf.get(f"{place}/carry"))["items"]] == [str(round_.run.id)]
    assert told(zeynep.get(f"{place}/carry"))["items"] == []
    whole = told(yusuf.get(at))
    assert [one["is_next"] for one in whole["stops"]] == [True, True, False] and whole["take_along"]
    assert "bakery" not in str(whole)
    assert len(told(yusuf.post(at + "/doors"))["items"]) == 2
    along = told(yusuf.post(at + "/along", {"has": [whole["stops"][0]["id"]]}))["items"]
    assert len(along) == 2 and "bakery" in along[0]["door"]
    for path in ("", "/doors", "/along", "/taps"):
        assert (zeynep.get(at) if not path else zeynep.post(at + path, _taps(town, path))).status_code == 404
        assert (visitor.get(at) if not path else visitor.post(at + path, _taps(town, path))).status_code == 401
    refused(amina.post(at + "/along", {}), 409, "along.not_now")

    stops = [one["id"] for one in whole["stops"]]
    taps = [
        {"id": str(uuid.uuid4()), "what": "part", "stop": stops[0], "amount": "1", "at": _iso(town.now), "order": 2},
        {"id": str(uuid.uuid4()), "what": "on_the_way", "stop": stops[0], "at": _iso(town.now), "order": 1},
        {"id": str(uuid.uuid4()), "what": "delivered", "stop": str(uuid.uuid4())},
    ]
    for _ in range(2):
        sent = told(yusuf.post(at + "/taps", {"sent_at": _iso(town.now), "taps": taps}))["answers"]
        assert [(one["code"], one["fits"]) for one in sent] == [("done", True), ("done", True), ("unknown", False)]
    assert Tap.objects.count() == 3
    refused(yusuf.post(at + "/taps", {"taps": taps}), 422, "field.missing", "sent_at")
    broken = [{"id": str(uuid.uuid4()), "what": "delivered", "stop": stops[1], "picture": "bm90aGluZw=="}]
    refused(yusuf.post(at + "/taps", {"sent_at": _iso(town.now), "taps": broken}), 422, "picture.unknown", "picture")

    token = {"token": carry_access.coming_token(round_.stops[1].id)}
    seen = told(visitor.post("/coming", token))
    assert seen["can_put_off"] and seen["code"] == carry_access.code_for(round_.stops[1].id)
    assert told(visitor.post("/coming/say", token | {"say": "not_now"}))["state"] == "not_now"
    assert told(visitor.post("/coming/say", token | {"say": "after_all"}))["state"] == "waiting"
    refused(visitor.post("/coming", {"token": "x"}), 404, "link.ended")

    # Two of hers are still to come to one number: a word does not say which.
    word = {"phone": "020 7946 0123", "text": "مش هلق لو سمحت"}
    refused(amina.post(f"{place}/answers", word), 409, "answer.several", "phone")
    told(
        yusuf.post(
            at + "/taps",
            {"sent_at": _iso(town.now), "taps": [{"id": str(uuid.uuid4()), "what": "delivered", "stop": stops[1]}]},
        )
    )
    assert told(amina.post(f"{place}/answers", word)) == {"said": "not_now", "state": "not_now"}
    refused(amina.post(f"{place}/answers", word | {"text": "who is this?"}), 422, "answer.unclear", "text")
    refused(zeynep.post(f"{place}/answers", word), 403, "forbidden")


def _iso(moment):
    return (moment - timedelta(microseconds=moment.microsecond)).isoformat()


def _taps(town, path):
    return {"sent_at": _iso(town.now), "taps": [{"id": str(uuid.uuid4()), "what": "start"}]} if path == "/taps" else {}
