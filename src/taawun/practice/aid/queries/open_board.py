"""The open board as a coordinator may see it, what of it is no pair, and the plan for it.

What may not be a pair, and what a pair costs beside its distance, stands in ``board_arrays``. The solver is loaded when a
plan is asked for, and not with the pages: it brings a compiler along.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F

from taawun.community.circles.actor import Actor
from taawun.community.people.models import HiddenPair
from taawun.practice.aid import access
from taawun.practice.aid.models import Commitment, Intent, ProposedMatch
from taawun.practice.aid.queries.learning import Giving, Judging, giving, judging
from taawun.solve.matching.terms import Scored

if TYPE_CHECKING:
    from taawun.solve.matching.board import Proposal

COLUMNS = (
    "circle_id", "direction", "kind", "unit", "quantity", "taken", "done", "whole_only", "agent_id", "area_id", "cell",
    "starts_at", "ends_at", "weekdays", "from_minute", "to_minute", "urgency", "visibility", "state", "checked_at",
    "posted_at", "fresh_at", "expires_at", "agent__languages",
)  # fmt: skip
Pair = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Matched:
    """A request and an offer that the plan brings together, and why."""

    request: Intent
    offer: Intent
    quantity: int
    distance_km: float | None
    scored: Scored
    kept: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """What stays open of a request, and why: a code of ``wording.UNMET_REASONS``."""

    request: Intent
    quantity: int
    reason: str
    nearest_km: float | None = None
    largest: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    matches: list[Matched]
    missing: list[Missing]
    proposal: "Proposal | None"


@dataclass
class OpenBoard:
    """What is open for this coordinator, read in a bounded number of statements."""

    actor: Actor
    now: datetime
    requests: list[Intent]
    offers: list[Intent]
    # Filed, and nobody has looked at it yet: it is told, and not proposed.
    unchecked: list[Intent]
    judging: Judging
    giving: dict[uuid.UUID, Giving]
    forbidden: set[Pair]
    hidden: set[Pair]
    shown: set[Pair]

    def since_shown(self, matches: Sequence["Matched"]) -> dict[str, int]:
        """Return what changed since the last proposal: how many pairs are kept, new, over, or gave way to others."""
        there = {(one.request.id, one.offer.id) for one in matches}
        gone = self.shown - there
        rows, columns = {one.id for one in self.requests}, {one.id for one in self.offers}
        gave_way = sum(request in rows and offer in columns for request, offer in gone)
        kept = len(there & self.shown)
        return {"kept": kept, "new": len(there) - kept, "over": len(gone) - gave_way, "gave_way": gave_way}


def read(actor: Actor, *, previous_id: uuid.UUID | None, now: datetime, most: int | None = None) -> OpenBoard:
    """Read the board: eight statements. ``most``: only so many requests, the most urgent and longest waiting."""
    rows = access.visible_intents(actor.circle, actor).filter(state="open", expires_at__gt=now, taken__lt=F("quantity"))
    rows = rows.select_related("agent").only(*COLUMNS)
    requests = list(rows.filter(direction="request").order_by("-urgency", "posted_at", "id")[:most])
    unchecked = [one for one in requests if one.checked_at is None]
    requests = [one for one in requests if one.checked_at is not None]
    kinds = {one.kind for one in requests}
    offers = list(rows.filter(direction="offer", checked_at__isnull=False, kind__in=kinds).order_by("id"))
    for one in (*requests, *offers):
        # One circle for all of them: its zone is asked for each.
        one.circle = actor.circle
    return OpenBoard(
        actor, now, requests, offers, unchecked, judging(actor.circle), giving({one.agent_id for one in offers}, now),
        _rejected(actor) | _asked(actor), _hidden({one.agent_id for one in requests}), _shown(previous_id),
    )  # fmt: skip


def _shown(previous_id: uuid.UUID | None) -> set[Pair]:
    if previous_id is None:
        return set()
    return set(
        ProposedMatch.objects.filter(proposal_id=previous_id, state="open").values_list("request_id", "offer_id")
    )


def _rejected(actor: Actor) -> set[Pair]:
    """Return pairs somebody said no to, while both still say what they said then."""
    rows = (
        ProposedMatch.objects.filter(circle=actor.circle, state="rejected", request__state="open", offer__state="open")
        .select_related("request", "offer")
        .iterator(chunk_size=2000)
    )
    return {
        (one.request_id, one.offer_id)
        for one in rows
        if one.request.said == one.request_was and one.offer.said == one.offer_was
    }


def _asked(actor: Actor) -> set[Pair]:
    """Return pairs that were asked before: they wait for a yes, somebody said no, it is agreed or did not work."""
    rows = Commitment.objects.filter(circle=actor.circle, request__state="open", offer__isnull=False)
    # Where help arrived, more of the same is welcome.
    rows = rows.exclude(state__in=["delivered", "received"])
    return set(rows.values_list("request_id", "offer_id").distinct())


def _hidden(agent_ids: set[uuid.UUID]) -> set[Pair]:
    return set(HiddenPair.objects.filter(one_id__in=agent_ids).values_list("one_id", "other_id"))


def plan(board: OpenBoard, *, time_limit_seconds: float, progress: Callable[[], None] | None = None) -> Outcome:
    """Return the best plan found for the board, and what it cannot meet."""
    missing = [Missing(one, one.left, "unchecked") for one in board.unchecked]
    if not board.requests or not board.offers:
        return Outcome([], missing + [Missing(one, one.left, "nobody") for one in board.requests], None)
    from taawun.practice.aid.queries.board_arrays import solved

    found = solved(board, time_limit_seconds=time_limit_seconds, progress=progress)
    return Outcome(found.matches, missing + found.missing, found.proposal)
