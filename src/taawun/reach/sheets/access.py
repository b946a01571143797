"""Who may open which file on its way in, and which that was brought: coordinators of the circle. Fails closed."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from taawun.community.circles.actor import Actor
from taawun.ground.values.refusal import Refusal
from taawun.reach.sheets.models import Import, State

UNDO_FOR: Final = timedelta(days=30)


def load(actor: Actor, load_id: uuid.UUID) -> Import:
    """Return a file that was handed in. Before it is brought in it is seen by whoever handed it in and by nobody else:
    names and phones stand in it that no look of another is recorded for."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    found = Import.objects.filter(circle=actor.circle, pk=load_id).select_related("made_by").first()
    if found is None or (found.brought_at is None and found.made_by_id != actor.agent_id):
        raise Refusal.not_found()
    return found


def waiting(actor: Actor, load_id: uuid.UUID, *, lock: bool = False) -> Import:
    """Return a file that waits to be brought in, for whoever handed it in."""
    found = load(actor, load_id)
    if lock:
        found = Import.objects.select_for_update().get(pk=found.pk)
    if found.state not in {State.WAITING, State.CHECKED}:
        raise Refusal.conflict("import.not_waiting")
    found.circle = actor.circle
    return found


def undoable(actor: Actor, load_id: uuid.UUID, *, now: datetime) -> Import:
    """Return what can still be undone, locked: brought in within thirty days, by whichever coordinator."""
    found = load(actor, load_id)
    found = Import.objects.select_for_update().get(pk=found.pk)
    if found.state != State.BROUGHT or found.brought_at is None:
        raise Refusal.conflict("import.not_brought")
    if found.brought_at + UNDO_FOR <= now:
        raise Refusal.conflict("import.too_old", days=UNDO_FOR.days)
    return found
