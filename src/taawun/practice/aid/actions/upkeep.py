"""Duties derived from state, run each minute in each circle: ask, expire, warn, release. A missed run loses nothing."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from psycopg.errors import DeadlockDetected, LockNotAvailable

from taawun.community.circles.models import Circle, Membership
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid import access, rules
from taawun.practice.aid.actions import entries, series, series_givers
from taawun.practice.aid.actions.holding import apply, close, release
from taawun.practice.aid.models import Commitment, Intent, Series, StandIn

BATCH = 200
PATIENCE_MILLISECONDS = 400
# From this hour of the day before, whoever promised something for a day is reminded of it.
REMIND_FROM_HOUR = 9


def keep_up(circle: Circle, *, now: datetime) -> dict[str, int]:
    """Do what is due in one circle. Returns how many of each.

    The caller is outside a transaction: every part, and every single release, is one of its own, so that none holds
    the circle's place in the journal while it waits for a row that somebody's tap has locked.
    """
    return {
        "asked": _patiently(circle, lambda: _ask(circle, now)),
        "expired": _patiently(circle, lambda: _expire(circle, now)),
        "warned": _patiently(circle, lambda: _warn(circle, now)),
        "reminded": _patiently(circle, lambda: _remind(circle, now)),
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


def _remind(circle: Circle, now: datetime) -> int:
    """Remind, the day before, who promised something for a day. What was promised later than that is still remembered."""
    zone = ZoneInfo(circle.time_zone)
    living = Q(state="agreed", reminded_at__isnull=True, agreed_at__isnull=False)
    begins = Q(request__starts_at__gt=now, request__starts_at__lt=now + timedelta(days=2))
    with transaction.atomic():
        rows = Commitment.objects.select_for_update(skip_locked=True, of=("self",)).select_related("request", "offer")
        due = [
            one
            for one in rows.filter(living & begins, circle=circle).order_by("request__starts_at")[:BATCH]
            if one.request is not None and one.request.starts_at is not None and one.agreed_at is not None
            and one.agreed_at < _reminder_at(one.request.starts_at, zone) <= now
        ]
        for commitment in due:
            commitment.reminded_at = now
            commitment.save(update_fields=["reminded_at"])
            intents = {one.id: one for one in (commitment.request, commitment.offer) if one is not None}
            entries.about_commitment(commitment, intents, "claim.reminded", None, {}, now=now)
    return len(due)


def _reminder_at(starts_at: datetime, zone: ZoneInfo) -> datetime:
    day_before = starts_at.astimezone(zone) - timedelta(days=1)
    return day_before.replace(hour=REMIND_FROM_HOUR, minute=0, second=0, microsecond=0)


def keep_series(circle: Circle, *, now: datetime) -> int:
    """Put the coming dates of everything that repeats on the board. The caller is outside a transaction.

    Each series has a transaction of its own that gives way to people, as in ``keep_up``.
    """
    with circle_scope(circle.id):
        running = Series.objects.filter(circle=circle).exclude(state="ended")
        ids = list(running.order_by("pk").values_list("pk", flat=True))
    return sum(_patiently(circle, partial(series.keep, circle, one, now=now)) for one in ids)


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
        repeats = Series.objects.filter(circle=circle).exclude(state="ended")
        ended_ids = list(repeats.filter(agent_id__in=gone).values_list("pk", flat=True)[:BATCH])
        given = list(repeats.filter(giver_id__in=gone).values_list("pk", "giver_id")[:BATCH])
        stood = StandIn.objects.filter(circle=circle, agent_id__in=gone, series__in=repeats)
        given += list(stood.values_list("series_id", "agent_id")[:BATCH])
    for one in ended_ids:
        _patiently(circle, partial(_end_series, one, now))
    for one, agent_id in given:
        _patiently(circle, partial(_let_go_of_series, one, agent_id, now))
    let_go = sum(_patiently(circle, partial(_release, circle, one, "left", now)) for one in promised_ids)
    return let_go + sum(_patiently(circle, partial(_close, one, now)) for one in posted)


def _close(intent: Intent, now: datetime) -> int:
    if not Intent.objects.filter(pk=intent.pk, state__in=["open", "taken", "expired"]).exists():
        # It went with the series it was a date of.
        return 0
    close(intent, "left", actor_id=None, now=now)
    return 1


def _locked(series_id: uuid.UUID, now: datetime) -> Series:
    found = Series.objects.select_for_update(of=("self",)).select_related("circle", "giver").get(pk=series_id)
    series.lock_dates(found, now=now)
    return found


def _end_series(series_id: uuid.UUID, now: datetime) -> int:
    found = _locked(series_id, now)
    if found.state == "ended":
        return 0
    givers = series.withdraw(found, None, None, reason="left", now=now)
    series.finish(found, None, givers=givers, now=now)
    return 1


def _let_go_of_series(series_id: uuid.UUID, agent_id: uuid.UUID, now: datetime) -> int:
    series_givers.let_go_of(_locked(series_id, now), agent_id, "left", now=now)
    return 1
