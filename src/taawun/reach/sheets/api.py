"""Sheets over the API: the board as CSV, and a CSV of needs and offers in."""

import uuid
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router, Status

from taawun.community.circles.api import as_coordinator, as_visitor
from taawun.community.people.api.shapes import Answer, Body, Id, Slug, Word
from taawun.community.people.api.tokens import READS_PUBLIC, WRITES, ApiRequest
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import queries
from taawun.reach.sheets.intents import post_intents, write_intents

router = Router(tags=["sheets"])
CSV = "text/csv"


class SheetFilters(Body):
    """What of the board the sheet holds."""

    section: Literal["open", "taken", "late", "done"] = "open"
    direction: Literal["request", "offer"] | None = None
    group: Word = ""
    kind: Word = ""
    area: Id | None = None

    def values(self) -> queries.Filters:
        return queries.Filters(self.section, self.direction or "", self.group, self.kind, self.area)


class PostedFacts(Answer):
    """What a sheet became: the ids of the new intents in the order of its rows, and columns nobody knew."""

    posted: list[uuid.UUID]
    unknown_columns: list[str]


def csv_response(data: bytes, file_name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=f"{CSV}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


_SHEET: dict[str, Any] = {"schema": {"type": "string"}}
_OUT: dict[str, Any] = {"responses": {200: {"content": {CSV: _SHEET}}}}
_IN: dict[str, Any] = {
    "requestBody": {"required": True, "content": {CSV: {"schema": {"type": "string", "maxLength": 1_000_000}}}}
}


@router.get(
    "/circles/{slug}/intents.csv", auth=READS_PUBLIC, operation_id="export_intents", summary="The board as a sheet",
    openapi_extra=_OUT,
)
def export_intents(request: ApiRequest, slug: Slug, filters: Annotated[SheetFilters, Query()]) -> HttpResponse:
    """Return what the caller may see of the board as CSV in UTF-8 with a header row; at most 5,000 rows."""
    with as_visitor(request, slug) as (circle, actor, now):
        return csv_response(write_intents(circle, actor, filters.values(), now=now), "board.csv")


@router.post(
    "/circles/{slug}/intents.csv", auth=WRITES, response={201: PostedFacts}, operation_id="import_intents",
    summary="Post a sheet of needs and offers", openapi_extra=_IN,
)
def import_intents(request: ApiRequest, slug: Slug) -> Status[PostedFacts]:
    """Post every row, as a coordinator, or none: what is wrong is named by line and column.

    Columns: direction, kind (a code or a name), quantity; and optionally unit, urgency, summary, area, starts_at,
    ends_at, weekdays, from_time, to_time, whole_only, visibility, on_behalf_of, name, reach, door, details, plus_code.
    """
    if request.content_type != CSV:
        raise Refusal("body.content_type", "Content-Type", status=415, expected=CSV)
    with as_coordinator(request, slug) as (_circle, actor, now):
        done = post_intents(actor, request.body, name="CSV", now=now)
        return Status(201, PostedFacts(posted=done.ids, unknown_columns=list(done.unknown_columns)))
