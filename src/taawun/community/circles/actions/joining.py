"""Joining by a link or through an open door, and opening an account on the way in."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from taawun.community.circles import access
from taawun.community.circles.actions.entries import tell_members
from taawun.community.circles.actions.staff import begin_representing, new_invitation
from taawun.community.circles.actor import Actor
from taawun.community.circles.likeness import members as likeness
from taawun.community.circles.models import Circle, Invitation, Membership, Representative, Role
from taawun.community.people import actions as people
from taawun.community.people import limits, secrets
from taawun.community.people.models import Account, Agent, AgentKind
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.values.refusal import Refusal

INVITATION_LIFETIME = timedelta(days=14)
INVITATION_USES = 200
JOINS_AN_HOUR_MAX = 30


def invite(actor: Actor, *, now: datetime, agent: Agent | None = None) -> tuple[Invitation, str]:
    """Return an invitation and its secret. With ``agent`` it opens that paper member's own account, once."""
    if not actor.is_guardian:
        raise Refusal.forbidden()
    if agent is not None:
        access.member(actor, agent.id)
        if agent.kind == AgentKind.ORGANISATION or Account.objects.filter(agent=agent).exists():
            raise Refusal("member.acts_alone")
    made = new_invitation(
        actor, agent=agent, expires_at=now + INVITATION_LIFETIME, uses_left=1 if agent else INVITATION_USES, now=now
    )
    tell_members(actor, "member.invited", agent.id if agent else None, {}, now)
    return made


def end_invitation(actor: Actor, invitation_id: uuid.UUID, *, now: datetime) -> None:
    """End an invitation, one's own or another's: a link that went astray."""
    if not actor.is_guardian:
        raise Refusal.forbidden()
    ended = Invitation.objects.filter(circle=actor.circle, pk=invitation_id, uses_left__gt=0).update(uses_left=0)
    if not ended:
        raise Refusal.not_found()
    tell_members(actor, "member.invitation_ended", None, {}, now)


def join_by_link(circle: Circle, secret: str, account: Account, *, now: datetime) -> Membership | Representative:
    """Join by an invitation. The caller has opened the circle's scope with ``invitation_of``."""
    with transaction.atomic():
        invitation = _use_invitation(circle, secret, now=now)
        if invitation.agent_id is not None and invitation.agent_id != account.agent_id:
            raise Refusal("invitation.for_another", status=409)
        if invitation.organisation_id is not None:
            return begin_representing(invitation, account.agent, now=now)
        return _join(circle, account.agent, now=now)


def open_invited_account(circle: Circle, secret: str, *, name: str, language: str, now: datetime) -> Account:
    """Open an account by an invitation, without any address: a new member's, or the paper member's it was made for."""
    with transaction.atomic():
        invitation = _use_invitation(circle, secret, now=now)
        if invitation.agent is None:
            account = people.open_account(name=name, language=language, now=now)
            if invitation.organisation_id is not None:
                begin_representing(invitation, account.agent, now=now)
            else:
                _join(circle, account.agent, now=now)
            return account
        is_member = Membership.objects.filter(circle=circle, agent=invitation.agent, left_at__isnull=True).exists()
        if not is_member or Account.objects.filter(agent=invitation.agent).exists():
            raise Refusal("invitation.ended", status=410)
        account = people.open_account(name="", language=language, now=now, agent=invitation.agent)
        # Who can act for herself is acted for by nobody else.
        Membership.objects.filter(circle=circle, agent=invitation.agent).update(looked_after_by=None)
        record.append(
            circle.id,
            "member.account_opened",
            actor_id=invitation.agent_id,
            subject_id=invitation.agent_id,
            data={},
            now=now,
            audience=Audience.MEMBERS,
            topics=["members"],
        )
    return account


def _use_invitation(circle: Circle, secret: str, *, now: datetime) -> Invitation:
    digest = secrets.digest(secret)
    used = Invitation.objects.filter(circle=circle, digest=digest, expires_at__gt=now, uses_left__gt=0).update(
        uses_left=F("uses_left") - 1
    )
    if used != 1:
        raise Refusal("invitation.ended", status=410)
    return Invitation.objects.select_related("agent").get(circle=circle, digest=digest)


def join_open(circle: Circle, account: Account, *, now: datetime) -> Membership:
    """Join a circle that lets anybody join."""
    if not (circle.is_public and circle.is_joinable):
        raise Refusal.forbidden()
    return _join(circle, account.agent, now=now)


def open_joining_account(circle: Circle, *, name: str, language: str, visitor: str, now: datetime) -> Account:
    """Open an account and join a circle that lets anybody join, without any address."""
    if not (circle.is_public and circle.is_joinable):
        raise Refusal.forbidden()
    limits.require("join", visitor, at_most=JOINS_AN_HOUR_MAX, window=timedelta(hours=1), now=now)
    with transaction.atomic():
        account = people.open_account(name=name, language=language, now=now)
        _join(circle, account.agent, now=now)
    return account


def _join(circle: Circle, agent: Agent, *, now: datetime) -> Membership:
    membership, is_new = Membership.objects.get_or_create(
        circle=circle, agent=agent, defaults={"roles": [Role.MEMBER.value], "joined_at": now}
    )
    if not is_new and membership.left_at is None:
        return membership
    if not is_new:
        # Who comes back begins as everybody does.
        membership.roles, membership.joined_at, membership.left_at = [Role.MEMBER.value], now, None
        membership.save(update_fields=["roles", "joined_at", "left_at"])
    likeness.recognise(circle, membership, now=now)
    record.append(
        circle.id,
        "member.joined",
        actor_id=agent.id,
        subject_id=agent.id,
        data={},
        now=now,
        audience=Audience.MEMBERS,
        topics=["members"],
    )
    return membership
