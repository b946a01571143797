"""What repeats over the API: begin it, see its dates, skip, pause, change, end; and who does it, every time or for a while."""

import re
import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Query, Router, Status
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.api import as_acting, as_reader, as_visitor
from taawun.community.people.api.shapes import (
    LIMIT_DEFAULT,
    YEARS,
    Amount,
    Answer,
    Body,
    Cursor,
    Flag,
    Id,
    Limit,
    Line,
    Named,
    Page,
    Quantity,
    Slug,
    Word,
    cursor_unknown,
    read_amount,
    read_cursor,
    write_cursor,
)
from taawun.community.people.api.tokens import READS_PUBLIC, WRITES, ApiRequest
from taawun.practice.aid import access, series_rules, series_wording
from taawun.practice.aid.actions import Again, IntentDraft, series_givers, series_running
from taawun.practice.aid.actions import series as actions
from taawun.practice.aid.api.asked import Clock, PrivateIn, VisibilityName, Weekday, minute_of
from taawun.practice.aid.api.told import KindNamed
from taawun.practice.aid.models import Series
from taawun.practice.aid.queries import series as queries
from taawun.practice.aid.series_rules import Repetition

router = Router(tags=["series"])
SERIES = "/circles/{slug}/series/{series_id}"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _read_day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("series.date", "not a day")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("series.date", "not a day") from None
    if not YEARS[0] <= day.year < YEARS[1]:
        raise PydanticCustomError("moment.year", "out of the calendar")
    return day


Day = Annotated[
    date,
    BeforeValidator(_read_day),
    WithJsonSchema(
        {"type": "string", "format": "date", "description": "A day in the circle's zone, such as 2026-05-21."}
    ),
]


class RepetitionIn(Body):
    """How it comes again. ``until_ramadan_ends`` puts the day by the calendar of Umm al-Qura in place of ``ends_on``."""

    repeat: Literal["week", "month", "nth"] = Field(
        description="By weeks, on a day of the month, on the nth weekday of it"
    )
    every: Annotated[int, Field(strict=True, ge=1, le=series_rules.EVERY_MAX)] = Field(1, description="Weeks or months")
    weekdays: list[Weekday] = Field(default=[], max_length=7, description="For week and nth, Monday = 0")
    month_day: Annotated[int, Field(strict=True, ge=1, le=31)] | None = Field(
        default=None, description="For month; a month without it has its last day instead"
    )
    nth: Literal[1, 2, 3, 4, -1] | None = Field(default=None, description="For nth; -1 is the last")
    starts_on: Day
    ends_on: Day | None = None
    count: Annotated[int, Field(strict=True, ge=1, le=series_rules.COUNT_MAX)] | None = None
    until_ramadan_ends: Flag = False
    from_time: Clock | None = None
    to_time: Clock | None = None

    def again(self) -> Again:
        until_ramadan = self.until_ramadan_ends
        rule = Repetition(
            self.repeat, self.starts_on, self.every, tuple(sorted(set(self.weekdays))) if self.repeat != "month" else (),
            (self.month_day or 0) if self.repeat == "month" else 0, (self.nth or 0) if self.repeat == "nth" else 0,
            None if until_ramadan else self.ends_on, self.count,
        )  # fmt: skip
        return Again(rule, actions.RAMADAN if until_ramadan else "")


class SeriesIn(RepetitionIn):
    """A need that comes again, as a member posts it."""

    kind: Word = Field(description="A code of the circle's kinds", examples=["food.cooked_meal"])
    quantity: Amount = Field(description="Each time", examples=["4"])
    unit: Word = Field(default="", description="To be sure: refused when it is not the kind's unit")
    summary: Line = Field(default="", description="For everybody; without names, phones or addresses")
    whole_only: Flag = Field(default=False, description="Only as a whole, not in parts")
    visibility: VisibilityName | None = Field(default=None, description="Without it, what suits the kind")
    area: Id | None = None
    on_behalf_of: Id | None = Field(default=None, description="An organisation or a neighbour the caller acts for")
    private: PrivateIn = PrivateIn()


class ChangeIn(RepetitionIn):
    """All of it anew: what is left out is taken away."""

    quantity: Amount


class DayIn(Body):
    """One of its dates."""

    day: Day


class PauseIn(Body):
    """On which day it goes on by itself; without one, when somebody says so."""

    until: Day | None = None


class TakeIn(Body):
    """Every time, or, with ``until``, from today to that day."""

    until: Day | None = None
    phone: Line = ""
    on_behalf_of: Id | None = None


class YesIn(Body):
    """A yes or a no."""

    yes: Flag


class HandIn(Body):
    """Whom to ask to take over, and from when to when."""

    to: Id
    since: Day
    until: Day


class StandInAnswer(YesIn):
    """A yes or a no to standing in; a no also ends what was agreed."""

    stand_in: Id
    phone: Line = ""


class DateFacts(Answer):
    """One date: ``open``, ``taken``, ``coming`` (not on the board yet), ``skipped``, ``paused``; of those past ``done``,
    ``missed``, ``unsaid``; ``withdrawn``."""

    day: date
    state: str
    state_text: str
    intent: uuid.UUID | None
    who: list[str]


class DoingFacts(Answer):
    """Somebody who does it: every time, or, with ``stand_in``, from a day to another. Names are for members."""

    who: Named
    stand_in: uuid.UUID | None
    since: date | None
    until: date | None
    waits: bool
    waits_for_giver: bool


class SeriesFacts(Answer):
    """A need that comes again."""

    id: uuid.UUID
    kind: KindNamed
    unit: str
    quantity: Quantity
    whole_only: bool
    summary: str
    area: Named | None
    visibility: str
    repeat: str
    every: int
    weekdays: list[int]
    month_day: int | None
    nth: int | None
    starts_on: date
    ends_on: date | None
    count: int | None
    ends_with: str | None = Field(
        description="ramadan: the last day was computed, and what is sighted may differ by one"
    )
    from_time: str | None
    to_time: str | None
    text: str = Field(description="All of this in words, in the language of Accept-Language")
    state: str = Field(description="running, paused or ended")
    paused_until: date | None
    posted_at: datetime
    ended_at: datetime | None
    is_mine: bool


class SeriesDetail(SeriesFacts):
    """With who does it, the next dates and what became of the last."""

    may_manage: bool
    doing: list[DoingFacts]
    next_dates: list[DateFacts]
    last_dates: list[DateFacts]


class SeriesFilters(Body):
    """Which of them: those that go on, or those that have ended."""

    ended: bool = False
    cursor: Cursor = ""
    limit: Limit = LIMIT_DEFAULT


def _clock(minute: int | None) -> str | None:
    return None if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def _fields(found: Series, actor: Actor | None) -> dict[str, object]:
    kind = kinds.shown(found.circle, found.kind)
    return {
        "id": found.id,
        "kind": KindNamed(code=kind.code, name=kind.name, icon=kind.icon),
        "unit": found.unit,
        "quantity": Quantity.of(found.quantity, found.unit),
        "whole_only": found.whole_only,
        "summary": found.summary,
        "area": Named(id=found.area.id, name=found.area.name) if found.area else None,
        "visibility": found.visibility,
        "repeat": found.repeat,
        "every": found.every,
        "weekdays": found.weekdays,
        "month_day": found.month_day or None,
        "nth": found.nth or None,
        "starts_on": found.starts_on,
        "ends_on": found.ends_on,
        "count": found.count,
        "ends_with": found.ends_with or None,
        "from_time": _clock(found.from_minute),
        "to_time": _clock(found.to_minute),
        "text": series_wording.whole(found),
        "state": found.state,
        "paused_until": found.paused_until,
        "posted_at": found.posted_at,
        "ended_at": found.ended_at,
        "is_mine": actor is not None and actor.is_one_of(found.agent_id),
    }


def _date_facts(one: queries.Date) -> DateFacts:
    return DateFacts(
        day=one.day, state=one.state, state_text=str(series_wording.STATES[one.state][0]),
        intent=one.card.intent.id if one.card else None, who=list(one.who),
    )  # fmt: skip


def _doing_facts(one: queries.Doing) -> DoingFacts:
    row = one.stand_in
    return DoingFacts(
        who=Named(id=one.agent_id, name=one.name), stand_in=row.id if row else None, since=row.since if row else None,
        until=row.until if row else None, waits=one.waits, waits_for_giver=one.waits_for_giver,
    )  # fmt: skip


def _detail(series_id: uuid.UUID, actor: Actor | None, request: ApiRequest, slug: str) -> SeriesDetail:
    """Return a series as its reader sees it now, read anew through access."""
    with as_reader(request, slug) as (circle, _actor, now):
        found = access.series(circle, actor, series_id)
        shown = queries.shown(found, actor, now=now)
        member = actor is not None and actor.is_member
        return SeriesDetail.model_validate(
            _fields(found, actor)
            | {
                "may_manage": access.may_manage_series(found, actor),
                "doing": [_doing_facts(one) for one in shown.doing] if member else [],
                "next_dates": [_date_facts(one) for one in shown.coming],
                "last_dates": [_date_facts(one) for one in shown.past],
            }
        )


@router.get(
    "/circles/{slug}/series", auth=READS_PUBLIC, response=Page[SeriesFacts], operation_id="list_series",
    summary="What comes again",
)  # fmt: skip
def list_series(request: ApiRequest, slug: Slug, filters: Annotated[SeriesFilters, Query()]) -> Page[SeriesFacts]:
    """Return what repeats and this caller may see, newest first."""
    after = read_cursor(filters.cursor)
    if filters.cursor and after is None:
        raise cursor_unknown()
    with as_visitor(request, slug) as (circle, actor, _now):
        rows = queries.listed(circle, actor, ended=filters.ended, after=after, limit=filters.limit + 1)
        for one in rows:
            one.circle = circle
        more = len(rows) > filters.limit
        items = [SeriesFacts.model_validate(_fields(one, actor)) for one in rows[: filters.limit]]
        return Page[SeriesFacts](items=items, next=write_cursor(rows[filters.limit - 1].id) if more else None)


@router.post(
    "/circles/{slug}/series", auth=WRITES, response={201: SeriesDetail}, operation_id="begin_series",
    summary="Post a need that comes again",
)  # fmt: skip
def begin_series(request: ApiRequest, slug: Slug, wanted: SeriesIn) -> Status[SeriesDetail]:
    """Begin it, and put its next dates on the board: each is an intent of its own."""
    with as_acting(request, slug) as (circle, actor, now):
        kind = kinds.find(circle, wanted.kind)
        quantity = read_amount(wanted.quantity, kind.unit)
        assert quantity is not None
        draft = IntentDraft(
            direction="request", kind=kind.code, quantity=quantity, urgency=0, unit=wanted.unit, summary=wanted.summary,
            whole_only=wanted.whole_only, visibility=wanted.visibility or "", area_id=wanted.area,
            from_minute=minute_of(wanted.from_time), to_minute=minute_of(wanted.to_time),
            on_behalf_of=wanted.on_behalf_of, private=wanted.private.values(circle),
        )  # fmt: skip
        made = actions.start(actor, draft, wanted.again(), now=now)
        return Status(201, _detail(made.id, actor, request, slug))


@router.get(SERIES, auth=READS_PUBLIC, response=SeriesDetail, operation_id="series", summary="One that comes again")
def one_series(request: ApiRequest, slug: Slug, series_id: Id) -> SeriesDetail:
    """Return its rule, who does it, the next six dates, and what became of the last four."""
    with as_reader(request, slug) as (_circle, actor, _now):
        return _detail(series_id, actor, request, slug)


@router.post(SERIES + "/skip", auth=WRITES, response=SeriesDetail, operation_id="skip_date", summary="Skip one date")
def skip_date(request: ApiRequest, slug: Slug, series_id: Id, wanted: DayIn) -> SeriesDetail:
    """Say that one date is not needed. Whoever was on it is told."""
    with as_acting(request, slug) as (_circle, actor, now):
        series_running.skip(actor, series_id, wanted.day, now=now)
        return _detail(series_id, actor, request, slug)


@router.post(
    SERIES + "/unskip", auth=WRITES, response=SeriesDetail, operation_id="unskip_date", summary="Take a skip back"
)
def unskip_date(request: ApiRequest, slug: Slug, series_id: Id, wanted: DayIn) -> SeriesDetail:
    """Say that a skipped date takes place after all."""
    with as_acting(request, slug) as (_circle, actor, now):
        series_running.unskip(actor, series_id, wanted.day, now=now)
        return _detail(series_id, actor, request, slug)


@router.post(SERIES + "/pause", auth=WRITES, response=SeriesDetail, operation_id="pause_series", summary="Pause it")
def pause_series(request: ApiRequest, slug: Slug, series_id: Id, wanted: PauseIn) -> SeriesDetail:
    """Let it rest. The coming dates leave the board, and whoever was on them is told."""
    with as_acting(request, slug) as (_circle, actor, now):
        series_running.pause(actor, series_id, wanted.until, now=now)
        return _detail(series_id, actor, request, slug)


@router.post(SERIES + "/resume", auth=WRITES, response=SeriesDetail, operation_id="resume_series", summary="Go on")
def resume_series(request: ApiRequest, slug: Slug, series_id: Id) -> SeriesDetail:
    """Say that something paused goes on. The next dates are on the board at once."""
    with as_acting(request, slug) as (_circle, actor, now):
        series_running.resume(actor, series_id, now=now)
        return _detail(series_id, actor, request, slug)


@router.post(SERIES + "/end", auth=WRITES, response=SeriesDetail, operation_id="end_series", summary="End it")
def end_series(request: ApiRequest, slug: Slug, series_id: Id) -> SeriesDetail:
    """End it: no further dates, and those on the board go."""
    with as_acting(request, slug) as (_circle, actor, now):
        series_running.end(actor, series_id, now=now)
        return _detail(series_id, actor, request, slug)


@router.post(SERIES + "/change", auth=WRITES, response=SeriesDetail, operation_id="change_series", summary="Change it")
def change_series(request: ApiRequest, slug: Slug, series_id: Id, wanted: ChangeIn) -> SeriesDetail:
    """Change rule, hours and amount. Dates somebody is on stay as agreed; the open ones are made anew."""
    with as_acting(request, slug) as (circle, actor, now):
        found = access.series(circle, actor, series_id)
        quantity = read_amount(wanted.quantity, found.unit)
        assert quantity is not None
        series_running.change(
            actor, series_id, wanted.again(), from_minute=minute_of(wanted.from_time), to_minute=minute_of(wanted.to_time),
            quantity=quantity, now=now,
        )  # fmt: skip
        return _detail(series_id, actor, request, slug)


@router.post(
    SERIES + "/take", auth=WRITES, response=SeriesDetail, operation_id="take_series", summary="I do it every time"
)
def take_series(request: ApiRequest, slug: Slug, series_id: Id, wanted: TakeIn) -> SeriesDetail:
    """Do it every time, or until a day. Where a single claim needs a yes, this needs one, once for all dates."""
    with as_acting(request, slug) as (_circle, actor, now):
        series_givers.take(
            actor, series_id, until=wanted.until, phone=wanted.phone, on_behalf_of=wanted.on_behalf_of, now=now
        )
        return _detail(series_id, actor, request, slug)


@router.post(SERIES + "/answer", auth=WRITES, response=SeriesDetail, operation_id="answer_series", summary="Yes or no")
def answer_series(request: ApiRequest, slug: Slug, series_id: Id, wanted: YesIn) -> SeriesDetail:
    """Say yes or no to somebody who wants to do it every time."""
    with as_acting(request, slug) as (_circle, actor, now):
        series_givers.answer(actor, series_id, yes=wanted.yes, now=now)
        return _detail(series_id, actor, request, slug)


@router.post(SERIES + "/leave", auth=WRITES, response=SeriesDetail, operation_id="leave_series", summary="Not any more")
def leave_series(request: ApiRequest, slug: Slug, series_id: Id) -> SeriesDetail:
    """Stop doing it every time; whose it is and coordinators may say so too. The coming dates are open again."""
    with as_acting(request, slug) as (circle, actor, now):
        left = series_givers.leave(actor, series_id, now=now)
        if not access.visible_series(circle, actor).filter(pk=series_id).exists():
            # What only coordinators see she saw because she did it.
            return _left(left, actor)
        return _detail(series_id, actor, request, slug)


def _left(found: Series, actor: Actor) -> SeriesDetail:
    found.circle = actor.circle
    nothing: dict[str, object] = {"may_manage": False, "doing": [], "next_dates": [], "last_dates": []}
    return SeriesDetail.model_validate(_fields(found, actor) | nothing)


@router.post(
    SERIES + "/hand",
    auth=WRITES,
    response=SeriesDetail,
    operation_id="hand_series",
    summary="Ask somebody to take over",
)
def hand_series(request: ApiRequest, slug: Slug, series_id: Id, wanted: HandIn) -> SeriesDetail:
    """Ask a member to stand in from a day to another. Until they say yes, nothing changes."""
    with as_acting(request, slug) as (_circle, actor, now):
        series_givers.hand(actor, series_id, wanted.to, wanted.since, wanted.until, now=now)
        return _detail(series_id, actor, request, slug)


@router.post(
    SERIES + "/answer-hand",
    auth=WRITES,
    response=SeriesDetail,
    operation_id="answer_hand",
    summary="Yes or no to standing in",
)
def answer_hand(request: ApiRequest, slug: Slug, series_id: Id, wanted: StandInAnswer) -> SeriesDetail:
    """Say yes or no to standing in; a no also ends what was agreed."""
    with as_acting(request, slug) as (circle, actor, now):
        access.series(circle, actor, series_id)
        left = series_givers.answer_hand(
            actor, wanted.stand_in, series_id=series_id, yes=wanted.yes, phone=wanted.phone, now=now
        )
        if not access.visible_series(circle, actor).filter(pk=series_id).exists():
            return _left(left, actor)
        return _detail(series_id, actor, request, slug)
