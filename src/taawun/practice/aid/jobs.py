"""Aid's duty: in every circle, what is due is asked, expired, warned about and released."""

from datetime import datetime

from django.utils import timezone

from taawun.community.circles.everywhere import in_every_circle
from taawun.community.circles.likeness.sources import Missing, Source, register_source
from taawun.community.circles.models import Circle, Likeness
from taawun.ground.jobs.duties import HOURLY, duty
from taawun.practice.aid import actions, rules
from taawun.practice.aid.actions.repeating import SOURCE
from taawun.practice.aid.models import Intent


@duty("aid.keep_up")
def keep_up(now: datetime) -> int:
    return in_every_circle(lambda circle: sum(actions.keep_up(circle, now=now).values()), what="aid.keep_up", scoped=False)


@duty("aid.keep_series", HOURLY)
def keep_series(now: datetime) -> int:
    """Bring the next dates of what repeats onto the board; after a change this happens at once, in the action."""
    return in_every_circle(lambda circle: actions.keep_series(circle, now=now), what="aid.keep_series", scoped=False)


def _missing(circle: Circle, limit: int) -> list[Missing]:
    """Return needs and offers the index of likeness does not have: open ones, and those whose texts are still sealed."""
    known = Likeness.objects.filter(circle=circle, source=SOURCE).values("row_id")
    rows = Intent.objects.filter(circle=circle).exclude(pk__in=known)
    rows = rows.exclude(closed_at__lt=timezone.now() - rules.SEALED_AFTER_END)
    return [Missing(row_id, agent_id) for row_id, agent_id in rows.order_by("pk").values_list("pk", "agent_id")[:limit]]


register_source(Source(SOURCE, _missing))
