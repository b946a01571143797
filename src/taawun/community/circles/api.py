"""Circles over the API: which there are, what can be asked for in one, its areas and its members."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language
from ninja import Router
from pydantic import Field

from taawun.community.circles import access, catalogue, kinds, queries
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Circle
from taawun.community.people.api.shapes import (
    LIMIT_DEFAULT,
    Answer,
    Cursor,
    Limit,
    Line,
    Named,
    Page,
    Slug,
    cursor_unknown,
    read_cursor,
    write_cursor,
)
from taawun.community.people.api.tokens import READS, READS_PUBLIC, ApiRequest
from taawun.ground.words.units import find_unit

router = Router(tags=["circles"])
Words = Annotated[Line, Field(description="Words, or part of a name, to find by")]


@contextmanager
def as_visitor(request: ApiRequest, slug: str) -> Iterator[tuple[Circle, Actor | None, datetime]]:
    """Open a circle for whoever calls, in the circle's zone; yields the circle, the actor and now."""
    circle, actor = access.open_circle(slug, request.auth.account)
    with timezone.override(ZoneInfo(circle.time_zone)):
        yield circle, actor, request.auth.now


@contextmanager
def as_member(request: ApiRequest, slug: str) -> Iterator[tuple[Circle, Actor, datetime]]:
    circle, actor = access.open_for_member(slug, request.auth.account)
    with timezone.override(ZoneInfo(circle.time_zone)):
        yield circle, actor, request.auth.now


@contextmanager
def as_acting(request: ApiRequest, slug: str) -> Iterator[tuple[Circle, Actor, datetime]]:
    """As ``as_member``, and for the staff of an organisation too: operations whose rows access opens one by one."""
    circle, actor = access.open_for_acting(slug, request.auth.account)
    with timezone.override(ZoneInfo(circle.time_zone)):
        yield circle, actor, request.auth.now


@contextmanager
def as_reader(request: ApiRequest, slug: str) -> Iterator[tuple[Circle, Actor | None, datetime]]:
    """As ``as_visitor``; staff come in also where the circle is not public, for single rows."""
    circle, actor = access.open_to_see(slug, request.auth.account)
    with timezone.override(ZoneInfo(circle.time_zone)):
        yield circle, actor, request.auth.now


@contextmanager
def as_coordinator(request: ApiRequest, slug: str) -> Iterator[tuple[Circle, Actor, datetime]]:
    circle, actor = access.open_for_coordinator(slug, request.auth.account)
    with timezone.override(ZoneInfo(circle.time_zone)):
        yield circle, actor, request.auth.now


class CircleFacts(Answer):
    """A community. ``roles`` are the caller's own in it; empty for an outsider."""

    id: uuid.UUID
    slug: str
    name: str
    place_name: str
    welcome: str
    languages: list[str]
    region: str
    time_zone: str
    is_public: bool
    is_joinable: bool
    roles: list[str]


class KindFacts(Answer):
    """What an intent can be about. Amounts of it are in ``unit``."""

    code: str
    group: str
    name: str
    unit: str
    unit_name: str
    icon: str
    nature: str
    sensitive: bool
    splittable: bool


class Member(Answer):
    """A member as members see each other."""

    id: uuid.UUID
    name: str
    kind: str
    roles: list[str]
    area: Named | None
    has_account: bool


def circle_facts(circle: Circle, roles: list[str]) -> CircleFacts:
    return CircleFacts(
        id=circle.id,
        slug=circle.slug,
        name=circle.name,
        place_name=circle.place_name,
        welcome=circle.welcome,
        languages=circle.languages,
        region=circle.region,
        time_zone=circle.time_zone,
        is_public=circle.is_public,
        is_joinable=circle.is_joinable,
        roles=sorted(roles),
    )


def kind_facts(kind: CircleKind) -> KindFacts:
    return KindFacts(
        code=kind.code,
        group=kind.group,
        name=kind.name,
        unit=kind.unit,
        unit_name=str(find_unit(kind.unit).label),
        icon=kind.icon,
        nature=kind.nature,
        sensitive=kind.sensitive,
        splittable=kind.splittable,
    )


@router.get("/circles", auth=READS_PUBLIC, response=Page[CircleFacts], operation_id="list_circles", summary="Circles")
def list_circles(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = LIMIT_DEFAULT
) -> Page[CircleFacts]:
    """Return the circles of the token's account, then those that are open to everybody."""
    account = request.auth.account
    mine = access.circles_of(account) if account else []
    found = [circle_facts(one.circle, one.roles) for one in mine]
    known = {one.circle_id for one in mine}
    found += [circle_facts(one, []) for one in queries.public_circles() if one.id not in known]
    after = read_cursor(cursor)
    begin = 0
    if after is not None:
        begin = next((place + 1 for place, one in enumerate(found) if one.id == after), -1)
        if begin < 0:
            raise cursor_unknown()
    page = found[begin : begin + limit]
    more = len(found) > begin + limit
    return Page[CircleFacts](items=page, next=write_cursor(page[-1].id) if more else None)


@router.get("/circles/{slug}", auth=READS_PUBLIC, response=CircleFacts, operation_id="circle", summary="One circle")
def one_circle(request: ApiRequest, slug: Slug) -> CircleFacts:
    """Return a circle. One that is not public exists for its members alone."""
    with as_visitor(request, slug) as (circle, actor, _now):
        return circle_facts(circle, list(actor.roles) if actor else [])


@router.get(
    "/circles/{slug}/kinds", auth=READS_PUBLIC, response=Page[KindFacts], operation_id="list_kinds",
    summary="What can be asked for and offered",
)
def list_kinds(
    request: ApiRequest, slug: Slug, q: Words = ""
) -> Page[KindFacts]:
    """Return every kind people of this circle can choose, or those that ``q`` finds, the best first."""
    with as_visitor(request, slug) as (circle, _actor, _now):
        offered = kinds.offered(circle)
        if q.strip():
            by_code = {kind.code: kind for kind in offered}
            found = [by_code[one.code] for one in catalogue.search(q, get_language() or "en") if one.code in by_code]
            offered = found + [one for one in offered if one.group == "own" and q.casefold() in one.name.casefold()]
        return Page[KindFacts](items=[kind_facts(kind) for kind in offered])


@router.get(
    "/circles/{slug}/areas", auth=READS_PUBLIC, response=Page[Named], operation_id="list_areas", summary="Named areas"
)
def list_areas(request: ApiRequest, slug: Slug) -> Page[Named]:
    """Return the named areas of a circle."""
    with as_visitor(request, slug) as (circle, _actor, _now):
        return Page[Named](items=[Named(id=one.id, name=one.name) for one in queries.areas_of(circle)])


@router.get(
    "/circles/{slug}/members", auth=READS, response=Page[Member], operation_id="list_members", summary="Members"
)
def list_members(
    request: ApiRequest,
    slug: Slug,
    q: Words = "",
    cursor: Cursor = "",
    limit: Limit = LIMIT_DEFAULT,
) -> Page[Member]:
    """Return members by name, for members only: names and roles, never phones or doors."""
    with as_member(request, slug) as (circle, actor, _now):
        lines = queries.members_of(
            circle, after=read_cursor(cursor), limit=limit + 1, search=q.strip(), hidden=actor.hidden_ids
        )
        page = lines[:limit]
        items = [
            Member(
                id=one.membership.agent_id,
                name=one.membership.agent.name,
                kind=one.membership.agent.kind,
                roles=sorted(one.membership.roles),
                area=Named(id=one.membership.area.id, name=one.membership.area.name) if one.membership.area else None,
                has_account=one.has_account,
            )
            for one in page
        ]
        more = len(lines) > limit
        return Page[Member](items=items, next=write_cursor(page[-1].membership.id) if more else None)
