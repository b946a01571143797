"""Suggestions through the action, with the database, among a million live offers of one circle: usual and odd needs.

Odd: in a cell that holds a tenth of all offers, without a place, far from all offers, and of a kind that nobody offers.
One giver in fifty has hundreds of promises behind her.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import Figure
from bench.aid import _circle
from taawun.community.circles import access as circle_access
from taawun.community.circles import catalogue
from taawun.community.circles.models import Circle
from taawun.community.people.models import Account, Agent
from taawun.ground.values.ids import new_id
from taawun.ground.values.place import Point, cell_of
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid import queries
from taawun.practice.aid.models import Commitment, Intent

SEED = 23
OFFERS = int(os.environ.get("BENCH_LIVE_OFFERS", "1000000"))
TIMES = 300
SPREAD = 0.4
GIVERS = 5000


def figures() -> Iterator[Figure]:
    circle, account = _circle("Live offers")
    kinds = [kind.code for kind in catalogue.ALL if not kind.sensitive][:40]
    start = time.perf_counter()
    centre = _fill(circle, kinds[:38])
    yield Figure(f"{OFFERS:,} live offers put in: seconds (for information)", time.perf_counter() - start, "any", True)
    somewhere: Callable[[random.Random], int | None] = lambda dice: cell_of(_point(dice))
    cases: tuple[tuple[str, Callable[[random.Random], str], Callable[[random.Random], int | None]], ...] = (
        ("anywhere in the circle", lambda dice: dice.choice(kinds[:38]), somewhere),
        ("in a cell with a tenth of all offers", lambda _dice: kinds[0], lambda _dice: centre),
        ("without a place", lambda dice: dice.choice(kinds[:38]), lambda _dice: None),
        ("far from all offers", lambda dice: dice.choice(kinds[:38]), lambda _dice: cell_of(Point(10.0, 10.0))),
        ("of a kind nobody offers", lambda _dice: kinds[39], somewhere),
    )
    for name, kind_of, cell_in in cases:
        times = _times(circle, account, kind_of, cell_in)
        p99 = sorted(times)[int(len(times) * 0.99)] * 1000
        yield Figure(f"suggestion among {OFFERS:,} offers, a need {name}: p99 ms", p99, "<= 50", p99 <= 50)
    with circle_scope(circle.id), CaptureQueriesContext(connection) as captured:
        _suggest(circle, account, kinds[0], None, random.Random(1))
    made = [one for one in captured.captured_queries if one["sql"].lstrip().upper().startswith(("SELECT", "(SELECT"))]
    yield Figure("suggestion: statements", len(made), "<= 10", len(made) <= 10)


def _point(dice: random.Random) -> Point:
    return Point(33.9 + dice.gauss(0, SPREAD), 35.5 + dice.gauss(0, SPREAD))


def _fill(circle: Circle, kinds: list[str]) -> int:
    """Put offers and promises straight into the tables: what is measured is reading them. Returns the crowded cell."""
    dice, now = random.Random(SEED), timezone.now()
    agents = Agent.objects.bulk_create(
        [Agent(name=f"Giver {number}", languages=["en"], created_at=now) for number in range(GIVERS)], batch_size=1000
    )
    cells = [cell_of(_point(dice)) for _ in range(20_000)]
    centre = cell_of(Point(33.9, 35.5))
    # Of ten offers one lies in the one cell, one has no place, the rest lie around; the crowded cell is of one kind.
    shares = (
        (OFFERS // 10, [centre], kinds[:1]),
        (OFFERS // 10, [None], kinds),
        (OFFERS - OFFERS // 10 * 2, cells, kinds),
    )
    with circle_scope(circle.id), connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.23)")
        for count, some, of_kinds in shares:
            cursor.execute(
                """
                INSERT INTO aid_intent (id, circle_id, direction, kind, unit, quantity, taken, done, whole_only,
                    sensitive, agent_id, summary, cell, weekdays, urgency, visibility, state, checked_at, posted_at,
                    fresh_at, ask_at, expires_at, asked_again)
                SELECT gen_random_uuid(), %(circle)s, 'offer',
                       (%(kinds)s::text[])[1 + number %% cardinality(%(kinds)s::text[])],
                       'portion', 1 + number %% 19, 0, 0, false, false,
                       (%(agents)s::uuid[])[1 + floor(random() * cardinality(%(agents)s::uuid[]))::int], 'no nuts',
                       (%(cells)s::bigint[])[1 + floor(random() * cardinality(%(cells)s::bigint[]))::int], '{}', 1,
                       'public', 'open', at, at, at, %(now)s + interval '5 days', %(now)s + interval '9 days', 0
                  FROM (SELECT number, %(now)s - random() * interval '20 days' AS at
                          FROM generate_series(1, %(count)s) AS number) AS made
                """,
                {"circle": circle.id, "kinds": of_kinds, "agents": [str(one.id) for one in agents], "cells": some,
                 "now": now, "count": count},
            )  # fmt: skip
        _promises(circle, agents, dice, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE aid_intent")
        cursor.execute("ANALYZE aid_commitment")
    return centre


def _promises(circle: Circle, agents: list[Agent], dice: random.Random, now: datetime) -> None:
    """Promises of the last year; one giver in fifty gave a hundred times as often as the others."""
    request = Intent.objects.create(
        id=new_id(), circle=circle, direction="request", kind="food.bread", unit="portion", quantity=10**6,
        agent=agents[0], urgency=1, visibility="public", checked_at=now, posted_at=now, fresh_at=now, ask_at=now,
        expires_at=now, state="fulfilled", taken=10**6,
    )  # fmt: skip
    busy = agents[:: len(agents) // 100]
    rows = (
        Commitment(
            circle=circle, request=request, giver=dice.choice(busy if number % 2 else agents), receiver=agents[0],
            quantity=1, state=dice.choice(["received", "received", "failed", "released"]),
            reason=dice.choice(["", "giver_could_not", "stale"]),
            made_at=at, agreed_at=at, due_at=at + timedelta(days=1), ended_at=at + timedelta(days=1),
        )
        for number in range(50_000)
        for at in [now - timedelta(minutes=dice.randrange(60 * 24 * 360))]
    )  # fmt: skip
    Commitment.objects.bulk_create(rows, batch_size=5000)


def _times(
    circle: Circle,
    account: Account,
    kind_of: Callable[[random.Random], str],
    cell_in: Callable[[random.Random], int | None],
) -> list[float]:
    dice = random.Random(SEED)
    times = []
    with circle_scope(circle.id):
        for number in range(TIMES + 20):
            kind, cell = kind_of(dice), cell_in(dice)
            start = time.perf_counter()
            _suggest(circle, account, kind, cell, dice)
            if number >= 20:
                times.append(time.perf_counter() - start)
    return times


def _suggest(circle: Circle, account: Account, kind: str, cell: int | None, dice: random.Random) -> None:
    now = timezone.now()
    need = Intent(
        id=new_id(), circle=circle, direction="request", kind=kind, unit="portion", quantity=dice.randrange(1, 20),
        agent=account.agent, cell=cell, urgency=1, visibility="public", state="open", checked_at=now, posted_at=now,
        fresh_at=now, ask_at=now, expires_at=now + timedelta(days=9),
    )  # fmt: skip
    queries.suggest(need, circle_access.actor_in(circle, account), now=now)
