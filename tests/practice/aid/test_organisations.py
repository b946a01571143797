"""Organisations: what each of their staff may do and see, what is handed to their programmes, and who learns what."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taawun.community.circles import access as circle_access
from taawun.community.circles import actions as circles
from taawun.community.people.models import Account, AgentKind, Consent
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, actions
from taawun.practice.aid.actions import ProgrammeDraft
from taawun.practice.aid.models import Placement
from taawun.practice.aid.queries import organisation as own
from taawun.practice.aid.queries import services
from tests.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    found = make_world()
    found.join("Zeynep")
    found.join("Yusuf")
    return found


@pytest.fixture
def kitchen(world):
    return circles.add_member(
        world.actor("Amina"), name="Harbour Kitchen", kind=AgentKind.ORGANISATION, consented=True, now=world.now
    ).agent


def staff(world, organisation, name: str, *rights: str):
    """Bring somebody in by a staff link: an account, and no membership."""
    _made, secret = circles.invite_staff(world.actor("Amina"), organisation.id, rights, now=world.now)
    account = circles.open_invited_account(world.circle, secret, name=name, language="en", now=world.now)
    world.accounts[name] = account
    return world.actor(name)


def programme(world, organisation, **changes):
    fields = {"name": "Friday meals", "kinds": ["food.cooked_meal"]} | changes
    return actions.add_programme(world.actor("Amina"), organisation.id, ProgrammeDraft(**fields), now=world.now)


def refused(code: str, act) -> None:
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code


def page(world, name: str, address: str) -> tuple[int, str]:
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(world.accounts[name])
    answer = browser.get(address)
    world.open()
    return answer.status_code, answer.content.decode()


def test_staff_who_are_no_members_see_what_is_the_organisations_and_nothing_else(world, kitchen):
    fatima = staff(world, kitchen, "Fatima", "answer", "doors")
    assert (fatima.is_member, fatima.represents) == (False, {kitchen.id})
    quiet = world.need("Zeynep", visibility="members")
    for name in ("members", "record"):
        assert page(world, "Fatima", reverse(f"circles:{name}", args=[world.circle.slug]))[0] == 403
    for name in ("now", "waiting", "mine"):
        assert page(world, "Fatima", reverse(f"aid:{name}", args=[world.circle.slug]))[0] == 403
    assert quiet.id not in access.visible_intents(world.circle, fatima).values_list("id", flat=True)
    refused("not_found", lambda: access.intent(world.circle, fatima, quiet.id))
    refused("not_found", lambda: circle_access.member(fatima, world.accounts["Zeynep"].agent_id))
    status, text = page(world, "Fatima", reverse("aid:organisation", args=[world.circle.slug, kitchen.id]))
    assert status == 200 and "Harbour Kitchen" in text and "Zeynep" not in text
    # In a circle that is not public even what is public among its members is not for her.
    world.need("Zeynep", 3)
    world.circle.is_public = False
    world.circle.save(update_fields=["is_public"])
    assert not access.visible_intents(world.circle, world.actor("Fatima")).exists()
    assert page(world, "Fatima", reverse("aid:board", args=[world.circle.slug]))[0] == 404
    assert page(world, "Fatima", reverse("aid:organisation", args=[world.circle.slug, kitchen.id]))[0] == 200


@pytest.mark.parametrize("right", ["answer", "post", "doors", "programmes", "staff", "figures"])
def test_each_right_opens_its_own_door_and_no_other(world, kitchen, right):
    meals = programme(world, kitchen)
    need, other = world.need("Zeynep", 2), world.need("Zeynep", 3)
    handed = actions.refer(world.actor("Amina"), meals.id, need.id, consented=True, now=world.now).commitment
    actor = staff(world, kitchen, "Fatima", right)
    draft = {"direction": "offer", "kind": "food.bread", "quantity": 1, "urgency": 1, "on_behalf_of": kitchen.id}
    tries = {
        "answer": lambda: actions.accept(actor, handed.id, now=world.now),
        "post": lambda: actions.post(actor, actions.IntentDraft(**draft), now=world.now),
        "programmes": lambda: actions.open_programme(actor, meals.id, False, now=world.now),
        "staff": lambda: circles.invite_staff(actor, kitchen.id, ["staff"], now=world.now),
        "figures": lambda: actions.share_figures(actor, kitchen.id, now=world.now),
    }
    for needed, act in tries.items():
        if needed == right:
            act()
        else:
            with pytest.raises(Refusal) as caught:
                act()
            assert caught.value.status in {403, 404}, needed
    if right != "answer":
        with pytest.raises(Refusal):
            actions.take(actor, kitchen.id, other.id, now=world.now)
        actions.accept(world.actor("Amina"), handed.id, now=world.now)
    # Doors open with that right alone, and only once both sides agreed.
    handed.refresh_from_db()
    assert access.may_reveal(handed, world.actor("Fatima"), now=world.now) is (right == "doors")


def test_who_is_let_go_has_lost_everything_at_once(world, kitchen):
    manager = staff(world, kitchen, "Fatima", "answer", "doors", "staff")
    _made, secret = circles.invite_staff(manager, kitchen.id, ["answer"], now=world.now)
    refused("staff.not_yours_to_give", lambda: circles.invite_staff(manager, kitchen.id, ["figures"], now=world.now))
    circles.end_representative(world.actor("Amina"), kitchen.id, manager.agent_id, now=world.now)
    gone = world.actor("Fatima")
    assert not gone.represents and not gone.acts_for
    assert page(world, "Fatima", reverse("aid:organisation", args=[world.circle.slug, kitchen.id]))[0] == 403
    # A link she left behind lets nobody in either.
    refused(
        "invitation.ended",
        lambda: circles.open_invited_account(world.circle, secret, name="Rana", language="en", now=world.now),
    )


def test_a_referral_tells_what_is_needed_and_only_the_yes_tells_who(world, kitchen):
    fatima = staff(world, kitchen, "Fatima", "answer", "doors")
    meals = programme(world, kitchen)
    need = world.need("Zeynep", 4, visibility="coordinators", summary="warm, no nuts")
    refused("refer.consent", lambda: actions.refer(world.actor("Amina"), meals.id, need.id, consented=False, now=world.now))
    refused("not_found", lambda: actions.refer(world.actor("Yusuf"), meals.id, need.id, consented=True, now=world.now))
    placed = actions.refer(world.actor("Amina"), meals.id, need.id, consented=True, now=world.now)
    consent = Consent.objects.get(to="referral")
    assert (consent.agent_id, consent.recorded_by_id) == (need.agent_id, world.accounts["Amina"].agent_id)
    assert placed.commitment.waiting_for == "giver"
    address = reverse("aid:commitment", args=[world.circle.slug, placed.commitment_id])
    status, text = page(world, "Fatima", address)
    assert status == 200 and "warm, no nuts" in text
    for hidden in ("Zeynep", "7946", "bakery", "two children"):
        assert hidden not in text
    actions.accept(world.actor("Fatima"), placed.commitment_id, now=world.now)
    status, text = page(world, "Fatima", address)
    assert "bakery" in text and "7946" in text
    # What became of it is there for whoever handed it on.
    line = own.referred(world.actor("Amina"), everybody=False)[0]
    assert line.commitment.state == "agreed"
    assert fatima.agent_id != line.commitment.giver_id == kitchen.id


def test_a_no_has_a_reason_and_closes_what_was_shown(world, kitchen):
    staff(world, kitchen, "Fatima", "answer")
    meals = programme(world, kitchen)
    need = world.need("Zeynep", visibility="coordinators")
    placed = actions.refer(world.actor("Amina"), meals.id, need.id, consented=True, now=world.now)
    refused("refer.reason", lambda: actions.decline(world.actor("Fatima"), placed.commitment_id, "because", now=world.now))
    actions.decline(world.actor("Fatima"), placed.commitment_id, "no_place", now=world.now)
    placed.refresh_from_db()
    assert placed.reason == "no_place"
    refused("not_found", lambda: access.intent(world.circle, world.actor("Fatima"), need.id))
    need.refresh_from_db()
    assert (need.state, need.taken) == ("open", 0)


def test_no_answer_reminds_and_then_frees_the_need(world, kitchen):
    meals = programme(world, kitchen)
    need = world.need("Zeynep", urgency=1)
    placed = actions.refer(world.actor("Zeynep"), meals.id, need.id, consented=True, now=world.now)
    assert placed.commitment.warn_at == world.now + timedelta(days=2)
    assert actions.keep_up(world.circle, now=world.now + timedelta(days=3))["warned"] == 1
    world.open()
    assert actions.keep_up(world.circle, now=world.now + timedelta(days=4, minutes=1))["released"] == 1
    world.open()
    need.refresh_from_db()
    assert need.state == "open"


def test_capacity_is_counted_and_a_waiting_list_moves_up(world, kitchen):
    fatima = staff(world, kitchen, "Fatima", "answer", "programmes")
    meals = programme(world, kitchen, has_waiting_list=True)
    actions.set_capacity(fatima, meals.id, "week", {"food.cooked_meal": 5}, now=world.now)
    first, second = world.need("Zeynep", 4), world.need("Yusuf", 3, urgency=0)
    placed = actions.refer(world.actor("Amina"), meals.id, first.id, consented=True, now=world.now)
    listed = actions.refer(world.actor("Amina"), meals.id, second.id, consented=True, now=world.now)
    assert placed.commitment_id and listed.commitment_id is None
    second.refresh_from_db()
    assert second.state == "open" and second.taken == 0
    meals.refresh_from_db()
    shown = services.shown(world.circle, [meals], now=world.now)[0]
    assert shown.used.amounts == {"food.cooked_meal": 4}
    refused("refer.already", lambda: actions.refer(world.actor("Amina"), meals.id, second.id, consented=True, now=world.now))
    refused("refer.no_room", lambda: actions.take_from_list(world.actor("Fatima"), listed.id, now=world.now))
    line = own.board(world.actor("Fatima"), kitchen, now=world.now)
    assert [one.placement.id for one in line.listed] == [listed.id] and not line.listed[0].has_room
    # A new week has room again, and the promise goes into it.
    later = world.now + timedelta(days=7)
    taken = actions.take_from_list(world.actor("Fatima"), listed.id, now=later)
    assert taken.commitment.state == "agreed"
    assert Placement.objects.filter(commitment=None, ended_at=None).count() == 0


def test_the_own_board_shows_what_fits_its_programmes_and_can_take_it(world, kitchen):
    staff(world, kitchen, "Fatima", "answer")
    here = circles.add_area(world.actor("Amina"), "Mill Lane", None, now=world.now)
    there = circles.add_area(world.actor("Amina"), "Far Hill", None, now=world.now)
    meals = programme(world, kitchen, kinds=[], groups=["food"], area_ids=[here.id])
    near = world.need("Zeynep", 2, area_id=here.id)
    world.need("Zeynep", 2, area_id=there.id)
    world.need("Zeynep", 1, kind="transport.ride", area_id=here.id)
    world.need("Zeynep", 1, area_id=here.id, visibility="members")
    found = own.board(world.actor("Fatima"), kitchen, now=world.now)
    assert [one.card.intent.id for one in found.takeable] == [near.id]
    promise = actions.take(world.actor("Fatima"), kitchen.id, near.id, programme_id=meals.id, now=world.now)
    assert promise.giver_id == kitchen.id and promise.made_by_id == world.accounts["Fatima"].agent_id
    assert Placement.objects.get(commitment=promise).referred_by_id is None


def test_programmes_are_ranked_by_kind_place_and_room(world, kitchen):
    here = circles.add_area(world.actor("Amina"), "Mill Lane", None, now=world.now)
    exact = programme(world, kitchen, name="Exact", area_ids=[here.id])
    whole = programme(world, kitchen, name="Whole group", kinds=[], groups=["food"])
    full = programme(world, kitchen, name="Full", area_ids=[here.id], has_waiting_list=True)
    programme(world, kitchen, name="Elsewhere", kinds=["transport.ride"])
    paused = programme(world, kitchen, name="Paused")
    actions.set_capacity(world.actor("Amina"), full.id, "places", {"": 0}, now=world.now)
    actions.open_programme(world.actor("Amina"), paused.id, False, now=world.now)
    need = world.need("Zeynep", area_id=here.id)
    found = services.fitting(need, world.actor("Amina"), now=world.now)
    assert [one.shown.programme.id for one in found] == [exact.id, whole.id, full.id]
    assert found[-1].fit.is_full


def test_the_directory_is_searched_by_word_kind_and_area(world, kitchen):
    here = circles.add_area(world.actor("Amina"), "Mill Lane", None, now=world.now)
    there = circles.add_area(world.actor("Amina"), "Far Hill", None, now=world.now)
    meals = programme(world, kitchen, area_ids=[here.id], texts={"about": {"ar": "وجبات ساخنة"}})
    world.open()

    def found(**wanted):
        return [one.programme.id for one in services.directory(world.circle, None, services.Wanted(**wanted), now=world.now)]

    for wanted in ({"words": "hungry meal"}, {"words": "وجبات"}, {"words": "harbour kit"}, {"group": "food"}, {"area": here.id}):
        assert found(**wanted) == [meals.id], wanted
    for wanted in ({"words": "zzzz"}, {"group": "farm"}, {"area": there.id}, {"kind": "transport.ride"}, {"area": uuid.uuid4()}):
        assert found(**wanted) == [], wanted
    circles.remove_member(world.actor("Amina"), kitchen.id, now=world.now)
    assert found() == []


def test_an_account_brought_in_by_a_link_lands_on_the_own_board(world, kitchen):
    _made, secret = circles.invite_staff(world.actor("Amina"), kitchen.id, ["answer"], now=timezone.now())
    world.circle.is_public = False
    world.circle.save(update_fields=["is_public"])
    browser = Client(SERVER_NAME="localhost")
    address = reverse("circles:join", args=[world.circle.slug, secret])
    assert "Harbour Kitchen" in browser.get(address).content.decode()
    answer = browser.post(address, {"name": "Rana", "key": str(uuid.uuid4())})
    assert answer.headers["Location"] == reverse("aid:organisation", args=[world.circle.slug, kitchen.id])
    assert browser.get(answer.headers["Location"]).status_code == 200
    # Home leads there too, because there is nothing else for her here.
    assert browser.get("/").headers["Location"] == answer.headers["Location"]
    world.open()
    assert Account.objects.get(agent__name="Rana").agent.memberships.count() == 0
