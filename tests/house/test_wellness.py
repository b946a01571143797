"""Nothing silent: what stands still is said by the doctor, on the page for coordinators, and on every page of theirs."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from taawun.ground.jobs import signs
from taawun.ground.jobs.health import ask
from taawun.ground.jobs.models import Sign
from taawun.house import jobs, keys, watch, wellness
from taawun.house.backup import keeping, recovery
from taawun.house.config import load_config
from taawun.reach.messages import mail
from tests.reach.messages.mail_server import MailServer
from tests.world import World

WITH_MAIL = SimpleNamespace(mail_host="127.0.0.1")


def worker_seen(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (clock_timestamp() - make_interval(secs => %s))",
            [seconds],
        )


@pytest.mark.django_db
def test_a_worker_that_fell_silent_is_found_within_two_minutes() -> None:
    worker_seen(5)
    assert wellness.worker(ask).well
    worker_seen(100)
    found = wellness.worker(ask)
    assert not found.well and found.grave and "2 minutes" in found.text


@pytest.mark.django_db
def test_a_job_that_waits_for_long_and_one_that_failed_are_found() -> None:
    assert wellness.queue(ask).well
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'x', 'failed'),"
            " ('default', 'y', 'todo') RETURNING id"
        )
        assert "1 jobs failed" in wellness.queue(ask).text and not wellness.queue(ask).grave
        cursor.execute("UPDATE procrastinate_events SET at = clock_timestamp() - interval '1 hour'")
    assert wellness.queue(ask).grave


@pytest.mark.django_db
def test_mail_that_does_not_leave_is_found_and_mail_that_leaves_again_too(settings) -> None:
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    signs._said.clear()
    try:
        letter = mail.Letter("News", "There is news.", mark="a")
        server.answers["MAIL"] = "530 sign in first"
        with mail.post() as post, pytest.raises(mail.NotSent):
            mail.send(post, letter, "amina@example.org")
        found = wellness.mail(WITH_MAIL, ask, now=timezone.now())
        assert not found.well and not found.grave and "refuses the sender" in found.text
        assert wellness.mail(WITH_MAIL, ask, now=timezone.now() + timedelta(hours=2)).grave
        server.answers.clear()
        with mail.post() as post:
            assert mail.send(post, letter, "amina@example.org")
        assert wellness.mail(WITH_MAIL, ask, now=timezone.now()).well
    finally:
        server.close()
        signs._said.clear()
        # It was written past this test's transaction, so it is taken back past it.
        apart = connection.copy()
        with apart.cursor() as cursor:
            cursor.execute("DELETE FROM jobs_sign WHERE name = 'mail'")
        apart.close()


def test_a_disk_that_fills_is_foretold() -> None:
    now, note = timezone.now(), ""
    for day in range(40):
        note = wellness.note_disk(note, 100_000_000_000 - day * 1_000_000_000, now=now + timedelta(days=day))
    assert wellness.days_until_full(note, 60_000_000_000) in range(55, 62)
    assert wellness.days_until_full(note, 95_000_000_000) is None
    assert wellness.days_until_full("not json", 1) is None and wellness.days_until_full("", 1) is None


def test_a_missing_backup_is_found(tmp_path: Path) -> None:
    config, now = load_config(environ={"TAAWUN_DATA": str(tmp_path)}), timezone.now()
    keys.ensure(tmp_path)
    assert wellness.backup(config, now=now).well
    assert not wellness.backup(config, now=now + timedelta(days=2)).well
    recovery.new_code(tmp_path)
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / f"taawun-{now - timedelta(hours=30):%Y%m%d-%H%M%S}.backup").write_bytes(b"x")
    late = wellness.backup(config, now=now)
    assert not late.well and late.grave
    assert not wellness.rehearsal(config, now=now).well
    keeping.note_rehearsal(config, now=now)
    assert wellness.rehearsal(config, now=now).well
    assert not wellness.rehearsal(config, now=now + timedelta(days=40)).well


@pytest.mark.django_db
def test_the_house_notes_the_disk_and_looks_for_the_backup_by_itself() -> None:
    assert jobs.look_at_the_disk(timezone.now()) == 1
    assert Sign.objects.get(name="disk").note
    assert jobs.keep_backups(timezone.now()) == 0


def test_coordinators_are_told_and_members_are_not(world: World, monkeypatch) -> None:
    worker_seen(600)
    page = f"/c/{world.circle.slug}/health/"
    amina, yusuf = Client(), Client()
    amina.force_login(world.accounts["Amina"])
    yusuf.force_login(world.accounts["Yusuf"])
    shown = amina.get(page)
    assert shown.status_code == 200 and b"Silent for 10 minutes" in shown.content
    assert yusuf.get(page).status_code == 403
    banner = b"nothing is sent or reminded"
    board = f"/c/{world.circle.slug}/"
    assert banner not in amina.get(board).content
    monkeypatch.setattr(watch, "_grave", ("worker",))
    assert banner in amina.get(board).content
    assert banner not in yusuf.get(board).content


def test_while_the_database_restarts_a_page_says_so_and_when_to_come_again(world: World, monkeypatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("terminating connection")

    client = Client(raise_request_exception=False)
    monkeypatch.setattr("taawun.practice.aid.queries.board", gone)
    answer = client.get(f"/c/{world.circle.slug}/")
    assert answer.status_code == 503 and answer["Retry-After"] and b"<h1>" in answer.content
    told = client.get(f"/api/v1/circles/{world.circle.slug}/intents")
    assert told.status_code == 503 and told.json()["code"] == "server.database"


def test_a_program_that_misses_the_api_gets_an_answer_it_can_read(db: None) -> None:
    for path in ("/api/", "/api/v2/circles"):
        answer = Client().get(path)
        assert answer.status_code == 404 and answer["Content-Type"].startswith("application/problem+json")
