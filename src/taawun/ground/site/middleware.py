"""A refusal that no page caught becomes a plain page with its sentence and the right status."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from taawun.ground.site.parts import Action
from taawun.ground.values.refusal import Refusal, sentence

WayOut = Callable[[HttpRequest], Action]
_ways_out: dict[str, WayOut] = {}


def register_way_out(code: str, way_out: WayOut) -> None:
    """Let a room say what can be done about one of its refusals: an action beside the sentence."""
    _ways_out[code] = way_out


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal; the transaction of the page is already rolled back."""
        if not isinstance(exception, Refusal):
            return None
        if exception.status == 401 and request.method in {"GET", "HEAD"}:
            return HttpResponseRedirect(
                f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}"
            )
        return render(
            request,
            "site/refused.html",
            {
                "sentence": sentence(exception),
                "status": exception.status,
                "next": _ways_out[exception.code](request) if exception.code in _ways_out else None,
            },
            status=exception.status,
        )
