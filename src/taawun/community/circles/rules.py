"""What is allowed among the people of a circle, and what follows. Pure: values in, an answer or a refusal out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from taawun.ground.values.refusal import Refusal

# Who holds these has other people's names, doors or money in her hands.
DEMANDING: Final = frozenset({"coordinator", "treasurer"})

RECOVERY_LASTS: Final = timedelta(days=14)
RECOVERY_WAIT: Final = timedelta(hours=48)
WORDS_NEEDED: Final = 2
# Who has belonged for a shorter time is known to nobody well enough.
KNOWN_FOR: Final = timedelta(days=3)

# From which state to which others. What has ended stays as it ended.
RECOVERY: Final[Mapping[str, frozenset[str]]] = {
    "asked": frozenset({"vouched", "granted", "declined", "stopped", "expired"}),
    "vouched": frozenset({"granted", "declined", "stopped", "expired"}),
    "granted": frozenset({"open", "declined", "stopped", "expired"}),
    "open": frozenset({"used", "declined", "stopped", "expired"}),
    # From an old address somebody says that it was not she.
    "used": frozenset({"disputed"}),
    "disputed": frozenset(),
    "declined": frozenset(),
    "stopped": frozenset(),
    "expired": frozenset(),
}
LIVING: Final = frozenset(state for state, onward in RECOVERY.items() if "declined" in onward)
assert all(onward <= RECOVERY.keys() for onward in RECOVERY.values())


def rests(*, demanded: bool, grace_over: bool, has_factor: bool, is_strong: bool) -> bool:
    """Return whether a role that demands a second factor rests: its holder is a plain member until she shows one.

    Whoever has one shows it at once; whoever has none has the days of grace to get one.
    """
    return demanded and (not is_strong if has_factor else grace_over)


@dataclass(frozen=True, slots=True)
class Asking:
    """A recovery and what its answer depends on. ``others`` counts the coordinators who could vouch for this member.

    ``reaches_far`` says that more than this circle's trust is at stake: the member holds a role somewhere, or belongs
    to other circles too, whose coordinators are not asked.
    """

    state: str
    asked_at: datetime
    expires_at: datetime
    others: int
    words: int
    reaches_far: bool


@dataclass(frozen=True, slots=True)
class Voucher:
    """A coordinator who gives her word: is it her own account, since when is she one, had she said so before?"""

    is_herself: bool
    coordinator_since: datetime | None
    has_said_so: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What follows from one more word: the state, and when the door opens."""

    state: str
    opens_at: datetime | None


def vouch(asking: Asking, voucher: Voucher, *, member_since: datetime, now: datetime) -> Answer:
    """Count one more coordinator's word.

    Two different coordinators open the door. Where there is only one, her word opens it after two days, in which
    everybody who can still be reached at the member's own addresses is told. So it is for whoever holds a role or
    belongs elsewhere too: then two words take two days as well, because more than this circle is at stake.
    """
    require_living(asking.state, asking.expires_at, now)
    if asking.state not in {"asked", "vouched"}:
        raise Refusal.conflict("recovery.ended")
    if voucher.is_herself:
        raise Refusal.forbidden("recovery.herself")
    if voucher.has_said_so:
        raise Refusal.conflict("recovery.said")
    if voucher.coordinator_since is not None and voucher.coordinator_since >= asking.asked_at:
        raise Refusal.forbidden("recovery.too_new")
    if member_since > asking.asked_at - KNOWN_FOR:
        raise Refusal.conflict("recovery.member_too_new", "agent")
    words = asking.words + 1
    needed = min(WORDS_NEEDED, max(1, asking.others))
    if words < needed:
        return Answer("vouched", None)
    waits = needed < WORDS_NEEDED or asking.reaches_far
    return Answer("granted", now + RECOVERY_WAIT if waits else now)


def require_living(state: str, expires_at: datetime, now: datetime) -> None:
    if state not in LIVING or expires_at <= now:
        raise Refusal.conflict("recovery.ended")
