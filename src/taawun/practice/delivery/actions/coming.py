"""What a recipient says of a delivery that comes to her: not now, or after all. By a tap, or by a word."""

from datetime import datetime

from django.db import transaction

from taawun.community.circles.models import Circle
from taawun.ground.values.refusal import Refusal
from taawun.practice.delivery import carry_access, rules
from taawun.practice.delivery.actions import entries
from taawun.practice.delivery.carry_access import Coming
from taawun.practice.delivery.models import Run, Stop

VERBS = {"not_now": "put_off", "after_all": "try_again"}


def say(coming: Coming, what: str, *, now: datetime) -> Stop:
    """Put a delivery off, or take that back. Said twice, it happens once; what was brought already stays brought."""
    if coming.stop.run_id is None:
        raise Refusal.conflict("coming.nobody")
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=coming.stop.run_id)
        stop = (
            Stop.objects.select_for_update(of=("self",)).select_related("intent", "run__carrier").get(pk=coming.stop.pk)
        )
        if stop.state == {"not_now": "not_now", "after_all": "waiting"}[what]:
            return stop
        after = rules.STOP.next(stop.state, VERBS[what])
        # "After all" is for what she had put off herself, not for a carrier who is on the way.
        if after is None or run.state not in rules.TOLD_RUNS or (what == "after_all" and stop.state != "not_now"):
            raise Refusal.conflict("coming.over")
        stop.state, stop.event_at, stop.recorded_at = after, now, now
        stop.save(update_fields=["state", "event_at", "recorded_at"])
        entries.about_stop(stop, f"stop.{what}", coming.actor.agent_id, {"by": "recipient"}, now=now)
    return stop


def say_by_word(circle: Circle, phone: str, what: str, *, now: datetime) -> Stop:
    """Do what a word from a telephone says, for the one delivery of today that goes to this number."""
    found = carry_access.coming_by_phone(circle, phone, now=now)
    if not found:
        raise Refusal("answer.nobody", "phone", status=404)
    if len(found) > 1:
        raise Refusal.conflict("answer.several", "phone")
    return say(found[0], what, now=now)
