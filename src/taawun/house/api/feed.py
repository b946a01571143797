"""The journal over the API: what the live stream tells, to be asked for. Names, subjects and topics, never content."""

import uuid
from typing import Annotated

from ninja import Router
from pydantic import Field

from taawun.community.circles.actor import Actor
from taawun.community.circles.api import as_visitor
from taawun.community.circles.models import Circle
from taawun.community.people.api.shapes import LIMIT_DEFAULT, Answer, Limit, Page, Slug
from taawun.community.people.api.tokens import READS_PUBLIC, ApiRequest
from taawun.ground.journal.models import Audience, Entry
from taawun.house.live import events, gate

router = Router(tags=["journal"])
READ_AT_ONCE = 500
SEQ_MAX = (1 << 53) - 1
Place = Annotated[int, Field(ge=0, le=SEQ_MAX, description="The place after which to begin; 0 for the beginning")]


class EntryFacts(Answer):
    """Something happened. Fetch anew what its topics name."""

    seq: int
    name: str
    subject: uuid.UUID | None
    topics: list[str]


@router.get(
    "/circles/{slug}/journal", auth=READS_PUBLIC, response=Page[EntryFacts], operation_id="list_journal",
    summary="What happened since",
)
def list_journal(
    request: ApiRequest,
    slug: Slug,
    since: Place = 0,
    limit: Limit = LIMIT_DEFAULT,
) -> Page[EntryFacts]:
    """Return the entries this caller may be told of after a place, oldest first.

    ``next`` is the place to ask from for more that is there already; when it is null, ask again later from the last
    entry's ``seq``.
    """
    with as_visitor(request, slug) as (circle, actor, _now):
        seat = _seat(circle, actor)
        lines = _lines(circle, since)
        items: list[EntryFacts] = []
        for line in lines:
            own = seat.own_topics & events.agent_topics(line)
            if not own and line.audience < seat.audience:
                continue
            if len(items) == limit:
                return Page[EntryFacts](items=items, next=str(items[-1].seq))
            topics = [one for one in line.topics if one in own or not one.startswith(events.AGENT_TOPIC)]
            items.append(EntryFacts(seq=line.seq, name=line.name, subject=line.subject_id, topics=topics))
        more = len(lines) == READ_AT_ONCE
        return Page[EntryFacts](items=items, next=str(lines[-1].seq) if more else None)


def _lines(circle: Circle, since: int) -> list[events.Line]:
    found = Entry.objects.filter(circle_id=circle.id, seq__gt=since).order_by("seq")
    return [
        events.Line(seq, name, actor_id, subject_id, audience, tuple(topics))
        for seq, name, actor_id, subject_id, audience, topics in found.values_list(*gate.FIELDS)[:READ_AT_ONCE]
    ]


def _seat(circle: Circle, actor: Actor | None) -> events.Seat:
    """Return where the caller sits, by the same rule as the live stream's gate."""
    if actor is None:
        return events.Seat(circle.id, Audience.PUBLIC, None, frozenset())
    audience = Audience.PUBLIC if circle.is_public else gate.NOBODY
    if actor.is_member:
        audience = Audience.COORDINATORS if actor.is_coordinator else Audience.MEMBERS
    own_topics = frozenset(f"{events.AGENT_TOPIC}{agent_id}" for agent_id in actor.own_ids)
    return events.Seat(circle.id, audience, actor.agent_id, own_topics)
