"""Signing in: by code, link and password; what a stranger can learn from it and how often it can be tried."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from taawun.community.people import actions, secrets
from taawun.community.people.models import Account, Contact, RateWindow, SignInAttempt
from taawun.ground.values.refusal import Refusal
from tests.community.conftest import Browser, text_of

ADDRESS = "amina@example.org"


@pytest.fixture
def amina(db: None) -> Account:
    account = actions.open_account(name="Amina", language="en", now=timezone.now())
    actions.add_contact(account, ADDRESS, "GB", now=timezone.now(), verified=True)
    return account


def ask(browser: Browser, address: str = ADDRESS, **more: str):
    return browser.post("/sign-in/", {"address": address, **more})


def attempt_in(answer) -> uuid.UUID:
    return uuid.UUID(re.search("/sign-in/code/([^/]+)/", answer.headers["Location"])[1])


def test_a_code_signs_in(amina):
    browser = Browser()
    attempt_id = attempt_in(ask(browser, next="/me/"))
    answer = browser.post(f"/sign-in/code/{attempt_id}/", {"code": secrets.code_of(attempt_id), "next": "/me/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/me/")
    assert browser.session["_auth_user_id"] == str(amina.pk)
    amina.refresh_from_db()
    assert amina.last_seen_on == timezone.now().date()


@pytest.mark.parametrize("digits", ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "০১২৩৪৫৬৭৮৯"])
def test_a_code_is_read_in_any_digits_and_with_spaces(amina, digits):
    browser = Browser()
    attempt_id = attempt_in(ask(browser))
    code = secrets.code_of(attempt_id).translate(str.maketrans("0123456789", digits))
    answer = browser.post(f"/sign-in/code/{attempt_id}/", {"code": f" {code[:3]} {code[3:]} "})
    assert answer.status_code == 302


def test_a_stranger_cannot_tell_whether_an_address_is_known(amina):
    known, unknown = Browser(), Browser()
    first, second = ask(known), ask(unknown, "nobody@example.org")
    assert first.status_code == second.status_code == 302
    assert re.sub("[0-9a-f-]{36}", "", first.headers["Location"]) == re.sub(
        "[0-9a-f-]{36}", "", second.headers["Location"]
    )
    pages = [text_of(browser.get(answer.headers["Location"])) for browser, answer in ((known, first), (unknown, second))]
    assert pages[0] == pages[1]
    wrong = [
        browser.post(answer.headers["Location"], {"code": "000000"})
        for browser, answer in ((known, first), (unknown, second))
    ]
    assert [answer.status_code for answer in wrong] == [422, 422]
    assert text_of(wrong[0]) == text_of(wrong[1])


def test_only_somebody_known_is_written_to(amina):
    before = ProcrastinateJob.objects.count()
    ask(Browser(), "nobody@example.org")
    assert ProcrastinateJob.objects.count() == before
    attempt_id = attempt_in(ask(Browser()))
    job = ProcrastinateJob.objects.order_by("-id").first()
    assert (job.task_name, job.args) == ("messages.sign_in", {"attempt_id": str(attempt_id)})


def test_five_wrong_codes_end_the_attempt(amina):
    browser = Browser()
    attempt_id = attempt_in(ask(browser))
    right = secrets.code_of(attempt_id)
    wrong = str((int(right) + 1) % 10**6).zfill(6)
    for _try in range(5):
        answer = browser.post(f"/sign-in/code/{attempt_id}/", {"code": wrong})
        assert answer.status_code == 422
        assert "This code is not right" in text_of(answer)
    answer = browser.post(f"/sign-in/code/{attempt_id}/", {"code": right})
    assert answer.status_code == 422
    assert "no longer valid" in text_of(answer)
    assert not browser.is_signed_in


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣", "\u202e123456", "0" * 5000, "-1", "1e5"])
def test_what_is_no_code_is_refused_beside_the_field(amina, code):
    browser = Browser()
    attempt_id = attempt_in(ask(browser))
    answer = browser.post(f"/sign-in/code/{attempt_id}/", {"code": code})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_code_works_once_and_for_ten_minutes(amina):
    attempt = actions.ask_to_sign_in(ADDRESS, "GB", visitor="v", now=timezone.now())
    code = secrets.code_of(attempt.id)
    with pytest.raises(Refusal, match="code.expired"):
        actions.sign_in_by_code(attempt.id, code, visitor="v", now=timezone.now() + timedelta(minutes=10))
    assert actions.sign_in_by_code(attempt.id, code, visitor="v", now=timezone.now()) == amina
    with pytest.raises(Refusal, match="code.expired"):
        actions.sign_in_by_code(attempt.id, code, visitor="v", now=timezone.now())


def test_a_visitor_guesses_twenty_codes_in_a_quarter_of_an_hour(amina):
    now = timezone.now()
    for _try in range(20):
        with pytest.raises(Refusal, match="code.expired"):
            actions.sign_in_by_code(uuid.uuid4(), "123456", visitor="v", now=now)
    with pytest.raises(Refusal, match="rate.too_often"):
        actions.sign_in_by_code(uuid.uuid4(), "123456", visitor="v", now=now)
    with pytest.raises(Refusal, match="code.expired"):
        actions.sign_in_by_code(uuid.uuid4(), "123456", visitor="v", now=now + timedelta(minutes=15))


def test_who_makes_no_mistake_uses_up_nobodys_patience(amina):
    """A whole mobile network can be one visitor."""
    now = timezone.now()
    for number in range(25):
        account = actions.open_account(name="A", language="en", now=now)
        actions.add_contact(account, f"a{number}@example.org", "GB", now=now, verified=True)
        attempt = actions.ask_to_sign_in(f"a{number}@example.org", "GB", visitor="network", now=now)
        code = secrets.code_of(attempt.id)
        assert actions.sign_in_by_code(attempt.id, code, visitor="network", now=now) == account


def test_one_visitor_sends_five_codes_a_day_to_an_address_and_everybody_together_fifteen(amina):
    now = timezone.now()
    for number in range(15):
        actions.ask_to_sign_in(ADDRESS, "GB", visitor=f"v{number // 5}", now=now)
        if number == 4:
            with pytest.raises(Refusal, match="rate.too_often_today"):
                actions.ask_to_sign_in(ADDRESS, "GB", visitor="v0", now=now)
    answer = ask(Browser())
    assert answer.status_code == 429
    assert ADDRESS in answer.content.decode()


def test_who_visits_is_nowhere_stored(amina):
    ask(Browser(REMOTE_ADDR="203.0.113.77"))
    assert SignInAttempt.objects.count() == 1
    stored = b"".join(bytes(one.key) for one in RateWindow.objects.all())
    assert stored
    assert b"203.0.113.77" not in stored
    assert all(len(bytes(one.key)) == 32 for one in RateWindow.objects.all())


def test_one_household_is_one_visitor_whatever_its_last_64_bits():
    from django.test import RequestFactory

    from taawun.community.people.doors import visitor_of

    def visitor(address: str) -> str:
        return visitor_of(RequestFactory().get("/", REMOTE_ADDR=address))

    assert visitor("2001:db8:1:2::1") == visitor("2001:db8:1:2:ffff::9")
    assert visitor("2001:db8:1:2::1") != visitor("2001:db8:1:3::1")
    assert visitor("203.0.113.7") != visitor("203.0.113.8")
    assert visitor("") == ""


def link_of(account: Account) -> str:
    return f"/sign-in/link/{actions.sign_in_link(account, lifetime=timedelta(days=1), now=timezone.now())}/"


def test_opening_a_link_shows_a_button_and_signs_nobody_in(amina):
    address = link_of(amina)
    browser = Browser()
    for _scanner in range(3):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "Amina" in text_of(answer)
        assert not browser.is_signed_in
    assert browser.head(address).status_code in (200, 405)
    assert browser.post(address).status_code == 302
    assert browser.is_signed_in


def test_a_link_works_once(amina):
    address = link_of(amina)
    assert Browser().post(address).status_code == 302
    for method in ("get", "post"):
        browser = Browser()
        answer = getattr(browser, method)(address)
        assert answer.status_code == 410
        assert "no longer valid" in text_of(answer)
        assert not browser.is_signed_in


@pytest.mark.parametrize("token", ["x", "A" * 43, "-" * 43, "é" * 20, "%00", "A" * 3000])
def test_a_forged_link_is_refused(db, token):
    assert Browser().get(f"/sign-in/link/{token}/").status_code == 410


def test_a_link_of_another_purpose_signs_nobody_in(amina):
    attempt = actions.ask_to_sign_in(ADDRESS, "GB", visitor="v", now=timezone.now())
    with pytest.raises(Refusal, match="code.expired"):
        actions.sign_in_by_link(secrets.token_of("join", attempt.id), now=timezone.now())


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "http:///evil.example", "javascript:alert(1)",
        "evil.example", "/\t/evil.example", "/" + "x" * 2000, "///evil.example", "/%0d%0aSet-Cookie:x\r\nx",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_a_stranger(amina, onward):
    browser = Browser()
    attempt_id = attempt_in(ask(browser, next=onward))
    answer = browser.post(f"/sign-in/code/{attempt_id}/", {"code": secrets.code_of(attempt_id), "next": onward})
    assert answer.headers["Location"] == "/"
    answer = browser.get("/sign-in/", {"next": onward})
    assert answer.headers["Location"] == "/"
    answer = browser.post("/language/", {"language": "ar", "next": onward})
    assert answer.headers["Location"] == "/"


def test_the_session_gets_a_new_key_at_sign_in(amina):
    browser = Browser()
    session = browser.session
    session["planted"] = "1"
    session.save()
    before = session.session_key
    browser.cookies["session"] = before
    browser.post(link_of(amina))
    assert browser.session.session_key != before


def test_a_password_signs_in_and_a_wrong_one_tells_nothing(amina):
    actions.set_password(amina, "seven green doors")
    assert ask(Browser(), password="seven green doors").status_code == 302
    browser = Browser()
    wrong, unknown = ask(browser, password="seven red doors"), ask(Browser(), "nobody@example.org", password="x" * 12)
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert "The address or the password is not right." in text_of(wrong)
    assert text_of(wrong) == text_of(unknown)
    assert "seven red doors" not in wrong.content.decode()
    assert not browser.is_signed_in


def guess(visitor: str, address: str = ADDRESS, password: str = "no") -> Account:
    return actions.sign_in_by_password(address, "GB", password, visitor=visitor, now=timezone.now())


def test_a_visitor_tries_five_passwords_in_a_quarter_of_an_hour_and_locks_nobody_else_out(amina):
    actions.set_password(amina, "seven green doors")
    for _try in range(5):
        with pytest.raises(Refusal, match="password.wrong"):
            guess("v")
    with pytest.raises(Refusal, match="rate.too_often"):
        guess("v", password="seven green doors")
    assert guess("w", password="seven green doors") == amina


def test_many_visitors_wear_out_a_password_and_the_address_gets_a_code_instead(amina):
    actions.set_password(amina, "seven green doors")
    for address in (ADDRESS, "nobody@example.org"):
        for number in range(30):
            with pytest.raises(Refusal, match="password.wrong"):
                guess(f"{address} {number // 5}", address)
    known, unknown = Browser(), Browser()
    answers = [ask(known, password="seven green doors"), ask(unknown, "nobody@example.org", password="x" * 12)]
    pages = [text_of(browser.get(answer.headers["Location"])) for browser, answer in zip((known, unknown), answers, strict=True)]
    assert pages[0] == pages[1]
    assert "it takes a code for some hours" in pages[0]
    assert not known.is_signed_in
    attempt_id = attempt_in(answers[0])
    known.post(answers[0].headers["Location"], {"code": secrets.code_of(attempt_id)})
    assert known.is_signed_in


def test_a_closed_account_signs_in_by_no_way(amina):
    actions.set_password(amina, "seven green doors")
    link = link_of(amina)
    attempt = actions.ask_to_sign_in(ADDRESS, "GB", visitor="v", now=timezone.now())
    Account.objects.filter(pk=amina.pk).update(is_active=False)
    assert Browser().post(link).status_code == 410
    with pytest.raises(Refusal, match="code.expired"):
        actions.sign_in_by_code(attempt.id, secrets.code_of(attempt.id), visitor="v", now=timezone.now())
    with pytest.raises(Refusal, match="password.wrong"):
        actions.sign_in_by_password(ADDRESS, "GB", "seven green doors", visitor="v", now=timezone.now())


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "Write an e-mail address or a phone number."),
        ("nobody", "A phone number has no letters."),
        ("a@b", "This is not an e-mail address."),
        ("x" * 300 + "@example.org", "This is not an e-mail address."),
        ("a\x00b@example.org", "Null characters are not allowed."),
        ("+44 20", "too short"),
        ("9" * 500, "too long"),
        ("<script>@example.org", "This is not an e-mail address."),
    ],
)
def test_a_wrong_address_is_refused_and_still_there(db, address, says):
    answer = ask(Browser(), address, region="GB")
    assert answer.status_code == 422
    assert says in answer.content.decode()
    if address and "\x00" not in address:
        assert answer.context["form"]["address"].value() == address


def test_phone_numbers_are_read_as_the_country_of_the_link_writes_them(db):
    account = actions.open_account(name="Sami", language="en", now=timezone.now())
    actions.add_contact(account, "+249912345678", "SD", now=timezone.now(), verified=True)
    attempt_in(ask(Browser(), "٠٩١٢ ٣٤٥ ٦٧٨", region="SD"))
    assert SignInAttempt.objects.get().account == account


def test_two_spellings_of_an_address_are_one(amina):
    attempt_in(ask(Browser(), "  AMINA@Example.ORG "))
    assert SignInAttempt.objects.get().account == amina


def test_signing_out_takes_a_post(amina):
    browser = Browser(amina)
    assert browser.get("/sign-out/").status_code == 405
    assert browser.is_signed_in
    assert browser.post("/sign-out/").status_code == 302
    assert not browser.is_signed_in


def test_forms_from_elsewhere_are_not_taken(amina):
    browser = Browser(amina, enforce_csrf_checks=True)
    assert browser.post("/sign-out/").status_code == 403
    assert browser.post("/sign-in/", {"address": ADDRESS}).status_code == 403


def test_old_attempts_and_counts_are_forgotten(amina):
    ask(Browser())
    assert actions.remove_old(timezone.now()) == 0
    actions.remove_old(timezone.now() + timedelta(days=3))
    assert (SignInAttempt.objects.count(), RateWindow.objects.count()) == (0, 0)


def test_an_address_can_be_proven_by_one_account_only(amina):
    now = timezone.now()
    other = actions.open_account(name="Other", language="en", now=now)
    contact = actions.add_contact(other, ADDRESS, "GB", now=now)
    attempt = actions.ask_to_verify(other, contact, now=now)
    with pytest.raises(Refusal, match="address.taken"):
        actions.verify_contact(other, attempt.id, secrets.code_of(attempt.id), visitor="v", now=now)
    assert Contact.objects.get(pk=contact.pk).verified_at is None
