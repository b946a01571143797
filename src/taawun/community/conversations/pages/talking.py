"""A conversation in its circle: read it, say something, take it back, step in as coordination."""

import uuid

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, run_once
from taawun.community.circles.models import Circle
from taawun.community.conversations import access, actions, queries
from taawun.community.conversations.access import Place
from taawun.community.conversations.forms import MessageForm
from taawun.community.conversations.pages import showing
from taawun.ground.media import serving
from taawun.ground.site.parts import Action


def root_of(place: Place) -> str:
    return reverse("conversations:talk", args=[place.circle.slug, place.subject.id])


@require_safe
@circle_page()
def mine(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """List the conversations somebody is on, the newest first."""
    return render(request, "conversations/mine.html", {"threads": queries.mine(actor, now=request.now), "now": request.now})


# The proof of origin is read from the form, and a form that may bring files is read by our own hand: so that comes first.
@csrf_exempt
def talk(request: HttpRequest, slug: str, thread_id: uuid.UUID) -> HttpResponseBase:
    serving.take_in(request)
    return _talk(request, slug, thread_id)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
@circle_page()
def _talk(request: CircleRequest, circle: Circle, actor: Actor, thread_id: uuid.UUID) -> HttpResponseBase:
    """Show a conversation to those on it, and take what they say. A coordinator who is not finds its door."""
    found = access.place(actor, thread_id, now=request.now)
    root = root_of(found)
    form = MessageForm()
    if found.outside:
        if request.method == "POST":
            access.inside(actor, thread_id, now=request.now)
        count = queries.summary(actor, thread_id, all_notes=False).count
        return render(request, "conversations/door.html", {"place": found, "said": count, "back": _back(found)})
    if request.method == "POST":
        form, sent = showing.say(request, found, root, now=request.now)
        if sent is not None:
            return sent
    return showing.show(request, found, root, form, live=True, now=request.now, back=_back(found))


def _back(place: Place) -> Action:
    return Action(place.subject.title, place.subject.url(), "back")


@require_POST
@circle_page()
def take_back(
    request: CircleRequest, circle: Circle, actor: Actor, thread_id: uuid.UUID, message_id: uuid.UUID
) -> HttpResponseBase:
    found = access.inside(actor, thread_id, now=request.now)
    return showing.take_back(request, found, message_id, root_of(found), now=request.now)


@require_safe
@circle_page()
def medium(
    request: CircleRequest, circle: Circle, actor: Actor, thread_id: uuid.UUID, medium_id: uuid.UUID, size: str = ""
) -> HttpResponseBase:
    """Hand over a picture, its small form, or a voice note."""
    found = access.inside(actor, thread_id, now=request.now)
    return showing.medium(request, found, medium_id, small=size == "small")


@require_POST
@circle_page()
def step_in(request: CircleRequest, circle: Circle, actor: Actor, thread_id: uuid.UUID) -> HttpResponseBase:
    """Join as coordination: everybody on it sees that."""
    found = access.place(actor, thread_id, now=request.now)

    def act() -> str:
        actions.step_in(actor, thread_id, now=request.now)
        return root_of(found)

    return redirect(run_once(request, actor, "talk.step_in", act))


@require_POST
@circle_page()
def step_out(request: CircleRequest, circle: Circle, actor: Actor, thread_id: uuid.UUID) -> HttpResponseBase:
    found = access.place(actor, thread_id, now=request.now)

    def act() -> str:
        actions.step_out(actor, thread_id, now=request.now)
        return found.subject.url()

    return redirect(run_once(request, actor, "talk.step_out", act))
