"""Beginning anew: every old way into an account ends, because somebody else may hold it."""

from datetime import datetime

from django.db.models import F

from taawun.community.people.factors import strength
from taawun.community.people.models import Account, ApiToken, CodeApp, Contact, PaperCode, Passkey, SignInAttempt
from taawun.ground.vault import store


def begin(account: Account, *, now: datetime) -> None:
    """End all sessions, keys, codes, links and programs. The addresses stay, but each has to be proven again.

    The caller is in a transaction and signs the person in afterwards.
    """
    Passkey.objects.filter(account=account).delete()
    PaperCode.objects.filter(account=account).delete()
    for app in CodeApp.objects.filter(account=account):
        store.seal(circle_id=None, subject_id=account.agent_id, row_id=app.id, fields={"secret": ""}, now=now)
        app.delete()
    SignInAttempt.objects.filter(account=account, used_at__isnull=True).update(used_at=now)
    ApiToken.objects.filter(account=account, revoked_at__isnull=True).update(revoked_at=now)
    Contact.objects.filter(agent_id=account.agent_id).update(verified_at=None)
    account.sessions.all().delete()
    Account.objects.filter(pk=account.pk).update(session_round=F("session_round") + 1, way_back_asked_at=None)
    account.refresh_from_db(fields=["session_round", "way_back_asked_at"])
    account.set_unusable_password()
    account.save(update_fields=["password"])
    strength.note(account, now=now)


def ask(account: Account, asked_at: datetime | None) -> None:
    """Write down that somebody asks to be let in as this person, or (None) that nobody does any more."""
    Account.objects.filter(pk=account.pk).update(way_back_asked_at=asked_at)
