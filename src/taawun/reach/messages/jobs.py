"""What this room does by itself: follow the journal, write letters, bring codes, forget old notices."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from taawun.community.circles.everywhere import in_every_circle
from taawun.ground.jobs.duties import HOURLY, duty, errand
from taawun.reach.messages import bringing, following, mailing, recovering, signing_in
from taawun.reach.messages.models import Notice

READ_KEPT_FOR = timedelta(days=30)
KEPT_FOR = timedelta(days=180)


@duty("messages.follow", bell="taawun_journal")
def follow(now: datetime) -> int:
    """Turn what happened into notices: seconds after it happened, or within the minute."""
    news = following.circles_with_news()
    return in_every_circle(lambda circle: following.follow(circle, now=now), what="messages.follow", only=news)


@duty("messages.mail")
def mail_notices(now: datetime) -> int:
    """Write letters: by the minute and not by the bell, so that what happens together comes together."""
    return mailing.mail_notices(now)


@duty("messages.deliveries")
def tell_recipients(now: datetime) -> int:
    """Tell people without an account what is brought to them, at the address they left."""
    return bringing.tell_recipients(now)


@errand("messages.sign_in")
def sign_in(attempt_id: str) -> None:
    """Bring a sign-in code as soon as it is asked for; tried again where the mail has surely not left."""
    signing_in.send(uuid.UUID(attempt_id), now=timezone.now())


@errand("messages.recovery_told")
def recovery_told(recovery_id: str, contact_id: str) -> None:
    """Tell one address of a member that she is being let in anew."""
    recovering.tell(uuid.UUID(recovery_id), uuid.UUID(contact_id), now=timezone.now())


@errand("messages.recovery_opened")
def recovery_opened(recovery_id: str) -> None:
    """Bring the link to the open door to whoever asked."""
    recovering.open_door(uuid.UUID(recovery_id), now=timezone.now())


@duty("messages.sign_in_unsent")
def sign_in_unsent(now: datetime) -> int:
    """Bring the codes no errand has brought."""
    return signing_in.send_unsent(now)


@duty("messages.forget", HOURLY)
def forget(now: datetime) -> int:
    """Remove notices that were read a month ago, and those nobody read for half a year. The journal keeps what happened."""
    old = Q(read_at__lt=now - READ_KEPT_FOR) | Q(made_at__lt=now - KEPT_FOR)
    return in_every_circle(
        lambda circle: Notice.objects.filter(old, circle_id=circle.id).delete()[0], what="messages.forget"
    )
