"""The forms of programmes: what they offer, how much they can take, and a need handed on with consent."""

import uuid
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from taawun.community.circles import kinds, places
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Area, Circle
from taawun.community.people.doors import KeyedForm
from taawun.community.people.forms import Ticks
from taawun.ground.site.forms import ChoiceCards, Quantity
from taawun.ground.values.ids import parse_id
from taawun.ground.values.place import centre_of
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.digits import to_latin
from taawun.ground.words.languages import BY_CODE as LANGUAGES
from taawun.ground.words.languages import language_of
from taawun.ground.words.units import UNITS as ALL_UNITS
from taawun.ground.words.units import format_amount_bare
from taawun.practice.aid import programme_showing, serving, wording
from taawun.practice.aid.actions import ProgrammeDraft
from taawun.practice.aid.forms import RefusingForm
from taawun.practice.aid.models import Programme

UNITS = {unit.code: unit for unit in ALL_UNITS}
RINGS = (0, 1, 2, 4, 6, 12)
CASES_FIELD = "amount_"


class ProgrammeForm(KeyedForm, RefusingForm):
    """One programme. No field asks for religion, origin or legal status, and none should be written anywhere."""

    name = forms.CharField(
        label=_("What is it called?"), widget=forms.TextInput({"maxlength": "120"}),
        error_messages={"required": _("Give the programme a name, for example Friday meals.")},
    )
    groups = forms.MultipleChoiceField(label=_("What does it help with?"), required=False)
    kinds = forms.MultipleChoiceField(label=_("What does it help with?"), required=False)
    areas = forms.MultipleChoiceField(
        label=_("In which areas?"), required=False, widget=Ticks(),
        help_text=_("None ticked, and no point below: everywhere in the community."),
    )
    position = forms.CharField(
        label=_("Around which point?"), required=False, max_length=80, widget=forms.TextInput({"dir": "ltr"}),
        help_text=_("A plus code, or latitude and longitude. Only the coarse field it lies in is kept."),
    )
    rings = forms.TypedChoiceField(label=_("How far around it?"), required=False, coerce=int, empty_value="1")
    weekdays = forms.MultipleChoiceField(label=_("On which days?"), required=False, widget=Ticks())
    from_time = forms.CharField(label=_("From"), required=False, max_length=10, widget=forms.TextInput({"type": "time"}))
    to_time = forms.CharField(label=_("Until"), required=False, max_length=10, widget=forms.TextInput({"type": "time"}))
    contact = forms.CharField(
        label=_("How can it be reached?"), required=False, widget=forms.TextInput({"maxlength": "200", "dir": "auto"}),
        help_text=_("Everybody sees this: a phone, an e-mail or a place. Leave out what should not be public."),
    )
    entry = forms.ChoiceField(
        label=_("Who can hand a need to it?"), initial="anyone",
        widget=ChoiceCards(icons={"anyone": "people", "referral": "hand-over"}),
    )
    has_waiting_list = forms.BooleanField(
        label=_("Keep a waiting list"), required=False, help_text=_("When it is full, needs can wait for a place.")
    )

    def __init__(self, *arguments: Any, circle: Circle, areas: list[Area], programme: Programme | None, **named: Any) -> None:
        named.setdefault("initial", values_of(circle, programme))
        super().__init__(*arguments, **named)
        self.circle, self.programme = circle, programme
        self.languages = [code for code in circle.languages if code in LANGUAGES]
        for code in self.languages:
            self._add_texts(code)
        offered = kinds.offered(circle)
        # What is hidden now but served since long can stay chosen.
        kept = [kinds.shown(circle, code) for code in (programme.kinds if programme else [])]
        self.known = list({kind.code: kind for kind in [*offered, *kept]}.values())
        self._choices("groups", [(group.code, group.name) for group in GROUPS])
        self._choices("kinds", [(kind.code, format_html("<bdi>{}</bdi>", kind.name)) for kind in self.known])
        self._choices("areas", [(str(area.id), format_html("<bdi>{}</bdi>", area.name)) for area in areas])
        self._choices("rings", [(ring, wording.reach_of(ring, circle.resolution)) for ring in RINGS])
        first = language_of(get_language()).week_start
        self._choices("weekdays", [(str(day % 7), wording.weekday_name(day % 7)) for day in range(first, first + 7)])
        self._choices("entry", [(code, words[0]) for code, words in wording.ENTRY_WAYS.items()])
        widget = self.fields["entry"].widget
        assert isinstance(widget, ChoiceCards)
        widget.hints = {code: words[1] for code, words in wording.ENTRY_WAYS.items()}

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _add_texts(self, code: str) -> None:
        native = LANGUAGES[code].name_native
        labels = {"about": _("What it does"), "for_whom": _("Who it is for")}
        hints: dict[str, Any] = {
            "about": "",
            "for_whom": _("In plain words, such as: families with small children. Never by religion, origin or papers."),
        }
        for name, label in labels.items():
            shown = f"{label} ({native})" if len(self.languages) > 1 else label
            self.fields[f"{name}_{code}"] = forms.CharField(
                label=shown, required=False, help_text=hints[name],
                widget=forms.Textarea({"rows": "2", "maxlength": "2000", "lang": code, "dir": "auto"}),
            )

    def texts(self) -> list[forms.BoundField]:
        return [self[f"{name}_{code}"] for code in self.languages for name in ("about", "for_whom")]

    def catalogue(self) -> list[dict[str, Any]]:
        """Return the kinds by group, with what is ticked, for the page to draw."""
        ticked = set(self["kinds"].value() or [])
        wholes = set(self["groups"].value() or [])
        made = []
        for group in GROUPS:
            made.append(self._group(group.code, group.name, group.icon, ticked, group.code in wholes))
        own = self._group("own", _("Our own"), "circle", ticked, False)
        return [one for one in [*made, own] if one["kinds"]]

    def _group(self, code: str, name: Any, icon: str, ticked: set[str], whole: bool) -> dict[str, Any]:
        inside = [(kind, kind.code in ticked) for kind in self.known if kind.group == code]
        count = sum(is_ticked for _kind, is_ticked in inside)
        return {"code": code, "name": name, "icon": icon, "kinds": inside, "whole": whole, "count": count}

    def draft(self) -> ProgrammeDraft:
        """Return what was typed; a wrong place or hour is refused at its field."""
        data = self.cleaned_data
        near = centre_of(self.circle.cell) if self.circle.cell is not None else None
        position = data["position"].strip()
        same = self.programme is not None and position == programme_showing.point(self.programme)
        return ProgrammeDraft(
            name=data["name"],
            kinds=data["kinds"],
            groups=data["groups"],
            texts={
                name: {code: data.get(f"{name}_{code}", "") for code in self.languages} for name in ("about", "for_whom")
            },
            area_ids=[one for one in map(parse_id, data["areas"]) if one is not None],
            point=None if same else places.read_position(position, "position", near=near),
            keep_point=bool(position),
            rings=int(data["rings"]),
            weekdays=[int(day) for day in data["weekdays"]],
            from_minute=_minute(data["from_time"], "from_time"),
            to_minute=_minute(data["to_time"], "to_time"),
            contact=data["contact"],
            entry=data["entry"],
            has_waiting_list=data["has_waiting_list"],
        )


def _minute(text: str, field: str) -> int | None:
    text = to_latin(text).strip()
    if not text:
        return None
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isdecimal() and minute[:2].isdecimal()):
        raise Refusal("window.not_a_time", field)
    found = int(hour) * 60 + int(minute[:2])
    if found > 24 * 60 or int(minute[:2]) > 59:
        raise Refusal("window.not_a_time", field)
    return found


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def values_of(circle: Circle, programme: Programme | None) -> dict[str, Any]:
    """Return a programme as its form shows it."""
    if programme is None:
        return {"rings": 2}
    values: dict[str, Any] = {
        "name": programme.name, "groups": programme.groups, "kinds": programme.kinds,
        "areas": [str(one) for one in programme.area_ids], "position": programme_showing.point(programme),
        "rings": programme.rings, "weekdays": [str(day) for day in programme.weekdays],
        "from_time": _clock(programme.from_minute), "to_time": _clock(programme.to_minute),
        "contact": programme.contact, "entry": programme.entry, "has_waiting_list": programme.has_waiting_list,
    }  # fmt: skip
    for name, told in programme.texts.items():
        values |= {f"{name}_{code}": text for code, text in told.items()}
    return values


class CapacityForm(KeyedForm, RefusingForm):
    """How much a programme can take, in which time, by kind. Empty is no limit."""

    period = forms.ChoiceField(
        label=_("In which time?"), required=False, widget=ChoiceCards(icons={"week": "week", "month": "calendar", "places": "bed"}),
    )

    def __init__(self, *arguments: Any, programme: Programme, served: list[CircleKind], **named: Any) -> None:
        initial: dict[str, Any] = {"period": programme.period}
        units = {serving.CASES: "piece"} | {kind.code: kind.unit for kind in served}
        for code, amount in programme.capacity.items():
            if code in units:
                initial[CASES_FIELD + code] = format_amount_bare(amount, units[code])
        named["initial"] = initial
        super().__init__(*arguments, **named)
        self.units = units
        period = self.fields["period"]
        assert isinstance(period, forms.ChoiceField)
        period.choices = [(code, words) for code, words in wording.PERIODS.items()]
        widget = period.widget
        assert isinstance(widget, ChoiceCards)
        widget.hints = {"places": _("Taken while somebody is helped, and free again afterwards.")}
        self.fields[CASES_FIELD] = forms.CharField(
            label=_("Cases of any kind"), required=False, max_length=40, widget=Quantity(),
            help_text=_("How many needs in all. Empty is no limit."),
        )
        for kind in served:
            self.fields[CASES_FIELD + kind.code] = forms.CharField(
                label=kind.name, required=False, max_length=40, widget=Quantity(), help_text=UNITS[kind.unit].label
            )

    def amounts(self) -> list[forms.BoundField]:
        return [self[CASES_FIELD + code] for code in self.units if code]

    def capacity(self) -> dict[str, int] | None:
        """Return the limits that were typed, or None when one is wrong (the error is then beside it)."""
        if not self.is_valid():
            return None
        found = {}
        for code, unit in self.units.items():
            amount = self.amount(CASES_FIELD + code, unit)
            if amount is not None:
                found[code] = amount
        return None if self.errors else found


class ReferForm(KeyedForm, RefusingForm):
    """A need on its way to a programme: how much of it, and the yes of whose need it is."""

    quantity = forms.CharField(label=_("How much of it?"), required=False, max_length=40, widget=Quantity())
    consented = forms.BooleanField(
        required=False, error_messages={"required": _("Ask them first. Without a yes nothing is handed on.")}
    )

    def __init__(self, *arguments: Any, unit: str, left: int, whole_only: bool, is_own: bool, **named: Any) -> None:
        named["initial"] = {"quantity": format_amount_bare(left, unit)}
        super().__init__(*arguments, **named)
        self.unit = unit
        self.fields["quantity"].help_text = UNITS[unit].label
        self.fields["consented"].label = (
            _("Yes, hand it on for me") if is_own else _("I asked them, and they said yes")
        )
        if whole_only:
            del self.fields["quantity"]

    def parts(self) -> int | None:
        return self.amount("quantity", self.unit) if "quantity" in self.fields else None


def area_of(text: str) -> uuid.UUID | None:
    return parse_id(text[:60]) if text else None
