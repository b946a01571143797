"""Duties derived from state, run each minute in each circle: ask, expire, warn, release. A missed run loses nothing."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from taawun.community.circles.models import Circle, Membership
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid import access, rules
from taawun.practice.aid.actions import entries
from taawun.practice.aid.actions.holding import apply, close, release
from taawun.practice.aid.models import Commitment, Intent

BATCH = 200
PATIENCE_MILLISECONDS = 400


def keep_up(circle: Circle, *, now: datetime) -> dict[str, int]:
    """Do what is due in one circle. Returns how many of each.

    The caller is outside a transaction: every part, and every single release, is one of its own, so that none holds
    the circle's place in the journal while it waits for a row that somebody's tap has locked.
    """
    return {
        "asked": _patiently(circle, lambda: _ask(circle, now)),
        "expired": _patiently(circle, lambda: _expire(circle, now)),
        "warned": _patiently(circle, lambda: _warn(circle, now)),
        "released": _release_stale(circle, now),
        "left": _let_go_of_those_who_left(circle, now),
    }


def _patiently(circle: Circle, act: Callable[[], int]) -> int:
    """Run one transaction that gives way to people: what is locked now is still due in a minute."""
    try:
        with circle_scope(circle.id):
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE_MILLISECONDS}ms'")
            return act()
    except OperationalError as error:
        if isinstance(error.__cause__, DeadlockDetected | LockNotAvailable):
            return 0
        raise


def _ask(circle: Circle, now: datetime) -> int:
    with transaction.atomic():
        due = list(
            Intent.objects.select_for_update(skip_locked=True)
            .filter(circle=circle, state="open", asked_at__isnull=True, ask_at__lte=now, expires_at__gt=now)
            .order_by("ask_at")[:BATCH]
        )
        for intent in due:
            intent.asked_at = now
            intent.save(update_fields=["asked_at"])
            entries.about_intent(intent, "intent.asked", None, {}, now=now)
    return len(due)


def _expire(circle: Circle, now: datetime) -> int:
    with transaction.atomic():
        due = list(
            Intent.objects.select_for_update(skip_locked=True)
            .filter(circle=circle, state="open", expires_at__lte=now)
            .order_by("expires_at")[:BATCH]
        )
        for intent in due:
            after = rules.INTENT.next(intent.state, "expire") or intent.state
            apply(intent, rules.Standing(after, intent.taken, intent.done), now=now)
            entries.about_intent(intent, "intent.expired", None, {}, now=now)
    return len(due)


def _warn(circle: Circle, now: datetime) -> int:
    with transaction.atomic():
        due = list(
            Commitment.objects.select_for_update(skip_locked=True)
            .filter(
                circle=circle, state__in=rules.LIVING, warned_at__isnull=True, warn_at__lte=now, release_at__gt=now
            )
            .order_by("warn_at")[:BATCH]
        )
        for commitment in due:
            commitment.warned_at = now
            commitment.save(update_fields=["warned_at"])
            ids = [one for one in (commitment.request_id, commitment.offer_id) if one]
            intents = {row.id: row for row in Intent.objects.filter(pk__in=ids)}
            entries.about_commitment(commitment, intents, "claim.warned", None, {}, now=now)
    return len(due)


def _release_stale(circle: Circle, now: datetime) -> int:
    with circle_scope(circle.id):
        stale = Commitment.objects.filter(circle=circle, state__in=rules.LIVING, release_at__lte=now)
        due = list(stale.order_by("release_at").values_list("pk", flat=True)[:BATCH])
    return sum(_patiently(circle, partial(_release, circle, one, "stale", now)) for one in due)


def _release(circle: Circle, commitment_id: uuid.UUID, reason: str, now: datetime) -> int:
    """Release one commitment if that is still due: somebody may have said "still on it" meanwhile."""
    seen = Commitment.objects.get(pk=commitment_id)
    intents = access.lock_intents(circle, seen.request_id, seen.offer_id)
    commitment = Commitment.objects.select_for_update().get(pk=commitment_id)
    stale = commitment.release_at is not None and commitment.release_at <= now
    if commitment.state not in rules.LIVING or (reason == "stale" and not stale):
        return 0
    release(commitment, intents, reason, actor_id=None, now=now)
    return 1


def _let_go_of_those_who_left(circle: Circle, now: datetime) -> int:
    """Whoever left a circle, or was removed from it, is on nothing there any more, and asks and offers nothing."""
    with circle_scope(circle.id):
        gone = Membership.objects.filter(circle=circle, left_at__isnull=False).values("agent_id")
        promised = Commitment.objects.filter(circle=circle, giver_id__in=gone, state__in=rules.LIVING)
        promised_ids = list(promised.values_list("pk", flat=True)[:BATCH])
        posted = list(
            Intent.objects.filter(circle=circle, agent_id__in=gone, state__in=["open", "taken", "expired"])[:BATCH]
        )
    let_go = sum(_patiently(circle, partial(_release, circle, one, "left", now)) for one in promised_ids)
    return let_go + sum(_patiently(circle, partial(_close, one, now)) for one in posted)


def _close(intent: Intent, now: datetime) -> int:
    close(intent, "left", actor_id=None, now=now)
    return 1
