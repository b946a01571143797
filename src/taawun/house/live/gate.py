"""The database's side of the live stream: who may listen, and what happened. Plain Django, called in worker threads.

Admission goes through the circle's own gate, inside a transaction, so that the stream can never be wider than the pages.
"""

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections, transaction
from django.http import HttpRequest

from taawun.community.circles.access import open_to_see
from taawun.community.people.models import Account
from taawun.ground.journal.models import Audience, Entry, Head
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import set_scope
from taawun.house.live.events import AGENT_TOPIC, Line, Seat

SESSION_KEY = re.compile(r"[0-9a-z]{8,40}")
MISSED_MAX = 200
# Above every audience there is.
NOBODY = max(Audience) + 1
FIELDS = ("seq", "name", "actor_id", "subject_id", "audience", "topics")


@dataclass(frozen=True, slots=True)
class Admission:
    """A seat, the newest place in the journal, and the entries missed since; None when they were too many to tell."""

    seat: Seat
    seq: int
    missed: tuple[Line, ...] | None


def admit(slug: str, session_key: str, since: int | None) -> Admission | None:
    """Let somebody into a circle's stream. None: there is no such circle for them."""
    close_old_connections()
    with transaction.atomic():
        seat = _seat(slug, session_key)
        if seat is None:
            return None
        seq = Head.objects.filter(circle_id=seat.circle_id).values_list("seq", flat=True).first() or 0
        if since is None or since == seq:
            return Admission(seat, seq, ())
        # A place beyond the newest is from a journal that was since restored from a backup: nothing on that page is sure.
        if since > seq or seq - since > MISSED_MAX:
            return Admission(seat, seq, None)
        return Admission(seat, seq, _lines(seat.circle_id, since, until=seq))


def seats(visitors: Sequence[tuple[str, str]]) -> list[Seat | None]:
    """Look again at who may listen: pairs of slug and session key in, their seats as of now out."""
    close_old_connections()
    found: list[Seat | None] = []
    for slug, session_key in visitors:
        with transaction.atomic():
            found.append(_seat(slug, session_key))
    return found


def lines_after(circle_id: uuid.UUID, seq: int, limit: int) -> tuple[Line, ...]:
    """Return the entries of a circle after a place, in order."""
    close_old_connections()
    with transaction.atomic():
        set_scope([circle_id])
        return _lines(circle_id, seq, limit=limit)


def newest(circle_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return the newest place of each of these circles, in one statement."""
    close_old_connections()
    wanted = list(circle_ids)
    with transaction.atomic():
        set_scope(wanted)
        return dict(Head.objects.filter(circle_id__in=wanted).values_list("circle_id", "seq"))


def _seat(slug: str, session_key: str) -> Seat | None:
    account = _account(session_key)
    try:
        circle, actor = open_to_see(slug, account)
    except Refusal as refusal:
        if refusal.status == 404:
            return None
        raise
    if actor is None:
        return Seat(circle.id, Audience.PUBLIC, None, frozenset())
    # In a circle that is not public, staff of an organisation who are no members hear what is theirs, and nothing else.
    audience = Audience.PUBLIC if circle.is_public else NOBODY
    if actor.is_member:
        audience = Audience.COORDINATORS if actor.is_coordinator else Audience.MEMBERS
    own_topics = frozenset(f"{AGENT_TOPIC}{agent_id}" for agent_id in actor.own_ids)
    return Seat(circle.id, audience, actor.agent_id, own_topics)


def _account(session_key: str) -> Account | None:
    """Return who is signed in, by Django's own reading of the session, so that a changed password ends it here too."""
    if not SESSION_KEY.fullmatch(session_key):
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    return user if isinstance(user, Account) else None


def _lines(
    circle_id: uuid.UUID, after: int, *, until: int | None = None, limit: int | None = None
) -> tuple[Line, ...]:
    found = Entry.objects.filter(circle_id=circle_id, seq__gt=after).order_by("seq")
    if until is not None:
        found = found.filter(seq__lte=until)
    return tuple(
        Line(seq, name, actor_id, subject_id, audience, tuple(topics))
        for seq, name, actor_id, subject_id, audience, topics in found.values_list(*FIELDS)[:limit]
    )
