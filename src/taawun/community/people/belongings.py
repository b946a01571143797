"""What is somebody's own, room by room: what is known about them, what they can take away, how it is erased.

Each room that keeps something about a person registers one ``Belonging`` when it starts. The page, the file and the
erasing walk through all of them; this room knows none of them by name. ``person`` and ``about`` open the scope of every
circle there is something of the person in (``where``, registered by circles), inside the caller's transaction.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.utils.functional import Promise

from taawun.community.people.models import Account, Agent
from taawun.ground.vault import store
from taawun.ground.vault.store import Viewer

Text = str | Promise
# What a file in the archive holds: opened when its turn comes, because pictures are many; None when it is gone by then.
Content = Callable[[], bytes | None]


@dataclass(frozen=True)
class Person:
    """Whose belongings, in which circles (their scope is open), who looks, and in which circle that look is recorded.

    ``viewer`` is the person herself, or a coordinator who does it for a member without an account.
    """

    agent: Agent
    account: Account | None
    circle_ids: tuple[uuid.UUID, ...]
    viewer: Viewer
    now: datetime
    look_circle_id: uuid.UUID | None = None

    @property
    def agent_id(self) -> uuid.UUID:
        return self.agent.id

    @property
    def is_own(self) -> bool:
        return self.viewer.agent_id == self.agent.id

    @cached_property
    def opened(self) -> Mapping[uuid.UUID, Mapping[str, str]]:
        """All that is sealed of her, row by row: no look when she does it herself, else one look on record."""
        why = "own" if self.is_own else "asked for"
        return store.reveal_subject(self.viewer, self.agent.id, why, circle_id=self.look_circle_id, now=self.now)

    @cached_property
    def sealed(self) -> Sequence[store.Kept]:
        """What is sealed of her and until when, without opening it."""
        return store.kept(self.agent.id, now=self.now)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is known: a word, what stands behind it, where it is seen or corrected. ``value`` may be typed."""

    label: Text
    value: Text = ""
    url: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody opened her sealed data: who, in which community, which fields, why and when."""

    who: str
    where: str
    fields: Sequence[str]
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A section of "what is mine". ``text`` says who else may see it, and how long it is kept; ``more`` is folded away."""

    title: Text
    icon: str
    lines: Sequence[Line] = ()
    text: Text = ""
    looks: Sequence[Look] = ()
    more: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A room's part of the archive: what JSON can hold, and files by the path they get."""

    data: Mapping[str, object]
    files: Mapping[str, Content] = field(default_factory=dict)


def _nothing(_person: Person) -> Sequence[Known]:
    return ()


def _no_words(_person: Person) -> Sequence[Text]:
    return ()


def _nothing_taken(_person: Person) -> Taken:
    return Taken({})


def _do_nothing(_person: Person) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Belonging:
    """What one room keeps about people. Every part is optional.

    ``known`` gives sections; ``take`` the archive's ``<name>.json``; ``foretell`` says in sentences what erasing will do
    here; ``prepare`` refuses what may not be erased yet, and locks what ``erase`` will write, before any room writes to
    the journal; ``erase`` does it. The sealed values of the person (``store.erase(person.agent_id)``) go at the end of
    all by itself; what lies sealed under another subject is the room's own to erase.
    """

    name: str
    known: Callable[[Person], Iterable[Known]] = _nothing
    take: Callable[[Person], Taken] = _nothing_taken
    foretell: Callable[[Person], Iterable[Text]] = _no_words
    prepare: Callable[[Person], None] = _do_nothing
    erase: Callable[[Person], None] = _do_nothing


def known(person: "Person") -> list[Known]:
    """Return every section of what is known about a person."""
    return [
        section
        for part in registered()
        for section in part.known(person)
        if section.lines or section.text or section.looks
    ]


_fields: dict[str, Text] = {}
_reasons: dict[str, Text] = {}


def name_fields(words: Mapping[str, Text]) -> None:
    """Add what a room calls its sealed fields."""
    _fields.update(words)


def name_reasons(words: Mapping[str, Text]) -> None:
    """Add why somebody looks, in plain words, by the code in the record."""
    _reasons.update(words)


def field_name(name: str) -> str:
    return str(_fields.get(name, name))


def reason_name(why: str) -> str:
    return str(_reasons.get(why, why))


_belongings: dict[str, Belonging] = {}
Where = Callable[[Agent], tuple[uuid.UUID, ...]]
_where: list[Where] = []


def register(belonging: Belonging) -> None:
    """Add a room's part. Rooms register in ``ready()`` of their app, lower rooms first."""
    if _belongings.setdefault(belonging.name, belonging) is not belonging:
        raise ValueError(f"two belongings called {belonging.name}")


def registered() -> list[Belonging]:
    """Return all parts, those of the lowest room first."""
    return list(_belongings.values())


def opened_by(where: Where) -> Where:
    """Register how the scope of all circles is opened in which there is something of a person."""
    _where[:] = [where]
    return where


def person(account: Account, *, now: datetime) -> Person:
    """Return the account's own belongings. The scope of her circles stays open to the end of the transaction."""
    circle_ids = tuple(one for where in _where for one in where(account.agent))
    viewer = Viewer(account.agent_id, frozenset({account.agent_id}))
    return Person(account.agent, account, circle_ids, viewer, now)


def about(agent: Agent, viewer: Viewer, circle_id: uuid.UUID, *, now: datetime) -> Person:
    """Return the belongings of somebody without an account in one circle whose scope is open, for who looks there."""
    return Person(agent, None, (circle_id,), viewer, now, look_circle_id=circle_id)
