"""Filters of aid's own pages: how somebody is reached, and what a look was about."""

from urllib.parse import quote

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taawun.community.people import belongings
from taawun.ground.words.phones import format_phone

register = template.Library()


@register.filter
def reach(value: str) -> str | SafeString:
    """A phone as a link to call it, an e-mail as a link to write, and other words as they are."""
    if value.startswith("+") and value[1:].isdigit():
        return format_html('<a class="button" href="tel:{}" dir="ltr">{}</a>', value, format_phone(value))
    if "@" in value and " " not in value:
        return format_html('<a href="mailto:{}" dir="ltr">{}</a>', quote(value, safe="@.+-_"), value)
    return format_html("<bdi>{}</bdi>", value)


@register.filter
def sealed_field(name: str) -> str:
    """The name of a sealed field in plain words."""
    return belongings.field_name(name)


@register.filter
def look_reason(why: str) -> str:
    """Why somebody looked, in plain words."""
    return belongings.reason_name(why)
