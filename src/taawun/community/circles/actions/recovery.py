"""Letting somebody in anew who lost every way in: asked, vouched for by coordinators, opened, used, or stopped."""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from taawun.community.circles import recoveries, rules
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle, Membership, Recovery, Vouch
from taawun.community.people import limits, texts
from taawun.community.people.factors import anew
from taawun.community.people.identity import parse_address
from taawun.community.people.models import Account, Contact
from taawun.ground.jobs import duties
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import circle_scope
from taawun.ground.vault import store

TELL_ERRAND = "messages.recovery_told"
OPEN_ERRAND = "messages.recovery_opened"
ASKED_A_DAY_MAX = 10
# Of one circle at a time: more is somebody playing, and would bury the one that is real.
WAITING_MAX = 30
COMMUNITY_LENGTH_MAX = 200
NOTE_LENGTH_MAX = 500


def ask_recovery(
    *, community: str, name: str, address: str, note: str, region: str, visitor: str, now: datetime
) -> str:
    """Ask to be let in anew; returns the token of the page that tells how it stands.

    The answer is the same whether or not there is such a community or such a member: nothing is looked up here but the
    circle, and people who know people find out who is meant.
    """
    shown = texts.name(name)
    said = texts.paragraph(note, "note", NOTE_LENGTH_MAX)
    cleaned = texts.line(community, "community", COMMUNITY_LENGTH_MAX)
    if not cleaned:
        raise Refusal("recovery.community", "community")
    circle = recoveries.find_circle(cleaned)
    reached = parse_address(address, circle.region if circle is not None and not region else region or "GB")
    limits.require("recovery", visitor, at_most=ASKED_A_DAY_MAX, window=timedelta(days=1), now=now)
    recovery_id = new_id()
    if circle is not None:
        with circle_scope(circle.id):
            if Recovery.objects.filter(circle=circle, state="asked", expires_at__gt=now).count() < WAITING_MAX:
                fields = {"name": shown, "address": reached.value, "note": said}
                _write(circle, recovery_id, fields, now=now)
    return recoveries.path_token(recovery_id)


def _write(circle: Circle, recovery_id: uuid.UUID, fields: dict[str, str], *, now: datetime) -> None:
    recovery = Recovery.objects.create(
        id=recovery_id, circle=circle, asked_at=now, expires_at=now + rules.RECOVERY_LASTS
    )
    store.seal(
        circle_id=circle.id, subject_id=recovery.id, row_id=recovery.id, fields=fields, now=now,
        expires_at=recovery.expires_at,
    )  # fmt: skip
    _tell(recovery, "member.recovery_asked", None, now)


def vouch(actor: Actor, recovery_id: uuid.UUID, agent_id: uuid.UUID, *, now: datetime) -> Recovery:
    """Give one's word that the one who asks is this member. The last word needed opens the door, or begins the wait."""
    with transaction.atomic():
        recovery = recoveries.in_circle(actor, recovery_id, lock=True)
        if recovery.agent_id is not None and recovery.agent_id != agent_id:
            raise Refusal.conflict("recovery.other_member", "agent")
        membership, account = recoveries.account_of_member(actor.circle, agent_id)
        asking, roles_in = recoveries.asking_of(recovery, agent_id)
        answer = rules.vouch(asking, _voucher(actor, recovery, agent_id), member_since=membership.joined_at, now=now)
        recovery.agent, recovery.state, recovery.opens_at = membership.agent, answer.state, answer.opens_at
        try:
            with transaction.atomic():
                Vouch.objects.create(circle=actor.circle, recovery=recovery, by_id=actor.agent_id, vouched_at=now)
                recovery.save(update_fields=["agent", "state", "opens_at"])
        except IntegrityError:
            raise Refusal.conflict("recovery.another", "agent") from None
        anew.ask(account, now)
        _tell(recovery, "member.recovery_vouched", actor.agent_id, now, widely=bool(roles_in))
        _tell_contacts(recovery)
        _tell_other_circles(recovery, roles_in, now)
        if recoveries.is_open(recovery, now=now):
            _open(recovery, now)
    return recovery


def _voucher(actor: Actor, recovery: Recovery, agent_id: uuid.UUID) -> rules.Voucher:
    own = Membership.objects.get(circle=actor.circle, agent_id=actor.agent_id)
    return rules.Voucher(
        is_herself=actor.agent_id == agent_id,
        coordinator_since=own.second_factor_asked_at,
        has_said_so=Vouch.objects.filter(recovery=recovery, by_id=actor.agent_id).exists(),
    )


def decline_recovery(actor: Actor, recovery_id: uuid.UUID, *, now: datetime) -> None:
    """Say that this is not right: nobody is let in."""
    with transaction.atomic():
        recovery = recoveries.in_circle(actor, recovery_id, lock=True)
        rules.require_living(recovery.state, recovery.expires_at, now)
        _end(recovery, "declined", actor.agent_id, now)


def stop_recovery(token: str, *, now: datetime) -> str:
    """Stop it by the link that went to the member's own addresses. Returns how it stands now.

    What was used already is not undone by a tap, because the old address may be in the wrong hands: the coordinators are
    told instead.
    """
    with transaction.atomic():
        recovery = recoveries.by_link(token, recoveries.STOP_PURPOSE, lock=True)
        if recovery is None:
            raise Refusal("recovery.no_link", status=404)
        if recovery.state == "used":
            recovery.state = "disputed"
            recovery.save(update_fields=["state"])
            _tell(recovery, "member.recovery_disputed", recovery.agent_id, now, widely=True)
        elif recoveries.is_living(recovery, now=now):
            _end(recovery, "stopped", recovery.agent_id, now)
    return recovery.state


def stop_own_recovery(account: Account, recovery_id: uuid.UUID, *, now: datetime) -> None:
    """Stop it from a browser that is still signed in. The scope of the member's circles is open."""
    with transaction.atomic():
        mine = Recovery.objects.select_for_update(of=("self",)).select_related("circle", "agent")
        recovery = mine.filter(pk=recovery_id, agent_id=account.agent_id).first()
        if recovery is None or not recoveries.is_living(recovery, now=now):
            raise Refusal.not_found()
        _end(recovery, "stopped", account.agent_id, now)


def use_recovery(token: str, *, now: datetime) -> Account:
    """Come in by the open door, once. Every old way into the account ends with it."""
    with transaction.atomic():
        recovery = recoveries.by_link(token, recoveries.PURPOSE, lock=True)
        if recovery is None or not recoveries.is_open(recovery, now=now) or recovery.agent is None:
            raise Refusal("recovery.not_open", status=409)
        account = Account.objects.select_related("agent").filter(agent=recovery.agent, is_active=True).first()
        if account is None:
            raise Refusal("recovery.not_open", status=409)
        _end(recovery, "used", recovery.agent_id, now)
        anew.begin(account, now=now)
    return account


def see_to_recoveries(circle: Circle, *, now: datetime) -> int:
    """Open the doors whose wait is over, and end what nobody answered. The circle's scope is open."""
    done = 0
    for recovery in recoveries.due(circle, now=now):
        done += 1
        if recovery.expires_at <= now:
            _end(recovery, "expired", None, now)
        else:
            _open(recovery, now)
    return done


def _open(recovery: Recovery, now: datetime) -> None:
    recovery.state = "open"
    recovery.save(update_fields=["state"])
    _tell(recovery, "member.recovery_opened", None, now)
    duties.queue(OPEN_ERRAND, recovery_id=str(recovery.id))
    _tell_contacts(recovery)


def _end(recovery: Recovery, state: str, by: uuid.UUID | None, now: datetime) -> None:
    recovery.state, recovery.ended_at = state, now
    recovery.save(update_fields=["state", "ended_at"])
    # Its purpose is over, so what was written is gone.
    store.seal(
        circle_id=recovery.circle_id, subject_id=recovery.id, row_id=recovery.id,
        fields=dict.fromkeys(recoveries.FIELDS, ""), now=now,
    )  # fmt: skip
    account = Account.objects.filter(agent_id=recovery.agent_id).first() if recovery.agent_id else None
    if account is not None:
        anew.ask(account, None)
    _tell(recovery, f"member.recovery_{state}", by, now)


def _tell(recovery: Recovery, name: str, by: uuid.UUID | None, now: datetime, *, widely: bool = False) -> None:
    """Write it into the circle's record: for coordinators, and for all members where the account of one who holds a role
    is concerned, so that nobody takes it over unnoticed."""
    record.append(
        recovery.circle_id,
        name,
        actor_id=by,
        subject_id=recovery.agent_id,
        data={"recovery": str(recovery.id)},
        now=now,
        audience=Audience.MEMBERS if widely else Audience.COORDINATORS,
        topics=["recoveries"],
    )


def _tell_contacts(recovery: Recovery) -> None:
    """Tell every proven address of the member, each with a link that stops it."""
    proven = Contact.objects.filter(agent__isnull=False, agent=recovery.agent, verified_at__isnull=False)
    for contact_id in proven.values_list("pk", flat=True):
        duties.queue(TELL_ERRAND, recovery_id=str(recovery.id), contact_id=str(contact_id))


def _tell_other_circles(recovery: Recovery, circle_ids: list[uuid.UUID], now: datetime) -> None:
    """Let the other circles in which the member holds a role read that she is being let in anew elsewhere."""
    for circle_id in circle_ids:
        if circle_id != recovery.circle_id:
            with circle_scope(circle_id):
                record.append(
                    circle_id,
                    "member.recovery_elsewhere",
                    actor_id=None,
                    subject_id=recovery.agent_id,
                    data={},
                    now=now,
                    audience=Audience.MEMBERS,
                    topics=["recoveries"],
                )
