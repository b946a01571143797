"""What a role that demands a second factor may without one: everything in the days of grace, then nothing but a member's."""

from datetime import timedelta

import pyotp
import pytest
from django.conf import settings
from django.utils import timezone

from taawun.community.circles import access, actions, rules
from taawun.community.circles.models import Invitation, Membership
from taawun.community.people import actions as people
from taawun.community.people import sessions
from taawun.community.people.factors import code_app, paper, strength
from taawun.community.people.models import Passkey
from taawun.ground.values.refusal import Refusal
from tests.community.conftest import Browser, text_of

GRACE = timedelta(days=settings.SECOND_FACTOR_GRACE_DAYS)


def asked_ago(town, ago: timedelta) -> None:
    town.open()
    Membership.objects.filter(roles__contains=["coordinator"]).update(second_factor_asked_at=timezone.now() - ago)


def with_passkey(account) -> None:
    Passkey.objects.create(
        account=account, name="Phone", credential_id=account.pk.bytes, public_key=b"-", created_at=timezone.now()
    )
    strength.note(account, now=timezone.now())


def settings_page(town) -> str:
    return f"/c/{town.circle.slug}/settings/areas/"


def test_in_the_days_of_grace_all_is_open_and_a_banner_says_until_when(town):
    browser = Browser(town.accounts["Amina"])
    assert "Your role asks for a second factor by" in text_of(browser.get(settings_page(town)))
    asked_ago(town, GRACE - timedelta(minutes=1))
    assert browser.get(settings_page(town)).status_code == 200
    assert "second factor" not in text_of(Browser(town.accounts["Yusuf"]).get(f"/c/{town.circle.slug}/"))


def test_after_it_she_is_a_plain_member_until_she_sets_one_up(town):
    asked_ago(town, GRACE + timedelta(minutes=1))
    browser = Browser(town.accounts["Amina"])
    refused = browser.get(settings_page(town))
    assert refused.status_code == 403
    assert 'href="/me/keys/"' in refused.content.decode()
    board = text_of(browser.get(f"/c/{town.circle.slug}/"))
    assert "until you set up a second factor" in board
    actor = town.actor("Amina")
    assert actor.roles == {"member"} and actor.rests and not actor.is_guardian
    with pytest.raises(Refusal, match="forbidden"):
        actions.set_roles(actor, town.accounts["Yusuf"].agent_id, ["coordinator"], now=town.now)
    browser.get("/me/keys/app/")
    secret = code_app.secret_of(town.accounts["Amina"], now=timezone.now())
    browser.post("/me/keys/app/", {"code": pyotp.TOTP(secret).now()})
    assert browser.get(settings_page(town)).status_code == 200


def test_whoever_has_one_shows_it_also_in_the_days_of_grace(town):
    browser = Browser(town.accounts["Amina"])
    with_passkey(town.accounts["Amina"])
    refused = browser.get(settings_page(town))
    assert refused.status_code == 403
    assert "/sign-in/second/?next=" in refused.content.decode()
    asked = browser.get("/sign-in/second/", {"next": settings_page(town)})
    assert "go on as a plain member" in text_of(asked)
    session = browser.session
    session[sessions.STRONG] = True
    session.save()
    assert browser.get(settings_page(town)).status_code == 200


def test_a_code_from_paper_is_as_good_as_the_passkey_that_is_lost(town):
    amina = town.accounts["Amina"]
    codes = paper.print_new(amina, now=timezone.now())
    with_passkey(amina)
    browser = Browser(amina)
    answer = browser.post("/sign-in/second/", {"code": codes[0], "next": settings_page(town)})
    assert answer.headers["Location"] == settings_page(town)
    assert browser.get(settings_page(town)).status_code == 200


def test_a_plain_member_with_a_passkey_is_asked_for_nothing(town):
    yusuf = town.accounts["Yusuf"]
    with_passkey(yusuf)
    link = people.sign_in_link(yusuf, lifetime=timedelta(days=1), now=timezone.now())
    browser = Browser()
    assert browser.post(f"/sign-in/link/{link}/", {"next": "/me/"}).headers["Location"] == "/me/"
    # Her lost phone's passkey can be taken away without it.
    assert browser.send(f"/me/keys/passkeys/{Passkey.objects.get().pk}/remove/").status_code == 302


def test_a_token_made_before_the_second_factor_rests_with_the_role(town):
    amina = town.accounts["Amina"]
    _token, text = people.make_token(amina, "sheet", may_write=True, now=town.now)
    path, head = f"/api/v1/circles/{town.circle.slug}/intents?unchecked=true", {"HTTP_AUTHORIZATION": f"Bearer {text}"}
    roles = f"/api/v1/circles/{town.circle.slug}/intents.csv"
    assert Browser().get(path, **head).status_code == 200
    asked_ago(town, GRACE + timedelta(minutes=1))
    answer = Browser().post(
        roles, data="x", content_type="text/csv", HTTP_IDEMPOTENCY_KEY="018f3c1e-7b5a-7c3d-9f00-2b1a6c0d4e5f", **head
    )
    assert (answer.status_code, answer.json()["code"]) == (403, strength.NEEDED)
    town.open()
    with_passkey(amina)
    asked_ago(town, timedelta())
    amina.is_strong = True
    _token, text = people.make_token(amina, "after", may_write=True, now=town.now)
    town.open()
    account = type(amina).objects.get(pk=amina.pk)
    assert access.actor_in(town.circle, account).rests
    account.is_strong = True
    assert access.actor_in(town.circle, account).is_coordinator


def test_the_grace_begins_with_the_role_and_ends_with_it(town):
    yusuf, amina = town.accounts["Yusuf"].agent_id, town.actor("Amina")

    def asked_at():
        return Membership.objects.get(circle=town.circle, agent_id=yusuf).second_factor_asked_at

    assert asked_at() is None
    actions.set_roles(amina, yusuf, ["treasurer"], now=town.now)
    first = asked_at()
    assert first is not None
    actions.set_roles(amina, yusuf, ["treasurer", "coordinator"], now=town.now)
    assert asked_at() == first
    actions.set_roles(amina, yusuf, ["guardian"], now=town.now)
    assert asked_at() is None


@pytest.mark.parametrize(
    ("demanded", "over", "has", "strong", "rests"),
    [
        (False, True, True, False, False), (True, False, False, False, False), (True, True, False, False, True),
        (True, False, True, False, True), (True, True, True, True, False),
    ],
)  # fmt: skip
def test_when_a_role_rests(demanded, over, has, strong, rests):
    assert rules.rests(demanded=demanded, grace_over=over, has_factor=has, is_strong=strong) is rests


def test_the_link_of_somebody_taken_off_the_list_opens_nothing(town):
    member = actions.add_member(town.actor("Amina"), name="Umm Khalid", consented=True, now=town.now)
    _invitation, secret = actions.invite(town.actor("Amina"), agent=member.agent, now=timezone.now())
    _invitation, other = actions.invite(town.actor("Amina"), agent=member.agent, now=timezone.now())
    actions.remove_member(town.actor("Amina"), member.agent_id, now=timezone.now())
    # Also one that slipped through before links ended with the membership.
    Invitation.objects.filter(agent=member.agent).order_by("id").first()
    Invitation.objects.filter(digest=Invitation.objects.latest("id").digest).update(uses_left=1)
    for one in (secret, other):
        assert Browser().send(f"/c/{town.circle.slug}/join/{one}/", {"own": "1"}).status_code == 410
    assert not people.Account.objects.filter(agent=member.agent).exists()


def test_a_personal_link_has_a_picture_for_a_camera(town):
    member = actions.add_member(town.actor("Amina"), name="Umm Khalid", consented=True, now=town.now)
    invitation, _secret = actions.invite(town.actor("Amina"), agent=member.agent, now=timezone.now())
    path = f"/c/{town.circle.slug}/invite/{invitation.id}/picture/"
    picture = Browser(town.accounts["Amina"]).get(path)
    assert picture["Content-Type"] == "image/svg+xml" and picture["Cache-Control"] == "private, no-store"
    assert Browser(town.accounts["Ghada"]).get(path).status_code == 404
    assert Browser(town.accounts["Yusuf"]).get(path).status_code == 403
