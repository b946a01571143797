"""Appending to the journal. One statement: the database gives the entry its place and hash and rings the doorbell.

Many entries at once are chained here in memory (``append_many``): in one transaction each call of the database's own
function would have to walk past all versions of the head that the calls before it left behind.
"""

import itertools
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from taawun.ground.journal.chain import START, canonical, link, moment
from taawun.ground.journal.models import Audience, Head
from taawun.ground.values.ids import new_id

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be appended together with others; its fields are those of ``append``."""

    name: str
    actor_id: uuid.UUID | None
    subject_id: uuid.UUID | None
    data: Mapping[str, object]
    audience: Audience = Audience.PARTIES
    topics: tuple[str, ...] = ()
    event_at: datetime | None = None


def append(
    circle_id: uuid.UUID,
    name: str,
    *,
    actor_id: uuid.UUID | None,
    subject_id: uuid.UUID | None,
    data: Mapping[str, object],
    now: datetime,
    event_at: datetime | None = None,
    audience: Audience = Audience.PARTIES,
    topics: Iterable[str] = (),
) -> int:
    """Write an entry in the caller's transaction and return its place in the circle's chain.

    ``data`` holds ids and figures, never free text or personal data: the journal cannot be erased.
    ``topics`` name what a page shows of it: ``board``, ``intent:<id>``, ``agent:<id>``.
    """
    entry = NewEntry(name, actor_id, subject_id, data, audience, tuple(topics), event_at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal_append(%s)", [_body(circle_id, entry, now)])
        row = cursor.fetchone()
    return int(row[0])


def append_many(circle_id: uuid.UUID, entries: Iterable[NewEntry], *, now: datetime) -> int:
    """Append entries of one circle in their order and return how many. Call it last in a transaction.

    The head of the chain is locked at the first entry and to the end of the transaction: whoever else writes in this
    circle waits so long. The doorbell rings once, for the last of them.
    """
    return append_bodies(circle_id, (_body(circle_id, entry, now) for entry in entries))


def append_bodies(circle_id: uuid.UUID, bodies: Iterable[str]) -> int:
    """As ``append_many``, for entries that are already written in their canonical form."""
    waiting = iter(bodies)
    first = next(waiting, None)
    if first is None:
        return 0
    head = _locked_head(circle_id)
    before = head.seq
    for some in _batches(itertools.chain([first], waiting)):
        links = []
        for body in some:
            previous, head.seq = bytes(head.hash), head.seq + 1
            head.hash = link(previous, head.seq, body)
            links.append((head.seq, body, previous, head.hash))
        _insert(links)
    head.save(update_fields=["seq", "hash"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('taawun_journal', %s)", [f"{circle_id}:{head.seq}"])
    return head.seq - before


def _body(circle_id: uuid.UUID, entry: NewEntry, now: datetime) -> str:
    return canonical(
        {
            "id": str(new_id()),
            "circle_id": str(circle_id),
            "name": entry.name,
            "actor_id": str(entry.actor_id) if entry.actor_id else None,
            "subject_id": str(entry.subject_id) if entry.subject_id else None,
            "audience": int(entry.audience),
            "topics": list(entry.topics),
            "data": dict(entry.data),
            "event_at": moment(entry.event_at or now),
            "recorded_at": moment(now),
        }
    )


def _locked_head(circle_id: uuid.UUID) -> Head:
    Head.objects.bulk_create([Head(circle_id=circle_id, seq=0, hash=START)], ignore_conflicts=True)
    return Head.objects.select_for_update().get(circle_id=circle_id)


def _batches(bodies: Iterable[str]) -> Iterable[list[str]]:
    waiting = iter(bodies)
    while some := list(itertools.islice(waiting, AT_ONCE)):
        yield some


def _insert(links: list[tuple[int, str, bytes, bytes]]) -> None:
    """Write entries whose place and hashes are known; the columns repeat the body, as ``journal_append`` fills them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO journal_entry (id, circle_id, seq, name, actor_id, subject_id, audience, topics, body,
                                       event_at, recorded_at, previous_hash, hash)
            SELECT (fields->>'id')::uuid, (fields->>'circle_id')::uuid, place, fields->>'name',
                   (fields->>'actor_id')::uuid, (fields->>'subject_id')::uuid, (fields->>'audience')::smallint,
                   ARRAY(SELECT jsonb_array_elements_text(fields->'topics')), body,
                   (fields->>'event_at')::timestamptz, (fields->>'recorded_at')::timestamptz, before, after
              FROM (SELECT place, body, body::jsonb AS fields, before, after
                      FROM unnest(%s::bigint[], %s::text[], %s::bytea[], %s::bytea[])
                           AS told(place, body, before, after)) AS read
            """,
            [list(column) for column in zip(*links, strict=True)],
        )
