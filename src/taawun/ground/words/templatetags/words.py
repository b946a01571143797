"""Filters that write numbers, days, moments, distances and amounts in the reader's language and digits.

A value that is missing is shown as nothing, as Django's own filters do; a value of the wrong kind is a mistake of ours
and raises.
"""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taawun.ground.words import clean, formats, phones, units
from taawun.ground.words.digits import current_digits, to_digits

register = template.Library()


@register.filter
def number(value: int | Decimal | Fraction | None) -> str:
    """``{{ count|number }}``: 1,234 or ١٬٢٣٤."""
    return "" if value is None else formats.format_number(value)


@register.filter
def digits(value: object) -> str:
    """``{{ code|digits }}``: the digits of any text in the reader's system, nothing else changed."""
    return "" if value is None else to_digits(str(value), current_digits())


@register.filter
def day(value: dt.date | None, style: str = "short") -> str:
    """``{{ moment|day }}``: Thu 14 May; ``|day:"medium"`` with the year, ``|day:"long"`` with all in words."""
    if value is None:
        return ""
    if style == "medium":
        return formats.format_date(value, style="medium")
    return formats.format_date(value, style="long" if style == "long" else "short")


@register.filter
def near_day(value: dt.date | None, today: dt.date) -> str:
    """``{{ moment|near_day:now }}``: today, tomorrow, Friday, or the date."""
    return "" if value is None else formats.format_near_date(value, today)


@register.filter
def clock(value: dt.datetime | dt.time | None) -> str:
    """``{{ moment|clock }}``: 14:30."""
    return "" if value is None else formats.format_time(value)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """``{{ moment|moment }}``: Thu 14 May, 14:30."""
    return "" if value is None else formats.format_datetime(value)


@register.filter
def since(value: dt.datetime | None, now: dt.datetime) -> str:
    """``{{ moment|since:now }}``: 2 hours ago, in 3 days."""
    return "" if value is None else formats.format_since(value, now)


@register.filter
def distance(km: float | None) -> str:
    """``{{ km|distance }}``: same area, about 2 km."""
    return "" if km is None else formats.format_distance_km(km)


@register.filter
def isolate(value: str) -> str:
    """``{{ name|isolate }}``: for a name within a sentence that is text alone, such as a button's; else use ``<bdi>``."""
    return clean.isolate(value)


@register.filter
def phone(e164: str | None, region: str | None = None) -> str | SafeString:
    """``{{ number|phone:"SD" }}``: as one dials it there, in Latin digits and always from left to right."""
    if not e164:
        return ""
    return format_html('<bdi dir="ltr">{}</bdi>', phones.format_phone(e164, region))


@register.simple_tag
def quantity(amount_parts: int, unit_code: str) -> str:
    """``{% quantity intent.amount_parts intent.unit %}``: 3 portions, 2.5 kg."""
    return units.format_amount(amount_parts, unit_code)
