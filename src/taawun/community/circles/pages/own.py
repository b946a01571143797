"""Having nothing more to do with a member; and what is known about one without an account: read, taken away, erased."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from taawun.community.circles import access
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, form_page, refuse_form, run_once
from taawun.community.circles.models import Circle
from taawun.community.people import belongings, blocks, erasing
from taawun.community.people.doors import KeyedForm, account_of
from taawun.community.people.forms import line
from taawun.community.people.models import AgentKind
from taawun.community.people.pages.mine import archive_response, require_word
from taawun.ground.values.refusal import Refusal


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_member)
def block(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponse:
    """Say what blocking somebody does, and do it. They are not told."""
    agent = access.member(actor, agent_id).agent
    account = account_of(request)
    if account is None or agent.id == actor.agent_id or agent.kind == AgentKind.ORGANISATION:
        raise Refusal.not_found()
    form = KeyedForm(request.POST if request.method == "POST" else None)

    def act(_typed: dict[str, Any]) -> str:
        blocks.block_agent(account, agent, called=agent.name, now=request.now)
        messages.success(request, _("Neither of you sees the other from now on. They are not told."))
        return reverse("people:blocked")

    return form_page(
        request, "circles/block.html", form, act, who=actor, verb="member.block", agent=agent,
        only_coordinator=access.other_coordinators(actor, agent_id) is False,
    )  # fmt: skip


class EraseMemberForm(KeyedForm):
    """That she asked for it, and a word, because it cannot be undone."""

    asked = forms.BooleanField(
        label=_lazy("They asked me to"),
        help_text=_lazy("That you did this stays on the record, without their name."),
        error_messages={"required": _lazy("Only somebody who asks for it is erased. Has this person asked you?")},
    )
    word = line(_lazy("Write the word"), most=40, empty=_lazy("Write the word that stands below."), autocomplete="off")


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_coordinator)
def own(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponse:
    """Show what can be done for a member without an account who asks; sending the form opens what is known about them."""
    return _show(request, actor, agent_id, EraseMemberForm(), is_open=request.method == "POST")


def _show(
    request: CircleRequest, actor: Actor, agent_id: uuid.UUID, form: forms.Form, *, is_open: bool = False
) -> HttpResponse:
    person = access.belongings_of(actor, agent_id, now=request.now)
    status = getattr(form, "refused_status", 422) if form.is_bound and form.errors else 200
    context = {
        "form": form,
        "agent": person.agent,
        "is_open": is_open,
        "known": belongings.known(person) if is_open else [],
        "foretold": erasing.foretell(person),
        "word": _("erase"),
        "now": request.now,
    }
    return render(request, "circles/own.html", context, status=status)


@require_POST
@circle_page(access=access.open_for_coordinator)
def take(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponseBase:
    """Hand out the archive for a member without an account. It is one look, on record."""
    return archive_response(access.belongings_of(actor, agent_id, now=request.now))


@require_POST
@circle_page(access=access.open_for_coordinator)
def erase(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponse:
    """Erase a member without an account who asked for it."""
    form = EraseMemberForm(request.POST)

    def act() -> str:
        require_word(form.cleaned_data["word"])
        erasing.erase(access.belongings_of(actor, agent_id, now=request.now))
        messages.success(request, _("Erased. What was given and received stays, under nobody's name."))
        return reverse("circles:members", args=[circle.slug])

    if form.is_valid():
        try:
            return redirect(run_once(request, actor, "member.erase", act))
        except Refusal as refusal:
            refuse_form(form, refusal)
    return _show(request, actor, agent_id, form)
