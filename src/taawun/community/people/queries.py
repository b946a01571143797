"""What pages read of one's own account, in a bounded number of statements."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from taawun.community.people import secrets
from taawun.community.people.models import Account, ApiToken, Consent, Contact, SignInAttempt
from taawun.ground.vault import store
from taawun.ground.vault.store import Viewer


@dataclass(frozen=True, slots=True)
class OwnContact:
    """One of one's own addresses, opened: looking at what is one's own is not a look."""

    contact: Contact
    value: str


def contacts_of(account: Account, *, now: datetime) -> list[OwnContact]:
    """Return the account's addresses, the proven ones first: three statements."""
    rows = sorted(
        Contact.objects.filter(agent_id=account.agent_id), key=lambda one: (one.verified_at is None, one.created_at)
    )
    viewer = Viewer(account.agent_id, frozenset({account.agent_id}))
    opened = store.reveal(viewer, [one.id for one in rows], "own", circle_id=None, now=now)
    return [OwnContact(one, opened.get(one.id, {}).get("value", "")) for one in rows]


def contact_of(account: Account, contact_id: uuid.UUID) -> Contact | None:
    return Contact.objects.filter(agent_id=account.agent_id, pk=contact_id).first()


def has_way_back(account: Account) -> bool:
    """Return whether the account could sign in again on another phone: a password alone needs an address too."""
    return Contact.objects.filter(agent_id=account.agent_id, verified_at__isnull=False).exists()


def tokens_of(account: Account) -> list[ApiToken]:
    return list(ApiToken.objects.filter(account=account, revoked_at__isnull=True).order_by("created_at"))


def consents_of(account: Account) -> list[Consent]:
    return list(Consent.objects.filter(agent_id=account.agent_id).select_related("recorded_by").order_by("recorded_at"))


def account_of_link(token: str, *, now: datetime) -> Account | None:
    """Return whom a sign-in link would sign in, without using it up; None when it has ended."""
    attempt_id = secrets.read_token("sign-in", token)
    if attempt_id is None:
        return None
    attempt = (
        SignInAttempt.objects.filter(
            pk=attempt_id, used_at__isnull=True, expires_at__gt=now, account__is_active=True
        )
        .select_related("account__agent", "contact")
        .first()
    )
    if attempt is None or (attempt.contact is not None and attempt.contact.verified_at is None):
        return None
    return attempt.account
