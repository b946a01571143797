"""Figures without names as a file: the same lines and the same gaps as on the page."""

import io
import uuid

from django.http import HttpResponse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from taawun.community.circles import access as circle_access
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page
from taawun.community.circles.models import Circle
from taawun.community.circles.rights import Right
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import figures_drawing
from taawun.practice.aid.queries import figures as counting
from taawun.practice.aid.queries.figures import Figures, Line
from taawun.reach.sheets.workbook import Cell, write_workbook
from taawun.reach.sheets.writing import render

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@circle_page(access=circle_access.open_for_member)
def of_circle(request: CircleRequest, circle: Circle, actor: Actor, ending: str) -> HttpResponse:
    return _file(request, circle, None, ending)


@require_safe
@circle_page(access=circle_access.open_for_acting)
def of_organisation(
    request: CircleRequest, circle: Circle, actor: Actor, organisation_id: uuid.UUID, ending: str
) -> HttpResponse:
    circle_access.organisation(actor, organisation_id, Right.FIGURES)
    return _file(request, circle, organisation_id, ending)


def _file(request: CircleRequest, circle: Circle, organisation_id: uuid.UUID | None, ending: str) -> HttpResponse:
    known = counting.quarters(circle, finished_only=False, now=request.now)
    wanted = request.GET.get("period", "")
    quarter = next((one for one in known if one.code == wanted), None) if wanted else (known[0] if known else None)
    if quarter is None or ending not in {"csv", "xlsx"}:
        raise Refusal.not_found()
    found = counting.figures(circle, quarter, organisation_id=organisation_id, now=request.now)
    name = f"figures-{quarter.code}.{ending}"
    if ending == "xlsx":
        out = io.BytesIO()
        tables = [
            (caption, figures_drawing.columns(code), [_cells(code, label, line) for label, line in lines])
            for code, caption, lines in figures_drawing.named(circle, found)
        ]
        write_workbook(out, tables, right_to_left=get_language_bidi())
        response = HttpResponse(out.getvalue(), content_type=XLSX)
    else:
        response = HttpResponse(_csv(circle, found), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv(circle: Circle, found: Figures) -> bytes:
    """Return the three tables below one another, each line saying which it is of."""
    header = [_("Table"), _("Row"), *figures_drawing.columns("group")[1:]]
    rows = [
        [caption, *(str("" if cell is None else cell) for cell in _cells("group", label, line))]
        for _code, caption, lines in figures_drawing.named(circle, found)
        for label, line in lines
    ]
    return render(header, rows)


def _cells(code: str, label: str, line: Line) -> list[Cell]:
    """Return a line as cells: numbers as numbers, and what is hidden in words."""
    made: list[Cell] = [label]
    for value in (line.asked, line.people, line.met, line.unmet, line.reached):
        made.append(figures_drawing.hidden() if value is None else value)
    made += [figures_drawing.percent(line), figures_drawing.hours(line)]
    return (
        [*made, figures_drawing.arrived(line) if line.quantities is not None or line.is_hidden else ""]
        if code == "group"
        else made
    )
