"""What a listener is told of an entry, as the bytes of a server-sent event. Pure: who hears what is decided here."""

import json
import uuid
from dataclasses import dataclass

AGENT_TOPIC = "agent:"


@dataclass(frozen=True, slots=True)
class Line:
    """What the stream reads of a journal entry. The body is never among it."""

    seq: int
    name: str
    actor_id: uuid.UUID | None
    subject_id: uuid.UUID | None
    audience: int
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a listener sits: the circle, the narrowest audience they belong to, and the topics that are about them.

    ``own_topics`` are ``agent:<id>`` of the listener and of those she acts for. ``agent_id`` is None for a visitor.
    """

    circle_id: uuid.UUID
    audience: int
    agent_id: uuid.UUID | None
    own_topics: frozenset[str]


def agent_topics(line: Line) -> frozenset[str]:
    """Return the topics that name an agent: they open an entry to that agent, and to nobody else's eyes."""
    return frozenset(topic for topic in line.topics if topic.startswith(AGENT_TOPIC))


def entry_for(line: Line, seat: Seat) -> bytes | None:
    """Return the event as this listener may have it, or None when the entry is not for them."""
    own = seat.own_topics & agent_topics(line)
    if not own and line.audience < seat.audience:
        return None
    return entry(line, own)


def entry(line: Line, own_topics: frozenset[str]) -> bytes:
    """Return the event with every topic that names an agent taken out, but for the listener's own."""
    data = {
        "seq": line.seq,
        "name": line.name,
        "subject": str(line.subject_id) if line.subject_id else None,
        "topics": [topic for topic in line.topics if topic in own_topics or not topic.startswith(AGENT_TOPIC)],
    }
    text = json.dumps(data, separators=(",", ":"))
    return f"id: {line.seq}\nevent: entry\ndata: {text}\n\n".encode()


def reset(seq: int) -> bytes:
    """Return the event that says: too much happened to tell it one by one, fetch your lists anew."""
    return f'id: {seq}\nevent: reset\ndata: {{"seq":{seq}}}\n\n'.encode()


def greeting(seq: int, retry_milliseconds: int) -> bytes:
    """Return the first block: how long to wait before coming back, and the place to come back to.

    A block without data changes the browser's place without waking the page.
    """
    return f"retry: {retry_milliseconds}\nid: {seq}\n\n".encode()


def heartbeat(seq: int | None = None) -> bytes:
    """Return a comment that keeps the line open; with ``seq`` it also moves the browser's place forward."""
    return b":\n\n" if seq is None else f":\nid: {seq}\n\n".encode()
