"""What callers send: drafts of intents, claims, answers. What only the other side may see goes in and never out."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from taawun.community.circles import kinds
from taawun.community.circles.models import Circle
from taawun.community.people.api.shapes import Amount, Body, Flag, Id, Line, Moment, Paragraph, Word, read_amount
from taawun.ground.values.place import Point, centre_of, parse_plus_code
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.digits import to_latin
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.actions.agreeing import Reach
from taawun.practice.aid.wording import URGENCY_NAMES

UrgencyName = Literal["now", "soon", "week", "whenever"]
VisibilityName = Literal["public", "members", "coordinators"]
FailReason = Literal[
    "not_there", "no_longer_needed", "no_longer_there", "giver_could_not", "too_late", "wrong_thing", "unsafe", "other"
]
URGENCIES = {name: int(urgency) for urgency, name in URGENCY_NAMES.items()}

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def _read_clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise PydanticCustomError("clock.format", "not an hour and minute")
    return text


Clock = Annotated[
    str,
    Field(max_length=5, description="Hour and minute in the circle's zone, such as 17:30.", examples=["17:30"]),
    AfterValidator(_read_clock),
]
Weekday = Annotated[int, Field(strict=True, ge=0, le=6)]
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(strict=True, ge=-180, le=180, allow_inf_nan=False)]


class PointIn(Body):
    """Degrees, WGS 84."""

    latitude: Latitude
    longitude: Longitude


class PrivateIn(Body):
    """Sealed at once. The other side sees it when both agree, and each look is on record; it is in no list and no answer."""

    name: Line = Field(default="", description="What to call the person")
    reach: Line = Field(default="", description="A phone, an e-mail address, or words such as “ring at the bakery”")
    door: Paragraph = Field(default="", description="Where exactly; a landmark is enough")
    details: Paragraph = Field(default="", description="Anything else the helper must know")
    point: PointIn | None = None
    plus_code: Word = Field(default="", description="A plus code, full or short, instead of a point")

    def values(self, circle: Circle) -> Private:
        return Private(self.name, self.reach, self.door, self.details, self._point(circle))

    def _point(self, circle: Circle) -> Point | None:
        if self.plus_code.strip():
            near = centre_of(circle.cell) if circle.cell else None
            try:
                return parse_plus_code(to_latin(self.plus_code), near)
            except (Refusal, ValueError):
                raise Refusal("place.plus_code", "private.plus_code") from None
        return Point(self.point.latitude, self.point.longitude) if self.point else None


class NeedIn(Body):
    """A need as somebody without an account files it."""

    kind: Word = Field(description="A code of the circle's kinds", examples=["food.cooked_meal"])
    quantity: Amount = Field(examples=["2.5"])
    unit: Word = Field(default="", description="To be sure: refused when it is not the kind's unit")
    urgency: UrgencyName = "soon"
    summary: Line = Field(default="", description="For everybody; without names, phones or addresses")
    whole_only: Flag = Field(default=False, description="Only as a whole, not in parts")
    visibility: VisibilityName | None = Field(default=None, description="Without it, what suits the kind")
    area: Id | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    weekdays: list[Weekday] = Field(default=[], max_length=7, description="Again every week on these days, Monday = 0")
    from_time: Clock | None = None
    to_time: Clock | None = None
    private: PrivateIn = PrivateIn()

    def draft(self, circle: Circle, direction: str = "request", on_behalf_of: Id | None = None) -> IntentDraft:
        """Return what was sent as the draft an action takes."""
        kind = kinds.find(circle, self.kind)
        quantity = read_amount(self.quantity, kind.unit)
        assert quantity is not None
        return IntentDraft(
            direction=direction,
            kind=kind.code,
            quantity=quantity,
            urgency=URGENCIES[self.urgency],
            unit=self.unit,
            summary=self.summary,
            whole_only=self.whole_only,
            visibility=self.visibility or "",
            area_id=self.area,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            weekdays=self.weekdays,
            from_minute=minute_of(self.from_time),
            to_minute=minute_of(self.to_time),
            on_behalf_of=on_behalf_of,
            private=self.private.values(circle),
        )


class IntentIn(NeedIn):
    """A need or an offer as a member posts it."""

    direction: Literal["request", "offer"]
    on_behalf_of: Id | None = Field(default=None, description="An organisation or a neighbour the caller acts for")


def minute_of(clock: str | None) -> int | None:
    if clock is None:
        return None
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


class ReachIn(Body):
    """How the one who acts can be found: shown to the other side once both agree."""

    phone: Line = ""
    door: Paragraph = ""
    details: Paragraph = ""

    def values(self) -> Reach:
        return Reach(self.phone, self.door, self.details)


class ClaimIn(Body):
    """ "I'm on this". Without a quantity, all that is left."""

    quantity: Amount | None = None
    with_intent: Id | None = Field(default=None, description="The caller's own intent of the other direction, used up as well")
    on_behalf_of: Id | None = None
    reach: ReachIn = ReachIn()


class ProposalIn(Body):
    """Ask the giver of an offer to help with this request."""

    offer: Id
    quantity: Amount | None = None


class AcceptIn(Body):
    """A yes, and how the one who says it can be found."""

    phone: Line = ""
    door: Paragraph = ""


class HandOverIn(Body):
    """To whom a promise is handed."""

    to: Id


class HappenedIn(Body):
    """How much arrived, and when; without them, all of it, now."""

    quantity: Amount | None = None
    event_at: Moment | None = None


class FailIn(Body):
    """Why it did not work."""

    reason: FailReason
    event_at: Moment | None = None


class WhyIn(Body):
    """Why a coordinator has to see what is sealed. Not needed for one's own."""

    why: Line = ""


class FollowIn(Body):
    """The code on the receipt: sixteen digits, in any digits, with or without spaces."""

    code: Word


class HolderIn(FollowIn):
    """What the holder of a receipt does: with the need, or with one of the commitments on it."""

    do: Literal["renew", "withdraw", "accept", "decline", "receive", "fail", "thank"]
    commitment: Id | None = Field(default=None, description="Which one, for all but renew and withdraw")
    reason: FailReason | None = Field(default=None, description="For fail")
