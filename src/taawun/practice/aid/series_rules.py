"""When something that repeats falls due. Pure: days in, days out, no clock; times of the day are put into a zone at the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil import rrule
from hijridate import Gregorian, Hijri

from taawun.ground.values.refusal import Refusal
from taawun.practice.aid.rules import Urgency

WEEK, MONTH, NTH = "week", "month", "nth"
KINDS = (WEEK, MONTH, NTH)
EVERY_MAX = 12
COUNT_MAX = 400
LAST = -1
NTHS = (1, 2, 3, 4, LAST)
YEARS_AHEAD_MAX = 3
RAMADAN, SHAWWAL = 9, 10
# How far ahead dates are put on the board, and how many of one series at most.
HORIZON = timedelta(days=14)
DATES_AHEAD_MAX = 4


@dataclass(frozen=True, slots=True)
class Repetition:
    """Every ``every`` weeks on ``weekdays`` (Monday = 0), or every ``every`` months on ``month_day``, or on the ``nth`` one
    of ``weekdays`` (-1 is the last). The first possible day is ``starts_on``; it ends after ``ends_on`` or ``count`` times.
    """

    kind: str
    starts_on: date
    every: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: int = 0
    nth: int = 0
    ends_on: date | None = None
    count: int | None = None


def check(rule: Repetition, today: date, *, began: date | None = None) -> None:
    """Refuse a repetition that is none, or reaches further than anybody can promise.

    ``began`` is the first day of one that is changed: it may lie years back.
    """
    if rule.kind not in KINDS:
        raise Refusal("series.kind", "repeat")
    if not 1 <= rule.every <= EVERY_MAX:
        raise Refusal("series.every", "every", limit=EVERY_MAX)
    if rule.kind in (WEEK, NTH) and (not rule.weekdays or any(day not in range(7) for day in rule.weekdays)):
        raise Refusal("window.weekdays", "weekdays")
    if rule.kind == MONTH and not 1 <= rule.month_day <= 31:
        raise Refusal("series.month_day", "month_day")
    if rule.kind == NTH and rule.nth not in NTHS:
        raise Refusal("series.nth", "nth")
    if rule.count is not None and not 1 <= rule.count <= COUNT_MAX:
        raise Refusal("series.count", "count", limit=COUNT_MAX)
    if rule.starts_on != began and abs(rule.starts_on - today) > timedelta(days=366):
        raise Refusal("series.starts", "starts_on")
    if rule.ends_on is not None:
        if rule.ends_on < max(rule.starts_on, today):
            raise Refusal("series.ends_before", "ends_on")
        if rule.ends_on > latest(today):
            raise Refusal("series.ends_late", "ends_on")
    if next(dates(rule, max(rule.starts_on, today)), None) is None:
        raise Refusal("series.never", "repeat")


def latest(today: date) -> date:
    """Return the last day anybody may promise anything for."""
    return today + timedelta(days=366 * YEARS_AHEAD_MAX)


def dates(rule: Repetition, since: date) -> Iterator[date]:
    """Yield the days from ``since`` on, in order, without end where the rule has none (until the calendar's)."""
    for moment in _rrule(rule):
        day = moment.date()
        if rule.ends_on is not None and day > rule.ends_on:
            return
        if day >= since:
            yield day


def between(rule: Repetition, since: date, until: date) -> list[date]:
    """Return the days from ``since`` to ``until``, both included."""
    found = []
    for day in dates(rule, since):
        if day > until:
            break
        found.append(day)
    return found


def _rrule(rule: Repetition) -> rrule.rrule:
    start = datetime.combine(rule.starts_on, time.min)
    if rule.kind == WEEK:
        # Weeks are counted from the first day on, whatever day a week begins with where it is read.
        return rrule.rrule(
            rrule.WEEKLY, dtstart=start, interval=rule.every, byweekday=rule.weekdays, count=rule.count,
            wkst=rule.starts_on.weekday(),
        )  # fmt: skip
    if rule.kind == MONTH:
        # A month without the 31st has its last day instead: rent and medicine do not skip February.
        possible = range(min(rule.month_day, 28), rule.month_day + 1)
        return rrule.rrule(
            rrule.MONTHLY, dtstart=start, interval=rule.every, bymonthday=list(possible), bysetpos=-1, count=rule.count
        )
    days = [rrule.weekday(day)(rule.nth) for day in rule.weekdays]
    return rrule.rrule(rrule.MONTHLY, dtstart=start, interval=rule.every, byweekday=days, count=rule.count)


def window(day: date, from_minute: int | None, to_minute: int | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a date begins and ends, in UTC. Without hours it is the whole day, with only a begin two hours; an end
    before the begin is the next day's.

    Five in the afternoon stays five in the afternoon when the clocks change.
    """
    start = _at(day, from_minute or 0, zone)
    if to_minute is None:
        end = _at(day + timedelta(days=1), 0, zone) if from_minute is None else start + timedelta(hours=2)
    else:
        later = to_minute <= (from_minute or 0)
        end = _at(day + timedelta(days=1) if later else day, to_minute, zone)
    return start, max(end, start + timedelta(minutes=1))


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day, time.min) + timedelta(minutes=minute)
    return local.replace(tzinfo=zone).astimezone(UTC)


def urgency(day: date, today: date) -> Urgency:
    """Return how urgent an open date is: it grows as the day comes near."""
    days = (day - today).days
    return Urgency.NOW if days <= 0 else Urgency.SOON if days <= 2 else Urgency.WEEK if days <= 7 else Urgency.WHENEVER


def ramadan_ends_on(today: date) -> date:
    """Return the last day of the Ramadan that is or comes next, by the Umm al-Qura calendar.

    What is sighted may differ by a day, so this is shown as about, and can be changed by hand.
    """
    hijri = Gregorian(today.year, today.month, today.day).to_hijri()
    year = hijri.year if hijri.month <= RAMADAN else hijri.year + 1
    feast = Hijri(year, SHAWWAL, 1).to_gregorian()
    return date(feast.year, feast.month, feast.day) - timedelta(days=1)
