"""The forms of planning: what is typed becomes values for an action, and every error names its field."""

import uuid
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from taawun.community.circles import places
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.models import Area, Circle
from taawun.community.people.doors import KeyedForm
from taawun.community.people.forms import Ticks
from taawun.ground.site.forms import ChoiceCards, Quantity
from taawun.ground.values.ids import parse_id
from taawun.ground.values.place import Point, centre_of
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.digits import parse_integer, to_latin
from taawun.ground.words.errors import WordsError
from taawun.ground.words.units import format_amount_bare
from taawun.practice.aid.forms import RefusingForm
from taawun.practice.aid.wording import URGENCY_MEANINGS
from taawun.practice.delivery import rules, wording
from taawun.practice.delivery.actions.fleet import CarrierDraft, DepotDraft, Place
from taawun.practice.delivery.actions.planning import PlanDraft, StopChange
from taawun.practice.delivery.actions.standing import StandingDraft
from taawun.practice.delivery.models import Carrier, Depot, Preferences, StandingRun, Stop
from taawun.practice.delivery.queries.plans import Available
from taawun.practice.delivery.queries.wanted import Filters

DAY_WIDGET = forms.TextInput({"type": "date"})


def _line(label: Any, *, hint: Any = "", most: int = 120, **attributes: str) -> forms.CharField:
    widget = forms.TextInput({"maxlength": str(most), **attributes})
    return forms.CharField(label=label, required=False, help_text=hint, max_length=most, widget=widget)


def _time(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=10, widget=forms.TextInput({"type": "time"}))


def _number(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=12, help_text=hint, widget=Quantity())


def clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def _isolated(rows: Any) -> list[tuple[str, Any]]:
    return [(str(one.id), format_html("<bdi>{}</bdi>", one.name)) for one in rows]


class RoundsForm(KeyedForm, RefusingForm):
    """What all forms of rounds share: reading days, hours, numbers and ids, with the error at the field."""

    def must_day(self, name: str) -> date:
        found = self.day(name)
        if found is None:
            raise Refusal("series.date", name)
        return found

    def whole(self, name: str) -> int | None:
        """Read a whole number in any digits; None when it was left empty."""
        text = (self.cleaned_data.get(name) or "").strip()
        if not text:
            return None
        try:
            return parse_integer(text)
        except WordsError:
            raise Refusal("room.amount", name, limit=rules.ROOM_MAX) from None

    def at(self, name: str) -> int | None:
        """Read an hour and minute as minutes of the day; a wrong one is refused at its field."""
        text = to_latin(self.cleaned_data.get(name) or "").strip()
        if not text:
            return None
        hour, colon, minute = text.partition(":")
        if not (colon and hour.isdecimal() and minute[:2].isdecimal() and int(hour) <= 24 and int(minute[:2]) < 60):
            raise Refusal("window.not_a_time", name)
        return int(hour) * 60 + int(minute[:2])

    def ids(self, name: str) -> list[uuid.UUID]:
        return [one for one in map(parse_id, self.cleaned_data.get(name) or []) if one is not None]

    def one_id(self, name: str) -> uuid.UUID | None:
        return parse_id(self.cleaned_data.get(name) or "")

    def point(self, circle: Circle) -> Point | None:
        near = centre_of(circle.cell) if circle.cell is not None else None
        return places.read_position(self.cleaned_data.get("position") or "", "position", near=near)


class VersionForm(RoundsForm):
    """A form on a plan: it carries the version of the plan it was shown with."""

    version = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def seen(self) -> int | None:
        text = to_latin(self.cleaned_data.get("version") or "")
        return int(text) if text.isdecimal() else None


def _goal() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("How shall the work be shared?"),
        choices=[(code, words[0]) for code, words in wording.GOALS.items()],
        widget=ChoiceCards(icons={"shortest": "forward", "balanced": "people"},
                           hints={code: words[1] for code, words in wording.GOALS.items()}),
    )  # fmt: skip


class PlanForm(RoundsForm):
    """Plan a day: when, from where, who, and what to begin with."""

    on_date = forms.CharField(label=_("Which day?"), max_length=20, widget=DAY_WIDGET)
    name = _line(_("What is it called?"), hint=_("For example: Thursday boxes. Leave it empty for just the day."))
    depots = forms.MultipleChoiceField(label=_("From where do the goods come?"), required=False, widget=Ticks())
    carriers = forms.MultipleChoiceField(label=_("Who carries?"), required=False, widget=Ticks({"class": "long"}))
    goal = _goal()
    groups = forms.MultipleChoiceField(
        label=_("What is carried?"), required=False, widget=Ticks(), help_text=_("None ticked: all goods.")
    )
    areas = forms.MultipleChoiceField(
        label=_("In which areas?"), required=False, widget=Ticks(), help_text=_("None ticked: everywhere.")
    )
    urgency = forms.ChoiceField(label=_("How urgent, at least?"), required=False)
    promises = forms.BooleanField(
        label=_("Also promises whose goods want carrying"), required=False,
        help_text=_("From the giver's place to the receiver's door. The promise stays the giver's."),
    )  # fmt: skip
    empty = forms.BooleanField(label=_("Begin empty: I choose each need myself"), required=False)

    def __init__(
        self, *arguments: Any, depots: list[Depot], carriers: list[Available], areas: list[Area], groups: set[str],
        **named: Any,
    ) -> None:  # fmt: skip
        super().__init__(*arguments, **named)
        self.set_choices("depots", _isolated(depots))
        self.set_choices("carriers", [(str(one.carrier.id), carrier_label(one.carrier)) for one in carriers])
        self.set_choices("areas", _isolated(areas))
        self.set_choices("groups", [(one.code, one.name) for one in GROUPS if one.code in groups])
        urgencies = sorted(URGENCY_MEANINGS.items())
        self.set_choices("urgency", [(str(int(code)), words[0]) for code, words in urgencies])

    def draft(self) -> PlanDraft:
        data = self.cleaned_data
        filters = Filters(tuple(data["groups"]), tuple(self.ids("areas")), int(data["urgency"] or 0))
        return PlanDraft(
            on_date=self.must_day("on_date"), name=data["name"], depot_ids=self.ids("depots"),
            carrier_ids=self.ids("carriers"), goal=data["goal"], filters=None if data["empty"] else filters,
            promises=data["promises"],
        )  # fmt: skip


def carrier_label(carrier: Carrier) -> Any:
    vehicle = wording.VEHICLES[carrier.vehicle][0]
    hours = wording.hours(carrier.from_minute, carrier.to_minute)
    return format_html("<bdi>{}</bdi>: {}", carrier.agent.shown, wording.joined([str(vehicle), hours]))


class AddForm(VersionForm):
    """More needs, promises, carriers for a plan: ticked one by one."""

    needs = forms.MultipleChoiceField(label=_("Open needs"), required=False, widget=Ticks({"class": "long"}))
    given = forms.MultipleChoiceField(
        label=_("Promises whose goods want carrying"), required=False, widget=Ticks({"class": "long"})
    )

    def __init__(
        self, *arguments: Any, needs: list[tuple[str, Any]], given: list[tuple[str, Any]], **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        self.set_choices("needs", needs)
        self.set_choices("given", given)


class CrewForm(VersionForm):
    """Who else carries on this day, from where, and how the work is shared."""

    carriers = forms.MultipleChoiceField(label=_("Who else carries?"), required=False, widget=Ticks({"class": "long"}))
    depots = forms.MultipleChoiceField(label=_("From where do the goods come?"), required=False, widget=Ticks())
    goal = _goal()

    def __init__(self, *arguments: Any, carriers: list[Available], depots: list[Depot], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.set_choices("carriers", [(str(one.carrier.id), carrier_label(one.carrier)) for one in carriers])
        self.set_choices("depots", _isolated(depots))


class CompanionForm(VersionForm):
    """Who goes along as the second person of a pair."""

    companion = forms.ChoiceField(label=_("Who goes along?"), required=False)

    def __init__(self, *arguments: Any, members: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        shown = [(code, format_html("<bdi>{}</bdi>", name)) for code, name in members]
        self.set_choices("companion", [("", _("Nobody; alone")), *shown])


class MoveForm(VersionForm):
    """Put a stop on another run, at a place or the best one."""

    run = forms.ChoiceField(label=_("Move to…"), required=False, widget=forms.RadioSelect())
    position = _number(_("At which place?"), _("1 is the first to come. Empty: where it costs least."))

    def __init__(self, *arguments: Any, runs: list[tuple[str, Any]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.set_choices("run", runs)


class StopForm(VersionForm):
    """What a coordinator may say of a stop."""

    quantity = _number(_("How much?"))
    boxes = _number(wording.ROOM["boxes"])
    litres = _number(wording.ROOM["litres"])
    seats = _number(wording.ROOM["seats"])
    kilograms = _number(wording.ROOM["kilograms"])
    needs = forms.MultipleChoiceField(
        label=_("What does it need?"), required=False, widget=Ticks(), choices=list(wording.NEEDS.items())
    )
    opens = _time(_("From"))
    closes = _time(_("Until"))
    service_minutes = _number(_("Minutes at the door"))
    depot = forms.ChoiceField(label=_("From which depot?"), required=False)

    def __init__(self, *arguments: Any, stop: Stop, depots: list[Depot], circle: Circle, **named: Any) -> None:
        self.stop, self.circle = stop, circle
        named.setdefault("initial", self._values(stop))
        super().__init__(*arguments, **named)
        self.set_choices("depot", [("", _("Any of them")), *_isolated(depots)])
        if stop.what != "dropoff" or stop.pickup_id is not None or len(depots) < 2:
            del self.fields["depot"]
        if stop.commitment_id is not None:
            del self.fields["quantity"]

    @staticmethod
    def _values(stop: Stop) -> dict[str, Any]:
        unit = stop.intent.unit if stop.intent is not None else "piece"
        return {
            "quantity": format_amount_bare(stop.quantity, unit), "needs": stop.needs,
            "opens": _wall(stop.opens_at), "closes": _wall(stop.closes_at),
            "service_minutes": stop.service_seconds // 60, "depot": str(stop.depot_id or ""),
            **{name: stop.loads.get(name, "") for name in rules.ROOM},
        }  # fmt: skip

    def change(self, on_date: date) -> StopChange:
        zone = ZoneInfo(self.circle.time_zone)
        loads = {name: self.whole(name) or 0 for name in rules.ROOM}
        unit = self.stop.intent.unit if self.stop.intent is not None else "piece"
        quantity = self.amount("quantity", unit) if "quantity" in self.fields else None
        if self.errors:
            raise Refusal("stop.amount", "quantity")
        same = {name: most for name, most in loads.items() if most} == self.stop.loads
        opens, closes = self.at("opens"), self.at("closes")
        if closes == 0:
            closes = 24 * 60
        depot = self.cleaned_data.get("depot")
        return StopChange(
            quantity=quantity, loads=None if same else loads, needs=self.cleaned_data["needs"],
            window=(
                rules.moment(on_date, opens, zone) if opens is not None else None,
                rules.moment(on_date, closes, zone) if closes is not None else None,
            ),
            service_minutes=self.whole("service_minutes"), depot_id=parse_id(depot or ""), any_depot=depot == "",
        )  # fmt: skip


def _wall(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%H:%M") if at is not None else ""


class PlacedForm(RoundsForm):
    """Where something is: an area everybody knows, and a position and door that are sealed."""

    area = forms.ChoiceField(label=_("Which area?"), required=False)
    position = _line(
        _("Where exactly?"), most=80, dir="ltr", autocomplete="off",
        hint=_("A plus code, or latitude and longitude. It is sealed; only the planning reads it."),
    )  # fmt: skip

    def set_areas(self, areas: list[Area]) -> None:
        self.set_choices("area", [("", _("Not said")), *_isolated(areas)])


class DepotForm(PlacedForm):
    """A place where goods are fetched."""

    name = _line(_("What is it called?"), hint=_("For example: Food bank, Mill Road."))
    door = forms.CharField(
        label=_("Door, for those who fetch"), required=False, max_length=500, widget=forms.Textarea({"rows": 2}),
        help_text=_("A landmark is enough. It is sealed; carriers see it on their round. Empty keeps what was there."),
    )  # fmt: skip
    phone = _line(
        _("Phone, for those who fetch"), most=80, dir="auto", hint=_("Sealed too. Empty keeps what was there.")
    )
    weekdays = forms.MultipleChoiceField(label=_("On which days?"), required=False, widget=Ticks())
    from_time, to_time = _time(_("From")), _time(_("Until"))

    def __init__(self, *arguments: Any, areas: list[Area], depot: Depot | None, **named: Any) -> None:
        named.setdefault("initial", self._values(depot))
        super().__init__(*arguments, **named)
        self.set_areas(areas)
        self.set_weekdays()
        self.order_fields(["name", "area", "position", "door", "phone", "weekdays", "from_time", "to_time", "key"])

    @staticmethod
    def _values(depot: Depot | None) -> dict[str, Any]:
        if depot is None:
            return {}
        return {
            "name": depot.name, "area": str(depot.area_id or ""), "weekdays": [str(day) for day in depot.weekdays],
            "from_time": clock(depot.from_minute), "to_time": clock(depot.to_minute),
        }  # fmt: skip

    def draft(self, circle: Circle) -> DepotDraft:
        data = self.cleaned_data
        place = Place(self.one_id("area"), self.point(circle), data["door"], data["phone"])
        days = [int(day) for day in data["weekdays"]]
        return DepotDraft(data["name"], place, days, self.at("from_time"), self.at("to_time"))


class CarrierForm(PlacedForm):
    """What somebody carries with, how much, when, and from where."""

    agent = forms.ChoiceField(label=_("Who carries?"), required=False)
    vehicle = forms.ChoiceField(
        label=_("With what?"), choices=[(code, words[0]) for code, words in wording.VEHICLES.items()],
        widget=ChoiceCards(icons={code: words[1] for code, words in wording.VEHICLES.items()}),
    )  # fmt: skip
    boxes = _number(wording.ROOM["boxes"], _("How many fit at once. All four empty: what is usual for the vehicle."))
    litres = _number(wording.ROOM["litres"])
    seats = _number(wording.ROOM["seats"])
    kilograms = _number(wording.ROOM["kilograms"])
    cold_box = forms.BooleanField(label=_("With a cold box"), required=False)
    weekdays = forms.MultipleChoiceField(
        label=_("On which days?"), required=False, widget=Ticks(), help_text=_("None ticked: on any day.")
    )
    from_time, to_time = _time(_("From")), _time(_("Until"))
    break_minutes = _number(_("Minutes of break"))
    break_from, break_to = _time(_("Break not before")), _time(_("Break over by"))
    starts = forms.ChoiceField(label=_("Where does the round begin?"), choices=list(wording.STARTS.items()))
    ends = forms.ChoiceField(label=_("Where does it end?"), choices=list(wording.ENDS.items()))
    phone = _line(
        _("Phone, for those who wait"), most=80, dir="auto",
        hint=_("Sealed; who waits for a delivery of yours sees it. Empty keeps what was there."),
    )  # fmt: skip
    max_stops = _number(_("Stops at most"))
    max_minutes = _number(_("Minutes at most"))
    pairs_with = forms.ChoiceField(label=_("Who goes along?"), required=False)

    ORDER = (
        "agent", "vehicle", "boxes", "litres", "seats", "kilograms", "cold_box", "weekdays", "from_time", "to_time",
        "break_minutes", "break_from", "break_to", "starts", "ends", "area", "position", "phone", "max_stops",
        "max_minutes", "pairs_with", "key",
    )  # fmt: skip

    def __init__(
        self, *arguments: Any, areas: list[Area], members: list[tuple[str, str]], carrier: Carrier | None,
        choose_agent: bool, **named: Any,
    ) -> None:  # fmt: skip
        named.setdefault("initial", self._values(carrier))
        super().__init__(*arguments, **named)
        self.set_areas(areas)
        self.set_weekdays()
        named_members = [(code, format_html("<bdi>{}</bdi>", name)) for code, name in members]
        self.set_choices("pairs_with", [("", _("Nobody; alone")), *named_members])
        self.set_choices("agent", named_members)
        if not choose_agent:
            del self.fields["agent"]
        if not members:
            del self.fields["pairs_with"]
        self.order_fields(self.ORDER)

    @staticmethod
    def _values(carrier: Carrier | None) -> dict[str, Any]:
        if carrier is None:
            return {
                "vehicle": "bicycle",
                "from_time": "09:00",
                "to_time": "17:00",
                "starts": "depot",
                "ends": "anywhere",
            }
        return {
            "vehicle": carrier.vehicle, "cold_box": carrier.cold_box, "weekdays": [str(day) for day in carrier.weekdays],
            "from_time": clock(carrier.from_minute), "to_time": clock(carrier.to_minute),
            "break_minutes": carrier.break_minutes or "", "break_from": clock(carrier.break_from),
            "break_to": clock(carrier.break_to), "starts": carrier.starts, "ends": carrier.ends,
            "area": str(carrier.area_id or ""), "max_stops": carrier.max_stops or "",
            "max_minutes": carrier.max_minutes or "", "pairs_with": str(carrier.pairs_with_id or ""),
            **{name: carrier.capacity.get(name, "") for name in rules.ROOM},
        }  # fmt: skip

    def draft(self, circle: Circle) -> CarrierDraft:
        data = self.cleaned_data
        opens, closes = self.at("from_time"), self.at("to_time")
        if opens is None or closes is None:
            raise Refusal("hours.both", "from_time" if opens is None else "to_time")
        return CarrierDraft(
            vehicle=data["vehicle"], capacity={name: self.whole(name) or 0 for name in rules.ROOM},
            cold_box=data["cold_box"], weekdays=[int(day) for day in data["weekdays"]], from_minute=opens,
            to_minute=closes or 24 * 60, break_from=self.at("break_from"), break_to=self.at("break_to"),
            break_minutes=self.whole("break_minutes") or 0, starts=data["starts"], ends=data["ends"],
            place=Place(self.one_id("area"), self.point(circle), "", data["phone"]), max_stops=self.whole("max_stops"),
            max_minutes=self.whole("max_minutes"),
            pairs_with=self.one_id("pairs_with") if "pairs_with" in self.fields else None,
        )  # fmt: skip


class VetForm(RoundsForm):
    """What a coordinator says of a carrier she has met."""

    may_carry = forms.MultipleChoiceField(
        label=_("What may they carry?"), required=False, widget=Ticks(),
        choices=[("medicine", _("Medicine")), ("cash", _("Cash"))],
    )  # fmt: skip
    must_pair = forms.BooleanField(label=_("Never alone: somebody always goes along"), required=False)


class PreferencesForm(RoundsForm):
    """How the circle plans and carries."""

    goal = _goal()
    detour = _number(
        _("How much longer are streets than the straight line?"), _("In hundredths: 130 is three tenths longer.")
    )
    service_minutes = _number(_("Minutes at a door, usually"))
    window_minutes = _number(_("How wide is the window people are told, in minutes?"))
    doors_ahead = _number(_("For how many of the next stops does a carrier see the door?"))
    doors_offline = forms.BooleanField(
        label=_("The carrier's phone may keep the doors of her round"), required=False,
        help_text=_("So that the round works without signal. They are erased as stops are done; each is on record."),
    )  # fmt: skip
    doors_hours = _number(_("From how many hours before the round?"))

    def __init__(self, *arguments: Any, preferences: Preferences, **named: Any) -> None:
        names = ("goal", "detour", "service_minutes", "window_minutes", "doors_ahead", "doors_offline", "doors_hours")
        named.setdefault("initial", {name: getattr(preferences, name) for name in names})
        super().__init__(*arguments, **named)

    def values(self) -> dict[str, object]:
        numbers = ("detour", "service_minutes", "window_minutes", "doors_ahead", "doors_hours")
        return {
            "goal": self.cleaned_data["goal"], "doors_offline": self.cleaned_data["doors_offline"],
            **{name: self.whole(name) if self.whole(name) is not None else -1 for name in numbers},
        }  # fmt: skip


class StandingForm(RoundsForm):
    """A round that comes again."""

    name = _line(_("What is it called?"), hint=_("For example: Thursday boxes."))
    weekdays = forms.MultipleChoiceField(label=_("On which days?"), required=False, widget=Ticks())
    every = _number(_("Every how many weeks?"))
    starts_on = forms.CharField(label=_("First day"), max_length=20, widget=DAY_WIDGET)
    ends_on = forms.CharField(label=_("Last day"), max_length=20, required=False, widget=DAY_WIDGET)
    depots = forms.MultipleChoiceField(label=_("From where do the goods come?"), required=False, widget=Ticks())
    carriers = forms.MultipleChoiceField(label=_("Who carries?"), required=False, widget=Ticks({"class": "long"}))
    groups = forms.MultipleChoiceField(
        label=_("What is carried?"), required=False, widget=Ticks(), help_text=_("None ticked: all goods.")
    )
    areas = forms.MultipleChoiceField(
        label=_("In which areas?"), required=False, widget=Ticks(), help_text=_("None ticked: everywhere.")
    )
    series = forms.MultipleChoiceField(
        label=_("Only these needs that come again"), required=False, widget=Ticks({"class": "long"}),
        help_text=_("None ticked: all that is open and fits."),
    )  # fmt: skip
    goal = _goal()
    prefer_same = forms.BooleanField(
        label=_("The same person as last time, where possible"), required=False, initial=True
    )

    def __init__(
        self, *arguments: Any, depots: list[Depot], carriers: list[Available], areas: list[Area], groups: set[str],
        series: list[tuple[str, Any]], row: StandingRun | None, today: date, **named: Any,
    ) -> None:  # fmt: skip
        named.setdefault("initial", self._values(row, today))
        super().__init__(*arguments, **named)
        self.set_weekdays()
        self.set_choices("depots", _isolated(depots))
        self.set_choices("carriers", [(str(one.carrier.id), carrier_label(one.carrier)) for one in carriers])
        self.set_choices("areas", _isolated(areas))
        self.set_choices("groups", [(one.code, one.name) for one in GROUPS if one.code in groups])
        self.set_choices("series", series)
        if not series:
            del self.fields["series"]

    @staticmethod
    def _values(row: StandingRun | None, today: date) -> dict[str, Any]:
        if row is None:
            return {"every": 1, "starts_on": today.isoformat(), "goal": "shortest", "prefer_same": True}
        return {
            "name": row.name, "weekdays": [str(day) for day in row.weekdays], "every": row.every,
            "starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat() if row.ends_on else "",
            "depots": [str(one) for one in row.depot_ids], "carriers": [str(one) for one in row.carrier_ids],
            "groups": row.kinds, "areas": [str(one) for one in row.area_ids],
            "series": [str(one) for one in row.series_ids], "goal": row.goal, "prefer_same": row.prefer_same,
        }  # fmt: skip

    def draft(self) -> StandingDraft:
        data = self.cleaned_data
        ends = self.must_day("ends_on") if data["ends_on"].strip() else None
        every = self.whole("every")
        return StandingDraft(
            name=data["name"], weekdays=[int(day) for day in data["weekdays"]], starts_on=self.must_day("starts_on"),
            every=1 if every is None else every, ends_on=ends, depot_ids=self.ids("depots"),
            carrier_ids=self.ids("carriers"), series_ids=self.ids("series") if "series" in self.fields else [],
            kinds=data["groups"], area_ids=self.ids("areas"), goal=data["goal"], prefer_same=data["prefer_same"],
        )  # fmt: skip
