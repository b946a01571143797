"""One's own account: what the others see, the ways to sign in, programs, and what one agreed to."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from taawun.community.people import actions, queries, sessions
from taawun.community.people.doors import (
    once_for_form,
    refuse_form,
    region_of,
    run_once,
    show_form,
    visitor_of,
)
from taawun.community.people.forms import CodeForm, ContactForm, NewPasswordForm, TokenForm
from taawun.community.people.models import Account
from taawun.community.people.pages.own import own_page
from taawun.ground.values.refusal import Refusal


@require_http_methods(["GET", "POST"])
@own_page
def ways(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the ways back in, and add one: a new address gets a code at once."""
    form = ContactForm(request.POST if request.method == "POST" else None, initial={"region": region_of(request)})

    def add(typed: dict[str, Any]) -> str:
        contact = actions.add_contact(account, typed["address"], region_of(request), now=timezone.now())
        if contact.verified_at is not None:
            return reverse("people:ways")
        attempt = actions.ask_to_verify(account, contact, now=timezone.now())
        return reverse("people:verify", args=[attempt.id])

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(run_once(request, account, "people.add_contact", lambda: add(form.cleaned_data)))
        except Refusal as refusal:
            refuse_form(form, refusal)
    return _show_ways(request, account, contact_form=form)


def _show_ways(
    request: HttpRequest,
    account: Account,
    *,
    contact_form: ContactForm | None = None,
    password_form: NewPasswordForm | None = None,
) -> HttpResponse:
    sent = password_form or contact_form
    assert sent is not None
    contacts = queries.contacts_of(account, now=timezone.now())
    return show_form(
        request,
        "people/ways.html",
        sent,
        contact_form=contact_form or ContactForm(initial={"region": region_of(request)}),
        password_form=password_form or NewPasswordForm(prefix="new"),
        contacts=contacts,
        is_safe=any(one.contact.verified_at for one in contacts),
        has_password=account.has_usable_password(),
    )


@require_POST
@own_page
def send_code(request: HttpRequest, account: Account, contact_id: uuid.UUID) -> HttpResponse:
    """Send another code to an address that is not proven yet."""
    contact = queries.contact_of(account, contact_id)
    if contact is None or contact.verified_at is not None:
        raise Refusal.not_found()

    def send() -> str:
        attempt = actions.ask_to_verify(account, contact, now=timezone.now())
        return reverse("people:verify", args=[attempt.id])

    return redirect(run_once(request, account, "people.ask_to_verify", send))


@require_http_methods(["GET", "POST"])
@own_page
def verify(request: HttpRequest, account: Account, attempt_id: uuid.UUID) -> HttpResponse:
    """Take the six digits that prove an address."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        try:
            actions.verify_contact(account, attempt_id, code, visitor=visitor_of(request), now=timezone.now())
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            messages.success(request, _("That worked. You can now sign in with this address on any phone."))
            return redirect("people:ways")
    return show_form(request, "people/code.html", form, again=reverse("people:ways"), is_own=True)


@require_POST
@own_page
def remove_contact(request: HttpRequest, account: Account, contact_id: uuid.UUID) -> HttpResponse:
    def remove() -> str:
        actions.remove_contact(account, contact_id, now=timezone.now())
        messages.success(request, _("The address is forgotten."))
        return reverse("people:ways")

    return redirect(run_once(request, account, "people.remove_contact", remove))


@sensitive_post_parameters("new-password")
@require_POST
@own_page
def set_password(request: HttpRequest, account: Account) -> HttpResponse:
    """Set a password. Every other session of the account ends with it."""
    form = NewPasswordForm(request.POST, prefix="new")
    if form.is_valid():
        try:
            # Not once for a form: the password would end up, hashed fast, among the answers.
            actions.set_password(account, form.cleaned_data["password"])
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            update_session_auth_hash(request, account)
            messages.success(request, _("The password is set. Other phones and computers are signed out."))
            return redirect("people:ways")
    return _show_ways(request, account, password_form=form)


@require_POST
@own_page
def end_sessions(request: HttpRequest, account: Account) -> HttpResponse:
    """End every session but this one."""
    sessions.end_others(account, here=request.session.session_key)
    actions.end_other_sessions(account)
    update_session_auth_hash(request, account)
    messages.success(request, _("All other phones and computers are signed out."))
    return redirect("people:devices")


@require_http_methods(["GET", "POST"])
@own_page
def tokens(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the programs that may act for one, and make a token for another. Its text is shown here, once."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    made: dict[str, str] = {}

    def make() -> dict[str, object]:
        typed = form.cleaned_data
        token, made["text"] = actions.make_token(
            account, typed["name"], may_write=typed["may_write"], now=timezone.now()
        )
        return {"token": str(token.id)}

    if request.method == "POST" and form.is_valid():
        try:
            once_for_form(request, account, "people.make_token", make)
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            if not made:
                # The same form sent twice: the token is there, its text was in the first answer only.
                return redirect("people:tokens")
            form = TokenForm()
    return show_form(
        request, "people/tokens.html", form, tokens=queries.tokens_of(account), text=made.get("text", "")
    )


@require_POST
@own_page
def revoke_token(request: HttpRequest, account: Account, token_id: uuid.UUID) -> HttpResponse:
    def revoke() -> str:
        actions.revoke_token(account, token_id, now=timezone.now())
        messages.success(request, _("The token no longer works."))
        return reverse("people:tokens")

    return redirect(run_once(request, account, "people.revoke_token", revoke))


CONSENTS = {
    "account": lambda: _("To have an account here, with the name you chose."),
    "referral": lambda: _("To be handed to a programme that may be able to help."),
    "entered by others": lambda: _("To be entered by somebody else, and to be acted for."),
}


@require_safe
@own_page
def consents(request: HttpRequest, account: Account) -> HttpResponse:
    """Show what one agreed to, when, and who wrote it down."""
    listed = [
        {"text": CONSENTS[one.to]() if one.to in CONSENTS else one.to, "consent": one}
        for one in queries.consents_of(account)
    ]
    return render(request, "people/consents.html", {"consents": listed})
