"""What pages and programs read of conversations and notes, in a bounded number of statements."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from taawun.community.circles.actor import Actor
from taawun.community.conversations import access, subjects
from taawun.community.conversations.access import Place
from taawun.community.conversations.models import Message, Note, Presence, Thread
from taawun.community.conversations.subjects import About, Subject
from taawun.ground.media import keeping
from taawun.ground.media.models import Medium
from taawun.ground.vault import store
from taawun.ground.vault.store import Viewer

PAGE = 30
THREADS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A message as its reader sees it. ``who`` is empty for somebody without a shown name."""

    message: Message
    text: str
    who: str
    for_name: str
    own: bool
    names_me: bool
    new: bool
    picture: Medium | None
    voice: Medium | None

    @property
    def is_said(self) -> bool:
        return self.message.what == Message.What.SAID


@dataclass(frozen=True, slots=True)
class Talk:
    """A part of a conversation, oldest first; ``before`` is where the part above it begins, None at the beginning."""

    lines: list[Line]
    before: int | None


def talk(place: Place, *, before: int | None = None, limit: int = PAGE, now: datetime) -> Talk:
    """Return a part of a conversation, the newest if nothing else is asked: five statements."""
    if place.thread is None or place.outside:
        return Talk([], None)
    found = Message.objects.filter(circle=place.circle, thread_id=place.subject.id)
    hidden = access.hidden_from(place.actor)
    if hidden:
        found = found.exclude(Q(author_id__in=hidden) | Q(for_agent_id__in=hidden))
    if before is not None:
        found = found.filter(number__lt=before)
    rows = list(found.select_related("author", "for_agent").order_by("-number")[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit][::-1]
    seen = Presence.objects.filter(thread_id=place.subject.id, agent_id=place.actor.agent_id)
    lines = _lines(place, rows, next(iter(seen.values_list("seen", flat=True)), 0), now)
    return Talk(lines, rows[0].number if more else None)


def line(place: Place, message: Message, *, now: datetime) -> Line:
    """Return one message of a conversation."""
    return _lines(place, [message], message.number, now)[0]


def _lines(place: Place, rows: list[Message], seen: int, now: datetime) -> list[Line]:
    ids = [row.id for row in rows if row.taken_back_at is None]
    authors = frozenset(row.author_id for row in rows)
    texts = store.reveal(access.reader(place, authors), ids, "conversation", circle_id=place.circle.id, now=now)
    media = keeping.of_rows(ids)
    me = {place.actor.agent_id, place.as_id}
    return [
        Line(
            message=row,
            text=texts.get(row.id, {}).get("text", ""),
            who=row.author.shown,
            for_name=row.for_agent.shown if row.for_agent else "",
            own=row.author_id == place.actor.agent_id,
            names_me=bool(me & set(row.mentions)),
            new=row.number > seen and row.author_id != place.actor.agent_id,
            picture=_first(media.get(row.id), "picture"),
            voice=_first(media.get(row.id), "voice"),
        )
        for row in rows
    ]


def _first(media: list[Medium] | None, kind: str) -> Medium | None:
    return next((one for one in media or () if one.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Summary:
    """How much there is in a conversation, how much of it is new to the reader, and how many notes she may read."""

    count: int = 0
    new: int = 0
    notes: int = 0


def summary(actor: Actor, subject_id: uuid.UUID, *, all_notes: bool) -> Summary:
    """Return what the page of a thing says of its conversation: one statement, and no right to read it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce((SELECT last_number FROM conversations_thread
                              WHERE id = %(id)s AND circle_id = %(circle)s AND emptied_at IS NULL), 0),
                   coalesce((SELECT seen FROM conversations_presence
                              WHERE thread_id = %(id)s AND agent_id = %(agent)s), 0),
                   (SELECT count(*) FROM conversations_note
                     WHERE about_id = %(id)s AND circle_id = %(circle)s AND taken_back_at IS NULL
                       AND (shown OR %(all)s))
            """,
            {"id": subject_id, "circle": actor.circle.id, "agent": actor.agent_id, "all": all_notes},
        )
        count, seen, notes = cursor.fetchone()
    return Summary(count, max(0, count - seen), notes)


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A conversation in the list of one's own."""

    subject: Subject
    count: int
    new: int
    last_at: datetime


def mine(actor: Actor, *, now: datetime) -> list[ThreadLine]:
    """Return the conversations somebody is on in which something was said, the newest first."""
    ids: set[uuid.UUID] = set()
    for kind in subjects.kinds():
        practice = subjects.of(kind)
        if practice is not None:
            ids |= set(practice.mine(actor.circle, actor.own_ids, now))
    joined = Q(presences__agent_id=actor.agent_id, presences__joined_at__isnull=False, presences__left_at__isnull=True)
    found = Thread.objects.filter(circle=actor.circle, emptied_at__isnull=True, last_number__gt=0)
    found = found.filter(Q(pk__in=ids) | joined if actor.is_coordinator else Q(pk__in=ids)).distinct()
    threads = {one.id: one for one in found}
    last = (
        Message.objects.filter(thread_id__in=threads).order_by("thread_id", "-number").distinct("thread_id")
    )
    seen = dict(
        Presence.objects.filter(thread_id__in=threads, agent_id=actor.agent_id).values_list("thread_id", "seen")
    )
    lines = []
    for message in sorted(last, key=lambda one: one.posted_at, reverse=True)[:THREADS_SHOWN]:
        place = access.find_place(actor, message.thread_id, now=now)
        if place is not None and not place.outside:
            count = threads[message.thread_id].last_number
            new = max(0, count - seen.get(message.thread_id, 0))
            lines.append(ThreadLine(place.subject, count, new, message.posted_at))
    return lines


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note as its reader sees it."""

    note: Note
    text: str
    who: str


def notes(actor: Actor, about: About, *, now: datetime) -> list[NoteLine]:
    """Return the notes this actor may read about a thing or a person, newest first.

    Reading them is a look and goes on record; reading what is shown to oneself, or what one wrote, is not.
    """
    found = Note.objects.filter(circle=actor.circle, about_id=about.id, taken_back_at__isnull=True)
    if not access.reads_all_notes(actor, about):
        found = found.filter(shown=True)
    rows = list(found.filter(expires_at__gt=now).select_related("author").order_by("-written_at")[:PAGE])
    own = {row.id for row in rows if row.author_id == actor.agent_id}
    shown_to_me = {about.agent_id} if actor.is_one_of(about.agent_id) else set()
    viewer = Viewer(actor.agent_id, frozenset({actor.agent_id} | own | shown_to_me))
    texts = store.reveal(viewer, [row.id for row in rows], "coordination", circle_id=actor.circle.id, now=now)
    return [
        NoteLine(row, texts[row.id]["text"], row.author.shown) for row in rows if "text" in texts.get(row.id, {})
    ]


