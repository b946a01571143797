"""The page of notices, and the pages behind the links in a letter."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from taawun.community.circles import access as circle_access
from taawun.community.circles import actions as circles
from taawun.community.circles.models import Circle
from taawun.community.people import secrets
from taawun.ground.jobs.duties import run_duty
from taawun.ground.journal.models import Entry
from taawun.ground.values.ids import new_id
from taawun.ground.values.scope import set_scope
from taawun.ground.words.formats import format_datetime
from taawun.practice.aid import actions as aid
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.models import Intent
from taawun.reach.messages import queries
from taawun.reach.messages.models import Notice


@pytest.fixture
def today(world):
    """The pages ask the real clock, so the world is of today."""
    world.now = timezone.now()
    return world


def happens(world, times: int = 1, need: str = "Yusuf", helper: str = "Zeynep") -> None:
    for _ in range(times):
        aid.claim(world.actor(helper), world.need(need, 1).id, now=world.now)
    run_duty("messages.follow", world.now)


def page(world, **query):
    return reverse("messages:notices", args=[world.circle.slug], query=query or None)


def test_a_notice_says_what_happened_and_leads_there(today, client):
    happens(today)
    client.force_login(today.accounts["Yusuf"])
    answer = client.get(page(today))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Somebody is on it. Each side now sees how to reach the other." in text
    assert "Cooked meal · 1 portion" in text
    today.open()
    path = reverse("aid:commitment", args=[today.circle.slug, Notice.objects.get().commitment_id])
    assert f'href="{path}"' in text
    assert "Zeynep" not in text
    assert client.get(path).status_code == 200


def test_seeing_is_reading(today, client):
    happens(today, 2)
    client.force_login(today.accounts["Yusuf"])
    today.open()
    agent = today.accounts["Yusuf"].agent_id
    assert queries.unread_count(today.circle.id, agent) == 2
    assert client.get(page(today)).content.decode().count(">New<") == 2
    today.open()
    assert queries.unread_count(today.circle.id, agent) == 0
    assert client.get(page(today)).content.decode().count(">New<") == 0


def test_an_empty_page_says_what_will_be_here(today, client):
    client.force_login(today.accounts["Yusuf"])
    assert "Nothing yet." in client.get(page(today)).content.decode()


def test_a_long_list_comes_in_pages(today, client):
    happens(today, queries.PAGE_SIZE + 5)
    client.force_login(today.accounts["Yusuf"])
    first = client.get(page(today)).content.decode()
    assert first.count("<li") - first.count("<nav") >= queries.PAGE_SIZE
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = client.get(older[1]).content.decode()
    assert second.count("Cooked meal") == 5
    assert 'rel="next"' not in second
    assert f'rel="prev" href="{page(today)}"' in second


@pytest.mark.parametrize("before", ["", "x", "-1", "1e9", "٣", "9" * 400, "0"])
def test_any_place_to_go_on_from_is_borne(today, client, before):
    happens(today)
    client.force_login(today.accounts["Yusuf"])
    assert client.get(page(today, before=before)).status_code == 200


def test_the_statements_of_the_page_do_not_grow(today, client, django_assert_max_num_queries):
    happens(today, 12)
    client.force_login(today.accounts["Yusuf"])
    # Session, account, circle, scope, roles; notices and what they are about; marking them as read; who wants mail.
    with django_assert_max_num_queries(16):
        client.get(page(today))


def test_somebody_acted_for_is_named_to_the_one_who_acts(today, client):
    amina = today.actor("Amina")
    mariam = circles.add_member(amina, name="Mariam <b>", consented=True, now=today.now).agent_id
    need = today.need("Amina", 1, on_behalf_of=mariam)
    aid.claim(today.actor("Zeynep"), need.id, now=today.now)
    run_duty("messages.follow", today.now)
    client.force_login(today.accounts["Amina"])
    text = client.get(page(today)).content.decode()
    assert "<bdi>Mariam &lt;b&gt;</bdi>" in text
    assert "please pass this on" not in text


def test_a_coordinator_who_stands_in_is_asked_to_pass_it_on(today, client):
    idris = circles.add_member(today.actor("Amina"), name="Idris", consented=True, now=today.now).agent_id
    need = today.need("Amina", 1, on_behalf_of=idris)
    circles.look_after(today.actor("Amina"), idris, None, now=today.now)
    aid.claim(today.actor("Zeynep"), need.id, now=today.now)
    run_duty("messages.follow", today.now)
    client.force_login(today.accounts["Amina"])
    text = client.get(page(today)).content.decode()
    assert "There is no account behind it: please pass this on." in text
    assert "Idris" not in text


def test_what_one_may_no_longer_see_is_not_named(today, client):
    """Somebody who was a coordinator keeps her notices, but not what they were about."""
    today.join("Hassan", "coordinator")
    draft = IntentDraft("request", "health.medicine", 2, 3, private=Private(name="S", reach="ring at the bakery"))
    need, _code = aid.post_without_account(today.circle, draft, visitor="::1", now=today.now)
    run_duty("messages.follow", today.now)
    client.force_login(today.accounts["Hassan"])
    # A first look changes nothing about who may see it.
    assert "Medicine" in client.get(page(today)).content.decode()
    circles.set_roles(today.actor("Amina"), today.accounts["Hassan"].agent_id, [], now=today.now)
    text = client.get(page(today)).content.decode()
    assert "Medicine" not in text
    assert str(need.id) not in text


def test_only_members_come_in_and_each_sees_her_own(today, other_world, client):
    happens(today)
    assert client.get(page(today)).status_code == 302
    client.force_login(other_world.accounts["Omar"])
    assert client.get(page(today)).status_code in (403, 404)
    client.force_login(today.accounts["Zeynep"])
    assert "Somebody is on it" not in client.get(page(today)).content.decode()
    assert client.post(page(today)).status_code == 405


def test_mail_can_be_stopped_and_had_again_from_the_page(today, mail_server, client):
    from taawun.community.people import actions as people

    yusuf = today.accounts["Yusuf"]
    client.force_login(yusuf)
    assert "Stop the e-mails" not in client.get(page(today)).content.decode(), "there is no address to write to"
    people.add_contact(yusuf, "yusuf@example.org", "GB", now=today.now, verified=True)
    assert "Stop the e-mails" in client.get(page(today)).content.decode()
    path = reverse("messages:mail", args=[today.circle.slug])
    assert client.post(path, {"wanted": "no"}).url == page(today)
    assert queries.wants_mail([yusuf.agent_id]) == set()
    assert "Send me e-mails again" in client.get(page(today)).content.decode()
    client.post(path, {"wanted": "yes"})
    assert queries.wants_mail([yusuf.agent_id]) == {yusuf.agent_id}
    assert client.get(path).status_code == 405


# The link "still there?", without signing in.


@pytest.fixture
def asked(today):
    """Yusuf's offer was asked about just now; returns it and the path of the link he got."""
    offer = today.offer("Yusuf", 3)
    now = timezone.now()
    Intent.objects.filter(pk=offer.pk).update(fresh_at=now - timedelta(days=2), ask_at=now, expires_at=now + timedelta(days=1))
    run_duty("aid.keep_up", now)
    run_duty("messages.follow", now)
    today.open()
    notice = Notice.objects.get(name="intent.asked")
    return offer, reverse("messages:still", args=[secrets.token_of("still", notice.id)])


def renewals(world) -> int:
    world.open()
    return Entry.objects.filter(circle_id=world.circle.id, name="intent.renewed").count()


def test_looking_at_the_link_changes_nothing(today, asked, client):
    _offer, path = asked
    for answer in (client.get(path), client.head(path), client.get(path)):
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-store"
    text = client.get(path).content.decode()
    assert "Is this still there?" in text and "Yes, it is still there" in text
    assert "Cooked meal" in text
    assert "Yusuf" not in text and today.circle.name not in text
    assert renewals(today) == 0


def test_the_link_speaks_in_the_circles_own_time(today, asked, client):
    offer, path = asked
    offer.refresh_from_db()
    Circle.objects.filter(pk=today.circle.pk).update(time_zone="Asia/Kathmandu")
    there = format_datetime(offer.expires_at.astimezone(ZoneInfo("Asia/Kathmandu")).replace(tzinfo=None))
    assert f"leaves the board on {there}." in client.get(path).content.decode()


def test_one_tap_renews_once_as_the_one_who_was_asked(today, asked, client):
    offer, path = asked
    for _ in range(3):
        assert client.post(path).url == path
    assert "It stays on the board until" in client.get(path).content.decode()
    assert renewals(today) == 1
    entry = Entry.objects.get(name="intent.renewed")
    assert entry.actor_id == today.accounts["Yusuf"].agent_id
    offer.refresh_from_db()
    assert offer.asked_at is None and offer.expires_at > timezone.now() + timedelta(days=2)
    assert Notice.objects.get(name="intent.asked").read_at is not None
    assert "_auth_user_id" not in client.session, "nobody is signed in by it"


def test_an_old_link_is_spent_when_the_next_question_comes(today, asked, client):
    offer, path = asked
    client.post(path)
    today.open()
    later = timezone.now() + timedelta(seconds=5)
    Intent.objects.filter(pk=offer.pk).update(ask_at=later - timedelta(seconds=1))
    run_duty("aid.keep_up", later)
    client.post(path)
    assert renewals(today) == 1


def test_the_link_ends_with_the_intent(today, asked, client):
    offer, path = asked
    Intent.objects.filter(pk=offer.pk).update(expires_at=timezone.now())
    client.post(path)
    assert "This has ended" in client.get(path).content.decode()
    assert renewals(today) == 0
    aid.withdraw(today.actor("Yusuf"), offer.id, now=timezone.now())
    client.post(path)
    assert "This has ended" in client.get(path).content.decode()
    assert renewals(today) == 0


def test_a_sensitive_thing_is_not_named_to_whoever_holds_the_letter(today, client):
    need = today.need("Yusuf", 3, kind="health.medicine", visibility="members")
    run_duty("aid.keep_up", need.ask_at)
    run_duty("messages.follow", need.ask_at)
    today.open()
    notice = Notice.objects.get(name="intent.asked")
    text = client.get(reverse("messages:still", args=[secrets.token_of("still", notice.id)])).content.decode()
    assert "Is this still needed?" in text
    assert "Medicine" not in text


def test_the_link_is_good_for_nothing_when_its_reader_has_left(today, asked, client):
    _offer, path = asked
    circles.leave(today.actor("Yusuf"), now=timezone.now())
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404
    assert renewals(today) == 0


def test_a_link_for_one_thing_opens_nothing_else(today, asked, client):
    offer, _path = asked
    today.open()
    happens(today)
    today.open()
    asked_id = Notice.objects.get(name="intent.asked").id
    other_id = Notice.objects.get(name="claim.made").id
    wrong = [
        secrets.token_of("quiet", asked_id),
        secrets.token_of("sign-in", asked_id),
        secrets.token_of("still", other_id),
        secrets.token_of("still", offer.id),
        secrets.token_of("still", new_id()),
        secrets.token_of("still", asked_id)[:-2] + "AA",
        "x", "ـ" * 40, "A" * 4000, "%00",
    ]  # fmt: skip
    for token in wrong:
        path = reverse("messages:still", args=[token])
        assert (client.get(path).status_code, client.post(path).status_code) == (404, 404), token
    assert renewals(today) == 0


def test_the_form_of_the_link_needs_the_page_it_stood_on(asked, client):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post(asked[1]).status_code == 403


# The link that ends the letters.


def test_letters_end_by_one_tap_and_by_a_mail_program(today, client):
    from django.test import Client

    yusuf = today.accounts["Yusuf"].agent_id
    path = reverse("messages:quiet", args=[secrets.token_of("quiet", yusuf)])
    assert "Stop the e-mails?" in client.get(path).content.decode()
    assert queries.wants_mail([yusuf]) == {yusuf}
    # As RFC 8058 has it: no cookie, no page before it.
    answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "The e-mails have stopped" in answer.content.decode()
    assert queries.wants_mail([yusuf]) == set()
    assert queries.wants_mail([today.accounts["Zeynep"].agent_id])


@pytest.mark.parametrize("purpose", ["still", "sign-in"])
def test_no_other_link_ends_them(today, client, purpose):
    yusuf = today.accounts["Yusuf"].agent_id
    assert client.post(reverse("messages:quiet", args=[secrets.token_of(purpose, yusuf)])).status_code == 404
    assert client.post(reverse("messages:quiet", args=[secrets.token_of("quiet", new_id())])).status_code == 404
    assert queries.wants_mail([yusuf]) == {yusuf}


def test_the_scope_is_narrow_again_after_a_link_was_looked_up(today, other_world, asked, client):
    """The look-up is in every circle; what follows sees one."""
    from taawun.reach.messages import access

    set_scope([])
    token = asked[1].split("/")[2]
    found = access.asked_by_link(token)
    assert found.intent.circle_id == today.circle.id
    assert {one.circle_id for one in Entry.objects.all()} == {today.circle.id}
    assert circle_access.actor_in(other_world.circle, other_world.accounts["Omar"]).is_member is False
