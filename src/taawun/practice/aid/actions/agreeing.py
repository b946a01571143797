"""Two sides agree: somebody is on it, the other says yes, or it is let go without shame."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from taawun.community.circles import access as circle_access
from taawun.community.circles.actor import Actor
from taawun.community.circles.rights import Right
from taawun.community.people import blocks, texts
from taawun.community.people.models import Agent
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.practice.aid import access, rules
from taawun.practice.aid.actions import entries
from taawun.practice.aid.actions.holding import apply_all, release
from taawun.practice.aid.actions.posting import DETAILS_LENGTH_MAX, DOOR_LENGTH_MAX, normal_reach
from taawun.practice.aid.models import Commitment, Intent


@dataclass(frozen=True, slots=True)
class Reach:
    """How the one who claims can be found: shown to the other side once both agree, and to nobody else."""

    phone: str = ""
    door: str = ""
    details: str = ""


def claim(
    actor: Actor,
    intent_id: uuid.UUID,
    *,
    quantity: int | None = None,
    with_intent: uuid.UUID | None = None,
    on_behalf_of: uuid.UUID | None = None,
    reach: Reach = Reach(),
    now: datetime,
) -> Commitment:
    """"I'm on this": take a request (as the giver) or an offer (as the receiver), whole or in part.

    ``with_intent`` is the claimer's own intent of the other direction, which is then used up as well.
    """
    agent = circle_access.agent_to_act_for(actor, on_behalf_of, right=Right.ANSWER)
    with transaction.atomic():
        seen = access.intent(actor.circle, actor, intent_id)
        if with_intent is not None:
            mine = access.intent(actor.circle, actor, with_intent)
            if mine.agent_id != agent.id:
                raise Refusal.forbidden()
        if not (actor.is_member or agent.id in actor.represents):
            raise Refusal.forbidden("claim.members_only")
        locked = access.lock_intents(actor.circle, seen.id, with_intent)
        intent = locked[seen.id]
        # Also when a coordinator enters it for somebody she does not look after: nobody helps herself.
        if intent.agent_id == agent.id:
            raise Refusal("claim.own")
        require_seen(agent.id, intent.agent_id)
        yes = rules.needs_yes(actor.circle.accept_claims, intent.terms, vouched=actor.is_coordinator)
        claimed = rules.claim(intent.terms, quantity, now=now, needs_yes=yes)
        if with_intent is not None:
            _require_pair(intent, locked[with_intent], claimed.quantity, now=now)
        commitment = commit(actor, locked, intent, agent, claimed, now=now)
        seal_reach(commitment, agent, intent, reach, now=now)
        entries.about_commitment(
            commitment, locked, "claim.made", actor.agent_id, {"agreed": commitment.state == "agreed"}, now=now
        )
    return commitment


def require_seen(one_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Two who are hidden from each other meet in no promise, whoever brings them together. It is not said why."""
    if blocks.are_hidden(one_id, other_id):
        raise Refusal.not_found()


def _require_pair(intent: Intent, other: Intent, quantity: int, *, now: datetime) -> None:
    if intent.direction == other.direction or intent.kind != other.kind or intent.unit != other.unit:
        raise Refusal("claim.kinds_differ", "with_intent")
    rules.claim(other.terms, quantity, now=now, needs_yes=False)


def _clocks(intents: dict[uuid.UUID, Intent], *, now: datetime) -> rules.ClaimClocks:
    """Return the clocks of a claim: those of the need, where there is one, else of the offer."""
    leading = next((one for one in intents.values() if one.is_request), next(iter(intents.values())))
    return rules.claim_clocks(
        rules.Urgency(leading.urgency), starts_at=leading.starts_at, ends_at=leading.ends_at, now=now
    )


def commit(
    actor: Actor,
    locked: dict[uuid.UUID, Intent],
    intent: Intent,
    claimer: Agent,
    claimed: rules.Claimed,
    *,
    now: datetime,
) -> Commitment:
    commitment = drawn_up(actor, locked, intent, claimer, claimed, now=now)
    commitment.save(force_insert=True)
    apply_all(locked, lambda terms: rules.hold(terms, claimed.quantity), now=now)
    return commitment


def drawn_up(
    actor: Actor,
    locked: dict[uuid.UUID, Intent],
    intent: Intent,
    claimer: Agent,
    claimed: rules.Claimed,
    *,
    now: datetime,
) -> Commitment:
    """Return a commitment that is not written yet."""
    request = next((one for one in locked.values() if one.is_request), None)
    offer = next((one for one in locked.values() if not one.is_request), None)
    giver_id = claimer.id if intent.is_request else intent.agent_id
    receiver_id = intent.agent_id if intent.is_request else claimer.id
    times = _clocks(locked, now=now)
    return Commitment(
        circle=actor.circle,
        request=request,
        offer=offer,
        giver_id=giver_id,
        receiver_id=receiver_id,
        made_by_id=actor.agent_id if actor.agent_id != claimer.id else None,
        quantity=claimed.quantity,
        state=claimed.state,
        waiting_for=claimed.waiting_for or "",
        made_at=now,
        agreed_at=now if claimed.state == "agreed" else None,
        due_at=times.due_at,
        warn_at=times.warn_at,
        release_at=times.release_at,
    )


def seal_reach(commitment: Commitment, claimer: Agent, intent: Intent, reach: Reach, *, now: datetime) -> None:
    side = "giver" if intent.is_request else "receiver"
    fields = {
        f"{side}_name": claimer.name,
        f"{side}_phone": normal_reach(reach.phone, commitment.circle.region, "phone"),
        f"{side}_door": texts.paragraph(reach.door, "door", DOOR_LENGTH_MAX),
        f"{side}_details": texts.paragraph(reach.details, "details", DETAILS_LENGTH_MAX),
    }
    store.seal(
        circle_id=commitment.circle_id, subject_id=claimer.id, row_id=commitment.id, fields=fields, now=now
    )


def propose(
    actor: Actor, request_id: uuid.UUID, offer_id: uuid.UUID, *, quantity: int | None = None, now: datetime
) -> Commitment:
    """Whoever needs, or a coordinator, asks a giver: a request and an offer are joined and wait for the giver's yes."""
    with transaction.atomic():
        request = access.intent(actor.circle, actor, request_id)
        if not access.may_manage(request, actor):
            raise Refusal.forbidden()
        offer = access.intent(actor.circle, actor, offer_id)
        locked = access.lock_intents(actor.circle, request.id, offer.id)
        request, offer = locked[request.id], locked[offer.id]
        if request.agent_id == offer.agent_id:
            raise Refusal("claim.own")
        require_seen(request.agent_id, offer.agent_id)
        wanted = min(request.left, offer.left) if quantity is None else quantity
        claimed = rules.claim(offer.terms, wanted, now=now, needs_yes=True)
        _require_pair(offer, request, claimed.quantity, now=now)
        receiver = Agent.objects.get(pk=request.agent_id)
        commitment = commit(actor, locked, offer, receiver, claimed, now=now)
        entries.about_commitment(commitment, locked, "match.proposed", actor.agent_id, {}, now=now)
    return commitment


def _require_side(commitment: Commitment, actor: Actor, side: str) -> None:
    if not side or not access.may_act_as(commitment, actor, rules.Side(side)):
        raise Refusal.forbidden("commitment.not_yours")


def accept(actor: Actor, commitment_id: uuid.UUID, *, reach: Reach = Reach(), now: datetime) -> Commitment:
    """Say yes to a claim or a proposal. From now on each side sees how to find the other."""
    with transaction.atomic():
        commitment, intents = access.commitment_to_move(actor, commitment_id)
        after = rules.move(commitment.state, "accept")
        _require_side(commitment, actor, commitment.waiting_for)
        times = _clocks(intents, now=now)
        side, commitment.waiting_for = commitment.waiting_for, ""
        commitment.state, commitment.agreed_at = after, now
        commitment.warn_at, commitment.release_at, commitment.warned_at = times.warn_at, times.release_at, None
        commitment.save()
        agent_id = commitment.giver_id if side == "giver" else commitment.receiver_id
        store.seal(
            circle_id=commitment.circle_id,
            subject_id=agent_id,
            row_id=commitment.id,
            fields={
                name: text
                for name, text in {
                    f"{side}_phone": normal_reach(reach.phone, actor.circle.region, "phone"),
                    f"{side}_door": texts.paragraph(reach.door, "door", DOOR_LENGTH_MAX),
                }.items()
                if text
            },
            now=now,
        )
        entries.about_commitment(commitment, intents, "claim.accepted", actor.agent_id, {}, now=now)
    return commitment


def decline(actor: Actor, commitment_id: uuid.UUID, *, now: datetime) -> Commitment:
    """Say no to a claim or a proposal; its part is open again."""
    with transaction.atomic():
        commitment, intents = access.commitment_to_move(actor, commitment_id)
        rules.move(commitment.state, "decline")
        _require_side(commitment, actor, commitment.waiting_for)
        release(commitment, intents, "declined", actor_id=actor.agent_id, now=now, entry="claim.declined")
    return commitment


def drop_out(actor: Actor, commitment_id: uuid.UUID, *, now: datetime) -> Commitment:
    """Either side lets go, without a reason being asked; a coordinator may let go for them."""
    with transaction.atomic():
        commitment, intents = access.commitment_to_move(actor, commitment_id)
        release(commitment, intents, "dropped_out", actor_id=actor.agent_id, now=now)
    return commitment


def still_on_it(actor: Actor, commitment_id: uuid.UUID, *, now: datetime) -> Commitment:
    """One tap after the warning: the claim's clock starts again."""
    with transaction.atomic():
        commitment, intents = access.commitment_to_move(actor, commitment_id)
        if commitment.state not in rules.LIVING:
            raise Refusal.conflict("commitment.not_release")
        if not access.may_act_as(commitment, actor, rules.Side.GIVER):
            raise Refusal.forbidden("commitment.not_yours")
        times = _clocks(intents, now=now)
        commitment.warn_at, commitment.release_at, commitment.warned_at = times.warn_at, times.release_at, None
        commitment.save(update_fields=["warn_at", "release_at", "warned_at"])
        entries.about_commitment(commitment, intents, "claim.kept", actor.agent_id, {}, now=now)
    return commitment


def hand_over(actor: Actor, commitment_id: uuid.UUID, to_agent_id: uuid.UUID, *, now: datetime) -> Commitment:
    """Hand a promise to another member: the part is never open in between. The new giver says yes first."""
    with transaction.atomic():
        commitment, intents = access.commitment_to_move(actor, commitment_id)
        if not access.may_act_as(commitment, actor, rules.Side.GIVER) and not actor.is_coordinator:
            raise Refusal.forbidden("commitment.not_yours")
        successor = circle_access.member(actor, to_agent_id).agent
        if successor.id in {commitment.giver_id, commitment.receiver_id}:
            raise Refusal("hand_over.member", "to")
        request = next((one for one in intents.values() if one.is_request), None)
        if request is None:
            raise Refusal("hand_over.member", "to")
        require_seen(successor.id, commitment.receiver_id)
        release(commitment, intents, "handed_over", actor_id=actor.agent_id, now=now, entry="claim.handed_over")
        only = {request.id: request}
        claimed = rules.Claimed(commitment.quantity, "waiting", rules.Side.GIVER)
        passed_on = commit(actor, only, request, successor, claimed, now=now)
        passed_on.handed_on_from, passed_on.due_at = commitment, commitment.due_at
        passed_on.save(update_fields=["handed_on_from", "due_at"])
        entries.about_commitment(passed_on, only, "claim.made", actor.agent_id, {"agreed": False}, now=now)
    return passed_on
