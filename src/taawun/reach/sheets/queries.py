"""What pages and programs read of files on their way in."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.practice.aid.actions.bringing import kept_by_others
from taawun.practice.aid.models import Intent
from taawun.reach.sheets.access import UNDO_FOR
from taawun.reach.sheets.models import Import, Progress, State
from taawun.reach.sheets.plan import Problem

SHOWN = 20


def loads_of(actor: Actor, *, now: datetime) -> list[Import]:
    """Return files that wait for this coordinator, and those anybody brought in within the time of undoing."""
    mine = Q(made_by_id=actor.agent_id, brought_at__isnull=True, expires_at__gt=now)
    found = Import.objects.filter(mine | Q(brought_at__gt=now - UNDO_FOR), circle=actor.circle)
    return list(found.select_related("made_by").order_by("-made_at")[:SHOWN])


def before(actor: Actor, load: Import) -> Import | None:
    """Return when this very file was brought in before, if it was and still stands."""
    same = Import.objects.filter(circle=actor.circle, digest=bytes(load.digest), state=State.BROUGHT)
    return same.exclude(pk=load.pk).order_by("-brought_at").first()


def progress_of(load: Import) -> tuple[int, int]:
    found = Progress.objects.filter(load_id=load.id).first()
    return (found.done, found.total) if found else (0, 0)


def undo_ends_at(load: Import) -> datetime | None:
    return load.brought_at + UNDO_FOR if load.brought_at else None


@dataclass(frozen=True, slots=True)
class Held:
    """Something that was brought in and that somebody has acted on since."""

    intent: Intent
    kind_name: str


def held_by_others(actor: Actor, load: Import, *, limit: int = 100) -> tuple[list[Held], int]:
    """Return what of an import others hold on to, and how many there are."""
    ids = list(load.rows.values_list("row_id", flat=True))
    held: set[uuid.UUID] = set()
    for start in range(0, len(ids), 2000):
        held |= kept_by_others(ids[start : start + 2000])
    rows = Intent.objects.filter(circle=actor.circle, pk__in=sorted(held)[:limit]).select_related("area")
    return [Held(one, kinds.shown(actor.circle, one.kind).name) for one in rows], len(held)


def problem_of(known: Mapping[str, Any]) -> Problem:
    """Return a problem as it was kept in the report; its sentence is made in the reader's language."""
    return Problem(**known)
