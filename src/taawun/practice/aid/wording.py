"""Aid in plain words: urgency with its meaning, states, when, why suggested, what happened. Translated, never glued."""

from collections.abc import Iterable, Sequence
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
    "no_longer_there": _lazy("The giver no longer had it"),
    "giver_could_not": _lazy("The giver could not come"),
    "too_late": _lazy("It came too late"),
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
DECLINE_REASONS = {
    "no_place": _lazy("No place left"),
    "not_for_us": _lazy("It is not what this programme does"),
    "outside_area": _lazy("It is too far away for this programme"),
    "not_reached": _lazy("They could not be reached"),
    "helped_elsewhere": _lazy("They were helped elsewhere"),
    "other": _lazy("Something else"),
}
PERIODS = {
    "": _lazy("No limit"),
    "week": _lazy("A week"),
    "month": _lazy("A month"),
    "places": _lazy("Open places"),
}
ENTRY_WAYS = {
    "anyone": (_lazy("Anybody"), _lazy("People can hand it their own need.")),
    "referral": (_lazy("By referral"), _lazy("A coordinator or guardian hands it on, after asking.")),
}
FIT_REASONS = {
    "kind.exact": _lazy("made for this"),
    "kind.group": _lazy("takes this kind of thing"),
    "place.near": _lazy("in this area"),
    "place.anywhere": _lazy("everywhere here"),
    "room.open": _lazy("no limit"),
    "room.left": _lazy("has room"),
    "room.list": _lazy("waiting list only"),
}
COMMITMENT_STATES = {
    "waiting": _lazy("Waiting for a yes"),
    "agreed": _lazy("Agreed"),
    "delivered": _lazy("Delivered"),
    "received": _lazy("Received"),
    "failed": _lazy("It did not work"),
    "released": _lazy("Let go"),
}
# Why two needs of one kind may be one.
REPEAT_REASONS = {
    "person": _lazy("Same person, same kind"),
    "phone": _lazy("Same phone, same kind"),
    "door": _lazy("Same door, same kind"),
    "likely": _lazy("Perhaps the same person, same kind"),
}
# What an entry of the journal says on a timeline, and its icon.
ENTRIES: dict[str, tuple[Promise | str, str]] = {
    "intent.posted": (_lazy("Posted"), "plus"),
    "intent.checked": (_lazy("Looked at by a coordinator"), "accept"),
    "intent.renewed": (_lazy("Still needed or still there"), "renew"),
    "intent.changed": (_lazy("Changed by the list it came from"), "edit"),
    "intent.asked_again": (_lazy("Asked for again: more urgent now"), "repeat"),
    "intent.asked": (_lazy("Asked whether it still holds"), "info"),
    "intent.expired": (_lazy("Ran out"), "clock"),
    "intent.withdrawn": (_lazy("Taken off the board"), "withdraw"),
    "repeat.linked": (_lazy("Linked to a need that was there before"), "link"),
    "repeat.counted": (_lazy("A coordinator said: the same need, asked for again"), "link"),
    "repeat.different": (_lazy("A coordinator said: not the same need"), "link"),
    "match.proposed": (_lazy("Somebody was asked to help"), "message"),
    "proposal.made": (_lazy("The whole board was matched, to be looked through"), "link"),
    "proposal.accepted": (_lazy("A coordinator had the givers of several pairs asked"), "accept"),
    "proposal.rejected": (_lazy("A coordinator said no to a proposed pair"), "decline"),
    "proposal.taken_back": (_lazy("A no to a proposed pair was taken back"), "back"),
    "matching.changed": (_lazy("A coordinator changed how matches are judged"), "settings"),
    "programme.added": (_lazy("An organisation added a programme"), "organisation"),
    "programme.changed": (_lazy("An organisation changed a programme"), "edit"),
    "programme.paused": (_lazy("A programme is paused"), "clock"),
    "programme.opened": (_lazy("A programme is open again"), "accept"),
    "programme.ended": (_lazy("An organisation ended a programme"), "withdraw"),
    "referral.made": (_lazy("Handed to a programme, with consent"), "hand-over"),
    "referral.listed": (_lazy("Put on a programme's waiting list"), "clock"),
    "referral.unlisted": (_lazy("Off the waiting list"), "release"),
    "figures.shared": (_lazy("Figures without names were shared by a link"), "link"),
    "figures.unshared": (_lazy("A link to figures was ended"), "close"),
    "series.begun": (_lazy("A need that comes again was posted"), "repeat"),
    "series.skipped": (_lazy("One date is skipped"), "close"),
    "series.unskipped": (_lazy("A skipped date takes place after all"), "renew"),
    "series.paused": (_lazy("Paused"), "clock"),
    "series.resumed": (_lazy("It goes on"), "renew"),
    "series.ended": (_lazy("It has ended"), "withdraw"),
    "series.changed": (_lazy("Days, hours or amount were changed"), "edit"),
    "series.taken": (_lazy("Somebody wants to do it every time"), "claim"),
    "series.accepted": (_lazy("A yes to who does it"), "accept"),
    "series.declined": (_lazy("A no to who would do it"), "decline"),
    "series.left": (_lazy("Somebody does it no longer"), "release"),
    "series.stand_in": (_lazy("Somebody may take over for a while"), "hand-over"),
    "claim.made": (_lazy("Somebody is on it"), "claim"),
    "claim.accepted": (_lazy("Both sides agreed"), "accept"),
    "claim.declined": (_lazy("Declined"), "decline"),
    "claim.kept": (_lazy("Still on it"), "renew"),
    "claim.warned": (_lazy("A reminder was sent"), "clock"),
    "claim.reminded": (_lazy("A reminder was sent the day before"), "clock"),
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
        if intent.occurs_on is not None and local_end.hour == local_end.minute == 0 and end - start > timedelta(hours=20):
            # A date without hours: the whole day.
            return _near(start, now)
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


def hours(from_minute: int, to_minute: int | None) -> str:
    """Return "17:00 to 19:00"."""
    if to_minute is None:
        return _("from %(moment)s") % {"moment": _clock(from_minute)}
    return _("%(start)s to %(end)s") % {"start": _clock(from_minute), "end": _clock(to_minute)}


# An offer younger than this needs no word about its age.
SAID_FROM_HOURS = 48
# How far the middles of neighbouring public cells lie apart, by resolution, in kilometres.
CELL_KM = {5: 17.1, 6: 6.4, 7: 2.4}


def reach_of(rings: int, resolution: int) -> str:
    """Return how far around its point something reaches, in words."""
    km = max(1, round(CELL_KM[resolution] * (rings + 0.5)))
    return _("up to about %(distance)s around") % {"distance": format_distance_km(km)}


def _clock(minute: int) -> str:
    return format_time((datetime(2024, 1, 1) + timedelta(minutes=minute % (24 * 60))).time())


def reasons(scored: Scored, now: datetime) -> list[str]:
    """Return why a match is suggested, in words, the most telling first."""
    return reasons_of(scored.terms, now)


def reasons_of(terms: Iterable[Term], now: datetime) -> list[str]:
    said = [_reason(term, now) for term in terms]
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
        case "success.expected":
            # About the offer, never about who gives; a fresh one needs no word.
            if float(facts["age_hours"]) < SAID_FROM_HOURS:  # type: ignore[arg-type]
                return ""
            still = format_number(round(100 * float(facts["still_there"])))  # type: ignore[arg-type]
            return _("of 100 this old, %(count)s are still there") % {"count": still}
    return ""


def _language_name(code: str) -> str:
    """Return a language's name in the active language where Django knows it, else its own name."""
    language = language_of(get_language())
    return Locale.parse(language.locale.replace("-", "_")).languages.get(code, language_of(code).name_native)
