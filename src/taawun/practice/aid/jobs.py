"""Aid's duty: in every circle, what is due is asked, expired, warned about and released."""

from datetime import datetime

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from taawun.community.circles.everywhere import in_every_circle
from taawun.community.circles.models import Circle
from taawun.ground.jobs.duties import duty
from taawun.practice.aid import actions

TRIES = 3


@duty("aid.keep_up")
def keep_up(now: datetime) -> int:
    return in_every_circle(lambda circle: _keep_up(circle, now), what="aid.keep_up")


def _keep_up(circle: Circle, now: datetime) -> int:
    """Keep one circle up, giving way to people.

    One run holds the circle's place in the journal while it goes from row to row, and somebody's tap may hold such a
    row while it waits for the journal. Less patience than the database's own (one second, after which it would end one
    of the two at random) makes it always the duty that steps back and tries again.
    """
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '400ms'")
                return sum(actions.keep_up(circle, now=now).values())
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected | LockNotAvailable):
                raise
    # Somebody is busy in this circle. The next run is a minute away and finds the same things due.
    return 0
