"""The board: what is open, taken, late and done, most urgent first, a page at a time."""

import base64
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Circle
from taawun.ground.values.ids import parse_id
from taawun.practice.aid import access
from taawun.practice.aid.models import Commitment, Intent

PAGE = 30
DONE_SHOWN_FOR = timedelta(days=7)
SECTIONS = ("open", "taken", "late", "done")


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the board is shown. Empty means all."""

    section: str = "open"
    direction: str = ""
    group: str = ""
    kind: str = ""
    area: uuid.UUID | None = None
    unchecked: bool = False


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who is on it. ``name`` is empty for outsiders."""

    name: str
    waiting: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Card:
    """An intent as the board shows it: nothing here is personal data of the one who needs help."""

    intent: Intent
    kind: CircleKind
    helpers: tuple[Helper, ...]
    is_mine: bool
    giver_name: str

    @property
    def is_late(self) -> bool:
        return any(one.late for one in self.helpers)

    @property
    def status(self) -> str:
        """open, taken, late, done, expired or withdrawn: what the chip says."""
        if self.is_late:
            return "late"
        if self.intent.state == "fulfilled":
            return "done"
        return self.intent.state


@dataclass(frozen=True, slots=True)
class Board:
    cards: list[Card]
    counts: Mapping[str, int]
    next_cursor: str


def board(
    circle: Circle, actor: Actor | None, filters: Filters, *, cursor: str = "", limit: int = PAGE, now: datetime
) -> Board:
    """Return a page of the board: three statements, whatever the number of intents."""
    visible = _filtered(access.visible_intents(circle, actor), circle, filters, now)
    rows = list(_after(visible, filters, cursor).select_related("agent", "area")[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return Board(
        cards=cards(rows, circle, actor, now=now),
        counts=counts(circle, actor, now=now),
        next_cursor=_cursor(rows[-1], filters) if more else "",
    )


def _filtered(intents: QuerySet[Intent], circle: Circle, filters: Filters, now: datetime) -> QuerySet[Intent]:
    if filters.section == "done":
        intents = intents.filter(state="fulfilled", closed_at__gt=now - DONE_SHOWN_FOR)
    elif filters.section == "late":
        intents = intents.filter(pk__in=_late_ids(circle, now))
    else:
        intents = intents.filter(state=filters.section)
    if filters.direction:
        intents = intents.filter(direction=filters.direction)
    if filters.kind:
        intents = intents.filter(kind=filters.kind)
    elif filters.group:
        codes = [kind.code for kind in kinds.offered(circle) if kind.group == filters.group]
        intents = intents.filter(kind__in=codes)
    if filters.area:
        intents = intents.filter(area_id=filters.area)
    if filters.unchecked:
        intents = intents.filter(checked_at__isnull=True)
    return intents


def _late_ids(circle: Circle, now: datetime) -> list[uuid.UUID]:
    pairs = Commitment.objects.filter(circle=circle, state="agreed", due_at__lt=now).values_list("request_id", "offer_id")
    return [one for pair in pairs[:500] for one in pair if one is not None]


def _order(filters: Filters) -> tuple[str, ...]:
    return ("-closed_at", "-id") if filters.section == "done" else ("-urgency", "-posted_at", "-id")


def _after(intents: QuerySet[Intent], filters: Filters, cursor: str) -> QuerySet[Intent]:
    intents = intents.order_by(*_order(filters))
    place = read_cursor(cursor)
    if place is None:
        return intents
    urgency, moment, last_id = place
    if filters.section == "done":
        return intents.filter(Q(closed_at__lt=moment) | Q(closed_at=moment, id__lt=last_id))
    return intents.filter(
        Q(urgency__lt=urgency)
        | Q(urgency=urgency, posted_at__lt=moment)
        | Q(urgency=urgency, posted_at=moment, id__lt=last_id)
    )


def _cursor(last: Intent, filters: Filters) -> str:
    moment = (last.closed_at or last.posted_at) if filters.section == "done" else last.posted_at
    text = json.dumps([last.urgency, moment.isoformat(), str(last.id)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[int, datetime, uuid.UUID] | None:
    """Return the place a cursor names; what is not a cursor begins at the beginning."""
    try:
        urgency, moment, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = int(urgency), datetime.fromisoformat(moment), parse_id(last)
    except (ValueError, TypeError, OverflowError):
        return None
    if place[2] is None or place[1].tzinfo is None or not 0 <= place[0] <= 3:
        return None
    return place[0], place[1], place[2]


def cards(rows: Iterable[Intent], circle: Circle, actor: Actor | None, *, now: datetime) -> list[Card]:
    """Return cards for intents, with who is on them: one statement."""
    rows = list(rows)
    by_intent: dict[uuid.UUID, list[Commitment]] = {}
    ids = [row.id for row in rows]
    on_them = (
        Commitment.objects.filter(Q(request_id__in=ids) | Q(offer_id__in=ids), state__in=["waiting", "agreed"])
        .select_related("giver")
        .order_by("made_at")
    )
    for commitment in on_them if ids else ():
        for intent_id in (commitment.request_id, commitment.offer_id):
            if intent_id is not None:
                by_intent.setdefault(intent_id, []).append(commitment)
    insider = actor is not None and actor.is_member
    known: dict[str, CircleKind] = {}
    made = []
    for row in rows:
        if row.kind not in known:
            known[row.kind] = kinds.shown(circle, row.kind)
        helpers = tuple(
            Helper(
                name=one.giver.name if insider else "",
                waiting=one.state == "waiting",
                late=one.state == "agreed" and one.due_at < now,
            )
            for one in by_intent.get(row.id, ())
        )
        made.append(
            Card(
                intent=row,
                kind=known[row.kind],
                helpers=helpers,
                is_mine=actor is not None and actor.is_one_of(row.agent_id),
                giver_name=row.agent.name if insider and not row.is_request else "",
            )
        )
    return made


def card(intent: Intent, actor: Actor | None, *, now: datetime) -> Card:
    return cards([intent], intent.circle, actor, now=now)[0]


def counts(circle: Circle, actor: Actor | None, *, now: datetime) -> dict[str, int]:
    """Return how many needs and offers are in each section of the board this person sees: one statement."""
    visible = "TRUE"
    own = [str(one) for one in actor.own_ids] if actor else []
    if actor is None or not actor.is_member:
        visible = "(visibility = 'public' AND checked_at IS NOT NULL OR agent_id = ANY(%(own)s::uuid[]))"
    elif not actor.is_coordinator:
        visible = "(visibility <> 'coordinators' OR agent_id = ANY(%(own)s::uuid[]))"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) FILTER (WHERE state = 'open' AND direction = 'request'),
                   count(*) FILTER (WHERE state = 'open' AND direction = 'offer'),
                   count(*) FILTER (WHERE state = 'taken'),
                   count(*) FILTER (WHERE state = 'fulfilled'),
                   count(*) FILTER (WHERE state = 'open' AND checked_at IS NULL),
                   (SELECT count(*) FROM aid_commitment
                     WHERE circle_id = %(circle)s AND state = 'agreed' AND due_at < %(now)s)
              FROM aid_intent
             WHERE circle_id = %(circle)s AND {visible}
               AND (state IN ('open', 'taken') OR (state = 'fulfilled' AND closed_at > %(done)s))
            """,
            {"circle": circle.id, "now": now, "done": now - DONE_SHOWN_FOR, "own": own},
        )
        requests, offers, taken, done, unchecked, late = cursor.fetchone()
    return {
        "requests": requests, "offers": offers, "open": requests + offers,
        "taken": taken, "done": done, "late": late, "unchecked": unchecked,
    }
