"""Letters about notices, over real SMTP: one a person and run, marked before it leaves, never twice, and none to those who want quiet."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from taawun.community.circles import actions as circles
from taawun.community.people import actions as people
from taawun.ground.jobs.duties import run_duty
from taawun.ground.values.scope import circle_scope, set_scope
from taawun.practice.aid import actions as aid
from taawun.reach.messages import actions, queries
from taawun.reach.messages.models import Notice
from tests.world import NOW, World, make_world

SOON = NOW + timedelta(minutes=1)


def happens(world: World, times: int = 1) -> None:
    """Zeynep takes on as many needs of Yusuf's, and the journal is followed."""
    for _ in range(times):
        aid.claim(world.actor("Zeynep"), world.need("Yusuf", 1).id, now=NOW)
    run_duty("messages.follow", NOW)


def mailed(world: World) -> list[bool]:
    world.open()
    return [one.mailed_at is not None for one in Notice.objects.order_by("seq")]


def test_several_notices_make_one_letter(letters_world, mail_server):
    happens(letters_world, 3)
    assert run_duty("messages.mail", SOON) == 1
    (letter,) = mail_server.letters
    assert (letter["To"], letter["Subject"]) == ("yusuf@example.org", "There are 3 things new")
    text = letter.get_content()
    assert text.count("Somebody is on it.") == 3
    assert text.count(f"https://help.example.org/c/{letters_world.circle.slug}/k/") == 3
    assert letter["List-Unsubscribe"].strip().startswith("<https://help.example.org/quiet/")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mailed(letters_world) == [True] * 3
    assert run_duty("messages.mail", SOON) == 0


def test_one_letter_tells_of_all_circles(letters_world, other_world, mail_server):
    yusuf = letters_world.accounts["Yusuf"]
    other_world.accounts["Yusuf"] = yusuf
    _invitation, secret = circles.invite(other_world.actor("Omar"), now=NOW)
    circles.join_by_link(other_world.circle, secret, yusuf, now=NOW)
    aid.claim(other_world.actor("Omar"), other_world.need("Yusuf", 1).id, now=NOW)
    happens(letters_world)
    assert run_duty("messages.mail", SOON) == 1
    text = mail_server.letters[0].get_content()
    assert all(f"/c/{one.circle.slug}/" in text for one in (letters_world, other_world))


def test_each_gets_a_letter_of_their_own(letters_world, mail_server):
    happens(letters_world)
    aid.claim(letters_world.actor("Yusuf"), letters_world.need("Zeynep", 1).id, now=NOW)
    run_duty("messages.follow", NOW)
    assert run_duty("messages.mail", SOON) == 2
    assert {letter["To"] for letter in mail_server.letters} == {"yusuf@example.org", "zeynep@example.org"}
    assert all(letter["Cc"] is None and letter["Bcc"] is None for letter in mail_server.letters)


def test_a_question_carries_its_one_tap_answer(letters_world, mail_server, client):
    need = letters_world.need("Yusuf", 1)
    run_duty("aid.keep_up", need.ask_at)
    run_duty("messages.follow", need.ask_at)
    run_duty("messages.mail", need.ask_at)
    lines = mail_server.letters[0].get_content().splitlines()
    link = lines[lines.index("Say yes with one tap, without signing in:") + 1]
    assert link.startswith("https://help.example.org/still/")
    assert len(link) < 120, "mail programs break longer links"


@pytest.mark.parametrize("why", ["read", "old", "quiet", "unproven", "phone only", "closed"])
def test_no_letter_where_none_is_wanted_or_possible(world, mail_server, why):
    yusuf = world.accounts["Yusuf"]
    address = "+447949460123" if why == "phone only" else "yusuf@example.org"
    people.add_contact(yusuf, address, "GB", now=NOW, verified=why != "unproven")
    happens(world)
    now = SOON
    if why == "read":
        actions.mark_read(world.actor("Yusuf"), Notice.objects.values_list("pk", flat=True), now=NOW)
    elif why == "quiet":
        actions.set_mail(yusuf.agent_id, wanted=False, now=NOW)
    elif why == "closed":
        yusuf.is_active = False
        yusuf.save()
    elif why == "old":
        now = NOW + timedelta(days=1)
    assert run_duty("messages.mail", now) == 0
    assert mail_server.calls == 0


def test_one_who_left_the_circle_is_told_nothing_more_of_it(letters_world, mail_server):
    happens(letters_world)
    circles.leave(letters_world.actor("Yusuf"), now=NOW)
    assert run_duty("messages.mail", SOON) == 0
    assert mail_server.letters == []


def test_without_a_mail_host_nothing_is_marked_or_printed(letters_world, settings, capsys):
    settings.EMAIL_HOST = ""
    happens(letters_world)
    assert run_duty("messages.mail", SOON) == 0
    assert mailed(letters_world) == [False]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("answers", [{"CONNECT": "421 busy"}, {"RCPT": "451 later"}, {"END": "451 later"}])
def test_a_letter_that_surely_did_not_leave_comes_with_the_next_run(letters_world, mail_server, answers, caplog):
    happens(letters_world)
    mail_server.answers = answers
    assert run_duty("messages.mail", SOON) == 0
    assert mailed(letters_world) == [False]
    assert "letters wait:" in caplog.text and "yusuf" not in caplog.text
    mail_server.answers = {}
    assert run_duty("messages.mail", SOON) == 1
    assert len(mail_server.letters) == 1


@pytest.mark.parametrize("answers", [{"RCPT": "550 nobody here"}, {"END": "554 spam"}, {"END": ""}])
def test_a_letter_that_was_refused_or_may_have_left_stays_marked(letters_world, mail_server, answers):
    happens(letters_world)
    mail_server.answers = answers
    assert run_duty("messages.mail", SOON) == 0
    mail_server.answers = {}
    assert run_duty("messages.mail", SOON) == 0
    assert mailed(letters_world) == [True]
    letters_world.open()
    assert len(queries.notices_of(letters_world.actor("Yusuf"))) == 1, "it still stands on the page"


def test_two_runs_at_once_send_one_letter(committed_db, mail_server):
    with circle_scope():
        world = make_world()
        for name in ("Yusuf", "Zeynep"):
            world.join(name)
        people.add_contact(world.accounts["Yusuf"], "yusuf@example.org", "GB", now=NOW, verified=True)
        aid.claim(world.actor("Zeynep"), world.need("Yusuf", 1).id, now=NOW)
    run_duty("messages.follow", NOW)
    gate = threading.Barrier(4)

    def run(_number: int) -> object:
        gate.wait(30)
        try:
            return run_duty("messages.mail", SOON)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 1  # type: ignore[arg-type]
    assert len(mail_server.letters) == 1


def test_the_mark_is_committed_before_the_mail_server_hears_of_it(committed_db, mail_server):
    """A worker that is killed while it sends must not send again: at the moment the letter arrives the mark is there for all."""
    with circle_scope():
        world = make_world()
        for name in ("Yusuf", "Zeynep"):
            world.join(name)
        people.add_contact(world.accounts["Yusuf"], "yusuf@example.org", "GB", now=NOW, verified=True)
        aid.claim(world.actor("Zeynep"), world.need("Yusuf", 1).id, now=NOW)
    run_duty("messages.follow", NOW)
    seen: list[bool] = []

    def look() -> None:
        try:
            with circle_scope(world.circle.id):
                seen.append(Notice.objects.get().mailed_at is not None)
        finally:
            connections.close_all()

    mail_server.on_letter = look
    assert run_duty("messages.mail", SOON) == 1
    assert seen == [True]


def test_saying_the_same_wish_twice_writes_it_once(world):
    yusuf = world.accounts["Yusuf"].agent
    for wanted in (True, False, False, True, True):
        actions.set_mail(yusuf.id, wanted=wanted, now=NOW)
    assert [one.given for one in yusuf.consents.filter(to="mail").order_by("id")] == [False, True]
    assert queries.wants_mail([yusuf.id]) == {yusuf.id}


def test_old_notices_are_forgotten(letters_world, other_world):
    happens(letters_world, 3)
    set_scope([letters_world.circle.id])
    read, old, _fresh = Notice.objects.order_by("seq")
    Notice.objects.filter(pk=read.pk).update(read_at=NOW - timedelta(days=31))
    Notice.objects.filter(pk=old.pk).update(made_at=NOW - timedelta(days=181))
    assert run_duty("messages.forget", NOW) == 2
    assert mailed(letters_world) == [False]
