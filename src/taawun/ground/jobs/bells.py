"""The doorbell: a thread of the worker that hears the database's `NOTIFY` and has the duty behind it run at once.

It carries nothing and decides nothing. When it is deaf for a while, the duty still runs within the minute.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping

import psycopg
from procrastinate.contrib.django.utils import connector_params
from psycopg import sql

GATHER_SECONDS = 0.3
DEAF_SECONDS = 5.0
QUIET_SECONDS = 60.0
logger = logging.getLogger("taawun.jobs")


class Doorbell:
    """Listens to channels and calls the task that belongs to each."""

    def __init__(self, tasks: Mapping[str, str], call: Callable[[str], None]) -> None:
        self._tasks = dict(tasks)
        self._call = call
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def hang_up(self) -> None:
        """Begin to listen, or again after a thread was lost. Cheap to call often."""
        with self._starting:
            if self._tasks and (self._thread is None or not self._thread.is_alive()):
                # A daemon, because it owns nothing that would have to be finished when the worker stops.
                self._thread = threading.Thread(target=self._listen_for_ever, name="doorbell", daemon=True)
                self._thread.start()

    def _listen_for_ever(self) -> None:
        while True:
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001  (whatever it is, listening goes on)
                # The database restarts, or the line is cut: the duties go on by the minute meanwhile.
                logger.warning("the doorbell is deaf (%s); listening again", type(error).__name__)
                time.sleep(DEAF_SECONDS)

    def _listen(self) -> None:
        with psycopg.connect(**connector_params(), autocommit=True) as connection:
            for channel in self._tasks:
                connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            while True:
                rung = {one.channel for one in connection.notifies(timeout=QUIET_SECONDS, stop_after=1)}
                if not rung:
                    # Quiet for a minute: ask, so that a connection that is gone is found out.
                    connection.execute("SELECT 1")
                    continue
                # What happens together is told together: one run, one mail.
                time.sleep(GATHER_SECONDS)
                rung |= {one.channel for one in connection.notifies(timeout=0)}
                for channel in sorted(rung):
                    self._call(self._tasks[channel])
