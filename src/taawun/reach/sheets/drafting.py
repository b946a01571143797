"""From a row that was read to what it becomes: needs, offers, or a person. Nothing is written here.

A row that names several kinds becomes one need for each. What has no field of its own (a second phone, how many live there)
goes to the details, which only whoever helps will see.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from taawun.community.circles import kinds
from taawun.community.circles.actions.bringing import PersonDraft
from taawun.community.circles.actor import Actor
from taawun.community.circles.queries import areas_of
from taawun.ground.values.place import Point, centre_of, parse_plus_code
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.clean import clean_line, looks_personal, search_key
from taawun.ground.words.digits import to_latin
from taawun.ground.words.errors import WordsError
from taawun.ground.words.units import BY_CODE as UNITS
from taawun.ground.words.units import format_amount
from taawun.practice.aid import rules
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.actions.posting import (
    DETAILS_LENGTH_MAX,
    DOOR_LENGTH_MAX,
    PHONE_LENGTH_MAX,
    SUMMARY_LENGTH_MAX,
)
from taawun.practice.aid.queries.behalf import may_act_for
from taawun.reach.sheets import kinding
from taawun.reach.sheets.plan import DATES, PERSONAL, DateOrder, Plan, Record
from taawun.reach.sheets.reading import Setting

KINDS_A_ROW_MAX: Final = 10
NEAR_KM: Final = 200.0
SEARCHED_MAX: Final = 300
WORDY: Final = ("name", "door", "details", "summary")
OURS: Final = frozenset(
    {"id", "direction", "kind", "kind_name", "quantity", "unit", "urgency", "visibility", "posted_at"}
)
OUR_TARGETS: Final = {"id": "source_id"} | {
    name: name
    for name in (
        "direction", "kind", "quantity", "unit", "urgency", "status", "area", "summary", "starts_at", "ends_at", "weekdays",
        "from_time", "to_time", "visibility", "posted_at", "name", "phone", "door", "details", "latitude", "longitude",
    )
}  # fmt: skip


def setting_of(actor: Actor, now: datetime, *, searching: bool = True) -> Setting:
    """Return what the reader needs to know of a circle.

    A word is looked up in the names of the circle's kinds and in the catalogue's words; with ``searching``, what is found
    in neither is searched for as a person would, which is dear: so often at most, each text once.
    """
    circle = actor.circle
    offered = kinds.offered(circle)
    codes = {kind.code for kind in offered}
    names = {search_key(name): kind.code for kind in offered for name in (kind.code, kind.name)}
    known: dict[str, str | None] = {}

    def searched(text: str) -> str | None:
        try:
            return kinds.read(circle, text).code
        except Refusal:
            return None

    def kind_of(text: str) -> str | None:
        found = names.get(search_key(text)) or kinding.kind_of(text)
        if found is not None or not searching:
            return found if found in codes else None
        if text not in known and len(known) < SEARCHED_MAX:
            known[text] = searched(text)
        return known.get(text)

    return Setting(
        today=timezone.localtime(now).date(),
        region=circle.region,
        kind_of=kind_of,
        areas=tuple(area.name for area in areas_of(circle)),
        centre=centre_of(circle.cell) if circle.cell else None,
        reach_km=NEAR_KM,
        language=circle.languages[0] if circle.languages else "en",
    )


def is_ours(plan: Plan) -> bool:
    """Whether a sheet was taken from a board of ours: then its columns are known by their names, whatever stands in them."""
    return {one.header for one in plan.columns} >= OURS


def as_ours(plan: Plan) -> Plan:
    """Return the plan of one of our own sheets, or of any other as it is."""
    if not is_ours(plan):
        return plan
    columns = []
    for one in plan.columns:
        target = OUR_TARGETS.get(one.header, "")
        order: DateOrder = "ymd" if target in DATES else ""
        columns.append(replace(one, target=target, reason="preset", confidence=1.0, order=order, sensitive=""))
    return replace(plan, columns=tuple(columns), direction="", open_only=True)


@dataclass
class Drafter:
    """Makes drafts of rows for one circle. ``personal`` says whether there is a ground to keep personal columns."""

    actor: Actor
    plan: Plan
    personal: bool
    now: datetime
    _areas: Mapping[str, uuid.UUID] = field(default_factory=dict)
    _people: Mapping[str, list[uuid.UUID]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._areas = {search_key(area.name): area.id for area in areas_of(self.actor.circle)}
        if "on_behalf_of" in self.plan.targets:
            people: dict[str, list[uuid.UUID]] = {}
            for agent_id, shown in may_act_for(self.actor):
                people.setdefault(search_key(shown), []).append(uuid.UUID(agent_id))
            self._people = people

    def person(self, record: Record) -> PersonDraft:
        """Return the person a row is about."""
        values = self._allowed(record)
        return PersonDraft(
            name=_text(values, "name") or _text(values, "organisation"),
            addresses=[*_several(values, "phone"), *_several(values, "email")],
            door=self._door(values),
            languages=_several(values, "language"),
            area_id=self._area(values),
        )

    def intents(self, record: Record) -> list[IntentDraft]:
        """Return the needs and offers a row is about: one for each kind it names."""
        values = self._allowed(record)
        named = list(dict.fromkeys(record.kinds))[:KINDS_A_ROW_MAX] or [values.get("kind") or self.plan.kind]
        return [self._intent(values, str(kind), alone=len(named) == 1) for kind in named]

    def languages(self, record: Record) -> list[str]:
        return _several(record.values, "language")

    def _allowed(self, record: Record) -> Mapping[str, Any]:
        values = record.values
        if is_ours(self.plan):
            # What we wrote ourselves means what it says, also a lone dash.
            values = {**values, **{name: record.texts[name] for name in WORDY if name in record.texts}}
        if self.personal:
            return values
        return {name: value for name, value in values.items() if name not in PERSONAL}

    def _intent(self, values: Mapping[str, Any], kind_code: str, *, alone: bool) -> IntentDraft:
        kind = kinds.find(self.actor.circle, kind_code)
        summary, rest = _public_line(_text(values, "summary"))
        starts_at, ends_at = self._window(values)
        urgency = values.get("urgency")
        return IntentDraft(
            direction=str(values.get("direction") or self.plan.direction),
            kind=kind.code,
            quantity=_parts(values.get("quantity") if alone else None, _text(values, "unit"), kind.unit),
            urgency=int(rules.Urgency.SOON) if urgency is None else int(urgency),
            summary=summary,
            whole_only=False,
            visibility=_text(values, "visibility"),
            area_id=self._area(values),
            starts_at=starts_at,
            ends_at=ends_at,
            weekdays=tuple(values.get("weekdays") or ()),
            from_minute=_minute(values.get("from_time")),
            to_minute=_minute(values.get("to_time")),
            on_behalf_of=self._member(values),
            private=self._private(values, rest if self.personal else ""),
        )

    def _private(self, values: Mapping[str, Any], rest: str) -> Private:
        if not self.personal:
            return Private()
        reached = [*_several(values, "phone"), *_several(values, "email")]
        name = _text(values, "name") or _text(values, "organisation") or _text(values, "on_behalf_of")
        more = [rest, _text(values, "details")]
        size = values.get("household_size")
        if size:
            more.append(_("People in the household: %(count)s") % {"count": size})
        if len(reached) > 1:
            more.append(_("More ways to reach them: %(list)s") % {"list": ", ".join(reached[1:])})
        details = "\n".join(one for one in more if one)
        return Private(
            name=name,
            reach=(reached[0] if reached else "")[:PHONE_LENGTH_MAX],
            door=self._door(values)[:DOOR_LENGTH_MAX],
            details=details[:DETAILS_LENGTH_MAX],
            point=self._point(values),
        )

    def _door(self, values: Mapping[str, Any]) -> str:
        """Return the door. An area nobody knows here is a part of it: it helps to find the place and stays private."""
        area = _text(values, "area")
        known = not area or search_key(area) in self._areas
        parts = ["" if known or not self.personal else area, _text(values, "door")]
        return "\n".join(one for one in parts if one)

    def _area(self, values: Mapping[str, Any]) -> uuid.UUID | None:
        area = _text(values, "area")
        return self._areas.get(search_key(area)) if area else None

    def _member(self, values: Mapping[str, Any]) -> uuid.UUID | None:
        """Return the member a row is for, where exactly one has this name; else the name is that of somebody else."""
        name = _text(values, "on_behalf_of")
        found = self._people.get(search_key(name), []) if name else []
        return found[0] if len(found) == 1 else None

    def _point(self, values: Mapping[str, Any]) -> Point | None:
        latitude, longitude = values.get("latitude"), values.get("longitude")
        if latitude is not None and longitude is not None:
            return Point(float(latitude), float(longitude))
        code = values.get("plus_code")
        if code is None or isinstance(code, Point):
            return code
        cell = self.actor.circle.cell
        try:
            return parse_plus_code(to_latin(str(code)), centre_of(cell) if cell else None)
        except ValueError:
            raise Refusal("place.plus_code", "plus_code") from None

    def _window(self, values: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
        day = values.get("date")
        starts_at = _at(values.get("starts_at") or day, time.min)
        ends_at = _at(values.get("ends_at") or day, time(23, 59))
        begins, ends = _minute(values.get("from_time")), _minute(values.get("to_time"))
        if values.get("weekdays"):
            return starts_at, ends_at
        # A day and hours beside it are one window; hours without a day are left to the days of the week.
        if starts_at and begins is not None and _is_day(values.get("starts_at") or day):
            starts_at += timedelta(minutes=begins)
        if ends_at and ends is not None and _is_day(values.get("ends_at") or day):
            ends_at = _at(values.get("ends_at") or day, time.min)
            ends_at = ends_at + timedelta(minutes=ends) if ends_at else None
        return starts_at, ends_at


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    return str(value).strip()


def _several(values: Mapping[str, Any], name: str) -> list[str]:
    value = values.get(name)
    if not value:
        return []
    found: Iterable[Any] = value if isinstance(value, (list, tuple)) else [value]
    return [str(one).strip() for one in found if str(one).strip()]


def _public_line(text: str) -> tuple[str, str]:
    """Return what may stand on the board of a summary, and what must not: then it goes to the details as a whole."""
    if not text:
        return "", ""
    try:
        line = clean_line(text, SUMMARY_LENGTH_MAX)
    except WordsError:
        return "", text
    return ("", text) if looks_personal(line) else (line, "")


def _parts(value: Any, unit_text: str, unit: str) -> int:
    """Return an amount in the unit's smallest parts. A row that says none is about one."""
    found = UNITS[unit]
    if value is None or value == "":
        return found.parts_per_unit
    amount = Fraction(value) if isinstance(value, (int, Decimal, Fraction)) else Fraction(str(value))
    scale = found.parts_per_unit
    if unit_text and found.part is not None and search_key(unit_text) in {search_key(one) for one in found.part.words}:
        scale = found.part.parts
    parts = amount * scale
    if parts <= 0:
        raise Refusal("quantity.not_positive", "quantity")
    if parts % found.step_parts:
        raise Refusal("amount.too_fine", "quantity", smallest=format_amount(found.step_parts, found))
    return int(parts)


def _minute(value: Any) -> int | None:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, time):
        return value.hour * 60 + value.minute
    return None


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _at(value: Any, hour: time) -> datetime | None:
    """Return a cell's day or moment in the circle's zone."""
    if value is None or not isinstance(value, date):
        return None
    moment = value if isinstance(value, datetime) else datetime.combine(value, hour)
    return moment if moment.tzinfo else timezone.make_aware(moment, timezone.get_current_timezone())


def identity_of(record: Record) -> Sequence[str]:
    """Return what says which row this is: its own number, or whom it is about and when, or else all of it."""
    texts = record.texts
    if texts.get("source_id"):
        return ["id", texts["source_id"].strip()]
    who = [texts.get(name, "").strip() for name in ("name", "phone", "email")]
    if any(who):
        return ["who", *who, *(texts.get(name, "").strip() for name in ("posted_at", "kind", "date", "starts_at"))]
    return ["all", *(f"{name}={texts[name]}" for name in sorted(texts))]


def content_of(record: Record) -> Sequence[str]:
    return [f"{name}={record.texts[name].strip()}" for name in sorted(record.texts) if record.texts[name].strip()]
