"""What carrying says in plain words: answers to taps, states, and entries of the record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext_lazy

from taawun.ground.words.formats import format_near_date, format_number, format_time

Text = Promise | str

# What a phone is told of a tap, by the code in the answer. All of them are on record, whatever the answer.
ANSWERS: Final[Mapping[str, Text]] = {
    "done": _lazy("It is on the record."),
    "again": _lazy("This was on the record already."),
    "overtaken": _lazy("Something newer was known of this stop already. It is on the record."),
    "answered": _lazy("This stop was answered differently before, and that stands. A coordinator sees both."),
    "cancelled": _lazy("This stop was cancelled meanwhile. What you said is on the record, and a coordinator sees it."),
    "moved": _lazy(
        "This stop was moved to another round meanwhile. What you said is on the record, and a coordinator sees it."
    ),
    "unknown": _lazy(
        "This stop is not on your round any more. What you said is on the record, and a coordinator sees it."
    ),
    "closed": _lazy(
        "This round was over before this came in. What you said is on the record, and a coordinator sees it."
    ),
    "promise_over": _lazy("Delivered. The promise behind it had ended meanwhile, so a coordinator looks at it."),
    "part_nothing": _lazy("Say how much arrived; it must be more than zero. A coordinator sees this."),
    "part_too_much": _lazy("That is more than there was to bring. A coordinator sees this."),
    "not_possible": _lazy("This cannot be said of this stop. A coordinator sees it."),
    "not_yours": _lazy("This was sent under a number that is taken. Say it once more."),
}
# What somebody has to look at, because what the carrier said and what was known do not fit together.
TO_LOOK_AT: Final = frozenset(
    {
        "answered",
        "cancelled",
        "moved",
        "unknown",
        "closed",
        "promise_over",
        "part_nothing",
        "part_too_much",
        "not_possible",
    }
)

STATES: Final[Mapping[str, tuple[Text, str, str]]] = {
    "waiting": (pgettext_lazy("stop", "To do"), "state-open", ""),
    "on_the_way": (pgettext_lazy("stop", "On the way"), "truck", "info"),
    "delivered": (pgettext_lazy("stop", "Delivered"), "delivered", "good"),
    "part": (pgettext_lazy("stop", "Part delivered"), "delivered", "good"),
    "not_there": (pgettext_lazy("stop", "Not there"), "decline", "warn"),
    "not_now": (pgettext_lazy("stop", "Not now"), "clock", "warn"),
    "refused": (pgettext_lazy("stop", "Not wanted"), "failed", "bad"),
    "cancelled": (pgettext_lazy("stop", "Cancelled"), "withdraw", ""),
}
PICKED_UP: Final = (pgettext_lazy("stop", "Picked up"), "delivered", "good")

RUN_STATES: Final[Mapping[str, Text]] = {
    "promised": pgettext_lazy("round", "Not begun yet"),
    "started": pgettext_lazy("round", "Under way"),
    "done": pgettext_lazy("round", "Finished"),
    "cancelled": pgettext_lazy("round", "Called off"),
}

WHATS: Final[Mapping[str, tuple[Text, str]]] = {
    "delivered": (pgettext_lazy("stop", "Delivered"), "delivered"),
    "part": (pgettext_lazy("stop", "Part delivered"), "delivered"),
    "on_the_way": (pgettext_lazy("stop", "On the way"), "truck"),
    "not_there": (pgettext_lazy("stop", "Not there"), "decline"),
    "not_now": (pgettext_lazy("stop", "Not now"), "clock"),
    "refused": (pgettext_lazy("stop", "Not wanted"), "failed"),
}
SOURCES: Final[Mapping[str, Text]] = {
    "phone": _lazy("tapped on the phone"),
    "page": _lazy("tapped on the page"),
    "paper": _lazy("typed back from paper"),
}

PROOFS: Final[Mapping[str, Text]] = {
    "photo": _lazy("with a photo"),
    "code": _lazy("with the right code"),
    "code_wrong": _lazy("the code did not fit"),
}

ENTRIES: Final[Mapping[str, tuple[Text, str]]] = {
    "run.started": (_lazy("A round has begun"), "truck"),
    "run.finished": (_lazy("A round is finished"), "success"),
    "stop.on_the_way": (_lazy("A delivery is on the way"), "truck"),
    "stop.delivered": (_lazy("A stop of a round is done"), "delivered"),
    "stop.part": (_lazy("A part was delivered on a round"), "delivered"),
    "stop.not_there": (_lazy("Nobody was there"), "decline"),
    "stop.not_now": (_lazy("Not now: it is brought another time"), "clock"),
    "stop.after_all": (_lazy("It can come after all"), "renew"),
    "stop.refused": (_lazy("It was not wanted"), "failed"),
    "stop.conflict": (_lazy("A carrier said something that did not fit what was known"), "warning"),
}

REASONS: Final[Mapping[str, Text]] = {
    "run": _lazy("to bring something on a round"),
    "along": _lazy("taken along for a round without signal"),
    "paper": _lazy("printed for a round"),
    "proof": _lazy("to see what was said at a door"),
}


NEEDS: Final[Mapping[str, tuple[Text, str, str]]] = {
    "cold_box": (_lazy("Keep it cold"), "fridge", "info"),
    "medicine": (_lazy("Medicine"), "medicine", "info"),
    "cash": (_lazy("Cash"), "money", "info"),
    "pair": (_lazy("Go as two"), "people", "warn"),
}


def need(code: str) -> tuple[str, str, str]:
    word, icon, look = NEEDS[code]
    return str(word), icon, look


def state(stop_state: str, what: str) -> tuple[str, str, str]:
    """Return the word, the icon and the look of a stop's state."""
    word, icon, look = PICKED_UP if what == "pickup" and stop_state == "delivered" else STATES[stop_state]
    return str(word), icon, look


def window(start: datetime | None, end: datetime | None, now: datetime) -> str:
    """Return "today, 10:00 to 12:00" in the circle's zone; nothing where nothing was said."""
    if start is None and end is None:
        return ""
    first = start or end
    assert first is not None
    day = format_near_date(timezone.localtime(first).date(), timezone.localtime(now).date())
    if start is None or end is None:
        return _("%(day)s, about %(time)s") % {"day": day, "time": format_time(timezone.localtime(first))}
    return _("%(day)s, %(start)s to %(end)s") % {
        "day": day,
        "start": format_time(timezone.localtime(start)),
        "end": format_time(timezone.localtime(end)),
    }


def clock_off(minutes: int) -> str:
    """Return how far a phone's clock was off, in words."""
    count = abs(minutes)
    text = (
        ngettext("the phone's clock was %(count)s minute ahead", "the phone's clock was %(count)s minutes ahead", count)
        if minutes > 0
        else ngettext(
            "the phone's clock was %(count)s minute behind", "the phone's clock was %(count)s minutes behind", count
        )
    )
    return text % {"count": format_number(count)}
