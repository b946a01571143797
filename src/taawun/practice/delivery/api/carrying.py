"""Carrying over the API: a carrier's rounds, the doors of the next stops, taps in any order, and what a recipient says."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from django.utils import timezone
from ninja import Router
from pydantic import Field, StringConstraints

from taawun.community.circles.api import as_acting
from taawun.community.circles.everywhere import circle_ids
from taawun.community.people.api.shapes import (
    Amount,
    Answer,
    Body,
    Id,
    Line,
    Moment,
    Page,
    Quantity,
    Slug,
    Word,
    read_amount,
)
from taawun.community.people.api.tokens import OPENS, READS, WRITES, ApiRequest, Gate
from taawun.ground.media.making import Made
from taawun.ground.values.refusal import Refusal
from taawun.practice.delivery import carry_access, carry_rules, carry_wording
from taawun.practice.delivery.actions import carrying as actions
from taawun.practice.delivery.actions import coming as coming_actions
from taawun.practice.delivery.actions.carrying import Said
from taawun.practice.delivery.carry_proof import read_picture
from taawun.practice.delivery.queries import carrying as queries

router = Router(tags=["carrying"])
RUN = "/circles/{slug}/carry/{run_id}"
# Counted together: a link has 128 bits, but nobody needs to try many.
HOLDS = Gate(public=True, tries=("coming", 120))
HOLDS_AND_SAYS = Gate(public=True, writes=True, keyed=True, tries=("coming", 120))


class RoundFacts(Answer):
    """A round somebody was told of. ``take_along``: its doors may be kept on her phone now."""

    id: uuid.UUID
    number: int
    on_date: str
    state: str
    depart_at: datetime | None
    carrier: uuid.UUID
    companion: uuid.UUID | None


class StopFacts(Answer):
    """One stop of a round, in its order. ``is_next``: its door can be opened now."""

    id: uuid.UUID
    number: int
    what: str
    state: str
    kind: str
    quantity: Quantity
    area: str
    told_from: datetime | None
    told_until: datetime | None
    needs: list[str]
    is_next: bool
    delivered: Quantity | None
    proof: str


class RoundWhole(RoundFacts):
    """A round with its stops."""

    take_along: bool
    stops: list[StopFacts]


class DoorFacts(Answer):
    """What a carrier needs of whom she goes to; what was never given is null."""

    stop: uuid.UUID
    name: str | None = None
    phone: str | None = None
    door: str | None = None
    details: str | None = None
    point: str | None = None


class TapIn(Body):
    """One tap. Its ``id`` is made by whoever sends it: sent again, it happens once and answers the same."""

    id: Id
    what: Literal["start", "finish", "on_the_way", "delivered", "part", "not_there", "not_now", "refused"]
    stop: Id | None = None
    at: Moment | None = None
    order: Annotated[int, Field(ge=-(2**50), le=2**50)] = 0
    amount: Amount | None = None
    code: Word = ""
    note: Line = ""
    picture: Annotated[str, StringConstraints(max_length=3_000_000)] | None = Field(
        None, description="A photo, as base64."
    )
    source: Literal["phone", "paper"] = "phone"


class TapsIn(Body):
    """Taps in any order. ``sent_at`` is now by the sender's own clock: by it a wrong clock is put right."""

    sent_at: Moment
    taps: list[TapIn] = Field(min_length=1, max_length=carry_rules.TAPS_AT_ONCE)


class TapAnswer(Answer):
    """What became of a tap. It is on record whatever the answer; where ``fits`` is false, coordinators are told."""

    id: uuid.UUID
    code: str
    fits: bool
    detail: str
    stop: uuid.UUID | None
    state: str
    proof: str


class TapAnswers(Answer):
    """One answer a tap, in the order in which they were sent."""

    answers: list[TapAnswer]


class AlongIn(Body):
    """The stops whose doors the phone holds already."""

    has: list[Id] = Field(default_factory=list, max_length=500)


class ComingIn(Body):
    """The token in a link to a delivery, the last part of its address."""

    token: Word


class ComingSayIn(ComingIn):
    """What the recipient says of it."""

    say: Literal["not_now", "after_all"]


class ComingFacts(Answer):
    """A delivery as its recipient sees it. ``code`` is what she says at the door, while it is still to come."""

    kind: str
    quantity: Quantity
    told_from: datetime | None
    told_until: datetime | None
    state: str
    code: str | None
    can_put_off: bool


def _facts(run: queries.Run) -> dict[str, object]:
    return {
        "id": run.id, "number": run.number, "on_date": run.plan.on_date.isoformat(), "state": run.state,
        "depart_at": run.depart_at, "carrier": run.carrier.agent_id, "companion": run.companion_id,
    }  # fmt: skip


def _stop(line: queries.Line) -> StopFacts:
    stop, intent = line.stop, line.stop.intent
    assert intent is not None
    return StopFacts(
        id=stop.id, number=line.number, what=stop.what, state=stop.state, kind=intent.kind,
        quantity=Quantity.of(stop.quantity, intent.unit), area=line.area, told_from=stop.told_from or stop.eta,
        told_until=stop.told_until, needs=list(stop.needs), is_next=line.is_next, proof=stop.proof,
        delivered=Quantity.of(stop.delivered, intent.unit) if stop.delivered is not None else None,
    )  # fmt: skip


@router.get("/circles/{slug}/carry", auth=READS, response=Page[RoundFacts], operation_id="carry", summary="My rounds")
def my_rounds(request: ApiRequest, slug: Slug) -> Page[RoundFacts]:
    """Return the caller's rounds that are not over, and those of the last fortnight; the next one first."""
    with as_acting(request, slug) as (_circle, actor, now):
        runs = carry_access.own_runs(actor, now=now)
        return Page[RoundFacts](items=[RoundFacts.model_validate(_facts(one)) for one in runs])


@router.get(RUN, auth=READS, response=RoundWhole, operation_id="carry_round", summary="One round, without doors")
def one_round(request: ApiRequest, slug: Slug, run_id: Id) -> RoundWhole:
    """Return a round to whoever drives it, and to coordinators. No door stands in it."""
    with as_acting(request, slug) as (_circle, actor, now):
        shown = queries.round_of(actor, carry_access.run(actor, run_id), opens=False, now=now)
        return RoundWhole.model_validate(
            {**_facts(shown.run), "take_along": shown.takes_along, "stops": [_stop(one) for one in shown.lines]}
        )


@router.post(
    RUN + "/doors",
    auth=OPENS,
    response=Page[DoorFacts],
    operation_id="carry_doors",
    summary="The doors of the next stops",
)
def open_doors(request: ApiRequest, slug: Slug, run_id: Id) -> Page[DoorFacts]:
    """Open name, phone and door of the next stops. Each call is a look, and is on record."""
    with as_acting(request, slug) as (_circle, actor, now):
        shown = queries.round_of(actor, carry_access.run(actor, run_id), opens=True, now=now)
        return Page[DoorFacts](items=[DoorFacts(stop=one.stop.id, **one.door) for one in shown.next if one.door])


@router.post(
    RUN + "/along",
    auth=OPENS,
    response=Page[DoorFacts],
    operation_id="carry_along",
    summary="The doors of a round, to take along without signal",
)
def take_along(request: ApiRequest, slug: Slug, run_id: Id, held: AlongIn) -> Page[DoorFacts]:
    """Open the doors of all that is still to do, but of what the phone holds. They are to be destroyed as stops are done."""
    with as_acting(request, slug) as (_circle, actor, now):
        doors = actions.take_along(actor, run_id, held.has, now=now)
        return Page[DoorFacts](items=[DoorFacts(stop=stop_id, **fields) for stop_id, fields in doors.items()])


@router.post(
    RUN + "/taps", auth=WRITES, response=TapAnswers, operation_id="carry_taps", summary="What happened on a round"
)
def send_taps(request: ApiRequest, slug: Slug, run_id: Id, sent: TapsIn) -> TapAnswers:
    """Take in taps in any order, once or five times. None is lost: what does not fit is answered in a sentence."""
    with as_acting(request, slug) as (_circle, actor, now):
        units = {one.id: one.intent.unit for one in carry_access.stops(carry_access.run(actor, run_id)) if one.intent}
        said = [_said(one, units, number) for number, one in enumerate(sent.taps)]
        said = [
            replace(one, picture=_picture(tap.picture, actor, now)) for one, tap in zip(said, sent.taps, strict=True)
        ]
        answers = actions.sync(actor, run_id, said, sent_at=sent.sent_at, now=now)
        return TapAnswers(
            answers=[
                TapAnswer(
                    id=one.id, code=one.code, fits=one.fits, detail=str(carry_wording.ANSWERS[one.code]),
                    stop=one.stop_id, state=one.state, proof=one.proof,
                )
                for one in answers
            ]
        )  # fmt: skip


def _said(tap: TapIn, units: dict[uuid.UUID, str], number: int) -> Said:
    unit = units.get(tap.stop) if tap.stop else None
    quantity = read_amount(tap.amount, unit, "amount") if unit else None
    return Said(
        id=tap.id, what=tap.what, stop_id=tap.stop, quantity=quantity, happened_at=tap.at, order=tap.order or number,
        code=tap.code, note=tap.note, source=tap.source,
    )  # fmt: skip


def _picture(text: str | None, actor: actions.Actor, now: datetime) -> Made | None:
    """Return a photo made anew; one that cannot be read is refused here, since a program can be told."""
    if not text:
        return None
    made, refusal = read_picture(actor, text, now)
    if refusal is not None:
        raise refusal
    return made


def _coming(token: str, now: datetime) -> ComingFacts:
    found = carry_access.coming_by_token(token, circle_ids())
    with timezone.override(ZoneInfo(found.stop.circle.time_zone)):
        line = queries.coming(found.stop.circle, found.stop, now=now)
    intent = found.stop.intent
    if intent is None:
        raise Refusal("link.ended", status=404)
    return ComingFacts(
        kind=intent.kind, quantity=Quantity.of(found.stop.quantity, intent.unit), state=found.stop.state,
        told_from=found.stop.told_from or found.stop.eta, told_until=found.stop.told_until,
        code=line.code if line.can_put_off else None, can_put_off=line.can_put_off,
    )  # fmt: skip


@router.post("/coming", auth=HOLDS, response=ComingFacts, operation_id="coming", summary="A delivery, by its link")
def coming(request: ApiRequest, held: ComingIn) -> ComingFacts:
    """Return a delivery to whoever holds its link. Nothing is changed by asking."""
    return _coming(held.token, request.auth.now)


@router.post(
    "/coming/say",
    auth=HOLDS_AND_SAYS,
    response=ComingFacts,
    operation_id="coming_say",
    summary="Not now, or after all, by its link",
)
def coming_say(request: ApiRequest, said: ComingSayIn) -> ComingFacts:
    """Put a delivery off, or take that back. The carrier's list and the coordinators' plan show it at once."""
    coming_actions.say(carry_access.coming_by_token(said.token, circle_ids()), said.say, now=request.auth.now)
    return _coming(said.token, request.auth.now)
