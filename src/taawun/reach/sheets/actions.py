"""Bringing a file in, and undoing it: the only code that writes here. One function a verb."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction

from taawun.community.circles.actions.bringing import DecidedPerson, take_back_people
from taawun.community.circles.actor import Actor
from taawun.ground.jobs import duties
from taawun.ground.journal.models import Audience
from taawun.ground.journal.record import NewEntry, append, append_many
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.practice.aid.actions.bringing import Unlinked, take_back
from taawun.practice.aid.actions.posting import Decided
from taawun.reach.sheets import access, alike, keeping
from taawun.reach.sheets.book import open_book
from taawun.reach.sheets.drafting import as_ours, setting_of
from taawun.reach.sheets.keeping import KEPT_FOR, Notes
from taawun.reach.sheets.models import Brought, Import, Progress, State
from taawun.reach.sheets.passing import INTENTS, PEOPLE, Pass, Passed
from taawun.reach.sheets.plan import PERSONAL, DateOrder, Plan, Problem
from taawun.reach.sheets.progress import untold
from taawun.reach.sheets.reading import suggest

WAITING_MAX: Final = 10
# So many rows are brought while the person waits; more go to the worker, and the page says how far it is.
AT_ONCE_MAX: Final = 1500
WRITE_AT_ONCE: Final = 1000
PROBLEMS_KEPT: Final = 5000
TWINS_KEPT: Final = 200
BASES: Final = ("agreed", "asked", "vital", "none")
# Two files are of one source when they share so many of their columns: a form that got one more question.
ALIKE_PERCENT: Final = 60

Tell = Callable[[int, int], None]


def hand_in(actor: Actor, data: bytes, name: str, *, now: datetime) -> Import:
    """Take a file, say how it seems to be meant, and keep it sealed for a day. Nothing is on the board yet."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    if not data:
        raise Refusal("sheet.missing", "file")
    book = open_book(data, name)
    plan = as_ours(suggest(book, setting_of(actor, now, searching=False)))
    with transaction.atomic():
        _make_room(actor, now)
        load = Import.objects.create(
            circle=actor.circle, made_by_id=actor.agent_id, what=_what_of(plan), made_at=now, expires_at=now + KEPT_FOR,
            digest=store.blind_index("sheet file", hashlib.sha256(data).hexdigest()),
        )  # fmt: skip
        keeping.keep_file(load, data, now=now)
        keeping.keep_notes(load, Notes(name, plan, book.encoding, book.delimiter), now=now)
    return load


def _make_room(actor: Actor, now: datetime) -> None:
    """Throw away the oldest of too many files that wait: one person keeps a handful at a time."""
    waiting = Import.objects.filter(
        circle=actor.circle, made_by_id=actor.agent_id, state__in=[State.WAITING, State.CHECKED]
    ).order_by("-made_at")
    for load in waiting[WAITING_MAX - 1 :]:
        throw_away(load)


def _what_of(plan: Plan) -> str:
    """A list of people names people and nothing that is needed or offered."""
    targets = plan.targets
    about_help = {"kind", "direction", "summary", "urgency", "quantity"} & targets.keys()
    return PEOPLE if "name" in targets and not about_help and not plan.direction else INTENTS


@dataclass(frozen=True, slots=True)
class Structure:
    """Where the rows are: another sheet of the book, another line of names, another way to read a text file.

    ``header_line`` 0 says that no line names the columns; None leaves it to us.
    """

    sheet: int | None = None
    header_line: int | None = None
    encoding: str = ""
    delimiter: str = ""


def look_again(actor: Actor, load_id: uuid.UUID, structure: Structure, *, now: datetime) -> Import:
    """Read the file another way; what was chosen for its columns begins anew."""
    with transaction.atomic():
        load = access.waiting(actor, load_id, lock=True)
        notes = keeping.notes_of(load, now=now)
        notes = replace(
            notes, encoding=structure.encoding, delimiter=structure.delimiter, plan=None, mended={}, left_out=[]
        )
        book = keeping.book_of(load, notes, now=now)
        if structure.sheet is not None and not 0 <= structure.sheet < len(book.sheets):
            raise Refusal("import.sheet", "sheet")
        setting = setting_of(actor, now, searching=False)
        plan = as_ours(suggest(book, setting, sheet=structure.sheet, header_line=structure.header_line))
        notes = replace(notes, plan=plan, encoding=book.encoding, delimiter=book.delimiter)
        keeping.keep_notes(load, notes, now=now)
        load.what, load.state = _what_of(plan), State.WAITING
        load.save(update_fields=["what", "state"])
    return load


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person says of a sheet. ``targets`` and ``orders`` are by column; what is left out stays as it was."""

    what: str = ""
    basis: str = ""
    direction: str | None = None
    kind: str | None = None
    open_only: bool | None = None
    targets: Mapping[int, str] | None = None
    orders: Mapping[int, DateOrder] | None = None
    left_out: Sequence[int] | None = None
    mended: Mapping[str, str] | None = None


def choose(actor: Actor, load_id: uuid.UUID, choices: Choices, *, now: datetime) -> Import:
    """Write down what a person chose. It is checked when the rows are read."""
    with transaction.atomic():
        load = access.waiting(actor, load_id, lock=True)
        notes = keeping.notes_of(load, now=now)
        assert notes.plan is not None
        notes.plan = _chosen(notes.plan, choices)
        if choices.left_out is not None:
            notes.left_out = sorted(set(choices.left_out))
        notes.mended |= {place: text for place, text in (choices.mended or {}).items() if _is_place(place)}
        if choices.what:
            load.what = _one_of(choices.what, (INTENTS, PEOPLE), "what")
        if choices.basis:
            load.basis = _one_of(choices.basis, BASES, "basis")
        load.state = State.WAITING
        load.save(update_fields=["what", "basis", "state"])
        keeping.keep_notes(load, notes, now=now)
    return load


def _is_place(place: str) -> bool:
    line, _, column = place.partition(":")
    return line.isdecimal() and column.isdecimal() and len(place) < 20


def _one_of(given: str, possible: Sequence[str], name: str) -> str:
    if given not in possible:
        raise Refusal("setting.unknown", name)
    return given


def _chosen(plan: Plan, choices: Choices) -> Plan:
    columns = {one.column for one in plan.columns}
    for column, target in (choices.targets or {}).items():
        current = next((one.target for one in plan.columns if one.column == column), None)
        if column in columns and target != current:
            plan = plan.with_target(column, target)
    for column, order in (choices.orders or {}).items():
        if order and column in columns:
            plan = plan.with_dates(order, column)
    if choices.direction is not None:
        plan = replace(plan, direction=_one_of(choices.direction, ("", "request", "offer"), "direction"))  # type: ignore[arg-type]
    if choices.kind is not None:
        plan = replace(plan, kind=choices.kind)
    if choices.open_only is not None:
        plan = replace(plan, open_only=choices.open_only)
    return plan


# Rehearsing.


def rows_of(load: Import, notes: Notes, *, now: datetime) -> int:
    """Return about how many rows the chosen sheet has."""
    assert notes.plan is not None
    book = keeping.book_of(load, notes, now=now)
    return max(0, book.sheets[notes.plan.sheet].rows - notes.plan.first_line + 1)


def start_check(actor: Actor, load_id: uuid.UUID, *, now: datetime) -> Import:
    """Rehearse: at once, or in the worker where there are many rows."""
    with transaction.atomic():
        load = access.waiting(actor, load_id, lock=True)
        notes = keeping.notes_of(load, now=now)
        _ready(load, notes)
        load.trouble = ""
        if rows_of(load, notes, now=now) <= AT_ONCE_MAX:
            return check(actor, load, now=now)
        return _queue(load, State.CHECKING, "sheets.check")


def _ready(load: Import, notes: Notes) -> Plan:
    """Return the plan when all that only a person knows is said."""
    plan = notes.plan
    assert plan is not None
    if load.what == PEOPLE:
        plan = _of_people(plan)
        if "name" not in plan.targets and "organisation" not in plan.targets:
            raise Refusal("import.no_names", "columns")
    if plan.questions:
        question = plan.questions[0]
        raise Refusal(f"import.ask_{question.code}", question.code)
    if PERSONAL & plan.targets.keys() and not load.basis:
        raise Refusal("import.basis", "basis")
    return plan


def _of_people(plan: Plan) -> Plan:
    """A person needs neither a direction nor a kind; the reader, which asks for both, is given some."""
    kept = tuple(
        replace(one, target="") if one.target in {"kind", "direction", "quantity", "urgency", "unit"} else one
        for one in plan.columns
    )
    return replace(plan, columns=kept, direction=plan.direction or "request", kind=plan.kind or "food.food_parcel")


def _queue(load: Import, state: State, errand: str, **more: str | int) -> Import:
    load.state = state
    load.save(update_fields=["state", "trouble"])
    Progress.objects.filter(load_id=load.id).delete()
    duties.queue(errand, load_id=str(load.id), circle_id=str(load.circle_id), **more)
    return load


def check(actor: Actor, load: Import, *, now: datetime, tell: Tell = untold) -> Import:
    """Make the pass without writing a row, and keep what it found."""
    notes = keeping.notes_of(load, now=now)
    plan = _ready(load, notes)
    found = _pass_of(actor, load, notes, plan, now)
    report = _Report()
    total = max(1, found.book.sheets[plan.sheet].rows)
    seeker = alike.Seeker(actor, found.is_of_people)
    for row in found.rows():
        report.add(row)
        seeker.note(row)
        tell(row.line, total)
    twins = seeker.twins(TWINS_KEPT)
    kept = report.to_json() | {"twins": [asdict(one) for one in twins.shown], "twins_count": twins.count}
    keeping.keep_report(load, kept, now=now)
    load.counts, load.state, load.trouble = report.counts(found.is_of_people), State.CHECKED, ""
    load.save(update_fields=["counts", "state", "trouble"])
    return load


def _pass_of(actor: Actor, load: Import, notes: Notes, plan: Plan, now: datetime) -> Pass:
    book = keeping.book_of(load, notes, now=now)
    load.headers = _headers(load, plan)
    load.source = _source(load)
    return Pass(actor, load, book, plan, now, frozenset(notes.left_out))


def _headers(load: Import, plan: Plan) -> list[int]:
    """Return keyed numbers for the names of the columns: enough to know a form again, and nothing to read."""
    named = {store.blind_index("sheet column", f"{load.circle_id}|{one.header.casefold()}") for one in plan.columns}
    return sorted(int.from_bytes(one[:7], "big") for one in named)


def _source(load: Import) -> bytes:
    """Return the source of a file: that of an earlier one with mostly the same columns, or a new one."""
    mine = set(load.headers)
    earlier = (
        Import.objects.filter(circle=load.circle, brought_at__isnull=False).exclude(pk=load.pk).exclude(source=b"")
    )
    for source, headers in earlier.order_by("-brought_at").values_list("source", "headers")[:100]:
        both = len(mine & set(headers))
        if both * 100 >= ALIKE_PERCENT * len(mine | set(headers)):
            return bytes(source)
    return hashlib.blake2b(",".join(map(str, load.headers)).encode(), digest_size=16).digest()


class _Report:
    """What a pass found, counted; every problem with its place, up to a limit."""

    def __init__(self) -> None:
        self.status: Counter[str] = Counter()
        self.made: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.skipped_lines: dict[str, list[int]] = {}
        self.skipped_facts: dict[str, dict[str, object]] = {}
        self.problems: list[dict[str, Any]] = []
        self.problem_count = 0
        self.changed_lines: list[int] = []

    def add(self, row: Passed) -> None:
        self.status[row.status] += 1
        for part in row.parts:
            self.made["people" if isinstance(part.made, DecidedPerson) else part.made.intent.direction] += 1
        if row.skipped is not None:
            code = row.skipped.code
            self.skipped[code] += 1
            self.skipped_facts.setdefault(code, {name: str(fact) for name, fact in row.skipped.facts.items()})
            lines = self.skipped_lines.setdefault(code, [])
            if len(lines) < 20:
                lines.append(row.line)
        if row.status == "changed" and len(self.changed_lines) < 100:
            self.changed_lines.append(row.line)
        for problem in row.problems:
            self.problem_count += 1
            if len(self.problems) < PROBLEMS_KEPT:
                self.problems.append(_problem_json(problem))

    def counts(self, of_people: bool) -> dict[str, int]:
        rows = {f"rows_{name}": count for name, count in self.status.items()}
        return rows | dict(self.made) | {"rows": self.status.total()}

    def to_json(self) -> dict[str, Any]:
        return {
            "status": dict(self.status),
            "made": dict(self.made),
            "skipped": [
                {"code": code, "count": count, "lines": self.skipped_lines[code], "facts": self.skipped_facts[code]}
                for code, count in self.skipped.most_common()
            ],
            "problems": self.problems,
            "problem_count": self.problem_count,
            "changed_lines": self.changed_lines,
        }


def _problem_json(problem: Problem) -> dict[str, Any]:
    facts = {name: fact if isinstance(fact, (str, int, float)) else str(fact) for name, fact in problem.facts.items()}
    return {**{name: getattr(problem, name) for name in _PROBLEM_FIELDS}, "facts": facts}


_PROBLEM_FIELDS: Final = ("code", "line", "column", "header", "target", "text", "grave")


# Bringing in.


def start_bring(actor: Actor, load_id: uuid.UUID, *, now: datetime) -> Import:
    """Bring a checked file in: at once, or in the worker where there are many rows."""
    with transaction.atomic():
        load = access.waiting(actor, load_id, lock=True)
        if load.state != State.CHECKED:
            raise Refusal.conflict("import.not_checked")
        load.trouble = ""
        if load.counts.get("rows", 0) <= AT_ONCE_MAX:
            return bring(actor, load, now=now)
        return _queue(load, State.BRINGING, "sheets.bring")


def bring(
    actor: Actor, load: Import, *, now: datetime, tell: Tell = untold, later: list[Unlinked] | None = None
) -> Import:
    """Write every row that is new, in one transaction, the journal last. The file is thrown away.

    With ``later``, what may repeat another need is not looked for here; the caller does it after the commit.
    """
    with transaction.atomic():
        notes = keeping.notes_of(load, now=now)
        found = _pass_of(actor, load, notes, _ready(load, notes), now)
        found.bringing.later = later
        report, total = _Report(), max(1, load.counts.get("rows", 0))
        revised = 0
        rows = found.rows()
        done = 0
        while some := list(islice(rows, WRITE_AT_ONCE)):
            for row in some:
                report.add(row)
            _write(found, load, some)
            revised += sum(_revise(found, row) for row in some)
            done += len(some)
            tell(done, total)
        load.counts = report.counts(found.is_of_people) | {"revised": revised}
        load.state, load.brought_at, load.trouble = State.BROUGHT, now, ""
        load.save()
        keeping.throw_away(load)
        last = _entry(actor, load, "sheet.brought", _figures(load))
        if found.is_of_people:
            found.entering.tell([last])
        else:
            found.bringing.tell([last])
    return load


def _write(found: Pass, load: Import, rows: Sequence[Passed]) -> None:
    parts = [part for row in rows for part in row.parts]
    if not parts:
        return
    if found.is_of_people:
        people = [part.made for part in parts if isinstance(part.made, DecidedPerson)]
        found.entering.write(people)
        ids = [one.membership.id for one in people]
    else:
        decided = [part.made for part in parts if isinstance(part.made, Decided)]
        found.bringing.write(decided)
        ids = [one.intent.id for one in decided]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sheets_brought (circle_id, load_id, key, content, row_id)"
            " SELECT %s, %s, key, content, row_id FROM unnest(%s::bytea[], %s::bytea[], %s::uuid[])"
            " AS new (key, content, row_id)",
            [load.circle_id, load.id, [part.key for part in parts], [part.content for part in parts], ids],
        )


def _revise(found: Pass, row: Passed) -> int:
    """Give what was brought before what its row says now, where nobody has acted on it."""
    done = 0
    for before, part in row.changed:
        if isinstance(part.made, Decided) and found.bringing.revise(before.row_id, part.made):
            Brought.objects.filter(pk=before.pk).update(content=part.content)
            done += 1
    return done


def _figures(load: Import) -> dict[str, object]:
    """Return what the record says for ever: how many of what, and the keyed hash of the file they came from."""
    return {
        "rows": load.counts.get("rows", 0),
        "brought": sum(load.counts.get(name, 0) for name in ("request", "offer", "people")),
        "changed": load.counts.get("revised", 0),
        "digest": bytes(load.digest).hex(),
        "basis": load.basis,
    }


def _entry(actor: Actor, load: Import, name: str, data: dict[str, object]) -> NewEntry:
    return NewEntry(name, actor.agent_id, load.id, data, Audience.MEMBERS, ("board", "members"))


# Undoing.


def start_undo(actor: Actor, load_id: uuid.UUID, *, with_promises: bool, now: datetime) -> Import:
    """Undo what was brought in: at once, or in the worker where it was much."""
    with transaction.atomic():
        load = access.undoable(actor, load_id, now=now)
        load.trouble = ""
        if load.rows.count() <= AT_ONCE_MAX:
            return undo(actor, load, with_promises=with_promises, now=now)
        return _queue(load, State.UNDOING, "sheets.undo", with_promises=int(with_promises))


def undo(actor: Actor, load: Import, *, with_promises: bool, now: datetime, tell: Tell = untold) -> Import:
    """Take away what was brought in and nobody has acted on: rows, people, sealed fields, hashes. The record stays."""
    with transaction.atomic():
        ids = list(load.rows.order_by("pk").values_list("row_id", flat=True))
        gone: set[uuid.UUID] = set()
        for start in range(0, len(ids), WRITE_AT_ONCE):
            some = ids[start : start + WRITE_AT_ONCE]
            if load.what == PEOPLE:
                gone |= take_back_people(actor, some)
            else:
                gone |= take_back(actor, some, with_promises=with_promises, now=now)
            tell(start, len(ids))
        load.rows.all().delete()
        stayed = len(ids) - len(gone)
        load.state, load.undone_at, load.trouble = State.UNDONE, now, ""
        load.digest, load.headers, load.source = b"", [], b""
        load.counts = {"taken_back": len(gone), "stayed": stayed}
        load.save()
        entry = _entry(actor, load, "sheet.undone", {"taken_back": len(gone), "stayed": stayed})
        append_many(actor.circle.id, [entry], now=now)
    return load


def discard(actor: Actor, load_id: uuid.UUID) -> None:
    """Throw a file away that was handed in and not brought in."""
    with transaction.atomic():
        throw_away(access.waiting(actor, load_id, lock=True))


def throw_away(load: Import) -> None:
    keeping.throw_away(load)
    Progress.objects.filter(load_id=load.id).delete()
    load.delete()


# Taking away.


def record_export(actor: Actor, *, personal: bool, form: str, now: datetime) -> None:
    """Write that everything was taken away; with personal data, the other coordinators are told."""
    append(
        actor.circle.id, "sheet.exported_personal" if personal else "sheet.exported", actor_id=actor.agent_id,
        subject_id=None, data={"form": form}, now=now, audience=Audience.COORDINATORS,
    )  # fmt: skip


def table_of_text(text: str) -> bytes:
    """Return a table that was pasted as a file: what a spreadsheet program copies parts its cells by tabs."""
    return text.encode("utf-8", "surrogatepass") if text.strip() else b""
