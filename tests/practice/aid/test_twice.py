"""The same person and the same need twice: linked, raised, taken back; never merged, never told to the filer."""

import json

import pytest
from django.test import Client

from taawun.community.circles import actions as circles
from taawun.community.circles.actions.bringing import take_back_people
from taawun.community.circles.likeness import finding, pairs, sources
from taawun.community.circles.models import Likeness, LikenessToken, Membership, Twin
from taawun.community.people import actions as people
from taawun.ground.journal.models import Entry
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import machine, store
from taawun.ground.vault.cipher import VaultError
from taawun.practice.aid import actions
from taawun.practice.aid.actions import IntentDraft, Private, repeating
from taawun.practice.aid.actions.bringing import post_many, take_back
from taawun.practice.aid.models import Intent, Repeat
from taawun.practice.aid.queries import twice
from tests.world import make_world

MEAL = "food.cooked_meal"


@pytest.fixture
def world(db):
    world = make_world()
    world.join("Yusuf")
    world.join("Zeynep")
    return world


def draft(name="", reach="", door="", kind=MEAL, urgency=1, **more):
    return IntentDraft("request", kind, 2, urgency, private=Private(name=name, reach=reach, door=door), **more)


def file_need(world, **words):
    return actions.post_without_account(world.circle, draft(**words), visitor="here", now=world.now)[0]


def enter(world, name, address="", door=""):
    return circles.add_member(world.actor("Amina"), name=name, address=address, door=door, consented=True, now=world.now)


def urgency_of(*intents):
    return [Intent.objects.get(pk=one.pk).urgency for one in intents]


def test_the_same_phone_and_kind_is_linked_and_both_stay_more_urgent(world):
    first = world.need("Yusuf", urgency=1, private=Private(reach="020 7946 0123"))
    again = world.need("Zeynep", urgency=0, private=Private(reach="+44 20 7946 0123"))
    [link] = Repeat.objects.all()
    assert (link.first_id, link.again_id, link.reason, link.state) == (first.id, again.id, "phone", "counted")
    assert urgency_of(first, again) == [2, 2]
    assert Intent.objects.get(pk=first.pk).asked_again == 1
    third = world.need("Zeynep", urgency=0, private=Private(reach="+44 20 7946 0123"))
    fourth = world.need("Zeynep", urgency=0, private=Private(reach="+44 20 7946 0123"))
    assert urgency_of(first, third, fourth) == [3, 3, 3], "never more urgent than now"
    assert Intent.objects.get(pk=first.pk).asked_again == 3, "each repeats the first"
    assert set(Intent.objects.values_list("state", flat=True)) == {"open"}
    raised = [json.loads(one.body)["data"] for one in Entry.objects.filter(name="intent.asked_again", subject_id=first.id)]
    assert [(one["from"], one["to"]) for one in raised] == [(1, 2), (2, 3)]
    assert not any("first" in one or "again" in one for one in raised), "who sees the entry does not learn whose need it repeats"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"reach": "+442079460999", "door": "across from the Noor masjid, 2nd floor"}, "door"),
        ({"reach": "+442079460999", "door": "mill lane 7", "kind": "household.clothes"}, None),
        ({"reach": "+442079460999", "door": "behind the Rahma mosque"}, None),
    ],
)
def test_a_door_in_other_words_and_another_script_is_the_same_door(world, other, reason):
    file_need(world, reach="+442079460001", door="خلف جامع النور، الطابق الثاني")
    file_need(world, **other)
    assert [one.reason for one in Repeat.objects.all()] == ([reason] if reason else [])


def test_neighbours_with_other_names_share_a_door_and_no_need(world):
    file_need(world, name="Samir Haddad", reach="+442079460001", door="behind the Noor mosque, floor 2")
    file_need(world, name="Rana Khoury", reach="+442079460002", door="behind the Noor mosque, floor 2")
    assert not Repeat.objects.exists() and not Twin.objects.exists()


def test_a_filed_need_moves_no_public_card_until_it_was_looked_at(world):
    shown = world.need("Yusuf", urgency=1, visibility="public", private=Private(reach="+442079460123"))
    filed = file_need(world, name="Y.", reach="020 7946 0123", urgency=0)
    assert urgency_of(shown, filed) == [1, 0]
    assert [one.state for one in Repeat.objects.all()] == ["waiting"]
    actions.check(world.actor("Amina"), filed.id, now=world.now)
    assert urgency_of(shown, filed) == [2, 2]
    assert [one.state for one in Repeat.objects.all()] == ["counted"]


def test_two_filings_count_at_once_and_the_filer_sees_nothing_of_it(world):
    first = file_need(world, name="سمير حداد", reach="+442079460123")
    again, _code = actions.post_without_account(
        world.circle, draft(name="Samir Haddad", reach="+442079460123"), visitor="here", now=world.now
    )
    assert urgency_of(first, again) == [2, 1], "her own need, which she follows, tells her nothing"
    client = Client(SERVER_NAME="localhost")
    page = client.get(f"/c/{world.circle.slug}/i/{first.id}/")
    assert page.status_code == 404 or b"asked again" not in page.content
    [pair] = Twin.objects.all()
    assert pair.reasons[:1] == ["phone.same"] or "name.spelling" in pair.reasons


def test_saying_not_the_same_takes_the_step_back_and_counting_it_again_gives_it(world):
    first = world.need("Yusuf", urgency=1)
    again = world.need("Zeynep", urgency=0)
    [link] = Repeat.objects.all()
    amina = world.actor("Amina")
    with pytest.raises(Refusal, match="forbidden"):
        repeating.decide(world.actor("Yusuf"), link.id, "different", now=world.now)
    with pytest.raises(Refusal, match=r"repeat\.state"):
        repeating.decide(amina, link.id, "merged", now=world.now)
    repeating.decide(amina, link.id, "different", now=world.now)
    assert urgency_of(first, again) == [1, 0]
    assert Intent.objects.get(pk=first.pk).asked_again == 0
    repeating.decide(amina, link.id, "counted", now=world.now)
    assert urgency_of(first, again) == [2, 2]


def test_a_member_entered_twice_in_two_scripts_is_a_pair_and_a_brother_is_not(world):
    one = enter(world, "سمير حداد", door="خلف جامع النور")
    enter(world, "Amir Haddad", door="behind Nour mosque")
    two = enter(world, "Samir Haddad", "020 7946 0500", "behind Nour mosque")
    [pair] = Twin.objects.all()
    assert {pair.one_id, pair.other_id} == {one.agent_id, two.agent_id}
    amina = world.actor("Amina")
    need = actions.post(amina, draft(on_behalf_of=one.agent_id), now=world.now)
    later = actions.post(amina, draft(on_behalf_of=two.agent_id, kind="household.clothes"), now=world.now)
    pairs.decide(amina, pair.id, "same", now=world.now)
    assert [asked.intent.id for asked in twice.around(later, amina).others] == [need.id], "each other's needs, for coordinators"
    assert twice.around(later, world.actor("Yusuf")) is None
    actions.post(amina, draft(on_behalf_of=two.agent_id, reach="+442079460700"), now=world.now)
    assert Repeat.objects.get(first=need).reason == "person", "linked persons repeat each other's needs"
    pairs.decide(amina, pair.id, "likely", now=world.now)
    assert twice.around(later, amina).others == []
    assert Membership.objects.filter(agent_id__in=[one.agent_id, two.agent_id], left_at=None).count() == 2
    names = set(Entry.objects.filter(subject_id=pair.id).values_list("name", flat=True))
    assert names == {"twin.same", "twin.taken_back"}


def test_what_was_said_of_a_pair_is_not_asked_again(world):
    one, two = enter(world, "Rana Khoury", "020 7946 0500"), enter(world, "Rana Khouri", "020 7946 0500")
    [pair] = Twin.objects.all()
    pairs.decide(world.actor("Amina"), pair.id, "different", now=world.now)
    actions.post(world.actor("Amina"), draft(on_behalf_of=two.agent_id, reach="+442079460500"), now=world.now)
    assert Twin.objects.get().state == "different"
    assert pairs.pairs_of(world.circle, one.agent_id) == []


def test_whatever_erases_what_is_sealed_takes_it_out_of_the_index(world):
    need = world.need("Yusuf")
    member = enter(world, "Samir Haddad", door="behind Nour mosque")

    def known(row_id):
        return LikenessToken.objects.filter(row_id=row_id).exists()

    assert known(need.id) and known(member.id)
    store.keep_until([need.id], world.now)
    assert known(need.id), "only when it goes is set, and not what is sealed"
    store.remove_expired(world.now)
    assert not known(need.id) and not Likeness.objects.filter(row_id=need.id).exists()
    store.seal(circle_id=world.circle.id, subject_id=member.agent_id, row_id=member.id, fields={"door": "x"}, now=world.now)
    assert not known(member.id), "what was changed is not found by what it was"
    sources.catch_up(world.circle, now=world.now)
    assert known(member.id)
    people_before = Membership.objects.filter(left_at=None).count()
    circles.remove_member(world.actor("Amina"), member.agent_id, now=world.now)
    assert not known(member.id) and Membership.objects.filter(left_at=None).count() == people_before - 1
    other = enter(world, "Rana Khoury", "020 7946 0500")
    assert take_back_people(world.actor("Amina"), [other.id]) == {other.id}
    assert not known(other.id)


def test_the_duty_notes_what_was_there_before_the_index(world):
    filed = file_need(world, name="Samir Haddad", reach="+442079460123")
    member = enter(world, "Rana Khoury", "020 7946 0500", "flat 3")
    asked = {"name": "رنا خوري", "phones": ["+442079460500"], "now": world.now}
    sources.catch_up(world.circle, now=world.now)
    before = finding.find(world.circle, **asked)
    tokens = set(LikenessToken.objects.values_list("token", "row_id"))
    Likeness.objects.all().delete()
    assert not LikenessToken.objects.exists(), "tokens go with their row"
    assert finding.find(world.circle, **asked) == []
    while sources.catch_up(world.circle, now=world.now, limit=2):
        pass
    assert set(LikenessToken.objects.values_list("token", "row_id")) == tokens
    assert finding.find(world.circle, **asked) == before
    assert before[0].agent_id == member.agent_id and before[0].row_id != filed.id
    # An address that is added later is noted by the duty too.
    people.add_address(member.agent, people.parse_address("+442079460777", "GB"), now=world.now)
    sources.catch_up(world.circle, now=world.now)
    assert finding.find(world.circle, phones=["020 7946 0777"], name="R Khoury", now=world.now)[0].agent_id == member.agent_id


def test_the_index_holds_nothing_that_can_be_read_and_no_other_circles(world):
    file_need(world, name="Samir Haddad", reach="+442079460123", door="behind Nour mosque")
    here = set(LikenessToken.objects.values_list("token", flat=True))
    other = make_world("Elsewhere")
    other.open()
    actions.post_without_account(
        other.circle, draft(name="Samir Haddad", reach="+442079460123", door="behind Nour mosque"), visitor="x", now=world.now
    )
    there = set(LikenessToken.objects.values_list("token", flat=True))
    assert there and not here & there, "the same person has other tokens in another circle"
    assert finding.find(other.circle, name="Samir Haddad", phones=["+442079460123"], now=world.now)
    assert not finding.find(world.circle, name="Samir Haddad", phones=["+442079460123"], now=world.now), "behind its scope"


def test_a_machine_comparison_is_no_look_and_lets_no_text_out(world):
    filed = file_need(world, name="Samir Haddad", reach="+442079460123")
    before = Entry.objects.count()
    assert finding.find(world.circle, name="سمير حداد", phones=["+442079460123"], now=world.now)
    assert Entry.objects.count() == before
    with pytest.raises(VaultError):
        machine.weigh([filed.id], lambda _row, fields: machine.Verdict(words=(fields["name"],)), now=world.now)


def test_a_load_links_as_one_by_one_would_and_leaves_nothing_when_it_is_undone(world):
    amina = world.actor("Amina")
    first = world.need("Yusuf", urgency=1, private=Private(reach="+442079460123", name="Yusuf"))
    rows = [
        draft(name="Yusuf", reach="+442079460123"),
        draft(name="Samir Haddad", reach="+442079460800"),
        draft(name="سمير حداد", reach="+442079460800"),
        draft(name="Rana Khoury", reach="+442079460900", kind="household.clothes"),
    ]
    brought = post_many(amina, rows, now=world.now)
    links = {(one.first_id, one.again_id): one.reason for one in Repeat.objects.all()}
    assert links == {(first.id, brought[0].id): "phone", (brought[1].id, brought[2].id): "phone"}
    assert urgency_of(first, *brought) == [2, 2, 2, 2, 1]
    assert {brought[1].agent_id, brought[2].agent_id} in [{one.one_id, one.other_id} for one in Twin.objects.all()]
    assert Entry.objects.filter(name="intent.asked_again").count() == 4
    take_back(amina, [one.id for one in brought], with_promises=False, now=world.now)
    assert urgency_of(first) == [1] and Intent.objects.get(pk=first.pk).asked_again == 0
    assert not Repeat.objects.exists() and not Twin.objects.exists()
    assert not LikenessToken.objects.filter(row_id__in=[one.id for one in brought]).exists()


def test_the_pages_show_both_sides_open_them_on_record_and_are_for_coordinators(world):
    file_need(world, name="سمير حداد", reach="+442079460123", door="خلف جامع النور")
    file_need(world, name="Samir Haddad", reach="+442079460123", door="behind Nour mosque")
    [pair], [link] = Twin.objects.all(), Repeat.objects.all()
    base = f"/c/{world.circle.slug}/twice/"
    member, amina = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    member.force_login(world.accounts["Yusuf"])
    amina.force_login(world.accounts["Amina"])
    for address in (base, f"{base}persons/{pair.id}/", f"{base}needs/{link.id}/"):
        assert member.get(address).status_code == 403
        assert amina.get(address).status_code == 200
        assert "حداد" not in amina.get(address).content.decode()
    for address in (f"{base}persons/{pair.id}/", f"{base}needs/{link.id}/"):
        before = Entry.objects.filter(name="vault.revealed").count()
        shown = amina.post(address + "open/").content.decode()
        assert "سمير حداد" in shown and "Samir Haddad" in shown and "Nour" in shown
        assert Entry.objects.filter(name="vault.revealed").count() == before + 2
    assert amina.post(f"{base}persons/{pair.id}/say/", {"state": "nothing", "key": str(new_id())}).status_code == 422
    said = amina.post(f"{base}persons/{pair.id}/say/", {"state": "same", "key": str(new_id())}, follow=True)
    assert "nothing was merged" in said.content.decode() and Twin.objects.get().state == "same"
    said = amina.post(f"{base}needs/{link.id}/say/", {"state": "different", "key": str(new_id())}, follow=True)
    assert said.status_code == 200 and Repeat.objects.get().state == "different"
    file_need(world, name="Samir Hadad", reach="+442079460124")
    assert "/twice/" in amina.get(f"/c/{world.circle.slug}/waiting/").content.decode()
    assert "/twice/" not in member.get(f"/c/{world.circle.slug}/waiting/").content.decode()
