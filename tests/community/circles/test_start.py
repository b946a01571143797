"""The first page of a server, and setting a community up."""

import uuid

import pytest
from django.utils import timezone

from taawun.community.circles import access, places, queries
from taawun.community.circles.models import Circle, Membership
from taawun.community.people import actions as people
from taawun.community.people.models import Account, Agent
from taawun.ground.journal.models import Entry
from taawun.ground.values.scope import set_scope
from tests.community.conftest import Browser, measured, text_of

ANSWERS = {
    "own_name": "Samira K.",
    "name": "Harbour Street neighbours",
    "place_name": "Port Said",
    "languages": ["en", "ar"],
    "region": "EG",
    "time_zone": "",
}


def test_an_empty_server_opens_on_the_set_up_page_on_this_machine(db):
    answer = Browser().get("/", follow=True)
    assert answer.redirect_chain == [("/start/", 302)]
    assert "What is your community called?" in text_of(answer)


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "203.0.113.5"},
        {"REMOTE_ADDR": "192.168.1.9"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
        {"HTTP_HOST": "example.onion"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_nobody_from_elsewhere_sets_up_the_first_community(db, settings, headers):
    settings.ALLOWED_HOSTS = ["localhost", "example.onion"]
    browser = Browser(**headers)
    assert "Open the link that was printed where Taawun was started." in text_of(browser.get("/"))
    for answer in (browser.get("/start/"), browser.send("/start/", ANSWERS), browser.get("/start/?key=wrong")):
        assert answer.status_code == 403
    assert Circle.objects.count() == 0


def test_the_key_from_the_console_opens_the_set_up_page(db):
    browser = Browser(REMOTE_ADDR="203.0.113.5")
    path = queries.first_run_path()
    assert browser.get(path).status_code == 200
    assert browser.get("/?" + path.partition("?")[2]).headers["Location"] == path
    assert browser.send(path, ANSWERS).status_code == 302
    assert Circle.objects.count() == 1
    # It opened the first community, and opens nothing more.
    assert queries.first_run_path() is None
    assert Browser(REMOTE_ADDR="203.0.113.5").get(path).headers["Location"].startswith("/sign-in/?next=")


def test_three_answers_make_a_community_that_works(db):
    browser = Browser()
    answer = browser.send("/start/", ANSWERS, follow=True)
    assert answer.redirect_chain == [("/c/harbour-street-neighbours/", 302)]
    assert "is set up" in text_of(answer)
    assert 'href="/me/keep/"' in answer.content.decode()
    circle = Circle.objects.get()
    assert (circle.region, circle.time_zone, circle.languages) == ("EG", "Africa/Cairo", ["en", "ar"])
    actor = access.actor_in(circle, Account.objects.get())
    assert actor.is_coordinator
    assert actor.name == "Samira K."
    set_scope([circle.id])
    assert list(Entry.objects.values_list("name", flat=True)) == ["circle.set_up"]


def test_a_form_sent_twice_makes_one_community_and_signs_in_both_times(db):
    fields = {"key": str(uuid.uuid4())} | ANSWERS
    first, second = Browser(), Browser()
    assert first.post("/start/", fields).status_code == 302
    assert second.post("/start/", fields).status_code == 302
    assert second.session["_auth_user_id"] == first.session["_auth_user_id"]
    assert (Circle.objects.count(), Agent.objects.count()) == (1, 1)
    # The key opens nothing to other content, and a fresh one nothing at all.
    assert Browser().post("/start/", fields | {"name": "Another"}).status_code == 409
    assert Browser().send("/start/", fields | {"key": str(uuid.uuid4())}).status_code == 401
    assert Circle.objects.count() == 1


def test_without_a_script_the_page_carries_its_own_key(db):
    form = Browser().get("/start/").context["form"]
    assert uuid.UUID(form["key"].value()).version == 7


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("own_name", ""), ("own_name", "\u2060"), ("own_name", "a\x00"),
        ("name", ""), ("name", " \u200b"), ("name", "x" * 121), ("name", "x" * 800_000), ("name", "a\x00b"),
        ("place_name", ""), ("place_name", "p" * 121),
        ("languages", []), ("languages", ["en", "tlh"]),
        ("region", "XX"), ("region", "Egypt"), ("region", ""),
        ("time_zone", "Mars/Olympus"), ("time_zone", "../../etc/passwd"),
        ("position", "somewhere"), ("position", "91, 10"), ("position", "nan, 3"), ("position", "1e400, 2"),
        ("position", "8G3PVFV7"), ("position", "8G3PVFV7+5Q+"), ("position", "12"), ("position", "1" * 300),
    ],
)  # fmt: skip
def test_each_wrong_answer_is_named_and_the_others_are_kept(db, field, value):
    answer = Browser().send("/start/", ANSWERS | {field: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field], answer.context["form"].errors
    kept = "place_name" if field != "place_name" else "name"
    assert answer.context["form"][kept].value() == ANSWERS[kept]
    assert (Circle.objects.count(), Account.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "position", ["34.43, 35.83", "34.43 35.83", "٣٤٫٤٣، ٣٥٫٨٣", "8G6PCRJJ+2X", " 8g6pcrjj+2x Tripoli"]
)
def test_a_position_becomes_a_coarse_cell(db, position):
    assert Browser().send("/start/", ANSWERS | {"position": position}).status_code == 302
    assert Circle.objects.get().cell is not None


def test_the_phone_may_give_the_position(db):
    Browser().send("/start/", ANSWERS | {"latitude": "34.43000", "longitude": "35.83000"})
    assert Circle.objects.get().cell is not None


def test_what_turns_text_around_is_taken_out(db):
    Browser().send("/start/", ANSWERS | {"name": "\u202eHarbour\u2069"})
    assert Circle.objects.get().name == "Harbour"


@pytest.mark.parametrize("name", ["جيران الميناء", "!!!", "-", "x" * 120, "Ünï côdé"])
def test_every_name_gets_an_address_of_its_own(db, name):
    account = people.open_account(name="A", language="en", now=timezone.now())
    browser = Browser(account)
    for _twice in range(2):
        answer = browser.send("/start/", ANSWERS | {"name": name})
        assert browser.get(answer.headers["Location"]).status_code == 200
    slugs = set(Circle.objects.values_list("slug", flat=True))
    assert len(slugs) == 2
    assert all(len(slug) <= 60 for slug in slugs)


def test_an_account_sets_up_five_communities_a_day(db):
    browser = Browser(people.open_account(name="A", language="en", now=timezone.now()))
    for _number in range(5):
        assert browser.send("/start/", ANSWERS).status_code == 302
    assert browser.send("/start/", ANSWERS).status_code == 429
    assert Circle.objects.count() == 5


def test_home_leads_to_the_one_community_and_lets_choose_among_several(town):
    browser = Browser(town.accounts["Yusuf"])
    assert browser.get("/").headers["Location"] == f"/c/{town.circle.slug}/"
    browser.send("/start/", ANSWERS)
    page = text_of(browser.get("/"))
    assert town.circle.name in page
    assert "Harbour Street neighbours" in page


def test_home_shows_a_visitor_what_is_open(town, hill):
    hill.open()
    Circle.objects.filter(pk=hill.circle.pk).update(is_public=False)
    page = text_of(Browser().get("/"))
    assert town.circle.name in page
    assert hill.circle.name not in page
    for words in ("I need help", "I can help", "I have a receipt code", "Sign in"):
        assert words in page


def test_home_of_somebody_without_a_community_leads_on(town):
    browser = Browser(people.open_account(name="New", language="en", now=timezone.now()))
    page = text_of(browser.get("/"))
    assert "You belong to no community yet." in page
    assert "Set up a community" in page


def test_the_first_pages_are_small_and_ask_little(town):
    found = measured(Browser(), "/")
    assert (found.queries <= 8, found.bytes_compressed <= 14_000) == (True, True)
    found = measured(Browser(town.accounts["Amina"]), "/start/")
    assert (found.queries <= 8, found.bytes_compressed <= 14_000) == (True, True)


def test_every_country_has_a_zone():
    for region, _name in places.countries():
        assert places.zone_of(region) in places.zones(), region


def test_membership_of_the_founder_is_the_circles_only_one(db):
    Browser().send("/start/", ANSWERS)
    circle = Circle.objects.get()
    set_scope([circle.id])
    assert Membership.objects.get().roles == ["member", "coordinator", "treasurer"]
