"""The form kit: widgets a thumb can use, and the renderer that makes every form of the house look alike."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates

from taawun.ground.values.ids import new_id


class Renderer(DjangoTemplates):
    """`FORM_RENDERER` of the house: `{{ form }}` and `{{ field.as_field_group }}` draw our own blocks."""

    form_template_name = "site/parts/form.html"
    field_template_name = "site/parts/field.html"


class Pictured(forms.RadioSelect):
    """Radio buttons whose choices may carry an icon, a hint, and further words to be found by."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Any = (),
        *,
        icons: Mapping[str, str] | None = None,
        hints: Mapping[str, Any] | None = None,
        words: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(attrs, choices)
        self.icons, self.hints, self.words = dict(icons or {}), dict(hints or {}), dict(words or {})

    def create_option(self, name: str, value: Any, *arguments: Any, **named: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *arguments, **named)
        key = str(value)
        return {**option, "icon": self.icons.get(key), "hint": self.hints.get(key), "words": self.words.get(key)}


class ChoiceCards(Pictured):
    """A handful of choices as big cards: the whole card is the target."""

    template_name = "site/widgets/cards.html"


class KindPicker(Pictured):
    """One of many, in groups that open and close; with a script, found by typing.

    Choices are grouped as Django groups them: `[(group name, [(value, label), …]), …]`.
    """

    template_name = "site/widgets/picker.html"


class Quantity(forms.TextInput):
    """A number in any digits. It is text to the browser, because number inputs refuse all digits but their own."""

    template_name = "site/widgets/quantity.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})


class IdempotencyKey(forms.HiddenInput):
    """A fresh id in every form that is shown, so that the same form sent twice happens once."""

    def format_value(self, value: Any) -> str:
        return str(value or new_id())
