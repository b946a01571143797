"""Conversations' duty: what has ended is emptied, and notes whose time is over are destroyed."""

from datetime import datetime

from taawun.community.circles.everywhere import in_every_circle
from taawun.community.conversations import actions
from taawun.ground.jobs.duties import HOURLY, duty


@duty("conversations.empty", HOURLY)
def empty(now: datetime) -> int:
    return in_every_circle(lambda circle: actions.empty(circle, now=now), what="conversations.empty")
