"""What an organisation's staff say of its programmes: what, where, how much, paused or ended."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from taawun.community.circles import access as circle_access
from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, form_page, refuse_form, run_once, show_form
from taawun.community.circles.models import Circle
from taawun.community.circles.queries import areas_of
from taawun.community.circles.rights import Right
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, actions
from taawun.practice.aid.actions.programmes import served_codes
from taawun.practice.aid.models import Programme
from taawun.practice.aid.programme_forms import CapacityForm, ProgrammeForm
from taawun.practice.aid.programme_showing import own_url


def _find(actor: Actor, organisation_id: uuid.UUID, programme_id: uuid.UUID) -> Programme:
    found = access.programme_to_manage(actor, programme_id)
    if found.organisation_id != organisation_id:
        raise Refusal.not_found()
    return found


@require_http_methods(["GET", "POST"])
@circle_page(access=circle_access.open_for_acting)
def edit(
    request: CircleRequest,
    circle: Circle,
    actor: Actor,
    organisation_id: uuid.UUID,
    programme_id: uuid.UUID | None = None,
) -> HttpResponseBase:
    """Add a programme, or change what one says."""
    organisation = circle_access.organisation(actor, organisation_id, Right.PROGRAMMES)
    programme = _find(actor, organisation_id, programme_id) if programme_id else None
    form = ProgrammeForm(
        request.POST if request.method == "POST" else None,
        circle=circle, areas=areas_of(circle), programme=programme,
    )  # fmt: skip

    def act(_typed: dict[str, Any]) -> str:
        draft = form.draft()
        if programme is None:
            made = actions.add_programme(actor, organisation_id, draft, now=request.now)
            messages.success(request, _("It is in the directory. Now say how much it can take."))
            return own_url("programme_capacity", circle, organisation_id, programme_id=made.id)
        actions.change_programme(actor, programme.id, draft, now=request.now)
        messages.success(request, _("The programme is changed."))
        return own_url("organisation", circle, organisation_id)

    return form_page(
        request, "aid/programme_edit.html", form, act, who=actor, verb="programme.edit",
        organisation=organisation, programme=programme,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@circle_page(access=circle_access.open_for_acting)
def capacity(
    request: CircleRequest, circle: Circle, actor: Actor, organisation_id: uuid.UUID, programme_id: uuid.UUID
) -> HttpResponseBase:
    """Say how much a programme can take, in which time."""
    programme = _find(actor, organisation_id, programme_id)
    served = [kinds.shown(circle, code) for code in served_codes(circle, programme)]
    form = CapacityForm(request.POST if request.method == "POST" else None, programme=programme, served=served)
    if request.method == "POST" and (limits := form.capacity()) is not None:

        def act() -> str:
            period = form.cleaned_data["period"]
            actions.set_capacity(actor, programme_id, period, limits or {}, now=request.now)
            messages.success(request, _("It is set, from now on."))
            return own_url("organisation", circle, organisation_id)

        try:
            return HttpResponseRedirect(run_once(request, actor, "programme.capacity", act))
        except Refusal as refusal:
            refuse_form(form, refusal)
    return show_form(
        request, "aid/programme_capacity.html", form, programme=programme, organisation=programme.organisation
    )


@require_POST
@circle_page(access=circle_access.open_for_acting)
def do(
    request: CircleRequest,
    circle: Circle,
    actor: Actor,
    organisation_id: uuid.UUID,
    programme_id: uuid.UUID,
    verb: str,
) -> HttpResponseBase:
    """Pause, open again, or end a programme."""
    _find(actor, organisation_id, programme_id)

    def act() -> str:
        if verb == "end":
            actions.end_programme(actor, programme_id, now=request.now)
        else:
            actions.open_programme(actor, programme_id, verb == "open", now=request.now)
        messages.success(request, SAID[verb]())
        return own_url("organisation", circle, organisation_id)

    return HttpResponseRedirect(run_once(request, actor, f"programme.{verb}", act))


SAID = {
    "pause": lambda: _("The programme is paused. Nothing new is handed to it."),
    "open": lambda: _("The programme is open again."),
    "end": lambda: _("The programme has ended. What it promised stays promised."),
}
