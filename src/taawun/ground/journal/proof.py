"""Proving a circle's chain from the database, and writing it down for others to prove (``export.verify_export``)."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import TextIO

from django.db import connection

from taawun.ground.journal.chain import Fault, Link, moment, verify
from taawun.ground.journal.models import Entry

CHUNK = 2000


def _link(entry: Entry) -> Link:
    return Link(
        circle_id=entry.circle_id,
        seq=entry.seq,
        body=entry.body,
        previous_hash=bytes(entry.previous_hash),
        hash=bytes(entry.hash),
        columns={
            "id": str(entry.id),
            "circle_id": str(entry.circle_id),
            "name": entry.name,
            "actor_id": str(entry.actor_id) if entry.actor_id else None,
            "subject_id": str(entry.subject_id) if entry.subject_id else None,
            "audience": entry.audience,
            "topics": entry.topics,
            "event_at": moment(entry.event_at),
            "recorded_at": moment(entry.recorded_at),
        },
    )


def verify_circle(
    circle_id: uuid.UUID, progress: Callable[[int], None] = lambda done: None
) -> tuple[int, str, list[Fault]]:
    """Return the number of entries, the last hash (hex) and the faults. The caller has opened the circle's scope.

    Entries appended meanwhile are left for the next time: head and end of the chain are read at one moment.
    """
    head_seq, head_hash, newest = _head(circle_id)
    count, last = 0, b""

    def counted() -> Iterator[Link]:
        nonlocal count, last
        chain = Entry.objects.filter(circle_id=circle_id, seq__lte=max(newest, head_seq or 0)).order_by("seq")
        for entry in chain.iterator(chunk_size=CHUNK):
            count += 1
            last = bytes(entry.hash)
            if count % CHUNK == 0:
                progress(count)
            yield _link(entry)

    faults = list(verify(counted()))
    if head_seq is None:
        if count:
            faults.append(Fault(circle_id, newest, "the head of the chain is missing"))
    elif (head_seq, head_hash) != (newest, last):
        faults.append(Fault(circle_id, head_seq, "the newest entries are missing or the head was edited"))
    return count, last.hex(), faults


def _head(circle_id: uuid.UUID) -> tuple[int | None, bytes, int]:
    """Return the head's place and hash, and the place of the newest entry, all as of one moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT head.seq, head.hash, coalesce((SELECT max(seq) FROM journal_entry WHERE circle_id = %(circle)s), 0)
              FROM (SELECT 1) AS one LEFT JOIN journal_head AS head ON head.circle_id = %(circle)s
            """,
            {"circle": circle_id},
        )
        seq, hash_, newest = cursor.fetchone()
    return seq, b"" if not hash_ or not seq else bytes(hash_), int(newest)


def export_circle(circle_id: uuid.UUID, out: TextIO) -> int:
    """Write the chain as JSON lines: seq, previous_hash, hash (hex) and the body that was hashed."""
    count = 0
    for entry in Entry.objects.filter(circle_id=circle_id).order_by("seq").iterator(chunk_size=CHUNK):
        line = {
            "seq": entry.seq,
            "previous_hash": bytes(entry.previous_hash).hex(),
            "hash": bytes(entry.hash).hex(),
            "body": entry.body,
        }
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        count += 1
    return count
