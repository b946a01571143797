"""Invitation links: made, shown, used, used up, ended; joining with nothing but a name; leaving."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from taawun.community.circles import access, actions, queries
from taawun.community.circles.models import Circle, Invitation, Membership
from taawun.community.people import actions as people
from taawun.community.people import secrets
from taawun.community.people.models import Account, Consent
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.clean import isolate
from tests.community.conftest import Browser, text_of


def link_to(town) -> str:
    _invitation, secret = actions.invite(town.actor("Amina"), now=timezone.now())
    return f"/c/{town.circle.slug}/join/{secret}/"


def paper(town, name: str = "Umm Khalid", kind: str = "person"):
    return actions.add_member(town.actor("Ghada"), name=name, kind=kind, consented=True, now=timezone.now())


def test_one_tap_and_a_name(town):
    address, browser = link_to(town), Browser()
    page = text_of(browser.get(address))
    assert "Amina invites you" in page
    assert town.circle.name in page
    answer = browser.send(address, {"name": "Layla"}, follow=True)
    assert answer.redirect_chain == [(f"/c/{town.circle.slug}/", 302)]
    assert "This browser is the key to your account." in text_of(answer)
    account = Account.objects.get(agent__name="Layla")
    town.open()
    assert access.actor_in(town.circle, account).is_member
    assert Consent.objects.get(agent=account.agent).to == "account"


def test_opening_the_page_uses_nothing_up(town):
    address = link_to(town)
    for _look in range(3):
        Browser().get(address)
    town.open()
    assert Invitation.objects.latest("made_at").uses_left == 200


def test_a_form_sent_twice_opens_one_account_and_signs_both_answers_in(town):
    address, before = link_to(town), Account.objects.count()
    fields = {"key": str(uuid.uuid4()), "name": "Layla"}
    first, second = Browser(), Browser()
    assert first.post(address, fields).status_code == second.post(address, fields).status_code == 302
    assert first.is_signed_in
    assert second.session["_auth_user_id"] == first.session["_auth_user_id"]
    assert Account.objects.count() == before + 1


def test_somebody_with_an_account_joins_by_one_tap(town, hill):
    address, browser = link_to(town), Browser(hill.accounts["Huda"])
    assert f"Join as {isolate('Huda')}" in text_of(browser.get(address))
    assert browser.send(address).headers["Location"] == f"/c/{town.circle.slug}/"
    town.open()
    assert access.actor_in(town.circle, hill.accounts["Huda"]).roles == {"member"}


def test_a_link_ends_after_fourteen_days(town):
    _invitation, secret = actions.invite(town.actor("Amina"), now=timezone.now() - timedelta(days=14))
    address = f"/c/{town.circle.slug}/join/{secret}/"
    for answer in (Browser().get(address), Browser().send(address, {"name": "Layla"})):
        assert answer.status_code == 410
        assert "no longer valid" in text_of(answer)
    assert not Account.objects.filter(agent__name="Layla").exists()


def test_a_link_ends_with_its_last_use(town):
    address = link_to(town)
    town.open()
    Invitation.objects.update(uses_left=1)
    assert Browser().send(address, {"name": "Layla"}).status_code == 302
    assert Browser().send(address, {"name": "Nour"}).status_code == 410


def test_a_link_can_be_ended(town):
    address = link_to(town)
    town.open()
    invitation = Invitation.objects.latest("made_at")
    Browser(town.accounts["Ghada"]).send(f"/c/{town.circle.slug}/invite/{invitation.id}/end/")
    assert Browser().get(address).status_code == 410


@pytest.mark.parametrize("secret", ["x", "A" * 43, "%00", "é", "a" * 3000])
def test_a_guessed_link_is_refused(town, secret):
    assert Browser().get(f"/c/{town.circle.slug}/join/{secret}/").status_code == 410
    assert Browser().send(f"/c/{town.circle.slug}/join/{secret}/", {"name": "Layla"}).status_code == 410


def test_a_link_of_one_circle_opens_no_other(town, hill):
    secret = link_to(town).split("/")[-2]
    assert Browser().get(f"/c/{hill.circle.slug}/join/{secret}/").status_code == 410


def test_a_dead_link_does_not_tell_whether_there_is_such_a_community(town):
    town.open()
    Circle.objects.filter(pk=town.circle.pk).update(is_public=False)
    there = Browser().get(f"/c/{town.circle.slug}/join/{'A' * 43}/")
    nowhere = Browser().get(f"/c/no-such-place/join/{'A' * 43}/")
    assert (there.status_code, nowhere.status_code) == (410, 410)
    assert text_of(there) == text_of(nowhere)


@pytest.mark.parametrize("name", ["", " \u200b", "x" * 121, "x" * 900_000, "a\x00b", "\u202e"])
def test_a_name_is_asked_for_and_nothing_is_used_up_by_a_wrong_one(town, name):
    address = link_to(town)
    answer = Browser().send(address, {"name": name})
    assert answer.status_code == 422
    assert answer.context["form"].errors["name"]
    town.open()
    assert Invitation.objects.latest("made_at").uses_left == 200


def test_only_its_digest_is_stored(town):
    secret = link_to(town).split("/")[-2]
    town.open()
    invitation = Invitation.objects.latest("made_at")
    assert bytes(invitation.digest) == secrets.digest(secret)
    assert queries.invitation_secret(invitation) == secret


def test_the_link_is_shown_to_whoever_made_it(town):
    browser = Browser(town.accounts["Amina"])
    answer = browser.send(f"/c/{town.circle.slug}/invite/")
    page = browser.get(answer.headers["Location"]).content.decode()
    link = re.search(r'href="(http[^"]+/join/[^"]+)"', page)[1]
    assert "data-copy" in page
    assert Browser().get(link.partition("/c/")[1] + link.partition("/c/")[2]).status_code == 200
    other = Browser(town.accounts["Ghada"])
    assert other.get(answer.headers["Location"]).status_code == 404


def test_members_without_a_role_invite_nobody(town):
    assert Browser(town.accounts["Yusuf"]).get(f"/c/{town.circle.slug}/invite/").status_code == 403
    with pytest.raises(Refusal, match="forbidden"):
        actions.invite(town.actor("Yusuf"), now=timezone.now())


def test_a_paper_member_opens_her_own_account_and_nobody_acts_for_her_any_more(town):
    member = paper(town)
    browser = Browser(town.accounts["Ghada"])
    answer = browser.send(f"/c/{town.circle.slug}/members/{member.agent_id}/invite/")
    link = re.search(r'href="http://[^/]+(/[^"]+/join/[^"]+)"', browser.get(answer.headers["Location"]).content.decode())[1]
    hers = Browser()
    assert f"I am {isolate('Umm Khalid')}" in text_of(hers.get(link))
    assert member.agent_id in town.actor("Ghada").acts_for
    assert hers.send(link, {"own": "1"}).headers["Location"] == "/me/keep/"
    assert "Ten codes on paper" in text_of(hers.get("/me/keep/"))
    assert Account.objects.get(agent_id=member.agent_id).agent.name == "Umm Khalid"
    assert member.agent_id not in town.actor("Ghada").acts_for
    with pytest.raises(Refusal, match="member.unknown"):
        access.agent_to_act_for(town.actor("Amina"), member.agent_id)
    assert Browser().send(link, {"own": "1"}).status_code == 410


def test_her_link_is_of_no_use_to_somebody_else(town):
    member = paper(town)
    _invitation, secret = actions.invite(town.actor("Ghada"), agent=member.agent, now=timezone.now())
    browser = Browser(town.accounts["Yusuf"])
    address = f"/c/{town.circle.slug}/join/{secret}/"
    assert "sign out first" in text_of(browser.get(address))
    assert browser.send(address).status_code == 409
    town.open()
    assert Invitation.objects.latest("made_at").uses_left == 1


def test_two_links_for_her_open_one_account(town):
    member = paper(town)
    secret_of = [actions.invite(town.actor("Ghada"), agent=member.agent, now=timezone.now())[1] for _twice in range(2)]
    addresses = [f"/c/{town.circle.slug}/join/{secret}/" for secret in secret_of]
    assert Browser().send(addresses[0], {"own": "1"}).status_code == 302
    assert Browser().send(addresses[1], {"own": "1"}).status_code == 410


def test_an_ordinary_link_is_not_taken_for_hers(town):
    assert Browser().send(link_to(town), {"own": "1"}).status_code == 422


def test_no_link_is_made_for_whoever_acts_alone(town):
    kitchen = paper(town, "Kitchen", "organisation")
    for agent in (town.accounts["Yusuf"].agent, kitchen.agent):
        with pytest.raises(Refusal, match="member.acts_alone"):
            actions.invite(town.actor("Amina"), agent=agent, now=timezone.now())


def test_an_open_community_is_joined_without_a_link(town):
    address = f"/c/{town.circle.slug}/join/"
    assert Browser().get(address).status_code == 403
    assert Browser().send(address, {"name": "Layla"}).status_code == 403
    town.open()
    Circle.objects.filter(pk=town.circle.pk).update(is_joinable=True)
    browser = Browser()
    assert browser.get(address).status_code == 200
    assert browser.send(address, {"name": "Layla"}).headers["Location"] == f"/c/{town.circle.slug}/"
    account = people.open_account(name="Nour", language="en", now=timezone.now())
    assert Browser(account).send(address).status_code == 302
    town.open()
    assert access.actor_in(town.circle, account).is_member


def test_who_left_comes_back_as_everybody_begins(town):
    actions.leave(town.actor("Ghada"), now=timezone.now())
    assert not town.actor("Ghada").is_member
    assert Browser(town.accounts["Ghada"]).get(f"/c/{town.circle.slug}/members/").status_code == 403
    Browser(town.accounts["Ghada"]).send(link_to(town))
    assert town.actor("Ghada").roles == {"member"}


def test_leaving_ends_every_right_to_act_for_others(town):
    member, kitchen = paper(town), paper(town, "Kitchen", "organisation")
    assert town.actor("Ghada").acts_for == {member.agent_id, kitchen.agent_id}
    browser = Browser(town.accounts["Ghada"])
    assert "goes back on the board" in text_of(browser.get(f"/c/{town.circle.slug}/leave/"))
    assert browser.send(f"/c/{town.circle.slug}/leave/").headers["Location"] == "/"
    Browser(town.accounts["Ghada"]).send(link_to(town))
    assert town.actor("Ghada").acts_for == frozenset()


def test_the_last_coordinator_stays(town):
    browser = Browser(town.accounts["Amina"])
    answer = browser.send(f"/c/{town.circle.slug}/leave/")
    assert answer.status_code == 409
    assert "A community needs a coordinator." in text_of(answer)
    assert town.actor("Amina").is_member


def test_of_two_coordinators_one_may_leave(town):
    actions.set_roles(town.actor("Amina"), town.accounts["Yusuf"].agent_id, ["coordinator"], now=timezone.now())
    actions.leave(town.actor("Amina"), now=timezone.now())
    with pytest.raises(Refusal, match="member.last_coordinator"):
        actions.leave(town.actor("Yusuf"), now=timezone.now())


def test_joining_twice_is_joining_once(town):
    before = len(queries.members_of(town.circle))
    browser = Browser(town.accounts["Yusuf"])
    assert browser.send(link_to(town)).status_code == 302
    town.open()
    assert len(queries.members_of(town.circle)) == before
    assert Membership.objects.filter(agent=town.accounts["Yusuf"].agent).count() == 1
