"""It happens: delivered, received, thanked, or failed with a reason."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from taawun.community.circles.actor import Actor
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, rules
from taawun.practice.aid.actions import entries
from taawun.practice.aid.actions.holding import apply_all, end
from taawun.practice.aid.models import Commitment, Happening, Intent

CLOCK_SKEW = timedelta(minutes=5)


def _happened(event_at: datetime | None, now: datetime) -> datetime:
    if event_at is not None and event_at > now + CLOCK_SKEW:
        raise Refusal("event.future", "event_at")
    return event_at or now


def _write(
    commitment: Commitment,
    intents: dict[uuid.UUID, Intent],
    name: str,
    quantity: int,
    actor: Actor,
    *,
    event_at: datetime,
    now: datetime,
    **data: object,
) -> None:
    Happening.objects.create(
        circle_id=commitment.circle_id,
        commitment=commitment,
        name=name,
        quantity=quantity,
        by_id=actor.agent_id,
        event_at=event_at,
        recorded_at=now,
    )
    entries.about_commitment(
        commitment, intents, f"help.{name}", actor.agent_id, {"delivered": quantity, **data}, now=now, event_at=event_at
    )


def deliver(
    actor: Actor, commitment_id: uuid.UUID, *, quantity: int | None = None, event_at: datetime | None = None, now: datetime
) -> Commitment:
    """The giver says it is done, whole or in part. What did not arrive is open again."""
    with transaction.atomic():
        commitment, intents = access.commitment_to_move(actor, commitment_id)
        if not access.may_act_as(commitment, actor, rules.Side.GIVER):
            raise Refusal.forbidden("commitment.not_yours")
        after = rules.move(commitment.state, "deliver")
        amount = rules.delivered_amount(commitment.quantity, quantity)
        happened = _happened(event_at, now)
        apply_all(intents, lambda terms: rules.hand_in(terms, commitment.quantity, amount, now=now), now=now)
        commitment.delivered = amount
        end(commitment, after, "", now=now)
        _write(commitment, intents, "delivered", amount, actor, event_at=happened, now=now)
    return commitment


def receive(
    actor: Actor, commitment_id: uuid.UUID, *, quantity: int | None = None, event_at: datetime | None = None, now: datetime
) -> Commitment:
    """The receiver says it arrived, and how much. Where the giver had said otherwise, the receiver's word stands."""
    with transaction.atomic():
        commitment, intents = access.commitment_to_move(actor, commitment_id)
        if not access.may_act_as(commitment, actor, rules.Side.RECEIVER):
            raise Refusal.forbidden("commitment.not_yours")
        after = rules.move(commitment.state, "receive")
        said = commitment.delivered
        amount = rules.delivered_amount(commitment.quantity, said if quantity is None else quantity)
        happened = _happened(event_at, now)
        if said is None:
            apply_all(intents, lambda terms: rules.hand_in(terms, commitment.quantity, amount, now=now), now=now)
        else:
            apply_all(intents, lambda terms: rules.correct_delivery(terms, said, amount, now=now), now=now)
        commitment.delivered = amount
        end(commitment, after, "", now=now)
        _write(commitment, intents, "received", amount, actor, event_at=happened, now=now)
    return commitment


def fail(
    actor: Actor, commitment_id: uuid.UUID, reason: str, *, event_at: datetime | None = None, now: datetime
) -> Commitment:
    """It did not work, for a reason from a short list. The part is open again, and nobody is blamed by name."""
    if reason not in rules.FAIL_REASONS:
        raise Refusal("reason.unknown", "reason")
    with transaction.atomic():
        commitment, intents = access.commitment_to_move(actor, commitment_id)
        after = rules.move(commitment.state, "fail")
        said = commitment.delivered
        happened = _happened(event_at, now)
        if said is None:
            apply_all(intents, lambda terms: rules.give_back(terms, commitment.quantity, now=now), now=now)
        else:
            apply_all(intents, lambda terms: rules.correct_delivery(terms, said, 0, now=now), now=now)
        commitment.delivered = None
        end(commitment, after, reason, now=now)
        _write(commitment, intents, "failed", 0, actor, event_at=happened, now=now, reason=reason)
    return commitment


def thank(actor: Actor, commitment_id: uuid.UUID, *, now: datetime) -> Commitment:
    """A word of thanks from the receiver; once."""
    with transaction.atomic():
        commitment, intents = access.commitment_to_move(actor, commitment_id)
        if not access.may_act_as(commitment, actor, rules.Side.RECEIVER):
            raise Refusal.forbidden("commitment.not_yours")
        if commitment.state not in {"delivered", "received"}:
            raise Refusal.conflict("commitment.not_thank")
        if commitment.thanked_at is None:
            commitment.thanked_at = now
            commitment.save(update_fields=["thanked_at"])
            entries.about_commitment(commitment, intents, "help.thanked", actor.agent_id, {}, now=now)
    return commitment
