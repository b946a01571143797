"""Sessions in a table of our own: each belongs to an account, and its key is stored as a keyed hash only.

So the database can neither be used to walk in as somebody, nor does it keep who used what: a browser is remembered by
words as coarse as "a phone, Chrome", and by the day it signed in.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone
from django.utils.crypto import salted_hmac

DEVICE = "device"
STRONG = "strong"
# In this order: the browsers further down are named by those above them too.
BROWSERS = (
    ("Edg", "Edge"), ("OPR|Opera", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone|iPod", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def index_of(session_key: str) -> str:
    """Return the keyed hash a session is stored under."""
    return salted_hmac("taawun.people.session.key", session_key, algorithm="sha256").hexdigest()


class SessionStore(DatabaseStore):
    """Django's sessions in the database, in our table. Its name is part of how Django signs the data: leave it."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        # Here, because Django asks for an engine before it has loaded any model.
        from taawun.community.people.models import Session

        return Session

    def _get_session_from_db(self) -> Any:
        try:
            return self.model.objects.get(session_key=index_of(self.session_key or ""), expire_date__gt=timezone.now())
        except self.model.DoesNotExist:
            self._session_key = None
            return None

    def exists(self, session_key: str) -> bool:
        return bool(self.model.objects.filter(session_key=index_of(session_key)).exists())

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        key = self._get_or_create_session_key()  # type: ignore[attr-defined]
        from taawun.community.people.models import Session

        return Session(
            session_key=index_of(key),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            account_id=data.get(SESSION_KEY),
        )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=index_of(key)).delete()


@dataclass(frozen=True, slots=True)
class Device:
    """A browser somebody is signed in with, as she sees it in the list of hers."""

    index: str
    form: str
    browser: str
    system: str
    since: date | None
    is_this: bool
    is_strong: bool


def describe(user_agent: str) -> tuple[str, str, str]:
    """Return what kind of thing a browser runs on, its name and its system, as coarsely as a person would say it."""
    text = user_agent[:400]
    system = next((name for pattern, name in SYSTEMS if re.search(pattern, text)), "")
    browser = next((name for pattern, name in BROWSERS if re.search(pattern, text)), "")
    if system == "iPad" or (system == "Android" and "Mobile" not in text):
        return "tablet", browser, system
    return ("phone" if system in {"Android", "iPhone"} else "computer" if system else ""), browser, system


def mark(session: SessionBase, user_agent: str, *, strong: bool, now: datetime) -> None:
    """Write into a session what it is called, since when it is, and whether a second factor was shown."""
    form, browser, system = describe(user_agent)
    session[DEVICE] = [form, browser, system, now.date().isoformat()]
    session[STRONG] = strong


def devices_of(account: Any, *, here: str | None, now: datetime) -> list[Device]:
    """Return where an account is signed in, this browser (with the session key ``here``) first, then the newest."""
    this = index_of(here) if here else ""
    store = SessionStore()
    found = []
    for row in account.sessions.filter(expire_date__gt=now):
        data = store.decode(row.session_data)
        if not data.get(SESSION_KEY) or not _is_of_this_round(account, data):
            continue
        form, browser, system, day = data.get(DEVICE) or ("", "", "", "")
        since = date.fromisoformat(day) if day else None
        found.append(
            Device(row.session_key, form, browser, system, since, row.session_key == this, bool(data.get(STRONG)))
        )
    return sorted(found, key=lambda one: (not one.is_this, -(one.since or date.min).toordinal(), one.index))


def _is_of_this_round(account: Any, data: dict[str, Any]) -> bool:
    return bool(data.get("_auth_user_hash") == account.get_session_auth_hash())


def end(account: Any, index: str) -> bool:
    """End one session of the account; return whether there was one."""
    return bool(account.sessions.filter(session_key=index).delete()[0])


def end_others(account: Any, *, here: str | None) -> None:
    account.sessions.exclude(session_key=index_of(here) if here else "").delete()
