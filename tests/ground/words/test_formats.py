"""Dates, times and distances as sentences, in every language and digit system."""

import datetime as dt

import pytest
from babel import Locale
from django.template import engines
from django.utils import timezone, translation

from taawun.ground.words import formats
from taawun.ground.words.digits import digits_as
from taawun.ground.words.languages import BY_CODE, COMPLETE, LANGUAGES, language_of

NOW = dt.datetime(2026, 5, 14, 14, 30, tzinfo=dt.UTC)  # a Thursday


def at(**ago: float) -> dt.datetime:
    return NOW - dt.timedelta(**ago)


@pytest.mark.parametrize(
    ("moment", "english", "arabic"),
    [
        (at(seconds=0), "just now", "الآن"),
        (at(seconds=59), "just now", "الآن"),
        (at(seconds=-30), "in a moment", "بعد لحظات"),
        (at(minutes=1), "1 minute ago", "قبل دقيقة"),
        (at(minutes=2), "2 minutes ago", "قبل دقيقتين"),
        (at(minutes=3), "3 minutes ago", "قبل ٣ دقائق"),
        (at(minutes=11), "11 minutes ago", "قبل ١١ دقيقة"),
        (at(minutes=59), "59 minutes ago", "قبل ٥٩ دقيقة"),
        (at(hours=1), "1 hour ago", "قبل ساعة"),
        (at(hours=2), "2 hours ago", "قبل ساعتين"),
        (at(hours=10), "10 hours ago", "قبل ١٠ ساعات"),
        (at(hours=14), "14 hours ago", "قبل ١٤ ساعة"),
        (at(hours=15), "yesterday", "أمس"),
        (at(days=1), "yesterday", "أمس"),
        (at(days=2), "2 days ago", "قبل يومين"),
        (at(days=11), "11 days ago", "قبل ١١ يوما"),
        (at(days=31), "13 Apr 2026", "١٣ أبريل ٢٠٢٦"),
        (at(minutes=-2), "in 2 minutes", "بعد دقيقتين"),
        (at(hours=-3), "in 3 hours", "بعد ٣ ساعات"),
        (at(days=-1), "tomorrow", "غدا"),
        (at(days=-3), "in 3 days", "بعد ٣ أيام"),
        (at(days=-30), "in 30 days", "بعد ٣٠ يوما"),
        (at(days=-31), "14 Jun 2026", "١٤ يونيو ٢٠٢٦"),
    ],
)
def test_how_long_ago(moment: dt.datetime, english: str, arabic: str) -> None:
    assert formats.format_since(moment, NOW, "en") == english
    assert formats.format_since(moment, NOW, "ar") == arabic


@pytest.mark.parametrize(
    ("days", "english", "arabic"),
    [
        (0, "today", "اليوم"),
        (1, "tomorrow", "غدا"),
        (-1, "yesterday", "أمس"),
        (2, "Saturday", "السبت"),
        (6, "Wednesday", "الأربعاء"),
        (7, "Thu 21 May", "الخميس، ٢١ مايو"),
        (-2, "Tue 12 May", "الثلاثاء، ١٢ مايو"),
        (300, "10 Mar 2027", "١٠ مارس ٢٠٢٧"),
    ],
)
def test_days_that_are_near_have_names(days: int, english: str, arabic: str) -> None:
    day = NOW.date() + dt.timedelta(days=days)
    assert formats.format_near_date(day, NOW.date(), "en") == english
    assert formats.format_near_date(day, NOW.date(), "ar") == arabic


@pytest.mark.parametrize(
    ("language", "date", "moment"),
    [
        ("en", "Thursday 14 May 2026", "Thu 14 May, 14:30"),
        ("ar", "الخميس، ١٤ مايو ٢٠٢٦", "الخميس، ١٤ مايو، ٢:٣٠ م"),
        ("fa", "پنجشنبه ۱۴ مهٔ ۲۰۲۶", "پنجشنبه ۱۴ مهٔ, ۱۴:۳۰"),
        ("fr", "jeudi 14 mai 2026", "jeu. 14 mai, 14:30"),
        ("tr", "Perşembe 14 Mayıs 2026", "Per 14 May, 14:30"),
    ],
)
def test_dates_in_words(language: str, date: str, moment: str) -> None:
    with translation.override(language):
        assert formats.format_date(NOW, style="long") == date
        assert formats.format_datetime(NOW) == moment


def test_no_language_borrows_the_weekdays_of_another() -> None:
    for language in LANGUAGES:
        names = Locale.parse(language.locale).days["format"]["wide"]
        for offset in range(7):
            day = dt.date(2026, 5, 11) + dt.timedelta(days=offset)
            assert formats.format_weekday(day, language.code) == names[offset]
    assert len({formats.format_weekday(NOW, language.code) for language in LANGUAGES}) == len(LANGUAGES)


def test_a_moment_falls_on_the_day_of_the_circles_zone() -> None:
    late = dt.datetime(2026, 5, 14, 22, 30, tzinfo=dt.UTC)
    with timezone.override("Asia/Jakarta"):
        assert formats.format_date(late) == "15 May 2026"
        assert formats.format_time(late) == "05:30"
        assert formats.format_near_date(late, NOW) == "tomorrow"
        assert formats.format_since(late, NOW) == "in 8 hours"
    with timezone.override("UTC"):
        assert formats.format_date(late) == "14 May 2026"
        assert formats.format_near_date(late, NOW) == "today"


def test_the_digits_of_a_date_are_the_readers() -> None:
    with translation.override("ar"), digits_as("latn"):
        assert formats.format_datetime(NOW) == "الخميس، 14 مايو، 2:30 م"
    with digits_as("arabext"):
        assert formats.format_date(NOW) == "۱۴ May ۲۰۲۶"


@pytest.mark.parametrize(
    ("km", "english", "arabic"),
    [
        (0.0, "same area", "في المنطقة نفسها"),
        (0.5, "same area", "في المنطقة نفسها"),
        (1.2, "about 1 km", "على بعد نحو ١ كم"),
        (2.4, "about 2 km", "على بعد نحو ٢ كم"),
        (13.0, "about 15 km", "على بعد نحو ١٥ كم"),
        (98.0, "about 100 km", "على بعد نحو ١٠٠ كم"),
        (1234.0, "about 1,230 km", "على بعد نحو ١٬٢٣٠ كم"),
    ],
)
def test_distances_are_never_finer_than_the_public_area(km: float, english: str, arabic: str) -> None:
    assert formats.format_distance_km(km, "en") == english
    assert formats.format_distance_km(km, "ar") == arabic


@pytest.mark.parametrize(
    ("template", "english", "arabic"),
    [
        ("{{ n|number }}", "1,234", "١٬٢٣٤"),
        ("{{ now|day }}", "Thu 14 May", "الخميس، ١٤ مايو"),
        ('{{ now|day:"medium" }}', "14 May 2026", "١٤ مايو ٢٠٢٦"),
        ("{{ now|moment }}", "Thu 14 May, 14:30", "الخميس، ١٤ مايو، ٢:٣٠ م"),
        ("{{ now|clock }}", "14:30", "٢:٣٠ م"),
        ("{{ then|since:now }}", "2 hours ago", "قبل ساعتين"),
        ("{{ then|near_day:now }}", "today", "اليوم"),
        ("{{ km|distance }}", "about 2 km", "على بعد نحو ٢ كم"),
        ('{% quantity 2500 "kg" %}', "2.5 kg", "٢٫٥ كيلو"),
        ("{{ code|digits }}", "HB-452", "HB-٤٥٢"),
        ('{{ phone|phone:"SD" }}', '<bdi dir="ltr">091 234 5678</bdi>', '<bdi dir="ltr">091 234 5678</bdi>'),
        (
            "{{ none|number }}{{ none|day }}{{ none|moment }}{{ none|since:now }}{{ none|distance }}{{ none|phone }}",
            "",
            "",
        ),
    ],
)
def test_templates_speak_the_readers_language(template: str, english: str, arabic: str) -> None:
    facts = {
        "n": 1234, "now": NOW, "then": at(hours=2), "km": 2.2, "code": "HB-452", "phone": "+249912345678", "none": None
    }  # fmt: skip
    page = engines["django"].from_string("{% load words %}" + template)
    for language, shown in (("en", english), ("ar", arabic)):
        with translation.override(language):
            assert page.render(facts) == shown


def test_the_nine_languages() -> None:
    assert [language.code for language in LANGUAGES] == ["en", "ar", "ur", "fa", "tr", "id", "bn", "fr", "sw"]
    assert COMPLETE == ("en", "ar")
    assert {language.code for language in LANGUAGES if language.rtl} == {"ar", "ur", "fa"}
    assert BY_CODE["ar"].plural_count == 6
    assert BY_CODE["id"].plural_count == 1
    assert language_of("ar-EG").code == language_of("ar_EG").code == "ar"
    assert language_of("xx").code == language_of(None).code == language_of("").code == "en"
    for language in LANGUAGES:
        assert (Locale.parse(language.locale).text_direction == "rtl") == language.rtl
        assert translation.get_language_info(language.code)["bidi"] == language.rtl
