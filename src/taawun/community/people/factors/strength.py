"""Whether an account has a second factor, when it is asked for, and what stays closed without it.

An app with codes is there to guard the account: without its code, or one from paper, nobody gets in. A passkey is both
things in one, so whoever signs in with it has shown two factors; beside it a code by mail still lets her in, as a plain
member, because a phone is lost more often than it is stolen.
"""

from collections.abc import Callable
from datetime import datetime

from taawun.community.people import limits
from taawun.community.people.models import Account, CodeApp, Passkey
from taawun.ground.values.refusal import Refusal

TRIES_A_QUARTER_HOUR_MAX = 10
QUARTER_HOUR = limits.HOUR / 4
NEEDED = "second_factor.needed"

Demand = Callable[[Account], bool]
_demands: list[Demand] = []


def register_demand(demand: Demand) -> None:
    """Let a room say whose place in it asks for a second factor. The room is called only where that matters."""
    if demand not in _demands:
        _demands.append(demand)


def is_demanded_of(account: Account) -> bool:
    return any(demand(account) for demand in _demands)


def has_code_app(account: Account) -> bool:
    return CodeApp.objects.filter(account=account, confirmed_at__isnull=False).exists()


def may_change_keys(account: Account) -> bool:
    """Return whether this request may change the ways in: else the weakest of them would be the measure of all."""
    if account.is_strong or account.second_factor_since is None:
        return True
    return not (has_code_app(account) or is_demanded_of(account))


def require(account: Account) -> None:
    if not may_change_keys(account):
        raise Refusal.forbidden(NEEDED)


def note(account: Account, *, now: datetime) -> None:
    """Write down whether the account has a second factor, after one came or went."""
    has_one = has_code_app(account) or Passkey.objects.filter(account=account).exists()
    since = (account.second_factor_since or now) if has_one else None
    if since != account.second_factor_since:
        account.second_factor_since = since
        Account.objects.filter(pk=account.pk).update(second_factor_since=since)


def count_try(account: Account, *, now: datetime) -> None:
    """Count a try at the second factor. Only who has shown the first gets so far, so nobody else is locked out."""
    limits.require("second factor", str(account.pk), at_most=TRIES_A_QUARTER_HOUR_MAX, window=QUARTER_HOUR, now=now)


def forgive_try(account: Account) -> None:
    limits.forgive("second factor", str(account.pk))
