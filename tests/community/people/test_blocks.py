"""Blocked: neither sees the other anywhere, under another name neither, and nobody can tell."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from taawun.community.circles import access as circle_access
from taawun.community.circles import actions as circles
from taawun.community.circles import queries as circle_queries
from taawun.community.people import actions as people
from taawun.community.people import blocks
from taawun.community.people.identity import parse_address
from taawun.community.people.models import Agent, AgentKind, Block, BlockHandle, HiddenPair
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, actions, queries
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.models import Commitment
from taawun.practice.aid.queries import story as stories
from taawun.practice.aid.queries.behalf import members_to_hand_to
from taawun.reach.messages.following import follow
from taawun.reach.messages.models import Notice
from tests.api.caller import caller_of, refused, told
from tests.world import NOW

PHONE = "+442079460155"


@pytest.fixture
def parted(world):
    """Yusuf has blocked Zeynep; Amina coordinates."""
    block(world, "Yusuf", "Zeynep")
    return world


def agent(world, name):
    return Agent.objects.get(pk=world.accounts[name].agent_id)


def block(world, one, other, called="them"):
    return blocks.block_agent(world.accounts[one], agent(world, other), called=called, now=NOW)


def hidden(world, one, other):
    """Return whether they are hidden from each other; it is never so one way only."""
    ids = [world.accounts[name].agent_id for name in (one, other)]
    ways = {blocks.are_hidden(*ids), blocks.are_hidden(*reversed(ids))}
    assert len(ways) == 1
    return ways.pop()


def not_there(act, *arguments, **named):
    with pytest.raises(Refusal) as refusal:
        act(*arguments, **named)
    assert refusal.value.status == 404
    return refusal.value


def test_neither_sees_the_others_needs_offers_counts_or_name(parted):
    for mine, theirs in (("Yusuf", "Zeynep"), ("Zeynep", "Yusuf")):
        need, offer = parted.need(theirs), parted.offer(theirs)
        parted.need("Amina")
        actor = parted.actor(mine)
        assert access.visible_intents(parted.circle, actor).filter(agent_id=need.agent_id).count() == 0
        for one in (need, offer):
            not_there(access.intent, parted.circle, actor, one.id)
            assert access.intent(parted.circle, parted.actor("Amina"), one.id) == one
        shown = queries.board(parted.circle, actor, queries.Filters(), now=NOW)
        assert theirs not in {one.giver_name for one in shown.cards}
        assert shown.counts["open"] == len(shown.cards)
        cells, _areas = queries.places(parted.circle, actor)
        assert sum(one.requests + one.offers for one in cells) == len(shown.cards)
        assert need.id not in {one.card.intent.id for one in queries.near(actor, now=NOW)}
        assert need.id not in {one.intent.id for one in queries.waiting(parted.circle, actor, now=NOW)}
        names = {one.membership.agent.name for one in circle_queries.members_of(parted.circle, hidden=actor.hidden_ids)}
        assert theirs not in names and mine in names
        not_there(circle_access.member, actor, need.agent_id)
        _entries, known, _head = circle_queries.record_of(actor)
        assert need.agent_id not in known and actor.agent_id in known


def test_the_two_meet_in_no_promise_whoever_brings_them_together(parted):
    need, offer = parted.need("Yusuf"), parted.offer("Zeynep")
    for actor, one in ((parted.actor("Zeynep"), need), (parted.actor("Yusuf"), offer)):
        refusal = not_there(actions.claim, actor, one.id, now=NOW)
        assert refusal.code == "not_found"
    coordinator = parted.actor("Amina")
    assert queries.suggest(need, coordinator, now=NOW) == []
    not_there(actions.propose, coordinator, need.id, offer.id, now=NOW)
    taken = actions.claim(coordinator, need.id, quantity=1, now=NOW)
    sides = {str(taken.giver_id), str(taken.receiver_id)}
    zeynep = parted.accounts["Zeynep"].agent_id
    assert str(zeynep) not in {one for one, _name in members_to_hand_to(coordinator, sides)}
    not_there(actions.hand_over, coordinator, taken.id, zeynep, now=NOW)


def test_where_both_help_the_same_person_each_sees_somebody(parted):
    need = parted.need("Amina")
    for name in ("Yusuf", "Zeynep"):
        actions.claim(parted.actor(name), need.id, quantity=1, now=NOW)
    names = {one.name for one in queries.card(need, parted.actor("Zeynep"), now=NOW).helpers}
    assert names == {"", "Zeynep"}
    promised = Commitment.objects.get(giver_id=parted.accounts["Yusuf"].agent_id)
    not_there(access.commitment, parted.actor("Zeynep"), promised.id)
    told_of = stories.story(parted.circle.id, [promised.id, need.id], parted.actor("Zeynep"), party=True, hidden=set())
    assert "Yusuf" not in told_of.names.values() and "Amina" in told_of.names.values()


def test_what_goes_on_between_them_ends_at_once_and_looks_like_letting_go(world):
    promised = actions.claim(world.actor("Zeynep"), world.need("Yusuf").id, reach=Reach(PHONE), now=NOW)
    offered = actions.claim(world.actor("Yusuf"), world.offer("Zeynep").id, now=NOW)
    assert access.contact_details(promised, world.actor("Zeynep"), now=NOW)["receiver"]["door"]
    block(world, "Yusuf", "Zeynep")
    for one in (promised, offered):
        one.refresh_from_db()
        assert (one.state, one.reason) == ("released", "dropped_out")
        assert one.request is None or one.request.taken == 0
        for name in ("Yusuf", "Zeynep"):
            found = access.commitment(world.actor(name), one.id)
            assert not access.may_reveal(found, world.actor(name), now=NOW)
            assert access.contact_details(found, world.actor(name), now=NOW) == {}
    not_there(access.intent, world.circle, world.actor("Zeynep"), promised.request_id)
    follow(world.circle, now=NOW)
    heard = Notice.objects.filter(name="claim.released", agent_id=world.accounts["Zeynep"].agent_id)
    assert heard.count() == 2


def test_an_organisation_stays_but_the_door_does_not_open_through_it(world):
    founder = world.actor("Amina")
    kitchen = circles.add_member(founder, name="Kitchen", kind=AgentKind.ORGANISATION, consented=True, now=NOW).agent
    for name in ("Zeynep",):
        circles.name_representative(founder, kitchen.id, world.accounts[name].agent_id, now=NOW)
    with pytest.raises(Refusal) as refusal:
        blocks.block_agent(world.accounts["Yusuf"], kitchen, called="Kitchen", now=NOW)
    assert refusal.value.code == "block.organisation"
    need = world.need("Yusuf")
    promised = actions.claim(world.actor("Amina"), need.id, on_behalf_of=kitchen.id, now=NOW)
    block(world, "Yusuf", "Zeynep")
    promised.refresh_from_db()
    assert promised.state == "agreed"
    zeynep = world.actor("Zeynep")
    found = access.commitment(zeynep, promised.id)
    assert access.contact_details(found, zeynep, now=NOW) == {} and not access.may_name(found, zeynep)
    opened = access.contact_details(access.commitment(world.actor("Amina"), promised.id), world.actor("Amina"), now=NOW)
    assert opened["receiver"]["name"] == "Yusuf"


def test_a_coordinator_can_be_blocked_and_then_others_handle_it(world):
    world.join("Khadija", "coordinator")
    need = world.need("Yusuf")
    assert circle_access.other_coordinators(world.actor("Yusuf"), world.accounts["Amina"].agent_id) is True
    block(world, "Yusuf", "Amina")
    not_there(access.intent, world.circle, world.actor("Amina"), need.id)
    not_there(access.details_for_coordinator, world.actor("Amina"), need.id, "to call back", now=NOW)
    assert access.intent(world.circle, world.actor("Khadija"), need.id)
    assert circle_access.other_coordinators(world.actor("Yusuf"), world.accounts["Khadija"].agent_id) is True
    block(world, "Zeynep", "Khadija")
    # Who coordinates nothing is no question.
    assert circle_access.other_coordinators(world.actor("Yusuf"), world.accounts["Zeynep"].agent_id) is None


def test_under_another_name_too_now_and_later(world):
    """The handles follow the person: her address, a new account that proves it, and what that one proves."""
    zeynep = world.accounts["Zeynep"]
    people.add_address(zeynep.agent, parse_address(PHONE, "GB"), now=NOW, verified=True)
    block(world, "Yusuf", "Zeynep")
    for contact in list(zeynep.agent.contacts.all()):
        contact.delete()
    world.join("Rose")
    assert not hidden(world, "Yusuf", "Rose")
    people.add_contact(world.accounts["Rose"], PHONE, "GB", now=NOW, verified=True)
    assert hidden(world, "Yusuf", "Rose") and not hidden(world, "Rose", "Zeynep")
    people.add_contact(world.accounts["Rose"], "rose@example.org", "GB", now=NOW, verified=True)
    for contact in list(world.accounts["Rose"].agent.contacts.all()):
        contact.delete()
    world.join("Lily")
    people.add_contact(world.accounts["Lily"], "rose@example.org", "GB", now=NOW)
    assert not hidden(world, "Yusuf", "Lily"), "an address nobody has proven may be anybody's"
    people.add_address(world.accounts["Lily"].agent, parse_address("rose@example.org", "GB"), now=NOW, verified=True)
    assert hidden(world, "Yusuf", "Lily")


def test_by_an_address_the_answer_is_the_same_and_later_owners_are_met(world):
    yusuf = world.accounts["Yusuf"]
    people.add_contact(world.accounts["Zeynep"], PHONE, "GB", now=NOW, verified=True)
    known = blocks.block_address(yusuf, "020 7946 0155", "GB", now=NOW)
    unknown = blocks.block_address(yusuf, "nobody@example.org", "GB", now=NOW)
    assert type(known) is type(unknown) and hidden(world, "Yusuf", "Zeynep")
    assert [one.called for one in blocks.blocks_of(yusuf, now=NOW)] == ["nobody@example.org", PHONE]
    promised = actions.claim(world.actor("Amina"), world.need("Yusuf").id, now=NOW)
    people.add_contact(world.accounts["Amina"], "nobody@example.org", "GB", now=NOW, verified=True)
    promised.refresh_from_db()
    assert hidden(world, "Yusuf", "Amina") and promised.state == "released"


def test_a_name_and_an_address_are_two_blocks_so_that_none_tells_of_the_other(world):
    yusuf = world.accounts["Yusuf"]
    people.add_contact(world.accounts["Zeynep"], PHONE, "GB", now=NOW, verified=True)
    block(world, "Yusuf", "Zeynep", "Zeynep")
    assert block(world, "Yusuf", "Zeynep", "Zeynep") and len(blocks.blocks_of(yusuf, now=NOW)) == 1
    blocks.block_address(yusuf, PHONE, "GB", now=NOW)
    listed = blocks.blocks_of(yusuf, now=NOW)
    assert {one.called for one in listed} == {"Zeynep", PHONE}
    for number, one in enumerate(listed):
        assert hidden(world, "Yusuf", "Zeynep")
        blocks.unblock(yusuf, one.id, now=NOW)
        assert hidden(world, "Yusuf", "Zeynep") is (number == 0)
    assert not HiddenPair.objects.exists() and not BlockHandle.objects.exists()


def test_both_may_block_and_each_only_takes_back_her_own(parted):
    theirs = block(parted, "Zeynep", "Yusuf")
    [own] = blocks.blocks_of(parted.accounts["Yusuf"], now=NOW)
    not_there(blocks.unblock, parted.accounts["Yusuf"], theirs.id, now=NOW)
    not_there(blocks.unblock, parted.accounts["Yusuf"], uuid.uuid4(), now=NOW)
    blocks.unblock(parted.accounts["Yusuf"], own.id, now=NOW)
    assert hidden(parted, "Yusuf", "Zeynep")
    blocks.unblock(parted.accounts["Zeynep"], theirs.id, now=NOW)
    assert not hidden(parted, "Yusuf", "Zeynep")


def test_whom_coordinators_say_is_the_same_person_is_blocked_too(parted):
    parted.join("Rose")
    ids = [parted.accounts[name].agent_id for name in ("Zeynep", "Rose")]
    blocks.same_person(*ids, now=NOW)
    assert hidden(parted, "Yusuf", "Rose")
    blocks.not_same_person(*reversed(ids), now=NOW)
    assert not hidden(parted, "Yusuf", "Rose") and hidden(parted, "Yusuf", "Zeynep")


def test_what_is_refused(world):
    yusuf = world.accounts["Yusuf"]
    people.add_contact(yusuf, PHONE, "GB", now=NOW, verified=True)
    for code, act in (
        ("block.self", lambda: block(world, "Yusuf", "Yusuf")),
        ("block.own_address", lambda: blocks.block_address(yusuf, PHONE, "GB", now=NOW)),
        ("address.not_email", lambda: blocks.block_address(yusuf, "a@b", "GB", now=NOW)),
    ):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.code == code
    for number in range(3):
        blocks.block_address(yusuf, f"{number}@example.org", "GB", now=NOW)
    with pytest.raises(Refusal) as refusal:
        blocks.block_address(yusuf, "4@example.org", "GB", now=NOW)
    assert refusal.value.status == 429
    blocks.block_address(yusuf, "4@example.org", "GB", now=NOW + timedelta(days=2))


def test_the_rows_do_not_tell_who_blocked_whom(parted):
    ids = {parted.accounts[name].agent_id for name in ("Yusuf", "Zeynep")}
    assert {(one.one_id, one.other_id) for one in HiddenPair.objects.all()} == {
        (a, b) for a in ids for b in ids if a != b
    }
    row = Block.objects.values_list().get()
    handles = [bytes(one.handle) for one in BlockHandle.objects.all()]
    for one in ids:
        for form in (str(one).encode(), one.bytes, one.hex.encode()):
            assert form not in repr(row).encode() and all(form not in handle for handle in handles)


def test_over_the_api(world):
    yusuf, zeynep = (caller_of(world.accounts[name]) for name in ("Yusuf", "Zeynep"))
    place = f"/circles/{world.circle.slug}"
    need = world.need("Yusuf")
    member = f"{place}/members/{world.accounts['Zeynep'].agent_id}"
    assert told(yusuf.post(f"{member}/block"), 201) == {"done": True}
    refused(zeynep.get(f"{place}/intents/{need.id}"), 404, "not_found")
    refused(zeynep.post(f"{place}/intents/{need.id}/claims", {}), 404, "not_found")
    names = {one["name"] for one in told(zeynep.get(f"{place}/members"))["items"]}
    assert "Yusuf" not in names
    refused(yusuf.post(f"{member}/block"), 404, "not_found")
    for address in ("x@example.org", "+442079460199"):
        assert told(yusuf.post("/me/blocks", {"address": address}), 201) == {"done": True}
    refused(yusuf.post("/me/blocks", {"address": "nothing"}), 422, "phone.letters", "address")
    listed = told(yusuf.get("/me/blocks"))["items"]
    assert [one["called"] for one in listed] == ["+442079460199", "x@example.org", "Zeynep"]
    assert told(zeynep.get("/me/blocks"))["items"] == []
    told(yusuf.post(f"/me/blocks/{listed[-1]['id']}/remove"))
    told(zeynep.get(f"{place}/intents/{need.id}"))


def test_on_the_pages(world, client):
    client.force_login(world.accounts["Yusuf"])
    page = f"/c/{world.circle.slug}/members/{world.accounts['Zeynep'].agent_id}/"
    assert b"/block/" in client.get(page).content
    asked = client.get(page + "block/").content.decode()
    assert "They are not told" in asked and "Nobody else coordinates" not in asked
    answer = client.post(page + "block/", {"key": str(uuid.uuid4())}, follow=True)
    assert "Zeynep" in answer.content.decode()
    assert client.get(page).status_code == client.get(page + "block/").status_code == 404
    alone = f"/c/{world.circle.slug}/members/{world.accounts['Amina'].agent_id}/block/"
    assert "Nobody else coordinates" in client.get(alone).content.decode()
    wrong = client.post("/me/blocked/", {"address": "+44 12", "region": "GB"})
    assert wrong.status_code == 422 and "+44 12" in wrong.content.decode()
    [one] = blocks.blocks_of(world.accounts["Yusuf"], now=timezone.now())
    client.post(f"/me/blocked/{one.id}/remove/")
    assert client.get(page).status_code == 200
