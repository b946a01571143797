"""Asking and offering: first what it is about, then one short form. Without an account a need gets a receipt code."""

import uuid
from datetime import timedelta
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taawun.community.circles import catalogue, kinds
from taawun.community.circles.access import open_to_see
from taawun.community.circles.actor import Actor
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.doors import CircleRequest, circle_page, refuse_form, run_once, show_form, visitor_of
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Circle
from taawun.community.circles.queries import areas_of
from taawun.community.circles.rights import Right
from taawun.community.people.doors import once_for_form
from taawun.ground.site import parts
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, actions, showing
from taawun.practice.aid.actions import series
from taawun.practice.aid.forms import DraftForm
from taawun.practice.aid.models import Intent
from taawun.practice.aid.pages.twice import hint
from taawun.practice.aid.queries.behalf import may_act_for
from taawun.practice.aid.series_forms import NeedForm

# How long a form sent twice may still bring the second answer to the need the first one filed.
SECOND_ANSWER_LIFETIME = timedelta(minutes=10)
# Whoever has the session can follow the need anyway, so showing the code again gives nothing away.
CODE_SHOWN_FOR = timedelta(hours=1)


@circle_page(access=open_to_see)
def choose(request: CircleRequest, circle: Circle, actor: Actor | None, direction: str) -> HttpResponseBase:
    """Ask what it is about: by word, or by group."""
    _require_door(circle, actor, direction)
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


def _posts(actor: Actor | None) -> Actor | None:
    """Return the actor where she posts as a member, or as staff for her organisation; None for a visitor."""
    return actor if actor is not None and (actor.is_member or actor.ids_with(Right.POST)) else None


def _require_door(circle: Circle, actor: Actor | None, direction: str) -> None:
    """Anybody may file a need; offering takes being a member, so that people know with whom they deal."""
    if _posts(actor) is None and not circle.is_public:
        raise Refusal.not_found()
    if direction == "offer" and _posts(actor) is None:
        if actor is None:
            raise Refusal("sign_in_first", status=401)
        raise Refusal.forbidden("claim.members_only")


@circle_page(access=open_to_see)
def post(request: CircleRequest, circle: Circle, actor: Actor | None, direction: str, code: str) -> HttpResponseBase:
    """The form of one need or offer."""
    _require_door(circle, actor, direction)
    try:
        kind = kinds.find(circle, code)
    except Refusal:
        raise Refusal.not_found() from None
    member = _posts(actor)
    # What repeats is for members: somebody has to be there to pause it, or to end it.
    again = direction == "request" and member is not None
    form_class = partial(NeedForm, today=timezone.localtime(request.now).date()) if again else DraftForm
    form = form_class(
        request.POST or None,
        direction=direction,
        kind=kind,
        areas=[(str(area.id), area.name) for area in areas_of(circle)],
        behalf=may_act_for(member) if member else [],
        near=circle.cell,
        herself=member is None or member.is_member,
        initial={"on_behalf_of": request.GET.get("for", "")[:60]},
    )
    if member is None:
        form.fields["reach"].required = True
        for name in ("visibility", "weekdays", "from_time", "to_time"):
            del form.fields[name]
    if request.method == "POST":
        try:
            draft = form.draft()
            repetition = form.repetition() if isinstance(form, NeedForm) and draft is not None else None
            if draft is not None and not form.errors:
                if member is not None and repetition is not None:
                    return HttpResponseRedirect(_begin(request, circle, member, draft, repetition))
                if member is not None:
                    return HttpResponseRedirect(_post_as_member(request, circle, member, draft))
                return HttpResponseRedirect(_post_as_visitor(request, circle, draft))
        except Refusal as refusal:
            refuse_form(form, refusal)
    return show_form(request, "aid/post.html", form, kind=kind, direction=direction, is_visitor=member is None)


def _post_as_member(request: CircleRequest, circle: Circle, member: Actor, draft: actions.IntentDraft) -> str:
    def act() -> str:
        intent = actions.post(member, draft, now=request.now)
        hint(request, intent.agent_id, circle, member)
        return showing.url("intent", circle, intent.id)

    address = run_once(request, member, "aid.post", act)
    messages.success(request, _("It is on the board. Here is who could help.") if draft.direction == "request"
                     else _("It is on the board. Here is who could use it."))
    return address


def _begin(
    request: CircleRequest, circle: Circle, member: Actor, draft: actions.IntentDraft, again: actions.Again
) -> str:
    """Begin something that comes again; its own page shows the dates."""

    def act() -> str:
        made = series.start(member, draft, again, now=request.now)
        return showing.url("series", circle, made.id)

    address = run_once(request, member, "aid.series.start", act)
    messages.success(request, _("It comes again. The next dates are on the board."))
    return address


def _post_as_visitor(request: CircleRequest, circle: Circle, draft: actions.IntentDraft) -> str:
    """File a need and let this browser follow it.

    Of a form sent twice by an impatient thumb the browser may keep only the second answer: so that one brings a code
    of its own, for the same form, shortly after.
    """
    filed: list[tuple[Intent, str]] = []

    def act() -> dict[str, object]:
        intent, code = actions.post_without_account(circle, draft, visitor=visitor_of(request), now=request.now)
        filed.append((intent, code))
        return {"location": "/follow/need/", "intent": str(intent.id)}

    answer = once_for_form(request, None, "aid.post", act)
    if not filed:
        intent, _holder = access.by_holder(circle.id, uuid.UUID(str(answer["intent"])))
        if request.now - intent.posted_at < SECOND_ANSWER_LIFETIME:
            filed.append((intent, actions.give_receipt(intent, now=request.now)))
    for intent, code in filed:
        follow(request, intent, code)
    return str(answer["location"])


def follow(request: HttpRequest, intent: Intent, code: str = "") -> None:
    """Remember in this session which need is followed, and for an hour the code: a bad line may lose the first page."""
    request.session["followed"] = [str(intent.circle_id), str(intent.id)]
    if not request.user.is_authenticated:
        # Often it is somebody else's phone: closing the browser forgets it, and so does a button on the page.
        request.session.set_expiry(0)
    if code:
        request.session["receipt"] = [code, int((timezone.now() + CODE_SHOWN_FOR).timestamp())]


def code_to_show(request: HttpRequest) -> str:
    """Return the code of the need just filed, or nothing once its hour is over."""
    code, until_seconds = request.session.get("receipt", ("", 0))
    if timezone.now().timestamp() < until_seconds:
        return str(code)
    request.session.pop("receipt", None)
    return ""
