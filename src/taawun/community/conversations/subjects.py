"""What conversations and notes can be about. Each practice registers its own; this room knows none of them."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from taawun.community.circles.models import Circle


@dataclass(frozen=True, slots=True)
class Side:
    """An agent who is on it. ``asks`` marks whom it is about; her name may be empty."""

    agent_id: uuid.UUID
    name: str
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """What a conversation is about, and who is on it as of now. ``url`` leads back to its page."""

    kind: str
    id: uuid.UUID
    title: str
    url: Callable[[], str]
    icon: str
    sides: tuple[Side, ...]
    ended_at: datetime | None = None
    sensitive: bool = False

    @property
    def about_ids(self) -> frozenset[uuid.UUID]:
        return frozenset(side.agent_id for side in self.sides if side.asks)


@dataclass(frozen=True, slots=True)
class About:
    """What a note is about: the thing, and the agent whose it is."""

    kind: str
    id: uuid.UUID
    title: str
    url: Callable[[], str]
    agent_id: uuid.UUID
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Practice:
    """How a practice answers for its subjects. The circle's scope is open whenever it is asked.

    ``find`` returns the subject of a conversation, or None; ``about`` that of a note, or None. ``ended`` returns, of
    some ids, when each ended: None for what goes on; an id that is gone is absent. ``mine`` returns the ids of
    conversations these agents are on.
    """

    find: Callable[[Circle, uuid.UUID, datetime], Subject | None]
    about: Callable[[Circle, uuid.UUID], About | None]
    ended: Callable[[Circle, Iterable[uuid.UUID]], Mapping[uuid.UUID, datetime | None]]
    mine: Callable[[Circle, frozenset[uuid.UUID], datetime], Iterable[uuid.UUID]]


_practices: dict[str, Practice] = {}


def register(kind: str, practice: Practice) -> None:
    """Add what conversations and notes can be about. Called when the program starts."""
    if _practices.setdefault(kind, practice) is not practice:
        raise ValueError(f"two practices for {kind}")


def of(kind: str) -> Practice | None:
    return _practices.get(kind)


def kinds() -> list[str]:
    return list(_practices)


def find(circle: Circle, subject_id: uuid.UUID, now: datetime) -> Subject | None:
    """Return the subject with this id, whatever its kind: ids are unique over all of them."""
    for practice in _practices.values():
        found = practice.find(circle, subject_id, now)
        if found is not None:
            return found
    return None


def about(circle: Circle, subject_id: uuid.UUID) -> About | None:
    for practice in _practices.values():
        found = practice.about(circle, subject_id)
        if found is not None:
            return found
    return None


# Who wants to hear that somebody has read a conversation: (circle, thread, agent, moment).
Heard = Callable[[uuid.UUID, uuid.UUID, uuid.UUID, datetime], None]
_listeners: list[Heard] = []


def on_seen(heard: Heard) -> None:
    """Be told whenever somebody reads what is new in a conversation, in her transaction."""
    _listeners.append(heard)


def tell_seen(circle_id: uuid.UUID, thread_id: uuid.UUID, agent_id: uuid.UUID, now: datetime) -> None:
    for heard in _listeners:
        heard(circle_id, thread_id, agent_id, now)
