"""Passkeys, an app with codes, codes on paper, devices, and leaving quickly: by their doors and at their edges."""

import json
import re
import uuid
from datetime import timedelta
from importlib import import_module

import pyotp
import pytest
from django.apps import apps
from django.contrib.sessions.models import Session as OldSession
from django.utils import timezone

from taawun.community.people import actions, sessions
from taawun.community.people.doors import PENDING
from taawun.community.people.factors import anew, code_app, paper, passkeys, strength
from taawun.community.people.models import Account, ApiToken, Challenge, CodeApp, Contact, PaperCode, Passkey, Session
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault.models import Sealed
from tests.community.conftest import Browser, text_of

ADDRESS = "amina@example.org"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36"
SITE = passkeys.Site("localhost", "http://localhost")


@pytest.fixture
def amina(db: None) -> Account:
    account = actions.open_account(name="Amina", language="en", now=timezone.now())
    actions.add_contact(account, ADDRESS, "GB", now=timezone.now(), verified=True)
    return account


def with_app(account: Account) -> pyotp.TOTP:
    """Set an app up, confirmed by a code that lies long behind."""
    code_app.begin(account, now=timezone.now())
    otp = pyotp.TOTP(code_app.secret_of(account, now=timezone.now()))
    before = timezone.now() - timedelta(hours=1)
    code_app.confirm(account, otp.at(before), now=before)
    return otp


def link_of(account: Account) -> str:
    return f"/sign-in/link/{actions.sign_in_link(account, lifetime=timedelta(days=1), now=timezone.now())}/"


def test_an_app_is_set_up_by_its_page_and_then_asked_for(amina):
    browser = Browser(amina)
    page = browser.get("/me/keys/app/")
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.content.decode())[1].replace(" ", "")
    picture = browser.get("/me/keys/app/picture/")
    assert (picture["Content-Type"], picture["Cache-Control"]) == ("image/svg+xml", "private, no-store")
    assert secret.encode() not in b"".join(bytes(one.ciphertext) for one in Sealed.objects.all())
    assert browser.post("/me/keys/app/", {"code": "000000"}).status_code == 422
    assert browser.post("/me/keys/app/", {"code": pyotp.TOTP(secret).now()}).headers["Location"] == "/me/keys/paper/"
    # Confirmed, its secret is shown to nobody any more.
    assert browser.get("/me/keys/app/picture/").status_code == 404
    assert browser.get("/me/keys/app/").headers["Location"] == "/me/keys/"

    other = Browser()
    answer = other.post(link_of(amina), {"next": "/me/"})
    assert answer.headers["Location"] == "/sign-in/second/?next=%2Fme%2F"
    assert not other.is_signed_in
    assert other.get("/me/").headers["Location"].startswith("/sign-in/?next=")
    later = pyotp.TOTP(secret).at(timezone.now() + timedelta(seconds=30))
    assert other.post("/sign-in/second/", {"code": later, "next": "/me/"}).headers["Location"] == "/me/"
    assert other.is_signed_in and other.session[sessions.STRONG] is True


def test_a_code_of_the_app_is_good_once_and_half_a_minute_off_either_way(amina):
    otp, now = with_app(amina), timezone.now()
    for off, fits in ((-61, False), (61, False), (-30, True), (0, True), (30, True)):
        code = otp.at(now + timedelta(seconds=off))
        if fits:
            code_app.check(amina, code, now=now)
        with pytest.raises(Refusal, match=r"second_factor\.(wrong|used)"):
            code_app.check(amina, code, now=now)
    # What came before the last one used is used up too.
    with pytest.raises(Refusal, match="second_factor.used"):
        code_app.check(amina, otp.at(now), now=now)


def test_guessing_at_the_second_factor_ends_after_ten_tries(amina):
    otp, now = with_app(amina), timezone.now()
    for _try in range(10):
        with pytest.raises(Refusal, match="second_factor.wrong"):
            code_app.check(amina, "no", now=now)
    with pytest.raises(Refusal, match="rate.too_often"):
        code_app.check(amina, otp.at(now), now=now)
    code_app.check(amina, otp.at(now + timedelta(minutes=16)), now=now + timedelta(minutes=16))


def test_what_was_begun_ends_in_ten_minutes_and_with_the_password(amina):
    otp, browser = with_app(amina), Browser()
    browser.post(link_of(amina))
    actions.end_other_sessions(amina)
    assert browser.post("/sign-in/second/", {"code": otp.now()}).status_code == 401
    browser.post(link_of(amina))
    session = browser.session
    session[PENDING] = [*session[PENDING][:2], int(timezone.now().timestamp()) - 1]
    session.save()
    assert browser.post("/sign-in/second/", {"code": otp.now()}).status_code == 401
    assert not browser.is_signed_in


def test_a_session_without_the_second_factor_changes_no_keys(amina):
    old = Browser(amina)
    with_app(amina)
    assert old.get("/me/keys/").status_code == 200
    for address, fields in (
        ("/me/keys/app/remove/", {}), ("/me/keys/paper/", {}), ("/me/tokens/", {"name": "sheet"}),
        ("/me/password/", {"new-password": "seven green doors"}), ("/me/ways/", {"address": "thief@example.org"}),
        ("/me/keys/passkeys/options/", {}),
    ):  # fmt: skip
        answer = old.send(address, fields)
        assert answer.status_code == 403, address
    assert "/sign-in/second/?next=" in old.send("/me/keys/paper/").content.decode()
    assert CodeApp.objects.get().confirmed_at and not PaperCode.objects.exists() and not ApiToken.objects.exists()


def test_ten_codes_on_paper_are_shown_once_and_kept_as_hashes(amina):
    browser = Browser(amina)
    page = browser.post("/me/keys/paper/").content.decode()
    codes = re.findall(r"<code>([\d ]{19})</code>", page)
    assert len(set(codes)) == 10
    assert not re.findall(r"<code>[\d ]{19}</code>", browser.get("/me/keys/paper/").content.decode())
    assert all(len(bytes(one.digest)) == 32 for one in PaperCode.objects.all())
    file = browser.post("/me/keys/paper/file/", {"code": codes})
    assert "attachment" in file["Content-Disposition"]
    assert all(code in file.content.decode() for code in codes)
    assert browser.post("/me/keys/paper/file/", {"code": ["1234 1234 1234 1234"]}).status_code == 404
    # In other digits, without spaces, once.
    typed = codes[0].replace(" ", "").translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert Browser().post("/sign-in/paper/", {"code": typed}).status_code == 302
    assert Browser().post("/sign-in/paper/", {"code": typed}).status_code == 422
    assert paper.left(amina) == 9


def test_paper_alone_does_not_open_what_an_app_guards_but_stands_in_for_it(amina):
    codes = paper.print_new(amina, now=timezone.now())
    with_app(amina)
    assert Browser().post("/sign-in/paper/", {"code": codes[0]}).status_code == 422
    browser = Browser()
    browser.post(link_of(amina))
    assert browser.post("/sign-in/second/", {"code": codes[0]}).status_code == 302
    assert browser.is_signed_in


@pytest.mark.parametrize("code", ["", "1", "٣" * 16, "9" * 5000, "\x00", "1234 5678 1234 567x"])
def test_what_is_no_code_from_paper_is_refused_beside_the_field(amina, code):
    answer = Browser().post("/sign-in/paper/", {"code": code})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_question_to_a_passkey_is_good_once_for_its_account_and_five_minutes(amina):
    now = timezone.now()
    other = actions.open_account(name="Other", language="en", now=now)
    asked = passkeys.options_to_add(amina, SITE, now=now)
    options = asked["options"]
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    with pytest.raises(Refusal, match="passkey.expired"):
        passkeys.add(other, "Mine", asked["challenge"], "{}", SITE, now=now)
    with pytest.raises(Refusal, match="passkey.failed"):
        passkeys.add(amina, "Mine", asked["challenge"], "{}", SITE, now=now)
    with pytest.raises(Refusal, match="passkey.expired"):
        passkeys.add(amina, "Mine", asked["challenge"], "{}", SITE, now=now)
    asked = passkeys.options_to_sign_in(SITE, visitor="v", now=now)
    with pytest.raises(Refusal, match="passkey.expired"):
        passkeys.sign_in(asked["challenge"], "{}", SITE, now=now + timedelta(minutes=5))


@pytest.mark.parametrize(
    "answer",
    ["", "x", "[]", "null", "1", '{"id": 1}', json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}),
     json.dumps({"id": "é", "rawId": "é", "type": "public-key", "response": "no"}), "[" * 19_000, "{" * 30_000],
)  # fmt: skip
def test_whatever_a_stranger_answers_for_a_passkey_is_one_sentence(amina, answer):
    browser = Browser()
    asked = browser.post("/sign-in/passkey/options/").json()
    shown = browser.post("/sign-in/passkey/", {"challenge": asked["challenge"], "answer": answer})
    assert shown.status_code == 422
    assert not browser.is_signed_in
    with pytest.raises(Refusal, match="passkey.failed"):
        own = passkeys.options_to_add(amina, SITE, now=timezone.now())
        passkeys.add(amina, "Mine", own["challenge"], answer, SITE, now=timezone.now())
    assert not Challenge.objects.exists()


@pytest.mark.parametrize(
    ("public", "host", "name"),
    [
        ("https://help.example.org", "help.example.org", "help.example.org"),
        ("https://help.example.org", "localhost:8000", "help.example.org"),
        ("http://127.0.0.1:8000", "localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", None),
        ("http://192.168.1.7:8000", "localhost:8000", None),
    ],
)
def test_passkeys_are_bound_to_the_public_name(settings, public, host, name):
    settings.PUBLIC_URL = public
    site = passkeys.site_for(host)
    assert (site.name if site else None) == name


def test_a_browser_is_listed_by_a_plain_name_and_ended_from_elsewhere(amina):
    phone = Browser(HTTP_USER_AGENT=ANDROID, REMOTE_ADDR="203.0.113.9")
    phone.post(link_of(amina))
    desk = Browser(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0")
    desk.post(link_of(amina))
    page = text_of(desk.get("/me/devices/"))
    assert "A phone, Chrome, Android" in page and "A computer, Firefox, Windows" in page
    stored = " ".join(str(sessions.SessionStore().decode(one.session_data)) for one in Session.objects.all())
    assert "Pixel" not in stored and "203.0.113" not in stored
    assert phone.session.session_key not in {one.session_key for one in Session.objects.all()}
    assert {one.account_id for one in Session.objects.all()} == {amina.pk}
    index = sessions.index_of(phone.session.session_key)
    assert Browser(actions.open_account(name="B", language="en", now=timezone.now())).send(
        "/me/devices/end/", {"device": index}
    ).status_code == 404
    assert desk.send("/me/devices/end/", {"device": index}).headers["Location"] == "/me/devices/"
    assert phone.get("/me/").headers["Location"].startswith("/sign-in/")
    assert desk.get("/me/").status_code == 200


def test_all_others_are_ended_at_once(amina):
    here, there = Browser(), Browser()
    for browser in (here, there):
        browser.post(link_of(amina))
    here.post("/me/sessions/end/")
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302
    assert Session.objects.filter(account=amina).count() == 1


def test_leaving_quickly_signs_out_and_leads_to_a_harmless_page(amina):
    browser = Browser(amina)
    assert 'href="/exit/" rel="noreferrer nofollow"' in browser.get("/me/").content.decode()
    browser.post("/me/devices/exit/", {"exit_to": "weather"})
    assert browser.post("/me/devices/exit/", {"exit_to": "https://evil.example"}).status_code == 422
    # A stranger's page cannot sign anybody out with a link to it.
    answer = browser.get("/exit/", HTTP_SEC_FETCH_SITE="cross-site")
    assert browser.is_signed_in and "Clear-Site-Data" not in answer
    answer = browser.get("/exit/")
    assert answer.headers["Location"] == actions.EXITS["weather"]
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not browser.is_signed_in
    assert Browser().get("/exit/").headers["Location"] == actions.EXITS[actions.USUAL_EXIT]


def test_a_token_is_as_strong_as_the_session_it_was_made_in(amina):
    now = timezone.now()
    weak, _text = actions.make_token(amina, "before", may_write=True, now=now)
    with_app(amina)
    with pytest.raises(Refusal, match=strength.NEEDED):
        actions.make_token(amina, "stolen", may_write=True, now=now)
    amina.is_strong = True
    strong, _text = actions.make_token(amina, "after", may_write=True, now=now)
    assert (weak.is_strong, strong.is_strong) == (False, True)


def test_beginning_anew_ends_every_old_way_in(amina):
    now = timezone.now()
    browser, link = Browser(amina), link_of(amina)
    actions.set_password(amina, "seven green doors")
    codes = paper.print_new(amina, now=now)
    token, _text = actions.make_token(amina, "sheet", may_write=True, now=now)
    with_app(amina)
    Passkey.objects.create(account=amina, name="Lost", credential_id=b"1", public_key=b"2", created_at=now)
    anew.begin(amina, now=now)
    amina.refresh_from_db()
    assert amina.second_factor_since is None and not amina.has_usable_password()
    assert not (Passkey.objects.exists() or CodeApp.objects.exists() or Session.objects.filter(account=amina).exists())
    assert ApiToken.objects.get(pk=token.pk).revoked_at == now
    assert Contact.objects.get().verified_at is None
    assert Browser().post(link).status_code == 410
    assert Browser().post("/sign-in/paper/", {"code": codes[0]}).status_code == 422
    assert browser.get("/me/").status_code == 302


def test_a_passkey_is_renamed_and_removed_by_its_owner_only(amina):
    now = timezone.now()
    key = Passkey.objects.create(account=amina, name="Phone", credential_id=b"1", public_key=b"2", created_at=now)
    strength.note(amina, now=now)
    mine, other = Browser(amina), Browser(actions.open_account(name="B", language="en", now=now))
    path = f"/me/keys/passkeys/{key.pk}"
    assert other.send(f"{path}/rename/", {"name": "x"}).status_code == 404
    assert other.send(f"{path}/remove/").status_code == 404
    mine.send(f"{path}/rename/", {"name": "Old phone"})
    mine.send(f"{path}/rename/", {"name": ""})
    key.refresh_from_db()
    assert key.name == "Old phone"
    mine.send(f"{path}/remove/")
    amina.refresh_from_db()
    assert not Passkey.objects.exists() and amina.second_factor_since is None
    assert mine.send(f"/me/keys/passkeys/{uuid.uuid4()}/remove/").status_code == 404


def test_who_was_signed_in_before_the_upgrade_still_is(amina):
    """For somebody without an address the browser is the only key."""
    browser = Browser(amina)
    key = browser.session.session_key
    row = Session.objects.get()
    old = OldSession.objects.create(session_key=key, session_data=row.session_data, expire_date=row.expire_date)
    row.delete()
    assert browser.get("/me/devices/").status_code == 302
    browser.cookies["session"] = key
    import_module("taawun.community.people.migrations.0003_ways_in").take_over(apps, None)
    assert browser.get("/me/devices/").status_code == 200
    assert Session.objects.get().account_id == amina.pk and not OldSession.objects.filter(pk=old.pk).exists()
