"""The same person and need twice, over the API: what the pages do, for coordinators only."""

from taawun.practice.aid.models import Intent, Repeat
from tests.api.caller import refused, told

NEED = {
    "kind": "food.cooked_meal", "quantity": "3", "urgency": "week",
    "private": {"name": "سمير حداد", "reach": "+442079460123", "door": "خلف جامع النور"},
}  # fmt: skip
AGAIN = NEED | {"private": {"name": "Samir Haddad", "reach": "020 7946 0123", "door": "behind Nour mosque"}}


def test_pairs_are_listed_opened_on_record_decided_and_taken_back(place, amina, yusuf, visitor):
    for need in (NEED, AGAIN):
        told(visitor.post(place + "/needs", need), 201)
    for caller, code in ((yusuf, "forbidden"), (visitor, "sign_in_first")):
        status = 403 if caller is yusuf else 401
        assert caller.get(place + "/twice/persons").status_code == status, code
        assert caller.get(place + "/twice/needs").status_code == status
        assert caller.post(place + "/likely", {"name": "Samir"}).status_code == status
    [pair] = told(amina.get(place + "/twice/persons"))["items"]
    assert pair["state"] == "likely" and {one["code"] for one in pair["reasons"]} >= {"phone.same"}
    assert all(side["name"] == "" and len(side["intents"]) == 1 for side in pair["sides"])
    opened = told(amina.post(f"{place}/twice/persons/{pair['id']}/open"))
    assert {opened["first"]["name"], opened["second"]["name"]} == {"سمير حداد", "Samir Haddad"}
    said = told(amina.post(f"{place}/twice/persons/{pair['id']}", {"state": "same"}))
    assert said["state"] == "same" and told(amina.get(place + "/twice/persons"))["items"] == []
    refused(amina.post(f"{place}/twice/persons/{pair['id']}", {"state": "merged"}), 422, "field.literal_error", "state")
    one, other = (side["agent"] for side in pair["sides"])
    linked = told(amina.post(place + "/twice/persons", {"one": one, "other": other, "state": "likely"}))
    assert linked["id"] == pair["id"] and linked["state"] == "likely"
    refused(amina.post(place + "/twice/persons", {"one": one, "other": one, "state": "same"}), 422, "member.unknown", "other")


def test_a_repeat_is_said_to_be_another_need_and_the_step_goes_back(place, amina, yusuf, visitor):
    first = told(amina.post(place + "/intents", NEED | {"direction": "request"}), 201)
    again = told(yusuf.post(place + "/intents", AGAIN | {"direction": "request"}), 201)
    assert told(amina.get(f"{place}/intents/{first['id']}"))["asked_again"] == 1
    assert told(visitor.get(f"{place}/intents/{first['id']}"))["asked_again"] == 0
    [link] = told(amina.get(place + "/twice/needs", state="counted"))["items"]
    assert (link["first"], link["again"], link["reason"]) == (first["id"], again["id"], "phone")
    opened = told(amina.post(f"{place}/twice/needs/{link['id']}/open"))
    assert "جامع" in opened["first"]["door"] and "mosque" in opened["second"]["door"]
    address = f"{place}/twice/needs/{link['id']}"
    assert told(amina.post(address, {"state": "different"}))["state"] == "different"
    assert Intent.objects.get(pk=first["id"]).urgency == 1 and Repeat.objects.count() == 1
    assert told(amina.get(f"{place}/intents/{first['id']}"))["asked_again"] == 0
    likely = told(amina.post(place + "/likely", {"name": "Sameer Hadad", "phones": ["020 7946 0123"]}))["items"]
    assert likely[0]["reasons"][0]["code"] == "phone.same"
