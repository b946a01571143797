"""What repeats, in plain words: "every Thursday, 17:00 to 19:00, until about 19 March 2026 (end of Ramadan)"."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from taawun.ground.words.formats import format_date, format_number
from taawun.practice.aid import wording
from taawun.practice.aid.models import Series
from taawun.practice.aid.series_rules import LAST, MONTH, WEEK

NTH: dict[int, Promise | str] = {
    1: _lazy("every month on the first %(days)s"),
    2: _lazy("every month on the second %(days)s"),
    3: _lazy("every month on the third %(days)s"),
    4: _lazy("every month on the fourth %(days)s"),
    LAST: _lazy("every month on the last %(days)s"),
}
# What became of a date, or will; the icon, and the look of its chip.
STATES: dict[str, tuple[Promise | str, str, str]] = {
    "open": (_lazy("Nobody is on it yet"), "state-open", "warn"),
    "taken": (_lazy("Somebody is on it"), "state-taken", ""),
    "coming": (_lazy("Not on the board yet"), "calendar", ""),
    "skipped": (_lazy("Skipped"), "close", ""),
    "paused": (_lazy("Paused"), "clock", ""),
    "done": (_lazy("Help arrived"), "state-done", ""),
    "missed": (_lazy("Nobody came"), "warning", "warn"),
    "unsaid": (_lazy("Nothing was said yet"), "info", ""),
    "withdrawn": (_lazy("Taken off the board"), "withdraw", ""),
}


def rule(series: Series) -> str:
    """Return when it comes, with its hours, without its end."""
    said = _days(series)
    if series.from_minute is None:
        return said
    hours = wording.hours(series.from_minute, series.to_minute)
    return _("%(days)s, %(hours)s") % {"days": said, "hours": hours}


def _days(series: Series) -> str:
    days = wording.join([wording.weekday_name(day) for day in series.weekdays])
    count = {"count": format_number(series.every)}
    if series.repeat == WEEK:
        if series.every == 1:
            return wording.standing(series.weekdays, None, None)
        if series.every == 2:
            return _("every second week on %(days)s") % {"days": days}
        text = ngettext("every %(count)s week on %(days)s", "every %(count)s weeks on %(days)s", series.every)
        return text % (count | {"days": days})
    if series.repeat == MONTH:
        said = _("every month on day %(day)s") % {"day": format_number(series.month_day)}
        if series.month_day > 28:
            said = _("every month on day %(day)s, or the last") % {"day": format_number(series.month_day)}
    else:
        said = str(NTH[series.nth]) % {"days": days}
    if series.every == 1:
        return said
    text = ngettext(
        "%(month)s, but only every %(count)s month", "%(month)s, but only every %(count)s months", series.every
    )
    return text % (count | {"month": said})


def end(series: Series) -> str:
    """Return until when it comes, or nothing where that is open."""
    if series.count is not None:
        text = ngettext("%(count)s time", "%(count)s times", series.count)
        return text % {"count": format_number(series.count)}
    if series.ends_on is None:
        return ""
    day = format_date(series.ends_on)
    if series.ends_with:
        return _("until about %(day)s (end of Ramadan)") % {"day": day}
    return _("until %(day)s") % {"day": day}


def whole(series: Series) -> str:
    said, until = rule(series), end(series)
    return _("%(rule)s, %(until)s") % {"rule": said, "until": until} if until else said
