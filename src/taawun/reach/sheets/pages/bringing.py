"""From a file in hand to the board, in four steps: choose it, say what its columns are, look at what was found, bring it in."""

import hashlib
import uuid

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from taawun.community.circles import kinds
from taawun.community.circles.access import open_for_coordinator
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page, idempotency_key, run_once
from taawun.community.circles.models import Circle
from taawun.ground.journal.once import once
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal, sentence
from taawun.reach.sheets import access, actions, keeping, queries
from taawun.reach.sheets.actions import Choices, Structure
from taawun.reach.sheets.api import csv_response
from taawun.reach.sheets.models import Import, State
from taawun.reach.sheets.pages.shown import (
    alike_problems,
    checked_page,
    columns_page,
    done_page,
    is_fragment,
    undo_page,
)
from taawun.reach.sheets.plan import DateOrder
from taawun.reach.sheets.writing import render as render_table

NAME_LENGTH_MAX = 80
WORKING = frozenset({State.CHECKING, State.BRINGING, State.UNDOING})


class FileForm(forms.Form):
    """A file, or a table that was copied, and the key by which it is handed in once."""

    file = forms.FileField(
        label=gettext_lazy("Your list as a file"),
        required=False,
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.ods"}),
        help_text=gettext_lazy("From Excel, LibreOffice, Google Forms, Airtable, KoboToolbox, or CSV. Up to 50 MB."),
    )
    text = forms.CharField(
        label=gettext_lazy("Or copy the cells and paste them here"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 4, "dir": "auto", "spellcheck": "false"}),
    )


def load_url(circle: Circle, load: Import, name: str = "load") -> str:
    return reverse(f"sheets:{name}", args=[circle.slug, load.id])


@circle_page(access=open_for_coordinator)
def sheets(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponseBase:
    """Hand in a list, take tables away, and see what was brought in lately."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    status = 422 if form.is_bound and form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(_hand_in(request, circle, actor, form))
        except Refusal as refused:
            status = refused.status
            form.add_error("text" if request.POST.get("text") and not request.FILES else "file", sentence(refused))
    loads = [(one, load_url(circle, one)) for one in queries.loads_of(actor, now=request.now)]
    context = {"form": form, "new_key": str(new_id()), "loads": loads}
    return render(request, "sheets/sheets.html", context, status=status)


def _hand_in(request: CircleRequest, circle: Circle, actor: Actor, form: FileForm) -> str:
    file = request.FILES.get("file")
    text = form.cleaned_data["text"]
    if file is None and not text.strip():
        raise Refusal("sheet.missing", "file")
    data = file.read() if file is not None else actions.table_of_text(text)
    name = str(file.name)[:NAME_LENGTH_MAX] if file is not None else keeping.PASTED

    def act() -> dict[str, object]:
        return {"location": load_url(circle, actions.hand_in(actor, data, name, now=request.now))}

    with transaction.atomic():
        answer = once(
            idempotency_key(request), actor_id=actor.agent_id, verb="sheets.hand_in",
            content={"path": request.path, "sha256": hashlib.sha256(data).hexdigest()}, now=request.now, act=act,
        )  # fmt: skip
    return str(answer["location"])


@circle_page(access=open_for_coordinator)
@require_GET
def load(request: CircleRequest, circle: Circle, actor: Actor, load_id: uuid.UUID) -> HttpResponseBase:
    """Show where a file stands, and what comes next."""
    found = access.load(actor, load_id)
    if is_fragment(request):
        return done_page(request, circle, actor, found)
    if found.state == State.WAITING:
        return columns_page(request, circle, actor, found)
    if found.state == State.CHECKED:
        return checked_page(request, circle, actor, found)
    if found.state in WORKING:
        response = done_page(request, circle, actor, found)
        # For a browser without a script; with one, the page asks for itself.
        response.headers["Refresh"] = "5"
        return response
    return done_page(request, circle, actor, found)


@circle_page(access=open_for_coordinator)
def columns(request: CircleRequest, circle: Circle, actor: Actor, load_id: uuid.UUID) -> HttpResponseBase:
    """Say what the columns are; then the rows are looked at."""
    found = access.load(actor, load_id)
    if request.method != "POST":
        if found.state not in {State.WAITING, State.CHECKED}:
            return redirect(load_url(circle, found))
        return columns_page(request, circle, actor, found)
    try:
        if request.POST.get("do") == "again":
            actions.look_again(actor, load_id, _structure(request), now=request.now)
            return redirect(load_url(circle, found))
        actions.choose(actor, load_id, _choices(request, circle), now=request.now)
        actions.start_check(actor, load_id, now=request.now)
    except Refusal as refused:
        if refused.status in {401, 403, 404}:
            raise
        found = access.load(actor, load_id)
        return columns_page(request, circle, actor, found, refused=refused)
    return redirect(load_url(circle, found))


def _structure(request: CircleRequest) -> Structure:
    given = request.POST
    header = given.get("header_line", "")
    sheet = given.get("sheet", "")
    return Structure(
        sheet=int(sheet) if sheet.isascii() and sheet.isdecimal() and len(sheet) < 5 else None,
        header_line=int(header) if header.isascii() and header.isdecimal() and len(header) < 7 else None,
        encoding=given.get("encoding", "")[:20],
        delimiter=given.get("delimiter", "")[:1],
    )


def _choices(request: CircleRequest, circle: Circle) -> Choices:
    given = request.POST
    targets: dict[int, str] = {}
    orders: dict[int, DateOrder] = {}
    for name in given:
        part, _dash, number = name.partition("-")
        if part in {"target", "order"} and number.isascii() and number.isdecimal() and len(number) < 5:
            if part == "target":
                targets[int(number)] = given[name]
            elif given[name] in ("dmy", "mdy", "ymd"):
                orders[int(number)] = given[name]  # type: ignore[assignment]
    kind = given.get("kind")
    if kind:
        kinds.find(circle, kind)
    return Choices(
        what=given.get("what", ""),
        basis=given.get("basis", ""),
        direction=given.get("direction"),
        kind=kind,
        open_only="open_only" in given if "has_status" in given else None,
        targets=targets,
        orders=orders,
    )


@circle_page(access=open_for_coordinator)
@require_POST
def mend(request: CircleRequest, circle: Circle, actor: Actor, load_id: uuid.UUID) -> HttpResponseBase:
    """Put cells right that could not be read, leave rows out, and look again."""
    given = request.POST
    mended = _mended(request, actor, load_id)
    leave = [int(one) for one in given.getlist("leave") if one.isascii() and one.isdecimal() and len(one) < 8]
    kept = (
        [] if given.get("do") == "back" else keeping.notes_of(access.waiting(actor, load_id), now=request.now).left_out
    )
    left_out = [*kept, *leave]
    actions.choose(actor, load_id, Choices(mended=mended, left_out=left_out), now=request.now)
    actions.start_check(actor, load_id, now=request.now)
    return redirect("sheets:load", circle.slug, load_id)


def _mended(request: CircleRequest, actor: Actor, load_id: uuid.UUID) -> dict[str, str]:
    """Return the cells that were put right. One answer holds for all rows where the same stood in the same column."""
    given = request.POST
    mended: dict[str, str] = {}
    found = keeping.report_of(access.waiting(actor, load_id), now=request.now)["problems"]
    for some in alike_problems([queries.problem_of(one) for one in found]):
        name = f"{some[0].line}-{some[0].column}"
        text = given.get(f"cell-{name}")
        if text is not None and text != given.get(f"was-{name}"):
            mended |= {f"{one.line}:{one.column}": text[:2000] for one in some}
    return mended


@circle_page(access=open_for_coordinator)
@require_GET
def problems(request: CircleRequest, circle: Circle, actor: Actor, load_id: uuid.UUID) -> HttpResponse:
    """Send what was found as a table in the reader's language: file, line, column, what is wrong and what would be right."""
    found = access.waiting(actor, load_id)
    notes = keeping.notes_of(found, now=request.now)
    known = [queries.problem_of(one) for one in keeping.report_of(found, now=request.now)["problems"]]
    header = [_("File"), _("Line"), _("Column"), _("What stands there"), _("What to do"), _("The row is")]
    rows = (
        [notes.name, str(one.line), one.header, one.text, one.message, _("left out") if one.grave else _("brought in")]
        for one in known
    )
    return csv_response(render_table(header, rows), "problems.csv")


@circle_page(access=open_for_coordinator)
@require_POST
def bring(request: CircleRequest, circle: Circle, actor: Actor, load_id: uuid.UUID) -> HttpResponseBase:
    """Bring the rows in: all that can be, at once."""

    def act() -> str:
        return load_url(circle, actions.start_bring(actor, load_id, now=request.now))

    return redirect(run_once(request, actor, "sheets.bring", act))


@circle_page(access=open_for_coordinator)
def undo(request: CircleRequest, circle: Circle, actor: Actor, load_id: uuid.UUID) -> HttpResponseBase:
    """Ask once, saying what goes and what stays; then undo."""
    found = access.load(actor, load_id)
    if request.method != "POST":
        # What is undone already, or not brought in yet, says so on its own page.
        return (
            undo_page(request, circle, actor, found)
            if found.state == State.BROUGHT
            else redirect(load_url(circle, found))
        )

    def act() -> str:
        too = "with_promises" in request.POST
        return load_url(circle, actions.start_undo(actor, load_id, with_promises=too, now=request.now))

    try:
        return redirect(run_once(request, actor, "sheets.undo", act))
    except Refusal as refused:
        if refused.status != 409:
            raise
        return undo_page(request, circle, actor, found, refused=refused)


@circle_page(access=open_for_coordinator)
@require_POST
def discard(request: CircleRequest, circle: Circle, actor: Actor, load_id: uuid.UUID) -> HttpResponseBase:
    """Throw the file away."""

    def act() -> str:
        actions.discard(actor, load_id)
        return reverse("sheets:sheets", args=[circle.slug])

    where = run_once(request, actor, "sheets.discard", act)
    messages.success(request, _("The file was thrown away."))
    return redirect(where)
