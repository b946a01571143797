"""Conversations and notes over the API: list, read, say, take back, step in; pictures and sounds travel as base64."""

import base64
import binascii
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status
from pydantic import Field

from taawun.community.circles.actor import Actor
from taawun.community.circles.api import as_member
from taawun.community.conversations import access, actions, queries, rules
from taawun.community.conversations.access import Place
from taawun.community.people import limits
from taawun.community.people.api.shapes import (
    LIMIT_DEFAULT,
    Answer,
    Body,
    Flag,
    Id,
    Limit,
    Named,
    Page,
    Paragraph,
    Slug,
)
from taawun.community.people.api.tokens import OPENS, READS, WRITES, ApiRequest
from taawun.ground.media import keeping, kinds, making, serving
from taawun.ground.media.making import Made
from taawun.ground.media.models import Medium
from taawun.ground.values.refusal import Refusal

router = Router(tags=["conversations"])
THREAD = "/circles/{slug}/threads/{thread_id}"
MESSAGE = THREAD + "/messages/{message_id}"
NUMBER_MAX = 2**31 - 1

Before = Annotated[int, Field(ge=0, le=NUMBER_MAX, description="Only messages above this place; 0 for the newest")]
Base64 = Annotated[str, Field(max_length=4_000_000, description="The bytes of a file in base64")]


class MediumFacts(Answer):
    """A picture (JPEG) or a voice note (Ogg Opus), made anew from what was sent."""

    id: uuid.UUID
    kind: str
    mime: str
    width: int
    height: int
    milliseconds: int


class MessageFacts(Answer):
    """One line of a conversation. ``what`` is ``said``, or a coordinator who ``joined`` or ``left``."""

    id: uuid.UUID
    number: int
    what: str
    author: Named
    on_behalf_of: Named | None
    coordination: bool
    text: str
    mentions: list[uuid.UUID]
    picture: MediumFacts | None
    voice: MediumFacts | None
    posted_at: datetime
    taken_back: bool


class Messages(Answer):
    """A part of a conversation, oldest first. ``before`` is what to send for the part above it; null at the beginning."""

    items: list[MessageFacts]
    before: int | None


class ThreadFacts(Answer):
    """A conversation. Its id is that of what it is about: a request, or a commitment on an offer alone.

    ``inside`` is false for a coordinator who has not stepped in: then nobody is named and nothing can be read.
    """

    id: uuid.UUID
    about: str
    title: str
    inside: bool
    may_write: bool
    people: list[Named]
    coordinators: list[uuid.UUID]
    count: int
    new: int
    ended_at: datetime | None


class ThreadLineFacts(Answer):
    """A conversation in the list of one's own."""

    id: uuid.UUID
    about: str
    title: str
    count: int
    new: int
    last_at: datetime


class MessageIn(Body):
    """Something to say: a text, a picture, a voice note, or several of them."""

    text: Paragraph = ""
    picture: Base64 | None = None
    voice: Base64 | None = None


class NoteFacts(Answer):
    """A note. ``shown`` says that the person it is about reads it too."""

    id: uuid.UUID
    text: str
    shown: bool
    author: Named
    written_at: datetime
    expires_at: datetime


class NoteIn(Body):
    """A note about a need, an offer or a member; without ``shown``, for coordinators only."""

    text: Paragraph
    shown: Flag = False


def medium_facts(found: Medium | None) -> MediumFacts | None:
    if found is None:
        return None
    return MediumFacts(
        id=found.id, kind=found.kind, mime=found.mime, width=found.width, height=found.height,
        milliseconds=found.milliseconds,
    )  # fmt: skip


def message_facts(line: queries.Line) -> MessageFacts:
    message = line.message
    for_agent = message.for_agent
    return MessageFacts(
        id=message.id,
        number=message.number,
        what=message.what,
        author=Named(id=message.author_id, name=line.who),
        on_behalf_of=Named(id=for_agent.id, name=for_agent.name) if for_agent else None,
        coordination=message.as_coordination,
        text=line.text,
        mentions=message.mentions,
        picture=medium_facts(line.picture),
        voice=medium_facts(line.voice),
        posted_at=message.posted_at,
        taken_back=message.taken_back_at is not None,
    )


def messages_told(place: Place, *, before: int, limit: int, now: datetime) -> Messages:
    """Return a part of a conversation. Asking is not reading: what is new stays new until ``seen`` says otherwise."""
    told = queries.talk(place, before=before or None, limit=limit, now=now)
    return Messages(items=[message_facts(one) for one in told.lines], before=told.before)


def say(place: Place, said: MessageIn, *, now: datetime) -> MessageFacts:
    """Take what a program says, with its files made anew."""
    picture = _made(place, said.picture, kinds.PICTURE, making.make_picture, now)
    voice = _made(place, said.voice, kinds.VOICE, making.make_voice, now)
    message = actions.post(place, said.text, picture=picture, voice=voice, now=now)
    return message_facts(queries.line(place, message, now=now))


def _made(
    place: Place, text: str | None, kind: str, make: Callable[[bytes], Made], now: datetime
) -> Made | None:
    if text is None:
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("medium.base64", kind) from None
    if not place.may_write:
        raise Refusal.conflict("talk.ended")
    limits.require(
        "medium", str(place.actor.agent_id), at_most=rules.FILES_AN_HOUR_MAX, window=limits.HOUR, now=now
    )
    return make(data)


def hand_over(request: HttpRequest, place: Place, medium_id: uuid.UUID, size: str) -> HttpResponse:
    """Answer with the bytes of a picture or a voice note."""
    found = access.medium(place, medium_id)
    content = keeping.opened(found, small=size == "small")
    if content is None:
        raise Refusal.not_found()
    return serving.respond(request, content, found.mime)


def thread_facts(actor: Actor, place: Place) -> ThreadFacts:
    found = queries.summary(actor, place.subject.id, all_notes=False)
    people = {} if place.outside else place.people()
    return ThreadFacts(
        id=place.subject.id,
        about=place.subject.kind,
        title=place.subject.title,
        inside=not place.outside,
        may_write=place.may_write,
        people=[Named(id=agent_id, name=name) for agent_id, name in people.items()],
        coordinators=[one.id for one in place.coordinators if one.id in people],
        count=found.count,
        new=0 if place.outside else found.new,
        ended_at=place.subject.ended_at,
    )


@router.get(
    "/circles/{slug}/threads", auth=READS, response=Page[ThreadLineFacts], operation_id="list_threads",
    summary="One's own conversations",
)
def list_threads(request: ApiRequest, slug: Slug) -> Page[ThreadLineFacts]:
    """Return the conversations the caller is on in which something was said, the newest first; at most 100."""
    with as_member(request, slug) as (_circle, actor, now):
        return Page[ThreadLineFacts](
            items=[
                ThreadLineFacts(
                    id=one.subject.id, about=one.subject.kind, title=one.subject.title, count=one.count, new=one.new,
                    last_at=one.last_at,
                )
                for one in queries.mine(actor, now=now)
            ]
        )  # fmt: skip


@router.get(THREAD, auth=READS, response=ThreadFacts, operation_id="thread", summary="One conversation")
def one_thread(request: ApiRequest, slug: Slug, thread_id: Id) -> ThreadFacts:
    """Return a conversation to those on it; a coordinator finds its door."""
    with as_member(request, slug) as (_circle, actor, now):
        return thread_facts(actor, access.place(actor, thread_id, now=now))


@router.get(
    THREAD + "/messages", auth=READS, response=Messages, operation_id="list_messages", summary="What was said"
)
def list_messages(
    request: ApiRequest, slug: Slug, thread_id: Id, before: Before = 0, limit: Limit = LIMIT_DEFAULT
) -> Messages:
    """Return messages, the newest page first, oldest first within it."""
    with as_member(request, slug) as (_circle, actor, now):
        return messages_told(access.inside(actor, thread_id, now=now), before=before, limit=limit, now=now)


@router.post(
    THREAD + "/messages", auth=WRITES, response={201: MessageFacts}, operation_id="say", summary="Say something"
)
def post_message(request: ApiRequest, slug: Slug, thread_id: Id, said: MessageIn) -> Status[MessageFacts]:
    """Say something. Names after an @ call those on it. Files are made anew: nothing hidden in them is kept."""
    with as_member(request, slug) as (_circle, actor, now):
        return Status(201, say(access.inside(actor, thread_id, now=now), said, now=now))


@router.post(
    MESSAGE + "/take-back", auth=WRITES, response=MessageFacts, operation_id="take_message_back",
    summary="Take a message back",
)
def take_back(request: ApiRequest, slug: Slug, thread_id: Id, message_id: Id) -> MessageFacts:
    """Take one's own message back: text, picture and sound are destroyed; that there was one stays."""
    with as_member(request, slug) as (_circle, actor, now):
        place = access.inside(actor, thread_id, now=now)
        taken = actions.take_back(place, message_id, now=now)
        return message_facts(queries.line(place, taken, now=now))


@router.post(
    THREAD + "/seen", auth=WRITES, response=ThreadFacts, operation_id="see_thread", summary="Everything here is read"
)
def seen(request: ApiRequest, slug: Slug, thread_id: Id) -> ThreadFacts:
    """Say that the caller has read everything up to now."""
    with as_member(request, slug) as (_circle, actor, now):
        place = access.inside(actor, thread_id, now=now)
        actions.see(place, NUMBER_MAX, now=now)
        return thread_facts(actor, place)


@router.post(
    THREAD + "/step-in", auth=WRITES, response=ThreadFacts, operation_id="step_in", summary="Step in as coordination"
)
def step_in(request: ApiRequest, slug: Slug, thread_id: Id) -> ThreadFacts:
    """Join as a coordinator. Everybody on it sees the name and the moment."""
    with as_member(request, slug) as (_circle, actor, now):
        return thread_facts(actor, actions.step_in(actor, thread_id, now=now))


@router.post(
    THREAD + "/step-out", auth=WRITES, response=ThreadFacts, operation_id="step_out", summary="Step out again"
)
def step_out(request: ApiRequest, slug: Slug, thread_id: Id) -> ThreadFacts:
    """Leave a conversation one had joined as a coordinator."""
    with as_member(request, slug) as (_circle, actor, now):
        actions.step_out(actor, thread_id, now=now)
        return thread_facts(actor, access.place(actor, thread_id, now=now))


_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
FILE_OUT: dict[str, Any] = {"responses": {200: {"content": {"image/jpeg": _BYTES, "audio/ogg": _BYTES}}}}


@router.get(
    THREAD + "/media/{medium_id}", auth=READS, operation_id="medium", summary="A picture or a voice note",
    openapi_extra=FILE_OUT,
)
def medium(
    request: ApiRequest, slug: Slug, thread_id: Id, medium_id: Id, size: Literal["whole", "small"] = "whole"
) -> HttpResponse:
    """Return the bytes, also in parts (Range); ``small`` for a picture of at most 8 kB."""
    with as_member(request, slug) as (_circle, actor, now):
        return hand_over(request, access.inside(actor, thread_id, now=now), medium_id, size)


def note_facts(line: queries.NoteLine) -> NoteFacts:
    return NoteFacts(
        id=line.note.id, text=line.text, shown=line.note.shown, author=Named(id=line.note.author_id, name=line.who),
        written_at=line.note.written_at, expires_at=line.note.expires_at,
    )  # fmt: skip


NOTES = "/circles/{slug}/notes/{about_id}"


@router.get(NOTES, auth=OPENS, response=Page[NoteFacts], operation_id="list_notes", summary="Notes")
def list_notes(request: ApiRequest, slug: Slug, about_id: Id) -> Page[NoteFacts]:
    """Return the notes the caller may see about a need, an offer or a member (by its id). A coordinator's look is on record."""
    with as_member(request, slug) as (_circle, actor, now):
        told = queries.notes(actor, access.about(actor, about_id), now=now)
        return Page[NoteFacts](items=[note_facts(one) for one in told])


@router.post(NOTES, auth=WRITES, response={201: NoteFacts}, operation_id="write_note", summary="Write a note")
def write_note(request: ApiRequest, slug: Slug, about_id: Id, note: NoteIn) -> Status[NoteFacts]:
    """Write a note as a coordinator."""
    with as_member(request, slug) as (_circle, actor, now):
        made = actions.write_note(actor, about_id, note.text, shown=note.shown, now=now)
        told = queries.notes(actor, access.about(actor, about_id), now=now)
        return Status(201, note_facts(next(one for one in told if one.note.id == made.id)))


class Gone(Answer):
    """What was destroyed."""

    id: uuid.UUID


@router.post(
    "/circles/{slug}/notes/{note_id}/destroy", auth=WRITES, response=Gone, operation_id="destroy_note",
    summary="Destroy a note",
)
def destroy_note(request: ApiRequest, slug: Slug, note_id: Id) -> Gone:
    """Destroy a note, as a coordinator who may read it."""
    with as_member(request, slug) as (_circle, actor, now):
        return Gone(id=actions.take_note_back(actor, note_id, now=now).id)
