"""The whole board proposed at once, looked through by a coordinator, and accepted in part or all.

To accept a pair is to ask its giver, as a coordinator does one by one (``agreeing.propose``); nothing that was promised
moves. What has become stale since is told and passed over, and the rest is accepted all the same.
"""

import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.db import transaction
from django.db.models import QuerySet

from taawun.community.circles.actor import Actor
from taawun.ground.jobs.duties import queue
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access
from taawun.practice.aid.actions import agreeing
from taawun.practice.aid.models import Intent, Matching, Proposal, ProposedMatch, UnmetNeed
from taawun.practice.aid.queries import open_board
from taawun.practice.aid.queries.open_board import Matched, Missing, OpenBoard, Outcome
from taawun.solve.matching.terms import Fact, Scored

logger = logging.getLogger("taawun.aid")

# So many open needs and offers are matched while somebody waits for the page; more become work in the background.
AT_ONCE = 600
AT_ONCE_SECONDS = 2.0
# The first answer of a large board: the most urgent and longest waiting needs, so that there is something to look at.
FIRST = 2000
FIRST_SECONDS = 5.0
WHOLE_SECONDS = 90.0
# A worker that died leaves its proposal behind; after this long another may be made.
GIVEN_UP_AFTER = timedelta(minutes=15)
ACCEPTED_AT_ONCE = 100
WRITTEN_AT_ONCE = 2000

# Why a pair that was proposed can't be asked any more, by the refusal of asking it.
STALE = {
    "claim.gone": "claimed", "claim.too_much": "claimed", "intent.expired": "expired", "intent.closed": "closed",
    "claim.whole_only": "claimed", "claim.nothing": "claimed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of pairs: how many are asked now, which are stale, and how many are being asked in the background."""

    accepted: int = 0
    stale: int = 0
    queued: int = 0
    # Somebody else had decided these already.
    decided_before: int = 0


def start(actor: Actor, *, now: datetime) -> Proposal:
    """Propose who could help whom. One at a time: whoever asks while one is being made is led to it."""
    with transaction.atomic():
        proposals = access.proposals(actor)
        # Held to the end, so that two who press at once make one.
        Matching.objects.get_or_create(circle=actor.circle)
        rules = Matching.objects.select_for_update().get(circle=actor.circle)
        working = proposals.filter(state="working").first()
        if working is not None:
            if working.made_at > now - GIVEN_UP_AFTER:
                return working
            working.state = "failed"
            working.save(update_fields=["state"])
        made = Proposal.objects.create(
            circle=actor.circle, made_by_id=actor.agent_id, made_at=now, settings=rules.changes,
            previous=proposals.filter(ready_at__isnull=False).first(),
        )  # fmt: skip
        if _size(actor, now) > AT_ONCE:
            queue("aid.propose_board", proposal_id=str(made.id), circle_id=str(actor.circle.id))
            return made
        try:
            with transaction.atomic():
                board = open_board.read(actor, previous_id=made.previous_id, now=now)
                found = open_board.plan(board, time_limit_seconds=AT_ONCE_SECONDS)
                keep(actor, made.id, board, found, now=now, last=True)
        except Exception as error:  # noqa: BLE001  (as in the background: it is told, and can be tried again)
            logger.error("proposing a board failed: %s", type(error).__name__)
            made.state = "failed"
            made.save(update_fields=["state"])
        made.refresh_from_db()
    return made


def _size(actor: Actor, now: datetime) -> int:
    rows = access.visible_intents(actor.circle, actor).filter(state="open", expires_at__gt=now)
    return rows.values("id")[: AT_ONCE + 1].count()


def keep(
    actor: Actor, proposal_id: uuid.UUID, board: OpenBoard, outcome: Outcome, *, now: datetime, last: bool
) -> bool:
    """Write what was found in the place of an earlier answer. Where somebody has already decided on that, it stands.

    Returns whether it was written. ``last``: no better answer follows.
    """
    with transaction.atomic():
        proposal = access.proposal_to_decide(actor, proposal_id)
        begun = proposal.matches.exclude(state="open").exists()
        if not begun:
            proposal.matches.all().delete()
            proposal.unmet.all().delete()
            _write_matches(proposal, outcome.matches)
            _write_missing(proposal, outcome.missing)
            proposal.facts = _facts(board, outcome)
            proposal.ready_at = now
        if last:
            finish(actor, proposal, now=now)
        proposal.save(update_fields=["facts", "ready_at", "state", "done"])
    return not begun


def finish(actor: Actor, proposal: Proposal, *, now: datetime) -> None:
    """What is there is the answer. Pairs of older proposals that nobody decided on are forgotten."""
    proposal.state = "ready" if proposal.ready_at else "failed"
    proposal.done = 100
    proposal.save(update_fields=["state", "done"])
    older = Proposal.objects.filter(circle=actor.circle).exclude(pk__in=[proposal.id, proposal.previous_id])
    ProposedMatch.objects.filter(proposal__in=older, state__in=["open", "stale"]).delete()
    UnmetNeed.objects.filter(proposal__in=older).delete()
    _tell(actor, "proposal.made", proposal, {"matches": int(proposal.facts.get("matches", 0))}, now=now)


def _tell(actor: Actor, name: str, proposal: Proposal, data: Mapping[str, object], *, now: datetime) -> None:
    record.append(
        actor.circle.id, name, actor_id=actor.agent_id, subject_id=proposal.id, data=data, now=now,
        audience=Audience.COORDINATORS, topics=[f"proposal:{proposal.id}"],
    )  # fmt: skip


def _write_matches(proposal: Proposal, matches: Iterable[Matched]) -> None:
    ordered = sorted(
        matches, key=lambda one: (-one.request.urgency, one.request.posted_at, one.request.id, one.offer.id)
    )
    rows = (
        ProposedMatch(
            circle_id=proposal.circle_id, proposal=proposal, request_id=one.request.id, offer_id=one.offer.id,
            place=place, quantity=one.quantity, kept=one.kept, terms=told(one.scored), request_was=one.request.said,
            offer_was=one.offer.said, distance_m=None if one.distance_km is None else round(one.distance_km * 1000),
        )
        for place, one in enumerate(ordered)
    )  # fmt: skip
    ProposedMatch.objects.bulk_create(rows, batch_size=WRITTEN_AT_ONCE)


def _write_missing(proposal: Proposal, missing: Iterable[Missing]) -> None:
    ordered = sorted(missing, key=lambda one: (-one.request.urgency, one.request.posted_at, one.request.id))
    rows = (
        UnmetNeed(
            circle_id=proposal.circle_id, proposal=proposal, request_id=one.request.id, place=place,
            quantity=one.quantity, reason=one.reason, largest=one.largest,
            nearest_m=None if one.nearest_km is None else round(one.nearest_km * 1000),
        )
        for place, one in enumerate(ordered)
    )  # fmt: skip
    UnmetNeed.objects.bulk_create(rows, batch_size=WRITTEN_AT_ONCE)


def told(scored: Scored) -> list[dict[str, object]]:
    """Write the terms of a match as they are stored: points in thousandths, facts as JSON holds them."""
    return [
        {
            "code": term.code,
            "points": round(term.points * 1000),
            "facts": {name: _stored(fact) for name, fact in term.facts.items()},
        }
        for term in scored.terms
    ]


def _stored(fact: Fact) -> object:
    if isinstance(fact, Fraction):
        return f"{fact.numerator}/{fact.denominator}"
    if isinstance(fact, datetime):
        return fact.isoformat()
    return list(fact) if isinstance(fact, tuple) else fact


def _facts(board: OpenBoard, outcome: Outcome) -> dict[str, object]:
    missing = {one.request.id for one in outcome.missing}
    met = {one.request.id for one in outcome.matches}
    known = [one.distance_km for one in outcome.matches if one.distance_km is not None]
    found = outcome.proposal
    gap = found.gap if found is not None else None
    return {
        "requests": len(board.requests) + len(board.unchecked),
        "offers": len(board.offers),
        "matches": len(outcome.matches),
        "whole": len(met - missing),
        "part": len(met & missing),
        "unmet": len(missing - met),
        "travel_m": round(sum(known) * 1000),
        "unknown": len(outcome.matches) - len(known),
        "gap": gap.term if gap is not None else None,
        # In millionths, rounded up: what is promised to be the most must be.
        "gap_millionths": -int(-(gap.fraction * 1_000_000) // 1) if gap is not None else 0,
        "complete": found is None or found.complete,
        "since": board.since_shown(outcome.matches) if board.shown else None,
    }


def stop(actor: Actor, proposal_id: uuid.UUID, *, now: datetime) -> Proposal:
    """Good enough: what has been found is the answer. Before anything was found there is none."""
    with transaction.atomic():
        proposal = access.proposal_to_decide(actor, proposal_id)
        if proposal.state == "working":
            proposal.stopped = True
            proposal.save(update_fields=["stopped"])
            if proposal.ready_at is not None:
                finish(actor, proposal, now=now)
    return proposal


def accept(actor: Actor, proposal_id: uuid.UUID, match_ids: Sequence[uuid.UUID] | None, *, now: datetime) -> Decided:
    """Ask the givers of these pairs, or of all that are open.

    All but one thing: a need that only coordinators see is asked about one by one, by somebody who has looked at it.
    """
    with transaction.atomic():
        proposal = access.proposal_to_decide(actor, proposal_id)
        rows = access.visible_matches(actor, proposal).filter(state="open")
        before = 0
        if match_ids is None:
            rows = rows.exclude(request__visibility="coordinators")
        else:
            rows = rows.filter(pk__in=match_ids)
            before = _known(actor, proposal, match_ids) - rows.count()
        count = rows.count()
        if count > ACCEPTED_AT_ONCE:
            rows.update(state="chosen", decided_by_id=actor.agent_id, decided_at=now)
            queue("aid.accept_chosen", proposal_id=str(proposal.id), circle_id=str(actor.circle.id))
            return Decided(queued=count, decided_before=before)
        accepted, stale = _accept(actor, proposal, rows, now=now)
    return Decided(accepted, stale, decided_before=before)


def _known(actor: Actor, proposal: Proposal, match_ids: Sequence[uuid.UUID]) -> int:
    known = access.visible_matches(actor, proposal).filter(pk__in=match_ids).count()
    if known != len(set(match_ids)):
        raise Refusal("match.unknown", "match")
    return known


def accept_chosen(actor: Actor, proposal_id: uuid.UUID, *, now: datetime) -> int:
    """Ask the next givers of those that were chosen; returns how many are still to be asked."""
    with transaction.atomic():
        proposal = access.proposal_to_decide(actor, proposal_id)
        rows = proposal.matches.filter(state="chosen", decided_by_id=actor.agent_id)
        some = list(rows.order_by("place").values_list("pk", flat=True)[:ACCEPTED_AT_ONCE])
        _accept(actor, proposal, rows.filter(pk__in=some), now=now)
        return rows.count()


def _accept(actor: Actor, proposal: Proposal, rows: QuerySet[ProposedMatch], *, now: datetime) -> tuple[int, int]:
    matches = list(rows.order_by("place"))
    # All at once and in the order of their ids: whoever takes one of them meanwhile waits, and never in a ring.
    intents = access.lock_intents(actor.circle, *{side for one in matches for side in (one.request_id, one.offer_id)})
    for one in matches:
        _ask(actor, one, intents, now=now)
    ProposedMatch.objects.bulk_update(matches, ["state", "reason", "commitment", "decided_by", "decided_at"])
    accepted = sum(one.state == "accepted" for one in matches)
    if matches:
        counts = {"accepted": accepted, "stale": len(matches) - accepted}
        _tell(actor, "proposal.accepted", proposal, counts, now=now)
    return accepted, len(matches) - accepted


def _ask(actor: Actor, match: ProposedMatch, intents: Mapping[uuid.UUID, Intent], *, now: datetime) -> None:
    """Ask the giver of one pair, or say why it can't be asked any more."""
    match.decided_by_id, match.decided_at = actor.agent_id, now
    if intents[match.request_id].said != match.request_was or intents[match.offer_id].said != match.offer_was:
        match.state, match.reason = "stale", "changed"
        return
    try:
        with transaction.atomic():
            made = agreeing.propose(actor, match.request_id, match.offer_id, quantity=match.quantity, now=now)
    except Refusal as refusal:
        # Also what is hidden from her or them by now: it is not said why.
        match.state, match.reason = "stale", STALE.get(refusal.code, "impossible")
        return
    match.state, match.commitment = "accepted", made


def reject(actor: Actor, proposal_id: uuid.UUID, match_ids: Sequence[uuid.UUID], *, now: datetime) -> int:
    """Say no to pairs: they are not proposed again unless what one of the two says has changed."""
    return _turn(actor, proposal_id, match_ids, "open", "rejected", now=now)


def take_back(actor: Actor, proposal_id: uuid.UUID, match_ids: Sequence[uuid.UUID], *, now: datetime) -> int:
    """Take a no back: the pair is open again."""
    return _turn(actor, proposal_id, match_ids, "rejected", "open", now=now)


def _turn(
    actor: Actor, proposal_id: uuid.UUID, match_ids: Sequence[uuid.UUID], before: str, after: str, *, now: datetime
) -> int:
    with transaction.atomic():
        proposal = access.proposal_to_decide(actor, proposal_id)
        _known(actor, proposal, match_ids)
        rows = proposal.matches.filter(pk__in=match_ids)
        turned = rows.filter(state=before).update(state=after, decided_by_id=actor.agent_id, decided_at=now)
        if not turned and rows.exclude(state=after).exists():
            raise Refusal.conflict("match.decided", "match")
        if turned:
            _tell(
                actor,
                f"proposal.{'rejected' if after == 'rejected' else 'taken_back'}",
                proposal,
                {"matches": turned},
                now=now,
            )
    return turned


def put_back(proposal_id: uuid.UUID, agent_id: uuid.UUID) -> None:
    """What somebody chose and could not ask is open again."""
    ProposedMatch.objects.filter(proposal_id=proposal_id, state="chosen", decided_by_id=agent_id).update(
        state="open", decided_by=None, decided_at=None
    )
