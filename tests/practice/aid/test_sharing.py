"""Sharing: what leaves for the chat and the wall says only what is public, in the circle's languages, and leads somewhere."""

import re

import pytest
from django.test import Client

from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import actions, sharing
from taawun.practice.aid.models import ShortLink
from tests.world import World

SECRETS = ("green door", "two children", "7946", "Zeynep", "no nuts")


@pytest.fixture
def need(world: World):
    need = world.need("Zeynep", 3, urgency=3, summary="warm, no nuts", visibility="public")
    actions.check(world.actor("Amina"), need.id, now=world.now)
    return need


def shared(world: World, need) -> str:
    return f"/c/{world.circle.slug}/i/{need.id}/share/"


def test_one_line_for_the_group_in_each_of_its_languages(world: World, need) -> None:
    world.open()
    english, arabic = sharing.lines(world.circle, need, "https://x.org/s/1/")
    assert english.text.startswith("Needed: Cooked meal · 3 ") and english.text.endswith("Who can help? https://x.org/s/1/")
    assert "\n" not in english.text and english.language == "en"
    assert arabic.language == "ar" and re.search("[\u0600-\u06ff]", arabic.text) and "٣" in arabic.text
    for line in (english, arabic):
        assert not any(word in line.text for word in SECRETS)
    assert "%D8" in arabic.whatsapp and arabic.telegram.startswith("https://t.me/share/url?url=https%3A//x.org")


def test_a_link_opens_without_an_account_and_shows_a_preview_of_what_is_public(world: World, need) -> None:
    page = Client().get(shared(world, need)).content.decode()
    link = ShortLink.objects.get(intent=need)
    assert sharing.address(link) in page and "wa.me" in page
    opened = Client().get(f"/s/{link.code}/", follow=True)
    assert opened.status_code == 200 and opened.redirect_chain[-1][0].endswith(f"/i/{need.id}/")
    head = opened.content.decode().split("</head>")[0]
    assert 'property="og:title" content="Needed: Cooked meal"' in head and "/preview/request.png" in head
    assert 'name="robots" content="noindex"' in head
    picture = Client().get("/preview/request.png")
    assert picture.status_code == 200 and picture["Content-Type"] == "image/png" and len(picture.content) < 40_000
    assert Client().get("/preview/other.png").status_code == 404
    for text in (page, opened.content.decode()):
        assert not any(word in text for word in SECRETS[:4])
    # Looking again makes no second code.
    Client().get(shared(world, need))
    assert ShortLink.objects.filter(intent=need).count() == 1


def test_what_is_for_members_only_has_no_preview_and_says_so(world: World) -> None:
    need = world.need("Zeynep", 3, visibility="members")
    assert Client().get(shared(world, need)).status_code == 404
    client = Client()
    client.force_login(world.accounts["Yusuf"])
    page = client.get(shared(world, need))
    assert page.status_code == 200 and b"Not everyone can open this" in page.content
    link = ShortLink.objects.get(intent=need)
    over = Client().get(f"/s/{link.code}/")
    assert over.status_code == 410 and b"Cooked meal" not in over.content


def test_what_has_been_seen_to_is_said_kindly_with_what_else_is_open(world: World, need) -> None:
    other = world.need("Yusuf", 2, kind="food.bread", visibility="public")
    actions.check(world.actor("Amina"), other.id, now=world.now)
    Client().get(shared(world, need))
    code = ShortLink.objects.get(intent=need).code
    actions.withdraw(world.actor("Zeynep"), need.id, now=world.now)
    over = Client().get(f"/s/{code}/")
    assert b"has been seen to" in over.content and str(other.id).encode() in over.content


def test_a_code_is_typed_from_paper_in_any_digits(world: World, need) -> None:
    Client().get(shared(world, need) + "sheet/")
    code = ShortLink.objects.get(intent=need).code
    eastern = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for typed in (code, f"{code[:4]} {code[4:]}", f"{eastern[:4]}-{eastern[4:]}"):
        answer = Client().get("/s/", {"code": typed})
        assert answer.status_code == 302 and code in answer["Location"], typed
    for wrong in ("1234567", "abcdefgh", code + "1"):
        assert b"has 8 digits" in Client().get("/s/", {"code": wrong}).content
    other = str(int(code) % 89_999_999 + 10_000_001)[:8]
    assert b"Nothing has this code" in Client().get("/s/", {"code": other}).content
    with pytest.raises(Refusal):
        sharing.find("")


def test_the_sheet_has_strips_and_a_picture_a_camera_reads(world: World, need) -> None:
    page = Client().get(shared(world, need) + "sheet/").content.decode()
    code = ShortLink.objects.get(intent=need).code
    assert page.count(f"{code[:4]} {code[4:]}") == 9
    picture = Client().get(f"/s/{code}/picture.svg")
    assert picture["Content-Type"] == "image/svg+xml" and b"<path" in picture.content
    board = Client().get(f"/c/{world.circle.slug}/share/sheet/")
    assert b"Do you need help?" in board.content
    assert Client().get(f"/s/{ShortLink.objects.get(page='board').code}/")["Location"] == f"/c/{world.circle.slug}/"
