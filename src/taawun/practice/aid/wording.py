"""Aid in plain words: urgency with its meaning, states, when, why suggested, what happened. Translated, never glued."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from babel import Locale
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from taawun.ground.words.formats import (
    format_datetime,
    format_distance_km,
    format_near_date,
    format_number,
    format_time,
    format_weekday,
)
from taawun.ground.words.languages import language_of
from taawun.practice.aid.models import Intent
from taawun.practice.aid.rules import Urgency
from taawun.solve.matching.terms import Scored, Term

URGENCY_NAMES = {Urgency.NOW: "now", Urgency.SOON: "soon", Urgency.WEEK: "week", Urgency.WHENEVER: "whenever"}
URGENCY_MEANINGS: dict[int, tuple[Promise | str, Promise | str]] = {
    Urgency.NOW: (pgettext_lazy("urgency", "Now"), _lazy("Today: somebody is hungry, ill or without a roof.")),
    Urgency.SOON: (pgettext_lazy("urgency", "Soon"), _lazy("Within two days.")),
    Urgency.WEEK: (pgettext_lazy("urgency", "This week"), _lazy("Some time in the next seven days.")),
    Urgency.WHENEVER: (pgettext_lazy("urgency", "Whenever"), _lazy("It can wait until somebody has time.")),
}
VISIBILITY_MEANINGS = {
    "public": (_lazy("Everyone"), _lazy("Anyone with the link sees what and roughly where, never who.")),
    "members": (_lazy("Members"), _lazy("Only members of this community.")),
    "coordinators": (_lazy("Coordinators"), _lazy("Only coordinators; they look for somebody quietly.")),
}
FAIL_REASONS = {
    "not_there": _lazy("Nobody was there"),
    "no_longer_needed": _lazy("It is no longer needed"),
    "giver_could_not": _lazy("The giver could not come"),
    "wrong_thing": _lazy("It was not the right thing"),
    "unsafe": _lazy("It did not feel safe"),
    "other": _lazy("Something else"),
}
RELEASE_REASONS = {
    "dropped_out": _lazy("Let go"),
    "declined": _lazy("Declined"),
    "withdrawn": _lazy("Taken off the board"),
    "stale": _lazy("Released after a long silence"),
    "handed_over": _lazy("Handed over"),
    "left": _lazy("Left the community"),
}
COMMITMENT_STATES = {
    "waiting": _lazy("Waiting for a yes"),
    "agreed": _lazy("Agreed"),
    "delivered": _lazy("Delivered"),
    "received": _lazy("Received"),
    "failed": _lazy("It did not work"),
    "released": _lazy("Let go"),
}
# What an entry of the journal says on a timeline, and its icon.
ENTRIES: dict[str, tuple[Promise | str, str]] = {
    "intent.posted": (_lazy("Posted"), "plus"),
    "intent.checked": (_lazy("Looked at by a coordinator"), "accept"),
    "intent.renewed": (_lazy("Still needed or still there"), "renew"),
    "intent.asked": (_lazy("Asked whether it still holds"), "info"),
    "intent.expired": (_lazy("Ran out"), "clock"),
    "intent.withdrawn": (_lazy("Taken off the board"), "withdraw"),
    "match.proposed": (_lazy("Somebody was asked to help"), "message"),
    "claim.made": (_lazy("Somebody is on it"), "claim"),
    "claim.accepted": (_lazy("Both sides agreed"), "accept"),
    "claim.declined": (_lazy("Declined"), "decline"),
    "claim.kept": (_lazy("Still on it"), "renew"),
    "claim.warned": (_lazy("A reminder was sent"), "clock"),
    "claim.released": (_lazy("Let go; open again"), "release"),
    "claim.handed_over": (_lazy("Handed to somebody else"), "hand-over"),
    "help.delivered": (_lazy("Delivered"), "delivered"),
    "help.received": (_lazy("Received"), "received"),
    "help.failed": (_lazy("It did not work"), "warning"),
    "help.thanked": (_lazy("Thanks were given"), "thank"),
}
GOOD_ENTRIES = frozenset({"help.delivered", "help.received", "help.thanked", "claim.accepted"})
BAD_ENTRIES = frozenset({"help.failed", "claim.released", "intent.expired"})


def when(intent: Intent, now: datetime) -> str:
    """Return when an intent is for, in the circle's zone: a window, standing days, or nothing."""
    if intent.weekdays:
        return standing(intent.weekdays, intent.from_minute, intent.to_minute)
    if intent.starts_at is None and intent.ends_at is None:
        return ""
    start, end = intent.starts_at, intent.ends_at
    if start and end:
        local_start, local_end = timezone.localtime(start), timezone.localtime(end)
        if local_start.date() == local_end.date():
            return _("%(day)s, %(start)s to %(end)s") % {
                "day": _near(start, now), "start": format_time(local_start), "end": format_time(local_end)
            }
        return _("%(start)s to %(end)s") % {"start": format_datetime(start), "end": format_datetime(end)}
    if end:
        return _("until %(moment)s") % {"moment": format_datetime(end)}
    return _("from %(moment)s") % {"moment": format_datetime(start)} if start else ""


def _near(moment: datetime, now: datetime) -> str:
    return format_near_date(timezone.localtime(moment).date(), timezone.localtime(now).date())


def weekday_name(day: int) -> str:
    """Return the name of a weekday, Monday = 0."""
    return format_weekday((datetime(2024, 1, 1) + timedelta(days=day)).date())


def join(items: Sequence[str]) -> str:
    """Return a list as the language writes it."""
    if len(items) < 2:
        return "".join(items)
    head = _(", ").join(items[:-1])
    return _("%(head)s and %(last)s") % {"head": head, "last": items[-1]}


def standing(weekdays: Sequence[int], from_minute: int | None, to_minute: int | None) -> str:
    """Return "every Thursday and Friday, 17:00 to 19:00"."""
    days = _("every day") if len(weekdays) == 7 else _("every %(days)s") % {
        "days": join([weekday_name(day) for day in weekdays])
    }
    if from_minute is None or to_minute is None:
        return days
    return _("%(days)s, %(start)s to %(end)s") % {"days": days, "start": _clock(from_minute), "end": _clock(to_minute)}


def _clock(minute: int) -> str:
    return format_time((datetime(2024, 1, 1) + timedelta(minutes=minute % (24 * 60))).time())


def reasons(scored: Scored, now: datetime) -> list[str]:
    """Return why a match is suggested, in words, the most telling first."""
    said = [_reason(term, now) for term in scored.terms]
    return [one for one in said if one]


def _reason(term: Term, now: datetime) -> str:
    facts = term.facts
    match term.code:
        case "distance.known":
            return format_distance_km(float(facts["distance_km"]))  # type: ignore[arg-type]
        case "distance.area":
            return _("in the same area")
        case "language.shared":
            names = [_language_name(code) for code in facts["languages"]]  # type: ignore[union-attr]
            return _("speaks %(languages)s") % {"languages": join(names[:3])}
        case "time.meets":
            start = facts["starts_at"]
            return _("free %(day)s") % {"day": _near(start, now)} if isinstance(start, datetime) else ""
        case "time.clash":
            return _("at another time")
        case "fairness.recent_help":
            count = int(facts["count"])  # type: ignore[arg-type]
            text = ngettext("helped %(count)s time this month", "helped %(count)s times this month", count)
            return text % {"count": format_number(count)}
        case "quantity.whole":
            return _("covers all of it")
        case "quantity.part":
            return _("covers a part")
    return ""


def _language_name(code: str) -> str:
    """Return a language's name in the active language where Django knows it, else its own name."""
    language = language_of(get_language())
    return Locale.parse(language.locale.replace("-", "_")).languages.get(code, language_of(code).name_native)
