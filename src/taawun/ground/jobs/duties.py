"""Duties and errands, declared where they belong and handed to the queue when the program starts.

A duty runs every minute and looks at the state ("what is due?"), so that a lost run heals by itself. An errand is
queued by name in the caller's transaction: it runs if and only if the change was committed, and may run twice.
"""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec, TypeVar

import procrastinate
from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from taawun.ground.jobs.bells import Doorbell

EVERY_MINUTE = "* * * * *"
# Not "at night": a laptop that is only on in the afternoon must get round to it too.
HOURLY = "17 * * * *"
logger = logging.getLogger("taawun.jobs")

Run = Callable[[datetime], object]
Errand = Callable[..., None]
Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Duty:
    """A function of the time, how often it runs, and the channel of the database that calls it in between."""

    name: str
    run: Run
    cron: str
    bell: str = ""
    locked: bool = True

    @property
    def task(self) -> str:
        return f"duty.{self.name}"


_duties: dict[str, Duty] = {}
_errands: dict[str, Errand] = {}


def duty(name: str, cron: str = EVERY_MINUTE, *, bell: str = "", locked: bool = True) -> Callable[[Run], Run]:
    """Declare a duty: a function of the time. It must be safe to run at any time, also twice at once.

    ``bell`` names a channel (``NOTIFY``) at which it runs at once instead of within the minute. ``locked`` keeps two
    runs apart for thrift; only the duty that frees the locks of a dead worker goes without.
    """

    def declare(run: Run) -> Run:
        if name in _duties:
            raise ValueError(f"there are two duties called {name}")
        _duties[name] = Duty(name, run, cron, bell, locked)
        return run

    return declare


def errand(name: str) -> Callable[[Errand], Errand]:
    """Declare an errand: a function of ids (never of personal data: the queue is not the vault)."""

    def declare(run: Errand) -> Errand:
        if name in _errands:
            raise ValueError(f"there are two errands called {name}")
        _errands[name] = run
        return run

    return declare


@functools.cache
def _queue_in_this_transaction() -> procrastinate.App:
    # Inside the worker the queue has connections of its own; a row put in through those would not wait for our commit.
    return app.with_connector(DjangoConnector())


def queue(name: str, **arguments: str | int) -> None:
    """Queue an errand in the current transaction."""
    if name not in _errands:
        raise ValueError(f"there is no errand called {name}")
    _queue_in_this_transaction().configure_task(name).defer(**arguments)


def run_duty(name: str, now: datetime) -> object:
    return _duties[name].run(now)


def duty_names() -> list[str]:
    return sorted(_duties)


def register(queue_app: procrastinate.App) -> None:
    """Hand everything declared to procrastinate. Called once, when all rooms are loaded."""
    doorbell = Doorbell({one.bell: one.task for one in _duties.values() if one.bell}, _call)
    for one in _duties.values():
        _register_duty(queue_app, one, doorbell)
    for name, run in _errands.items():
        retry = procrastinate.RetryStrategy(max_attempts=6, exponential_wait=4)
        queue_app.task(name=name, retry=retry)(_with_a_living_connection(run))


def _register_duty(queue_app: procrastinate.App, one: Duty, doorbell: Doorbell) -> None:
    # A lock in the queue keeps two runs of the same duty apart; a run still waiting makes the next one needless.
    @queue_app.periodic(cron=one.cron)
    @queue_app.task(name=one.task, lock=one.task if one.locked else None, queueing_lock=one.task, pass_context=False)
    @_with_a_living_connection
    def run(timestamp: int) -> None:
        # Only a worker runs duties this way, so this is where a process learns that it should listen.
        doorbell.hang_up()
        one.run(timezone.now())


def _call(task: str) -> None:
    """Queue a duty's run at once, unless one is waiting already."""
    close_old_connections()
    try:
        _queue_in_this_transaction().configure_task(task).defer(timestamp=int(timezone.now().timestamp()))
    except procrastinate.exceptions.AlreadyEnqueued:
        logger.debug("%s is waiting already", task)


def _with_a_living_connection(run: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """Let a job begin and end with a usable connection: a worker has no requests at whose edges Django looks after that.

    Without this, one restart of the database would fail every later job of the thread that had used it.
    """

    @functools.wraps(run)
    def cared_for(*arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        close_old_connections()
        try:
            return run(*arguments, **named)
        finally:
            close_old_connections()

    return cared_for
