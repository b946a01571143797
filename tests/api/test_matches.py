"""Match the board over the API: proposed, looked through, accepted in part and all; the rules; and who may not."""

from tests.api.caller import refused, told

NEED = {"direction": "request", "kind": "food.cooked_meal", "quantity": "2", "urgency": "week"}
OFFER = NEED | {"direction": "offer"}


def test_a_board_is_proposed_and_its_pairs_are_decided(place, amina, yusuf, zeynep, visitor):
    assert yusuf.get(place + "/matches").status_code == 403 and visitor.post(place + "/matches", {}).status_code == 401
    needs = [told(amina.post(place + "/intents", NEED | {"quantity": str(2 + number)}), 201) for number in range(3)]
    for quantity in ("2", "3", "4"):
        told(zeynep.post(place + "/intents", OFFER | {"quantity": quantity}), 201)
    bread = told(yusuf.post(place + "/intents", NEED | {"kind": "food.bread"}), 201)
    made = told(amina.post(place + "/matches", {}))
    assert made["state"] == "ready" and (made["requests"], made["met_whole"], made["unmet"]) == (4, 3, 1)
    assert made["gap_at_most"] >= 0 and made["summary"] and made["since"] is None
    mine = f"{place}/matches/{made['id']}"
    pairs = told(amina.get(mine + "/pairs"))["items"]
    assert {one["request"] for one in pairs} == {one["id"] for one in needs}
    assert all(one["giver"]["name"] == "Zeynep" and "covers all of it" in one["reasons"] for one in pairs)
    [unmet] = told(amina.get(mine + "/unmet"))["items"]
    assert (unmet["request"], unmet["reason"], unmet["text"]) == (bread["id"], "nobody", "Nobody offers this.")
    told(amina.post(mine + "/reject", {"matches": [pairs[0]["id"]]}))
    refused(amina.post(mine + "/accept", {}), 422, "match.none", "matches")
    refused(amina.post(mine + "/accept", {"matches": [bread["id"]]}), 422, "match.unknown", "match")
    key = "0b0c7e1e-5f1d-4b0e-8d9f-1f7f6a1c2d3e"
    for _time in range(2):
        done = told(amina.post(mine + "/accept", {"matches": [pairs[1]["id"]]}, key=key))
        assert (done["accepted"], done["stale"], done["text"]) == (1, 0, "1 giver is asked.")
    told(amina.post(mine + "/take-back", {"matches": [pairs[0]["id"]]}))
    told(zeynep.post(f"{place}/intents/{pairs[0]['offer']}/withdraw"))
    done = told(amina.post(mine + "/accept", {"all": True}))
    assert (done["accepted"], done["stale"]) == (1, 1)
    [stale] = told(amina.get(mine + "/pairs", state="stale"))["items"]
    assert stale["stale"] == "closed" and stale["stale_text"]
    assert len(told(zeynep.get(place + "/mine"))["to_answer"]) == 2
    again = told(amina.post(place + "/matches", {}))
    assert again["since"] == {"kept": 0, "new": 0, "over": 0, "gave_way": 0} or again["since"] is None
    assert [one["id"] for one in told(amina.get(place + "/matches"))["items"]] == [again["id"], made["id"]]
    refused(yusuf.post(mine + "/accept", {"all": True}), 403, "forbidden")
    refused(amina.post(f"{place}/matches/{bread['id']}/stop"), 404, "not_found")


def test_the_rules_are_read_by_members_and_changed_by_coordinators(place, amina, yusuf):
    found = {one["code"]: one for one in told(yusuf.get(place + "/matching"))["settings"]}
    assert (found["radius_km"]["value"], found["radius_km"]["least"], found["radius_km"]["unit"]) == ("50", "1", "km")
    refused(yusuf.post(place + "/matching", {"settings": {"radius_km": "5"}}), 403, "forbidden")
    changed = told(amina.post(place + "/matching", {"settings": {"radius_km": "5", "learns": "0"}}))["settings"]
    assert {one["code"]: one["value"] for one in changed if one["value"] != one["default"]} == {
        "radius_km": "5",
        "learns": "0",
    }
    refused(amina.post(place + "/matching", {"settings": {"radius_km": "0"}}), 422, "matching.bounds", "radius_km")
    refused(amina.post(place + "/matching", {"settings": {"speed": "1"}}), 422, "matching.unknown", "speed")
    me = told(yusuf.get("/me"))["agent_id"]
    assert told(yusuf.get(f"{place}/members/{me}/record")) == {"kept": 0, "late": 0, "could_not": 0, "silent": 0}
    assert told(amina.get(f"{place}/members/{me}/record"))["kept"] == 0
    refused(yusuf.get(f"{place}/members/{told(amina.get('/me'))['agent_id']}/record"), 404, "not_found")
