"""Signing in by code, link or password, and out again. The answer never tells whether an address is known."""

import uuid

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from taawun.community.people import actions, queries
from taawun.community.people.doors import (
    let_in,
    local_path,
    refuse_form,
    region_of,
    show_form,
    visitor_of,
)
from taawun.community.people.factors import passkeys
from taawun.community.people.forms import CodeForm, PasskeyAnswerForm, SignInForm
from taawun.ground.values.refusal import Refusal, sentence


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an e-mail or phone and send a code there; or, for whoever has one, check a password."""
    onward = local_path(request)
    if request.method == "GET":
        if request.user.is_authenticated:
            return redirect(onward)
        return _show(request, SignInForm(initial={"next": onward, "region": region_of(request)}), onward)
    form = SignInForm(request.POST)
    if form.is_valid():
        try:
            return _begin(request, form.cleaned_data["address"], form.cleaned_data["password"], onward)
        except Refusal as refusal:
            refuse_form(form, refusal)
    return _show(request, form, onward)


def _show(request: HttpRequest, form: SignInForm, onward: str) -> HttpResponse:
    return show_form(
        request,
        "people/sign_in.html",
        form,
        site=passkeys.site_for(request.get_host()),
        answer_form=PasskeyAnswerForm(initial={"next": onward}),
    )


def _begin(request: HttpRequest, address: str, password: str, onward: str) -> HttpResponse:
    now, visitor, region = timezone.now(), visitor_of(request), region_of(request)
    if password:
        try:
            account = actions.sign_in_by_password(address, region, password, visitor=visitor, now=now)
            return redirect(let_in(request, account, onward))
        except Refusal as refusal:
            if refusal.code != "password.code_instead":
                raise
            # The password is worn out for a while; the address is not locked, a code goes there instead.
            messages.warning(request, sentence(refusal))
    attempt = actions.ask_to_sign_in(address, region, visitor=visitor, now=now)
    return redirect(f"{reverse('people:code', args=[attempt.id])}?{urlencode({'next': onward})}")


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    """Take the six digits. A wrong try is counted because the refusal is answered here, within the transaction."""
    onward = local_path(request)
    form = CodeForm(request.POST if request.method == "POST" else None, initial={"next": onward})
    again = f"{reverse('people:sign_in')}?{urlencode({'next': onward})}"
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["code"]
        try:
            account = actions.sign_in_by_code(attempt_id, typed, visitor=visitor_of(request), now=timezone.now())
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            return redirect(let_in(request, account, onward))
    return show_form(request, "people/code.html", form, again=again)


@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button; only pressing it signs in, so that a scanner of mails cannot use the link up."""
    onward = local_path(request)
    if request.method == "POST":
        return redirect(let_in(request, actions.sign_in_by_link(token, now=timezone.now()), onward))
    account = queries.account_of_link(token, now=timezone.now())
    if account is None:
        raise Refusal("code.expired", status=410)
    response = render(request, "people/link.html", {"name": account.agent.name, "onward": onward})
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = redirect("/")
    # What a page kept on this phone, such as a round to carry without signal, is not the next one's who holds it.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response
