"""The same person, the same need, twice, over the API: pairs, what was decided of them, and who is like somebody."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from taawun.community.circles.api import as_coordinator, as_member
from taawun.community.circles.likeness import finding, pairs
from taawun.community.circles.likeness.wording import REASONS
from taawun.community.people.api.shapes import Answer, Body, Id, Line, Page, Paragraph, Slug
from taawun.community.people.api.tokens import OPENS, READS, WRITES, ApiRequest
from taawun.community.people.identity import parse_address
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import wording
from taawun.practice.aid.actions import repeating
from taawun.practice.aid.queries import twice

router = Router(tags=["twice"])
PERSONS = "/circles/{slug}/twice/persons"
NEEDS = "/circles/{slug}/twice/needs"


class ReasonOut(Answer):
    """What speaks for or against: a code, and a sentence in the caller's language."""

    code: str
    text: str


class SideOut(Answer):
    """One of two persons. The name is empty where it is sealed."""

    agent: uuid.UUID
    name: str
    is_member: bool
    has_account: bool
    intents: list[uuid.UUID]


class PersonPair(Answer):
    """Two entries that may be one person. Nothing is merged, whatever is said of them."""

    id: uuid.UUID
    state: str = Field(description="likely, same or different")
    points: int = Field(description="Evidence in bits")
    reasons: list[ReasonOut]
    sides: list[SideOut]
    decided_at: datetime | None


class NeedLink(Answer):
    """A need and the one it repeats. ``counted`` ones have made the first more urgent."""

    id: uuid.UUID
    state: str = Field(description="likely, waiting (until the filed one has been looked at), counted or different")
    reason: str = Field(description="person, phone, door or likely")
    reason_text: str
    first: uuid.UUID
    again: uuid.UUID
    made_at: datetime
    decided_at: datetime | None


class OpenedSides(Answer):
    """What was sealed of both sides: name, phone, door. What was never given is absent."""

    first: dict[str, str]
    second: dict[str, str]


class LikelyOut(Answer):
    """Somebody of the circle who may be the one asked about."""

    agent: uuid.UUID
    points: float
    reasons: list[ReasonOut]


class PersonFilters(Body):
    """Which pairs of persons."""

    state: Literal["likely", "same", "different"] = "likely"


class NeedFilters(Body):
    """Which links between needs; without a state, those that wait for a look."""

    state: Literal["likely", "waiting", "counted", "different"] | None = None


class PersonSaid(Body):
    """What is so; ``likely`` takes back what was said."""

    state: Literal["same", "different", "likely"]


class PersonsLinked(PersonSaid):
    """Two persons whom the machine did not bring together."""

    one: Id
    other: Id


class NeedSaid(Body):
    """Whether it is the same need asked again."""

    state: Literal["counted", "different"]


class Sought(Body):
    """What is known of somebody. Nothing of it is stored."""

    name: Line = ""
    phones: list[Line] = Field(default=[], max_length=5)
    door: Paragraph = ""


def _reasons(codes: list[str] | tuple[str, ...]) -> list[ReasonOut]:
    return [ReasonOut(code=code, text=str(REASONS[code])) for code in codes if code in REASONS]


def _pair(pair: twice.Pair) -> PersonPair:
    return PersonPair(
        id=pair.twin.id,
        state=pair.twin.state,
        points=pair.twin.points,
        reasons=_reasons(pair.twin.reasons),
        sides=[
            SideOut(
                agent=side.agent.id,
                name=side.name,
                is_member=side.member_since is not None,
                has_account=side.has_account,
                intents=[asked.intent.id for asked in side.asked],
            )
            for side in pair.sides
        ],
        decided_at=pair.twin.decided_at,
    )


def _need(link: twice.Link) -> NeedLink:
    repeat = link.repeat
    return NeedLink(
        id=repeat.id,
        state=repeat.state,
        reason=repeat.reason,
        reason_text=str(wording.REPEAT_REASONS[repeat.reason]),
        first=repeat.first_id,
        again=repeat.again_id,
        made_at=repeat.made_at,
        decided_at=repeat.decided_at,
    )


@router.get(
    PERSONS, auth=READS, response=Page[PersonPair], operation_id="list_person_pairs", summary="One person, or two?"
)
def list_person_pairs(request: ApiRequest, slug: Slug, filters: Annotated[PersonFilters, Query()]) -> Page[PersonPair]:
    """Return pairs of persons who may be one, the likeliest first, for coordinators."""
    with as_coordinator(request, slug) as (_circle, actor, _now):
        return Page[PersonPair](items=[_pair(one) for one in twice.person_pairs(actor, state=filters.state)])


@router.post(
    PERSONS, auth=WRITES, response=PersonPair, operation_id="link_persons", summary="Say of two persons what is so"
)
def link_persons(request: ApiRequest, slug: Slug, said: PersonsLinked) -> PersonPair:
    """Say, as a coordinator, that two persons are one, or are not. They stay two entries."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        found = pairs.link(actor, said.one, said.other, said.state, now=now)
        return _pair(twice.person_pair(actor, found.id))


@router.post(
    PERSONS + "/{pair_id}",
    auth=WRITES,
    response=PersonPair,
    operation_id="decide_person_pair",
    summary="Same person, or not",
)
def decide_person_pair(request: ApiRequest, slug: Slug, pair_id: Id, said: PersonSaid) -> PersonPair:
    """Say of a pair that it is one person, that it is not, or take back what was said."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        pairs.decide(actor, pair_id, said.state, now=now)
        return _pair(twice.person_pair(actor, pair_id))


@router.post(
    PERSONS + "/{pair_id}/open",
    auth=OPENS,
    response=OpenedSides,
    operation_id="open_person_pair",
    summary="Open what is sealed of both",
)
def open_person_pair(request: ApiRequest, slug: Slug, pair_id: Id) -> OpenedSides:
    """Open names, phones and doors of both persons. Each look is on record, and they can read it."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        first, second = twice.open_pair(actor, twice.person_pair(actor, pair_id), now=now)
        return OpenedSides(first=first, second=second)


@router.get(NEEDS, auth=READS, response=Page[NeedLink], operation_id="list_need_links", summary="The same need twice")
def list_need_links(request: ApiRequest, slug: Slug, filters: Annotated[NeedFilters, Query()]) -> Page[NeedLink]:
    """Return links between needs of one kind, the newest first, for coordinators."""
    states = (filters.state,) if filters.state else ("likely", "waiting")
    with as_coordinator(request, slug) as (_circle, actor, _now):
        return Page[NeedLink](items=[_need(one) for one in twice.need_links(actor, states=states)])


@router.post(
    NEEDS + "/{link_id}", auth=WRITES, response=NeedLink, operation_id="decide_need_link", summary="Same need, or not"
)
def decide_need_link(request: ApiRequest, slug: Slug, link_id: Id, said: NeedSaid) -> NeedLink:
    """Say that a need was asked for again, which makes the first more urgent, or that these are two."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        repeating.decide(actor, link_id, said.state, now=now)
        return _need(twice.need_link(actor, link_id))


@router.post(
    NEEDS + "/{link_id}/open",
    auth=OPENS,
    response=OpenedSides,
    operation_id="open_need_link",
    summary="Open what is sealed of both",
)
def open_need_link(request: ApiRequest, slug: Slug, link_id: Id) -> OpenedSides:
    """Open names, phones and doors of both needs. Each look is on record, and they can read it."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        first, second = twice.open_link(actor, twice.need_link(actor, link_id), now=now)
        return OpenedSides(first=first, second=second)


@router.post(
    "/circles/{slug}/likely",
    auth=OPENS,
    response=Page[LikelyOut],
    operation_id="find_likely",
    summary="Who is like this",
)
def find_likely(request: ApiRequest, slug: Slug, sought: Sought) -> Page[LikelyOut]:
    """Return who of the circle may be somebody, for guardians and coordinators, before entering them. Stores nothing."""
    with as_member(request, slug) as (circle, actor, now):
        if not actor.is_guardian:
            raise Refusal.forbidden()
        phones = [parse_address(one, circle.region, "phones").value for one in sought.phones if one.strip()]
        found = finding.find(circle, name=sought.name, phones=phones, place=sought.door, now=now)
        items = [LikelyOut(agent=one.agent_id, points=one.points, reasons=_reasons(one.reasons)) for one in found]
        return Page[LikelyOut](items=items)
