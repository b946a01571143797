"""Letters about coming in anew: to every old address with the link that stops it, and the door to whoever asked."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from taawun.community.circles import actions as circles
from taawun.community.circles.models import Membership, Recovery
from taawun.community.people import actions as people
from taawun.community.people.models import Contact
from taawun.reach.messages import following, jobs, letters, queries, recovering
from tests.world import World


@pytest.fixture
def asked(world: World, settings) -> Recovery:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    world.now = timezone.now()
    world.join("Omar", "coordinator")
    world.open()
    before = timezone.now() - timedelta(days=30)
    Membership.objects.update(joined_at=before)
    Membership.objects.exclude(second_factor_asked_at=None).update(second_factor_asked_at=world.now - timedelta(days=1))
    people.add_contact(world.accounts["Yusuf"], "old@example.org", "GB", now=world.now, verified=True)
    circles.ask_recovery(
        community=world.circle.slug, name="Yusuf", address="new@example.org", note="", region="GB", visitor="v", now=world.now
    )
    world.open()
    return Recovery.objects.get()


def test_the_old_address_hears_of_it_and_the_new_one_gets_the_door(world: World, asked: Recovery) -> None:
    yusuf = world.accounts["Yusuf"].agent_id
    circles.vouch(world.actor("Amina"), asked.id, yusuf, now=world.now)
    contact = Contact.objects.get(agent_id=yusuf)
    assert recovering.tell(asked.id, contact.id, now=world.now)
    assert not recovering.open_door(asked.id, now=world.now)
    circles.vouch(world.actor("Omar"), asked.id, yusuf, now=world.now)
    jobs.recovery_opened(str(asked.id))
    told, door = mail.outbox
    assert (told.to, door.to) == (["old@example.org"], ["new@example.org"])
    assert re.search(r"/way-back/[\w-]+/stop/", told.body)
    assert re.search(r"/way-back/[\w-]+/\s", door.body)
    # What a locked phone shows says nothing: no name, no community.
    seen = told.subject + told.body[: letters.PREVIEW_LENGTH]
    assert "Yusuf" not in seen and world.circle.name not in seen and "vouch" not in seen


def test_nobody_is_told_of_what_has_ended_or_by_an_address_that_is_not_hers(world: World, asked: Recovery) -> None:
    yusuf = world.accounts["Yusuf"].agent_id
    circles.vouch(world.actor("Amina"), asked.id, yusuf, now=world.now)
    other = people.add_contact(world.accounts["Zeynep"], "zeynep@example.org", "GB", now=world.now, verified=True)
    assert not recovering.tell(asked.id, other.id, now=world.now)
    world.open()
    circles.decline_recovery(world.actor("Amina"), asked.id, now=world.now)
    assert not recovering.tell(asked.id, Contact.objects.get(agent_id=yusuf).id, now=world.now)
    assert not mail.outbox


def test_coordinators_find_it_among_their_notices(world: World, asked: Recovery) -> None:
    world.open()
    following.follow(world.circle, now=world.now)
    told = queries.notices_of(world.actor("Omar"))
    assert [(one.path, one.icon) for one in told if "lost every way in" in one.text] == [
        (f"/c/{world.circle.slug}/way-back/", "key")
    ]
    assert not queries.notices_of(world.actor("Zeynep"))
