"""The forms of carrying: what is said at a door, and lines of paper."""

import re
from dataclasses import dataclass
from datetime import datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from taawun.ground.site.forms import IdempotencyKey, Quantity
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.digits import to_latin
from taawun.ground.words.errors import WordsError
from taawun.ground.words.units import parse_amount
from taawun.practice.delivery import carry_rules


class DoorForm(forms.Form):
    """What is said at one door. Which button was pressed is ``what``."""

    quantity = forms.CharField(label=_("How much arrived?"), max_length=40, required=False, widget=Quantity())
    code = forms.CharField(
        label=_("Code"), max_length=20, required=False, help_text=_("Ask for the 5 digits they were told."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
    )  # fmt: skip
    picture = forms.FileField(
        label=_("Photo"), required=False, widget=forms.FileInput({"accept": "image/*", "capture": "environment"})
    )
    note = forms.CharField(
        label=_("Note"), max_length=carry_rules.NOTE_LENGTH_MAX, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("Sealed; only who coordinates can open it."),
    )  # fmt: skip
    key = forms.CharField(required=False, widget=IdempotencyKey)

    def typed_code(self) -> str:
        """Return the code in Latin digits; a slip of a digit is refused, since it can be put right at the door."""
        text = re.sub(r"[\s-]", "", to_latin(self.cleaned_data.get("code") or ""))
        if text and not carry_rules.is_code(text):
            raise Refusal("proof.slip", "code")
        return text


# What is written on paper, in one letter; the words a phone shows begin otherwise in every language, these do not.
LETTERS = {"d": "delivered", "p": "part", "n": "not_there", "l": "not_now", "r": "refused"}
_ROW = re.compile(r"\s*([a-zA-Z])\s*(.*?)\s*(\d{1,2}[:.h]\d{2})?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of paper: what was ticked, how much, and when it was written there."""

    what: str
    quantity: int | None
    at: datetime | None


def read_row(text: str, number: int, unit: str, day: datetime) -> Row | None:
    """Return what a line says; None for an empty one. ``day`` is the round's, in the circle's zone."""
    text = to_latin(text).strip()
    if not text:
        return None
    field = f"s{number}"
    found = _ROW.fullmatch(text)
    what = LETTERS.get(found[1].lower()) if found else None
    if found is None or what is None or (found[2] and what != "part"):
        raise Refusal("paper.row", field, line=number)
    quantity = None
    if what == "part":
        try:
            quantity = parse_amount(found[2], unit)
        except WordsError:
            raise Refusal("part.amount", field) from None
    return Row(what, quantity, read_time(found[3], number, day) if found[3] else None)


def read_time(text: str, number: int, day: datetime) -> datetime:
    hour, _, minute = text.replace(".", ":").replace("h", ":").partition(":")
    try:
        at = time(int(hour), int(minute))
    except ValueError:
        raise Refusal("paper.time", f"s{number}", line=number) from None
    return timezone.make_aware(datetime.combine(day.date(), at), timezone.get_current_timezone())
