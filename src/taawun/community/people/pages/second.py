"""Signing in with more than an address: the second factor, a passkey, a code from paper."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from taawun.community.people.doors import (
    account_of,
    let_in,
    local_path,
    pending_account,
    refuse_form,
    show_form,
    sign_in_browser,
    visitor_of,
)
from taawun.community.people.factors import code_app, paper, passkeys, strength
from taawun.community.people.forms import PaperForm, PasskeyAnswerForm, SecondFactorForm
from taawun.community.people.models import Account
from taawun.community.people.pages.keys import answer_in_json, site_of
from taawun.ground.site.parts import Action
from taawun.ground.values.refusal import Refusal


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor: of who has shown the first and is not in yet, or of who is in and wants more."""
    onward = local_path(request)
    here = account_of(request)
    account = pending_account(request) or here
    if account is None:
        raise Refusal("sign_in_first", status=401)
    if here is not None and (here.is_strong or here.second_factor_since is None) and account.pk == here.pk:
        return redirect(onward if here.is_strong else "people:keys")
    form = SecondFactorForm(request.POST if request.method == "POST" else None, initial={"next": onward})
    if request.method == "POST" and form.is_valid():
        try:
            _check(account, form.cleaned_data["code"])
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            sign_in_browser(request, account, strong=True)
            return redirect(onward)
    response = show_form(
        request,
        "people/second.html",
        form,
        onward=onward,
        answer_form=PasskeyAnswerForm(initial={"next": onward}),
        site=passkeys.site_for(request.get_host()) if passkeys.passkeys_of(account) else None,
        has_app=strength.has_code_app(account),
        codes_left=paper.left(account),
        may_go_on=here is not None,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _check(account: Account, code: str) -> None:
    """Take six digits of the app, or sixteen from paper."""
    if paper.looks_like_one(code):
        paper.check(account, code, now=timezone.now())
    else:
        code_app.check(account, code, now=timezone.now())


@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """Give a script the question to put to a passkey. Who asks need not say who she is."""
    return answer_in_json(
        lambda: passkeys.options_to_sign_in(site_of(request), visitor=visitor_of(request), now=timezone.now())
    )


@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """Take a passkey's answer: whoever it belongs to is in, with both factors shown."""
    onward = local_path(request)
    if request.method == "GET":
        return redirect("people:sign_in")
    form = PasskeyAnswerForm(request.POST)
    if form.is_valid():
        try:
            account = passkeys.sign_in(
                form.cleaned_data["challenge"], form.cleaned_data["answer"], site_of(request), now=timezone.now()
            )
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            sign_in_browser(request, account, strong=True)
            return redirect(onward)
    return show_form(
        request,
        "people/passkey.html",
        form,
        answer_form=form,
        site=passkeys.site_for(request.get_host()),
        onward=onward,
    )


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def paper_code(request: HttpRequest) -> HttpResponse:
    """Sign in with a code from paper and nothing else."""
    onward = local_path(request)
    form = PaperForm(request.POST if request.method == "POST" else None, initial={"next": onward})
    if request.method == "POST" and form.is_valid():
        try:
            account = paper.sign_in(form.cleaned_data["code"], visitor=visitor_of(request), now=timezone.now())
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            address = let_in(request, account, onward)
            messages.info(request, _("Codes left on your paper: %(count)s.") % {"count": paper.left(account)})
            return redirect(address)
    return show_form(request, "people/paper_code.html", form)


def way_out(request: HttpRequest) -> Action:
    """Say what to do where a second factor is missing: show it, or set one up first."""
    account = account_of(request)
    if account is None or account.second_factor_since is None:
        return Action(_("Set up a second factor"), reverse("people:keys"), "key")
    onward = request.get_full_path() if request.method == "GET" else reverse("people:keys")
    return Action(_("Show it now"), f"{reverse('people:second')}?{urlencode({'next': onward})}", "key")
