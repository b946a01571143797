"""One backup a day without anybody asking, and none kept longer than erased people may be found in it.

Kept are the newest of each of the last seven days and of each of the last four weeks; after 35 days every one is gone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from taawun.house.backup import recovery
from taawun.house.backup.making import SUFFIX, Made, make, name_for
from taawun.house.config import Config

EVERY = timedelta(hours=24)
LATE_AFTER = timedelta(hours=26)
REHEARSED_WITHIN = timedelta(days=35)
DAYS_KEPT, WEEKS_KEPT = 7, 4
KEPT_AT_MOST = timedelta(days=35)
# A clock that was set back must not make a backup look as if it came from tomorrow, and none be made until then.
FUTURE_ALLOWED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the backups of an installation."""

    has_code: bool
    newest_at: datetime | None
    newest: Path | None
    count: int
    size_bytes: int
    rehearsed_at: datetime | None

    def is_due(self, now: datetime) -> bool:
        newest = self.newest_at
        return self.has_code and (newest is None or now - newest >= EVERY or newest - now > FUTURE_ALLOWED)

    def is_late(self, now: datetime) -> bool:
        return self.newest_at is None or now - self.newest_at > LATE_AFTER


def folder_of(config: Config) -> Path:
    return Path(config.backup_folder).expanduser() if config.backup_folder else config.data / "backups"


def state_of(config: Config) -> State:
    """Look at the folder of backups. The time of one stands in its name, because a copy gets a new date of its own."""
    found = _kept(folder_of(config))
    newest = found[-1] if found else (None, None)
    return State(
        recovery.public_file(config.data).exists(),
        newest[0],
        newest[1],
        len(found),
        sum(path.stat().st_size for _, path in found),
        _rehearsed_at(config),
    )


def keep(config: Config, *, now: datetime) -> Made | None:
    """Make today's backup if it is due, and throw away what has had its time."""
    made = None
    if state_of(config).is_due(now):
        folder_of(config).mkdir(mode=0o700, parents=True, exist_ok=True)
        made = make(config, folder_of(config) / name_for(now), now=now)
    prune(config, now=now)
    return made


def prune(config: Config, *, now: datetime) -> list[Path]:
    """Remove what is kept for no day and no week any more. Files with other names are not ours and stay."""
    found = _kept(folder_of(config))
    wanted = set(_wanted(found, now))
    gone = [path for _, path in found if path not in wanted]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def note_rehearsal(config: Config, *, now: datetime) -> None:
    path = _note(config)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({"rehearsed_at": now.isoformat()}))
    draft.replace(path)


def _note(config: Config) -> Path:
    return config.data / "backups" / "rehearsed.json"


def _rehearsed_at(config: Config) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(_note(config).read_text())["rehearsed_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _kept(place: Path) -> list[tuple[datetime, Path]]:
    found = []
    for path in place.glob(f"taawun-*{SUFFIX}"):
        try:
            stamp = datetime.strptime(path.name, f"taawun-%Y%m%d-%H%M%S{SUFFIX}").replace(tzinfo=UTC)
        except ValueError:
            continue
        found.append((stamp, path))
    return sorted(found)


def _wanted(found: Iterable[tuple[datetime, Path]], now: datetime) -> Iterable[Path]:
    days: dict[object, Path] = {}
    weeks: dict[object, Path] = {}
    for stamp, path in found:
        if now - stamp > KEPT_AT_MOST:
            continue
        days[stamp.date()] = path
        weeks[stamp.isocalendar()[:2]] = path
    yield from [days[day] for day in sorted(days)[-DAYS_KEPT:]]  # type: ignore[type-var]
    yield from [weeks[week] for week in sorted(weeks)[-WEEKS_KEPT:]]  # type: ignore[type-var]
