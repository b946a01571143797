"""A need with two who help, one who dropped out, and people who are not on it."""

import uuid
from dataclasses import dataclass

import pytest
from django.utils import timezone

from taawun.community.conversations import access, actions
from taawun.community.conversations.access import Place
from taawun.community.conversations.models import Message
from taawun.practice.aid import actions as aid
from taawun.practice.aid.models import Commitment, Intent
from tests.world import World, make_world


@dataclass
class Talking:
    """The need of Zeynep: Yusuf and Layla are on it, Kamal let go, Huda is a member like any other, Amina coordinates."""

    world: World
    need: Intent
    promises: dict[str, Commitment]

    def place(self, who: str, thread: uuid.UUID | None = None) -> Place:
        return access.inside(self.world.actor(who), thread or self.need.id, now=self.world.now)

    def say(self, who: str, text: str, **more: object) -> Message:
        return actions.post(self.place(who), text, now=self.world.now, **more)  # type: ignore[arg-type]

    def address(self, thread: uuid.UUID | None = None) -> str:
        return f"/c/{self.world.circle.slug}/talk/{thread or self.need.id}/"


@pytest.fixture
def talking(db: None) -> Talking:
    return make_talking()


def make_talking() -> Talking:
    world = make_world()
    world.now = timezone.now()
    for name in ("Yusuf", "Layla", "Kamal", "Zeynep", "Huda"):
        world.join(name)
    world.join("Omar", "coordinator")
    need = world.need("Zeynep", 6)
    promises = {
        name: aid.claim(world.actor(name), need.id, quantity=1, now=world.now) for name in ("Yusuf", "Layla", "Kamal")
    }
    aid.drop_out(world.actor("Kamal"), promises["Kamal"].id, now=world.now)
    return Talking(world, need, promises)
