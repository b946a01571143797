"""A proposal for the whole board as a coordinator looks through it: pages of pairs, and of needs that stay open."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Count, F

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.practice.aid import access
from taawun.practice.aid.models import Intent, Proposal, ProposedMatch, UnmetNeed
from taawun.solve.matching.terms import Fact, Term

PAGE = 40
SHOWN = ("open", "accepted", "rejected", "stale", "unmet")
ORDERS = {
    "urgent": ("place",),
    "near": (F("distance_m").asc(nulls_last=True), "place"),
    "kind": ("request__kind", "place"),
    "giver": ("offer__agent__name", "offer_id", "place"),
    "new": ("kept", "place"),
}
SIDES = ("request__area", "offer__area", "offer__agent", "decided_by")


@dataclass(frozen=True, slots=True)
class Line:
    """A pair to look at. ``stale``: why it can't be asked any more, where that is plain to see already."""

    match: ProposedMatch
    kind: CircleKind
    terms: tuple[Term, ...]
    stale: str

    @property
    def for_coordinators_only(self) -> bool:
        return self.match.request.visibility == "coordinators"


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A need that the proposal could not meet, or not whole."""

    unmet: UnmetNeed
    kind: CircleKind


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of a proposal. ``counts``: how many pairs in each state, and unmet needs."""

    proposal: Proposal
    counts: Mapping[str, int]
    # How many of the open pairs "all" asks: needs only coordinators see are asked one by one.
    all_count: int
    lines: Sequence[Line]
    unmet: Sequence[OpenLine]
    page: int
    more: bool


def latest(actor: Actor, proposal_id: uuid.UUID | None = None) -> Proposal | None:
    """Return the newest proposal, or the one that was named."""
    found = access.proposals(actor).select_related("made_by", "previous")
    if proposal_id is not None:
        found = found.filter(pk=proposal_id)
    return found.first()


def show(
    actor: Actor,
    proposal: Proposal,
    *,
    shown: str = "open",
    order: str = "urgent",
    kind: str = "",
    page: int = 0,
    limit: int = PAGE,
    now: datetime,
) -> Shown:
    """Return a page of a proposal: five statements, however much there is."""
    matches = access.visible_matches(actor, proposal)
    counted = dict(matches.order_by().values_list("state").annotate(Count("id")))
    unmet = UnmetNeed.objects.filter(proposal=proposal)
    if actor.hidden_ids:
        unmet = unmet.exclude(request__agent_id__in=actor.hidden_ids)
    counts = {one: counted.get(one, 0) for one in SHOWN} | {"unmet": unmet.count(), "chosen": counted.get("chosen", 0)}
    careful = matches.filter(state="open", request__visibility="coordinators").count() if counts["open"] else 0
    first, last = page * limit, (page + 1) * limit + 1
    lines: list[Line] = []
    missing: list[OpenLine] = []
    if shown == "unmet":
        if kind:
            unmet = unmet.filter(request__kind=kind)
        rows = unmet.select_related("request__area").order_by("place")[first:last]
        missing = [OpenLine(one, kinds.shown(actor.circle, one.request.kind)) for one in rows]
    else:
        found = matches.filter(state=shown).select_related(*SIDES).order_by(*ORDERS[order])
        if kind:
            found = found.filter(request__kind=kind)
        lines = [_line(actor, one, now) for one in found[first:last]]
    more = len(lines) > limit or len(missing) > limit
    return Shown(proposal, counts, counts["open"] - careful, lines[:limit], missing[:limit], page, more)


def _line(actor: Actor, match: ProposedMatch, now: datetime) -> Line:
    terms = tuple(_term(one) for one in match.terms)
    stale = match.reason if match.state == "stale" else _stale(match, now) if match.state == "open" else ""
    return Line(match, kinds.shown(actor.circle, match.request.kind), terms, stale)


def _stale(match: ProposedMatch, now: datetime) -> str:
    for side, was in ((match.request, match.request_was), (match.offer, match.offer_was)):
        if reason := _gone(side, match.quantity, now):
            return reason
        if side.said != was:
            return "changed"
    return ""


def _gone(side: Intent, quantity: int, now: datetime) -> str:
    if side.state in {"withdrawn", "fulfilled"}:
        return "closed"
    if side.state == "expired" or side.expires_at <= now:
        return "expired"
    return "claimed" if side.left < quantity else ""


def _term(stored: Mapping[str, Any]) -> Term:
    facts = {name: _fact(name, fact) for name, fact in stored["facts"].items()}
    return Term(stored["code"], stored["points"] / 1000, facts)


def _fact(name: str, fact: Any) -> Fact:
    if name == "fraction":
        return Fraction(fact)
    if name == "starts_at" and fact:
        return datetime.fromisoformat(fact)
    return tuple(fact) if isinstance(fact, list) else fact
