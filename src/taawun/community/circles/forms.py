"""The forms of circles: what is typed goes to an action as it is; what is wrong comes back beside its field."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from taawun.community.circles import catalogue, places
from taawun.community.circles.catalogue.groups import GROUPS
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import AcceptClaims, Area, Circle, Role
from taawun.community.circles.sentences import RIGHT_NAMES
from taawun.community.people.doors import KeyedForm
from taawun.community.people.forms import NAME_EMPTY, Ticks, languages, line, lines
from taawun.community.people.models import AgentKind
from taawun.ground.site.forms import ChoiceCards, KindPicker
from taawun.ground.values.ids import parse_id
from taawun.ground.values.place import Point, centre_of
from taawun.ground.words.languages import BY_CODE as LANGUAGE
from taawun.ground.words.units import UNITS

LANGUAGES_EMPTY = _("Choose at least one language your people read.")
POSITION_HINT = _("A plus code, or latitude and longitude. It is kept as an area of some 5 square kilometres, never as a point.")


class PlacedForm(KeyedForm):
    """A form in which a position may be written, or filled in by the phone."""

    def point(self, *, near: Point | None = None) -> Point | None:
        """Return the point given, or None; a wrong one is refused at its field."""
        written = self.cleaned_data.get("position") or ""
        latitude, longitude = self.cleaned_data.get("latitude"), self.cleaned_data.get("longitude")
        if not written and latitude and longitude:
            return places.read_degrees(latitude[:40], longitude[:40], "position")
        return places.read_position(written, "position", near=near)


def position(label: Any) -> forms.CharField:
    return line(label, most=80, hint=POSITION_HINT, dir="ltr", autocomplete="off")


def hidden() -> forms.CharField:
    return forms.CharField(required=False, widget=forms.HiddenInput)


class StartForm(PlacedForm):
    """The three questions of a new community, and who asks them."""

    own_name = line(_("Your name"), most=120, empty=NAME_EMPTY, hint=_("As your neighbours call you."), autocomplete="nickname")
    name = line(
        _("What is your community called?"), most=120,
        empty=_("Give your community a name, for example the name of your street or quarter."),
        hint=_("For example: Harbour Street neighbours."), autocomplete="off",
    )  # fmt: skip
    place_name = line(
        _("Where are you?"), most=120, empty=_("Write where you are: the town, the quarter or the village."),
        hint=_("The town, the quarter or the village."), autocomplete="address-level2",
    )  # fmt: skip
    languages = languages(_("Which languages do people read?"), empty=LANGUAGES_EMPTY)
    region = forms.ChoiceField(label=_("Country"), help_text=_("Phone numbers are read as they are written there."))
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    position = position(_("Position"))
    latitude, longitude = hidden(), hidden()

    def __init__(self, *arguments: Any, is_known: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if is_known:
            del self.fields["own_name"]
        _choices(self, "region", places.countries())
        usual = pgettext_lazy("time zone", "The usual one of the country")
        _choices(self, "time_zone", [("", usual), *((zone, zone.replace("_", " ")) for zone in places.zones())])

    def zone(self) -> str:
        return self.cleaned_data["time_zone"] or places.zone_of(self.cleaned_data["region"])


def _choices(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class SettingsForm(KeyedForm):
    """Everything that was defaulted, each with what it means."""

    name = line(_("Name"), most=120, empty=_("Give your community a name, for example the name of your street or quarter."))
    place_name = line(_("Place"), most=120, empty=_("Write where you are: the town, the quarter or the village."))
    welcome = lines(
        _("Words of welcome"), most=2000, rows=4, hint=_("Stands above the board and on invitations. Say what you do and how.")
    )
    languages = languages(_("Languages people read"), empty=LANGUAGES_EMPTY)
    is_public = forms.BooleanField(
        label=_("Anyone may look in"), required=False,
        help_text=_(
            "The board shows what is needed and roughly where, never who, and anyone can ask for help. "
            "Without this, the community exists only for its members."
        ),
    )  # fmt: skip
    is_joinable = forms.BooleanField(
        label=_("Anyone may join"), required=False,
        help_text=_("Without this, people join by an invitation link or are entered by a guardian."),
    )
    accept_claims = forms.ChoiceField(
        label=_("When must the other side say yes first?"),
        help_text=_("Somebody taps “I'm on this”. Before they see the name, the phone and the door:"),
        choices=[
            (AcceptClaims.SENSITIVE.value, _("A yes for delicate things")),
            (AcceptClaims.ALWAYS.value, _("Always a yes")),
            (AcceptClaims.NEVER.value, _("No yes needed")),
        ],
        widget=ChoiceCards(
            icons={"sensitive": "shield", "always": "accept", "never": "now"},
            hints={
                "sensitive": _("Medicine, money, a listener. Bread goes at once."),
                "always": _("Slower, and nobody is surprised."),
                "never": _("Quickest: where people know each other."),
            },
        ),
    )
    region = forms.ChoiceField(label=_("Country"), help_text=_("Phone numbers are read as they are written there."))
    time_zone = forms.ChoiceField(label=_("Time zone"))
    resolution = forms.TypedChoiceField(
        label=_("How coarse are places?"), coerce=int,
        help_text=_("Maps and distances use areas of this size. It counts for places given from now on."),
        choices=[
            (7, _("About 5 square kilometres: a quarter")),
            (6, _("About 36 square kilometres: a town")),
            (5, _("About 250 square kilometres: a county")),
        ],
        widget=ChoiceCards(),
    )  # fmt: skip

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        _choices(self, "region", places.countries())
        _choices(self, "time_zone", [(zone, zone.replace("_", " ")) for zone in places.zones()])

    @classmethod
    def of(cls, circle: Circle) -> dict[str, Any]:
        """Return the circle's settings as the form shows them."""
        return {name: getattr(circle, name) for name in cls.base_fields if name != "key"}


class AreaForm(PlacedForm):
    name = line(_("Name of the area"), most=80, empty=_("Write the name of the area, for example Harbour Quarter."))
    position = position(_("Where it is"))
    latitude, longitude = hidden(), hidden()


class KindForm(KeyedForm):
    """One kind of thing as this community knows it. A name left empty is the catalogue's."""

    unit = forms.ChoiceField(label=_("Counted in"), choices=[(unit.code, unit.label) for unit in UNITS])
    icon = forms.ChoiceField(label=_("Picture"), widget=KindPicker())
    sensitive = forms.BooleanField(
        label=_("Delicate"), required=False,
        help_text=_("Shown to coordinators and to whoever helps, not to everybody; and a yes is asked for first."),
    )
    hidden = forms.BooleanField(
        label=_("Hide it here"), required=False, help_text=_("It can no longer be chosen; what is on the board stays.")
    )

    def __init__(self, *arguments: Any, circle: Circle, kind: CircleKind | None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        shown = {code: LANGUAGE[code].name_native for code in dict.fromkeys([*circle.languages, "en"]) if code in LANGUAGE}
        self.name_fields = {f"name_{code}": code for code in shown}
        for field, code in self.name_fields.items():
            self.fields[field] = line(_("Name"), most=80, lang=code, dir="auto")
            self.fields[field].label = f"{_('Name')} ({shown[code]})"
        first = [*(f"name_{code}" for code in shown), "unit", "sensitive", "hidden", "icon", "key"]
        self.order_fields(first)
        picker = self.fields["icon"].widget
        assert isinstance(picker, KindPicker)
        _choices(self, "icon", _pictures(kind.icon if kind else "other"))
        picker.icons = {icon: icon for _group, options in _pictures(kind.icon if kind else "other") for icon, _n in options}
        # The first of the names carries what is wrong with all of them.
        self.name_field = next(iter(self.name_fields))

    def names(self) -> dict[str, str]:
        return {code: self.cleaned_data.get(field, "") for field, code in self.name_fields.items()}


def _pictures(current: str) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Return every picture once, called as the first kind that bears it: names people know and that are translated."""
    seen: set[str] = set()
    groups: list[tuple[Any, list[tuple[str, Any]]]] = []
    for group in GROUPS:
        options = []
        for kind in catalogue.ALL:
            if kind.group == group.code and kind.icon not in seen:
                seen.add(kind.icon)
                options.append((kind.icon, kind.name))
        if options:
            groups.append((group.name, options))
    if current not in seen:
        groups.append((_("This one"), [(current, _("As it is now"))]))
    return groups


def kind_values(circle: Circle, kind: CircleKind | None) -> dict[str, Any]:
    """Return a kind's values as the form shows them."""
    if kind is None:
        return {"unit": "piece", "icon": "other"}
    names = circle.kind_changes.get(kind.code, {}).get("name", {})
    values: dict[str, Any] = {f"name_{code}": text for code, text in names.items()}
    return values | {"unit": kind.unit, "icon": kind.icon, "sensitive": kind.sensitive, "hidden": kind.hidden}


class MemberForm(KeyedForm):
    """Somebody without an account, or an organisation."""

    kind = forms.ChoiceField(
        label=_("Who is it?"),
        choices=[
            (AgentKind.PERSON.value, _("A person")),
            (AgentKind.HOUSEHOLD.value, _("A household")),
            (AgentKind.ORGANISATION.value, _("An organisation")),
        ],
        initial=AgentKind.PERSON.value,
        widget=ChoiceCards(icons={"person": "user", "household": "house", "organisation": "organisation"}),
    )
    name = line(_("The name all members see"), most=120, empty=NAME_EMPTY, hint=_("For example Umm Khalid, or Second floor left."))
    consented = forms.ChoiceField(
        label=_("Did they agree to be written down here?"),
        choices=[("yes", _("Yes")), ("no", _("Not yet"))],
        help_text=_("Your answer is on the record. Without a yes, write only what is needed to help today."),
        error_messages={"required": _("Say whether they agreed.")},
        widget=ChoiceCards(icons={"yes": "accept", "no": "clock"}),
    )
    area = forms.ChoiceField(label=_("Area"), required=False)
    languages = languages(_("Languages they speak"))
    full_name = line(_("Full name"), most=120, autocomplete="off")
    address = line(_("Phone or e-mail"), most=254, dir="auto", autocomplete="off")
    door = lines(_("The door"), most=1000, hint=_("How to find it: the street, the floor, the bell."))

    def __init__(self, *arguments: Any, areas: list[Area], **named: Any) -> None:
        super().__init__(*arguments, **named)
        _choices(self, "area", area_choices(areas))


def area_choices(areas: list[Area]) -> list[tuple[str, Any]]:
    return [("", pgettext_lazy("area", "Not said")), *((str(area.id), area.name) for area in areas)]


class AreaOfMemberForm(KeyedForm):
    area = forms.ChoiceField(label=_("Area"), required=False)

    def __init__(self, *arguments: Any, areas: list[Area], **named: Any) -> None:
        super().__init__(*arguments, **named)
        _choices(self, "area", area_choices(areas))

    def area_id(self) -> Any:
        return parse_id(self.cleaned_data["area"]) if self.cleaned_data["area"] else None


class RolesForm(KeyedForm):
    """What a member does for the community. Everybody is a member; the rest is given and taken."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), required=False,
        choices=[
            (Role.COORDINATOR.value, _("Coordinator: looks after the board, the members and the settings")),
            (Role.GUARDIAN.value, _("Guardian: enters and acts for people who cannot click")),
            (Role.TREASURER.value, _("Treasurer: keeps the books")),
        ],
        widget=Ticks({"class": "long"}),
    )  # fmt: skip


class RightsForm(KeyedForm):
    """What somebody may do for an organisation; only what the one who gives it may do herself can be ticked."""

    rights = forms.MultipleChoiceField(
        label=_("What may they do for it?"), widget=Ticks({"class": "long"}),
        error_messages={"required": _("Choose at least one thing they may do for the organisation.")},
    )

    def __init__(self, *arguments: Any, givable: Iterable[str], **named: Any) -> None:
        super().__init__(*arguments, **named)
        shown = {code: words for code, words in RIGHT_NAMES.items() if code in set(givable)}
        _choices(self, "rights", [(code, format_lazy("{}: {}", *words)) for code, words in shown.items()])


class JoinForm(KeyedForm):
    name = line(
        _("Your name"), most=120, empty=NAME_EMPTY, hint=_("As your neighbours call you. All members see it."),
        autocomplete="nickname",
    )  # fmt: skip


def near_of(circle: Circle) -> Point | None:
    """Return where short plus codes of a circle are read from."""
    return centre_of(circle.cell) if circle.cell is not None else None


class LostForm(KeyedForm):
    """Who lost every way in: which community, what she is called there, how to reach her now."""

    community = line(
        _("Your community"), most=200, empty=_("Write the name of your community, or the address of its page."),
        hint=_("Its name, or the address of its page."), autocomplete="off",
    )  # fmt: skip
    name = line(_("Your name, as they know you there"), most=120, empty=NAME_EMPTY, autocomplete="name")
    address = line(
        _("How can they reach you now?"), most=254, empty=_("Write an e-mail address or a phone number."),
        hint=_("A phone or an e-mail, also somebody else's where you are."), dir="auto", autocapitalize="off",
    )  # fmt: skip
    note = lines(
        _("How will they know that it is you?"), most=500,
        hint=_("If you like: who knows you, or where they can meet you. Only coordinators read this."),
    )  # fmt: skip
    region = hidden()
