"""The forms of aid: what a person types becomes values for an action, and every error names its field."""

import uuid
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from taawun.community.circles.kinds import CircleKind
from taawun.community.people.forms import Ticks
from taawun.community.people.texts import refuse
from taawun.ground.site.forms import ChoiceCards, Quantity
from taawun.ground.values.ids import parse_id
from taawun.ground.values.place import Point, centre_of, parse_plus_code
from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.digits import current_digits, parse_decimal, to_digits, to_latin
from taawun.ground.words.errors import WordsError
from taawun.ground.words.languages import language_of
from taawun.ground.words.units import BY_CODE as UNITS
from taawun.ground.words.units import parse_amount
from taawun.practice.aid import rules, wording
from taawun.practice.aid.actions import IntentDraft, Private

TEXT_MOST = 4000
LINE_MOST = 400


class RefusingForm(forms.Form):
    """A form whose fields are read by our own parsers; a refusal lands on its field, with what was typed kept."""

    def refused(self, refusal: Refusal) -> None:
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, sentence(refusal))

    def amount(self, name: str, unit: str) -> int | None:
        """Read an amount in any digits; None when it was left empty or is wrong (the error is then on the field)."""
        text = self.cleaned_data.get(name) or ""
        if not text.strip():
            return None
        try:
            return parse_amount(text, unit)
        except WordsError as error:
            self.refused(refuse(error, name))
            return None

    def minute(self, name: str) -> int | None:
        """Read an hour and minute, in any digits, as minutes of the day."""
        text = to_latin(self.cleaned_data.get(name) or "").strip()
        if not text:
            return None
        try:
            hour, minute = (int(part) for part in text.split(":")[:2])
        except ValueError:
            hour, minute = -1, 0
        if not (0 <= hour <= 24 and 0 <= minute < 60 and hour * 60 + minute <= 24 * 60):
            self.refused(Refusal("window.not_a_time", name))
            return None
        return hour * 60 + minute

    def day(self, name: str) -> date | None:
        """Read a day, in any digits."""
        text = to_latin(self.cleaned_data.get(name) or "").strip()
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.refused(Refusal("series.date", name))
            return None

    def set_choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def set_weekdays(self) -> None:
        """Offer the days of the week, in the order of the reader's language."""
        first = language_of(get_language()).week_start
        days = [(first + offset) % 7 for offset in range(7)]
        self.set_choices("weekdays", [(str(day), wording.weekday_name(day)) for day in days])


class DraftForm(RefusingForm):
    """A need or an offer of a chosen kind."""

    quantity = forms.CharField(label=_("How much?"), max_length=40, widget=Quantity())
    urgency = forms.ChoiceField(label=_("How long can it wait?"), widget=ChoiceCards(), initial="2")
    area = forms.ChoiceField(label=_("Which area?"), required=False, help_text=_("Everybody sees only the area."))
    summary = forms.CharField(
        label=_("In a few words, for everybody"), max_length=LINE_MOST, required=False,
        help_text=_("Without names, phones or addresses. For example: warm, no nuts, for two children."),
    )
    name = forms.CharField(
        label=_("What should we call you?"), max_length=LINE_MOST, required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    reach = forms.CharField(
        label=_("Phone, or how to reach you"), max_length=LINE_MOST, required=False,
        widget=forms.TextInput({"autocomplete": "tel"}),
    )
    door = forms.CharField(
        label=_("Where exactly?"), max_length=TEXT_MOST, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("A landmark is enough: the green door opposite the bakery, second floor."),
    )
    details = forms.CharField(
        label=_("Anything else the helper must know"), max_length=TEXT_MOST, required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    plus_code = forms.CharField(label=_("Plus code"), max_length=40, required=False)
    latitude = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput())
    longitude = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput())
    starts_at = forms.CharField(
        label=_("From"), required=False, max_length=40, widget=forms.TextInput({"type": "datetime-local"})
    )
    ends_at = forms.CharField(
        label=_("Until"), required=False, max_length=40, widget=forms.TextInput({"type": "datetime-local"})
    )
    weekdays = forms.MultipleChoiceField(
        label=_("Again every week on"), required=False, widget=Ticks()
    )
    from_time = forms.CharField(
        label=_("From"), required=False, max_length=10, widget=forms.TextInput({"type": "time"})
    )
    to_time = forms.CharField(label=_("Until"), required=False, max_length=10, widget=forms.TextInput({"type": "time"}))
    whole_only = forms.BooleanField(
        label=_("Only as a whole, not in parts"), required=False
    )
    visibility = forms.ChoiceField(label=_("Who may see it on the board?"), widget=ChoiceCards(), required=False)
    on_behalf_of = forms.ChoiceField(label=_("For whom?"), required=False)

    def __init__(
        self,
        *arguments: Any,
        direction: str,
        kind: CircleKind,
        areas: list[tuple[str, str]],
        behalf: list[tuple[str, str]],
        near: int | None,
        herself: bool = True,
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self.direction, self.kind, self.near = direction, kind, near
        self.fields["quantity"].help_text = UNITS[kind.unit].label
        self.fields["quantity"].initial = to_digits("1", current_digits())
        self._set_cards()
        self.set_choices("area", [("", _("Not said")), *areas] if len(areas) != 1 else areas)
        # Kept when there is nobody to choose, so that an old page's choice is refused instead of posted as one's own.
        self.set_choices("on_behalf_of", [("", _("Myself")), *behalf] if herself else behalf)
        self.fields["on_behalf_of"].required = not herself
        if not behalf:
            self.fields["on_behalf_of"].widget = forms.HiddenInput()
        self.set_weekdays()
        if not kind.splittable:
            del self.fields["whole_only"]

    def _set_cards(self) -> None:
        urgent = [(str(int(one)), wording.URGENCY_MEANINGS[one]) for one in sorted(rules.Urgency, reverse=True)]
        self.set_choices("urgency", [(value, words[0]) for value, words in urgent])
        widget = self.fields["urgency"].widget
        widget.icons = {"3": "urgent", "2": "soon", "1": "week", "0": "whenever"}
        widget.hints = {value: words[1] for value, words in urgent}
        default = rules.default_visibility(rules.Direction(self.direction), sensitive=self.kind.sensitive)
        self.set_choices("visibility", [(key, words[0]) for key, words in wording.VISIBILITY_MEANINGS.items()])
        widget = self.fields["visibility"].widget
        widget.icons = {"public": "public", "members": "people", "coordinators": "private"}
        widget.hints = {key: words[1] for key, words in wording.VISIBILITY_MEANINGS.items()}
        self.fields["visibility"].initial = str(default)

    def draft(self) -> IntentDraft | None:
        """Return what was typed as a draft, or None when a field is wrong."""
        if not self.is_valid():
            return None
        data = self.cleaned_data
        quantity = self.amount("quantity", self.kind.unit)
        starts_at, ends_at = self._moment("starts_at"), self._moment("ends_at")
        from_minute, to_minute = self.minute("from_time"), self.minute("to_time")
        point = self._point()
        if self.errors or quantity is None:
            return None
        return IntentDraft(
            direction=self.direction,
            kind=self.kind.code,
            quantity=quantity,
            urgency=int(data["urgency"]),
            summary=data["summary"],
            whole_only=bool(data.get("whole_only")),
            visibility=data.get("visibility", ""),
            area_id=parse_id(data["area"]) if data["area"] else None,
            starts_at=starts_at,
            ends_at=ends_at,
            weekdays=[int(day) for day in data.get("weekdays", [])],
            from_minute=from_minute,
            to_minute=to_minute,
            on_behalf_of=parse_id(data["on_behalf_of"]) if data.get("on_behalf_of") else None,
            private=Private(data["name"], data["reach"], data["door"], data["details"], point),
        )

    def _moment(self, name: str) -> datetime | None:
        """Read a date and time in the circle's zone, in any digits."""
        text = to_latin(self.cleaned_data.get(name) or "").strip()
        if not text:
            return None
        try:
            naive = datetime.fromisoformat(text)
        except ValueError:
            self.refused(Refusal("window.not_a_time", name))
            return None
        return naive if naive.tzinfo else timezone.make_aware(naive, timezone.get_current_timezone())

    def _point(self) -> Point | None:
        data = self.cleaned_data
        try:
            if data["plus_code"].strip():
                near = centre_of(self.near) if self.near else None
                return parse_plus_code(to_latin(data["plus_code"]), near)
            if data["latitude"].strip() and data["longitude"].strip():
                return Point(float(parse_decimal(data["latitude"])), float(parse_decimal(data["longitude"])))
        except WordsError:
            self.refused(Refusal("place.not_a_number", "plus_code"))
        except Refusal as refusal:
            self.refused(Refusal(refusal.code, "plus_code", **refusal.facts))
        return None


class ClaimForm(RefusingForm):
    """Taking part of an intent: how much, for whom, and how the other side finds you."""

    quantity = forms.CharField(label=_("How much of it?"), max_length=40, widget=Quantity())
    on_behalf_of = forms.ChoiceField(label=_("Who takes it?"), required=False)
    with_intent = forms.ChoiceField(label=_("Use what you already posted?"), required=False)
    phone = forms.CharField(
        label=_("Phone, or how to reach you"), max_length=LINE_MOST, required=False,
        widget=forms.TextInput({"autocomplete": "tel"}),
        help_text=_("Only the other side sees it, once both agree."),
    )
    door = forms.CharField(
        label=_("Where exactly?"), max_length=TEXT_MOST, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("Only the other side sees it, once both agree."),
    )
    details = forms.CharField(
        label=_("A word to the other side"), max_length=TEXT_MOST, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(
        self,
        *arguments: Any,
        unit: str,
        whole_only: bool,
        giving: bool,
        behalf: list[tuple[str, str]],
        own: list[tuple[str, str]],
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self.unit = unit
        self.fields["quantity"].help_text = UNITS[unit].label
        for name, choices in (("on_behalf_of", behalf), ("with_intent", own)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            if choices:
                empty = _("Myself") if name == "on_behalf_of" else _("No")
                field.choices = [("", empty), *choices]
            else:
                del self.fields[name]
        if whole_only:
            del self.fields["quantity"]
        if giving:
            del self.fields["door"]

    def quantity_parts(self) -> int | None:
        return self.amount("quantity", self.unit) if "quantity" in self.fields else None

    def chosen(self, name: str) -> uuid.UUID | None:
        return parse_id(self.cleaned_data.get(name)) if self.cleaned_data.get(name) else None


class AmountForm(RefusingForm):
    """How much arrived."""

    quantity = forms.CharField(label=_("How much arrived?"), max_length=40, required=False, widget=Quantity())


class FollowForm(RefusingForm):
    """Following a need by its receipt code."""

    code = forms.CharField(
        label=_("Receipt code"), max_length=60,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
        help_text=_("16 digits, for example 4821 0093 7716 5208."),
    )
