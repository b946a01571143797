"""The API's addresses, each behind the same door: a limit on bodies, and problem+json also where no operation answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.utils.cache import patch_vary_headers

from taawun.ground.values.refusal import Refusal
from taawun.house.api import problems
from taawun.house.api.app import api
from taawun.house.uploads import body_bytes_max

app_name = "api"
View = Callable[..., HttpResponse]


def door(view: View) -> View:
    """Put a view of the API behind the door. No answer of it belongs in a cache, and none is a page."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        response = _answer(view, request, *args, **values)
        patch_vary_headers(response, ["Accept-Language", "Authorization"])
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    # There is no session behind this door, so there is nothing another site could borrow.
    answered.csrf_exempt = True  # type: ignore[attr-defined]
    return answered


def _answer(view: View, request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
    most = body_bytes_max(request.method or "", request.path)
    try:
        # Read here, so that one that is too large is refused before anything else happens.
        if len(request.body) > most:
            return problems.too_large(most)
    except RequestDataTooBig:
        return problems.too_large(most)
    try:
        response = view(request, *args, **values)
    except Refusal as refusal:
        return problems.of_refusal(refusal)
    if response.status_code == 405:
        allowed = ", ".join(sorted(response.headers["Allow"].replace(" ", "").split(",")))
        return problems.not_allowed(request.method or "", allowed)
    return response


def not_found(request: HttpRequest, **values: Any) -> HttpResponse:
    """Answer for every address below the API that is none."""
    raise Refusal.not_found()


def _behind_the_door(pattern: URLPattern) -> URLPattern:
    return URLPattern(pattern.pattern, door(pattern.callback), pattern.default_args, pattern.name)


_patterns, _app_name, _namespace = api.urls

urlpatterns = [
    *(_behind_the_door(one) for one in _patterns if isinstance(one, URLPattern) and one.name != "api-root"),
    path("", door(not_found), name="api-root"),
    re_path(r"", door(not_found)),
]
