"""Lists in and everything out over the API: the same steps as on the pages, once a key, for coordinators."""

import io
import json
import uuid
import zipfile

from taawun.practice.aid.models import Intent
from taawun.reach.sheets.models import Import
from tests.api.caller import ROOT, refused, told

LIST = b"Full name,Phone,What do you need?,How many?\nLeila,020 7946 0123,Bread,4\nOmar,020 7946 0124,unicorns,2\n"


def hand_in(caller, place, data=LIST, **more):
    return caller.post(place + "/sheets?name=needs.csv", data, Content_Type="application/octet-stream", **more)


def send(caller, method, path, body=None):
    headers = {"Authorization": f"Bearer {caller.token}", "Idempotency-Key": str(uuid.uuid4())}
    return caller.client.generic(method, ROOT + path, json.dumps(body or {}), "application/json", headers=headers)


def test_a_list_goes_in_step_by_step_and_is_undone(place, amina, town):
    key = str(uuid.uuid4())
    load = told(hand_in(amina, place, key=key), 201)
    assert told(hand_in(amina, place, key=key), 201) == load and Import.objects.count() == 1
    assert [one["target"] for one in load["columns"]] == ["name", "phone", "kind", "quantity"]
    one = f"{place}/sheets/{load['id']}"
    refused(amina.post(one + "/check", {}), 422, "import.basis", "basis")
    refused(amina.post(one + "/bring", {}), 409, "import.not_checked")
    assert send(amina, "PUT", one, {"columns": [{"column": 0, "target": "shoe_size"}]}).status_code == 422
    told(send(amina, "PUT", one, {"basis": "asked", "direction": "request"}))
    found = told(amina.post(one + "/check", {}))
    assert found["state"] == "checked" and found["counts"] == {"rows_new": 1, "rows_wrong": 1, "request": 1, "rows": 2}
    [problem] = found["found"]["problems"]
    assert (problem["line"], problem["column"], problem["text"], problem["grave"]) == (
        3,
        "What do you need?",
        "unicorns",
        True,
    )
    told(send(amina, "PUT", one, {"cells": [{"line": 3, "column": 2, "text": "Blankets"}]}))
    assert told(amina.post(one + "/check", {}))["counts"]["rows_new"] == 2
    done = told(amina.post(one + "/bring", {}))
    assert done["state"] == "brought" and done["columns"] is None and Intent.objects.count() == 2
    assert [each["id"] for each in told(amina.get(place + "/sheets"))["items"]] == [load["id"]]
    undone = told(amina.post(one + "/undo", {"with_promises": True}))
    assert undone["state"] == "undone" and undone["counts"] == {"taken_back": 2, "stayed": 0}
    refused(amina.post(one + "/undo", {}), 409, "import.not_brought")


def test_what_is_no_list_and_who_is_no_coordinator(place, amina, yusuf, visitor, town):
    refused(hand_in(yusuf, place), 403, "forbidden")
    refused(hand_in(visitor, place), 401, "token.needed")
    refused(hand_in(amina, place, b""), 422, "sheet.missing", "file")
    assert hand_in(amina, place, b"%PDF-1.7\n").status_code == 422
    load = told(hand_in(amina, place), 201)
    one = f"{place}/sheets/{load['id']}"
    refused(yusuf.get(one), 403, "forbidden")
    refused(amina.get(f"{place}/sheets/{uuid.uuid4()}"), 404, "not_found")
    refused(send(amina, "PUT", one, {"sheet": 7}), 422, "import.sheet", "sheet")
    assert send(amina, "DELETE", one).status_code == 204 and not Import.objects.exists()
    refused(amina.get(one), 404, "not_found")


def test_everything_is_taken_with_names_only_for_a_reason(place, amina, yusuf, town):
    town.need("Yusuf", summary="warm")
    answer = amina.post(place + "/everything", {"form": "zip"})
    assert answer.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert "needs.csv" in archive.namelist() and b"green door" not in archive.read("needs.csv")
    refused(amina.post(place + "/everything", {"personal": True}), 422, "export.why", "why")
    answer = amina.post(place + "/everything", {"form": "zip", "personal": True, "why": "a new server"})
    assert b"green door" in zipfile.ZipFile(io.BytesIO(answer.content)).read("needs.csv")
    refused(yusuf.post(place + "/everything", {}), 403, "forbidden")
