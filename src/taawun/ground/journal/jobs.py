"""The journal's own duty: answers to idempotency keys are kept as long as an offline phone may send the same write again."""

from datetime import datetime, timedelta

from taawun.ground.jobs.duties import HOURLY, duty
from taawun.ground.journal.models import Answer

ANSWERS_KEPT_FOR = timedelta(days=30)


@duty("journal.forget_answers", HOURLY)
def forget_answers(now: datetime) -> int:
    """Remove old answers. The entries themselves are for ever."""
    return Answer.objects.filter(given_at__lt=now - ANSWERS_KEPT_FOR).delete()[0]
