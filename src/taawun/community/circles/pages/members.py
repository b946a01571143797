"""Who belongs: the list, one member, roles, areas, and who acts for whom."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.circles import access, actions, queries, sentences
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page
from taawun.community.circles.forms import AreaOfMemberForm, MemberForm, RolesForm
from taawun.community.circles.likeness.pairs import pairs_of
from taawun.community.circles.likeness.wording import likely_known
from taawun.community.circles.models import Circle
from taawun.community.circles.rights import Right
from taawun.community.people import texts
from taawun.community.people.doors import form_page, refuse_form, run_once, show_form
from taawun.community.people.models import AgentKind
from taawun.ground.site import parts
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.clean import isolate
from taawun.ground.words.languages import BY_CODE as LANGUAGE

A_PAGE = 40
CHOICES_SHOWN = 20
SEARCH_LENGTH_MAX = 80


def _search(request: CircleRequest) -> str:
    """Return what is looked for, cleaned; what cannot be a name finds nobody, which is no error."""
    try:
        return texts.line(request.GET.get("search", "")[: SEARCH_LENGTH_MAX * 4], "search", SEARCH_LENGTH_MAX)
    except Refusal:
        return ""


def member_url(circle: Circle, agent_id: uuid.UUID, name: str = "member") -> str:
    return reverse(f"circles:{name}", args=[circle.slug, agent_id])


@require_safe
@circle_page(access=access.open_for_member)
def members(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    search = _search(request)
    after = parse_id(request.GET.get("after", "")[:60])
    found = queries.members_of(circle, after=after, search=search, limit=A_PAGE + 1, hidden=actor.hidden_ids)
    shown = found[:A_PAGE]
    onward = ""
    if len(found) > A_PAGE:
        asked = {"after": str(shown[-1].membership.id), "search": search}
        onward = "?" + urlencode({name: value for name, value in asked.items() if value})
    return render(
        request,
        "circles/members.html",
        {"lines": [_line(circle, one) for one in shown], "search": search, "onward": onward},
    )


def _line(circle: Circle, found: queries.MemberLine) -> dict[str, Any]:
    agent = found.membership.agent
    return {
        "name": agent.name,
        "url": member_url(circle, agent.id),
        "icon": _icon(agent.kind),
        "is_organisation": agent.kind == AgentKind.ORGANISATION,
        "is_paper": not found.has_account and agent.kind != AgentKind.ORGANISATION,
        "roles": [sentences.ROLE_NAMES[role] for role in found.membership.roles if role != "member"],
        "area": found.membership.area,
        "looked_after_by": found.membership.looked_after_by,
        "agent_id": agent.id,
    }


def _icon(kind: str) -> str:
    return {"organisation": "organisation", "household": "house"}.get(kind, "user")


@require_safe
@circle_page(access=access.open_for_member)
def member(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponse:
    return _show_member(request, circle, actor, agent_id)


def _show_member(
    request: CircleRequest,
    circle: Circle,
    actor: Actor,
    agent_id: uuid.UUID,
    *,
    roles_form: RolesForm | None = None,
    private: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show one member, with what this actor may do for or about them."""
    membership = access.member(actor, agent_id)
    agent = membership.agent
    is_organisation = agent.kind == AgentKind.ORGANISATION
    has_account = not is_organisation and queries.has_account(agent_id)
    named = access.representatives_of(agent_id, actor) if is_organisation else []
    form = roles_form or RolesForm(initial={"roles": membership.roles})
    is_paper = not has_account and not is_organisation
    return show_form(
        request,
        "circles/member.html",
        form,
        membership=membership,
        agent=agent,
        icon=_icon(agent.kind),
        facts=_facts(membership, is_paper=is_paper),
        is_organisation=is_organisation,
        is_paper=is_paper,
        is_me=agent_id == actor.agent_id,
        named=named,
        roles=[sentences.ROLE_NAMES[role] for role in membership.roles if role != "member"],
        may_set_roles=actor.is_coordinator and has_account,
        may_set_area=actor.is_guardian or actor.may(Right.PROGRAMMES, agent_id),
        may_name=is_organisation and (actor.is_coordinator or actor.may(Right.STAFF, agent_id)),
        may_enter=is_organisation and (actor.is_coordinator or agent_id in actor.represents),
        may_look_after=is_paper and actor.is_guardian,
        may_look=(is_paper or is_organisation) and (actor.is_guardian or actor.may(Right.DOORS, agent_id)),
        private=private,
    )


def _facts(membership: Any, *, is_paper: bool) -> list[parts.Fact]:
    agent = membership.agent
    facts = []
    if membership.area:
        facts.append(parts.Fact(_("Area"), membership.area.name, "place"))
    if agent.languages:
        spoken = [LANGUAGE[code].name_native for code in agent.languages if code in LANGUAGE]
        facts.append(parts.Fact(_("Speaks"), _(", ").join(spoken), "language"))
    if is_paper and membership.looked_after_by:
        facts.append(parts.Fact(_("Looked after by"), membership.looked_after_by.name, "heart"))
    return facts


@require_POST
@circle_page(access=access.open_for_member)
def show_private(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponse:
    """Open the sealed name, phone and door of somebody one acts for. The look is on the record; they can see it."""
    private = access.private_of(actor, agent_id, now=request.now)
    return _show_member(request, circle, actor, agent_id, private=private)


@require_POST
@circle_page(access=access.open_for_coordinator)
def set_roles(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponse:
    form = RolesForm(request.POST)
    if form.is_valid():

        def act() -> str:
            actions.set_roles(actor, agent_id, form.cleaned_data["roles"], now=request.now)
            messages.success(request, _("The roles are set."))
            return member_url(circle, agent_id)

        try:
            return redirect(run_once(request, actor, "member.set_roles", act))
        except Refusal as refusal:
            refuse_form(form, refusal)
    return _show_member(request, circle, actor, agent_id, roles_form=form)


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_member)
def set_area(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponse:
    membership = access.member(actor, agent_id)
    if not (actor.is_guardian or actor.may(Right.PROGRAMMES, agent_id)):
        raise Refusal.forbidden()
    form = AreaOfMemberForm(
        request.POST if request.method == "POST" else None,
        areas=queries.areas_of(circle),
        initial={"area": str(membership.area_id or "")},
    )

    def act(_typed: dict[str, Any]) -> str:
        actions.set_area(actor, agent_id, form.area_id(), now=request.now)
        messages.success(request, _("The area is set."))
        return member_url(circle, agent_id)

    return form_page(
        request, "circles/member_area.html", form, act, who=actor, verb="member.set_area", agent=membership.agent
    )


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_guardian)
def add(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    """Enter somebody without an account, or an organisation."""
    form = MemberForm(request.POST if request.method == "POST" else None, areas=queries.areas_of(circle))

    def act(typed: dict[str, Any]) -> str:
        membership = actions.add_member(
            actor,
            name=typed["name"],
            kind=typed["kind"],
            address=typed["address"],
            door=typed["door"],
            full_name=typed["full_name"],
            languages=typed["languages"],
            area_id=parse_id(typed["area"]) if typed["area"] else None,
            consented=typed["consented"] == "yes",
            now=request.now,
        )
        messages.success(request, _("%(name)s is on the list.") % {"name": membership.agent.name})
        alike = pairs_of(circle, membership.agent_id)
        if alike:
            messages.info(request, likely_known(len(alike)))
        return member_url(circle, membership.agent_id)

    return form_page(request, "circles/member_add.html", form, act, who=actor, verb="member.add")


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_guardian)
def keeper(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponse:
    """Choose who looks after a paper member: search by name, one tap."""
    person_id, is_given = _chosen(request)
    if is_given:

        def act() -> str:
            actions.look_after(actor, agent_id, person_id, now=request.now)
            return member_url(circle, agent_id)

        return redirect(run_once(request, actor, "member.look_after", act))
    agent = access.member(actor, agent_id).agent
    if agent.kind == AgentKind.ORGANISATION or queries.has_account(agent_id):
        raise Refusal.not_found()
    title = _("Who looks after %(name)s?") % {"name": isolate(agent.name)}
    return _choose(request, circle, agent_id, title, may_be_nobody=True)


@require_http_methods(["GET", "POST"])
@circle_page(access=access.open_for_member)
def representative(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponse:
    """Choose a person who acts for an organisation."""
    person_id, _is_given = _chosen(request)
    if person_id is not None:
        chosen = person_id

        def act() -> str:
            actions.name_representative(actor, agent_id, chosen, now=request.now)
            return member_url(circle, agent_id)

        return redirect(run_once(request, actor, "representative.name", act))
    agent = access.member(actor, agent_id).agent
    if agent.kind != AgentKind.ORGANISATION:
        raise Refusal.not_found()
    if not (actor.is_coordinator or actor.may(Right.STAFF, agent_id)):
        raise Refusal.forbidden()
    title = _("Who acts for %(name)s?") % {"name": isolate(agent.name)}
    return _choose(request, circle, agent_id, title)


def _chosen(request: CircleRequest) -> tuple[uuid.UUID | None, bool]:
    """Return the person chosen (None for nobody) and whether somebody or nobody was chosen at all."""
    if request.method != "POST":
        return None, False
    text = request.POST.get("person", "")
    person_id = parse_id(text[:60]) if text else None
    if text and person_id is None:
        raise Refusal("member.unknown", "person")
    return person_id, True


def _choose(
    request: CircleRequest, circle: Circle, agent_id: uuid.UUID, title: str, *, may_be_nobody: bool = False
) -> HttpResponse:
    search = _search(request)
    hidden = request.actor.hidden_ids if request.actor else frozenset()
    found = queries.members_of(circle, search=search, limit=CHOICES_SHOWN * 3, hidden=hidden)
    people = [one for one in found if one.has_account][:CHOICES_SHOWN]
    return render(
        request,
        "circles/choose_person.html",
        {
            "title": title,
            "people": people,
            "search": search,
            "may_be_nobody": may_be_nobody,
            "back": member_url(circle, agent_id),
        },
    )


@require_POST
@circle_page(access=access.open_for_member)
def end_representative(
    request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID, person_id: uuid.UUID
) -> HttpResponse:
    def act() -> str:
        actions.end_representative(actor, agent_id, person_id, now=request.now)
        return member_url(circle, agent_id)

    return redirect(run_once(request, actor, "representative.end", act))


@require_POST
@circle_page(access=access.open_for_coordinator)
def remove(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponse:
    def act() -> str:
        name = access.member(actor, agent_id).agent.name
        actions.remove_member(actor, agent_id, now=request.now)
        messages.success(request, _("%(name)s is no longer a member.") % {"name": name})
        return reverse("circles:members", args=[circle.slug])

    return redirect(run_once(request, actor, "member.remove", act))
