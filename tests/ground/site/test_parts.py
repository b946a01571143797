"""The frame of every page and the parts, drawn without a database."""

import re
from typing import Any
from uuid import UUID

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import translation

from taawun.ground.site import pages
from taawun.ground.site.forms import ChoiceCards, IdempotencyKey, KindPicker, Quantity
from taawun.ground.site.parts import Action, Card, Link, Table

HOSTILE = '"><script>alert(1)</script>'


def drawn(source: str, **context: Any) -> str:
    return Template("{% load site %}" + source).render(Context(context))


def test_an_icon_is_a_reference_into_the_sprite() -> None:
    html = drawn('{% icon "meal" %}')
    assert re.fullmatch(
        r'<svg class="icon" aria-hidden="true"><use href="/static/icons\.[0-9a-f]{12}\.svg#soup"></use></svg>', html
    )
    assert 'class="icon flip"' in drawn('{% icon "back" %}')


def test_an_icon_nobody_drew_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="no icon is called 'unicorn'"):
        drawn('{% icon "unicorn" %}')


def test_a_chip_without_meaning_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="urgency has no 'tomorrowish'"):
        drawn('{% urgency "tomorrowish" %}')


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_a_page_knows_its_language_and_direction(language: str, direction: str) -> None:
    with translation.override(language):
        html = render_to_string("site/base.html")
    assert f'<html lang="{language}" dir="{direction}">' in html


def test_a_page_offers_every_language_but_its_own() -> None:
    with override_settings(LANGUAGES_OFFERED=["en", "ar"]), translation.override("en"):
        html = render_to_string("site/base.html")
    assert re.findall(r'name="language" value="(\w+)"', html) == ["ar"]


def test_every_error_page_stands_without_any_context() -> None:
    for name in ("400", "403", "403_csrf", "404", "429", "500"):
        html = render_to_string(f"{name}.html")
        assert "<h1>" in html
        assert 'href="/"' in html


@pytest.mark.parametrize("part", pages.STYLE_PAGES)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_needs_an_inline_script_or_style(part: str, language: str) -> None:
    with translation.override(language):
        html = render_to_string(pages.STYLE_PAGES[part], {**pages.style_context(part), "csrf_token": "token"})
    assert not re.search(r"\sstyle=|\son\w+=|javascript:|<style", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert set(re.findall(r'(?:src|href)="((?:https?:)?//[^"]+)', html)) == set()
    identifiers = re.findall(r'\sid="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))


def test_a_page_gives_htmx_the_proof_of_origin_and_nothing_to_inject() -> None:
    html = render_to_string("site/base.html", {"csrf_token": "abc"})
    assert """hx-headers:inherited='{"X-CSRFToken":"abc"}'""" in html
    assert '"includeIndicatorCSS":false' in html


def test_the_navigation_says_where_one_is() -> None:
    entries = [Link("Board", "/b/", "board", current=True), Link("Mine", "/m/", "mine", count=2)]
    html = render_to_string("site/base.html", {"nav": entries})
    assert html.count('aria-current="page"') == 1
    assert "<b>2</b>" in html


def card_of(**changes: Any) -> Card:
    given: dict[str, Any] = {
        "title": "Hot meals",
        "url": "/i/1",
        "icon": "meal",
        "direction": "request",
        "urgency": "now",
        "state": "open",
    }
    return Card(**(given | changes))


def test_a_card_says_everything_in_words() -> None:
    html = drawn("{% card shown %}", shown=card_of(quantity="4 portions", area="Old town", who="Samira"))
    words = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert words == "Hot meals 4 portions Old town Request Now Samira"


def test_an_urgent_card_calls_out_only_while_help_is_missing() -> None:
    assert [card_of(state=state).calls for state in ("open", "late", "taken", "done")] == [True, True, False, False]


def test_what_people_typed_is_isolated_and_inert() -> None:
    html = drawn("{% card shown %}", shown=card_of(area=HOSTILE, who=HOSTILE, note=HOSTILE, title=HOSTILE))
    assert "<script>" not in html
    assert html.count("<bdi>") == 3
    assert "<script>" not in drawn("{% button name 'claim' title=name %}{% person name %}{% chip name %}", name=HOSTILE)


def test_an_action_that_changes_something_is_a_form() -> None:
    act = Action("Accept", "/a/", "accept", "post", fields={"part": "2"})
    html = drawn("{% action act %}", act=act, csrf_token="abc")
    assert '<form class="act" method="post" action="/a/">' in html
    assert 'name="csrfmiddlewaretoken" value="abc"' in html
    assert 'name="part" value="2"' in html
    assert re.search(r'name="key" value="[0-9a-f-]{36}"', html)
    assert drawn("{% action act %}", act=Action("Map", "/m/", "map")).startswith('<a class="act button ')


class Ask(forms.Form):
    title = forms.CharField(label="What", help_text="A few words")
    amount = forms.CharField(widget=Quantity)
    kind = forms.ChoiceField(
        choices=[("Food", [("meal", "Meals"), ("bread", "Bread")]), ("Care", [("elder", "Sitting")])],
        widget=KindPicker(icons={"meal": "meal"}, words={"meal": "lunch"}),
    )
    when = forms.ChoiceField(choices=[("now", "Now"), ("soon", "Soon")], widget=ChoiceCards(hints={"now": "today"}))


def test_a_field_ties_label_hint_and_error_to_its_input() -> None:
    form = Ask({"title": ""})
    html = drawn("{% field form.title %}", form=form)
    assert '<label for="id_title">What' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described is not None
    assert set(described.group(1).split()) == {"id_title_helptext", "id_title_error"}


def test_what_was_typed_is_still_there_after_an_error() -> None:
    form = Ask({"title": "Soup", "amount": "٤", "kind": "bread", "when": "never"})
    html = drawn("{{ form }}", form=form)
    assert 'value="Soup"' in html
    assert 'value="٤"' in html
    assert re.search(r'value="bread"[^>]*checked', html)
    assert 'class="field wrong"' in html
    assert 'href="#id_when"' in html
    assert 'id="id_when"' in html


def test_a_form_without_errors_has_no_summary() -> None:
    assert drawn("{% error_summary form %}", form=Ask()).strip() == ""


def test_the_kind_picker_opens_the_group_of_its_choice() -> None:
    html = drawn("{% field form.kind %}", form=Ask(initial={"kind": "elder"}))
    groups = re.findall(r"<details(.*?)><summary>(\w+)", html)
    assert groups == [("", "Food"), (" open", "Care")]
    assert 'data-search="lunch"' in html
    assert re.findall(r"<details(.*?)>", drawn("{% field form.kind %}", form=Ask())) == [" open", ""]


def test_every_form_shown_has_a_key_of_its_own_and_keeps_it() -> None:
    class Keyed(forms.Form):
        key = forms.CharField(widget=IdempotencyKey)

    shown = [re.findall(r'value="([^"]+)"', str(Keyed()["key"]))[0] for _ in range(2)]
    assert UUID(shown[0]) != UUID(shown[1])
    assert f'value="{shown[0]}"' in str(Keyed({"key": shown[0]})["key"])


def test_a_quantity_accepts_any_digits_and_asks_for_a_number_pad() -> None:
    html = drawn("{% field form.amount %}", form=Ask())
    assert 'type="text"' in html
    assert 'inputmode="numeric"' in html


def test_a_table_names_its_columns_on_a_phone() -> None:
    html = render_to_string("site/parts/table.html", {"table": Table("Who", ["Name", "Asked"], [["Omar", "Bread"]])})
    assert '<th scope="row"><bdi>Omar</bdi></th><td data-label="Asked"><bdi>Bread</bdi></td>' in html
    with pytest.raises(ValueError, match="argument"):
        _ = Table("Who", ["Name"], [["Omar", "Bread"]]).named_rows
