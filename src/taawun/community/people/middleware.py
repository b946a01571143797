"""The language and digits of this request: the account's choice, else the cookie's, else the browser's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from taawun.ground.words.digits import digits_as
from taawun.ground.words.languages import COMPLETE, language_of


class LanguageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = self._language(request)
        digits = request.user.digits if request.user.is_authenticated else ""
        with translation.override(chosen), digits_as(digits or language_of(chosen).digits):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response

    def _language(self, request: HttpRequest) -> str:
        # Static files and health checks never open a session: the cookie's absence answers without a query.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            wanted = request.user.language
        else:
            wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if wanted in COMPLETE:
            return wanted
        for accepted in request.headers.get("Accept-Language", "").split(","):
            code = accepted.split(";")[0].strip().lower().split("-")[0]
            if code in COMPLETE:
                return code
        return settings.LANGUAGE_CODE
