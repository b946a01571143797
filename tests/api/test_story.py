"""One meal through the API alone: asked for, found, agreed, brought, received, thanked; and a need filed on paper."""

from tests.api.caller import Caller, caller_of, refused, told

PRIVATE = {"name": "Maryam", "reach": "+442079460123", "door": "green door opposite the bakery", "details": "two children"}
NEED = {
    "direction": "request",
    "kind": "food.cooked_meal",
    "quantity": "5",
    "urgency": "soon",
    "summary": "warm, no nuts",
    "private": PRIVATE,
}


def test_from_a_token_to_thanks(place, amina, yusuf, zeynep, visitor):
    me = told(yusuf.get("/me"))
    assert me["name"] == "Yusuf" and me["token"]["may_write"] is True
    assert place.endswith(told(yusuf.get("/circles"))["items"][0]["slug"])
    assert told(yusuf.get(place))["roles"] == ["member"]
    assert [one["name"] for one in told(yusuf.get(place + "/members"))["items"]] == ["Amina", "Yusuf", "Zeynep"]
    meals = [one for one in told(yusuf.get(place + "/kinds", q="meal"))["items"] if one["code"] == "food.cooked_meal"]
    assert meals[0]["unit"] == "portion"

    need = told(yusuf.post(place + "/intents", NEED), 201)
    assert need["quantity"] == {"parts": "5", "value": "5", "text": "5 portions"}
    assert need["who"] is None and need["is_mine"] is True
    offer = told(zeynep.post(place + "/intents", NEED | {"direction": "offer", "quantity": "8", "summary": ""}), 201)

    board = told(visitor.get(place + "/intents"))["items"]
    assert {one["id"] for one in board} == {need["id"], offer["id"]}
    assert all(one["who"] is None for one in board)

    [suggestion] = told(yusuf.get(f"{place}/intents/{need['id']}/suggestions"))["items"]
    assert suggestion["intent"]["id"] == offer["id"]
    assert suggestion["intent"]["who"]["name"] == "Zeynep"
    assert "covers all of it" in suggestion["reasons"]
    assert abs(sum(term["points"] for term in suggestion["terms"]) - suggestion["total"]) < 0.01

    made = told(yusuf.post(f"{place}/intents/{need['id']}/proposals", {"offer": offer["id"], "quantity": "5"}), 201)
    promise = f"{place}/commitments/{made['id']}"
    assert made["state"] == "waiting" and made["waiting_for"] == "giver"
    assert told(zeynep.get(place + "/mine"))["to_answer"][0]["id"] == made["id"]
    assert told(zeynep.post(promise + "/reveal", key=None)) == {"giver": None, "receiver": None}

    agreed = told(zeynep.post(promise + "/accept", {"phone": "+442079460999"}))
    assert agreed["state"] == "agreed" and agreed["may_reveal"] is True
    assert told(zeynep.post(promise + "/reveal", key=None))["receiver"]["door"] == PRIVATE["door"]
    assert told(yusuf.post(promise + "/reveal", key=None))["giver"]["phone"] == "+442079460999"
    looks = told(yusuf.get(place + "/looks"))["items"]
    assert looks[0]["who"] == "Zeynep" and "door" in looks[0]["fields"]

    assert told(zeynep.post(promise + "/still-on-it"))["state"] == "agreed"
    assert told(zeynep.post(promise + "/deliver", {"quantity": "4"}))["delivered"]["parts"] == "4"
    assert told(yusuf.post(promise + "/receive", {}))["state"] == "received"
    assert told(yusuf.post(promise + "/thank"))["thanked_at"] is not None

    after = told(yusuf.get(f"{place}/intents/{need['id']}"))
    assert (after["left"]["parts"], after["done"]["parts"], after["status"]) == ("1", "4", "open")
    assert [one["name"] for one in after["happened"]][:2] == ["intent.posted", "match.proposed"]
    names = [one["name"] for one in told(yusuf.get(place + "/journal", limit=100))["items"]]
    assert names.index("intent.posted") < names.index("help.delivered") < names.index("help.thanked")


def test_a_claim_in_part_handed_over_dropped_and_failed(place, amina, yusuf, zeynep):
    need = told(amina.post(place + "/intents", NEED), 201)
    address = f"{place}/intents/{need['id']}"
    first = told(yusuf.post(address + "/claims", {"quantity": "2", "reach": {"phone": "+442079460777"}}), 201)
    assert first["state"] == "agreed" and first["quantity"]["parts"] == "2"
    refused(zeynep.post(address + "/claims", {"quantity": "4"}), 409, "claim.too_much", "quantity")
    zeynep_id = told(zeynep.get("/me"))["agent_id"]
    handed = told(yusuf.post(f"{place}/commitments/{first['id']}/hand-over", {"to": zeynep_id}))
    assert handed["state"] == "released" and handed["reason"] == "handed_over"
    [waiting] = told(zeynep.get(place + "/mine"))["to_answer"]
    assert waiting["handed_on_from"] == first["id"]
    refused(yusuf.post(f"{place}/commitments/{waiting['id']}/accept", {}), 404, "not_found")
    told(zeynep.post(f"{place}/commitments/{waiting['id']}/accept", {}))
    failed = told(zeynep.post(f"{place}/commitments/{waiting['id']}/fail", {"reason": "not_there"}))
    assert failed["state"] == "failed" and failed["reason_text"] == "Nobody was there"
    second = told(yusuf.post(address + "/claims", {}), 201)
    assert told(yusuf.post(f"{place}/commitments/{second['id']}/drop-out"))["state"] == "released"
    assert told(amina.get(address))["left"]["parts"] == "5"
    assert [one["id"] for one in told(yusuf.get(place + "/waiting"))["items"]] == [need["id"]]
    assert [one["intent"]["id"] for one in told(yusuf.get(place + "/near"))["items"]] == [need["id"]]
    assert told(yusuf.get(place + "/places"))["cells"][0]["requests"] == 1
    assert told(amina.post(address + "/renew"))["status"] == "open"
    assert told(amina.post(address + "/withdraw"))["status"] == "withdrawn"
    refused(amina.post(address + "/withdraw"), 409, "intent.final")


def test_a_need_without_an_account_is_followed_by_its_receipt(place, amina, yusuf, visitor):
    filed = told(visitor.post(place + "/needs", {name: NEED[name] for name in ("kind", "quantity", "private")}), 201)
    need, code = filed["intent"]["id"], filed["receipt_code"]
    assert filed["intent"]["checked"] is False
    assert told(visitor.get(place + "/intents"))["items"] == []
    assert [one["id"] for one in told(yusuf.get(place + "/intents"))["items"]] == [need]
    [unchecked] = told(amina.get(place + "/intents", unchecked="true"))["items"]
    assert unchecked["id"] == need
    refused(yusuf.post(f"{place}/intents/{need}/check"), 403, "forbidden")
    refused(amina.post(f"{place}/intents/{need}/open", {}, key=None), 422, "reveal.why", "why")
    opened = told(amina.post(f"{place}/intents/{need}/open", {"why": "calling her back"}, key=None))["details"]
    assert opened["name"] == "Maryam" and opened["phone"] == "+442079460123"
    told(amina.post(f"{place}/intents/{need}/check"))
    assert [one["id"] for one in told(visitor.get(place + "/intents"))["items"]] == [need]

    made = told(yusuf.post(f"{place}/intents/{need}/claims", {"reach": {"phone": "+442079460555"}}), 201)
    followed = told(visitor.post("/follow", {"code": code}, key=None))
    assert followed["intent"]["status"] == "taken" and followed["commitments"][0]["giver"]["name"] == "Yusuf"
    [giver] = told(visitor.post("/follow/givers", {"code": code}, key=None))["items"]
    assert giver["giver"]["phone"] == "+442079460555"
    done = told(visitor.post("/follow/act", {"code": code, "do": "receive", "commitment": made["id"]}))
    assert done["intent"]["status"] == "done"
    refused(visitor.post("/follow/act", {"code": code, "do": "thank"}), 422, "commitment.unnamed", "commitment")
    told(visitor.post("/follow/act", {"code": code, "do": "thank", "commitment": made["id"]}))
    wrong = str(int(code.replace(" ", "")) + 1)
    refused(visitor.post("/follow", {"code": wrong}, key=None), 404, "receipt.unknown", "code")
    refused(visitor.post("/follow", {"code": "12"}, key=None), 422, "receipt.format", "code")


def test_texts_come_in_the_callers_language(place, town):
    arabic = caller_of(town.accounts["Yusuf"], language="ar-EG,ar;q=0.9")
    need = told(arabic.post(place + "/intents", NEED | {"quantity": "3"}), 201)
    assert need["quantity"]["value"] == "3" and need["quantity"]["parts"] == "3"
    assert need["quantity"]["text"] != told(Caller().get(f"{place}/intents/{need['id']}"))["quantity"]["text"]
    problem = refused(arabic.get("/circles/nowhere"), 404, "not_found")
    assert problem["detail"]


def test_lists_come_in_pages(place, town, yusuf):
    posted = [str(town.need("Yusuf", number + 1).id) for number in range(7)]
    seen: list[str] = []
    cursor = ""
    for _page in range(4):
        page = told(yusuf.get(place + "/intents", limit=3, cursor=cursor))
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"] or ""
        if not cursor:
            break
    assert len(seen) == 7 and set(seen) == set(posted)
    names: list[str] = []
    cursor = ""
    while True:
        page = told(yusuf.get(place + "/members", limit=2, cursor=cursor))
        names += [one["name"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert names == ["Amina", "Yusuf", "Zeynep"]
    first = told(yusuf.get(place + "/journal", limit=2))
    second = told(yusuf.get(place + "/journal", limit=2, since=first["next"]))
    assert second["items"][0]["seq"] > first["items"][-1]["seq"]
