"""What this room does by itself: long passes over large files, and forgetting."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import override

from taawun.community.circles.access import actor_in
from taawun.community.circles.actor import Actor
from taawun.community.circles.everywhere import in_every_circle
from taawun.community.circles.models import Circle
from taawun.community.people.models import Account
from taawun.ground.jobs.duties import HOURLY, duty, errand
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid.actions.bringing import Unlinked, link_many
from taawun.reach.sheets import actions
from taawun.reach.sheets.access import UNDO_FOR
from taawun.reach.sheets.models import Brought, Import, Progress, State
from taawun.reach.sheets.progress import Told

logger = logging.getLogger("taawun.sheets")

Work = Callable[[Actor, Import, datetime, Told], object]


@errand("sheets.check")
def check(load_id: str, circle_id: str) -> None:
    """Rehearse a large file."""
    _work(load_id, circle_id, State.CHECKING, State.WAITING, _check)


@errand("sheets.bring")
def bring(load_id: str, circle_id: str) -> None:
    """Bring a large file in."""
    later: list[Unlinked] = []

    def act(actor: Actor, load: Import, now: datetime, told: Told) -> object:
        later.clear()
        return actions.bring(actor, load, now=now, tell=told, later=later)

    done = _work(load_id, circle_id, State.BRINGING, State.CHECKED, act)
    if done is not None and later:
        link_many(done, later, now=timezone.now())


@errand("sheets.undo")
def undo(load_id: str, circle_id: str, with_promises: int) -> None:
    """Undo a large import."""

    def act(actor: Actor, load: Import, now: datetime, told: Told) -> object:
        return actions.undo(actor, load, with_promises=bool(with_promises), now=now, tell=told)

    _work(load_id, circle_id, State.UNDOING, State.BROUGHT, act)


def _check(actor: Actor, load: Import, now: datetime, told: Told) -> object:
    return actions.check(actor, load, now=now, tell=told)


def _work(load_id: str, circle_id: str, state: State, back_to: State, act: Work) -> Actor | None:
    """Do a long piece of work on a file, once, in one transaction; where it fails the file is where it was before.

    Returns who it was done for, or None when it was not done.
    """
    circle_key, load_key = uuid.UUID(circle_id), uuid.UUID(load_id)
    try:
        with circle_scope(circle_key):
            found = Import.objects.select_for_update(skip_locked=True).filter(pk=load_key, state=state).first()
            if found is None:
                # It was done, or another run has it in hand.
                return None
            circle = Circle.objects.get(pk=circle_key)
            found.circle = circle
            account = Account.objects.select_related("agent").get(agent_id=found.made_by_id, is_active=True)
            # Whoever queued this had shown all that her role demands; the work is that request's, only later.
            account.is_strong = True
            with timezone.override(circle.time_zone), override(account.language), Told(found) as told:
                actor = actor_in(circle, account)
                act(actor, found, timezone.now(), told)
                return actor
    except Refusal as refusal:
        _put_back(circle_key, load_key, back_to, refusal.code)
    except Exception as error:  # noqa: BLE001  (whatever it is, the person must not wait for ever)
        # A message of the database may repeat what stands in the file, so only the kind of failure is told.
        logger.error("working on a file failed: %s", type(error).__name__)
        _put_back(circle_key, load_key, back_to, "import.failed")
    return None


def _put_back(circle_id: uuid.UUID, load_id: uuid.UUID, state: State, trouble: str) -> None:
    with circle_scope(circle_id):
        Import.objects.filter(pk=load_id).update(state=state, trouble=trouble)


@duty("sheets.forget", HOURLY)
def forget(now: datetime) -> int:
    """Throw away files nobody brought in for a day, and after thirty days all of an import but its counts."""
    return in_every_circle(lambda circle: forget_in(circle, now=now), what="sheets.forget")


def forget_in(circle: Circle, *, now: datetime) -> int:
    over = Import.objects.filter(circle=circle, expires_at__lte=now, state__in=[State.WAITING, State.CHECKED])
    count = 0
    for load in over:
        actions.throw_away(load)
        count += 1
    Progress.objects.filter(circle_id=circle.id).exclude(
        load_id__in=Import.objects.filter(circle=circle).values("id")
    ).delete()
    old = Import.objects.filter(circle=circle, brought_at__lte=now - UNDO_FOR)
    count += Brought.objects.filter(circle=circle, load__in=old).delete()[0]
    old.exclude(digest=b"").update(digest=b"", headers=[], source=b"")
    return count
