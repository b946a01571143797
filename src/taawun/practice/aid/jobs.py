"""Aid's duty: in every circle, what is due is asked, expired, warned about and released."""

from datetime import datetime

from taawun.community.circles.everywhere import in_every_circle
from taawun.ground.jobs.duties import duty
from taawun.practice.aid import actions


@duty("aid.keep_up")
def keep_up(now: datetime) -> int:
    return in_every_circle(lambda circle: sum(actions.keep_up(circle, now=now).values()), what="aid.keep_up", scoped=False)
