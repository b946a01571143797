"""One's own keys: passkeys, an app with codes, codes on paper. What is shown once is shown here, and nowhere kept."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.people import sessions
from taawun.community.people.doors import refuse_form, run_once, show_form
from taawun.community.people.factors import code_app, paper, passkeys, strength
from taawun.community.people.forms import PasskeyForm, SecondFactorForm
from taawun.community.people.models import Account
from taawun.community.people.pages.own import own_page
from taawun.ground.site import qr
from taawun.ground.values.refusal import Refusal, sentence


@require_safe
@own_page
def keys(request: HttpRequest, account: Account) -> HttpResponse:
    """Show all keys of the account, and the form for another passkey."""
    return _show(request, account, PasskeyForm())


def _show(request: HttpRequest, account: Account, form: PasskeyForm) -> HttpResponse:
    return show_form(
        request,
        "people/keys.html",
        form,
        passkeys=passkeys.passkeys_of(account),
        may_change=strength.may_change_keys(account),
        site=passkeys.site_for(request.get_host()),
        local_url=_local_url(request),
        has_app=strength.has_code_app(account),
        codes_left=paper.left(account),
        is_demanded=strength.is_demanded_of(account),
        second_url=f"{reverse('people:second')}?next={reverse('people:keys')}",
    )


def _local_url(request: HttpRequest) -> str:
    """Return this page at "localhost", for whoever sits at the machine and opened it by its number."""
    host, _colon, port = request.get_host().rpartition(":")
    if host != "127.0.0.1" or passkeys.site_for(f"localhost:{port}") is None:
        return ""
    return f"http://localhost:{port}{reverse('people:keys')}"


def site_of(request: HttpRequest) -> passkeys.Site:
    site = passkeys.site_for(request.get_host())
    if site is None:
        raise Refusal("passkey.no_site")
    return site


def answer_in_json(make: Any) -> JsonResponse:
    """Answer a script: what it asked for, or one sentence it shows."""
    try:
        response = JsonResponse(make())
    except Refusal as refusal:
        response = JsonResponse({"error": sentence(refusal)}, status=refusal.status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@own_page
def passkey_options(request: HttpRequest, account: Account) -> HttpResponse:
    return answer_in_json(lambda: passkeys.options_to_add(account, site_of(request), now=timezone.now()))


@require_http_methods(["GET", "POST"])
@own_page
def add_passkey(request: HttpRequest, account: Account) -> HttpResponse:
    if request.method == "GET":
        return redirect("people:keys")
    form = PasskeyForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            # Not once for a form: the question it answers is good for once already.
            passkeys.add(
                account, typed["name"], typed["challenge"], typed["answer"], site_of(request), now=timezone.now()
            )
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            # Whoever has just opened a passkey with her finger has shown it here.
            request.session[sessions.STRONG] = True
            messages.success(request, _("The passkey is added. With it you sign in by one tap."))
            return redirect("people:keys")
    return _show(request, account, form)


@require_POST
@own_page
def rename_passkey(request: HttpRequest, account: Account, passkey_id: uuid.UUID) -> HttpResponse:
    try:
        passkeys.rename(account, passkey_id, request.POST.get("name", ""))
        messages.success(request, _("Saved."))
    except Refusal as refusal:
        if refusal.field is None:
            raise
        messages.error(request, sentence(refusal))
    return redirect("people:keys")


@require_POST
@own_page
def remove_passkey(request: HttpRequest, account: Account, passkey_id: uuid.UUID) -> HttpResponse:
    def remove() -> str:
        passkeys.remove(account, passkey_id, now=timezone.now())
        messages.success(request, _("The passkey is removed. It no longer opens your account."))
        return reverse("people:keys")

    return redirect(run_once(request, account, "people.remove_passkey", remove))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@own_page
def app(request: HttpRequest, account: Account) -> HttpResponse:
    """Set an app with codes up: a picture to read, the same as text, and a first code that confirms it."""
    form = SecondFactorForm(request.POST if request.method == "POST" else None)
    if strength.has_code_app(account):
        return redirect("people:keys")
    code_app.begin(account, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        try:
            code_app.confirm(account, form.cleaned_data["code"], now=timezone.now())
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            request.session[sessions.STRONG] = True
            messages.success(request, _("The app is set up. From now on signing in asks for its code."))
            return redirect("people:keys" if paper.left(account) else "people:paper")
    secret = code_app.secret_of(account, now=timezone.now())
    groups = [secret[place : place + 4] for place in range(0, len(secret), 4)]
    return show_form(request, "people/code_app.html", form, secret=" ".join(groups))


@require_safe
@own_page
def app_picture(request: HttpRequest, account: Account) -> HttpResponse:
    return qr.picture(code_app.address_of(account, now=timezone.now()))


@require_POST
@own_page
def remove_app(request: HttpRequest, account: Account) -> HttpResponse:
    def remove() -> str:
        code_app.remove(account, now=timezone.now())
        messages.success(request, _("The app is removed. Signing in no longer asks for its code."))
        return reverse("people:keys")

    return redirect(run_once(request, account, "people.remove_code_app", remove))


@require_http_methods(["GET", "POST"])
@own_page
def paper_codes(request: HttpRequest, account: Account) -> HttpResponse:
    """Make ten codes and show them, once. Pressing again makes ten others, so a second tap takes nothing away."""
    codes: list[str] = []
    if request.method == "POST":
        codes = paper.print_new(account, now=timezone.now())
    return render(
        request,
        "people/paper.html",
        {
            "codes": [paper.shown(one) for one in codes],
            "left": paper.left(account),
            "may_change": strength.may_change_keys(account),
            "has_app": strength.has_code_app(account),
        },
    )


@sensitive_post_parameters("code")
@require_POST
@own_page
def paper_file(request: HttpRequest, account: Account) -> HttpResponse:
    """Give the codes that stand on the page as a file: they come back from there, because they are kept nowhere."""
    codes = request.POST.getlist("code")[: paper.CODES]
    if not paper.are_of(account, codes):
        raise Refusal.not_found()
    title = _("Taawun: ways back in. Each code works once. Keep this where nobody else looks.")
    text = "\r\n".join([title, request.build_absolute_uri(reverse("people:sign_in")), "", *codes, ""])
    response = HttpResponse(text.encode(), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="taawun-codes.txt"'
    return response
