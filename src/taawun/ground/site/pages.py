"""The pages that belong to no room: what goes wrong before a room is reached, and the style page on which every part stands in every state."""

import sys
from collections.abc import Callable
from typing import Any

from django import forms
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import get_language

from taawun.ground.site import samples
from taawun.ground.site.forms import ChoiceCards, IdempotencyKey, KindPicker, Quantity
from taawun.ground.site.icons import ICONS
from taawun.ground.site.parts import DIRECTIONS, STATES, URGENCIES

STYLE_PAGES = {"parts": "site/style.html", "board": "site/style_board.html", "request": "site/style_request.html"}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose proof of origin is missing or old: nothing was changed, and the page says so."""
    return render(request, "403_csrf.html", status=403)


def _error(template: str, status: int) -> Callable[..., HttpResponse]:
    """Return a view that shows an error. Unlike Django's own it does not read the form that was sent: what is wrong may
    be that it cannot be read."""

    def shown(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        return render(request, template, status=status)

    return shown


bad_request = _error("400.html", 400)
forbidden = _error("403.html", 403)
not_found = _error("404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault. It is rendered without the request: whatever went wrong may go wrong there again."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        # The database is on its way back: half a second after a crash, longer after a power cut.
        answer = HttpResponse(get_template("503.html").render(), status=503)
        answer["Retry-After"] = "5"
        return answer
    return HttpResponse(get_template("500.html").render(), status=500)


def style(request: HttpRequest, part: str = "parts") -> HttpResponse:
    """Every part in every state, in the language of the request. For developers; the house mounts it in debug only."""
    if part not in STYLE_PAGES:
        raise Http404(part)
    return render(request, STYLE_PAGES[part], style_context(part))


def style_context(part: str) -> dict[str, Any]:
    """What the style pages show, in the active language."""
    said = samples.sample(get_language() or "en")
    form_class = sample_form(said)
    return {
        "said": said,
        "nav": samples.navigation(said, part),
        "circle": {"name": said["circle"]},
        "home_url": "/style/",
        "sign_out_url": "/style/",
        "cards": samples.cards(said),
        "icons": sorted(ICONS),
        "urgencies": list(URGENCIES),
        "states": list(STATES),
        "directions": list(DIRECTIONS),
        "form": form_class(initial={"amount": said["four"], "urgency": "now"}),
        "wrong": form_class({"amount": "", "urgency": "", "kind": "meal"}, auto_id="wrong_%s"),
        **samples.pieces(said),
    }


def sample_form(said: dict[str, str]) -> type[forms.Form]:
    """A form with one field of every sort."""

    class SampleForm(forms.Form):
        title = forms.CharField(label=said["what"], help_text=said["what_hint"], max_length=80)
        kind = forms.ChoiceField(
            label=said["kind"],
            choices=[
                (said["food"], [("meal", said["meal"]), ("bread", said["bread"]), ("baby-milk", said["milk"])]),
                (said["care"], [("listening", said["listening"]), ("elder", said["elder"])]),
            ],
            widget=KindPicker(
                icons={name: name for name in ("meal", "bread", "baby-milk", "listening", "elder")},
                words={"meal": "lunch dinner soup"},
            ),
        )
        amount = forms.CharField(label=said["amount"], widget=Quantity)
        urgency = forms.ChoiceField(
            label=said["when"],
            choices=[(name, word) for name, (word, _) in URGENCIES.items()],
            widget=ChoiceCards(icons={name: icon for name, (_, icon) in URGENCIES.items()}),
        )
        place = forms.CharField(label=said["where"], required=False, widget=forms.Textarea(attrs={"rows": 2}))
        agreed = forms.BooleanField(label=said["agreed"], help_text=said["agreed_hint"])
        key = forms.CharField(required=False, widget=IdempotencyKey)

    return SampleForm
