"""The addresses that messages lead to, whole, as they stand in a mail."""

import uuid

from django.conf import settings
from django.urls import reverse

from taawun.community.circles import recoveries
from taawun.community.circles.models import Circle
from taawun.community.people import secrets
from taawun.reach.messages.models import Notice

IN_A_CONVERSATION = frozenset({"message.posted", "message.mentioned"})

# What is about no need and no promise, and leads coordinators to a page of their own.
OF_COORDINATORS = frozenset({"member.recovery_asked", "member.recovery_disputed"})

# What a carrier is told of her rounds, and what coordinators are told of them.
OF_CARRIERS = frozenset({"run.promised", "run.changed", "stop.not_now", "stop.after_all"})
OF_ROUNDS = frozenset({"stop.conflict"})
# What holds the time of a delivery, its code for the door, and the link that says "not now".
OF_DELIVERIES = frozenset({"stop.promised", "stop.moved", "stop.on_the_way"})

OF_SHEETS = frozenset({"sheet.brought", "sheet.exported_personal"})


def whole(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def sign_in(attempt_id: uuid.UUID) -> str:
    return whole(reverse("people:link", args=[secrets.token_of("sign-in", attempt_id)]))


def about(notice: Notice, circle: Circle, owner_id: uuid.UUID | None = None) -> str:
    """Return the path of the page of what a notice is about. ``owner_id`` is whose need it is, where it is about one."""
    if notice.name in OF_COORDINATORS:
        return reverse("circles:recoveries", args=[circle.slug])
    if notice.name in OF_ROUNDS:
        return reverse("delivery:rounds", args=[circle.slug])
    if notice.name in OF_CARRIERS and notice.agent_id == notice.for_id != owner_id:
        return reverse("delivery:carry", args=[circle.slug])
    if notice.name in OF_SHEETS:
        return reverse("circles:record", args=[circle.slug])
    if notice.name in IN_A_CONVERSATION:
        return reverse("conversations:talk", args=[circle.slug, notice.commitment_id or notice.intent_id]) + "#end"
    if notice.name == "note.shown":
        return reverse("conversations:notes", args=[circle.slug, notice.intent_id or notice.for_id])
    if notice.series_id is not None:
        return reverse("aid:series", args=[circle.slug, notice.series_id])
    if notice.commitment_id is not None:
        return reverse("aid:commitment", args=[circle.slug, notice.commitment_id])
    return reverse("aid:intent", args=[circle.slug, notice.intent_id])


def still(notice: Notice) -> str:
    """Return the link that says "still available" in one tap, without signing in."""
    return whole(reverse("messages:still", args=[secrets.token_of("still", notice.id)]))


def coming(token: str) -> str:
    """Return the page of a delivery, which takes a "not now" without signing in."""
    return whole(reverse("delivery:coming", args=[token]))


def quiet(agent_id: uuid.UUID) -> str:
    """Return the link that ends the mails to somebody, without signing in."""
    return whole(reverse("messages:quiet", args=[secrets.token_of("quiet", agent_id)]))


def recovery(recovery_id: uuid.UUID) -> str:
    """Return the page that tells whoever asked to be let in anew how it stands."""
    return whole(reverse("circles:recovery_standing", args=[recoveries.path_token(recovery_id)]))


def stop_recovery(recovery_id: uuid.UUID) -> str:
    return whole(reverse("circles:recovery_stop", args=[secrets.token_of(recoveries.STOP_PURPOSE, recovery_id)]))
