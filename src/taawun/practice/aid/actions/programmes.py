"""An organisation's programmes: said, changed, paused, ended, and how much each can take."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from taawun.community.circles import access as circle_access
from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.models import Area, Circle
from taawun.community.circles.rights import Right
from taawun.community.people import texts
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.values.place import Point, cell_of
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, serving
from taawun.practice.aid.models import Programme

NAME_LENGTH_MAX = 120
TEXT_LENGTH_MAX = 2000
CONTACT_LENGTH_MAX = 200
PROGRAMMES_MAX = 100
KINDS_MAX = 60
# How far around its point a programme may reach, in rings of public cells (some two kilometres each).
RINGS_MAX = 12
TEXTS = ("about", "for_whom")


@dataclass(frozen=True, slots=True)
class ProgrammeDraft:
    """A programme as typed and read by a door. ``texts`` is ``about`` and ``for_whom``, each a language to a text.

    ``point`` None leaves the middle where it is; ``keep_point`` False takes it away.
    """

    name: str
    kinds: Sequence[str] = ()
    groups: Sequence[str] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    area_ids: Sequence[uuid.UUID] = ()
    point: Point | None = None
    keep_point: bool = True
    rings: int = 1
    weekdays: Sequence[int] = ()
    from_minute: int | None = None
    to_minute: int | None = None
    contact: str = ""
    entry: str = serving.Entry.ANYONE
    has_waiting_list: bool = False


def add_programme(actor: Actor, organisation_id: uuid.UUID, draft: ProgrammeDraft, *, now: datetime) -> Programme:
    """Say what an organisation offers. It is open at once; how much it can take is said with ``set_capacity``."""
    organisation = circle_access.organisation(actor, organisation_id, Right.PROGRAMMES)
    with transaction.atomic():
        living = Programme.objects.filter(circle=actor.circle, organisation=organisation, ended_at__isnull=True)
        if living.count() >= PROGRAMMES_MAX:
            raise Refusal.conflict("programme.too_many", "name", limit=PROGRAMMES_MAX)
        programme = Programme(circle=actor.circle, organisation=organisation, made_at=now, changed_at=now)
        _fill(programme, actor.circle, draft)
        programme.save(force_insert=True)
        _tell(actor, programme, "programme.added", now)
    return programme


def change_programme(actor: Actor, programme_id: uuid.UUID, draft: ProgrammeDraft, *, now: datetime) -> Programme:
    """Change what a programme says. A limit for a kind it no longer serves goes with the kind."""
    with transaction.atomic():
        programme = access.programme_to_manage(actor, programme_id)
        _fill(programme, actor.circle, draft)
        served = set(served_codes(actor.circle, programme)) | {serving.CASES}
        programme.capacity = {kind: amount for kind, amount in programme.capacity.items() if kind in served}
        if not programme.capacity:
            programme.period = serving.Period.NONE
        programme.changed_at = now
        programme.save()
        _tell(actor, programme, "programme.changed", now)
    return programme


def _fill(programme: Programme, circle: Circle, draft: ProgrammeDraft) -> None:
    name = texts.line(draft.name, "name", NAME_LENGTH_MAX)
    if not name:
        raise Refusal("programme.name", "name")
    programme.name = name
    programme.kinds, programme.groups = _what(circle, draft)
    programme.texts = _texts(circle, draft.texts)
    programme.area_ids = _areas(circle, draft.area_ids)
    if not 0 <= draft.rings <= RINGS_MAX:
        raise Refusal("programme.rings", "rings")
    programme.rings = draft.rings
    if draft.point is not None:
        programme.cell = cell_of(draft.point, circle.resolution)
    elif not draft.keep_point:
        programme.cell = None
    if any(day not in range(7) for day in draft.weekdays):
        raise Refusal("window.weekdays", "weekdays")
    programme.weekdays = sorted(set(draft.weekdays))
    programme.from_minute, programme.to_minute = _hours(draft)
    programme.contact = texts.line(draft.contact, "contact", CONTACT_LENGTH_MAX)
    if draft.entry not in tuple(serving.Entry):
        raise Refusal("programme.entry", "entry")
    programme.entry = draft.entry
    programme.has_waiting_list = draft.has_waiting_list


def _what(circle: Circle, draft: ProgrammeDraft) -> tuple[list[str], list[str]]:
    chosen, groups = list(dict.fromkeys(draft.kinds)), list(dict.fromkeys(draft.groups))
    if not chosen and not groups:
        raise Refusal("programme.kinds", "kinds")
    known = {kind.code for kind in kinds.all_of(circle)}
    if not set(chosen) <= known or len(chosen) > KINDS_MAX:
        raise Refusal("programme.kind_unknown", "kinds")
    if not set(groups) <= {group.code for group in GROUPS}:
        raise Refusal("programme.kind_unknown", "groups")
    return chosen, groups


def _texts(circle: Circle, told: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    cleaned: dict[str, dict[str, str]] = {}
    for name in TEXTS:
        for language, text in told.get(name, {}).items():
            if language not in circle.languages:
                raise Refusal("programme.language", f"{name}_{language}")
            kept = texts.paragraph(text, f"{name}_{language}", TEXT_LENGTH_MAX)
            if kept:
                cleaned.setdefault(name, {})[language] = kept
    return cleaned


def _areas(circle: Circle, area_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    wanted = list(dict.fromkeys(area_ids))
    if wanted and Area.objects.filter(circle=circle, pk__in=wanted).count() != len(wanted):
        raise Refusal("programme.area_unknown", "areas")
    return wanted


def _hours(draft: ProgrammeDraft) -> tuple[int | None, int | None]:
    hours = (draft.from_minute, draft.to_minute)
    if (hours[0] is None) != (hours[1] is None):
        raise Refusal("programme.hours", "to_time" if hours[1] is None else "from_time")
    if any(minute is not None and not 0 <= minute <= 24 * 60 for minute in hours):
        raise Refusal("window.not_a_time", "from_time")
    return hours


def served_codes(circle: Circle, programme: Programme) -> list[str]:
    """Return the codes of all kinds a programme serves, those named first, then those of its groups."""
    grouped = [kind.code for kind in kinds.offered(circle) if kind.group in programme.groups]
    return list(dict.fromkeys([*programme.kinds, *grouped]))


def set_capacity(
    actor: Actor, programme_id: uuid.UUID, period: str, capacity: Mapping[str, int], *, now: datetime
) -> Programme:
    """Say how much a programme can take in which time: cases of any kind (under ""), and amounts by kind. Nothing is no limit."""
    if period not in tuple(serving.Period):
        raise Refusal("programme.period", "period")
    if capacity and not period:
        raise Refusal("programme.capacity_no_period", "period")
    with transaction.atomic():
        programme = access.programme_to_manage(actor, programme_id)
        served = {serving.CASES, *served_codes(actor.circle, programme)}
        for kind, amount in capacity.items():
            if kind not in served:
                raise Refusal("programme.capacity_kind", f"amount_{kind}")
            if not 0 <= amount <= serving.AMOUNT_MAX:
                raise Refusal("programme.capacity_amount", f"amount_{kind}")
        programme.period = period if capacity else serving.Period.NONE
        programme.capacity, programme.changed_at = dict(capacity), now
        programme.save(update_fields=["period", "capacity", "changed_at"])
        _tell(actor, programme, "programme.changed", now)
    return programme


def open_programme(actor: Actor, programme_id: uuid.UUID, is_open: bool, *, now: datetime) -> Programme:
    """Pause a programme, or open it again. What it has promised stays promised."""
    with transaction.atomic():
        programme = access.programme_to_manage(actor, programme_id)
        if programme.is_open != is_open:
            programme.is_open, programme.changed_at = is_open, now
            programme.save(update_fields=["is_open", "changed_at"])
            _tell(actor, programme, "programme.opened" if is_open else "programme.paused", now)
    return programme


def end_programme(actor: Actor, programme_id: uuid.UUID, *, now: datetime) -> Programme:
    """Take a programme out of the directory for good. What it has promised stays promised; its waiting list is let go."""
    with transaction.atomic():
        programme = access.programme_to_manage(actor, programme_id)
        programme.ended_at = programme.changed_at = now
        programme.save(update_fields=["ended_at", "changed_at"])
        programme.placements.filter(commitment=None, ended_at=None).update(ended_at=now, reason="no_place")
        _tell(actor, programme, "programme.ended", now)
    return programme


def _tell(actor: Actor, programme: Programme, name: str, now: datetime) -> None:
    record.append(
        actor.circle.id,
        name,
        actor_id=actor.agent_id,
        subject_id=programme.id,
        data={"organisation": str(programme.organisation_id)},
        now=now,
        audience=Audience.PUBLIC,
        topics=["services", f"agent:{programme.organisation_id}"],
    )
