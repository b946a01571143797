"""Who looks for whom: an organisation's own people, and a coordinator for a side without an account."""

import pytest

from taawun.community.circles import actions as circles
from taawun.community.people.models import AgentKind
from taawun.ground.journal.models import Entry
from taawun.practice.aid import access, actions
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.actions.agreeing import Reach
from tests.world import NOW

PHONE = "+442079460155"


def looks(subject_id):
    return Entry.objects.filter(name="vault.revealed", subject_id=subject_id).count()


def opened(world, who, commitment):
    actor = world.actor(who)
    return access.contact_details(access.commitment(actor, commitment.id), actor, now=NOW)


@pytest.fixture
def filed(world):
    draft = IntentDraft(
        direction="request", kind="food.cooked_meal", quantity=2, urgency=2, private=Private("Hala", PHONE, "the mill")
    )
    intent, _code = actions.post_without_account(world.circle, draft, visitor="somebody", now=NOW)
    return actions.claim(world.actor("Yusuf"), intent.id, reach=Reach(PHONE), now=NOW)


def test_who_represents_an_organisation_looks_at_its_own(world):
    kitchen = circles.add_member(
        world.actor("Amina"), name="Kitchen", kind=AgentKind.ORGANISATION, consented=True, now=NOW
    ).agent
    circles.name_representative(world.actor("Amina"), kitchen.id, world.accounts["Yusuf"].agent_id, now=NOW)
    need = world.need("Zeynep")
    promised = actions.claim(world.actor("Yusuf"), need.id, on_behalf_of=kitchen.id, reach=Reach(PHONE), now=NOW)
    assert opened(world, "Yusuf", promised)["receiver"]["door"]
    assert looks(kitchen.id) == 0 and looks(need.agent_id) == 1
    opened(world, "Zeynep", promised)
    assert looks(kitchen.id) == 1


def test_who_looks_after_a_neighbour_still_leaves_a_look(world):
    paper = circles.add_member(world.actor("Amina"), name="Old Hamza", door="mill", consented=True, now=NOW).agent
    promised = actions.claim(
        world.actor("Amina"), world.need("Zeynep").id, on_behalf_of=paper.id, reach=Reach(PHONE), now=NOW
    )
    opened(world, "Amina", promised)
    assert looks(paper.id) == 1


def test_a_coordinator_is_the_eyes_of_who_has_no_account(world, filed):
    """Somebody has to take the call when the paper with the code is lost; both can read that she looked."""
    assert opened(world, "Amina", filed)["giver"]["phone"] == PHONE
    assert looks(filed.giver_id) == 1 and looks(filed.receiver_id) == 1


def test_for_who_has_an_account_or_people_of_its_own_she_is_not(world):
    promised = actions.claim(world.actor("Yusuf"), world.need("Zeynep").id, now=NOW)
    assert opened(world, "Amina", promised) == {}
    kitchen = circles.add_member(
        world.join("Khadija", "coordinator"), name="Kitchen", kind=AgentKind.ORGANISATION, consented=True, now=NOW
    ).agent
    by_kitchen = actions.claim(world.actor("Khadija"), world.need("Zeynep").id, on_behalf_of=kitchen.id, now=NOW)
    assert opened(world, "Amina", by_kitchen) == {}


def test_the_page_shows_her_the_side_she_needs(world, filed, client):
    client.force_login(world.accounts["Amina"])
    page = client.get(f"/c/{world.circle.slug}/k/{filed.id}/").content.decode()
    assert "Who brings it" in page and "Where it goes" not in page and "7946 0155" in page
    client.force_login(world.accounts["Yusuf"])
    page = client.get(f"/c/{world.circle.slug}/k/{filed.id}/").content.decode()
    assert "Where it goes" in page and "Who brings it" not in page
