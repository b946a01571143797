"""What is allowed in the loop of help and what follows. Pure: values in, an answer or a refusal out, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from taawun.ground.values.refusal import Refusal
from taawun.ground.values.states import StateMachine

QUANTITY_PARTS_MAX = 1_000_000_000


class Direction(StrEnum):
    REQUEST = "request"
    OFFER = "offer"


class Urgency(IntEnum):
    """How long it can wait, in plain words: see ``words.py`` of this room."""

    WHENEVER = 0
    WEEK = 1
    SOON = 2
    NOW = 3


class Visibility(StrEnum):
    PUBLIC = "public"
    MEMBERS = "members"
    COORDINATORS = "coordinators"


class Side(StrEnum):
    GIVER = "giver"
    RECEIVER = "receiver"


INTENT = StateMachine(
    name="intent",
    initial="open",
    final=frozenset({"fulfilled", "withdrawn"}),
    moves={
        "fill": {"open": "taken"},
        "reopen": {"taken": "open"},
        "finish": {"open": "fulfilled", "taken": "fulfilled"},
        "withdraw": {"open": "withdrawn", "taken": "withdrawn", "expired": "withdrawn"},
        "expire": {"open": "expired"},
        "renew": {"expired": "open"},
    },
)

COMMITMENT = StateMachine(
    name="commitment",
    initial="waiting",
    final=frozenset({"received", "failed", "released"}),
    moves={
        "accept": {"waiting": "agreed"},
        "decline": {"waiting": "released"},
        "release": {"waiting": "released", "agreed": "released"},
        "deliver": {"agreed": "delivered"},
        "receive": {"agreed": "received", "delivered": "received"},
        "fail": {"agreed": "failed", "delivered": "failed"},
    },
)

# A commitment in one of these states holds its part of the request and of the offer.
HOLDING = frozenset({"waiting", "agreed", "delivered", "received"})
LIVING = frozenset({"waiting", "agreed"})

# How long an intent stays on the board when nobody says it still holds.
LIFETIME = {
    (Direction.REQUEST, Urgency.NOW): timedelta(days=2),
    (Direction.REQUEST, Urgency.SOON): timedelta(days=4),
    (Direction.REQUEST, Urgency.WEEK): timedelta(days=10),
    (Direction.REQUEST, Urgency.WHENEVER): timedelta(days=30),
    (Direction.OFFER, Urgency.NOW): timedelta(days=2),
    (Direction.OFFER, Urgency.SOON): timedelta(days=4),
    (Direction.OFFER, Urgency.WEEK): timedelta(days=10),
    (Direction.OFFER, Urgency.WHENEVER): timedelta(days=30),
}
LIFETIME_STANDING = timedelta(days=60)
# "Still available?" is asked when this part of the lifetime is left.
ASK_BEFORE_PART = 4
# By when help should be there, counted from when it was asked for.
DUE = {
    Urgency.NOW: timedelta(hours=6),
    Urgency.SOON: timedelta(days=2),
    Urgency.WEEK: timedelta(days=7),
    Urgency.WHENEVER: timedelta(days=21),
}
# How long somebody may be "on this" without a word before the claim is released; the warning comes at two thirds.
STALE = {
    Urgency.NOW: timedelta(hours=3),
    Urgency.SOON: timedelta(hours=18),
    Urgency.WEEK: timedelta(days=3),
    Urgency.WHENEVER: timedelta(days=7),
}
REVEAL_AFTER_END = timedelta(hours=48)
SEALED_AFTER_END = timedelta(days=30)

FAIL_REASONS = (
    "not_there", "no_longer_needed", "no_longer_there", "giver_could_not", "too_late", "wrong_thing", "unsafe", "other"
)  # fmt: skip
RELEASE_REASONS = ("dropped_out", "declined", "withdrawn", "stale", "handed_over", "left")


@dataclass(frozen=True, slots=True)
class IntentTerms:
    """What the rules need of an intent. Amounts are in the unit's smallest part."""

    direction: Direction
    state: str
    quantity: int
    taken: int
    done: int
    whole_only: bool
    standing: bool
    urgency: Urgency
    sensitive: bool
    expires_at: datetime

    @property
    def left(self) -> int:
        return self.quantity - self.taken


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim that may stand: how much, and whether the other side still has to say yes."""

    quantity: int
    state: str
    waiting_for: Side | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an intent stands after a change."""

    state: str
    taken: int
    done: int


def claim(intent: IntentTerms, quantity: int | None, *, now: datetime, needs_yes: bool) -> Claimed:
    """Take part of an intent, or all that is left. ``needs_yes``: the other side must accept first."""
    if intent.state == "expired" or (intent.state == "open" and intent.expires_at <= now):
        raise Refusal.conflict("intent.expired")
    if intent.state in {"taken", "fulfilled"} or (intent.state == "open" and intent.left <= 0):
        raise Refusal.conflict("claim.gone", "quantity")
    if intent.state != "open":
        raise Refusal.conflict("intent.closed")
    wanted = intent.left if quantity is None else quantity
    if wanted <= 0:
        raise Refusal("claim.nothing", "quantity")
    if wanted > intent.left:
        raise Refusal.conflict("claim.too_much", "quantity", left=intent.left)
    # What was delivered in part leaves a rest, which is then the whole.
    if intent.whole_only and wanted != intent.left:
        raise Refusal("claim.whole_only", "quantity")
    if not needs_yes:
        return Claimed(wanted, "agreed", None)
    other = Side.RECEIVER if intent.direction is Direction.REQUEST else Side.GIVER
    return Claimed(wanted, "waiting", other)


def needs_yes(accept_claims: str, intent: IntentTerms, *, vouched: bool) -> bool:
    """Whether the one who posted must accept first: by the circle's setting, the kind, and who claims.

    A coordinator's claim is vouched for. Taking somebody's offer always needs the giver's yes.
    """
    if intent.direction is Direction.OFFER:
        return True
    if accept_claims == "never":
        return False
    if accept_claims == "always":
        return True
    return intent.sensitive and not vouched


def hold(intent: IntentTerms, quantity: int) -> Standing:
    """A part is claimed: the rest is what others still see as open."""
    taken = intent.taken + quantity
    return Standing("taken" if taken >= intent.quantity else "open", taken, intent.done)


def give_back(intent: IntentTerms, quantity: int, *, now: datetime) -> Standing:
    """A claimed part is free again. A closed intent stays closed; one that is over its time is expired."""
    taken = intent.taken - quantity
    if intent.state in {"withdrawn", "fulfilled", "expired"}:
        return Standing(intent.state, taken, intent.done)
    state = "open" if taken < intent.quantity else "taken"
    if state == "open" and intent.expires_at <= now:
        state = "expired"
    return Standing(state, taken, intent.done)


def hand_in(intent: IntentTerms, committed: int, delivered: int, *, now: datetime) -> Standing:
    """``delivered`` of a ``committed`` part arrived. What did not arrive is open again.

    A standing intent starts afresh each time: its part is free for the next turn, and it never counts as done.
    """
    if intent.standing:
        return give_back(intent, committed, now=now)
    rest = give_back(intent, committed - delivered, now=now)
    done = intent.done + delivered
    state = rest.state
    if state in {"open", "taken"} and done >= intent.quantity:
        state = "fulfilled"
    return Standing(state, rest.taken, done)


def correct_delivery(intent: IntentTerms, before: int, after: int, *, now: datetime) -> Standing:
    """The receiver says ``after`` arrived where the giver had said ``before``."""
    if intent.standing or before == after:
        return Standing(intent.state, intent.taken, intent.done)
    done, taken = intent.done + after - before, intent.taken + after - before
    if intent.state == "withdrawn":
        return Standing("withdrawn", taken, done)
    state = "fulfilled" if done >= intent.quantity else "taken" if taken >= intent.quantity else "open"
    if state == "open" and intent.expires_at <= now:
        state = "expired"
    return Standing(state, taken, done)


def move(state: str, verb: str) -> str:
    """Return where a verb leads a commitment, or refuse with what the state is."""
    after = COMMITMENT.next(state, verb)
    if after is None:
        raise Refusal.conflict(f"commitment.not_{verb}")
    return after


def delivered_amount(committed: int, delivered: int | None) -> int:
    amount = committed if delivered is None else delivered
    if amount <= 0:
        raise Refusal("deliver.nothing", "quantity")
    if amount > committed:
        raise Refusal("deliver.too_much", "quantity", committed=committed)
    return amount


def lifetime(direction: Direction, urgency: Urgency, *, standing: bool) -> timedelta:
    return LIFETIME_STANDING if standing else LIFETIME[direction, urgency]


@dataclass(frozen=True, slots=True)
class Clocks:
    """When to ask "still available?" and when an intent leaves the board."""

    ask_at: datetime
    expires_at: datetime


def clocks(direction: Direction, urgency: Urgency, *, standing: bool, ends_at: datetime | None, now: datetime) -> Clocks:
    """An intent ends with its time window, if that is further off than its lifetime it is asked about before."""
    life = lifetime(direction, urgency, standing=standing)
    expires_at = now + life
    if ends_at is not None and not standing:
        expires_at = ends_at
    return Clocks(expires_at - min(life, expires_at - now) / ASK_BEFORE_PART, expires_at)


@dataclass(frozen=True, slots=True)
class ClaimClocks:
    """When a claim is warned about, when it is released, and by when help should be there."""

    warn_at: datetime
    release_at: datetime
    due_at: datetime


def claim_clocks(urgency: Urgency, *, starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> ClaimClocks:
    """A claim on something that is only due later cannot be stale before its window has opened."""
    begin = max(now, starts_at) if starts_at else now
    stale = STALE[urgency]
    due_at = ends_at if ends_at and ends_at > now else begin + DUE[urgency]
    release_at = max(begin + stale, due_at) if ends_at and ends_at > now else begin + stale
    return ClaimClocks(begin + (release_at - begin) * 2 / 3, release_at, due_at)


def window(starts_at: datetime | None, ends_at: datetime | None, *, now: datetime) -> None:
    if starts_at and ends_at and ends_at <= starts_at:
        raise Refusal("window.backwards", "ends_at")
    if starts_at and abs(starts_at - now) > timedelta(days=366):
        raise Refusal("window.too_far" if starts_at > now else "window.past", "starts_at")
    if ends_at and ends_at <= now:
        raise Refusal("window.past", "ends_at")
    if ends_at and ends_at > now + timedelta(days=366):
        raise Refusal("window.too_far", "ends_at")


def default_visibility(direction: Direction, *, sensitive: bool) -> Visibility:
    """What is sensitive to have needed is seen by coordinators only, unless the person chooses otherwise."""
    return Visibility.COORDINATORS if sensitive and direction is Direction.REQUEST else Visibility.PUBLIC


def reveal_ends_at(ended_at: datetime | None) -> datetime | None:
    """Until when names, phones and doors stay open to both sides; None while the commitment lives."""
    return ended_at + REVEAL_AFTER_END if ended_at else None


# Why a need counts as one that was asked for before, the surest first.
REPEAT_REASONS = ("person", "phone", "door")


def repeat_reason(codes: tuple[str, ...], points: float, *, same_person: bool, likely: float) -> str:
    """Return why a second need of one kind repeats the first: ``person``, ``phone`` or ``door``; ``likely`` where somebody
    has to look; nothing where it does not.

    ``codes`` and ``points`` are what comparing the two persons gave. A shared phone is one household, whatever the names;
    a shared door is not, where the names differ.
    """
    if same_person:
        return "person"
    if "phone.same" in codes:
        return "phone"
    if "place.same" in codes and not any(code.startswith("name.other") for code in codes):
        return "door"
    return "likely" if points >= likely else ""


def raised(urgency: int) -> Urgency:
    """Asked for again: one step more urgent, at most now."""
    return Urgency(min(Urgency.NOW, urgency + 1))


def lowered(urgency: int, before: int | None) -> int:
    """Return the urgency when a step is taken back, unless something else has changed it since."""
    return before if before is not None and urgency == raised(before) else urgency


def counts_at_once(*, checked: bool, first_is_public: bool) -> bool:
    """Whether a repeat raises what everybody sees now, or only when a coordinator has looked.

    A filed need that nobody has looked at must not move a public card: whoever files a phone number would see on the
    board which need is that person's.
    """
    return checked or not first_is_public
