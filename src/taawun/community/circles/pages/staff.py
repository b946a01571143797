"""Who acts for an organisation and what each may do for it: bringing in by a link, changing, ending."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.circles import access, actions, queries
from taawun.community.circles.actions.members import givable
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page
from taawun.community.circles.forms import RightsForm
from taawun.community.circles.models import Circle, Representative
from taawun.community.circles.rights import Right
from taawun.community.circles.sentences import RIGHT_NAMES
from taawun.community.people.doors import form_page, run_once
from taawun.ground.values.refusal import Refusal


def url(circle: Circle, organisation_id: uuid.UUID, name: str = "staff", *rest: uuid.UUID) -> str:
    return reverse(f"circles:{name}", args=[circle.slug, organisation_id, *rest])


@require_safe
@circle_page(access=access.open_for_acting)
def staff(request: CircleRequest, circle: Circle, actor: Actor, organisation_id: uuid.UUID) -> HttpResponse:
    """List who acts for the organisation, with what each may do, and the links that still let somebody in."""
    organisation = access.organisation(actor, organisation_id, Right.STAFF)
    lines = [
        {"one": one, "rights": [RIGHT_NAMES[right][0] for right in one.rights], "is_me": one.person_id == actor.agent_id}
        for one in access.representatives_of(organisation_id, actor)
    ]
    context = {
        "organisation": organisation,
        "lines": lines,
        "invitations": queries.staff_invitations(actor, organisation_id, now=request.now),
        "may_name": actor.is_member,
    }
    return render(request, "circles/staff.html", context)


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_acting)
def invite(request: CircleRequest, circle: Circle, actor: Actor, organisation_id: uuid.UUID) -> HttpResponse:
    """Make a link, good once, by which somebody acts for the organisation, with or without an account."""
    organisation = access.organisation(actor, organisation_id, Right.STAFF)
    given = givable(actor, organisation_id)
    form = RightsForm(
        request.POST if request.method == "POST" else None,
        givable=given,
        initial={"rights": [one for one in (Right.ANSWER, Right.DOORS) if one in given]},
    )

    def act(typed: dict[str, Any]) -> str:
        made, _secret = actions.invite_staff(actor, organisation_id, typed["rights"], now=request.now)
        return url(circle, organisation_id, "staff_invitation", made.id)

    return form_page(
        request, "circles/staff_rights.html", form, act, who=actor, verb="staff.invite", organisation=organisation
    )


@require_safe
@circle_page(access=access.open_for_acting)
def invitation(
    request: CircleRequest, circle: Circle, actor: Actor, organisation_id: uuid.UUID, invitation_id: uuid.UUID
) -> HttpResponse:
    """Show a link to whoever made it, to send on or read aloud."""
    organisation = access.organisation(actor, organisation_id, Right.STAFF)
    found = queries.invitation(actor, invitation_id, now=request.now)
    if found.organisation_id != organisation_id:
        raise Refusal.not_found()
    path = reverse("circles:join", args=[circle.slug, queries.invitation_secret(found)])
    link = f"{settings.PUBLIC_URL}{path}"
    text = _("With this link you act for %(name)s in %(circle)s. It works once: %(link)s") % {
        "name": organisation.name, "circle": circle.name, "link": link
    }  # fmt: skip
    context = {"invitation": found, "organisation": organisation, "link": link, "text": text}
    context["rights"] = [RIGHT_NAMES[right][0] for right in found.rights]
    return render(request, "circles/staff_invitation.html", context)


@require_POST
@circle_page(access=access.open_for_acting)
def end_invitation(
    request: CircleRequest, circle: Circle, actor: Actor, organisation_id: uuid.UUID, invitation_id: uuid.UUID
) -> HttpResponse:
    def act() -> str:
        actions.end_staff_invitation(actor, organisation_id, invitation_id, now=request.now)
        messages.success(request, _("The link no longer works."))
        return url(circle, organisation_id)

    return redirect(run_once(request, actor, "staff.end_invitation", act))


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_acting)
def one(
    request: CircleRequest, circle: Circle, actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID
) -> HttpResponse:
    """Change what one person may do for the organisation."""
    organisation = access.organisation(actor, organisation_id, Right.STAFF)
    found = _living(actor, organisation_id, person_id)
    form = RightsForm(
        request.POST if request.method == "POST" else None,
        givable=givable(actor, organisation_id),
        initial={"rights": found.rights},
    )

    def act(typed: dict[str, Any]) -> str:
        actions.change_rights(actor, organisation_id, person_id, typed["rights"], now=request.now)
        messages.success(request, _("It is set, from now on."))
        return url(circle, organisation_id)

    return form_page(
        request, "circles/staff_rights.html", form, act, who=actor, verb="staff.change",
        organisation=organisation, person=found.person,
    )  # fmt: skip


def _living(actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID) -> Representative:
    for found in access.representatives_of(organisation_id, actor):
        if found.person_id == person_id:
            return found
    raise Refusal.not_found()


@require_POST
@circle_page(access=access.open_for_acting)
def end(
    request: CircleRequest, circle: Circle, actor: Actor, organisation_id: uuid.UUID, person_id: uuid.UUID
) -> HttpResponse:
    """End at once that somebody acts for the organisation."""

    def act() -> str:
        actions.end_representative(actor, organisation_id, person_id, now=request.now)
        messages.success(request, _("They no longer act for the organisation."))
        return reverse("circles:home") if person_id == actor.agent_id else url(circle, organisation_id)

    return redirect(run_once(request, actor, "staff.end", act))
