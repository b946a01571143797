"""The only code that writes circles: setting one up, joining, roles, areas, kinds, those who act for others."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify

from taawun.community.circles import access, kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import AcceptClaims, Area, Circle, Invitation, Membership, Representative, Role
from taawun.community.people import actions as people
from taawun.community.people import secrets, texts
from taawun.community.people.identity import parse_address
from taawun.community.people.models import Account, Agent, AgentKind, Consent
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.site.icons import ICONS
from taawun.ground.values.ids import new_id
from taawun.ground.values.place import Point, cell_of
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import set_scope
from taawun.ground.vault import store
from taawun.ground.words.languages import LANGUAGES
from taawun.ground.words.units import BY_CODE as UNITS

INVITATION_LIFETIME = timedelta(days=14)
INVITATION_USES = 200
NAME_LENGTH_MAX = 120
AREA_NAME_LENGTH_MAX = 80
NOTE_LENGTH_MAX = 1000


def set_up(
    account: Account,
    *,
    name: str,
    place_name: str,
    languages: Sequence[str],
    region: str = "GB",
    time_zone: str = "UTC",
    point: Point | None = None,
    now: datetime,
) -> Circle:
    """Set up a community from three answers; everything else has a default. Who sets it up coordinates it."""
    name = texts.line(name, "name", NAME_LENGTH_MAX)
    if not name:
        raise Refusal("circle.name", "name")
    place_name = texts.line(place_name, "place_name", NAME_LENGTH_MAX)
    if not place_name:
        raise Refusal("circle.place", "place_name")
    known = [language.code for language in LANGUAGES]
    if not languages or any(code not in known for code in languages):
        raise Refusal("circle.languages", "languages")
    with transaction.atomic():
        circle = Circle.objects.create(
            slug=_free_slug(name),
            name=name,
            place_name=place_name,
            cell=cell_of(point) if point else None,
            region=_region(region),
            time_zone=_time_zone(time_zone),
            languages=list(languages),
            created_at=now,
        )
        set_scope([circle.id])
        Area.objects.create(circle=circle, name=place_name[:AREA_NAME_LENGTH_MAX], cell=circle.cell)
        Membership.objects.create(
            circle=circle, agent=account.agent, roles=[Role.MEMBER, Role.COORDINATOR, Role.TREASURER], joined_at=now
        )
        record.append(
            circle.id, "circle.set_up", actor_id=account.agent_id, subject_id=None, data={}, now=now,
            audience=Audience.MEMBERS,
        )
    return circle


def _free_slug(name: str) -> str:
    base = slugify(name, allow_unicode=True)[:50] or "circle"
    slug, number = base, 1
    while Circle.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def _region(text: str) -> str:
    region = text.strip().upper()
    if len(region) != 2 or not region.isascii() or not region.isalpha():
        raise Refusal("circle.region", "region")
    return region


def _time_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal("circle.time_zone", "time_zone") from None


def change_settings(
    actor: Actor,
    *,
    name: str,
    place_name: str,
    languages: Sequence[str],
    region: str,
    time_zone: str,
    welcome: str,
    is_public: bool,
    is_joinable: bool,
    accept_claims: str,
    resolution: int,
    now: datetime,
) -> Circle:
    """Change what was defaulted. Every change is on the record, by the names of the settings that changed."""
    circle = Circle.objects.select_for_update().get(pk=actor.circle.id)
    known = [language.code for language in LANGUAGES]
    if not languages or any(code not in known for code in languages):
        raise Refusal("circle.languages", "languages")
    if accept_claims not in AcceptClaims.values or resolution not in (5, 6, 7):
        raise Refusal("setting.unknown", "accept_claims")
    wanted = {
        "name": texts.line(name, "name", NAME_LENGTH_MAX),
        "place_name": texts.line(place_name, "place_name", NAME_LENGTH_MAX),
        "languages": list(languages),
        "region": _region(region),
        "time_zone": _time_zone(time_zone),
        "welcome": texts.paragraph(welcome, "welcome", 2000),
        "is_public": is_public,
        "is_joinable": is_joinable,
        "accept_claims": accept_claims,
        "resolution": resolution,
    }
    if not wanted["name"]:
        raise Refusal("circle.name", "name")
    if not wanted["place_name"]:
        raise Refusal("circle.place", "place_name")
    changed = [field for field, value in wanted.items() if getattr(circle, field) != value]
    if changed:
        for field in changed:
            setattr(circle, field, wanted[field])
        circle.save(update_fields=changed)
        _record(actor, "circle.changed", None, {"settings": changed}, now)
    return circle


def _record(actor: Actor, name: str, subject_id: uuid.UUID | None, data: dict[str, object], now: datetime) -> None:
    record.append(
        actor.circle.id, name, actor_id=actor.agent_id, subject_id=subject_id, data=data, now=now,
        audience=Audience.MEMBERS, topics=["members"],
    )


def add_area(actor: Actor, name: str, point: Point | None, *, now: datetime) -> Area:
    cleaned = texts.line(name, "name", AREA_NAME_LENGTH_MAX)
    if not cleaned:
        raise Refusal("area.name", "name")
    try:
        with transaction.atomic():
            area = Area.objects.create(
                circle=actor.circle, name=cleaned, cell=cell_of(point, actor.circle.resolution) if point else None
            )
    except IntegrityError:
        raise Refusal.conflict("area.exists", "name") from None
    _record(actor, "area.added", area.id, {}, now)
    return area


def invite(actor: Actor, *, now: datetime, agent: Agent | None = None) -> tuple[Invitation, str]:
    """Return an invitation and its secret, shown once. With ``agent`` it opens that paper member's own account."""
    text, digest = secrets.new_token()
    invitation = Invitation.objects.create(
        circle=actor.circle,
        digest=digest,
        made_by_id=actor.agent_id,
        agent=agent,
        made_at=now,
        expires_at=now + INVITATION_LIFETIME,
        uses_left=1 if agent else INVITATION_USES,
    )
    _record(actor, "member.invited", agent.id if agent else None, {}, now)
    return invitation, text


def join_by_link(circle: Circle, secret: str, account: Account, *, now: datetime) -> Membership:
    """Join by an invitation. The caller has opened the circle's scope with ``invitation_of``."""
    with transaction.atomic():
        used = Invitation.objects.filter(
            circle=circle, digest=secrets.digest(secret), expires_at__gt=now, uses_left__gt=0
        ).update(uses_left=F("uses_left") - 1)
        if used != 1:
            raise Refusal("invitation.ended")
        return _join(circle, account.agent, now=now)


def join_open(circle: Circle, account: Account, *, now: datetime) -> Membership:
    """Join a circle that lets anybody join."""
    if not circle.is_joinable:
        raise Refusal.forbidden()
    return _join(circle, account.agent, now=now)


def _join(circle: Circle, agent: Agent, *, now: datetime, roles: Sequence[str] = (Role.MEMBER,)) -> Membership:
    membership = Membership.objects.filter(circle=circle, agent=agent).first()
    if membership is not None and membership.left_at is None:
        return membership
    if membership is None:
        membership = Membership(circle=circle, agent=agent)
    membership.roles, membership.joined_at, membership.left_at = list(roles), now, None
    membership.save()
    record.append(
        circle.id, "member.joined", actor_id=agent.id, subject_id=agent.id, data={}, now=now,
        audience=Audience.MEMBERS, topics=["members"],
    )
    return membership


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
        _record(actor, "member.entered", agent.id, {"kind": str(kind), "consented": consented}, now)
    return membership


def area_of(circle: Circle, area_id: uuid.UUID | None) -> Area | None:
    if area_id is None:
        return None
    area = Area.objects.filter(circle=circle, pk=area_id).first()
    if area is None:
        raise Refusal("area.unknown", "area")
    return area


def name_representative(actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime) -> None:
    """Let a member act for an organisation. Coordinators and those who already act for it may name others."""
    organisation = access.member(actor, organisation_id).agent
    person = access.member(actor, person_id).agent
    if organisation.kind != AgentKind.ORGANISATION or person.kind != AgentKind.PERSON:
        raise Refusal("member.unknown", "person")
    if not actor.is_coordinator and organisation_id not in actor.acts_for:
        raise Refusal.forbidden()
    try:
        with transaction.atomic():
            Representative.objects.create(circle=actor.circle, organisation=organisation, person=person, since=now)
    except IntegrityError:
        raise Refusal.conflict("member.exists", "person") from None
    _record(actor, "representative.named", organisation_id, {"person": str(person_id)}, now)


def end_representative(actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime) -> None:
    if not actor.is_coordinator and organisation_id not in actor.acts_for:
        raise Refusal.forbidden()
    ended = Representative.objects.filter(
        circle=actor.circle, organisation_id=organisation_id, person_id=person_id, until__isnull=True
    ).update(until=now)
    if not ended:
        raise Refusal.not_found()
    _record(actor, "representative.ended", organisation_id, {"person": str(person_id)}, now)


def look_after(actor: Actor, agent_id: uuid.UUID, keeper_id: uuid.UUID | None, *, now: datetime) -> None:
    """Give a member without an account into somebody's care: that person acts for them from now on."""
    if not actor.is_guardian:
        raise Refusal.forbidden()
    membership = access.member(actor, agent_id)
    if Account.objects.filter(agent_id=agent_id).exists():
        raise Refusal("member.unknown", "person")
    keeper = access.member(actor, keeper_id).agent if keeper_id else None
    membership.looked_after_by = keeper
    membership.save(update_fields=["looked_after_by"])
    _record(actor, "member.looked_after", agent_id, {"by": str(keeper_id) if keeper_id else None}, now)


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
        if Role.COORDINATOR not in wanted:
            _keep_a_coordinator(actor.circle, besides=agent_id)
        membership.roles = sorted(wanted)
        membership.save(update_fields=["roles"])
        _record(actor, "member.roles_set", agent_id, {"roles": sorted(wanted)}, now)
    return membership


def _keep_a_coordinator(circle: Circle, *, besides: uuid.UUID) -> None:
    others = Membership.objects.filter(
        circle=circle, left_at__isnull=True, roles__contains=[Role.COORDINATOR.value]
    ).exclude(agent_id=besides)
    if not others.exists():
        raise Refusal.conflict("member.last_coordinator", "roles")


def leave(actor: Actor, *, now: datetime) -> None:
    """Leave a circle. What was promised is dropped by the practices that read ``member.left``."""
    with transaction.atomic():
        Circle.objects.select_for_update().get(pk=actor.circle.id)
        if actor.is_coordinator:
            _keep_a_coordinator(actor.circle, besides=actor.agent_id)
        Membership.objects.filter(circle=actor.circle, agent_id=actor.agent_id).update(left_at=now)
        _record(actor, "member.left", actor.agent_id, {}, now)


def change_kind(
    actor: Actor,
    code: str | None,
    *,
    names: dict[str, str],
    unit: str,
    icon: str,
    sensitive: bool,
    hidden: bool,
    now: datetime,
) -> str:
    """Change a kind for this circle, hide it, or add one of the circle's own (``code`` None). Returns its code."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    cleaned = {language: texts.line(text, "name", AREA_NAME_LENGTH_MAX) for language, text in names.items()}
    cleaned = {language: text for language, text in cleaned.items() if text}
    if unit not in UNITS or icon not in ICONS:
        raise Refusal("setting.unknown", "unit")
    with transaction.atomic():
        circle = Circle.objects.select_for_update().get(pk=actor.circle.id)
        if code is None:
            if not cleaned:
                raise Refusal("kind.name", "name")
            code = f"own.{new_id().hex[-12:]}"
        else:
            kinds.find(circle, code)
        circle.kind_changes[code] = {
            "name": cleaned, "unit": unit, "icon": icon, "sensitive": sensitive, "hidden": hidden
        }
        circle.save(update_fields=["kind_changes"])
        _record(actor, "kind.changed", None, {"kind": code}, now)
    return code
