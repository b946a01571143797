"""Following the journal: what happened since last time becomes notices for those it concerns.

The cursor and the notices are written in one transaction, and a notice is unique by entry and reader: a run that dies
is simply repeated, and nobody is told twice.
"""

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q

from taawun.community.circles.everywhere import circle_ids
from taawun.community.circles.models import Circle
from taawun.community.conversations.entries import AGENT
from taawun.community.conversations.models import Message, Presence
from taawun.community.people.blocks import pairs_among
from taawun.ground.journal.models import Entry
from taawun.ground.values.ids import parse_id
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid.models import Commitment, Intent, Series
from taawun.reach.messages.links import OF_DELIVERIES
from taawun.reach.messages.models import Cursor, Notice
from taawun.reach.messages.recipients import Directory, directory
from taawun.reach.messages.tells import TELLS, Concerned, Group, Story

ENTRIES_AT_ONCE = 2000
MESSAGE, MENTION, NOTE = "message.posted", "message.mentioned", "note.shown"
SERIES = "series."
STOP, RUN = "stop.", "run."
# Of what coordinators hear in place of people without accounts, so many of one name wait unread.
UNREAD_SPARED_MAX = 20
SPARED = frozenset({"intent.asked", "intent.expired"}) | OF_DELIVERIES
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
        notices = _spared(circle, list(_notices(circle, entries)))
        Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=500)
        made += len(notices)
        cursor.seq = last
        cursor.save(update_fields=["seq"])
    return made


def _spared(circle: Circle, notices: list[Notice]) -> list[Notice]:
    """Leave out what would bury a coordinator: of what she only hears because nobody else can, a few unread are enough.

    A list of a thousand needs runs out on one day; the board's own page of what waits shows all of them.
    """
    many = [one for one in notices if one.name in SPARED and one.agent_id != one.for_id]
    if len(many) <= UNREAD_SPARED_MAX // 2:
        return notices
    rows = Notice.objects.filter(circle_id=circle.id, read_at__isnull=True, name__in=SPARED)
    rows = rows.filter(agent_id__in={one.agent_id for one in many}).exclude(agent_id=F("for_id"))
    unread = Counter(rows.values_list("agent_id", "name"))
    left_out = set()
    for one in many:
        unread[one.agent_id, one.name] += 1
        if unread[one.agent_id, one.name] > UNREAD_SPARED_MAX:
            left_out.add(one.id)
    return [one for one in notices if one.id not in left_out]


def _told_by_another(entry: Entry) -> bool:
    """What a series does to its dates is told once, by the series' own entry; and where something is fetched before it is
    brought is nothing to whom it is brought."""
    data = json.loads(entry.body)["data"]
    return bool(data.get("told_by")) or (entry.name.startswith(STOP) and data.get("what") == "pickup")


def _last_place(circle_id: uuid.UUID, after: int) -> int | None:
    places = Entry.objects.filter(circle_id=circle_id, seq__gt=after).order_by("seq").values_list("seq", flat=True)
    page = list(places[:ENTRIES_AT_ONCE])
    return page[-1] if page else None


def _notices(circle: Circle, entries: list[Entry]) -> Iterator[Notice]:
    stories = _stories(circle, entries)
    concerned = {
        entry.id: [] if _told_by_another(entry) else list(TELLS[entry.name](stories[entry.id])) for entry in entries
    }
    agents = {one for ones in concerned.values() for one in ones if isinstance(one, uuid.UUID)}
    people = directory(circle, agents)
    known = _known_of_conversations(circle, [stories[one.id] for one in entries if one.name == MESSAGE])
    hidden = _hidden(entries, concerned.values(), stories.values(), people)
    for entry in entries:
        told: set[uuid.UUID] = set()
        for one in concerned[entry.id]:
            readers = _readers(one, people)
            if one is Group.OTHER_COORDINATORS and entry.actor_id is not None:
                readers -= {entry.actor_id}
            has_none = entry.name in OF_DELIVERIES and isinstance(one, uuid.UUID) and one not in readers
            if has_none:
                # She has no account: a notice of her own marks what is sent to the address she left (see ``bringing``),
                # and whoever stands in for her has to pick up a telephone, also when a colleague of hers promised it.
                yield _notice(entry, stories[entry.id], one, one)  # type: ignore[arg-type]
            # Whoever acted knows; and where one of several acted for an organisation, the others need no telling.
            if has_none or entry.actor_id is None or entry.actor_id not in readers | {one}:
                for reader_id in sorted(readers - told):
                    told.add(reader_id)
                    if _is_hidden(entry, stories[entry.id], reader_id, hidden):
                        continue
                    notice = _notice(entry, stories[entry.id], reader_id, one)
                    if entry.name != MESSAGE or known.is_news(notice, stories[entry.id].number):
                        yield notice


@dataclass
class _Known:
    """Of some conversations: whose notice is still unread, and how far everybody has read."""

    unread: set[tuple[uuid.UUID, uuid.UUID | None, str]]
    seen: dict[tuple[uuid.UUID, uuid.UUID], int]

    def is_news(self, notice: Notice, number: int) -> bool:
        """One notice a conversation is enough until it is read; being named is worth another. Who sits before the open
        page has read it already."""
        talk = notice.commitment_id or notice.intent_id
        if talk is not None and self.seen.get((notice.agent_id, talk), 0) >= number:
            return False
        if {(notice.agent_id, talk, MENTION), (notice.agent_id, talk, notice.name)} & self.unread:
            return False
        self.unread.add((notice.agent_id, talk, notice.name))
        return True


def _known_of_conversations(circle: Circle, stories: list[Story]) -> _Known:
    """Load what is needed to tell of conversations sparingly: at most two statements."""
    if not stories:
        return _Known(set(), {})
    talks = [one.intent.id for one in stories if one.intent] + [one.commitment.id for one in stories if one.commitment]
    unread = Notice.objects.filter(circle_id=circle.id, read_at__isnull=True, name__in=[MESSAGE, MENTION])
    rows = unread.filter(Q(intent_id__in=talks) | Q(commitment_id__in=talks))
    present = Presence.objects.filter(circle=circle, thread_id__in=talks)
    return _Known(
        {(row.agent_id, row.commitment_id or row.intent_id, row.name) for row in rows},
        {(one.agent_id, one.thread_id): one.seen for one in present},
    )


Hidden = frozenset[tuple[uuid.UUID, uuid.UUID]]


def _hidden(
    entries: Iterable[Entry], concerned: Iterable[list[Concerned]], stories: Iterable[Story], people: Directory
) -> Hidden:
    """Return which readers are hidden from whom of those who acted or whose it is: one statement."""
    readers = {reader for ones in concerned for one in ones for reader in _readers(one, people)}
    others = {one.actor_id for one in entries if one.actor_id} | {one for story in stories for one in story.involved}
    return pairs_among(readers, others)


def _is_hidden(entry: Entry, story: Story, reader_id: uuid.UUID, hidden: Hidden) -> bool:
    """Whoever is on something herself hears how it ends; nobody else hears of a person hidden from her."""
    if story.commitment is not None and reader_id in story.involved and not story.heard:
        return False
    return any((reader_id, other) in hidden for other in (entry.actor_id, *story.involved) if other is not None)


def _readers(one: Concerned, people: Directory) -> frozenset[uuid.UUID]:
    return people.coordinators if isinstance(one, Group) else people.told_for(one)


def _notice(entry: Entry, story: Story, reader_id: uuid.UUID, concerned: Concerned) -> Notice:
    owner_id = story.intent.agent_id if story.intent else reader_id
    return Notice(
        circle_id=entry.circle_id,
        agent_id=reader_id,
        for_id=owner_id if isinstance(concerned, Group) else concerned,
        seq=entry.seq,
        name=MENTION if entry.name == MESSAGE and concerned in story.named else entry.name,
        intent_id=story.intent.id if story.intent else None,
        commitment_id=story.commitment.id if story.commitment else None,
        series_id=story.series.id if story.series else None,
        made_at=entry.recorded_at,
    )


def _stories(circle: Circle, entries: list[Entry]) -> dict[uuid.UUID, Story]:
    """Return what each entry is about: two statements, or three. An entry about something that is gone concerns nobody."""
    subjects = {entry.subject_id for entry in entries if entry.subject_id is not None}
    said = {one.id: one for one in Message.objects.filter(circle=circle, pk__in=subjects)} if _speak(entries) else {}
    about = {entry.id: _about(entry, said) for entry in entries}
    ids = [one for one in about.values() if one]
    intents = Intent.objects.filter(circle=circle).in_bulk(ids)
    commitments = Commitment.objects.filter(circle=circle).in_bulk(ids)
    repeating = [entry.subject_id for entry in entries if entry.name.startswith(SERIES)]
    series = Series.objects.filter(circle=circle).in_bulk(repeating) if repeating else {}
    return {
        entry.id: Story(
            intent=intents.get(about[entry.id]) if about[entry.id] else None,
            commitment=commitments.get(about[entry.id]) if about[entry.id] else None,
            series=series.get(entry.subject_id),
            heard=_heard(entry, said),
            named=frozenset(said[entry.subject_id].mentions) if entry.subject_id in said else frozenset(),
            number=said[entry.subject_id].number if entry.subject_id in said else 0,
        )
        for entry in entries
    }


def _speak(entries: list[Entry]) -> bool:
    return any(entry.name == MESSAGE for entry in entries)


def _about(entry: Entry, said: dict[uuid.UUID, Message]) -> uuid.UUID | None:
    """Return the need, the offer or the promise an entry is about: for a message, what its conversation is about."""
    if entry.subject_id in said:
        return said[entry.subject_id].thread_id
    if entry.name == NOTE:
        return parse_id(json.loads(entry.body)["data"].get("about"))
    if entry.name.startswith(STOP):
        return parse_id(json.loads(entry.body)["data"].get("intent"))
    return entry.subject_id


def _heard(entry: Entry, said: dict[uuid.UUID, Message]) -> tuple[uuid.UUID, ...]:
    """Return whom an entry of a conversation was written for. A message taken back before anybody was told tells nobody."""
    if entry.name == MESSAGE:
        message = said.get(entry.subject_id) if entry.subject_id else None
        if message is None or message.taken_back_at is not None:
            return ()
    elif entry.name != NOTE and not entry.name.startswith((SERIES, STOP, RUN)):
        return ()
    found = (parse_id(topic.removeprefix(AGENT)) for topic in entry.topics if topic.startswith(AGENT))
    return tuple(one for one in found if one is not None)
