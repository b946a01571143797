"""Duties and errands: declared once, run by a real worker, called by the bell, and freed when their worker died."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from taawun.community.circles.everywhere import NotEverywhere, in_every_circle
from taawun.community.people import actions as people
from taawun.community.people.models import RateWindow, SignInAttempt
from taawun.ground.jobs import duties
from taawun.ground.jobs.health import worker_seen_seconds
from taawun.ground.values.ids import new_id
from taawun.ground.values.scope import circle_scope
from taawun.practice.aid import actions as aid
from taawun.practice.aid.models import Commitment, Intent
from taawun.reach.messages.models import Notice
from tests.world import NOW, make_world

EXPECTED = {
    "aid.keep_series", "aid.keep_up", "jobs.forget", "jobs.take_up", "journal.forget_answers", "messages.follow", "messages.forget",
    "messages.mail", "messages.sign_in_unsent", "people.remove_old", "vault.remove_expired",
}  # fmt: skip


def test_every_duty_is_handed_to_the_queue_once():
    assert set(duties.duty_names()) >= EXPECTED
    periodic = [name for name, _id in app.periodic_registry.periodic_tasks]
    assert sorted(periodic) == [f"duty.{name}" for name in duties.duty_names()]
    assert "messages.sign_in" in app.tasks


def test_a_duty_holds_a_lock_so_that_two_runs_stay_apart():
    for name in duties.duty_names():
        task = app.tasks[f"duty.{name}"]
        assert task.queueing_lock == task.name
        # The one that frees the locks of the dead must not wait for a lock itself.
        assert task.lock == (None if name == "jobs.take_up" else task.name)


def test_a_name_is_given_once():
    with pytest.raises(ValueError, match="two duties called aid.keep_up"):
        duties.duty("aid.keep_up")(lambda now: None)
    with pytest.raises(ValueError, match="two errands called messages.sign_in"):
        duties.errand("messages.sign_in")(lambda: None)


def _empty_the_queue() -> None:
    with connection.cursor() as cursor:
        for table in ("periodic_defers", "jobs", "workers"):
            cursor.execute(f"DELETE FROM procrastinate_{table}")


@pytest.fixture
def empty_queue(db: None) -> None:
    _empty_the_queue()


@pytest.mark.usefixtures("empty_queue")
def test_an_errand_is_queued_with_the_change_or_not_at_all():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        duties.queue("messages.sign_in", attempt_id=str(new_id()))
        assert ProcrastinateJob.objects.count() == 1
        raise ZeroDivisionError
    assert ProcrastinateJob.objects.count() == 0
    duties.queue("messages.sign_in", attempt_id="7")
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args, job.status) == ("messages.sign_in", {"attempt_id": "7"}, "todo")


@pytest.mark.django_db
def test_an_errand_nobody_declared_is_refused_at_once():
    with pytest.raises(ValueError, match="no errand called"):
        duties.queue("messages.sing_in", attempt_id="7")


@pytest.mark.django_db
def test_a_duty_that_fails_in_one_circle_is_done_in_the_others(world, other_world, caplog):
    def act(circle) -> int:
        if circle.pk == world.circle.pk:
            # The database says no in the middle of the work, as it would for a broken row.
            Intent.objects.create(circle=circle)
        return 1

    with pytest.raises(NotEverywhere, match="failed in 1 circles"):
        in_every_circle(act, what="a test")
    assert f"a test failed in circle {world.circle.id}: IntegrityError" in caplog.text
    assert in_every_circle(lambda circle: 1, what="a test", only=[other_world.circle.id]) == 1


@pytest.mark.django_db
def test_what_is_due_is_done_in_every_circle(world, other_world):
    first, second = world.need("Yusuf"), other_world.offer("Omar")
    promise = aid.claim(world.actor("Zeynep"), first.id, quantity=1, now=NOW)
    duties.run_duty("aid.keep_up", second.ask_at)
    duties.run_duty("aid.keep_up", max(first.expires_at, second.expires_at, promise.release_at))
    states = []
    for one, row in ((world, first), (other_world, second)):
        one.open()
        row.refresh_from_db()
        states.append((row.state, row.asked_at is not None))
    assert states == [("expired", True), ("expired", True)]
    world.open()
    assert Commitment.objects.get(pk=promise.pk).reason == "stale"


def test_a_duty_gives_way_to_a_person(committed_db):
    """Somebody's tap holds a row while it waits for the journal: the duty steps back, the tap is never the one to fail."""
    with circle_scope():
        world = make_world()
        world.join("Yusuf")
        need = world.need("Yusuf")
    later = need.expires_at + timedelta(days=30)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT set_config('taawun.circles', %s, true)", [str(world.circle.id)])
            cursor.execute("SELECT 1 FROM journal_head WHERE circle_id = %s FOR UPDATE", [world.circle.id])
            began = time.monotonic()
            assert duties.run_duty("aid.keep_up", later) == 0
            assert time.monotonic() - began < 5
            cursor.execute("COMMIT")
    finally:
        other.close()
    assert duties.run_duty("aid.keep_up", later) == 1
    with circle_scope(world.circle.id):
        need.refresh_from_db()
        assert need.state == "expired"


@pytest.mark.django_db
def test_what_people_leave_behind_is_removed():
    account = people.open_account(name="Amina", language="en", now=NOW)
    people.sign_in_link(account, lifetime=timedelta(minutes=10), now=NOW - timedelta(days=2))
    people.sign_in_link(account, lifetime=timedelta(minutes=10), now=NOW)
    for days in (0, 2):
        RateWindow.objects.create(key=bytes([days]) * 32, window_ends_at=NOW - timedelta(days=days), count=1)
    token, _text = people.make_token(account, "sheet", may_write=False, now=NOW)
    people.revoke_token(account, token.id, now=NOW - timedelta(days=31))
    kept, _text = people.make_token(account, "phone", may_write=False, now=NOW)
    assert duties.run_duty("people.remove_old", NOW) == 3
    assert SignInAttempt.objects.count() == RateWindow.objects.count() == 1
    assert list(account.tokens.all()) == [kept]


def _job(name: str, worker: int | None, *, status: str = "doing", attempts: int = 0) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, lock, queueing_lock, attempts)"
            " VALUES ('default', %(name)s, %(status)s, %(worker)s, %(lock)s, %(lock)s, %(attempts)s) RETURNING id",
            {
                "name": name, "status": status, "worker": worker, "attempts": attempts,
                "lock": name if name.startswith("duty.") else None,
            },
        )  # fmt: skip
        return int(cursor.fetchone()[0])


def _worker(seen: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (clock_timestamp() - %s::interval) RETURNING id", [seen]
        )
        return int(cursor.fetchone()[0])


@pytest.mark.usefixtures("empty_queue")
def test_what_a_dead_worker_held_is_freed():
    dead, alive = _worker("2 minutes"), _worker("5 seconds")
    jobs = {
        _job("duty.messages.follow", dead): "aborted",
        _job("messages.sign_in", dead): "todo",
        _job("messages.sign_in", None): "todo",
        _job("messages.sign_in", dead, attempts=6): "aborted",
        _job("duty.messages.mail", alive): "doing",
        _job("messages.sign_in", alive): "doing",
        _job("duty.messages.follow", None, status="todo"): "todo",
    }
    assert duties.run_duty("jobs.take_up", NOW) == 4
    assert {job.id: job.status for job in ProcrastinateJob.objects.all()} == jobs
    assert duties.run_duty("jobs.take_up", NOW) == 0


@pytest.mark.usefixtures("empty_queue")
def test_jobs_that_failed_long_ago_are_forgotten():
    failed, waiting = _job("messages.sign_in", None), _job("messages.sign_in", None, status="todo")
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [failed])
        cursor.execute("SELECT now()")
        now = cursor.fetchone()[0]
    assert duties.run_duty("jobs.forget", now + timedelta(days=6)) == 0
    assert duties.run_duty("jobs.forget", now + timedelta(days=8)) == 1
    assert [job.id for job in ProcrastinateJob.objects.all()] == [waiting]


@pytest.mark.usefixtures("empty_queue")
def test_a_worker_that_never_ran_is_told_apart_from_one_that_fell_silent():
    assert worker_seen_seconds() is None
    _worker("90 seconds")
    seen = worker_seen_seconds()
    assert seen is not None
    assert 90 <= seen < 95
    _worker("2 seconds")
    assert 2 <= (worker_seen_seconds() or 0) < 7


# The worker itself, as ``./taawun up`` starts it.

Worker = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def worker(committed_db: None) -> Iterator[Worker]:
    """Starts real workers on the database of the tests; all of them are gone afterwards."""
    # A worker that starts twice in one minute would leave this minute's duties to the first.
    _empty_the_queue()
    found = connection.settings_dict
    url = f"postgresql://{found['USER']}:{found['PASSWORD']}@/{found['NAME']}?host={found['HOST']}"
    url += f"&port={found['PORT']}" if found["PORT"] else ""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "taawun.house.manage", "procrastinate", "worker"]
        started.append(subprocess.Popen(command, env={**os.environ, "TAAWUN_DATABASE_URL": url, "DATABASE_URL": url}))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.wait()
    _empty_the_queue()


def until(holds: Callable[[], object], seconds: float = 25.0) -> object:
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return found


def _listens() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN \"taawun_journal\"'"
        )
        return cursor.fetchone()[0] > 0


def _notices(world) -> int:
    with circle_scope(world.circle.id):
        return Notice.objects.count()


def test_a_worker_runs_the_duties_hears_the_bell_and_stops_when_asked(worker):
    running = worker()
    until(lambda: worker_seen_seconds() is not None)
    # Every duty of the minute ran, successfully: a row of one that succeeded is removed.
    until(_listens)
    until(lambda: not ProcrastinateJob.objects.exists())
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT task_name FROM procrastinate_periodic_defers")
        deferred = {row[0] for row in cursor.fetchall()}
    assert {"duty.aid.keep_up", "duty.messages.follow", "duty.vault.remove_expired"} <= deferred

    # The worker's clock is the real one, and what is long over is not told: the story must be of today.
    with circle_scope():
        world = make_world()
        world.now = timezone.now()
        world.join("Yusuf")
        need = world.need("Amina")
        aid.claim(world.actor("Yusuf"), need.id, now=timezone.now())
    rung = time.monotonic()
    until(lambda: _notices(world), 10.0)
    assert time.monotonic() - rung < 5

    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == 0
    assert worker_seen_seconds() is None


def test_a_worker_goes_on_after_its_connections_were_cut(worker):
    """As when somebody restarts the database: the bell is heard again, and no thread is left with a dead connection."""
    worker()
    until(_listens)
    until(lambda: not ProcrastinateJob.objects.exists())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND query NOT LIKE 'LISTEN \"procrastinate%%'"
        )
    until(lambda: not _listens())
    until(_listens)
    with circle_scope():
        world = make_world()
        world.now = timezone.now()
        world.join("Yusuf")
        need = world.need("Amina")
        aid.claim(world.actor("Yusuf"), need.id, now=timezone.now())
    until(lambda: _notices(world), 10.0)
