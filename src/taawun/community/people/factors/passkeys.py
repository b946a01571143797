"""Passkeys (WebAuthn): registered, signed in with, renamed, taken away. The protocol is the library's."""

import ipaddress
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.db import IntegrityError, transaction
from webauthn.helpers import options_to_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from taawun.community.people import limits, secrets, texts
from taawun.community.people.factors import strength
from taawun.community.people.models import Account, Challenge, Passkey
from taawun.ground.values.refusal import Refusal

CHALLENGE_LIFETIME = timedelta(minutes=5)
CHALLENGES_AN_HOUR_MAX = 60
NAME_LENGTH_MAX = 60
PASSKEYS_MAX = 10
ANSWER_LENGTH_MAX = 20_000
LOCAL = "localhost"


@dataclass(frozen=True, slots=True)
class Site:
    """What a passkey is bound to: the name of the site, and the address pages are opened at."""

    name: str
    origin: str


def site_for(host: str) -> Site | None:
    """Return the site passkeys work for when a page is opened at ``host``; None where the address is a number.

    It is the public address, whatever the request says it is. Only on the machine itself "localhost" counts too,
    because the address printed there, 127.0.0.1, is no name.
    """
    public = urlsplit(settings.PUBLIC_URL)
    name = public.hostname or ""
    here, _colon, port = host.rpartition(":")
    asked = here if port.isdecimal() else host
    if asked == LOCAL and (name == LOCAL or _is_loopback(name)):
        return Site(LOCAL, f"http://{host}")
    if not name or _is_number(name):
        return None
    return Site(name, f"{public.scheme}://{public.netloc}")


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return _is_number(name) and ipaddress.ip_address(name).is_loopback


def options_to_add(account: Account, site: Site, *, now: datetime) -> dict[str, Any]:
    """Return what the browser needs to make a passkey for this account, with a question that is good for once."""
    strength.require(account)
    challenge = _ask(account, who=str(account.pk), now=now)
    known = Passkey.objects.filter(account=account).values_list("credential_id", flat=True)
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name="Taawun",
        user_id=account.pk.bytes,
        user_name=account.agent.name or "Taawun",
        challenge=secrets.challenge_of(challenge.id),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes(one)) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return {"challenge": str(challenge.id), "options": json.loads(options_to_json(options))}


def options_to_sign_in(site: Site, *, visitor: str, now: datetime) -> dict[str, Any]:
    """Return a question to any passkey of this site: who has one need not say who she is."""
    challenge = _ask(None, who=visitor, now=now)
    options = webauthn.generate_authentication_options(
        rp_id=site.name,
        challenge=secrets.challenge_of(challenge.id),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return {"challenge": str(challenge.id), "options": json.loads(options_to_json(options))}


def add(account: Account, name: str, challenge_id: str, answer: str, site: Site, *, now: datetime) -> Passkey:
    """Take the browser's answer and keep the passkey under the name its owner gives it."""
    strength.require(account)
    cleaned = _name(name)
    challenge = _answered(challenge_id, account, now=now)
    with _refusing():
        proof = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    if Passkey.objects.filter(account=account).count() >= PASSKEYS_MAX:
        raise Refusal.conflict("passkey.too_many", "name", limit=PASSKEYS_MAX)
    try:
        with transaction.atomic():
            passkey = Passkey.objects.create(
                account=account,
                name=cleaned,
                credential_id=proof.credential_id,
                public_key=proof.credential_public_key,
                sign_count=proof.sign_count,
                created_at=now,
            )
    except IntegrityError:
        raise Refusal.conflict("passkey.exists") from None
    strength.note(account, now=now)
    return passkey


def sign_in(challenge_id: str, answer: str, site: Site, *, now: datetime) -> Account:
    """Return whose passkey answered. The finger, face or PIN that opened it is the second factor."""
    challenge = _answered(challenge_id, None, now=now)
    credential = _read(answer)
    passkey = (
        Passkey.objects.select_related("account__agent")
        .filter(credential_id=_credential_id(credential), account__is_active=True)
        .first()
    )
    if passkey is None:
        raise Refusal("passkey.unknown")
    with _refusing():
        proof = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    # A key that counts must count on: a copy of it would fall behind.
    Passkey.objects.filter(pk=passkey.pk, sign_count__lte=proof.new_sign_count).update(
        sign_count=proof.new_sign_count, last_used_on=now.date()
    )
    Account.objects.filter(pk=passkey.account.pk).update(last_seen_on=now.date())
    return passkey.account


def passkeys_of(account: Account) -> list[Passkey]:
    return list(Passkey.objects.filter(account=account).order_by("created_at"))


def rename(account: Account, passkey_id: uuid.UUID, name: str) -> None:
    strength.require(account)
    if not Passkey.objects.filter(pk=passkey_id, account=account).update(name=_name(name)):
        raise Refusal.not_found()


def remove(account: Account, passkey_id: uuid.UUID, *, now: datetime) -> None:
    strength.require(account)
    if not Passkey.objects.filter(pk=passkey_id, account=account).delete()[0]:
        raise Refusal.not_found()
    strength.note(account, now=now)


def _name(text: str) -> str:
    cleaned = texts.line(text, "name", NAME_LENGTH_MAX)
    if not cleaned:
        raise Refusal("passkey.name", "name")
    return cleaned


def _ask(account: Account | None, *, who: str, now: datetime) -> Challenge:
    limits.require("passkey", who, at_most=CHALLENGES_AN_HOUR_MAX, window=limits.HOUR, now=now)
    return Challenge.objects.create(account=account, expires_at=now + CHALLENGE_LIFETIME)


def _answered(challenge_id: str, account: Account | None, *, now: datetime) -> bytes:
    """Use a question up and return its bytes: of two answers at the same moment, one."""
    try:
        asked = uuid.UUID(challenge_id[:60])
    except ValueError:
        raise Refusal("passkey.expired") from None
    if not Challenge.objects.filter(pk=asked, account=account, expires_at__gt=now).delete()[0]:
        raise Refusal("passkey.expired")
    return secrets.challenge_of(asked)


@contextmanager
def _refusing() -> Iterator[None]:
    """Refuse whatever is wrong in an answer: a stranger's bytes, several formats deep, and there is one sentence."""
    try:
        yield
    except Refusal:
        raise
    except Exception:  # noqa: BLE001
        raise Refusal("passkey.failed") from None


def _read(answer: str) -> dict[str, Any]:
    try:
        found = json.loads(answer) if len(answer) <= ANSWER_LENGTH_MAX else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refusal("passkey.failed")
    return found


def _credential_id(credential: dict[str, Any]) -> bytes:
    try:
        return webauthn.base64url_to_bytes(str(credential.get("rawId", ""))[:2000])
    except ValueError:
        return b""
