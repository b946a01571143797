"""Ten codes on paper: a way back in for whoever has no address, and the way round a lost phone.

Sixteen digits, like a telephone number in groups of four: they can be read aloud and typed in any digits.
"""

import secrets
from datetime import datetime

from django.db import transaction

from taawun.community.people import limits
from taawun.community.people.factors import strength
from taawun.community.people.models import Account, PaperCode
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.words.digits import to_latin

DIGITS = 16
CODES = 10
TRIES_AN_HOUR_MAX = 20


def print_new(account: Account, *, now: datetime) -> list[str]:
    """Make ten codes and return them, once; those printed before no longer work."""
    strength.require(account)
    codes = [str(secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1)) for _ in range(CODES)]
    with transaction.atomic():
        PaperCode.objects.filter(account=account).delete()
        PaperCode.objects.bulk_create(
            PaperCode(account=account, digest=_digest(code), created_at=now) for code in codes
        )
    return codes


def left(account: Account) -> int:
    return PaperCode.objects.filter(account=account, used_at__isnull=True).count()


def shown(code: str) -> str:
    return " ".join(code[place : place + 4] for place in range(0, DIGITS, 4))


def looks_like_one(text: str) -> bool:
    return len(_digits(text)) == DIGITS


def are_of(account: Account, codes: list[str]) -> bool:
    """Return whether all of these are codes of this account."""
    digests = {_digest(_digits(one)) for one in codes}
    return bool(codes) and PaperCode.objects.filter(account=account, digest__in=digests).count() == len(codes)


def check(account: Account, text: str, *, now: datetime) -> None:
    """Use a code up as the second factor of this account."""
    strength.count_try(account, now=now)
    own = PaperCode.objects.filter(account=account, digest=_digest(_digits(text)), used_at__isnull=True)
    if own.update(used_at=now) != 1:
        raise Refusal("second_factor.wrong", "code")
    strength.forgive_try(account)


def sign_in(text: str, *, visitor: str, now: datetime) -> Account:
    """Use a code up to sign in with nothing else. Where an app guards the account, paper alone is not enough."""
    limits.require("paper code", visitor, at_most=TRIES_AN_HOUR_MAX, window=limits.HOUR, now=now)
    digits = _digits(text)
    code = PaperCode.objects.filter(digest=_digest(digits), used_at__isnull=True, account__is_active=True)
    found = code.select_related("account__agent").first() if len(digits) == DIGITS else None
    if found is None or strength.has_code_app(found.account):
        raise Refusal("paper.wrong", "code")
    if PaperCode.objects.filter(pk=found.pk, used_at__isnull=True).update(used_at=now) != 1:
        raise Refusal("paper.wrong", "code")
    limits.forgive("paper code", visitor)
    Account.objects.filter(pk=found.account.pk).update(last_seen_on=now.date())
    return found.account


def _digits(text: str) -> str:
    return "".join(one for one in to_latin(text[:80]) if one.isascii() and one.isdigit())


def _digest(code: str) -> bytes:
    return store.blind_index("paper code", code)
