"""Inviting by a link, joining by it with nothing but a name, joining an open community, and leaving."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.circles import access, actions, queries
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page
from taawun.community.circles.forms import JoinForm
from taawun.community.circles.models import Circle, Invitation
from taawun.community.circles.pages.home import board_of, organisation_board, sign_in_as_answered, tell_way_back
from taawun.community.people.doors import (
    KeyedForm,
    account_of,
    form_page,
    once_for_form,
    refuse_form,
    run_once,
    show_form,
    visitor_of,
)
from taawun.community.people.models import Account
from taawun.ground.site import qr
from taawun.ground.values.refusal import Refusal


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_guardian)
def invite(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    """List the living invitation links, and make one."""

    def make() -> str:
        invitation, _secret = actions.invite(actor, now=request.now)
        return reverse("circles:invitation", args=[circle.slug, invitation.id])

    if request.method == "POST":
        return redirect(run_once(request, actor, "circle.invite", make))
    return render(request, "circles/invite.html", {"invitations": queries.invitations_by(actor, now=request.now)})


@require_POST
@circle_page(access=access.open_for_guardian)
def invite_member(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponse:
    """Make the link by which a paper member opens an account of their own."""

    def make() -> str:
        agent = access.member(actor, agent_id).agent
        invitation, _secret = actions.invite(actor, agent=agent, now=request.now)
        return reverse("circles:invitation", args=[circle.slug, invitation.id])

    return redirect(run_once(request, actor, "circle.invite_member", make))


@require_safe
@circle_page(access=access.open_for_guardian)
def invitation(request: CircleRequest, circle: Circle, actor: Actor, invitation_id: uuid.UUID) -> HttpResponse:
    """Show a link to whoever made it, to copy, share or read aloud."""
    found = queries.invitation(actor, invitation_id, now=request.now)
    path = reverse("circles:join", args=[circle.slug, queries.invitation_secret(found)])
    link = f"{settings.PUBLIC_URL}{path}"
    if found.agent is not None:
        text = _(
            "%(name)s, this link is your own key to %(circle)s: one tap, and you are in. It works once: %(link)s"
        ) % {
            "name": found.agent.name,
            "circle": circle.name,
            "link": link,
        }
    else:
        text = _("We help each other in %(circle)s. Join with one tap, no e-mail needed: %(link)s") % {
            "circle": circle.name,
            "link": link,
        }
    return render(request, "circles/invitation.html", {"invitation": found, "link": link, "text": text})


@require_safe
@circle_page(access=access.open_for_guardian)
def invitation_picture(request: CircleRequest, circle: Circle, actor: Actor, invitation_id: uuid.UUID) -> HttpResponse:
    """Draw the link as a code that the other phone's camera reads."""
    found = queries.invitation(actor, invitation_id, now=request.now)
    return qr.picture(
        settings.PUBLIC_URL + reverse("circles:join", args=[circle.slug, queries.invitation_secret(found)])
    )


@require_POST
@circle_page(access=access.open_for_guardian)
def end_invitation(request: CircleRequest, circle: Circle, actor: Actor, invitation_id: uuid.UUID) -> HttpResponse:
    def end() -> str:
        actions.end_invitation(actor, invitation_id, now=request.now)
        messages.success(request, _("The link no longer works."))
        return reverse("circles:invite", args=[circle.slug])

    return redirect(run_once(request, actor, "circle.end_invitation", end))


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Show who invites into what; one tap joins. Opening the page alone uses nothing up."""
    try:
        circle = access.named(slug)
    except Refusal:
        # Whether there is a community of this name is told to nobody who holds no living invitation to it.
        raise Refusal("invitation.ended", status=410) from None
    if request.method == "POST" and account_of(request) is None:
        return _join_as_new(request, circle, secret)
    found = _living(circle, secret)
    account = account_of(request)
    if request.method == "POST" and account is not None:
        return _join_as_known(request, circle, found, account, secret)
    return _show_join(request, circle, found, JoinForm())


def _landing(circle: Circle, found: Invitation | None) -> str:
    """Return where somebody is let in: on the circle's board, or on that of the organisation she acts for."""
    if found is not None and found.organisation_id is not None:
        return organisation_board(circle, found.organisation_id)
    return board_of(circle)


def _living(circle: Circle, secret: str) -> Invitation:
    found = queries.invitation_of(circle, secret[:200], now=timezone.now())
    if found is None:
        raise Refusal("invitation.ended", status=410)
    return found


def _show_join(request: HttpRequest, circle: Circle, found: Invitation, form: JoinForm) -> HttpResponse:
    account = account_of(request)
    response = show_form(
        request,
        "circles/join.html",
        form,
        joined=circle,
        invitation=found,
        user_name=account.agent.name if account else "",
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _join_as_known(
    request: HttpRequest, circle: Circle, found: Invitation, account: Account, secret: str
) -> HttpResponse:
    def act() -> str:
        actions.join_by_link(circle, secret, account, now=timezone.now())
        messages.success(request, _("Welcome to %(name)s.") % {"name": circle.name})
        return _landing(circle, found)

    form = JoinForm()
    try:
        return redirect(run_once(request, account, "circle.join", act))
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        form = JoinForm({"name": account.agent.name})
        form.is_valid()
        refuse_form(form, refusal)
    return _show_join(request, circle, found, form)


def _join_as_new(request: HttpRequest, circle: Circle, secret: str) -> HttpResponse:
    """Open an account with nothing but a name. The same form sent again finds the answer before the link is asked for."""
    found = queries.invitation_of(circle, secret[:200], now=timezone.now())
    form = JoinForm(request.POST)
    is_paper = request.POST.get("own") == "1"
    if is_paper:
        form.fields["name"].required = False
    if form.is_valid():

        def act() -> dict[str, object]:
            account = actions.open_invited_account(
                circle, secret, name=form.cleaned_data["name"], language=get_language() or "en", now=timezone.now()
            )
            # Who was given her own key is shown how to keep it; who joined among others goes where they are.
            onward = reverse("people:way_back") if is_paper else _landing(circle, found)
            return {"location": onward, "account": str(account.pk)}

        try:
            return _welcome(request, circle, once_for_form(request, None, "circle.join", act), say=not is_paper)
        except Refusal as refusal:
            refuse_form(form, refusal)
            if refusal.status == 410:
                raise
    return _show_join(request, circle, _living(circle, secret), form)


def _welcome(request: HttpRequest, circle: Circle, answer: dict[str, object], *, say: bool = True) -> HttpResponse:
    sign_in_as_answered(request, answer)
    if say:
        tell_way_back(request, _("Welcome to %(name)s.") % {"name": circle.name})
    return redirect(str(answer["location"]))


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_circle)
def join_open(request: CircleRequest, circle: Circle, actor: Actor | None) -> HttpResponse:
    """Join a community that lets anybody join: with an account by one tap, without one by a name."""
    if actor is not None and actor.is_member:
        return redirect(board_of(circle))
    if not (circle.is_public and circle.is_joinable):
        raise Refusal.forbidden("circle.by_invitation")
    account = account_of(request)
    form = JoinForm(request.POST if request.method == "POST" and account is None else None)
    if request.method == "POST" and account is not None:

        def join_known() -> str:
            actions.join_open(circle, account, now=request.now)
            messages.success(request, _("Welcome to %(name)s.") % {"name": circle.name})
            return board_of(circle)

        return redirect(run_once(request, account, "circle.join_open", join_known))
    if request.method == "POST" and form.is_valid():

        def join_new() -> dict[str, object]:
            opened = actions.open_joining_account(
                circle,
                name=form.cleaned_data["name"],
                language=get_language() or "en",
                visitor=visitor_of(request),
                now=request.now,
            )
            return {"location": board_of(circle), "account": str(opened.pk)}

        try:
            return _welcome(request, circle, once_for_form(request, None, "circle.join_open", join_new))
        except Refusal as refusal:
            refuse_form(form, refusal)
    user_name = account.agent.name if account else ""
    return show_form(request, "circles/join.html", form, joined=circle, user_name=user_name)


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_member)
def leave(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    """Ask once, then leave."""

    def act(_typed: object) -> str:
        actions.leave(actor, now=request.now)
        messages.success(request, _("You have left %(name)s.") % {"name": circle.name})
        return "/"

    form = KeyedForm(request.POST if request.method == "POST" else None)
    return form_page(request, "circles/leave.html", form, act, who=actor, verb="circle.leave")
