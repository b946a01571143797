"""What pages read of circles, in a bounded number of statements."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Subquery

from taawun.community.circles import sentences
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Area, Circle, Invitation, Membership
from taawun.community.people import secrets
from taawun.community.people.models import Account, Agent
from taawun.ground.journal.models import Audience, Entry, Head
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import agent_scope, set_scope

INVITATION_PURPOSE = "join"


def is_empty() -> bool:
    """Return whether no community has been set up on this server yet."""
    return not Circle.objects.exists()


def first_run_path() -> str | None:
    """Return the address where the first community is set up, or None when there is one already."""
    if not is_empty():
        return None
    return f"/start/?key={first_run_key()}"


def first_run_key() -> str:
    """Return the key only the server's console shows: derived, so nothing needs to be stored."""
    return secrets.token_of("first run", uuid.UUID(int=0))


def public_circles() -> list[Circle]:
    return list(Circle.objects.filter(is_public=True).order_by("name")[:50])


def areas_of(circle: Circle) -> list[Area]:
    return list(Area.objects.filter(circle=circle).order_by("name"))


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member as others see them."""

    membership: Membership
    has_account: bool


def members_of(
    circle: Circle,
    *,
    after: uuid.UUID | None = None,
    limit: int = 60,
    search: str = "",
    hidden: frozenset[uuid.UUID] = frozenset(),
) -> list[MemberLine]:
    """Return living members by name, a page at a time (``after`` is the last membership shown): two statements.

    Who filed a need without an account has no name here, and is in no list; ``hidden`` are those whom the reader does
    not see.
    """
    found = Membership.objects.filter(circle=circle, left_at__isnull=True).exclude(agent__name="")
    if hidden:
        found = found.exclude(agent_id__in=hidden)
    found = found.select_related("agent", "area", "looked_after_by")
    if search:
        found = found.filter(agent__name__icontains=search)
    if after:
        last = Membership.objects.filter(circle=circle, pk=after).values("agent__name")
        found = found.filter(Q(agent__name__gt=Subquery(last)) | Q(agent__name=Subquery(last), id__gt=after))
    page = list(found.order_by("agent__name", "id")[:limit])
    accounts = set(
        Account.objects.filter(agent_id__in=[one.agent_id for one in page]).values_list("agent_id", flat=True)
    )
    return [MemberLine(one, one.agent_id in accounts) for one in page]


def has_account(agent_id: uuid.UUID) -> bool:
    return Account.objects.filter(agent_id=agent_id).exists()


def holds_demanding_role(account: Account) -> bool:
    """Return whether an account holds a role anywhere that asks for a second factor."""
    return bool(reach_of(account.agent_id)[0])


def reach_of(agent_id: uuid.UUID) -> tuple[list[uuid.UUID], int]:
    """Return the circles in which somebody holds a demanding role, and to how many she belongs at all."""
    with agent_scope(agent_id):
        found = list(
            Membership.objects.filter(agent_id=agent_id, left_at__isnull=True).values_list(
                "circle_id", "second_factor_asked_at"
            )
        )
    return [circle_id for circle_id, asked_at in found if asked_at is not None], len(found)


def invitation_of(circle: Circle, secret: str, *, now: datetime) -> Invitation | None:
    """Return the living invitation behind a join link, and open the circle's scope; None when it has ended."""
    set_scope([circle.id])
    return (
        Invitation.objects.filter(
            circle=circle, digest=secrets.digest(secret), uses_left__gt=0, expires_at__gt=now
        )
        .select_related("agent", "made_by", "organisation")
        .first()
    )


def invitations_by(actor: Actor, *, now: datetime) -> list[Invitation]:
    """Return the living invitations a coordinator can still show, hand on or end."""
    return list(
        Invitation.objects.filter(circle=actor.circle, uses_left__gt=0, expires_at__gt=now, organisation__isnull=True)
        .select_related("agent", "made_by")
        .order_by("-made_at")[:50]
    )


def staff_invitations(actor: Actor, organisation_id: uuid.UUID, *, now: datetime) -> list[Invitation]:
    """Return the living links by which somebody can come to act for an organisation."""
    return list(
        Invitation.objects.filter(
            circle=actor.circle, organisation_id=organisation_id, uses_left__gt=0, expires_at__gt=now
        )
        .select_related("made_by")
        .order_by("-made_at")[:50]
    )


def invitation(actor: Actor, invitation_id: uuid.UUID, *, now: datetime) -> Invitation:
    """Return a living invitation this actor made: its link is shown to nobody else."""
    found = (
        Invitation.objects.filter(
            circle=actor.circle, pk=invitation_id, made_by_id=actor.agent_id, uses_left__gt=0, expires_at__gt=now
        )
        .select_related("agent")
        .first()
    )
    if found is None:
        raise Refusal.not_found()
    return found


def invitation_secret(found: Invitation) -> str:
    """Return the secret of an invitation. It is derived with the server's key; only its digest is stored."""
    return secrets.token_of(INVITATION_PURPOSE, found.id)


def record_of(
    actor: Actor, *, before: int | None = None, limit: int = 40
) -> tuple[list[Entry], dict[uuid.UUID, str], Head | None]:
    """Return entries of the journal this actor may read, newest first, the names in them, and the head of the chain.

    Three statements. What concerns only its parties is read by them on their own pages.
    """
    floor = Audience.COORDINATORS if actor.is_coordinator else Audience.MEMBERS
    found = Entry.objects.filter(circle_id=actor.circle.id, audience__gte=floor)
    if before is not None:
        found = found.filter(seq__lt=before)
    entries = list(found.order_by("-seq")[:limit])
    named = sentences.agents_in(entries) - actor.hidden_ids
    names = {one.pk: one.shown for one in Agent.objects.filter(pk__in=named)}
    head = Head.objects.filter(circle_id=actor.circle.id).first()
    return entries, names, head
