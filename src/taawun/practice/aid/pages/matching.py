"""How matches are judged: what each setting does, changing it, what it does to an example, and what was learnt."""

import uuid
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from taawun.community.circles.access import open_for_member
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, refuse_form, run_once, show_form
from taawun.community.circles.models import Circle
from taawun.community.people.models import Agent
from taawun.ground.site import parts
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.formats import format_number
from taawun.practice.aid import access, match_wording, matching_rules
from taawun.practice.aid.actions import matching as actions
from taawun.practice.aid.matching_forms import RulesForm
from taawun.practice.aid.matching_rules import DEFAULT, Rules
from taawun.practice.aid.queries import learning
from taawun.solve.matching.score import rank
from taawun.solve.matching.success import History, expect
from taawun.solve.matching.terms import Candidate

_EXAMPLE = {
    "a": (0.3, 9 * 24.0, (), 0, Fraction(1)),
    "b": (4.0, 2.0, ("en",), 0, Fraction(1)),
    "c": (1.0, 24.0, (), 4, Fraction(1)),
    "d": (1.0, 24.0, (), 0, Fraction(1, 2)),
}


@require_http_methods(["GET", "POST"])
@circle_page(access=open_for_member)
def rules(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Every member reads the rules; coordinators change them, and see what a change does before it is saved."""
    judged = learning.judging(circle)
    learnt = learning.learnt(circle)
    if not actor.is_coordinator:
        if request.method == "POST":
            raise Refusal.forbidden()
        context = {
            "sections": _read_only(judged.rules),
            "example": _example(judged.rules, judged.history),
            "learnt": match_wording.learnt(learnt),
        }
        return render(request, "aid/matching.html", context)
    do = request.POST.get("do", "save") if request.method == "POST" else ""
    form = RulesForm(request.POST if do and do != "usual" else None, rules=judged.rules)
    shown = judged.rules
    if do == "usual" or (do and form.is_valid()):
        shown = DEFAULT if do == "usual" else Rules(matching_rules.changed(judged.rules.changes, form.texts()))
        if do != "try":
            try:
                address = run_once(request, actor, "aid.change_matching", lambda: _change(request, actor, shown))
                messages.success(request, _("Saved."))
                return redirect(address)
            except Refusal as refusal:
                refuse_form(form, refusal)
    return show_form(
        request, "aid/matching.html", form, example=_example(shown, learnt.history if shown.learns else None),
        tried=do == "try" and form.is_valid(), learnt=match_wording.learnt(learnt),
    )  # fmt: skip


def _change(request: CircleRequest, actor: Actor, wanted: Rules) -> str:
    texts = {code: matching_rules.plain(wanted.value(code)) for code in matching_rules.BY_CODE}
    actions.change_rules(actor, texts, now=request.now)
    return reverse("aid:matching", args=[actor.circle.slug])


def _read_only(shown: Rules) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Return each section with its settings: what it is called, how it is set, what it does."""
    return [
        (
            match_wording.SECTIONS[section],
            [
                {
                    "label": match_wording.SETTINGS[one.code][0],
                    "value": match_wording.number_with_unit(shown.value(one.code), one),
                    "hint": match_wording.SETTINGS[one.code][1],
                    "usual": "" if one.is_switch else match_wording.usual(one),
                }
                for one in matching_rules.SETTINGS
                if one.section == section
            ],
        )
        for section in matching_rules.SECTIONS
    ]


def _example(shown: Rules, history: History | None) -> parts.Table:
    """Four made-up offers, in the order these rules rank them, beside their points by the usual rules."""
    candidates = [
        Candidate(
            name, distance_km=away, age_hours=age, shared_languages=languages, giver_recent_help_count=recent,
            giver_helped_total=recent, fits_fraction=fits,
            expected=expect(history, "food.bread", age) if history is not None else None,
        )
        for name, (away, age, languages, recent, fits) in _EXAMPLE.items()
    ]  # fmt: skip
    usual = {
        one.candidate.id: one.total for one in rank(candidates, DEFAULT.weights(for_request=True), len(candidates))
    }
    ranked = rank(candidates, shown.weights(for_request=True), len(candidates))
    return parts.Table(
        columns=(_("An offer of bread"), _("Points"), _("Points by the usual rules")),
        rows=tuple(
            (str(match_wording.EXAMPLES[one.candidate.id]), _points(one.total), _points(usual[one.candidate.id]))
            for one in ranked
        ),
        caption=_("Who would be suggested first"),
    )


def _points(points: float) -> str:
    return format_number(Decimal(f"{points:.1f}"))


@require_safe
@circle_page(access=open_for_member)
def own_record(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Show a member her own record."""
    return _record(request, circle, actor.agent_id, own=True)


@require_safe
@circle_page(access=open_for_member)
def record(request: CircleRequest, circle: Circle, actor: Actor, agent_id: uuid.UUID) -> HttpResponseBase:
    """Show somebody's record to whom it concerns: herself, who acts for her, coordinators."""
    if not access.may_read_record(actor, agent_id):
        raise Refusal.not_found()
    own = agent_id == actor.agent_id
    return _record(request, circle, agent_id, own=own, agent=None if own else access.agent_named(circle, agent_id))


def _record(
    request: CircleRequest, circle: Circle, agent_id: uuid.UUID, *, own: bool, agent: Agent | None = None
) -> HttpResponseBase:
    found = learning.record(circle, agent_id, now=request.now)
    context = {
        "said": match_wording.own_record(found),
        "own": own,
        "learns": learning.judging(circle).rules.learns,
        "agent": agent,
    }
    return render(request, "aid/record.html", context)
