"""Plain lists over the API: what can I do near me, who waits, what is mine, who looked, and how it lies over the map."""

from datetime import datetime
from typing import Annotated

from ninja import Query, Router
from pydantic import Field

from taawun.community.circles.api import as_member, as_visitor
from taawun.community.people.api.shapes import Answer, Body, Named, Page, Slug, Word
from taawun.community.people.api.tokens import READS, READS_PUBLIC, ApiRequest
from taawun.practice.aid import queries
from taawun.practice.aid.api.told import (
    Cell,
    CommitmentFacts,
    IntentFacts,
    cell_facts,
    commitment_facts,
    intent_facts,
)
from taawun.practice.aid.queries.mine import Promise

router = Router(tags=["lists"])


class NearFilters(Body):
    """What of the needs nearby is asked for."""

    kind: list[Word] = Field([], max_length=50, description="Only these kinds")


class NearFacts(Answer):
    """A need, and how far its public cell lies from the caller's; null when either is unknown."""

    intent: IntentFacts
    distance_km: float | None


class MineFacts(Answer):
    """What is the caller's own in one circle."""

    to_answer: list[CommitmentFacts]
    promised: list[CommitmentFacts]
    coming: list[CommitmentFacts]
    ended: list[CommitmentFacts]
    intents: list[IntentFacts]


class LookFacts(Answer):
    """Somebody opened the caller's sealed data."""

    who: str
    fields: list[str]
    why: str
    at: datetime


class CellFacts(Answer):
    """How much is open in one public cell."""

    cell: Cell
    requests: int
    offers: int
    urgent: int


class AreaFacts(Answer):
    """A named area and its cell."""

    area: Named
    cell: Cell


class PlacesFacts(Answer):
    """Open needs and offers by public cell, and the circle's named areas."""

    cells: list[CellFacts]
    areas: list[AreaFacts]


@router.get(
    "/circles/{slug}/near", auth=READS, response=Page[NearFacts], operation_id="list_near",
    summary="What can I do now, near me",
)
def list_near(
    request: ApiRequest, slug: Slug, filters: Annotated[NearFilters, Query()]
) -> Page[NearFacts]:
    """Return open needs a member can take now, the most urgent and then the nearest first."""
    with as_member(request, slug) as (_circle, actor, now):
        lines = queries.near(actor, kinds=frozenset(filters.kind), now=now)
        items = [
            NearFacts(
                intent=intent_facts(one.card, now=now),
                distance_km=None if one.distance_km is None else round(one.distance_km, 1),
            )
            for one in lines
        ]
        return Page[NearFacts](items=items)


@router.get(
    "/circles/{slug}/waiting", auth=READS, response=Page[IntentFacts], operation_id="list_waiting",
    summary="Who has not been helped",
)
def list_waiting(request: ApiRequest, slug: Slug) -> Page[IntentFacts]:
    """Return needs nobody is on, longest waiting first within each urgency."""
    with as_member(request, slug) as (circle, actor, now):
        shown = queries.waiting(circle, actor, now=now)
        return Page[IntentFacts](items=[intent_facts(one, now=now) for one in shown])


@router.get("/circles/{slug}/mine", auth=READS, response=MineFacts, operation_id="mine", summary="What is mine")
def mine(request: ApiRequest, slug: Slug) -> MineFacts:
    """Return what waits for the caller's answer, what was promised, what is coming, what ended, and own intents."""
    with as_member(request, slug) as (_circle, actor, now):
        own = queries.mine(actor, now=now)

        def told(promises: list[Promise]) -> list[CommitmentFacts]:
            return [commitment_facts(one, actor, now=now) for one in promises]

        return MineFacts(
            to_answer=told(own.to_answer),
            promised=told(own.promised),
            coming=told(own.coming),
            ended=told(own.ended),
            intents=[intent_facts(one, now=now) for one in own.intents],
        )


@router.get(
    "/circles/{slug}/looks", auth=READS, response=Page[LookFacts], operation_id="list_looks", summary="Who looked at my data"
)
def list_looks(request: ApiRequest, slug: Slug) -> Page[LookFacts]:
    """Return who opened the sealed data of the caller and of those she acts for, newest first."""
    with as_member(request, slug) as (circle, actor, _now):
        looks = queries.looks_at(circle.id, list(actor.own_ids))
        return Page[LookFacts](items=[LookFacts(who=one.who, fields=one.fields, why=one.why, at=one.at) for one in looks])


@router.get(
    "/circles/{slug}/places", auth=READS_PUBLIC, response=PlacesFacts, operation_id="places", summary="The map, in figures"
)
def places(request: ApiRequest, slug: Slug) -> PlacesFacts:
    """Return counts of what is open by public cell."""
    with as_visitor(request, slug) as (circle, actor, _now):
        counted, areas = queries.places(circle, actor)
        return PlacesFacts(
            cells=[
                CellFacts(cell=cell_facts(one.cell), requests=one.requests, offers=one.offers, urgent=one.urgent)
                for one in counted
            ],
            areas=[
                AreaFacts(area=Named(id=one.id, name=one.name), cell=cell_facts(one.cell))
                for one in areas
                if one.cell is not None
            ],
        )
