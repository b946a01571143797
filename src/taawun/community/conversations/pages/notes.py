"""Notes about a need, an offer or a person: coordinators write and read them, and she reads those meant for her."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, form_page, run_once
from taawun.community.circles.models import Circle
from taawun.community.conversations import access, actions, queries
from taawun.community.conversations.forms import NoteForm
from taawun.ground.values.refusal import Refusal


def notes_url(circle: Circle, about_id: uuid.UUID) -> str:
    return reverse("conversations:notes", args=[circle.slug, about_id])


@require_http_methods(["GET", "HEAD", "POST"])
@circle_page()
def notes(request: CircleRequest, circle: Circle, actor: Actor, about_id: uuid.UUID) -> HttpResponseBase:
    """Show the notes this reader may see; what she may not see leaves no trace on her page."""
    found = access.about(actor, about_id)
    writes = access.reads_all_notes(actor, found)
    if request.method == "POST" and not writes:
        raise Refusal.forbidden("note.own" if actor.is_coordinator else "forbidden")
    form = NoteForm(request.POST or None)

    def act(typed: dict[str, Any]) -> str:
        actions.write_note(actor, about_id, typed["text"], shown=typed["shown"] == "yes", now=request.now)
        messages.success(request, _("The note is written down."))
        return notes_url(circle, about_id)

    told = [] if request.method == "POST" and form.is_valid() else queries.notes(actor, found, now=request.now)
    return form_page(
        request, "conversations/notes.html", form, act, who=actor, verb="note.write", about=found, notes=told,
        writes=writes, now=request.now,
    )  # fmt: skip


@require_POST
@circle_page()
def take_back(request: CircleRequest, circle: Circle, actor: Actor, note_id: uuid.UUID) -> HttpResponseBase:
    """Destroy a note."""
    found = access.note(actor, note_id)

    def act() -> str:
        actions.take_note_back(actor, note_id, now=request.now)
        messages.success(request, _("The note is gone."))
        return notes_url(circle, found.about_id)

    return redirect(run_once(request, actor, "note.take_back", act))
