"""The only code that writes what a reader does with her notices: read them, say "still there", ask for quiet."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from taawun.community.circles.actor import Actor
from taawun.community.people.models import Consent
from taawun.practice.aid import actions as aid
from taawun.reach.messages import access, links, queries
from taawun.reach.messages.models import Notice


def mark_read(actor: Actor, notice_ids: Iterable[uuid.UUID], *, now: datetime) -> int:
    """Mark one's own notices as read; they are not sent by mail any more."""
    own = Notice.objects.filter(circle_id=actor.circle.id, agent_id=actor.agent_id, read_at__isnull=True)
    return own.filter(pk__in=list(notice_ids)).update(read_at=now)


def mark_conversation_read(circle_id: uuid.UUID, thread_id: uuid.UUID, agent_id: uuid.UUID, now: datetime) -> None:
    """Mark what was told of a conversation as read: its reader has just read the conversation itself."""
    told = Notice.objects.filter(circle_id=circle_id, agent_id=agent_id, read_at__isnull=True)
    told.filter(Q(intent_id=thread_id) | Q(commitment_id=thread_id), name__in=links.IN_A_CONVERSATION).update(read_at=now)


def say_still(token: str, *, now: datetime) -> None:
    """Renew what the link asks about, as the person it was sent to. Sent twice, it happens once."""
    asked = access.asked_by_link(token)
    if asked.standing(now) == access.OPEN:
        aid.renew(asked.actor, asked.intent.id, now=now)
        mark_read(asked.actor, [asked.notice.id], now=now)


def set_mail(agent_id: uuid.UUID, *, wanted: bool, now: datetime) -> None:
    """Write down that somebody wants letters, or none. Saying the same again changes nothing."""
    if (agent_id in queries.wants_mail([agent_id])) != wanted:
        Consent.objects.create(
            agent_id=agent_id, to=queries.MAIL, given=wanted, recorded_by_id=agent_id, recorded_at=now
        )
