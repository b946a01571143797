"""Choosing the language of the pages: kept by the account when there is one, else by a cookie that says nothing else."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from taawun.community.people import actions
from taawun.community.people.doors import account_of, local_path
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.languages import COMPLETE

YEAR_SECONDS = 365 * 24 * 60 * 60


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("language", "")
    if chosen not in COMPLETE:
        raise Refusal("language.unknown", "language")
    account = account_of(request)
    if account is not None:
        actions.change_language(account, chosen)
    response = redirect(local_path(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
