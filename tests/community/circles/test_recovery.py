"""Coming in anew: asked without an account, vouched for by coordinators, stopped by whoever still holds an old address."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from taawun.community.circles import actions, recoveries, rules
from taawun.community.circles.models import Membership, Recovery, Vouch
from taawun.community.people import actions as people
from taawun.community.people import secrets
from taawun.community.people.models import Contact
from taawun.ground.journal.models import Audience, Entry
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault.models import Sealed
from tests.community.conftest import Browser, text_of

LONG_AGO = timedelta(days=30)
FORM = {"name": "Yousef", "address": "yusuf.new@example.org", "note": "Amina's cousin"}


@pytest.fixture
def town(town):
    """The town a month on: a second coordinator, and members who are known."""
    town.join("Omar", "coordinator")
    town.open()
    asked_at = timezone.now() - LONG_AGO
    Membership.objects.update(joined_at=asked_at)
    Membership.objects.filter(roles__contains=["coordinator"]).update(second_factor_asked_at=timezone.now() - timedelta(days=1))
    people.add_contact(town.accounts["Yusuf"], "yusuf@example.org", "GB", now=town.now, verified=True)
    return town


def ask(browser: Browser, town, **changed: str):
    return browser.send("/sign-in/lost/", {"community": town.circle.name, **FORM, **changed})


def asked(town) -> Recovery:
    ask(Browser(), town)
    town.open()
    return Recovery.objects.latest("asked_at")


def vouch(town, who: str, recovery: Recovery, whom: str = "Yusuf", now=None) -> Recovery:
    return actions.vouch(town.actor(who), recovery.id, town.accounts[whom].agent_id, now=now or timezone.now())


def entries(town) -> list[tuple[str, int]]:
    town.open()
    found = Entry.objects.filter(circle_id=town.circle.id, name__startswith="member.recovery").order_by("seq")
    return [(one.name.partition("_")[2], one.audience) for one in found]


def test_two_coordinators_let_a_member_in_and_everything_old_ends(town):
    old, hers = Browser(town.accounts["Yusuf"]), Browser()
    page = ask(hers, town).headers["Location"]
    assert "on its way" in text_of(hers.get(page))
    town.open()
    recovery = Recovery.objects.get()
    assert not Sealed.objects.filter(row_id=recovery.id, ciphertext__contains=b"Yousef").exists()
    base = f"/c/{town.circle.slug}/way-back/"
    amina, omar = Browser(town.accounts["Amina"]), Browser(town.accounts["Omar"])
    assert "not recognised yet" in text_of(amina.get(base))
    shown = text_of(amina.post(f"{base}{recovery.id}/"))
    assert "Yousef" in shown and "yusuf.new@example.org" in shown
    whom = town.accounts["Yusuf"].agent_id
    assert f"?member={whom}" in amina.get(f"{base}{recovery.id}/?search=yus").content.decode()
    assert "Is it Yusuf ?" in text_of(amina.get(f"{base}{recovery.id}/?member={whom}"))
    for browser in (amina, omar):
        assert "on its way" in text_of(hers.get(page))
        assert browser.send(f"{base}{recovery.id}/vouch/{whom}/").status_code == 302
    assert "The door is open" in text_of(hers.get(page))
    # The old session still works, and is told.
    assert "let into your account anew" in text_of(old.get("/me/devices/"))
    assert hers.post(page).headers["Location"] == "/me/keep/"
    assert hers.session["_auth_user_id"] == str(town.accounts["Yusuf"].pk)
    assert old.get("/me/").status_code == 302
    assert Contact.objects.get(agent_id=whom).verified_at is None
    assert [name for name, _audience in entries(town)] == ["asked", "vouched", "vouched", "opened", "used"]
    # The vault has forgotten what was written; the look at it is on the record.
    assert not Sealed.objects.filter(row_id=recovery.id).exists()
    assert Entry.objects.filter(name="vault.revealed", subject_id=recovery.id, actor_id=town.accounts["Amina"].agent_id).exists()
    assert Browser().post(page).status_code == 409


def test_nobody_learns_who_is_known(town):
    there, nowhere = Browser(), Browser()
    first, second = ask(there, town), ask(nowhere, town, community="No such place")
    assert (first.status_code, second.status_code) == (302, 302)
    pages = [text_of(browser.get(answer.headers["Location"])) for browser, answer in ((there, first), (nowhere, second))]
    assert pages[0] == pages[1]
    town.open()
    actions.decline_recovery(town.actor("Amina"), Recovery.objects.get().id, now=timezone.now())
    assert text_of(there.get(first.headers["Location"])) == pages[0]
    for browser, answer in ((there, first), (nowhere, second)):
        assert browser.post(answer.headers["Location"]).status_code == 409
    assert Browser().get(f"/way-back/{secrets.token_of('join', Recovery.objects.model().id)}/").status_code == 404


@pytest.mark.parametrize("community", ["{name}", "  {upper} ", "http://help.example.org/c/{slug}/about/", "{slug}"])
def test_a_community_is_found_however_it_is_written(town, community):
    town.open()
    circle = town.circle
    found = recoveries.find_circle(community.format(name=circle.name, upper=circle.name.upper(), slug=circle.slug))
    assert found == circle


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 200), ("community", ""), ("community", "x" * 300), ("address", "nobody"), ("note", "x" * 600)],
)
def test_what_is_wrong_is_named_and_nothing_typed_is_lost(town, field, value):
    answer = ask(Browser(), town, **{field: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert answer.context["form"]["note"].value() == (value if field == "note" else FORM["note"])


def test_asking_is_limited_for_a_visitor_and_a_circle(town, monkeypatch):
    for _ask in range(10):
        assert ask(Browser(), town).status_code == 302
    assert ask(Browser(), town).status_code == 429
    monkeypatch.setattr("taawun.community.circles.actions.recovery.WAITING_MAX", 10)
    assert ask(Browser(REMOTE_ADDR="203.0.113.5"), town).status_code == 302
    town.open()
    assert Recovery.objects.count() == 10


def test_one_coordinators_word_is_not_enough_and_nobody_says_it_twice(town):
    recovery = asked(town)
    assert vouch(town, "Amina", recovery).state == "vouched"
    with pytest.raises(Refusal, match="recovery.said"):
        vouch(town, "Amina", recovery)
    with pytest.raises(Refusal, match="recovery.other_member"):
        vouch(town, "Omar", recovery, whom="Ghada")
    with pytest.raises(Refusal, match="forbidden"):
        vouch(town, "Ghada", recovery)
    with pytest.raises(Refusal, match="recovery.not_open"):
        actions.use_recovery(recoveries.path_token(recovery.id), now=timezone.now())


def test_a_coordinator_made_afterwards_cannot_vouch(town):
    recovery = asked(town)
    actions.set_roles(town.actor("Amina"), town.accounts["Ghada"].agent_id, ["coordinator"], now=timezone.now())
    Recovery.objects.update(asked_at=timezone.now() - timedelta(hours=1))
    vouch(town, "Amina", recovery)
    with pytest.raises(Refusal, match="recovery.too_new"):
        vouch(town, "Ghada", recovery)


def test_the_only_coordinators_word_waits_two_days(town):
    actions.set_roles(town.actor("Amina"), town.accounts["Omar"].agent_id, [], now=timezone.now())
    recovery = vouch(town, "Amina", asked(town))
    assert recovery.state == "granted"
    early, late = recovery.opens_at - timedelta(seconds=1), recovery.opens_at
    assert late - timezone.now() > timedelta(hours=47)
    with pytest.raises(Refusal, match="recovery.not_open"):
        actions.use_recovery(recoveries.path_token(recovery.id), now=early)
    town.open()
    assert actions.see_to_recoveries(town.circle, now=early) == 0
    assert actions.see_to_recoveries(town.circle, now=late) == 1
    assert ProcrastinateJob.objects.filter(task_name="messages.recovery_opened").count() == 1
    assert actions.use_recovery(recoveries.path_token(recovery.id), now=late) == town.accounts["Yusuf"]


def test_no_coordinator_takes_over_anothers_account_unnoticed(town):
    recovery = asked(town)
    with pytest.raises(Refusal, match="recovery.herself"):
        vouch(town, "Omar", recovery, whom="Omar")
    recovery = vouch(town, "Amina", recovery, whom="Omar")
    # Nobody else could vouch: her word waits two days, and every member reads that she gave it.
    assert recovery.state == "granted" and recovery.opens_at > timezone.now() + timedelta(hours=47)
    assert ("vouched", Audience.MEMBERS) in entries(town)
    assert "Amina vouched" in text_of(Browser(town.accounts["Ghada"]).get(f"/c/{town.circle.slug}/record/"))


def test_who_holds_a_role_elsewhere_is_let_in_late_and_told_there(town, hill):
    hill.open()
    hill.accounts["Yusuf"] = town.accounts["Yusuf"]
    _invitation, secret = actions.invite(hill.actor("Omar"), now=timezone.now())
    actions.join_by_link(hill.circle, secret, town.accounts["Yusuf"], now=timezone.now())
    actions.set_roles(hill.actor("Omar"), town.accounts["Yusuf"].agent_id, ["treasurer"], now=timezone.now())
    recovery = asked(town)
    vouch(town, "Amina", recovery)
    assert vouch(town, "Omar", recovery).opens_at > timezone.now() + timedelta(hours=47)
    hill.open()
    told = Entry.objects.filter(circle_id=hill.circle.id, name="member.recovery_elsewhere")
    assert {one.audience for one in told} == {Audience.MEMBERS}


def test_every_old_address_is_told_and_one_tap_stops_it(town):
    recovery = vouch(town, "Amina", asked(town))
    jobs = ProcrastinateJob.objects.filter(task_name="messages.recovery_told")
    contact = Contact.objects.get(agent_id=town.accounts["Yusuf"].agent_id)
    assert [one.args["contact_id"] for one in jobs] == [str(contact.pk)]
    address = f"/way-back/{secrets.token_of(recoveries.STOP_PURPOSE, recovery.id)}/stop/"
    browser = Browser()
    assert "Is this you?" in text_of(browser.get(address))
    town.open()
    assert Recovery.objects.get().state == "vouched"
    browser.post(address)
    assert "It has ended" in text_of(browser.get(address))
    with pytest.raises(Refusal, match="recovery.ended"):
        vouch(town, "Omar", recovery)
    town.accounts["Yusuf"].refresh_from_db()
    assert town.accounts["Yusuf"].way_back_asked_at is None


def test_a_browser_still_signed_in_can_stop_it_and_nobody_elses(town):
    recovery = vouch(town, "Amina", asked(town))
    assert Browser(town.accounts["Ghada"]).send(f"/me/way-back/{recovery.id}/stop/").status_code == 404
    mine = Browser(town.accounts["Yusuf"])
    assert "Is this you?" in text_of(mine.get("/me/way-back/"))
    assert mine.send(f"/me/way-back/{recovery.id}/stop/").status_code == 302
    assert entries(town)[-1][0] == "stopped"


def test_what_was_used_is_disputed_once_and_not_undone(town):
    recovery = asked(town)
    vouch(town, "Amina", recovery)
    vouch(town, "Omar", recovery)
    actions.use_recovery(recoveries.path_token(recovery.id), now=timezone.now())
    token = secrets.token_of(recoveries.STOP_PURPOSE, recovery.id)
    for _tap in range(3):
        actions.stop_recovery(token, now=timezone.now())
    assert [name for name, _audience in entries(town)].count("disputed") == 1


def test_another_circles_coordinator_sees_and_does_nothing(town, hill):
    recovery = asked(town)
    omar = Browser(hill.accounts["Omar"])
    whom = town.accounts["Yusuf"].agent_id
    for path in (f"{recovery.id}/", f"{recovery.id}/vouch/{whom}/", f"{recovery.id}/decline/"):
        assert omar.send(f"/c/{hill.circle.slug}/way-back/{path}").status_code == 404
    hill.open()
    assert not Recovery.objects.exists() and not Vouch.objects.exists()


def test_what_nobody_answers_runs_out(town):
    recovery = asked(town)
    assert actions.see_to_recoveries(town.circle, now=timezone.now() + timedelta(days=14, minutes=1)) == 1
    with pytest.raises(Refusal, match="recovery.ended"):
        vouch(town, "Amina", recovery)


STATES = st.sampled_from(sorted(rules.RECOVERY))
NOW = timezone.now()


@given(
    state=STATES, others=st.integers(0, 9), words=st.integers(0, 3), far=st.booleans(), herself=st.booleans(),
    said=st.booleans(), since=st.none() | st.integers(-5, 5),
)  # fmt: skip
def test_no_door_opens_without_two_words_or_two_days(state, others, words, far, herself, said, since):
    asking = rules.Asking(state, NOW, NOW + rules.RECOVERY_LASTS, others, words, far)
    voucher = rules.Voucher(herself, NOW + timedelta(hours=since) if since is not None else None, said)
    try:
        answer = rules.vouch(asking, voucher, member_since=NOW - LONG_AGO, now=NOW)
    except Refusal:
        return
    assert state in {"asked", "vouched"} and not herself and not said and (since is None or since < 0)
    if answer.opens_at is not None:
        assert words + 1 >= 2 or answer.opens_at - NOW >= rules.RECOVERY_WAIT
        assert not far or answer.opens_at - NOW >= rules.RECOVERY_WAIT
        assert words + 1 >= min(2, max(1, others))


def test_the_token_of_a_page_is_no_token_of_a_stop():
    recovery_id = Recovery.objects.model().id
    assert re.fullmatch(r"[\w-]{43}", recoveries.path_token(recovery_id))
    assert secrets.read_token(recoveries.STOP_PURPOSE, recoveries.path_token(recovery_id)) is None
