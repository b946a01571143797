"""Something that repeats: its page, what is done with it, and changing it."""

import uuid
from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from taawun.community.circles.access import open_for_acting, open_to_see
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, refuse_form, run_once, show_form
from taawun.community.circles.models import Circle
from taawun.community.circles.rights import Right
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.formats import format_date
from taawun.practice.aid import access, series_wording, showing, wording
from taawun.practice.aid.actions import series_givers, series_running
from taawun.practice.aid.models import Series
from taawun.practice.aid.queries import series as queries
from taawun.practice.aid.queries import story as stories
from taawun.practice.aid.queries.behalf import may_act_for, members_to_hand_to
from taawun.practice.aid.series_forms import ChangeForm, MoveForm


@circle_page(access=open_to_see)
def series(request: CircleRequest, circle: Circle, actor: Actor | None, series_id: uuid.UUID) -> HttpResponseBase:
    """Show what repeats to whoever may see it: its rule, who does it, the next dates and the last."""
    found = access.series(circle, actor, series_id)
    found.circle = circle
    return _show(request, found, actor, None)


def _show(request: CircleRequest, found: Series, actor: Actor | None, form: MoveForm | None) -> HttpResponseBase:
    shown = queries.shown(found, actor, now=request.now)
    manages = access.may_manage_series(found, actor)
    is_over = found.state == "ended"
    gives = actor is not None and found.giver_id is not None and access.may_give(actor, found.giver_id)
    may_hand = actor is not None and not is_over and ((gives and found.giver_agreed) or actor.is_coordinator)
    may_take = (
        actor is not None
        and actor.is_member
        and not is_over
        and found.giver_id is None
        and found.agent_id != actor.agent_id
    )
    told = stories.story(
        found.circle_id, [found.id], actor, party=manages or gives, hidden=stories.nameless_owner(found.agent_id, actor)
    )
    context = {
        "series": found,
        "shown": shown,
        "rule": series_wording.whole(found),
        "visibility": wording.VISIBILITY_MEANINGS[found.visibility][0],
        "coming": [_line(one, actor, found) for one in shown.coming],
        "past": [_line(one, None, found) for one in shown.past],
        "doing": _asked_once([_doing(one, actor, found, manages) for one in shown.doing]),
        "doing_every": found.giver_id is not None and found.giver_agreed,
        "paused_until": format_date(found.paused_until, style="long") if found.paused_until else "",
        "manages": manages and not is_over,
        "gives": gives and not is_over,
        "may_take": may_take,
        "may_hand": may_hand,
        "steps": showing.steps(told.entries, told.names),
    }
    form = form or _form(request, found, actor, None)
    context["hands_to"] = bool(form.fields["hand_to"].choices)  # type: ignore[attr-defined]
    return show_form(request, "aid/series.html", form, **context)


def _form(request: CircleRequest, found: Series, actor: Actor | None, data: object) -> MoveForm:
    behalf, to = [], []
    if actor is not None and actor.is_member and found.state != "ended":
        behalf = [one for one in may_act_for(actor, Right.ANSWER) if one[0] != str(found.agent_id)]
        if actor.is_coordinator or found.giver_id in actor.own_ids:
            to = members_to_hand_to(actor, {str(one) for one in (found.agent_id, found.giver_id) if one})
    return MoveForm(data, behalf=behalf, to=to)


def _line(one: queries.Date, actor: Actor | None, found: Series) -> dict[str, object]:
    """Return a date as a row: the day, its state in words, who, and the one thing to do with it."""
    text, icon, look = series_wording.STATES[one.state]
    claim = showing.claim_action(one.card, found.circle, actor) if one.card is not None and actor is not None else None
    return {
        "date": one,
        "day": format_date(one.day, style="short"),
        "iso": one.day.isoformat(),
        # A name says more than that somebody is on it, or was.
        "text": "" if one.who and one.state in {"taken", "coming"} else text,
        "icon": icon,
        "look": look,
        "claim": claim,
        "url": showing.url("intent", found.circle, one.card.intent.id) if one.card is not None else "",
        "may_skip": one.state in {"open", "taken", "coming"},
    }


def _doing(one: queries.Doing, actor: Actor | None, found: Series, manages: bool) -> dict[str, object]:
    """Return who does it, for when, and which answers this reader may give."""
    gives = actor is not None and access.may_give(actor, one.agent_id)
    row = one.stand_in
    asked = row is not None and one.waits_for_giver
    own = actor is not None and actor.is_one_of(one.agent_id)
    may_no = gives or manages
    return {
        "name": one.name,
        "waits": one.waits,
        "since": format_date(row.since, style="short") if row else "",
        "until": format_date(row.until, style="short") if row else "",
        "stand_in": str(row.id) if row else "",
        "may_yes": one.waits and (gives if asked else manages and not own),
        "may_no": may_no and (one.waits or row is not None),
        "asked": asked,
    }


def _asked_once(doing: list[dict[str, object]]) -> list[dict[str, object]]:
    """Ask for a phone beside the first question only: a page has one field of a name."""
    asked = [one for one in doing if one["may_yes"] and one["asked"]]
    for one in asked[:1]:
        one["is_first"] = True
    return doing


SAID: dict[str, Promise | str] = {
    "skip": _("This date is skipped. Whoever was on it is told."),
    "unskip": _("The date takes place after all."),
    "pause": _("It rests. Whoever was on it is told."),
    "resume": _("It goes on. The next dates are on the board."),
    "end": _("It has ended. Whoever was on it is told."),
    "take": _("Thank you."),
    "drop": _("That is fine. The coming dates are open for somebody else."),
    "hand": _("They are asked. Until they say yes, nothing changes."),
    "yes": _("Agreed."),
    "no": _("That is settled. The days are as before."),
}
# Under which field of the page a refusal of an action belongs.
FIELDS = {
    "take": {"until": "take_until", "on_behalf_of": "take_for"},
    "pause": {"until": "pause_until"},
    "hand": {"until": "hand_until", "since": "hand_since", "to": "hand_to"},
}


@require_POST
@circle_page(access=open_for_acting)
def move(request: CircleRequest, circle: Circle, actor: Actor, series_id: uuid.UUID, verb: str) -> HttpResponseBase:
    """Do one thing with what repeats, and come back to its page."""
    found = access.series(circle, actor, series_id)
    found.circle = circle
    if verb not in SAID:
        raise Refusal.not_found()
    form = _form(request, found, actor, request.POST)
    form.is_valid()
    try:
        act = _act(request, actor, found, verb, form)
        if form.errors:
            return _show(request, found, actor, form)
        address = run_once(request, actor, f"aid.series.{verb}", act)
    except Refusal as refusal:
        if refusal.status not in {409, 422}:
            raise
        field = FIELDS.get(verb, {}).get(refusal.field or "", refusal.field)
        refuse_form(form, Refusal(refusal.code, field, status=refusal.status, **refusal.facts))
        return _show(request, access.series(circle, actor, series_id), actor, form)
    messages.success(request, str(SAID[verb]))
    return HttpResponseRedirect(address)


def _act(request: CircleRequest, actor: Actor, found: Series, verb: str, form: MoveForm) -> Callable[[], str]:
    """Return what the pressed button does, with what was typed beside it read."""
    now, data, key = request.now, form.cleaned_data, found.id
    day = _posted_day(request) if verb in {"skip", "unskip"} else None
    stand_in = parse_id(request.POST.get("stand_in", ""))
    if verb == "hand" and not (data.get("hand_to") and form.day("hand_since") and form.day("hand_until")):
        for name in ("hand_to", "hand_since", "hand_until"):
            if not data.get(name):
                form.refused(Refusal("hand_over.member" if name == "hand_to" else "series.date", name))
    if verb == "take" and "only" in request.POST and not data.get("take_until"):
        form.refused(Refusal("series.date", "take_until"))
    until = form.day({"take": "take_until", "pause": "pause_until"}.get(verb, "hand_until"))
    since = form.day("hand_since")

    def act() -> str:
        match verb:
            case "skip" | "unskip":
                assert day is not None
                verbs = {"skip": series_running.skip, "unskip": series_running.unskip}
                verbs[verb](actor, key, day, now=now)
            case "pause":
                series_running.pause(actor, key, until, now=now)
            case "resume":
                series_running.resume(actor, key, now=now)
            case "end":
                series_running.end(actor, key, now=now)
            case "take":
                only = until if "only" in request.POST else None
                behalf = parse_id(data.get("take_for", ""))
                series_givers.take(actor, key, until=only, phone=data.get("phone", ""), on_behalf_of=behalf, now=now)
            case "drop":
                series_givers.leave(actor, key, now=now)
            case "hand":
                to = parse_id(data["hand_to"])
                assert to is not None and since is not None and until is not None
                series_givers.hand(actor, key, to, since, until, now=now)
            case "yes" | "no" if stand_in is not None:
                series_givers.answer_hand(
                    actor, stand_in, series_id=key, yes=verb == "yes", phone=data.get("phone", ""), now=now
                )
            case "yes" | "no":
                series_givers.answer(actor, key, yes=verb == "yes", now=now)
        if not access.visible_series(actor.circle, actor).filter(pk=key).exists():
            # What only coordinators see she saw because she did it.
            return showing.url("mine", actor.circle)
        return showing.url("series", actor.circle, key)

    return act


def _posted_day(request: CircleRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise Refusal("series.no_such_date", "day") from None


@circle_page(access=open_for_acting)
def change(request: CircleRequest, circle: Circle, actor: Actor, series_id: uuid.UUID) -> HttpResponseBase:
    """Change when it comes, until when, and how much."""
    found = access.series(circle, actor, series_id)
    if not access.may_manage_series(found, actor):
        raise Refusal.forbidden()
    form = ChangeForm(request.POST or None, series=found, today=timezone.localtime(request.now).date())
    if request.method == "POST" and form.is_valid():
        again, quantity = form.again(before=found), form.parts()
        hours = {"from_minute": form.minute("from_time"), "to_minute": form.minute("to_time")}
        if not form.errors and again is not None and quantity is not None:

            def act() -> str:
                series_running.change(actor, found.id, again, **hours, quantity=quantity, now=request.now)
                return showing.url("series", circle, found.id)

            try:
                address = run_once(request, actor, "aid.series.change", act)
                messages.success(request, str(_("It is changed. Dates somebody is on stay as agreed.")))
                return HttpResponseRedirect(address)
            except Refusal as refusal:
                refuse_form(form, refusal)
    return show_form(request, "aid/series_change.html", form, series=found, rule=series_wording.whole(found))
