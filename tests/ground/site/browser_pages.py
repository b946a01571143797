"""The small site the browser tests look at: the style pages, the assets, and a stream the test can speak into."""

import json
import queue
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template import Context, Template
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.static import serve

from taawun.ground.site import pages

LISTENERS: list[queue.Queue[dict[str, object]]] = []
SERVED: list[str] = []
SENT: list[dict[str, str]] = []
ASKED_AGAIN = count(1)

LIVE = """{% extends "site/base.html" %}{% block content %}<h1>Live</h1>
<a class="button news" id="board-news" href="" hidden>New</a>
<div id="list" data-topic="board" data-fragment="/list/" data-stale="board-news">
<article data-topic="intent:1" data-fragment="/card/"><h2><a href="#one">Meals</a></h2><span class="state">Open</span></article>
<article data-topic="intent:2" data-fragment="/gone/"><h2>Bread</h2></article></div>{% endblock %}"""


def style(request: HttpRequest, part: str) -> HttpResponse:
    with translation.override(request.GET.get("language", "en")):
        return HttpResponse(render_to_string(pages.STYLE_PAGES[part], {**pages.style_context(part), "csrf_token": "t"}))


def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Template(LIVE).render(Context({"live_url": "/stream/"})))


def stream(request: HttpRequest) -> StreamingHttpResponse:
    told: queue.Queue[dict[str, object]] = queue.Queue()
    LISTENERS.append(told)

    def entries() -> Iterator[str]:
        yield ": hello\n\n"
        while True:
            try:
                entry = told.get(timeout=1)
            except queue.Empty:
                yield ": still here\n\n"
                continue
            yield f"event: entry\nid: {entry['seq']}\ndata: {json.dumps(entry)}\n\n"

    return StreamingHttpResponse(entries(), content_type="text/event-stream")


def card(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        f'<article data-topic="intent:1" data-fragment="/card/"><h2><a href="#one">Meals</a></h2>'
        f'<span class="state">Taken</span><i>{next(ASKED_AGAIN)}</i></article>'
    )


def fresh_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse('<div id="list" data-topic="board" data-fragment="/list/" data-stale="board-news">fresh</div>')


@csrf_exempt
def take(request: HttpRequest, part: str = "") -> HttpResponse:
    SENT.append({name: str(value) for name, value in request.POST.items()})
    return HttpResponse(status=204)


def static(request: HttpRequest, path: str) -> HttpResponseBase:
    SERVED.append(path)
    # The folder is looked up at each request: the tests put the assets into one of their own.
    response = serve(request, path, document_root=Path(settings.STATIC_ROOT))
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def gone(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


def route(address: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
    """A page that opens no transaction: these tests have no database."""
    return path(address, transaction.non_atomic_requests(view))


urlpatterns = [
    route("look/<slug:part>/", style),
    route("style/request/", take),
    route("live/", live),
    route("stream/", stream),
    route("card/", card),
    route("gone/", gone),
    route("list/", fresh_list),
    route("static/<path:path>", static),
]
