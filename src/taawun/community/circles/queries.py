"""What pages read of circles, in a bounded number of statements."""

import uuid
from dataclasses import dataclass

from taawun.community.circles.models import Area, Circle, Invitation, Membership
from taawun.community.people import secrets
from taawun.community.people.models import Account
from taawun.ground.values.scope import set_scope


def first_run_path() -> str | None:
    """Return the address where the first community is set up, or None when there is one already."""
    if Circle.objects.exists():
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


def members_of(circle: Circle, *, after: str = "", limit: int = 60, search: str = "") -> list[MemberLine]:
    """Return living members by name, a page at a time: two statements."""
    found = Membership.objects.filter(circle=circle, left_at__isnull=True).select_related(
        "agent", "area", "looked_after_by"
    )
    if search:
        found = found.filter(agent__name__icontains=search)
    if after:
        found = found.filter(agent__name__gt=after)
    page = list(found.order_by("agent__name", "id")[:limit])
    accounts = set(
        Account.objects.filter(agent_id__in=[one.agent_id for one in page]).values_list("agent_id", flat=True)
    )
    return [MemberLine(one, one.agent_id in accounts) for one in page]


def invitation_of(circle_slug: str, secret: str) -> tuple[Circle, Invitation] | None:
    """Return the circle and the invitation of a join link, and open the circle's scope; None when it has ended."""
    circle = Circle.objects.filter(slug=circle_slug).first()
    if circle is None:
        return None
    set_scope([circle.id])
    invitation = (
        Invitation.objects.filter(circle=circle, digest=secrets.digest(secret), uses_left__gt=0)
        .select_related("agent", "made_by")
        .first()
    )
    return (circle, invitation) if invitation else None
