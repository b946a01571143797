"""One's own pages: the profile, the ways back in, passwords, sessions, tokens, the language."""

import re
import uuid

import pytest
from django.utils import timezone

from taawun.community.people import actions, queries, secrets
from taawun.community.people.models import Account, ApiToken, Consent, Contact, SignInAttempt
from taawun.ground.journal.models import Answer
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault.models import Sealed
from tests.community.conftest import Browser, measured, text_of

PAGES = ["/me/", "/me/ways/", "/me/tokens/", "/me/consents/", "/communities/"]


@pytest.fixture
def amina(db: None) -> Account:
    return actions.open_account(name="Amina", language="en", now=timezone.now())


@pytest.fixture
def browser(amina: Account) -> Browser:
    return Browser(amina)


def prove(browser: Browser, address: str) -> Contact:
    """Add an address and prove it with the code that was sent there."""
    answer = browser.send("/me/ways/", {"address": address, "region": "GB"})
    attempt_id = uuid.UUID(re.search("/code/([^/]+)/", answer.headers["Location"])[1])
    assert browser.send(answer.headers["Location"], {"code": secrets.code_of(attempt_id)}).status_code == 302
    return Contact.objects.get(signinattempt=attempt_id)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_small_and_asks_little(browser, page):
    prove(browser, "amina@example.org")
    found = measured(browser, page)
    # What is mine walks through every room, in a bounded number of statements, however much there is.
    assert found.queries <= (24 if page == "/me/" else 8)
    assert found.bytes_compressed <= 14_000


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_is_asked_to_sign_in_and_brought_back(db, page):
    answer = Browser().get(page)
    assert answer.headers["Location"] == f"/sign-in/?next={page.replace('/', '%2F')}"


@pytest.mark.parametrize("page", PAGES)
def test_no_page_of_ones_own_stays_in_a_cache(browser, page):
    assert browser.get(page).headers["Cache-Control"] == "private, no-store"


def test_the_profile_is_changed(amina, browser):
    fields = {"name": "Umm Khalid", "language": "ar", "digits": "latn", "languages": ["ar", "ur"]}
    answer = browser.send("/me/", fields, follow=True)
    amina.refresh_from_db()
    amina.agent.refresh_from_db()
    assert (amina.agent.name, amina.language, amina.digits) == ("Umm Khalid", "ar", "latn")
    assert amina.agent.languages == ["ar", "ur"]
    assert 'dir="rtl"' in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "\u200b\u200d"), ("name", "x" * 121), ("name", "a\x00b"), ("name", "y" * 900_000),
        ("language", "xx"), ("language", ""), ("digits", "roman"), ("languages", "klingon"),
    ],
)  # fmt: skip
def test_what_the_profile_refuses_is_named_and_nothing_changes(amina, browser, field, value):
    fields = {"name": "Amina K.", "language": "en", "digits": "", "languages": ["en"]} | {field: value}
    answer = browser.send("/me/", fields)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    amina.agent.refresh_from_db()
    assert amina.agent.name == "Amina"
    # What else was typed is still there.
    if field != "name":
        assert answer.context["form"]["name"].value() == "Amina K."


def test_a_name_turns_no_line_around(amina, browser):
    browser.send("/me/", {"name": "\u202eAmina\u2066 K.", "language": "en", "digits": "", "languages": []})
    amina.agent.refresh_from_db()
    assert amina.agent.name == "Amina K."


def test_ten_megabytes_that_come_past_the_server_s_own_door_are_refused_by_the_field(browser):
    answer = browser.send("/me/", {"name": "y" * 10_000_000, "language": "en"})
    assert answer.status_code == 422


def test_an_address_signs_in_once_it_is_proven(amina, browser):
    answer = browser.send("/me/ways/", {"address": "amina@example.org", "region": "GB"})
    assert not queries.has_way_back(amina)
    assert actions.ask_to_sign_in("amina@example.org", "GB", visitor="v", now=timezone.now()).account is None
    attempt_id = uuid.UUID(re.search("/code/([^/]+)/", answer.headers["Location"])[1])
    wrong = browser.send(answer.headers["Location"], {"code": "000000"})
    assert wrong.status_code == 422
    browser.send(answer.headers["Location"], {"code": secrets.code_of(attempt_id)})
    assert queries.has_way_back(amina)
    assert actions.ask_to_sign_in("amina@example.org", "GB", visitor="v", now=timezone.now()).account == amina


def test_a_code_sent_to_a_mistyped_address_lets_its_owner_nowhere_in(amina, browser):
    browser.send("/me/ways/", {"address": "amima@example.org", "region": "GB"})
    attempt = SignInAttempt.objects.get()
    stranger = Browser()
    assert stranger.post(f"/sign-in/code/{attempt.id}/", {"code": secrets.code_of(attempt.id)}).status_code == 422
    link = f"/sign-in/link/{secrets.token_of('sign-in', attempt.id)}/"
    assert stranger.get(link).status_code == 410
    assert stranger.post(link).status_code == 410
    assert not stranger.is_signed_in


def test_nobody_proves_an_address_for_somebody_else(amina, browser):
    browser.send("/me/ways/", {"address": "amina@example.org", "region": "GB"})
    attempt = SignInAttempt.objects.get()
    other = Browser(actions.open_account(name="Other", language="en", now=timezone.now()))
    answer = other.send(f"/me/ways/code/{attempt.id}/", {"code": secrets.code_of(attempt.id)})
    assert answer.status_code == 422
    assert Contact.objects.get().verified_at is None


def test_addresses_are_sealed_and_shown_to_their_owner(amina, browser):
    prove(browser, "+442079460123")
    page = browser.get("/me/ways/").content.decode()
    assert "+44 20 7946 0123" in page or "020 7946 0123" in page
    assert all(b"7946" not in bytes(one.ciphertext) for one in Sealed.objects.all())
    # Nor does what is kept against sending twice give a number away to whoever tries all numbers.
    assert all(len(bytes(one.fingerprint)) == 32 for one in Answer.objects.all())


def test_the_last_proven_address_stays(amina, browser):
    first = prove(browser, "amina@example.org")
    answer = browser.send(f"/me/ways/{first.id}/remove/")
    assert answer.status_code == 409
    second = prove(browser, "+442079460123")
    assert browser.send(f"/me/ways/{first.id}/remove/").status_code == 302
    assert [one.contact.pk for one in queries.contacts_of(amina, now=timezone.now())] == [second.pk]
    assert not Sealed.objects.filter(row_id=first.id).exists()


def test_nobody_touches_anothers_address(amina, browser):
    contact = prove(browser, "amina@example.org")
    other = Browser(actions.open_account(name="Other", language="en", now=timezone.now()))
    assert other.send(f"/me/ways/{contact.id}/remove/").status_code == 404
    assert other.send(f"/me/ways/{contact.id}/send/").status_code == 404


def test_eleven_addresses_are_too_many(amina):
    for number in range(10):
        actions.add_contact(amina, f"a{number}@example.org", "GB", now=timezone.now())
    with pytest.raises(Refusal, match="address.too_many"):
        actions.add_contact(amina, "one.more@example.org", "GB", now=timezone.now())


@pytest.mark.parametrize("password", ["short", "password", "12345678", "x" * 201])
def test_an_easy_password_is_refused(amina, browser, password):
    answer = browser.send("/me/password/", {"new-password": password})
    assert answer.status_code == 422
    assert f'value="{password}"' not in answer.content.decode()
    amina.refresh_from_db()
    assert not amina.has_usable_password()


def test_a_new_password_ends_every_other_session(amina, browser):
    elsewhere = Browser(amina)
    assert browser.send("/me/password/", {"new-password": "seven green doors"}).status_code == 302
    assert browser.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


def test_every_other_session_can_be_ended_without_a_password(amina, browser):
    elsewhere = Browser(amina)
    assert elsewhere.get("/me/").status_code == 200
    browser.send("/me/sessions/end/")
    assert browser.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


def test_a_token_is_shown_once(amina, browser):
    fields = {"key": str(uuid.uuid4()), "name": "Sheet import", "may_write": "on"}
    answer = browser.post("/me/tokens/", fields)
    text = answer.context["text"]
    token = ApiToken.objects.get()
    assert (bytes(token.digest), token.may_write) == (secrets.digest(text), True)
    assert text not in browser.get("/me/tokens/").content.decode()
    again = browser.post("/me/tokens/", fields)
    assert again.status_code == 302
    assert ApiToken.objects.count() == 1


def test_a_token_is_ended_by_its_owner_alone(amina, browser):
    token, _text = actions.make_token(amina, "x", may_write=False, now=timezone.now())
    other = Browser(actions.open_account(name="Other", language="en", now=timezone.now()))
    assert other.send(f"/me/tokens/{token.id}/revoke/").status_code == 404
    assert browser.send(f"/me/tokens/{token.id}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.parametrize("name", ["", " \u200b", "n" * 61, "n" * 500_000])
def test_a_token_needs_a_name(browser, name):
    answer = browser.send("/me/tokens/", {"name": name})
    assert answer.status_code == 422
    assert answer.context["form"].errors["name"]
    assert ApiToken.objects.count() == 0


def test_what_was_agreed_to_is_listed(amina, browser):
    Consent.objects.create(agent=amina.agent, to="entered by others", given=False, recorded_at=timezone.now())
    page = text_of(browser.get("/me/consents/"))
    assert "To have an account here" in page
    assert "You did not agree to this." in page


def test_the_language_is_kept_by_the_account_or_by_a_cookie(amina, browser):
    answer = browser.post("/language/", {"language": "ar", "next": "/me/"})
    assert answer.headers["Location"] == "/me/"
    amina.refresh_from_db()
    assert amina.language == "ar"
    visitor = Browser()
    visitor.post("/language/", {"language": "ar"})
    assert 'lang="ar"' in visitor.get("/sign-in/").content.decode()
    assert visitor.cookies["language"]["httponly"]
    assert browser.get("/language/").status_code == 405


@pytest.mark.parametrize("language", ["", "xx", "../en", "en\x00", "e" * 100_000])
def test_a_language_nobody_speaks_is_refused(db, language):
    answer = Browser().post("/language/", {"language": language})
    assert answer.status_code == 422


def test_the_browser_chooses_until_a_person_does(db):
    page = Browser(HTTP_ACCEPT_LANGUAGE="ar-SD,ar;q=0.9").get("/sign-in/").content.decode()
    assert '<html lang="ar" dir="rtl">' in page


@pytest.mark.parametrize("key", ["x", "1" * 5000, "{}", "null"])
def test_a_key_that_is_none_is_refused_and_the_page_has_a_fresh_one(browser, key):
    answer = browser.post("/me/tokens/", {"key": key, "name": "x"})
    assert answer.status_code == 422
    assert uuid.UUID(answer.context["form"]["key"].value())
    assert ApiToken.objects.count() == 0


def test_a_key_used_for_something_else_is_refused(browser):
    key = str(uuid.uuid4())
    browser.post("/me/tokens/", {"key": key, "name": "one"})
    answer = browser.post("/me/tokens/", {"key": key, "name": "two"})
    assert answer.status_code == 409
    assert answer.context["form"]["name"].value() == "two"
    assert [one.name for one in ApiToken.objects.all()] == ["one"]
