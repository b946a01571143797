"""When something that repeats falls due: against a day-by-day count, over months' ends, leap days, changing clocks, Ramadan."""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hijridate import Hijri
from hypothesis import given, settings
from hypothesis import strategies as st

from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import rules, series_rules
from taawun.practice.aid.series_rules import LAST, MONTH, NTH, WEEK, Repetition

TODAY = date(2026, 5, 18)
days = st.dates(date(2023, 1, 1), date(2028, 12, 31))
weekdays = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(tuple)
rules_of = st.builds(
    Repetition, kind=st.sampled_from([WEEK, MONTH, NTH]), starts_on=days, every=st.integers(1, 12), weekdays=weekdays,
    month_day=st.integers(1, 31), nth=st.sampled_from(series_rules.NTHS),
    ends_on=st.none() | days, count=st.none() | st.integers(1, 60),
)  # fmt: skip


def comes(rule: Repetition, day: date) -> bool:
    """The rule again in the plainest words: does it come on this day, leaving aside its end?"""
    if day < rule.starts_on:
        return False
    if rule.kind == WEEK:
        return day.weekday() in rule.weekdays and (day - rule.starts_on).days // 7 % rule.every == 0
    if ((day.year - rule.starts_on.year) * 12 + day.month - rule.starts_on.month) % rule.every:
        return False
    last = calendar.monthrange(day.year, day.month)[1]
    if rule.kind == MONTH:
        return day.day == min(rule.month_day, last)
    of_the_kind = [one for one in range(1, last + 1) if date(day.year, day.month, one).weekday() == day.weekday()]
    place = len(of_the_kind) - 1 if rule.nth == LAST else rule.nth - 1
    return day.weekday() in rule.weekdays and of_the_kind[place] == day.day


@settings(max_examples=150, deadline=None)
@given(rules_of, days, st.integers(0, 500))
def test_the_dates_are_those_of_a_count_day_by_day(rule, since, length):
    until = since + timedelta(days=length)
    wanted, so_far, day = [], 0, rule.starts_on
    while day <= until:
        if comes(rule, day):
            so_far += 1
            ended = (rule.count is not None and so_far > rule.count) or (
                rule.ends_on is not None and day > rule.ends_on
            )
            if since <= day and not ended:
                wanted.append(day)
        day += timedelta(days=1)
    assert series_rules.between(rule, since, until) == wanted


def test_a_month_without_the_31st_has_its_last_day_leap_years_too():
    rule = Repetition(MONTH, date(2027, 10, 31), month_day=31)
    found = series_rules.between(rule, rule.starts_on, date(2028, 4, 30))
    assert [(one.month, one.day) for one in found] == [(10, 31), (11, 30), (12, 31), (1, 31), (2, 29), (3, 31), (4, 30)]


def test_every_second_week_counts_from_its_first_day():
    # From a Sunday on, Sunday and Monday belong together, wherever the week begins.
    rule = Repetition(WEEK, date(2026, 5, 17), every=2, weekdays=(6, 0))
    assert [one.day for one in series_rules.between(rule, date(2026, 5, 1), date(2026, 6, 2))] == [17, 18, 31, 1]


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Beirut"])
@given(day=days, minute=st.integers(3 * 60, 24 * 60 - 1), length=st.integers(1, 24 * 60))
@settings(max_examples=60, deadline=None)
def test_the_hour_stays_the_hour_when_the_clocks_change(zone, day, minute, length):
    place = ZoneInfo(zone)
    starts_at, ends_at = series_rules.window(day, minute, (minute + length - 1) % (24 * 60), place)
    local = starts_at.astimezone(place)
    assert (local.date(), local.hour * 60 + local.minute) == (day, minute)
    assert timedelta(0) < ends_at - starts_at <= timedelta(hours=25)
    whole = series_rules.window(day, None, None, place)
    assert whole[0] < starts_at < whole[1] and timedelta(hours=22) < whole[1] - whole[0] < timedelta(hours=26)


def test_five_in_the_afternoon_is_another_hour_of_the_world_in_summer():
    place = ZoneInfo("Europe/London")
    winter, summer = (
        series_rules.window(day, 17 * 60, None, place)[0] for day in (date(2026, 3, 26), date(2026, 4, 2))
    )
    assert winter == datetime(2026, 3, 26, 17, tzinfo=UTC) and summer == datetime(2026, 4, 2, 16, tzinfo=UTC)


# The last days of Ramadan 1447 to 1450 by the calendar of Umm al-Qura.
@pytest.mark.parametrize(
    ("today", "ends_on"),
    [
        (date(2026, 1, 10), date(2026, 3, 19)), (date(2026, 3, 19), date(2026, 3, 19)), (date(2026, 3, 20), date(2027, 3, 8)),
        (date(2027, 9, 1), date(2028, 2, 25)), (date(2028, 3, 1), date(2029, 2, 13)),
    ],
)  # fmt: skip
def test_when_ramadan_ends(today, ends_on):
    assert series_rules.ramadan_ends_on(today) == ends_on
    hijri = Hijri(1447 + ends_on.year - 2026, 10, 1).to_gregorian()
    assert date(hijri.year, hijri.month, hijri.day) == ends_on + timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"kind": "year"}, "series.kind", "repeat"),
        ({"every": 0}, "series.every", "every"),
        ({"every": 13}, "series.every", "every"),
        ({"weekdays": ()}, "window.weekdays", "weekdays"),
        ({"weekdays": (7,)}, "window.weekdays", "weekdays"),
        ({"kind": MONTH, "month_day": 32}, "series.month_day", "month_day"),
        ({"kind": NTH, "nth": 5}, "series.nth", "nth"),
        ({"count": 0}, "series.count", "count"),
        ({"starts_on": date(2028, 1, 1)}, "series.starts", "starts_on"),
        ({"ends_on": date(2026, 5, 17)}, "series.ends_before", "ends_on"),
        ({"ends_on": date(2036, 1, 1)}, "series.ends_late", "ends_on"),
        ({"ends_on": date(2026, 5, 19)}, "series.never", "repeat"),
        ({"starts_on": date(2026, 4, 1), "count": 2}, "series.never", "repeat"),
    ],
)
def test_what_is_no_repetition_is_refused_with_its_field(changes, code, field):
    fields = {"kind": WEEK, "starts_on": TODAY, "weekdays": (3,)} | changes
    with pytest.raises(Refusal) as caught:
        series_rules.check(Repetition(**fields), TODAY)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_what_began_years_ago_may_be_changed():
    began = date(2023, 1, 5)
    series_rules.check(Repetition(WEEK, began, weekdays=(3,)), TODAY, began=began)


@given(st.integers(0, 40))
def test_an_open_date_grows_more_urgent_and_never_less(ahead):
    here, later = (series_rules.urgency(TODAY + timedelta(days=ahead + step), TODAY) for step in (0, 1))
    assert here >= later and (here == rules.Urgency.NOW) == (ahead == 0)


@given(days)
def test_which_one_in_its_month_a_day_is_leads_back_to_it(day):
    last = (day + timedelta(days=7)).month != day.month
    rule = Repetition(NTH, day, weekdays=(day.weekday(),), nth=-1 if last else (day.day - 1) // 7 + 1)
    assert next(series_rules.dates(rule, day)) == day
