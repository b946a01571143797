"""What is mine: what I asked and offered, what I promised, what waits for my answer, and who looked at my data."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.community.people.models import Agent
from taawun.ground.journal.models import Entry
from taawun.practice.aid import rules
from taawun.practice.aid.models import Commitment, Intent
from taawun.practice.aid.queries.board import Card, cards

ENDED_SHOWN_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment as one of its two sides sees it in a list."""

    commitment: Commitment
    intent: Intent
    kind: CircleKind
    gives: bool
    waits_for_me: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Mine:
    to_answer: list[Promise]
    promised: list[Promise]
    coming: list[Promise]
    ended: list[Promise]
    intents: list[Card]


def mine(actor: Actor, *, now: datetime) -> Mine:
    """Return the page of one person in one circle: three statements."""
    ids = list(actor.own_ids)
    rows = list(
        Commitment.objects.filter(Q(giver_id__in=ids) | Q(receiver_id__in=ids), circle=actor.circle)
        .filter(Q(state__in=rules.LIVING) | Q(ended_at__gt=now - ENDED_SHOWN_FOR))
        .exclude(state="released", reason="handed_over")
        .select_related("request__area", "offer__area", "giver", "receiver")
        .order_by("due_at")[:200]
    )
    promises = [promise(one, actor, now=now) for one in rows]
    intents = (
        Intent.objects.filter(circle=actor.circle, agent_id__in=ids)
        .exclude(state__in=["withdrawn", "fulfilled"], closed_at__lt=now - ENDED_SHOWN_FOR)
        .select_related("agent", "area")
        .order_by("-posted_at")[:60]
    )
    living = [one for one in promises if one.commitment.state in rules.LIVING]
    return Mine(
        to_answer=[one for one in living if one.waits_for_me],
        promised=[one for one in living if one.gives and not one.waits_for_me],
        coming=[one for one in living if not one.gives and not one.waits_for_me],
        ended=[one for one in reversed(promises) if one.commitment.state not in rules.LIVING],
        intents=cards(intents, actor.circle, actor, now=now),
    )


def promise(commitment: Commitment, actor: Actor, *, now: datetime) -> Promise:
    intent = commitment.request or commitment.offer
    assert intent is not None
    gives = actor.is_one_of(commitment.giver_id)
    waits = {"giver": commitment.giver_id, "receiver": commitment.receiver_id}.get(commitment.waiting_for)
    return Promise(
        commitment=commitment,
        intent=intent,
        kind=kinds.shown(actor.circle, intent.kind),
        gives=gives,
        waits_for_me=commitment.state == "waiting" and actor.is_one_of(waits),
        late=commitment.state == "agreed" and commitment.due_at < now,
    )


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody opened sealed data: who, which fields, why and when."""

    who: str
    fields: list[str]
    why: str
    at: datetime


def looks_at(circle_id: uuid.UUID, agent_ids: list[uuid.UUID], limit: int = 50) -> list[Look]:
    """Return who looked at the sealed data of these agents, newest first: two statements."""
    entries = list(
        Entry.objects.filter(circle_id=circle_id, subject_id__in=agent_ids, name="vault.revealed").order_by("-seq")[
            :limit
        ]
    )
    names = dict(Agent.objects.filter(pk__in={one.actor_id for one in entries}).values_list("pk", "name"))
    looks = []
    for one in entries:
        data = json.loads(one.body)["data"]
        name = names.get(one.actor_id, "") if one.actor_id else ""
        looks.append(Look(name, list(data["fields"]), str(data["why"]).partition(":")[0], one.recorded_at))
    return looks
