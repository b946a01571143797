"""Who may open which conversation and which note: the only way in. Fails closed, as "not found"."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.community.circles.rights import Right
from taawun.community.conversations import rules, subjects
from taawun.community.conversations.models import Message, Note, Presence, Thread
from taawun.community.conversations.subjects import About, Subject
from taawun.community.people.models import Agent
from taawun.ground.media.models import Medium
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault.store import Viewer


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in a conversation: the side she speaks for, or as coordination; or only at its door.

    ``outside`` is a coordinator who has not stepped in: she sees that there is a conversation, and not a word of it.
    """

    actor: Actor
    subject: Subject
    thread: Thread | None
    as_id: uuid.UUID
    coordinates: bool
    outside: bool
    standing: rules.Standing
    coordinators: tuple[Agent, ...]

    @property
    def circle(self) -> Circle:
        return self.actor.circle

    @property
    def may_write(self) -> bool:
        return not self.outside and self.standing is rules.Standing.OPEN

    def people(self) -> dict[uuid.UUID, str]:
        """Return who is on it by name, without those this actor and they keep hidden from each other."""
        named = {side.agent_id: side.name for side in self.subject.sides}
        named |= {agent.id: agent.shown for agent in self.coordinators}
        return {agent_id: name for agent_id, name in named.items() if agent_id not in hidden_from(self.actor)}


def hidden_from(actor: Actor) -> frozenset[uuid.UUID]:
    """Return whom this actor has blocked, and who has blocked her."""
    return actor.hidden_ids


def find_place(actor: Actor, subject_id: uuid.UUID, *, now: datetime) -> Place | None:
    """Return somebody's place in the conversation about a thing, or None for whoever is not on it.

    On it are the sides the practice names and those who act for them, and coordinators who have stepped in, which the
    others see. Who dropped out, and who was blocked by whom it is about, is not.
    """
    subject = subjects.find(actor.circle, subject_id, now)
    if subject is None or subject.about_ids & hidden_from(actor):
        return None
    standing = rules.standing(subject.ended_at, now)
    if standing is rules.Standing.OVER:
        return None
    thread = Thread.objects.filter(circle=actor.circle, pk=subject_id).first()
    present = list(
        Presence.objects.filter(thread_id=subject_id, joined_at__isnull=False, left_at__isnull=True)
        .select_related("agent")
        .order_by("joined_at")
    )
    own = [side.agent_id for side in subject.sides if actor.may(Right.ANSWER, side.agent_id)]
    # Herself before somebody she acts for.
    own.sort(key=lambda agent_id: agent_id != actor.agent_id)
    coordinates = not own and actor.is_coordinator and any(one.agent_id == actor.agent_id for one in present)
    if not own and not actor.is_coordinator:
        return None
    return Place(
        actor=actor,
        subject=subject,
        thread=thread,
        as_id=own[0] if own else actor.agent_id,
        coordinates=coordinates,
        outside=not own and not coordinates,
        standing=standing,
        coordinators=tuple(one.agent for one in present),
    )


def place(actor: Actor, subject_id: uuid.UUID, *, now: datetime) -> Place:
    """Return somebody's place in a conversation, also at its door."""
    found = find_place(actor, subject_id, now=now)
    if found is None:
        raise Refusal.not_found()
    return found


def inside(actor: Actor, subject_id: uuid.UUID, *, now: datetime) -> Place:
    """Return somebody's place in a conversation she is on; a coordinator who has not stepped in is told so."""
    found = place(actor, subject_id, now=now)
    if found.outside:
        raise Refusal.forbidden("talk.step_in")
    return found


def reader(place_: Place, author_ids: frozenset[uuid.UUID]) -> Viewer:
    """Return the place as a viewer of the vault. What was said to those on it is theirs to read: reading it is no look
    at somebody else's data, and does not fill the record."""
    return Viewer(place_.actor.agent_id, author_ids | {place_.actor.agent_id})


def message(place_: Place, message_id: uuid.UUID) -> Message:
    """Return a message of this conversation that this reader may see."""
    found = Message.objects.filter(circle=place_.circle, thread_id=place_.subject.id, pk=message_id).first()
    if found is None or {found.author_id, found.for_agent_id} & hidden_from(place_.actor):
        raise Refusal.not_found()
    return found


def medium(place_: Place, medium_id: uuid.UUID) -> Medium:
    """Return a picture or a voice note of this conversation, with its bytes."""
    found = Medium.objects.filter(circle_id=place_.circle.id, pk=medium_id).first()
    if found is None:
        raise Refusal.not_found()
    message(place_, found.row_id)
    return found


def about(actor: Actor, about_id: uuid.UUID) -> About:
    """Return what notes are about, for coordinators and for whom it is about."""
    found = subjects.about(actor.circle, about_id)
    if found is None or not (actor.is_coordinator or actor.is_one_of(found.agent_id)):
        raise Refusal.not_found()
    if found.agent_id in hidden_from(actor):
        raise Refusal.not_found()
    return found


def reads_all_notes(actor: Actor, about_: About) -> bool:
    """Coordinators read every note, but for notes about themselves and those they act for: there they are the ones it is
    about, and what is for coordinators only is for the others."""
    return actor.is_coordinator and not actor.is_one_of(about_.agent_id)


def note(actor: Actor, note_id: uuid.UUID) -> Note:
    """Return a note this actor may see."""
    found = Note.objects.filter(circle=actor.circle, pk=note_id).first()
    if found is None:
        raise Refusal.not_found()
    about_ = about(actor, found.about_id)
    if not found.shown and not reads_all_notes(actor, about_):
        raise Refusal.not_found()
    return found
