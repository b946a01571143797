"""Organisations over the API: programmes, what is handed to them, their own board, and figures without names."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

from django.conf import settings
from django.urls import reverse
from ninja import Query, Router, Status
from pydantic import Field

from taawun.community.circles import access as circle_access
from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.api import as_acting, as_member, as_visitor
from taawun.community.circles.models import Circle
from taawun.community.circles.rights import Right
from taawun.community.people.api.shapes import (
    Amount,
    Answer,
    Body,
    Flag,
    Id,
    Line,
    Named,
    Page,
    Paragraph,
    Quantity,
    Slug,
    Word,
    read_amount,
)
from taawun.community.people.api.tokens import READS, READS_PUBLIC, WRITES, ApiRequest
from taawun.ground.values.place import Point
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, actions, programme_showing, serving
from taawun.practice.aid.actions import ProgrammeDraft
from taawun.practice.aid.api.asked import Clock, PointIn, Weekday, minute_of
from taawun.practice.aid.api.told import (
    CommitmentFacts,
    IntentFacts,
    KindNamed,
    commitment_facts,
    commitment_told,
    intent_facts,
)
from taawun.practice.aid.models import Placement, Programme
from taawun.practice.aid.queries import figures as counting
from taawun.practice.aid.queries import organisation as own
from taawun.practice.aid.queries import services

router = Router(tags=["organisations"])
SERVICE = "/circles/{slug}/services/{programme_id}"
OWN = "/circles/{slug}/organisations/{organisation_id}"
CASES = "cases"

Reason = Literal["no_place", "not_for_us", "outside_area", "not_reached", "helped_elsewhere", "other"]
Period = Literal["", "week", "month", "places"]
Texts = Annotated[dict[Word, Paragraph], Field(max_length=20, description="A language of the circle to a text")]


class ServiceFilters(Body):
    """What of the directory is asked for. Empty means all."""

    q: Line = Field("", description="Words, also of what is asked for")
    group: Word = ""
    kind: Word = ""
    area: Id | None = None
    organisation: Id | None = None


class LimitFacts(Answer):
    """One limit: a kind (null: cases of any kind), how much in the period, and how much of it is taken."""

    kind: KindNamed | None
    limit: Quantity
    used: Quantity


class ProgrammeFacts(Answer):
    """What an organisation offers. No area and no point: everywhere in the circle."""

    id: uuid.UUID
    name: str
    organisation: Named
    kinds: list[KindNamed]
    groups: list[str]
    about: dict[str, str]
    for_whom: dict[str, str]
    areas: list[Named]
    around: str | None = Field(description="The middle of a public cell, as latitude and longitude")
    rings: int
    weekdays: list[int]
    from_time: str | None
    to_time: str | None
    when: str
    contact: str
    entry: str
    period: str
    limits: list[LimitFacts]
    has_waiting_list: bool
    is_open: bool
    is_full: bool


class ProgrammeIn(Body):
    """A programme as its organisation says it. Who it is for is said in plain words, never by religion, origin or papers."""

    name: Line
    kinds: list[Word] = Field(default=[], max_length=60)
    groups: list[Word] = Field(default=[], max_length=30)
    about: Texts = {}
    for_whom: Texts = {}
    areas: list[Id] = Field(default=[], max_length=200)
    point: PointIn | None = Field(default=None, description="Kept as the coarse cell it lies in")
    rings: int = Field(default=2, ge=0, le=12, strict=True, description="How many rings of cells around it")
    weekdays: list[Weekday] = Field(default=[], max_length=7)
    from_time: Clock | None = None
    to_time: Clock | None = None
    contact: Line = Field(default="", description="Shown to everybody")
    entry: Literal["anyone", "referral"] = "anyone"
    has_waiting_list: Flag = False

    def draft(self) -> ProgrammeDraft:
        return ProgrammeDraft(
            name=self.name, kinds=self.kinds, groups=self.groups,
            texts={"about": self.about, "for_whom": self.for_whom}, area_ids=self.areas,
            point=Point(self.point.latitude, self.point.longitude) if self.point else None,
            keep_point=self.point is not None, rings=self.rings, weekdays=self.weekdays,
            from_minute=minute_of(self.from_time), to_minute=minute_of(self.to_time), contact=self.contact,
            entry=self.entry, has_waiting_list=self.has_waiting_list,
        )  # fmt: skip


class LimitsIn(Body):
    """How much in which time: a kind to an amount in its unit, and ``cases`` to a number of needs. Empty is no limit."""

    period: Period
    limits: dict[Word, Amount] = Field(default={}, max_length=200)


class FitFacts(Answer):
    """A programme that could take a need, and why."""

    programme: ProgrammeFacts
    points: int
    reasons: list[str]
    waiting_list_only: bool


class ReferIn(Body):
    """A need on its way to a programme. Without the person's yes it is refused."""

    programme: Id
    quantity: Amount | None = None
    consented: Flag = Field(description="The person whose need it is said yes to this")


class TakeIn(Body):
    """A need the organisation takes on by itself; with a programme it counts against what that can take."""

    intent: Id
    programme: Id | None = None
    quantity: Amount | None = None


class WhyNotIn(Body):
    """Why a programme does not take it on."""

    reason: Reason | None = None


class ReferralFacts(Answer):
    """What was handed to a programme, and what became of it."""

    id: uuid.UUID
    programme: Named
    organisation: Named
    intent: uuid.UUID
    kind: KindNamed
    quantity: Quantity
    commitment: uuid.UUID | None = Field(description="Null while it waits on the list")
    state: str = Field(description="listed, off, or the state of the commitment")
    state_text: str
    reason: str | None
    made_at: datetime


class TakeableFacts(Answer):
    """A need that one of the organisation's programmes has room for."""

    intent: IntentFacts
    programme: Named


class OwnBoardFacts(Answer):
    """An organisation's board as the caller's rights open it."""

    to_answer: list[CommitmentFacts]
    listed: list[ReferralFacts]
    promised: list[CommitmentFacts]
    coming: list[CommitmentFacts]
    takeable: list[TakeableFacts]
    intents: list[IntentFacts]
    programmes: list[ProgrammeFacts]


class FigureLine(Answer):
    """A row of figures. Null is hidden: fewer than five people stand behind it, or behind a row it would give away."""

    code: str
    name: str
    needs: int | None
    people: int | None
    met: int | None
    unmet: int | None
    people_helped: int | None
    percent_met: int | None
    median_hours: int | None
    arrived: list[Quantity] | None


class FiguresFacts(Answer):
    """The figures of a quarter, without names."""

    period: str
    is_over: bool
    periods: list[str] = Field(description="All there are, newest first")
    total: FigureLine
    months: list[FigureLine]
    groups: list[FigureLine]
    areas: list[FigureLine]


class FiguresLinkFacts(Answer):
    """The link by which anybody sees the figures of finished quarters; null where there is none."""

    url: str | None


def _kind(circle: Circle, code: str) -> KindNamed:
    kind = kinds.shown(circle, code)
    return KindNamed(code=kind.code, name=kind.name, icon=kind.icon)


def _clock(minute: int | None) -> str | None:
    return None if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def programme_facts(circle: Circle, shown: services.Shown) -> ProgrammeFacts:
    one = shown.programme
    limits = []
    for code, amount in sorted(one.capacity.items()):
        unit = kinds.shown(circle, code).unit if code else "piece"
        used = shown.used.amounts.get(code, 0) if code else shown.used.cases
        limits.append(
            LimitFacts(
                kind=_kind(circle, code) if code else None, limit=Quantity.of(amount, unit), used=Quantity.of(used, unit)
            )
        )
    return ProgrammeFacts(
        id=one.id, name=one.name, organisation=Named(id=one.organisation_id, name=one.organisation.name),
        kinds=[_kind(circle, code) for code in one.kinds], groups=one.groups,
        about=one.texts.get("about", {}), for_whom=one.texts.get("for_whom", {}),
        areas=[Named(id=area.id, name=area.name) for area in shown.areas],
        around=programme_showing.point(one) or None, rings=one.rings, weekdays=one.weekdays,
        from_time=_clock(one.from_minute), to_time=_clock(one.to_minute), when=programme_showing.when(one),
        contact=one.contact, entry=one.entry, period=one.period, limits=limits,
        has_waiting_list=one.has_waiting_list, is_open=one.is_open, is_full=shown.is_full,
    )  # fmt: skip


def _told(programme: Programme, actor: Actor | None, circle: Circle, *, now: datetime) -> ProgrammeFacts:
    found = Programme.objects.select_related("organisation").get(pk=programme.pk)
    return programme_facts(circle, services.shown(circle, [found], now=now)[0])


def referral_facts(circle: Circle, one: Placement) -> ReferralFacts:
    promise = one.commitment
    text, _look = programme_showing.became(one)
    return ReferralFacts(
        id=one.id, programme=Named(id=one.programme_id, name=one.programme.name),
        organisation=Named(id=one.programme.organisation_id, name=one.programme.organisation.name),
        intent=one.intent_id, kind=_kind(circle, one.intent.kind), quantity=Quantity.of(one.quantity, one.intent.unit),
        commitment=one.commitment_id,
        state=promise.state if promise else "off" if one.ended_at else "listed",
        state_text=text, reason=one.reason or None, made_at=one.made_at,
    )  # fmt: skip


@router.get(
    "/circles/{slug}/services", auth=READS_PUBLIC, response=Page[ProgrammeFacts], operation_id="list_services",
    summary="What organisations offer",
)
def list_services(
    request: ApiRequest, slug: Slug, filters: Annotated[ServiceFilters, Query()]
) -> Page[ProgrammeFacts]:
    """Return the programmes of a circle, open ones first and then by name."""
    with as_visitor(request, slug) as (circle, actor, now):
        wanted = services.Wanted(
            words=filters.q.strip(), group=filters.group, kind=filters.kind, area=filters.area,
            organisation=filters.organisation,
        )  # fmt: skip
        found = services.directory(circle, actor, wanted, now=now)
        return Page[ProgrammeFacts](items=[programme_facts(circle, one) for one in found])


@router.get(SERVICE, auth=READS_PUBLIC, response=ProgrammeFacts, operation_id="service", summary="One programme")
def one_service(request: ApiRequest, slug: Slug, programme_id: Id) -> ProgrammeFacts:
    """Return a programme with what it can take and what of it is taken."""
    with as_visitor(request, slug) as (circle, actor, now):
        return _told(access.programme(circle, actor, programme_id), actor, circle, now=now)


@router.post(
    OWN + "/programmes", auth=WRITES, response={201: ProgrammeFacts}, operation_id="add_programme",
    summary="Add a programme",
)
def add_programme(
    request: ApiRequest, slug: Slug, organisation_id: Id, programme: ProgrammeIn
) -> Status[ProgrammeFacts]:
    """Say what an organisation offers. It takes the right to manage its programmes."""
    with as_acting(request, slug) as (circle, actor, now):
        made = actions.add_programme(actor, organisation_id, programme.draft(), now=now)
        return Status(201, _told(made, actor, circle, now=now))


@router.put(SERVICE, auth=WRITES, response=ProgrammeFacts, operation_id="change_programme", summary="Change a programme")
def change_programme(request: ApiRequest, slug: Slug, programme_id: Id, programme: ProgrammeIn) -> ProgrammeFacts:
    """Say anew what a programme offers: what is left out is taken away, its limits stay."""
    with as_acting(request, slug) as (circle, actor, now):
        return _told(actions.change_programme(actor, programme_id, programme.draft(), now=now), actor, circle, now=now)


@router.put(
    SERVICE + "/limits", auth=WRITES, response=ProgrammeFacts, operation_id="set_limits", summary="What it can take"
)
def set_limits(request: ApiRequest, slug: Slug, programme_id: Id, limits: LimitsIn) -> ProgrammeFacts:
    """Say how much a programme can take, in which time, by kind or in cases."""
    with as_acting(request, slug) as (circle, actor, now):
        amounts: dict[str, int] = {}
        for code, text in limits.limits.items():
            unit = "piece" if code == CASES else kinds.find(circle, code).unit
            amount = read_amount(text, unit, f"limits.{code}")
            amounts[serving.CASES if code == CASES else code] = amount or 0
        done = actions.set_capacity(actor, programme_id, limits.period, amounts, now=now)
        return _told(done, actor, circle, now=now)


@router.post(SERVICE + "/pause", auth=WRITES, response=ProgrammeFacts, operation_id="pause_programme", summary="Pause it")
def pause_programme(request: ApiRequest, slug: Slug, programme_id: Id) -> ProgrammeFacts:
    """Take nothing new on for a while. What was promised stays promised."""
    with as_acting(request, slug) as (circle, actor, now):
        return _told(actions.open_programme(actor, programme_id, False, now=now), actor, circle, now=now)


@router.post(SERVICE + "/open", auth=WRITES, response=ProgrammeFacts, operation_id="open_programme", summary="Open it again")
def open_programme(request: ApiRequest, slug: Slug, programme_id: Id) -> ProgrammeFacts:
    """Open a paused programme again."""
    with as_acting(request, slug) as (circle, actor, now):
        return _told(actions.open_programme(actor, programme_id, True, now=now), actor, circle, now=now)


@router.post(SERVICE + "/end", auth=WRITES, response=ProgrammeFacts, operation_id="end_programme", summary="End it")
def end_programme(request: ApiRequest, slug: Slug, programme_id: Id) -> ProgrammeFacts:
    """Take a programme out of the directory for good; its waiting list is let go."""
    with as_acting(request, slug) as (circle, actor, now):
        return _told(actions.end_programme(actor, programme_id, now=now), actor, circle, now=now)


@router.get(
    "/circles/{slug}/intents/{intent_id}/programmes", auth=READS, response=Page[FitFacts],
    operation_id="list_fitting_programmes", summary="Programmes that could take it",
)
def list_fitting_programmes(request: ApiRequest, slug: Slug, intent_id: Id) -> Page[FitFacts]:
    """Return the programmes that could take a need, best first, for whoever may act on the need."""
    with as_acting(request, slug) as (circle, actor, now):
        found = access.intent(circle, actor, intent_id)
        if not access.may_manage(found, actor):
            raise Refusal.forbidden()
        items = [
            FitFacts(
                programme=programme_facts(circle, one.shown), points=one.fit.points,
                reasons=[str(programme_showing.wording.FIT_REASONS[reason]) for reason in one.fit.reasons],
                waiting_list_only=one.fit.is_full,
            )
            for one in services.fitting(found, actor, now=now)
        ]  # fmt: skip
        return Page[FitFacts](items=items)


@router.post(
    "/circles/{slug}/intents/{intent_id}/referrals", auth=WRITES, response={201: ReferralFacts},
    operation_id="refer_intent", summary="Hand it to a programme",
)
def refer_intent(request: ApiRequest, slug: Slug, intent_id: Id, refer: ReferIn) -> Status[ReferralFacts]:
    """Hand a need to a programme with the person's consent: it waits for a yes, or on the waiting list."""
    with as_acting(request, slug) as (circle, actor, now):
        found = access.intent(circle, actor, intent_id)
        made = actions.refer(
            actor, refer.programme, intent_id, quantity=read_amount(refer.quantity, found.unit),
            consented=refer.consented, now=now,
        )  # fmt: skip
        return Status(201, referral_facts(circle, made))


@router.get(
    "/circles/{slug}/referrals", auth=READS, response=Page[ReferralFacts], operation_id="list_referrals",
    summary="What was handed on",
)
def list_referrals(request: ApiRequest, slug: Slug) -> Page[ReferralFacts]:
    """Return what the caller handed to programmes, newest first; to coordinators all that was handed on."""
    with as_member(request, slug) as (circle, actor, _now):
        found = own.referred(actor, everybody=actor.is_coordinator)
        return Page[ReferralFacts](items=[referral_facts(circle, one) for one in found])


@router.post(
    "/circles/{slug}/referrals/{placement_id}/take", auth=WRITES, response=CommitmentFacts, operation_id="take_from_list",
    summary="Take it from the waiting list",
)
def take_from_list(request: ApiRequest, slug: Slug, placement_id: Id) -> CommitmentFacts:
    """Take on what waits on a programme's list, for its staff."""
    with as_acting(request, slug) as (_circle, actor, now):
        done = actions.take_from_list(actor, placement_id, now=now)
        assert done.commitment is not None
        return commitment_told(done.commitment, actor, now=now)


@router.post(
    "/circles/{slug}/referrals/{placement_id}/off", auth=WRITES, response=ReferralFacts, operation_id="take_off_list",
    summary="Take it off the waiting list",
)
def take_off_list(request: ApiRequest, slug: Slug, placement_id: Id, why: WhyNotIn) -> ReferralFacts:
    """Take a need off a waiting list: its staff say why; whose need it is need not."""
    with as_acting(request, slug) as (circle, actor, now):
        return referral_facts(circle, actions.take_off_list(actor, placement_id, why.reason or "", now=now))


@router.post(
    "/circles/{slug}/commitments/{commitment_id}/turn-down", auth=WRITES, response=CommitmentFacts,
    operation_id="turn_down", summary="Say no to a referral, and why",
)
def turn_down(request: ApiRequest, slug: Slug, commitment_id: Id, why: WhyNotIn) -> CommitmentFacts:
    """Say no to what was handed to a programme. Whoever handed it on reads the reason."""
    with as_acting(request, slug) as (_circle, actor, now):
        return commitment_told(actions.decline(actor, commitment_id, why.reason or "", now=now), actor, now=now)


@router.get(OWN + "/board", auth=READS, response=OwnBoardFacts, operation_id="own_board", summary="An organisation's board")
def own_board(request: ApiRequest, slug: Slug, organisation_id: Id) -> OwnBoardFacts:
    """Return what is an organisation's own, as far as the caller's rights open it."""
    with as_acting(request, slug) as (circle, actor, now):
        organisation = circle_access.organisation(actor, organisation_id)
        shown = own.board(actor, organisation, now=now)

        def told(handed: list[own.Handed]) -> list[CommitmentFacts]:
            return [commitment_facts(one.promise, actor, now=now) for one in handed]

        return OwnBoardFacts(
            to_answer=told(shown.to_answer), listed=[referral_facts(circle, one.placement) for one in shown.listed],
            promised=told(shown.promised), coming=told(shown.coming),
            takeable=[
                TakeableFacts(
                    intent=intent_facts(one.card, now=now), programme=Named(id=one.programme.id, name=one.programme.name)
                )
                for one in shown.takeable
            ],
            intents=[intent_facts(one, now=now) for one in shown.intents],
            programmes=[programme_facts(circle, one) for one in shown.programmes],
        )  # fmt: skip


@router.post(
    OWN + "/take", auth=WRITES, response={201: CommitmentFacts}, operation_id="take_on", summary="Take a need on"
)
def take_on(request: ApiRequest, slug: Slug, organisation_id: Id, take: TakeIn) -> Status[CommitmentFacts]:
    """Take a need on for an organisation, into one of its programmes or none."""
    with as_acting(request, slug) as (circle, actor, now):
        circle_access.organisation(actor, organisation_id, Right.ANSWER)
        found = access.intent(circle, actor, take.intent)
        made = actions.take(
            actor, organisation_id, take.intent, programme_id=take.programme,
            quantity=read_amount(take.quantity, found.unit), now=now,
        )  # fmt: skip
        return Status(201, commitment_told(made, actor, now=now))


def _line(one: counting.Line) -> FigureLine:
    arrived = None if one.quantities is None else [Quantity.of(parts, unit) for unit, parts in one.quantities.items()]
    return FigureLine(
        code=one.code, name=one.name, needs=one.asked, people=one.people, met=one.met, unmet=one.unmet,
        people_helped=one.reached, percent_met=one.percent, median_hours=one.median_hours, arrived=arrived,
    )  # fmt: skip


def _figures(circle: Circle, period: str, organisation_id: uuid.UUID | None, now: datetime) -> FiguresFacts:
    known = counting.quarters(circle, finished_only=False, now=now)
    quarter = counting.read_quarter(period) if period else (known[0] if known else None)
    if quarter is None:
        raise Refusal.not_found()
    found = counting.figures(circle, quarter, organisation_id=organisation_id, now=now)
    return FiguresFacts(
        period=quarter.code, is_over=found.is_over, periods=[one.code for one in known], total=_line(found.total),
        months=[_line(one) for one in found.months], groups=[_line(one) for one in found.groups],
        areas=[_line(one) for one in found.areas],
    )  # fmt: skip


QuarterCode = Annotated[Word, Query(description="A quarter such as 2026-Q2; without it, the newest")]


@router.get(
    "/circles/{slug}/figures", auth=READS, response=FiguresFacts, operation_id="figures", summary="Figures of the circle"
)
def circle_figures(request: ApiRequest, slug: Slug, period: QuarterCode = "") -> FiguresFacts:
    """Return what was asked for and met in a quarter, without names, for members."""
    with as_member(request, slug) as (circle, _actor, now):
        return _figures(circle, period, None, now)


@router.get(
    OWN + "/figures", auth=READS, response=FiguresFacts, operation_id="own_figures", summary="Figures of an organisation"
)
def organisation_figures(request: ApiRequest, slug: Slug, organisation_id: Id, period: QuarterCode = "") -> FiguresFacts:
    """Return what was handed to an organisation or taken on by it, without names, for its staff with that right."""
    with as_acting(request, slug) as (circle, actor, now):
        circle_access.organisation(actor, organisation_id, Right.FIGURES)
        return _figures(circle, period, organisation_id, now)


def _link(request: ApiRequest, slug: str, organisation_id: uuid.UUID | None, *, shares: bool) -> FiguresLinkFacts:
    with as_acting(request, slug) as (circle, actor, now):
        if not shares:
            actions.end_sharing_figures(actor, organisation_id, now=now)
            return FiguresLinkFacts(url=None)
        found = actions.share_figures(actor, organisation_id, now=now)
        path = reverse("aid:shared_figures", args=[circle.slug, actions.secret_of_figures(found)])
        return FiguresLinkFacts(url=f"{settings.PUBLIC_URL}{path}")


@router.post(
    "/circles/{slug}/figures/share", auth=WRITES, response=FiguresLinkFacts, operation_id="share_figures",
    summary="Share the figures by a link",
)
def share_figures(request: ApiRequest, slug: Slug) -> FiguresLinkFacts:
    """Return a link by which anybody sees the figures of finished quarters. For coordinators."""
    return _link(request, slug, None, shares=True)


@router.post(
    "/circles/{slug}/figures/unshare", auth=WRITES, response=FiguresLinkFacts, operation_id="unshare_figures",
    summary="End the link",
)
def unshare_figures(request: ApiRequest, slug: Slug) -> FiguresLinkFacts:
    """End the link to the circle's figures at once."""
    return _link(request, slug, None, shares=False)


@router.post(
    OWN + "/figures/share", auth=WRITES, response=FiguresLinkFacts, operation_id="share_own_figures",
    summary="Share an organisation's figures",
)
def share_own_figures(request: ApiRequest, slug: Slug, organisation_id: Id) -> FiguresLinkFacts:
    """Return a link by which anybody sees the organisation's figures of finished quarters."""
    return _link(request, slug, organisation_id, shares=True)


@router.post(
    OWN + "/figures/unshare", auth=WRITES, response=FiguresLinkFacts, operation_id="unshare_own_figures",
    summary="End the link to an organisation's figures",
)
def unshare_own_figures(request: ApiRequest, slug: Slug, organisation_id: Id) -> FiguresLinkFacts:
    """End the link at once."""
    return _link(request, slug, organisation_id, shares=False)
