"""The board: what is open, taken, late and done, most urgent first, a page at a time."""

import base64
import functools
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db import connection
from django.db.models import Q, QuerySet

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Circle
from taawun.ground.values.ids import parse_id
from taawun.practice.aid import access
from taawun.practice.aid.models import Commitment, Intent

PAGE = 40
DONE_SHOWN_FOR = timedelta(days=7)
CARD_COLUMNS = (
    "circle_id", "direction", "kind", "unit", "quantity", "taken", "done", "whole_only", "sensitive", "agent_id",
    "summary", "area_id", "cell", "starts_at", "ends_at", "weekdays", "from_minute", "to_minute", "urgency",
    "visibility", "state", "checked_at", "posted_at", "closed_at", "expires_at", "asked_again", "series_id", "occurs_on", "agent__name", "area__name",
)  # fmt: skip
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
    agent_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """An intent as the board shows it: nothing here is personal data of the one who needs help."""

    intent: Intent
    kind: CircleKind
    helpers: tuple[Helper, ...]
    is_mine: bool
    giver_name: str
    asked_again: int = 0

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
class Overview:
    """How many there are in each section, the circle's areas by (id, name), and the newest entry of its journal."""

    counts: Mapping[str, int]
    areas: Sequence[tuple[str, str]]
    newest: int


@dataclass(frozen=True, slots=True)
class Board:
    cards: list[Card]
    overview: Overview
    next_cursor: str

    @property
    def counts(self) -> Mapping[str, int]:
        return self.overview.counts


def board(
    circle: Circle, actor: Actor | None, filters: Filters, *, cursor: str = "", limit: int = PAGE, now: datetime
) -> Board:
    """Return a page of the board: four statements at most, whatever the number of intents."""
    visible = _filtered(access.visible_intents(circle, actor), circle, filters, now)
    rows = list(shown_on_cards(_after(visible, filters, cursor))[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return Board(
        cards=cards(rows, circle, actor, now=now),
        overview=overview(circle, actor, now=now),
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
    by_intent = _helpers([row.id for row in rows], now)
    insider = actor is not None and actor.is_member
    hidden = actor.hidden_ids if actor is not None else frozenset[uuid.UUID]()
    known: dict[str, CircleKind] = {}
    made = []
    for row in rows:
        if row.kind not in known:
            known[row.kind] = kinds.shown(circle, row.kind)
        helpers = tuple(
            one if insider and one.agent_id not in hidden else replace(one, name="") for one in by_intent.get(row.id, ())
        )
        made.append(
            Card(
                intent=row,
                kind=known[row.kind],
                helpers=helpers,
                is_mine=actor is not None and actor.is_one_of(row.agent_id),
                giver_name=row.agent.name if insider and not row.is_request else "",
                # An outsider could learn from it whose need it is.
                asked_again=row.asked_again if insider else 0,
            )
        )
    return made


def shown_on_cards(intents: QuerySet[Intent]) -> QuerySet[Intent]:
    """Read only the columns a card shows: half the time of reading them all."""
    return intents.select_related("agent", "area").only(*CARD_COLUMNS)


def _helpers(intent_ids: list[uuid.UUID], now: datetime) -> dict[uuid.UUID, list[Helper]]:
    """Return who is on each intent, first come first: one statement."""
    if not intent_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT request_id, offer_id, agent.name, state = 'waiting', state = 'agreed' AND due_at < %(now)s, giver_id
              FROM aid_commitment JOIN people_agent agent ON agent.id = giver_id
             WHERE (request_id = ANY(%(ids)s) OR offer_id = ANY(%(ids)s)) AND state IN ('waiting', 'agreed')
             ORDER BY made_at
            """,
            {"ids": intent_ids, "now": now},
        )
        found: dict[uuid.UUID, list[Helper]] = {}
        for request_id, offer_id, name, waiting, late, giver_id in cursor.fetchall():
            for intent_id in (request_id, offer_id):
                if intent_id is not None:
                    found.setdefault(intent_id, []).append(Helper(name, waiting, late, giver_id))
    return found


def card(intent: Intent, actor: Actor | None, *, now: datetime) -> Card:
    # An actor has the circle at hand; asking the intent for it would be a statement for each card.
    return cards([intent], actor.circle if actor is not None else intent.circle, actor, now=now)[0]


def overview(circle: Circle, actor: Actor | None, *, now: datetime) -> Overview:
    """Return the counts of the board this person sees and the areas to filter by: one statement, or two.

    Counting ten thousand intents anew for each reader would be half the cost of the page, and the counts change
    only with the circle's journal or with the minute: they are kept under the hash of its newest entry.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT head.seq, head.hash,
                   (SELECT json_agg(json_build_array(id, name) ORDER BY name) FROM circles_area
                     WHERE circle_id = %(circle)s)
              FROM journal_head head WHERE head.circle_id = %(circle)s
            """,
            {"circle": circle.id},
        )
        seq, newest, areas = cursor.fetchone() or (0, b"", [])
    if actor is not None and actor.is_coordinator:
        sees, own = "all", frozenset[uuid.UUID]()
    else:
        sees = "members" if actor is not None and actor.is_member else "public"
        own = actor.own_ids if actor is not None else frozenset()
    hidden = actor.hidden_ids if actor is not None else frozenset[uuid.UUID]()
    counts = _counts(circle.id, bytes(newest), now.replace(second=0, microsecond=0), sees, own, hidden)
    return Overview(counts, [(area_id, name) for area_id, name in areas or []], seq)


VISIBLE = {
    "all": "TRUE",
    "members": "(visibility <> 'coordinators' OR agent_id = ANY(%(own)s))",
    "public": "(visibility = 'public' AND checked_at IS NOT NULL OR agent_id = ANY(%(own)s))",
}
# Without those who are hidden from the reader. Most readers hide nobody, and their statement stays as short as it was.
SEEN = "AND NOT agent_id = ANY(%(hidden)s)"
BOTH_SEEN = "AND NOT giver_id = ANY(%(hidden)s) AND NOT receiver_id = ANY(%(hidden)s)"


@functools.lru_cache(maxsize=2048)
def _counts(
    circle_id: uuid.UUID,
    newest: bytes,
    minute: datetime,
    sees: str,
    own: frozenset[uuid.UUID],
    hidden: frozenset[uuid.UUID],
) -> Mapping[str, int]:
    """Return how many needs and offers are in each section, as somebody with these rights sees them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) FILTER (WHERE state = 'open' AND direction = 'request'),
                   count(*) FILTER (WHERE state = 'open' AND direction = 'offer'),
                   count(*) FILTER (WHERE state = 'taken'),
                   count(*) FILTER (WHERE state = 'fulfilled'),
                   count(*) FILTER (WHERE state = 'open' AND checked_at IS NULL),
                   (SELECT count(*) FROM aid_commitment
                     WHERE circle_id = %(circle)s AND state = 'agreed' AND due_at < %(now)s {BOTH_SEEN if hidden else ""})
              FROM aid_intent
             WHERE circle_id = %(circle)s AND {VISIBLE[sees]} {SEEN if hidden else ""}
               AND (state IN ('open', 'taken') OR (state = 'fulfilled' AND closed_at > %(done)s))
            """,
            {
                "circle": circle_id, "now": minute, "done": minute - DONE_SHOWN_FOR, "own": list(own),
                "hidden": list(hidden),
            },
        )
        names = ("requests", "offers", "taken", "done", "unchecked", "late")
        counts = dict(zip(names, cursor.fetchone(), strict=True))
    return MappingProxyType({**counts, "open": counts["requests"] + counts["offers"]})
