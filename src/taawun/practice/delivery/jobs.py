"""Delivery's duties and its errand: solving in the background, keeping plans true, making standing rounds."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from taawun.community.circles.everywhere import in_every_circle
from taawun.community.circles.models import Circle
from taawun.ground.jobs.duties import HOURLY, duty, errand
from taawun.practice.aid import rules as aid_rules
from taawun.practice.delivery import rules
from taawun.practice.delivery.actions import promising, solving, standing
from taawun.practice.delivery.models import DayPlan, Stop

# Papers are typed back the next morning; after that nobody comes any more, and what is promised has to be free again.
CLOSED_AFTER = timedelta(hours=36)


@errand(solving.ERRAND)
def plan(circle_id: str, plan_id: str, attempt: str) -> None:
    solving.work(uuid.UUID(circle_id), uuid.UUID(plan_id), uuid.UUID(attempt), clock=timezone.now)


@duty("delivery.keep_up", bell="taawun_journal")
def keep_up(now: datetime) -> int:
    """Take what was withdrawn off the rounds, also off those on the way; free plans whose solver died; close old days."""
    return in_every_circle(lambda circle: keep_up_in(circle, now=now), what="delivery.keep_up")


def keep_up_in(circle: Circle, *, now: datetime) -> int:
    living = DayPlan.objects.filter(circle=circle).exclude(state="closed")
    if not living.exists():
        return 0
    return _withdrawn(circle, now=now) + solving.give_up_on_dead(circle, now=now) + _close_old(circle, now=now)


def _withdrawn(circle: Circle, *, now: datetime) -> int:
    """Cancel stops nobody needs any more: the need was withdrawn or has ended, or the promise was let go elsewhere."""
    over = Q(commitment=None, intent__state__in=["withdrawn", "fulfilled", "expired"])
    let_go = Q(commitment__isnull=False) & ~Q(commitment__state__in=sorted(aid_rules.LIVING))
    rows = Stop.objects.filter(over | let_go, circle=circle, state__in=rules.AHEAD, what__in=("pickup", "dropoff"))
    by_plan: dict[uuid.UUID, list[uuid.UUID]] = {}
    for plan_id, stop_id in rows.exclude(plan__state="closed").values_list("plan_id", "pk")[:500]:
        by_plan.setdefault(plan_id, []).append(stop_id)
    plans = DayPlan.objects.filter(pk__in=by_plan).order_by("pk")
    return sum(promising.cancel_withdrawn(one, by_plan[one.id], now=now) for one in plans)


def _close_old(circle: Circle, *, now: datetime) -> int:
    before = (now.astimezone(ZoneInfo(circle.time_zone)) - CLOSED_AFTER).date()
    rows = DayPlan.objects.select_for_update(skip_locked=True, of=("self",)).select_related("circle")
    old = list(rows.filter(circle=circle, on_date__lt=before).exclude(state="closed").order_by("pk")[:20])
    for one in old:
        promising.close_plan(solving.as_asked(circle, one.asked_by_id), one, now=now)
    return len(old)


@duty("delivery.keep_standing", HOURLY)
def keep_standing(now: datetime) -> int:
    return in_every_circle(lambda circle: standing.keep(circle, now=now), what="delivery.keep_standing")
