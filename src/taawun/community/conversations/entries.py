"""How this room writes to the journal: ids only, and only for those on it.

A message's entry is heard by the sides and the coordinators who are on it at that moment and by nobody else, because
that somebody speaks with somebody is already something.
"""

import uuid
from datetime import datetime

from taawun.community.conversations.access import Place
from taawun.community.conversations.models import Message, Note
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience

AGENT = "agent:"


def about_message(place: Place, message: Message, name: str, *, now: datetime) -> None:
    heard = sorted(str(agent_id) for agent_id in {*place.people(), place.as_id, place.actor.agent_id})
    record.append(
        place.circle.id,
        name,
        actor_id=place.actor.agent_id,
        subject_id=message.id,
        data={"thread": str(place.subject.id), "about": place.subject.kind, "number": message.number},
        now=now,
        audience=Audience.PARTIES,
        topics=[f"thread:{place.subject.id}", *(f"{AGENT}{one}" for one in heard)],
    )


def about_note(note: Note, name: str, actor_id: uuid.UUID | None, *, now: datetime) -> None:
    """Write that there is a note. Of one for coordinators the entry does not say about whom: she may be one of them."""
    record.append(
        note.circle_id,
        name,
        actor_id=actor_id,
        subject_id=note.id,
        data={"kind_of": note.kind, "about": str(note.about_id)} if note.shown else {},
        now=now,
        audience=Audience.PARTIES if note.shown else Audience.COORDINATORS,
        topics=[f"{AGENT}{note.agent_id}"] if note.shown else [],
    )
