"""The form of a circle's rules of matching: one field a setting."""

from typing import Any

from django import forms

from taawun.community.people.doors import KeyedForm
from taawun.ground.site.forms import Quantity
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.digits import to_latin
from taawun.practice.aid import match_wording, matching_rules
from taawun.practice.aid.forms import RefusingForm
from taawun.practice.aid.matching_rules import Rules

LENGTH_MAX = 20


class RulesForm(KeyedForm, RefusingForm):
    """Numbers are text to the browser: any digits can be typed, and a comma for the point."""

    def __init__(self, *arguments: Any, rules: Rules, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for one in matching_rules.SETTINGS:
            label, hint = match_wording.SETTINGS[one.code]
            if one.is_switch:
                field: forms.Field = forms.BooleanField(
                    required=False, label=label, help_text=hint, initial=rules.value(one.code) == 1
                )
            else:
                usual = match_wording.usual(one)
                field = forms.CharField(
                    label=label, help_text=f"{hint} {usual}", max_length=LENGTH_MAX,
                    initial=matching_rules.plain(rules.value(one.code)),
                    widget=Quantity({"inputmode": "decimal"}),
                )  # fmt: skip
            self.fields[one.code] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for code, text in self.texts().items():
            try:
                matching_rules.read(code, text)
            except Refusal as refusal:
                self.refused(refusal)
        return cleaned

    def texts(self) -> dict[str, str]:
        """Return what was typed, as the rules read it."""
        found = {}
        for one in matching_rules.SETTINGS:
            typed = self.cleaned_data.get(one.code)
            if one.is_switch:
                found[one.code] = "1" if typed else "0"
            elif typed is not None:
                found[one.code] = to_latin(str(typed)).strip().replace("٫", ".").replace(",", ".")
        return found

    def in_sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [
            (
                match_wording.SECTIONS[section],
                [self[one.code] for one in matching_rules.SETTINGS if one.section == section],
            )
            for section in matching_rules.SECTIONS
        ]
