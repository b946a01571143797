"""Handing a need to a programme, with consent: it becomes a promise the programme's staff answer, or waits on its list.

Until the yes the staff see what, how much, which area, how urgent and the words written for everybody; name, phone and
door come with the yes, as between any two sides.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from taawun.community.circles import access as circle_access
from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.rights import Right
from taawun.community.people.models import Agent, Consent
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, rules, serving
from taawun.practice.aid.actions import agreeing, entries
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.actions.bringing import acted_on_when
from taawun.practice.aid.models import Commitment, Intent, Placement, Programme
from taawun.practice.aid.queries import services

CONSENT = "referral"


@acted_on_when
def _handed_on(intent_ids: Sequence[uuid.UUID]) -> Iterable[uuid.UUID]:
    return Placement.objects.filter(intent_id__in=intent_ids).values_list("intent_id", flat=True)


def refer(
    actor: Actor,
    programme_id: uuid.UUID,
    intent_id: uuid.UUID,
    *,
    quantity: int | None = None,
    consented: bool,
    now: datetime,
) -> Placement:
    """Hand a need to a programme: the person herself, or who may act on the need and has asked her.

    With room it is a promise that waits for the programme's yes; without, it goes on the waiting list, where there is one,
    and stays open on the board for everybody else.
    """
    if not consented:
        raise Refusal("refer.consent", "consented")
    with transaction.atomic():
        seen = access.intent(actor.circle, actor, intent_id)
        if not access.may_manage(seen, actor):
            raise Refusal.forbidden()
        intent = access.lock_intents(actor.circle, seen.id)[seen.id]
        programme = access.programme_to_fill(actor, programme_id)
        if programme.entry == serving.Entry.REFERRAL and not actor.is_guardian:
            raise Refusal.forbidden("refer.by_others")
        wanted = _taken(intent, programme, quantity, now=now)
        fit = _fit(programme, intent, wanted, now=now)
        consent = Consent.objects.create(
            agent_id=intent.agent_id, to=CONSENT, given=True, recorded_by_id=actor.agent_id, recorded_at=now
        )
        placement = Placement(
            circle=actor.circle, programme=programme, intent=intent, quantity=wanted, referred_by_id=actor.agent_id,
            consent=consent, made_at=now,
        )  # fmt: skip
        if fit.is_full:
            placement.save(force_insert=True)
            _tell_list(placement, actor, "referral.listed", {}, now=now)
            return placement
        placement.commitment = _promise(actor, intent, programme, rules.Claimed(wanted, "waiting", rules.Side.GIVER), now)
        clocks = serving.answer_clocks(rules.Urgency(intent.urgency), now=now)
        placement.commitment.warn_at, placement.commitment.release_at = clocks.warn_at, clocks.release_at
        placement.commitment.save(update_fields=["warn_at", "release_at"])
        placement.save(force_insert=True)
        data: dict[str, object] = {"programme": str(programme.id)}
        entries.about_commitment(placement.commitment, {intent.id: intent}, "referral.made", actor.agent_id, data, now=now)
    return placement


def _taken(intent: Intent, programme: Programme, quantity: int | None, *, now: datetime) -> int:
    """Return how much of a need goes to a programme, or refuse what cannot be handed there whatever the room."""
    if not intent.is_request:
        raise Refusal("refer.needs_only")
    if not programme.is_open:
        raise Refusal.conflict("refer.paused")
    if intent.agent_id == programme.organisation_id:
        raise Refusal("refer.own")
    agreeing.require_seen(programme.organisation_id, intent.agent_id)
    wanted = rules.claim(intent.terms, quantity, now=now, needs_yes=False).quantity
    asked = Placement.objects.filter(programme=programme, intent=intent)
    if asked.filter(commitment=None, ended_at=None).exists() or asked.filter(commitment__state__in=rules.LIVING).exists():
        raise Refusal.conflict("refer.already")
    return wanted


def _fit(programme: Programme, intent: Intent, wanted: int, *, now: datetime) -> serving.Fit:
    """Return how the programme fits, counted under its lock, or refuse with what does not."""
    kind = kinds.shown(programme.circle, intent.kind)
    shown = services.shown(programme.circle, [programme], now=now)[0]
    if not shown.served.has_kind(intent.kind, kind.group):
        raise Refusal("refer.kind")
    if not shown.served.has_place(intent.area_id, intent.cell):
        raise Refusal("refer.place")
    fit = services.judge(shown, services.need_of(intent, kind, wanted))
    if fit is None:
        raise Refusal.conflict("refer.full", "quantity")
    return fit


def _promise(
    actor: Actor, intent: Intent, programme: Programme, claimed: rules.Claimed, now: datetime
) -> Commitment:
    """Make the promise that holds a need for a programme, with the contact it shows to everybody."""
    organisation = Agent.objects.get(pk=programme.organisation_id)
    commitment = agreeing.commit(actor, {intent.id: intent}, intent, organisation, claimed, now=now)
    agreeing.seal_reach(commitment, organisation, intent, Reach(phone=programme.contact), now=now)
    return commitment


def take(
    actor: Actor,
    organisation_id: uuid.UUID,
    intent_id: uuid.UUID,
    *,
    programme_id: uuid.UUID | None = None,
    quantity: int | None = None,
    now: datetime,
) -> Commitment:
    """Take a need on for an organisation, from its own board; with a programme it counts against what that can take."""
    circle_access.organisation(actor, organisation_id, Right.ANSWER)
    with transaction.atomic():
        seen = access.intent(actor.circle, actor, intent_id)
        intent = access.lock_intents(actor.circle, seen.id)[seen.id]
        programme = access.programme_to_fill(actor, programme_id) if programme_id else None
        if programme is not None:
            if programme.organisation_id != organisation_id:
                raise Refusal.not_found()
            wanted = _taken(intent, programme, quantity, now=now)
            if _fit(programme, intent, wanted, now=now).is_full:
                raise Refusal.conflict("refer.no_room", "quantity")
        reach = Reach(phone=programme.contact) if programme is not None else Reach()
        commitment = agreeing.claim(
            actor, intent_id, quantity=quantity, on_behalf_of=organisation_id, reach=reach, now=now
        )
        if programme is not None:
            Placement.objects.create(
                circle=actor.circle, programme=programme, intent=intent, commitment=commitment,
                quantity=commitment.quantity, made_at=now,
            )  # fmt: skip
    return commitment


def take_from_list(actor: Actor, placement_id: uuid.UUID, *, now: datetime) -> Placement:
    """Take on what waits on a programme's list, as much as is still needed. The yes was asked for when it was put there."""
    with transaction.atomic():
        placement, intent = _lock_listed(actor, placement_id)
        if not access.may_answer_for(placement, actor):
            raise Refusal.forbidden("staff.no_such_right")
        programme = access.programme_to_fill(actor, placement.programme_id)
        if intent.state != "open":
            raise Refusal.conflict("refer.left_list")
        wanted = min(placement.quantity, intent.left)
        claimed = rules.claim(intent.terms, None if intent.whole_only else wanted, now=now, needs_yes=False)
        if _fit(programme, intent, claimed.quantity, now=now).is_full:
            raise Refusal.conflict("refer.no_room")
        agreeing.require_seen(programme.organisation_id, intent.agent_id)
        placement.commitment = _promise(actor, intent, programme, claimed, now)
        placement.quantity = claimed.quantity
        placement.save(update_fields=["commitment", "quantity"])
        data: dict[str, object] = {"agreed": True, "programme": str(programme.id)}
        entries.about_commitment(placement.commitment, {intent.id: intent}, "claim.made", actor.agent_id, data, now=now)
    return placement


def take_off_list(actor: Actor, placement_id: uuid.UUID, reason: str = "", *, now: datetime) -> Placement:
    """Take a need off a waiting list: its staff say why, from a short list; whose need it is need not."""
    with transaction.atomic():
        placement, _intent = _lock_listed(actor, placement_id)
        if not access.may_manage(placement.intent, actor) and reason not in serving.DECLINE_REASONS:
            raise Refusal("refer.reason", "reason")
        placement.ended_at = now
        placement.reason = reason if reason in serving.DECLINE_REASONS else ""
        placement.save(update_fields=["ended_at", "reason"])
        _tell_list(placement, actor, "referral.unlisted", {"reason": placement.reason}, now=now)
    return placement


def _lock_listed(actor: Actor, placement_id: uuid.UUID) -> tuple[Placement, Intent]:
    seen = access.on_waiting_list(actor, placement_id)
    intent = access.lock_intents(actor.circle, seen.intent_id)[seen.intent_id]
    placement = Placement.objects.select_for_update(of=("self",)).select_related("programme", "intent").get(pk=seen.pk)
    if placement.commitment_id is not None or placement.ended_at is not None:
        raise Refusal.conflict("refer.left_list")
    return placement, intent


def decline(actor: Actor, commitment_id: uuid.UUID, reason: str = "", *, now: datetime) -> Commitment:
    """Say no. Of what was handed to a programme its staff say why, so that whoever handed it on knows where to go next."""
    with transaction.atomic():
        placement = Placement.objects.filter(circle=actor.circle, commitment_id=commitment_id).first()
        is_referral = placement is not None and placement.referred_by_id is not None
        if reason and reason not in serving.DECLINE_REASONS:
            raise Refusal("refer.reason", "reason")
        commitment = agreeing.decline(actor, commitment_id, now=now)
        if placement is not None and is_referral:
            Placement.objects.filter(pk=placement.pk).update(reason=reason, ended_at=now)
    return commitment


def _tell_list(placement: Placement, actor: Actor, name: str, data: dict[str, object], *, now: datetime) -> None:
    programme = placement.programme
    topics = [f"intent:{placement.intent_id}", f"agent:{programme.organisation_id}", f"agent:{placement.intent.agent_id}"]
    record.append(
        placement.circle_id,
        name,
        actor_id=actor.agent_id,
        subject_id=placement.intent_id,
        data={"programme": str(programme.id), "organisation": str(programme.organisation_id), **data},
        now=now,
        audience=Audience.COORDINATORS,
        topics=topics,
    )
