"""What goes on between two people who are hidden from each other ends: each of their promises is let go, as any may be."""

import uuid
from datetime import datetime

from django.db.models import Q

from taawun.community.circles.access import circles_shared_by
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid import rules
from taawun.practice.aid.actions import series, series_givers
from taawun.practice.aid.actions.holding import release
from taawun.practice.aid.models import Commitment, Intent, Series, StandIn


def part(one_id: uuid.UUID, other_id: uuid.UUID, now: datetime) -> None:
    """Let go of every living promise between two agents, in every circle they share.

    To each of them it looks like a promise that was dropped, and nobody is named. What one of them promised an
    organisation of the other's stays: it is the organisation's.
    """
    for circle_id in sorted(circles_shared_by(one_id, other_id)):
        with circle_scope(circle_id):
            _part_in(circle_id, one_id, other_id, now)


def _part_in(circle_id: uuid.UUID, one_id: uuid.UUID, other_id: uuid.UUID, now: datetime) -> None:
    standing = _series_between(circle_id, one_id, other_id, now)
    between = Q(giver_id=one_id, receiver_id=other_id) | Q(giver_id=other_id, receiver_id=one_id)
    living = Commitment.objects.filter(between, circle_id=circle_id, state__in=rules.LIVING)
    pairs = list(living.values_list("request_id", "offer_id"))
    # Everything is locked before the first entry: from there on the circle's journal waits for this transaction.
    wanted = sorted({one for pair in pairs for one in pair if one is not None})
    intents = {row.id: row for row in Intent.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    for row in living.select_for_update(of=("self",)).order_by("pk"):
        parts = {one: intents[one] for one in (row.request_id, row.offer_id) if one in intents}
        release(row, parts, "dropped_out", actor_id=None, now=now)
    for one, giver_id in standing:
        series_givers.let_go_of(one, giver_id, "dropped_out", now=now)


def _series_between(
    circle_id: uuid.UUID, one_id: uuid.UUID, other_id: uuid.UUID, now: datetime
) -> list[tuple[Series, uuid.UUID]]:
    """Return what repeats of one of them and is done by the other, locked, with who does it."""
    found = []
    for owner_id, giver_id in ((one_id, other_id), (other_id, one_id)):
        does = Q(giver_id=giver_id) | Q(pk__in=StandIn.objects.filter(agent_id=giver_id).values("series_id"))
        rows = Series.objects.filter(does, circle_id=circle_id, agent_id=owner_id).exclude(state="ended")
        for row in rows.select_for_update(of=("self",)).select_related("circle", "giver").order_by("pk"):
            series.lock_dates(row, now=now)
            found.append((row, giver_id))
    return found
