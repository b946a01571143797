"""Who may open which intent and commitment for what: the only way to fetch one. Fails closed, as "not found"."""

import uuid
from datetime import datetime

from django.db.models import Q, QuerySet

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.community.people.models import Agent
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import set_scope
from taawun.ground.vault import store
from taawun.practice.aid import receipts, rules
from taawun.practice.aid.models import Commitment, Intent, Receipt


def visible_intents(circle: Circle, actor: Actor | None) -> QuerySet[Intent]:
    """Return the intents of a circle that this person may see, for lists: outsiders see what is public and checked."""
    intents = Intent.objects.filter(circle=circle)
    if actor is not None and actor.is_coordinator:
        return intents
    if actor is not None and actor.is_member:
        return intents.filter(Q(visibility__in=["public", "members"]) | Q(agent_id__in=actor.own_ids))
    public = Q(visibility="public", checked_at__isnull=False)
    if actor is not None:
        return intents.filter(public | Q(agent_id__in=actor.own_ids))
    return intents.filter(public)


def intent(circle: Circle, actor: Actor | None, intent_id: uuid.UUID) -> Intent:
    """Return one intent that this person may see. A party of a commitment on it sees it too."""
    found = visible_intents(circle, actor).select_related("agent", "area", "entered_by").filter(pk=intent_id).first()
    if found is None and actor is not None:
        party = Commitment.objects.filter(
            Q(request_id=intent_id) | Q(offer_id=intent_id),
            Q(giver_id__in=actor.own_ids) | Q(receiver_id__in=actor.own_ids),
            circle=circle,
        )
        if party.exists():
            found = Intent.objects.select_related("agent", "area", "entered_by").get(pk=intent_id)
    if found is None:
        raise Refusal.not_found()
    return found


def may_manage(intent_: Intent, actor: Actor | None) -> bool:
    """Whose it is, who acts for them, and coordinators may change, renew and withdraw it and answer claims on it."""
    return actor is not None and (actor.is_one_of(intent_.agent_id) or actor.is_coordinator)


def intent_to_manage(actor: Actor, intent_id: uuid.UUID) -> Intent:
    """Return the intent, locked, for one who may change it."""
    found = intent(actor.circle, actor, intent_id)
    if not may_manage(found, actor):
        raise Refusal.forbidden()
    return lock_intents(actor.circle, found.id)[found.id]


def lock_intents(circle: Circle, *intent_ids: uuid.UUID | None) -> dict[uuid.UUID, Intent]:
    """Lock intents of this circle in the order of their ids, so that two actions never wait for each other in a ring."""
    wanted = sorted(one for one in intent_ids if one is not None)
    rows = Intent.objects.select_for_update().filter(circle=circle, pk__in=wanted).order_by("pk")
    return {row.id: row for row in rows}


def is_party(commitment_: Commitment, actor: Actor | None) -> bool:
    return actor is not None and actor.is_one_of(commitment_.giver_id, commitment_.receiver_id)


def commitment(actor: Actor, commitment_id: uuid.UUID) -> Commitment:
    """Return a commitment for its two sides, those who act for them, and coordinators."""
    found = (
        Commitment.objects.filter(circle=actor.circle, pk=commitment_id)
        .select_related("request__agent", "request__area", "offer__agent", "offer__area", "giver", "receiver", "made_by")
        .first()
    )
    if found is None or not (is_party(found, actor) or actor.is_coordinator):
        raise Refusal.not_found()
    return found


def commitment_to_move(actor: Actor, commitment_id: uuid.UUID) -> tuple[Commitment, dict[uuid.UUID, Intent]]:
    """Return a commitment and its intents, all locked: intents first, then the commitment."""
    found = commitment(actor, commitment_id)
    intents = lock_intents(actor.circle, found.request_id, found.offer_id)
    locked = Commitment.objects.select_for_update().get(pk=found.id)
    return locked, intents


def may_act_as(commitment_: Commitment, actor: Actor, side: rules.Side) -> bool:
    """A side acts for itself; a coordinator acts for a side without an account (a filed need, a paper member)."""
    agent_id = commitment_.giver_id if side is rules.Side.GIVER else commitment_.receiver_id
    if actor.is_one_of(agent_id):
        return True
    return actor.is_coordinator and not Agent.objects.filter(pk=agent_id, account__is_active=True).exists()


def by_receipt(code: str) -> tuple[Intent, Actor]:
    """Return the intent a receipt code follows, and the actor its holder is: nobody else, and no member."""
    found = Receipt.objects.filter(index=receipts.index_of(code)).first()
    if found is None:
        raise Refusal("receipt.unknown", "code", status=404)
    return by_holder(found.circle_id, found.intent_id)


def by_holder(circle_id: uuid.UUID, intent_id: uuid.UUID) -> tuple[Intent, Actor]:
    """Return the need of somebody who has shown its receipt in this session, and open the circle's scope."""
    set_scope([circle_id])
    row = Intent.objects.filter(pk=intent_id).select_related("circle", "agent", "area").first()
    if row is None:
        raise Refusal("receipt.unknown", "code", status=404)
    actor = Actor(
        agent_id=row.agent_id, circle=row.circle, roles=frozenset(), is_member=False, acts_for=frozenset(), name=""
    )
    return row, actor


def may_reveal(commitment_: Commitment, actor: Actor, *, now: datetime) -> bool:
    """After acceptance and not before; until 48 hours after the end; to the two sides and who acts for them."""
    if commitment_.agreed_at is None or not is_party(commitment_, actor):
        return False
    until = rules.reveal_ends_at(commitment_.ended_at)
    return until is None or now < until


def contact_details(commitment_: Commitment, actor: Actor, *, now: datetime) -> dict[str, dict[str, str]]:
    """Return what each side needs of the other: ``giver`` and ``receiver`` to name, phone, door, details, point.

    Each look leaves an entry in the journal before anything is shown.
    """
    if not may_reveal(commitment_, actor, now=now):
        return {}
    rows = [one for one in (commitment_.id, commitment_.request_id, commitment_.offer_id) if one is not None]
    opened = store.reveal(actor.viewer, rows, f"commitment:{commitment_.id}", circle_id=actor.circle.id, now=now)
    sides: dict[str, dict[str, str]] = {"giver": {}, "receiver": {}}
    if commitment_.request_id:
        sides["receiver"].update(opened.get(commitment_.request_id, {}))
    if commitment_.offer_id:
        sides["giver"].update(opened.get(commitment_.offer_id, {}))
    for field, text in opened.get(commitment_.id, {}).items():
        side, _, name = field.partition("_")
        sides[side][name] = text
    return sides


def details_for_coordinator(actor: Actor, intent_id: uuid.UUID, why: str, *, now: datetime) -> dict[str, str]:
    """Open a need's sealed fields for a coordinator who gives a reason, as when she calls the person back."""
    found = intent(actor.circle, actor, intent_id)
    if not actor.is_coordinator and not actor.is_one_of(found.agent_id):
        raise Refusal.forbidden()
    if not actor.is_one_of(found.agent_id) and len(why.strip()) < 5:
        raise Refusal("reveal.why", "why")
    reason = "own" if actor.is_one_of(found.agent_id) else "coordination"
    opened = store.reveal(actor.viewer, [found.id], reason, circle_id=actor.circle.id, now=now)
    return opened.get(found.id, {})
