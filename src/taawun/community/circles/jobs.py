"""What has run out is removed from the vault, circle by circle. The vault itself knows no circles, so the duty is here."""

from datetime import datetime

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
