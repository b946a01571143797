"""Taking parts of intents and giving them back: the one place where ``taken`` and ``done`` change.

The caller holds the locks on the intents and on the commitment (see ``access.commitment_to_move``).
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.practice.aid import rules
from taawun.practice.aid.actions import entries
from taawun.practice.aid.models import Commitment, Intent

STANDING = ("state", "taken", "done", "closed_at")
ENDED = ("state", "reason", "ended_at", "waiting_for", "release_at", "warn_at")


def stand(intent: Intent, after: rules.Standing, *, now: datetime) -> bool:
    """Note where an intent stands, unsaved, and say whether it has just finished."""
    finished = after.state in {"fulfilled", "expired"} and intent.state != after.state
    intent.state, intent.taken, intent.done = after.state, after.taken, after.done
    if finished:
        intent.closed_at = now
    return finished


def apply(intent: Intent, after: rules.Standing, *, now: datetime) -> None:
    """Write where an intent stands; one that has just finished keeps its sealed fields only a while longer."""
    if stand(intent, after, now=now):
        store.keep_until([intent.id], now + rules.SEALED_AFTER_END)
    intent.save(update_fields=STANDING)


def apply_all(
    intents: Mapping[uuid.UUID, Intent], change: Callable[[rules.IntentTerms], rules.Standing], *, now: datetime
) -> None:
    for intent in intents.values():
        apply(intent, change(intent.terms), now=now)


def end(commitment: Commitment, state: str, reason: str, *, now: datetime) -> None:
    """Close a commitment; what was sealed for it is gone 30 days later, and unreadable after 48 hours."""
    close_off(commitment, state, reason, now=now)
    commitment.save()
    store.keep_until([commitment.id], now + rules.SEALED_AFTER_END)


def close_off(commitment: Commitment, state: str, reason: str, *, now: datetime) -> None:
    commitment.state, commitment.reason, commitment.ended_at = state, reason, now
    commitment.waiting_for, commitment.release_at, commitment.warn_at = "", None, None


def release(
    commitment: Commitment,
    intents: dict[uuid.UUID, Intent],
    reason: str,
    *,
    actor_id: uuid.UUID | None,
    now: datetime,
    entry: str = "claim.released",
    told_by: str = "",
) -> None:
    """Give a claimed part back to everybody. ``told_by`` names what else tells those concerned, so that this need not."""
    verb = "decline" if reason == "declined" else "release"
    after = rules.move(commitment.state, verb)
    apply_all(intents, lambda terms: rules.give_back(terms, commitment.quantity, now=now), now=now)
    end(commitment, after, reason, now=now)
    data = {"reason": reason} | entries.told(told_by)
    entries.about_commitment(commitment, intents, entry, actor_id, data, now=now)


class _Moved(Exception):
    """Somebody joined another intent to this one while the locks were being taken."""


def release_all(
    intent: Intent, reason: str, *, actor_id: uuid.UUID | None, now: datetime, told_by: str = ""
) -> Intent:
    """Release every living commitment on an intent and return it, locked.

    All intents concerned are locked in the order of their ids. A claim that slips in before the locks are held may
    bring another intent: then the locks are let go and taken again, because adding one out of order could deadlock.
    """
    while True:
        try:
            with transaction.atomic():
                return _release_all(intent, reason, actor_id, told_by, now)
        except _Moved:
            continue


def _release_all(intent: Intent, reason: str, actor_id: uuid.UUID | None, told_by: str, now: datetime) -> Intent:
    living = Commitment.objects.filter(circle_id=intent.circle_id, state__in=rules.LIVING).filter(
        **({"request": intent} if intent.is_request else {"offer": intent})
    )
    ids = {one for pair in living.values_list("request_id", "offer_id") for one in pair if one} | {intent.id}
    locked = {row.id: row for row in Intent.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    rows = list(living.select_for_update(of=("self",)).order_by("pk"))
    if any(one not in locked for row in rows for one in (row.request_id, row.offer_id) if one is not None):
        raise _Moved
    for row in rows:
        parts = {one: locked[one] for one in (row.request_id, row.offer_id) if one is not None}
        release(row, parts, reason, actor_id=actor_id, now=now, told_by=told_by)
    return locked[intent.id]


def close(intent: Intent, reason: str, *, actor_id: uuid.UUID | None, now: datetime, told_by: str = "") -> Intent:
    """Take an intent off the board for good: whoever was on it is released, and its sealed fields go a while later."""
    with transaction.atomic():
        intent = release_all(intent, reason, actor_id=actor_id, now=now, told_by=told_by)
        after = rules.INTENT.next(intent.state, "withdraw")
        if after is None:
            raise Refusal.conflict("intent.final")
        intent.state, intent.closed_at = after, now
        intent.save(update_fields=["state", "closed_at"])
        store.keep_until([intent.id], now + rules.SEALED_AFTER_END)
        entries.about_intent(intent, "intent.withdrawn", actor_id, entries.told(told_by), now=now)
    return intent
