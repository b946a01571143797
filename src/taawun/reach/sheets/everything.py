"""Everything a community has, as tables: to take away, to keep elsewhere, to begin again with.

Without personal data unless a coordinator says why it is needed; then each person's look is recorded (``vault.look_through``)
and the other coordinators are told. Other rooms add tables of their own (``register``).
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, Literal, TypeVar

from django.db.models import Exists, OuterRef
from django.utils import timezone

from taawun.community.circles import kinds
from taawun.community.circles.models import Area, Circle, Membership
from taawun.community.people.models import Account, AgentKind, Contact
from taawun.ground.vault.store import Look
from taawun.ground.words.units import BY_CODE as UNITS
from taawun.ground.words.units import format_amount_bare
from taawun.practice.aid import rules
from taawun.practice.aid.models import Commitment, Happening, Intent
from taawun.practice.aid.wording import URGENCY_NAMES
from taawun.reach.sheets.workbook import Cell, write_workbook
from taawun.reach.sheets.writing import CsvText, unprotect

AT_ONCE: Final = 1000
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Type = Literal["string", "integer", "number", "boolean", "datetime"]
Reader = Callable[["Taking"], Iterator[Sequence[Cell]]]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. A ``personal`` one is there only where a reason was given."""

    name: str
    type: Type = "string"
    about: str = ""
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the export; ``rows`` yields a cell for every column, the personal ones too where there is a look."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Reader


@dataclass(frozen=True, slots=True)
class Taking:
    """What is taken away: a circle, and the look through which sealed fields are opened, or None."""

    circle: Circle
    look: Look | None
    now: datetime


_others: list[Table] = []


def register(table: Table) -> None:
    """Add another room's table, after those that are here."""
    if all(one.name != table.name for one in _others):
        _others.append(table)


def tables() -> tuple[Table, ...]:
    return (*TABLES, *_others)


def columns_of(table: Table, taking: Taking) -> list[Column]:
    return [one for one in table.columns if taking.look is not None or not one.personal]


def write_xlsx(taking: Taking, *, right_to_left: bool = False) -> bytes:
    """Return everything as one workbook."""
    out = io.BytesIO()
    write_workbook(
        out,
        (
            (one.name, [column.name for column in columns_of(one, taking)], map(_as_it_comes_back, one.rows(taking)))
            for one in tables()
        ),
        right_to_left=right_to_left,
    )
    return out.getvalue()


def write_zip(taking: Taking) -> bytes:
    """Return everything as CSV files in a ZIP, with a description by which programs read them (Data Package)."""
    out = io.BytesIO()
    resources = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables():
            columns = columns_of(table, taking)
            with archive.open(f"{table.name}.csv", "w", force_zip64=True) as file:
                text = CsvText(file, [one.name for one in columns])
                for row in table.rows(taking):
                    text.write([_plain(cell) for cell in row])
                text.close()
            resources.append(_resource(table, columns))
        package = {
            "profile": "tabular-data-package",
            "name": "community",
            "title": taking.circle.name,
            "created": taking.now.isoformat(timespec="seconds"),
            "resources": resources,
        }
        archive.writestr("datapackage.json", json.dumps(package, ensure_ascii=False, indent=1))
    return out.getvalue()


def _as_it_comes_back(row: Sequence[Cell]) -> list[Cell]:
    """Return a row for a workbook. A text the reader would take our quotation mark from gets one more, so that it keeps
    its own."""
    return [f"'{cell}" if isinstance(cell, str) and unprotect(cell) != cell else cell for cell in row]


def _resource(table: Table, columns: Iterable[Column]) -> dict[str, Any]:
    fields = [
        {"name": one.name, "type": one.type} | ({"description": one.about} if one.about else {}) for one in columns
    ]
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "description": table.about,
        "encoding": "utf-8",
        "format": "csv",
        "mediatype": "text/csv",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n"},
        "schema": {"fields": fields},
    }


def _plain(cell: Cell) -> str:
    """Return a cell as CSV writes it: moments with their zone, yes and no as true and false."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return str(cell)


def _batches(rows: Iterable[Item]) -> Iterator[list[Item]]:
    waiting = iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        yield some


def _local(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment) if moment else None


def _amount(parts: int, unit: str) -> Cell:
    """Return an amount in its unit: a number where it is one, and hours with minutes as people write them."""
    found = UNITS.get(unit)
    if found is None or parts % found.parts_per_unit == 0:
        return parts // (found.parts_per_unit if found else 1)
    text = format_amount_bare(parts, unit, "en", "latn")
    return text if ":" in text else float(text)


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


# Needs and offers.

_INTENT_COLUMNS: Final = (
    Column("id"), Column("direction", about="request or offer"), Column("kind", about="code of the kind"),
    Column("kind_name"), Column("quantity", "number"), Column("unit"), Column("taken", "number"),
    Column("done", "number"), Column("urgency", about="now, soon, week or whenever"), Column("status"), Column("area"),
    Column("summary"), Column("starts_at", "datetime"), Column("ends_at", "datetime"), Column("weekdays"),
    Column("from_time"), Column("to_time"), Column("whole_only", "boolean"), Column("visibility"),
    Column("posted_at", "datetime"), Column("expires_at", "datetime"), Column("closed_at", "datetime"),
    Column("person", about="a number for whoever it is about; the same in all tables"),
    Column("name", personal=True), Column("phone", personal=True), Column("door", personal=True),
    Column("details", personal=True), Column("latitude", "number", personal=True),
    Column("longitude", "number", personal=True),
)  # fmt: skip


def _intents(direction: str) -> Reader:
    def rows(taking: Taking) -> Iterator[Sequence[Cell]]:
        found = Intent.objects.filter(circle=taking.circle, direction=direction).select_related("area").order_by("id")
        names: dict[str, str] = {}
        for some in _batches(found.iterator(chunk_size=AT_ONCE)):
            opened = taking.look.open([one.id for one in some]) if taking.look else {}
            for one in some:
                if one.kind not in names:
                    names[one.kind] = kinds.shown(taking.circle, one.kind).name
                yield (*_intent(one, names[one.kind]), *(_private(opened.get(one.id, {})) if taking.look else ()))

    return rows


def _intent(one: Intent, kind_name: str) -> Sequence[Cell]:
    return (
        str(one.id), one.direction, one.kind, kind_name, _amount(one.quantity, one.unit), one.unit,
        _amount(one.taken, one.unit), _amount(one.done, one.unit), URGENCY_NAMES[rules.Urgency(one.urgency)], one.state,
        one.area.name if one.area else "", one.summary, _local(one.starts_at), _local(one.ends_at),
        " ".join(WEEKDAYS[day] for day in one.weekdays), _clock(one.from_minute), _clock(one.to_minute), one.whole_only,
        one.visibility, _local(one.posted_at), _local(one.expires_at), _local(one.closed_at), str(one.agent_id),
    )  # fmt: skip


def _private(fields: dict[str, str]) -> Sequence[Cell]:
    latitude, _, longitude = fields.get("point", "").partition(",")
    return (
        fields.get("name", ""), fields.get("phone", ""), fields.get("door", ""), fields.get("details", ""),
        float(latitude) if latitude else None, float(longitude) if longitude else None,
    )  # fmt: skip


# Promises, and what happened.

_PROMISE_COLUMNS: Final = (
    Column("id"), Column("request"), Column("offer"), Column("giver"), Column("receiver"), Column("quantity", "number"),
    Column("delivered", "number"), Column("unit"), Column("state"), Column("reason"), Column("made_at", "datetime"),
    Column("agreed_at", "datetime"), Column("due_at", "datetime"), Column("ended_at", "datetime"),
    Column("thanked_at", "datetime"),
    *(Column(f"{side}_{name}", personal=True) for side in ("giver", "receiver") for name in ("name", "phone", "door")),
)  # fmt: skip


def _promises(taking: Taking) -> Iterator[Sequence[Cell]]:
    found = Commitment.objects.filter(circle=taking.circle).select_related("request", "offer").order_by("id")
    for some in _batches(found.iterator(chunk_size=AT_ONCE)):
        opened = taking.look.open([one.id for one in some]) if taking.look else {}
        for one in some:
            about = one.request or one.offer
            unit = about.unit if about else ""
            sealed = opened.get(one.id, {})
            private = (
                sealed.get(f"{side}_{name}", "") for side in ("giver", "receiver") for name in ("name", "phone", "door")
            )
            yield (
                str(one.id), str(one.request_id or ""), str(one.offer_id or ""), str(one.giver_id),
                str(one.receiver_id), _amount(one.quantity, unit),
                None if one.delivered is None else _amount(one.delivered, unit), unit, one.state, one.reason,
                _local(one.made_at), _local(one.agreed_at), _local(one.due_at), _local(one.ended_at),
                _local(one.thanked_at), *(private if taking.look else ()),
            )  # fmt: skip


_HAPPENING_COLUMNS: Final = (
    Column("id"), Column("promise"), Column("name"), Column("quantity", "number"), Column("unit"), Column("by"),
    Column("event_at", "datetime"), Column("recorded_at", "datetime"),
)  # fmt: skip


def _happenings(taking: Taking) -> Iterator[Sequence[Cell]]:
    found = Happening.objects.filter(circle=taking.circle).order_by("id")
    found = found.select_related("commitment__request", "commitment__offer")
    for one in found.iterator(chunk_size=AT_ONCE):
        about = one.commitment.request or one.commitment.offer
        unit = about.unit if about else ""
        yield (
            str(one.id), str(one.commitment_id), one.name, _amount(one.quantity, unit), unit, str(one.by_id or ""),
            _local(one.event_at), _local(one.recorded_at),
        )  # fmt: skip


# Who belongs, and the words and places of the circle.

_MEMBER_COLUMNS: Final = (
    Column("id"), Column("roles"), Column("area"), Column("languages"), Column("joined_at", "datetime"),
    Column("left_at", "datetime"), Column("has_account", "boolean"), Column("looked_after_by"),
    Column("name", personal=True), Column("phone", personal=True, about="of people without an account only"),
    Column("email", personal=True, about="of people without an account only"), Column("door", personal=True),
)  # fmt: skip


def _members(taking: Taking) -> Iterator[Sequence[Cell]]:
    has_account = Exists(Account.objects.filter(agent_id=OuterRef("agent_id")))
    found = Membership.objects.filter(circle=taking.circle).exclude(agent__kind=AgentKind.ORGANISATION)
    found = found.select_related("agent", "area").annotate(has_account=has_account).order_by("id")
    for some in _batches(found.iterator(chunk_size=AT_ONCE)):
        private = _private_of_members(taking, some) if taking.look else {}
        for one in some:
            yield (
                str(one.agent_id), " ".join(sorted(one.roles)), one.area.name if one.area else "",
                " ".join(one.agent.languages), _local(one.joined_at), _local(one.left_at),
                one.has_account,
                str(one.looked_after_by_id or ""), *private.get(one.pk, ()),
            )  # fmt: skip


def _private_of_members(taking: Taking, some: Sequence[Membership]) -> dict[Any, Sequence[Cell]]:
    """Open what is sealed of people without an account. Whoever has one shows her phone herself, when she agrees to help."""
    assert taking.look is not None
    paper = {one.agent_id: one for one in some if not one.has_account}  # type: ignore[attr-defined]
    contacts = list(Contact.objects.filter(agent_id__in=paper))
    opened = taking.look.open([*(one.pk for one in paper.values()), *(one.pk for one in contacts)])
    reached: dict[Any, dict[str, list[str]]] = {}
    for contact in contacts:
        value = opened.get(contact.pk, {}).get("value", "")
        reached.setdefault(contact.agent_id, {}).setdefault(contact.channel, []).append(value)
    return {
        one.pk: (
            one.agent.name,
            " ".join(reached.get(one.agent_id, {}).get("phone", [])),
            " ".join(reached.get(one.agent_id, {}).get("email", [])),
            opened.get(one.pk, {}).get("door", ""),
        )
        for one in some
    }


def _organisations(taking: Taking) -> Iterator[Sequence[Cell]]:
    found = Membership.objects.filter(circle=taking.circle, agent__kind=AgentKind.ORGANISATION)
    for one in found.select_related("agent", "area").order_by("id"):
        area = one.area.name if one.area else ""
        yield str(one.agent_id), one.agent.name, area, _local(one.joined_at), _local(one.left_at)


def _areas(taking: Taking) -> Iterator[Sequence[Cell]]:
    for one in Area.objects.filter(circle=taking.circle).order_by("name"):
        yield str(one.id), one.name


def _kinds(taking: Taking) -> Iterator[Sequence[Cell]]:
    for one in kinds.all_of(taking.circle):
        yield one.code, one.group, one.name, one.unit, one.sensitive, one.splittable, one.hidden


TABLES: Final[tuple[Table, ...]] = (
    Table("needs", "What was asked for", _INTENT_COLUMNS, _intents("request")),
    Table("offers", "What was offered", _INTENT_COLUMNS, _intents("offer")),
    Table("promises", "Who promised what to whom", _PROMISE_COLUMNS, _promises),
    Table("happenings", "What arrived, was received, or failed", _HAPPENING_COLUMNS, _happenings),
    Table("members", "Who belongs to the community", _MEMBER_COLUMNS, _members),
    Table(
        "organisations", "Organisations of the community",
        (Column("id"), Column("name"), Column("area"), Column("joined_at", "datetime"), Column("left_at", "datetime")),
        _organisations,
    ),
    Table("areas", "Named areas", (Column("id"), Column("name")), _areas),
    Table(
        "kinds", "What can be asked for and offered",
        (
            Column("code"), Column("group"), Column("name"), Column("unit"), Column("sensitive", "boolean"),
            Column("splittable", "boolean"), Column("hidden", "boolean"),
        ),
        _kinds,
    ),
)  # fmt: skip
