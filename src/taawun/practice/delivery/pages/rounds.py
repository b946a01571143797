"""Rounds: what there is, planning a day, and the plan itself."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taawun.community.circles.access import open_for_acting, open_for_coordinator
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, form_page, refuse_form, run_once
from taawun.community.circles.models import Circle
from taawun.community.circles.queries import areas_of
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.formats import format_number
from taawun.ground.words.units import format_amount
from taawun.practice.delivery import access, rules, showing, wording
from taawun.practice.delivery.actions import moving, planning, promising, solving
from taawun.practice.delivery.forms import AddForm, CompanionForm, CrewForm, MoveForm, PlanForm, StopForm
from taawun.practice.delivery.models import DayPlan, Stop
from taawun.practice.delivery.pages.fleet import member_choices
from taawun.practice.delivery.queries import plans as queries
from taawun.practice.delivery.queries import wanted
from taawun.practice.delivery.queries.wanted import Filters, Wanted


def plan_url(circle: Circle, plan_id: uuid.UUID) -> str:
    return reverse("delivery:plan", args=[circle.slug, plan_id])


def _today(request: CircleRequest) -> Any:
    return request.now.astimezone(ZoneInfo(request.circle.time_zone)).date()


@require_GET
@circle_page(access=open_for_acting)
def rounds(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """What there is: for everybody what is her own to carry, for coordinators the plans too."""
    context: dict[str, Any] = {
        "own": list(access.own_runs(actor).filter(state__in=rules.TOLD_RUNS).order_by("depart_at"))
    }
    context["carries"] = list(access.carriers(circle).filter(agent_id__in=access.own_carrier_ids(actor)))
    if actor.is_coordinator:
        context["living"], context["closed"] = queries.plans(actor, _today(request))
    context["vehicles"], context["states"] = wording.VEHICLES, wording.PLAN_STATES
    return render(request, "delivery/rounds.html", context)


@require_http_methods(["GET", "POST"])
@circle_page(access=open_for_coordinator)
def begin(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Plan a day."""
    today = _today(request)
    day = parse_day(request.GET.get("day")) or (today + timedelta(days=1))
    carriers, depots = queries.available(actor, day), list(access.depots(circle))
    groups = {kind.group for kind in wanted.carried_kinds(actor).values()}
    initial = {
        "on_date": day.isoformat(), "depots": [str(one.id) for one in depots], "urgency": "0",
        "carriers": [str(one.carrier.id) for one in carriers if one.on_day], "goal": access.preferences(circle).goal,
    }  # fmt: skip
    form = PlanForm(
        request.POST if request.method == "POST" else None, initial=initial, depots=depots, carriers=carriers,
        areas=areas_of(circle), groups=groups,
    )  # fmt: skip

    def act(_typed: dict[str, Any]) -> str:
        made = planning.begin(actor, form.draft(), now=request.now)
        return plan_url(circle, made.id)

    context = {"carriers": carriers, "depots": depots}
    return form_page(request, "delivery/plan_new.html", form, act, who=actor, verb="plan.begin", **context)


def parse_day(text: str | None) -> Any:
    try:
        return datetime.strptime(text or "", "%Y-%m-%d").date()
    except ValueError:
        return None


@require_GET
@circle_page(access=open_for_coordinator)
def plan(request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID) -> HttpResponseBase:
    return _plan_page(request, circle, actor, plan_id)


def _plan_page(
    request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID, *, refusal: Refusal | None = None,
    seen: int | None = None,
) -> HttpResponseBase:  # fmt: skip
    found = queries.shown(actor, plan_id)
    news = queries.news_since(actor, found.plan, seen) if refusal is not None and seen is not None else []
    context = {
        "shown": showing.plan_view(found), "plan": found.plan, "refused": sentence(refusal) if refusal else "",
        "news": [(wording.ENTRIES.get(one.name, (one.name, ""))[0], one.who, one.at) for one in news],
        "progress": _progress(found.plan),
    }  # fmt: skip
    return render(request, "delivery/plan.html", context, status=refusal.status if refusal else 200)


def _progress(plan: DayPlan) -> dict[str, Any]:
    """Return how far the planning is, in words."""
    said = plan.progress
    lines = []
    if said.get("runs"):
        facts = {"served": format_number(said["served"]), "unserved": format_number(said.get("unserved", 0))}
        lines.append(_("%(served)s stops on rounds, %(unserved)s without") % facts)
        lines.append(_("%(time)s on the way") % {"time": wording.length(said["travel"])})
        lines.append(wording.kilometres(said["metres"]))
    return {"percent": said.get("percent", 0), "text": wording.joined(lines), "failed": bool(said.get("failed"))}


@require_GET
@circle_page(access=open_for_coordinator)
def progress(request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID) -> HttpResponseBase:
    """How far the planning is; once it is over, the whole page is asked for again."""
    found = access.plan(actor, plan_id)
    response = render(request, "delivery/plan_progress.html", {"plan": found, "progress": _progress(found)})
    if found.state != "planning":
        response.headers["HX-Refresh"] = "true"
    return response


@require_GET
@circle_page(access=open_for_coordinator)
def drawing(request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID) -> HttpResponseBase:
    """The map, of coarse cells."""
    drawn = showing.draw(queries.shown(actor, plan_id))
    if drawn is None:
        raise Refusal.not_found()
    return render(request, "delivery/plan_map.svg", {"drawing": drawn}, content_type="image/svg+xml")


@require_POST
@circle_page(access=open_for_coordinator)
def do(request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID) -> HttpResponseBase:
    """One of the plan's buttons. ``do`` is a verb, or a verb and the run it is about."""
    verb, _colon, of = request.POST.get("do", "").partition(":")
    run_id = parse_id(of)
    text = request.POST.get("version", "")
    seen = int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None

    def act() -> str:
        _act(request, actor, plan_id, verb, run_id, seen)
        return plan_url(circle, plan_id) + (f"#run-{run_id}" if run_id and verb != "remove" else "")

    try:
        return HttpResponseRedirect(run_once(request, actor, f"plan.{verb}"[:60], act))
    except Refusal as refusal:
        if refusal.status in (401, 404):
            raise
        return _plan_page(request, circle, actor, plan_id, refusal=refusal, seen=seen)


def _act(
    request: CircleRequest, actor: Actor, plan_id: uuid.UUID, verb: str, run_id: uuid.UUID | None, seen: int | None
) -> None:
    now = request.now
    if verb == "plan":
        solving.ask(actor, plan_id, version=seen, now=now)
    elif verb == "fit":
        solving.ask(actor, plan_id, fit=True, version=seen, now=now)
    elif verb == "enough":
        solving.stop(actor, plan_id, now=now)
    elif verb == "promise":
        runs = promising.promise(actor, plan_id, [run_id] if run_id else None, version=seen, now=now)
        count = len(runs)
        text = ngettext("%(count)s round is promised.", "%(count)s rounds are promised.", count)
        messages.success(request, text % {"count": format_number(count)})
    elif verb == "close":
        promising.close(actor, plan_id, version=seen, now=now)
        messages.success(request, _("The day is closed. What was not delivered is on the board again."))
    elif run_id is not None and verb in ("lock", "unlock"):
        planning.lock_run(actor, plan_id, run_id, verb == "lock", version=seen, now=now)
    elif run_id is not None and verb == "remove":
        planning.remove_run(actor, plan_id, run_id, version=seen, now=now)
    elif run_id is not None and verb == "drop":
        promising.drop_out(actor, run_id, now=now)
        messages.success(request, _("The carrier is off the round. What was still to do goes to others."))
    else:
        raise Refusal("plan.unknown", "do")


@require_http_methods(["GET", "POST"])
@circle_page(access=open_for_coordinator)
def add(request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID) -> HttpResponseBase:
    """More needs for a plan, chosen one by one."""
    found = access.plan(actor, plan_id)
    chosen = Filters((request.GET["group"],) if request.GET.get("group") else ())
    needs = wanted.open_needs(actor, found.on_date, chosen, limit=120, now=request.now)
    given = wanted.promises(actor, found.on_date, chosen, limit=60)
    form = AddForm(
        request.POST if request.method == "POST" else None, initial={"version": found.version},
        needs=[(str(one.intent.id), _need_label(one)) for one in needs],
        given=[(str(one.commitment.id), _need_label(one)) for one in given if one.commitment is not None],
    )  # fmt: skip

    def act(typed: dict[str, Any]) -> str:
        needs_ids, given_ids = form.ids("needs"), form.ids("given")
        if not needs_ids and not given_ids:
            raise Refusal.conflict("plan.nothing_to_add", "needs")
        made = planning.add_needs(actor, plan_id, needs_ids, given_ids, version=form.seen(), now=request.now)
        count = len(made)
        text = ngettext("%(count)s need is on the plan.", "%(count)s needs are on the plan.", count)
        messages.success(request, text % {"count": format_number(count)})
        return plan_url(circle, plan_id)

    groups = sorted({(one.kind.group) for one in [*needs, *given]})
    return form_page(
        request, "delivery/plan_add.html", form, act, who=actor, verb="plan.add", plan=found, groups=groups,
        title=showing.title_of(found),
    )  # fmt: skip


def _need_label(one: Wanted) -> Any:
    area = one.intent.area.name if one.intent.area is not None else ""
    when = wording.span(one.opens_at, one.closes_at)
    parts = [one.kind.name, format_amount(one.quantity, one.intent.unit)]
    if when:
        parts.append(when)
    if one.intent.urgency == 3:
        parts.append(_("urgent"))
    if not one.has_place:
        parts.append(_("no place known"))
    return format_html("{} <bdi>{}</bdi>", wording.joined(parts), area)


@require_http_methods(["GET", "POST"])
@circle_page(access=open_for_coordinator)
def crew(request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID) -> HttpResponseBase:
    """Who else carries, from where, and how the work is shared."""
    found = access.plan(actor, plan_id)
    driving = set(found.runs.exclude(state__in=rules.RUN.final).values_list("carrier_id", flat=True))
    others = [one for one in queries.available(actor, found.on_date) if one.carrier.id not in driving]
    depots = list(access.depots(circle))
    initial = {"version": found.version, "depots": [str(one) for one in found.depot_ids], "goal": found.goal}
    form = CrewForm(request.POST if request.method == "POST" else None, initial=initial, carriers=others, depots=depots)

    def act(_typed: dict[str, Any]) -> str:
        seen, chosen = form.seen(), form.ids("carriers")
        if chosen:
            planning.add_carriers(actor, plan_id, chosen, version=seen, now=request.now)
            seen = None
        if set(form.ids("depots")) != set(found.depot_ids):
            planning.set_depots(actor, plan_id, form.ids("depots"), version=seen, now=request.now)
            seen = None
        if form.cleaned_data["goal"] != found.goal:
            planning.set_goal(actor, plan_id, form.cleaned_data["goal"], version=seen, now=request.now)
        return plan_url(circle, plan_id)

    return form_page(
        request, "delivery/plan_crew.html", form, act, who=actor, verb="plan.crew", plan=found,
        title=showing.title_of(found), others=others,
    )  # fmt: skip


@require_GET
@circle_page(access=open_for_coordinator)
def stop(
    request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID, stop_id: uuid.UUID
) -> HttpResponseBase:
    """One stop: where it could go and what that costs, what it needs, lock it, take it out."""
    return _stop_page(request, circle, actor, plan_id, stop_id)


def _options(
    actor: Actor, found: Stop, request: CircleRequest, run_id: uuid.UUID | None = None, position: int | None = None
) -> tuple[list[moving.Option], str]:
    """Return what each move costs; or why nothing can be said, so that the page stays usable."""
    if found.state not in rules.AHEAD:
        return [], ""
    try:
        return moving.options(actor, found.plan_id, found.id, run_id=run_id, position=position, now=request.now), ""
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return [], sentence(refusal)
    except ImportError:
        return [], sentence(Refusal.conflict("solver.missing"))


def _stop_page(
    request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID, stop_id: uuid.UUID,
    move_form: MoveForm | None = None, change_form: StopForm | None = None,
) -> HttpResponseBase:  # fmt: skip
    plan_ = access.plan(actor, plan_id)
    found = access.stop_in(plan_, stop_id)
    if found.what not in ("pickup", "dropoff"):
        raise Refusal.not_found()
    wanted_run = parse_id(request.GET.get("run", ""))
    place = request.GET.get("position", "")
    position = int(place) if place.isdecimal() and place.isascii() and len(place) < 5 else None
    options, nothing = _options(actor, found, request, wanted_run, position if wanted_run else None)
    choices = [(str(one.run.id), _option_label(one, found)) for one in options if one.possible]
    if found.run_id is not None:
        choices.append(("", _("Off its round: it waits for the next planning")))
    initial = {"version": plan_.version, "run": str(options[0].run.id) if options and options[0].possible else ""}
    if wanted_run:
        initial["position"] = place
    depots = list(access.depots(circle).filter(pk__in=plan_.depot_ids))
    line = queries.line(actor, found, {})
    form = move_form or MoveForm(initial=initial, runs=choices)
    context = {
        "plan": plan_, "stop": found, "view": showing.stop_view(line), "nothing": nothing, "title": showing.title_of(plan_),
        "form": form, "change": change_form or StopForm(stop=found, depots=depots, circle=circle) if found.state in rules.AHEAD else None,
        "reason": wording.UNSERVED.get(found.unserved, "") if found.run_id is None and found.state in rules.AHEAD else "",
        "cancelled": wording.CANCELLED.get(found.reason, "") if found.state == "cancelled" else "",
        "run": found.run, "room": wording.room(found.loads), "choices": choices,
        "told": wording.span(found.told_from, found.told_until), "open_change": change_form is not None,
        "state": wording.STOP_STATES[found.state],
    }  # fmt: skip
    wrong = next((one for one in (move_form, change_form) if one is not None and one.errors), None)
    return render(
        request, "delivery/stop.html", context, status=getattr(wrong, "refused_status", 422) if wrong else 200
    )


def _option_label(one: moving.Option, found: Stop) -> Any:
    number = _("Round %(number)s") % {"number": format_number(one.run.number)}
    # The word stands by itself: what is called inside an f-string is not found for translation.
    now = _("as now")
    here = f" ({now})" if one.run.id == found.run_id else ""
    return format_html("{} <bdi>{}</bdi>{}: {}", number, one.run.carrier.agent.shown, here, showing.option_text(one))


@require_GET
@circle_page(access=open_for_coordinator)
def cost(
    request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID, stop_id: uuid.UUID
) -> HttpResponseBase:
    """What it would cost to drop a stop on a run at a place: asked while it is dragged."""
    plan_ = access.plan(actor, plan_id)
    found = access.stop_in(plan_, stop_id)
    run_id = parse_id(request.GET.get("run", ""))
    place = request.GET.get("position", "")
    position = int(place) if place.isdecimal() and place.isascii() and len(place) < 5 else None
    if run_id is None:
        raise Refusal("move.run", "run")
    options, nothing = _options(actor, found, request, run_id, position)
    one = options[0] if options else None
    text = showing.option_text(one) if one else nothing
    return JsonResponse({"text": text, "fine": bool(one and one.is_fine), "possible": bool(one and one.possible)})


@require_POST
@circle_page(access=open_for_coordinator)
def move(
    request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID, stop_id: uuid.UUID
) -> HttpResponseBase:
    """Move a stop; an empty run takes it off its own."""
    runs = access.plan(actor, plan_id).runs.exclude(state__in=rules.RUN.final).values_list("pk", flat=True)
    form = MoveForm(request.POST, runs=[("", ""), *((str(one), "") for one in runs)])
    if form.is_valid():

        def act() -> str:
            run_id = form.one_id("run")
            done = moving.move_stop(
                actor, plan_id, stop_id, run_id, form.whole("position"), version=form.seen(), now=request.now
            )
            messages.success(request, _("The stop is moved."))
            return plan_url(circle, plan_id) + (f"#run-{done.run_id}" if done.run_id else "")

        try:
            return HttpResponseRedirect(run_once(request, actor, "stop.move", act))
        except Refusal as refusal:
            if refusal.code == "plan.changed":
                return _plan_page(request, circle, actor, plan_id, refusal=refusal, seen=form.seen())
            refuse_form(form, refusal)
    return _stop_page(request, circle, actor, plan_id, stop_id, move_form=form)


@require_POST
@circle_page(access=open_for_coordinator)
def change(
    request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID, stop_id: uuid.UUID
) -> HttpResponseBase:
    """Say how much, how big, with what and when."""
    plan_ = access.plan(actor, plan_id)
    found = access.stop_in(plan_, stop_id)
    depots = list(access.depots(circle).filter(pk__in=plan_.depot_ids))
    form = StopForm(request.POST, stop=found, depots=depots, circle=circle)
    if form.is_valid():

        def act() -> str:
            said = form.change(plan_.on_date)
            planning.change_stop(actor, plan_id, stop_id, said, version=form.seen(), now=request.now)
            messages.success(request, _("The stop is changed."))
            return reverse("delivery:stop", args=[circle.slug, plan_id, stop_id])

        try:
            return HttpResponseRedirect(run_once(request, actor, "stop.change", act))
        except Refusal as refusal:
            if not form.errors:
                refuse_form(form, refusal)
    return _stop_page(request, circle, actor, plan_id, stop_id, change_form=form)


@require_POST
@circle_page(access=open_for_coordinator)
def do_stop(
    request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID, stop_id: uuid.UUID, verb: str
) -> HttpResponseBase:
    """Lock, unlock, or take out."""
    text = request.POST.get("version", "")
    seen = int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None

    def act() -> str:
        if verb == "out":
            promising.take_out(actor, plan_id, [stop_id], version=seen, now=request.now)
            messages.success(request, _("The stop is out of the plan."))
            return plan_url(circle, plan_id)
        planning.lock_stop(actor, plan_id, stop_id, verb == "lock", version=seen, now=request.now)
        return reverse("delivery:stop", args=[circle.slug, plan_id, stop_id])

    try:
        return HttpResponseRedirect(run_once(request, actor, f"stop.{verb}", act))
    except Refusal as refusal:
        if refusal.status in (401, 404):
            raise
        return _plan_page(request, circle, actor, plan_id, refusal=refusal, seen=seen)


@require_http_methods(["GET", "POST"])
@circle_page(access=open_for_coordinator)
def companion(
    request: CircleRequest, circle: Circle, actor: Actor, plan_id: uuid.UUID, run_id: uuid.UUID
) -> HttpResponseBase:
    """Who goes along as the second person."""
    plan_ = access.plan(actor, plan_id)
    run = access.run_in(plan_, run_id)
    initial = {"version": plan_.version, "companion": str(run.companion_id or "")}
    form = CompanionForm(
        request.POST if request.method == "POST" else None, initial=initial, members=member_choices(actor)
    )

    def act(_typed: dict[str, Any]) -> str:
        planning.set_companion(actor, plan_id, run_id, form.one_id("companion"), version=form.seen(), now=request.now)
        return plan_url(circle, plan_id) + f"#run-{run_id}"

    return form_page(
        request, "delivery/companion.html", form, act, who=actor, verb="run.companion", plan=plan_, run=run,
        title=showing.title_of(plan_),
    )  # fmt: skip
