"""What the pages between a file and the board show: plain values for the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from taawun.community.circles import catalogue, kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest
from taawun.community.circles.models import Circle
from taawun.ground.site import parts
from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.formats import format_datetime, format_number
from taawun.reach.sheets import keeping, queries, wording
from taawun.reach.sheets.book import Book
from taawun.reach.sheets.keeping import Notes
from taawun.reach.sheets.models import Import, State
from taawun.reach.sheets.passing import PEOPLE
from taawun.reach.sheets.plan import DATES, PERSONAL, Mapped, Plan, Problem, Skipped

COLUMNS_SHOWN: Final = 150
MENDED_AT_ONCE: Final = 50
REMARKS_SHOWN: Final = 100
TWINS_SHOWN: Final = 50
SAMPLES_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column as the page asks about it."""

    number: int
    title: str
    letter: str
    samples: Sequence[str]
    target: str
    reason: str
    sensitive: bool
    asks_order: bool
    order: str


@dataclass(frozen=True, slots=True)
class MendLine:
    """One problem that can be put right here, for all rows where the same stands in the same column."""

    problem: Problem
    name: str
    where: str
    message: str
    more: str


@dataclass(frozen=True, slots=True)
class TwinLine:
    """A row that may be there twice."""

    line: int
    where: str
    why: str


def columns_page(
    request: CircleRequest, circle: Circle, actor: Actor, load: Import, refused: Refusal | None = None
) -> HttpResponse:
    """Show what was understood of a file, each column with its reason, all of it to be changed."""
    notes = keeping.notes_of(load, now=request.now)
    book = keeping.book_of(load, notes, now=request.now)
    plan = notes.plan
    assert plan is not None
    lines = [_column(one) for one in plan.columns[:COLUMNS_SHOWN]]
    stored = [one for one in plan.columns if one.target]
    asked = {one.code for one in plan.questions}
    earlier = queries.before(actor, load)
    context: dict[str, Any] = {
        "load": load,
        "file_name": notes.name or _("What you pasted"),
        "lines": lines,
        "targets": list(wording.TARGET_NAMES.items()),
        "not_stored": wording.NONE,
        "unmapped": _unmapped(len(plan.columns) - len(stored)),
        "is_personal": bool(PERSONAL & plan.targets.keys()),
        "bases": wording.BASES.items(),
        "whats": wording.WHATS.items(),
        "orders": wording.ORDERS.items(),
        "asks_direction": "direction" in asked or bool(plan.direction),
        "asks_kind": "kind" in asked or bool(plan.kind),
        "plan": plan,
        "kinds": _kinds(circle),
        "has_status": "status" in plan.targets,
        "structure": _structure(book, plan, notes),
        "notes": [sentence_of(one.code, one.facts) for one in book.notes],
        "before": _said_before(earlier),
        "refused": sentence(refused) if refused else "",
        "refused_field": refused.field if refused else "",
    }
    return render(request, "sheets/columns.html", context, status=refused.status if refused else 200)


def sentence_of(code: str, facts: Mapping[str, object]) -> str:
    told = Refusal(code)
    told.facts.update(facts)
    return sentence(told)


def _column(one: Mapped) -> ColumnLine:
    return ColumnLine(
        number=one.column,
        title=one.header or _("Column %(letter)s") % {"letter": one.letter},
        letter=one.letter,
        samples=[text[:60] for text in one.samples if text][:SAMPLES_SHOWN],
        target=one.target,
        reason=str(wording.REASONS.get("sensitive" if one.sensitive and not one.target else one.reason, "")),
        sensitive=bool(one.sensitive),
        asks_order=one.target in DATES and (one.order == "unknown" or bool(one.order)),
        order=one.order,
    )


def _unmapped(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)s column is not stored: what nobody needs is not kept.",
        "%(count)s columns are not stored: what nobody needs is not kept.",
        count,
    ) % {"count": format_number(count)}


def _kinds(circle: Circle) -> list[tuple[str, list[tuple[str, str]]]]:
    offered: dict[str, list[tuple[str, str]]] = {}
    for kind in kinds.offered(circle):
        offered.setdefault(kind.group, []).append((kind.code, kind.name))
    names = {group.code: str(group.name) for group in catalogue.GROUPS}
    return [(names.get(group, _("Of this community")), found) for group, found in offered.items()]


def _structure(book: Book, plan: Plan, notes: Notes) -> dict[str, Any]:
    """Return where the rows were found: the sheets to choose from, the line of names, the ways to read a text file."""
    shown = [
        (one.index, _("%(name)s (hidden)") % {"name": one.name} if one.hidden else one.name)
        for one in book.sheets
        if one.rows or one.index == plan.sheet
    ]
    return {
        "sheets": shown if len(shown) > 1 else [],
        "sheet": plan.sheet,
        "header_line": plan.header_lines[-1] if plan.header_lines else 0,
        "encodings": [
            (one.encoding, " · ".join(cell[:30] for row in one.samples[:2] for cell in row[:4]))
            for one in book.encodings
        ],
        "encoding": book.encoding,
        "delimiters": wording.DELIMITERS.items() if book.format == "csv" else (),
        "delimiter": book.delimiter,
    }


def _said_before(earlier: Import | None) -> str:
    if earlier is None or earlier.brought_at is None:
        return ""
    return _("This very file was brought in on %(moment)s. Only rows that are new will be added.") % {
        "moment": format_datetime(earlier.brought_at)
    }


def checked_page(request: CircleRequest, circle: Circle, actor: Actor, load: Import) -> HttpResponse:
    """Show what was found: how many of what, what may be there twice, and every problem at its place."""
    notes = keeping.notes_of(load, now=request.now)
    report = keeping.report_of(load, now=request.now)
    found = [queries.problem_of(one) for one in report["problems"]]
    groups = alike_problems(found)
    mend = [_mend(some) for some in groups[:MENDED_AT_ONCE]]
    shown = {(one.line, one.column) for some in groups[:MENDED_AT_ONCE] for one in some}
    counts = load.counts
    context = {
        "load": load,
        "file_name": notes.name or _("What you pasted"),
        "counts": _counts(counts),
        "bring_label": _bring_label(counts),
        "can_bring": _new(counts) + counts.get("rows_changed", 0) > 0,
        "skipped": [_skipped(one) for one in report["skipped"]],
        "left_out": len(notes.left_out),
        "same": counts.get("rows_same", 0),
        "changed": counts.get("rows_changed", 0),
        "changed_lines": ", ".join(format_number(one, grouped=False) for one in report["changed_lines"][:20]),
        "is_of_people": load.what == PEOPLE,
        "mend": mend,
        "problem_count": report["problem_count"],
        "grave_rows": counts.get("rows_wrong", 0),
        "others": _others([one for one in found if (one.line, one.column) not in shown]),
        "twins": [_twin(one) for one in report["twins"][:TWINS_SHOWN]],
        "twins_count": report["twins_count"],
    }
    return render(request, "sheets/checked.html", context)


def _new(counts: Mapping[str, int]) -> int:
    return sum(counts.get(name, 0) for name in ("request", "offer", "people"))


def _counts(counts: Mapping[str, int]) -> list[parts.Fact]:
    shown = (
        ("request", ngettext("need", "needs", counts.get("request", 0))),
        ("offer", ngettext("offer", "offers", counts.get("offer", 0))),
        ("people", ngettext("person", "people", counts.get("people", 0))),
        ("rows_wrong", _("to put right")),
        ("rows_skipped", _("passed over")),
    )
    return [parts.Fact(label, format_number(counts[name])) for name, label in shown if counts.get(name)]


def _bring_label(counts: Mapping[str, int]) -> str:
    rows = counts.get("rows_new", 0) + counts.get("rows_changed", 0)
    return ngettext("Bring in %(count)s row", "Bring in %(count)s rows", rows) % {"count": format_number(rows)}


def _skipped(one: Mapping[str, Any]) -> tuple[str, str, str]:
    told = Skipped(one["lines"][0], one["code"], one["facts"])
    lines = ", ".join(format_number(line, grouped=False) for line in one["lines"][:10])
    return format_number(one["count"]), told.message, lines


def alike_problems(found: Sequence[Problem]) -> list[list[Problem]]:
    """Return what keeps rows out and can be put right, together where the same stands in the same column."""
    groups: dict[tuple[int, str, str], list[Problem]] = {}
    for one in found:
        if one.grave and one.column >= 0:
            # Empty cells have nothing in common but that they are empty.
            key = (one.column, one.text or f"line {one.line}", one.code)
            groups.setdefault(key, []).append(one)
    return sorted(groups.values(), key=lambda some: (-len(some), some[0].line))


def _mend(some: Sequence[Problem]) -> MendLine:
    one, rest = some[0], len(some) - 1
    more = ngettext("and in %(count)s more row", "and in %(count)s more rows", rest) % {"count": format_number(rest)}
    return MendLine(one, f"{one.line}-{one.column}", _where(one), one.message, more if rest else "")


def _where(one: Problem) -> str:
    return _("Line %(line)s, %(column)s") % {"line": format_number(one.line, grouped=False), "column": one.header}


def _others(found: Sequence[Problem]) -> parts.Table | None:
    """Return the problems that are only told: values that were left out, and rows whose fault is in no one cell."""
    rows = [
        (format_number(one.line, grouped=False), one.header, one.text[:80], one.message)
        for one in found[:REMARKS_SHOWN]
    ]
    if not rows:
        return None
    return parts.Table(_("Other remarks"), (_("Line"), _("Column"), _("What stands there"), _("What to do")), rows)


def _twin(one: Mapping[str, Any]) -> TwinLine:
    line = format_number(one["line"], grouped=False)
    if one["other_line"]:
        other = format_number(one["other_line"], grouped=False)
        where = _("Lines %(first)s and %(second)s") % {"first": other, "second": line}
    else:
        where = _("Line %(line)s and %(name)s") % {"line": line, "name": one["shown"] or _("somebody who belongs here")}
    return TwinLine(one["line"], where, str(wording.SIGNS[one["sign"]]))


def done_page(request: CircleRequest, circle: Circle, actor: Actor, load: Import) -> HttpResponse:
    """Show how far a job is, or what came of it."""
    working = load.state in wording.WORK
    done, total = queries.progress_of(load) if working else (0, 0)
    ends = queries.undo_ends_at(load)
    context = {
        "load": load,
        "working": working,
        "work": wording.WORK.get(load.state, ""),
        "done": done,
        "total": total or 1,
        "share": _("%(done)s of %(total)s") % {"done": format_number(done), "total": format_number(total)}
        if total
        else "",
        "counts": _done_counts(load),
        "trouble": sentence_of(load.trouble, {}) if load.trouble else "",
        "brought_at": format_datetime(load.brought_at) if load.brought_at else "",
        "may_undo": load.state == State.BROUGHT and ends is not None and ends > request.now,
        "undo_until": format_datetime(ends) if ends else "",
        "is_of_people": load.what == PEOPLE,
        "stayed": load.counts.get("stayed", 0),
    }
    return render(request, "sheets/working_part.html" if is_fragment(request) else "sheets/done.html", context)


def is_fragment(request: CircleRequest) -> bool:
    """Whether a page that waits asks how far the work is, and wants no more than that."""
    return request.headers.get("HX-Request") == "true"


def _done_counts(load: Import) -> list[parts.Fact]:
    counts = load.counts
    if load.state == State.UNDONE:
        shown: tuple[tuple[str, str], ...] = (("taken_back", _("taken back")), ("stayed", _("stayed")))
    else:
        shown = (
            ("request", ngettext("need", "needs", counts.get("request", 0))),
            ("offer", ngettext("offer", "offers", counts.get("offer", 0))),
            ("people", ngettext("person", "people", counts.get("people", 0))),
            ("revised", _("changed")),
            ("rows_same", _("there already")),
            ("rows_wrong", _("left out")),
            ("rows_skipped", _("passed over")),
        )
    return [parts.Fact(label, format_number(counts[name])) for name, label in shown if counts.get(name)]


def undo_page(
    request: CircleRequest, circle: Circle, actor: Actor, load: Import, refused: Refusal | None = None
) -> HttpResponse:
    """Say what goes and what others hold on to."""
    held, count = ([], 0) if load.what == PEOPLE else queries.held_by_others(actor, load)
    context = {
        "load": load,
        "held": [(one.kind_name, reverse("aid:intent", args=[circle.slug, one.intent.id])) for one in held],
        "held_count": count,
        "total": load.rows.count(),
        "refused": sentence(refused) if refused else "",
    }
    return render(request, "sheets/undo.html", context, status=refused.status if refused else 200)
