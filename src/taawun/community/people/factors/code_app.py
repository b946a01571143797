"""An app that shows six digits, new every half minute (TOTP, RFC 6238)."""

import hmac
from datetime import datetime

import pyotp

from taawun.community.people.factors import strength
from taawun.community.people.models import Account, CodeApp
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.words.digits import to_latin

ISSUER = "Taawun"
STEP_SECONDS = 30
DIGITS = 6
# A phone's clock may be half a minute off, either way.
STEPS_BESIDE = (0, -1, 1)


def begin(account: Account, *, now: datetime) -> CodeApp:
    """Return the app being set up, with a secret of its own, until a first code confirms it."""
    strength.require(account)
    app, _is_new = CodeApp.objects.get_or_create(account=account, defaults={"created_at": now})
    if app.confirmed_at is not None:
        raise Refusal.conflict("second_factor.app_exists")
    if not _secret(app, now=now):
        fields = {"secret": pyotp.random_base32()}
        store.seal(circle_id=None, subject_id=account.agent_id, row_id=app.id, fields=fields, now=now)
    return app


def secret_of(account: Account, *, now: datetime) -> str:
    """Return the secret while it is being set up; afterwards it is shown to nobody."""
    app = CodeApp.objects.filter(account=account, confirmed_at__isnull=True).first()
    return _secret(app, now=now) if app is not None else ""


def address_of(account: Account, *, now: datetime) -> str:
    """Return what stands in the picture an app reads: the secret, and a name to know it by in the app's list."""
    secret = secret_of(account, now=now)
    if not secret:
        raise Refusal.not_found()
    return pyotp.TOTP(secret).provisioning_uri(name=account.agent.name or ISSUER, issuer_name=ISSUER)


def confirm(account: Account, code: str, *, now: datetime) -> None:
    """Take the first code: from now on the account asks for one."""
    strength.require(account)
    app = CodeApp.objects.filter(account=account, confirmed_at__isnull=True).first()
    if app is None:
        raise Refusal.not_found()
    _use(app, code, now=now)
    CodeApp.objects.filter(pk=app.pk).update(confirmed_at=now)
    strength.note(account, now=now)


def check(account: Account, code: str, *, now: datetime) -> None:
    """Use a code up. One that was used already is refused: it may have been read over the shoulder."""
    app = CodeApp.objects.filter(account=account, confirmed_at__isnull=False).first()
    if app is None:
        strength.count_try(account, now=now)
        raise Refusal("second_factor.wrong", "code")
    _use(app, code, now=now)


def remove(account: Account, *, now: datetime) -> None:
    """Take the app away; its secret goes with it."""
    strength.require(account)
    for app in CodeApp.objects.filter(account=account):
        store.seal(circle_id=None, subject_id=account.agent_id, row_id=app.id, fields={"secret": ""}, now=now)
        app.delete()
    strength.note(account, now=now)


def _secret(app: CodeApp, *, now: datetime) -> str:
    herself = store.Viewer(app.account.agent_id, frozenset({app.account.agent_id}))
    return store.reveal(herself, [app.id], "own", circle_id=None, now=now).get(app.id, {}).get("secret", "")


def _use(app: CodeApp, code: str, *, now: datetime) -> None:
    strength.count_try(app.account, now=now)
    typed = "".join(to_latin(code[:40]).split())
    secret = _secret(app, now=now)
    step = _step(secret, typed, now) if secret else None
    if step is None:
        raise Refusal("second_factor.wrong", "code")
    # Of two at the same moment, one: the row remembers the last half minute that was used.
    if not CodeApp.objects.filter(pk=app.pk, last_step__lt=step).update(last_step=step):
        raise Refusal("second_factor.used", "code")
    strength.forgive_try(app.account)


def _step(secret: str, typed: str, now: datetime) -> int | None:
    """Return the half minute whose code this is, or None."""
    here = int(now.timestamp()) // STEP_SECONDS
    otp = pyotp.TOTP(secret)
    found = None
    for beside in STEPS_BESIDE:
        expected = otp.at((here + beside) * STEP_SECONDS)
        if hmac.compare_digest(expected.encode(), typed.encode()) and found is None:
            found = here + beside
    return found
