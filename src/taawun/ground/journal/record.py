"""Appending to the journal. One statement: the database gives the entry its place and hash and rings the doorbell."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection

from taawun.ground.journal.chain import canonical, moment
from taawun.ground.journal.models import Audience
from taawun.ground.values.ids import new_id


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
    entry_id = new_id()
    body = canonical(
        {
            "id": str(entry_id),
            "circle_id": str(circle_id),
            "name": name,
            "actor_id": str(actor_id) if actor_id else None,
            "subject_id": str(subject_id) if subject_id else None,
            "audience": int(audience),
            "topics": list(topics),
            "data": dict(data),
            "event_at": moment(event_at or now),
            "recorded_at": moment(now),
        }
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal_append(%s)", [body])
        row = cursor.fetchone()
    return int(row[0])
