"""Members: entering somebody without an account, who acts for whom, roles, areas, and leaving."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from taawun.community.circles import access
from taawun.community.circles.actions.entries import tell_members
from taawun.community.circles.actions.setting_up import area_of
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle, Membership, Representative, Role
from taawun.community.people import actions as people
from taawun.community.people import texts
from taawun.community.people.identity import parse_address
from taawun.community.people.models import Account, Agent, AgentKind, Consent
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.words.languages import BY_CODE as LANGUAGES

NAME_LENGTH_MAX = 120
NOTE_LENGTH_MAX = 1000


def add_member(
    actor: Actor,
    *,
    name: str,
    kind: str = AgentKind.PERSON,
    address: str = "",
    door: str = "",
    full_name: str = "",
    languages: Sequence[str] = (),
    area_id: uuid.UUID | None = None,
    consented: bool,
    now: datetime,
) -> Membership:
    """Enter somebody without an account, or an organisation, to be acted for. That it was so stays on the record."""
    if not actor.is_guardian:
        raise Refusal.forbidden()
    if kind not in AgentKind.values:
        raise Refusal("setting.unknown", "kind")
    if any(code not in LANGUAGES for code in languages):
        raise Refusal("language.unknown", "languages")
    shown = texts.name(name)
    sealed = {
        "full_name": texts.line(full_name, "full_name", NAME_LENGTH_MAX),
        "door": texts.paragraph(door, "door", NOTE_LENGTH_MAX),
    }
    reached = parse_address(address, actor.circle.region) if address.strip() else None
    area = area_of(actor.circle, area_id)
    with transaction.atomic():
        entered_by = Agent.objects.get(pk=actor.agent_id)
        agent = people.enter_agent(
            name=shown, kind=AgentKind(kind), languages=list(languages), entered_by=entered_by, now=now
        )
        membership = Membership.objects.create(
            circle=actor.circle,
            agent=agent,
            roles=[Role.MEMBER],
            area=area,
            looked_after_by=entered_by if kind != AgentKind.ORGANISATION else None,
            joined_at=now,
        )
        store.seal(circle_id=actor.circle.id, subject_id=agent.id, row_id=membership.id, fields=sealed, now=now)
        if reached is not None:
            people.add_address(agent, reached, now=now)
        Consent.objects.create(
            agent=agent, to="entered by others", given=consented, recorded_by=entered_by, recorded_at=now
        )
        if kind == AgentKind.ORGANISATION:
            Representative.objects.create(circle=actor.circle, organisation=agent, person=entered_by, since=now)
        tell_members(actor, "member.entered", agent.id, {"kind": str(kind), "consented": consented}, now)
    return membership


def name_representative(actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime) -> None:
    """Let a member act for an organisation. Coordinators and those who already act for it may name others."""
    organisation = access.member(actor, organisation_id).agent
    if not actor.is_coordinator and organisation_id not in actor.acts_for:
        raise Refusal.forbidden()
    person = access.member(actor, person_id).agent
    if organisation.kind != AgentKind.ORGANISATION or person.kind != AgentKind.PERSON:
        raise Refusal("member.unknown", "person")
    if not Account.objects.filter(agent=person, is_active=True).exists():
        raise Refusal("member.no_account", "person")
    try:
        with transaction.atomic():
            Representative.objects.create(circle=actor.circle, organisation=organisation, person=person, since=now)
    except IntegrityError:
        raise Refusal.conflict("member.exists", "person") from None
    tell_members(actor, "representative.named", organisation_id, {"person": str(person_id)}, now)


def end_representative(actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime) -> None:
    if not actor.is_coordinator and organisation_id not in actor.acts_for:
        raise Refusal.forbidden()
    ended = Representative.objects.filter(
        circle=actor.circle, organisation_id=organisation_id, person_id=person_id, until__isnull=True
    ).update(until=now)
    if not ended:
        raise Refusal.not_found()
    tell_members(actor, "representative.ended", organisation_id, {"person": str(person_id)}, now)


def look_after(actor: Actor, agent_id: uuid.UUID, keeper_id: uuid.UUID | None, *, now: datetime) -> None:
    """Give a member without an account into somebody's care: that person acts for them from now on."""
    if not actor.is_guardian:
        raise Refusal.forbidden()
    membership = access.member(actor, agent_id)
    if membership.agent.kind == AgentKind.ORGANISATION or Account.objects.filter(agent_id=agent_id).exists():
        raise Refusal("member.acts_alone", "person")
    keeper = access.member(actor, keeper_id).agent if keeper_id else None
    if keeper is not None and not Account.objects.filter(agent=keeper, is_active=True).exists():
        raise Refusal("member.no_account", "person")
    membership.looked_after_by = keeper
    membership.save(update_fields=["looked_after_by"])
    tell_members(actor, "member.looked_after", agent_id, {"by": str(keeper_id) if keeper_id else None}, now)


def set_area(actor: Actor, agent_id: uuid.UUID, area_id: uuid.UUID | None, *, now: datetime) -> Membership:
    """Say in which area somebody lives: oneself, somebody one acts for, or, as guardian, anybody."""
    membership = access.member(actor, agent_id)
    if not (actor.is_guardian or actor.is_one_of(agent_id)):
        raise Refusal.forbidden()
    membership.area = area_of(actor.circle, area_id)
    membership.save(update_fields=["area"])
    tell_members(actor, "member.area_set", agent_id, {"area": str(area_id) if area_id else None}, now)
    return membership


def set_roles(actor: Actor, agent_id: uuid.UUID, roles: Sequence[str], *, now: datetime) -> Membership:
    """Give and take roles. A circle never loses its last coordinator."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    wanted = {Role.MEMBER.value, *roles}
    if not wanted <= set(Role.values):
        raise Refusal("role.unknown", "roles")
    with transaction.atomic():
        Circle.objects.select_for_update().get(pk=actor.circle.id)
        membership = access.member(actor, agent_id)
        if wanted != {Role.MEMBER.value} and not Account.objects.filter(agent_id=agent_id, is_active=True).exists():
            raise Refusal("member.no_account", "roles")
        if Role.COORDINATOR not in wanted:
            _keep_a_coordinator(actor.circle, besides=agent_id)
        membership.roles = sorted(wanted)
        membership.save(update_fields=["roles"])
        tell_members(actor, "member.roles_set", agent_id, {"roles": sorted(wanted)}, now)
    return membership


def _keep_a_coordinator(circle: Circle, *, besides: uuid.UUID) -> None:
    others = Membership.objects.filter(
        circle=circle,
        left_at__isnull=True,
        roles__contains=[Role.COORDINATOR.value],
        agent__account__is_active=True,
    ).exclude(agent_id=besides)
    if not others.exists():
        raise Refusal.conflict("member.last_coordinator", "roles")


def leave(actor: Actor, *, now: datetime) -> None:
    """Leave a circle. What was promised is dropped by the practices that read ``member.left``."""
    with transaction.atomic():
        Circle.objects.select_for_update().get(pk=actor.circle.id)
        _keep_a_coordinator(actor.circle, besides=actor.agent_id)
        _end_membership(actor.circle, actor.agent_id, now=now)
        tell_members(actor, "member.left", actor.agent_id, {}, now)


def remove_member(actor: Actor, agent_id: uuid.UUID, *, now: datetime) -> None:
    """Take somebody off the list: who moved away, or must not be here. It is on the record, by name."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    with transaction.atomic():
        Circle.objects.select_for_update().get(pk=actor.circle.id)
        access.member(actor, agent_id)
        _keep_a_coordinator(actor.circle, besides=agent_id)
        _end_membership(actor.circle, agent_id, now=now)
        tell_members(actor, "member.removed", agent_id, {}, now)


def _end_membership(circle: Circle, agent_id: uuid.UUID, *, now: datetime) -> None:
    """End the membership and every right to act for others that came with it."""
    Membership.objects.filter(circle=circle, agent_id=agent_id).update(left_at=now, looked_after_by=None)
    Membership.objects.filter(circle=circle, looked_after_by_id=agent_id).update(looked_after_by=None)
    ended = Representative.objects.filter(circle=circle, until__isnull=True)
    ended.filter(Q(person_id=agent_id) | Q(organisation_id=agent_id)).update(until=now)
