"""How this room writes to the journal: which audience and topics an entry has."""

import uuid
from datetime import datetime

from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.journal.record import NewEntry
from taawun.practice.aid.models import Commitment, Intent


def audience_of(intent: Intent) -> Audience:
    """Who may be told that something happened on an intent: those who may see it on the board."""
    if intent.visibility == "coordinators":
        return Audience.COORDINATORS
    if intent.visibility == "public" and intent.checked_at is not None:
        return Audience.PUBLIC
    return Audience.MEMBERS


def told(told_by: str) -> dict[str, object]:
    """Mark an entry of which nobody is told by itself, because another one, such as of a series, tells of all at once."""
    return {"told_by": told_by} if told_by else {}


def about_intent(
    intent: Intent, name: str, actor_id: uuid.UUID | None, data: dict[str, object], *, now: datetime
) -> None:
    record.append(
        intent.circle_id,
        name,
        actor_id=actor_id,
        subject_id=intent.id,
        data={"direction": intent.direction, "kind": intent.kind, **data},
        now=now,
        audience=audience_of(intent),
        topics=["board", f"intent:{intent.id}", f"agent:{intent.agent_id}"],
    )


def about_commitment(
    commitment: Commitment,
    intents: dict[uuid.UUID, Intent],
    name: str,
    actor_id: uuid.UUID | None,
    data: dict[str, object],
    *,
    now: datetime,
    event_at: datetime | None = None,
) -> None:
    """Write what happened to a commitment; the board of everyone who sees its intents moves."""
    entry = commitment_entry(commitment, intents, name, actor_id, data)
    record.append(
        commitment.circle_id, entry.name, actor_id=actor_id, subject_id=commitment.id, data=entry.data, now=now,
        event_at=event_at, audience=entry.audience, topics=entry.topics,
    )  # fmt: skip


def commitment_entry(
    commitment: Commitment,
    intents: dict[uuid.UUID, Intent],
    name: str,
    actor_id: uuid.UUID | None,
    data: dict[str, object],
) -> NewEntry:
    audience = min(audience_of(intent) for intent in intents.values())
    topics = ["board", f"commitment:{commitment.id}"]
    topics += [f"intent:{intent_id}" for intent_id in intents]
    topics += [f"agent:{commitment.giver_id}", f"agent:{commitment.receiver_id}"]
    facts: dict[str, object] = {
        "request": str(commitment.request_id) if commitment.request_id else None,
        "offer": str(commitment.offer_id) if commitment.offer_id else None,
        "giver": str(commitment.giver_id),
        "receiver": str(commitment.receiver_id),
        "quantity": commitment.quantity,
        **data,
    }
    return NewEntry(name, actor_id, commitment.id, facts, audience, tuple(topics))
