"""How often something may be tried. The database counts, so that every process of a server counts together."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from taawun.community.people.models import RateWindow
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store

HOUR = timedelta(hours=1)


def count(what: str, who: str, *, window: timedelta, now: datetime) -> int:
    """Count one try of ``what`` by ``who`` and return how many there were in this window."""
    key = store.blind_index(f"rate:{what}", who)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO people_ratewindow (key, window_ends_at, count) VALUES (%(key)s, %(ends)s, 1)
            ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN people_ratewindow.window_ends_at <= %(now)s THEN 1
                             ELSE people_ratewindow.count + 1 END,
                window_ends_at = CASE WHEN people_ratewindow.window_ends_at <= %(now)s THEN %(ends)s
                                      ELSE people_ratewindow.window_ends_at END
            RETURNING count
            """,
            {"key": key, "now": now, "ends": now + window},
        )
        row = cursor.fetchone()
    return int(row[0])


def require(what: str, who: str, *, at_most: int, window: timedelta, now: datetime) -> None:
    """Count one try and refuse when there were more than ``at_most`` in the window."""
    if count(what, who, window=window, now=now) > at_most:
        if window >= timedelta(days=1):
            raise Refusal("rate.too_often_today", status=429)
        minutes = max(1, int(window.total_seconds() // 60))
        raise Refusal("rate.too_often", status=429, minutes=minutes)


def forgive(what: str, who: str) -> None:
    """Take one try back, because it was right.

    Thousands of phones can share one address of a mobile network: those who sign in without a mistake must not use up
    the patience meant for one who guesses.
    """
    RateWindow.objects.filter(key=store.blind_index(f"rate:{what}", who)).update(count=Greatest(F("count") - 1, 0))
