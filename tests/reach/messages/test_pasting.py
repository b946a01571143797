"""Paste to draft on the page: read, corrected, posted, one after the other; nothing kept that nobody posted."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from taawun.community.people import actions as people
from taawun.ground.vault import store
from taawun.practice.aid.models import Intent

MESSAGE = "urgent: need 3 packs of nappies in Brixton, call 07911 123456"


@pytest.fixture
def today(world):
    """The pages ask the real clock, so the world is of today."""
    world.now = timezone.now()
    return world


def page(world):
    return reverse("messages:paste", args=[world.circle.slug])


def send(client, world, text, **fields):
    return client.post(page(world), {"text": text, "do": "read", **fields})


def posting(text, **fields):
    return {
        "text": text, "do": "post", "at": "0", "key": str(uuid.uuid4()), "direction": "request", "kind": "children.nappies",
        "quantity": "3", "urgency": "3", "area": "", "summary": "", "visibility": "public", "reach": "07911 123456", **fields,
    }  # fmt: skip


def amina(client, world):
    client.force_login(world.accounts["Amina"])
    return client


def test_a_message_fills_the_form_and_is_marked(today, client):
    answer = send(amina(client, today), today, MESSAGE)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<mark>nappies <small>what</small></mark>" in text and "<mark>3 packs <small>how much</small></mark>" in text
    form = answer.context["form"]
    assert (
        form["quantity"].value() == "3" and form["reach"].value() == "+447911123456" and form["urgency"].value() == "3"
    )
    assert form["door"].value() == "Brixton" and form["details"].value() == MESSAGE
    today.open()
    assert not Intent.objects.exists()


def test_it_is_posted_once_with_the_message_sealed_or_left_out(today, client):
    form = posting(MESSAGE, details=MESSAGE)
    first = amina(client, today).post(page(today), form)
    again = client.post(page(today), form)
    assert first.status_code == again.status_code == 302 and first.url == again.url
    client.post(page(today), posting(MESSAGE, details=""))
    today.open()
    kept, left_out = Intent.objects.order_by("posted_at")
    assert kept.kind == "children.nappies" and kept.quantity == 3 and kept.direction == "request"
    viewer = today.actor("Amina").viewer
    opened = store.reveal(viewer, [kept.id, left_out.id], "test", circle_id=today.circle.id, now=today.now)
    assert opened[kept.id]["details"] == MESSAGE and opened[kept.id]["phone"] == "+447911123456"
    assert not opened[left_out.id].get("details")


def test_several_needs_come_one_after_the_other(today, client):
    text = "need 2 packs of diapers and 5 blankets"
    amina(client, today)
    next_one = client.post(page(today), posting(text, quantity="2"))
    assert next_one.status_code == 200 and next_one.context["kind"].code == "household.blankets"
    assert next_one.context["form"]["quantity"].value() == "5" and "2 of 2" in next_one.content.decode()
    last = client.post(page(today), posting(text, at="1", kind="household.blankets", quantity="5"))
    assert last.status_code == 302
    today.open()
    assert set(Intent.objects.values_list("kind", flat=True)) == {"children.nappies", "household.blankets"}


def test_one_can_be_left_out_and_the_last_leads_back(today, client):
    text = "need diapers\nand a ride to the hospital"
    skipped = send(amina(client, today), today, text, do="skip", at="0")
    assert skipped.context["kind"].code == "transport.clinic_ride"
    assert send(client, today, text, do="skip", at="1").url == reverse("aid:board", args=[today.circle.slug])


def test_another_kind_keeps_what_was_typed(today, client):
    answer = amina(client, today).post(
        page(today), posting(MESSAGE, do="change", kind="household.blankets", direction="offer", name="Rana")
    )
    assert answer.context["kind"].code == "household.blankets" and answer.context["direction"] == "offer"
    assert answer.context["form"]["name"].value() == "Rana" and answer.context["form"]["quantity"].value() == "3"


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(today, client):
    answer = amina(client, today).post(page(today), posting(MESSAGE, quantity="many", name="Rana"))
    assert answer.status_code == 422 and answer.context["form"].errors["quantity"]
    assert "Rana" in answer.content.decode() and "nappies" in answer.content.decode()
    assert send(client, today, "").status_code == 422
    assert send(client, today, "x" * 20_001).status_code == 422


def test_a_message_in_which_nothing_is_found_asks_what_it_is_about(today, client):
    answer = send(amina(client, today), today, "hello dear neighbours")
    assert answer.status_code == 200 and answer.context["form"] is None
    told = send(client, today, "hello dear neighbours", do="change", kind="")
    assert "Please choose what it is about." in told.content.decode()
    assert send(client, today, "hello", do="change", kind="food.bread").context["form"] is not None


def test_a_need_that_is_over_is_said_to_be_over(today, client):
    answer = send(amina(client, today), today, "we no longer need the blankets, thanks")
    assert "this is over" in answer.content.decode() and "Post it all the same" in answer.content.decode()


def test_the_circles_own_words_for_a_kind_are_read(today, client):
    today.circle.kind_changes = {"own.kayak": {"name": {"en": "Flugelkajak"}, "unit": "day"}}
    today.circle.save(update_fields=["kind_changes"])
    assert send(amina(client, today), today, "who needs a flugelkajak?").context["kind"].code == "own.kayak"


def test_markup_in_a_message_stays_text(today, client):
    answer = send(amina(client, today), today, "need bread <script>alert(1)</script> </textarea>").content.decode()
    assert "<script>alert" not in answer and "&lt;/textarea&gt;" in answer


def test_members_and_visitors_do_not_paste(today, client):
    client.force_login(today.accounts["Yusuf"])
    assert client.get(page(today)).status_code == 403
    stranger = people.open_account(name="Stranger", language="en", now=today.now)
    client.force_login(stranger)
    assert client.post(page(today), {"text": MESSAGE}).status_code == 403
    client.logout()
    assert client.get(page(today)).status_code in (302, 401)
