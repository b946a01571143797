"""Carrying's duty: photos taken as proof are destroyed when nobody can be asked about them any more."""

from datetime import datetime

from taawun.community.circles.everywhere import in_every_circle
from taawun.community.circles.models import Circle
from taawun.ground.jobs.duties import HOURLY, duty
from taawun.ground.media import keeping
from taawun.practice.aid import rules as aid_rules
from taawun.practice.delivery.models import Tap


@duty("delivery.forget_proofs", HOURLY)
def forget_proofs(now: datetime) -> int:
    return in_every_circle(lambda circle: forget_proofs_in(circle, now=now), what="delivery.forget_proofs")


def forget_proofs_in(circle: Circle, *, now: datetime) -> int:
    """Destroy photos of taps as old as sealed details may be. Notes end by themselves, in the vault."""
    over = now - aid_rules.SEALED_AFTER_END
    # A window wide enough for a worker that stood still for weeks; what is older was looked at before.
    rows = Tap.objects.filter(circle=circle, recorded_at__lt=over, recorded_at__gt=over - aid_rules.SEALED_AFTER_END)
    return keeping.remove(rows.values_list("pk", flat=True))
