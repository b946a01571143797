"""The page of sheets: the board to take away, a model to fill in, and a sheet to post, for coordinators."""

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from taawun.community.circles.access import open_circle, open_for_coordinator
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, idempotency_key
from taawun.community.circles.models import Circle
from taawun.community.people.api.shapes import Refusals
from taawun.ground.journal.once import once
from taawun.ground.site import parts
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.formats import format_number
from taawun.practice.aid import queries
from taawun.practice.aid.queries.board import SECTIONS
from taawun.reach.sheets.api import csv_response
from taawun.reach.sheets.intents import COLUMNS, ROWS_MAX, SIZE_MAX_BYTES, post_intents, write_intents
from taawun.reach.sheets.writing import render as render_table

# Two rows anyone understands, in the words the reader of sheets knows.
MODEL_ROWS = (
    {"direction": "request", "kind": "food.cooked_meal", "quantity": "3", "urgency": "soon", "summary": "warm, no nuts"},
    {"direction": "offer", "kind": "food.cooked_meal", "quantity": "10", "urgency": "week", "weekdays": "mon thu"},
)


class SheetForm(forms.Form):
    """A file, and the key by which it is posted once."""

    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=lambda: str(new_id()))
    file = forms.FileField(
        label=gettext_lazy("CSV file"), required=False, widget=forms.FileInput({"accept": ".csv,text/csv"}),
        help_text=gettext_lazy("The first row names the columns. Every row is posted, or none."),
    )


@circle_page(access=open_for_coordinator)
def sheets(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Show what can be taken away, and post a sheet. What is wrong with it stands below, line by line."""
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    wrong: parts.Table | None = None
    status = 200
    if request.method == "POST":
        try:
            count, unknown = _post(request, actor)
            messages.success(request, _posted(count, unknown))
            return HttpResponseRedirect(reverse("sheets:sheets", args=[circle.slug]))
        except Refusals as refused:
            status, wrong = refused.status, _table(refused)
            form.add_error("file", sentence(refused))
        except Refusal as refused:
            status = refused.status
            form.add_error("file", sentence(refused))
    context = {
        "form": form,
        "wrong": wrong,
        "new_key": str(new_id()),
        "columns": [column.name for column in COLUMNS],
        "needed": [column.name for column in COLUMNS if column.required],
        "rows_most": ROWS_MAX,
    }
    return render(request, "sheets/sheets.html", context, status=status)


def _post(request: CircleRequest, actor: Actor) -> tuple[int, list[str]]:
    file = request.FILES.get("file")
    if file is None:
        raise Refusal("sheet.missing", "file")
    if file.size is None or file.size > SIZE_MAX_BYTES:
        raise Refusal("sheet.too_large", "file", status=413, limit=SIZE_MAX_BYTES // 1000)
    data = file.read()

    def act() -> dict[str, object]:
        done = post_intents(actor, data, name=str(file.name)[:80], now=request.now)
        return {"count": len(done.ids), "unknown": list(done.unknown_columns)}

    with transaction.atomic():
        answer: dict[str, Any] = once(
            idempotency_key(request),
            actor_id=actor.agent_id,
            verb="sheets.post",
            content={"path": request.path, "sha256": hashlib.sha256(data).hexdigest()},
            now=request.now,
            act=act,
        )
    return int(answer["count"]), [str(one) for one in answer["unknown"]]


def _posted(count: int, unknown: list[str]) -> str:
    said = ngettext("%(count)s row is on the board now.", "%(count)s rows are on the board now.", count) % {
        "count": format_number(count)
    }
    if not unknown:
        return said
    return _("%(said)s These columns were not read: %(names)s.") % {"said": said, "names": ", ".join(unknown)}


def _table(refused: Refusals) -> parts.Table:
    rows = [
        (format_number(one.line) if one.line else "", "" if one.field == "file" else one.field, one.detail)
        for one in refused.wrong
    ]
    return parts.Table(_("What is wrong"), (_("Line"), _("Column"), _("What to do")), rows)


@circle_page(access=open_circle)
def download(request: CircleRequest, circle: Circle, actor: Actor | None, section: str) -> HttpResponse:
    """Send one section of the board as a sheet: what the reader may see of it."""
    if section not in SECTIONS:
        raise Refusal.not_found()
    data = write_intents(circle, actor, queries.Filters(section=section), now=request.now)
    return csv_response(data, f"{section}.csv")


@circle_page(access=open_for_coordinator)
def model(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    """Send a sheet with all columns and two rows to be replaced."""
    names = [column.name for column in COLUMNS]
    return csv_response(render_table(names, ([row.get(name, "") for name in names] for row in MODEL_ROWS)), "model.csv")
