"""What a carrier's taps mean and what follows. Pure: values in, an answer or a refusal out, no Django, no clock."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from taawun.practice.delivery import rules

# What a phone or paper may say of a whole run, and of one stop.
OF_RUN = ("start", "finish")
OF_STOP = {
    "on_the_way": "set_out",
    "delivered": "deliver",
    "part": "part",
    "not_there": "miss",
    "not_now": "put_off",
    "refused": "refuse",
}
WHATS = (*OF_RUN, *OF_STOP)
# What a pick-up can be: nobody picks up a part knowingly refused, and nobody there says "not now" to a carrier alone.
OF_PICKUP = ("on_the_way", "delivered", "part", "not_there")
TAPS_AT_ONCE = 100
NOTE_LENGTH_MAX = 500
# A phone's clock this far from ours is as good as right: the difference is what the line took.
CLOCK_TRUSTED = timedelta(minutes=2)
CODE_DIGITS = 5
CODE_TRIES = 3

# Why a promise failed, in aid's words, by what its stop had become when the run ended.
FAILED = {"not_there": "not_there", "not_now": "other", "refused": "no_longer_needed", "waiting": "giver_could_not"}

# Damm's table: a digit too many, a wrong one and two that changed places are all noticed.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2), (7, 0, 9, 2, 1, 5, 4, 8, 6, 3), (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6), (6, 1, 2, 3, 0, 4, 5, 9, 7, 8), (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4), (8, 9, 4, 5, 3, 6, 2, 0, 1, 7), (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)  # fmt: skip


def _damm(digits: str) -> int:
    state = 0
    for digit in digits:
        state = _DAMM[state][int(digit)]
    return state


def code_of(mac: bytes) -> str:
    """Return the code a recipient is told: four digits out of a mac, and one that tells of a slip."""
    body = str(int.from_bytes(mac[:8], "big") % 10_000).zfill(CODE_DIGITS - 1)
    return body + str(_damm(body))


def is_code(text: str) -> bool:
    """Return whether five digits hang together; it says nothing about whether they are the right ones."""
    return len(text) == CODE_DIGITS and text.isascii() and text.isdecimal() and _damm(text) == 0


def proof_of(typed: str, right: str, wrong_before: int) -> str:
    """Return what a typed code proves. Who guesses is not told more than that it was not right, and not for long."""
    if wrong_before >= CODE_TRIES:
        return "code_wrong"
    return "code" if hmac.compare_digest(typed.encode(), right.encode()) else "code_wrong"


def clock_offset(sent_at: datetime, now: datetime) -> timedelta:
    """Return how far a phone's clock is ahead of ours (behind is less than nothing), by when it says it is sending."""
    offset = sent_at - now
    return timedelta() if abs(offset) <= CLOCK_TRUSTED else offset


def event_at(happened_at: datetime, offset: timedelta, *, not_before: datetime | None, now: datetime) -> datetime:
    """Return when a tap happened by our clock: never still to come, and never before its run was promised."""
    moment = min(now, happened_at - offset)
    return max(moment, min(not_before, now)) if not_before is not None else moment


@dataclass(frozen=True, slots=True)
class StopTerms:
    """What the rules need of a stop. ``result`` is what the carrier said of it before."""

    state: str
    what: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a tap does to its stop: the state after it, how much arrived, and the code of what the phone is told.

    ``changes`` is false where it says nothing new (``again``), or where it came too late to matter.
    """

    state: str
    quantity: int | None
    answer: str
    changes: bool


def read(stop: StopTerms, what: str, quantity: int | None) -> Meaning:
    """Return what a tap of a carrier means for a stop of her run. It is never lost, whatever it means."""
    if what == "part" and quantity is not None and quantity >= stop.quantity > 0:
        what = "delivered" if quantity == stop.quantity else what
    amount = _amount(stop, what, quantity)
    if isinstance(amount, str):
        return Meaning(stop.state, None, amount, changes=False)
    if what == stop.state:
        return Meaning(stop.state, None, "again", changes=False)
    after = rules.STOP.next(stop.state, OF_STOP[what])
    if after is not None:
        return Meaning(after, amount, "done", changes=True)
    if what == "on_the_way":
        # The road to a stop that is over already: taps may overtake each other.
        return Meaning(stop.state, None, "overtaken", changes=False)
    return Meaning(stop.state, None, "cancelled" if stop.state == "cancelled" else "answered", changes=False)


def _amount(stop: StopTerms, what: str, quantity: int | None) -> int | str | None:
    if what == "delivered":
        return stop.quantity
    if what != "part":
        return None
    if quantity is None or quantity <= 0:
        return "part_nothing"
    return "part_too_much" if quantity > stop.quantity else quantity


def ahead(states: Iterable[tuple[object, str]], count: int) -> list[object]:
    """Return the ids of the next stops, at most ``count``: whom she is on her way to first, then in order."""
    found = [(one, state) for one, state in states if state in rules.AHEAD]
    found.sort(key=lambda pair: pair[1] != "on_the_way")
    return [one for one, _state in found[:count]]
