"""Everything that can be wrong with a call is answered as a problem that names it."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from taawun.community.people import actions as people
from taawun.community.people.api import tokens
from taawun.community.people.models import Account, ApiToken
from taawun.ground.values.ids import new_id
from taawun.practice.aid import actions
from taawun.practice.aid.models import Commitment, Intent
from tests.api.caller import ROOT, Caller, caller_of, refused, told
from tests.api.test_story import NEED, PRIVATE

HUGE = "9" * 400


def test_tokens_that_are_no_tokens(place, town, visitor):
    assert "WWW-Authenticate" in visitor.get("/me").headers
    refused(visitor.get("/me"), 401, "token.needed")
    for text in ("x", "\u202etoken", "a" * 5000, "Basic"):
        refused(Caller(text.encode("utf-8").decode("latin-1")).get("/circles"), 401, "token.unknown")
    token, text = people.make_token(town.accounts["Yusuf"], "ends", may_write=True, now=timezone.now())
    told(Caller(text).get("/me"))
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    refused(Caller(text).get("/me"), 401, "token.unknown")
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() + timedelta(hours=1))
    told(Caller(text).get("/me"))
    people.revoke_token(town.accounts["Yusuf"], token.id, now=timezone.now())
    refused(Caller(text).get("/me"), 401, "token.unknown")
    asleep = caller_of(town.accounts["Zeynep"])
    Account.objects.filter(pk=town.accounts["Zeynep"].pk).update(is_active=False)
    refused(asleep.get("/me"), 401, "token.unknown")


def test_a_token_that_may_only_read_neither_writes_nor_opens(place, town):
    reader = caller_of(town.accounts["Yusuf"], may_write=False)
    told(reader.get(place + "/mine"))
    refused(reader.post(place + "/intents", NEED), 403, "token.read_only")
    need = town.need("Amina")
    refused(reader.post(f"{place}/intents/{need.id}/open", {}, key=None), 403, "token.read_only")


def test_a_session_counts_for_nothing(place, town, visitor):
    visitor.client.force_login(town.accounts["Amina"], backend="taawun.community.people.backend.AccountBackend")
    refused(visitor.get(place + "/mine"), 401, "token.needed")
    refused(visitor.post(place + "/intents", NEED), 401, "token.needed")


def test_addresses_and_methods_that_are_none(place, amina, visitor):
    refused(visitor.get("/nothing/here"), 404, "not_found")
    refused(visitor.get("/"), 404, "not_found")
    refused(visitor.get("/circles/no%00where"), 422, "text.nul", "slug")
    response = visitor.client.delete(ROOT + place + "/intents")
    refused(response, 405, "method.not_allowed")
    assert response.headers["Allow"] == "GET, POST"
    refused(visitor.post("/me"), 405, "method.not_allowed")
    refused(amina.get(place + "/intents", sectoin="late"), 422, "query.unknown", "sectoin")
    refused(amina.get("/me", all="1"), 422, "query.none", "all")


@pytest.mark.parametrize(
    "query, field",
    [
        ({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"limit": HUGE}, "limit"), ({"limit": "many"}, "limit"),
        ({"section": "everything"}, "section"), ({"area": "here"}, "area"), ({"kind": "a\0b"}, "kind"),
        ({"cursor": "x"}, "cursor"), ({"cursor": "W0luZmluaXR5LCAxLCAyXQ"}, "cursor"), ({"group": "g" * 61}, "group"),
    ],
)  # fmt: skip
def test_every_parameter_is_checked(place, amina, query, field):
    response = amina.get(place + "/intents", **query)
    assert json.loads(response.content)["field"] == field
    assert response.status_code == 422


@pytest.mark.parametrize(
    "change, field",
    [
        ({"direction": "gift"}, "direction"), ({"direction": None}, "direction"), ({"quantity": 5}, "quantity"),
        ({"quantity": "-5"}, "quantity"), ({"quantity": "0"}, "quantity"), ({"quantity": "NaN"}, "quantity"),
        ({"quantity": "1e3"}, "quantity"), ({"quantity": HUGE}, "quantity"), ({"quantity": "2.5"}, "quantity"),
        ({"quantity": "9" * 30}, "quantity"), ({"quantity": "5 kg"}, "quantity"), ({"quantity": ""}, "quantity"),
        ({"unit": "kg"}, "unit"), ({"kind": "food.nothing"}, "kind"), ({"kind": "k" * 1000}, "kind"),
        ({"kind": {}}, "kind"), ({"urgency": 3}, "urgency"), ({"urgency": "yesterday"}, "urgency"),
        ({"summary": "a\0b"}, "summary"), ({"summary": "half \ud800"}, "summary"), ({"summary": "x" * 401}, "summary"),
        ({"summary": "x" * 300}, "summary"), ({"summary": ["a"]}, "summary"),
        ({"summary": "call +44 20 7946 0123"}, "summary"), ({"whole_only": "yes"}, "whole_only"),
        ({"whole_only": 1}, "whole_only"), ({"visibility": "nobody"}, "visibility"), ({"area": "x"}, "area"),
        ({"area": str(new_id())}, "area"), ({"area": "urn:uuid:018f3c1e-7b5a-7c3d-9f00-2b1a6c0d4e5f"}, "area"),
        ({"starts_at": "tomorrow"}, "starts_at"), ({"starts_at": "2026-12-24T10:00"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00Z"}, "starts_at"), ({"starts_at": 1}, "starts_at"),
        ({"starts_at": "2026-02-30T10:00:00Z"}, "starts_at"), ({"ends_at": "2001-01-01T00:00:00Z"}, "ends_at"),
        ({"ends_at": "2099-01-01T00:00:00Z"}, "ends_at"), ({"weekdays": [7]}, "weekdays.0"),
        ({"weekdays": [True]}, "weekdays.0"), ({"weekdays": [2**70]}, "weekdays.0"), ({"weekdays": "mon"}, "weekdays"),
        ({"weekdays": [1] * 8}, "weekdays"), ({"from_time": "25:00"}, "from_time"), ({"to_time": "9"}, "to_time"),
        ({"on_behalf_of": str(new_id())}, "on_behalf_of"), ({"colour": "red"}, "colour"),
        ({"private": PRIVATE | {"point": {"latitude": 91, "longitude": 0}}}, "private.point.latitude"),
        ({"private": PRIVATE | {"point": {"latitude": "31", "longitude": 0}}}, "private.point.latitude"),
        ({"private": PRIVATE | {"point": {"latitude": 10**400, "longitude": 0}}}, "private.point.latitude"),
        ({"private": PRIVATE | {"plus_code": "8G3P"}}, "private.plus_code"),
        ({"private": PRIVATE | {"religion": "x"}}, "private.religion"), ({"private": []}, "private"),
        ({"private": PRIVATE | {"door": "x" * 4001}}, "private.door"),
        ({"private": PRIVATE | {"reach": "a\0"}}, "private.reach"),
    ],
)  # fmt: skip
def test_every_field_is_checked_and_nothing_is_posted(place, amina, change, field):
    body = {name: value for name, value in (NEED | change).items() if value is not None}
    response = amina.post(place + "/intents", body)
    problem = json.loads(response.content)
    assert 400 <= response.status_code < 500, problem
    assert problem["field"] == field, problem
    assert problem["errors"][0]["field"] == field and problem["errors"][0]["detail"]
    assert not Intent.objects.exists()


def test_all_wrong_fields_are_named_at_once(place, amina):
    problem = refused(
        amina.post(place + "/intents", {"direction": "x", "urgency": 1, "extra": 0}), 422, "field.missing", "kind"
    )
    assert {one["field"] for one in problem["errors"]} == {"kind", "quantity", "direction", "urgency", "extra"}


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"quantity": NaN}', b"[" * 100_000, b"1" * 10_000, b'"\\ud800'])
def test_what_is_not_json_is_refused(place, amina, body):
    refused(amina.post(place + "/intents", body), 400, "body.not_json")


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"text"', b""])
def test_what_is_not_an_object_is_refused(place, amina, body):
    response = amina.post(place + "/intents", body)
    assert response.status_code == 422 and json.loads(response.content)["field"] == "body"


def test_other_kinds_of_content_and_too_much_of_it(place, amina):
    refused(amina.post(place + "/intents", b"a=1", Content_Type="text/plain"), 415, "body.content_type", "Content-Type")
    refused(amina.post(place + "/intents", b" " * 1_100_000), 413, "body.too_large")
    refused(amina.post(place + "/needs", b" " * 10_000_000), 413, "body.too_large")


def test_too_often_is_told_with_how_long_to_wait(place, amina, yusuf, monkeypatch):
    monkeypatch.setattr(tokens, "READS_A_MINUTE_MAX", 3)
    monkeypatch.setattr(tokens, "WRITES_A_MINUTE_MAX", 1)
    for _time in range(3):
        told(amina.get("/me"))
    response = amina.get("/me")
    refused(response, 429, "rate.too_often")
    assert response.headers["Retry-After"] == "60"
    refused(amina.post(place + "/intents", {}), 422, "field.missing", "kind")
    refused(amina.post(place + "/intents", NEED), 429, "rate.too_often")
    told(yusuf.get("/me"))


def test_guessing_tokens_is_counted(monkeypatch, town, visitor):
    monkeypatch.setattr(tokens, "READS_A_MINUTE_MAX", 2)
    for _time in range(2):
        refused(Caller("guess").get("/me"), 401, "token.unknown")
    refused(Caller("another").get("/me"), 429, "rate.too_often")


def test_an_accident_is_answered_without_details_and_undone(place, town, amina, monkeypatch, caplog):
    def stumble(*_arguments, **_named):
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(actions, "post", stumble)
    response = amina.post(place + "/intents", NEED)
    refused(response, 500, "server.error")
    assert b"secret" not in response.content
    assert "the secret of the house" in caplog.text


IN_A_CIRCLE = [
    "/intents/{intent}", "/intents/{intent}/suggestions", "/commitments/{commitment}",
]  # fmt: skip
WRITES_IN_A_CIRCLE = [
    ("/intents/{intent}/check", {}), ("/intents/{intent}/renew", {}), ("/intents/{intent}/withdraw", {}),
    ("/intents/{intent}/claims", {}), ("/intents/{intent}/proposals", {"offer": "{intent}"}),
    ("/intents/{intent}/open", {"why": "to see it"}),
    *((f"/commitments/{{commitment}}/{verb}", {}) for verb in
      ("accept", "decline", "still-on-it", "drop-out", "deliver", "receive", "thank", "reveal")),
    ("/commitments/{commitment}/hand-over", {"to": "{commitment}"}),
    ("/commitments/{commitment}/fail", {"reason": "other"}),
]  # fmt: skip


def test_ids_of_another_circle_are_not_there(place, town, other_world, amina):
    other_world.now = town.now
    other_world.join("Layla")
    need = other_world.need("Layla")
    made = actions.claim(other_world.actor("Omar"), need.id, now=town.now)
    before = (Intent.objects.get(pk=need.pk).taken, Commitment.objects.get(pk=made.pk).state)
    ids = {"intent": str(need.id), "commitment": str(made.id)}
    for path in IN_A_CIRCLE:
        refused(amina.get(place + path.format(**ids)), 404, "not_found")
    for path, body in WRITES_IN_A_CIRCLE:
        body = {name: text.format(**ids) for name, text in body.items()}
        refused(amina.post(place + path.format(**ids), body), 404, "not_found")
    mine = told(amina.post(place + "/intents", NEED), 201)
    response = amina.post(f"{place}/intents/{mine['id']}/proposals", {"offer": ids["intent"]})
    refused(response, 404, "not_found")
    other_world.open()
    assert (Intent.objects.get(pk=need.pk).taken, Commitment.objects.get(pk=made.pk).state) == before


def test_a_circle_that_is_not_public_is_there_for_its_members_alone(place, town, amina, visitor, other_world):
    type(town.circle).objects.filter(pk=town.circle.pk).update(is_public=False)
    told(amina.get(place + "/intents"))
    outsider = caller_of(other_world.accounts["Omar"])
    for caller in (visitor, outsider):
        for path in ("", "/intents", "/kinds", "/areas", "/places", "/journal", "/intents.csv"):
            refused(caller.get(place + path), 404, "not_found")
        refused(caller.post(place + "/needs", {name: NEED[name] for name in ("kind", "quantity")}), 404, "not_found")
        assert place.split("/")[-1] not in [one["slug"] for one in told(caller.get("/circles"))["items"]]
    for path in ("/members", "/mine", "/near", "/waiting", "/looks"):
        refused(outsider.get(place + path), 404, "not_found")


def test_the_feed_tells_each_no_more_than_the_live_stream(place, town, amina, yusuf, zeynep, visitor):
    secret = told(amina.post(place + "/intents", NEED | {"visibility": "coordinators"}), 201)
    told(yusuf.post(place + "/intents", NEED), 201)

    def heard(caller):
        return told(caller.get(place + "/journal", limit=100))["items"]

    assert secret["id"] in {one["subject"] for one in heard(amina)}
    assert secret["id"] not in {one["subject"] for one in heard(zeynep)} | {one["subject"] for one in heard(visitor)}
    assert "circle.set_up" not in {one["name"] for one in heard(visitor)}
    agents = {topic for one in heard(zeynep) + heard(visitor) for topic in one["topics"] if topic.startswith("agent:")}
    assert agents <= {f"agent:{town.accounts['Zeynep'].agent_id}"}
