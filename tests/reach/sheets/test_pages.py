"""The page of sheets as a coordinator uses it: take the board away, post a sheet, read what is wrong with it."""


import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from taawun.practice.aid.models import Intent

GOOD = "direction,kind,quantity\nrequest,food.cooked_meal,3\noffer,food.cooked_meal,10\n"
KEY = "018f3c1e-7b5a-7c3d-9f00-2b1a6c0d4e5f"


@pytest.fixture
def town(world):
    world.now = timezone.now()
    return world


def signed_in(town, name: str) -> Client:
    client = Client()
    client.force_login(town.accounts[name], backend="taawun.community.people.backend.AccountBackend")
    return client


def send(client: Client, town, text: str, **more: str):
    file = SimpleUploadedFile("my sheet.csv", text.encode(), "text/csv")
    return client.post(f"/c/{town.circle.slug}/sheets/", {"file": file, **more})


def test_a_coordinator_posts_a_sheet_once(town):
    client = signed_in(town, "Amina")
    page = client.get(f"/c/{town.circle.slug}/sheets/")
    assert page.status_code == 200 and b'enctype="multipart/form-data"' in page.content
    for _time in range(2):
        response = send(client, town, GOOD, key=KEY)
        assert response.status_code == 302
    assert Intent.objects.count() == 2
    assert "2 rows are on the board now." in client.get(response["Location"]).content.decode()
    other = send(client, town, GOOD + "offer,food.cooked_meal,1\n", key=KEY)
    assert other.status_code == 409 and Intent.objects.count() == 2


def test_what_is_wrong_stands_on_the_page_line_by_line(town):
    client = signed_in(town, "Amina")
    response = send(client, town, GOOD + "gift,<script>,many\n")
    page = response.content.decode()
    assert response.status_code == 422 and not Intent.objects.exists()
    assert "Nothing was posted" in page and "direction" in page and "<script>" not in page
    assert send(client, town, "").status_code == 422
    assert client.post(f"/c/{town.circle.slug}/sheets/", {}).status_code == 422
    assert send(client, town, "x" * 1_000_001).status_code == 413


def test_sheets_are_taken_away_by_who_may_see_the_board(town, other_world):
    town.need("Yusuf", summary="warm")
    address = f"/c/{town.circle.slug}/sheets/open.csv"
    for client in (Client(), signed_in(town, "Yusuf")):
        response = client.get(address)
        assert response.status_code == 200 and "warm" in response.content.decode("utf-8-sig")
        assert "green door" not in response.content.decode("utf-8-sig")
    assert Client().get(f"/c/{town.circle.slug}/sheets/all.csv").status_code == 404
    assert signed_in(town, "Amina").get(f"/c/{town.circle.slug}/sheets/model.csv").status_code == 200


def test_the_page_is_for_coordinators(town):
    assert signed_in(town, "Yusuf").get(f"/c/{town.circle.slug}/sheets/").status_code == 403
    assert Client().get(f"/c/{town.circle.slug}/sheets/").status_code == 302
    assert send(signed_in(town, "Yusuf"), town, GOOD).status_code == 403


def test_the_model_can_be_posted_as_it_is(town):
    client = signed_in(town, "Amina")
    model = client.get(f"/c/{town.circle.slug}/sheets/model.csv").content.decode("utf-8-sig")
    assert send(client, town, model).status_code == 302
    assert Intent.objects.count() == 2
