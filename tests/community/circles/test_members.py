"""The list of members, one member, roles, areas, and acting for others: what each role may, and what the record says."""

import uuid

import pytest
from django.utils import timezone

from taawun.community.circles import access, actions, queries
from taawun.community.circles.models import Area, Membership
from taawun.community.people import actions as people
from taawun.community.people.models import Agent, Consent
from taawun.ground.journal.models import Entry
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import set_agents, set_scope
from taawun.ground.vault.models import Sealed
from tests.community.conftest import Browser, measured, text_of

SOMEBODY = {
    "kind": "person", "name": "Umm Khalid", "consented": "yes", "full_name": "Khadija Hassan", "address": "+442079460123",
    "door": "The green door\nopposite the bakery", "languages": ["ar"],
}  # fmt: skip


def paper(town, name: str = "Umm Khalid", kind: str = "person", **more):
    return actions.add_member(
        town.actor("Ghada"), name=name, kind=kind, consented=True, now=timezone.now(), **more
    ).agent


def of(town, *rest: object) -> str:
    return "/".join(["", "c", town.circle.slug, "members", *(str(one) for one in rest), ""])


def test_somebody_without_an_account_is_entered(town):
    browser = Browser(town.accounts["Ghada"])
    answer = browser.send(of(town, "add"), SOMEBODY, follow=True)
    page = text_of(answer)
    assert "Umm Khalid is on the list." in page
    assert "without account" in page
    # What is sealed is not on the page, and not readable in the database.
    assert "Khadija" not in page
    agent = Agent.objects.get(name="Umm Khalid")
    town.open()
    assert all(b"Khadija" not in bytes(one.ciphertext) for one in Sealed.objects.all())
    assert agent.entered_by_id == town.accounts["Ghada"].agent_id
    assert Consent.objects.get(agent=agent, to="entered by others").given
    assert agent.id in town.actor("Ghada").acts_for
    entry = Entry.objects.get(name="member.entered")
    assert (entry.actor_id, entry.subject_id) == (town.accounts["Ghada"].agent_id, agent.id)


def test_a_no_is_written_down_as_a_no(town):
    Browser(town.accounts["Ghada"]).send(of(town, "add"), SOMEBODY | {"consented": "no"})
    assert not Consent.objects.get(to="entered by others").given


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 121), ("name", "a\x00b"), ("name", "\u2066"), ("name", "n" * 700_000),
        ("kind", "robot"), ("kind", ""), ("consented", ""), ("consented", "maybe"), ("languages", ["xx"]),
        ("full_name", "f" * 121), ("address", "12"), ("address", "a@b"), ("address", "call\x00me"),
        ("door", "d" * 1001), ("door", "\n".join("x" * 40)), ("area", str(uuid.UUID(int=8))), ("area", "1 OR 1=1"),
    ],
)  # fmt: skip
def test_each_wrong_field_is_named_and_nobody_is_entered(town, field, value):
    before = Agent.objects.count()
    answer = Browser(town.accounts["Ghada"]).send(of(town, "add"), SOMEBODY | {field: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert Agent.objects.count() == before
    kept = "door" if field != "door" else "full_name"
    assert answer.context["form"][kept].value() == SOMEBODY[kept]


def test_a_neighbours_area_is_no_area_here(town, hill):
    area = actions.add_area(hill.actor("Omar"), "Hilltop", None, now=timezone.now())
    answer = Browser(town.accounts["Ghada"]).send(of(town, "add"), SOMEBODY | {"area": str(area.id)})
    assert answer.status_code == 422
    town.open()
    with pytest.raises(Refusal, match="area.unknown"):
        actions.set_area(town.actor("Amina"), town.accounts["Yusuf"].agent_id, area.id, now=timezone.now())


def test_the_same_form_twice_enters_somebody_once(town):
    browser, fields = Browser(town.accounts["Ghada"]), SOMEBODY | {"key": str(uuid.UUID(int=8))}
    first, second = browser.post(of(town, "add"), fields), browser.post(of(town, "add"), fields)
    assert first.headers["Location"] == second.headers["Location"]
    assert Agent.objects.filter(name="Umm Khalid").count() == 1
    assert browser.post(of(town, "add"), fields | {"name": "Another"}).status_code == 409
    # Another's key is no key of mine, even with the same content.
    assert Browser(town.accounts["Amina"]).post(of(town, "add"), fields).status_code == 409


def test_sealed_words_are_opened_for_a_guardian_and_the_look_is_on_the_record(town):
    agent = paper(town, full_name="Khadija Hassan", door="The green door", address="+442079460123")
    address = of(town, agent.id, "private")
    for name in ("Ghada", "Amina"):
        page = text_of(Browser(town.accounts[name]).send(address))
        assert "Khadija Hassan" in page
        assert "The green door" in page
        assert "+442079460123" in page
    assert Browser(town.accounts["Yusuf"]).send(address).status_code == 403
    assert Browser(town.accounts["Ghada"]).get(address).status_code == 405
    town.open()
    looks = Entry.objects.filter(name="vault.revealed", subject_id=agent.id)
    assert [one.actor_id for one in looks.order_by("seq")] == [
        town.accounts[name].agent_id for name in ("Ghada", "Amina")
    ]


def test_nobody_opens_the_phone_of_a_member_who_has_an_account(town):
    yusuf = town.accounts["Yusuf"]
    people.add_contact(yusuf, "+442079460123", "GB", now=timezone.now(), verified=True)
    answer = Browser(town.accounts["Amina"]).send(of(town, yusuf.agent_id, "private"))
    assert answer.status_code == 403
    assert "7946" not in text_of(answer)


def test_the_list_is_searched_and_turned_page_by_page(town, monkeypatch):
    monkeypatch.setattr("taawun.community.circles.pages.members.A_PAGE", 4)
    for _twin in range(5):
        paper(town, "Twin")
    paper(town, "50% Hall", "organisation")
    browser, seen, address = Browser(town.accounts["Yusuf"]), [], of(town)
    while address:
        answer = browser.get(address)
        seen += [line["agent_id"] for line in answer.context["lines"]]
        address = of(town) + answer.context["onward"] if answer.context["onward"] else ""
    assert len(seen) == len(set(seen)) == 9
    found = browser.get(of(town), {"search": "tWi"}).context["lines"]
    assert [line["name"] for line in found] == ["Twin"] * 4
    # What stands for anything in the database stands for itself here.
    assert [line["name"] for line in browser.get(of(town), {"search": "%"}).context["lines"]] == ["50% Hall"]
    assert browser.get(of(town), {"search": "_"}).context["lines"] == []


@pytest.mark.parametrize("search", ["\x00", "x" * 100_000, "\u202e", "'; --", "%"])
@pytest.mark.parametrize("after", ["", "x", "\x00", str(uuid.UUID(int=7))])
def test_no_search_is_too_strange(town, search, after):
    answer = Browser(town.accounts["Yusuf"]).get(of(town), {"search": search[:7000], "after": after})
    assert answer.status_code == 200


def test_who_filed_a_need_without_an_account_is_in_no_list(town):
    nameless = people.enter_agent(name="", now=timezone.now())
    town.open()
    Membership.objects.create(circle=town.circle, agent=nameless, roles=["member"], joined_at=timezone.now())
    assert nameless.id not in {one.membership.agent_id for one in queries.members_of(town.circle)}


def test_pages_of_members_are_small_and_ask_little(town):
    agent, kitchen = paper(town), paper(town, "Kitchen", "organisation")
    for number in range(60):
        paper(town, f"Member {number:03}")
    browser = Browser(town.accounts["Amina"])
    pages = [of(town), of(town, "add"), of(town, town.accounts["Yusuf"].agent_id), of(town, agent.id)]
    pages += [of(town, kitchen.id), of(town, agent.id, "keeper"), of(town, kitchen.id, "acting"), of(town, agent.id, "area")]
    pages += [f"/c/{town.circle.slug}/{page}/" for page in ("about", "invite", "leave")]
    for page in pages:
        found = measured(browser, page)
        assert found.queries <= 8, (page, found)
        assert found.bytes_compressed <= 14_000, (page, found)


def test_roles_are_given_and_taken_by_coordinators(town):
    yusuf = town.accounts["Yusuf"].agent_id
    browser = Browser(town.accounts["Amina"])
    browser.send(of(town, yusuf, "roles"), {"roles": ["guardian", "treasurer"]})
    assert town.actor("Yusuf").roles == {"member", "guardian", "treasurer"}
    browser.send(of(town, yusuf, "roles"), {})
    assert town.actor("Yusuf").roles == {"member"}
    assert Browser(town.accounts["Ghada"]).send(of(town, yusuf, "roles"), {"roles": ["coordinator"]}).status_code == 403


@pytest.mark.parametrize("role", ["king", "", "coordinator\x00", "x" * 10_000])
def test_a_role_nobody_has_heard_of_is_refused(town, role):
    answer = Browser(town.accounts["Amina"]).send(
        of(town, town.accounts["Yusuf"].agent_id, "roles"), {"roles": [role]}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors["roles"]
    assert town.actor("Yusuf").roles == {"member"}


def test_the_last_coordinator_keeps_the_role(town):
    amina = town.accounts["Amina"].agent_id
    answer = Browser(town.accounts["Amina"]).send(of(town, amina, "roles"), {"roles": []})
    assert answer.status_code == 409
    assert "A community needs a coordinator." in text_of(answer)
    assert town.actor("Amina").is_coordinator


def test_nobody_without_an_account_is_made_coordinator(town):
    agent = paper(town)
    with pytest.raises(Refusal, match="member.no_account"):
        actions.set_roles(town.actor("Amina"), agent.id, ["coordinator"], now=timezone.now())


def test_a_closed_account_does_not_count_as_the_other_coordinator(town):
    actions.set_roles(town.actor("Amina"), town.accounts["Yusuf"].agent_id, ["coordinator"], now=timezone.now())
    town.accounts["Yusuf"].is_active = False
    town.accounts["Yusuf"].save(update_fields=["is_active"])
    with pytest.raises(Refusal, match="member.last_coordinator"):
        actions.leave(town.actor("Amina"), now=timezone.now())


def test_an_organisation_acts_through_named_people(town):
    kitchen = paper(town, "Kitchen", "organisation")
    yusuf = town.accounts["Yusuf"].agent_id
    assert Browser(town.accounts["Yusuf"]).get(of(town, kitchen.id, "acting")).status_code == 403
    browser = Browser(town.accounts["Ghada"])
    assert "Yusuf" in text_of(browser.get(of(town, kitchen.id, "acting")))
    assert browser.send(of(town, kitchen.id, "acting"), {"person": str(yusuf)}).status_code == 302
    assert kitchen.id in town.actor("Yusuf").acts_for
    assert access.agent_to_act_for(town.actor("Yusuf"), kitchen.id) == kitchen
    # Once named, she may name others and take away who named her.
    assert Browser(town.accounts["Yusuf"]).get(of(town, kitchen.id, "acting")).status_code == 200
    ghada = town.accounts["Ghada"].agent_id
    assert Browser(town.accounts["Yusuf"]).send(of(town, kitchen.id, "acting", ghada, "end")).status_code == 302
    assert kitchen.id not in town.actor("Ghada").acts_for
    assert browser.send(of(town, kitchen.id, "acting", yusuf, "end")).status_code == 403


@pytest.mark.parametrize("person", ["x", "\x00", str(uuid.UUID(int=7)), "1" * 5000])
def test_nobody_unknown_acts_for_an_organisation(town, person):
    kitchen = paper(town, "Kitchen", "organisation")
    answer = Browser(town.accounts["Amina"]).send(of(town, kitchen.id, "acting"), {"person": person})
    assert answer.status_code in (404, 422)
    assert town.actor("Ghada").acts_for == {kitchen.id}


def test_only_people_with_accounts_act_and_only_for_organisations(town):
    kitchen, agent = paper(town, "Kitchen", "organisation"), paper(town)
    now, amina = timezone.now(), town.actor("Amina")
    for organisation, person, code in (
        (kitchen.id, agent.id, "member.no_account"),
        (kitchen.id, kitchen.id, "member.unknown"),
        (agent.id, town.accounts["Yusuf"].agent_id, "not_found"),
    ):
        with pytest.raises(Refusal, match=code):
            actions.name_representative(amina, organisation, person, now=now)
    assert Browser(town.accounts["Amina"]).get(of(town, agent.id, "acting")).status_code == 404


def test_a_paper_member_is_given_into_somebodys_care(town):
    agent, yusuf = paper(town), town.accounts["Yusuf"].agent_id
    browser = Browser(town.accounts["Ghada"])
    browser.send(of(town, agent.id, "keeper"), {"person": str(yusuf)})
    assert agent.id in town.actor("Yusuf").acts_for
    assert agent.id not in town.actor("Ghada").acts_for
    assert "Looked after by Yusuf" in text_of(browser.get(of(town, agent.id)))
    browser.send(of(town, agent.id, "keeper"), {"person": ""})
    assert agent.id not in town.actor("Yusuf").acts_for
    assert Browser(town.accounts["Yusuf"]).get(of(town, agent.id, "keeper")).status_code == 403


def test_nobody_is_given_care_of_whoever_acts_alone(town):
    yusuf, now = town.accounts["Yusuf"].agent_id, timezone.now()
    with pytest.raises(Refusal, match="member.acts_alone"):
        actions.look_after(town.actor("Amina"), yusuf, town.accounts["Ghada"].agent_id, now=now)
    assert Browser(town.accounts["Amina"]).get(of(town, yusuf, "keeper")).status_code == 404
    one, other = paper(town, "One"), paper(town, "Other")
    with pytest.raises(Refusal, match="member.no_account"):
        actions.look_after(town.actor("Amina"), one.id, other.id, now=now)


def test_everybody_sets_their_own_area_and_guardians_anybodys(town):
    town.open()
    area = Area.objects.get()
    yusuf, ghada = town.accounts["Yusuf"].agent_id, town.accounts["Ghada"].agent_id
    browser = Browser(town.accounts["Yusuf"])
    assert browser.send(of(town, yusuf, "area"), {"area": str(area.id)}).status_code == 302
    assert area.name in text_of(browser.get(of(town, yusuf)))
    assert browser.send(of(town, ghada, "area"), {"area": str(area.id)}).status_code == 403
    assert Browser(town.accounts["Ghada"]).send(of(town, yusuf, "area"), {"area": ""}).status_code == 302
    town.open()
    assert Membership.objects.get(agent_id=yusuf).area is None


def test_a_coordinator_takes_somebody_off_the_list(town):
    yusuf = town.accounts["Yusuf"].agent_id
    assert Browser(town.accounts["Ghada"]).send(of(town, yusuf, "remove")).status_code == 403
    assert Browser(town.accounts["Amina"]).send(of(town, yusuf, "remove")).status_code == 302
    assert not town.actor("Yusuf").is_member
    assert Browser(town.accounts["Yusuf"]).get(of(town)).status_code == 403
    town.open()
    entry = Entry.objects.get(name="member.removed")
    assert (entry.actor_id, entry.subject_id) == (town.accounts["Amina"].agent_id, yusuf)
    assert Browser(town.accounts["Amina"]).send(of(town, yusuf, "remove")).status_code == 404


@pytest.mark.parametrize("page", ["", "roles", "area", "private", "keeper", "acting", "invite", "remove"])
def test_the_neighbours_ids_open_nothing(town, hill, page):
    huda = hill.accounts["Huda"].agent_id
    for name in ("Amina", "Ghada", "Yusuf"):
        browser = Browser(town.accounts[name])
        address = of(town, huda, page) if page else of(town, huda)
        fields = {"person": str(town.accounts["Yusuf"].agent_id), "roles": ["guardian"]}
        assert {browser.get(address).status_code, browser.send(address, fields).status_code} <= {403, 404, 405}
    hill.open()
    assert hill.actor("Huda").roles == {"member"}


def test_a_neighbour_is_named_nowhere(town, hill):
    kitchen, agent = paper(town, "Kitchen", "organisation"), paper(town)
    browser = Browser(town.accounts["Amina"])
    huda = {"person": str(hill.accounts["Huda"].agent_id)}
    assert browser.send(of(town, kitchen.id, "acting"), huda).status_code == 404
    assert browser.send(of(town, agent.id, "keeper"), huda).status_code == 404


def test_without_a_scope_the_database_shows_no_row_of_any_circle(town, hill):
    paper(town, door="The green door")
    set_agents([])
    for scope, count in (([], 0), ([hill.circle.id], 2), ([town.circle.id], 4)):
        set_scope(scope)
        assert Membership.objects.count() == count
        assert Area.objects.count() == (1 if scope else 0)
    set_scope([hill.circle.id])
    assert not Sealed.objects.filter(circle_id=town.circle.id).exists()
    assert not Entry.objects.filter(circle_id=town.circle.id).exists()


def test_names_are_kept_apart_from_the_text_around_them(town):
    paper(town, "<b>bold</b> & שלום")
    page = Browser(town.accounts["Yusuf"]).get(of(town)).content.decode()
    assert "<bdi>&lt;b&gt;bold&lt;/b&gt; &amp; שלום</bdi>" in page
