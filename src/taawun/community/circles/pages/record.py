"""The record: what happened, in plain words for members; the whole chain as a file for coordinators."""

import io
import tempfile

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from taawun.community.circles import access, queries, sentences
from taawun.community.circles.actor import Actor
from taawun.community.circles.doors import CircleRequest, circle_page
from taawun.community.circles.models import Circle
from taawun.ground.journal import proof
from taawun.ground.words.digits import to_latin

A_PAGE = 40
SEQ_DIGITS_MAX = 18


@require_safe
@circle_page(access=access.open_for_member)
def record(request: CircleRequest, circle: Circle, actor: Actor) -> HttpResponse:
    """Show the newest entries, with the number and hash to write down: with them nobody can rewrite what went before."""
    before = to_latin(request.GET.get("before", ""))
    place = int(before) if before.isdecimal() and len(before) <= SEQ_DIGITS_MAX else None
    entries, names, head = queries.record_of(actor, before=place, limit=A_PAGE + 1)
    shown = entries[:A_PAGE]
    return render(
        request,
        "circles/record.html",
        {
            "said": [sentences.say(entry, names, circle) for entry in shown],
            "older": f"?before={shown[-1].seq}" if len(entries) > A_PAGE else "",
            "head": head,
            "head_hash": bytes(head.hash).hex() if head else "",
            "now": request.now,
        },
    )


@require_safe
@circle_page(access=access.open_for_coordinator)
def export(request: CircleRequest, circle: Circle, actor: Actor) -> FileResponse:
    """Give the whole chain as JSON lines, which ``./taawun verify`` checks without a server.

    It is written to a file on the disk first: the circle's rows can only be read within this request's transaction,
    and a file of any length takes no memory while it is sent.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the response when it has been sent)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
    proof.export_circle(circle.id, text)
    text.detach()
    file.seek(0)
    name = f"{slugify(circle.name) or 'community'}-record-{request.now.date().isoformat()}.jsonl"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/x-ndjson")
