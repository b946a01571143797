"""Taking away: the board as a sheet for whoever may see it, a model to fill in, and everything for coordinators."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language_bidi, gettext_lazy

from taawun.community.circles.access import open_circle, open_for_coordinator
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, refuse_form
from taawun.community.circles.models import Circle
from taawun.ground.site.forms import ChoiceCards
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import queries
from taawun.practice.aid.queries.board import SECTIONS
from taawun.reach.sheets.api import csv_response
from taawun.reach.sheets.exporting import FORMS, take_everything
from taawun.reach.sheets.intents import COLUMNS, write_intents
from taawun.reach.sheets.writing import render as render_table

# Two rows anyone understands, in the words the reader of sheets knows.
MODEL_ROWS = (
    {
        "direction": "request",
        "kind": "food.cooked_meal",
        "quantity": "3",
        "urgency": "soon",
        "summary": "warm, no nuts",
    },
    {"direction": "offer", "kind": "food.cooked_meal", "quantity": "10", "urgency": "week", "weekdays": "mon thu"},
)


class TakingForm(forms.Form):
    """In what form, and whether with names and phones: then why."""

    form = forms.ChoiceField(
        label=gettext_lazy("As what"),
        choices=[("xlsx", gettext_lazy("One workbook (XLSX)")), ("zip", gettext_lazy("Tables (CSV in a ZIP)"))],
        initial="xlsx", widget=ChoiceCards(hints={
            "xlsx": gettext_lazy("For Excel and LibreOffice."), "zip": gettext_lazy("For programs, with a description of each table."),
        }),
    )  # fmt: skip
    personal = forms.BooleanField(
        label=gettext_lazy("With names, phones and doors"),
        required=False,
        help_text=gettext_lazy("Each person can read that it was opened, and the other coordinators are told."),
    )
    why = forms.CharField(
        label=gettext_lazy("Why names and phones are needed"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only with names and phones. For example: the server moves to another town."),
    )


@circle_page(access=open_for_coordinator)
def everything(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Ask in what form, then send everything. What is sent is written on the record first."""
    form = TakingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            data, name = take_everything(
                actor, given["form"], personal=given["personal"], why=given["why"],
                right_to_left=get_language_bidi(), now=request.now,
            )  # fmt: skip
            return file_response(data, FORMS[given["form"]], name)
        except Refusal as refusal:
            refuse_form(form, refusal)
    return render(request, "sheets/everything.html", {"form": form}, status=422 if form.errors else 200)


def file_response(data: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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
    rows: list[dict[str, Any]] = list(MODEL_ROWS)
    return csv_response(render_table(names, ([row.get(name, "") for name in names] for row in rows)), "model.csv")
