"""The duties of the ground itself: what a dead worker left half done is taken up again, and what has served is forgotten."""

from datetime import datetime, timedelta

from django.db import connection

from taawun.ground.jobs.duties import HOURLY, duty
from taawun.ground.journal.models import Answer

DEAD_SECONDS = 45
# An errand that ends its worker every time is not tried for ever.
TRIES_MAX = 6
ENDED_KEPT_FOR = timedelta(days=7)
# As long as a phone that was offline may send the same write again.
ANSWERS_KEPT_FOR = timedelta(days=30)


@duty("jobs.take_up", locked=False)
def take_up(now: datetime) -> int:
    """Free what a worker held when it died: its lock would keep the same duty from ever running again.

    A duty is derived from state, so its next run does the rest. An errand is queued again, and so may run twice:
    whatever must not happen twice is marked before it is done.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT CASE WHEN job.task_name LIKE 'duty.%%' OR job.attempts >= %(tries)s
                        THEN procrastinate_finish_job_v1(job.id, 'aborted', false)
                        ELSE procrastinate_retry_job_v2(job.id, clock_timestamp(), NULL, NULL, NULL) END
              FROM procrastinate_jobs AS job
              LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
             WHERE job.status = 'doing'
               AND (worker.id IS NULL OR worker.last_heartbeat < clock_timestamp() - make_interval(secs => %(dead)s))
            """,
            {"dead": DEAD_SECONDS, "tries": TRIES_MAX},
        )
        return int(cursor.rowcount)


@duty("jobs.forget", HOURLY)
def forget(now: datetime) -> int:
    """Remove jobs that failed for good a week ago. Those that succeeded are removed by the worker as they end."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM procrastinate_jobs
             WHERE status NOT IN ('todo', 'doing')
               AND id IN (SELECT job_id FROM procrastinate_events GROUP BY job_id HAVING max(at) < %s)
            """,
            [now - ENDED_KEPT_FOR],
        )
        return int(cursor.rowcount)


@duty("journal.forget_answers", HOURLY)
def forget_answers(now: datetime) -> int:
    """Remove old answers to idempotency keys. The entries of the journal are for ever."""
    return Answer.objects.filter(given_at__lt=now - ANSWERS_KEPT_FOR).delete()[0]
