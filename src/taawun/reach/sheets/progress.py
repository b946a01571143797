"""How far a job has come, told beside its own transaction: everything else it writes is seen only at its end."""

import time
from types import TracebackType
from typing import Self

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from taawun.reach.sheets.models import Import

TOLD_EVERY_SECONDS = 1.0


def untold(done: int, total: int) -> None:
    """A short job, which nobody watches."""


class Told:
    """A long job: a connection of its own writes how far it is, about once a second."""

    def __init__(self, load: Import) -> None:
        self._load_id, self._circle_id = load.id, load.circle_id
        self._beside: BaseDatabaseWrapper | None = None
        self._told_at = 0.0

    def __enter__(self) -> Self:
        self._beside = connections.create_connection(DEFAULT_DB_ALIAS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._beside is not None:
            self._beside.close()

    def __call__(self, done: int, total: int) -> None:
        if self._beside is None or time.monotonic() - self._told_at < TOLD_EVERY_SECONDS:
            return
        self._told_at = time.monotonic()
        with self._beside.cursor() as cursor:
            # The connection serves nothing else and is closed afterwards, so its scope may stay.
            cursor.execute("SELECT set_config('taawun.circles', %s, false)", [str(self._circle_id)])
            cursor.execute(
                "INSERT INTO sheets_progress (load_id, circle_id, done, total)"
                " VALUES (%(load)s, %(circle)s, %(done)s, %(total)s)"
                " ON CONFLICT (load_id) DO UPDATE SET done = excluded.done, total = excluded.total",
                {"load": self._load_id, "circle": self._circle_id, "done": done, "total": total},
            )
