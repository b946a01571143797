"""Lists in and everything out over the API: hand in, say what the columns are, rehearse, bring in, undo, take away."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils.translation import get_language_bidi
from ninja import Query, Router, Status
from pydantic import Field

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.api import as_coordinator
from taawun.community.people.api.shapes import Answer, Body, Flag, Id, Line, Page, Slug, Word
from taawun.community.people.api.tokens import OPENS, READS, WRITES, ApiRequest
from taawun.ground.values.refusal import Refusal
from taawun.reach.sheets import access, actions, keeping, queries
from taawun.reach.sheets.actions import Choices, Structure
from taawun.reach.sheets.exporting import FORMS, take_everything
from taawun.reach.sheets.models import Import, State
from taawun.reach.sheets.plan import Skipped

router = Router(tags=["sheets"])
LOADS = "/circles/{slug}/sheets"
LOAD = LOADS + "/{load_id}"
PROBLEMS_TOLD_MAX = 1000
FILE = "application/octet-stream"

Target = Literal[
    "", "source_id", "posted_at", "name", "phone", "email", "direction", "kind", "quantity", "unit", "urgency",
    "summary", "details", "area", "door", "plus_code", "latitude", "longitude", "starts_at", "ends_at", "date",
    "weekdays", "from_time", "to_time", "household_size", "language", "status", "on_behalf_of", "organisation",
    "visibility",
]  # fmt: skip
_IN: dict[str, Any] = {
    "requestBody": {"required": True, "content": {FILE: {"schema": {"type": "string", "format": "binary"}}}}
}
_OUT: dict[str, Any] = {
    "responses": {200: {"content": {one: {"schema": {"type": "string", "format": "binary"}} for one in FORMS.values()}}}
}


class ColumnFacts(Answer):
    """A column: what it becomes (empty: it is not stored), why, and what stands in it."""

    column: int
    header: str
    target: str
    reason: str
    sensitive: str
    order: str = Field(description="How its dates are written: dmy, mdy, ymd, or unknown, which must be answered")
    samples: list[str]


class ColumnIn(Body):
    """What a column becomes, and how its dates are written."""

    column: int = Field(ge=0, le=999)
    target: Target | None = None
    order: Literal["dmy", "mdy", "ymd"] | None = None


class CellIn(Body):
    """A cell put right. Lines are counted as a spreadsheet program counts them, columns from 0."""

    line: int = Field(ge=1, le=1_000_000)
    column: int = Field(ge=0, le=999)
    text: Annotated[str, Field(max_length=2000)]


class PlanIn(Body):
    """How to read the sheet. What is left out stays as it is; ``structure`` begins anew."""

    sheet: int | None = Field(None, ge=0, le=999)
    header_line: int | None = Field(None, ge=0, le=1_000_000, description="0: no line names the columns")
    encoding: Word = ""
    delimiter: Annotated[str, Field(max_length=1)] = ""
    what: Literal["intents", "people"] | None = None
    basis: Literal["agreed", "asked", "vital", "none"] | None = Field(
        None, description="On what ground names, phones and addresses are kept; none leaves them out"
    )
    direction: Literal["", "request", "offer"] | None = None
    kind: Word | None = None
    open_only: Flag | None = None
    columns: list[ColumnIn] = Field(default=[], max_length=1000)
    cells: list[CellIn] = Field(default=[], max_length=500)
    left_out: list[Annotated[int, Field(ge=1, le=1_000_000)]] | None = Field(None, max_length=5000)


class ProblemFacts(Answer):
    """One fault: its place, what is wrong and what would be right. A grave one keeps its row out."""

    line: int
    column: str
    text: str
    code: str
    detail: str
    grave: bool


class TwinFacts(Answer):
    """A row that may be there twice: another line of the file, or somebody who belongs here (``other_line`` 0)."""

    line: int
    other_line: int
    sign: str


class SkippedFacts(Answer):
    """How many rows were passed over for one reason, and the first of them."""

    code: str
    detail: str
    count: int
    lines: list[int]


class Found(Answer):
    """What a rehearsal found."""

    problems: list[ProblemFacts]
    problem_count: int
    skipped: list[SkippedFacts]
    twins: list[TwinFacts]


class LoadFacts(Answer):
    """A file on its way in. ``counts`` say what would be, or was, brought in; rows = the sum of the rows_… counts."""

    id: uuid.UUID
    state: Literal["waiting", "checking", "checked", "bringing", "brought", "undoing", "undone"]
    what: str
    basis: str
    trouble: str
    counts: dict[str, int]
    made_at: datetime
    brought_at: datetime | None
    undo_until: datetime | None
    columns: list[ColumnFacts] | None
    questions: list[str]
    found: Found | None


class UndoIn(Body):
    """Whether what others have promised on goes too."""

    with_promises: Flag = False


class TakeIn(Body):
    """In what form, and for what reason with names and phones."""

    form: Literal["xlsx", "zip"] = "xlsx"
    personal: Flag = False
    why: Line = ""


class FileName(Body):
    """What the file is called; what it is shows its content."""

    name: Word = ""


def load_facts(load: Import, now: datetime) -> LoadFacts:
    waiting = load.state in {State.WAITING, State.CHECKED}
    plan = keeping.notes_of(load, now=now).plan if waiting else None
    return LoadFacts(
        id=load.id,
        state=load.state,  # type: ignore[arg-type]
        what=load.what,
        basis=load.basis,
        trouble=load.trouble,
        counts=load.counts,
        made_at=load.made_at,
        brought_at=load.brought_at,
        undo_until=queries.undo_ends_at(load),
        columns=[
            ColumnFacts(
                column=one.column, header=one.header, target=one.target, reason=one.reason, sensitive=one.sensitive,
                order=one.order, samples=[text[:100] for text in one.samples],
            )
            for one in plan.columns
        ] if plan else None,
        questions=[one.code for one in plan.questions] if plan else [],
        found=_found(load, now) if load.state == State.CHECKED else None,
    )  # fmt: skip


def _found(load: Import, now: datetime) -> Found:
    report = keeping.report_of(load, now=now)
    problems = [queries.problem_of(one) for one in report["problems"][:PROBLEMS_TOLD_MAX]]
    return Found(
        problems=[
            ProblemFacts(
                line=one.line, column=one.header, text=one.text[:200], code=one.code, detail=one.message, grave=one.grave
            )
            for one in problems
        ],
        problem_count=report["problem_count"],
        skipped=[
            SkippedFacts(
                code=one["code"], count=one["count"], lines=one["lines"],
                detail=Skipped(one["lines"][0], one["code"], one["facts"]).message,
            )
            for one in report["skipped"]
        ],
        twins=[TwinFacts(line=one["line"], other_line=one["other_line"], sign=one["sign"]) for one in report["twins"]],
    )  # fmt: skip


@router.post(
    LOADS,
    auth=WRITES,
    response={201: LoadFacts},
    operation_id="hand_in_sheet",
    summary="Hand in a list",
    openapi_extra=_IN,
)
def hand_in(request: ApiRequest, slug: Slug, named: Annotated[FileName, Query()]) -> Status[LoadFacts]:
    """Take a file (CSV, XLSX, XLS, ODS) and say how it seems to be meant. Nothing is on the board yet."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        load = actions.hand_in(actor, request.body, named.name, now=now)
        return Status(201, load_facts(load, now))


@router.get(LOADS, auth=READS, response=Page[LoadFacts], operation_id="list_sheets", summary="Lists on their way in")
def list_loads(request: ApiRequest, slug: Slug) -> Page[LoadFacts]:
    """Return the caller's own lists that wait, and those anybody brought in within thirty days."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return Page[LoadFacts](items=[load_facts(one, now) for one in queries.loads_of(actor, now=now)])


@router.get(LOAD, auth=READS, response=LoadFacts, operation_id="sheet", summary="One list")
def one_load(request: ApiRequest, slug: Slug, load_id: Id) -> LoadFacts:
    """Return where a list stands: its columns while it waits, what a rehearsal found, or what came of it."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return load_facts(access.load(actor, load_id), now)


@router.put(LOAD, auth=WRITES, response=LoadFacts, operation_id="plan_sheet", summary="Say how to read a list")
def plan(request: ApiRequest, slug: Slug, load_id: Id, given: PlanIn) -> LoadFacts:
    """Say what the columns are. Another sheet, line of names, encoding or delimiter has the file read anew first."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        if given.model_fields_set & {"sheet", "header_line", "encoding", "delimiter"}:
            structure = Structure(given.sheet, given.header_line, given.encoding, given.delimiter)
            actions.look_again(actor, load_id, structure, now=now)
        return load_facts(actions.choose(actor, load_id, _choices(actor, given), now=now), now)


def _choices(actor: Actor, given: PlanIn) -> Choices:
    if given.kind:
        kinds.find(actor.circle, given.kind)
    return Choices(
        what=given.what or "",
        basis=given.basis or "",
        direction=given.direction,
        kind=given.kind,
        open_only=given.open_only,
        targets={one.column: one.target for one in given.columns if one.target is not None},
        orders={one.column: one.order for one in given.columns if one.order is not None},
        left_out=given.left_out,
        mended={f"{one.line}:{one.column}": one.text for one in given.cells},
    )


@router.post(LOAD + "/check", auth=WRITES, response=LoadFacts, operation_id="check_sheet", summary="Rehearse")
def check(request: ApiRequest, slug: Slug, load_id: Id) -> LoadFacts:
    """Read every row and write none. A long list is read in the background: ask for it until it is ``checked``."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return load_facts(actions.start_check(actor, load_id, now=now), now)


@router.post(LOAD + "/bring", auth=WRITES, response=LoadFacts, operation_id="bring_sheet", summary="Bring a list in")
def bring(request: ApiRequest, slug: Slug, load_id: Id) -> LoadFacts:
    """Write every row that is new, all at once. A long list is brought in the background."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return load_facts(actions.start_bring(actor, load_id, now=now), now)


@router.post(LOAD + "/undo", auth=WRITES, response=LoadFacts, operation_id="undo_sheet", summary="Undo a list")
def undo(request: ApiRequest, slug: Slug, load_id: Id, given: UndoIn) -> LoadFacts:
    """Take back what was brought in, within thirty days. What others have acted on stays, unless it is to go too."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        done = actions.start_undo(actor, load_id, with_promises=given.with_promises, now=now)
        return load_facts(done, now)


@router.delete(LOAD, auth=WRITES, response={204: None}, operation_id="discard_sheet", summary="Throw a list away")
def discard(request: ApiRequest, slug: Slug, load_id: Id) -> HttpResponse:
    """Throw away a file that was not brought in."""
    with as_coordinator(request, slug) as (_circle, actor, _now):
        actions.discard(actor, load_id)
        return HttpResponse(status=204)


@router.post(
    "/circles/{slug}/everything",
    auth=OPENS,
    operation_id="take_everything",
    summary="Take everything away",
    openapi_extra=_OUT,
)
def everything(request: ApiRequest, slug: Slug, given: TakeIn) -> HttpResponse:
    """Return all tables of the community. Names, phones and doors only for a reason; the other coordinators are told."""
    if given.form not in FORMS:
        raise Refusal("setting.unknown", "form")
    with as_coordinator(request, slug) as (_circle, actor, now):
        data, name = take_everything(
            actor, given.form, personal=given.personal, why=given.why, right_to_left=get_language_bidi(), now=now
        )
        response = HttpResponse(data, content_type=FORMS[given.form])
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
