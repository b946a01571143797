"""Codes on their way: over real SMTP, on the console, once and not twice, and again only where it surely did not leave."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import connections
from django.utils import timezone
from procrastinate.contrib.django import app

from taawun.community.people import actions as people
from taawun.community.people import secrets
from taawun.community.people.models import SignInAttempt
from taawun.ground.jobs.duties import run_duty
from taawun.ground.journal.models import Entry
from taawun.reach.messages import console, mail, signing_in
from tests.world import NOW


@pytest.fixture
def account(db):
    made = people.open_account(name="Yusuf", language="en", now=NOW)
    people.add_contact(made, "Yusuf@Example.org", "GB", now=NOW, verified=True)
    return made


@pytest.fixture
def attempt(account) -> SignInAttempt:
    return people.ask_to_sign_in("yusuf@example.org", "GB", visitor="::1", now=NOW)


def sent_at(attempt: SignInAttempt) -> object:
    attempt.refresh_from_db()
    return attempt.sent_at


def test_code_and_link_arrive_and_both_work(attempt, account, mail_server):
    assert signing_in.send(attempt.id, now=NOW)
    (letter,) = mail_server.letters
    assert (letter["To"], letter["Subject"]) == ("yusuf@example.org", "Your sign-in code")
    assert letter["From"] == "taawun@help.example.org"
    text = "\n".join(letter.get_content().splitlines())
    code = re.search(r"^(\d{6})$", text, re.MULTILINE)
    link = re.search(r"^https://help\.example\.org(/sign-in/link/(\S+)/)$", text, re.MULTILINE)
    assert code is not None and link is not None
    assert code[1] == secrets.code_of(attempt.id)
    assert people.sign_in_by_link(link[2], now=NOW) == account
    assert sent_at(attempt) == NOW
    # The person's own address is sent to herself: nobody looked.
    assert not Entry.objects.filter(name="vault.revealed").exists()


def test_the_letter_tells_nothing_of_the_machine_it_left(attempt, mail_server):
    signing_in.send(attempt.id, now=NOW)
    (letter,) = mail_server.letters
    assert re.fullmatch(r"<[0-9a-f]{32}@help\.example\.org>", letter["Message-ID"])
    assert letter["Auto-Submitted"] == "auto-generated"


def test_it_comes_in_the_language_and_digits_of_the_account(account, mail_server):
    account.language = "ar"
    account.save()
    attempt = people.ask_to_sign_in("yusuf@example.org", "GB", visitor="::1", now=NOW)
    signing_in.send(attempt.id, now=NOW)
    (letter,) = mail_server.letters
    # Ten minutes, as Arabic counts them; but the code is typed, and every keyboard has Latin digits.
    assert "١٠" in letter.get_content()
    assert secrets.code_of(attempt.id) in letter.get_content()


def test_it_is_sent_once_however_often_it_is_asked_for(attempt, mail_server):
    assert [signing_in.send(attempt.id, now=NOW) for _ in range(3)] == [True, False, False]
    assert run_duty("messages.sign_in_unsent", NOW + timedelta(minutes=1)) == 0
    assert len(mail_server.letters) == 1


def test_many_workers_at_once_send_it_once(committed_db, mail_server):
    made = people.open_account(name="Yusuf", language="en", now=NOW)
    people.add_contact(made, "yusuf@example.org", "GB", now=NOW, verified=True)
    attempt = people.ask_to_sign_in("yusuf@example.org", "GB", visitor="::1", now=NOW)
    gate = threading.Barrier(6)

    def send(_number: int) -> bool:
        gate.wait(30)
        try:
            return signing_in.send(attempt.id, now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(send, range(6))) == 1
    assert len(mail_server.letters) == 1


@pytest.mark.parametrize(
    "answers",
    [
        {"CONNECT": "421 too busy"},
        {"CONNECT": ""},
        {"MAIL": "451 later"},
        {"MAIL": "553 not this sender"},
        {"RCPT": "451 greylisted, come again"},
        {"END": "452 the disk is full"},
    ],
)
def test_what_has_surely_not_left_is_tried_again(attempt, mail_server, answers):
    mail_server.answers = answers
    with pytest.raises(mail.NotSent) as caught:
        signing_in.send(attempt.id, now=NOW)
    # The text ends in a log, and a log holds no address.
    assert "example.org" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    assert sent_at(attempt) is None
    mail_server.answers = {}
    assert run_duty("messages.sign_in_unsent", NOW + timedelta(minutes=1)) == 1
    assert len(mail_server.letters) == 1


@pytest.mark.parametrize("answers", [{"RCPT": "550 no such mailbox"}, {"END": "554 looks like spam"}, {"END": ""}])
def test_what_was_refused_or_may_have_left_is_not_sent_again(attempt, mail_server, answers, caplog):
    mail_server.answers = answers
    assert signing_in.send(attempt.id, now=NOW) is False
    assert sent_at(attempt) == NOW
    mail_server.answers = {}
    assert run_duty("messages.sign_in_unsent", NOW + timedelta(minutes=1)) == 0
    assert mail_server.letters == []
    assert "yusuf" not in caplog.text.lower()


def test_a_mail_server_that_is_not_there_keeps_the_code_for_later(attempt, mail_server, caplog):
    mail_server.close()
    assert run_duty("messages.sign_in_unsent", NOW + timedelta(minutes=1)) == 0
    assert sent_at(attempt) is None
    assert "a sign-in code waits: the mail server does not take anything (ConnectionRefusedError)" in caplog.text


def test_what_is_over_or_used_or_nobodys_is_not_sent(account, mail_server):
    ask = {"visitor": "::1", "now": NOW}
    over = people.ask_to_sign_in("yusuf@example.org", "GB", **ask)
    assert signing_in.send(over.id, now=over.expires_at) is False
    used = people.ask_to_sign_in("yusuf@example.org", "GB", **ask)
    people.sign_in_by_code(used.id, secrets.code_of(used.id), visitor="::1", now=NOW)
    stranger = people.ask_to_sign_in("stranger@example.org", "GB", **ask)
    for attempt in (used, stranger):
        assert signing_in.send(attempt.id, now=NOW) is False
    account.is_active = False
    account.save()
    closed = SignInAttempt.objects.create(
        account=account, contact=over.contact, contact_index=b"x", created_at=NOW, expires_at=NOW + timedelta(minutes=9)
    )
    assert signing_in.send(closed.id, now=NOW) is False
    assert mail_server.calls == 0


def test_the_duty_leaves_the_newest_to_their_errands(attempt, mail_server):
    assert run_duty("messages.sign_in_unsent", NOW + timedelta(seconds=10)) == 0
    assert run_duty("messages.sign_in_unsent", NOW + timedelta(seconds=20)) == 1


def test_one_bad_mailbox_holds_up_nobody_else(account, mail_server):
    """The first cannot be sent yet; the second is."""
    other = people.open_account(name="Zeynep", language="en", now=NOW)
    people.add_contact(other, "zeynep@example.org", "GB", now=NOW, verified=True)
    for address in ("yusuf@example.org", "zeynep@example.org"):
        people.ask_to_sign_in(address, "GB", visitor="::1", now=NOW)
    mail_server.answers_once = {"RCPT": "451 later"}
    assert run_duty("messages.sign_in_unsent", NOW + timedelta(minutes=1)) == 1
    assert [letter["To"] for letter in mail_server.letters] == ["zeynep@example.org"]
    assert run_duty("messages.sign_in_unsent", NOW + timedelta(minutes=2)) == 1


def test_the_errand_sends_what_was_just_asked_for(account, mail_server):
    attempt = people.ask_to_sign_in("yusuf@example.org", "GB", visitor="::1", now=timezone.now())
    app.tasks["messages.sign_in"].func.__wrapped__(attempt_id=str(attempt.id))
    assert len(mail_server.letters) == 1


def test_a_phone_is_served_on_the_console_as_long_as_there_is_no_gateway(db, capsys, mail_server):
    account = people.open_account(name="Yusuf", language="en", now=NOW)
    people.add_contact(account, "+447949460123", "GB", now=NOW, verified=True)
    attempt = people.ask_to_sign_in("07949 460123", "GB", visitor="::1", now=NOW)
    assert signing_in.send(attempt.id, now=NOW)
    printed = capsys.readouterr().out
    assert printed.startswith("Message for …123: Your sign-in code\n")
    assert secrets.code_of(attempt.id) in printed
    assert f"/sign-in/link/{secrets.token_of('sign-in', attempt.id)}/" in printed
    assert "460123" not in printed
    assert mail_server.calls == 0


def test_without_a_mail_host_a_letter_is_printed_with_its_address_masked(attempt, settings, capsys):
    settings.EMAIL_BACKEND = "taawun.reach.messages.console.ConsoleBackend"
    settings.EMAIL_HOST = ""
    assert signing_in.send(attempt.id, now=NOW)
    printed = capsys.readouterr().out
    assert printed.startswith("Message for y…@e….org: Your sign-in code\n")
    assert secrets.code_of(attempt.id) in printed
    assert f"/sign-in/link/{secrets.token_of('sign-in', attempt.id)}/" in printed
    assert "yusuf" not in printed.lower()
    assert django_mail.outbox == []


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("amina@example.org", "a…@e….org"),
        ("a@b.co", "a…@b….co"),
        ("x@mail.help.example.org", "x…@m….org"),
        ("+96170123456", "…456"),
    ],
)
def test_a_masked_address_tells_people_apart_and_reaches_nobody(address, shown):
    assert console.masked(address) == shown
