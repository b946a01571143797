"""The two sheets of `./taawun match`: their columns, in English and Arabic, and what a row of them means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from taawun.community.circles import catalogue
from taawun.ground.words.clean import search_key
from taawun.ground.words.errors import WordsError
from taawun.ground.words.refusals import sentence
from taawun.ground.words.units import AMOUNT_UNITS_MAX, BY_CODE, UNITS
from taawun.reach.sheets import cells
from taawun.reach.sheets.csvfile import CellError, Column, Row, Table

URGENCY: Final = {
    "now": 3, "3": 3, "urgent": 3, "today": 3, "الآن": 3, "عاجل": 3, "فورا": 3, "اليوم": 3,
    "soon": 2, "2": 2, "قريبا": 2, "قريب": 2,
    "week": 1, "1": 1, "this week": 1, "هذا الأسبوع": 1, "أسبوع": 1, "خلال أسبوع": 1,
    "whenever": 0, "0": 0, "any time": 0, "anytime": 0, "later": 0, "في أي وقت": 0, "أي وقت": 0, "لاحقا": 0,
}  # fmt: skip
URGENCY_UNSTATED: Final = 1
YES_NO: Final = {
    "yes": True, "y": True, "true": True, "1": True, "نعم": True, "أجل": True, "ممكن": True,
    "no": False, "n": False, "false": False, "0": False, "لا": False, "كلا": False,
}  # fmt: skip

_EARLIEST: Final = dt.datetime(2000, 1, 1)
_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of either sheet. Amounts are in ``parts``, the smallest part of the unit; ``scale`` of them make one of the unit
    the row is written in. Minutes count from the year 2000, in local time; None where a side of the window is open."""

    line: int
    id: str
    kind: str
    kind_shown: str
    in_catalogue: bool
    unit: str
    unit_shown: str
    scale: int
    parts: int
    least_parts: int
    area: str
    latitude: float | None
    longitude: float | None
    opens: int | None
    closes: int | None
    languages: tuple[str, ...]
    name: str
    phone: str
    urgency: int = URGENCY_UNSTATED
    can_split: bool = True

    @property
    def market(self) -> tuple[str, str]:
        """Only equal markets meet: the same kind, counted in the same unit."""
        return self.kind, self.unit


def columns(*, asking: bool) -> list[Column]:
    """Return the columns of the requests, or of the offers."""
    shared = [
        Column("id", cells.text, ("number", "no", "ref", "الرقم", "رقم", "المعرف", "معرف"), required=True, filled=True),
        Column(
            "kind", cells.text, ("what", "item", "need", "offer", "type", "النوع", "نوع", "الصنف", "الحاجة", "المادة"),
            required=True, filled=True,
        ),
        Column("quantity", cells.number, ("amount", "qty", "how many", "الكمية", "كمية", "العدد", "عدد"), filled=True),
        Column("unit", cells.text, ("units", "الوحدة", "وحدة")),
        Column("area", cells.text, ("place", "neighbourhood", "neighborhood", "المنطقة", "منطقة", "المكان", "الحي", "حي")),
        Column("lat", cells.latitude, ("latitude", "خط العرض", "العرض")),
        Column("lng", cells.longitude, ("lon", "long", "longitude", "خط الطول", "الطول")),
        Column("plus code", cells.plus_code, ("pluscode", "open location code", "الرمز المفتوح", "رمز بلس")),
        Column("from", cells.day_or_moment, ("start", "starts", "available from", "من", "من تاريخ", "البداية")),
        Column("to", cells.day_or_moment, ("until", "end", "ends", "available to", "إلى", "حتى", "إلى تاريخ", "النهاية")),
        Column("languages", cells.languages, ("language", "speaks", "اللغات", "اللغة", "لغات", "لغة")),
        Column("name", cells.text, ("full name", "contact", "الاسم", "اسم", "الاسم الكامل")),
        Column("phone", cells.phone, ("telephone", "mobile", "tel", "phone number", "الهاتف", "هاتف", "رقم الهاتف", "الجوال")),
    ]  # fmt: skip
    if not asking:
        return shared
    urgency_words, split_words = "now, soon, week, whenever", "yes, no"
    return [
        *shared,
        Column("urgency", cells.choice(URGENCY, urgency_words), ("urgent", "priority", "الأولوية", "الاستعجال", "درجة الاستعجال")),
        Column("can split", cells.choice(YES_NO, split_words), ("splittable", "split", "يقبل التقسيم", "قابل للتقسيم", "تقسيم")),
    ]  # fmt: skip


def read_entries(table: Table) -> list[Entry]:
    """Return the entries of the good rows; what is wrong across cells is added to the table's errors."""
    entries: list[Entry] = []
    first_lines: dict[str, int] = {}
    for row in table.rows:
        first = first_lines.setdefault(row["id"], row.line)
        if first != row.line:
            table.refuse(
                row.line, "id", _("“%(id)s” is already on line %(line)s. Please give each row an id of its own.")
                % {"id": row["id"], "line": first},
            )  # fmt: skip
        entry = _entry(row, table)
        if entry is not None:
            entries.append(entry)
    table.errors.sort(key=lambda error: error.line)
    return entries


def _entry(row: Row, table: Table) -> Entry | None:
    kind, kind_code = row["kind"], _kind_of(row["kind"])
    known = catalogue.find(kind_code) if kind_code else None
    unit, scale = _unit_of(row["unit"], known.unit if known else "")
    problems: list[tuple[str, str]] = []
    parts = 0
    try:
        parts = _parts(row["quantity"] if "quantity" in table.titles else Decimal(1), unit, scale)
    except WordsError as error:
        problems.append(("quantity", sentence(error)))
    point: tuple[float | None, float | None] = (None, None)
    opens, closes = _minutes(row["from"], end=False), _minutes(row["to"], end=True)
    try:
        point = _point(row)
    except CellError as error:
        problems.append(("lat" if row["lat"] is None else "lng", str(error)))
    if opens is not None and closes is not None and closes < opens:
        problems.append(("to", _("This lies before the time in “%(column)s”.") % {"column": table.titles["from"]}))
    for column, message in problems:
        table.refuse(row.line, column, message)
    if problems:
        return None
    splits = row.values.get("can split")
    urgency = row.values.get("urgency")
    found = BY_CODE.get(unit)
    return Entry(
        line=row.line,
        id=row["id"],
        kind=kind_code or search_key(kind) or kind.casefold(),
        kind_shown=kind,
        in_catalogue=known is not None,
        unit=unit,
        unit_shown=row["unit"] or (str(found.label) if found else ""),
        scale=scale,
        parts=parts,
        least_parts=min(found.parts_per_unit if found else 1, parts),
        area=row["area"] or "",
        latitude=point[0],
        longitude=point[1],
        opens=opens,
        closes=closes,
        languages=row["languages"] or (),
        name=row["name"] or "",
        phone=row["phone"] or "",
        urgency=URGENCY_UNSTATED if urgency is None else urgency,
        can_split=(known is None or known.splittable) if splits is None else splits,
    )


def _point(row: Row) -> tuple[float | None, float | None]:
    if (row["lat"] is None) != (row["lng"] is None):
        raise CellError(_("Latitude and longitude go together. Please fill in both or neither."))
    if row["lat"] is None and row["plus code"] is not None:
        return row["plus code"].latitude, row["plus code"].longitude
    return row["lat"], row["lng"]


def _minutes(moment: dt.date | dt.datetime | None, *, end: bool) -> int | None:
    if moment is None:
        return None
    if isinstance(moment, dt.datetime):
        return int((moment - _EARLIEST).total_seconds()) // 60
    days = (moment - _EARLIEST.date()).days
    # A day without an hour lasts until its last minute.
    return days * _DAY_MINUTES + (_DAY_MINUTES - 1 if end else 0)


def moment_of(minutes: int) -> dt.datetime:
    """Return the local time of the minutes of an ``Entry``."""
    return _EARLIEST + dt.timedelta(minutes=minutes)


@lru_cache(maxsize=1)
def _kind_codes() -> dict[str, str]:
    """Codes and names, English and Arabic, as search keys. A name that two kinds share names neither."""
    codes: dict[str, str] = {}
    shared: set[str] = set()
    for kind in catalogue.ALL:
        names = {kind.code}
        for language in ("en", "ar"):
            with override(language):
                names.add(str(kind.name))
        for key in {search_key(name.replace("_", " ").replace(".", " ")) for name in names}:
            if codes.setdefault(key, kind.code) != kind.code:
                shared.add(key)
    return {key: code for key, code in codes.items() if key not in shared}


def _kind_of(text: str) -> str | None:
    return _kind_codes().get(search_key(text.replace("_", " ").replace(".", " ")))


@lru_cache(maxsize=1)
def _unit_words() -> dict[str, list[tuple[str, int]]]:
    """Each word for a unit or its smaller part, with the units it may stand for and how many smallest parts it is."""
    words: dict[str, list[tuple[str, int]]] = {}
    for unit in UNITS:
        named: Iterable[tuple[str, int]] = [(word, unit.parts_per_unit) for word in (unit.code, *unit.words)]
        if unit.part is not None:
            named = [*named, *((word, unit.part.parts) for word in unit.part.words)]
        for word, scale in named:
            meanings = words.setdefault(search_key(word), [])
            if (unit.code, scale) not in meanings:
                meanings.append((unit.code, scale))
    return words


def _unit_of(text: str | None, usual: str) -> tuple[str, int]:
    """Return the unit's code, or the words of an unknown one, and its scale. ``usual`` is the unit of the kind: it settles words
    that stand for several units, and serves where no unit is written."""
    if not text:
        return usual, BY_CODE[usual].parts_per_unit if usual else 1
    meanings = _unit_words().get(search_key(text), [])
    for unit, scale in meanings:
        if unit == usual:
            return unit, scale
    return meanings[0] if meanings else (search_key(text) or text.casefold(), 1)


def _parts(quantity: Decimal, unit: str, scale: int) -> int:
    if quantity > AMOUNT_UNITS_MAX:
        raise WordsError("amount.too_large", limit=AMOUNT_UNITS_MAX)
    parts = Fraction(quantity) * scale
    if parts.denominator != 1:
        known: Any = BY_CODE.get(unit)
        if known is None or known.part is None:
            raise WordsError("number.not_whole", text=str(quantity))
        raise WordsError("amount.too_fine", smallest=str(known.part.counted % {"number": 1, "count": 1}))
    return int(parts)
