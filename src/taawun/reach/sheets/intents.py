"""Needs and offers as rows of a sheet: out for anyone who may see the board, in for coordinators, all rows or none."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Circle
from taawun.community.circles.queries import areas_of
from taawun.community.people.api.shapes import Refusals, Wrong
from taawun.community.people.texts import refuse
from taawun.ground.values.place import Point, centre_of, parse_plus_code
from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.clean import clean_line, clean_text, search_key
from taawun.ground.words.digits import to_latin
from taawun.ground.words.errors import WordsError
from taawun.ground.words.units import format_amount_bare, parse_amount
from taawun.practice.aid import actions, queries, rules
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.models import Intent
from taawun.practice.aid.queries.behalf import may_act_for
from taawun.practice.aid.wording import URGENCY_NAMES
from taawun.reach.sheets import cells, refusals  # noqa: F401  (the sentences)
from taawun.reach.sheets.csvfile import CellError, Column, Row, Table, read_table
from taawun.reach.sheets.writing import render

# All rows are one transaction that holds the circle's place in the journal: some four seconds for this many.
ROWS_MAX: Final = 1_000
SIZE_MAX_BYTES: Final = 1_000_000
ERRORS_TOLD_MAX: Final = 200
READ_AT_ONCE: Final = 500

HEADER: Final = (
    "id", "direction", "kind", "kind_name", "quantity", "unit", "left", "urgency", "status", "area", "summary",
    "starts_at", "ends_at", "weekdays", "from_time", "to_time", "whole_only", "visibility", "posted_at", "expires_at",
)  # fmt: skip
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# What people call the columns of a sheet they made themselves, in English and Arabic.
_DIRECTIONS: Final = {"request": "request", "need": "request", "طلب": "request", "احتياج": "request", "حاجة": "request",
                      "offer": "offer", "عرض": "offer"}  # fmt: skip
_URGENCIES: Final = {name: int(urgency) for urgency, name in URGENCY_NAMES.items()} | {
    "today": 3, "urgent": 3, "الآن": 3, "عاجل": 3, "قريبا": 2, "this week": 1, "هذا الأسبوع": 1, "في أي وقت": 0
}  # fmt: skip
_VISIBILITIES: Final = {one.value: one.value for one in rules.Visibility} | {
    "everyone": "public", "الجميع": "public", "الأعضاء": "members", "المنسقون": "coordinators"
}  # fmt: skip
_YES: Final = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False, "نعم": True, "لا": False}
_DAY_NAMES: Final = {
    search_key(name): day
    for day, names in enumerate(
        (
            "mon monday الاثنين الإثنين", "tue tuesday الثلاثاء", "wed wednesday الأربعاء", "thu thursday الخميس",
            "fri friday الجمعة", "sat saturday السبت", "sun sunday الأحد",
        )
    )
    for name in names.split()
}  # fmt: skip


def _line(cell: str) -> str:
    return clean_line(cell, 400)


def _lines(cell: str) -> str:
    return clean_text(cell, 4_000, 30)


def _moment(cell: str) -> date | datetime:
    # Our own sheets write moments with their zone; people write them in local time.
    if len(cell) <= 40 and "T" in cell and (cell.endswith("Z") or cell[-6:-5] in {"+", "-"}):
        try:
            found = datetime.fromisoformat(to_latin(cell))
        except ValueError:
            found = None
        if found is not None and cells.YEARS[0] <= found.year < cells.YEARS[1]:
            return found
    return cells.day_or_moment(cell)


def _clock(cell: str) -> int:
    hour, separator, minute = to_latin(cell).strip().partition(":")
    good = separator and hour.isascii() and hour.isdigit() and minute[:2].isascii() and minute.isdigit()
    if not good or len(hour) > 2 or len(minute) != 2 or int(minute) > 59 or int(hour) * 60 + int(minute) > 24 * 60:
        raise CellError(
            _("“%(text)s” is not an hour and minute. Please write it such as 17:30.") % {"text": cell[:40]}
        )
    return int(hour) * 60 + int(minute)


def _weekdays(cell: str) -> list[int]:
    found = []
    for word in cell.replace("،", " ").replace(",", " ").replace(";", " ").split():
        day = _DAY_NAMES.get(search_key(word))
        if day is None:
            raise CellError(
                _("“%(text)s” is not a day of the week. Please write days such as: mon, thu.") % {"text": word[:40]}
            )
        found.append(day)
    return sorted(set(found))


COLUMNS: Final[tuple[Column, ...]] = (
    Column("direction", cells.choice(_DIRECTIONS, "request, offer"), ("type", "الاتجاه"), required=True, filled=True),
    Column("kind", _line, ("what", "item", "النوع"), required=True, filled=True),
    Column("quantity", _line, ("amount", "الكمية"), required=True, filled=True),
    Column("unit", _line, ("الوحدة",)),
    Column("urgency", cells.choice(_URGENCIES, "now, soon, week, whenever"), ("الاستعجال",)),
    Column("summary", _line, ("الملخص",)),
    Column("area", _line, ("المنطقة",)),
    Column("starts_at", _moment, ("from", "من")),
    Column("ends_at", _moment, ("until", "حتى")),
    Column("weekdays", _weekdays, ("days", "الأيام")),
    Column("from_time", _clock),
    Column("to_time", _clock),
    Column("whole_only", cells.choice(_YES, "yes, no")),
    Column("visibility", cells.choice(_VISIBILITIES, "public, members, coordinators"), ("الظهور",)),
    Column("on_behalf_of", _line, ("member", "عن")),
    Column("name", _line, ("الاسم",)),
    Column("reach", _line, ("phone", "email", "الهاتف")),
    Column("door", _lines, ("address", "العنوان")),
    Column("details", _lines, ("note", "ملاحظات")),
    Column("plus_code", _line),
)


@dataclass(frozen=True, slots=True)
class Posted:
    """What a sheet became: the new intents in the order of its rows, and the columns nobody knew."""

    ids: list[uuid.UUID]
    unknown_columns: tuple[str, ...]


def write_intents(circle: Circle, actor: Actor | None, filters: queries.Filters, *, now: datetime) -> bytes:
    """Return what this reader may see of the board as CSV: what is public of it, and nothing sealed."""
    return render(HEADER, (_row(card) for card in _cards(circle, actor, filters, now)))


def _cards(
    circle: Circle, actor: Actor | None, filters: queries.Filters, now: datetime
) -> Iterator[queries.Card]:
    cursor, count = "", 0
    while count < ROWS_MAX:
        shown = queries.board(circle, actor, filters, cursor=cursor, limit=READ_AT_ONCE, now=now)
        yield from shown.cards
        count, cursor = count + len(shown.cards), shown.next_cursor
        if not cursor:
            return


def _row(card: queries.Card) -> Sequence[str]:
    intent = card.intent
    return (
        str(intent.id), intent.direction, intent.kind, card.kind.name, _bare(intent, intent.quantity), intent.unit,
        _bare(intent, intent.left), URGENCY_NAMES[rules.Urgency(intent.urgency)], card.status,
        intent.area.name if intent.area else "", intent.summary, _iso(intent.starts_at), _iso(intent.ends_at),
        " ".join(_WEEKDAYS[day] for day in intent.weekdays), _hour(intent.from_minute), _hour(intent.to_minute),
        "yes" if intent.whole_only else "no", intent.visibility, _iso(intent.posted_at), _iso(intent.expires_at),
    )  # fmt: skip


def _bare(intent: Intent, parts: int) -> str:
    return format_amount_bare(parts, intent.unit, "en", "latn")


def _iso(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def _hour(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def post_intents(actor: Actor, data: bytes, *, name: str, now: datetime) -> Posted:
    """Post every row of a sheet, or none: then all that is wrong is named, line by line."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    if len(data) > SIZE_MAX_BYTES:
        raise Refusal("sheet.too_large", "file", status=413, limit=SIZE_MAX_BYTES // 1000)
    table = read_table(data, COLUMNS, name=name)
    if len(table.rows) + len(table.errors) > ROWS_MAX:
        raise Refusal("sheet.too_many_rows", "file", status=413, limit=ROWS_MAX)
    known = _Known.of(actor)
    drafts = [(row, _draft(row, known, table)) for row in table.rows]
    ids: list[uuid.UUID] = []
    with transaction.atomic():
        for row, draft in drafts:
            if draft is None or len(table.errors) >= ERRORS_TOLD_MAX:
                continue
            try:
                ids.append(actions.post(actor, draft, now=now).id)
            except Refusal as refusal:
                table.refuse(row.line, _column_of(refusal.field), sentence(refusal))
        if table.errors:
            raise Refusals("sheet.wrong", _wrong(table))
    return Posted(ids, table.unknown_columns)


def _wrong(table: Table) -> list[Wrong]:
    told = sorted(table.errors, key=lambda error: error.line)[:ERRORS_TOLD_MAX]
    return [Wrong(one.column or "file", "sheet.cell", one.message, one.line) for one in told]


_COLUMN_OF_FIELD: Final = {"point": "plus_code", "phone": "reach"}


def _column_of(field: str | None) -> str:
    return _COLUMN_OF_FIELD.get(field, field) if field else ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What names in the cells can mean in this circle."""

    actor: Actor
    areas: Mapping[str, uuid.UUID]
    area_names: str
    people: Mapping[str, list[uuid.UUID]]
    kinds: dict[str, CircleKind]

    @classmethod
    def of(cls, actor: Actor) -> "_Known":
        areas = areas_of(actor.circle)
        people: dict[str, list[uuid.UUID]] = {}
        for agent_id, shown in may_act_for(actor):
            people.setdefault(search_key(shown), []).append(uuid.UUID(agent_id))
        by_name = {search_key(area.name): area.id for area in areas}
        return cls(actor, by_name, ", ".join(area.name for area in areas), people, {})

    def kind(self, text: str) -> CircleKind:
        if text not in self.kinds:
            self.kinds[text] = kinds.read(self.actor.circle, text)
        return self.kinds[text]

    def area(self, text: str | None) -> uuid.UUID | None:
        if not text:
            return None
        found = self.areas.get(search_key(text))
        if found is None:
            raise Refusal("sheet.area", "area", areas=self.area_names)
        return found

    def person(self, text: str | None) -> uuid.UUID | None:
        if not text:
            return None
        found = self.people.get(search_key(text), [])
        if len(found) != 1:
            raise Refusal("sheet.two_people" if found else "sheet.person", "on_behalf_of")
        return found[0]

    def point(self, text: str | None) -> Point | None:
        if not text:
            return None
        cell = self.actor.circle.cell
        try:
            return parse_plus_code(to_latin(text), centre_of(cell) if cell else None)
        except (Refusal, ValueError):
            raise Refusal("place.plus_code", "plus_code") from None


def _draft(row: Row, known: _Known, table: Table) -> IntentDraft | None:
    """Return a row as a draft, or None when something in it is wrong; each wrong cell is then named."""
    before = len(table.errors)

    def read(column: str, make: Any) -> Any:
        try:
            return make(row[column])
        except Refusal as refusal:
            table.refuse(row.line, column, sentence(refusal))
        except WordsError as error:
            table.refuse(row.line, column, sentence(refuse(error, column)))
        return None

    kind = read("kind", known.kind)
    quantity = read("quantity", lambda text: parse_amount(text, kind.unit)) if kind else None
    area, person = read("area", known.area), read("on_behalf_of", known.person)
    point = read("plus_code", known.point)
    if len(table.errors) > before or kind is None or quantity is None:
        return None
    urgency = row["urgency"]
    return IntentDraft(
        direction=row["direction"],
        kind=kind.code,
        quantity=quantity,
        urgency=int(rules.Urgency.SOON) if urgency is None else urgency,
        unit=row["unit"] or "",
        summary=row["summary"] or "",
        whole_only=bool(row["whole_only"]),
        visibility=row["visibility"] or "",
        area_id=area,
        starts_at=_at(row["starts_at"], time.min),
        ends_at=_at(row["ends_at"], time.max),
        weekdays=row["weekdays"] or (),
        from_minute=row["from_time"],
        to_minute=row["to_time"],
        on_behalf_of=person,
        private=Private(row["name"] or "", row["reach"] or "", row["door"] or "", row["details"] or "", point),
    )


def _at(value: date | datetime | None, hour: time) -> datetime | None:
    """Return a cell's day or moment in the circle's zone: a day begins at its beginning and ends at its end."""
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.combine(value, hour.replace(microsecond=0))
    return moment if moment.tzinfo else timezone.make_aware(moment, timezone.get_current_timezone())
