"""Posting a need or an offer, for oneself or for somebody else, and keeping it on the board."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from taawun.community.circles import access as circle_access
from taawun.community.circles import kinds
from taawun.community.circles.actions import area_of
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Area, Circle, Membership
from taawun.community.people import actions as people
from taawun.community.people import limits, texts
from taawun.community.people.identity import parse_address
from taawun.community.people.models import Agent
from taawun.ground.values.place import Point, cell_of
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.words.clean import looks_personal
from taawun.ground.words.units import format_amount
from taawun.practice.aid import access, receipts, rules
from taawun.practice.aid.actions import entries, repeating
from taawun.practice.aid.actions.holding import close
from taawun.practice.aid.models import Intent, Receipt

SUMMARY_LENGTH_MAX = 200
DOOR_LENGTH_MAX = 500
DETAILS_LENGTH_MAX = 2000
PHONE_LENGTH_MAX = 80
PUBLIC_POSTS_AN_HOUR_MAX = 6


@dataclass(frozen=True, slots=True)
class Private:
    """What only the person who helps may see. ``reach`` is a phone, an e-mail or words such as "ring at the bakery"."""

    name: str = ""
    reach: str = ""
    door: str = ""
    details: str = ""
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class IntentDraft:
    """A need or an offer as typed and read by a door. ``quantity`` is in the unit's smallest part."""

    direction: str
    kind: str
    quantity: int
    urgency: int
    unit: str = ""
    summary: str = ""
    whole_only: bool = False
    visibility: str = ""
    area_id: uuid.UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    weekdays: Sequence[int] = ()
    from_minute: int | None = None
    to_minute: int | None = None
    on_behalf_of: uuid.UUID | None = None
    private: Private = Private()


def post(actor: Actor, draft: IntentDraft, *, now: datetime) -> Intent:
    """Put a need or an offer of a member on the board."""
    if not (actor.is_member or draft.on_behalf_of in actor.represents):
        raise Refusal.forbidden("claim.members_only")
    agent = circle_access.agent_to_act_for(actor, draft.on_behalf_of)
    with transaction.atomic():
        return _post(actor.circle, draft, agent, entered_by=actor.agent_id, checked=True, viewer=actor, now=now)


def post_without_account(circle: Circle, draft: IntentDraft, *, visitor: str, now: datetime) -> tuple[Intent, str]:
    """File a need without an account. Returns it and the receipt code, shown once.

    Members see it at once; it is public when a coordinator has looked at it. The person's name is in the vault only.
    """
    if draft.direction != rules.Direction.REQUEST or draft.on_behalf_of is not None:
        raise Refusal("intent.direction", "direction")
    if not draft.private.reach.strip():
        raise Refusal("phone.needed", "reach")
    limits.require("post", visitor, at_most=PUBLIC_POSTS_AN_HOUR_MAX, window=timedelta(hours=1), now=now)
    with transaction.atomic():
        agent = people.enter_agent(name="", languages=[], now=now)
        intent = _post(circle, draft, agent, entered_by=None, checked=False, viewer=None, now=now)
        code = give_receipt(intent, now=now)
    return intent, code


def give_receipt(intent: Intent, *, now: datetime) -> str:
    """Return a new code by which a need is followed. Only its index is kept, so one that was lost is replaced."""
    code = receipts.new_code()
    Receipt.objects.create(index=receipts.index_of(code), circle_id=intent.circle_id, intent_id=intent.id, made_at=now)
    return code


@dataclass(frozen=True, slots=True)
class Decided:
    """What the rules made of a draft, not written yet: the row, and its sealed fields (empty where there is nothing to seal)."""

    intent: Intent
    sealed: dict[str, str]


def _post(
    circle: Circle,
    draft: IntentDraft,
    agent: Agent,
    *,
    entered_by: uuid.UUID | None,
    checked: bool,
    viewer: Actor | None,
    now: datetime,
) -> Intent:
    kind = kinds.find(circle, draft.kind)
    area = area_of(circle, draft.area_id)
    decided = decide(circle, draft, agent, kind, area, entered_by=entered_by, checked=checked, now=now)
    intent = decided.intent
    intent.save(force_insert=True)
    _seal(circle, intent, agent, decided.sealed, viewer, now=now)
    found = repeating.look(intent, decided.sealed, now=now)
    entries.about_intent(intent, *entry_of_posting(intent, entered_by), now=now)
    repeating.tell(circle, found, entered_by, now=now)
    return intent


def decide(
    circle: Circle,
    draft: IntentDraft,
    agent: Agent,
    kind: CircleKind,
    area: Area | None,
    *,
    entered_by: uuid.UUID | None,
    checked: bool,
    now: datetime,
) -> Decided:
    """Return what a draft becomes, or refuse it. Asks the database nothing: one draft and a hundred thousand pass here."""
    _require_choices(draft, kind)
    rules.window(draft.starts_at, draft.ends_at, now=now)
    starts_at, ends_at = _utc(draft.starts_at), _utc(draft.ends_at)
    standing = bool(draft.weekdays)
    urgency = rules.Urgency(draft.urgency)
    direction = rules.Direction(draft.direction)
    visibility = draft.visibility or rules.default_visibility(direction, sensitive=kind.sensitive)
    times = rules.clocks(direction, urgency, standing=standing, ends_at=ends_at, now=now)
    intent = Intent(
        circle=circle,
        direction=direction,
        kind=kind.code,
        unit=kind.unit,
        quantity=draft.quantity,
        whole_only=draft.whole_only or not kind.splittable,
        sensitive=kind.sensitive,
        agent=agent,
        entered_by_id=entered_by if entered_by != agent.id else None,
        summary=_summary(draft.summary),
        area=area,
        cell=_cell(circle, area, draft.private.point),
        starts_at=starts_at,
        ends_at=ends_at,
        weekdays=sorted(set(draft.weekdays)),
        from_minute=draft.from_minute,
        to_minute=draft.to_minute,
        urgency=urgency,
        visibility=visibility,
        checked_at=now if checked else None,
        posted_at=now,
        fresh_at=now,
        ask_at=times.ask_at,
        expires_at=times.expires_at,
    )
    return Decided(intent, _sealed_fields(circle, agent, draft.private))


def entry_of_posting(intent: Intent, entered_by: uuid.UUID | None) -> tuple[str, uuid.UUID | None, dict[str, object]]:
    """Return what the journal says of a new intent: the entry's name, who made it, and its figures."""
    on_behalf = entered_by is not None and entered_by != intent.agent_id
    return "intent.posted", entered_by or intent.agent_id, {"quantity": intent.quantity, "on_behalf": on_behalf}


def _utc(moment: datetime | None) -> datetime | None:
    """Return a moment in UTC. A program may write any offset, and PostgreSQL reads only those that exist."""
    return moment.astimezone(UTC) if moment is not None else None


def _require_choices(draft: IntentDraft, kind: CircleKind) -> None:
    if draft.direction not in tuple(rules.Direction):
        raise Refusal("intent.direction", "direction")
    if draft.urgency not in tuple(rules.Urgency):
        raise Refusal("intent.urgency", "urgency")
    if draft.visibility and draft.visibility not in tuple(rules.Visibility):
        raise Refusal("intent.visibility", "visibility")
    if draft.unit and draft.unit != kind.unit:
        raise Refusal("quantity.unit", "unit", unit=kind.unit)
    if draft.quantity <= 0:
        raise Refusal("quantity.not_positive", "quantity")
    if draft.quantity > rules.QUANTITY_PARTS_MAX:
        raise Refusal("amount.too_large", "quantity", limit=format_amount(rules.QUANTITY_PARTS_MAX, kind.unit))
    if any(day not in range(7) for day in draft.weekdays):
        raise Refusal("window.weekdays", "weekdays")
    for minute in (draft.from_minute, draft.to_minute):
        if minute is not None and not 0 <= minute <= 24 * 60:
            raise Refusal("window.not_a_time", "from_time")


def _summary(text: str) -> str:
    cleaned = texts.line(text, "summary", SUMMARY_LENGTH_MAX)
    if looks_personal(cleaned):
        raise Refusal("summary.personal", "summary")
    return cleaned


def _cell(circle: Circle, area: Area | None, point: Point | None) -> int | None:
    """The public cell comes from the position if one was given, else from the area, else from the circle."""
    if point is not None:
        return cell_of(point, circle.resolution)
    return area.cell if area is not None and area.cell is not None else circle.cell


def _sealed_fields(circle: Circle, agent: Agent, private: Private) -> dict[str, str]:
    return {
        "name": texts.line(private.name, "name", texts.NAME_LENGTH_MAX) or agent.name,
        "phone": normal_reach(private.reach, circle.region, "reach"),
        "door": texts.paragraph(private.door, "door", DOOR_LENGTH_MAX),
        "details": texts.paragraph(private.details, "details", DETAILS_LENGTH_MAX),
        "point": f"{private.point.latitude:.6f},{private.point.longitude:.6f}" if private.point else "",
    }


def _seal(
    circle: Circle, intent: Intent, agent: Agent, fields: dict[str, str], viewer: Actor | None, *, now: datetime
) -> None:
    if viewer is not None and agent.id != viewer.agent_id and not fields["door"]:
        fields["door"] = _known_door(viewer, agent, now=now)
    store.seal(circle_id=circle.id, subject_id=agent.id, row_id=intent.id, fields=fields, now=now)


def normal_reach(text: str, region: str, field: str) -> str:
    """Keep a phone or e-mail in its normal form; anything else ("ring at the bakery") as it was written."""
    text = texts.line(text, field, PHONE_LENGTH_MAX)
    if not text:
        return ""
    try:
        return parse_address(text, region).value
    except Refusal:
        return text


def _known_door(actor: Actor, agent: Agent, *, now: datetime) -> str:
    """The door written down when a member was entered; taking it for a need is a look, and is recorded as one."""
    membership = Membership.objects.filter(circle=actor.circle, agent=agent).first()
    if membership is None:
        return ""
    opened = store.reveal(actor.viewer, [membership.id], "post on behalf", circle_id=actor.circle.id, now=now)
    return opened.get(membership.id, {}).get("door", "")


def check(actor: Actor, intent_id: uuid.UUID, *, now: datetime) -> Intent:
    """A coordinator has looked at a need filed without an account: from now on it is as public as it asks to be."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    with transaction.atomic():
        access.lock_intents(actor.circle, intent_id, *repeating.firsts_of(intent_id))
        intent = access.intent_to_manage(actor, intent_id)
        if intent.checked_at is None:
            intent.checked_at = now
            intent.save(update_fields=["checked_at"])
            found = repeating.look_at_waiting(intent, now=now)
            entries.about_intent(intent, "intent.checked", actor.agent_id, {}, now=now)
            repeating.tell(actor.circle, found, actor.agent_id, now=now)
    return intent


def renew(actor: Actor, intent_id: uuid.UUID, *, now: datetime) -> Intent:
    """Say "still available": the clock starts again, also for one that had expired."""
    with transaction.atomic():
        intent = access.intent_to_manage(actor, intent_id)
        if intent.state in rules.INTENT.final:
            raise Refusal.conflict("intent.final")
        ends_at = intent.ends_at if intent.ends_at and intent.ends_at > now else None
        times = rules.clocks(
            rules.Direction(intent.direction), rules.Urgency(intent.urgency),
            standing=intent.is_standing, ends_at=ends_at, now=now,
        )
        if intent.ends_at and ends_at is None:
            intent.starts_at = intent.ends_at = None
        if intent.state == "expired":
            intent.state = rules.INTENT.next("expired", "renew") or "open"
        intent.fresh_at, intent.ask_at, intent.expires_at, intent.asked_at = now, times.ask_at, times.expires_at, None
        intent.closed_at = None
        intent.save()
        store.keep_until([intent.id], None)
        entries.about_intent(intent, "intent.renewed", actor.agent_id, {}, now=now)
    return intent


def withdraw(actor: Actor, intent_id: uuid.UUID, *, now: datetime) -> Intent:
    """Take an intent off the board. Whoever was on it is told; nobody has to explain."""
    with transaction.atomic():
        seen = access.intent(actor.circle, actor, intent_id)
        if not access.may_manage(seen, actor):
            raise Refusal.forbidden()
        return close(seen, "withdrawn", actor_id=actor.agent_id, now=now)
