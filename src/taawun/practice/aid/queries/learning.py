"""What a circle's own history taught about help that arrives: counted here, weighed in ``solve.matching.success``.

Only outcomes of the last half year count, so that a bad month is forgotten. What is counted of the offers is kept with
the circle's rules and counted anew each hour; a giver's own record is counted when it is needed and kept nowhere.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from taawun.community.circles.models import Circle
from taawun.practice.aid.matching_rules import Rules
from taawun.practice.aid.models import Matching
from taawun.solve.matching.success import BANDS_HOURS, NONE, History, Tally, giver_factor

RECENT = timedelta(days=30)
REMEMBERED = timedelta(days=180)
# What each reason for failing is about. Letting go and saying no are about nothing: they are no failure.
NOT_REACHED = ("not_there", "no_longer_needed")
NO_LONGER_THERE = "no_longer_there"
GIVER = "giver_could_not"
HAPPENED = ("delivered", "received")


@dataclass(frozen=True, slots=True)
class Judging:
    """A circle's rules and what it learnt; without learning, ``history`` is None."""

    rules: Rules
    history: History | None


@dataclass(frozen=True, slots=True)
class Giving:
    """How much a giver has helped: taken on in the last 30 days, completed ever; and how promises of the last half year
    ended."""

    recent: int = 0
    total: int = 0
    record: Tally = NONE


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was counted: for the page that says what the program learnt. ``outcomes``: a reason to how often."""

    history: History
    outcomes: Mapping[str, int] = field(default_factory=dict)


def judging(circle: Circle) -> Judging:
    """Return how matches of a circle are judged: one statement."""
    row = Matching.objects.filter(circle=circle).first()
    rules = Rules(row.changes if row else {})
    return Judging(rules, history_of(row.learnt if row else {}) if rules.learns else None)


def history_of(learnt: Mapping[str, Any]) -> History:
    """Read what was kept. What is missing of it begins with the network's share."""
    bands = [Tally(*one) for one in learnt.get("bands", [])][: len(BANDS_HOURS) + 1]
    bands += [NONE] * (len(BANDS_HOURS) + 1 - len(bands))
    kinds = {kind: Tally(*one) for kind, one in learnt.get("kinds", {}).items()}
    return History(tuple(bands), Tally(*learnt.get("reached", (0, 0))), kinds)


def count(circle: Circle, *, now: datetime) -> dict[str, Any]:
    """Count how promises of the last half year ended: one statement. Halves stand for what came late."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(request.kind, offer.kind), offer.id IS NOT NULL,
                   width_bucket(extract(epoch FROM commitment.made_at - CASE WHEN offer.fresh_at <= commitment.made_at
                       THEN offer.fresh_at ELSE offer.posted_at END) / 3600, %(bands)s::numeric[]),
                   CASE WHEN commitment.state = 'failed' THEN commitment.reason
                        WHEN commitment.state = 'released' THEN 'giver_silent'
                        WHEN commitment.ended_at > commitment.due_at THEN 'late' ELSE 'well' END AS outcome,
                   count(*)
              FROM aid_commitment AS commitment
              LEFT JOIN aid_intent AS request ON request.id = commitment.request_id
              LEFT JOIN aid_intent AS offer ON offer.id = commitment.offer_id
             WHERE commitment.circle_id = %(circle)s AND commitment.ended_at > %(since)s
               AND (commitment.state IN ('delivered', 'received', 'failed')
                    OR (commitment.state = 'released' AND commitment.reason = 'stale'
                        AND commitment.agreed_at IS NOT NULL))
             GROUP BY 1, 2, 3, 4
            """,
            {"circle": circle.id, "since": now - REMEMBERED, "bands": [0.0, *BANDS_HOURS]},
        )
        return _tallied(cursor.fetchall())


def _tallied(rows: Iterable[tuple[str, bool, int | None, str, int]]) -> dict[str, Any]:
    bands = [[0.0, 0.0] for _ in range(len(BANDS_HOURS) + 1)]
    reached, kinds, outcomes = [0.0, 0.0], dict[str, list[float]](), dict[str, int]()
    for kind, from_offer, band, outcome, number in rows:
        outcomes[outcome] = outcomes.get(outcome, 0) + number
        if from_offer and band is not None:
            # An offer confirmed after the promise has an age below 0 nowhere: its own beginning is older.
            _add(bands[min(max(band - 1, 0), len(bands) - 1)], outcome != NO_LONGER_THERE, number)
        _add(reached, outcome not in NOT_REACHED, number)
        if outcome not in (NO_LONGER_THERE, GIVER, "giver_silent", *NOT_REACHED):
            tally = kinds.setdefault(kind, [0.0, 0.0])
            if outcome == "late":
                tally[0] += number / 2
                tally[1] += number / 2
            else:
                _add(tally, outcome == "well", number)
    return {"bands": bands, "reached": reached, "kinds": kinds, "outcomes": outcomes}


def _add(tally: list[float], went_well: bool, number: int) -> None:
    tally[0 if went_well else 1] += number


def giving(givers: Iterable[uuid.UUID], now: datetime) -> dict[uuid.UUID, Giving]:
    """Return how each giver has helped in the circles of this scope: one statement."""
    wanted = [str(one) for one in givers]
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT giver_id, count(*) FILTER (WHERE kept AND made_at > %(recent)s), count(*) FILTER (WHERE happened),
                   count(*) FILTER (WHERE happened AND made_at > %(remembered)s),
                   count(*) FILTER (WHERE not kept AND made_at > %(remembered)s)
              FROM (SELECT giver_id, made_at, state IN ('agreed', 'delivered', 'received') AS kept,
                           state IN ('delivered', 'received') AS happened
                      FROM aid_commitment
                     WHERE giver_id = ANY(%(givers)s::uuid[])
                       AND (state IN ('agreed', 'delivered', 'received')
                            OR (state = 'failed' AND reason = 'giver_could_not')
                            OR (state = 'released' AND reason = 'stale' AND agreed_at IS NOT NULL))) AS given
             GROUP BY giver_id
            """,
            {"givers": wanted, "recent": now - RECENT, "remembered": now - REMEMBERED},
        )
        return {giver: Giving(recent, total, Tally(good, bad)) for giver, recent, total, good, bad in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Record:
    """How one giver's promises of the last half year ended: an outcome to how often. ``factor`` is what it changes."""

    happened: int
    late: int
    could_not: int
    silent: int
    factor: float


def record(circle: Circle, agent_id: uuid.UUID, *, now: datetime) -> Record:
    """Return somebody's own record: one statement. Who may read it, ``access.may_read_record`` says."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE state IN ('delivered', 'received')),
                   count(*) FILTER (WHERE state IN ('delivered', 'received') AND ended_at > due_at),
                   count(*) FILTER (WHERE state = 'failed' AND reason = 'giver_could_not'),
                   count(*) FILTER (WHERE state = 'released' AND reason = 'stale' AND agreed_at IS NOT NULL)
              FROM aid_commitment WHERE circle_id = %(circle)s AND giver_id = %(giver)s AND made_at > %(since)s
            """,
            {"circle": circle.id, "giver": agent_id, "since": now - REMEMBERED},
        )
        happened, late, could_not, silent = cursor.fetchone()
    return Record(happened, late, could_not, silent, giver_factor(Tally(happened, could_not + silent)))


def learnt(circle: Circle) -> Learnt:
    """Return what was counted last."""
    row = Matching.objects.filter(circle=circle).first()
    kept = row.learnt if row else {}
    return Learnt(history_of(kept), dict(kept.get("outcomes", {})))
