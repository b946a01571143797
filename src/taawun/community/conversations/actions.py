"""The only code that writes conversations and notes."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection, transaction

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.community.conversations import access, entries, rules, subjects
from taawun.community.conversations.access import Place
from taawun.community.conversations.models import Message, Note, Presence, Thread
from taawun.community.people import limits, texts
from taawun.ground.media import keeping
from taawun.ground.media.making import Made
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store

BATCH = 500


def post(
    place: Place, text: str, *, picture: Made | None = None, voice: Made | None = None, now: datetime
) -> Message:
    """Say something in a conversation, with a picture or a voice note made anew before. Those on it are told."""
    said = texts.paragraph(text, "text", rules.TEXT_LENGTH_MAX)
    if not (said or picture or voice):
        raise Refusal("message.empty", "text")
    limits.require(
        "message", str(place.actor.agent_id), at_most=rules.MESSAGES_AN_HOUR_MAX, window=limits.HOUR, now=now
    )
    with transaction.atomic():
        message = _add(place, Message.What.SAID, now=now, mentions=rules.mentioned(said, place.people()))
        author_id = place.actor.agent_id
        store.seal(
            circle_id=place.circle.id, subject_id=author_id, row_id=message.id, fields={"text": said}, now=now
        )
        for made in (picture, voice):
            if made is not None:
                keeping.keep(made, circle_id=place.circle.id, subject_id=author_id, row_id=message.id, now=now)
        entries.about_message(place, message, "message.posted", now=now)
    return message


def _add(place: Place, what: Message.What, *, now: datetime, mentions: list[uuid.UUID] | None = None) -> Message:
    """Add a line to a conversation under the lock of its thread, so that numbers have no gaps and no twins."""
    if not place.may_write:
        raise Refusal.conflict("talk.ended")
    subject = place.subject
    Thread.objects.bulk_create(
        [Thread(id=subject.id, circle=place.circle, kind=subject.kind, made_at=now)], ignore_conflicts=True
    )
    thread = Thread.objects.select_for_update().get(pk=subject.id)
    thread.last_number += 1
    thread.emptied_at = None
    thread.save(update_fields=["last_number", "emptied_at"])
    message = Message.objects.create(
        circle=place.circle, thread=thread, number=thread.last_number, what=what, author_id=place.actor.agent_id,
        for_agent_id=place.as_id if place.as_id != place.actor.agent_id else None, mentions=mentions or [],
        as_coordination=place.coordinates, posted_at=now,
    )  # fmt: skip
    _see(place, thread.last_number)
    return message


def see(place: Place, upto: int, *, now: datetime) -> None:
    """Remember how far somebody has read, and tell who waits to hear it. What was seen before changes nothing."""
    if place.thread is None or place.outside:
        return
    if _see(place, min(upto, place.thread.last_number)):
        subjects.tell_seen(place.circle.id, place.subject.id, place.actor.agent_id, now)


def _see(place: Place, upto: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO conversations_presence (id, circle_id, thread_id, agent_id, seen)
            VALUES (%(id)s, %(circle)s, %(thread)s, %(agent)s, %(seen)s)
            ON CONFLICT (thread_id, agent_id) DO UPDATE SET seen = excluded.seen
             WHERE conversations_presence.seen < excluded.seen
            """,
            {
                "id": new_id(), "circle": place.circle.id, "thread": place.subject.id, "agent": place.actor.agent_id,
                "seen": upto,
            },
        )  # fmt: skip
        return bool(cursor.rowcount)


def take_back(place: Place, message_id: uuid.UUID, *, now: datetime) -> Message:
    """Take one's own message back: its text, picture and sound are destroyed; that there was one stays."""
    with transaction.atomic():
        found = access.message(place, message_id)
        if found.author_id != place.actor.agent_id or found.what != Message.What.SAID:
            raise Refusal.forbidden("message.not_yours")
        message = Message.objects.select_for_update().get(pk=found.id)
        if message.taken_back_at is not None:
            return message
        message.taken_back_at, message.mentions = now, []
        message.save(update_fields=["taken_back_at", "mentions"])
        _destroy(place.circle.id, [message], now)
        entries.about_message(place, message, "message.taken_back", now=now)
    return message


def _destroy(circle_id: uuid.UUID, messages: list[Message], now: datetime) -> None:
    for one in messages:
        store.seal(circle_id=circle_id, subject_id=one.author_id, row_id=one.id, fields={"text": ""}, now=now)
    keeping.remove([one.id for one in messages])


def step_in(actor: Actor, subject_id: uuid.UUID, *, now: datetime) -> Place:
    """Join a conversation as coordination. Everybody on it sees that she did, and from when."""
    place = access.place(actor, subject_id, now=now)
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    if not place.outside:
        return place
    inside = replace(place, outside=False, coordinates=True)
    with transaction.atomic():
        message = _add(inside, Message.What.JOINED, now=now)
        Presence.objects.filter(thread_id=subject_id, agent_id=actor.agent_id).update(joined_at=now, left_at=None)
        entries.about_message(inside, message, "coordination.joined", now=now)
    return access.place(actor, subject_id, now=now)


def step_out(actor: Actor, subject_id: uuid.UUID, *, now: datetime) -> None:
    """Leave a conversation one had joined as coordination."""
    place = access.place(actor, subject_id, now=now)
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    if not place.coordinates:
        return
    with transaction.atomic():
        message = _add(place, Message.What.LEFT, now=now)
        Presence.objects.filter(thread_id=subject_id, agent_id=actor.agent_id).update(left_at=now)
        entries.about_message(place, message, "coordination.left", now=now)


def write_note(actor: Actor, about_id: uuid.UUID, text: str, *, shown: bool, now: datetime) -> Note:
    """Write a note about a need, an offer or a person: for coordinators only, or so that she reads it too."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    about = access.about(actor, about_id)
    if not access.reads_all_notes(actor, about):
        raise Refusal.forbidden("note.own")
    written = texts.paragraph(text, "text", rules.NOTE_LENGTH_MAX)
    if not written:
        raise Refusal("note.empty", "text")
    note_id = new_id()
    with transaction.atomic():
        note = Note.objects.create(
            id=note_id, circle=actor.circle, kind=about.kind, about_id=about.id, agent_id=about.agent_id,
            author_id=actor.agent_id, shown=shown, written_at=now, expires_at=now + rules.NOTE_KEPT_FOR,
        )  # fmt: skip
        store.seal(
            circle_id=actor.circle.id, subject_id=about.agent_id if shown else note_id, row_id=note_id,
            fields={"text": written}, now=now, expires_at=note.expires_at,
        )  # fmt: skip
        entries.about_note(note, "note.shown" if shown else "note.written", actor.agent_id, now=now)
    return note


def take_note_back(actor: Actor, note_id: uuid.UUID, *, now: datetime) -> Note:
    """Destroy a note. Any coordinator who may read it may: what is wrong about somebody need not wait for its author."""
    with transaction.atomic():
        found = access.note(actor, note_id)
        if not access.reads_all_notes(actor, access.about(actor, found.about_id)):
            raise Refusal.forbidden()
        note = Note.objects.select_for_update().get(pk=found.id)
        if note.taken_back_at is None:
            note.taken_back_at = now
            note.save(update_fields=["taken_back_at"])
            _destroy_note(note, now)
            entries.about_note(note, "note.taken_back", actor.agent_id, now=now)
    return note


def _destroy_note(note: Note, now: datetime) -> None:
    if not note.shown:
        # Its key is its own, and goes with it.
        store.erase(note.id)
        return
    store.seal(circle_id=note.circle_id, subject_id=note.agent_id, row_id=note.id, fields={"text": ""}, now=now)


def empty(circle: Circle, *, now: datetime) -> int:
    """Destroy the conversations whose subject ended 30 days ago, and the notes whose time is over. Returns how many."""
    return _empty_threads(circle, now) + _end_notes(circle, now)


def _over(circle: Circle, kind: str, ids: list[uuid.UUID], now: datetime, after: timedelta) -> set[uuid.UUID]:
    """Return which of some subjects are over for good: ended so long ago, or gone."""
    practice = subjects.of(kind)
    # A practice that was taken out answers for nothing any more.
    ended = practice.ended(circle, ids) if practice is not None else {}
    gone = set(ids) - ended.keys()
    return gone | {one for one, at in ended.items() if at is not None and at + after <= now}


def _empty_threads(circle: Circle, now: datetime) -> int:
    done = 0
    for kind in Thread.objects.filter(circle=circle).order_by().values_list("kind", flat=True).distinct():
        full = Thread.objects.filter(circle=circle, kind=kind, emptied_at__isnull=True)
        ids = list(full.values_list("pk", flat=True))
        for thread_id in _over(circle, kind, ids, now, rules.READS_AFTER_END):
            with transaction.atomic():
                thread = Thread.objects.select_for_update().get(pk=thread_id)
                messages = list(Message.objects.filter(thread=thread))
                _destroy(circle.id, messages, now)
                Message.objects.filter(thread=thread).delete()
                Presence.objects.filter(thread=thread).delete()
                # Numbers go on where they were: what somebody had read stays read.
                thread.emptied_at = now
                thread.save(update_fields=["emptied_at"])
            done += 1
    return done


def _end_notes(circle: Circle, now: datetime) -> int:
    notes = Note.objects.filter(circle=circle, taken_back_at__isnull=True)
    due = list(notes.filter(expires_at__lte=now)[:BATCH])
    for kind in notes.order_by().values_list("kind", flat=True).distinct():
        of_kind = list(notes.filter(kind=kind, expires_at__gt=now))
        over = _over(circle, kind, list({one.about_id for one in of_kind}), now, rules.READS_AFTER_END)
        due += [one for one in of_kind if one.about_id in over]
    for note in due:
        note.taken_back_at = now
        note.save(update_fields=["taken_back_at"])
        _destroy_note(note, now)
    return len(due)
