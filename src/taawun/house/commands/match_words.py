"""The plan of `./taawun match` in words: why a task, why a need is not met, and the lines at the end."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from taawun.ground.words.formats import format_date, format_number, format_quantity, format_time
from taawun.ground.words.languages import BY_CODE as LANGUAGES
from taawun.ground.words.languages import language_of
from taawun.ground.words.units import BY_CODE as UNITS
from taawun.house.commands.match_board import Outcome, Task, Unmet
from taawun.house.commands.match_sheet import Entry, moment_of
from taawun.solve.matching.problem import Gap

SEPARATORS = {"ar": "؛ ", "fa": "؛ ", "ur": "؛ "}
COMMAS = {"ar": "، ", "fa": "، ", "ur": "، "}


def amount(entry: Entry, parts: int) -> tuple[str, str]:
    """Return a quantity as a plain number and its unit, as the row writes it; in smaller parts where that is not exact."""
    value = Fraction(parts, entry.scale)
    number = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(number) == value:
        return f"{number.normalize():f}", entry.unit_shown
    unit = UNITS[entry.unit]
    return str(parts), unit.part.words[0] if unit.part else entry.unit_shown


def amount_in_words(entry: Entry, parts: int) -> str:
    if entry.unit in UNITS:
        return format_quantity(parts, entry.unit)
    return " ".join(filter(None, (format_number(parts), entry.unit_shown)))


def kilometres(distance: float) -> str:
    """Return a distance as the sheets give it. They are the coordinator's own, so nothing is coarsened here."""
    return _("%(distance)s km") % {"distance": format_number(Decimal(f"{distance:.1f}"))}


def why(task: Task) -> str:
    """Return the reasons for a task, as short phrases."""
    phrases = [_place(task), _languages(task), _time(task), _urgency(task.request)]
    if task.parts < task.request.parts:
        facts = {
            "part": amount_in_words(task.request, task.parts),
            "whole": amount_in_words(task.request, task.request.parts),
        }
        phrases.append(_("%(part)s of the %(whole)s needed") % facts)
    return SEPARATORS.get(_spoken(), "; ").join(phrase for phrase in phrases if phrase)


def _spoken() -> str:
    return language_of(get_language()).code


def _place(task: Task) -> str:
    if task.distance_km is not None:
        return _("%(distance)s away") % {"distance": kilometres(task.distance_km)}
    if task.same_area:
        return _("same area, %(area)s") % {"area": task.request.area}
    return _("distance not known")


def _languages(task: Task) -> str:
    asked, spoken = task.request.languages, task.offer.languages
    shared = [code for code in asked if code in spoken]
    if shared:
        return _("both speak %(languages)s") % {
            "languages": COMMAS.get(_spoken(), ", ").join(language_name(code) for code in shared)
        }
    return _("no language in common, so bring someone who interprets") if asked and spoken else ""


def language_name(code: str) -> str:
    """Return the name of a language in the active one; a language without a code is called what the sheet calls it."""
    if code not in LANGUAGES:
        return code
    try:
        return Locale.parse(code).get_display_name(_spoken()) or code
    except UnknownLocaleError:
        return code


def _time(task: Task) -> str:
    starts = [minutes for minutes in (task.request.opens, task.offer.opens) if minutes is not None]
    ends = [minutes for minutes in (task.request.closes, task.offer.closes) if minutes is not None]
    if not starts and not ends:
        return ""
    start = moment_of(max(starts)) if starts else None
    end = moment_of(min(ends)) if ends else None
    if start is None and end is not None:
        return _("possible until %(end)s") % {"end": _moment(end)}
    if end is None and start is not None:
        return _("possible from %(start)s") % {"start": _moment(start)}
    assert start is not None and end is not None
    whole_days = (start.hour, start.minute, end.hour, end.minute) == (0, 0, 23, 59)
    if start.date() == end.date():
        if whole_days:
            return _("possible on %(day)s") % {"day": format_date(start, style="short")}
        return _("possible on %(day)s, %(start)s to %(end)s") % {
            "day": format_date(start, style="short"), "start": format_time(start), "end": format_time(end),
        }  # fmt: skip
    if whole_days:
        days = {"start": format_date(start, style="short"), "end": format_date(end, style="short")}
        return _("possible from %(start)s to %(end)s") % days
    return _("possible from %(start)s to %(end)s") % {"start": _moment(start), "end": _moment(end)}


def _moment(moment: object) -> str:
    return f"{format_date(moment, style='short')} {format_time(moment)}"  # type: ignore[arg-type]


def _urgency(entry: Entry) -> str:
    return {3: _("needed now"), 2: _("needed soon"), 1: _("needed this week"), 0: ""}[entry.urgency]


def why_unmet(unmet: Unmet, limit_km: float) -> str:
    """Return the reason as a sentence that helps to do something about it."""
    request = unmet.request
    if unmet.reason == "nobody":
        return _("Nobody offers this.")
    if unmet.reason == "other_unit":
        return _("It is offered, but counted in another unit. Please write both in the same one.")
    if unmet.reason == "too_far":
        assert unmet.nearest_km is not None
        return _("The nearest offer is %(distance)s away, and the limit is %(limit)s.") % {
            "distance": kilometres(unmet.nearest_km), "limit": kilometres(limit_km),
        }  # fmt: skip
    if unmet.reason == "no_time":
        return _("Whoever offers this near enough is not free at that time.")
    if unmet.reason == "too_small":
        facts = {
            "whole": amount_in_words(request, request.parts),
            "largest": amount_in_words(request, unmet.largest_parts),
        }
        if request.can_split:
            return _("All offers near enough are too small: the largest is %(largest)s.") % facts
        return (
            _("It must come from one giver whole (%(whole)s), and the largest offer near enough is %(largest)s.")
            % facts
        )
    return _("What is offered near enough is all given away in this plan.")


def header() -> list[str]:
    return [
        pgettext("column", "status"),
        pgettext("column", "request"),
        pgettext("column", "offer"),
        pgettext("column", "kind"),
        pgettext("column", "quantity"),
        pgettext("column", "unit"),
        pgettext("column", "distance km"),
        pgettext("column", "why"),
        pgettext("column", "for whom"),
        pgettext("column", "their phone"),
        pgettext("column", "their area"),
        pgettext("column", "who gives"),
        pgettext("column", "giver's phone"),
        pgettext("column", "giver's area"),
    ]


def rows(outcome: Outcome, limit_km: float) -> list[list[str]]:
    """Return the plan row by row, in the order of the requests; what is missing of one comes after its tasks."""
    found: list[tuple[int, int, list[str]]] = []
    for task in outcome.tasks:
        request, offer = task.request, task.offer
        quantity, unit = amount(request, task.parts)
        distance = "" if task.distance_km is None else f"{task.distance_km:.1f}"
        people = [request.name, request.phone, request.area, offer.name, offer.phone, offer.area]
        shown = [pgettext("status", "planned"), request.id, offer.id, request.kind_shown, quantity, unit, distance]
        found.append((request.line, 0, [*shown, why(task), *people]))
    for unmet in outcome.unmet:
        request = unmet.request
        quantity, unit = amount(request, unmet.parts)
        shown = [pgettext("status", "not met"), request.id, "", request.kind_shown, quantity, unit, ""]
        people = [request.name, request.phone, request.area, "", "", ""]
        found.append((request.line, 1, [*shown, why_unmet(unmet, limit_km), *people]))
    return [row for _line, _after, row in sorted(found, key=lambda one: one[:2])]


def summary(requests: int, outcome: Outcome) -> list[str]:
    """Return the lines at the end: what is met, how far it is, and how good the plan is."""
    missing = {unmet.request.row for unmet in outcome.unmet}
    helped = {task.request.row for task in outcome.tasks}
    in_part = len(missing & helped)
    counts = {
        "requests": format_number(requests),
        "full": format_number(requests - len(missing)),
        "part": format_number(in_part),
        "unmet": format_number(len(missing) - in_part),
        "number": requests,
    }
    known = [task.distance_km for task in outcome.tasks if task.distance_km is not None]
    tasks = {"tasks": format_number(len(outcome.tasks)), "number": len(outcome.tasks)}
    lines = [
        ngettext(
            "%(requests)s request: %(full)s met in full, %(part)s in part, %(unmet)s not met.",
            "%(requests)s requests: %(full)s met in full, %(part)s in part, %(unmet)s not met.",
            requests,
        )
        % counts,
        ngettext("%(tasks)s task, %(distance)s in all.", "%(tasks)s tasks, %(distance)s in all.", len(outcome.tasks))
        % {**tasks, "distance": kilometres(sum(known))},
    ]
    unknown = len(outcome.tasks) - len(known)
    if unknown:
        lines.append(
            ngettext(
                "The distance of %(count)s task is not known.",
                "The distance of %(count)s tasks is not known.",
                unknown,
            )
            % {"count": format_number(unknown), "number": unknown}
        )
    lines.append(_quality(outcome.proposal.gap))
    if not outcome.proposal.complete:
        lines.append(
            _("The plan was cut short: some needs may still find an offer. Please run it again with what is left.")
        )
    return lines


def _quality(gap: Gap) -> str:
    if gap.term is None:
        return _("No plan meets more, and none that meets as much has shorter ways.")
    percent = format_number(Decimal(f"{100 * gap.fraction:.1f}"))
    if gap.term == "travel":
        return _("No plan meets more; one with shorter ways may exist, by at most %(percent)s%%.") % {
            "percent": percent
        }
    return _(
        "A plan that meets a little more may exist, by at most %(percent)s%% of one urgency. More seconds may find it."
    ) % {"percent": percent}
