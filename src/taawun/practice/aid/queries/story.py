"""One intent or commitment with everything its page shows: who is on it, and what happened."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from taawun.community.circles.actor import Actor
from taawun.community.people.models import Agent
from taawun.ground.journal.models import Audience, Entry
from taawun.practice.aid import access, rules
from taawun.practice.aid.models import Commitment, Intent
from taawun.practice.aid.queries.mine import Promise, promise


@dataclass(frozen=True, slots=True)
class Story:
    """What happened, oldest first, and the names of actors the reader may see."""

    entries: list[Entry]
    names: dict[uuid.UUID, str]


def _audience(actor: Actor | None) -> int:
    if actor is None or not actor.is_member:
        return Audience.PUBLIC
    return Audience.COORDINATORS if actor.is_coordinator else Audience.MEMBERS


def story(
    circle_id: uuid.UUID, subjects: list[uuid.UUID], actor: Actor | None, *, party: bool, hidden: set[uuid.UUID]
) -> Story:
    """Return the entries about these rows that the reader may see: two statements. ``hidden`` agents have no name."""
    entries = Entry.objects.filter(circle_id=circle_id, subject_id__in=subjects)
    if not party:
        entries = entries.filter(audience__gte=_audience(actor))
    rows = list(entries.order_by("-seq")[:60])[::-1]
    names: dict[uuid.UUID, str] = {}
    if actor is not None and actor.is_member:
        wanted = {row.actor_id for row in rows if row.actor_id} - hidden - actor.hidden_ids
        names = dict(Agent.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return Story(rows, names)


def commitment_ids(intent: Intent) -> list[uuid.UUID]:
    """Return the ids of everything that was ever agreed on an intent, for its timeline."""
    condition = Q(request=intent) if intent.is_request else Q(offer=intent)
    return list(Commitment.objects.filter(condition, circle_id=intent.circle_id).values_list("pk", flat=True)[:100])


def nameless(intent: Intent, actor: Actor | None, *, now: datetime) -> set[uuid.UUID]:
    """Return whose names the timeline of an intent leaves out: who needs help, as anywhere else, until both agreed.

    An offer has many who need it: each is named to herself, to coordinators, and to the giver while she may see her
    door; to nobody else.
    """
    if actor is not None and actor.is_coordinator:
        return set()
    own_ids = actor.own_ids if actor is not None else frozenset()
    if intent.is_request:
        return {intent.agent_id} - own_ids
    promised = Commitment.objects.filter(offer=intent, circle_id=intent.circle_id)
    sides = list(promised.only("giver_id", "receiver_id", "agreed_at", "ended_at"))
    known = {one.receiver_id for one in sides if actor is not None and access.may_reveal(one, actor, now=now)}
    return {one.receiver_id for one in sides} - known - own_ids


def nameless_owner(agent_id: uuid.UUID, actor: Actor | None) -> set[uuid.UUID]:
    """Return whose name the timeline of what repeats leaves out: who needs help, but to herself and coordinators."""
    if actor is not None and (actor.is_coordinator or actor.is_one_of(agent_id)):
        return set()
    return {agent_id}


def commitments_on(intent: Intent, actor: Actor | None, *, now: datetime) -> list[Promise]:
    """Return the commitments on an intent that this reader may open: parties and coordinators."""
    if actor is None:
        return []
    condition = Q(request=intent) if intent.is_request else Q(offer=intent)
    rows = (
        Commitment.objects.filter(condition, circle=actor.circle)
        .exclude(state="released")
        .select_related("request__area", "offer__area", *access.SIDES)
        .order_by("-made_at")[:40]
    )
    seen = [
        row
        for row in rows
        if access.is_party(row, actor) or (actor.is_coordinator and not actor.hides(row.giver_id, row.receiver_id))
    ]
    return [promise(row, actor, now=now) for row in seen]


def own_intents_to_use(intent: Intent, actor: Actor) -> list[Intent]:
    """Return the reader's own open intents of the other direction that fit, to be used up by a claim."""
    other = rules.Direction.OFFER if intent.is_request else rules.Direction.REQUEST
    return list(
        Intent.objects.filter(
            circle=actor.circle, agent_id__in=actor.own_ids, direction=other, kind=intent.kind, state="open"
        ).order_by("-fresh_at")[:5]
    )
