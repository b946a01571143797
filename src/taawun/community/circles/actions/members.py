"""Members: entering somebody without an account, who acts for whom, roles, areas, and leaving."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from taawun.community.circles import access, rules
from taawun.community.circles.actions.entries import tell_members
from taawun.community.circles.actions.setting_up import area_of
from taawun.community.circles.actor import Actor
from taawun.community.circles.likeness import members as likeness
from taawun.community.circles.models import Circle, Invitation, Membership, Representative, Role
from taawun.community.circles.rights import ALL as ALL_RIGHTS
from taawun.community.circles.rights import Right, require_own
from taawun.community.circles.rights import read as read_rights
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
        phones = [reached.value] if reached is not None else []
        likeness.recognise(
            actor.circle, membership, full_name=sealed["full_name"], phones=phones, door=sealed["door"], now=now
        )
        Consent.objects.create(
            agent=agent, to="entered by others", given=consented, recorded_by=entered_by, recorded_at=now
        )
        if kind == AgentKind.ORGANISATION:
            Representative.objects.create(circle=actor.circle, organisation=agent, person=entered_by, since=now)
        tell_members(actor, "member.entered", agent.id, {"kind": str(kind), "consented": consented}, now)
    return membership


def name_representative(
    actor: Actor,
    organisation_id: uuid.UUID,
    person_id: uuid.UUID,
    *,
    rights: Sequence[str] | None = None,
    now: datetime,
) -> None:
    """Let a member act for an organisation. Coordinators may name anybody; its staff need the right to manage staff.

    Without ``rights`` she gets all that the one who names her has to give.
    """
    organisation = access.organisation(actor, organisation_id, Right.STAFF)
    given = givable(actor, organisation_id)
    wanted = read_rights(given if rights is None else rights)
    require_own(given, wanted)
    if not actor.is_member:
        # Staff from outside do not know the members: they bring people in by a link.
        raise Refusal.forbidden()
    person = access.member(actor, person_id).agent
    if person.kind != AgentKind.PERSON:
        raise Refusal("member.unknown", "person")
    if not Account.objects.filter(agent=person, is_active=True).exists():
        raise Refusal("member.no_account", "person")
    try:
        with transaction.atomic():
            Representative.objects.create(
                circle=actor.circle, organisation=organisation, person=person, rights=wanted, since=now
            )
    except IntegrityError:
        raise Refusal.conflict("member.exists", "person") from None
    tell_members(actor, "representative.named", organisation_id, {"person": str(person_id), "rights": wanted}, now)


def givable(actor: Actor, organisation_id: uuid.UUID) -> frozenset[str]:
    """Return the rights somebody may give for an organisation: her own, and as coordinator all of them."""
    return ALL_RIGHTS if actor.is_coordinator else actor.rights.get(organisation_id, frozenset())


def end_representative(actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime) -> None:
    """End that somebody acts for an organisation, at once. Everybody may end it for herself."""
    if person_id != actor.agent_id or organisation_id not in actor.rights:
        access.organisation(actor, organisation_id, Right.STAFF)
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
    if not (actor.is_guardian or actor.may(Right.PROGRAMMES, agent_id)):
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
        if not wanted & rules.DEMANDING:
            membership.second_factor_asked_at = None
        elif membership.second_factor_asked_at is None:
            # By the database's clock, as the gate reads it: see ``access.actor_in``.
            membership.second_factor_asked_at = Now()  # type: ignore[assignment]
        membership.save(update_fields=["roles", "second_factor_asked_at"])
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
    """End the membership, every right to act for others that came with it, and a link that would open its account."""
    Membership.objects.filter(circle=circle, agent_id=agent_id).update(
        left_at=now, looked_after_by=None, second_factor_asked_at=None
    )
    Invitation.objects.filter(circle=circle, agent_id=agent_id).update(uses_left=0)
    Membership.objects.filter(circle=circle, looked_after_by_id=agent_id).update(looked_after_by=None)
    ended = Representative.objects.filter(circle=circle, until__isnull=True)
    ended.filter(Q(person_id=agent_id) | Q(organisation_id=agent_id)).update(until=now)
