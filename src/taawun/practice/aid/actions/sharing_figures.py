"""A link by which anybody sees figures without names, and its end."""

import uuid
from datetime import datetime

from django.db import transaction

from taawun.community.circles import access as circle_access
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.community.circles.rights import Right
from taawun.community.people import secrets
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid.models import FiguresLink

PURPOSE = "figures"


def _require(actor: Actor, organisation_id: uuid.UUID | None) -> None:
    """The circle's figures are shared by coordinators, an organisation's by its staff who may see them."""
    if organisation_id is not None:
        circle_access.organisation(actor, organisation_id, Right.FIGURES)
    elif not actor.is_coordinator:
        raise Refusal.forbidden()


def link_to_share(circle: Circle, organisation_id: uuid.UUID | None) -> FiguresLink | None:
    return FiguresLink.objects.filter(circle=circle, organisation_id=organisation_id, ended_at__isnull=True).first()


def secret_of_figures(link: FiguresLink) -> str:
    """Return the secret of a link. It is derived with the server's key; only its digest is stored."""
    return secrets.token_of(PURPOSE, link.id)


def share_figures(actor: Actor, organisation_id: uuid.UUID | None, *, now: datetime) -> FiguresLink:
    """Make the link, or return the one there is."""
    _require(actor, organisation_id)
    with transaction.atomic():
        # Two who share in the same moment wait for each other here, and get the same link.
        Circle.objects.select_for_update().get(pk=actor.circle.id)
        found = link_to_share(actor.circle, organisation_id)
        if found is not None:
            return found
        link_id = new_id()
        link = FiguresLink.objects.create(
            id=link_id, circle=actor.circle, organisation_id=organisation_id,
            digest=secrets.digest(secrets.token_of(PURPOSE, link_id)), made_by_id=actor.agent_id, made_at=now,
        )  # fmt: skip
        _tell(actor, "figures.shared", organisation_id, now)
    return link


def end_sharing_figures(actor: Actor, organisation_id: uuid.UUID | None, *, now: datetime) -> None:
    """End the link at once."""
    _require(actor, organisation_id)
    found = FiguresLink.objects.filter(circle=actor.circle, organisation_id=organisation_id, ended_at__isnull=True)
    if not found.update(ended_at=now):
        raise Refusal.not_found()
    _tell(actor, "figures.unshared", organisation_id, now)


def _tell(actor: Actor, name: str, organisation_id: uuid.UUID | None, now: datetime) -> None:
    record.append(
        actor.circle.id, name, actor_id=actor.agent_id, subject_id=organisation_id, data={}, now=now,
        audience=Audience.MEMBERS, topics=[f"agent:{organisation_id}"] if organisation_id else [],
    )  # fmt: skip
