"""A member as what a note can be about. There is no conversation about a person."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from django.urls import reverse

from taawun.community.circles.models import Circle, Membership
from taawun.community.conversations.subjects import About, Practice, Subject

KIND = "member"


def _find(circle: Circle, subject_id: uuid.UUID, now: datetime) -> Subject | None:
    return None


def _about(circle: Circle, agent_id: uuid.UUID) -> About | None:
    found = Membership.objects.filter(circle=circle, agent_id=agent_id, left_at__isnull=True).select_related("agent")
    member = found.first()
    if member is None:
        return None
    url = partial(reverse, "circles:member", args=[circle.slug, agent_id])
    return About(KIND, agent_id, member.agent.shown, url, agent_id)


def _ended(circle: Circle, ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, datetime | None]:
    found = Membership.objects.filter(circle=circle, agent_id__in=list(ids))
    return dict(found.values_list("agent_id", "left_at"))


def _mine(circle: Circle, agent_ids: frozenset[uuid.UUID], now: datetime) -> Iterable[uuid.UUID]:
    return ()


PRACTICE = Practice(find=_find, about=_about, ended=_ended, mine=_mine)
