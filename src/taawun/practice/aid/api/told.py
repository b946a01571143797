"""What callers are told of intents and commitments: what the pages show, and no more."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from pydantic import Field

from taawun.community.circles.actor import Actor
from taawun.community.people.api.shapes import Answer, Named, Quantity
from taawun.ground.journal.models import Entry
from taawun.ground.values.place import Point, centre_of
from taawun.practice.aid import access, queries, rules, wording
from taawun.practice.aid.models import Commitment, Intent
from taawun.practice.aid.queries.mine import Promise, promise


class KindNamed(Answer):
    """What it is about."""

    code: str
    name: str
    icon: str


class PointOut(Answer):
    """Degrees, WGS 84: the middle of a public cell, never a door."""

    latitude: float
    longitude: float


class Cell(Answer):
    """A public cell: an H3 index as people write it, and its middle."""

    id: str
    centre: PointOut


class HelperOut(Answer):
    """Somebody who is on it. The name is shown to members only."""

    name: str
    waiting: bool = Field(description="The other side has not said yes yet")
    late: bool


class IntentFacts(Answer):
    """A need or an offer as its reader may see it. ``who`` is the giver of an offer; who needs something is never named."""

    id: uuid.UUID
    direction: str
    kind: KindNamed
    unit: str
    quantity: Quantity
    left: Quantity
    done: Quantity
    whole_only: bool
    urgency: str
    urgency_text: str
    visibility: str
    sensitive: bool
    status: str = Field(description="open, taken, late, done, expired or withdrawn")
    checked: bool = Field(description="A need filed without an account is public once a coordinator has looked at it")
    summary: str
    area: Named | None
    cell: Cell | None
    starts_at: datetime | None
    ends_at: datetime | None
    weekdays: list[int]
    from_time: str | None
    to_time: str | None
    when: str = Field(description="The times above in words, in the circle's zone")
    posted_at: datetime
    expires_at: datetime
    who: Named | None
    helpers: list[HelperOut]
    is_mine: bool
    series: uuid.UUID | None = Field(description="What comes again, if this is one date of it")
    asked_again: int = Field(description="How often it was asked for again; shown to members only")


class CommitmentFacts(Answer):
    """A giver and a receiver agree on a part. The receiver is named by nothing but a recorded look (``reveal``)."""

    id: uuid.UUID
    request: uuid.UUID | None
    offer: uuid.UUID | None
    kind: KindNamed
    unit: str
    quantity: Quantity
    delivered: Quantity | None
    state: str
    state_text: str
    waiting_for: str | None = Field(description="giver or receiver: who has to say yes")
    giver: Named
    gives: bool = Field(description="The caller is on the giving side")
    waits_for_me: bool
    late: bool
    made_at: datetime
    agreed_at: datetime | None
    due_at: datetime
    release_at: datetime | None = Field(description="When it is let go, unless somebody says “still on it”")
    ended_at: datetime | None
    reason: str | None
    reason_text: str | None
    thanked_at: datetime | None
    handed_on_from: uuid.UUID | None
    may_reveal: bool
    reveal_ends_at: datetime | None


class Happened(Answer):
    """One step of what happened, in words."""

    name: str
    text: str
    event_at: datetime


class IntentDetail(IntentFacts):
    """An intent with what the reader may do, the commitments on it that are open to the reader, and what happened."""

    may_manage: bool
    commitments: list[CommitmentFacts]
    happened: list[Happened]


def happened(entries: Iterable[Entry]) -> list[Happened]:
    return [
        Happened(name=one.name, text=str(wording.ENTRIES[one.name][0]), event_at=one.event_at)
        for one in entries
        if one.name in wording.ENTRIES
    ]


def cell_facts(cell: int) -> Cell:
    # An H3 index is written in hexadecimal.
    return Cell(id=f"{cell:x}", centre=_point(centre_of(cell)))


def _point(point: Point) -> PointOut:
    return PointOut(latitude=round(point.latitude, 5), longitude=round(point.longitude, 5))


def _clock(minute: int | None) -> str | None:
    return None if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def intent_fields(card: queries.Card, *, now: datetime) -> dict[str, object]:
    intent = card.intent
    area = intent.area
    return {
        "id": intent.id,
        "direction": intent.direction,
        "kind": KindNamed(code=card.kind.code, name=card.kind.name, icon=card.kind.icon),
        "unit": intent.unit,
        "quantity": Quantity.of(intent.quantity, intent.unit),
        "left": Quantity.of(intent.left, intent.unit),
        "done": Quantity.of(intent.done, intent.unit),
        "whole_only": intent.whole_only,
        "urgency": wording.URGENCY_NAMES[rules.Urgency(intent.urgency)],
        "urgency_text": str(wording.URGENCY_MEANINGS[intent.urgency][0]),
        "visibility": intent.visibility,
        "sensitive": intent.sensitive,
        "status": card.status,
        "checked": intent.checked_at is not None,
        "summary": intent.summary,
        "area": Named(id=area.id, name=area.name) if area else None,
        "cell": cell_facts(intent.cell) if intent.cell is not None else None,
        "starts_at": intent.starts_at,
        "ends_at": intent.ends_at,
        "weekdays": intent.weekdays,
        "from_time": _clock(intent.from_minute),
        "to_time": _clock(intent.to_minute),
        "when": wording.when(intent, now),
        "posted_at": intent.posted_at,
        "expires_at": intent.expires_at,
        "who": Named(id=intent.agent_id, name=card.giver_name) if card.giver_name else None,
        "helpers": [HelperOut(name=one.name, waiting=one.waiting, late=one.late) for one in card.helpers],
        "is_mine": card.is_mine,
        "series": intent.series_id,
        "asked_again": card.asked_again,
    }


def intent_facts(card: queries.Card, *, now: datetime) -> IntentFacts:
    return IntentFacts.model_validate(intent_fields(card, now=now))


def told_of(intent: Intent, actor: Actor | None, *, now: datetime) -> IntentFacts:
    return intent_facts(queries.card(intent, actor, now=now), now=now)


def commitment_facts(shown: Promise, actor: Actor, *, now: datetime) -> CommitmentFacts:
    found = shown.commitment
    unit = shown.intent.unit
    reason = wording.FAIL_REASONS.get(found.reason) or wording.RELEASE_REASONS.get(found.reason)
    return CommitmentFacts(
        id=found.id,
        request=found.request_id,
        offer=found.offer_id,
        kind=KindNamed(code=shown.kind.code, name=shown.kind.name, icon=shown.kind.icon),
        unit=unit,
        quantity=Quantity.of(found.quantity, unit),
        delivered=Quantity.of(found.delivered, unit) if found.delivered is not None else None,
        state=found.state,
        state_text=str(wording.COMMITMENT_STATES[found.state]),
        waiting_for=found.waiting_for or None,
        giver=Named(id=found.giver_id, name=found.giver.shown if access.may_name(found, actor) else ""),
        gives=shown.gives,
        waits_for_me=shown.waits_for_me,
        late=shown.late,
        made_at=found.made_at,
        agreed_at=found.agreed_at,
        due_at=found.due_at,
        release_at=found.release_at,
        ended_at=found.ended_at,
        reason=found.reason or None,
        reason_text=str(reason) if reason else None,
        thanked_at=found.thanked_at,
        handed_on_from=found.handed_on_from_id,
        may_reveal=access.may_reveal(found, actor, now=now),
        reveal_ends_at=rules.reveal_ends_at(found.ended_at),
    )


def commitment_told(found: Commitment, actor: Actor, *, now: datetime) -> CommitmentFacts:
    """Return a commitment as its reader sees it now, read anew through access after an action has changed it."""
    return commitment_facts(promise(access.commitment(actor, found.id), actor, now=now), actor, now=now)


