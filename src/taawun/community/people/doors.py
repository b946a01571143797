"""What every page with a form does: who asks, where it may lead next, act once, show a refusal beside its field."""

import ipaddress
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol, cast

from django import forms
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from taawun.community.people import sessions
from taawun.community.people.factors import strength
from taawun.community.people.models import Account
from taawun.ground.journal.chain import canonical
from taawun.ground.journal.models import Answer
from taawun.ground.journal.once import once
from taawun.ground.values.ids import new_id
from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.languages import language_of

BACKEND = "taawun.community.people.backend.AccountBackend"
KEY_LENGTH_MAX = 60
PENDING = "pending"
PENDING_LIFETIME = timedelta(minutes=10)
PATH_LENGTH_MAX = 500
# What a door adds to a form by itself; the rest of the form is what a person wrote.
NOT_CONTENT = frozenset({"csrfmiddlewaretoken", "key"})
# Where most people who read a language live, for a browser that names no country.
REGION_OF_LANGUAGE = {
    "en": "GB", "ar": "EG", "ur": "PK", "fa": "IR", "tr": "TR", "id": "ID", "bn": "BD", "fr": "FR", "sw": "TZ"
}  # fmt: skip


class HasAgent(Protocol):
    """An actor in a circle or an account: whoever a write is done by."""

    @property
    def agent_id(self) -> uuid.UUID: ...


class KeyedForm(forms.Form):
    """A form that carries its own idempotency key, so that it is sent once also without a script."""

    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=lambda: str(new_id()))


def account_of(request: HttpRequest) -> Account | None:
    """Return who is signed in, or None for a visitor. The account knows whether this session showed a second factor."""
    if not request.user.is_authenticated:
        return None
    account = cast(Account, request.user)
    account.is_strong = request.session.get(sessions.STRONG) is True
    return account


def visitor_of(request: HttpRequest) -> str:
    """Return what a visitor is counted by. It goes into a keyed hash (``limits``) and is stored nowhere.

    One household gets a whole /64 of IPv6 addresses, so that is what counts as one visitor.
    """
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def local_path(request: HttpRequest, otherwise: str = "/") -> str:
    """Return the address in ``next`` when it lies on this server, else ``otherwise``: nobody is sent to a stranger."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_path = wanted.startswith("/") and len(wanted) <= PATH_LENGTH_MAX and wanted.isprintable()
    if is_path and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return otherwise


def region_of(request: HttpRequest) -> str:
    """Return the country whose phone numbers a visitor writes: named by the link that led here, else by the browser."""
    named = (request.POST.get("region") or request.GET.get("region") or "").upper()
    if re.fullmatch("[A-Z]{2}", named):
        return named
    found = re.search(r"\b[a-z]{2,3}(?:-[A-Z][a-z]{3})?-([A-Z]{2})\b", request.headers.get("Accept-Language", "")[:200])
    if found:
        return found[1]
    return REGION_OF_LANGUAGE[language_of(getattr(request, "LANGUAGE_CODE", "en")).code]


def sign_in_browser(request: HttpRequest, account: Account, *, strong: bool = False) -> None:
    """Begin a session for the account. It gets a new key, so that one set by somebody else is worth nothing."""
    login(request, account, backend=BACKEND)
    request.session.pop(PENDING, None)
    # What was a visitor's, until the browser closes, is now somebody's for as long as they like.
    request.session.set_expiry(None)
    sessions.mark(request.session, request.headers.get("User-Agent", ""), strong=strong, now=timezone.now())


def let_in(request: HttpRequest, account: Account, onward: str) -> str:
    """Let in whoever has shown a first factor, and return where to go on to.

    Where an app with codes guards the account, nobody is in before its code has come too.
    """
    if account.second_factor_since is not None and strength.has_code_app(account):
        request.session.cycle_key()
        request.session[PENDING] = [
            str(account.pk), account.get_session_auth_hash(), int((timezone.now() + PENDING_LIFETIME).timestamp())
        ]  # fmt: skip
    else:
        sign_in_browser(request, account)
        if account.second_factor_since is None or not strength.is_demanded_of(account):
            return onward
    return f"{reverse('people:second')}?{urlencode({'next': onward})}"


def pending_account(request: HttpRequest) -> Account | None:
    """Return who has shown a first factor in this browser and still owes the second."""
    account_id, proof, until_seconds = request.session.get(PENDING) or ("", "", 0)
    if not account_id or until_seconds <= timezone.now().timestamp():
        return None
    found = Account.objects.select_related("agent").filter(pk=account_id, is_active=True).first()
    # Another password, or "sign out everywhere", ends what was begun before it.
    return found if found is not None and found.get_session_auth_hash() == proof else None


def idempotency_key(request: HttpRequest) -> uuid.UUID | None:
    """Return the form's key, or None for a form without one."""
    text = request.POST.get("key", "").strip()
    if not text:
        return None
    try:
        if len(text) > KEY_LENGTH_MAX:
            raise ValueError
        return uuid.UUID(text)
    except ValueError:
        raise Refusal("key.not_a_key", "key") from None


def once_for_form(
    request: HttpRequest, who: HasAgent | None, verb: str, act: Callable[[], dict[str, object]]
) -> dict[str, object]:
    """Run ``act`` once for this form; a form sent twice gets the same answer.

    A refusal undoes whatever ``act`` had begun, so that a door can catch it and show the form again.
    """
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in NOT_CONTENT}
    # Keyed, because a phone number in a plain hash is found again by trying all phone numbers.
    told = salted_hmac("taawun.people.form", canonical(fields), algorithm="sha256").hexdigest()
    content = {"path": request.path, "fields": told}
    with transaction.atomic():
        return once(
            idempotency_key(request),
            actor_id=who.agent_id if who else None,
            verb=verb,
            content=content,
            now=timezone.now(),
            act=act,
        )


def was_answered(request: HttpRequest) -> bool:
    """Return whether a visitor's form with this key was answered before, so that sending it again only repeats that."""
    key = idempotency_key(request)
    return key is not None and Answer.objects.filter(key=key, actor_id__isnull=True).exists()


def run_once(request: HttpRequest, who: HasAgent | None, verb: str, act: Callable[[], str]) -> str:
    """Run ``act``, which returns the address to go on to, once for this form; return that address."""
    return str(once_for_form(request, who, verb, lambda: {"location": act()})["location"])


def refuse_form(form: forms.BaseForm, refusal: Refusal) -> None:
    """Put a refusal beside the field it concerns. A page that is not there, or not open, stays a page of its own."""
    if refusal.status in (401, 404) or (refusal.status == 403 and refusal.field is None):
        raise refusal
    form.add_error(refusal.field if refusal.field in form.fields else None, sentence(refusal))
    form.refused_status = refusal.status  # type: ignore[attr-defined]
    if "key" in form.fields:
        # Nothing was done under the old key, or it belongs to something else: the next try needs its own.
        fresh = cast(QueryDict, form.data).copy()
        fresh[form.add_prefix("key")] = str(new_id())
        form.data = fresh


def show_form(request: HttpRequest, template: str, form: forms.BaseForm, **context: object) -> HttpResponse:
    """Render a page around a form: 200 when it is fresh; when something is wrong, the refusal's status or 422."""
    status = getattr(form, "refused_status", 422) if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def form_page(
    request: HttpRequest,
    template: str,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], str],
    *,
    who: HasAgent | None,
    verb: str,
    **context: object,
) -> HttpResponse:
    """Show a form; when it is sent, act once and lead on, or show it again with what is wrong beside what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(run_once(request, who, verb, lambda: act(form.cleaned_data)))
        except Refusal as refusal:
            refuse_form(form, refusal)
    return show_form(request, template, form, **context)
