"""What people leave behind when they sign in, removed when it has served."""

from datetime import datetime, timedelta

from taawun.community.people import erasing
from taawun.community.people.models import ApiToken, Challenge, RateWindow, Session, SignInAttempt
from taawun.ground.jobs.duties import HOURLY, duty

ENDED_KEPT_FOR = timedelta(days=1)
TOKENS_KEPT_FOR = timedelta(days=30)


@duty("people.erase_due", HOURLY)
def erase_due(now: datetime) -> int:
    """Erase those who asked for it a week ago."""
    return erasing.erase_due(now)


@duty("people.remove_old", HOURLY)
def remove_old(now: datetime) -> int:
    """Remove sessions, links, codes, counts of tries and revoked tokens whose time is over."""
    old = now - ENDED_KEPT_FOR
    return (
        Session.objects.filter(expire_date__lt=now).delete()[0]
        + Challenge.objects.filter(expires_at__lt=now).delete()[0]
        + SignInAttempt.objects.filter(expires_at__lt=old).delete()[0]
        + RateWindow.objects.filter(window_ends_at__lt=old).delete()[0]
        + ApiToken.objects.filter(revoked_at__lt=now - TOKENS_KEPT_FOR).delete()[0]
    )
