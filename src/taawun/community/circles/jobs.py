"""What has run out is removed from the vault, circle by circle. The vault itself knows no circles, so the duty is here."""

from datetime import datetime

from taawun.community.circles import actions, likeness
from taawun.community.circles.everywhere import in_every_circle
from taawun.ground.jobs.duties import duty
from taawun.ground.values.scope import circle_scope
from taawun.ground.vault import store


@duty("vault.remove_expired")
def remove_expired(now: datetime) -> int:
    """Delete sealed values whose time is over: in each circle, and those of people outside any circle."""
    with circle_scope():
        removed = store.remove_expired(now)
    return removed + in_every_circle(lambda circle: store.remove_expired(now), what="vault.remove_expired")


@duty("circles.recoveries")
def see_to_recoveries(now: datetime) -> int:
    """Open the doors of those who were vouched for when the wait is over, and end what nobody answered."""
    return in_every_circle(lambda circle: actions.see_to_recoveries(circle, now=now), what="circles.recoveries")


@duty("circles.likeness")
def note_likeness(now: datetime) -> int:
    """Note who is not in the index of likeness yet: those who were there before it, or whose address changed."""
    return in_every_circle(lambda circle: likeness.catch_up(circle, now=now), what="circles.likeness")
