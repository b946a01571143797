"""When things happen: hours of the day, days of the week, and the storm that came and went."""

import math
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from taawun.house.demo.town import STORM_BEFORE, ZONE

# How much of a day's asking falls into each hour: the night is quiet, the morning and the early evening are not.
HOURS: Final = (1, 0.5, 0.3, 0.2, 0.3, 1, 3, 6, 9, 10, 9, 8, 6, 5, 5, 6, 8, 9, 9, 8, 7, 5, 3, 2)
# From Monday. Friday noon belongs to the family and to the Friday Kitchen.
WEEKDAYS: Final = (1.1, 1.05, 1.0, 1.05, 0.7, 0.9, 1.0)
FRIDAY: Final = 4
FRIDAY_NOON: Final = (11, 12, 13)
SURGE: Final = 6.0
EBB: Final = timedelta(days=2, hours=12)
HOUR: Final = timedelta(hours=1)
_ZONE: Final = ZoneInfo(ZONE)


def local(moment: datetime) -> datetime:
    return moment.astimezone(_ZONE)


def at_local(day: date, minutes: float) -> datetime:
    """Return the moment so many minutes after midnight of a day in the town."""
    return datetime.combine(day, time(), _ZONE).astimezone(UTC) + timedelta(minutes=minutes)


def storm(moment: datetime, end: datetime) -> float:
    """Return how much of the storm is still felt: nothing before it, 1 when it comes, ebbing from then on."""
    since = moment - (end - STORM_BEFORE)
    return math.exp(-(since / EBB)) if since >= timedelta(0) else 0.0


def hourly(day: date, hour: int, a_day: float) -> float:
    """Return how much is to be expected in one hour, of so much on an ordinary day."""
    share = HOURS[hour] / sum(HOURS) * WEEKDAYS[day.weekday()]
    return a_day * (share / 2 if day.weekday() == FRIDAY and hour in FRIDAY_NOON else share)


def how_many(chance: Random, expected: float) -> int:
    """Draw a number of independent happenings (Poisson)."""
    limit, product, count = math.exp(-expected), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def after(chance: Random, median: timedelta, spread: float = 0.7) -> timedelta:
    """Draw how long somebody takes who typically takes ``median``."""
    return median * chance.lognormvariate(0.0, spread)


def by_day(chance: Random, moment: datetime) -> datetime:
    """Return the moment, or a time next morning when people would be asleep."""
    here = local(moment)
    if 7 <= here.hour < 22:
        return moment
    day = here.date() + timedelta(days=1) if here.hour >= 22 else here.date()
    return at_local(day, chance.uniform(7.5 * 60, 11 * 60))
