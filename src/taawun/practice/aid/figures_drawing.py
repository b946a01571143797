"""Figures as tables and as drawings made on the server. What is hidden is said to be hidden, and drawn as such."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.utils.translation import gettext as _

from taawun.community.circles.models import Circle
from taawun.ground.site import parts
from taawun.ground.words.digits import current_digits, to_digits
from taawun.ground.words.formats import format_number
from taawun.ground.words.languages import language_of
from taawun.ground.words.units import format_amount
from taawun.practice.aid import wording
from taawun.practice.aid.queries.figures import Figures, Line, Quarter

# As wide as a phone, so that letters keep their size there: the name above its bar, the figures beside it.
WIDTH, ROW, NAME, BAR, FIGURES = 360, 46, 18, 16, 100


def month_name(moment: datetime) -> str:
    locale = language_of(get_language()).locale.replace("-", "_")
    return to_digits(format_skeleton("yMMMM", moment, locale=locale), current_digits())


def quarter_name(quarter: Quarter) -> str:
    """Return the first and the last month of a quarter: a number alone says nothing to most people."""
    months = quarter.months(ZoneInfo("UTC"))
    return _("%(first)s to %(last)s") % {"first": month_name(months[0]), "last": month_name(months[2])}


def hidden() -> str:
    return _("hidden")


def _number(value: int | None, *, empty: bool = False) -> str:
    if value is None:
        return "–" if empty else hidden()
    return format_number(value)


def named(circle: Circle, found: Figures) -> list[tuple[str, str, list[tuple[str, Line]]]]:
    """Return the three tables: code, caption, and lines with their names."""
    months = found.quarter.months(ZoneInfo(circle.time_zone))
    not_said = _("Not said")
    return [
        ("month", _("By month"), [(month_name(months[int(one.code)]), one) for one in found.months]),
        ("group", _("By kind"), [(one.name or _("Our own"), one) for one in found.groups]),
        ("area", _("By area"), [(one.name or not_said, one) for one in found.areas]),
    ]


def columns(code: str) -> list[str]:
    first = {"month": _("Month"), "group": _("Kind"), "area": _("Area")}[code]
    made = [
        first, _("Needs"), _("People and households asking"), _("Met"), _("Not met"), _("People and households helped"),
        _("Share met"), _("Usual time to help"),
    ]  # fmt: skip
    return [*made, _("What arrived")] if code == "group" else made


def row(code: str, name: str, line: Line) -> list[str]:
    made = [
        name,
        _number(line.asked),
        _number(line.people),
        _number(line.met),
        _number(line.unmet),
        _number(line.reached),
        percent(line),
        hours(line),
    ]
    return [*made, arrived(line)] if code == "group" else made


def percent(line: Line) -> str:
    if line.is_empty:
        return "–"
    return hidden() if line.percent is None else _("%(number)s%%") % {"number": format_number(line.percent)}


def hours(line: Line) -> str:
    """Return the median of the times to help, in words; nothing where fewer than five stand behind it."""
    if line.median_hours is None:
        return "–"
    if line.median_hours < 48:
        return format_amount(max(1, line.median_hours) * 60, "hour")
    days = round(line.median_hours / 24)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": format_number(days)}


def arrived(line: Line) -> str:
    if line.is_empty:
        return "–"
    if line.quantities is None:
        return hidden()
    return wording.join([format_amount(amount, unit) for unit, amount in line.quantities.items()]) or "–"


def tables(circle: Circle, found: Figures) -> list[parts.Table]:
    made = []
    for code, caption, lines in named(circle, found):
        rows = [row(code, name, line) for name, line in lines]
        made.append(parts.Table(caption, columns(code), rows))
    return made


def totals(found: Figures) -> list[parts.Fact]:
    """Return the figures of all three months together, as far as they may be told."""
    words = columns("month")[1:]
    values = row("month", "", found.total)[1:]
    return [parts.Fact(word, value, isolate=False) for word, value in zip(words, values, strict=True)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a drawing: how much was met and not met, in drawing units, or hidden."""

    name: str
    text: str
    name_y: int
    y: int
    text_y: int
    name_x: int
    met_x: float
    met: float
    unmet_x: float
    unmet: float
    text_x: float
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Plot:
    caption: str
    width: int
    height: int
    bar: int
    bars: Sequence[Bar]


def plots(circle: Circle, found: Figures) -> list[Plot]:
    return [_plot(caption, lines) for _code, caption, lines in named(circle, found) if any(not one.is_empty for _n, one in lines)]


def _plot(caption: str, lines: list[tuple[str, Line]]) -> Plot:
    """Draw bars from the side the language begins on."""
    most = max((line.asked or 0 for _name, line in lines), default=0) or 1
    room = WIDTH - FIGURES
    bidi = get_language_bidi()
    bars = []
    for place, (name, line) in enumerate(lines):
        known = line.met is not None
        met = room * (line.met or 0) / most
        unmet = room * (line.unmet or 0) / most if known else room * (line.asked or 0) / most
        text = hidden() if not known and not line.is_empty else f"{_number(line.met, empty=True)} / {_number(line.asked, empty=True)}"
        end = met + unmet + 8
        top = place * ROW + 4
        bars.append(
            Bar(
                name=name, text=text, name_y=top + NAME - 4, y=top + NAME, text_y=top + NAME + BAR - 3,
                name_x=WIDTH if bidi else 0,
                met_x=_mirror(0, met, bidi), met=round(met, 1),
                unmet_x=_mirror(met, unmet, bidi), unmet=round(unmet, 1),
                text_x=round(WIDTH - end if bidi else end, 1),
                is_hidden=not known,
            )
        )  # fmt: skip
    # In a language from right to left a text's start is its right-hand side, so it grows away from the bar there too.
    return Plot(caption, WIDTH, len(lines) * ROW + 8, BAR, bars)


def _mirror(begin: float, width: float, bidi: bool) -> float:
    return round(WIDTH - begin - width if bidi else begin, 1)
