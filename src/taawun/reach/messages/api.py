"""Paste to draft over the API: what a chat message says, with the words it says it in. Nothing is stored."""

from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils import timezone
from ninja import Router
from pydantic import Field

from taawun.community.circles import access
from taawun.community.people.api.shapes import Answer, Body, Slug
from taawun.community.people.api.tokens import READS, ApiRequest
from taawun.practice.aid.wording import URGENCY_NAMES
from taawun.reach.messages.drafting import kinds_of, read_for
from taawun.reach.messages.reading import Draft, Found
from taawun.reach.messages.reading.read import TEXT_LENGTH_MAX

router = Router(tags=["drafts"])
_URGENCY = {int(urgency): name for urgency, name in URGENCY_NAMES.items()}


class PasteIn(Body):
    """One chat message or several, as they stand in the chat."""

    text: str = Field(min_length=1, max_length=TEXT_LENGTH_MAX, examples=["need 2 packs of nappies, 07911 123456"])


class Piece(Answer):
    """Where something was read: from the character ``start`` up to, and without, ``end`` of the draft's text."""

    field: str = Field(description="direction, kind, also, quantity, phone, place, urgency, when, name or withdrawn")
    start: int
    end: int


class FurtherFacts(Answer):
    """A further kind of the same message, and how much of it."""

    kind: str
    quantity: str | None


class DraftFacts(Answer):
    """What one message says. What it does not say is null; amounts are in the kind's unit."""

    text: str
    direction: str | None
    kind: str | None
    unit: str | None
    quantity: str | None
    phones: list[str]
    places: list[str]
    area: str | None = Field(description="The id of an area of the circle")
    urgency: str | None
    day: date | None
    minute: int | None = Field(description="The minute of that day")
    name: str | None
    withdrawn: bool = Field(description="Whether the message says that it is over")
    also: list[FurtherFacts]
    read_from: list[Piece]


class Drafts(Answer):
    """The drafts of a paste, in its order."""

    items: list[DraftFacts]


@router.post(
    "/circles/{slug}/drafts", auth=READS, response=Drafts, operation_id="read_drafts", summary="Read a chat message"
)
def read_drafts(request: ApiRequest, slug: Slug, body: PasteIn) -> Drafts:
    """Return what a message says, for a coordinator or a guardian to look through. Nothing of it is stored."""
    circle, _actor = access.open_for_guardian(slug, request.auth.account)
    with timezone.override(ZoneInfo(circle.time_zone)):
        units = kinds_of(circle).units
        return Drafts(items=[_facts(one, dict(units)) for one in read_for(circle, body.text, now=request.auth.now)])


def _facts(draft: Draft, units: dict[str, str]) -> DraftFacts:
    kind = draft.kind.value if draft.kind else None
    return DraftFacts(
        text=draft.text,
        direction=draft.direction.value if draft.direction else None,
        kind=kind,
        unit=units[kind] if kind else None,
        quantity=_amount(draft.quantity) if draft.counts_unit else None,
        phones=[one.value.best for one in draft.phones],
        places=[one.value for one in draft.places],
        area=draft.area.value if draft.area else None,
        urgency=_URGENCY[draft.urgency.value] if draft.urgency else None,
        day=draft.when.value.day if draft.when else None,
        minute=draft.when.value.minute if draft.when else None,
        name=draft.name.value if draft.name else None,
        withdrawn=draft.withdrawn is not None,
        also=[
            FurtherFacts(kind=one.kind.value, quantity=_amount(one.quantity) if one.counts_unit else None)
            for one in draft.also
        ],
        read_from=[Piece(field=field, start=start, end=end) for field, (start, end) in draft.marked()],
    )


def _amount(found: Found[Fraction] | None) -> str | None:
    """Return an amount as the rest of the API writes them: digits and a point."""
    if found is None:
        return None
    value = found.value
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.3f}".rstrip("0").rstrip(".")
