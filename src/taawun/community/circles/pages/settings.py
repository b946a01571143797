"""What a community can change of itself: its settings, its areas, its catalogue."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from taawun.community.circles import access, actions, catalogue, kinds, queries
from taawun.community.circles.actor import Actor
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.doors import CircleRequest, circle_page
from taawun.community.circles.forms import AreaForm, KindForm, SettingsForm, kind_values, near_of
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Circle
from taawun.community.people.doors import form_page
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.clean import search_key
from taawun.ground.words.units import BY_CODE as UNITS

SEARCH_LENGTH_MAX = 80


@require_safe
@circle_page(access=access.open_circle)
def about(request: CircleRequest, circle: Circle, actor: Actor | None) -> HttpResponse:
    """Show what the community is, and lead to everything in it."""
    return render(request, "circles/about.html")


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_coordinator)
def settings(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=SettingsForm.of(circle))

    def change(typed: dict[str, Any]) -> str:
        wanted = {name: value for name, value in typed.items() if name != "key"}
        actions.change_settings(actor, **wanted, now=request.now)
        messages.success(request, _("Saved."))
        return reverse("circles:settings", args=[circle.slug])

    return form_page(request, "circles/settings.html", form, change, who=actor, verb="circle.change_settings")


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_coordinator)
def areas(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    form = AreaForm(request.POST if request.method == "POST" else None)

    def add(typed: dict[str, Any]) -> str:
        actions.add_area(actor, typed["name"], form.point(near=near_of(circle)), now=request.now)
        messages.success(request, _("The area is added."))
        return reverse("circles:areas", args=[circle.slug])

    return form_page(
        request, "circles/areas.html", form, add, who=actor, verb="area.add", areas=queries.areas_of(circle)
    )


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_coordinator)
def area(request: CircleRequest, circle: Circle, actor: Actor, area_id: uuid.UUID) -> HttpResponse:
    found = next((one for one in queries.areas_of(circle) if one.id == area_id), None)
    if found is None:
        raise Refusal.not_found()
    form = AreaForm(request.POST if request.method == "POST" else None, initial={"name": found.name})

    def change(typed: dict[str, Any]) -> str:
        actions.change_area(actor, area_id, typed["name"], form.point(near=near_of(circle)), now=request.now)
        messages.success(request, _("Saved."))
        return reverse("circles:areas", args=[circle.slug])

    return form_page(request, "circles/area.html", form, change, who=actor, verb="area.change", area=found)


@require_safe
@circle_page(access=access.open_for_coordinator)
def catalogue_page(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    """List every kind by group, hidden ones too, with a search by any word in any language."""
    words = request.GET.get("search", "").strip()[:SEARCH_LENGTH_MAX]
    listed = kinds.all_of(circle)
    groups: list[tuple[Any, str, list[CircleKind]]] = [
        (group.name, group.icon, [kind for kind in listed if kind.group == group.code]) for group in GROUPS
    ]
    own = [kind for kind in listed if kind.group == "own"]
    if own:
        groups.insert(0, (_("Our own"), "circle", own))
    return render(
        request,
        "circles/kinds.html",
        {"groups": groups, "found": _found(listed, words) if words else None, "search": words},
    )


def _found(listed: list[CircleKind], words: str) -> list[CircleKind]:
    by_code = {kind.code: kind for kind in listed}
    wanted = search_key(words)
    renamed = [kind for kind in listed if wanted and wanted in search_key(kind.name)]
    found = [by_code[one.code] for one in catalogue.search(words, get_language() or "en")]
    return list(dict.fromkeys([*renamed, *found]))


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_coordinator)
def kind(request: CircleRequest, circle: Circle, actor: Actor, code: str = "") -> HttpResponse:
    """Change one kind for this community, or add one of its own."""
    known = _known(circle, code) if code else None
    form = KindForm(
        request.POST if request.method == "POST" else None,
        circle=circle,
        kind=known,
        initial=kind_values(circle, known),
    )

    def change(typed: dict[str, Any]) -> str:
        try:
            actions.change_kind(
                actor,
                code or None,
                names=form.names(),
                unit=typed["unit"],
                icon=typed["icon"],
                sensitive=typed["sensitive"],
                hidden=typed["hidden"],
                now=request.now,
            )
        except Refusal as refusal:
            if refusal.field == "name":
                refusal.field = form.name_field
            raise
        messages.success(request, _("Saved."))
        return reverse("circles:kinds", args=[circle.slug])

    usual = catalogue.BY_CODE.get(code)
    return form_page(
        request,
        "circles/kind.html",
        form,
        change,
        who=actor,
        verb="kind.change",
        kind=known,
        usual_name=usual.name if usual else "",
        usual_unit=UNITS[usual.unit].label if usual else "",
    )


def _known(circle: Circle, code: str) -> CircleKind:
    try:
        return kinds.find(circle, code)
    except Refusal:
        raise Refusal.not_found() from None
