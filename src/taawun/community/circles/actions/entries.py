"""How this room writes to the journal: what members may know of each other's coming, going and roles."""

import uuid
from datetime import datetime

from taawun.community.circles.actor import Actor
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience


def tell_members(actor: Actor, name: str, subject_id: uuid.UUID | None, data: dict[str, object], now: datetime) -> None:
    record.append(
        actor.circle.id,
        name,
        actor_id=actor.agent_id,
        subject_id=subject_id,
        data=data,
        now=now,
        audience=Audience.MEMBERS,
        topics=["members"],
    )
