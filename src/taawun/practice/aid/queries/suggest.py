"""Who could help with this, and whom could this help: ranked, with the terms of each rank, from what lies nearby.

The cost grows with the number of candidates near the place, not with the table: each public cell around it gives at
most a handful, freshest first, through an index on circle, direction, kind and cell.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db import connection

from taawun.community.circles.actor import Actor
from taawun.community.people.models import HiddenPair
from taawun.ground.values.place import cells_within, distance_km
from taawun.practice.aid import access, rules
from taawun.practice.aid.models import Intent
from taawun.practice.aid.queries.learning import Giving, giving, judging
from taawun.solve.matching.score import rank
from taawun.solve.matching.success import History, expect
from taawun.solve.matching.terms import Candidate, Overlap, Scored

SHOWN = 8
PER_CELL = 8
# Each candidate is read and weighed. Twice as many took twice as long, changed one suggestion in twenty, and never the first.
READ_MAX = 64
RINGS = (3, 12)
ENOUGH = 12


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An intent of the other direction, with its score and the terms of it."""

    intent: Intent
    scored: Scored


def suggest(intent: Intent, actor: Actor, *, limit: int = SHOWN, now: datetime) -> list[Suggestion]:
    """Return the best matches for an open intent, best first: six statements at most."""
    if intent.state != "open" or intent.left <= 0:
        return []
    ids = _nearby(intent)
    rows = list(
        access.visible_intents(actor.circle, actor)
        .filter(pk__in=ids, expires_at__gt=now)
        .exclude(agent_id=intent.agent_id)
        # Nobody is proposed to whom she blocked or who blocked her, whoever looks for a match.
        .exclude(agent_id__in=HiddenPair.objects.filter(one_id=intent.agent_id).values("other_id"))
        .select_related("agent", "area")
    )
    rows = [row for row in rows if row.left > 0 and _fits_whole(intent, row)]
    givers = {row.agent_id if intent.is_request else intent.agent_id for row in rows}
    by_id = {str(row.id): row for row in rows}
    given, judged = giving(givers, now), judging(actor.circle)
    candidates = [candidate(intent, row, given, judged.history, now) for row in rows]
    weights = judged.rules.weights(for_request=intent.is_request)
    return [Suggestion(by_id[one.candidate.id], one) for one in rank(candidates, weights, limit)]


def _nearby(intent: Intent) -> list[uuid.UUID]:
    """Return ids of open intents of the other direction and the same kind, by cell from the nearest ring outwards."""
    other = rules.Direction.OFFER if intent.is_request else rules.Direction.REQUEST
    found: list[uuid.UUID] = []
    if intent.cell is not None:
        for rings in RINGS:
            found = _in_cells(intent, other, cells_within(intent.cell, rings))
            if len(found) >= ENOUGH:
                return found
    return found + [one for one in _anywhere(intent, other) if one not in set(found)]


def _in_cells(intent: Intent, other: str, cells: list[int]) -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT near.id FROM unnest(%s::bigint[]) WITH ORDINALITY AS around(cell, place)
             CROSS JOIN LATERAL (
                SELECT id FROM aid_intent
                 WHERE circle_id = %s AND direction = %s AND kind = %s AND cell = around.cell AND state = 'open'
                 ORDER BY fresh_at DESC LIMIT %s) AS near
             ORDER BY around.place LIMIT %s
            """,
            [cells, intent.circle_id, other, intent.kind, PER_CELL, READ_MAX],
        )
        return [row[0] for row in cursor.fetchall()]


def _anywhere(intent: Intent, other: str) -> list[uuid.UUID]:
    """Return some without a place, and some from further away, when too little was found nearby."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            (SELECT id FROM aid_intent WHERE circle_id = %(circle)s AND direction = %(other)s AND kind = %(kind)s
                AND state = 'open' AND cell IS NULL ORDER BY fresh_at DESC LIMIT %(some)s)
            UNION ALL
            (SELECT id FROM aid_intent WHERE circle_id = %(circle)s AND direction = %(other)s AND kind = %(kind)s
                AND state = 'open' AND cell IS NOT NULL LIMIT %(some)s)
            """,
            {"circle": intent.circle_id, "other": other, "kind": intent.kind, "some": PER_CELL * 2},
        )
        return [row[0] for row in cursor.fetchall()]


def _fits_whole(one: Intent, other: Intent) -> bool:
    """What can only be taken whole needs the other side to have as much left."""
    if one.whole_only and other.left < one.quantity:
        return False
    return not (other.whole_only and one.left < other.quantity)


def candidate(
    intent: Intent, other: Intent, giving_of: Mapping[uuid.UUID, Giving], history: History | None, now: datetime
) -> Candidate:
    """Return one seen from the other, as the score takes it."""
    request, offer = (intent, other) if intent.is_request else (other, intent)
    given = giving_of.get(offer.agent_id, Giving())
    offer_hours = max(0.0, (now - offer.fresh_at).total_seconds() / 3600)
    needed = max(1, request.left)
    return Candidate(
        id=str(other.id),
        distance_km=distance_km(intent.cell, other.cell) if intent.cell and other.cell else None,
        same_area=intent.area_id is not None and intent.area_id == other.area_id,
        shared_languages=tuple(one for one in intent.agent.languages if one in other.agent.languages),
        overlap=overlap(request, offer, now=now),
        urgency=request.urgency,
        age_hours=max(0.0, (now - other.fresh_at).total_seconds() / 3600),
        giver_recent_help_count=given.recent,
        giver_helped_total=given.total,
        fits_fraction=min(Fraction(1), Fraction(min(request.left, offer.left), needed)),
        # Beside an offer it would say the same of every request.
        expected=expect(history, offer.kind, offer_hours, given.record) if history and intent.is_request else None,
    )


def overlap(one: Intent, other: Intent, *, now: datetime) -> Overlap | None:
    """Return when the two sides' times meet; None when either named no time."""
    first, second = _spans(one, now), _spans(other, now)
    if not first or not second:
        return None
    best: Overlap | None = None
    for a_start, a_end in first:
        for b_start, b_end in second:
            start, end = max(a_start, b_start), min(a_end, b_end)
            minutes = int((end - start).total_seconds() // 60)
            if minutes > 0 and (best is None or (best.starts_at and start < best.starts_at)):
                best = Overlap(minutes, start)
    return best or Overlap(0)


def _spans(intent: Intent, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return the times an intent names: its window, or its standing hours of the next seven days in the circle's zone."""
    if intent.weekdays:
        return standing_spans(intent, now)
    if intent.starts_at is None and intent.ends_at is None:
        return []
    start = max(intent.starts_at or now, now)
    return [(start, intent.ends_at or start + timedelta(days=14))]


def standing_spans(intent: Intent, now: datetime, days: int = 7) -> list[tuple[datetime, datetime]]:
    """Return the coming turns of a standing intent, soonest first."""
    local = now.astimezone(ZoneInfo(intent.circle.time_zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    spans = []
    from_minute, to_minute = intent.from_minute or 0, intent.to_minute or 24 * 60
    # A night shift ends on the day after the one it is named by; last night's may still be going on.
    is_night = to_minute <= from_minute
    for offset in range(-1 if is_night else 0, days + 1):
        day = midnight + timedelta(days=offset)
        if day.weekday() in intent.weekdays:
            start = day + timedelta(minutes=from_minute)
            end = day + timedelta(days=1 if is_night else 0, minutes=to_minute)
            if end > now:
                spans.append((max(start, now), end))
    return spans
