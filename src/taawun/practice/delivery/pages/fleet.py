"""Who carries, from where, how the circle does it, and rounds that come again."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from taawun.community.circles import kinds
from taawun.community.circles.access import open_for_acting, open_for_coordinator
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, form_page, run_once
from taawun.community.circles.models import Circle
from taawun.community.circles.queries import areas_of, members_of
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import series_wording
from taawun.practice.aid.models import Series
from taawun.practice.aid.wording import weekday_name
from taawun.practice.delivery import access, wording
from taawun.practice.delivery.actions import fleet, standing
from taawun.practice.delivery.forms import CarrierForm, DepotForm, PreferencesForm, StandingForm, VetForm
from taawun.practice.delivery.queries import plans as queries
from taawun.practice.delivery.queries.wanted import carried_kinds

MEMBERS_OFFERED = 400


def member_choices(actor: Actor) -> list[tuple[str, str]]:
    rows = members_of(actor.circle, limit=MEMBERS_OFFERED, hidden=actor.hidden_ids)
    return [(str(one.membership.agent_id), one.membership.agent.shown) for one in rows]


def _days(days: list[int]) -> str:
    return _(", ").join(str(weekday_name(day)) for day in days) if days else _("any day")


@require_GET
@circle_page(access=open_for_coordinator)
def carriers(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    lines = []
    for one in access.visible_carriers(actor):
        name, icon = wording.VEHICLES[one.vehicle]
        hours = wording.hours(one.from_minute, one.to_minute)
        facts = [str(name), wording.room(one.capacity), _days(one.weekdays), hours]
        marks = [str(wording.NEEDS[need]) for need in one.may_carry]
        marks += [str(wording.NEEDS["cold_box"])] if one.cold_box else []
        marks += [_("Never alone")] if one.must_pair else []
        lines.append((one, icon, wording.joined(facts), marks))
    return render(request, "delivery/carriers.html", {"lines": lines})


@require_http_methods(["GET", "POST"])
@circle_page(access=open_for_acting)
def carrier_edit(
    request: CircleRequest, circle: Circle, actor: Actor, carrier_id: uuid.UUID | None = None
) -> HttpResponseBase:
    """Offer to carry, or change what one carries with; a coordinator does it for others too."""
    carrier = access.carrier(actor, carrier_id) if carrier_id else None
    members = member_choices(actor) if actor.is_member else []
    choices = members if actor.is_coordinator else _own_choices(actor)
    form = CarrierForm(
        request.POST if request.method == "POST" else None, areas=areas_of(circle), members=members, carrier=carrier,
        choose_agent=carrier is None and len(choices) > 1,
    )  # fmt: skip
    if "agent" in form.fields:
        form.set_choices("agent", [(code, format_html("<bdi>{}</bdi>", name)) for code, name in choices])
        form.fields["agent"].initial = str(actor.agent_id)

    def act(_typed: dict[str, Any]) -> str:
        draft = form.draft(circle)
        if carrier is None:
            agent_id = form.one_id("agent") if "agent" in form.fields else None
            if agent_id is None and not actor.is_member:
                agent_id = next(iter(sorted(access.own_carrier_ids(actor) - {actor.agent_id})), None)
            fleet.add_carrier(actor, draft, agent_id, now=request.now)
            messages.success(request, _("Thank you. Coordinators can plan rounds with this now."))
        else:
            fleet.change_carrier(actor, carrier.id, draft, now=request.now)
            messages.success(request, _("It is changed, from the next planning on."))
        return _back(circle, actor)

    vet = (
        VetForm(initial={"may_carry": carrier.may_carry, "must_pair": carrier.must_pair})
        if carrier is not None
        else None
    )
    return form_page(
        request, "delivery/carrier_edit.html", form, act, who=actor, verb="carrier.edit", carrier=carrier,
        vet=vet if actor.is_coordinator else None,
    )  # fmt: skip


def _own_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return for whom somebody who does not coordinate may offer: herself, and whom she acts for."""
    from taawun.community.people.models import Agent

    ids = access.own_carrier_ids(actor) if actor.is_member else access.own_carrier_ids(actor) - {actor.agent_id}
    rows = Agent.objects.filter(pk__in=ids).order_by("name")
    return [(str(one.id), one.shown) for one in rows]


def _back(circle: Circle, actor: Actor) -> str:
    return reverse("delivery:carriers" if actor.is_coordinator else "delivery:rounds", args=[circle.slug])


@require_POST
@circle_page(access=open_for_acting)
def carrier_do(
    request: CircleRequest, circle: Circle, actor: Actor, carrier_id: uuid.UUID, verb: str
) -> HttpResponseBase:
    """Pause, carry again, or carry no longer."""

    def act() -> str:
        if verb == "end":
            fleet.end_carrier(actor, carrier_id, now=request.now)
        else:
            fleet.pause_carrier(actor, carrier_id, verb == "pause", now=request.now)
        return _back(circle, actor)

    return HttpResponseRedirect(run_once(request, actor, f"carrier.{verb}", act))


@require_POST
@circle_page(access=open_for_coordinator)
def carrier_vet(request: CircleRequest, circle: Circle, actor: Actor, carrier_id: uuid.UUID) -> HttpResponseBase:
    """Say what a carrier may carry, and whether she goes alone."""
    access.carrier(actor, carrier_id)
    form = VetForm(request.POST)

    def act(typed: dict[str, Any]) -> str:
        fleet.vet(actor, carrier_id, typed["may_carry"], must_pair=typed["must_pair"], now=request.now)
        messages.success(request, _("It is noted, with your name."))
        return reverse("delivery:carriers", args=[circle.slug])

    return form_page(
        request, "delivery/carrier_vet.html", form, act, who=actor, verb="carrier.vet",
        carrier=access.carrier(actor, carrier_id),
    )  # fmt: skip


@require_GET
@circle_page(access=open_for_coordinator)
def depots(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    lines = []
    for one in access.depots(circle):
        hours = wording.hours(one.from_minute, one.to_minute)
        lines.append(
            (one, wording.joined([one.area.name if one.area else circle.place_name, _days(one.weekdays), hours]))
        )
    return render(request, "delivery/depots.html", {"lines": lines})


@require_http_methods(["GET", "POST"])
@circle_page(access=open_for_coordinator)
def depot_edit(
    request: CircleRequest, circle: Circle, actor: Actor, depot_id: uuid.UUID | None = None
) -> HttpResponseBase:
    depot = access.depot(actor, depot_id) if depot_id else None
    form = DepotForm(request.POST if request.method == "POST" else None, areas=areas_of(circle), depot=depot)

    def act(_typed: dict[str, Any]) -> str:
        if depot is None:
            fleet.add_depot(actor, form.draft(circle), now=request.now)
        else:
            fleet.change_depot(actor, depot.id, form.draft(circle), now=request.now)
        return reverse("delivery:depots", args=[circle.slug])

    return form_page(request, "delivery/depot_edit.html", form, act, who=actor, verb="depot.edit", depot=depot)


@require_POST
@circle_page(access=open_for_coordinator)
def depot_end(request: CircleRequest, circle: Circle, actor: Actor, depot_id: uuid.UUID) -> HttpResponseBase:
    def act() -> str:
        fleet.end_depot(actor, depot_id, now=request.now)
        return reverse("delivery:depots", args=[circle.slug])

    return HttpResponseRedirect(run_once(request, actor, "depot.end", act))


@require_http_methods(["GET", "POST"])
@circle_page(access=open_for_coordinator)
def preferences(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """How the circle plans and carries."""
    form = PreferencesForm(request.POST if request.method == "POST" else None, preferences=access.preferences(circle))

    def act(_typed: dict[str, Any]) -> str:
        fleet.set_preferences(actor, now=request.now, **form.values())
        messages.success(request, _("It is set, from now on."))
        return reverse("delivery:rounds", args=[circle.slug])

    return form_page(request, "delivery/preferences.html", form, act, who=actor, verb="rounds.preferences")


@require_GET
@circle_page(access=open_for_coordinator)
def standing_runs(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    rows = list(access.standing_runs(actor))
    names = queries.standing_names(actor, rows)
    return render(
        request, "delivery/standing.html", {"lines": [(one, _days(one.weekdays), names[one.id]) for one in rows]}
    )


@require_http_methods(["GET", "POST"])
@circle_page(access=open_for_coordinator)
def standing_edit(
    request: CircleRequest, circle: Circle, actor: Actor, standing_id: uuid.UUID | None = None
) -> HttpResponseBase:
    row = access.standing_run(actor, standing_id) if standing_id else None
    form = StandingForm(
        request.POST if request.method == "POST" else None, depots=list(access.depots(circle)),
        carriers=queries.available(actor, None), areas=areas_of(circle),
        groups={kind.group for kind in carried_kinds(actor).values()}, series=_series(actor), row=row,
        today=request.now.astimezone(ZoneInfo(circle.time_zone)).date(),
    )  # fmt: skip

    def act(_typed: dict[str, Any]) -> str:
        if row is None:
            standing.add(actor, form.draft(), now=request.now)
            messages.success(request, _("It is made for the coming days by itself. Look at each day, then promise it."))
        else:
            standing.change(actor, row.id, form.draft(), now=request.now)
        return reverse("delivery:standing", args=[circle.slug])

    return form_page(request, "delivery/standing_edit.html", form, act, who=actor, verb="standing.edit", row=row)


def _series(actor: Actor) -> list[tuple[str, Any]]:
    """Return the needs that come again and can be carried, by what and when; nobody is named."""
    rows = Series.objects.filter(circle=actor.circle, kind__in=carried_kinds(actor)).exclude(state="ended")
    found = rows.exclude(agent_id__in=actor.hidden_ids).select_related("area").order_by("posted_at")[:60]
    made = []
    for one in found:
        one.circle = actor.circle
        kind = kinds.shown(actor.circle, one.kind)
        area = one.area.name if one.area is not None else ""
        made.append((str(one.id), format_html("{}: {} <bdi>{}</bdi>", kind.name, series_wording.whole(one), area)))
    return made


@require_POST
@circle_page(access=open_for_coordinator)
def standing_do(
    request: CircleRequest, circle: Circle, actor: Actor, standing_id: uuid.UUID, verb: str
) -> HttpResponseBase:
    def act() -> str:
        if verb == "end":
            standing.end(actor, standing_id, now=request.now)
        elif verb in ("pause", "resume"):
            standing.pause(actor, standing_id, verb == "pause", now=request.now)
        else:
            raise Refusal.not_found()
        return reverse("delivery:standing", args=[circle.slug])

    return HttpResponseRedirect(run_once(request, actor, f"standing.{verb}", act))
