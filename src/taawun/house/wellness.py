"""Whether everything that works by itself does: one finding each, with what is wrong and what to do.

Read by `./taawun doctor`, by the page for coordinators, and by the web server's own look once a minute (``watch``). What
is asked of the database goes through ``Ask``, because one of the three has no Django connection.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from taawun.ground.jobs.health import Ask, worker_seen_seconds
from taawun.house import folder, keys
from taawun.house.backup import keeping
from taawun.house.config import Config

WORKER_SILENT_SECONDS = 60.0
JOB_WAITS_SECONDS = 600.0
MAIL_ILL_FOR = timedelta(hours=1)
CLOCK_APART_SECONDS = 120.0
DISK_SHARE_NEEDED = 0.05
DISK_DAYS_NEEDED = 14
DISK_LOOKS_KEPT = 30


class Finding(NamedTuple):
    """One line of the report. Where something is not well, the text ends with what to do.

    ``grave`` is what coordinators are told on every page: people are waiting because of it, or would lose something.
    """

    name: str
    well: bool
    text: str
    grave: bool = False


def of_everything(config: Config, ask: Ask, *, now: datetime) -> Iterator[Finding]:
    yield worker(ask)
    yield queue(ask)
    yield mail(config, ask, now=now)
    yield disk(config, ask)
    yield backup(config, now=now)
    yield rehearsal(config, now=now)
    yield clock(ask, now=now)


def worker(ask: Ask) -> Finding:
    seconds = worker_seen_seconds(ask)
    if seconds is None:
        return Finding(
            "worker", False, _("It has not started: stop ./taawun up, start it again and read what it says."), True
        )
    if seconds > WORKER_SILENT_SECONDS:
        text = _(
            "Silent for %(minutes)d minutes, so nothing is sent or reminded: stop ./taawun up, start it again and read what it says."
        )
        return Finding("worker", False, text % {"minutes": max(1, round(seconds / 60))}, True)
    return Finding("worker", True, _("Alive %(seconds)d seconds ago.") % {"seconds": round(seconds)})


def queue(ask: Ask) -> Finding:
    row = ask(
        "SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'failed'),"
        " extract(epoch FROM clock_timestamp() - min(waiting_since))::float8 FROM ("
        " SELECT job.status, CASE WHEN job.status = 'todo' AND coalesce(job.scheduled_at, clock_timestamp()) <= clock_timestamp()"
        " THEN (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id) END AS waiting_since"
        " FROM procrastinate_jobs AS job) AS jobs"
    )
    todo, failed, oldest = row or (0, 0, None)
    if oldest is not None and oldest > JOB_WAITS_SECONDS:
        text = _("%(count)d jobs wait, the oldest for %(minutes)d minutes: stop ./taawun up and start it again.")
        return Finding("jobs", False, text % {"count": todo, "minutes": round(oldest / 60)}, True)
    if failed:
        text = _(
            "%(count)d jobs failed for good in the last week: ./taawun up --verbose shows why; tell whoever cares for the program."
        )
        return Finding("jobs", False, text % {"count": failed})
    return Finding("jobs", True, _("%(count)d waiting, none failed.") % {"count": todo})


def mail(config: Config, ask: Ask, *, now: datetime) -> Finding:
    if not config.mail_host:
        return Finding(
            "mail",
            True,
            _(
                "No mail server is set, so codes and letters are printed where ./taawun up runs. Set mail_host to send them."
            ),
        )
    row = ask("SELECT well_at, ill_at, note FROM jobs_sign WHERE name = 'mail'")
    well_at, ill_at, note = row or (None, None, "")
    if ill_at is not None and (well_at is None or well_at < ill_at):
        text = _(
            "Mail has not left since %(since)s: the mail server says: %(why)s. Check mail_host, mail_user and mail_password; ./taawun doctor --mail ADDRESS tries one."
        )
        since = f"{(well_at or ill_at).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return Finding("mail", False, text % {"since": since, "why": note}, now - (well_at or ill_at) > MAIL_ILL_FOR)
    if well_at is None:
        return Finding("mail", True, _("Nothing had to be sent yet. ./taawun doctor --mail ADDRESS tries one."))
    return Finding(
        "mail", True, _("The last letter left at %(at)s.") % {"at": f"{well_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"}
    )


def disk(config: Config, ask: Ask) -> Finding:
    use = shutil.disk_usage(config.data)
    free = f"{use.free / 1e9:.1f}"
    row = ask("SELECT pg_database_size(current_database()), (SELECT note FROM jobs_sign WHERE name = 'disk')")
    size, note = row or (0, "")
    if use.free < max(folder.FREE_BYTES_NEEDED, DISK_SHARE_NEEDED * use.total):
        text = _("Only %(free)s GB free: free some space, or move the data folder to a larger disk.")
        return Finding("disk", False, text % {"free": free}, True)
    days = days_until_full(note or "", use.free)
    if days is not None and days < DISK_DAYS_NEEDED:
        text = _(
            "%(free)s GB free, and at this pace full in %(days)d days: free some space, or move the data folder to a larger disk."
        )
        return Finding("disk", False, text % {"free": free, "days": days}, days < 3)
    text = _("%(free)s GB free; the database takes %(size)s MB.")
    return Finding("disk", True, text % {"free": free, "size": f"{size / 1e6:.0f}"})


def note_disk(note: str, free_bytes: int, *, now: datetime) -> str:
    """Return the notes of free space with today's, one a day."""
    looks = _looks(note) | {now.date().isoformat(): free_bytes}
    return json.dumps(dict(sorted(looks.items())[-DISK_LOOKS_KEPT:]))


def days_until_full(note: str, free_bytes: int) -> int | None:
    """Return how many days the space lasts at the pace since the first look that is known, or None without one."""
    looks = sorted(_looks(note).items())
    if len(looks) < 4:
        return None
    days = (datetime.fromisoformat(looks[-1][0]) - datetime.fromisoformat(looks[0][0])).days
    used = looks[0][1] - free_bytes
    return int(free_bytes * days / used) if used > 0 and days > 0 else None


def _looks(note: str) -> dict[str, int]:
    try:
        return {str(day): int(free) for day, free in json.loads(note or "{}").items()}
    except (ValueError, AttributeError, TypeError):
        return {}


def backup(config: Config, *, now: datetime) -> Finding:
    state = keeping.state_of(config)
    if state.newest_at is None and not state.has_code:
        text = _("None is made yet: run ./taawun backup once; from then on one is made every day.")
        # On the day an installation is made there is nothing to lose yet.
        is_new = now.timestamp() - keys.vault_file(config.data).stat().st_mtime < keeping.LATE_AFTER.total_seconds()
        return Finding("backup", is_new, text, True)
    if state.newest_at is None or state.is_late(now):
        text = _("The last one is older than a day: run ./taawun backup and read what it says.")
        return Finding("backup", False, text, True)
    text = _("The last one was made at %(at)s; %(count)d are kept, %(size)s MB together.")
    facts = {
        "at": f"{state.newest_at:%Y-%m-%d %H:%M} UTC",
        "count": state.count,
        "size": f"{state.size_bytes / 1e6:.0f}",
    }
    return Finding("backup", True, text % facts)


def rehearsal(config: Config, *, now: datetime) -> Finding:
    """A backup that nobody ever tried to bring back is a hope."""
    state = keeping.state_of(config)
    if state.newest_at is None:
        return Finding("rehearsal", True, _("There is no backup to try yet."))
    if state.rehearsed_at is None or now - state.rehearsed_at > keeping.REHEARSED_WITHIN:
        text = _("No backup was tried for a month: run ./taawun restore --check %(file)s with the recovery code.")
        return Finding("rehearsal", False, text % {"file": state.newest})
    return Finding(
        "rehearsal", True, _("A backup was last tried on %(day)s.") % {"day": f"{state.rehearsed_at:%Y-%m-%d}"}
    )


def clock(ask: Ask, *, now: datetime) -> Finding:
    """Codes and time limits are measured with this machine's clock, rows are stamped with the database's."""
    row = ask("SELECT clock_timestamp()")
    apart = abs((row[0] - datetime.now(UTC)).total_seconds()) if row else 0.0
    if apart > CLOCK_APART_SECONDS:
        text = _(
            "The clocks of this machine and of the database are %(seconds)d seconds apart: set both by network time."
        )
        return Finding("clock", False, text % {"seconds": round(apart)})
    return Finding("clock", True, _("Agrees with the database's."))
