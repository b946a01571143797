"""Sheets over the API and over the page: out without a name or a door, in as a whole or not at all, errors by line."""

import csv
import io
import uuid

import pytest

from taawun.practice.aid.models import Intent
from taawun.reach.sheets import intents as sheet
from taawun.reach.sheets.writing import unprotect
from tests.api.caller import refused, told

HEADER = "direction,kind,quantity,urgency,summary,reach,door\n"
GOOD = (
    HEADER
    + "request,food.cooked_meal,3,now,warm please,+442079460123,the green door\n"
    + "offer,Cooked meal,10,week,,,\n"
    + 'طلب,food.cooked_meal,٤,soon,"two, or more",,\n'
)


def put(caller, place, text, **more):
    data = text if isinstance(text, bytes) else text.encode()
    return caller.post(place + "/intents.csv", data, Content_Type="text/csv", **more)


def rows_of(response):
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_a_sheet_goes_in_and_comes_out(place, amina, visitor, town):
    posted = told(put(amina, place, GOOD), 201)
    assert len(posted["posted"]) == 3 and posted["unknown_columns"] == []
    quantities = [Intent.objects.get(pk=one).quantity for one in posted["posted"]]
    assert quantities == [3, 10, 4]
    rows = rows_of(visitor.get(place + "/intents.csv"))
    assert {row["id"] for row in rows} == set(posted["posted"])
    assert "green door" not in str(rows) and "7946" not in str(rows) and "Amina" not in str(rows)
    again = told(put(amina, place, visitor.get(place + "/intents.csv").content), 201)
    assert len(again["posted"]) == 3
    assert {"id", "left", "status"} <= set(again["unknown_columns"])
    assert [row["summary"] for row in rows_of(visitor.get(place + "/intents.csv", direction="offer"))] == ["", ""]


def test_what_is_wrong_is_named_by_line_and_column_and_nothing_is_posted(place, amina, town):
    text = HEADER + (
        "request,food.cooked_meal,3,now,fine,,\n"
        'gift,food.cooked_meal,3,now,"over\ntwo lines",,\n'
        "request,unicorns,3,now,,,\n"
        "request,food.cooked_meal,many,now,,,\n"
        "request,food.cooked_meal,3,now,call +44 20 7946 0123,,\n"
        "request,food.cooked_meal\n"
    )
    problem = refused(put(amina, place, text), 422, "sheet.wrong")
    named = [(one["line"], one["field"]) for one in problem["errors"]]
    assert named == [(3, "direction"), (5, "kind"), (6, "quantity"), (7, "summary"), (8, "file")]
    assert all(one["detail"] for one in problem["errors"])
    assert not Intent.objects.exists()


@pytest.mark.parametrize(
    "data, line",
    [
        (b"\n", 0), (b"PK\x03\x04rest", 0), ("direction;kind;quantity\n".encode("utf-16"), 0), (GOOD.replace("٤", "4").encode("cp1256"), 4),
        (b"a,b\n1,2\n", 1), (HEADER.encode(), 0), (HEADER.encode() + b'request,"food', 2),
    ],
)  # fmt: skip
def test_files_that_are_no_sheets(place, amina, data, line):
    problem = refused(put(amina, place, data), 422, "sheet.wrong")
    assert problem["errors"][0]["line"] == line
    assert not Intent.objects.exists()


def test_too_much_and_not_from_everybody(place, amina, yusuf, visitor, monkeypatch):
    refused(put(yusuf, place, GOOD), 403, "forbidden")
    refused(put(visitor, place, GOOD), 401, "token.needed")
    refused(put(amina, place, b"x" * 1_100_000), 413, "body.too_large")
    refused(amina.post(place + "/intents.csv", {"rows": []}), 415, "body.content_type", "Content-Type")
    monkeypatch.setattr(sheet, "ROWS_MAX", 2)
    refused(put(amina, place, GOOD), 413, "sheet.too_many_rows", "file")
    assert not Intent.objects.exists()


def test_a_sheet_sent_twice_is_posted_once(place, amina):
    key = str(uuid.uuid4())
    first = told(put(amina, place, GOOD, key=key), 201)
    assert told(put(amina, place, GOOD, key=key), 201) == first
    assert Intent.objects.count() == 3
    refused(put(amina, place, GOOD + "\n", key=key), 409, "key.other_content", "Idempotency-Key")


def test_no_cell_goes_out_as_a_formula(place, town, amina, visitor):
    town.need("Yusuf", summary="=HYPERLINK(1)")
    [row] = rows_of(visitor.get(place + "/intents.csv"))
    assert row["summary"] == "'=HYPERLINK(1)" and unprotect(row["summary"]) == "=HYPERLINK(1)"


def test_names_in_cells_mean_people_and_areas_of_this_circle(place, town, amina):
    area = told(amina.get(place + "/areas"))["items"][0]["name"]
    text = "direction,kind,quantity,area,on_behalf_of,starts_at,weekdays,from_time,to_time\n"
    good = text + f"request,food.cooked_meal,1,{area.upper()},,2026-12-24 09:30,mon thu,17:30,19:00\n"
    [made] = told(put(amina, place, good), 201)["posted"]
    found = Intent.objects.get(pk=made)
    assert found.area is not None and found.weekdays == [0, 3] and (found.from_minute, found.to_minute) == (1050, 1140)
    assert found.starts_at.isoformat() == "2026-12-24T09:30:00+00:00"
    bad = text + "request,food.cooked_meal,1,Atlantis,Nobody,24/13/2026,someday,25:00,\n"
    problem = refused(put(amina, place, bad), 422, "sheet.wrong")
    assert [one["field"] for one in problem["errors"]] == ["starts_at", "weekdays", "from_time"]
    bad = text + "request,food.cooked_meal,1,Atlantis,Nobody,,,,\n"
    problem = refused(put(amina, place, bad), 422, "sheet.wrong")
    assert [one["field"] for one in problem["errors"]] == ["area", "on_behalf_of"]
