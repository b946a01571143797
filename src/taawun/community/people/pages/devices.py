"""Where one is signed in, and leaving quickly."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.people import actions, queries, sessions
from taawun.community.people.doors import account_of, run_once
from taawun.community.people.factors import paper, passkeys
from taawun.community.people.models import Account
from taawun.community.people.pages.own import own_page
from taawun.ground.values.refusal import Refusal

FORMS: dict[str, tuple[Promise, str]] = {
    "phone": (gettext_lazy("A phone"), "phone-device"),
    "tablet": (gettext_lazy("A tablet"), "phone-device"),
    "computer": (gettext_lazy("A computer"), "computer"),
    "": (gettext_lazy("A browser"), "computer"),
}
EXIT_NAMES: dict[str, str | Promise] = {
    "wikipedia": "Wikipedia",
    "weather": gettext_lazy("The weather"),
    "search": gettext_lazy("A search page"),
}


@require_safe
@own_page
def devices(request: HttpRequest, account: Account) -> HttpResponse:
    """List where one is signed in: a plain name, since which day, and which of them is this one."""
    found = sessions.devices_of(account, here=request.session.session_key, now=timezone.now())
    lines = [
        {
            "device": one,
            "name": _(", ").join(str(part) for part in (FORMS[one.form][0], one.browser, one.system) if part),
            "icon": FORMS[one.form][1],
        }
        for one in found
    ]
    chosen = account.exit_to or actions.USUAL_EXIT
    exits = [{"value": value, "name": EXIT_NAMES[value], "checked": value == chosen} for value in actions.EXITS]
    return render(request, "people/devices.html", {"lines": lines, "exits": exits})


@require_POST
@own_page
def end(request: HttpRequest, account: Account) -> HttpResponse:
    """End one session; it may be this one, which is signing out."""
    index = request.POST.get("device", "")[:64]
    if index == sessions.index_of(request.session.session_key or ""):
        logout(request)
        return redirect("/")

    def act() -> str:
        if not sessions.end(account, index):
            raise Refusal.not_found()
        messages.success(request, _("It is signed out."))
        return reverse("people:devices")

    return redirect(run_once(request, account, "people.end_session", act))


@require_POST
@own_page
def choose_exit(request: HttpRequest, account: Account) -> HttpResponse:
    actions.choose_exit(account, request.POST.get("exit_to", ""))
    messages.success(request, _("Saved."))
    return redirect("people:devices")


@require_http_methods(["GET", "HEAD"])
def leave(request: HttpRequest) -> HttpResponse:
    """Leave quickly: signed out, what the browser kept is thrown away, and a harmless page is there instead.

    A link and no form, because it must work in one tap without a script, and a browser follows no form to another site
    under our rules. A stranger's page that leads here only brings its reader away, and signs nobody out.
    """
    account = account_of(request)
    response = HttpResponseRedirect(actions.exit_address(account))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    if request.headers.get("Sec-Fetch-Site", "none") not in {"cross-site", "same-site"}:
        logout(request)
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@require_safe
@own_page
def way_back(request: HttpRequest, account: Account) -> HttpResponse:
    """Say how to come back from another phone: what there is already, and the three gentle ways to have more."""
    return render(
        request,
        "people/keep.html",
        {
            "has_address": queries.has_way_back(account),
            "has_passkey": bool(passkeys.passkeys_of(account)),
            "codes_left": paper.left(account),
            "site": passkeys.site_for(request.get_host()),
        },
    )
