"""The staff of organisations over the API: who acts for one, with which rights; bringing in, changing, ending."""

import uuid
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from ninja import Router, Status
from pydantic import Field

from taawun.community.circles import access, actions
from taawun.community.circles.actor import Actor
from taawun.community.circles.api import as_acting, as_member
from taawun.community.circles.models import Representative
from taawun.community.circles.rights import Right
from taawun.community.people.api.shapes import Answer, Body, Id, Named, Page, Slug
from taawun.community.people.api.tokens import READS, WRITES, ApiRequest
from taawun.ground.values.refusal import Refusal

router = Router(tags=["organisations"])
STAFF = "/circles/{slug}/organisations/{organisation_id}/staff"
RightName = Literal["answer", "post", "doors", "programmes", "staff", "figures"]


class RightsIn(Body):
    """What somebody may do for the organisation."""

    rights: list[RightName] = Field(min_length=1, max_length=6)


class StaffIn(RightsIn):
    """A member who is to act for the organisation."""

    person: Id


class StaffFacts(Answer):
    """Somebody who acts for an organisation, and what she may do for it."""

    person: Named
    rights: list[str]
    is_member: bool = Field(description="Belongs to the circle in her own right")
    since: datetime


class StaffLink(Answer):
    """A link, good once, by which somebody comes to act for the organisation."""

    id: uuid.UUID
    url: str
    expires_at: datetime


def _facts(one: Representative) -> StaffFacts:
    return StaffFacts(
        person=Named(id=one.person_id, name=one.person.shown), rights=one.rights, since=one.since,
        is_member=bool(getattr(one, "belongs", False)),
    )


def _told(actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID) -> StaffFacts:
    for one in access.representatives_of(organisation_id, actor):
        if one.person_id == person_id:
            return _facts(one)
    raise Refusal.not_found()


@router.get(STAFF, auth=READS, response=Page[StaffFacts], operation_id="list_staff", summary="Who acts for it")
def list_staff(request: ApiRequest, slug: Slug, organisation_id: Id) -> Page[StaffFacts]:
    """Return who acts for an organisation and with which rights, for whoever manages its staff."""
    with as_acting(request, slug) as (_circle, actor, _now):
        access.organisation(actor, organisation_id, Right.STAFF)
        return Page[StaffFacts](items=[_facts(one) for one in access.representatives_of(organisation_id, actor)])


@router.post(STAFF, auth=WRITES, response={201: StaffFacts}, operation_id="name_staff", summary="Name a member")
def name_staff(request: ApiRequest, slug: Slug, organisation_id: Id, staff: StaffIn) -> Status[StaffFacts]:
    """Let a member act for an organisation. Nobody gives a right she does not hold."""
    with as_member(request, slug) as (_circle, actor, now):
        actions.name_representative(actor, organisation_id, staff.person, rights=staff.rights, now=now)
        return Status(201, _told(actor, organisation_id, staff.person))


@router.post(
    STAFF + "/links", auth=WRITES, response={201: StaffLink}, operation_id="invite_staff", summary="Bring in by a link"
)
def invite_staff(request: ApiRequest, slug: Slug, organisation_id: Id, rights: RightsIn) -> Status[StaffLink]:
    """Return a link by which one person acts for the organisation, without joining the circle."""
    with as_acting(request, slug) as (circle, actor, now):
        made, secret = actions.invite_staff(actor, organisation_id, rights.rights, now=now)
        address = reverse("circles:join", args=[circle.slug, secret])
        return Status(201, StaffLink(id=made.id, url=f"{settings.PUBLIC_URL}{address}", expires_at=made.expires_at))


@router.delete(
    STAFF + "/links/{invitation_id}", auth=WRITES, response={204: None}, operation_id="end_staff_link", summary="End a link"
)
def end_staff_link(request: ApiRequest, slug: Slug, organisation_id: Id, invitation_id: Id) -> HttpResponse:
    """End a link that was not used yet."""
    with as_acting(request, slug) as (_circle, actor, now):
        actions.end_staff_invitation(actor, organisation_id, invitation_id, now=now)
        return HttpResponse(status=204)


@router.put(
    STAFF + "/{person_id}", auth=WRITES, response=StaffFacts, operation_id="set_staff_rights", summary="Set what she may do"
)
def set_staff_rights(
    request: ApiRequest, slug: Slug, organisation_id: Id, person_id: Id, rights: RightsIn
) -> StaffFacts:
    """Give and take rights. It holds from the next request on."""
    with as_acting(request, slug) as (_circle, actor, now):
        actions.change_rights(actor, organisation_id, person_id, rights.rights, now=now)
        return _told(actor, organisation_id, person_id)


@router.delete(STAFF + "/{person_id}", auth=WRITES, response={204: None}, operation_id="end_staff", summary="End it")
def end_staff(request: ApiRequest, slug: Slug, organisation_id: Id, person_id: Id) -> HttpResponse:
    """End at once that somebody acts for the organisation."""
    with as_acting(request, slug) as (_circle, actor, now):
        actions.end_representative(actor, organisation_id, person_id, now=now)
        return HttpResponse(status=204)
