"""The tags pages are written with: assets, icons, and the parts that look alike everywhere."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info

from taawun.ground.site import assets
from taawun.ground.site.icons import DIRECTIONAL, ICONS
from taawun.ground.site.parts import DIRECTIONS, STATES, URGENCIES, Action, Card
from taawun.ground.values.ids import new_id

register = template.Library()

# Django's own names of message levels beside ours.
NOTICE_ICONS = {"success": "success", "warn": "warning", "warning": "warning", "danger": "danger", "error": "danger"}


@register.simple_tag
def asset(name: str) -> str:
    """The hashed address of an asset: `{% asset "taawun.css" %}`."""
    return assets.asset_url(name)


@register.simple_tag
def icon(name: str) -> SafeString:
    """One picture, invisible to screen readers: the word beside it says the same."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"no icon is called {name!r}; the names are in taawun.ground.site.icons")
    look = "icon flip" if name in DIRECTIONAL else "icon"
    address = f"{assets.asset_url('icons.svg')}#{ICONS[name]}"
    # Every part is ours: the name was looked up, and the address is made from a file's hash.
    return mark_safe(f'<svg class="{look}" aria-hidden="true"><use href="{address}"></use></svg>')


def _chip(look: str, words: Mapping[str, tuple[str | Promise, str]], name: str) -> SafeString:
    if name not in words:
        raise template.TemplateSyntaxError(f"{look} has no {name!r}; there are: {', '.join(words)}")
    word, picture = words[name]
    return format_html('<span class="chip {} {}">{}{}</span>', look, name, icon(picture), word)


@register.simple_tag
def direction(name: str) -> SafeString:
    """`request` or `offer`, as a chip."""
    return _chip("direction", DIRECTIONS, name)


@register.simple_tag
def urgency(name: str) -> SafeString:
    """`now`, `soon`, `week` or `whenever`, as a chip."""
    return _chip("urgency", URGENCIES, name)


@register.simple_tag
def state(name: str) -> SafeString:
    """`open`, `taken`, `late`, `done` or `closed`, as a chip."""
    return _chip("state", STATES, name)


@register.simple_tag
def chip(label: str, picture: str = "", look: str = "") -> SafeString:
    """A small fact with no fixed meaning. What is typed by people belongs in `{% person %}` or `<bdi>`."""
    return format_html('<span class="chip {}">{}<bdi>{}</bdi></span>', look, icon(picture) if picture else "", label)


@register.simple_tag
def notice_icon(look: str) -> SafeString:
    """The picture of a notice, by its look or by the level of a Django message."""
    return icon(NOTICE_ICONS.get(look, "info"))


@register.simple_tag
def person(name: str, url: str = "", picture: str = "user") -> SafeString:
    """A person or organisation by name, kept apart from the direction of the text around it."""
    inner = format_html("{}<bdi>{}</bdi>", icon(picture), name)
    if url:
        return format_html('<a class="person" href="{}">{}</a>', url, inner)
    return format_html('<span class="person">{}</span>', inner)


@register.simple_tag
def button(label: str, picture: str, look: str = "", **attributes: str) -> SafeString:
    """A button that sends its form. Underscores in attribute names become dashes; `True` writes the bare name."""
    return format_html(
        '<button class="button {}"{}>{}<span>{}</span></button>', look, _attributes(attributes), icon(picture), label
    )


@register.simple_tag
def link_button(label: str, url: str, picture: str, look: str = "", **attributes: str) -> SafeString:
    """A link that looks like a button: it goes somewhere and changes nothing."""
    return format_html(
        '<a class="button {}" href="{}"{}>{}<span>{}</span></a>',
        look,
        url,
        _attributes(attributes),
        icon(picture),
        label,
    )


def _attributes(attributes: Mapping[str, object]) -> SafeString:
    written = ""
    for name, value in attributes.items():
        if value is True:
            written += f" {conditional_escape(name.replace('_', '-'))}"
        elif value not in (None, False, ""):
            written += f' {conditional_escape(name.replace("_", "-"))}="{conditional_escape(str(value))}"'
    # Names and values were escaped one by one above.
    return mark_safe(written)


@register.simple_tag
def new_key() -> str:
    """A fresh idempotency key for a form, so that sent twice it happens once, also without a script."""
    return str(new_id())


@register.inclusion_tag("site/parts/card.html", takes_context=True)
def card(context: template.Context, shown: Card, level: int = 3) -> dict[str, Any]:
    """One request or offer. `level` is the heading's place in the page's outline."""
    return {"card": shown, "level": level, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("site/parts/action.html", takes_context=True)
def action(context: template.Context, shown: Action, look: str = "") -> dict[str, Any]:
    """One action, as a link or as a form of one button. `look` overrules the action's own."""
    return {"action": shown, "look": look or shown.look, "csrf_token": context.get("csrf_token")}


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """Label, hint, input and error of one form field, in one block, tied together for screen readers."""
    return bound.render(template_name="site/parts/field.html", context={"field": bound, **options})


@register.inclusion_tag("site/parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is wrong with the form as a whole, each line leading to its field. Nothing where nothing is wrong."""
    return {"form": form, "fields": [bound for bound in form if bound.errors] if form.is_bound else []}


@register.simple_tag(takes_context=True)
def other_languages(context: template.Context) -> list[dict[str, str]]:
    """The languages a person can change to, each by its own name. `LANGUAGES_OFFERED` narrows Django's list to the complete ones."""
    offered = getattr(settings, "LANGUAGES_OFFERED", None) or [code for code, _ in settings.LANGUAGES]
    names = dict(settings.LANGUAGES)
    return [{"code": code, "name": _own_name(code, str(names[code]))} for code in offered if code != get_language()]


def _own_name(code: str, fallback: str) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return fallback
