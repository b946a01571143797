"""The forms of what repeats: how it comes again, beside a need or by itself, and what is done with it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from taawun.community.people.forms import Ticks
from taawun.ground.site.forms import Quantity
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.digits import to_latin
from taawun.ground.words.formats import format_date
from taawun.ground.words.units import BY_CODE as UNITS
from taawun.ground.words.units import format_amount_bare
from taawun.practice.aid import series_rules
from taawun.practice.aid.actions import Again
from taawun.practice.aid.actions.series import RAMADAN
from taawun.practice.aid.forms import LINE_MOST, DraftForm, RefusingForm
from taawun.practice.aid.models import Series
from taawun.practice.aid.series_rules import LAST, MONTH, NTH, WEEK, Repetition

EVERY_WEEK, SECOND_WEEK, SOME_WEEKS = "1", "2", "weeks"
REPEATS = [
    ("", _("Only once")),
    (EVERY_WEEK, _("Every week")),
    (SECOND_WEEK, _("Every second week")),
    (SOME_WEEKS, _("Every few weeks")),
    ("month", _("Every month, on the day of the first")),
    ("nth1", _("Every month, on the first of these weekdays")),
    ("nth2", _("Every month, on the second of these weekdays")),
    ("nth3", _("Every month, on the third of these weekdays")),
    ("nth4", _("Every month, on the fourth of these weekdays")),
    ("nth-1", _("Every month, on the last of these weekdays")),
]


def _day_input() -> forms.TextInput:
    return forms.TextInput({"type": "date"})


class RepeatFields(RefusingForm):
    """How it comes again. Left alone, it is for once."""

    repeat = forms.ChoiceField(label=_("Does it come again?"), required=False)
    every = forms.CharField(
        label=_("Every how many weeks?"),
        required=False,
        max_length=10,
        widget=Quantity(),
        help_text=_("For “Every few weeks”."),
    )
    weekdays = forms.MultipleChoiceField(
        label=_("On these days"),
        required=False,
        widget=Ticks(),
        help_text=_("Without any, the weekday of the first day."),
    )
    starts_on = forms.CharField(
        label=_("First day"),
        required=False,
        max_length=20,
        widget=_day_input(),
        help_text=_("Left empty: from today on."),
    )
    from_time = forms.CharField(
        label=_("Begins at"), required=False, max_length=10, widget=forms.TextInput({"type": "time"})
    )
    to_time = forms.CharField(
        label=_("Ends at"), required=False, max_length=10, widget=forms.TextInput({"type": "time"})
    )
    ends = forms.ChoiceField(label=_("When does it end?"), required=False)
    ends_on = forms.CharField(label=_("Last day"), required=False, max_length=20, widget=_day_input())
    count = forms.CharField(label=_("How many times?"), required=False, max_length=10, widget=Quantity())

    def set_repeats(self, today: date) -> None:
        self.today = today
        self.set_weekdays()
        self.set_choices("repeat", REPEATS)
        ramadan = format_date(series_rules.ramadan_ends_on(today))
        self.set_choices(
            "ends",
            [
                ("", _("Until further notice")),
                ("day", _("On a day")),
                ("count", _("After some times")),
                (RAMADAN, _("When Ramadan ends (about %(day)s)") % {"day": ramadan}),
            ],
        )

    def again(self, *, before: Series | None = None) -> Again | None:
        """Return how it comes again; None where it does not, or a field is wrong. ``before`` is what is changed."""
        data = self.cleaned_data
        weekdays = tuple(int(day) for day in data.get("weekdays") or ())
        # Days of the week alone say "every week".
        repeat = data.get("repeat") or (EVERY_WEEK if weekdays or before is not None else "")
        if not repeat:
            return None
        starts_on = self.day("starts_on") or self.today
        every = {EVERY_WEEK: 1, SECOND_WEEK: 2}.get(repeat, 1)
        if repeat == SOME_WEEKS:
            every = self._number("every", "series.every", series_rules.EVERY_MAX)
        elif before is not None and before.repeat != WEEK:
            every = before.every if repeat[:3] in {"mon", "nth"} else every
        ends_on, count = self._end()
        kind = MONTH if repeat == "month" else NTH if repeat.startswith("nth") else WEEK
        days = () if kind == MONTH else weekdays or (starts_on.weekday(),)
        same_day = before is not None and before.repeat == MONTH and before.starts_on == starts_on
        month_day = before.month_day if before is not None and same_day else starts_on.day
        nth = int(repeat.removeprefix("nth")) if kind == NTH else 0
        rule = Repetition(kind, starts_on, every, days, month_day if kind == MONTH else 0, nth, ends_on, count)
        return None if self.errors else Again(rule, RAMADAN if data.get("ends") == RAMADAN else "")

    def _end(self) -> tuple[date | None, int | None]:
        ends = self.cleaned_data.get("ends") or ""
        if ends == "day":
            if not self.cleaned_data["ends_on"].strip():
                self.refused(Refusal("series.ends_needed", "ends_on"))
            return self.day("ends_on"), None
        if ends == "count":
            return None, self._number("count", "series.count", series_rules.COUNT_MAX)
        return None, None

    def _number(self, name: str, code: str, limit: int) -> int:
        text = to_latin(self.cleaned_data.get(name) or "").strip()
        number = int(text) if text.isascii() and text.isdigit() else 0
        if not 1 <= number <= limit:
            self.refused(Refusal(code, name, limit=limit))
            return 1
        return number


class NeedForm(RepeatFields, DraftForm):
    """A need as a member posts it, for once or again and again."""

    def __init__(self, *arguments: Any, today: date, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.set_repeats(today)

    def repetition(self) -> Again | None:
        """Return how it comes again. Its day and hours stand in one place only."""
        found = self.again()
        for name in ("starts_at", "ends_at"):
            if found is not None and self.cleaned_data.get(name):
                self.refused(Refusal("series.single_times", name))
        return None if self.errors else found


class ChangeForm(RepeatFields):
    """Changing what repeats: how much, when, until when."""

    quantity = forms.CharField(label=_("How much?"), max_length=40, widget=Quantity())

    def __init__(self, *arguments: Any, series: Series, today: date, **named: Any) -> None:
        super().__init__(*arguments, **(named | {"initial": _initial(series)}))
        self.series = series
        self.set_repeats(today)
        self.set_choices("repeat", REPEATS[1:])
        self.fields["quantity"].help_text = UNITS[series.unit].label

    def parts(self) -> int | None:
        return self.amount("quantity", self.series.unit)


def _initial(series: Series) -> dict[str, object]:
    rule = series.rule
    weeks = {1: EVERY_WEEK, 2: SECOND_WEEK}.get(rule.every, SOME_WEEKS)
    nth = f"nth{LAST if rule.nth == LAST else rule.nth}"
    ends = series.ends_with or ("day" if rule.ends_on else "count" if rule.count else "")
    return {
        "quantity": format_amount_bare(series.quantity, series.unit),
        "repeat": {WEEK: weeks, MONTH: "month", NTH: nth}[rule.kind],
        "every": rule.every if weeks == SOME_WEEKS and rule.kind == WEEK else "",
        "weekdays": [str(day) for day in rule.weekdays],
        "starts_on": rule.starts_on.isoformat(),
        "ends": ends,
        "ends_on": rule.ends_on.isoformat() if rule.ends_on and ends == "day" else "",
        "count": rule.count or "",
        "from_time": _clock(series.from_minute),
        "to_time": _clock(series.to_minute),
    }


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60 % 24:02d}:{minute % 60:02d}"


class MoveForm(RefusingForm):
    """What is typed beside the buttons of a series. Each button sends its own part."""

    phone = forms.CharField(
        label=_("Phone, or how to reach you"),
        max_length=LINE_MOST,
        required=False,
        widget=forms.TextInput({"autocomplete": "tel"}),
        help_text=_("Only the other side sees it, once both agree."),
    )
    take_until = forms.CharField(label=_("Only until"), required=False, max_length=20, widget=_day_input())
    take_for = forms.ChoiceField(label=_("Who does it?"), required=False)
    pause_until = forms.CharField(
        label=_("It goes on again on"),
        required=False,
        max_length=20,
        widget=_day_input(),
        help_text=_("Left empty: until somebody says so."),
    )
    hand_to = forms.ChoiceField(label=_("Whom do you ask?"), required=False)
    hand_since = forms.CharField(label=_("From"), required=False, max_length=20, widget=_day_input())
    hand_until = forms.CharField(label=_("Until"), required=False, max_length=20, widget=_day_input())

    def __init__(self, *arguments: Any, behalf: list[tuple[str, str]], to: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.set_choices("hand_to", to)
        self.set_choices("take_for", [("", _("Myself")), *behalf])
        if not behalf:
            del self.fields["take_for"]
