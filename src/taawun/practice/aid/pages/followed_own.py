"""What is sealed about a need that was filed without an account: read, taken away and erased by who holds its receipt."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from taawun.community.circles.doors import form_page
from taawun.community.people import belongings, erasing
from taawun.community.people.belongings import Person
from taawun.community.people.doors import KeyedForm
from taawun.community.people.forms import line
from taawun.community.people.pages.mine import archive_response, require_word
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access
from taawun.practice.aid.models import Intent
from taawun.practice.aid.pages.receipts import followed


class EraseNeedForm(KeyedForm):
    word = line(_lazy("Write the word"), most=40, empty=_lazy("Write the word that stands below."), autocomplete="off")


def _own(request: HttpRequest) -> tuple[Intent, Person]:
    found, actor = followed(request)
    return found, access.own_by_receipt(found, actor, now=timezone.now())


@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Show what is kept, and erase it when the word is written."""
    try:
        found, person = _own(request)
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return redirect("aid:follow")
    form = EraseNeedForm(request.POST if request.method == "POST" else None)
    done: list[bool] = []

    def act(typed: dict[str, Any]) -> str:
        require_word(typed["word"])
        erasing.erase(person)
        done.append(True)
        return "/follow/"

    response = form_page(
        request, "aid/followed_own.html", form, act, who=person, verb="aid.followed.erase",
        known=belongings.known(person), sealed=person.opened.get(found.id, {}), foretold=erasing.foretell(person),
        word=_("erase"), circle=found.circle,
    )  # fmt: skip
    if done:
        for name in ("followed", "receipt"):
            request.session.pop(name, None)
        messages.success(request, _("Erased. Thank you for having asked."))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def take(request: HttpRequest) -> HttpResponseBase:
    """Hand out what is kept as an archive."""
    return archive_response(_own(request)[1])
