"""Match the board over the API: propose for all that is open, look through it, accept in part or all; and the rules."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from taawun.community.circles.actor import Actor
from taawun.community.circles.api import as_coordinator, as_member
from taawun.community.people.api.shapes import Answer, Body, Flag, Id, Line, Named, Page, Quantity, Slug
from taawun.community.people.api.tokens import READS, WRITES, ApiRequest
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, match_wording, matching_rules, wording
from taawun.practice.aid.actions import matching, proposing
from taawun.practice.aid.api.told import KindNamed
from taawun.practice.aid.matching_rules import Rules
from taawun.practice.aid.models import Proposal
from taawun.practice.aid.queries import learning
from taawun.practice.aid.queries import proposals as queries

router = Router(tags=["matches"])
MATCHES = "/circles/{slug}/matches"
IDS_MOST = 1000


class SinceFacts(Answer):
    """What changed since the proposal before, in pairs."""

    kept: int
    new: int
    over: int
    gave_way: int


class ProposalFacts(Answer):
    """A proposal for the whole board. Nobody is asked by it."""

    id: uuid.UUID
    state: str = Field(description="working, ready or failed. While it works a first answer may be there already.")
    done_percent: int
    made_at: datetime
    ready_at: datetime | None
    requests: int
    offers: int
    matches: int
    met_whole: int
    met_part: int
    unmet: int
    travel_km: float = Field(description="All known ways together, between the middles of public cells")
    gap: str | None = Field(
        description="In what a better plan might exist: met_…, travel or another; null when none does"
    )
    gap_at_most: float = Field(description="How much better at most, as a share")
    complete: bool
    since: SinceFacts | None
    summary: list[str] = Field(description="The same in sentences")


class Reason(Answer):
    """One term of a match: its code and the points it brought."""

    code: str
    points: float


class MatchFacts(Answer):
    """A request and an offer that are proposed to each other, and why. Who needs help is not named."""

    id: uuid.UUID
    state: str = Field(description="open, chosen, accepted, rejected or stale")
    request: uuid.UUID
    offer: uuid.UUID
    giver: Named
    kind: KindNamed
    quantity: Quantity
    distance_km: float | None
    terms: list[Reason]
    reasons: list[str]
    kept: bool = Field(description="It was in the proposal before as well")
    coordinators_only: bool = Field(description="Only coordinators see the need; it is never among “all”")
    stale: str | None = Field(
        description="Why it can't be asked any more: claimed, closed, expired, changed or impossible"
    )
    stale_text: str | None
    commitment: uuid.UUID | None


class UnmetFacts(Answer):
    """What stays open of a need, and why."""

    request: uuid.UUID
    kind: KindNamed
    quantity: Quantity
    reason: str
    text: str


class DecidedFacts(Answer):
    """What became of it: how many givers are asked, how many pairs came too late, how many are being asked in the
    background, and how many had been decided before."""

    accepted: int
    stale: int
    queued: int
    decided_before: int
    text: str


class SettingFacts(Answer):
    """One setting of how matches are judged."""

    code: str
    section: str
    name: str
    hint: str
    value: str
    default: str
    least: str
    most: str
    unit: str = Field(description="points, km, days, tasks, offers; empty for yes (1) or no (0)")


class MatchingFacts(Answer):
    """How matches are judged here, and what the circle's history taught."""

    settings: list[SettingFacts]
    learnt: list[str]


class RecordFacts(Answer):
    """How somebody's promises of the last half year ended; between them and coordinators."""

    kept: int
    late: int
    could_not: int
    silent: int


class MatchFilters(Body):
    """Which pairs, in which order. ``page`` counts from 0."""

    state: Literal["open", "accepted", "rejected", "stale"] = "open"
    order: Literal["urgent", "near", "kind", "giver", "new"] = "urgent"
    kind: Line = ""
    page: int = Field(0, ge=0, le=5000)


class UnmetFilters(Body):
    """Which of the unmet needs."""

    kind: Line = ""
    page: int = Field(0, ge=0, le=5000)


class AcceptMatchesIn(Body):
    """The pairs whose givers are asked, or ``all`` that are open."""

    matches: list[Id] = Field(default=[], max_length=IDS_MOST)
    all: Flag = False


class MatchesIn(Body):
    """Pairs."""

    matches: list[Id] = Field(min_length=1, max_length=IDS_MOST)


class MatchingIn(Body):
    """Settings to change, each a decimal text by its code. What is not named stays."""

    settings: dict[Line, Line] = Field(max_length=60)


def _facts(proposal: Proposal) -> ProposalFacts:
    facts = proposal.facts
    return ProposalFacts(
        id=proposal.id,
        state=proposal.state,
        done_percent=proposal.done,
        made_at=proposal.made_at,
        ready_at=proposal.ready_at,
        requests=facts.get("requests", 0),
        offers=facts.get("offers", 0),
        matches=facts.get("matches", 0),
        met_whole=facts.get("whole", 0),
        met_part=facts.get("part", 0),
        unmet=facts.get("unmet", 0),
        travel_km=facts.get("travel_m", 0) / 1000,
        gap=facts.get("gap"),
        gap_at_most=facts.get("gap_millionths", 0) / 1_000_000,
        complete=facts.get("complete", True),
        since=SinceFacts(**facts["since"]) if facts.get("since") else None,
        summary=match_wording.summary(facts) if proposal.ready_at else [],
    )


def _match(line: queries.Line, now: datetime) -> MatchFacts:
    match = line.match
    return MatchFacts(
        id=match.id,
        state=match.state,
        request=match.request_id,
        offer=match.offer_id,
        giver=Named(id=match.offer.agent_id, name=match.offer.agent.shown),
        kind=KindNamed(code=line.kind.code, name=line.kind.name, icon=line.kind.icon),
        quantity=Quantity.of(match.quantity, match.request.unit),
        distance_km=None if match.distance_m is None else round(match.distance_m / 1000, 1),
        terms=[Reason(code=one.code, points=one.points) for one in line.terms],
        reasons=wording.reasons_of(line.terms, now),
        kept=match.kept,
        coordinators_only=line.for_coordinators_only,
        stale=line.stale or None,
        stale_text=str(match_wording.STALE_REASONS[line.stale]) if line.stale else None,
        commitment=match.commitment_id,
    )


def _one(actor: Actor, proposal_id: uuid.UUID) -> Proposal:
    found = queries.latest(actor, proposal_id)
    if found is None:
        raise Refusal.not_found()
    return found


@router.get(
    MATCHES, auth=READS, response=Page[ProposalFacts], operation_id="list_proposals", summary="Proposals for the board"
)
def list_proposals(request: ApiRequest, slug: Slug) -> Page[ProposalFacts]:
    """Return the last proposals for the whole board, the newest first, for coordinators."""
    with as_coordinator(request, slug) as (_circle, actor, _now):
        return Page[ProposalFacts](items=[_facts(one) for one in access.proposals(actor)[:10]])


@router.post(MATCHES, auth=WRITES, response=ProposalFacts, operation_id="propose_board", summary="Match the board")
def propose_board(request: ApiRequest, slug: Slug) -> ProposalFacts:
    """Propose who could help whom, for everything that is open. A large board is worked on in the background: ask again
    for how far it is. While one is being made, that one is answered."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return _facts(proposing.start(actor, now=now))


@router.get(
    MATCHES + "/{proposal_id}", auth=READS, response=ProposalFacts, operation_id="proposal", summary="One proposal"
)
def one_proposal(request: ApiRequest, slug: Slug, proposal_id: Id) -> ProposalFacts:
    """Return how far a proposal is, what it meets, and how much better a plan could be at most."""
    with as_coordinator(request, slug) as (_circle, actor, _now):
        return _facts(_one(actor, proposal_id))


@router.get(
    MATCHES + "/{proposal_id}/pairs",
    auth=READS,
    response=Page[MatchFacts],
    operation_id="list_matches",
    summary="The pairs of a proposal",
)
def list_matches(
    request: ApiRequest, slug: Slug, proposal_id: Id, filters: Annotated[MatchFilters, Query()]
) -> Page[MatchFacts]:
    """Return a page of pairs with the reasons for each. ``next`` is the number of the page after it."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        found = queries.show(
            actor, _one(actor, proposal_id), shown=filters.state, order=filters.order, kind=filters.kind[:60],
            page=filters.page, now=now,
        )  # fmt: skip
        return Page[MatchFacts](
            items=[_match(one, now) for one in found.lines], next=str(filters.page + 1) if found.more else None
        )


@router.get(
    MATCHES + "/{proposal_id}/unmet",
    auth=READS,
    response=Page[UnmetFacts],
    operation_id="list_unmet",
    summary="What stays open, and why",
)
def list_unmet(
    request: ApiRequest, slug: Slug, proposal_id: Id, filters: Annotated[UnmetFilters, Query()]
) -> Page[UnmetFacts]:
    """Return needs that the proposal does not meet, or not whole, with the reason for each."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        proposal = _one(actor, proposal_id)
        radius_km = Rules(proposal.settings).value("radius_km")
        found = queries.show(actor, proposal, shown="unmet", kind=filters.kind[:60], page=filters.page, now=now)
        items = [
            UnmetFacts(
                request=one.unmet.request_id,
                kind=KindNamed(code=one.kind.code, name=one.kind.name, icon=one.kind.icon),
                quantity=Quantity.of(one.unmet.quantity, one.unmet.request.unit),
                reason=one.unmet.reason,
                text=match_wording.why_unmet(one.unmet, radius_km),
            )
            for one in found.unmet
        ]
        return Page[UnmetFacts](items=items, next=str(filters.page + 1) if found.more else None)


@router.post(
    MATCHES + "/{proposal_id}/accept",
    auth=WRITES,
    response=DecidedFacts,
    operation_id="accept_matches",
    summary="Have givers asked",
)
def accept_matches(request: ApiRequest, slug: Slug, proposal_id: Id, said: AcceptMatchesIn) -> DecidedFacts:
    """Ask the givers of some pairs, or of all that are open. What became stale is left out, the rest is asked."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        if bool(said.matches) == said.all:
            raise Refusal("match.none", "matches")
        made = proposing.accept(actor, proposal_id, None if said.all else said.matches, now=now)
        told = match_wording.decided(made.accepted, made.stale, made.queued, made.decided_before)
        return DecidedFacts(
            accepted=made.accepted, stale=made.stale, queued=made.queued, decided_before=made.decided_before,
            text=" ".join(told),
        )  # fmt: skip


@router.post(
    MATCHES + "/{proposal_id}/reject",
    auth=WRITES,
    response=ProposalFacts,
    operation_id="reject_matches",
    summary="Say no to pairs",
)
def reject_matches(request: ApiRequest, slug: Slug, proposal_id: Id, said: MatchesIn) -> ProposalFacts:
    """Say no to pairs: they are not proposed again unless what one of the two says has changed."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        proposing.reject(actor, proposal_id, said.matches, now=now)
        return _facts(_one(actor, proposal_id))


@router.post(
    MATCHES + "/{proposal_id}/take-back",
    auth=WRITES,
    response=ProposalFacts,
    operation_id="take_back_rejection",
    summary="Take a no back",
)
def take_back_rejection(request: ApiRequest, slug: Slug, proposal_id: Id, said: MatchesIn) -> ProposalFacts:
    """Take a no to pairs back."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        proposing.take_back(actor, proposal_id, said.matches, now=now)
        return _facts(_one(actor, proposal_id))


@router.post(
    MATCHES + "/{proposal_id}/stop",
    auth=WRITES,
    response=ProposalFacts,
    operation_id="stop_proposing",
    summary="Good enough",
)
def stop_proposing(request: ApiRequest, slug: Slug, proposal_id: Id) -> ProposalFacts:
    """Stop looking: what has been found by now is the answer."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return _facts(proposing.stop(actor, proposal_id, now=now))


def _settings(rules: Rules, learnt: learning.Learnt) -> MatchingFacts:
    plain = matching_rules.plain
    return MatchingFacts(
        settings=[
            SettingFacts(
                code=one.code, section=one.section, name=str(match_wording.SETTINGS[one.code][0]),
                hint=str(match_wording.SETTINGS[one.code][1]), value=plain(rules.value(one.code)),
                default=plain(one.default),
                least=plain(one.least), most=plain(one.most), unit=one.unit,
            )
            for one in matching_rules.SETTINGS
        ],
        learnt=match_wording.learnt(learnt),
    )  # fmt: skip


@router.get(
    "/circles/{slug}/matching",
    auth=READS,
    response=MatchingFacts,
    operation_id="matching",
    summary="How matches are judged",
)
def matching_settings(request: ApiRequest, slug: Slug) -> MatchingFacts:
    """Return every setting with its default and bounds, and what the circle's history taught, for members."""
    with as_member(request, slug) as (circle, _actor, _now):
        return _settings(learning.judging(circle).rules, learning.learnt(circle))


@router.post(
    "/circles/{slug}/matching",
    auth=WRITES,
    response=MatchingFacts,
    operation_id="change_matching",
    summary="Change how matches are judged",
)
def change_matching(request: ApiRequest, slug: Slug, wanted: MatchingIn) -> MatchingFacts:
    """Change settings, as a coordinator: all that are named, or none. What changed is on the record of every member."""
    with as_coordinator(request, slug) as (circle, actor, now):
        return _settings(matching.change_rules(actor, wanted.settings, now=now), learning.learnt(circle))


@router.get(
    "/circles/{slug}/members/{agent_id}/record",
    auth=READS,
    response=RecordFacts,
    operation_id="member_record",
    summary="How promises ended",
)
def member_record(request: ApiRequest, slug: Slug, agent_id: Id) -> RecordFacts:
    """Return how somebody's promises ended: to herself, who acts for her, and coordinators; to nobody else."""
    with as_member(request, slug) as (circle, actor, now):
        if not access.may_read_record(actor, agent_id):
            raise Refusal.not_found()
        access.agent_named(circle, agent_id)
        found = learning.record(circle, agent_id, now=now)
        return RecordFacts(kept=found.happened, late=found.late, could_not=found.could_not, silent=found.silent)
