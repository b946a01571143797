"""The pages of sheets as a coordinator uses them: a list in four steps, what is wrong with it, undo, and taking away."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from taawun.ground.journal.models import Entry
from taawun.practice.aid.models import Intent
from taawun.reach.sheets.models import Import

FORM = """\
Full name,Phone number,What do you need?,How many?,Day
Leila Haddad,020 7946 0123,Bread,4,04/05/{year}
Omar Aziz,020 7946 0124,unicorns,2,05/06/{year}
"""
KEY = "018f3c1e-7b5a-7c3d-9f00-2b1a6c0d4e5f"


@pytest.fixture
def town(world):
    world.now = timezone.now()
    return world


def signed_in(town, name: str) -> Client:
    client = Client()
    client.force_login(town.accounts[name], backend="taawun.community.people.backend.AccountBackend")
    return client


def base(town) -> str:
    return f"/c/{town.circle.slug}/sheets/"


def send(client: Client, town, text: str | None = None, **more: str):
    year = str(town.now.year + 1)
    file = SimpleUploadedFile("my sheet.csv", (text if text is not None else FORM.replace("{year}", year)).encode(), "text/csv")
    return client.post(base(town), {"file": file, **more})


def fields(page: str) -> dict[str, str]:
    """Return what a browser without a script would send with the form of the columns: every select as it stands."""
    form = page[page.index('name="what"') :]
    found = {}
    for name, inside in re.findall(r'<select[^>]* name="([a-z]+-?\d*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        found[name] = chosen[1] if chosen else ""
    what = re.search(r'name="what" value="([a-z]+)" checked', form)
    return found | {"what": what[1] if what else "intents"}


def test_four_steps_lead_from_a_file_to_the_board(town):
    client = signed_in(town, "Amina")
    assert b'enctype="multipart/form-data"' in client.get(base(town)).content
    first = send(client, town, key=KEY)
    assert first.status_code == 302 and send(client, town, key=KEY)["Location"] == first["Location"]
    assert Import.objects.count() == 1
    columns = client.get(first["Location"]).content.decode()
    assert "Leila Haddad" in columns and "known by its name" in columns
    answers = fields(columns) | {"do": "check", "direction": "request"}
    assert answers["target-0"] == "name" and answers["target-2"] == "kind"
    asked = client.post(first["Location"] + "columns/", answers)
    assert asked.status_code == 422
    assert "day or the month" in asked.content.decode() or "names, phones or addresses" in asked.content.decode()
    answers |= {"basis": "asked", **{name: "dmy" for name in answers if name.startswith("order-")}}
    assert client.post(first["Location"] + "columns/", answers).status_code == 302
    found = client.get(first["Location"]).content.decode()
    assert "Bring in 1 row" in found and "unicorns" in found and 'name="cell-3-2"' in found
    # A page that watched the work is told that it is done, and not handed another page to put inside itself.
    part = client.get(first["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "It is done." in part and "<html" not in part
    problems = client.get(first["Location"] + "problems.csv").content.decode("utf-8-sig")
    assert "my sheet.csv,3,What do you need?,unicorns" in problems
    client.post(first["Location"] + "mend/", {"cell-3-2": "Blankets", "was-3-2": "unicorns"})
    assert "Bring in 2 rows" in client.get(first["Location"]).content.decode()
    for _time in range(2):
        done = client.post(first["Location"] + "bring/", {"key": KEY.replace("5f", "60")}, follow=True)
        assert "This list was brought in" in done.content.decode()
    assert Intent.objects.count() == 2
    sure = client.get(first["Location"] + "undo/").content.decode()
    assert "2 rows go" in sure
    client.post(first["Location"] + "undo/", {"key": str(uuid.uuid4())})
    assert not Intent.objects.exists()
    assert "This list was undone" in client.get(first["Location"]).content.decode()


def test_what_is_no_table_is_refused_where_it_was_chosen(town):
    client = signed_in(town, "Amina")
    for data in ("", "%PDF-1.7\n"):
        refused = send(client, town, data)
        assert refused.status_code == 422 and 'class="error"' in refused.content.decode()
    assert client.post(base(town), {}).status_code == 422
    pasted = client.post(base(town), {"text": "Name\tPhone\nLeila\t020 7946 0123\n"})
    assert pasted.status_code == 302 and "Leila" in client.get(pasted["Location"]).content.decode()
    page = client.post(pasted["Location"] + "columns/", {"do": "again", "header_line": "0", "sheet": "0", "delimiter": "\t"})
    assert page.status_code == 302
    assert client.post(pasted["Location"] + "discard/", {}, follow=True).status_code == 200
    assert not Import.objects.exists()


def test_a_file_is_its_owner_s_and_the_pages_are_the_coordinators(town, other_world):
    town.join("Rima", "coordinator")
    address = send(signed_in(town, "Amina"), town)["Location"]
    assert signed_in(town, "Rima").get(address).status_code == 404
    assert signed_in(town, "Yusuf").get(address).status_code == 403
    assert signed_in(town, "Yusuf").get(base(town)).status_code == 403
    assert Client().get(base(town)).status_code == 302
    assert send(signed_in(town, "Yusuf"), town).status_code == 403
    other = address.replace(town.circle.slug, other_world.circle.slug)
    assert signed_in(other_world, "Omar").get(other).status_code == 404


def test_everything_is_taken_by_coordinators_and_names_only_for_a_reason(town):
    town.need("Yusuf", summary="warm")
    client = signed_in(town, "Amina")
    address = base(town) + "everything/"
    assert client.get(address).status_code == 200
    taken = client.post(address, {"form": "zip"})
    assert taken["Content-Type"] == "application/zip" and b"datapackage.json" in taken.content
    refused = client.post(address, {"form": "xlsx", "personal": "on", "why": "x"})
    assert refused.status_code == 422 and "other coordinators are told" in refused.content.decode()
    assert client.post(address, {"form": "xlsx", "personal": "on", "why": "moving house"}).status_code == 200
    town.open()
    names = list(Entry.objects.filter(name__startswith="sheet.exp").order_by("seq").values_list("name", flat=True))
    assert names == ["sheet.exported", "sheet.exported_personal"]
    assert signed_in(town, "Yusuf").get(address).status_code == 403


def test_sheets_are_taken_away_by_who_may_see_the_board(town, other_world):
    town.need("Yusuf", summary="warm")
    for client in (Client(), signed_in(town, "Yusuf")):
        response = client.get(base(town) + "open.csv")
        assert response.status_code == 200 and "warm" in response.content.decode("utf-8-sig")
        assert "green door" not in response.content.decode("utf-8-sig")
    assert Client().get(base(town) + "all.csv").status_code == 404


def test_the_model_can_be_brought_as_it_is(town):
    client = signed_in(town, "Amina")
    model = client.get(base(town) + "model.csv").content.decode("utf-8-sig")
    address = send(client, town, model)["Location"]
    answers = fields(client.get(address).content.decode()) | {"do": "check", "basis": "asked"}
    assert client.post(address + "columns/", answers).status_code == 302
    client.post(address + "bring/", {"key": KEY})
    assert sorted(Intent.objects.values_list("direction", "quantity")) == [("offer", 10), ("request", 3)]
