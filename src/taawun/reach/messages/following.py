"""Following the journal: what happened since last time becomes notices for those it concerns.

The cursor and the notices are written in one transaction, and a notice is unique by entry and reader: a run that dies
is simply repeated, and nobody is told twice.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection

from taawun.community.circles.everywhere import circle_ids
from taawun.community.circles.models import Circle
from taawun.ground.journal.models import Entry
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid.models import Commitment, Intent
from taawun.reach.messages.models import Cursor, Notice
from taawun.reach.messages.recipients import Directory, directory
from taawun.reach.messages.tells import TELLS, Concerned, Group, Story

ENTRIES_AT_ONCE = 2000
# A history that was read in, or a worker that stood still for weeks, does not flood anyone with what is long over.
TOLD_WITHIN = timedelta(days=14)


def circles_with_news() -> list[uuid.UUID]:
    """Return the circles whose journal has entries nobody has looked at yet: one statement for all of them."""
    with circle_scope(*circle_ids()), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT head.circle_id
              FROM journal_head AS head LEFT JOIN notices_cursor AS cursor ON cursor.circle_id = head.circle_id
             WHERE head.seq > coalesce(cursor.seq, 0)
            """
        )
        return [row[0] for row in cursor.fetchall()]


def follow(circle: Circle, *, now: datetime) -> int:
    """Make the notices of everything that happened in a circle since the cursor; its scope is open. Returns how many."""
    Cursor.objects.bulk_create([Cursor(circle_id=circle.id)], ignore_conflicts=True)
    cursor = Cursor.objects.select_for_update(skip_locked=True).filter(pk=circle.id).first()
    if cursor is None:
        # Another run has it in hand.
        return 0
    made = 0
    # Entries become visible in the order of their places, so everything up to the last one seen has been seen.
    while last := _last_place(circle.id, cursor.seq):
        entries = list(
            Entry.objects.filter(
                circle_id=circle.id, seq__gt=cursor.seq, seq__lte=last, name__in=TELLS, recorded_at__gt=now - TOLD_WITHIN
            ).order_by("seq")
        )
        notices = list(_notices(circle, entries))
        Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=500)
        made += len(notices)
        cursor.seq = last
        cursor.save(update_fields=["seq"])
    return made


def _last_place(circle_id: uuid.UUID, after: int) -> int | None:
    places = Entry.objects.filter(circle_id=circle_id, seq__gt=after).order_by("seq").values_list("seq", flat=True)
    page = list(places[:ENTRIES_AT_ONCE])
    return page[-1] if page else None


def _notices(circle: Circle, entries: list[Entry]) -> Iterator[Notice]:
    stories = _stories(circle, entries)
    concerned = {entry.id: list(TELLS[entry.name](stories[entry.id])) for entry in entries}
    agents = {one for ones in concerned.values() for one in ones if isinstance(one, uuid.UUID)}
    people = directory(circle, agents)
    for entry in entries:
        told: set[uuid.UUID] = set()
        for one in concerned[entry.id]:
            readers = _readers(one, people)
            # Whoever acted knows; and where one of several acted for an organisation, the others need no telling.
            if entry.actor_id is None or entry.actor_id not in readers | {one}:
                for reader_id in sorted(readers - told):
                    told.add(reader_id)
                    yield _notice(entry, stories[entry.id], reader_id, one)


def _readers(one: Concerned, people: Directory) -> frozenset[uuid.UUID]:
    return people.coordinators if isinstance(one, Group) else people.told_for(one)


def _notice(entry: Entry, story: Story, reader_id: uuid.UUID, concerned: Concerned) -> Notice:
    owner_id = story.intent.agent_id if story.intent else reader_id
    return Notice(
        circle_id=entry.circle_id,
        agent_id=reader_id,
        for_id=owner_id if isinstance(concerned, Group) else concerned,
        seq=entry.seq,
        name=entry.name,
        intent_id=story.intent.id if story.intent else None,
        commitment_id=story.commitment.id if story.commitment else None,
        made_at=entry.recorded_at,
    )


def _stories(circle: Circle, entries: list[Entry]) -> dict[uuid.UUID, Story]:
    """Return what each entry is about: two statements. An entry about something that is gone concerns nobody."""
    subjects = {entry.subject_id for entry in entries}
    intents = Intent.objects.filter(circle=circle).in_bulk([one for one in subjects if one])
    commitments = Commitment.objects.filter(circle=circle).in_bulk([one for one in subjects if one])
    return {
        entry.id: Story(
            intent=intents.get(entry.subject_id) if entry.subject_id else None,
            commitment=commitments.get(entry.subject_id) if entry.subject_id else None,
        )
        for entry in entries
    }
