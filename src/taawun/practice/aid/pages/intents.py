"""One need or offer: what it is, who is on it, what can be done, what happened."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import uri_to_iri
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from taawun.community.circles.access import open_for_acting, open_for_member, open_to_see
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, refuse_form, run_once, show_form
from taawun.community.circles.models import Circle
from taawun.community.circles.rights import Right
from taawun.community.people.models import AgentKind
from taawun.ground.site import parts
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.units import format_amount, format_amount_bare
from taawun.practice.aid import access, actions, beside, conversing, programme_showing, queries, rules, showing, wording
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.forms import ClaimForm
from taawun.practice.aid.models import Intent
from taawun.practice.aid.pages.sharing import preview_facts
from taawun.practice.aid.queries import organisation, services, twice
from taawun.practice.aid.queries import story as stories
from taawun.practice.aid.queries.behalf import may_act_for


@circle_page(access=open_to_see)
def intent(
    request: CircleRequest, circle: Circle, actor: Actor | None, intent_id: uuid.UUID
) -> HttpResponseBase:
    """Show an intent to whoever may see it; a link opens without signing in and shows only what is public."""
    found = access.intent(circle, actor, intent_id)
    shown = queries.card(found, actor, now=request.now)
    on_it = stories.commitments_on(found, actor, now=request.now)
    manages = access.may_manage(found, actor)
    told = stories.story(
        circle.id, [found.id, *stories.commitment_ids(found)], actor,
        party=manages or any(access.is_party(one.commitment, actor) for one in on_it),
        hidden=stories.nameless(found, actor, now=request.now),
    )
    suggestions = []
    if actor is not None and actor.is_member and (manages or not found.is_request):
        fitting = queries.suggest(found, actor, limit=5, now=request.now)
        drawn = queries.cards([one.intent for one in fitting], circle, actor, now=request.now)
        suggestions = [
            (
                showing.card(card_, circle, actor, now=request.now, with_action=not found.is_request),
                wording.reasons(one.scored, request.now),
                str(one.intent.id),
            )
            for one, card_ in zip(fitting, drawn, strict=True)
        ]
    context = {
        "intent": found,
        "card": shown,
        "status": showing.STATES[shown.status],
        "urgency": wording.URGENCY_NAMES[rules.Urgency(found.urgency)],
        "urgency_meaning": wording.URGENCY_MEANINGS[found.urgency][1],
        "visibility": wording.VISIBILITY_MEANINGS[found.visibility][0],
        "when": wording.when(found, request.now),
        "progress": showing.progress(found),
        "claim": showing.claim_action(shown, circle, actor),
        "on_it": on_it,
        "ways": conversing.ways_from_intent(found, actor, [one.commitment for one in on_it]),
        "manages": manages,
        "managing": _managing(circle, found, actor) if manages else [],
        "steps": showing.steps(told.entries, told.names),
        "again": showing.asked_again(shown),
        "series_url": showing.url("series", circle, found.series_id) if _shows_series(found, actor, manages) else "",
        "around": twice.around(found, actor),
        "block_url": _block_url(circle, found, shown, actor),
        "suggestions": suggestions,
        "programmes": [programme_showing.fit_line(one) for one in services.fitting(found, actor, now=request.now)]
        if manages and found.is_request
        else [],
        "handed_on": programme_showing.handed_lines(organisation.referred(actor, everybody=False, intent=found))
        if manages and actor is not None and found.is_request
        else [],
        "preview": preview_facts(request, found) if actor is None else {},
        "share_text": _share_text(found, shown, request),
        "fragment": request.path,
        # Somebody is on it, so it may be on its way: told to whose it is, and to who has to be her telephone.
        "beside": beside.panels(request, circle, [found.id], now=request.now)
        if on_it and found.is_request and actor is not None and access.may_give(actor, found.agent_id)
        else [],
    }
    template = "aid/intent_part.html" if request.headers.get("X-Fragment") else "aid/intent.html"
    return render(request, template, context)


def _shows_series(found: Intent, actor: Actor | None, manages: bool) -> bool:
    """A date leads to what it is a date of; a helper on one date of what only coordinators see is not led there."""
    seen_by_all = found.visibility == "public" or (actor is not None and actor.is_member and found.visibility == "members")
    return found.series_id is not None and (seen_by_all or manages)


def _block_url(circle: Circle, found: Intent, shown: queries.Card, actor: Actor | None) -> str:
    """Return where the giver of an offer can be blocked. Who needs something has no name here, and gets none by this."""
    if actor is None or shown.is_mine or not shown.giver_name or found.agent.kind == AgentKind.ORGANISATION:
        return ""
    return reverse("circles:member_block", args=[circle.slug, found.agent_id])


def iri_to_show(request: CircleRequest) -> str:
    """Return the page's address as people read it: a community's name in its own letters, not in percent signs."""
    return uri_to_iri(request.build_absolute_uri(request.path))


def _share_text(found: Intent, shown: queries.Card, request: CircleRequest) -> str:
    """Return one line for the chat group: only what is public."""
    words = _("Needed: %(what)s, %(amount)s. %(link)s") if found.is_request else _("Offered: %(what)s, %(amount)s. %(link)s")
    return words % {
        "what": shown.kind.name,
        "amount": format_amount(found.left or found.quantity, found.unit),
        "link": iri_to_show(request),
    }


def _managing(circle: Circle, found: Intent, actor: Actor | None) -> list[parts.Action]:
    made = []
    if found.checked_at is None and actor is not None and actor.is_coordinator:
        made.append(
            parts.Action(_("Looked at: may be shown"), showing.url("check", circle, found.id), "accept", "post", "primary")
        )
    if found.state in {"open", "taken", "expired"}:
        label = _("Still needed") if found.is_request else _("Still available")
        asked = found.asked_at is not None or found.state == "expired"
        made.append(
            parts.Action(label, showing.url("renew", circle, found.id), "renew", "post", "primary" if asked else "")
        )
        made.append(
            parts.Action(_("Take it off the board"), showing.url("withdraw", circle, found.id), "withdraw", "post", "quiet")
        )
    return made


@circle_page(access=open_to_see)
def card(request: CircleRequest, circle: Circle, actor: Actor | None, intent_id: uuid.UUID) -> HttpResponseBase:
    """Return one card, as the board shows it now: what a live page asks for when something happened to it."""
    found = access.intent(circle, actor, intent_id)
    shown = showing.card(queries.card(found, actor, now=request.now), circle, actor, now=request.now)
    return render(request, "aid/card.html", {"card": shown})


@circle_page(access=open_for_member)
def claim(request: CircleRequest, circle: Circle, actor: Actor, intent_id: uuid.UUID) -> HttpResponseBase:
    """ "I'm on this": one tap when nothing has to be asked, else a short form."""
    found = access.intent(circle, actor, intent_id)
    kind = queries.card(found, actor, now=request.now).kind
    own = stories.own_intents_to_use(found, actor)
    one_tap = request.method == "POST" and "short" not in request.POST
    form = ClaimForm(
        request.POST if request.method == "POST" and not one_tap else None,
        unit=found.unit,
        whole_only=found.whole_only,
        giving=found.is_request,
        behalf=may_act_for(actor, Right.ANSWER),
        own=[(str(one.id), format_amount(one.left, one.unit)) for one in own],
        initial={"quantity": format_amount_bare(found.left, found.unit) if found.left > 0 else ""},
    )
    if one_tap:
        try:
            return HttpResponseRedirect(_claim(request, actor, found, {}))
        except Refusal as refusal:
            return _refused(request, circle, actor, found, refusal)
    if request.method == "POST" and form.is_valid():
        quantity = form.quantity_parts()
        if not form.errors:
            wanted = {
                "quantity": quantity,
                "with_intent": form.chosen("with_intent"),
                "on_behalf_of": form.chosen("on_behalf_of"),
                "reach": Reach(
                    form.cleaned_data["phone"], form.cleaned_data.get("door", ""), form.cleaned_data["details"]
                ),
            }
            try:
                return HttpResponseRedirect(_claim(request, actor, found, wanted))
            except Refusal as refusal:
                if refusal.code in {"claim.gone", "intent.closed", "intent.expired"}:
                    return _refused(request, circle, actor, found, refusal)
                refuse_form(form, refusal)
    yes = rules.needs_yes(circle.accept_claims, found.terms, vouched=actor.is_coordinator)
    return show_form(request, "aid/claim.html", form, intent=found, kind=kind, needs_yes=yes)


def _claim(request: CircleRequest, actor: Actor, found: Intent, wanted: dict[str, object]) -> str:
    def act() -> str:
        made = actions.claim(actor, found.id, now=request.now, **wanted)  # type: ignore[arg-type]
        return showing.url("commitment", actor.circle, made.id)

    return run_once(request, actor, "aid.claim", act)


def _refused(
    request: CircleRequest, circle: Circle, actor: Actor, found: Intent, refusal: Refusal
) -> HttpResponseBase:
    """Somebody was quicker: say so at once, and offer the next like it."""
    if refusal.status not in {409, 422}:
        raise refusal
    others = [
        line for line in queries.near(actor, kinds=frozenset({found.kind}), now=request.now)
        if line.card.intent.id != found.id
    ] or queries.near(actor, now=request.now)
    cards = [
        showing.card(one.card, circle, actor, now=request.now, distance=showing.distance(one.distance_km))
        for one in others[:5]
    ]
    context = {"sentence": sentence(refusal), "cards": cards, "intent": found}
    return render(request, "aid/too_late.html", context, status=refusal.status)


@require_POST
@circle_page(access=open_for_member)
def propose(request: CircleRequest, circle: Circle, actor: Actor, intent_id: uuid.UUID) -> HttpResponseBase:
    """Ask the giver of an offer to help with a request."""
    offer_id = parse_id(request.POST.get("offer", ""))
    if offer_id is None:
        raise Refusal.not_found()

    def act() -> str:
        made = actions.propose(actor, intent_id, offer_id, now=request.now)
        return showing.url("commitment", circle, made.id)

    return HttpResponseRedirect(run_once(request, actor, "aid.propose", act))


@require_POST
@circle_page(access=open_for_acting)
def renew(request: CircleRequest, circle: Circle, actor: Actor, intent_id: uuid.UUID) -> HttpResponseBase:
    return _then_back(request, circle, actor, intent_id, "renew", _("Thank you. It stays on the board."))


@require_POST
@circle_page(access=open_for_acting)
def withdraw(request: CircleRequest, circle: Circle, actor: Actor, intent_id: uuid.UUID) -> HttpResponseBase:
    return _then_back(request, circle, actor, intent_id, "withdraw", _("It is off the board."))


@require_POST
@circle_page(access=open_for_member)
def check(request: CircleRequest, circle: Circle, actor: Actor, intent_id: uuid.UUID) -> HttpResponseBase:
    return _then_back(request, circle, actor, intent_id, "check", _("It can be seen as it asks to be."))


VERBS = {"renew": actions.renew, "withdraw": actions.withdraw, "check": actions.check}


def _then_back(
    request: CircleRequest, circle: Circle, actor: Actor, intent_id: uuid.UUID, verb: str, said: str
) -> HttpResponseBase:
    def act() -> str:
        VERBS[verb](actor, intent_id, now=request.now)
        return showing.url("intent", circle, intent_id)

    address = run_once(request, actor, f"aid.{verb}", act)
    messages.success(request, said)
    return HttpResponseRedirect(address)


@require_POST
@circle_page(access=open_for_acting)
def open_details(request: CircleRequest, circle: Circle, actor: Actor, intent_id: uuid.UUID) -> HttpResponseBase:
    """Open what is sealed of a need: one's own, or as a coordinator with a reason that stays on record."""
    details = access.details_for_coordinator(actor, intent_id, request.POST.get("why", "")[:200], now=request.now)
    found = access.intent(circle, actor, intent_id)
    return render(request, "aid/details.html", {"details": details, "intent": found})
