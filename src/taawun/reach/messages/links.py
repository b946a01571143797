"""The addresses that messages lead to, whole, as they stand in a mail."""

import uuid

from django.conf import settings
from django.urls import reverse

from taawun.community.circles.models import Circle
from taawun.community.people import secrets
from taawun.reach.messages.models import Notice


def whole(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def sign_in(attempt_id: uuid.UUID) -> str:
    return whole(reverse("people:link", args=[secrets.token_of("sign-in", attempt_id)]))


def about(notice: Notice, circle: Circle) -> str:
    """Return the path of the page of what a notice is about."""
    if notice.commitment_id is not None:
        return reverse("aid:commitment", args=[circle.slug, notice.commitment_id])
    return reverse("aid:intent", args=[circle.slug, notice.intent_id])


def still(notice: Notice) -> str:
    """Return the link that says "still available" in one tap, without signing in."""
    return whole(reverse("messages:still", args=[secrets.token_of("still", notice.id)]))


def quiet(agent_id: uuid.UUID) -> str:
    """Return the link that ends the mails to somebody, without signing in."""
    return whole(reverse("messages:quiet", args=[secrets.token_of("quiet", agent_id)]))
