"""Duties derived from state, run each minute in each circle: ask, expire, warn, release. A missed run loses nothing."""

from datetime import datetime

from django.db import transaction

from taawun.community.circles.models import Circle, Membership
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid import access, rules
from taawun.practice.aid.actions import entries
from taawun.practice.aid.actions.holding import apply, close, release
from taawun.practice.aid.models import Commitment, Intent

BATCH = 200


def keep_up(circle: Circle, *, now: datetime) -> dict[str, int]:
    """Do what is due in one circle. Returns how many of each.

    Each part is a transaction of its own (the caller is outside one): none holds the circle's place in the journal
    while another waits for a row that somebody's tap has locked.
    """
    done = {}
    for name, part in PARTS.items():
        with circle_scope(circle.id):
            done[name] = part(circle, now)
    return done


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


def _release(circle: Circle, now: datetime) -> int:
    """Release stale claims one by one, each in its own transaction, so that one locked row delays no other."""
    due = list(
        Commitment.objects.filter(circle=circle, state__in=rules.LIVING, release_at__lte=now)
        .order_by("release_at")
        .values_list("pk", "request_id", "offer_id")[:BATCH]
    )
    released = 0
    for commitment_id, request_id, offer_id in due:
        with transaction.atomic():
            intents = access.lock_intents(circle, request_id, offer_id)
            commitment = Commitment.objects.select_for_update().get(pk=commitment_id)
            if commitment.state in rules.LIVING and commitment.release_at and commitment.release_at <= now:
                release(commitment, intents, "stale", actor_id=None, now=now)
                released += 1
    return released


def _let_go_of_those_who_left(circle: Circle, now: datetime) -> int:
    """Whoever left a circle, or was removed from it, is on nothing there any more, and asks and offers nothing."""
    gone = Membership.objects.filter(circle=circle, left_at__isnull=False).values("agent_id")
    promised = list(
        Commitment.objects.filter(circle=circle, giver_id__in=gone, state__in=rules.LIVING).values_list(
            "pk", "request_id", "offer_id"
        )[:BATCH]
    )
    for commitment_id, request_id, offer_id in promised:
        with transaction.atomic():
            intents = access.lock_intents(circle, request_id, offer_id)
            commitment = Commitment.objects.select_for_update().get(pk=commitment_id)
            if commitment.state in rules.LIVING:
                release(commitment, intents, "left", actor_id=None, now=now)
    posted = list(Intent.objects.filter(circle=circle, agent_id__in=gone, state__in=["open", "taken", "expired"])[:BATCH])
    for intent in posted:
        close(intent, "left", actor_id=None, now=now)
    return len(promised) + len(posted)


PARTS = {
    "asked": _ask, "expired": _expire, "warned": _warn, "released": _release, "left": _let_go_of_those_who_left
}
