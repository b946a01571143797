"""Asking and offering: first what it is about, then one short form. Without an account a need gets a receipt code."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taawun.community.circles import catalogue, kinds
from taawun.community.circles.access import open_circle
from taawun.community.circles.actor import Actor
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.doors import CircleRequest, circle_page, refuse_form, run_once, show_form
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Circle
from taawun.community.circles.queries import areas_of
from taawun.ground.site import parts
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import actions, showing
from taawun.practice.aid.forms import DraftForm
from taawun.practice.aid.models import Intent
from taawun.practice.aid.queries.behalf import may_act_for


@circle_page(access=open_circle)
def choose(request: CircleRequest, circle: Circle, actor: Actor | None, direction: str) -> HttpResponseBase:
    """Ask what it is about: by word, or by group."""
    _require_door(actor, direction)
    words = request.GET.get("q", "").strip()[:100]
    offered = kinds.offered(circle)
    found: list[CircleKind] | None = None
    if words:
        by_code = {kind.code: kind for kind in offered}
        found = [by_code[one.code] for one in catalogue.search(words, get_language() or "en") if one.code in by_code]
        found += [one for one in offered if one.group == "own" and words.casefold() in one.name.casefold()]
    target = "ask_kind" if direction == "request" else "offer_kind"
    own = [kind for kind in offered if kind.group == "own"]
    groups = [(group.name, group.icon, [kind for kind in offered if kind.group == group.code]) for group in GROUPS]
    if own:
        groups.append((_("Our own"), "circle", own))
    return render(
        request,
        "aid/choose.html",
        {
            "direction": direction,
            "ways": [
                parts.Link(_("I need help"), showing.url("ask", circle), "ask", current=direction == "request"),
                parts.Link(_("I can help"), showing.url("offer", circle), "offer", current=direction == "offer"),
            ],
            "target": f"aid:{target}",
            "groups": [one for one in groups if one[2]],
            "found": found,
            "words": words,
        },
    )


def _require_door(actor: Actor | None, direction: str) -> None:
    """Anybody may file a need; offering takes being a member, so that people know with whom they deal."""
    if direction == "offer" and (actor is None or not actor.is_member):
        if actor is None:
            raise Refusal("sign_in_first", status=401)
        raise Refusal.forbidden("claim.members_only")


@circle_page(access=open_circle)
def post(request: CircleRequest, circle: Circle, actor: Actor | None, direction: str, code: str) -> HttpResponseBase:
    """The form of one need or offer."""
    _require_door(actor, direction)
    try:
        kind = kinds.find(circle, code)
    except Refusal:
        raise Refusal.not_found() from None
    member = actor if actor is not None and actor.is_member else None
    form = DraftForm(
        request.POST or None,
        direction=direction,
        kind=kind,
        areas=[(str(area.id), area.name) for area in areas_of(circle)],
        behalf=may_act_for(member) if member else [],
        near=circle.cell,
    )
    if member is None:
        form.fields["reach"].required = True
        del form.fields["visibility"]
    if request.method == "POST":
        try:
            if (draft := form.draft()) is not None:
                if member is not None:
                    return HttpResponseRedirect(_post_as_member(request, circle, member, draft))
                return HttpResponseRedirect(_post_as_visitor(request, circle, draft))
        except Refusal as refusal:
            refuse_form(form, refusal)
    return show_form(request, "aid/post.html", form, kind=kind, direction=direction, is_visitor=member is None)


def _post_as_member(request: CircleRequest, circle: Circle, member: Actor, draft: actions.IntentDraft) -> str:
    def act() -> str:
        intent = actions.post(member, draft, now=request.now)
        return showing.url("intent", circle, intent.id)

    address = run_once(request, member, "aid.post", act)
    messages.success(request, _("It is on the board. Here is who could help.") if draft.direction == "request"
                     else _("It is on the board. Here is who could use it."))
    return address


def _post_as_visitor(request: CircleRequest, circle: Circle, draft: actions.IntentDraft) -> str:
    def act() -> str:
        intent, code = actions.post_without_account(
            circle, draft, visitor=request.META.get("REMOTE_ADDR", ""), now=request.now
        )
        follow(request, intent, code)
        return "/follow/need/"

    return run_once(request, None, "aid.post", act)


def follow(request: HttpRequest, intent: Intent, code: str = "") -> None:
    """Remember in this session which need is followed; the code is shown once and then forgotten here."""
    request.session["followed"] = [str(intent.circle_id), str(intent.id)]
    if code:
        request.session["receipt_once"] = code


