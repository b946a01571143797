"""Match the board: a proposal for everything that is open, looked through by a coordinator, accepted in part or all."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from taawun.community.circles import kinds
from taawun.community.circles.access import open_for_coordinator
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, run_once
from taawun.community.circles.models import Circle
from taawun.ground.site import parts
from taawun.ground.values.ids import parse_id
from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.formats import format_number
from taawun.practice.aid import match_wording, rules, showing, wording
from taawun.practice.aid.actions import proposing
from taawun.practice.aid.matching_rules import Rules
from taawun.practice.aid.models import Intent, Proposal
from taawun.practice.aid.queries import proposals as queries

PAGES_MOST = 5000


@require_safe
@circle_page(access=open_for_coordinator)
def matches(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Show the newest proposal, a page of it, with what it meets and what not."""
    return _show(request, circle, actor)


def _show(request: CircleRequest, circle: Circle, actor: Actor, *, wrong: str = "", status: int = 200) -> HttpResponse:
    proposal = queries.latest(actor)
    context: dict[str, Any] = {"proposal": proposal, "wrong": wrong}
    if proposal is not None:
        context |= {"working": proposal.state == "working", "done": proposal.done}
        context["share"] = _("%(number)s %%") % {"number": format_number(proposal.done)}
        if request.headers.get("HX-Request") == "true":
            return render(request, "aid/matches_working.html", context)
        context |= _looked_at(request, circle, actor, proposal)
    return render(request, "aid/matches.html", context, status=status)


def _looked_at(request: CircleRequest, circle: Circle, actor: Actor, proposal: Proposal) -> dict[str, Any]:
    asked = request.GET
    shown = asked.get("show", "open")
    shown = shown if shown in queries.SHOWN else "open"
    order = asked.get("order", "urgent")
    order = order if order in queries.ORDERS else "urgent"
    kind = asked.get("kind", "")[:60]
    page = (
        min(int(asked["page"]), PAGES_MOST)
        if asked.get("page", "").isascii() and asked.get("page", "").isdigit()
        else 0
    )
    found = queries.show(actor, proposal, shown=shown, order=order, kind=kind, page=page, now=request.now)
    here = {"show": shown, "order": order, "kind": kind}

    def to(**changes: str) -> str:
        usual = {"show": "open", "order": "urgent", "kind": "", "page": "0"}
        kept = {name: text for name, text in (here | changes).items() if text != usual[name]}
        return f"{request.path}?{urlencode(kept)}" if kept else request.path

    radius_km = Rules(proposal.settings).value("radius_km")
    return {
        "summary": match_wording.summary(proposal.facts) if proposal.ready_at else [],
        "since": match_wording.since(proposal),
        "shown": shown,
        "counts": found.counts,
        "all_count": found.all_count,
        "asking": found.counts["chosen"],
        "lines": [_line(circle, one, request) for one in found.lines],
        "unmet": [
            {"intent": one.unmet.request, "kind": one.kind, "unmet": one.unmet, "urgency": _urgency(one.unmet.request),
             "url": showing.url("intent", circle, one.unmet.request_id),
             "why": match_wording.why_unmet(one.unmet, radius_km)}
            for one in found.unmet
        ],
        "tabs": [
            parts.Link(match_wording.STATES[state], to(show=state), current=state == shown, count=found.counts[state])
            for state in queries.SHOWN
        ],
        "orders": [
            parts.Link(label, to(order=code), current=code == order) for code, label in match_wording.ORDERS.items()
        ] if shown != "unmet" else [],
        "kind_chosen": kinds.shown(circle, kind).name if kind else "",
        "no_kind": to(kind=""),
        "newer": to(page=str(page - 1)) if page else "",
        "older": to(page=str(page + 1)) if found.more else "",
        "again": request.GET.urlencode(),
    }  # fmt: skip


def _urgency(intent: Intent) -> str:
    return wording.URGENCY_NAMES[rules.Urgency(intent.urgency)]


def _line(circle: Circle, line: queries.Line, request: CircleRequest) -> dict[str, Any]:
    match = line.match
    return {
        "match": match,
        "kind": line.kind,
        "kind_url": f"{request.path}?{urlencode({'kind': match.request.kind})}",
        "urgency": _urgency(match.request),
        "request_url": showing.url("intent", circle, match.request_id),
        "offer_url": showing.url("intent", circle, match.offer_id),
        "promise_url": showing.url("commitment", circle, match.commitment_id) if match.commitment_id else "",
        "request_when": wording.when(match.request, request.now),
        "offer_when": wording.when(match.offer, request.now),
        "reasons": wording.reasons_of(line.terms, request.now),
        "stale": match_wording.STALE_REASONS.get(line.stale, ""),
        "careful": line.for_coordinators_only,
    }


@require_POST
@circle_page(access=open_for_coordinator)
def propose(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Propose anew. What was accepted stays, what was looked at moves as little as can be."""

    def act() -> str:
        proposing.start(actor, now=request.now)
        return reverse("aid:matches", args=[circle.slug])

    return HttpResponseRedirect(run_once(request, actor, "aid.propose_board", act))


@require_POST
@circle_page(access=open_for_coordinator)
def stop(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Good enough: what has been found by now is the answer."""

    def act() -> str:
        proposing.stop(actor, _proposal_id(request), now=request.now)
        return reverse("aid:matches", args=[circle.slug])

    return HttpResponseRedirect(run_once(request, actor, "aid.stop_proposing", act))


@require_POST
@circle_page(access=open_for_coordinator)
def decide(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Ask the givers of one pair, of those that are ticked, or of all; or say no to a pair."""
    try:
        return HttpResponseRedirect(run_once(request, actor, "aid.decide_matches", lambda: _decide(request, actor)))
    except Refusal as refusal:
        if refusal.status not in {409, 422}:
            raise
        return _show(request, circle, actor, wrong=sentence(refusal), status=refusal.status)


def _proposal_id(request: CircleRequest) -> uuid.UUID:
    return _ids([request.POST.get("proposal", "")])[0]


def _decide(request: CircleRequest, actor: Actor) -> str:
    sent, proposal_id = request.POST, _proposal_id(request)
    back = f"{reverse('aid:matches', args=[actor.circle.slug])}?{sent.get('again', '')[:300]}".rstrip("?")
    if sent.get("no"):
        proposing.reject(actor, proposal_id, _ids([sent["no"]]), now=request.now)
        messages.success(request, _("Noted: these two are not proposed again, unless one of them changes."))
    elif sent.get("back"):
        proposing.take_back(actor, proposal_id, _ids([sent["back"]]), now=request.now)
        messages.success(request, _("The no is taken back."))
    else:
        wanted = None if sent.get("do") == "all" else _ids([sent["one"]] if sent.get("one") else sent.getlist("match"))
        made = proposing.accept(actor, proposal_id, wanted, now=request.now)
        told = match_wording.decided(made.accepted, made.stale, made.queued, made.decided_before)
        level = messages.warning if made.stale or made.decided_before else messages.success
        level(request, " ".join(told))
    return back


def _ids(texts: list[str]) -> list[uuid.UUID]:
    found = [one for one in (parse_id(text) for text in texts) if one is not None]
    if not found or len(found) != len(texts):
        raise Refusal("match.none" if not texts else "match.unknown", "match")
    return found
