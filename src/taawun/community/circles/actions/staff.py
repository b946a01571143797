"""The staff of an organisation: brought in by a link, with rights of their own, which can be changed and ended at once."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from taawun.community.circles import access
from taawun.community.circles.actions.entries import tell_members
from taawun.community.circles.actions.members import givable
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Invitation, Membership, Representative
from taawun.community.circles.queries import INVITATION_PURPOSE
from taawun.community.circles.rights import Right, require_own
from taawun.community.circles.rights import read as read_rights
from taawun.community.people import secrets
from taawun.community.people.models import Agent
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal

INVITATION_LIFETIME = timedelta(days=7)


def invite_staff(
    actor: Actor, organisation_id: uuid.UUID, rights: Sequence[str], *, now: datetime
) -> tuple[Invitation, str]:
    """Return a link, good once, by which somebody acts for an organisation without joining the circle, and its secret."""
    organisation = access.organisation(actor, organisation_id, Right.STAFF)
    wanted = read_rights(rights)
    require_own(givable(actor, organisation_id), wanted)
    made = new_invitation(
        actor, organisation=organisation, rights=wanted, expires_at=now + INVITATION_LIFETIME, uses_left=1, now=now
    )
    tell_members(actor, "representative.invited", organisation_id, {"rights": wanted}, now)
    return made


def new_invitation(actor: Actor, *, now: datetime, **facts: Any) -> tuple[Invitation, str]:
    """Make a link into the circle and return it with its secret, of which only the digest is stored."""
    invitation_id = new_id()
    secret = secrets.token_of(INVITATION_PURPOSE, invitation_id)
    invitation = Invitation.objects.create(
        id=invitation_id,
        circle=actor.circle,
        digest=secrets.digest(secret),
        made_by_id=actor.agent_id,
        made_at=now,
        **facts,
    )
    return invitation, secret


def end_staff_invitation(actor: Actor, organisation_id: uuid.UUID, invitation_id: uuid.UUID, *, now: datetime) -> None:
    access.organisation(actor, organisation_id, Right.STAFF)
    living = Invitation.objects.filter(circle=actor.circle, organisation_id=organisation_id, uses_left__gt=0)
    if not living.filter(pk=invitation_id).update(uses_left=0):
        raise Refusal.not_found()
    tell_members(actor, "representative.uninvited", organisation_id, {}, now)


def begin_representing(invitation: Invitation, person: Agent, *, now: datetime) -> Representative:
    """Whoever opened a staff link acts for the organisation from now on; who did already gets the new rights as well.

    The link is worth what the one who made it may still give: a manager who was let go leaves no open door behind.
    """
    organisation_id = invitation.organisation_id
    assert organisation_id is not None
    circle = invitation.circle
    if not Membership.objects.filter(circle=circle, agent_id=organisation_id, left_at__isnull=True).exists():
        raise Refusal("invitation.ended", status=410)
    _require_maker(invitation)
    with transaction.atomic():
        found, is_new = Representative.objects.get_or_create(
            circle=circle, organisation_id=organisation_id, person=person, until=None,
            defaults={"rights": invitation.rights, "since": now},
        )  # fmt: skip
        if not is_new:
            found.rights = read_rights([*found.rights, *invitation.rights])
            found.save(update_fields=["rights"])
        record.append(
            circle.id,
            "representative.joined",
            actor_id=person.id,
            subject_id=organisation_id,
            data={"person": str(person.id), "rights": found.rights},
            now=now,
            audience=Audience.MEMBERS,
            topics=["members", f"agent:{organisation_id}"],
        )
    return found


def _require_maker(invitation: Invitation) -> None:
    """Refuse a link whose maker may no longer give what it gives."""
    maker = invitation.made_by
    account = getattr(maker, "account", None)
    if account is None or not account.is_active:
        raise Refusal("invitation.ended", status=410)
    # A role that rests for want of a second factor still gives: it was there when the link was made.
    account.is_strong = True
    actor = access.actor_in(invitation.circle, account)
    if Right.STAFF not in givable(actor, invitation.organisation_id) and not actor.is_coordinator:  # type: ignore[arg-type]
        raise Refusal("invitation.ended", status=410)
    if not set(invitation.rights) <= givable(actor, invitation.organisation_id):  # type: ignore[arg-type]
        raise Refusal("invitation.ended", status=410)


def change_rights(
    actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID, rights: Sequence[str], *, now: datetime
) -> Representative:
    """Give and take rights of somebody who acts for an organisation. What one does not hold oneself stays as it is."""
    access.organisation(actor, organisation_id, Right.STAFF)
    wanted = set(read_rights(rights))
    with transaction.atomic():
        found = (
            Representative.objects.select_for_update()
            .filter(circle=actor.circle, organisation_id=organisation_id, person_id=person_id, until__isnull=True)
            .first()
        )
        if found is None:
            raise Refusal.not_found()
        mine = givable(actor, organisation_id)
        require_own(mine, wanted - set(found.rights))
        # Neither is taken away what was given by somebody who may do more.
        kept = set(found.rights) - mine
        changed = read_rights(wanted | kept)
        if changed != found.rights:
            found.rights = changed
            found.save(update_fields=["rights"])
            data: dict[str, object] = {"person": str(person_id), "rights": changed}
            tell_members(actor, "representative.changed", organisation_id, data, now)
    return found
